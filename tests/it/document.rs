//! Documents: what is found in them, what is not, and what hostile ones cost.
//!
//! The addresses are public ones: of Bitcoin's first blocks, of well-known token contracts, and of
//! one FBI notice (IC3 I-022625-PSA).

use interdict::document::{DocumentError, Extracted, Limits, Occurrence};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// Blocks 0, 1, 2, 3 and 4.
const BLOCKS: [&str; 5] = [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX",
    "1HLoD9E4SDFFPDiYfNYnkBLQ85Y51J3Zb1",
    "1FvzCLoTPGANNjWoUo6jUGuAG3wg1w4YjR",
    "15ubicBBWFnvoZLT7GiU2qxjRaKJPdkDMG",
];

fn read(name: &str, bytes: impl Into<Vec<u8>>) -> Extracted {
    let mut extracted = Extracted::default();
    extracted
        .document(name, bytes.into(), Limits::default(), &mut |_, _| {})
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    extracted
}

fn fixture(name: &str) -> Extracted {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/documents")
        .join(name);
    read(name, std::fs::read(path).unwrap())
}

fn refused(name: &str, bytes: impl Into<Vec<u8>>, limits: Limits) -> String {
    let mut extracted = Extracted::default();
    let error: DocumentError = extracted
        .document(name, bytes.into(), limits, &mut |_, _| {})
        .expect_err("it must not be read");
    assert!(extracted.documents.is_empty());
    error.to_string()
}

fn found(extracted: &Extracted) -> Vec<&str> {
    extracted
        .addresses
        .iter()
        .map(|a| a.address.canonical())
        .collect()
}

fn one<'e>(extracted: &'e Extracted, address: &str) -> &'e Occurrence {
    let mut all = extracted
        .addresses
        .iter()
        .filter(|a| a.address.canonical() == address);
    let first = all
        .next()
        .unwrap_or_else(|| panic!("{address} was not found"));
    assert!(all.next().is_none(), "{address} was found twice");
    first
}

#[test]
fn a_complaint_is_repaired_with_proof() {
    let e = fixture("complaint.txt");
    let cases = [
        (
            BLOCKS[0],
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "`4` behind it dropped",
        ),
        (
            BLOCKS[1],
            "12c6DSiU4Rq3P4ZxziKxzrL5L-\nmMBrzjrJX",
            "hyphen at the line break",
        ),
        (
            BLOCKS[2],
            "1HLoD9E4SDFF\nPDiYfNYnkBLQ85Y51J3Zb1",
            "line break removed",
        ),
        (
            BLOCKS[3],
            "1FvzCLoTPGANNjW\noUo6jUGuAG3wg1w4YjR",
            "passed over",
        ),
        (
            BLOCKS[4],
            "15ub icBB WFnv oZLT 7GiU 2qxj RaKJ PdkD MG",
            "spaces inside removed",
        ),
        (
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ",
            "upper case read as lower case",
        ),
    ];
    assert_eq!(e.addresses.len(), cases.len(), "{:?}", found(&e));
    for (address, raw, repair) in cases {
        let a = one(&e, address);
        assert_eq!(&*a.raw, raw);
        assert!(a.repair.contains(repair), "{address}: {}", a.repair);
        assert!(a.checked);
    }
    assert_eq!(one(&e, BLOCKS[2]).line, 5);
    let notes = &one(&e, BLOCKS[2]).notes;
    assert!(notes.iter().any(|n| n.contains("victim")), "{notes:?}");
    assert!(notes.iter().any(|n| n.contains("returned")), "{notes:?}");
    assert_eq!(
        &*one(&e, BLOCKS[0]).heading,
        "IN THE MATTER OF THE SEARCH OF INFORMATION"
    );
}

#[test]
fn an_offset_is_that_of_the_first_character() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents/complaint.txt");
    let text: Vec<char> = std::fs::read_to_string(path).unwrap().chars().collect();
    for a in fixture("complaint.txt").addresses {
        let first: String = a.raw.split('\n').next().unwrap().into();
        let at = a.offset as usize;
        let there: String = text[at..at + first.chars().count()].iter().collect();
        assert_eq!(there, first);
        let line = text[..at].iter().filter(|c| **c == '\n').count() as u64 + 1;
        assert_eq!(a.line, line);
    }
}

#[test]
fn what_is_damaged_is_no_address() {
    let e = fixture("complaint.txt");
    let damaged: Vec<_> = e.damaged.iter().map(|d| (&*d.raw, d.reason)).collect();
    assert_eq!(
        damaged,
        [
            ("lA1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "misread"),
            ("0xdac17F958D2ee523a2206206994597C13D831ec7", "bad-casing"),
            ("0xdAC17F...831ec7", "truncated"),
        ]
    );
    assert_eq!(e.damaged[0].near[0].address.canonical(), BLOCKS[0]);
    assert_eq!(
        e.damaged[1].near[0].address.canonical(),
        "0xdAC17F958D2ee523a2206206994597C13D831ec7"
    );
    for (kind, count) in [
        ("transaction-hash", 2),
        ("iban", 1),
        ("lei", 1),
        ("uuid", 1),
        ("case-number", 1),
        ("example-address", 1),
    ] {
        assert_eq!(e.not_addresses.get(kind), Some(&count), "{kind}");
    }
}

#[test]
fn a_page_is_read_as_it_is_seen() {
    let e = fixture("notice.html");
    let html = one(&e, BLOCKS[0]);
    assert!(html.repair.contains("tags removed"), "{}", html.repair);
    assert_eq!(&*html.heading, "Where the funds went");
    assert!(
        one(&e, BLOCKS[2])
            .repair
            .contains("character references decoded")
    );
    let tron = one(&e, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
    assert_eq!(&*tron.label, "USDT on Tron");
    assert_eq!(tron.line, 10);
    // The link says what the shortened text hides.
    assert!(one(&e, "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2").hidden);
    assert_eq!(
        &*one(&e, "0x51E9d833Ecae4E8D9D8Be17300AEE6D3398C135D").label,
        "ETH"
    );
    assert_eq!(
        e.addresses.len(),
        5,
        "scripts and comments are not read: {:?}",
        found(&e)
    );
    assert_eq!(&*e.documents[0].title, "A notice");
}

#[test]
fn a_tag_pack_names_its_assets() {
    let e = fixture("pack.yaml");
    assert_eq!(&*one(&e, BLOCKS[0]).label, "BTC");
    assert_eq!(
        &*one(&e, "0x6B175474E89094C44Da98b954EedeAC495271d0F").label,
        "ETH"
    );
    let json = r#"{"currency": "BTC", "tags": [{"address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
        {"address": "0x6B175474E89094C44Da98b954EedeAC495271d0F", "currency": "ETH"}]}"#;
    let e = read("pack.json", json);
    assert_eq!(
        &*one(&e, "0x6B175474E89094C44Da98b954EedeAC495271d0F").label,
        "ETH"
    );
    assert_eq!(e.addresses.len(), 2);
}

#[test]
fn a_mail_is_read_and_its_attachments_are_named() {
    let e = fixture("mail.eml");
    assert_eq!(found(&e), [BLOCKS[0], BLOCKS[1]]);
    assert_eq!(e.unread.len(), 1);
    assert!(
        e.unread[0].why.contains("exhibit.pdf"),
        "{}",
        e.unread[0].why
    );
}

/// A whole document in PDF syntax, one content stream a page; uncompressed, Helvetica.
fn pdf(pages: &[&str]) -> Vec<u8> {
    pdf_with(pages, "", &[])
}

/// `resources`: entries for every page; `objects`: further objects, numbered from 100.
fn pdf_with(pages: &[&str], resources: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, number: usize, body: &[u8]| {
        places.push((number, out.len()));
        out.extend(format!("{number} 0 obj\n").bytes());
        out.extend(body);
        out.extend(b"\nendobj\n");
    };
    object(&mut out, 1, b"<< /Type /Catalog /Pages 2 0 R >>");
    let kids: Vec<String> = (0..pages.len())
        .map(|n| format!("{} 0 R", 10 + 2 * n))
        .collect();
    let tree = format!(
        "<< /Type /Pages /Count {} /Kids [{}] >>",
        pages.len(),
        kids.join(" ")
    );
    object(&mut out, 2, tree.as_bytes());
    object(
        &mut out,
        3,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    );
    for (n, content) in pages.iter().enumerate() {
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> {resources} >> >>",
            11 + 2 * n
        );
        object(&mut out, 10 + 2 * n, page.as_bytes());
        let stream = format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        );
        object(&mut out, 11 + 2 * n, stream.as_bytes());
    }
    for (n, body) in objects.iter().enumerate() {
        object(&mut out, 100 + n, body);
    }
    let start = out.len();
    let size = places.iter().map(|p| p.0).max().unwrap() + 1;
    out.extend(b"xref\n0 1\n0000000000 65535 f \n");
    for (number, at) in &places {
        out.extend(format!("{number} 1\n{at:010} 00000 n \n").bytes());
    }
    out.extend(
        format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    out
}

/// Text at places.
fn text(size: u32, words: &[(i32, i32, &str)]) -> String {
    let mut out = String::from("BT\n");
    for (x, y, word) in words {
        out.push_str(&format!("/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({word}) Tj\n"));
    }
    out + "ET"
}

#[test]
fn columns_of_a_pdf_do_not_run_into_each_other() {
    let page = text(
        10,
        &[
            (
                72,
                760,
                "Case 1:22-mj-00022 Document 1 Filed 02/07/22 Page 1 of 2",
            ),
            (72, 700, "1A1zP1eP5QGefi2D"),
            (250, 700, "12c6DSiU4Rq3P4Zx"),
            (430, 700, "BTC"),
            (72, 688, "MPTfTL5SLmv7DivfNa"),
            (250, 688, "ziKxzrL5LmMBrzjrJX"),
            (72, 660, "1HLoD9E4SDFFPDiY"),
            (250, 660, "1FvzCLoTPGANNjWo"),
            (72, 648, "fNYnkBLQ85Y51J3Zb1"),
            (250, 648, "Uo6jUGuAG3wg1w4YjR"),
            (72, 100, "15ubicBBWFnvoZLT"),
            (300, 40, "1"),
        ],
    );
    let next = text(
        10,
        &[
            (
                72,
                760,
                "Case 1:22-mj-00022 Document 1 Filed 02/07/22 Page 2 of 2",
            ),
            (72, 700, "7GiU2qxjRaKJPdkDMG"),
        ],
    );
    let e = read("columns.pdf", pdf(&[&page, &next]));
    let mut addresses = found(&e);
    addresses.sort_unstable();
    let mut all = BLOCKS.to_vec();
    all.sort_unstable();
    assert_eq!(addresses, all);
    assert!(e.damaged.is_empty() && e.unread.is_empty());
    assert_eq!(e.documents[0].pages, Some(2));
    let last = one(&e, BLOCKS[4]);
    assert_eq!(last.page, 1);
    assert!(
        last.repair.contains("footer and header passed over"),
        "{}",
        last.repair
    );
    assert_eq!(one(&e, BLOCKS[0]).line, 2);
}

#[test]
fn a_raised_digit_is_no_part_of_an_address() {
    let page = format!(
        "BT /F1 12 Tf 72 700 Td ({}) Tj /F1 7 Tf 5 Ts (7) Tj /F1 12 Tf 0 Ts ( was used) Tj ET",
        BLOCKS[0]
    );
    let e = read("foot.pdf", pdf(&[&page]));
    assert_eq!(found(&e), [BLOCKS[0]]);
    assert_eq!(&*e.addresses[0].repair, "");
}

#[test]
fn a_scan_is_unread_and_never_empty() {
    let image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 \
        /ColorSpace /DeviceGray /Length 1 >>\nstream\n\x80\nendstream"
        .to_vec();
    let scan = "q 612 0 0 792 0 0 cm /Im0 Do Q";
    let stamped = format!(
        "{scan}\n{}",
        text(8, &[(72, 780, "Case 1:22-mj-00022 Page 2 of 2")])
    );
    let plain = text(10, &[(72, 700, BLOCKS[0])]);
    let e = read(
        "scan.pdf",
        pdf_with(
            &[scan, &stamped, &plain],
            "/XObject << /Im0 100 0 R >>",
            &[image],
        ),
    );
    assert_eq!(found(&e), [BLOCKS[0]]);
    let unread: Vec<_> = e.unread.iter().map(|u| u.page).collect();
    assert_eq!(unread, [1, 2]);
    assert!(e.unread[0].why.contains("scan"), "{}", e.unread[0].why);
}

#[test]
fn a_cut_or_locked_pdf_says_so() {
    let page = text(10, &[(72, 700, BLOCKS[0])]);
    let whole = pdf(&[&page]);
    assert!(refused("cut.pdf", &whole[..80], Limits::default()).contains("cut off"));
    // The cross references are gone, the page is there: it is read, and the cut is named.
    let end = whole.windows(4).position(|w| w == b"xref").unwrap();
    let e = read("cut.pdf", &whole[..end]);
    assert_eq!(found(&e), [BLOCKS[0]]);
    assert!(e.unread[0].why.contains("cut off"));
    let text = String::from_utf8(whole).unwrap();
    let locked = text.replace(
        "/Root 1 0 R",
        "/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 \
         /O <0000000000000000000000000000000000000000000000000000000000000000> \
         /U <0000000000000000000000000000000000000000000000000000000000000000> >>",
    );
    let why = refused("locked.pdf", locked, Limits::default());
    assert!(
        why.contains("password") || why.contains("encrypted"),
        "{why}"
    );
    // Every cut anywhere is an answer, never a panic or a wait.
    let whole = pdf(&[&page, &page]);
    for cut in (0..whole.len()).step_by(37) {
        let mut extracted = Extracted::default();
        let _ = extracted.document(
            "x.pdf",
            whole[..cut].to_vec(),
            Limits::default(),
            &mut |_, _| {},
        );
    }
}

#[test]
fn hostile_pdfs_cost_little() {
    // A form that draws itself, and a tree of pages that is its own child.
    let form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 100 0 R >> >> \
        /Length 10 >>\nstream\n/F Do /F Do\nendstream"
        .to_vec();
    let _ = read(
        "loop.pdf",
        pdf_with(&["/F Do"], "/XObject << /F 100 0 R >>", &[form]),
    );
    let whole = String::from_utf8(pdf(&["BT ET"])).unwrap();
    let mut extracted = Extracted::default();
    let _ = extracted.document(
        "tree.pdf",
        whole
            .replace("/Kids [10 0 R]", "/Kids [2 0 R 2]")
            .into_bytes(),
        Limits::default(),
        &mut |_, _| {},
    );
    // Nested arrays, deeper than any stack.
    let deep = format!("{} 0 TJ", "[".repeat(200_000));
    let _ = read("deep.pdf", pdf(&[&deep]));
    // A stream that swells.
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(&vec![b' '; 4 << 20]).unwrap();
    let packed = zlib.finish().unwrap();
    let mut bomb = format!(
        "<< /Filter /FlateDecode /Length {} >>\nstream\n",
        packed.len()
    )
    .into_bytes();
    bomb.extend(packed);
    bomb.extend(b"\nendstream");
    let limits = Limits {
        inflated: 1 << 20,
        ..Limits::default()
    };
    let why = refused("bomb.pdf", pdf_with(&["BT ET"], "", &[bomb]), limits);
    assert!(why.contains("more than"), "{why}");
}

/// An archive of these members.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const WORD: &str = r#"<?xml version="1.0"?>
<w:document xmlns:w="urn:w"><w:body>
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Seized wallets</w:t></w:r></w:p>
<w:p><w:r><w:t>First 1A1zP1eP5QGefi</w:t></w:r><w:r><w:t>2DMPTfTL5SLmv7DivfNa</w:t></w:r>
<w:del><w:r><w:delText>12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX</w:delText></w:r></w:del></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>USDT &amp; TRX</w:t></w:r></w:p></w:tc>
<w:tc><w:p><w:r><w:t>TR7NHqjeKQxGTCi8q8ZY</w:t><w:br/><w:t>4pL8otSzgjLj6t</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
</w:body></w:document>"#;

#[test]
fn a_word_document_is_read_with_its_tables() {
    let e = read("a.docx", archive(&[("word/document.xml", WORD.as_bytes())]));
    assert_eq!(&*one(&e, BLOCKS[0]).heading, "Seized wallets");
    let tron = one(&e, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
    assert_eq!(&*tron.label, "USDT & TRX");
    assert_eq!(e.addresses.len(), 2);
    // A member that swells is not read to its end.
    let bomb = format!("<w:document>{}", "<w:p></w:p>".repeat(400_000));
    let limits = Limits {
        inflated: 1 << 20,
        ..Limits::default()
    };
    let packed = archive(&[("word/document.xml", bomb.as_bytes())]);
    assert!(packed.len() < 100_000);
    let why = refused("bomb.docx", packed, limits);
    assert!(why.contains("more than"), "{why}");
}

/// What could not be read of a document, in words.
fn unread(extracted: &Extracted) -> String {
    let why = extracted.unread.iter().map(|u| &*u.why);
    why.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_tab_parts_words_in_office_texts() {
    let [a, b, ..] = BLOCKS;
    let body = |run: &str| format!("<w:document><w:p><w:r>{run}</w:r></w:p></w:document>");
    let docx = |xml: &str| read("a.docx", archive(&[("word/document.xml", xml.as_bytes())]));
    let inside = body(&format!("<w:t>{a}</w:t><w:tab/><w:t>{b}</w:t>"));
    assert_eq!(found(&docx(&inside)), [a, b]);
    let apart = body(&format!(
        "<w:t>{a}</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>{b}</w:t>"
    ));
    assert_eq!(found(&docx(&apart)), [a, b]);
    let odt = format!("<o:d><text:p>{a}<text:tab/>{b}</text:p></o:d>");
    let parts: [(&str, &[u8]); 2] = [
        ("META-INF/manifest.xml", b"<m/>"),
        ("content.xml", odt.as_bytes()),
    ];
    assert_eq!(found(&read("a.odt", archive(&parts))), [a, b]);
}

#[test]
fn what_follows_a_note_in_a_paragraph_is_read() {
    let [a, b, c, d, ..] = BLOCKS;
    // The number of a note stands right behind the word that it belongs to.
    let note = format!(
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>\
         <text:p>see {b}</text:p></text:note-body></text:note>"
    );
    let comment = "<office:annotation><text:p>why?</text:p></office:annotation>";
    let odt = format!("<o:d><text:p>{a}{note}, then {c}{comment} and {d}</text:p>x</o:d>");
    let parts: [(&str, &[u8]); 2] = [
        ("META-INF/manifest.xml", b"<m/>"),
        ("content.xml", odt.as_bytes()),
    ];
    assert_eq!(found(&read("a.odt", archive(&parts))), [a, b, c, d]);
}

#[test]
fn keys_beside_an_address_are_not_shown() {
    // The Bitcoin wiki's example of the wallet import format, and a BIP-39 test vector.
    let key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
    let seed = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    let [a, b, c, d, _] = BLOCKS;
    let text = format!(
        "# Wallet {key}\n\n{a} with key {key} was found.\n{key}\n{b}\n\n\
         {c} opens by {seed}.\n\n{d}\n{key}\n"
    );
    let docx = format!(
        "<w:document><w:tbl><w:tr><w:tc><w:p><w:r><w:t>{key}</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>{a}</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>"
    );
    let docx = archive(&[("word/document.xml", docx.as_bytes())]);
    for (e, count) in [(read("a.md", text), 4), (read("a.docx", docx), 1)] {
        assert_eq!(e.addresses.len(), count);
        let all = format!("{e:?}");
        // Not a part of it, however the context is cut.
        assert!(!all.contains(&key[10..20]), "{all}");
        assert!(!all.contains(&key[30..40]), "{all}");
        assert!(!all.contains("sausage"), "{all}");
        assert!(e.not_addresses["secret-material"] > 0);
    }
    let e = read("a.txt", format!("Paid to {a}, not to {key}.\n"));
    assert_eq!(
        &*one(&e, a).context,
        format!("Paid to {a}, not to {}.", "*".repeat(key.len()))
    );
}

#[test]
fn what_is_cut_off_is_named() {
    let [a, b, ..] = BLOCKS;
    let cut = format!("<w:document><w:p><w:r><w:t>{a}</w:t></w:r></w:p><w:p><w:r>");
    let e = read("a.docx", archive(&[("word/document.xml", cut.as_bytes())]));
    assert_eq!(found(&e), [a]);
    assert!(unread(&e).contains("cut off"), "{}", unread(&e));
    for (open, what) in [
        ("<!-- ", "a comment"),
        ("<b title=\"", "a tag"),
        ("<b x=1 ", "a tag"),
    ] {
        let e = read("a.html", format!("<html><p>{a}</p>{open}{b}"));
        assert_eq!(found(&e), [a]);
        assert!(unread(&e).contains(what), "{open}: {}", unread(&e));
    }
    assert_eq!(
        unread(&read(
            "a.html",
            format!("<html><p>{a}</p><!-- x --> <b>{b}</b>")
        )),
        ""
    );
    assert_eq!(unread(&read("a.txt", "")), "it is empty");
    // A page tree that promises more pages than there are.
    let page = text(12, &[(72, 700, a)]);
    let whole = String::from_utf8(pdf(&[&page])).unwrap();
    assert_eq!(unread(&read("a.pdf", whole.clone())), "");
    let promised = whole.replace("/Count 1", "/Count 2");
    let e = read("a.pdf", promised);
    assert_eq!(found(&e), [a]);
    assert!(unread(&e).contains("2 pages, and 1"), "{}", unread(&e));
}

#[test]
fn a_tag_of_endless_attributes_costs_no_stack() {
    let [a, b, ..] = BLOCKS;
    let page = format!("<p>{a}</p><a {}>{b}</a>", "x=\"y\" ".repeat(400_000));
    let e = read("a.html", page);
    assert_eq!(found(&e), [a, b]);
    assert!(unread(&e).contains("attributes"), "{}", unread(&e));
}

#[test]
fn a_damaged_stream_of_a_pdf_is_named() {
    use flate2::{Compression, write::ZlibEncoder};
    let content = text(12, &[(72, 700, BLOCKS[0])]) + &" ".repeat(2000);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let with = |data: &[u8]| {
        let head = format!(
            "<< /Length {} /Filter /FlateDecode >>\nstream\n",
            data.len()
        );
        let object = [head.as_bytes(), data, b"\nendstream"].concat();
        read(
            "a.pdf",
            pdf_with(&["q Q"], ">> /Contents 100 0 R /Z << ", &[object]),
        )
    };
    assert_eq!(unread(&with(&packed)), "");
    for broken in [&packed[..packed.len() / 2], &b"no stream of zlib"[..]] {
        let e = with(broken);
        assert!(unread(&e).contains("damaged"), "{}", unread(&e));
    }
}

#[test]
fn the_target_of_a_link_in_a_pdf_is_looked_at() {
    let link = format!(
        "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI \
         (https://example.org/address/{}) >> >>",
        BLOCKS[0]
    );
    let page = text(12, &[(72, 700, "1A1zP1...DivfNa")]);
    let objects = [link.into_bytes()];
    let e = read(
        "a.pdf",
        pdf_with(&[&page], ">> /Annots [100 0 R] /Z << ", &objects),
    );
    let linked = one(&e, BLOCKS[0]);
    assert!(linked.hidden);
    assert_eq!(linked.page, 1);
}

#[test]
fn utf16_is_text() {
    let line = format!("\u{feff}paid to {}\r\n", BLOCKS[0]);
    let little: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (name, bytes) in [("a.txt", little.clone()), ("a.html", big), ("a", little)] {
        assert_eq!(found(&read(name, bytes)), [BLOCKS[0]], "{name}");
    }
}

/// An example of the Bitcoin Wiki, and one of EIP-55.
#[test]
fn an_example_that_is_listed_is_an_address() {
    let (wiki, eip) = (
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    );
    let listed = interdict::address::Address::parse(wiki).unwrap();
    let mut e = Extracted::new(|identity| identity == listed.identity());
    let text = format!("{wiki} and {eip}\n").into_bytes();
    e.document("a.txt", text, Limits::default(), &mut |_, _| {})
        .unwrap();
    assert_eq!(found(&e), [wiki]);
    assert_eq!(e.not_addresses["example-address"], 1);
}

#[test]
fn other_files_are_named_for_what_they_are() {
    for (name, bytes, what) in [
        ("a.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image"),
        (
            "a.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0",
            "old Office",
        ),
        (
            "a.rtf",
            b"{\\rtf1 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa}",
            "rich text",
        ),
        (
            "a.pdf",
            b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "no PDF header",
        ),
    ] {
        let why = refused(name, bytes, Limits::default());
        assert!(why.contains(what), "{name}: {why}");
    }
    let sheet = archive(&[("xl/workbook.xml", b"<workbook/>")]);
    assert!(refused("a.xlsx", sheet, Limits::default()).contains("workbook"));
}

#[test]
fn chance_words_are_no_addresses() {
    // Hex and base58 that no checksum confirms, and hashes of other kinds.
    let e = read(
        "a.txt",
        "commit da39a3ee5e6b4b0d3255bfef95601890afd80709, md5 d41d8cd98f00b204e9800998ecf8427e,\n\
         id QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPdeG, \
         and Supercalifragilisticexpialidocious Internationalisation2023 values.\n",
    );
    assert_eq!(found(&e), [""; 0]);
    assert!(e.damaged.is_empty(), "{:?}", e.damaged);
}

/// The hash is that of the first block's only transaction.
#[test]
fn a_token_of_many_networks_makes_no_account_of_a_hash() {
    let hash = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
    let beside = |label: &str| read("a.txt", format!("Paid in {label} {hash}, later.\n"));
    let token = beside("USDT");
    assert!(token.addresses.is_empty(), "{:?}", token.addresses);
    assert_eq!(token.not_addresses["transaction-hash"], 1);
    assert_eq!(found(&beside("USDT address")), [hash]);
    assert_eq!(found(&beside("NEAR")), [hash]);
}

#[test]
fn long_lines_and_many_lines_lose_nothing() {
    let line = format!("{} and then ", BLOCKS[0]);
    let e = read("long.txt", line.repeat(20_000));
    assert_eq!(e.addresses.len(), 20_000);
    let lines = format!("{}\nText of a line that says little.\n", BLOCKS[1]).repeat(20_000);
    let e = read("many.txt", lines);
    assert_eq!(e.addresses.len(), 20_000);
    assert_eq!(e.addresses[19_999].line, 39_999);
}

fn interdict(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_interdict"))
        .args(args)
        .env_remove("INTERDICT_HOME")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

#[test]
fn the_exit_code_says_what_was_found() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    let day = ["--home", home, "--as-of", "2026-09-01", "--allow-stale"];
    let run = |args: &[&str]| {
        let mut all = vec!["extract"];
        all.extend(day);
        all.extend(args);
        interdict(&all)
    };
    // The notice holds an address of an FBI notice, and a shortened one.
    assert_eq!(
        run(&["fixtures/documents/notice.html"]).status.code(),
        Some(1)
    );
    assert_eq!(
        run(&["fixtures/documents/pack.yaml"]).status.code(),
        Some(0)
    );
    assert_eq!(
        run(&["fixtures/documents/complaint.txt"]).status.code(),
        Some(4)
    );
    assert_eq!(run(&["fixtures/documents/mail.eml"]).status.code(), Some(4));
    let nothing = run(&["fixtures/documents/pack.yaml", "no-such-file.txt"]);
    assert_eq!(nothing.status.code(), Some(2));
    // The others are reported all the same.
    assert!(String::from_utf8_lossy(&nothing.stdout).contains(BLOCKS[0]));
}

#[test]
fn what_was_extracted_is_a_list_to_screen_against() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().to_str().unwrap();
    let export = scratch.path().join("rows.csv");
    std::fs::write(
        &export,
        format!("date,to\n2026-08-01,{}\n2026-08-02,x\n", BLOCKS[0]),
    )
    .unwrap();
    let (export, list) = (export.to_str().unwrap(), format!("{dir}/our-notice.toml"));
    let base = ["--home", dir, "--as-of", "2026-09-01", "--format", "json"];
    let mut args = vec![
        "extract",
        "fixtures/documents/complaint.txt",
        "fixtures/documents/mail.eml",
    ];
    args.extend([
        "--as-list",
        "our-notice",
        "--list-dir",
        dir,
        "--against",
        export,
    ]);
    args.extend(base);
    let out = interdict(&args);
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(json["shared"][0]["address"], BLOCKS[0]);
    let first = &json["addresses"][0];
    assert_eq!(first["address"], BLOCKS[0]);
    assert_eq!(first["rows"][0]["row"], 1);
    assert_eq!(first["rows"][0]["column"], "to");
    let mut args = vec!["screen", export, "--list", &list];
    args.extend(base);
    let out = interdict(&args);
    assert_eq!(
        out.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let locators: Vec<_> = json["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["listing"]["locator"].as_str().unwrap())
        .collect();
    assert_eq!(locators[0], "complaint.txt, line 3, offset 90");
    let pack = std::fs::read_to_string(scratch.path().join("our-notice.tagpack.yaml")).unwrap();
    let again = read("our-notice.tagpack.yaml", pack);
    assert_eq!(
        again
            .addresses
            .iter()
            .filter(|a| a.address.canonical() == BLOCKS[0])
            .count(),
        2
    );
    assert_eq!(&*one(&again, BLOCKS[3]).label, "BTC");
}

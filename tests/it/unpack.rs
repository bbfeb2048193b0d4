//! Packed documents: every packing gives the same bytes and the raw bytes' hash, within bounds.

use flate2::{Compression, write::GzEncoder};
use interdict::unpack::{Options, Packing, UnpackError, Unpacked, open, unpack};
use sha2::{Digest, Sha256};
use std::io::{Cursor, Read, Write};

fn text() -> Vec<u8> {
    (0..60_000)
        .flat_map(|n| format!("<row n=\"{n}\">{}</row>\n", n * 7919 % 65_537).into_bytes())
        .collect()
}

fn gz(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).expect("to memory");
    encoder.finish().expect("to memory")
}

fn bz2(data: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(data).expect("to memory");
    encoder.finish().expect("to memory")
}

fn zst(data: &[u8]) -> Vec<u8> {
    zstd::encode_all(data, 1).expect("to memory")
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in members {
        writer
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("to memory");
        writer.write_all(data).expect("to memory");
    }
    writer.finish().expect("to memory").into_inner()
}

fn all(data: &[u8]) -> [(Packing, Vec<u8>); 5] {
    [
        (Packing::Plain, data.to_vec()),
        (Packing::Gzip, gz(data)),
        (Packing::Bzip2, bz2(data)),
        (Packing::Zstd, zst(data)),
        (Packing::Zip, zip(&[("LIST.XML", data)])),
    ]
}

fn from_memory(bytes: &[u8], options: &Options) -> Result<Unpacked, UnpackError> {
    unpack(Cursor::new(bytes.to_vec()), options)
}

fn sha256(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

#[test]
fn every_packing_gives_the_document_and_the_hash_of_the_raw_bytes() {
    let folder = tempfile::tempdir().expect("scratch");
    let data = text();
    for (packing, packed) in all(&data) {
        let path = folder.path().join(format!("x.{}", packing.id()));
        std::fs::write(&path, &packed).expect("scratch");
        for mut document in [
            open(&path, &Options::default()).expect("opens"),
            from_memory(&packed, &Options::default()).expect("opens"),
        ] {
            assert_eq!(document.packing(), packing);
            let mut out = Vec::new();
            document.read_to_end(&mut out).expect("reads");
            assert!(out == data, "{packing:?}");
            let print = document.finish().expect("hashes");
            assert_eq!(*print.sha256, sha256(&packed), "{packing:?}");
            assert_eq!(print.bytes, packed.len() as u64);
        }
    }
}

#[test]
fn the_hash_does_not_need_the_document_to_be_read() {
    let data = text();
    for (packing, packed) in all(&data) {
        let mut document = from_memory(&packed, &Options::default()).expect("opens");
        let mut few = [0; 10];
        document.read_exact(&mut few).expect("reads");
        let print = document.finish().expect("hashes");
        assert_eq!(*print.sha256, sha256(&packed), "{packing:?}");
    }
    // Nor do threads stay behind when nobody wants it.
    drop(from_memory(&gz(&data), &Options::default()).expect("opens"));
}

#[test]
fn concatenated_streams_are_one_document() {
    for pack in [gz, bz2, zst] {
        let packed = [pack(b"first "), pack(b"second")].concat();
        let mut out = String::new();
        let mut document = from_memory(&packed, &Options::default()).expect("opens");
        document.read_to_string(&mut out).expect("reads");
        assert_eq!(out, "first second");
    }
}

#[test]
fn cut_anywhere_it_is_an_error_and_stays_one() {
    let data = &text()[..2000];
    for (packing, packed) in all(data) {
        if packing == Packing::Plain {
            continue;
        }
        for cut in 12..packed.len() {
            let Ok(mut document) = from_memory(&packed[..cut], &Options::default()) else {
                continue;
            };
            let mut out = Vec::new();
            let first = document.read_to_end(&mut out);
            assert!(
                first.is_err(),
                "{packing:?} cut at {cut} of {}",
                packed.len()
            );
            assert!(
                document.read(&mut [0; 8]).is_err(),
                "{packing:?} cut at {cut}"
            );
        }
    }
}

#[test]
fn damage_is_an_error() {
    let data = text();
    for (packing, mut packed) in all(&data) {
        if packing == Packing::Plain || packing == Packing::Zstd {
            continue; // no checksum in these frames
        }
        let middle = packed.len() / 2;
        packed[middle] ^= 0x55;
        let mut document = from_memory(&packed, &Options::default()).expect("opens");
        let result = document.read_to_end(&mut Vec::new());
        assert!(result.is_err(), "{packing:?}");
    }
}

#[test]
fn output_is_bounded() {
    let options = Options {
        max_bytes: 1000,
        ..Options::default()
    };
    for (packing, packed) in all(&text()) {
        let mut document = from_memory(&packed, &options).expect("opens");
        let error = document.read_to_end(&mut Vec::new()).expect_err("too much");
        assert!(
            error.to_string().contains("more than 1000"),
            "{packing:?}: {error}"
        );
    }
}

#[test]
fn bombs_are_stopped() {
    let zeros = vec![0; 100 << 20];
    for (packing, packed) in all(&zeros) {
        if packing == Packing::Plain {
            continue;
        }
        let mut document = from_memory(&packed, &Options::default()).expect("opens");
        let error = std::io::copy(&mut document, &mut std::io::sink()).expect_err("a bomb");
        assert!(error.to_string().contains("bomb"), "{packing:?}: {error}");
    }
}

#[test]
fn archives_with_several_members_are_asked_about() {
    let two: &[(&str, &[u8])] = &[("a.xml", b"<a/>"), ("b.csv", b"b")];
    let packed = zip(two);
    match from_memory(&packed, &Options::default()) {
        Err(UnpackError::SeveralMembers(names)) => {
            assert_eq!(*names, ["a.xml".into(), "b.csv".into()])
        }
        other => panic!("{other:?}"),
    }
    let named = |name: &str| Options {
        member: Some(name.into()),
        ..Options::default()
    };
    let mut out = String::new();
    let mut document = from_memory(&packed, &named("B.CSV")).expect("named");
    assert_eq!(document.member(), Some("b.csv"));
    document.read_to_string(&mut out).expect("reads");
    assert_eq!(out, "b");
    let error = from_memory(&packed, &named("c"))
        .expect_err("not there")
        .to_string();
    assert!(
        error.contains("no `c`") && error.contains("`a.xml`, `b.csv`"),
        "{error}"
    );
    // Called as the archive is.
    let folder = tempfile::tempdir().expect("scratch");
    let path = folder.path().join("A.ZIP");
    std::fs::write(&path, &packed).expect("scratch");
    let several = open(&path, &Options::default());
    assert!(matches!(several, Err(UnpackError::SeveralMembers(_))));
    let by_stem = Options {
        by_stem: true,
        ..Options::default()
    };
    let document = open(&path, &by_stem).expect("one is called as the archive");
    assert_eq!(document.passed_over(), ["b.csv".into()]);
    assert_eq!(document.member(), Some("a.xml"));
    // What archivers add is no member.
    let mac = zip(&[
        ("x/", b""),
        ("__MACOSX/x/._l.xml", b""),
        ("x/.DS_Store", b""),
        ("x/l.xml", b"<l/>"),
    ]);
    let document = from_memory(&mac, &Options::default()).expect("one file");
    assert_eq!(document.member(), Some("x/l.xml"));
    let none = from_memory(&zip(&[]), &Options::default());
    assert!(matches!(none, Err(UnpackError::NoMember)), "{none:?}");
}

#[test]
fn a_workbook_is_a_document() {
    let book = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<w/>"),
    ]);
    let mut document = from_memory(&book, &Options::default()).expect("opens");
    assert_eq!(document.packing(), Packing::Plain);
    let mut out = Vec::new();
    document.read_to_end(&mut out).expect("reads");
    assert_eq!(out, book);
}

#[test]
fn other_packings_are_named() {
    let error = from_memory(b"\xfd7zXZ\0\0\0", &Options::default()).expect_err("xz");
    assert_eq!(error.to_string(), "packed as xz, which is not supported");
    assert!(error.hint().is_some());
    // Plain text that only begins alike.
    for plain in [&b"BZh is no header"[..], b"PK", b"", b"\x1f", b"(\xb5/"] {
        let mut document = from_memory(plain, &Options::default()).expect("plain");
        let mut out = Vec::new();
        document.read_to_end(&mut out).expect("reads");
        assert_eq!(out, plain);
    }
}

//! How the parts of a bundle's archive lie in its bytes: one after another from the first byte to the
//! last, each named once, stored as it is.
//!
//! Readers of ZIP archives go by the directory at the end and pass over whatever else there is; this
//! reads every byte's place, so that nothing can hide between, before or after the members. It does
//! not know what the members say.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// A length that stands elsewhere: the archive is beyond 4 GiB.
const ELSEWHERE: u32 = u32::MAX;

/// What is odd about the archive; empty: nothing. `None`: it is too large to be told.
pub(super) fn oddities(mut archive: impl Read + Seek) -> io::Result<Option<Vec<String>>> {
    let mut odd = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut once = HashSet::new();
    let length = archive.seek(SeekFrom::End(0))?;
    let mut at = archive.seek(SeekFrom::Start(0))?;
    let mut listed = 0;
    loop {
        let mut head = [0; 46];
        archive.seek(SeekFrom::Start(at))?;
        let got = fill(&mut archive, &mut head)?;
        let short = |from: usize| u16::from_le_bytes([head[from], head[from + 1]]);
        let long = |from: usize| {
            u32::from_le_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]])
        };
        match long(0) {
            LOCAL if got >= 30 && listed == 0 => {
                let (method, size) = (short(8), long(18));
                if size == ELSEWHERE || long(22) == ELSEWHERE {
                    return Ok(None);
                }
                let name = text(&mut archive, at + 30, short(26))?;
                if method != 0 || size != long(22) {
                    odd.push(format!("member `{name}` is not stored as it is"));
                }
                if !once.insert(name.clone()) {
                    odd.push(format!("member `{name}` is there twice"));
                }
                if !is_plain(&name) {
                    odd.push(format!("member `{name}` has a name that leads elsewhere"));
                }
                at += 30 + u64::from(short(26)) + u64::from(short(28)) + u64::from(size);
                names.push(name);
            }
            CENTRAL if got == 46 => {
                let name = text(&mut archive, at + 46, short(28))?;
                if names.get(listed) != Some(&name) {
                    odd.push(format!("the directory names `{name}`, which is not there"));
                }
                listed += 1;
                let rest = u64::from(short(28)) + u64::from(short(30)) + u64::from(short(32));
                at += 46 + rest;
            }
            END if got >= 22 => {
                if listed != names.len() || usize::from(short(10)) != names.len() {
                    odd.push("the directory does not name every member".to_owned());
                }
                let end = at + 22;
                if end != length {
                    odd.push(format!(
                        "{} bytes follow its end",
                        length.saturating_sub(end)
                    ));
                }
                return Ok(Some(odd));
            }
            _ => {
                odd.push(format!("byte {at} belongs to no member and no directory"));
                return Ok(Some(odd));
            }
        }
    }
}

/// Whether a name stays below the folder that it is unpacked in, on every system.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(['\\', ':'])
        && !name.chars().any(char::is_control)
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn fill(from: &mut impl Read, head: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < head.len() {
        match from.read(&mut head[got..])? {
            0 => break,
            n => got += n,
        }
    }
    Ok(got)
}

fn text(archive: &mut (impl Read + Seek), at: u64, length: u16) -> io::Result<String> {
    archive.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; usize::from(length)];
    let got = fill(archive, &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes[..got]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn archive(names: &[&str]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let stored =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for name in names {
            zip.start_file(*name, stored).unwrap();
            zip.write_all(name.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn odd(bytes: &[u8]) -> Vec<String> {
        oddities(Cursor::new(bytes)).unwrap().unwrap()
    }

    fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let mut out = bytes.to_vec();
        for at in 0..=out.len() - from.len() {
            if out[at..].starts_with(from.as_bytes()) {
                out[at..at + to.len()].copy_from_slice(to.as_bytes());
            }
        }
        out
    }

    #[test]
    fn every_byte_has_its_place() {
        let whole = archive(&["a.txt", "b/c.txt"]);
        assert_eq!(odd(&whole), [""; 0]);
        let mut longer = whole.clone();
        longer.extend(b"more");
        assert_eq!(odd(&longer), ["4 bytes follow its end"]);
        let mut before = b"more".to_vec();
        before.extend(&whole);
        assert_eq!(
            odd(&before),
            ["byte 0 belongs to no member and no directory"]
        );
        let twice = replaced(&archive(&["one", "two"]), "two", "one");
        assert_eq!(odd(&twice), ["member `one` is there twice"]);
        for hostile in ["../x", "/abs", "c:\\x", "a//b"] {
            assert_eq!(odd(&archive(&[hostile])).len(), 1, "{hostile}");
        }
        // Whatever is cut off, nothing panics and something is said.
        for end in 0..whole.len() {
            assert!(!odd(&whole[..end]).is_empty(), "{end}");
        }
    }
}

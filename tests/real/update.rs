//! Updates from a server of our own that serves the published files.

use interdict::source::sources;
use interdict::store::{FetchOptions, Store, UpdateOptions, UpdateOutcome};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Serves one file, with its hash as its tag.
fn serve(file: Arc<Mutex<PathBuf>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/list.xml", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let path = file.lock().unwrap().clone();
            let tag = format!("\"{}\"", path.file_name().unwrap().to_string_lossy());
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked: Vec<_> = lines
                .map_while(Result::ok)
                .take_while(|l| !l.is_empty())
                .collect();
            let agent = asked
                .iter()
                .any(|l| l.to_lowercase().starts_with("user-agent:"));
            let known = asked
                .iter()
                .any(|l| l.to_lowercase() == format!("if-none-match: {}", tag.to_lowercase()));
            let (status, body) = match (agent, known) {
                (false, _) => ("403 Forbidden", Vec::new()),
                (_, true) => ("304 Not Modified", Vec::new()),
                _ => ("200 OK", std::fs::read(&path).unwrap()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: {tag}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&body);
        }
    });
    url
}

#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn ofac_first_unchanged_changed() {
    let folder = super::shared("data/ofac/sdn_advanced");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let file = Arc::new(Mutex::new(files[0].clone()));
    let urls = [serve(file.clone())];
    let mut source = sources()
        .into_iter()
        .find(|s| *s.id == *"ofac-sdn")
        .unwrap();
    // Today they are all older than the list's rhythm.
    source.options.remove("rhythm");
    let scratch = tempfile::tempdir().unwrap();
    let store = Store::open(scratch.path());
    let options = UpdateOptions {
        urls: &urls,
        keep: Some(2),
        fetch: FetchOptions::default(),
        ..UpdateOptions::default()
    };
    for path in &files {
        *file.lock().unwrap() = path.clone();
        for expected in [UpdateOutcome::Updated, UpdateOutcome::Unchanged] {
            let start = Instant::now();
            let updated = store.update(&source, &options, &|_, _| {});
            assert_eq!(updated.outcome, expected, "{updated:?}");
            println!(
                "{:?}: {} +{} -{} ({:?}) {:?}",
                start.elapsed(),
                updated.outcome.id(),
                updated.diff.added.len(),
                updated.diff.removed.len(),
                updated.to.as_ref().unwrap().published_on,
                updated.findings
            );
            assert!(updated.findings.is_empty(), "no false alarm");
            assert_eq!(updated.to.unwrap().unlisted, Some(0), "nothing was missed");
        }
    }
    let whole = store.verify().unwrap();
    assert_eq!(whole.len(), files.len());
    assert!(whole.iter().all(|v| v.outcome.is_ok()));
    assert_eq!(
        whole
            .iter()
            .filter(|v| *v.outcome.as_ref().unwrap())
            .count(),
        2
    );
}

/// Every other file at hand, first and again: no source is refused, none raises a false alarm on
/// the second day.
#[test]
#[ignore = "needs INTERDICT_SHARED"]
fn un_updates_between_its_issues() {
    let Some(source) = sources().into_iter().find(|s| *s.id == *"un-sc") else {
        return;
    };

    let scratch = tempfile::tempdir().unwrap();
    let store = Store::open(scratch.path());
    let file = Arc::new(Mutex::new(super::shared(
        "data/un/consolidated-2024-12.xml",
    )));
    let urls = [serve(file.clone())];
    let options = UpdateOptions {
        urls: &urls,
        ..UpdateOptions::default()
    };
    for name in ["consolidated-2024-12.xml", "consolidated-2026-02-27.xml"] {
        *file.lock().unwrap() = super::shared(&format!("data/un/{name}"));
        let updated = store.update(&source, &options, &|_, _| {});
        assert_eq!(
            updated.outcome,
            UpdateOutcome::Updated,
            "{name}: {updated:?}"
        );
    }
}

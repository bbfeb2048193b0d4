//! Updates from a server of our own: whatever it answers, the store is whole and the last good list
//! stays in use.

use crate::store::edition;
use interdict::finding::Code;
use interdict::list::Source;
use interdict::source::parse_source;
use interdict::store::{FetchOptions, Store, UpdateOptions, UpdateOutcome, Updated};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const FIXTURE: &str = include_str!("../../fixtures/lists/ofac-sdn.xml");

const TOML: &str = r#"
id = "test-list"
title = "A list for tests"
publisher = "Nobody"
authority = "government"
licence = "none"
at_least = 2
max_age = "72h"
max_shrink = 20
max_growth = 50
shape = "ofac-advanced"
"#;

/// What a server was asked: path, and headers by lower-case name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
}

/// What it answers: head and body, and how slowly.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Arc<Vec<u8>>,
    /// Announce so many bytes instead.
    pub(crate) length: Option<usize>,
    /// Wait so long after each byte.
    pub(crate) drip: Option<Duration>,
}

impl Answer {
    pub(crate) fn new(status: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Arc::new(body.into()),
            length: None,
            drip: None,
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

type Handler = Box<dyn FnMut(&Asked) -> Answer + Send>;

/// A server on this machine; it ends with the process.
pub(crate) struct Server {
    pub(crate) url: String,
    handler: Arc<Mutex<Handler>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn start(handler: impl FnMut(&Asked) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/list.xml", listener.local_addr().unwrap());
        let handler: Arc<Mutex<Handler>> = Arc::new(Mutex::new(Box::new(handler)));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (h, a) = (handler.clone(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (h, a) = (h.clone(), a.clone());
                std::thread::spawn(move || {
                    let _ = serve(stream, &h, &a);
                });
            }
        });
        Self {
            url,
            handler,
            asked,
        }
    }

    fn answers(&self, handler: impl FnMut(&Asked) -> Answer + Send + 'static) {
        *self.handler.lock().unwrap() = Box::new(handler);
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    handler: &Mutex<Handler>,
    asked: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or(Ok(String::new()))?;
    let mut request = Asked {
        path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        ..Asked::default()
    };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        request
            .headers
            .insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let answer = handler.lock().unwrap()(&request);
    asked.lock().unwrap().push(request);
    let length = answer.length.unwrap_or(answer.body.len());
    let mut head = format!(
        "HTTP/1.1 {}\r\nContent-Length: {length}\r\nConnection: close\r\n",
        answer.status
    );
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    match answer.drip {
        None => stream.write_all(&answer.body),
        Some(pause) => answer.body.iter().try_for_each(|byte| {
            stream.write_all(&[*byte])?;
            stream.flush()?;
            std::thread::sleep(pause);
            Ok(())
        }),
    }
}

struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    source: Source,
    toml: String,
    server: Server,
}

impl Bench {
    fn new() -> Self {
        Self::of(TOML)
    }

    fn of(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Store::open(folder.path().join("home")),
            folder,
            source: parse_source(toml).unwrap(),
            toml: toml.to_owned(),
            server: Server::start(|_| Answer::new("200 OK", FIXTURE)),
        }
    }

    /// A server whose first document is installed.
    fn installed() -> Self {
        let bench = Self::new();
        assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
        bench.server.asked();
        bench
    }

    fn update(&self) -> Updated {
        self.update_from(std::slice::from_ref(&self.server.url))
    }

    fn update_from(&self, urls: &[String]) -> Updated {
        self.update_as(&UpdateOptions {
            urls,
            ..self.options()
        })
    }

    fn options(&self) -> UpdateOptions<'_> {
        UpdateOptions {
            source_toml: Some(&self.toml),
            fetch: FetchOptions {
                backoff: Duration::from_millis(5),
                read_timeout: Duration::from_secs(2),
                timeout: Duration::from_secs(4),
                ..FetchOptions::default()
            },
            ..UpdateOptions::default()
        }
    }

    fn update_as(&self, options: &UpdateOptions<'_>) -> Updated {
        self.store.update(&self.source, options, &|_, _| {})
    }

    /// Nothing was replaced, and nothing lies around.
    fn assert_whole(&self, listings: usize) {
        assert_whole(&self.store, listings);
    }

    fn assert_bad(&self, answer: impl Fn() -> Answer + Send + 'static, code: Code, words: &str) {
        self.server.answers(move |_| answer());
        let updated = self.update();
        let expected = match code {
            Code::ListResponseHtml | Code::ListRefused | Code::ListTooFew => UpdateOutcome::Refused,
            _ => UpdateOutcome::Failed,
        };
        assert_eq!(updated.outcome, expected, "{updated:?}");
        assert_eq!(updated.findings[0].code, code, "{updated:?}");
        let error = updated.error.unwrap();
        assert!(error.contains(words), "{error}");
        assert_eq!(updated.from, updated.to, "what was there is still in use");
        self.assert_whole(8);
    }
}

fn assert_whole(store: &Store, listings: usize) {
    assert_eq!(store.load("test-list").unwrap().len(), listings);
    for verified in store.verify().unwrap() {
        assert!(verified.outcome.is_ok(), "{verified:?}");
    }
    let left: Vec<_> = std::fs::read_dir(store.home())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(left.iter().all(|n| !n.starts_with(".download")), "{left:?}");
}

/// One that stands in it once.
fn a_feature() -> String {
    "5003".to_owned()
}

#[test]
fn the_first_update_installs_and_names_itself() {
    let bench = Bench::new();
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Updated);
    assert!(updated.from.is_none() && updated.error.is_none());
    let manifest = updated.to.unwrap();
    assert_eq!(&*manifest.url, bench.server.url);
    assert_eq!(&*manifest.file, "list.xml");
    assert_eq!(manifest.confirmed_at, Some(manifest.retrieved_at));
    let asked = bench.server.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].headers["user-agent"].starts_with("interdict/"));
    assert!(!asked[0].headers.contains_key("if-none-match"));
    bench.assert_whole(8);
    // The document is old; that the publisher offers it still makes it fresh.
    assert!(
        bench
            .store
            .load("test-list")
            .unwrap()
            .confirmed_at
            .is_some()
    );
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let bench = Bench::new();
    let tagged = |_: &Asked| {
        Answer::new("200 OK", FIXTURE)
            .with("ETag", "\"one\"")
            .with("Last-Modified", "Tue, 04 Mar 2025 15:00:00 GMT")
    };
    bench.server.answers(tagged);
    let first = bench.update().to.unwrap();
    bench.server.asked();
    bench.server.answers(|asked| {
        assert_eq!(asked.headers["if-none-match"], "\"one\"");
        assert_eq!(
            asked.headers["if-modified-since"],
            "Tue, 04 Mar 2025 15:00:00 GMT"
        );
        Answer::new("304 Not Modified", "")
    });
    let second = bench.update();
    assert_eq!(second.outcome, UpdateOutcome::Unchanged, "{second:?}");
    let second = second.to.unwrap();
    assert_eq!(second.retrieved_at, first.retrieved_at);
    assert!(second.confirmed_at > first.confirmed_at);
    bench.assert_whole(8);

    // A document that is damaged on disk is asked for whole, whatever its tag.
    let path = bench.store.find("test-list").unwrap().document();
    std::fs::write(path, "damage").unwrap();
    bench.server.answers(move |asked| {
        assert!(!asked.headers.contains_key("if-none-match"));
        tagged(asked)
    });
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
    assert_eq!(bench.store.load("test-list").unwrap().len(), 8);
}

#[test]
fn a_change_is_told_in_listings() {
    let bench = Bench::installed();
    let feature = a_feature();
    bench
        .server
        .answers(move |_| Answer::new("200 OK", edition(21, &[&feature])));
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Updated, "{updated:?}");
    assert_eq!(
        (updated.diff.added.len(), updated.diff.removed.len()),
        (0, 1)
    );
    let gone = &updated.diff.removed[0];
    let list = bench.store.load("test-list").unwrap();
    assert_eq!(list.len(), 7);
    let past: Vec<_> = list.past_listings().collect();
    assert_eq!((past.len(), past[0].text), (1, &*gone.text));
    let last = past[0].intervals.last().unwrap();
    assert_eq!(last.until.unwrap().to_string(), "2025-03-21");
    assert_eq!(last.last_seen.unwrap().to_string(), "2025-03-04");
    // It comes back.
    bench
        .server
        .answers(|_| Answer::new("200 OK", edition(25, &[])));
    assert_eq!(bench.update().diff.added.len(), 1);
    let list = bench.store.load("test-list").unwrap();
    assert_eq!((list.len(), list.past_listings().len()), (8, 0));
    let back = list.listings().find(|l| l.text == &*gone.text).unwrap();
    let days: Vec<_> = back.intervals.iter().map(|i| i.to_text()).collect();
    assert_eq!(
        days,
        [
            "2025-03-04..2025-03-04<2025-03-21",
            "2025-03-21<2025-03-25.."
        ]
    );
    let other = list.listings().find(|l| l.text != &*gone.text).unwrap();
    assert_eq!(other.intervals[0].to_text(), "2025-03-04..");
}

#[test]
fn bad_answers_replace_nothing() {
    let bench = Bench::installed();
    bench.assert_bad(
        || Answer::new("403 Forbidden", "no"),
        Code::ListDownloadFailed,
        "403: it refuses this client",
    );
    bench.assert_bad(
        || Answer::new("202 Accepted", "").with("x-amzn-waf-action", "challenge"),
        Code::ListResponseEmpty,
        "202 with nothing in it",
    );
    bench.assert_bad(
        || Answer::new("200 OK", ""),
        Code::ListResponseEmpty,
        "200 with nothing in it",
    );
    bench.assert_bad(
        || {
            Answer::new(
                "200 OK",
                "\n<!DOCTYPE html><html><body>Maintenance</body></html>",
            )
        },
        Code::ListResponseHtml,
        "answered with a web page",
    );
    bench.assert_bad(
        || Answer {
            length: Some(FIXTURE.len()),
            ..Answer::new("200 OK", &FIXTURE[..2000])
        },
        Code::ListResponseTruncated,
        "ended after 2000 bytes",
    );
    // Cut, and the length says nothing of it.
    bench.assert_bad(
        || Answer::new("200 OK", &FIXTURE[..FIXTURE.len() - 200]),
        Code::ListRefused,
        "",
    );
    bench.assert_bad(
        || Answer::new("302 Found", "").with("Location", "http://192.0.2.1/list.xml"),
        Code::ListDownloadFailed,
        "only https is followed",
    );
    bench.assert_bad(
        || Answer::new("302 Found", "").with("Location", "/again"),
        Code::ListDownloadFailed,
        "too often",
    );
    bench.assert_bad(
        || Answer::new("429 Too Many Requests", "").with("Retry-After", "86400"),
        Code::ListDownloadFailed,
        "come back in 86400 s",
    );
    let start = Instant::now();
    bench.assert_bad(
        || Answer {
            drip: Some(Duration::from_millis(20)),
            ..Answer::new("200 OK", FIXTURE)
        },
        Code::ListDownloadFailed,
        "was not there after 4 s",
    );
    assert!(start.elapsed() < Duration::from_secs(60));
    // And then it is well again.
    bench
        .server
        .answers(|_| Answer::new("200 OK", edition(5, &[])));
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
}

#[test]
fn a_list_that_holds_too_little_is_refused() {
    let bench = Bench::of(&TOML.replace("at_least = 2", "at_least = 9"));
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Refused);
    assert_eq!(updated.findings[0].code, Code::ListTooFew);
    assert!(bench.store.ids().unwrap().is_empty());
}

#[test]
fn a_server_that_stumbles_is_asked_again() {
    let bench = Bench::new();
    let mut times = 0;
    bench.server.answers(move |_| {
        times += 1;
        match times {
            1 => Answer::new("500 Internal Server Error", "oops"),
            2 => Answer::new("503 Service Unavailable", "").with("Retry-After", "0"),
            _ => Answer::new("200 OK", FIXTURE),
        }
    });
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
    assert_eq!(bench.server.asked().len(), 3);
    // What will not help is not tried.
    bench.server.answers(|_| Answer::new("404 Not Found", ""));
    assert_eq!(bench.update().outcome, UpdateOutcome::Failed);
    assert_eq!(bench.server.asked().len(), 1);
}

#[test]
fn a_broken_download_is_resumed() {
    let bench = Bench::new();
    bench.server.answers(|asked| {
        let whole = Answer::new("200 OK", FIXTURE).with("ETag", "\"one\"");
        match asked.headers.get("range").map(String::as_str) {
            None => Answer {
                length: Some(FIXTURE.len()),
                ..Answer::new("200 OK", &FIXTURE[..1000]).with("ETag", "\"one\"")
            },
            Some("bytes=1000-") => {
                assert_eq!(asked.headers["if-range"], "\"one\"");
                let range = format!("bytes 1000-{}/{}", FIXTURE.len() - 1, FIXTURE.len());
                Answer::new("206 Partial Content", &FIXTURE[1000..])
                    .with("Content-Range", range)
                    .with("ETag", "\"one\"")
            }
            Some(_) => whole,
        }
    });
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Updated, "{updated:?}");
    assert_eq!(updated.to.unwrap().bytes, FIXTURE.len() as u64);
    bench.assert_whole(8);
}

#[test]
fn the_next_url_is_tried() {
    let bench = Bench::new();
    let bad = Server::start(|_| Answer::new("200 OK", "<html>moved</html>"));
    let gone = Server::start(|_| Answer::new("410 Gone", ""));
    let urls = [bad.url, gone.url, bench.server.url.clone()];
    let updated = bench.update_from(&urls);
    assert_eq!(updated.outcome, UpdateOutcome::Updated);
    assert_eq!(&*updated.to.unwrap().url, urls[2]);
    // All of them are named when none will do.
    bench.server.answers(|_| Answer::new("404 Not Found", ""));
    let error = bench.update_from(&urls).error.unwrap();
    assert!(urls.iter().all(|url| error.contains(url)), "{error}");
}

#[test]
fn only_https_leaves_this_machine() {
    let bench = Bench::new();
    for url in [
        "http://192.0.2.1/x",
        "ftp://127.0.0.1/x",
        "file:///etc/hosts",
        "x",
    ] {
        let updated = bench.update_from(&[url.to_owned()]);
        assert_eq!(updated.outcome, UpdateOutcome::Failed, "{url}");
    }
    assert!(bench.server.asked().is_empty());
}

#[test]
fn the_size_is_bounded() {
    let bench = Bench::of(&format!("{TOML}\n[options]\nmax_bytes = \"1000\""));
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Failed);
    assert!(updated.error.unwrap().contains("larger than 1000 bytes"));
}

#[test]
fn the_published_checksum_is_compared() {
    let right = interdict::source::sha256(FIXTURE.as_bytes());
    let server = Server::start({
        let right = right.clone();
        move |asked| match &*asked.path {
            "/right" => Answer::new(
                "200 OK",
                format!("other.xml {}\nlist.xml {right}", "0".repeat(64)),
            ),
            "/wrong" => Answer::new("200 OK", "f".repeat(64)),
            _ => Answer::new("200 OK", FIXTURE),
        }
    });
    let base = server.url.trim_end_matches("list.xml").to_owned();
    let at = |page: &str| {
        Bench::of(&format!(
            "{TOML}\n[options]\nchecksum_url = \"{base}{page}\""
        ))
    };
    let url = [server.url.clone()];
    assert_eq!(
        at("right").update_from(&url).outcome,
        UpdateOutcome::Updated
    );
    let wrong = at("wrong").update_from(&url);
    assert_eq!(wrong.outcome, UpdateOutcome::Failed);
    assert_eq!(wrong.findings[0].code, Code::ListChecksumMismatch);
    let error = wrong.error.unwrap();
    assert!(
        error.contains(&right) && error.contains(&"f".repeat(64)),
        "{error}"
    );
}

#[test]
fn the_gate_stops_and_lets_pass() {
    let bench = Bench::installed();
    let ids: Vec<String> = FIXTURE
        .split("<Feature ID=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .take(3)
        .collect();
    bench.server.answers(move |_| {
        let without: Vec<&str> = ids.iter().map(String::as_str).collect();
        Answer::new("200 OK", edition(5, &without))
    });
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Refused, "{updated:?}");
    assert_eq!(updated.findings[0].code, Code::ListShrunk);
    assert!(updated.hint.unwrap().contains("--accept-change"));
    bench.assert_whole(8);
    let urls = [bench.server.url.clone()];
    let updated = bench.update_as(&UpdateOptions {
        urls: &urls,
        accept_change: true,
        ..bench.options()
    });
    assert_eq!(updated.outcome, UpdateOutcome::Updated);
    assert_eq!(updated.to.unwrap().accepted.len(), 1, "recorded");
    bench.assert_whole(5);
}

#[test]
fn a_refused_document_is_not_sent_again() {
    let bench = Bench::installed();
    // Four of eight listings: more than a fifth is gone.
    let cut = edition(5, &["5003", "5004", "5005"]);
    let offers = |tag: &'static str, body: String| {
        move |asked: &Asked| match asked.headers.get("if-none-match").map(String::as_str) {
            Some(known) if known == tag => Answer::new("304 Not Modified", "").with("ETag", tag),
            _ => Answer::new("200 OK", body.clone()).with("ETag", tag),
        }
    };
    bench.server.answers(offers("\"cut\"", cut.clone()));
    let first = bench.update();
    assert_eq!(first.outcome, UpdateOutcome::Refused, "{first:?}");
    bench.server.asked();
    let again = bench.update();
    assert_eq!(again.outcome, UpdateOutcome::Refused, "{again:?}");
    let codes = |u: &Updated| u.findings.iter().map(|f| f.code).collect::<Vec<_>>();
    assert_eq!(codes(&again), codes(&first));
    assert_eq!(again.hint, first.hint);
    let error = again.error.unwrap();
    assert!(error.contains("still the document"), "{error}");
    let tags: Vec<_> = bench.server.asked();
    assert_eq!(tags[0].headers["if-none-match"], "\"cut\"");
    bench.assert_whole(8);
    // Another one is looked at; the same one too, when the change is accepted.
    bench.server.answers(offers("\"five\"", edition(6, &[])));
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
    bench
        .server
        .answers(offers("\"cut\"", edition(7, &["5003", "5004", "5005"])));
    assert_eq!(bench.update().outcome, UpdateOutcome::Refused);
    let urls = std::slice::from_ref(&bench.server.url);
    let accepting = UpdateOptions {
        urls,
        accept_change: true,
        ..bench.options()
    };
    assert_eq!(bench.update_as(&accepting).outcome, UpdateOutcome::Updated);
    bench.assert_whole(4);
    assert_eq!(bench.update().outcome, UpdateOutcome::Unchanged);
}

#[test]
fn the_parts_of_a_document_are_downloaded_together() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lists/ofac-sdn-csv");
    let edition = Arc::new(Mutex::new(1));
    let (now, files) = (edition.clone(), folder.clone());
    let server = Server::start(move |asked| {
        let name = asked.path.rsplit('/').next().unwrap();
        let Ok(mut body) = std::fs::read(files.join(name)) else {
            return Answer::new("404 Not Found", "");
        };
        // Of a later edition only the main file is another one.
        let edition = *now.lock().unwrap();
        let tag = match name {
            "SDN.CSV" => format!("\"{name} {edition}\""),
            _ => format!("\"{name}\""),
        };
        if asked.headers.get("if-none-match") == Some(&tag) {
            return Answer::new("304 Not Modified", "").with("ETag", tag);
        }
        if edition == 2 && name == "SDN.CSV" {
            let text = String::from_utf8(body).unwrap();
            let lines: Vec<_> = text.split_inclusive("\r\n").collect();
            body = lines[..lines.len() - 2].concat().into_bytes();
        }
        Answer::new("200 OK", body).with("ETag", tag)
    });
    let base = server.url.trim_end_matches("/list.xml");
    let toml = format!(
        "id = \"parts\"\ntitle = \"A list in parts\"\npublisher = \"Nobody\"\n\
         authority = \"government\"\nlicence = \"none\"\nshape = \"ofac-csv\"\n[parts]\n\
         \"SDN.CSV\" = [\"{base}/gone/SDN.CSVX\", \"{base}/SDN.CSV\"]\n\
         \"ADD.CSV\" = [\"{base}/ADD.CSV\"]\n\"ALT.CSV\" = [\"{base}/ALT.CSV\"]\n\
         \"SDN_COMMENTS.CSV\" = [\"{base}/SDN_COMMENTS.CSV\"]\n"
    );
    let source = parse_source(&toml).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let store = Store::open(scratch.path().join("home"));
    let options = UpdateOptions {
        source_toml: Some(&toml),
        accept_change: true,
        ..UpdateOptions::default()
    };
    let update = || store.update(&source, &options, &|_, _| {});
    let first = update();
    assert_eq!(first.outcome, UpdateOutcome::Updated, "{first:?}");
    let listings = store.load("parts").unwrap().len();
    assert!(listings > 0);
    server.asked();
    let again = update();
    assert_eq!(again.outcome, UpdateOutcome::Unchanged, "{again:?}");
    assert!(again.to.unwrap().confirmed_at.is_some());
    let known = |asked: &Asked| asked.headers.contains_key("if-none-match");
    assert_eq!(server.asked().iter().filter(|a| known(a)).count(), 4);
    // One part has changed: all are of one time.
    *edition.lock().unwrap() = 2;
    let later = update();
    assert_eq!(later.outcome, UpdateOutcome::Updated, "{later:?}");
    // A part that cannot be had leaves the list as it is.
    server.answers(|_| Answer::new("404 Not Found", ""));
    let failed = update();
    assert_eq!(failed.outcome, UpdateOutcome::Failed);
    assert!(
        failed
            .error
            .unwrap()
            .contains("404: the document has moved")
    );
    assert_eq!(failed.from, failed.to);
}

#[test]
fn a_frozen_list_is_told() {
    let bench = Bench::of(&format!("{TOML}\n[options]\nrhythm = \"30d\""));
    let updated = bench.update();
    assert_eq!(updated.outcome, UpdateOutcome::Updated);
    assert_eq!(updated.findings[0].code, Code::ListFrozen);
    let list = bench.store.load("test-list").unwrap();
    assert!(
        list.confirmed_at.is_none(),
        "its age counts from its own date"
    );
    assert!(list.findings.iter().any(|f| f.code == Code::ListFrozen));
}

#[test]
fn what_was_rolled_back_does_not_come_back_by_itself() {
    let bench = Bench::installed();
    bench
        .server
        .answers(|_| Answer::new("200 OK", edition(5, &[])));
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
    let before = bench.store.revision("test-list", "1").unwrap();
    bench
        .store
        .rollback("test-list", &before, Duration::from_secs(1))
        .unwrap();
    let day = |store: &Store| {
        store
            .load("test-list")
            .unwrap()
            .snapshot
            .published_on
            .unwrap()
    };
    assert_eq!(day(&bench.store).to_string(), "2025-03-04");
    let again = bench.update();
    assert_eq!(again.outcome, UpdateOutcome::Refused);
    assert_eq!(again.findings[0].code, Code::ListWithdrawn);
    // The next edition is welcome, and the withdrawn one says nothing about dates.
    bench
        .server
        .answers(|_| Answer::new("200 OK", edition(6, &[])));
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
    let list = bench.store.load("test-list").unwrap();
    let days: Vec<_> = list.seen_on.iter().map(ToString::to_string).collect();
    assert_eq!(days, ["2025-03-04", "2025-03-06"]);
}

#[test]
fn documents_are_let_go_and_listings_kept() {
    let bench = Bench::installed();
    let feature = a_feature();
    let urls = [bench.server.url.clone()];
    for day in [5, 6, 7] {
        let without = if day == 7 {
            vec![feature.clone()]
        } else {
            vec![]
        };
        bench.server.answers(move |_| {
            let without: Vec<&str> = without.iter().map(String::as_str).collect();
            Answer::new("200 OK", edition(day, &without))
        });
        let updated = bench.update_as(&UpdateOptions {
            urls: &urls,
            keep: Some(2),
            ..bench.options()
        });
        assert_eq!(updated.outcome, UpdateOutcome::Updated);
    }
    let verified = bench.store.verify().unwrap();
    let whole = verified.iter().filter(|v| *v.outcome.as_ref().unwrap());
    assert_eq!((verified.len(), whole.count()), (4, 2));
    // The history is the same when it is made anew from what is left.
    let state = || -> Vec<String> {
        let list = bench.store.load("test-list").unwrap();
        list.listings()
            .chain(list.past_listings())
            .map(|l| format!("{} {:?} {}", l.text, l.intervals, l.snapshot.sha256))
            .collect()
    };
    let before = state();
    assert_eq!(before.len(), 8);
    let folder = bench.store.home().join("lists/test-list");
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let _ = std::fs::remove_file(entry.path().join("intervals.tsv"));
    }
    assert_eq!(state(), before);
    let oldest = bench.store.generations("test-list").unwrap()[0].clone();
    let error = bench
        .store
        .rollback("test-list", &oldest, Duration::from_secs(1))
        .unwrap_err();
    assert!(error.to_string().contains("was let go"), "{error}");
}

/// A document of facts: thirty entities with an address each.
fn facts(day: u8, label: &str, programs: &str, note: &str) -> String {
    let mut text = format!(
        "# interdict facts 1\n# source: test-list\n# published: 2025-03-{day:02}\n\
         # entities: 30\n# listings: 30\nN\tn\t{note}\n"
    );
    for n in 0..30 {
        text += &format!("E\t{n}\tperson\tName {n}\t2025-03-01\t{programs}\t-\n");
        text += &format!("A\t{label}\t0x{n:040x}\t2025-03-01..\tn\n");
    }
    text
}

#[test]
fn rules_of_the_gate() {
    let toml = TOML.replace("ofac-advanced", "interdict-facts");
    let gate = |first: String, second: String| {
        let bench = Bench::of(&toml);
        bench
            .server
            .answers(move |_| Answer::new("200 OK", first.clone()));
        assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
        bench
            .server
            .answers(move |_| Answer::new("200 OK", second.clone()));
        let updated = bench.update();
        let codes: Vec<_> = updated.findings.iter().map(|f| f.code).collect();
        (updated.outcome, codes)
    };
    let sound = || facts(4, "ETH", "CYBER2", "a note");
    let same = gate(sound(), facts(5, "ETH", "CYBER2", "a note"));
    assert_eq!(same, (UpdateOutcome::Updated, vec![]));
    let emptied = gate(sound(), facts(5, "ETH", "", "a note"));
    assert_eq!(emptied, (UpdateOutcome::Refused, vec![Code::ListFillFell]));
    let older = gate(sound(), facts(3, "ETH", "CYBER2", "a note"));
    assert_eq!(older, (UpdateOutcome::Refused, vec![Code::ListOlder]));
    // A label never seen is told, and its addresses are used.
    let labelled = gate(sound(), facts(5, "NEW", "CYBER2", "a note"));
    assert_eq!(labelled, (UpdateOutcome::Updated, vec![Code::ListNewLabel]));
    // Addresses that are not where the parser looks for them.
    let one = "see 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    let missed = gate(sound(), facts(5, "ETH", "CYBER2", one));
    assert_eq!(
        missed,
        (UpdateOutcome::Updated, vec![Code::ListMentionsMissed])
    );
    let many: Vec<_> = (100..110).map(|n| format!("0x{n:040x}")).collect();
    let missed = gate(sound(), facts(5, "ETH", "CYBER2", &many.join(" ")));
    assert_eq!(
        missed,
        (UpdateOutcome::Refused, vec![Code::ListMentionsGrew])
    );
    let known = gate(facts(4, "ETH", "", one), facts(5, "ETH", "", one));
    assert_eq!(known, (UpdateOutcome::Updated, vec![]), "said once");
}

/// The program itself.
fn program(bench: &Bench, args: &[&str]) -> Command {
    let toml = bench.folder.path().join("test-list.toml");
    std::fs::write(&toml, &bench.toml).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_interdict"));
    command
        .arg("--home")
        .arg(bench.store.home())
        .args(["lists", "update", "test-list", "--source"])
        .arg(toml)
        .args(args)
        .stdin(Stdio::null());
    command
}

#[test]
fn the_program_tells_the_difference_to_a_command() {
    let bench = Bench::new();
    let told = bench.folder.path().join("told.json");
    let hook = format!("cat > '{}'", told.display());
    let url = bench.server.url.clone();
    let run = |args: &[&str]| {
        let mut all = vec!["--url", &url, "--format", "json"];
        all.extend(args);
        let out = program(&bench, &all).output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&out.stderr)));
        (out.status.code().unwrap(), json)
    };
    let (code, json) = run(&[]);
    assert_eq!((code, &json[0]["outcome"]), (0, &"updated".into()));
    assert!(json[0]["from"].is_null());
    let feature = a_feature();
    bench
        .server
        .answers(move |_| Answer::new("200 OK", edition(21, &[&feature])));
    let (code, json) = run(&["--on-change", &hook]);
    assert_eq!((code, &json[0]["removed"]), (0, &1.into()));
    if cfg!(unix) {
        let told: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(told).unwrap()).unwrap();
        assert_eq!(told["id"], "test-list");
        assert_eq!(told["removed"].as_array().unwrap().len(), 1);
        assert_eq!(told["from"]["published_on"], "2025-03-04");
    }
    bench.server.answers(|_| Answer::new("403 Forbidden", ""));
    let (code, json) = run(&[]);
    assert_eq!((code, &json[0]["outcome"]), (5, &"failed".into()));
    assert_eq!(json[0]["findings"][0]["code"], "list-download-failed");
    let (code, json) = run(&["--offline"]);
    assert_eq!((code, &json[0]["outcome"]), (0, &"unchanged".into()));
}

/// What the ready units run is understood, and says by its exit code that lists are missing.
#[test]
fn the_units_run_what_there_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/units");
    let args = ["lists", "update", "--keep", "30", "--quiet"];
    for name in [
        "interdict-update.service",
        "interdict.cron",
        "interdict-update.xml",
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(text.contains(&args.join(" ")), "{name}");
    }
    let home = tempfile::tempdir().unwrap();
    let out = Command::new(env!("CARGO_BIN_EXE_interdict"))
        .arg("--home")
        .arg(home.path())
        .args(args)
        .arg("--offline")
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(5), "{out:?}");
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(text.contains("ofac-sdn: failed"), "{text}");
    // One form of a list is enough.
    assert!(!text.contains("ofac-sdn-csv"), "{text}");
}

#[test]
fn a_proxy_is_asked_for_the_world_and_not_for_this_machine() {
    let bench = Bench::new();
    let proxy = Server::start(|_| Answer::new("502 Bad Gateway", ""));
    let at = proxy.url.trim_end_matches("/list.xml");
    let run = |url: &str| {
        program(&bench, &["--url", url, "--timeout", "0m"])
            .env("HTTPS_PROXY", at)
            .env("HTTP_PROXY", at)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .output()
            .unwrap()
    };
    run("https://lists.example/list.xml");
    assert_eq!(proxy.asked()[0].path, "lists.example:443");
    run(&bench.server.url);
    assert!(proxy.asked().is_empty());
    assert_eq!(bench.server.asked().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told() {
    let bench = Bench::installed();
    // No file may grow beyond four kilobytes: as with a full disk, writing fails half-way.
    let big = edition(5, &[]).replace(
        "</Sanctions>",
        &format!("<!--{}--></Sanctions>", "x".repeat(1 << 20)),
    );
    bench
        .server
        .answers(move |_| Answer::new("200 OK", big.clone()));
    let update = program(&bench, &["--url", &bench.server.url, "--format", "json"]);
    let words: Vec<String> = std::iter::once(update.get_program())
        .chain(update.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy()))
        .collect();
    let script = format!("trap '' XFSZ; ulimit -f 64; exec {}", words.join(" "));
    let out = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(out.status.code(), Some(5), "{out:?}");
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(text.contains("cannot be written"), "{text}");
    bench.assert_whole(8);
}

/// Kills the program at random moments of an update, `rounds` times.
pub(crate) fn kill_at_random(rounds: u32, longest: Duration) {
    let bench = Bench::installed();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let mut installed = 0;
    for round in 0..rounds {
        // Each round another document, each time one address more or less.
        let without = if round % 2 == 0 {
            vec![a_feature()]
        } else {
            vec![]
        };
        let body = edition(
            1 + (round % 28) as u8,
            &without.iter().map(String::as_str).collect::<Vec<_>>(),
        )
        .replace("</Sanctions>", &format!("<!-- {round} --></Sanctions>"));
        bench
            .server
            .answers(move |_| Answer::new("200 OK", body.clone()));
        let mut child = program(
            &bench,
            &["--url", &bench.server.url, "--accept-change", "--quiet"],
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
        let wait = Duration::from_micros(random() % longest.as_micros() as u64);
        std::thread::sleep(wait);
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever is installed is whole, and is one of the two.
        let list = bench.store.load("test-list").unwrap();
        assert!(matches!(list.len(), 7 | 8));
        for verified in bench.store.verify().unwrap() {
            assert!(verified.outcome.is_ok(), "round {round}: {verified:?}");
        }
        installed += u32::from(list.snapshot.bytes > FIXTURE.len() as u64);
    }
    println!("{installed} of {rounds} rounds ended on an updated list");
    // And an update that is let alone still works, and clears up.
    bench
        .server
        .answers(|_| Answer::new("200 OK", edition(30, &[])));
    assert_eq!(bench.update().outcome, UpdateOutcome::Updated);
    let left = |folder: &Path| -> Vec<String> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with('.'))
            .collect()
    };
    let list = bench.store.home().join("lists/test-list");
    assert_eq!(left(&list), [""; 0], "nothing is left over");
    assert!(
        left(bench.store.home()).len() <= 1,
        "at most one too fresh to be told apart"
    );
}

#[test]
fn killed_at_any_moment_the_store_is_whole() {
    kill_at_random(20, Duration::from_millis(60));
}

#[test]
#[ignore = "two hundred rounds take their time"]
fn killed_two_hundred_times_the_store_is_whole() {
    kill_at_random(200, Duration::from_millis(120));
}

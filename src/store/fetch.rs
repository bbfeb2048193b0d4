//! Downloads: one document from one URL, bounded in size and time, asked for only if it changed.
//!
//! The only file that knows the HTTP client. It does not know what a list is.

use super::Validator;
use super::disk;
use crate::finding::Code;
use jiff::Timestamp;
use reqwest::blocking::{Client, Response};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{StatusCode, Url};
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// A checksum page is no larger than this.
const CHECKSUM_MAX: u64 = 256 << 10;

/// Bounds of a download.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// How often one URL is tried.
    pub attempts: u32,
    /// The first wait between two tries; it doubles.
    pub backoff: Duration,
    /// The longest wait that a publisher may ask for.
    pub max_wait: Duration,
    /// The longest silence.
    pub read_timeout: Duration,
    /// The longest time for one document.
    pub timeout: Duration,
    /// The largest document.
    pub max_bytes: u64,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            attempts: 3,
            backoff: Duration::from_secs(2),
            max_wait: Duration::from_secs(120),
            read_timeout: Duration::from_secs(60),
            timeout: Duration::from_secs(20 * 60),
            max_bytes: 2 << 30,
        }
    }
}

/// What came of asking.
#[derive(Debug)]
pub(super) enum Fetched {
    /// It has not changed.
    NotModified,
    /// The document, and what the publisher says of it.
    Document(Validator),
}

/// Why a document could not be downloaded. The URL is the caller's to add.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// It is none, or not one that is used.
    #[error("{0}")]
    Url(String),
    /// The publisher leads elsewhere, in the clear.
    #[error("it leads to `{0}`, and only https is followed")]
    Redirect(String),
    /// It leads around.
    #[error("it leads on too often")]
    Redirects,
    /// No connection, or it broke.
    #[error("{0}")]
    Network(String),
    /// Another status than success.
    #[error("the publisher answered {status}{}", hint(*.status, *.wait))]
    Status {
        /// It.
        status: u16,
        /// How long to wait, as the publisher says.
        wait: Option<Duration>,
    },
    /// Success without a document.
    #[error("the publisher answered {status} with nothing in it")]
    Empty {
        /// The status.
        status: u16,
    },
    /// It ended early.
    #[error("the document ended after {got} bytes{}", of(*.expected))]
    Truncated {
        /// How much came.
        got: u64,
        /// How much was announced.
        expected: Option<u64>,
    },
    /// Too large.
    #[error("the document is larger than {0} bytes")]
    TooLarge(u64),
    /// Too slow.
    #[error("the document was not there after {} s, at {got} bytes", .after.as_secs())]
    TooSlow {
        /// How long was waited.
        after: Duration,
        /// How much came.
        got: u64,
    },
    /// Not the document that the publisher means.
    #[error("its sha256 is {found}, and the publisher states {expected}")]
    Checksum {
        /// As stated.
        expected: String,
        /// As it is.
        found: String,
    },
    /// It cannot be kept.
    #[error("it cannot be written: {0}")]
    Disk(io::Error),
}

fn hint(status: u16, wait: Option<Duration>) -> String {
    match (status, wait) {
        (_, Some(wait)) => format!(", and to come back in {} s", wait.as_secs()),
        (403, None) => ": it refuses this client or this network".to_owned(),
        (404 | 410, None) => ": the document has moved".to_owned(),
        _ => String::new(),
    }
}

fn of(expected: Option<u64>) -> String {
    expected.map_or(String::new(), |n| format!(" of {n}"))
}

impl FetchError {
    /// The finding it is.
    pub(super) const fn code(&self) -> Code {
        match self {
            Self::Empty { .. } => Code::ListResponseEmpty,
            Self::Truncated { .. } => Code::ListResponseTruncated,
            Self::Checksum { .. } => Code::ListChecksumMismatch,
            _ => Code::ListDownloadFailed,
        }
    }

    /// Whether trying again can help.
    const fn passes(&self) -> bool {
        match self {
            // 202 without a document is a gatekeeper's answer that it gives now and then.
            Self::Network(_) | Self::Empty { .. } | Self::Truncated { .. } => true,
            Self::Status { status, .. } => {
                matches!(*status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
            }
            _ => false,
        }
    }
}

/// A redirect that is not followed.
#[derive(Debug, thiserror::Error)]
#[error("redirect to `{0}`")]
struct NotFollowed(String);

/// The clients: for the world, and for this machine, which no proxy is asked for.
pub(super) struct Fetcher {
    world: Client,
    loopback: Client,
    options: FetchOptions,
}

impl Fetcher {
    pub(super) fn new(options: FetchOptions) -> Result<Self, FetchError> {
        let client = || {
            Client::builder()
                .connect_timeout(options.read_timeout)
                .timeout(options.read_timeout)
                .referer(false)
                .redirect(Policy::custom(follow))
        };
        let made = |e: reqwest::Error| FetchError::Network(in_words(&e));
        Ok(Self {
            world: client().build().map_err(made)?,
            loopback: client().no_proxy().build().map_err(made)?,
            options,
        })
    }

    /// Downloads `url` to `to`, trying again where that can help.
    pub(super) fn get(
        &self,
        url: &str,
        user_agent: &str,
        known: Option<&Validator>,
        to: &Path,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Fetched, FetchError> {
        let start = Instant::now();
        let mut partial: Option<(u64, HeaderValue)> = None;
        let mut wait = self.options.backoff;
        for attempt in 1.. {
            let error = match self.once(url, user_agent, known, to, start, &mut partial, progress) {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            if !error.passes() || attempt >= self.options.attempts {
                return Err(error);
            }
            if let FetchError::Status {
                wait: Some(asked), ..
            } = error
            {
                if asked > self.options.max_wait {
                    return Err(error);
                }
                wait = wait.max(asked);
            }
            if start.elapsed() + wait > self.options.timeout {
                return Err(error);
            }
            std::thread::sleep(wait + jitter(wait));
            wait *= 2;
        }
        unreachable!("the number of attempts ends")
    }

    /// A small text, as it is.
    pub(super) fn text(&self, url: &str, user_agent: &str) -> Result<String, FetchError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, user_agent_value(user_agent)?);
        let response = self.send(url, headers)?;
        if response.status() != StatusCode::OK {
            return Err(status(&response));
        }
        let mut text = Vec::new();
        response
            .take(CHECKSUM_MAX)
            .read_to_end(&mut text)
            .map_err(|e| FetchError::Network(in_words(&e)))?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn send(&self, url: &str, headers: HeaderMap) -> Result<Response, FetchError> {
        let parsed = Url::parse(url).map_err(|e| FetchError::Url(format!("no URL: {e}")))?;
        let client = match (parsed.scheme(), is_loopback(&parsed)) {
            ("http" | "https", true) => &self.loopback,
            ("https", false) => &self.world,
            _ => return Err(FetchError::Url("only https is used".into())),
        };
        client.get(parsed).headers(headers).send().map_err(|e| {
            let mut cause: Option<&dyn Error> = Some(&e);
            while let Some(why) = cause {
                if let Some(NotFollowed(to)) = why.downcast_ref() {
                    return FetchError::Redirect(to.clone());
                }
                cause = why.source();
            }
            if e.is_redirect() {
                FetchError::Redirects
            } else if e.is_timeout() {
                FetchError::Network(format!(
                    "no answer within {} s",
                    self.options.read_timeout.as_secs()
                ))
            } else {
                FetchError::Network(in_words(&e.without_url()))
            }
        })
    }

    #[expect(clippy::too_many_arguments, reason = "one call, all of them needed")]
    fn once(
        &self,
        url: &str,
        user_agent: &str,
        known: Option<&Validator>,
        to: &Path,
        start: Instant,
        partial: &mut Option<(u64, HeaderValue)>,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Fetched, FetchError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, user_agent_value(user_agent)?);
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        let part = partial.take();
        if let Some((got, tag)) = &part {
            headers.insert(header::RANGE, value(&format!("bytes={got}-")));
            headers.insert(header::IF_RANGE, tag.clone());
        } else if let Some(known) = known {
            if let Some(tag) = &known.etag {
                headers.insert(header::IF_NONE_MATCH, value(tag));
            }
            if let Some(day) = &known.last_modified {
                headers.insert(header::IF_MODIFIED_SINCE, value(day));
            }
        }
        let mut response = self.send(url, headers)?;
        let text = |name| {
            let value = response.headers().get(name)?;
            Some(Box::<str>::from(value.to_str().ok()?))
        };
        let validator = Validator {
            etag: text(header::ETAG),
            last_modified: text(header::LAST_MODIFIED),
        };
        let resumed = part.filter(|(got, _)| {
            let range = text(header::CONTENT_RANGE).unwrap_or_default();
            response.status() == StatusCode::PARTIAL_CONTENT
                && range.starts_with(&format!("bytes {got}-"))
        });
        match response.status() {
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Fetched::NotModified),
            StatusCode::OK => {}
            StatusCode::PARTIAL_CONTENT if resumed.is_some() => {}
            StatusCode::ACCEPTED | StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => {
                return Err(FetchError::Empty {
                    status: response.status().as_u16(),
                });
            }
            _ => return Err(status(&response)),
        }
        let from = resumed.as_ref().map_or(0, |(got, _)| *got);
        let expected = response.content_length().map(|rest| from + rest);
        if expected.is_some_and(|n| n > self.options.max_bytes) {
            return Err(FetchError::TooLarge(self.options.max_bytes));
        }
        let file = match resumed {
            Some(_) => OpenOptions::new().append(true).open(to),
            None => File::create(to),
        };
        let mut file = file.map_err(FetchError::Disk)?;
        let (mut got, mut buffer) = (from, vec![0; 64 << 10]);
        let ended = loop {
            if start.elapsed() > self.options.timeout {
                return Err(FetchError::TooSlow {
                    after: self.options.timeout,
                    got,
                });
            }
            match response.read(&mut buffer) {
                Ok(0) => break None,
                Ok(n) => {
                    file.write_all(&buffer[..n]).map_err(FetchError::Disk)?;
                    got += n as u64;
                    progress(got, expected);
                    if got > self.options.max_bytes {
                        return Err(FetchError::TooLarge(self.options.max_bytes));
                    }
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => break Some(e),
            }
        };
        if ended.is_some() || expected.is_some_and(|expected| expected != got) {
            // A strong tag says that the rest is of the same document.
            let tag = validator.etag.as_deref().filter(|t| t.starts_with('"'));
            if let Some(tag) = tag
                && got > 0
                && file.sync_all().is_ok()
            {
                *partial = Some((got, value(tag)));
            }
            return Err(FetchError::Truncated { got, expected });
        }
        if got == 0 {
            return Err(FetchError::Empty {
                status: response.status().as_u16(),
            });
        }
        file.sync_all().map_err(FetchError::Disk)?;
        Ok(Fetched::Document(validator))
    }

    /// Compares a download with the checksum that its publisher states at `url`.
    pub(super) fn compare(
        &self,
        url: &str,
        user_agent: &str,
        name: &str,
        document: &Path,
    ) -> Result<(), FetchError> {
        let text = self.text(url, user_agent)?;
        let stated = stated(&text, name)
            .ok_or_else(|| FetchError::Network(format!("`{url}` states no sha256 for `{name}`")))?;
        let disk = |e: super::StoreError| FetchError::Disk(io::Error::other(e));
        let found = disk::hash(document).map_err(disk)?.unwrap_or_default();
        if *found == *stated || unpacked_hash(document).is_some_and(|hash| hash == stated) {
            return Ok(());
        }
        Err(FetchError::Checksum {
            expected: stated,
            found: found.into(),
        })
    }
}

/// The sha256 of what is in a packed document.
fn unpacked_hash(document: &Path) -> Option<String> {
    use sha2::{Digest, Sha256};
    let options = crate::unpack::Options {
        by_stem: true,
        ..crate::unpack::Options::default()
    };
    let mut inside = crate::unpack::open(document, &options).ok()?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 256 << 10]);
    loop {
        match inside.read(&mut buffer).ok()? {
            0 => return Some(data_encoding::HEXLOWER.encode(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// The sha256 that a text states for the file `name`: on its line, else the only one there is.
fn stated(text: &str, name: &str) -> Option<String> {
    let hashes = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit()))
            .map(str::to_ascii_lowercase)
            .collect()
    };
    let on_line = text
        .lines()
        .filter(|line| !name.is_empty() && line.to_lowercase().contains(&name.to_lowercase()))
        .find_map(|line| hashes(line).into_iter().next());
    on_line.or_else(|| {
        let mut all = hashes(text);
        all.dedup();
        (all.len() == 1).then(|| all.remove(0))
    })
}

fn follow(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if attempt.previous().len() > 10 {
        return attempt.error(FetchError::Redirects);
    }
    let to = attempt.url();
    // This machine may lead to this machine; nobody else may.
    let inside = attempt.previous().first().is_some_and(is_loopback);
    if to.scheme() == "https" && (inside || !is_loopback(to)) || (inside && is_loopback(to)) {
        attempt.follow()
    } else {
        let to = to.to_string();
        attempt.error(NotFollowed(to))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|ip| ip.is_loopback()),
        None => false,
    }
}

fn status(response: &Response) -> FetchError {
    let after = response.headers().get(header::RETRY_AFTER);
    let wait = after.and_then(|v| v.to_str().ok()).and_then(|text| {
        if let Ok(seconds) = text.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
        let wait = at.duration_since(Timestamp::now());
        Some(Duration::try_from(wait).unwrap_or_default())
    });
    FetchError::Status {
        status: response.status().as_u16(),
        wait,
    }
}

fn user_agent_value(text: &str) -> Result<HeaderValue, FetchError> {
    HeaderValue::from_str(text).map_err(|_| FetchError::Url(format!("no User-Agent: `{text}`")))
}

/// A header that was one before.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Up to a quarter more, so that many machines do not come back at once.
fn jitter(wait: Duration) -> Duration {
    let nanos = u64::from(Timestamp::now().subsec_nanosecond().unsigned_abs());
    wait.mul_f64((nanos % 1000) as f64 / 4000.0)
}

/// An error with its causes, in one line, none of them twice.
fn in_words(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        let why_text = why.to_string();
        if !text.contains(&why_text) {
            text.push_str(": ");
            text.push_str(&why_text);
        }
        cause = why.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_found_on_the_line_of_its_file() {
        let (a, b) = ("ab".repeat(32), "CD".repeat(32));
        let page = format!("SDN.XML  {a}\nSDN_ADVANCED.XML: {b}\n");
        assert_eq!(stated(&page, "sdn_advanced.xml"), Some(b.to_lowercase()));
        assert_eq!(stated(&a, "any"), Some(a.clone()));
        assert_eq!(stated(&page, "other.xml"), None);
        assert_eq!(stated("no hash", "any"), None);
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let is = |url: &str| is_loopback(&Url::parse(url).unwrap());
        assert!(is("http://127.0.0.1:8080/x") && is("http://localhost/") && is("http://[::1]/"));
        assert!(!is("http://127.0.0.1.example/") && !is("http://10.0.0.1/"));
        assert!(!is("http://localhost.example/"));
    }
}

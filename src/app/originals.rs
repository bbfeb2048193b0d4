//! The documents that a list was made of: its own, those of older snapshots that say when its
//! addresses were listed, and compiled histories that were joined with it.
//!
//! It does not know where copies of them go.

use super::explain::hash;
use crate::evidence::records::HistoryFile;
use crate::list::{List, ListSet};
use crate::source::{self, BUNDLED};
use crate::store::Store;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

/// One document.
pub(super) struct Original {
    /// Its name beside the list's other members.
    pub(super) name: String,
    from: From,
}

enum From {
    Build(&'static [u8]),
    File(PathBuf),
    /// It is not there any more as it was used.
    Gone,
}

impl Original {
    /// Whether it can be copied.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self.from, From::Gone)
    }

    /// Its length.
    pub(super) fn bytes(&self) -> io::Result<u64> {
        match &self.from {
            From::Build(bytes) => Ok(bytes.len() as u64),
            From::File(path) => Ok(path.metadata()?.len()),
            From::Gone => Ok(0),
        }
    }

    /// Writes its bytes.
    pub(super) fn copy(&self, out: &mut dyn Write) -> io::Result<()> {
        match &self.from {
            From::Build(bytes) => out.write_all(bytes),
            From::File(path) => io::copy(&mut File::open(path)?, out).map(|_| ()),
            From::Gone => Ok(()),
        }
    }
}

/// All documents of one list.
pub(super) struct Originals {
    own: Original,
    history: Vec<(Original, HistoryFile)>,
}

impl Originals {
    /// The list's own document.
    pub(super) fn own(&self, list: &List) -> io::Result<&Original> {
        match self.own.is_there() {
            true => Ok(&self.own),
            false => Err(io::Error::other(format!(
                "the document of list `{}` is not there any more as it was used",
                list.source.id
            ))),
        }
    }

    /// The older ones and compiled ones, and what is said of each.
    pub(super) fn history(&self) -> impl Iterator<Item = (&Original, HistoryFile)> {
        self.history.iter().map(|(o, said)| (o, said.clone()))
    }

    /// All, the list's own first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Original> {
        std::iter::once(&self.own).chain(self.history.iter().map(|(o, _)| o))
    }
}

fn compiled(list: &List) -> From {
    let mut documents = BUNDLED.iter().map(|b| b.document);
    let same = |d: &&[u8]| source::sha256(d) == *list.snapshot.sha256;
    documents.find(same).map_or(From::Gone, From::Build)
}

/// The documents of `list`, one of `all` that a run used.
pub(super) fn of(store: &Store, all: &ListSet, list: &List) -> io::Result<Originals> {
    let (id, sha256) = (&*list.source.id, &*list.snapshot.sha256);
    let name = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let mut own = None;
    let mut history = Vec::new();
    if list.snapshot.bundled {
        own = Some(Original {
            name: format!("document/{id}.tsv"),
            from: compiled(list),
        });
    } else {
        // What the store does not have is the user's own file.
        let kept = store.kept(id, sha256).unwrap_or_default();
        for (generation, snapshot) in kept {
            let document = snapshot.as_ref().ok().map(|s| s.document());
            let whole = document.filter(|d| hash(d).is_ok_and(|h| h == *generation.sha256));
            if *generation.sha256 == *sha256 {
                own = whole.map(|path| Original {
                    name: format!("document/{}", name(&path)),
                    from: From::File(path),
                });
                continue;
            }
            // Of a document that was let go its listings were kept.
            let listings = || {
                let snapshot = snapshot.as_ref().ok()?;
                Some(snapshot.listings()).filter(|path| path.exists())
            };
            let (is, path) = match (whole, listings()) {
                (Some(path), _) => ("document", Some(path)),
                (None, Some(path)) => ("listings", Some(path)),
                (None, None) => ("gone", None),
            };
            let folder = format!("{}-{}", generation.day, &generation.sha256[..12]);
            let named = path.as_ref().map(name).unwrap_or_default();
            let original = Original {
                name: format!("history/{folder}/{named}"),
                from: path.map_or(From::Gone, From::File),
            };
            history.push((
                original,
                HistoryFile::new(id, &generation.sha256, generation.day, is),
            ));
        }
    }
    if own.is_none() {
        let path = PathBuf::from(&*list.snapshot.url);
        let whole = hash(&path).is_ok_and(|h| h == *sha256);
        own = Some(Original {
            name: format!("document/{}", name(&path)),
            from: if whole { From::File(path) } else { From::Gone },
        });
    }
    for joined in source::bundled_lists() {
        let is_list = |l: &&List| l.source.id == joined.source.id;
        if joined.source.superseded_by.as_deref() == Some(id)
            && !all.lists().iter().any(|l| is_list(&l))
        {
            let (of, day) = (&*joined.source.id, joined.snapshot.published_on);
            let original = Original {
                name: format!("history/{of}.tsv"),
                from: compiled(&joined),
            };
            let day = day.unwrap_or_default();
            history.push((
                original,
                HistoryFile::new(of, &joined.snapshot.sha256, day, "compiled"),
            ));
        }
    }
    Ok(Originals {
        own: own.expect("set above"),
        history,
    })
}

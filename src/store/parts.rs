//! Updates of documents of several files: all of them are asked for, and packed to one document.

use super::fetch::{FetchError, Fetched, Fetcher};
use super::update::{Aside, bounds, is_whole, report, user_agent};
use super::{
    ImportOptions, InstalledList, Store, StoreError, UpdateOptions, UpdateOutcome, Updated,
    Validator,
};
use crate::finding::Code;
use crate::list::Source;
use std::collections::BTreeMap;
use std::fs;

impl Store {
    /// Asks for every part of `source`. When one has changed, all are downloaded: a document is made
    /// of parts of one time.
    pub(super) fn ask_parts(
        &self,
        source: &Source,
        before: Option<&InstalledList>,
        options: &UpdateOptions<'_>,
        progress: &dyn Fn(u64, Option<u64>),
        updated: &mut Updated,
    ) -> Result<(), StoreError> {
        let id = &*source.id;
        let agent = user_agent(source);
        let known = match before.filter(|b| !b.manifest.validators.is_empty()) {
            Some(before) if is_whole(Some(before))? => Some(&before.manifest.validators),
            _ => None,
        };
        let aside = Aside::make(&self.home, id)?;
        let parts = aside.folder.join("parts");
        fs::create_dir_all(&parts).map_err(StoreError::io("make", &parts))?;
        let mut validators: BTreeMap<Box<str>, Validator> = BTreeMap::new();
        let mut failures: Vec<(Code, String)> = Vec::new();
        let fetcher = Fetcher::new(bounds(source, options));
        // First whether anything has changed, then what was not sent for that reason.
        let mut missing: Vec<(&str, &[Box<str>])> = Vec::new();
        let mut came = 0;
        for ask_if_changed in [true, false] {
            let wanted: Vec<(&str, &[Box<str>])> = match ask_if_changed {
                true => source
                    .parts
                    .iter()
                    .map(|(n, urls)| (&**n, &**urls))
                    .collect(),
                false => std::mem::take(&mut missing),
            };
            for (name, urls) in wanted {
                let mut failed = Vec::new();
                let mut done = false;
                for url in urls {
                    let known = known
                        .filter(|_| ask_if_changed)
                        .and_then(|known| known.get(url))
                        .filter(|v| **v != Validator::default());
                    let fetched = match &fetcher {
                        Ok(fetcher) => fetcher.get(url, &agent, known, &parts.join(name), progress),
                        Err(e) => Err(FetchError::Network(e.to_string())),
                    };
                    match fetched {
                        Ok(Fetched::NotModified) => missing.push((name, urls)),
                        Ok(Fetched::Document(validator)) => {
                            came += 1;
                            validators.insert(url.clone(), validator);
                        }
                        Err(error) => {
                            failed.push((error.code(), format!("{url}: {error}")));
                            continue;
                        }
                    }
                    done = true;
                    break;
                }
                if !done {
                    failures.append(&mut failed);
                }
            }
            if !failures.is_empty() {
                report(id, failures, Vec::new(), updated);
                return Ok(());
            }
            if came == 0 {
                updated.to = Some(self.confirm(id, options.patience)?);
                updated.outcome = UpdateOutcome::Unchanged;
                return Ok(());
            }
        }
        let first = validators.keys().next().map(AsRef::as_ref);
        let import = ImportOptions {
            url: first,
            accept_change: options.accept_change,
            source_toml: options.source_toml,
            patience: options.patience,
            downloaded: Some(&validators),
            ..ImportOptions::default()
        };
        let outcome = self.import(source, &parts, &import)?;
        if let Some(refusal) = self.settle(id, outcome, options, updated)? {
            report(id, failures, vec![refusal], updated);
        }
        Ok(())
    }
}

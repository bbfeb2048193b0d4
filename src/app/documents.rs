//! Documents wired up: their addresses against lists, and against exports.

use crate::address::Identity;
use crate::document::Extracted;
use crate::input::{InputError, InputOptions, Run, Source};
use crate::list::{
    Entity, EntityKind, List, ListBuilder, ListSet, NewListing, Snapshot, Source as ListSource,
};
use crate::report::documents::ExportRow;
use crate::screen::{InputSummary, NotScreened, ScanOptions, Screener};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};

/// Where documents' addresses stand in exports.
#[derive(Debug, Default)]
pub struct Against {
    /// The exports.
    pub inputs: Vec<InputSummary>,
    /// By canonical address of the documents: the rows that hold it.
    pub rows: BTreeMap<Box<str>, Vec<ExportRow>>,
    /// What of the exports could not be looked at.
    pub not_screened: Vec<NotScreened>,
    /// What was odd about them.
    pub findings: Vec<crate::finding::Finding>,
    /// Exports that could not be read at all.
    pub failed: Vec<InputError>,
}

/// Looks for the addresses of documents in exports: the documents are the list.
pub fn against(
    extracted: &Extracted,
    exports: &[String],
    as_of: Timestamp,
    threads: usize,
    progress: &mut dyn FnMut(&str, u64, Option<u64>),
) -> Against {
    let mut out = Against::default();
    let Some(list) = documents_list(extracted) else {
        return out;
    };
    let set = ListSet::new(vec![list]);
    let screener = Screener::new(&set);
    let mut options = InputOptions::new(as_of);
    // Damaged texts of exports are `screen`'s to report.
    options.scan = ScanOptions {
        validate: false,
        ..ScanOptions::default()
    };
    options.threads = threads;
    let mut run = Run::new(&screener, options);
    for export in exports {
        let source = Source::File(export);
        let result = run.input(source, &mut |done, total| progress(export, done, total));
        if let Err(error) = result {
            run.failed(export, &error);
            out.failed.push(error);
        }
    }
    let report = run.finish();
    let mut seen = HashSet::new();
    for m in &report.matches {
        // One cell may be listed as several things, but is one row.
        if !seen.insert((m.listing.text, m.input, m.row, m.column.index, &m.text)) {
            continue;
        }
        let rows = out.rows.entry(m.listing.text.into()).or_default();
        rows.push(ExportRow {
            input: report
                .inputs
                .get(m.input)
                .map_or("".into(), |i| i.path.clone()),
            row: m.row,
            line: m.line,
            column: m.column.name.clone(),
            text: m.text.clone(),
            basis: m.basis.id(),
        });
    }
    // Addresses that share an identity are found together, and each is told so.
    let mut first: BTreeMap<&Identity, Box<str>> = BTreeMap::new();
    for a in &extracted.addresses {
        if out.rows.contains_key(a.address.canonical()) {
            let text = a.address.canonical().into();
            first.entry(a.address.identity()).or_insert(text);
        }
    }
    for a in &extracted.addresses {
        if let Some(text) = first.get(a.address.identity())
            && !out.rows.contains_key(a.address.canonical())
        {
            let rows = out.rows[text].clone();
            out.rows.insert(a.address.canonical().into(), rows);
        }
    }
    out.inputs = report.inputs;
    out.not_screened = report.coverage.not_screened;
    out.findings = report.findings;
    out
}

/// The addresses of documents as a list.
fn documents_list(extracted: &Extracted) -> Option<List> {
    let source = ListSource {
        licence: "that of the documents".into(),
        ..ListSource::own("documents", "addresses named in documents", "")
    };
    let snapshot = Snapshot::default();
    let mut builder = ListBuilder::new(source, snapshot);
    let mut seen = BTreeMap::new();
    for (ix, a) in extracted.addresses.iter().enumerate() {
        seen.entry(a.address.canonical()).or_insert(ix);
    }
    let entity = builder.entity(Entity {
        id: "documents".into(),
        kind: EntityKind::Cluster,
        name: "documents".into(),
        ..Entity::default()
    });
    for text in seen.keys() {
        builder.listing(
            entity,
            NewListing {
                text,
                ..NewListing::default()
            },
        );
    }
    builder.finish().ok()
}

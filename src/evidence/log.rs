//! The run log: one row for each run, in one SQLite file of the store, each row chained to the one
//! before by its hash.
//!
//! Several processes may append at once, and a process that is killed leaves a whole row or none. The
//! chain shows that a row was changed or removed; it cannot keep whoever owns the file from writing
//! a new chain, so the last hash is worth keeping elsewhere too. The clock is the caller's.

use super::EvidenceError;
use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The layout that this build reads and writes.
const SCHEMA: i64 = 1;
/// How long to wait for other processes.
const PATIENCE: Duration = Duration::from_secs(20);
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS runs (
        seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS head (
        id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL
    ) STRICT;";

/// What is kept of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it ended.
    pub at: Timestamp,
    /// The subcommand.
    pub command: String,
    /// The program.
    pub tool: String,
    /// The moment answered for.
    pub as_of: Timestamp,
    /// The verdict.
    pub verdict: String,
    /// The exit code.
    pub exit: u8,
    /// What was screened.
    pub inputs: Vec<InputEntry>,
    /// On which lists.
    pub lists: Vec<ListEntry>,
    /// Data records.
    pub rows: u64,
    /// Matches, cleared ones included.
    pub matches: u64,
    /// Those that were cleared.
    pub cleared: u64,
    /// Near misses.
    pub possible: u64,
    /// What could not be screened.
    pub not_screened: u64,
    /// SHA-256 of the evidence bundle; empty: none was made.
    pub bundle_sha256: String,
}

/// One input of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputEntry {
    /// Its path as given.
    pub path: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// One list of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Its id.
    pub id: String,
    /// The SHA-256 of its snapshot.
    pub sha256: String,
    /// The date it gives itself.
    pub published_on: Option<Date>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 1.
    pub seq: i64,
    /// The entry, as the JSON text that was hashed.
    pub entry: String,
    /// The hash of the row before.
    pub prev: String,
    /// `SHA-256(prev LF seq LF entry)`.
    pub hash: String,
}

/// The log at one path. It is made by the first run that is entered.
#[derive(Clone, Debug)]
pub struct Log {
    path: PathBuf,
}

fn link(prev: &str, seq: i64, entry: &str) -> String {
    let hash = Sha256::digest(format!("{prev}\n{seq}\n{entry}"));
    data_encoding::HEXLOWER.encode(&hash)
}

/// What stands before the first row.
fn origin() -> String {
    "0".repeat(64)
}

fn is_busy(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseBusy | DatabaseLocked)
    )
}

impl Log {
    /// The log of the store in `home`.
    pub fn of(home: &Path) -> Self {
        Self {
            path: home.join("log.sqlite"),
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, what: impl ToString) -> EvidenceError {
        EvidenceError::Log {
            path: self.path.clone(),
            what: what.to_string(),
        }
    }

    /// Appends a row, and gives it back.
    ///
    /// # Errors
    ///
    /// When it could not be written, wholly; the log is then as it was.
    pub fn append(&self, entry: &Entry) -> Result<Row, EvidenceError> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(EvidenceError::io("write", folder))?;
        }
        // One of another schema is not this build's to write to.
        drop(self.read()?);
        let text = serde_json::to_string(entry).map_err(|e| self.failed(e))?;
        let start = Instant::now();
        loop {
            // Turning a new file into a log is not covered by SQLite's own patience.
            match self.try_append(&text) {
                Err(e) if is_busy(&e) && start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                result => return result.map_err(|e| self.failed(e)),
            }
        }
    }

    fn try_append(&self, entry: &str) -> rusqlite::Result<Row> {
        let mut db = Connection::open(&self.path)?;
        db.busy_timeout(PATIENCE)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute_batch(TABLES)?;
        change.pragma_update(None, "user_version", SCHEMA)?;
        let last = "SELECT seq, hash FROM runs ORDER BY seq DESC LIMIT 1";
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        let head = change
            .query_row("SELECT seq, hash FROM head", [], pair)
            .optional()?;
        let last = change.query_row(last, [], pair).optional()?;
        // A head beyond the last row says that rows were removed; the chain goes on from it.
        let (seq, prev) = head.max(last).unwrap_or_else(|| (0, origin()));
        let seq = seq + 1;
        let hash = link(&prev, seq, entry);
        change.execute(
            "INSERT INTO runs (seq, entry, prev, hash) VALUES (?1, ?2, ?3, ?4)",
            params![seq, entry, prev, hash],
        )?;
        change.execute(
            "INSERT INTO head (id, seq, hash) VALUES (1, ?1, ?2)
             ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            params![seq, hash],
        )?;
        change.commit()?;
        Ok(Row {
            seq,
            entry: entry.to_owned(),
            prev,
            hash,
        })
    }

    /// Opens it for reading; `None`: there is none.
    fn read(&self) -> Result<Option<Connection>, EvidenceError> {
        if !self.path.exists() {
            return Ok(None);
        }
        let open = || {
            let db = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)
                .or_else(|_| {
                    Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
                })?;
            db.busy_timeout(PATIENCE)?;
            let version =
                |db: &Connection| db.pragma_query_value(None, "user_version", |row| row.get(0));
            let (db, schema) = match version(&db) {
                Ok(schema) => (db, schema),
                // A folder that cannot be written to has no room for the files that readers share.
                // They are not needed where nothing waits in the write-ahead log.
                Err(e) => match self.unshared()? {
                    Some(db) => {
                        let schema = version(&db)?;
                        (db, schema)
                    }
                    None => return Err(e),
                },
            };
            let schema: i64 = schema;
            let tables = "SELECT count(*) FROM sqlite_master";
            let tables = db.query_row(tables, [], |row| row.get::<_, i64>(0))?;
            Ok((db, schema, tables))
        };
        let (db, schema, tables) = open().map_err(|e: rusqlite::Error| self.failed(e))?;
        // The process that made the file was ended before its first row.
        if schema == 0 && tables == 0 {
            return Ok(None);
        }
        if schema != SCHEMA {
            let what = format!("it has schema {schema}, this build reads {SCHEMA}");
            return Err(self.failed(what));
        }
        Ok(Some(db))
    }

    /// Opened without the files that readers share; `None`: rows wait in the write-ahead log.
    fn unshared(&self) -> rusqlite::Result<Option<Connection>> {
        let mut waiting = self.path.clone().into_os_string();
        waiting.push("-wal");
        if std::fs::metadata(&waiting).is_ok_and(|m| m.len() > 0) {
            return Ok(None);
        }
        let mut uri = "file:".to_owned();
        for byte in self.path.to_string_lossy().bytes() {
            match byte {
                b'/' | b'.' | b'-' | b'_' => uri.push(byte.into()),
                byte if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
                byte => uri += &format!("%{byte:02X}"),
            }
        }
        uri += "?immutable=1";
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(uri, flags).map(Some)
    }

    /// Hands over every row, oldest first.
    ///
    /// # Errors
    ///
    /// When the log cannot be read.
    pub fn rows(&self, mut each: impl FnMut(Row)) -> Result<(), EvidenceError> {
        let Some(db) = self.read()? else {
            return Ok(());
        };
        let read = || {
            let mut query = db.prepare("SELECT seq, entry, prev, hash FROM runs ORDER BY seq")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                each(Row {
                    seq: row.get(0)?,
                    entry: row.get(1)?,
                    prev: row.get(2)?,
                    hash: row.get(3)?,
                });
            }
            Ok(())
        };
        let mut read = read;
        read().map_err(|e: rusqlite::Error| self.failed(e))
    }

    /// Checks the chain. `anchor`: a hash that was kept elsewhere and must be in it.
    ///
    /// # Errors
    ///
    /// When the log cannot be read.
    pub fn verify(&self, anchor: Option<&str>) -> Result<Chain, EvidenceError> {
        let mut chain = Chain {
            rows: 0,
            head: origin(),
            problems: Vec::new(),
        };
        let (mut expected, mut anchored) = (1, anchor.is_none());
        self.rows(|row| {
            let Row {
                seq,
                entry,
                prev,
                hash,
            } = row;
            match seq - expected {
                0 => {}
                1 => chain.problems.push(format!("row {expected} is missing")),
                _ => chain
                    .problems
                    .push(format!("rows {expected} to {} are missing", seq - 1)),
            }
            if seq == expected && prev != chain.head {
                let what = format!("row {seq} does not follow the row before it");
                chain.problems.push(what);
            }
            if link(&prev, seq, &entry) != hash {
                let what = format!("row {seq} is not what its hash says: it was changed");
                chain.problems.push(what);
            }
            anchored |= anchor == Some(&*hash);
            chain.rows += 1;
            chain.head = hash;
            expected = seq + 1;
        })?;
        let head = match self.read()? {
            None => None,
            Some(db) => db
                .query_row("SELECT seq, hash FROM head", [], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
                })
                .optional()
                .map_err(|e| self.failed(e))?,
        };
        match head {
            Some((seq, _)) if seq >= expected => chain.problems.push(match seq - expected {
                0 => format!("row {seq}, the last one, is missing"),
                _ => format!("rows {expected} to {seq}, the last ones, are missing"),
            }),
            Some((_, hash)) if hash != chain.head => {
                chain
                    .problems
                    .push("the last row is not the one that was written".to_owned());
            }
            None if chain.rows > 0 => {
                chain
                    .problems
                    .push("the note of the last row is missing".to_owned());
            }
            _ => {}
        }
        if !anchored {
            let what = "no row has the hash that was kept elsewhere: the chain is another one";
            chain.problems.push(what.to_owned());
        }
        Ok(chain)
    }
}

/// The state of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// How many rows there are.
    pub rows: u64,
    /// The hash of the last.
    pub head: String,
    /// What is wrong; empty: nothing.
    pub problems: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(rows: u8) -> (tempfile::TempDir, Log) {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::of(folder.path());
        for exit in 0..rows {
            let entry = Entry {
                exit,
                ..Entry::default()
            };
            log.append(&entry).unwrap();
        }
        (folder, log)
    }

    fn after(rows: u8, change: &str) -> Vec<String> {
        let (_folder, log) = log(rows);
        let db = Connection::open(log.path()).unwrap();
        db.execute_batch(change).unwrap();
        drop(db);
        log.verify(None).unwrap().problems
    }

    #[test]
    fn every_change_of_a_row_is_found() {
        assert_eq!(after(4, ""), [""; 0]);
        let changed = "UPDATE runs SET entry = replace(entry, '\"exit\":1', '\"exit\":0')";
        assert_eq!(after(4, changed).len(), 1);
        assert!(after(4, changed)[0].starts_with("row 2 is not"));
        assert_eq!(
            after(4, "DELETE FROM runs WHERE seq = 2"),
            ["row 2 is missing"]
        );
        let both = "DELETE FROM runs WHERE seq IN (1, 2)";
        assert_eq!(after(4, both), ["rows 1 to 2 are missing"]);
        let last = "DELETE FROM runs WHERE seq = 4";
        assert_eq!(after(4, last), ["row 4, the last one, is missing"]);
        assert_eq!(after(4, "DELETE FROM head").len(), 1);
        let swapped =
            "UPDATE runs SET seq = 9 WHERE seq = 2; UPDATE runs SET seq = 2 WHERE seq = 3;
             UPDATE runs SET seq = 3 WHERE seq = 9";
        let problems = after(4, swapped);
        for row in ["row 2 ", "row 3 "] {
            assert!(problems.iter().any(|p| p.starts_with(row)), "{problems:?}");
        }
        let added = "INSERT INTO runs SELECT 5, entry, hash, hash FROM runs WHERE seq = 4";
        assert!(after(4, added).iter().any(|p| p.starts_with("row 5 ")));
        let moved = "DELETE FROM runs WHERE seq = 2; UPDATE runs SET seq = seq - 1 WHERE seq > 2";
        assert!(after(4, moved).iter().any(|p| p.starts_with("row 2")));
    }

    #[test]
    fn a_removed_end_is_found_after_more_runs_too() {
        let (_folder, log) = log(3);
        let db = Connection::open(log.path()).unwrap();
        db.execute_batch("DELETE FROM runs WHERE seq = 3").unwrap();
        drop(db);
        log.append(&Entry::default()).unwrap();
        assert_eq!(log.verify(None).unwrap().problems, ["row 3 is missing"]);
    }

    /// Whoever takes the newest rows off and says so in the note of the last leaves a whole chain: only
    /// a hash that was kept elsewhere tells.
    #[test]
    fn newest_rows_taken_off_are_found_by_the_hash_kept_elsewhere() {
        let (_folder, log) = log(4);
        let head = log.verify(None).unwrap().head;
        let db = Connection::open(log.path()).unwrap();
        db.execute_batch(
            "DELETE FROM runs WHERE seq > 2;
             UPDATE head SET seq = 2, hash = (SELECT hash FROM runs WHERE seq = 2)",
        )
        .unwrap();
        drop(db);
        assert_eq!(log.verify(None).unwrap().problems, [""; 0]);
        assert_eq!(log.verify(Some(&head)).unwrap().problems.len(), 1);
    }

    #[test]
    fn a_new_chain_lacks_the_hash_kept_elsewhere() {
        let (_folder, old) = log(2);
        let head = old.verify(None).unwrap().head;
        assert_eq!(old.verify(Some(&head)).unwrap().problems, [""; 0]);
        let (_other, new) = log(3);
        assert_eq!(
            new.verify(Some(&head)).unwrap().problems,
            [""; 0],
            "equal entries"
        );
        assert_eq!(new.verify(Some(&origin())).unwrap().problems.len(), 1);
    }
}

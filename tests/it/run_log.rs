//! The run log: every run is in it, and a change of it is found.

use crate::cli::Cli;
use crate::evidence::{LISTED, UNLISTED, bundle, codes, export, json};
use std::process::Stdio;

#[test]
fn every_run_is_logged_and_a_changed_row_is_found() {
    let cli = Cli::new();
    let path = bundle(&cli, "a.zip", &[]);
    assert_eq!(cli.run(&["check", UNLISTED]).0, 0);
    assert_eq!(cli.run(&["check", "--no-log", UNLISTED]).0, 0);
    let (exit, text, _) = cli.run(&["log", "list"]);
    assert_eq!(exit, 0);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.contains("export.csv"));
    let (_, text, _) = cli.run(&["log", "show", "1"]);
    let sha256 = interdict::source::sha256(&std::fs::read(&path).unwrap());
    assert!(
        text.contains(&sha256),
        "the bundle is tied to the log: {text}"
    );
    assert_eq!(cli.run(&["log", "show", "9"]).0, 2);
    // The chain, without our program: SHA-256 of prev, number and entry.
    let (_, text, _) = cli.run(&["log", "export"]);
    let mut prev = "0".repeat(64);
    for line in text.lines().map(json) {
        let entry = line["entry"].as_str().unwrap();
        assert_eq!(line["prev"], *prev);
        prev = interdict::source::sha256(format!("{prev}\n{}\n{entry}", line["seq"]).as_bytes());
        assert_eq!(line["hash"], *prev);
        assert!(
            !entry.contains(UNLISTED),
            "texts of `check` are logged by their hash"
        );
    }
    assert_eq!(cli.run(&["log", "verify", "--head", &prev]).0, 0);
    assert_eq!(cli.run(&["log", "verify", "--head", &"1".repeat(64)]).0, 1);
    let db = rusqlite::Connection::open(cli.home.path().join("log.sqlite")).unwrap();
    db.execute_batch("UPDATE runs SET entry = replace(entry, '\"match\"', '\"no-match\"')")
        .unwrap();
    drop(db);
    let (exit, text, _) = cli.run(&["log", "verify"]);
    assert_eq!(exit, 1);
    assert!(text.contains("row 1 is not what its hash says"), "{text}");
}

#[test]
fn a_log_that_cannot_be_written_changes_no_exit_code() {
    let cli = Cli::new();
    let export = export(&cli);
    cli.file(
        "log.sqlite",
        "no database at all, but long enough to be taken for one by its size",
    );
    let (exit, text, err) = cli.run(&["screen", &export, "--format", "json"]);
    assert_eq!(exit, 1, "{err}");
    assert!(codes(&json(&text)).contains(&"log-not-written"));
    assert!(err.contains("log-not-written"));
    assert_eq!(cli.run(&["check", UNLISTED]).0, 0);
    assert_eq!(cli.run(&["log", "verify"]).0, 2, "it is no log");
}

#[test]
fn many_processes_log_at_once_and_none_is_lost() {
    let cli = Cli::new();
    let children: Vec<_> = (0..12)
        .map(|_| {
            let mut command = cli.command(&["check", "-q", UNLISTED]);
            command
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let (exit, text, _) = cli.run(&["log", "verify"]);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("12 rows"), "{text}");
}

#[test]
fn killed_sixty_times_among_others_the_log_is_whole() {
    let cli = Cli::new();
    let export = export(&cli);
    let spawn = || {
        let mut command = cli.command(&["screen", "-q", &export]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut ended = 0;
    for round in 0..60 {
        let mut others = [spawn(), spawn()];
        let mut killed = spawn();
        std::thread::sleep(std::time::Duration::from_millis(round * 3 % 90));
        killed.kill().unwrap();
        // It may have come to its end before.
        ended += usize::from(killed.wait().unwrap().code().is_some());
        for other in &mut others {
            assert_eq!(other.wait().unwrap().code(), Some(1));
        }
        ended += others.len();
        let (exit, text, _) = cli.run(&["log", "verify"]);
        assert_eq!(exit, 0, "round {round}: {text}");
        // A killed one may have written its row, wholly; none that ended lost its own.
        let (_, text, _) = cli.run(&["log", "list", "--last", "1000"]);
        let rows = text.lines().count();
        assert!(
            (ended..=3 * (round as usize + 1)).contains(&rows),
            "{rows} rows, {ended} ended"
        );
    }
}

/// As somebody who may read the folder only: a mode is no bar to the superuser.
#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_is_still_read() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let cli = Cli::new();
    let export = export(&cli);
    assert_eq!(cli.run(&["screen", "-q", &export]).0, 1);
    let home = cli.home.path();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for file in std::fs::read_dir(home).unwrap() {
        mode(&file.unwrap().path(), 0o444);
    }
    mode(home, 0o555);
    let writable = std::fs::write(home.join("probe"), "").is_ok();
    let run = |args: &[&str]| {
        let mut command = cli.command(args);
        if writable {
            command.uid(65534).gid(65534);
        }
        command.output()
    };
    let outputs = [
        &["log", "verify"][..],
        &["log", "list"],
        &["screen", &export, "--format", "json"],
    ]
    .map(run);
    mode(home, 0o755);
    let [verify, list, screen] = match outputs {
        [Ok(a), Ok(b), Ok(c)] => [a, b, c],
        _ => {
            return println!(
                "not tested: nobody may not run {}",
                env!("CARGO_BIN_EXE_interdict")
            );
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(verify.status.code(), Some(0), "{}", text(&verify.stderr));
    assert_eq!(text(&list.stdout).lines().count(), 1);
    assert_eq!(screen.status.code(), Some(1), "{}", text(&screen.stderr));
    assert!(codes(&json(&text(&screen.stdout))).contains(&"log-not-written"));
}

/// What stands in a log is shown, not acted on.
#[test]
fn hostile_names_do_no_harm_in_the_log() {
    let cli = Cli::new();
    let name = "=cmd()\u{1b}[31m\u{202e}<script>.csv";
    let path = cli.file(name, format!("To\n{LISTED}\n"));
    assert_eq!(cli.run(&["screen", "-q", &path]).0, 1);
    for args in [
        &["log", "list"][..],
        &["log", "show", "1"],
        &["log", "export"],
    ] {
        let (exit, text, _) = cli.run(args);
        assert_eq!(exit, 0);
        let acts = |c: &char| *c != '\n' && interdict::report::escape::acts(*c);
        assert_eq!(text.chars().find(acts), None, "{args:?}: {text}");
    }
}

#[test]
fn a_log_of_another_schema_is_left_alone() {
    let cli = Cli::new();
    assert_eq!(cli.run(&["check", UNLISTED]).0, 0);
    let open = || rusqlite::Connection::open(cli.home.path().join("log.sqlite")).unwrap();
    open().pragma_update(None, "user_version", 2).unwrap();
    let (exit, _, err) = cli.run(&["check", UNLISTED]);
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("log-not-written"), "{err}");
    assert!(err.contains("it has schema 2"), "{err}");
    let db = open();
    let version = db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 2);
    let rows = db.query_row("SELECT count(*) FROM runs", [], |row| row.get::<_, i64>(0));
    assert_eq!(rows.unwrap(), 1);
}

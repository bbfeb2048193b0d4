//! The console examples of the README run as they stand there, in order, in a clean folder.
//!
//! `$ ` starts a command, the lines under it are its standard output (`...` and `[..]` stand for
//! what is not shown), and `? N` is its exit code where that is not 0.

use crate::cli::Cli;
use snapbox::{assert_data_eq, data::DataFormat, prelude::*};

struct Example {
    line: usize,
    command: String,
    expected: String,
    status: i32,
}

fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if !inside {
        } else if let Some(command) = line.strip_prefix("$ ") {
            found.push(Example {
                line: number + 1,
                command: command.to_owned(),
                expected: String::new(),
                status: 0,
            });
        } else if let (Some(example), Some(status)) = (found.last_mut(), line.strip_prefix("? ")) {
            example.status = status.parse().expect("`? N` is an exit code");
        } else if let Some(example) = found.last_mut() {
            example.expected.push_str(line);
            example.expected.push('\n');
        }
    }
    found
}

/// The shell splits the line, as it does for a reader; Windows has another one.
#[cfg(unix)]
#[test]
fn the_examples_run() {
    let root = env!("CARGO_MANIFEST_DIR");
    let page = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(format!("{root}/fixtures"), folder.path().join("fixtures")).unwrap();
    let cli = Cli::new();
    let examples = examples(&page);
    assert!(examples.len() > 10, "the README has lost its examples");
    for example in examples {
        let rest = example
            .command
            .strip_prefix("interdict ")
            .unwrap_or_else(|| panic!("README.md:{}: not an interdict command", example.line));
        let output = std::process::Command::new("sh")
            .args(["-c", &format!("exec \"$INTERDICT\" {rest}")])
            .current_dir(folder.path())
            .env_clear()
            .env("INTERDICT", env!("CARGO_BIN_EXE_interdict"))
            .env("INTERDICT_HOME", cli.home.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let told = format!("README.md:{}: `{}`", example.line, example.command);
        assert_eq!(
            output.status.code(),
            Some(example.status),
            "{told}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        println!("{told}");
        assert_data_eq!(
            String::from_utf8(output.stdout).unwrap(),
            example.expected.into_data().coerce_to(DataFormat::Text)
        );
    }
}

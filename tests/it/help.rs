//! What `--help` says, of the program and of every subcommand: seen as it changes, and never without
//! an example.

use crate::cli::Cli;

/// The subcommands that a help text lists.
fn subcommands(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        // A long description goes on in deeper lines.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn walk(cli: &Cli, path: &[String], all: &mut String) {
    let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
    args.push("--help");
    let output = cli
        .command(&args)
        .env_remove("INTERDICT_HOME")
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    let help = String::from_utf8(output.stdout).unwrap();
    let name = ["interdict"]
        .iter()
        .copied()
        .chain(args)
        .collect::<Vec<_>>()
        .join(" ");
    assert!(help.contains("Example"), "`{name}` shows no example");
    all.push_str(&format!("## {name}\n\n{help}\n"));
    for sub in subcommands(&help) {
        walk(cli, &[path, &[sub]].concat(), all);
    }
}

/// Without the values of each option: which formats there are depends on the build.
fn without_values(help: &str) -> String {
    let mut parts = help.split("[possible values:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("[possible values …]");
        out.push_str(part.split_once(']').map_or("", |(_, rest)| rest));
    }
    out
}

#[test]
fn every_help_shows_an_example() {
    let mut all = String::new();
    walk(&Cli::new(), &[], &mut all);
    assert!(all.contains("## interdict lists import --help"), "{all}");
    insta::assert_snapshot!("help", without_values(&all));
}

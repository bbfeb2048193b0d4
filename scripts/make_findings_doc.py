#!/usr/bin/env python3
"""Writes docs/findings.md from the table in src/finding.rs (a test compares the two)."""

import pathlib
import re

root = pathlib.Path(__file__).resolve().parent.parent
source = (root / "src/finding.rs").read_text()
page = """# Findings

Coded observations about lists and inputs. A finding never stops work and never vanishes: it is in
every report, and what could not be screened changes the exit code.

What is odd about a list is told by each run that uses it, counted by code with the first places;
`interdict lists lint` names every one. A record of a list that could not be read (`list-record-unreadable`)
makes the run incomplete, exit code 4: whom it names was not screened against. `--allow-incomplete`
accepts that. A list without a single address is refused, exit code 5.
"""
for _, code, severity, meaning in re.findall(r'^\s+(\w+) = "([^"]+)", (\w+), "([^"]+)";', source, re.M):
    page += f"\n## `{code}`\n\n*{severity.lower()}* — {meaning}\n"
(root / "docs/findings.md").write_text(page)

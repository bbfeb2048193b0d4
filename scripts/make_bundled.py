#!/usr/bin/env python3
"""Writes the documents of the lists compiled into the binary: lists/bundled/<id>.tsv.

    scripts/make_bundled.py FACTS [--out DIR] [--check]

FACTS is a folder of collected public documents (its layout: the paths named below). The output
depends on nothing else: no clock, no network, no order of directories. `--check` writes nothing,
compares, and exits 1 with the names of the files that differ.

It knows no address format: whether an address holds is checked by the program's own tests.

Where each fact comes from
--------------------------
ofac-crypto
    Publisher: US Department of the Treasury, Office of Foreign Assets Control; the list of
    Specially Designated Nationals ("SDN list"). US Government work.
    * Which address stood on the list, first and last seen when: `data/ofac-crypto/history.csv`,
      compiled from public git archives of the SDN list, 2021-02-15 to 2026-08-20 (`ARCHIVES`);
      every row names the commit that shows it first and last.
    * A listing that ended and began again: `data/ofac-crypto/list-changes.csv`, additions and
      removals by SDN list date, 2025-02-11 to 2026-08-07 (thomasgregg/crypto-sanctions-list).
    * Kind of entity, the day the entity itself was listed, a second entity of the same address:
      SDN_ADVANCED.XML as issued on 2025-03-04, 2025-03-21, 2025-10-30, 2025-11-04 and 2025-11-19
      (`data/ofac/sdn_advanced/`). The history is checked against every one of them, both ways.
    * Whose the mistyped address of 2021 was: SDN.CSV and SDN_COMMENTS.CSV of July 2021
      (`data/ofac/watchman-2021-07-07/`).
    * That 0x905b63... stood under Tornado Cash: the GraphSense pack of the OFAC action of
      2022-08-08 (`data/graphsense/packs/tornado_cash.yaml`, MIT).
    * The delisting of Tornado Cash: Federal Register document 2025-05096.
fbi-bybit
    Federal Bureau of Investigation, Internet Crime Complaint Center, public service announcement
    I-022625-PSA of 2025-02-26 (`data/fbi/PSA250226-bybit-51.txt`). US Government work.
fbi-tradertraitor
    Federal Bureau of Investigation, press release of 2023-08-22
    (`data/fbi/2023-08-22-traderTraitor-6btc.txt`). US Government work.
court-155
    United States District Court for the District of Columbia, United States v. 155 Virtual
    Currency Assets, civil action 20-cv-2228, complaint unsealed on 2020-08-13, attachment A. The
    addresses as transcribed in a GraphSense pack (MIT):
    `data/graphsense/packs/aft-alqaeda-forfeit_vc.yaml`.
"""

import argparse
import bz2
import collections
import csv
import re
import sys
import xml.parsers.expat
from pathlib import Path

ARCHIVES = {
    "0xB10C": "0xB10C/ofac-sanctioned-digital-currency-addresses",
    "brave": "brave-intl/ofac-sanctioned-digital-currency-addresses",
    "chainsentry": "chainsentry-ai/ofac-sanctioned-digital-currency-addresses",
    "sambacha": "sambacha/ofac-list",
    "sambradbury": "sambradbury/ofac-sanctioned-digital-currency-addresses",
    "thomasgregg": "thomasgregg/crypto-sanctions-list",
}
LABEL_PREFIX = "Digital Currency Address - "
TORNADO = "39796"
TORNADO_FIRST = "0x905b63Fff465B9fFBF41DeA908CEb12478ec7601"
UNRECORDED = "not-recorded"


class Doubt(Exception):
    """The facts contradict each other; nothing is written."""


def expect(condition, why):
    if not condition:
        raise Doubt(why)


# The format ------------------------------------------------------------------------------------


class Document:
    """One document: header, notes, entities with their listings."""

    def __init__(self, source, title, published, covers, record_url=""):
        self.head = [
            ("source", source),
            ("title", title),
            ("published", published),
            ("covers", covers),
        ]
        if record_url:
            self.head.append(("record-url", record_url))
        self.tail = []
        self.notes = {}
        self.entities = {}
        self.listings = collections.defaultdict(list)

    def say(self, key, text):
        self.tail.append((key, text))

    def note(self, key, text):
        expect(self.notes.setdefault(key, text) == text, f"note {key} has two texts")
        return key

    def entity(self, id, kind, name, listed_on="", programs="", url=""):
        self.entities[id] = (id, kind, name, listed_on, programs, url)

    def listing(self, entity, label, address, intervals, notes=()):
        expect(entity in self.entities, f"{address}: no entity {entity}")
        spans = ",".join(map(span, intervals))
        self.listings[entity].append((label, address, spans, ",".join(notes)))

    def text(self):
        def number(id):
            return (0, int(id), "") if id.isdigit() else (1, 0, id)

        count = sum(map(len, self.listings.values()))
        used = {n for rows in self.listings.values() for row in rows for n in row[3].split(",")}
        out = ["# interdict facts 1"]
        counts = [("entities", len(self.entities)), ("listings", count)]
        out += [f"# {k}: {v}" for k, v in self.head + self.tail + counts]
        for key, text in sorted(self.notes.items()):
            expect(key in used, f"note {key} is not used")
            out.append(f"N\t{key}\t{text}")
        for id in sorted(self.entities, key=number):
            expect(self.listings[id], f"entity {id} has no listing")
            out.append("\t".join(("E", *self.entities[id])))
            out += ["\t".join(("A", *row)) for row in self.listings[id]]
        for line in out:
            fields = line.split("\t")
            expect(all(f == f.strip() and f.isprintable() for f in fields), f"bad text: {line!r}")
        return "\n".join(out) + "\n"


def span(interval):
    """`not_before<from..last_seen<until`; what is not known is left away."""
    not_before, start, last_seen, until = interval
    expect(start and bool(last_seen) == bool(until), f"half an interval: {interval}")
    known = [d for d in interval if d]
    expect(known == sorted(known), f"dates out of order: {interval}")
    before = f"{not_before}<" if not_before else ""
    end = f"{last_seen}<{until}" if until else ""
    return f"{before}{start}..{end}"


def covers(interval, day):
    _, start, _, until = interval
    return start <= day and (not until or day < until)


# SDN_ADVANCED.XML ------------------------------------------------------------------------------


class Sdn:
    """What one issue of SDN_ADVANCED.XML says about addresses and their parties."""

    def __init__(self, path):
        self.addresses = set()  # (party, label, address)
        self.kinds, self.names, self.listed, self.programs = {}, {}, {}, {}
        self._types, self._type, self._party_types = {}, {}, {}
        self._lists, self._part_types, self._groups = {}, {}, {}
        self._path, self._text, self._date = [], [], {}
        self.issued = None
        parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = lambda data: self._text.append(data)
        with bz2.open(path) as file:
            parser.ParseFile(file)

    def _start(self, name, attributes):
        name = name.rpartition(" ")[2]
        self._path.append(name)
        self._text.clear()
        if name in ("DistinctParty", "Feature", "SanctionsEntry", "Alias", "DocumentedName",
                    "NamePartValue", "NamePartGroup", "VersionDetail", "FeatureType", "List",
                    "PartySubType", "PartyType", "NamePartType", "SanctionsMeasure"):
            setattr(self, "_" + name, attributes)
        if name == "Profile":
            self.kinds[self._DistinctParty["FixedRef"]] = attributes["PartySubTypeID"]
        elif name == "DocumentedName":
            self._name = []
        elif name == "NamePartGroup":
            self._groups[attributes["ID"]] = attributes["NamePartTypeID"]

    def _end(self, name):
        name = self._path.pop()
        text = "".join(self._text).strip()
        self._text.clear()
        if name in ("Year", "Month", "Day"):
            self._date[name] = int(text)
        elif name == "DateOfIssue":
            self.issued = self._day()
        elif name == "FeatureType":
            self._types[self._FeatureType["ID"]] = text
        elif name == "List":
            self._lists[self._List["ID"]] = text
        elif name == "PartyType":
            self._party_types[self._PartyType["ID"]] = text
        elif name == "PartySubType":
            self._type[self._PartySubType["ID"]] = (self._PartySubType["PartyTypeID"], text)
        elif name == "NamePartType":
            self._part_types[self._NamePartType["ID"]] = text
        elif name == "VersionDetail":
            label = self._types.get(self._Feature["FeatureTypeID"], "")
            if label.startswith(LABEL_PREFIX):
                party = self._DistinctParty["FixedRef"]
                self.addresses.add((party, label[len(LABEL_PREFIX):], text))
        elif name == "NamePartValue":
            self._name.append((self._NamePartValue["NamePartGroupID"], text))
        elif name == "DocumentedName":
            if self._Alias["Primary"] == "true" and self._DocumentedName["DocNameStatusID"] == "1":
                self.names[self._DistinctParty["FixedRef"]] = self._name
        elif name == "Date" and self._path[-1] == "EntryEvent":
            if self._lists.get(self._SanctionsEntry["ListID"]) == "SDN List":
                party = self._SanctionsEntry["ProfileID"]
                day = self._day()
                self.listed[party] = min(day, self.listed.get(party, day))
        elif name == "Comment" and self._path[-1] == "SanctionsMeasure" and text:
            party = self._SanctionsEntry["ProfileID"]
            self.programs.setdefault(party, set()).add(text)

    def _day(self):
        return "{Year:04}-{Month:02}-{Day:02}".format(**self._date)

    def kind(self, party):
        if party not in self.kinds:
            return None
        party_type, sub_type = self._type[self.kinds[party]]
        return {
            "Individual": "person",
            "Entity": "organisation",
            "Transport": sub_type.lower(),
        }.get(self._party_types[party_type], "unknown")

    def name(self, party):
        parts = self.names.get(party, [])
        # Family names last, as people write them.
        last = [t for g, t in parts if self._part_types[self._groups[g]] == "Last Name"]
        rest = [t for g, t in parts if self._part_types[self._groups[g]] != "Last Name"]
        return " ".join(rest + last)


# The lists -------------------------------------------------------------------------------------


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ofac_crypto(facts):
    history = rows(facts / "data/ofac-crypto/history.csv")
    changes = rows(facts / "data/ofac-crypto/list-changes.csv")
    issues = [Sdn(p) for p in sorted((facts / "data/ofac/sdn_advanced").glob("*.xml.bz2"))]
    expect(len(issues) == 5, "five issues of SDN_ADVANCED.XML expected")
    issues.sort(key=lambda i: i.issued)
    end = "2026-08-20"

    doc = Document(
        "ofac-crypto",
        "OFAC digital currency addresses with their listing dates",
        end,
        f"2021-02-15 to {end}",
        "https://sanctionssearch.ofac.treas.gov/Details.aspx?id={id}",
    )
    doc.say("compiled", "public archives of the SDN list, compared with five whole issues of "
            "SDN_ADVANCED.XML (2025-03-04 to 2025-11-19)")
    doc.say("limit", "a date is the day of the first or last archived copy that shows the address: "
            "the true day lies in the stated gap")
    doc.say("limit", "what stood on the list in the oldest copy of its label (2021-02-15 and "
            "later) was listed on or before that day")
    doc.say("limit", f"ends on {end}; an address added or removed later is not known here")
    doc.say("limit", "entities first listed after 2025-11-19 have neither kind nor listing day")

    WORDS = {"first": "first seen", "last": "last seen", "gone": "gone", "again": "seen again"}

    def evidence(word, archive, commit):
        text = f"{WORDS[word]} in github.com/{ARCHIVES[archive]} at {commit[:12]}"
        return doc.note(f"{word}-{commit[:12]}", text)

    CASE = {
        "orig": None,
        "recovered": ("case", "published in mixed case, archived in lower case; the letter case "
                      "was recovered through the checksum, one solution"),
        "nocase": ("lower", "archived in lower case only; the format does not depend on case"),
    }

    # SDN list dates on which the newest archive, which covers every label, saw a change.
    def iso(us):
        return f"{us[6:]}-{us[:2]}-{us[3:5]}"

    by_address = collections.defaultdict(list)
    for change in changes:
        label = change["label"].removeprefix(LABEL_PREFIX)
        key = (label, change["address_lowercased"])
        by_address[key].append((iso(change["sdn_list_date"]), change["change"], change["commit"]))
    change_days = sorted({iso(c["sdn_list_date"]) for c in changes})
    gap = {r["first_seen_date"]: r["prev_snapshot_without_it"]
           for r in history if r["first_source"] == "thomasgregg" and r["prev_snapshot_without_it"]}

    def day_without(day):
        """The last day that archive had a copy without what it added on `day`."""
        return gap.get(day) or max((d for d in change_days if d < day), default="")

    def intervals_of(row):
        start = row["first_seen_date"]
        events = sorted(by_address.get((row["asset"], row["address"].lower()), []))
        first = evidence("first", row["first_source"], row["commit"])
        # Left-censored because its label was new to the older archives; the newest one saw it come.
        before = row["prev_snapshot_without_it"]
        if not before and (start, "added") in [e[:2] for e in events]:
            before = day_without(start)
        whole = (before, start, row["last_seen_date_or_blank"], row["next_snapshot_without_it"])
        if [e[1] for e in events] != ["added", "removed", "added"]:
            last = ("last", row["last_source"], row["last_commit"])
            return {whole: [first] + ([evidence(*last)] if whole[3] else [])}
        added, removed, again = events
        expect(added[0] == start and not whole[3], f"{row['address']}: history and changes differ")
        last = max(d for d in change_days if d < removed[0])
        source = "thomasgregg"
        return {
            (before, start, last, removed[0]): [first, evidence("gone", source, removed[2])],
            (day_without(again[0]), again[0], "", ""): [evidence("again", source, again[2])],
        }

    # Entities.
    def known(what):
        return next((v for i in reversed(issues) if (v := what(i))), "")

    def add_entity(uid):
        if uid == UNRECORDED:
            return doc.entity(uid, "unknown", "(not recorded)", url="-")
        # The publisher's own spelling where an issue has it.
        name, programs = owners.get(uid, ("", ()))
        name = known(lambda i: i.name(uid)) or name
        programs = programs or known(lambda i: i.programs.get(uid))
        doc.entity(
            uid,
            known(lambda i: i.kind(uid)) or "unknown",
            name,
            known(lambda i: i.listed.get(uid)),
            ", ".join(sorted(programs)),
            "https://www.federalregister.gov/d/2025-05096" if uid == TORNADO else "",
        )

    left_out = collections.Counter()
    placed = {}
    parties = collections.defaultdict(lambda: collections.defaultdict(set))
    for issue in issues:
        for party, label, address in issue.addresses:
            parties[label, address][issue.issued].add(party)
    owners = {}
    for row in history:
        if row["sdn_uid"]:
            programs = re.split(r", ", row["program"])
            expect(owners.setdefault(row["sdn_uid"], (row["entity"], programs))
                   == (row["entity"], programs), f"entity {row['sdn_uid']} has two names")
    typo_owner, typo = mistyped(facts)
    with open(facts / "data/graphsense/packs/tornado_cash.yaml", encoding="utf-8") as file:
        expect(TORNADO_FIRST in file.read(), "the pack of 2022-08-08 lacks its address")

    # By date, then label and address: a new listing is a new line and moves no other.
    for row in sorted(history, key=lambda r: (r["first_seen_date"], r["asset"], r["address"])):
        key = (row["asset"], row["address"])
        if row["case"] == "lower":
            left_out[row["asset"]] += 1
            continue
        uid = row["sdn_uid"]
        notes = []
        if not uid and row["address"] == typo:
            uid = typo_owner
            notes.append(doc.note("typo", "mistyped by OFAC, one hex digit short; replaced by the "
                                  "right address"))
        elif not uid and row["address"] == TORNADO_FIRST:
            uid = TORNADO
            notes.append(doc.note("tornado", "stood under the entry of 2022-08-08 and was dropped "
                                  "when Tornado Cash was listed anew in November 2022"))
        elif not uid:
            uid = UNRECORDED
        if CASE[row["case"]]:
            notes.append(doc.note(*CASE[row["case"]]))
        placed[key] = intervals = intervals_of(row)
        # The history knows one owner, the last; an issue can show others, in its own interval.
        seen = parties.pop(key, {})
        owned = collections.defaultdict(list)
        for interval in intervals:
            now = {p for day, who in seen.items() if covers(interval, day) for p in who}
            if interval == list(intervals)[-1]:
                now.add(uid)
            expect(now, f"{row['address']}: nobody's from {interval[1]}")
            for owner in now:
                owned[owner].append(interval)
        if sum(map(len, owned.values())) > len(intervals):
            notes.append(doc.note("shared", "listed under more than one entity; the dates are "
                                  "those of the address"))
        elif len(owned) > 1:
            notes.append(doc.note("moved", "removed from one entity and later listed under "
                                  "another"))
        for owner, spans in sorted(owned.items()):
            if owner not in doc.entities:
                add_entity(owner)
            doc.listing(owner, *key, spans, notes + [n for i in spans for n in intervals[i]])
    expect(not parties, f"listed, but not in the history: {sorted(parties)[:3]}")

    # Every issue at hand agrees with the history, both ways.
    for issue in issues:
        listed = {(label, address) for _, label, address in issue.addresses}
        then = {k for k, spans in placed.items() if any(covers(s, issue.issued) for s in spans)}
        expect(listed == then, f"{issue.issued}: {sorted(listed ^ then)[:3]}")

    for label, count in sorted(left_out.items()):
        doc.say("left-out", f"{count} {label} letter case lost in the archive, so the address is "
                "not known")
    return doc


def mistyped(facts):
    """The 39-digit address of 2021 and the uid that had it, from the flat files of that year."""
    typo = "0xa7e5d5a720f06526557c513402f2e6b5fa20b00"
    folder = facts / "data/ofac/watchman-2021-07-07"
    rest = {}
    with open(folder / "sdn_comments.csv", newline="", encoding="ascii") as file:
        rest = {r[0]: r[1] for r in csv.reader(file) if len(r) == 2}
    with open(folder / "sdn.csv", newline="", encoding="ascii") as file:
        for row in csv.reader(file):
            # Remarks go on in the comments file, cut anywhere.
            if len(row) == 12 and re.search(typo + r"\b", row[11] + rest.get(row[0], "")):
                return row[0], typo
    raise Doubt("the mistyped address is not in the flat files of 2021")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip()]


def notice(doc, id, name, url, label, addresses, day_before, day, notes=()):
    """One paper that names addresses: one entity, dated by its publication."""
    expect(len(set(addresses)) == len(addresses), f"{id}: an address stands twice")
    doc.entity(id, "cluster", name, day, "", url)
    for address in addresses:
        doc.listing(id, label, address, [(day_before, day, "", "")], notes)
    return doc


def fbi_bybit(facts):
    doc = Document("fbi-bybit", "FBI: addresses holding assets stolen from Bybit", "2025-02-26",
                   "2025-02-26")
    doc.say("compiled", "transcribed from the announcement; all 51 pass EIP-55")
    doc.say("limit", "one announcement, never extended; funds have moved on since")
    doc.say("limit", "a request to block, not a sanctions listing")
    addresses = lines(facts / "data/fbi/PSA250226-bybit-51.txt")
    return notice(doc, "I-022625-PSA", "TraderTraitor (North Korea), theft from Bybit",
                  "https://www.ic3.gov/PSA/2025/PSA250226", "ETH", addresses,
                  "2025-02-25", "2025-02-26")


def fbi_tradertraitor(facts):
    doc = Document("fbi-tradertraitor", "FBI: bitcoin held by TraderTraitor actors", "2023-08-22",
                   "2023-08-22")
    doc.say("compiled", "transcribed from the press release; all 6 checksums hold")
    doc.say("limit", "one press release, never extended; funds have moved on since")
    doc.say("limit", "a warning, not a sanctions listing")
    addresses = lines(facts / "data/fbi/2023-08-22-traderTraitor-6btc.txt")
    url = ("https://www.fbi.gov/news/press-releases/"
           "fbi-identifies-cryptocurrency-funds-stolen-by-dprk")
    return notice(doc, "fbi-identifies-cryptocurrency-funds-stolen-by-dprk",
                  "TraderTraitor (North Korea)", url, "BTC", addresses, "2023-08-21", "2023-08-22")


def court_155(facts):
    doc = Document("court-155",
                   "United States v. 155 Virtual Currency Assets: seized, not sanctioned",
                   "2020-08-13", "2020-08-13")
    doc.say("compiled", "attachment A of the complaint as transcribed in the GraphSense TagPacks "
            "(MIT); all 155 checksums hold")
    doc.say("limit", "the complaint as unsealed; later dismissals of single properties are not "
            "recorded")
    doc.say("limit", "property in a forfeiture case: seized is not sanctioned, and an address may "
            "belong to a service or be held by the government")
    path = facts / "data/graphsense/packs/aft-alqaeda-forfeit_vc.yaml"
    text = lines(path)
    expect("currency: BTC" in text and "currency: ETH" not in text, "court-155: other assets")
    addresses = [t.removeprefix("- address: ") for t in text if t.startswith("- address: ")]
    note = doc.note("seized", "named for seizure and forfeiture in a court case; seized is not "
                    "sanctioned")
    return notice(doc, "1:20-cv-02228", "155 Virtual Currency Assets (al-Qaeda campaign)",
                  "https://www.justice.gov/opa/press-release/file/1304296/download", "BTC",
                  addresses, "2020-08-12", "2020-08-13", (note,))


LISTS = (ofac_crypto, fbi_bybit, fbi_tradertraitor, court_155)


def main():
    here = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("facts", type=Path, help="folder of collected public documents")
    parser.add_argument("--out", type=Path, default=here / "lists/bundled", help="where to write")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    args = parser.parse_args()
    differ = []
    for make in LISTS:
        try:
            doc = make(args.facts)
            text = doc.text()
        except (Doubt, OSError) as error:
            sys.exit(f"{make.__name__}: {error}")
        path = args.out / f"{dict(doc.head)['source']}.tsv"
        if not args.check:
            path.write_bytes(text.encode())
        elif not path.exists() or path.read_bytes() != text.encode():
            differ.append(path.name)
    if differ:
        sys.exit("not what the facts say: " + ", ".join(differ))


if __name__ == "__main__":
    main()

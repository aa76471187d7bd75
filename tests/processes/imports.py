"""The import of a registry's records by `kanhe property import`: what registry_tests.py checks of it.

A made-up table has good rows and one row for each kind of fault; another one is long, and its import is aborted. What
was entered is read from the nodes' events and counted there, not taken from what the command says.
"""
import collections
import csv
import datetime
import hashlib
import hmac
import io
import json
import pathlib
import signal
import struct

from cli_tests import GOOD, INTERRUPTED, MALFORMED, REFUSED
from network import Failure, wait_until

RESIDENT_ID = 1  # the number of this kind of identity (docs/formats.md)
PEPPER_VERSION = 1
LONG_ROWS, LONG_UNITS = 360, 300
ABORT_AFTER = 20  # rows
COLUMNS = {"key": "登记编号", "unit": "不动产单元号", "date": "登记时间", "usage": "用途", "owner": "权利人证件号",
           "share": "份额", "partner": "共有人证件号", "partner_share": "共有份额", "note": "附记"}
MAPPING = """
[columns]
key = "登记编号"
unit = "不动产单元号"
date = "登记时间"
usage = "用途"
owner = "权利人证件号"
share = "份额"
partner = "共有人证件号"
partner_share = "共有份额"

[entry]
row = "{key}"
unit = "{unit}"
usage = "{usage}"
right = "state_land_use_and_house"
effective = "{date}"
date_format = "YYYY年MM月DD日"

[[entry.holders]]
id_type = "resident_id"
number = "{owner}"
share = "{share}"

[[entry.holders]]
id_type = "resident_id"
number = "{partner}"
share = "{partner_share}"
skip_when_empty = "partner"

[values.usage]
"住宅" = "residential"
"车位" = "ancillary"
"""


def unit_number(number):
    return f"440304008001GB{number:05}F00010001"


def party_of(pepper, number):
    """As docs/formats.md says, and not by the command: the entries have to name these parties."""
    message = struct.pack("<HB", PEPPER_VERSION, RESIDENT_ID) + number.encode("ascii")
    return hmac.new(bytes.fromhex(pepper.read_text(encoding="ascii").strip()), message, hashlib.sha256).hexdigest()


class Entries:
    """How often each row was entered, as one node's events say; reads on where it stopped."""

    def __init__(self, node):
        self.node, self.cursor, self.counts = node, "0.0.0", collections.Counter()

    def read(self):
        while True:
            answer = self.node.endpoint.json(f"/v1/events?cursor={self.cursor}&count=1000")
            for event in (traced["event"] for traced in answer["events"]):
                if event["name"] == "property.imported":
                    data = bytes.fromhex(event["data"])
                    self.counts[data[4:4 + int.from_bytes(data[:4], "little")].decode()] += 1
            following = "{height}.{receipt}.{event}".format(**answer["next"])
            if following == self.cursor:
                return self.counts
            self.cursor = following


class Row:
    """Of a table; keywords replace what an ordinary row has."""

    def __init__(self, key, number, owner, **others):
        self.values = {"key": key, "unit": unit_number(number), "date": "2015年06月01日", "usage": "住宅", "owner": owner,
                       "share": "", "partner": "", "partner_share": "", "note": "", **others}

    def fields(self):
        return list(self.values.values())


class ShortRow(Row):
    """The last field is missing."""

    def fields(self):
        return super().fields()[:-1]


def write_table(path, rows):
    """Answers the line on which each row begins, by its place; a field may have line breaks."""
    text, lines = io.StringIO(), []
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for row in rows:
        lines.append(1 + text.getvalue().count("\n"))
        writer.writerow(row.fields())
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return lines


class Fault:
    """A line of the report: of which row (by place), which column (short name), field, code, limit, value."""

    def __init__(self, row, column, field, code, limit=None, value=None):
        self.row, self.column, self.field, self.code, self.limit, self.value = row, column, field, code, limit, value

    def matches(self, line, lines):
        wanted = {"line": str(lines[self.row]), "column": COLUMNS.get(self.column, ""), "field": self.field,
                  "code": self.code, "limit": self.limit, "value": self.value}
        return all(value is None or line[name] == value for name, value in wanted.items()) and line["text"] != ""


class Import:
    """`kanhe property import` of one table, and what must come of it."""

    def __init__(self, kanhe, network, pepper, key):
        self.kanhe, self.nodes, self.pepper, self.key = kanhe, network.nodes, pepper, key
        self.directory = pathlib.Path(network.directory, "import")
        self.directory.mkdir()
        self.mapping = self.directory / "mapping.toml"
        self.mapping.write_text(MAPPING, encoding="utf-8")

    def words(self, table, *more, mapping=None):
        return ["property", "import", table, "--mapping", mapping or self.mapping, "--pepper", self.pepper,
                "--plain-key", self.key, "--json", "--genesis", self.kanhe.genesis, "--node", self.kanhe.node, *more]

    def run(self, code, table, *more, mapping=None):
        """The summary."""
        return json.loads(self.kanhe.expect(code, *self.words(table, *more, mapping=mapping))[0])

    def resell(self, number, owner):
        """Enters one more row of a unit."""
        table = self.directory / "resale.csv"
        write_table(table, [Row("resale", number, owner, date="2024年05月06日")])
        check_numbers(self.run(GOOD, table), "resale", recorded=1)


def check_numbers(summary, what, **wanted):
    for name, value in wanted.items():
        if int(summary[name]) != value:
            raise Failure(f"{what}: {name} is {summary[name]}, must be {value}:\n{json.dumps(summary, indent=1)}")


def check_report(path, faults, lines, what):
    with open(path, encoding="utf-8", newline="") as file:
        report = list(csv.DictReader(file))
    if [int(line["line"]) for line in report] != sorted(int(line["line"]) for line in report):
        raise Failure(f"{what}: the report is not in the order of lines")
    left = list(report)
    for fault in faults:
        found = next((line for line in left if fault.matches(line, lines)), None)
        if found is None:
            raise Failure(f"{what}: {vars(fault)} is not reported (line {lines[fault.row]}):\n{report}")
        left.remove(found)
    if left:
        raise Failure(f"{what}: nobody expected {left}")


# ---------------------------------------------------------------------------------------------------------------------
# Good rows and faulty ones

def mixed_table(people):
    """Good rows; rows with faults that the table shows; rows that the register refuses; and how to correct them."""
    good = [Row("g-1", 1, people[0], note="two\r\nlines, \"quoted\""),
            Row("g-2", 2, people[0], share="1/3", partner=people[1], partner_share="2/3"),
            Row("g-3", 3, people[1], partner=people[2]),
            # Sold twice again; the table is in no order.
            Row("g-4c", 4, people[2], date="2021年01月31日"), Row("g-4a", 4, people[0], date="1999年12月31日"),
            Row("g-4b", 4, people[1], date="2010年02月28日"), Row("g-5", 5, people[3], usage="车位")]
    faulty = [ShortRow("f-short", 11, people[0]), Row("f-day", 12, people[0], date="2015年02月30日"),
              Row("f-usage", 13, people[0], usage="仓库"), Row("f-unit", 0, people[0], unit="44030400800XGB00014F00010001"),
              Row("f-person", 15, people[0][:-1] + ("1" if people[0][-1] != "1" else "2")),
              Row("f-share", 16, people[0], share="一半", partner=people[1], partner_share="1/2"),
              Row("g-1", 17, people[0]), Row("f-same-unit", 13, people[1], date="2016年01月01日")]
    refused = [Row("r-region", 0, people[0], unit="440399008001GB00021F00010001"),
               Row("r-whole", 22, people[0], share="1/2", partner=people[1], partner_share="1/3"),
               Row("r-later", 22, people[2], date="2018年03月04日"),
               Row("r-future", 23, people[0], date="2399年01月01日")]
    rows = good + faulty + refused
    first, second = len(good), len(good) + len(faulty)
    faults = [Fault(first, "", "", "malformed", "9", "8"),
              Fault(first + 1, "date", "effective_ms", "out_of_range", "YYYY年MM月DD日", "2015年02月30日"),
              Fault(first + 2, "usage", "usage", "unknown", None, "仓库"),
              Fault(first + 3, "unit", "unit", "unit_number_area"),
              Fault(first + 4, "owner", "holders.1.party", "malformed"),
              Fault(first + 5, "share", "holders.1.share", "malformed", None, "一半"),
              Fault(first + 6, "key", "row", "duplicate", "line 2", "g-1"),
              Fault(first + 7, "", "unit", "held_back", None, unit_number(13))]
    refusals = [Fault(second, "", "unit", "register_unknown"), Fault(second + 1, "", "holders", "shares_not_whole"),
                Fault(second + 2, "", "unit", "held_back", None, unit_number(22)),
                Fault(second + 3, "", "effective_ms", "effective_in_future")]
    corrected = good + [
        Row("f-short", 11, people[0]), Row("f-day", 12, people[0], date="2015年02月28日"), Row("f-usage", 13, people[0]),
        Row("f-unit", 14, people[0]), Row("f-person", 15, people[0]),
        Row("f-share", 16, people[0], share="1/2", partner=people[1], partner_share="1/2"), Row("f-key", 17, people[0]),
        Row("f-same-unit", 13, people[1], date="2016年01月01日"), Row("r-region", 21, people[0]),
        Row("r-whole", 22, people[0], share="1/2", partner=people[1], partner_share="1/2"),
        Row("r-later", 22, people[2], date="2018年03月04日"), Row("r-future", 23, people[0])]
    return rows, len(good), faults, refusals, corrected


def check_units(importing, corrected):
    """Each unit is held as its last row says, since then."""
    last = {}
    for row in sorted(corrected, key=lambda row: row.values["date"]):
        last[row.values["unit"]] = row.values
    for unit, values in last.items():
        out, _ = importing.kanhe.online(GOOD, "property", "show", unit, "--json")
        record = json.loads(out)["unit"]
        people = [number for number in (values["owner"], values["partner"]) if number]
        if [holder["party"] for holder in record["holders"]] != [party_of(importing.pepper, one) for one in people]:
            raise Failure(f"{unit} is held by others than {people}: {record}")
        shares = [(holder["share"]["numerator"], holder["share"]["denominator"]) if "share" in holder else None
                  for holder in record["holders"]]
        wanted = [tuple(map(int, share.split("/"))) if share else None
                  for share in (values["share"], values["partner_share"])][:len(people)]
        day = datetime.datetime.strptime(values["date"] + "+0800", "%Y年%m月%d日%z")
        if [share and tuple(map(int, share)) for share in shares] != wanted:
            raise Failure(f"{unit}: shares are {shares}, must be {wanted}")
        if int(record["effective_ms"]) != int(day.timestamp() * 1000) or record["entry"] != "imported":
            raise Failure(f"{unit} is not entered as of {day}: {record}")


def check_mixed(importing, people):
    table = importing.directory / "records.csv"
    report = importing.directory / "records.csv.report.csv"
    rows, good, faults, refusals, corrected = mixed_table(people)
    lines = write_table(table, rows)
    entries = Entries(importing.nodes[0])

    summary = importing.run(MALFORMED, table, "--dry-run")
    check_numbers(summary, "dry run", rows=len(rows), recorded=0, refused=len(faults) - 1, held_back=1)
    check_report(report, faults, lines, "dry run")
    summary = importing.run(REFUSED, table)
    check_numbers(summary, "first import", rows=len(rows), recorded=good, there_already=0, refused=10, held_back=2, open=0)
    # The row whose key stands twice keeps out only its own unit.
    check_report(report, faults + refusals, lines, "first import")
    wanted = {row.values["key"]: 1 for row in rows[:good]}
    if {key: count for key, count in entries.read().items() if key in wanted or key[:2] in ("f-", "r-")} != wanted:
        raise Failure(f"entered are {entries.counts}, must be {wanted}")

    lines = write_table(table, corrected)
    summary = importing.run(GOOD, table)
    check_numbers(summary, "corrected", rows=len(corrected), recorded=len(corrected) - good, there_already=good, open=0)
    check_report(report, [], lines, "corrected")
    summary = importing.run(GOOD, table)
    check_numbers(summary, "again", recorded=0, there_already=len(corrected), open=0)
    wanted = {row.values["key"]: 1 for row in corrected}
    if {key: entries.read()[key] for key in wanted} != wanted:
        raise Failure(f"entered are {entries.counts}, must be each once: {sorted(wanted)}")
    check_units(importing, corrected)
    print(f"import: {len(rows)} rows, {len(faults) + len(refusals)} with faults, each reported; corrected, all are there")


def mixed_counts(importing):
    """How many rows each unit of the corrected table has."""
    with open(importing.directory / "records.csv", encoding="utf-8", newline="") as file:
        return collections.Counter(row[COLUMNS["unit"]] for row in csv.DictReader(file))


# ---------------------------------------------------------------------------------------------------------------------
# Aborted in the middle

def abort(importing, table, entries, how):
    """Ends an import after some rows. Answers what it said, and how it ended."""
    before = entries.read().total()
    process = importing.kanhe.start(*importing.words(table, "--window", "4"))
    wait_until(lambda: process.poll() is not None or entries.read().total() >= before + ABORT_AFTER, "rows are entered",
               poll_s=0.005)
    if process.poll() is not None:
        raise Failure(f"the import had ended before it could be aborted: {process.communicate()}")
    process.send_signal(how)
    return process.communicate(timeout=60)[0], process.returncode


def check_aborted(importing, people):
    table = importing.directory / "long.csv"
    rows = [Row(f"long-{number}", 1000 + number % LONG_UNITS, people[number % len(people)],
                date=f"{1990 + number // LONG_UNITS}年01月01日") for number in range(LONG_ROWS)]
    write_table(table, rows)
    entries = [Entries(node) for node in importing.nodes]
    others = entries[0].read().total()

    out, code = abort(importing, table, entries[0], signal.SIGINT)
    summary = json.loads(out)
    done = int(summary["recorded"])
    if code != INTERRUPTED or done + int(summary["open"]) != LONG_ROWS or int(summary["open"]) == 0:
        raise Failure(f"interrupted, the import ended with {code} and says {out}")
    # What was under way was waited for: what it counts is what there is.
    if entries[0].read().total() - others != done:
        raise Failure(f"interrupted, it says {done} rows, the ledger has {entries[0].counts.total() - others}")
    _, code = abort(importing, table, entries[0], signal.SIGKILL)
    killed_at = entries[0].read().total() - others
    if code != -signal.SIGKILL or not done < killed_at < LONG_ROWS:
        raise Failure(f"killed, the import ended with {code} and {killed_at} of {LONG_ROWS} rows")

    # Rows that were under way when it was killed may be recorded before they are sent again, or after.
    summary = importing.run(GOOD, table)
    check_numbers(summary, "repeated", rows=LONG_ROWS, recorded=LONG_ROWS - int(summary["there_already"]), open=0)
    if int(summary["there_already"]) < killed_at:
        raise Failure(f"repeated, it found {summary['there_already']} rows, there were {killed_at}")
    check_numbers(importing.run(GOOD, table), "once more", recorded=0, there_already=LONG_ROWS, open=0)
    if pathlib.Path(str(table) + ".report.csv").exists():
        raise Failure("there is a report, but no row had a fault")
    wanted = collections.Counter(row.values["key"] for row in rows)
    for one in entries:
        def entered(one=one):
            return {key: count for key, count in one.read().items() if key.startswith("long-")}

        wait_until(lambda: len(entered()) == LONG_ROWS, f"{one.node.department} has all rows")
        if entered() != wanted:
            raise Failure(f"{one.node.department}: not each row once: {entered()}")
    print(f"import: interrupted after {done} of {LONG_ROWS} rows, killed after {killed_at}, then completed: each row once")

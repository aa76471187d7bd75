#!/usr/bin/env python3
"""House sales of a real county become a register: the first rows of king-county-sales.csv are imported with
testnet/king-county.toml by an importer who is enrolled for it, and every unit's history is fetched and verified.

    king_county_tests.py BUILD

The table is no part of this tree. It is looked for where KANHE_KING_COUNTY says, else in ../shared/data beside the
checkout; without it nothing is tested, which is said, and the exit code is 77.
"""
import collections
import csv
import itertools
import json
import os
import pathlib
import sys

from cli_tests import GOOD, Command
from imports import check_numbers
from network import Failure, run_programs, wait_until

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = pathlib.Path(os.environ.get("KANHE_KING_COUNTY", ROOT.parent / "shared" / "data" / "king-county-sales.csv"))
MAPPING = ROOT / "testnet" / "king-county.toml"
ROWS = 100
REGION = "110101"


def unit_of(parcel):
    return f"{REGION}{parcel[:6]}GB0{parcel[6:]}F00010001"


def write_secret(path, text):
    path.touch(0o600)
    path.write_text(text + "\n", encoding="ascii")
    return path


def enrol(kanhe, network):
    """The registry's importer, with a register to import into. Answers the key's file."""
    administrator = ["--plain-key", os.path.join(network.directory, "officers", "registry-administrator.key")]
    plain = write_secret(kanhe.home / "importer.plain", "17" * 32)
    passphrase = write_secret(kanhe.home / "passphrase", "a passphrase for a test")
    out, _ = kanhe.expect(GOOD, "key", "import", plain, "-o", kanhe.home / "importer.key", "--passphrase-file",
                          passphrase, "--json")
    kanhe.online(GOOD, "officer", "enrol", json.loads(out)["public_key"], "--person", "33" * 32, "--roles", "importer",
                 *administrator)
    kanhe.online(GOOD, "property", "found-register", REGION, *administrator)
    return plain


def check_histories(kanhe, table, sales):
    histories = kanhe.home / "histories"
    kanhe.online(GOOD, "trace", "fetch", "--units-of", table, "--mapping", MAPPING, "-o", histories)
    answer = json.loads(kanhe.expect(GOOD, "trace", "verify", histories, "--genesis", kanhe.genesis, "--json")[0])
    counts = {file["subject"]["id"]: int(file["events"]) for file in answer["files"] if file["complete"]}
    if counts != sales:
        raise Failure(f"the histories have {counts} events, the table {sales} sales")


def run(build, network):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    kanhe = Command(build, network)
    kanhe.home.mkdir(exist_ok=True)
    table = kanhe.home / "sales.csv"
    with open(TABLE, encoding="utf-8", newline="") as file:
        lines = list(itertools.islice(file, 1 + ROWS))
    table.write_text("".join(lines), encoding="utf-8", newline="")
    sales = collections.Counter(unit_of(row["parcel"]) for row in csv.DictReader(lines))

    words = ["property", "import", table, "--mapping", MAPPING, "--pepper",
             pathlib.Path(network.directory, "pepper.key"), "--plain-key", enrol(kanhe, network), "--json"]
    summary = json.loads(kanhe.online(GOOD, *words)[0])
    check_numbers(summary, "import", rows=ROWS, units=len(sales), recorded=ROWS, refused=0, held_back=0, open=0)
    check_numbers(json.loads(kanhe.online(GOOD, *words)[0]), "again", recorded=0, there_already=ROWS, open=0)
    check_histories(kanhe, table, sales)
    print(f"King County: {ROWS} sales of {len(sales)} units imported, every history complete")


def main():
    if not TABLE.is_file():
        print(f"SKIPPED: no {TABLE}; KANHE_KING_COUNTY can name another", file=sys.stderr)
        return SKIPPED
    return run_programs("county", run)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Damage at rest: one bit turned in each kind of file of a node that is down, a file cut short, a file gone.

    damage_tests.py BUILD [--flips N]

`kanhe node check DIR` names what is wrong and changes nothing; the node itself refuses to start and names it, or is
none the worse for it: it never goes back behind a block that it had, and never says anything else than the others.
(cases D-05, D-06, D-07, D-09, D-22)
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

from network import Failure, check_equal, run_programs, wait_until
from story_tests import tell

GOOD, DAMAGED, COULD_NOT_CHECK = 0, 3, 5
REFUSED_CODES = (74, 78)  # storage, configuration


def digest_of(directory):
    files = {}
    for path in sorted(pathlib.Path(directory).rglob("*")):
        if path.is_file():
            files[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return files


class Patient:
    """The data directory of one node that is down, put back after each damage."""

    def __init__(self, build, network, department):
        self.build, self.network, self.node = build, network, network.node(department)
        self.data = pathlib.Path(self.node.directory, "data")
        self.saved = pathlib.Path(network.directory, "saved")
        shutil.copytree(self.data, self.saved)

    def restore(self):
        shutil.rmtree(self.data)
        shutil.copytree(self.saved, self.data)

    def check(self):
        command = [os.path.join(self.build, "kanhe"), "node", "check", str(self.data), "--genesis",
                   os.path.join(self.network.directory, "genesis.json"), "--json"]
        before = digest_of(self.data)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if digest_of(self.data) != before:
            raise Failure("node check changed the directory that it looked at")
        if done.returncode not in (GOOD, DAMAGED):
            return done.returncode, [done.stderr]
        report = json.loads(done.stdout)
        return done.returncode, [finding["what"] for finding in report["findings"]]

    def start(self, least_height):
        """What the node makes of it: (code, text) when it refuses, None when it runs and has what it had."""
        self.node.start()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if not self.node.is_running():
                log = pathlib.Path(self.node.directory, "stderr").read_text(encoding="utf-8", errors="replace")
                return self.node.process.returncode, log.strip().splitlines()[-1]
            if (self.node.status() or {}).get("height") and self.node.height() >= least_height:
                return None
            time.sleep(0.05)
        raise Failure(f"the node runs and is not at height {least_height}: {self.node.status()}")

    def stop(self):
        if self.node.is_running():
            self.node.stop()


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place // 8] ^= 1 << place % 8
    path.write_bytes(content)


def kinds_of(data):
    """One file or more of each kind that holds something."""
    store = data / "store"
    kinds = {"table": sorted((store / "db").glob("*.ldb")), "log": sorted((store / "db").glob("*.log")),
             "manifest": sorted((store / "db").glob("MANIFEST-*")), "current": [store / "db" / "CURRENT"],
             "segment": sorted(store.rglob("*.seg")), "witness": [path for path in store.iterdir() if path.is_file()]}
    return {kind: [path for path in paths if path.stat().st_size > 0] for kind, paths in kinds.items() if paths}


def used_bytes(path):
    """Up to the last byte that is not zero: behind it a segment is only reserved."""
    return len(path.read_bytes().rstrip(b"\0"))


def damages_of(data, flips, choice):
    for kind, paths in kinds_of(data).items():
        for _ in range(flips):
            path = choice.choice(paths)
            place = choice.randrange(8 * max(1, used_bytes(path)))
            yield f"{kind}: bit {place} of {path.name}", lambda path=path, place=place: flip(path, place)
        path = choice.choice(paths)
        used = used_bytes(path)
        cut = choice.randrange(used)
        yield f"{kind}: {path.name} cut at {cut} of {used}", lambda path=path, cut=cut: os.truncate(path, cut)
        yield f"{kind}: {path.name} gone", path.unlink


def treat(patient, name, damage, least_height, expected, counts):
    damage()
    code, findings = patient.check()
    if code == GOOD:
        counts["unseen"] += 1
    elif code == DAMAGED:
        counts["found"] += 1
        if not any(findings):
            raise Failure(f"{name}: damaged, and no finding says where")
    elif code != COULD_NOT_CHECK:
        raise Failure(f"{name}: node check ended with {code}: {findings}")
    refused = patient.start(least_height)
    if refused is None:
        counts["ran"] += 1
        seen = {}
        patient.node.headers(seen)
        for height, hashes in seen.items():
            hashes.update({"saved": expected[height]} if height in expected else {})
        check_equal(seen)
    else:
        counts["refused"] += 1
        if refused[0] not in REFUSED_CODES:
            raise Failure(f"{name}: the node ended with {refused[0]}: {refused[1]}")
        if str(patient.data) not in refused[1] and "store" not in refused[1]:
            raise Failure(f"{name}: the node refused, and does not say which file: {refused[1]}")
    # What nobody sees must do no harm: then the node runs, with all that it had (start() waited for that).
    if code == GOOD and refused is not None:
        raise Failure(f"{name}: node check calls whole what the node refuses: {refused}")
    patient.stop()
    patient.restore()


def run(build, network):
    flips = int(sys.argv[sys.argv.index("--flips") + 1]) if "--flips" in sys.argv else 4
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    tell(build, network.directory)
    wait_until(lambda: min(node.height() for node in network.nodes) > 10, "some blocks")
    for node in network.nodes:
        node.stop()
    patient = Patient(build, network, "registry")
    code, findings = patient.check()
    if code != GOOD:
        raise Failure(f"an undamaged directory: {code} {findings}")
    # The others stand still meanwhile: alone, a node makes no block, so its heights are those that it had.
    status = json.loads((patient.data / "status.json").read_text(encoding="utf-8"))
    least_height = int(status["height"])
    expected = {least_height: status["header_hash"]}
    counts = {"found": 0, "unseen": 0, "refused": 0, "ran": 0}
    choice = random.Random(7)
    for name, damage in list(damages_of(patient.data, flips, choice)):
        treat(patient, name, damage, least_height, expected, counts)
    print(f"damage: {counts}", flush=True)
    if counts["found"] == 0 or counts["refused"] == 0:
        raise Failure("nothing was found: the damage did no damage")
    # And whole again it goes on with the others.
    network.start()
    wait_until(lambda: min(node.height() for node in network.nodes) > least_height, "all go on")


if __name__ == "__main__":
    sys.exit(run_programs("damage", run))

#!/usr/bin/env python3
"""Compares the two verifiers of bundles: `kanhe cert verify` and verify_bundle.py, check by check.

Usage: compare_bundles.py --kanhe build/release/kanhe --genesis genesis.json [--changes N] [--seed N]
                          [--below FIELD] [--recipient TEXT] BUNDLE...

Each bundle as it is, and N copies of it with one thing changed: a value, a field left out, an element left out, doubled
or swapped with the next. Both have to come to the same verdict, and no changed copy may pass for another certificate:
what the ledger binds can only be lost. The exit code is 0 only if they always agree.
"""

import argparse
import copy
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import verify
import verify_bundle
from run import flip, places

EXIT_CODES = {0, 1, 3, 5, 6}


def change(bundle, choice, below):
    """One change somewhere, or in one field of the bundle; answers what was done."""
    path = choice.choice([path for path in places(bundle) if below in (None, path[0])])
    # A value, or something larger that it is a part of: a fact, a field, all facts.
    whole = choice.random() < 0.5
    if whole:
        path = path[:choice.randint(1, len(path))]
    holder, last = bundle, path[-1]
    for step in path[:-1]:
        holder = holder[step]
    name = ".".join(map(str, path))
    ways = ([] if isinstance(holder[last], (dict, list)) else ["flip"]) + ["drop"] + (["double", "swap"] if isinstance(holder, list) else [])
    way = choice.choice(ways)
    if way == "flip":
        holder[last] = flip(holder[last]) if holder[last] != "" else "1"
    elif way == "drop":
        del holder[last]
    elif way == "double":
        holder.insert(last, copy.deepcopy(holder[last]))
    elif last + 1 < len(holder):
        holder[last], holder[last + 1] = holder[last + 1], holder[last]
    return f"{way} {name}"


def first(options, data):
    """The verdict of the command and its results by check; None where it names no results."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(data)
        file.flush()
        command = [options.kanhe, "cert", "verify", file.name, "--genesis", options.genesis, "--json"]
        if options.recipient is not None:
            command += ["--recipient", options.recipient]
        ended = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if ended.returncode not in EXIT_CODES:
        raise verify.Refused(f"the command ended with {ended.returncode}: {ended.stderr[-500:]!r}")
    if ended.returncode == 6:
        return "CANNOT_CHECK", None
    answer = json.loads(ended.stdout)
    return answer["verdict"], {check["id"]: check["result"] for check in answer["checks"]}


def second(options, network, data):
    now = argparse.Namespace(now=int(time.time() * 1000), max_age=verify_bundle.DAY_MS, holder=None, pepper=None,
                             recipient=options.recipient, purpose=None)
    verdict, results, _ = verify_bundle.verify_file(data, network, now)
    return verdict, {check: result for check, (result, _) in results.items()}


def compare(options, network, data):
    """What they disagree in, if anything; and the verdict of the second."""
    one, other = first(options, data), second(options, network, data)
    if one[0] != other[0]:
        return f"{one[0]} against {other[0]}: {one[1]} against {other[1]}", other[0]
    if one[1] is not None and one[1] != other[1]:
        different = {check for check in one[1] if one[1][check] != other[1].get(check)}
        return f"{one[0]}, but {({check: (one[1][check], other[1].get(check)) for check in sorted(different)})}", other[0]
    return None, other[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="+")
    parser.add_argument("--kanhe", required=True)
    parser.add_argument("--genesis", required=True)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--below", help="field of the bundle; nothing else is changed")
    parser.add_argument("--recipient")
    options = parser.parse_args()
    network = verify.read_genesis(pathlib.Path(options.genesis).read_bytes())
    choice, compared, failed = random.Random(options.seed), 0, 0
    for path in options.bundle:
        original = json.loads(pathlib.Path(path).read_text())
        for number in range(options.changes + 1):
            bundle, what = copy.deepcopy(original), "as it is"
            if number > 0:
                what = change(bundle, choice, options.below)
            difference, _ = compare(options, network, json.dumps(bundle, ensure_ascii=False).encode())
            compared += 1
            if difference is not None:
                failed += 1
                print(f"{path}, {what}: {difference}", flush=True)
    print(f"{compared} compared, {failed} differ")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

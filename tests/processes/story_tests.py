#!/usr/bin/env python3
"""testnet/story on a network of its own: it is told to its end, says what it must, and can be told again; and the whole
of it stands on the ledger. That each step ends with the right code is checked by the story itself.

    story_tests.py BUILD
"""
import json
import os
import pathlib
import subprocess
import sys

from network import Failure, run_programs, wait_until

STORY = pathlib.Path(__file__).resolve().parent.parent.parent / "testnet" / "story"

# In this order.
TOLD = ["governance.officer_enrolled", "treasury.tariff_set", "treasury.tariff_set", "service.defined", "property.imported", "[role_needed]", "service.filed",
        "[unit_held]", "service.accepted", "[step_not_open]", "[acted_before]", "treasury.billed", "[unpaid]",
        "treasury.paid", "certificate.issued property.transferred service.closed", "[reference_used]", "V01", "V13",
        "VALID_WITH_WARNINGS", "NOT_AUTHENTIC", "certificate.standing_changed", "NOT_VALID", "the right passes",
        "8 events", "testnet/down"]


def tell(build, directory, code=0):
    done = subprocess.run([sys.executable, str(STORY), str(directory), "--build", build], capture_output=True, text=True,
                          timeout=200, check=False)
    if done.returncode != code:
        raise Failure(f"testnet/story ended with {done.returncode}, must be {code}:\n{done.stdout}{done.stderr}")
    return done


def check_told(text):
    at = 0
    for part in TOLD:
        found = text.find(part, at)
        if found < 0:
            raise Failure(f"{part!r} is not told, or not where it belongs:\n{text}")
        at = found + len(part)


def run(build, network):
    without = tell(build, os.path.join(network.directory, "nowhere"), 1)
    if "testnet/up" not in without.stderr:
        raise Failure(f"without a network nobody is told what to do: {without.stderr}")
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    check_told(tell(build, network.directory).stdout)
    print("told")
    again = tell(build, network.directory).stdout
    for part in ("(2)", "enrolled before", "founded before", "8 events"):
        if part not in again:
            raise Failure(f"told again, {part!r} is missing:\n{again}")
    print("told again, of another house")
    for telling in ("1", "2"):
        title = json.loads(pathlib.Path(network.directory, "story", telling, "title.json").read_text(encoding="utf-8"))
        for node in network.nodes:
            wait_until(lambda: node.endpoint.ask(f"/v1/certificates/{title['document']['id']}")[0] == 200,
                       f"{node.department} knows the certificate of telling {telling}")
    print("every node knows both certificates")


if __name__ == "__main__":
    sys.exit(run_programs("story", run))

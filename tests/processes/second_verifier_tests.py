#!/usr/bin/env python3
"""The second verifier (tests/verifier, written from docs/formats.md alone) on a running network: the whole chain of all
nodes and the receipts of every sale by HTTPS; and bundles, thousands of changed ones too, judged check by check as by
`kanhe cert verify`. A node that serves another genesis has to be refused.

    second_verifier_tests.py BUILD
"""
import json
import os
import pathlib
import subprocess
import sys
import time

from network import Failure, run_programs, wait_until

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VERIFIER, STORY = ROOT / "tests" / "verifier", ROOT / "testnet" / "story"
CHANGES = "400"


def call(command, code=0):
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, timeout=1500,
                          check=False)
    if done.returncode != code:
        raise Failure(f"{command[0]} ended with {done.returncode}, must be {code}:\n{done.stdout}{done.stderr}")
    print(done.stdout.splitlines()[-1])
    return done.stdout


def application_ids(node):
    """Applications are named by the transactions that filed them."""
    status, text = node.endpoint.ask("/v1/events?cursor=0.0.0&count=1000")
    if status != 200:
        raise Failure(f"/v1/events: {status}: {text[:200]}")
    return {subject["id"] for event in json.loads(text)["events"] for subject in event["event"]["subjects"]
            if subject["type"] == "application"}


def stamped_copy(build, network, told):
    """A copy of the title that Clara has stamped for a bank, until tomorrow."""
    endpoint = network.nodes[0].endpoint
    done = subprocess.run([os.path.join(build, "kanhe"), "cert", "stamp", told / "title.json", "--recipient", "XX银行",
                           "--purpose", "住房贷款", "--until", str(int(time.time() * 1000) + 86_400_000), "-o",
                           told / "copy.json", "--plain-key", told.parent / "clara.plain", "--genesis",
                           pathlib.Path(network.directory) / "genesis.json", "--node",
                           f"https://{endpoint.host}:{endpoint.port}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"a clerk's stamp is refused: {done.stdout}{done.stderr}")
    return told / "copy.json"


def run(build, network):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    call([STORY, network.directory, "--build", build])
    directory = pathlib.Path(network.directory)
    genesis, told = directory / "genesis.json", directory / "story" / "1"

    ids = directory / "ids.txt"
    ids.write_text("\n".join(sorted(application_ids(network.nodes[0]))) + "\n", encoding="ascii")
    nodes = [word for node in network.nodes
             for word in ("--node", f"https://{node.endpoint.host}:{node.endpoint.port}")]
    check = [VERIFIER / "check_network.py", *nodes, "--genesis"]
    call([*check, genesis, "--receipts", "100", "--ids", ids])
    other = directory / "other.json"
    other.write_text(json.dumps({**json.loads(genesis.read_text(encoding="utf-8")), "name": "other.example"}),
                     encoding="utf-8")
    if "another genesis" not in call([*check, other], 1):
        raise Failure("a network with another genesis is refused for another reason")

    compare = [VERIFIER / "compare_bundles.py", "--kanhe", os.path.join(build, "kanhe"), "--genesis", genesis,
               "--changes", CHANGES]
    call([*compare, told / "title.json", told / "second.json", told / "forged.json"])
    copy = stamped_copy(build, network, told)
    call([*compare, copy])
    call([*compare, "--recipient", "XX银行", copy])
    call([*compare, "--recipient", "XX银行", "--below", "stamp", copy])
    call([*compare, "--recipient", "YY银行", "--changes", "10", copy, told / "title.json"])


if __name__ == "__main__":
    sys.exit(run_programs("second", run))

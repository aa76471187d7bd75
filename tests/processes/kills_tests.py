#!/usr/bin/env python3
"""Nodes are killed with SIGKILL while transactions run, and nothing that was acknowledged is lost.

    kills_tests.py BUILD [--kills N]

Under load: a backup is killed; the primary is killed, N times (1); all four are killed at once. Each comes back. After
that every transaction that the load program had learnt to be recorded stands in the same block at every node, with the
same receipt; all nodes have the same headers; and the independent verifier (tests/verifier) finds every node's chain
good. For each kill it prints the longest time that passed without a new block.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from network import Failure, Network, run_with, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "verifier"))
import verify  # noqa: E402

RECEIPTS_COMPARED = 100
LOAD_RATE = 60  # transactions a second: what a small machine does beside four nodes, also with a sanitizer
LOAD_SECONDS_MAX = 420  # it is ended when it is no longer needed; transactions are signed ahead for all of it
AFTER_KILL_BLOCKS = 3


class Load:
    """The load program in the background; its acknowledged ids in a file."""

    def __init__(self, program, network, seconds, ids_path):
        self.ids_path = ids_path
        command = [program, network.directory, "--kinds", "certificate=6,import=3,sale=1", "--rate", str(LOAD_RATE),
                   "--seconds", str(seconds), "--warm-up", "0", "--drain", "30", "--senders", "20", "--ids-out",
                   ids_path, "--json"]
        self.words_path = ids_path + ".words"
        with open(self.words_path, "w", encoding="utf-8") as words:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, text=True)

    def words(self):
        return pathlib.Path(self.words_path).read_text(encoding="utf-8")[-2000:]

    def wait_for_beginning(self):
        """Until officers are enrolled and all is signed."""
        wait_until(lambda: self.process.poll() is not None or "measuring" in self.words(), "the load begins")

    def acknowledged(self):
        """[(id, height)] so far."""
        if not os.path.exists(self.ids_path):
            return []
        with open(self.ids_path, encoding="ascii") as file:
            lines = [line.split() for line in file if line.endswith("\n")]
        return [(line[0], int(line[1])) for line in lines]

    def wait_for_more(self, count, what):
        wanted = len(self.acknowledged()) + count
        wait_until(lambda: self.process.poll() is not None or len(self.acknowledged()) >= wanted,
                   f"{count} more acknowledged transactions {what}")
        if self.process.poll() is not None and len(self.acknowledged()) < wanted:
            raise Failure(f"the load program ended {what}: {self.words()}")

    def end(self):
        """Begins no more, waits for what is under way. Answers its report."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=300)
        if self.process.returncode != 0:
            raise Failure(f"the load program ended with {self.process.returncode}: {self.words()}")
        return json.loads(out)

    def abandon(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Watch(threading.Thread):
    """Notes the moments at which some node of a list first shows a new height."""

    def __init__(self, network, nodes):
        super().__init__(daemon=True)
        self.endpoints = [network.endpoint_of(node.department) for node in nodes]
        self.moments = [(time.monotonic(), -1)]
        self.ended = threading.Event()

    def run(self):
        while not self.ended.is_set():
            for endpoint in self.endpoints:
                status, text = endpoint.ask("/v1/head", timeout_s=2)
                if status == 200:
                    height = int(json.loads(text)["newest"]["header"]["height"])
                    if height > self.moments[-1][1]:
                        self.moments.append((time.monotonic(), height))
            time.sleep(0.01)

    def blocks_since(self, moment):
        return sum(1 for when, _ in self.moments if when > moment)

    def longest_gap_since(self, moment):
        times = [moment] + [when for when, _ in self.moments if when > moment]
        return max(b - a for a, b in zip(times, times[1:]))

    def end(self):
        self.ended.set()
        self.join()


def primary_of(network):
    """As the node says that is in the highest view: one that came back knows only an older one for a while."""
    statuses = [node.status() for node in network.nodes]
    newest = max((status for status in statuses if status), key=lambda status: int(status["view"]), default=None)
    if newest is None:
        raise Failure("no node says who the primary is")
    return network.node(newest["primary"])


def kill_one(network, load, victim, what):
    """Kills, waits until the others go on, starts it again. Answers the longest time without a new block."""
    load.wait_for_more(20, f"before {what}")
    others = [node for node in network.nodes if node is not victim]
    watch = Watch(network, others)
    watch.start()
    try:
        wait_until(lambda: watch.moments[-1][1] >= 0, "the others answer")
        killed = time.monotonic()
        victim.kill()
        wait_until(lambda: watch.blocks_since(killed) >= AFTER_KILL_BLOCKS, f"new blocks after {what}")
        # Blocks that were under way may still come, so that it shows later that the primary is gone.
        load.wait_for_more(20, f"after {what}")
        gap = watch.longest_gap_since(killed)
    finally:
        watch.end()
    victim.start()
    wait_until(lambda: victim.head_height() >= watch.moments[-1][1], f"{victim.department} catches up after {what}")
    print(f"{what} ({victim.department}): {gap:.2f} s without a block", flush=True)
    return gap


def kill_all(network, load):
    load.wait_for_more(20, "before all are killed")
    for node in network.nodes:
        node.process.kill()
    for node in network.nodes:
        node.process.wait()
    before = len(load.acknowledged())
    started = time.monotonic()
    for node in network.nodes:
        node.start()
    wait_until(lambda: len(load.acknowledged()) > before, "something is recorded after all were killed")
    print(f"all four killed at once: {time.monotonic() - started:.2f} s from start to the next acknowledged transaction",
          flush=True)
    load.wait_for_more(20, "after all were killed")


def block_of(node, height):
    """(header as JSON, list of body hashes)"""
    answer = node.endpoint.json(f"/v1/blocks/{height}")
    return answer["sealed"]["header"], answer["proposal"]["bodies"] if "proposal" in answer else []


def check_headers_equal(network):
    """A header holds the hash of the one below and the history's root, so the highest common one says almost all."""
    tip = min(node.head_height() for node in network.nodes)
    if tip < 1:
        raise Failure("some node does not answer")
    for height in {tip, *random.sample(range(tip), min(tip, 50))}:
        blocks = [block_of(node, height) for node in network.nodes]
        if any(block != blocks[0] for block in blocks):
            raise Failure(f"block {height} differs between nodes")
    print(f"all four have the same {tip + 1} blocks")


def check_acknowledged(network, acknowledged):
    """At each node: recorded, at the height that was learnt, with one and the same receipt of success."""
    for identifier, height in random.sample(acknowledged, min(RECEIPTS_COMPARED, len(acknowledged))):
        receipts = []
        for node in network.nodes:
            answer = node.endpoint.json(f"/v1/transactions/{identifier}")
            if answer["state"] != "recorded":
                raise Failure(f"{identifier} was acknowledged, and {node.department} says {answer['state']}")
            recorded = answer["recorded"]
            if int(recorded["block"]["sealed"]["header"]["height"]) != height:
                raise Failure(f"{identifier} was acknowledged at {height}, and is elsewhere at {node.department}")
            receipts.append(recorded["receipt"])
        if any(receipt != receipts[0] for receipt in receipts):
            raise Failure(f"{identifier} has different receipts: {receipts}")
        if receipts[0]["outcome"]["type"] != "succeeded":
            raise Failure(f"{identifier} was acknowledged, but refused: {receipts[0]}")
    print(f"receipts are the same at every node: {min(RECEIPTS_COMPARED, len(acknowledged))} compared")


def chain_data(build, node):
    """The node's chain file. Requires: the node is stopped."""
    path = os.path.join(node.directory, "chain")
    subprocess.run([os.path.join(build, "export_chain"), node.directory, path], check=True)
    return pathlib.Path(path).read_bytes()


def check_chain(network, node, data):
    """The independent verifier's word on what this node has on disk. Answers how high it is sealed."""
    genesis = pathlib.Path(network.directory, "genesis.json").read_bytes()
    try:
        return verify.verify_chain(genesis, data).sealed_height
    except verify.Refused as refusal:
        raise Failure(f"{node.department}'s chain is refused at height {refusal.height}: {refusal}") from refusal


def read_blocks(name, data):
    try:
        return [verify.decode(verify.CHAIN_BLOCK, block) for block in verify.split_blocks(data)]
    except verify.Refused as refusal:
        raise Failure(f"{name}'s chain file does not read: {refusal}") from refusal


def check_chains(build, network, acknowledged):
    """One chain is verified; the others hold the same, but for the seals, of which a block may have several."""
    files = {node.department: chain_data(build, node) for node in network.nodes}
    verified = random.choice(network.nodes)
    sealed = check_chain(network, verified, files[verified.department])
    blocks = {name: read_blocks(name, data) for name, data in files.items()}
    first = blocks[verified.department]
    for name, others in blocks.items():
        for height, (one, other) in enumerate(zip(first, others)):
            if {**one, "seal": None} != {**other, "seal": None}:
                raise Failure(f"block {height} of {name} is another than {verified.department}'s")
        heights = {receipt["transaction_id"].hex(): height for height, block in enumerate(others)
                   for receipt in block["receipts"][1:] if receipt["outcome"]["type"] == "succeeded"}
        for identifier, height in acknowledged:
            if heights.get(identifier) != height:
                raise Failure(f"{identifier} was acknowledged at {height}; {name} has {heights.get(identifier)}")
    print(f"nothing lost: {len(acknowledged)} acknowledged transactions stand in each of the four chains; they are "
          f"equal, and the second verifier finds {verified.department}'s good up to height {sealed}")


def kill_and_check(network, build, kills):
    for node in network.nodes:
        node.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    ids_path = os.path.join(network.directory, "acknowledged")
    load = Load(os.path.join(build, "load"), network, LOAD_SECONDS_MAX, ids_path)
    try:
        load.wait_for_beginning()
        kill_one(network, load, next(node for node in network.nodes if node is not primary_of(network)),
                 "a backup killed")
        gaps = [kill_one(network, load, primary_of(network), "the primary killed") for _ in range(kills)]
        print(f"the primary killed {kills} times: median {statistics.median(gaps):.2f} s, worst {max(gaps):.2f} s")
        kill_all(network, load)
        report = load.end()
    finally:
        load.abandon()
    if report["refused"] or report["rejected"] or report["unfinished"]:
        raise Failure(f"the load program had trouble: {json.dumps(report)[:2000]}")
    acknowledged = load.acknowledged()
    check_headers_equal(network)
    check_acknowledged(network, acknowledged)
    for node in network.nodes:
        code = node.stop()
        if code != 0:
            raise Failure(f"{node.department} ended with {code} on SIGTERM, must be 0")
    check_chains(build, network, acknowledged)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--kills", type=int, default=1, help="how often the primary is killed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kanhe-kills-") as directory:
        network = Network(os.path.join(arguments.build, "kanhed"), os.path.join(arguments.build, "make_network"),
                          directory, ["--heartbeat-ms", "2000"])
        return run_with(network, lambda made: kill_and_check(made, arguments.build, arguments.kills))


if __name__ == "__main__":
    sys.exit(main())

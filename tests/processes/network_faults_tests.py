#!/usr/bin/env python3
"""The network between nodes fails, nodes stand still, and clocks are wrong; the others go on, and all heals by itself.

    network_faults_tests.py BUILD [--seconds N]

Under load, with four validators whose connections run through relays (relays.py), each fault N seconds long (2), the
split eight times as long:
  - each node stands still (SIGSTOP) and goes on;
  - each node ends on SIGTERM, within 10 s and with 0, and comes back;
  - each node is cut off: nothing reaches it, nothing leaves it, or neither;
  - two and two: nothing is decided, and work goes on soon after the split ends;
  - each sees another majority (a ring);
  - all links are slow (100 ms each way), and narrow (1 Mbit/s);
  - the clock of each node jumps by an hour, and by a day, forwards and backwards, and back; the primary's too.
Each line says how long no block came. Block times never go back, nor ahead of the time by more than a clock may be off.
"""
import argparse
import os
import sys
import tempfile
import time

from faults import BACK_WITHIN_S, faulty_network, highest_of_others, started_in_time, under_load
from kills_tests import Watch, primary_of
from network import DEPARTMENTS, Failure, run_with, wait_until
from relays import Relays

HOUR_MS = 3_600_000
CLOCK_TOLERANCE_MS = 5000
GAP_MAX_S = 10  # without a block, while a quorum can talk


def watched(network, others, fault, seconds, mend):
    """Runs fault(), waits, runs mend(). Answers the longest time in which none of the others had a new block."""
    watch = Watch(network, others)
    watch.start()
    try:
        wait_until(lambda: watch.moments[-1][1] >= 0, "the others answer")
        began = time.monotonic()
        fault()
        end = began + seconds
        wait_until(lambda: time.monotonic() > end and watch.blocks_since(began) >= 3, "new blocks under the fault")
        gap = watch.longest_gap_since(began)
    finally:
        mend()
        watch.end()
    if gap > GAP_MAX_S:
        raise Failure(f"{gap:.1f} s without a block")
    return gap


def caught_up(network, node, what):
    goal = highest_of_others(network, node)
    began = time.monotonic()
    wait_until(lambda: node.head_height() >= goal, f"{what}: {node.department} catches up", deadline_s=BACK_WITHIN_S,
               poll_s=0.02)
    return time.monotonic() - began


def report(what, gaps, backs):
    print(f"{what}: at most {max(gaps):.2f} s without a block, level again after at most {max(backs):.2f} s", flush=True)


def for_each(network, load, what, seconds, fault, mend):
    """Each node in turn; the primary is among them, and moves on."""
    gaps, backs = [], []
    for node in network.nodes:
        load.wait_for_more(3, f"before {what}")
        others = [other for other in network.nodes if other is not node]
        gaps.append(watched(network, others, lambda: fault(node), seconds, lambda: mend(node)))
        backs.append(caught_up(network, node, what))
    report(what, gaps, backs)


def terminations(network, load):
    times, backs = [], []
    for node in network.nodes:
        load.wait_for_more(10, "before SIGTERM")
        began = time.monotonic()
        if node.stop() != 0:
            raise Failure(f"{node.department} did not end with 0 on SIGTERM under load")
        times.append(time.monotonic() - began)
        backs.append(started_in_time(node, highest_of_others(network, node), "after SIGTERM"))
    print(f"SIGTERM under load: ended after at most {max(times):.2f} s, level again after at most {max(backs):.2f} s",
          flush=True)


def cuts(network, load, relays, seconds):
    def others_of(node):
        return [other for other in DEPARTMENTS if other != node.department]

    inbound = lambda node: {(other, node.department) for other in others_of(node)}
    outbound = lambda node: {(node.department, other) for other in others_of(node)}
    for what, pairs in (("nothing reaches a node", inbound), ("nothing leaves a node", outbound),
                        ("a node is cut off", lambda node: inbound(node) | outbound(node))):
        for_each(network, load, what, seconds, lambda node: relays.cut_off(pairs(node)), lambda node: relays.heal())


def ring(network, load, relays, seconds):
    """Each speaks with its two neighbours only: with three of four, itself included."""
    pairs = {(DEPARTMENTS[i], DEPARTMENTS[(i + 2) % 4]) for i in range(4)}
    load.wait_for_more(3, "before the ring")
    gap = watched(network, network.nodes, lambda: relays.cut_off(pairs), seconds, relays.heal)
    print(f"a ring, each hears two others: at most {gap:.2f} s without a block", flush=True)


def split(network, load, relays, seconds):
    groups = (DEPARTMENTS[:2], DEPARTMENTS[2:])
    pairs = {(a, b) for a in DEPARTMENTS for b in DEPARTMENTS if (a in groups[0]) != (b in groups[0])}
    load.wait_for_more(10, "before the split")
    relays.cut_off(pairs)
    time.sleep(0.5)  # what was on its way
    before = [node.head_height() for node in network.nodes]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        heights = [node.head_height() for node in network.nodes]
        if max(heights) > max(before):
            raise Failure(f"two of four decided something: {before}, {heights}")
        time.sleep(0.2)
    relays.heal()
    began, acknowledged = time.monotonic(), len(load.acknowledged())
    wait_until(lambda: len(load.acknowledged()) > acknowledged, "work goes on after the split", deadline_s=30,
               poll_s=0.02)
    print(f"two and two for {seconds} s: nothing decided; the next acknowledged transaction "
          f"{time.monotonic() - began:.2f} s after it ended", flush=True)


def slow_links(network, load, relays, seconds):
    everyone = {(a, b) for a in DEPARTMENTS for b in DEPARTMENTS if a != b}
    for what, delay, rate in (("100 ms each way", 0.1, None), ("1 Mbit/s each way", 0.0, 125_000)):
        load.wait_for_more(10, f"before {what}")
        before = len(load.acknowledged())
        began = time.monotonic()
        gap = watched(network, network.nodes, lambda: relays.slow(everyone, delay, rate), 2 * seconds, relays.heal)
        pace = (len(load.acknowledged()) - before) / (time.monotonic() - began)
        print(f"{what}: {pace:.0f} transactions/s, at most {gap:.2f} s without a block", flush=True)


def clocks(network, load, seconds):
    for node in network.nodes:
        node.kill()
        node.set_clock(0)
        node.start_faulty("")
        wait_until(lambda: node.head_height() >= highest_of_others(network, node), "it is back")
    for what, offset in (("an hour ahead", HOUR_MS), ("an hour behind", -HOUR_MS), ("a day ahead", 24 * HOUR_MS)):
        for_each(network, load, f"a clock {what}", seconds, lambda node: node.set_clock(offset),
                 lambda node: node.set_clock(0))
        primary = primary_of(network)
        others = [other for other in network.nodes if other is not primary]
        gap = watched(network, others, lambda: primary.set_clock(offset), seconds, lambda: primary.set_clock(0))
        print(f"the primary's clock {what}: at most {gap:.2f} s without a block", flush=True)
    check_block_times(network)
    return True  # whose clock is wrong takes in nothing that is valid now


def check_block_times(network):
    """Of all blocks, as one node tells them."""
    node = network.nodes[0]
    latest, height = 0, 1
    while height <= node.head_height():
        for header in node.endpoint.json(f"/v1/headers?from={height}&count=100")["headers"]:
            time_ms = int(header["timestamp_ms"])
            if time_ms < latest:
                raise Failure(f"the time of block {header['height']} is before its parent's: {time_ms}, {latest}")
            latest, height = time_ms, int(header["height"]) + 1
    if latest > time.time() * 1000 + CLOCK_TOLERANCE_MS:
        raise Failure(f"the last block is from the future: {latest}")


def run(network, build, relays, seconds):
    def nodes_stop(load):
        for_each(network, load, "a node stands still", seconds, lambda node: node.freeze(), lambda node: node.thaw())
        terminations(network, load)

    def links_fail(load):
        ring(network, load, relays, 2 * seconds)
        split(network, load, relays, 8 * seconds)
        slow_links(network, load, relays, seconds)

    under_load(network, build, [nodes_stop, lambda load: cuts(network, load, relays, seconds), links_fail,
                                lambda load: clocks(network, load, seconds)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--seconds", type=int, default=2, help="how long each fault lasts")
    arguments = parser.parse_args()
    build = arguments.build
    with tempfile.TemporaryDirectory(prefix="kanhe-network-faults-") as directory:
        network = faulty_network(build, directory, 1000)
        relays = Relays(network)
        relays.start()
        try:
            return run_with(network, lambda made: run(made, build, relays, arguments.seconds))
        finally:
            relays.stop()


if __name__ == "__main__":
    sys.exit(main())

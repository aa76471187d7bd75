#!/usr/bin/env python3
"""The power of nodes' machines is cut, and nothing that was acknowledged is lost.

    power_cut_tests.py BUILD [--cuts N]

Each node's data are on a file system of their own, an image behind a loop device. A cut stops the process and shuts the
file system down in one moment: what was not synced never reaches the image. Under load:
  - one node's power is cut, in turn each of the four's; it is back within 10 s;
  - the power of all four is cut at once, N times (4): what was acknowledged is there, and work goes on;
  - one node's disk says that it synced and did not: after a cut it may have forgotten its votes. It forks nothing: it
    catches up, or it is silent and says that its votes are lost, until a motion lets it vote again.
Needs root, for mounting; without it the test is skipped.
"""
import argparse
import os
import random
import statistics
import sys
import tempfile
import time

from faults import (BACK_WITHIN_S, SKIPPED, Disk, disks_or_none, faulty_network, highest_of_others, put_data_on,
                    started_in_time, under_load)
from network import DEPARTMENTS, Failure, run_with, wait_until


def cut(victims):
    """victims: [(node, disk)]"""
    for node, _ in victims:
        node.freeze()
    for _, disk in victims:
        disk.cut_power()
    for node, _ in victims:
        node.kill()
    for _, disk in victims:
        disk.restore_power()


def cut_each(network, disks, load, rounds):
    times = []
    for node, disk in list(zip(network.nodes, disks)) * rounds:
        load.wait_for_more(random.randint(3, 40), "before a power cut")
        cut([(node, disk)])
        times.append(started_in_time(node, highest_of_others(network, node), "after a power cut"))
    print(f"power of one node cut {len(times)} times: back after {statistics.median(times):.2f} s, at most "
          f"{max(times):.2f} s", flush=True)


def cut_all(network, disks, load, times):
    took = []
    for _ in range(times):
        load.wait_for_more(random.randint(3, 40), "before the power of all is cut")
        cut(list(zip(network.nodes, disks)))
        acknowledged = load.acknowledged()
        highest = max((height for _, height in acknowledged), default=0)
        began = time.monotonic()
        network.start()
        wait_until(lambda: len(load.acknowledged()) > len(acknowledged), "something is recorded after the power cut",
                   poll_s=0.02)
        took.append(time.monotonic() - began)
        if took[-1] > BACK_WITHIN_S:
            raise Failure(f"work went on only {took[-1]:.1f} s after the power of all was cut")
        lowest = min(node.head_height() for node in network.nodes if node.head_height() >= 0)
        if lowest < highest - 64:
            raise Failure(f"a node is at {lowest}, far below {highest}, which was acknowledged")
    print(f"power of all four cut {times} times: from start to the next acknowledged transaction "
          f"{statistics.median(took):.2f} s, at most {max(took):.2f} s", flush=True)


def lying_disk(network, disks, load):
    """Its votes may be lost with its blocks. It counts as the one faulty node of four."""
    node, disk = network.nodes[3], disks[3]
    node.kill()
    load.wait_for_more(5, "before a disk lies")
    node.start_faulty("sync:1+:lie")
    wait_until(lambda: node.head_height() >= highest_of_others(network, node) - 2, "the lying disk's node is up to date")
    load.wait_for_more(60, "beside a lying disk")
    before = node.head_height()
    cut([(node, disk)])
    node.start()
    lowest = wait_until(lambda: node.head_height() + 1, "it answers", poll_s=0.01) - 1
    goal = highest_of_others(network, node)
    wait_until(lambda: node.head_height() >= goal, "after a cut of a lying disk's power it catches up")
    silence = (node.status() or {}).get("silence")
    print(f"a lying disk's power cut: from height {before} back to {min(lowest, before)}, caught up"
          f"{', silent: ' + silence if silence else ''}", flush=True)


def run(network, disks, build, cuts):
    parts = [lambda load, count=min(50, cuts - done): cut_all(network, disks, load, count)
             for done in range(0, cuts, 50)]
    under_load(network, build, [lambda load: cut_each(network, disks, load, max(1, min(16, cuts // 4))), *parts,
                                lambda load: lying_disk(network, disks, load)])
    if Disk.cuts_that_lost < Disk.cuts / 2:
        raise Failure(f"of {Disk.cuts} power cuts only {Disk.cuts_that_lost} lost anything: this shows nothing")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--cuts", type=int, default=4, help="how often the power of all is cut")
    arguments = parser.parse_args()
    build = arguments.build
    with tempfile.TemporaryDirectory(prefix="kanhe-power-") as directory:
        disks = disks_or_none(directory, DEPARTMENTS)
        if disks is None:
            return SKIPPED
        try:
            network = faulty_network(build, directory)
            for node, disk in zip(network.nodes, disks):
                put_data_on(disk, node)
            return run_with(network, lambda made: run(made, disks, build, arguments.cuts))
        finally:
            for disk in disks:
                disk.unmount()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""A node's machine fails at a chosen moment, and the node comes back by itself with everything that was acknowledged.

    storage_faults_tests.py BUILD [--all]

The unchanged daemon runs with a library in front of the C library that counts its syncs and writes
(tests/processes/faulty_machine.cpp):
  - a first start is killed before its k-th sync and write, and after its k-th sync; then it starts again;
  - under load a validator of four is killed likewise, in turn each of them; it catches up within 10 s;
  - a sync fails once (EIO); the disk is full, once and for good; a write fails; the disk is read-only; there are too few
    descriptors: the node ends by itself with 74 and names the file, and starts again when the machine is mended;
  - a slow disk holds up nobody else;
  - a second process on one data directory is refused.
After all that the acknowledged transactions are in all four chains. --all takes every k up to 60, otherwise a few.
"""
import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from faults import FaultyNode, faulty_network, highest_of_others, started_in_time, under_load
from network import Failure, Network, free_base_port, run_with, wait_until

STORAGE_CODE, BUSY_CODE = 74, 75
FEW = [1, 2, 3, 7, 18, 41]
OTHER_FEW = [5, 12, 29, 60]


def first_starts(build, directory, moments):
    """One validator alone: every operation from the first one on is its own."""
    made, places = 0, []
    for fault in [f"{kind}:{k}:{what}" for k in moments for kind, what in
                  (("sync", "kill"), ("write", "kill"), ("sync", "kill-after"))]:
        home = os.path.join(directory, "alone")
        base = free_base_port(2)
        subprocess.run([os.path.join(build, "make_network"), home, "--departments", "registry", "--base-port", str(base),
                        "--endpoint-base-port", str(base + 1), "--heartbeat-ms", "1000"], check=True)
        node = FaultyNode(build, home, "registry")
        node.endpoint = Network.endpoint_of(type("Home", (), {"directory": home})(), "registry")
        try:
            node.start_faulty(fault)
            wait_until(lambda: node.process.poll() is not None or node.head_height() >= 6,
                       f"a first start with {fault}", poll_s=0.02)
            if node.process.poll() is not None:
                if node.process.returncode != -signal.SIGKILL:
                    raise Failure(f"{fault}: ended with {node.process.returncode}\n{node.last_words()}")
                made += 1
                places.append(started_in_time(node, 1, f"a first start with {fault}"))
            else:
                node.kill()
        finally:
            if node.is_running():
                node.kill()
        shutil.rmtree(home)
    if made < len(moments):
        raise Failure(f"only {made} first starts were killed")
    print(f"first starts killed: {made}; back after at most {max(places):.2f} s", flush=True)


def kill_under_load(network, load, moments):
    """Each moment at the next of the four."""
    worst, made = 0, 0
    faults = [f"{kind}:{k}:{what}" for k in moments for kind, what in
              (("sync", "kill"), ("write", "kill"), ("sync", "kill-after"))]
    for number, fault in enumerate(faults):
        node = network.nodes[number % len(network.nodes)]
        load.wait_for_more(3, f"before {fault}")
        node.kill()
        node.start_faulty(fault)
        node.wait_for_end(-signal.SIGKILL, fault)
        worst = max(worst, started_in_time(node, highest_of_others(network, node), fault))
        made += 1
    print(f"killed at a sync or write under load: {made}; back after at most {worst:.2f} s", flush=True)


def fail_and_mend(network, load, fault, pattern, what, **settings):
    """The node ends by itself and says why; mended, it comes back."""
    node = network.nodes[2]
    load.wait_for_more(3, f"before {what}")
    node.kill()
    node.start_faulty(fault, **settings)
    node.wait_for_end(STORAGE_CODE, what)
    words = node.last_words()
    if not re.search(pattern, words):
        raise Failure(f"{what}: no {pattern!r} in the last words:\n{words}")
    seconds = started_in_time(node, highest_of_others(network, node), what)
    print(f"{what}: ended with {STORAGE_CODE}, \"{re.search(pattern, words).group(0)}\"; back after {seconds:.2f} s",
          flush=True)


def failing_disks(network, load):
    store = r"data/store/[A-Za-z0-9._/-]+"
    for k in (4, 40):
        fail_and_mend(network, load, f"sync:{k}:EIO", store + r".*Input/output error", f"sync {k} fails once")
    for k in (9, 90):
        fail_and_mend(network, load, f"write:{k}:ENOSPC", store + r".*No space left", f"write {k} finds no space, once")
    fail_and_mend(network, load, "write:30+:ENOSPC", store + r".*No space left", "the disk is full from write 30 on")
    fail_and_mend(network, load, "write:25:EIO", store + r".*Input/output error", "write 25 fails")
    fail_and_mend(network, load, "write:25+:EDQUOT", store + r".*quota exceeded", "the quota ends at write 25")
    fail_and_mend(network, load, "write:1+:EROFS,sync:1+:EROFS", store + r".*Read-only file system",
                  "the disk is read-only")
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))
    fail_and_mend(network, load, "", r"Too many open files", "twelve descriptors", preexec_fn=few)


def slow_disk(network, load):
    """Whoever has it falls behind or not; the others go on."""
    node = network.nodes[1]
    node.kill()
    node.start_faulty("sync:1+:delay=300")
    wait_until(lambda: node.head_height() >= 0, "the slow one answers")
    began = time.monotonic()
    load.wait_for_more(100, "beside a slow disk")
    seconds = time.monotonic() - began
    for other in network.nodes:
        if other.alarms():
            raise Failure(f"{other.department} blames somebody: {other.alarms()}")
    print(f"100 transactions beside a disk whose syncs take 300 ms longer: {seconds:.1f} s", flush=True)
    node.kill()
    started_in_time(node, highest_of_others(network, node), "after the slow disk")


def second_process(network):
    node = network.nodes[0]
    done = subprocess.run([node.kanhed, "--config", os.path.join(node.directory, "config.toml")], timeout=20,
                          capture_output=True, text=True)
    if done.returncode != BUSY_CODE or "data" not in done.stderr:
        raise Failure(f"a second process: {done.returncode} {done.stderr}")
    print(f"a second process on one directory: {done.returncode}, {done.stderr.strip()}", flush=True)


def run(network, build, everything):
    def rest(load):
        second_process(network)
        failing_disks(network, load)
        slow_disk(network, load)

    rounds = [range(k, k + 12) for k in range(1, 61, 12)] if everything else [OTHER_FEW]
    under_load(network, build, [lambda load, moments=moments: kill_under_load(network, load, moments)
                                for moments in rounds] + [rest])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--all", action="store_true", help="every k up to 60")
    arguments = parser.parse_args()
    build = arguments.build
    with tempfile.TemporaryDirectory(prefix="kanhe-faults-") as directory:
        try:
            first_starts(build, directory, range(1, 61) if arguments.all else FEW)
        except Failure as failure:
            print(f"FAILED: {failure}")
            return 1
        network = faulty_network(build, directory)
        return run_with(network, lambda made: run(made, build, arguments.all))


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""How much work a network of four does beside a slow or lying primary, a flood, or a silent validator: a table.

    primaries_bench.py BUILD [--liar KANHED] [--seconds N] [--clients N] [--only CASE,...] [--json]

For each case a new network of four; so many clients submit as fast as they are served (a closed loop), N seconds long
(60). The fault begins in the middle of the warm-up, when the primary has shown what it can do, or with the network
(cases "cold …"). Printed are transactions/s that became final, their share of the fault-free figure of the same run,
the median and 99th percentile of their latency, and who was primary how long.

  none            nothing
  slow            the primary takes R transactions a second, and no more
  lazy            the primary proposes all that waits, once in 0.9 s
  small           the primary fills its window with blocks of one transaction
  censoring       the primary never proposes what was submitted at one of the other nodes
  cold slow, …    the same from the first block on
  silent primary, silent backup   stands still (SIGSTOP); clients use the three others
  invalid flood   a client sends transactions with wrong signatures, as fast as it can
  valid flood     one sender submits valid transactions as fast as it can, beside the others

KANHED is a daemon that lies (tests/liars/build makes it); without it its cases are left out.
"""
import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import threading
import time

from faults import faulty_network
from network import DEPARTMENTS, Failure, run_with, wait_until

LIES = {"slow": "slow", "lazy": "lazy", "small": "small", "censoring": "censor"}
WARM_UP_S = 10


class Primaries(threading.Thread):
    """Who is primary how long, as the node that is in the highest view says."""

    def __init__(self, network):
        super().__init__(daemon=True)
        self.network, self.seconds, self.changes, self.ended = network, {}, [], threading.Event()

    def run(self):
        last, before = None, time.monotonic()
        while not self.ended.wait(0.1):
            statuses = [node.status() for node in self.network.nodes if node.is_running()]
            newest = max((s for s in statuses if s), key=lambda s: int(s["view"]), default=None)
            now = time.monotonic()
            if newest:
                primary = newest["primary"]
                self.seconds[primary] = self.seconds.get(primary, 0) + now - before
                if primary != last:
                    self.changes.append((now, primary))
                last = primary
            before = now

    def end(self):
        self.ended.set()
        self.join()

    def text(self):
        return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items())


def load_command(build, directory, *words):
    return [os.path.join(build, "load"), directory, "--json", *map(str, words)]


def without(network, node):
    """The network's directory as clients see it who do not use that node."""
    path = os.path.join(network.directory, "others")
    os.mkdir(path)
    for name in os.listdir(network.directory):
        if name not in ("others", node.department):
            os.symlink(os.path.join(network.directory, name), os.path.join(path, name))
    return path


def flood_invalid(build, network):
    return subprocess.Popen([os.path.join(build, "flood"), network.directory, "--clients", "32", "--seconds", "600"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measured(build, network, case, arguments):
    """Runs one case; answers its row."""
    lie_file = os.path.join(network.directory, "lie")
    kind = case.removeprefix("cold ")
    primary, backup = (network.node(name) for name in sorted(DEPARTMENTS)[:2])  # of view 0
    if kind in LIES:
        primary.kanhed = arguments.liar
        os.environ["KANHE_LIE"] = lie_file
        if case != kind:
            write(lie_file, LIES[kind])
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    silent = {"silent primary": primary, "silent backup": backup}.get(case)
    directory = without(network, silent) if silent else network.directory
    words = os.path.join(network.directory, "words")
    command = load_command(build, directory, "--clients", arguments.clients, "--seconds", arguments.seconds, "--warm-up",
                           WARM_UP_S, "--drain", 30, "--senders", 200)
    primaries, others = Primaries(network), []
    with open(words, "w", encoding="utf-8") as log:
        load = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        wait_until(lambda: load.poll() is not None or "measuring" in read(words), "the load begins", deadline_s=300)
        primaries.start()
        time.sleep(WARM_UP_S / 2)
        if kind in LIES:
            write(lie_file, LIES[kind])
        elif silent:
            silent.freeze()
        elif kind == "invalid flood":
            others.append(flood_invalid(build, network))
        elif kind == "valid flood":
            flood = ["--clients", 64, "--seconds", arguments.seconds + WARM_UP_S, "--senders", 1, "--warm-up", 0]
            others.append(subprocess.Popen(load_command(build, network.directory, *flood), stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL, text=True))
        out, _ = load.communicate(timeout=600)
        if load.returncode != 0:
            raise Failure(f"{case}: the load program ended with {load.returncode}: {read(words)[-1000:]}")
    finally:
        primaries.end()
        for process in (load, *others):
            if process.poll() is None and process is not load:
                process.terminate()
                process.wait()
        if load.poll() is None:
            load.kill()
    report = json.loads(out)
    if others and kind == "valid flood":
        flood = json.loads(others[0].communicate()[0] or "{}")
        report["beside"] = flood.get("finalized_per_second")
    return {"case": case, "finalized_per_second": report["finalized_per_second"],
            "p50_ms": report["latency"]["p50_us"] // 1000, "p99_ms": report["latency"]["p99_us"] // 1000, "longest_gap_ms": report.get("longest_gap_ms"),
            "primaries": primaries.text(), "beside": report.get("beside")}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--liar", type=os.path.abspath, help="a daemon that lies")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--clients", type=int, default=256)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cases = ["none", *LIES, *(f"cold {lie}" for lie in LIES), "silent primary", "silent backup", "invalid flood",
             "valid flood"]
    if not arguments.liar:
        cases = [case for case in cases if case.removeprefix("cold ") not in LIES]
    if arguments.only:
        cases = [case for case in cases if case in arguments.only.split(",") or case == "none"]
    if not arguments.json:
        print(f"$ {shlex.join(sys.argv)}\n{platform.node()}: {os.cpu_count()} processors, {platform.release()}\n")
        print(f"{'case':<16} {'final/s':>8} {'share':>6} {'p50 ms':>7} {'p99 ms':>7} {'gap ms':>7}  primaries",
              flush=True)
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="kanhe-primaries-") as directory:
            network = faulty_network(arguments.build, directory)
            if run_with(network, lambda made, name=case: rows.append(measured(arguments.build, made, name, arguments))):
                return 1
        row = rows[-1]
        row["share"] = row["finalized_per_second"] / max(1, rows[0]["finalized_per_second"])
        if arguments.json:
            print(json.dumps(row), flush=True)
        else:
            beside = f"; the flood {row['beside']}/s" if row["beside"] is not None else ""
            print(f"{case:<16} {row['finalized_per_second']:>8} {row['share']:>6.0%} {row['p50_ms']:>7} "
                  f"{row['p99_ms']:>7} {str(row['longest_gap_ms']):>7}  {row['primaries']}{beside}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""testnet/bench in its short form: every case is measured or said to be skipped, the table has all rows, the results
can be read, and the page stands alone. What the figures are is nobody's business here. And: how medians, ratios and
scales are made, on rounds that are made up.

    bench_tests.py BUILD
"""
import html
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from network import Failure

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "testnet"))
from benchmark import figures, page, plan, svg, table  # noqa: E402

# Of a peer that may be missing here, and of a route that may be.
OPTIONAL = ("postgresql.", "etcd.", "kanhe4.read.plain.")
PLOTS = 7


def demand(holds, what):
    if not holds:
        raise Failure(what)


def check_verdicts():
    """A ratio is made within each round; a round without a figure does not count."""
    rounds = [{"kanhe4.issue.rate": 100, "etcd.put.rate": 50}, {"kanhe4.issue.rate": 300, "etcd.put.rate": 600},
              {"kanhe4.issue.rate": 90, "etcd.put.rate": 100}, {"kanhe4.issue.rate": 7}]
    by_label = {verdict.target.label: verdict for verdict in figures.verdicts(rounds)}
    against_etcd = by_label["issues/s ÷ etcd puts/s"]
    demand(against_etcd.values == [2, 0.5, 0.9], f"ratios are {against_etcd.values}")
    demand(against_etcd.median == 0.9 and against_etcd.word == "missed", "0.9 misses a bound of at least 1")
    limit = by_label["issues/s ÷ (signature limit ÷ 4 nodes)"]
    demand(limit.median is None and limit.word == "not measured", "there was no limit")
    idle = figures.verdicts([{"kanhe4.idle.p50_ms": 3}])
    demand([verdict.word for verdict in idle if verdict.values] == ["met"], "a bound of at most 3 is met by 3")
    demand([figures.number(value) for value in (None, 1234.5, 12.34, 0.567)] == ["–", "1,234", "12.3", "0.57"],
           "numbers have three digits")


def check_scales():
    scale = svg.Scale([0, 9_300], 100, 0)
    demand(scale.ticks == [0, 2_000, 4_000, 6_000, 8_000, 10_000], f"ticks are {scale.ticks}")
    demand(scale(0) == 100 and scale(10_000) == 0, "a scale begins and ends where it was told")
    logarithmic = svg.Scale([100, 10_000], 0, 10, logarithmic=True)
    demand(logarithmic.ticks == [100, 1_000, 10_000] and logarithmic(1_000) == 5, "decades are equally wide")
    demand("not measured" in svg.curves("a", [("b", [])], "x", "y"), "a plot without points says so")


class Absent:
    name, packages = "Absent", ("absent-server",)
    is_installed = staticmethod(lambda: False)


def check_skips():
    """What is not here is named, with the package that brings it; what is no peer is never skipped."""
    plan.PEERS["absent"] = Absent
    try:
        skipped = plan.skipped_peers(["limits", "absent"], install=False)
    finally:
        del plan.PEERS["absent"]
    demand(skipped == {"Absent": "not installed; Debian: absent-server"}, f"skipped are {skipped}")


def run_bench(build, directory):
    command = [sys.executable, str(ROOT / "testnet/bench"), "--quick", "--build", build, "-o", str(directory / "out"),
               "--work", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode != 0:
        raise Failure(f"testnet/bench --quick ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def check_results(results, done):
    demand(len(results["rounds"]) == 1 and not results["rounds"][0]["troubles"], "there is not one good round")
    found = results["rounds"][0]["figures"]
    demand(all(isinstance(value, (int, float, list)) for value in found.values()), "a figure is no number")
    for measure in figures.MEASURES:
        if measure.key in found:
            demand(measure.label in done.stdout, f"the table has no row {measure.label}")
        else:
            demand(measure.key.startswith(OPTIONAL), f"{measure.key} was not measured")
    for key in ("kanhe4.loads", "growth.rates"):
        demand(len(found.get(key, [])) == 2, f"{key} has not two points")
    for target in figures.TARGETS:
        demand(target.label in done.stdout, f"the table has no row {target.label}")
    demand(results["machine"]["processors"] == os.cpu_count(), "the machine is another one")
    demand({"processor", "memory_mib", "kernel", "versions"} <= set(results["machine"]), "the machine lacks a word")
    for program in ("bench_limits", "/load ", "kanhe cert issue-batch", "bench_reads", "bench_executor"):
        demand(any(program in line for line in results["commands"]), f"no command line of {program}")


def check_peers(results, done):
    """Measured, or skipped aloud."""
    found = results["rounds"][0]["figures"]
    for name, peer in plan.PEERS.items():
        measured = any(key.startswith(name + ".") for key in found)
        demand(measured == peer.is_installed(), f"{peer.name} is measured: {measured}")
        if not measured:
            said = f"SKIPPED {peer.name}"
            demand(said in done.stderr and said in done.stdout, f"{peer.name} is skipped in silence")
        print(f"{peer.name}: {'measured' if measured else 'skipped, and said so'}")


def check_page(text, results):
    demand(text == page.html_of(results), "the page is not that of the results")
    demand(not re.search(r"\b(src|href)\s*=|url\(|@import|<script", text), "the page wants something from elsewhere")
    demand(text.count("<svg ") == PLOTS, f"the page has {text.count('<svg ')} plots")
    demand("not measured in this run" not in text, "a plot is empty")
    for label, *_ in table.measure_rows([results["rounds"][0]["figures"]]):
        demand(html.escape(label) in text, f"the page has no row {label}")


def main():
    build = os.path.abspath(sys.argv[1])
    try:
        check_verdicts()
        check_scales()
        check_skips()
        with tempfile.TemporaryDirectory(prefix="kanhe-bench-tests-") as made:
            directory = pathlib.Path(made)
            # PostgreSQL's user has to get through.
            directory.chmod(0o755)
            done = run_bench(build, directory)
            results = json.loads((directory / "out/results.json").read_text(encoding="utf-8"))
            check_results(results, done)
            check_peers(results, done)
            check_page((directory / "out/report.html").read_text(encoding="utf-8"), results)
            demand([path.name for path in directory.iterdir()] == ["out"], "something was left behind")
    except Failure as failure:
        print(f"FAILED: {failure}")
        return 1
    print("the table has its rows, the results can be read, the page stands alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What is measured in which order: each round measures every case once, so that a machine that becomes slower or faster
meanwhile does so for all of them.
"""
import datetime
import json
import os
import subprocess

from network import Failure

from . import machine
from .etcd import Etcd
from .growth import Growth
from .kanhe import FourNodes, MoreNodes
from .limits import Limits
from .postgres import Postgres
from .processes import say

PEERS = {"postgresql": Postgres, "etcd": Etcd}
CASES = ("limits", "kanhe4", *PEERS, "kanhe7", "kanhe10", "growth")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def skipped_peers(cases, install):
    """{name: why} of the peers that are not here. With `install` apt-get brings them first."""
    missing = [name for name in cases if name in PEERS and not PEERS[name].is_installed()]
    packages = [package for name in missing for package in PEERS[name].packages]
    if packages and install:
        say(f"apt-get install {' '.join(packages)}")
        subprocess.run(["apt-get", "-q", "update"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "-q", "install", "-y", "--no-install-recommends", *packages], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        missing = [name for name in missing if not PEERS[name].is_installed()]
    for name in missing:
        say(f"SKIPPED {PEERS[name].name}: it is not installed (--install, or apt-get install "
            f"{' '.join(PEERS[name].packages)})")
    return {PEERS[name].name: f"not installed; Debian: {' '.join(PEERS[name].packages)}" for name in missing}


class Plan:
    """Owns the cases. Each is made when it is first measured, and measured by measure(figures of this round so far)."""

    def __init__(self, runner, build, directory, options, results):
        self.runner, self.options, self.results, self.made = runner, options, results, {}
        self.makers = {
            "limits": lambda: Limits(runner, build, directory, options),
            "kanhe4": lambda: FourNodes(runner, build, directory, options),
            "postgresql": lambda: Postgres(runner, directory, options),
            "etcd": lambda: Etcd(runner, build, directory, options),
            "kanhe7": lambda: MoreNodes(runner, build, directory, options, 7),
            "kanhe10": lambda: MoreNodes(runner, build, directory, options, 10),
            "growth": lambda: Growth(runner, build, directory, options),
        }

    def case(self, name):
        if name not in self.made:
            self.made[name] = self.makers[name]()
            if name in PEERS:
                self.results["machine"]["versions"][self.made[name].name] = self.made[name].version()
            # What an earlier run that is continued has found out.
            if hasattr(self.made[name], "clients"):
                self.made[name].clients.update(self.results["clients"].get(name, {}))
        return self.made[name]

    def measure(self, names):
        """One round. A case that fails is said and left out of it."""
        began, figures, others, troubles = now(), {}, {}, []
        for name in names:
            say(f"round {len(self.results['rounds']) + 1}: {name}")
            beside = machine.Others()
            try:
                case = self.case(name)
                figures.update(case.measure(figures))
            except (Failure, OSError, subprocess.SubprocessError) as failure:
                say(f"FAILED {name}: {failure}")
                troubles.append(f"{name}: {failure}")
                continue
            others[name] = round(beside.share(), 3)
            if hasattr(case, "clients"):
                self.results["clients"][name] = case.clients
                self.results["tried"].setdefault(case.name, {}).update(case.tried)
        self.results["rounds"].append({"began": began, "ended": now(), "others": others, "figures": figures,
                                       "troubles": troubles})
        return not troubles


def new_results(directory, options, skipped):
    return {"version": 1, "machine": machine.describe(directory, {}), "options": options, "skipped": skipped,
            "clients": {}, "tried": {}, "commands": [], "rounds": []}


def read_results(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)

#!/usr/bin/env python3
"""The vault in a real network: papers that a window took in are read by the departments of the flow at their own nodes,
by nobody else, and never in the clear on a disk; also when a node was away, or a file was damaged.

    vault_tests.py BUILD
"""
import itertools
import json
import os
import pathlib
import sys

from cli_tests import COULD_NOT_CHECK, GOOD, NOT_AUTHORISED
from network import Failure, run_programs, wait_until
from registry_tests import Registry, demand_words
from story_tests import tell

LARGE = 300_000  # more than two parts
DEPARTMENTS = ("registry", "tax", "housing", "treasury")


class Vault:
    """A sale of a house whose papers are files."""

    def __init__(self, desk):
        self.desk, self.stage = desk, desk.stage
        seller, buyer = (desk.stage.person(desk.number(person)) for person in (70, 71))
        folder = desk.directory / "sale"
        folder.mkdir()
        self.sale = desk.story.Sale(self.stage, folder, seller, buyer)
        (folder / "sale-contract.pdf").write_bytes(b"%PDF the contract" + os.urandom(LARGE))
        self.papers = {path.stem: path for path in folder.glob("*.pdf") if path.stem in desk.story.MATERIALS}
        self.seller = seller

    def command(self, name, department, code, *arguments):
        return self.stage.sign(department, self.stage.key(name), [*arguments, "--purpose", "house-sale-review"], code)

    def read(self, name, department, folder, code=GOOD):
        """The files as the officer gets them: [{name, path or trouble}]."""
        done = self.command(name, department, code, "application", "files", self.sale.id, "-o",
                            self.desk.directory / folder, "--json")
        return json.loads(done.stdout)["files"]

    def demand_all(self, files):
        got = {file["name"]: pathlib.Path(file["path"]).read_bytes() for file in files if file["name"] in self.papers}
        if got != {name: path.read_bytes() for name, path in self.papers.items()}:
            raise Failure(f"the papers are not those that were filed: {files}")


def log_of(desk, department, name):
    path = pathlib.Path(desk.network.directory, department, "data", name)
    return path.read_text(encoding="utf-8") if path.exists() else ""


def check_reading(desk, vault):
    vault.sale.enter()
    vault.sale.file()
    away = vault.read("tess", "tax", "before", COULD_NOT_CHECK)
    if not all("no department of this matter has it" in file["trouble"] for file in away):
        raise Failure(f"what nobody has uploaded is {away}")
    uploaded = json.loads(vault.command("clara", "registry", GOOD, "application", "upload", *vault.papers.values(),
                                        "--json").stdout)["files"]
    if sorted(int(file["bytes"]) for file in uploaded) != sorted(path.stat().st_size for path in vault.papers.values()):
        raise Failure(f"uploaded is {uploaded}")
    demand_words(vault.command("tess", "tax", GOOD, "application", "files", vault.sale.id).stdout, "sale-contract",
                 next(file["digest"] for file in uploaded if file["path"].endswith("sale-contract.pdf")))
    vault.demand_all(vault.read("rita", "registry", "by-rita"))
    vault.demand_all(vault.read("tess", "tax", "by-tess"))
    vault.demand_all(vault.read("hugo", "housing", "by-hugo"))
    # At another department's node an officer reads as well: it is the signature that counts.
    vault.demand_all(vault.read("tess", "registry", "at-the-registry"))
    refused = vault.read("theo", "treasury", "by-theo", COULD_NOT_CHECK)
    if not all("treasury has no step" in file["trouble"] for file in refused):
        raise Failure(f"the treasury reads {refused}")
    demand_words(vault.command("tess", "registry", NOT_AUTHORISED, "application", "upload",
                               *vault.papers.values()).stderr, "keeps files for officers of registry")
    for department in ("registry", "tax"):
        lines = [line for line in log_of(desk, department, "query.log").splitlines()
                 if "file_part " in line and '"tax"' in line and "house-sale-review" in line]
        if len(lines) < len(vault.papers):
            raise Failure(f"{department} logs {len(lines)} readings by the tax office")
    print("files: put in at the window, read by three departments at their own nodes, by no other; all of it logged")


def check_disk(desk, vault):
    stored = [path for department in DEPARTMENTS
              for path in pathlib.Path(desk.network.directory, department, "data", "vault").rglob("*") if path.is_file()]
    of_registry = [path for path in stored if "registry" in path.parts and path.name != "key.check"]
    if len(of_registry) < len(vault.papers):
        raise Failure(f"the registry's vault holds {of_registry}")
    others = [path for path in stored if path not in of_registry and path.name != "key.check"]
    if others:
        raise Failure(f"other departments keep copies: {others}")
    for path in stored:
        if b"%PDF" in path.read_bytes() or path.stat().st_mode & 0o077:
            raise Failure(f"{path} shows what is in it")
    print("disk: at the registry alone, encrypted, for its owner alone")


def check_trouble(desk, vault):
    nodes = dict(zip(DEPARTMENTS, desk.network.nodes))
    nodes["registry"].kill()
    wait_until(lambda: "peer_disconnected peer=registry" in log_of(desk, "tax", "kanhed.log"), "the tax office sees it")
    away = vault.read("tess", "tax", "while-away", COULD_NOT_CHECK)
    if not all("it may be at registry" in file["trouble"] for file in away):
        raise Failure(f"with the registry away, the files are {away}")
    nodes["registry"].start()
    wait_until(lambda: nodes["registry"].head_height() >= 1, "the registry answers again")

    tries = itertools.count()

    def comes_back():
        files = vault.read("tess", "tax", f"again-{next(tries)}", (GOOD, COULD_NOT_CHECK))
        return all(file["path"] for file in files if file["name"] in vault.papers)

    wait_until(comes_back, "the tax office reads again")
    digest = json.loads(vault.command("tess", "tax", GOOD, "application", "files", vault.sale.id, "--json").stdout)
    contract = next(file["file"]["digest"] for file in digest["files"] if file["name"] == "sale-contract")
    path = pathlib.Path(desk.network.directory, "registry", "data", "vault", contract[:2], contract)
    damaged = bytearray(path.read_bytes())
    damaged[200_000] ^= 1
    path.write_bytes(damaged)
    files = vault.read("rita", "registry", "damaged", COULD_NOT_CHECK)
    troubles = [file["trouble"] for file in files if file["trouble"]]
    if len(troubles) != 1 or contract not in troubles[0]:
        raise Failure(f"a damaged file is told as {troubles}")
    if "file_damaged" not in log_of(desk, "registry", "kanhed.log"):
        raise Failure("the registry's log does not tell of the damaged file")
    print("trouble: a node that is away is named, one that is back is asked again, a damaged file is never handed out")


def run(build, network):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    tell(build, network.directory)
    desk = Registry(build, network)
    vault = Vault(desk)
    check_reading(desk, vault)
    check_disk(desk, vault)
    check_trouble(desk, vault)


if __name__ == "__main__":
    sys.exit(run_programs("vault", run))

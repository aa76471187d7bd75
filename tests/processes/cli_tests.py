#!/usr/bin/env python3
"""The exit codes of kanhe against a real network, as scripts rely on them: each code by several ways that lead to it.

    cli_tests.py BUILD

testnet/story brings the officers and certificates.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys

from network import Failure, free_base_port, run_programs, wait_until
from story_tests import tell

GOOD, NOT_VALID, USAGE, NOT_AUTHENTIC, NOT_AUTHORISED, COULD_NOT_CHECK, MALFORMED, REFUSED = range(8)
INTERRUPTED = 130


class Command:
    def __init__(self, build, network):
        self.program = os.path.join(build, "kanhe")
        self.home = pathlib.Path(network.directory, "story")
        self.genesis = os.path.join(network.directory, "genesis.json")
        self.node = f"https://{network.nodes[0].endpoint.host}:{network.nodes[0].endpoint.port}"

    def start(self, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KANHE_")}
        return subprocess.Popen([self.program, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=environment, cwd=self.home)

    def expect(self, code, *words):
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        if process.returncode != code:
            raise Failure(f"kanhe {' '.join(map(str, words))}\n  ended with {process.returncode}, must be {code}\n"
                          f"{out}{err}")
        return out, err

    def online(self, code, *words):
        return self.expect(code, *words, "--genesis", self.genesis, "--node", self.node)


def bundle_id(path):
    return json.loads(path.read_text(encoding="utf-8"))["document"]["id"]


def check_reads(kanhe, told, application, unit):
    title, second, forged = told / "title.json", told / "second.json", told / "forged.json"
    genesis = ["--genesis", kanhe.genesis]
    for words in (["network", "show"], ["node", "status"], ["property", "show", unit], ["trace", "show", f"unit:{unit}"],
                  ["application", "show", application], ["bill", "show", application],
                  ["cert", "status", bundle_id(title)]):
        kanhe.online(GOOD, *words)
        json.loads(kanhe.online(GOOD, *words, "--json")[0])
    kanhe.expect(GOOD, "cert", "verify", title, *genesis)
    kanhe.expect(GOOD, "trace", "verify", told / "history.json", *genesis)
    kanhe.expect(NOT_VALID, "cert", "verify", title, "--strict", *genesis)
    kanhe.expect(NOT_VALID, "cert", "verify", second, *genesis)
    kanhe.online(NOT_VALID, "cert", "status", bundle_id(second))
    kanhe.expect(NOT_AUTHENTIC, "cert", "verify", forged, *genesis)
    altered = told / "altered-history.json"
    text = (told / "history.json").read_text(encoding="utf-8")
    altered.write_text(text.replace("service.accepted", "service.forgotten"), encoding="utf-8")
    kanhe.expect(NOT_AUTHENTIC, "trace", "verify", altered, *genesis)


def check_usage_and_form(kanhe, told):
    genesis = ["--genesis", kanhe.genesis]
    for words in ([], ["nonsense"], ["cert"], ["cert", "verify"], ["network", "show", "--nonsense"],
                  ["cert", "verify", told / "title.json"], ["key", "new"]):
        kanhe.expect(USAGE, *words)
    broken = told / "broken.json"
    broken.write_text("{", encoding="utf-8")
    kanhe.expect(MALFORMED, "cert", "verify", broken, *genesis)
    kanhe.online(USAGE, "property", "found-register", "44", "--plain-key", kanhe.home / "reg.plain")
    content = told / "broken.toml"
    content.write_text("id = 7\n", encoding="utf-8")
    kanhe.online(MALFORMED, "cert", "issue", content, "--dry-run")


def check_authority(kanhe):
    readable = kanhe.home / "readable.plain"
    readable.write_text((kanhe.home / "reg.plain").read_text(encoding="ascii"), encoding="ascii")
    readable.chmod(0o644)
    kanhe.online(NOT_AUTHORISED, "property", "found-register", "440305", "--plain-key", readable)
    wrong = kanhe.home / "wrong-passphrase"
    wrong.touch(0o600)
    wrong.write_text("not the passphrase\n", encoding="ascii")
    kanhe.online(NOT_AUTHORISED, "property", "found-register", "440305", "--key", kanhe.home / "reg.key",
                 "--passphrase-file", wrong)


def check_unreachable(kanhe, told, network):
    nobody = f"https://127.0.0.1:{free_base_port(1)}"
    kanhe.expect(COULD_NOT_CHECK, "network", "show", "--genesis", kanhe.genesis, "--node", nobody)
    # Another network's genesis: nothing can be said about this one's certificates.
    other = told / "other.json"
    genesis = json.loads(pathlib.Path(kanhe.genesis).read_text(encoding="utf-8"))
    other.write_text(json.dumps({**genesis, "name": "other.example"}), encoding="utf-8")
    code = kanhe.start("cert", "verify", told / "title.json", "--genesis", other)
    code.communicate(timeout=60)
    if code.returncode in (GOOD, NOT_VALID):
        raise Failure(f"a certificate of another network verifies with code {code.returncode}")
    # A quorum is missing: what is sent is received, and not called recorded.
    for node in network.nodes[2:]:
        node.kill()
    kanhe.online(COULD_NOT_CHECK, "property", "found-register", "440306", "--plain-key", kanhe.home / "reg.plain",
                 "--wait", "2")
    for node in network.nodes[2:]:
        node.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "the killed nodes answer again")


def check_refusals(kanhe, unit):
    # Registered and not the administrator; a unit that exists; known to nobody.
    kanhe.online(REFUSED, "property", "found-register", "440305", "--plain-key", kanhe.home / "reg.plain")
    kanhe.online(REFUSED, "property", "import-entry", "--row", "again", "--unit", unit, "--usage", "residential",
                 "--right", "state_land_use_and_house", "--holders.1.party", "11" * 32, "--effective_ms", "2015-06-01",
                 "--plain-key", kanhe.home / "ida.plain")
    stranger = kanhe.home / "stranger.plain"
    stranger.touch(0o600)
    stranger.write_text("42" * 32 + "\n", encoding="ascii")
    out, _ = kanhe.online(REFUSED, "property", "found-register", "440305", "--plain-key", stranger, "--json")
    if json.loads(out)["recorded"]["receipt"]["outcome"]["type"] != "refused":
        raise Failure(f"a refusal is no refused receipt: {out}")


def check_interrupt(kanhe, open_application):
    watching = kanhe.start("application", "watch", open_application, "--genesis", kanhe.genesis, "--node", kanhe.node)
    watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    watching.communicate(timeout=30)
    if watching.returncode != INTERRUPTED:
        raise Failure(f"interrupted, kanhe ended with {watching.returncode}, must be {INTERRUPTED}")


def open_application(kanhe, unit):
    """A sale of the unit by its holder that nobody has accepted."""
    seller = json.loads(kanhe.online(GOOD, "property", "show", unit, "--json")[0])["unit"]["holders"][0]["party"]
    buyer = "11" * 32
    words = ["application", "sell", unit, "--sellers", seller, "--buyers.1.party", buyer, "--applicants", seller,
             "--applicants", buyer, "--price", "1.00"]
    for number, material in enumerate(["application-form", "identity", "sale-contract"], 1):
        file = f"--materials.{number}.file"
        words += [f"--materials.{number}.code", material, f"{file}.media_type", "application/pdf",
                  f"{file}.algorithm", "sha256", f"{file}.digest", "22" * 32]
    _, err = kanhe.online(GOOD, *words, "--plain-key", kanhe.home / "clara.plain")
    return err.split("transaction ")[1][:64]


def run(build, network):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    tell(build, network.directory)
    kanhe = Command(build, network)
    told = kanhe.home / "1"
    history = json.loads((told / "history.json").read_text(encoding="utf-8"))
    unit = history["subject"]["id"]
    application = next(subject["id"] for event in history["events"] for subject in event["event"]["subjects"]
                       if subject["type"] == "application")
    check_reads(kanhe, told, application, unit)
    check_usage_and_form(kanhe, told)
    check_authority(kanhe)
    check_refusals(kanhe, unit)
    check_interrupt(kanhe, open_application(kanhe, unit))
    check_unreachable(kanhe, told, network)
    print("every exit code is what scripts rely on")


if __name__ == "__main__":
    sys.exit(run_programs("cli", run))

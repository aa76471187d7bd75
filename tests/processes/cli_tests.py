#!/usr/bin/env python3
"""The exit codes of kanhe against a real network, as scripts rely on them: each code by several ways that lead to it.

    cli_tests.py BUILD

testnet/story brings the officers and certificates.
"""
import datetime
import json
import os
import pathlib
import secrets
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


def day_from_now(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).isoformat(timespec="seconds")


def key_of(kanhe, name):
    """The public key of someone of the story."""
    return json.loads(kanhe.expect(GOOD, "key", "show", kanhe.home / f"{name}.key", "--json")[0])["public_key"]


def new_party_key(kanhe, name, party):
    """A plain key that Clara has registered for the party."""
    (kanhe.home / f"{name}.plain").touch(0o600)
    (kanhe.home / f"{name}.plain").write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    kanhe.expect(GOOD, "key", "import", kanhe.home / f"{name}.plain", "-o", kanhe.home / f"{name}.key",
                 "--passphrase-file", kanhe.home / "passphrase")
    kanhe.online(GOOD, "officer", "register-party", key_of(kanhe, name), "--party", party, "--plain-key",
                 kanhe.home / "clara.plain")
    return kanhe.home / f"{name}.plain"


class Copies:
    """Stamped copies of the story's title, for a bank."""
    recipient, purpose = "XX银行", "住房贷款"

    def __init__(self, kanhe, told):
        self.kanhe, self.told = kanhe, told

    def stamp(self, code, name, key, *words, until=None):
        path = self.told / name
        self.kanhe.online(code, "cert", "stamp", self.told / "title.json", "--recipient", self.recipient, "--purpose",
                          self.purpose, "--until", until or day_from_now(1), "-o", path, "--plain-key", key, *words)
        if path.exists() != (code == GOOD):
            raise Failure(f"{name}: a copy is written exactly when it is good")
        return path

    def verify(self, code, path, *words):
        return self.kanhe.expect(code, "cert", "verify", path, "--genesis", self.kanhe.genesis, *words)[0]

    def verify_at_bank(self, code, path, *words):
        return self.verify(code, path, "--recipient", self.recipient, "--purpose", self.purpose, *words)

    def altered(self, path, name, change):
        copy = json.loads(path.read_text(encoding="utf-8"))
        change(copy)
        (self.told / name).write_text(json.dumps(copy, ensure_ascii=False), encoding="utf-8")
        return self.told / name


def check_stamped_copies(kanhe, told):
    copies, clara = Copies(kanhe, told), kanhe.home / "clara.plain"
    copy = copies.stamp(GOOD, "copy.json", clara, "--show", "holder.name", "--drop-holder", "--matter", "DK-7")
    shown = json.loads(copy.read_text(encoding="utf-8"))
    if "holder_opening" in shown["document"] or shown["stamp"]["terms"]["matter_number"] != "DK-7":
        raise Failure("the copy shows more than was asked for, or lacks the number of the matter")
    if "登记中心" not in copies.verify_at_bank(GOOD, copy) or copies.recipient not in kanhe.expect(
            GOOD, "cert", "show", copy)[0]:
        raise Failure("who stamped the copy, or for whom, is not told")
    copies.verify(GOOD, copy)
    copies.verify(NOT_VALID, copy, "--recipient", "YY银行")
    copies.verify(NOT_VALID, copy, "--recipient", copies.recipient, "--purpose", "开户")
    copies.verify_at_bank(NOT_VALID, told / "title.json")
    for what in ("recipient", "purpose", "matter_number"):
        copies.verify(NOT_AUTHENTIC, copies.altered(copy, "altered.json", lambda made, part=what:
                                                    made["stamp"]["terms"].update({part: "x"})))
    longer = copies.altered(copy, "longer.json", lambda made: made["stamp"]["terms"].update({"until_ms": str(2**47)}))
    copies.verify_at_bank(NOT_AUTHENTIC, longer)
    kanhe.online(MALFORMED, "cert", "bundle", "refresh", longer)
    # Taken off, it is a copy without a stamp, and says so to who asks.
    bare = copies.altered(copy, "bare.json", lambda made: made.pop("stamp"))
    if "V14" not in copies.verify(GOOD, bare):
        raise Failure("that a copy has no stamp is not said")
    copies.verify_at_bank(NOT_VALID, bare)
    kanhe.online(GOOD, "cert", "bundle", "refresh", copy)
    copies.verify_at_bank(GOOD, copy)
    for words in (["stamp", copy, "--recipient", "x", "--purpose", "x", "--until", day_from_now(1), "-o",
                   told / "again.json", "--plain-key", clara], ["disclose", copy, "--show", "holder.name", "-o",
                                                                told / "again.json"]):
        kanhe.online(REFUSED, "cert", *words)
    copies.stamp(USAGE, "late.json", clara, until=day_from_now(-1))
    over = copies.stamp(GOOD, "over.json", clara, until=day_from_now(8 / 86_400))
    wait_until(lambda: "✗ V15" in kanhe.start("cert", "verify", over, "--genesis", kanhe.genesis).communicate()[0],
               "the copy for eight seconds is over")
    copies.verify_at_bank(NOT_VALID, over)


def check_who_stamps(kanhe, told, network, unit):
    copies = Copies(kanhe, told)
    copies.stamp(NOT_AUTHORISED, "of-stranger.json", kanhe.home / "stranger.plain")
    # An issuer who has left: as of then the copy was good, now nobody can tell.
    copy = copies.stamp(GOOD, "of-iris.json", kanhe.home / "iris.plain")
    copies.verify_at_bank(GOOD, copy)
    administrator = pathlib.Path(network.directory, "officers", "registry-administrator.key")
    kanhe.online(GOOD, "officer", "dismiss", key_of(kanhe, "iris"), "--plain-key", administrator)
    kanhe.online(GOOD, "cert", "bundle", "refresh", copy)
    copies.verify_at_bank(COULD_NOT_CHECK, copy)
    copies.stamp(NOT_AUTHORISED, "of-iris-again.json", kanhe.home / "iris.plain")
    # The holder, whom the facts of the title's unit name; and somebody else.
    holder = json.loads(kanhe.online(GOOD, "property", "show", unit, "--json")[0])["unit"]["holders"][0]["party"]
    own = copies.stamp(GOOD, "own.json", new_party_key(kanhe, "holder", holder))
    if "✓ V14" not in copies.verify_at_bank(GOOD, own):
        raise Failure("the holder's own stamp is not known as such")
    copies.stamp(NOT_AUTHORISED, "of-another.json", new_party_key(kanhe, "another", "11" * 32))


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
    check_stamped_copies(kanhe, told)
    check_who_stamps(kanhe, told, network, unit)
    check_interrupt(kanhe, open_application(kanhe, unit))
    check_unreachable(kanhe, told, network)
    print("every exit code is what scripts rely on")


if __name__ == "__main__":
    sys.exit(run_programs("cli", run))

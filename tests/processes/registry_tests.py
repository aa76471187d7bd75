#!/usr/bin/env python3
"""What a registry does by the command line, against a real network: it imports its existing records, registers a sale
and issues its certificate by one transaction, issues certificates in batches, and hands out histories that prove
themselves. Each also as it must not go: with faults, aborted, without a quorum, by the wrong officer, or tampered with.

    registry_tests.py BUILD

testnet/story brings officers, register, service and certificate type.
"""
import concurrent.futures
import copy
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import imports
from cli_tests import (COULD_NOT_CHECK, GOOD, MALFORMED, NOT_AUTHENTIC, NOT_VALID, REFUSED, USAGE, Command, bundle_id)
from network import POLL_S, Failure, run_programs, wait_until
from story_tests import STORY, tell

VERIFIER = STORY.parent.parent / "tests" / "verifier"
sys.path.insert(0, str(VERIFIER))
import verify_bundle  # noqa: E402

CHANGES = "40"  # of a member's bundle, judged by both verifiers
MEMBERS = 9
PRIVATE = 0o600
SOON_S = 10


def read_script(name, path):
    """A program without an ending as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    # Nothing is written beside what is tested.
    module.__dict__["__cached__"] = None
    loader.exec_module(module)
    return module


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


class Registry:
    """The desk: the command, the story's officers and how they sign, a directory for papers."""

    def __init__(self, build, network):
        self.network = network
        self.kanhe = Command(build, network)
        self.story = read_script("story", STORY)
        self.stage = self.story.Stage(pathlib.Path(network.directory), pathlib.Path(build))
        # It acts here, and tells nothing.
        self.stage.line = self.stage.chapter = lambda *words: None
        self.pepper = self.stage.pepper
        self.code = self.stage.codes["registry"]
        self.type_code = self.code + "022"
        self.directory = pathlib.Path(network.directory, "papers")
        self.directory.mkdir()
        (self.directory / "plan.pdf").write_text("%PDF the floor plan\n", encoding="ascii")

    def sign(self, code, officer, *words):
        """What the officer's command says on both channels."""
        out, err = self.kanhe.online(code, *words, "--plain-key", self.kanhe.home / f"{officer}.plain")
        return out + err

    def verify(self, code, path, *words):
        return json.loads(self.kanhe.expect(code, "cert", "verify", path, "--genesis", self.kanhe.genesis, "--json",
                                            *words)[0])

    def number(self, person):
        """An identity number; the story has those below 300."""
        return self.story.resident_id(300 + person)

    def code_of(self, *words):
        process = self.kanhe.start(*words, "--genesis", self.kanhe.genesis, "--node", self.kanhe.node)
        process.communicate(timeout=60)
        return process.returncode

    def stop_quorum(self):
        for node in self.network.nodes[2:]:
            node.kill()

    def start_again(self):
        for node in self.network.nodes[2:]:
            node.start()
        wait_until(lambda: all(node.head_height() >= 1 for node in self.network.nodes), "the killed nodes answer again")


def demand_mode(path):
    mode = path.stat().st_mode & 0o777
    if mode != PRIVATE:
        raise Failure(f"{path} has salts in it and mode {mode:o}, must be {PRIVATE:o}")


def demand_words(text, *words):
    """Columns are as wide as their widest cell, so spaces count once."""
    plain = re.sub(" +", " ", text)
    for word in words:
        if word not in plain:
            raise Failure(f"{word!r} is not said:\n{text}")


def demand_soon(ask, *words):
    """Of what is asked again and again: a block that one node has comes to the others a moment later."""
    end = time.monotonic() + SOON_S
    while True:
        try:
            return demand_words(ask(), *words)
        except Failure:
            if time.monotonic() > end:
                raise
            time.sleep(POLL_S)


# ---------------------------------------------------------------------------------------------------------------------
# Registration

def check_register_refusals(desk, sale, content, title):
    """What is wrong is refused, sent or not, and leaves neither file nor change."""
    words = ["cert", "register", content, "-o", title]
    without = desk.directory / "without.toml"
    lines = content.read_text(encoding="utf-8").splitlines(keepends=True)
    without.write_text("".join(line for line in lines if not line.startswith("application")), encoding="utf-8")
    demand_words(desk.sign(MALFORMED, "reg", "cert", "register", without, "-o", title), "application: is missing")
    other = desk.directory / "other-application.toml"
    other.write_text(content.read_text(encoding="utf-8").replace(sale.id, "5f" * 32), encoding="utf-8")
    demand_words(desk.sign(REFUSED, "reg", "cert", "register", other, "-o", title), "unknown_application")
    demand_words(desk.sign(REFUSED, "reg", *words), "unpaid")
    desk.stage.act("theo", "", "", *desk.story.pay(desk.stage, sale, "P-register"))
    demand_words(desk.sign(REFUSED, "iris", *words), "role_needed")
    if title.exists():
        raise Failure("a certificate that was refused left a bundle")
    title.write_text("another paper", encoding="ascii")
    desk.sign(MALFORMED, "reg", *words)
    if title.read_text(encoding="ascii") != "another paper":
        raise Failure("a file that was there has been overwritten")
    title.unlink()
    application = json.loads(desk.kanhe.online(GOOD, "application", "show", sale.id, "--json")[0])["application"]
    if application["phase"] != "billed":
        raise Failure(f"nothing was registered, but the application is {application['phase']}")


def check_registered(desk, sale, title, buyer, buyer_number):
    """The title has passed, the application is closed, the certificate is good: all in one block."""
    identifier = bundle_id(title)
    demand_mode(title)
    report = desk.verify(GOOD, title, "--holder", f"resident_id:{buyer_number}")
    failed = [check for check in report["checks"] if check["result"] == "fail"]
    if failed or report["verdict"] != "VALID_WITH_WARNINGS":
        raise Failure(f"{report['verdict']}: {failed}")
    desk.verify(NOT_VALID, title, "--holder", f"resident_id:{desk.number(99)}")
    unit = json.loads(desk.kanhe.online(GOOD, "property", "show", sale.unit, "--json")[0])["unit"]
    wanted = {"holders": [{"party": buyer}], "title": identifier, "application": sale.id, "entry": "transfer"}
    if {name: unit[name] for name in wanted} != wanted:
        raise Failure(f"the register has {unit}, must have {wanted}")
    application = json.loads(desk.kanhe.online(GOOD, "application", "show", sale.id, "--json")[0])["application"]
    if application["phase"] != "registered":
        raise Failure(f"the application is {application['phase']}")
    history = desk.directory / "registered.json"
    desk.kanhe.online(GOOD, "trace", "fetch", f"application:{sale.id}", "-o", history)
    events = [(event["event"]["name"], event["position"]["height"]) for event in read_json(history)["events"]]
    height = events[-1][1]
    if [name for name, at in events if at == height] != ["certificate.issued", "property.transferred", "service.closed"]:
        raise Failure(f"registered are {events}")


def check_register(desk):
    directory = desk.directory / "sale"
    directory.mkdir()
    seller_number, buyer_number = desk.number(1), desk.number(2)
    seller, buyer = desk.stage.person(seller_number), desk.stage.person(buyer_number)
    sale = desk.story.Sale(desk.stage, directory, seller, buyer)
    desk.story.sell(desk.stage, sale, "P-register")
    content, title = directory / "title.toml", directory / "title.json"
    content.write_text(desk.story.title_content(sale, desk.type_code, desk.code, "R2025001", buyer_number, sale.id),
                       encoding="utf-8")
    words = ["cert", "register", content, "-o", title]
    dry = json.loads(desk.kanhe.expect(GOOD, *words, "--dry-run", "--json")[0])
    if dry["application"] != sale.id or title.exists():
        raise Failure(f"a dry run shows {dry}")
    check_register_refusals(desk, sale, content, title)
    desk.sign(GOOD, "reg", *words)
    check_registered(desk, sale, title, buyer, buyer_number)
    second = directory / "second.json"
    demand_words(desk.sign(REFUSED, "reg", "cert", "register", content, "-o", second), "wrong_phase")
    if second.exists():
        raise Failure("an application that is closed got a second bundle")
    for node in desk.network.nodes:
        wait_until(lambda: node.endpoint.ask(f"/v1/certificates/{bundle_id(title)}")[0] == 200,
                   f"{node.department} knows the certificate")
    print("register: title, application and certificate together or not at all")
    return sale


# ---------------------------------------------------------------------------------------------------------------------
# Limits

class Limits:
    """A unit with what stands against it, as the registrar enters it and others see it."""

    def __init__(self, desk, sale, title):
        self.desk, self.sale, self.title = desk, sale, title
        self.evidence = f"sha256:{title}"

    def enter(self, code, *words):
        return self.desk.sign(code, "reg", "property", *words, "--evidence", self.evidence)

    def shown(self):
        limits = json.loads(self.desk.kanhe.online(GOOD, "property", "show", self.sale.unit, "--json")[0])["limits"]
        return [(limit["number"], limit["limit"]["burden"]["type"]) for limit in limits]

    def demand_on_certificate(self, words):
        """V12 of the title, by both verifiers; without words nothing stands there."""
        self.desk.kanhe.online(GOOD, "cert", "bundle", "refresh", self.title)
        report = self.desk.verify(GOOD, self.title)
        check = next(check for check in report["checks"] if check["name"] == "land_register")
        if (check["result"] == "warn") != bool(words) or words not in check["en"]:
            raise Failure(f"V12 is {check}, must say {words!r}")
        done = subprocess.run([sys.executable, VERIFIER / "verify_bundle.py", self.title, "--genesis",
                               self.desk.kanhe.genesis], capture_output=True, text=True, check=False)
        line = next((line for line in done.stdout.splitlines() if line.startswith("V12")), done.stdout + done.stderr)
        if ("warn" in line) != bool(words):
            raise Failure(f"the second verifier says {line!r}")


def check_limits(desk, sale, title):
    directory = desk.directory / "resale"
    directory.mkdir()
    bank, heir = desk.stage.person(desk.number(20)), desk.stage.person(desk.number(21))
    owner, buyer = sale.buyer, desk.stage.person(desk.number(22))
    limits, unit = Limits(desk, sale, title), sale.unit
    limits.demand_on_certificate("")
    limits.enter(GOOD, "object", unit, "--objector", heir, "--applicants", heir)
    mortgage = ["mortgage", unit, "--mortgagee", bank, "--amount", "1500000.00", "--applicants", owner]
    demand_words(limits.enter(REFUSED, *mortgage), "R03", "R17")
    mortgage += ["--applicants", bank, "--statements.1.rule", "17", "--statements.1.party", bank,
                 "--statements.1.evidence", limits.evidence]
    limits.enter(GOOD, *mortgage)
    if limits.shown() != [(1, "objection"), (2, "mortgage")]:
        raise Failure(f"the unit shows {limits.shown()}")
    demand_words(desk.kanhe.online(GOOD, "property", "show", unit)[0], "1,500,000.00", "objection")
    limits.demand_on_certificate("mortgage 1, objection 1")
    limits.enter(GOOD, "end", unit, "1", "--reason", "decided", "--document", "(2025)粤0304民初7号")

    resale = desk.story.Sale(desk.stage, directory, owner, buyer)
    resale.unit = unit
    said = desk.sign(REFUSED, "clara", *resale.filing())
    demand_words(said, "R18")
    if "R17" in said:
        raise Failure(f"the objection has ended, but counts:\n{said}")
    knows = ["--statements.1.rule", "18", "--statements.1.party", buyer, "--statements.1.evidence", limits.evidence]
    application = desk.stage.act("clara", "", "", *resale.filing(), *knows)
    delivered = json.loads(desk.kanhe.online(GOOD, "network", "head", "--json")[0])["newest"]["header"]["timestamp_ms"]
    limits.enter(GOOD, "seize", unit, "--debtor", owner, "--authority", "福田区人民法院", "--days", "1095",
                 "--document", "(2025)粤0304执12号", "--delivered_ms", delivered)

    def phase():
        shown = json.loads(desk.kanhe.online(GOOD, "application", "show", application, "--json")[0])
        return shown["application"]["phase"]

    wait_until(lambda: phase() == "stopped", lambda: f"the seizure stops the sale: {phase()}")
    demand_words(desk.sign(REFUSED, "clara", *resale.filing(), *knows), "R07")
    limits.demand_on_certificate("mortgage 1, seizure 1")
    limits.enter(GOOD, "end", unit, "3", "--reason", "decided", "--document", "(2025)粤0304执12号之一")
    limits.enter(GOOD, "end", unit, "2", "--reason", "released", "--applicants", bank)
    limits.demand_on_certificate("")
    print("limits: entered, shown, said on the certificate; what stands against a sale stops it, and says its rule")


# ---------------------------------------------------------------------------------------------------------------------
# Batches

def member_content(desk, number, prefix, more=""):
    return (f'type = "{desk.type_code}"\nissuer = "{desk.code}"\nserial = "{prefix}{number:03}"\nedition = 1\n{more}'
            f'[holder]\nkind = "resident_id"\nnumber = "{desk.number(number)}"\n'
            f'[fields]\ncertificate.name = "不动产权证书"\nholder.name = "持证人 {number}"\narea.rooms = {number}\n'
            '[[files]]\npath = "../plan.pdf"\nmedia_type = "application/pdf"\n')


def check_batch_faults(desk, contents, words):
    """Every fault is named, and nothing is sent or written."""
    faulty = {"other-prefix.toml": member_content(desk, 50, "2024"), "twice.toml": member_content(desk, 1, "2025B"),
              "supersedes.toml": member_content(desk, 51, "2025B", f'application = "{"5f" * 32}"\n'),
              "broken.toml": "id = 7\n"}
    for name, text in faulty.items():
        (contents / name).write_text(text, encoding="utf-8")
    said = desk.sign(MALFORMED, "iris", *words)
    demand_words(said, *faulty, "--skip-faulty")
    shown = json.loads(desk.kanhe.expect(GOOD, *words, "--skip-faulty", "--dry-run", "--json")[0])
    if shown["count"] != MEMBERS:
        raise Failure(f"without the faulty ones there are {shown['count']}, must be {MEMBERS}")
    for name in faulty:
        (contents / name).unlink()


def check_members(desk, contents, bundles):
    """The list names every document, and every member's bundle verifies for itself."""
    lines = (bundles / "documents.csv").read_text(encoding="utf-8").splitlines()
    listed = dict(line.split(",")[::2] for line in lines[1:])
    if lines[0] != "source,id,bundle" or sorted(listed) != sorted(map(str, contents.iterdir())):
        raise Failure(f"documents.csv says {lines}")
    answer = desk.verify(GOOD, bundles)
    if len(answer["files"]) != MEMBERS:
        raise Failure(f"{len(answer['files'])} bundles verify, must be {MEMBERS}")
    for number in range(MEMBERS):
        path = pathlib.Path(listed[str(contents / f"{number}.toml")])
        demand_mode(path)
        report = desk.verify(GOOD, path, "--holder", f"resident_id:{desk.number(number)}", "--file",
                             desk.directory / "plan.pdf")
        checks = {check["id"]: check["result"] for check in report["checks"]}
        if checks["V05"] != "pass" or "fail" in checks.values():
            raise Failure(f"{path}: {checks}")
        desk.verify(NOT_VALID, path, "--holder", f"resident_id:{desk.number(number + 1)}")
    return [pathlib.Path(listed[str(contents / f"{number}.toml")]) for number in range(MEMBERS)]


def check_no_member(desk, members):
    """A document at another's place, at a place of its own making, or with another content is no member."""
    one, other = read_json(members[0]), read_json(members[-1])
    forged = []
    for place in (other["batch"], {**one["batch"], "index": 1}, {**one["batch"], "count": MEMBERS - 1},
                  {**one["batch"], "path": one["batch"]["path"][:-1]}):
        forged.append({**one, "batch": place})
    forged.append({**one, "document": {**one["document"], "holder": other["document"]["holder"]}})
    forged.append({**one, "document": {**one["document"], "fields": one["document"]["fields"][1:]}})
    for number, bundle in enumerate(forged):
        path = desk.directory / f"no-member-{number}.json"
        path.write_text(json.dumps(bundle, ensure_ascii=False), encoding="utf-8")
        desk.verify(NOT_AUTHENTIC, path)
    # Its number lies in the batch, so without its place nobody can tell.
    placeless = desk.directory / "placeless.json"
    placeless.write_text(json.dumps({name: value for name, value in one.items() if name != "batch"}), encoding="utf-8")
    desk.verify(COULD_NOT_CHECK, placeless)
    shown = desk.directory / "shown.json"
    desk.kanhe.expect(GOOD, "cert", "disclose", members[0], "--show", "holder.name", "-o", shown)
    desk.verify(GOOD, shown)


def decision(document_number):
    return ["--decision.reason", "4", "--decision.legal_basis", "行政许可法第六十九条", "--decision.decided_by",
            "registry", "--decision.document_number", document_number, "--decision.effective_ms", "2025-06-03"]


def check_standings(desk, members, bundles, key_words):
    """One member ends; then the batch is suspended: what the bundles say follows."""
    desk.sign(GOOD, "iris", "cert", "revoke", bundle_id(members[3]), "--kind", "rescinded", *decision("深规撤〔2025〕12号"))
    desk.kanhe.online(GOOD, "cert", "bundle", "refresh", bundles)
    for member in members:
        desk.verify(NOT_VALID if member == members[3] else GOOD, member)
    desk.sign(GOOD, "iris", "cert", "suspend-batch", *key_words, *decision("深规暂〔2025〕13号"))
    desk.kanhe.online(GOOD, "cert", "bundle", "refresh", bundles)
    for member in members:
        desk.verify(NOT_VALID, member)


def check_unknown_outcome(desk, words, bundles):
    """Without a quorum nobody knows; the bundles stay, because their salts cannot be made again."""
    desk.stop_quorum()
    desk.sign(COULD_NOT_CHECK, "iris", *words, "--wait", "1")
    desk.verify(COULD_NOT_CHECK, bundles)
    desk.start_again()
    wait_until(lambda: desk.code_of("cert", "bundle", "refresh", bundles) == GOOD
               and desk.code_of("cert", "verify", bundles) == GOOD, "the batch is recorded, its bundles completed")


def write_lines(desk, path, prefix, count):
    """The other form of contents: one JSON record a line, with complete identifiers."""
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            head = f"1.2.156.3005.2.{desk.type_code}.{desk.code}.{prefix}{number:03}.001"
            check = verify_bundle.check_character(f"{desk.type_code}{desk.code}{prefix}{number:03}001")
            record = {"id": f"{head}.{check}", "holder": {"kind": "resident_id", "number": desk.number(number)},
                      "fields": [{"path": "holder.name", "value": {"type": "text", "value": f"持证人 {number}"}}], "files": []}
            file.write(json.dumps({"document": record}, ensure_ascii=False) + "\n")


def check_lines(desk):
    """A batch from lines, whose evidence is fetched later."""
    lines, bundles = desk.directory / "lines.jsonl", desk.directory / "of-lines"
    write_lines(desk, lines, "2025C", 5)
    desk.sign(GOOD, "iris", "cert", "issue-batch", lines, "--type", desk.type_code, "--prefix", "2025C", "-o", bundles,
              "--no-evidence")
    desk.verify(COULD_NOT_CHECK, bundles)
    desk.kanhe.online(GOOD, "cert", "bundle", "refresh", bundles)
    if len(desk.verify(GOOD, bundles)["files"]) != 5:
        raise Failure("a batch of five lines has not five bundles")


def check_resumed(desk):
    """A run that was broken off goes on with what it wrote: the same salts, and nothing issued twice."""
    lines, bundles = desk.directory / "lines-d.jsonl", desk.directory / "resumed"
    write_lines(desk, lines, "2025D", 5)
    going_on = ["cert", "issue-batch", "--type", desk.type_code, "--prefix", "2025D", "-o", bundles]
    desk.stop_quorum()
    desk.sign(COULD_NOT_CHECK, "iris", *going_on, lines, "--wait", "1")
    # The others forget what they had not recorded.
    for node in desk.network.nodes[:2]:
        node.kill()
        node.start()
    desk.start_again()
    written = {path: read_json(path)["document"] for path in bundles.glob("1.2.*.json")}
    # Two at once, beside what the first run had sent: one is recorded, and all of them have issued the batch.
    with concurrent.futures.ThreadPoolExecutor() as clerks:
        for run in [clerks.submit(desk.sign, GOOD, "iris", *going_on, "--resume") for _ in range(2)]:
            run.result()
    if len(desk.verify(GOOD, bundles)["files"]) != 5:
        raise Failure("a batch that was resumed has not five bundles")
    if any(read_json(path)["document"] != document for path, document in written.items()):
        raise Failure("a batch was resumed with other salts")
    desk.sign(GOOD, "iris", *going_on, "--resume")
    other = desk.directory / "resumed-other"
    shutil.copytree(bundles, other)
    next(iter(other.glob("1.2.*.json"))).unlink()
    desk.sign(MALFORMED, "iris", *going_on[:-1], other, "--resume")
    (other / "documents.csv").unlink()
    demand_words(desk.sign(MALFORMED, "iris", *going_on[:-1], other, "--resume"), "sent nothing")


def check_result_file(desk):
    """A batch in one file: durable before it is sent, the same salts after a crash, each bundle handed out and good."""
    lines, result, taken = desk.directory / "lines-e.jsonl", desk.directory / "e.kanhe", desk.directory / "taken"
    write_lines(desk, lines, "2025E", 5)
    going_on = ["cert", "issue-batch", "--type", desk.type_code, "--prefix", "2025E", "--result", result]
    demand_words(desk.sign(MALFORMED, "iris", *going_on, "--resume"), "sent nothing")
    desk.stop_quorum()
    run = desk.kanhe.start(*going_on, lines, "--genesis", desk.kanhe.genesis, "--node", desk.kanhe.node, "--plain-key",
                           desk.kanhe.home / "iris.plain")
    wait_until(result.exists, "the result file is in its place")
    run.kill()
    run.communicate(timeout=60)
    written = result.read_bytes()
    demand_mode(result)
    desk.sign(COULD_NOT_CHECK, "iris", *going_on, "--resume", "--wait", "1")
    desk.start_again()
    # Two at once, beside what the runs before had sent.
    with concurrent.futures.ThreadPoolExecutor() as clerks:
        for clerk in [clerks.submit(desk.sign, GOOD, "iris", *going_on, "--resume") for _ in range(2)]:
            clerk.result()
    if result.read_bytes() != written:
        raise Failure("a batch was resumed with another file")
    listed = desk.kanhe.expect(GOOD, "cert", "bundle", "list", result)[0].split()
    desk.kanhe.online(GOOD, "cert", "bundle", "take", result, listed[-1].split(",")[1], "-o", taken)
    desk.verify(GOOD, taken)
    everything = desk.directory / "taken-all"
    desk.kanhe.expect(GOOD, "cert", "bundle", "take", result, "--all", "--no-evidence", "-o", everything)
    desk.verify(COULD_NOT_CHECK, everything)
    desk.kanhe.online(GOOD, "cert", "bundle", "refresh", everything)
    if len(desk.verify(GOOD, everything)["files"]) != 5 or len(listed) != 6:
        raise Failure("a result file of five lines has not five bundles")
    for path in everything.glob("*.json"):
        demand_mode(path)
    # Refused: the prefix is taken, and nothing is left.
    other = desk.directory / "e-again.kanhe"
    demand_words(desk.sign(REFUSED, "iris", *going_on[:-1], other, lines), "prefix_taken")
    if list(desk.directory.glob("e-again.kanhe*")) or list(desk.directory.glob("e.kanhe.*")):
        raise Failure("a batch left a file that it should not")
    desk.sign(MALFORMED, "iris", *going_on, lines)


def check_batch(desk, build):
    contents, bundles = desk.directory / "contents", desk.directory / "bundles"
    contents.mkdir()
    for number in range(MEMBERS):
        (contents / f"{number}.toml").write_text(member_content(desk, number, "2025B"), encoding="utf-8")
    words = ["cert", "issue-batch", contents, "--type", desk.type_code, "--prefix", "2025B", "-o", bundles]
    check_batch_faults(desk, contents, words)
    demand_words(desk.sign(REFUSED, "carl", *words), "role_needed")
    if bundles.exists():
        raise Failure("a batch that was not issued left a directory")
    check_unknown_outcome(desk, words, bundles)
    members = check_members(desk, contents, bundles)
    desk.sign(MALFORMED, "iris", *words)
    again = [*words[:-1], desk.directory / "again"]
    demand_words(desk.sign(REFUSED, "iris", *again), "prefix_taken")
    if again[-1].exists():
        raise Failure("a batch that was refused left a directory")
    check_no_member(desk, members)
    check_lines(desk)
    check_resumed(desk)
    check_result_file(desk)
    subprocess.run([sys.executable, str(VERIFIER / "compare_bundles.py"), "--kanhe", os.path.join(build, "kanhe"),
                    "--genesis", desk.kanhe.genesis, "--changes", CHANGES, str(members[1])], check=True, timeout=200)
    check_standings(desk, members, bundles, ["--type", desk.type_code, "--issuer", desk.code, "--prefix", "2025B"])
    print(f"batches: {MEMBERS} members, each with a bundle that verifies; no other document does")


# ---------------------------------------------------------------------------------------------------------------------
# Histories

def flipped(text):
    """Hexadecimal digits, the last one another."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def later(text):
    return str(int(text) + 1)


def with_event(history, number, *path_and_change):
    """A copy in which a value of one event is changed by a function."""
    changed = copy.deepcopy(history)
    *path, last, change = path_and_change
    holder = changed["events"][number]
    for step in path:
        holder = holder[step]
    holder[last] = change(holder[last])
    return changed


def tampered(history):
    """(what was done, the history with this done to it), for every event and block."""
    events, blocks = history["events"], history["blocks"]
    for i in range(len(events)):
        yield f"{i} left out", {**history, "events": events[:i] + events[i + 1:]}
        yield f"{i} doubled", {**history, "events": events[:i + 1] + events[i:]}
        yield f"{i} data", with_event(history, i, "event", "data", flipped)
        yield f"{i} name", with_event(history, i, "event", "name", lambda name: name + "x")
        yield f"{i} time", with_event(history, i, "time_ms", later)
        yield f"{i} height", with_event(history, i, "position", "height", later)
        yield f"{i} place", with_event(history, i, "position", "event", lambda place: place + 1)
        yield f"{i} subjects", with_event(history, i, "event", "subjects", lambda subjects: subjects[:1])
        if i + 1 < len(events):
            swapped = [*events[:i], events[i + 1], events[i], *events[i + 2:]]
            yield f"{i} swapped", {**history, "events": swapped}
            # The contents alone, so that the places ascend.
            contents = copy.deepcopy(events)
            contents[i]["event"], contents[i + 1]["event"] = contents[i + 1]["event"], contents[i]["event"]
            yield f"{i} swapped in place", {**history, "events": contents}
    for i in range(len(blocks)):
        yield f"block {i} left out", {**history, "blocks": blocks[:i] + blocks[i + 1:]}
        moved = copy.deepcopy(history)
        header = moved["blocks"][i]["header"]
        header["timestamp_ms"] = later(header["timestamp_ms"])
        for event in moved["events"]:
            if event["position"]["height"] == header["height"]:
                event["time_ms"] = header["timestamp_ms"]
        yield f"block {i} moved in time", moved
    record = copy.deepcopy(history["trace"])
    record["value"] = record["value"][:4] + f"{int(record['value'][4:6], 16) - 1:02x}" + record["value"][6:]
    yield "last left out, and counted so", {**history, "events": events[:-1], "trace": record}
    yield "nothing at all", {**history, "events": [], "blocks": []}


def check_refused(desk, good, bad, directory):
    """Of (what was done, history), all in one directory: the bad ones are refused, the good ones beside them are not."""
    directory.mkdir()
    for number, (_, content) in enumerate(good + bad):
        (directory / f"{number:04}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    (directory / "9999.json").write_text("{", encoding="ascii")
    answer = json.loads(desk.kanhe.expect(NOT_AUTHENTIC, "trace", "verify", directory, "--genesis", desk.kanhe.genesis,
                                          "--json")[0])
    names = [what for what, _ in good + bad] + ["no JSON"]
    for number, (what, file) in enumerate(zip(names, answer["files"], strict=True)):
        if file["complete"] != (number < len(good)):
            raise Failure(f"{file['file']}, {what}, is said to be {'' if file['complete'] else 'in'}complete: {file}")


def fetch(desk, unit, node, name):
    path = desk.directory / name
    desk.kanhe.expect(GOOD, "trace", "fetch", f"unit:{unit}", "-o", path, "--genesis", desk.kanhe.genesis, "--node",
                      f"https://{node.endpoint.host}:{node.endpoint.port}")
    return path


def check_histories(desk, importing, sale):
    nodes, verify = desk.network.nodes, ["trace", "verify", "--genesis", desk.kanhe.genesis]
    paths = [fetch(desk, sale.unit, node, f"{node.department}-history.json") for node in nodes]
    desk.kanhe.expect(GOOD, *verify, *paths)
    histories = [read_json(path) for path in paths]
    if any(history["events"] != histories[0]["events"] for history in histories):
        raise Failure("the nodes tell different histories of a unit")
    names = [event["event"]["name"] for event in histories[0]["events"]]
    if names[0] != "property.imported" or names[-1] not in ("property.transferred", "service.closed"):
        raise Failure(f"the unit's history is {names}")

    directory = desk.directory / "histories"
    words = ["trace", "fetch", "--units-of", importing.directory / "records.csv", "--mapping", importing.mapping, "-o"]
    desk.kanhe.online(GOOD, *words, directory)
    desk.kanhe.online(USAGE, *words[:4], "-o", directory)
    counts = {read_json(path)["subject"]["id"]: len(read_json(path)["events"]) for path in directory.iterdir()}
    if counts != imports.mixed_counts(importing):
        raise Failure(f"histories have {counts} events, must have {imports.mixed_counts(importing)}")
    answer = json.loads(desk.kanhe.expect(GOOD, *verify, directory, "--json")[0])
    if int(answer["complete"]) != len(counts) or int(answer["failed"]) != 0:
        raise Failure(f"of {len(counts)} histories verify {answer['complete']}")

    # The same unit a while later: both are complete, each as of its own header.
    resold = imports.unit_number(4)
    before = read_json(fetch(desk, resold, nodes[0], "before.json"))
    importing.resell(4, desk.number(15))
    after = read_json(fetch(desk, resold, nodes[0], "after.json"))
    if len(after["events"]) != len(before["events"]) + 1:
        raise Failure("a resale is not in the unit's history")
    sold = histories[0]
    good = [("sold", sold), ("before", before), ("after", after)]
    # Proved, each of them, but not for this: another unit's history or record, an older record under a newer header.
    bad = [*tampered(sold), *tampered(after), ("another unit's", {**sold, "subject": after["subject"]}),
           ("record of another unit", {**after, "trace": sold["trace"]}),
           ("older record", {**after, "trace": before["trace"], "events": before["events"]}),
           ("older header", {**after, "head": before["head"]})]
    check_refused(desk, good, bad, desk.directory / "tampered")
    print(f"histories: of {len(counts) + 1} units each complete; {len(bad)} ways to tamper with one are refused")


def run(build, network):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    tell(build, network.directory)
    desk = Registry(build, network)
    importing = imports.Import(desk.kanhe, network, desk.pepper, desk.kanhe.home / "ida.plain")
    imports.check_mixed(importing, [desk.number(person) for person in range(11, 15)])
    imports.check_aborted(importing, [desk.number(person) for person in range(11, 15)])
    sale = check_register(desk)
    check_histories(desk, importing, sale)
    check_limits(desk, sale, desk.directory / "sale" / "title.json")
    check_batch(desk, build)


if __name__ == "__main__":
    sys.exit(run_programs("registry", run))

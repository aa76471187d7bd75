#!/usr/bin/env python3
"""The counter: officers at terminals of their own take each service that ships from the filing to its end, in Chinese and
in English, answering what they are asked; and whatever they see may be kept, to be looked at.

    counter_tests.py BUILD [--transcripts DIR]

DIR/zh and DIR/en get a file for each service. testnet/story brings officers, register and certificate type.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import secrets
import select
import sys
import tempfile
import time
import unicodedata

from cli_tests import GOOD, REFUSED
from flows_tests import Offices, certificate_content, define_citizen_services, define_services, plain_certificate
from network import Failure, Network, run_with, wait_until
from registry_tests import Registry
from story_tests import tell
from terminal_tests import Terminal, settings

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_CN.UTF-8", "en": "en_GB.UTF-8"}
QUIET_S = 0.25  # after so long a silence a prompt is one
PROMPT = re.compile(r"(> |\] |: )\Z")
CONFIRM = {"zh": re.compile(r"请输入 (\S+) 确认"), "en": re.compile(r"type (\S+) to go on")}
SIGN = {"zh": "签名并发送", "en": "sign and send it?"}
PASSPHRASE = {"zh": "口令 ", "en": "Passphrase of"}
# Under a Chinese locale these alone are Latin: codes, options, commands, names of people and files.
HEADLINES = {"zh": ["已办成", "已上链，已核验"], "en": ["done", "recorded and proved"]}


def today():
    """The day in China."""
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()


class Seat:
    """Where one officer sits: a directory with kanhe.toml, so that nobody types where the node is."""

    def __init__(self, counter, name, department):
        self.program, self.language = counter.desk.kanhe.program, counter.language
        self.directory = counter.directory / name
        self.directory.mkdir(exist_ok=True)
        home = counter.desk.kanhe.home
        (self.directory / "kanhe.toml").write_text(
            f'node = "{counter.desk.stage.endpoint(department)}"\ngenesis = "{counter.desk.kanhe.genesis}"\n'
            f'key = "{home / (name + ".key")}"\n', encoding="utf-8")

    def environment(self):
        return {**settings(), "LC_ALL": LOCALES[self.language]}


class Session(Terminal):
    """One command, answered question by question."""

    def read_prompt(self):
        """What was said since the last answer, or None at the end."""
        while True:
            if self.read(QUIET_S):
                continue
            if PROMPT.search(self.said[self.seen:]):
                part, self.seen = self.said[self.seen:], len(self.said)
                return part
            if not select.select([self.terminal], [], [], 60)[0]:
                raise Failure(f"{' '.join(self.words)}\n  says nothing more:\n{self.said}")
            if not self.read(QUIET_S):
                return None

    def play(self, language, passphrase, answers):
        """Answers are found by what a question names ("--buyers.1.party", "application-form"); what is not among them is
        left out. A list of answers is used up from its beginning."""
        while (part := self.read_prompt()) is not None:
            if "✗" in part:
                raise Failure(f"{' '.join(self.words)}\n  does not take an answer:\n{self.said}")
            confirm = CONFIRM[language].search(part)
            if SIGN[language] in part:
                answer = "y"
            elif confirm:
                answer = confirm.group(1)
            elif PASSPHRASE[language] in part.splitlines()[-1]:
                answer = passphrase
            else:
                named = re.findall(r"\(((?:--)?[A-Za-z0-9_.-]+)\)", part)
                answer = answers.get(named[-1], "") if named else ""
            if isinstance(answer, list):
                answer = answer.pop(0) if answer else ""
            os.write(self.terminal, str(answer).encode() + b"\n")


class Counter:
    """All officers, in one language; what they see is written down, service by service."""

    def __init__(self, desk, language, transcripts):
        self.desk, self.language, self.transcripts = desk, language, transcripts
        self.directory = desk.directory / language
        self.directory.mkdir()
        self.passphrase = (desk.kanhe.home / "passphrase").read_text(encoding="utf-8").strip()
        self.departments = {person[0]: person[1] for person in desk.story.CAST}
        self.departments |= {name: "housing" for name in ("hank", "hilda", "henry", "ivy")}
        self.pages, self.page = {}, None

    def begin(self, page):
        self.page = self.pages.setdefault(page, [])

    def paper(self, name):
        """A scan on the clerk's desk."""
        for seat in filter(pathlib.Path.is_dir, self.directory.iterdir()):
            (seat / f"{name}.pdf").write_text(f"%PDF {name}\n", encoding="utf-8")
        return f"{name}.pdf"

    def act(self, name, *words, code=GOOD, **answers):
        """What the officer saw. Names of answers have underscores for dots and hyphens: see `of`."""
        seat = Seat(self, name, self.departments[name])
        of = answers.pop("of", {}) | answers
        for answer in of.values():
            for one in answer if isinstance(answer, list) else [answer]:
                if str(one).endswith(".pdf"):
                    (seat.directory / str(one).removeprefix("sha256:")).write_text(f"%PDF {one}\n", encoding="utf-8")
        session = Session(seat, *words)
        session.play(self.language, self.passphrase, of)
        said = session.end(code)
        typed = " ".join(f"'{word}'" if re.search(r"[\s()]", str(word)) else str(word) for word in words)
        self.page.append(f"{name} ({self.departments[name]})\n$ kanhe {typed}\n{said}")
        self.check(said, code)
        return said

    def check(self, said, code):
        if code != GOOD:
            return
        if self.language == "zh":
            for line in said.splitlines():
                letters = [c for c in line if unicodedata.category(c) in ("Lu", "Ll")]
                if " · " in line and letters and not re.search(r"[\u4e00-\u9fff]", line):
                    raise Failure(f"in Chinese there is English: {line}\n{said}")

    @staticmethod
    def transaction_of(said):
        return re.search(r"(?:transaction|交易) ([0-9a-f]{64})", said).group(1)

    def write(self):
        if self.transcripts is None:
            return
        directory = self.transcripts / self.language
        directory.mkdir(parents=True, exist_ok=True)
        for page, parts in self.pages.items():
            (directory / f"{page}.txt").write_text("\n".join(parts), encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------------------
# The way of an application, step by step

def carry_on(counter, one, definition, tax=("--exempt", "inheritance")):
    """Accepted, reviewed by each step, paid: all by what the screens say comes next."""
    counter.act("carl", "application", "list", "registry")
    counter.act("carl", "application", "accept", one)
    for stage in definition["stages"]:
        for step in stage["steps"]:
            officer = {"tax_officer": "tess", "housing_officer": "hugo"}.get(step["role"], "rita")
            counter.act(officer, "application", "show", one)
            if step["kind"] == "assessment":
                counter.paper("tax")
                counter.act(officer, "application", "assess", one, "--contract-day", today(), *tax, "--evidence",
                            "sha256:tax.pdf")
            else:
                counter.paper("opinion")
                counter.act(officer, "application", "review", one, step["code"],
                            of={"--verdict": "1", "--reason": "0", "--evidence": "sha256:opinion.pdf"})
    said = counter.act("theo", "bill", "show", one)
    due = re.search(r"--amount ([0-9.]+)", said)
    if due:
        payer = json.loads(counter.desk.kanhe.online(GOOD, "bill", "show", one, "--json")[0])["parties"][0]
        counter.act("theo", "bill", "pay", one,
                    of={"--reference": f"P-{secrets.token_hex(4)}", "--payer": payer, "--amount": due.group(1),
                        "--received": today()})
    counter.act("reg", "application", "show", one)


def materials_of(definition):
    return {rule["code"]: rule["code"] + ".pdf" for rule in definition["materials"]}


def certificate(counter, name, type_code, holder, one, unit, more=""):
    """What the registrar writes into a file before it is issued."""
    desk = counter.desk
    serial = secrets.token_hex(6).upper()
    path = Seat(counter, "reg", "registry").directory / f"{name}.toml"
    certificate_content(desk, path, type_code, serial, holder, one, unit, more)
    counter.page.append(f"{name}.toml\n{path.read_text(encoding='utf-8')}")
    return path.name


def show(counter, unit, holder):
    counter.act("clara", "property", "show", unit)
    shown = json.loads(counter.desk.kanhe.online(GOOD, "property", "show", unit, "--json")[0])["unit"]
    if [one["party"] for one in shown["holders"]] != [holder]:
        raise Failure(f"the unit is held by {shown['holders']}, must be {holder}")
    return shown


def play_register(counter, definitions, number):
    """A building, its mortgage, sold with the mortgage in place, released, inherited, changed, sold."""
    desk, stage = counter.desk, counter.desk.stage
    people = [100 + 10 * number + place for place in range(6)]
    owner, bank, buyer, other_bank, heir, last = (stage.person(desk.number(person)) for person in people)
    unit = f"440304003008GB0008{number}F00000001"
    proof_type = desk.code + "023"

    counter.begin("new-building")
    counter.act("clara", "application", "show-service", "new-building")
    said = counter.act("clara", "application", "first-registration", unit,
                       of={"--usage": "residential", "--right": "state_land_use_and_house", "--holders.1": "y",
                           "--holders.1.party": owner, "--applicants": [owner], "--survey": "sha256:survey.pdf",
                           **materials_of(definitions["new-building"])})
    one = counter.transaction_of(said)
    counter.act("clara", "application", "upload", *materials_of(definitions["new-building"]).values())
    carry_on(counter, one, definitions["new-building"])
    counter.act("reg", "cert", "register", certificate(counter, "title", desk.type_code, people[0], one, unit), "-o",
                "title.json")
    counter.act("reg", "cert", "verify", "title.json")
    title = show(counter, unit, owner)["title"]

    counter.begin("mortgage")
    said = counter.act("clara", "application", "mortgage", unit,
                       of={"--mortgagee": bank, "--amount": "1500000.00", "--bans_transfer": "n",
                           "--applicants": [owner, bank], **materials_of(definitions["mortgage"])})
    one = counter.transaction_of(said)
    carry_on(counter, one, definitions["mortgage"])
    counter.act("reg", "application", "register", one, code=REFUSED)
    counter.act("reg", "cert", "register",
                certificate(counter, "proof", proof_type, people[1], one, unit, "act = 1\n"), "-o", "proof.json")
    show(counter, unit, owner)

    counter.begin("sale-with-mortgage")
    acts = counter.directory / "acts.json"
    acts.write_text(json.dumps({"acts": [
        {"type": "end_limit", "unit": unit, "number": 1, "reason": "released", "document": ""},
        {"type": "transfer", "unit": unit, "cause": "sale", "from": [owner], "holders": [{"party": buyer}]},
        {"type": "enter_limit", "unit": unit, "document": "", "burden": {
            "type": "mortgage", "kind": "general", "mortgagee": other_bank, "amount": "90000000",
            "is_fixed": False, "bans_transfer": False}}]}, indent=2), encoding="utf-8")
    counter.page.append(f"acts.json\n{acts.read_text(encoding='utf-8')}\n")
    said = counter.act("clara", "application", "file", "--service", "sale-with-mortgage", "--arguments", "../acts.json",
                       of={"--applicants": [owner, buyer, bank, other_bank], "--price": "3000000.00",
                           **materials_of(definitions["sale-with-mortgage"])})
    one = counter.transaction_of(said)
    carry_on(counter, one, definitions["sale-with-mortgage"],
             ("--base", "3000000.00", "--home", "second", "--area", "140.01"))
    counter.act("reg", "cert", "register",
                certificate(counter, "second", desk.type_code, people[2], one, unit, f'supersedes = "{title}"\n'),
                certificate(counter, "second-proof", proof_type, people[3], one, unit, "act = 3\n"))
    title = show(counter, unit, buyer)["title"]

    counter.begin("mortgage-release")
    said = counter.act("clara", "application", "release", unit, "2",
                       of={"--applicants": [other_bank], **materials_of(definitions["mortgage-release"])})
    one = counter.transaction_of(said)
    carry_on(counter, one, definitions["mortgage-release"])
    counter.act("reg", "application", "register", one)
    show(counter, unit, buyer)

    counter.begin("inheritance")
    said = counter.act("clara", "application", "inherit", unit,
                       of={"--deceased": [buyer], "--heirs.1": "y", "--heirs.1.party": heir, "--applicants": [heir],
                           **materials_of(definitions["inheritance"])})
    one = counter.transaction_of(said)
    carry_on(counter, one, definitions["inheritance"])
    counter.act("reg", "cert", "register",
                certificate(counter, "third", desk.type_code, people[4], one, unit, f'supersedes = "{title}"\n'), "-o",
                "third.json")
    title = show(counter, unit, heir)["title"]

    counter.begin("unit-change")
    survey = counter.paper("new-survey")
    said = counter.act("clara", "application", "file", "--service", "unit-change", "--price", "0.00", "--acts.1.type",
                       "change_unit", "--acts.1.unit", unit, "--acts.1.survey", f"sha256:{survey}", "--applicants", heir,
                       of=materials_of(definitions["unit-change"]))
    one = counter.transaction_of(said)
    carry_on(counter, one, definitions["unit-change"])
    counter.act("reg", "cert", "register",
                certificate(counter, "fourth", desk.type_code, people[4], one, unit, f'supersedes = "{title}"\n'), "-o",
                "fourth.json")
    title = show(counter, unit, heir)["title"]

    counter.begin("house-sale")
    lacking = counter.act("clara", "application", "sell", unit, "--sellers", heir, "--buyers.1.party", last,
                          "--applicants", heir, "--applicants", last, "--price", "3000000.00", "--materials.1.code",
                          "poem", "--materials.1.file.media_type", "application/pdf", "--materials.1.file.algorithm",
                          "sha256", "--materials.1.file.digest", "sha256:identity.pdf", code=REFUSED)
    for word in ("sale-contract", "poem", {"zh": "买卖合同", "en": "contract of sale"}[counter.language]):
        if word not in lacking:
            raise Failure(f"what is missing is not named, {word!r}:\n{lacking}")
    said = counter.act("clara", "application", "sell", unit,
                       of={"--sellers": [heir], "--buyers.1": "y", "--buyers.1.party": last,
                           "--applicants": [heir, last], "--price": "3000000.00",
                           **materials_of(definitions["house-sale"])})
    one = counter.transaction_of(said)
    carry_on(counter, one, definitions["house-sale"], ("--base", "3000000.00", "--home", "only", "--area", "89.5"))
    counter.act("reg", "cert", "register",
                certificate(counter, "fifth", desk.type_code, people[5], one, unit, f'supersedes = "{title}"\n'), "-o",
                "fifth.json")
    counter.act("reg", "cert", "verify", "fifth.json")
    counter.act("clara", "application", "show", one)
    show(counter, unit, last)
    print(f"{counter.language}: a building, its mortgage, sold, released, inherited, changed and sold again")


def play_citizens(counter, types, number):
    """A place at a school, decided by itself; a business, opened by one filing."""
    desk, stage = counter.desk, counter.desk.stage
    child, parent, founder = (stage.person(desk.number(200 + 10 * number + place)) for place in range(3))

    counter.begin("school-enrolment")
    consent = counter.transaction_of(counter.act(
        "clara", "consent", "give", parent,
        of={"--grantee.type": "department", "--grantee.id": "housing", "--usable.type": "predicate",
            "--usable.predicate": "resides-in-district", "--purpose_code": "school-enrolment",
            "--until_ms": "2099-01-01", "--uses_max": "1", "--evidence": "sha256:consent.pdf"}))
    question = counter.transaction_of(counter.act(
        "hank", "predicate", "ask", "resides-in-district", parent,
        of={"--argument": "440304", "--purpose_code": "school-enrolment", "--consent": consent}))
    counter.act("rita", "predicate", "answer", question, of={"--holds": "y", "--evidence": "sha256:extract.pdf"})
    said = counter.act("hank", "application", "file", "--service", "school-enrolment", "--price", "0.00",
                       of={"--applicants": [child, parent], "application-form": "form.pdf", "identity": "identity.pdf",
                           "vaccination-record": "vaccination.pdf", "--answers": question})
    one = counter.transaction_of(said)
    counter.act("henry", "application", "show", one)
    content = plain_certificate(desk, f"enrolment-{counter.language}", types["enrolment"], secrets.token_hex(6).upper(),
                                'certificate.name = "入学证明"', f'application = "{one}"')
    counter.act("henry", "cert", "register", content, "-o", "enrolment.json")
    counter.act("henry", "cert", "verify", "enrolment.json")

    counter.begin("business-opening")
    counter.paper("form")
    lacking = counter.act("clara", "package", "file", "business-opening", "--applicants", founder, "--materials.1.code",
                          "application-form", "--materials.1.file.media_type", "application/pdf",
                          "--materials.1.file.algorithm", "sha256", "--materials.1.file.digest", "sha256:form.pdf",
                          code=REFUSED)
    for word in ("seal-filing", "tax-registration", "articles-of-association"):
        if word not in lacking:
            raise Failure(f"what is missing where is not named, {word!r}:\n{lacking}")
    papers = ["application-form", "identity", "articles-of-association", "premises-proof", "seal-specimen",
              "bank-account"]
    later = {"--deferral.until": today(), "--deferral.evidence": "promise.pdf"}  # the staff list
    package = counter.transaction_of(counter.act(
        "clara", "package", "file", "business-opening",
        of={"--applicants": [founder]} | later | {code: code + ".pdf" for code in papers}))
    counter.act("clara", "package", "show", package)
    parts = json.loads(desk.kanhe.online(GOOD, "package", "show", package, "--json")[0])["parts"]
    for part in parts:
        at_housing = part["owner"] == "housing"
        clerk, reviewer, registrar = ("hank", "hilda", "henry") if at_housing else ("carl", "rita", "reg")
        if part["service"] == "social-insurance":
            counter.act("clara", "application", "supplement", part["id"], of={"staff-list": "staff-list.pdf"})
        counter.act(clerk, "application", "accept", part["id"])
        counter.paper("opinion")
        counter.act(reviewer, "application", "review", part["id"], "review",
                    of={"--verdict": "1", "--reason": "0", "--evidence": "sha256:opinion.pdf"})
        kind = {"business-licence": "licence", "seal-filing": "seal", "tax-registration": "tax",
                "social-insurance": "insurance"}[part["service"]]
        content = plain_certificate(desk, f"{kind}-{counter.language}", types[kind], secrets.token_hex(6).upper(),
                                    'certificate.name = "执照"', f'application = "{part["id"]}"')
        counter.act(registrar, "cert", "register", content, "-o", f"{kind}.json")
    counter.act("clara", "package", "show", package)
    print(f"{counter.language}: a place at a school, and a business of four matters")


def run(build, network, transcripts=None):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    tell(build, network.directory)
    desk = Registry(build, network)
    administrator = pathlib.Path(network.directory, "officers", "registry-administrator.key")
    definitions = define_services(desk, administrator)
    desk.stage.sign("registry", administrator, ["item", "declare", "household", "--name_zh", "户籍", "--name_en",
                                                "household"], GOOD)
    desk.stage.sign("registry", administrator, ["predicate", "define", "resides-in-district", "--item", "household",
                                                "--name_zh", "住所", "--name_en", "resides"], GOOD)
    offices = Offices(desk)
    types = define_citizen_services(desk, offices)
    for number, language in enumerate(LANGUAGES):
        counter = Counter(desk, language, transcripts)
        try:
            play_register(counter, definitions, number)
            play_citizens(counter, types, number)
        finally:
            counter.write()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--transcripts", type=pathlib.Path)
    arguments = parser.parse_args()
    build = os.path.abspath(arguments.build)
    with tempfile.TemporaryDirectory(prefix="kanhe-counter-") as directory:
        network = Network(os.path.join(build, "kanhed"), os.path.join(build, "make_network"), directory,
                          ["--heartbeat-ms", "2000"])
        return run_with(network, lambda made: run(build, made, arguments.transcripts))


if __name__ == "__main__":
    sys.exit(main())

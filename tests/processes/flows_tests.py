#!/usr/bin/env python3
"""Every flow of the register by the command line, against a real network: a unit from its first registration to its end,
and the services that ship, from filing to the certificates and to what those are worth afterwards.

    flows_tests.py BUILD

testnet/story brings officers, register and certificate type.
"""
import datetime
import json
import pathlib
import sys

from cli_tests import GOOD, NOT_VALID, REFUSED, bundle_id
from network import Failure, run_programs, wait_until
from registry_tests import Registry, demand_words, read_json
from story_tests import tell


def shown_unit(desk, number):
    return json.loads(desk.kanhe.online(GOOD, "property", "show", number, "--json")[0])["unit"]


def check_units(desk, plan):
    """A unit from its first registration to its end, by a registrar."""
    owner, child, parent = (desk.stage.person(desk.number(person)) for person in (30, 31, 32))
    stem = "440304003008GB00077F0000"
    whole, parts, merged = stem + "0001", [stem + "0002", stem + "0003"], stem + "0004"

    def enter(code, *words):
        return desk.sign(code, "reg", "property", *words, "--evidence", f"sha256:{plan}")

    registering = ["register", whole, "--usage", "residential", "--right", "state_land_use_and_house",
                   "--holders.1.party", owner, "--until_ms", "2087-06-30"]
    demand_words(enter(REFUSED, *registering), "no_holder_applies", "R02")
    enter(GOOD, *registering, "--applicants", owner)
    demand_words(enter(REFUSED, *registering, "--applicants", owner), "unit_exists", "R01")
    enter(GOOD, "change", whole, "--survey", f"sha256:{plan}", "--applicants", owner)
    enter(GOOD, "correct", whole, "--basis", "evidence", "--usage", "ancillary", "--document", "(2025)更正7号")
    splitting = ["split", whole, "--parts.1.unit", parts[0], "--parts.2.unit", parts[1]]
    demand_words(enter(REFUSED, "split", whole, "--parts.1.unit", parts[0], "--applicants", owner), "parts_missing")
    enter(GOOD, *splitting, "--applicants", owner)
    unit = shown_unit(desk, whole)
    if (unit["state"], unit["kin"], unit["holders"]) != ("split", parts, []):
        raise Failure(f"the unit that was split is {unit}")
    demand_words(enter(REFUSED, *splitting, "--applicants", owner), "unit_closed", "R01")
    demand_words(desk.kanhe.online(GOOD, "property", "show", whole)[0], "split", *parts)
    enter(GOOD, "merge", merged, "--from", parts[0], "--from", parts[1], "--applicants", owner)
    unit = shown_unit(desk, merged)
    if (unit["state"], unit["kin"], unit["usage"], unit["entry"]) != ("open", parts, "ancillary", "merger"):
        raise Failure(f"the merged unit is {unit}")
    correcting = ["correct", merged, "--basis", "evidence", "--holders.1.party", child, "--document", "(2025)8号",
                  "--applicants", child]
    demand_words(enter(REFUSED, *correcting), "correction_not_noted", "R32")
    enter(GOOD, "note", merged, "--kind", "correction_pending", "--document", "(2025)8号")
    enter(GOOD, *correcting)
    enter(GOOD, "guard", merged, "--ward", child, "--guardian", parent, "--until_ms", "2031-05-01", "--document",
          "J440300123", "--applicants", parent)
    demand_words(desk.kanhe.online(GOOD, "property", "show", merged)[0], "guardian", parent)
    cancelling = ["cancel", merged, "--reason", "destroyed", "--document", "(2025)9号"]
    demand_words(enter(REFUSED, *cancelling, "--applicants", child), "R34")
    enter(GOOD, *cancelling, "--applicants", parent, "--statements.1.rule", "34", "--statements.1.party", parent,
          "--statements.1.evidence", f"sha256:{plan}")
    if shown_unit(desk, merged)["state"] != "cancelled":
        raise Failure("a cancelled unit is not shown as cancelled")
    print("units: registered, changed, corrected, split, merged and cancelled; what is closed stays closed")


def define_services(desk, administrator):
    """Those that ship, as files that an administrator looks at and puts on the ledger."""
    proof_type = desk.code + "023"
    stage = desk.stage
    stage.sign("registry", administrator, ["cert", "define-type", proof_type, "--name_zh", "不动产登记证明", "--name_en",
                                           "real estate proof"], (GOOD, REFUSED))
    directory = desk.directory / "services"
    desk.kanhe.expect(GOOD, "application", "services", "--title-type", desk.type_code, "--proof-type", proof_type, "-o",
                      directory)
    codes = sorted(path.stem for path in directory.glob("*.json"))
    if len(codes) < 6 or "sale-with-mortgage" not in codes:
        raise Failure(f"the services that ship are {codes}")
    for code in codes:
        if code != "house-sale":
            stage.sign("registry", administrator, ["application", "define-service", "--arguments",
                                                   directory / f"{code}.json"], GOOD)
    return {code: read_json(directory / f"{code}.json")["definition"] for code in codes}


def today():
    """The day in China."""
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()


class Filing:
    """An application of a shipped service, carried on by whoever is asked."""

    def __init__(self, desk, definition, plan, *words):
        self.desk, self.definition, self.plan = desk, definition, plan
        self.words = [*words, *self.materials()]
        self.id = None

    def materials(self):
        for number, rule in enumerate(self.definition["materials"], 1):
            yield from (f"--materials.{number}.code", rule["code"],
                        f"--materials.{number}.file.media_type", "application/pdf",
                        f"--materials.{number}.file.algorithm", "sha256", f"--materials.{number}.file.digest",
                        f"sha256:{self.plan}")

    def until_paid(self, facts=("--exempt", "inheritance")):
        stage = self.desk.stage
        self.id = stage.act("clara", "", "", *self.words)
        stage.act("carl", "", "", "application", "accept", self.id)
        for steps in self.definition["stages"]:
            for step in steps["steps"]:
                officer = {"tax_officer": "tess", "housing_officer": "hugo"}.get(step["role"], "rita")
                if step["kind"] == "assessment":
                    stage.act(officer, "", "", "application", "assess", self.id, "--contract-day", today(),
                              "--evidence", f"sha256:{self.plan}", *facts)
                    continue
                stage.act(officer, "", "", "application", "review", self.id, step["code"], "--verdict", "approve",
                          "--reason", "0", "--evidence", f"sha256:{self.plan}")
        bill = json.loads(self.desk.kanhe.online(GOOD, "bill", "show", self.id, "--json")[0])
        if bill["state"] == "open":
            stage.act("theo", "", "", "bill", "pay", self.id, "--reference", f"P-{self.id[:16]}", "--payer",
                      bill["parties"][0], "--received", today(), "--amount",
                      f"{int(bill['total']) // 100}.{int(bill['total']) % 100:02}")
        return self


def certificate_content(desk, path, type_code, serial, holder, application, unit, more=""):
    path.write_text(f'type = "{type_code}"\nissuer = "{desk.code}"\nserial = "{serial}"\nedition = 1\n'
                    f'application = "{application}"\nunit = "{unit}"\n{more}[holder]\nkind = "resident_id"\n'
                    f'number = "{desk.number(holder)}"\n[fields]\ncertificate.name = "登记"\n', encoding="utf-8")
    return path


def check_services(desk, plan, administrator):
    definitions = define_services(desk, administrator)
    directory = desk.directory / "flows"
    directory.mkdir()
    owner, bank, buyer, other_bank, heir = (desk.stage.person(desk.number(person)) for person in range(40, 45))
    unit = "440304003008GB00078F00000001"
    proof_type = desk.code + "023"

    building = Filing(desk, definitions["new-building"], plan, "application", "first-registration", unit, "--usage",
                      "residential", "--right", "state_land_use_and_house", "--holders.1.party", owner, "--applicants",
                      owner).until_paid()
    title = certificate_content(desk, directory / "first.toml", desk.type_code, "S1", 40, building.id, unit)
    desk.sign(GOOD, "reg", "cert", "register", title, "-o", directory / "first.json")

    mortgage = Filing(desk, definitions["mortgage"], plan, "application", "mortgage", unit, "--mortgagee", bank,
                      "--amount", "1500000.00", "--bans_transfer", "true", "--applicants", owner, "--applicants",
                      bank).until_paid()
    demand_words(desk.sign(REFUSED, "reg", "application", "register", mortgage.id), "certificate_missing")
    proof = certificate_content(desk, directory / "proof.toml", proof_type, "S2", 41, mortgage.id, unit, "act = 1\n")
    desk.sign(GOOD, "reg", "cert", "register", proof, "-o", directory / "proof.json")
    if desk.verify(GOOD, directory / "proof.json")["verdict"] != "VALID_WITH_WARNINGS":
        raise Failure("the proof of a mortgage does not hold")

    # The sale with the mortgage in place: three acts, two certificates, one transaction.
    acts = ["--acts.1.type", "end_limit", "--acts.1.unit", unit, "--acts.1.number", "1", "--acts.1.reason", "released",
            "--acts.1.document", "", "--acts.2.type", "transfer", "--acts.2.unit", unit, "--acts.2.cause", "sale",
            "--acts.2.from", owner, "--acts.2.holders.1.party", buyer, "--acts.3.type", "enter_limit", "--acts.3.unit",
            unit, "--acts.3.document", "", "--acts.3.burden.type", "mortgage", "--acts.3.burden.kind", "general",
            "--acts.3.burden.mortgagee", other_bank, "--acts.3.burden.amount", "900000.00",
            "--acts.3.burden.bans_transfer", "false"]
    parties = [word for party in (owner, buyer, bank, other_bank) for word in ("--applicants", party)]
    sale = Filing(desk, definitions["sale-with-mortgage"], plan, "application", "file", "--service",
                  "sale-with-mortgage", "--price", "3000000.00", *acts, *parties).until_paid(
                      ("--base", "3000000.00", "--home", "second", "--area", "140.01"))
    demand_words(desk.kanhe.online(GOOD, "application", "show", sale.id)[0], "end_limit", "transfer", "enter_limit")
    title = certificate_content(desk, directory / "second.toml", desk.type_code, "S3", 42, sale.id, unit,
                                f'supersedes = "{bundle_id(directory / "first.json")}"\n')
    proof = certificate_content(desk, directory / "third.toml", proof_type, "S4", 43, sale.id, unit, "act = 3\n")
    demand_words(desk.sign(REFUSED, "reg", "cert", "register", title, "-o", directory / "none.json"),
                 "certificate_missing")
    before = set(desk.kanhe.home.glob("*.json"))
    desk.sign(GOOD, "reg", "cert", "register", title, proof)
    made = sorted(set(desk.kanhe.home.glob("*.json")) - before)
    for path in made:
        path.rename(directory / path.name)
    if len(made) != 2:
        raise Failure(f"two certificates were issued, but bundles are {made}")
    if shown_unit(desk, unit)["holders"] != [{"party": buyer}]:
        raise Failure("the house has not passed to the buyer")
    for name in ("first.json", "proof.json"):
        desk.kanhe.online(GOOD, "cert", "bundle", "refresh", directory / name)
        desk.verify(NOT_VALID, directory / name)

    release = Filing(desk, definitions["mortgage-release"], plan, "application", "release", unit, "2", "--applicants",
                     other_bank).until_paid()
    desk.sign(GOOD, "reg", "application", "register", release.id)
    inheritance = Filing(desk, definitions["inheritance"], plan, "application", "inherit", unit, "--deceased", buyer,
                         "--heirs.1.party", heir, "--applicants", heir).until_paid()
    identifier = shown_unit(desk, unit)["title"]
    title = certificate_content(desk, directory / "fourth.toml", desk.type_code, "S5", 44, inheritance.id, unit,
                                f'supersedes = "{identifier}"\n')
    desk.sign(GOOD, "reg", "cert", "register", title, "-o", directory / "fourth.json")
    if shown_unit(desk, unit)["holders"] != [{"party": heir}]:
        raise Failure("the house has not passed to the heir")
    print("services: a new building, its mortgage, sold with the mortgage in place, released, inherited; every "
          "certificate says what it is worth today")


def check_case_work(desk, plan, administrator):
    """A service whose papers may come later or are held already: what is missing is said once, the clock stops."""
    stage, kanhe, paper = desk.stage, desk.kanhe, f"sha256:{plan}"
    owner = stage.person(desk.number(60))
    stage.sign("registry", administrator, ["item", "declare", "identity", "--name_zh", "身份信息", "--name_en", "identity"],
               GOOD)
    definition = read_json(desk.directory / "services" / "new-building.json")
    definition["code"] = "easy-building"
    for rule in definition["definition"]["materials"]:
        rule["deferrable"] = rule["code"] == "survey"
        if rule["code"] == "identity":
            rule["item"] = "identity"
    path = desk.directory / "easy-building.json"
    path.write_text(json.dumps(definition), encoding="utf-8")
    stage.sign("registry", administrator, ["application", "define-service", "--arguments", path], GOOD)
    stage.act("rita", "", "", "item", "record", "identity", owner, "--digest", paper)
    demand_words(kanhe.online(GOOD, "item", "show", "identity", "--party", owner)[0], "need not be asked for again")

    given = [rule for rule in definition["definition"]["materials"] if rule["code"] not in ("identity", "survey")]
    filing = Filing(desk, {"materials": given, "stages": definition["definition"]["stages"]}, plan, "application",
                    "first-registration", "440304003008GB00079F00000001", "--service", "easy-building", "--usage",
                    "residential", "--right", "state_land_use_and_house", "--holders.1.party", owner, "--applicants",
                    owner, "--deferral.until", today(), "--deferral.evidence", paper)
    one = stage.act("clara", "", "", *filing.words)
    stage.act("clara", "", "", "application", "notify", one, "--missing", "planning-permit", "--words", "看不清")
    shown = kanhe.online(GOOD, "application", "show", one)[0]
    demand_words(shown, "planning-permit", "看不清", "still to come: survey", "一次性告知补正")
    for code in ("planning-permit", "survey"):
        stage.act("clara", "", "", "application", "supplement", one, "--materials.1.code", code,
                  "--materials.1.file.media_type", "application/pdf", "--materials.1.file.algorithm", "sha256",
                  "--materials.1.file.digest", paper)
    stage.act("carl", "", "", "application", "accept", one)
    stage.act("hugo", "", "", "application", "stop-clock", one, "field_check", "--until", today(),
              "--evidence", paper)
    demand_words(kanhe.online(GOOD, "application", "show", one)[0], "the clock is stopped", "field_check")
    stage.act("hugo", "", "", "application", "resume-clock", one)
    demand_words(kanhe.online(GOOD, "application", "show", one, "--lang", "en")[0], "waited for: registry",
                 "the clock runs again")
    print("cases: papers held, deferred and missing, a clock that stands still")


def check_questions(desk, plan, administrator):
    """A question that another department answers yes or no, by a consent that is used up."""
    stage, kanhe, paper = desk.stage, desk.kanhe, f"sha256:{plan}"
    parent = stage.person(desk.number(61))
    stage.sign("registry", administrator, ["item", "declare", "title", "--name_zh", "不动产权", "--name_en", "title"], GOOD)
    stage.sign("registry", administrator, ["predicate", "define", "resides-in-district", "--item", "title", "--name_zh",
                                           "学区住房", "--name_en", "resides in the district"], GOOD)
    consent = stage.act("clara", "", "", "consent", "give", parent, "--grantee.type", "department", "--grantee.id",
                        "housing", "--usable.type", "predicate", "--usable.predicate", "resides-in-district",
                        "--purpose_code", "school-enrolment", "--until_ms", "2099-01-01", "--uses_max", "1",
                        "--evidence", paper)
    asking = ["predicate", "ask", "resides-in-district", parent, "--argument", "440304 2024-09-01", "--purpose_code",
              "school-enrolment", "--consent", consent]
    question = stage.act("hugo", "", "", *asking)
    stage.refuse("hugo", "", "", *asking, finding="consent_used_up")
    stage.refuse("hugo", "", "", "predicate", "answer", question, "true", "--evidence", paper, finding="not_the_source")
    stage.act("rita", "", "", "predicate", "answer", question, "true", "--evidence", paper)
    demand_words(kanhe.online(GOOD, "predicate", "show", question)[0], "holds: true")
    demand_words(kanhe.online(GOOD, "consent", "list", parent)[0], "used up", "1/1")
    print("questions: asked by a consent, answered by the source, and not asked again")


def run(build, network):
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    tell(build, network.directory)
    desk = Registry(build, network)
    check_units(desk, desk.directory / "plan.pdf")
    administrator = pathlib.Path(network.directory, "officers", "registry-administrator.key")
    check_services(desk, desk.directory / "plan.pdf", administrator)
    check_case_work(desk, desk.directory / "plan.pdf", administrator)
    check_questions(desk, desk.directory / "plan.pdf", administrator)


if __name__ == "__main__":
    sys.exit(run_programs("flows", run))

#!/usr/bin/env python3
"""Verifies a certificate's bundle offline, from docs/formats.md (section 18) alone.

Usage: verify_bundle.py BUNDLE --genesis genesis.json [--now MS] [--max-age MS] [--holder KIND:NUMBER [--pepper FILE]]
                        [--recipient TEXT] [--purpose TEXT] [--json]

It shares no code with the ledger. Prints each check with its result and the verdict; exit codes as `kanhe cert verify`:
0 valid (also with warnings), 1 not valid, 3 not authentic, 5 could not check.
"""

import argparse
import datetime
import hashlib
import hmac
import json
import pathlib
import re
import sys
import time

import proofs
import verify
from verify import (CERTIFICATE_ID, COUNTER, FILE_DIGEST, HASH, TABLES, U32, VERSION, Blob, Bool, Enum, Fixed, List,
                    Optional, Record, Refused, Text, Variant, check_inclusion, decode, demand, encode, form, log_leaf,
                    plain, tagged)

PASS, FAIL, WARN, NOT_CHECKED = "pass", "fail", "warn", "not_checked"
DAY_MS, CLOCK_BEHIND_MS = 24 * 3600 * 1000, 5 * 60 * 1000
STANDINGS = ("issued", "suspended", "transferred_out", "superseded", "lost_declared_void", "deregistered", "withdrawn",
             "revoked_as_penalty", "rescinded", "annulled")  # each more final than those before


def is_date(text):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


FIELD_PATH = Text(1, 96, form(rf"{verify.NAME}(\.{verify.NAME})*"))
SALT = Fixed(16)
FIELD_VALUE = Variant({
    1: ("text", Record(value=plain(4096))), 2: ("integer", Record(value=Text(1, 40, form("0|-?[1-9][0-9]*")))),
    3: ("date", Record(value=Text(10, 10, is_date))), 4: ("money", Record(value=COUNTER)),
    5: ("boolean", Record(value=Bool())), 6: ("digest", Record(value=FILE_DIGEST))})
OPENING = Record(path=FIELD_PATH, salt=SALT, value=FIELD_VALUE)
IDENTITY_KINDS = {1: "resident_id", 2: "social_credit_code", 3: "passport", 4: "network_number", 99: "other"}
DOCUMENT = Record(
    version=VERSION, id=CERTIFICATE_ID, holder=HASH,
    holder_opening=Optional(Record(kind=Enum(IDENTITY_KINDS), salt=SALT)),
    fields=List(Record(commitment=HASH, opening=Optional(OPENING)), 256), files=List(FILE_DIGEST, 8),
    valid_from_ms=Optional(COUNTER), valid_until_ms=Optional(COUNTER))
PREFIX = Text(1, 31, form("[0-9A-Z]*"))


def no_outer_space(text):
    return text.strip(" \u3000") == text


STAMP_TERMS = Record(recipient=Text(1, 192, no_outer_space), purpose=Text(1, 384, no_outer_space), from_ms=COUNTER,
                     until_ms=COUNTER, matter_number=Optional(Text(1, 96, no_outer_space)))
STAMP = Record(version=VERSION, document_digest=HASH, terms=STAMP_TERMS, key=verify.PUBLIC_KEY,
               signature=verify.SIGNATURE)
STAMP_STATEMENT = Record(version=VERSION, chain_id=HASH, id=CERTIFICATE_ID, document_digest=HASH, terms=STAMP_TERMS,
                         key=verify.PUBLIC_KEY)
COUNTER_ROLES = {"window_clerk", "machine"}
EVIDENCE = Record(head=proofs.HEAD, facts=proofs.STATE_FACTS, issued=Optional(proofs.RECORDED))
BUNDLE = Record(version=VERSION, chain_id=HASH, document=DOCUMENT,
                batch=Optional(Record(prefix=PREFIX, index=U32, count=U32, path=proofs.LOG_PATH)),
                evidence=Optional(EVIDENCE), stamp=Optional(STAMP))
BATCH_LEAF = Record(version=VERSION, id=CERTIFICATE_ID, holder=HASH, content_root=HASH, files=List(FILE_DIGEST, 8),
                    valid_from_ms=Optional(COUNTER), valid_until_ms=Optional(COUNTER))
ISSUED_EVENT = Record(department=verify.DEPARTMENT_ID)
BATCH_EVENT = Record(department=verify.DEPARTMENT_ID, root=HASH, count=U32)
SHARE = Record(numerator=verify.Int(32, 1, 10**9), denominator=verify.Int(32, 1, 10**9))
UNIT = Record(
    version=VERSION, state=Enum({1: "open", 2: "cancelled", 3: "split", 4: "merged"}), usage=Enum({1: "residential", 2: "ancillary", 3: "non_residential"}),
    right=Enum({3: "state_land_use", 4: "state_land_use_and_house", 5: "homestead", 6: "homestead_and_house",
                7: "collective_land_use", 8: "collective_land_use_and_house", 9: "contracted_land", 99: "other"}),
    holders=List(Record(party=HASH, share=Optional(SHARE)), 32), until_ms=Optional(COUNTER), survey=Optional(HASH),
    entry=Enum({1: "imported", 2: "first_registration", 3: "transfer", 4: "change", 5: "correction",
                6: "cancellation", 7: "split", 8: "merger"}), effective_ms=COUNTER, recorded_ms=COUNTER,
    holders_ms=COUNTER, application=Optional(HASH), title=Optional(CERTIFICATE_ID), kin=List(verify.UNIT_NUMBER, 16))
HOLD = Record(version=VERSION, application=HASH)
LIMIT_KINDS = {1: "mortgage", 2: "seizure", 3: "advance notice", 4: "objection", 5: "residence", 6: "easement",
               7: "note", 8: "guardianship"}
OPEN_LIMIT = Record(number=U32, kind=Enum(LIMIT_KINDS))
LIMIT_LIST = Record(version=VERSION, last=U32, open=List(OPEN_LIMIT, 64))


def commitment(opening):
    return tagged("field", encode(OPENING, opening))


def content_root(leaves):
    nodes = [tagged("document-leaf", leaf) for leaf in leaves]

    def root(part):
        if len(part) == 1:
            return part[0]
        cut = 1 << (len(part) - 1).bit_length() - 1
        return tagged("document-node", root(part[:cut]) + root(part[cut:]))
    return root(nodes)


CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text):
    """ISO 7064 MOD 37,36."""
    product = 36
    for character in text:
        product = (product + CHARACTERS.index(character)) % 36 or 36
        product = product * 2 % 37
    return CHARACTERS[(37 - product) % 36]


class Identifier:
    """The parts of a certificate id; a text that is not of the form is refused. A wrong check character is noted."""

    def __init__(self, text):
        match = re.fullmatch(r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{6}|[0-9A-Z]{18})\.([0-9A-Z]{1,32})\."
                             r"([0-9]{3})\.(.)", text, re.ASCII)
        demand(match and match[4] != "000", "the identifier is not of its form")
        self.text, self.type, self.issuer, self.serial = text, match[1], match[2], match[3]
        self.edition = int(match[4])
        demand(verify.is_uscc(self.type[:18]), "the type is of no credit code")
        demand(verify.is_uscc(self.issuer) or self.issuer.isdecimal() and len(self.issuer) == 6,
               "the issuer is neither a credit code nor a region")
        self.check_holds = check_character("".join(match.groups()[:4])) == match[5]

    def key(self, serial=None):
        return {"type": self.type, "issuer": self.issuer, "serial": pad(serial or self.serial), "edition": self.edition}


def pad(serial):
    return serial.encode().ljust(32, b"\0")


def party_id(pepper, kind, number, version=1):
    number_of_kind = {name: value for value, name in IDENTITY_KINDS.items()}[kind]
    message = version.to_bytes(2, "little") + bytes([number_of_kind]) + number.encode()
    return hmac.new(pepper, message, hashlib.sha256).digest()


class Missing(Exception):
    """A record that no fact speaks of."""


class Facts:
    """The facts of a bundle, every one of them good under the newest header."""

    def __init__(self, facts, state_root):
        self.values = {}
        for fact in facts:
            proofs.check_fact(fact, state_root)
            self.values.setdefault(fact["key"], fact["value"])

    def get(self, table, key, kinds=None):
        key_kind, record_kind = kinds or TABLES[table]
        full_key = table.to_bytes(2, "big") + encode(key_kind, key, "big")
        if full_key not in self.values:
            raise Missing(f"no fact of table {table:04x}")
        value = self.values[full_key]
        return None if value is None else decode(record_kind, value)


class Verification:
    def __init__(self, network, bundle, options):
        self.network, self.bundle, self.options = network, bundle, options
        self.document, self.evidence = bundle["document"], bundle["evidence"]
        self.results = {}
        self.trust = proofs.Trust(network)
        self.holders, self.stamped_by_holder = [], False
        self.newest = None if self.evidence is None else self.evidence["head"]["newest"]["header"]

    def note(self, check, function):
        """A check answers its result and what to say; what it refuses, fails."""
        try:
            result, text = function()
        except (Missing, proofs.Foreign) as unknown:
            result, text = NOT_CHECKED, str(unknown)
        except Refused as refused:
            result, text = FAIL, str(refused)
        self.results[check] = (result, text)
        return result

    def run(self):
        self.note("V01", self.format)
        self.identifier = None
        self.note("V04", self.fields)
        believed = self.note("V07", self.checkpoint) in (PASS, WARN)
        try:
            self.identifier = Identifier(self.document["id"])
        except Refused:
            pass
        self.ready = self.note("V06", self.inclusion) in (PASS, WARN) and believed
        self.believed = believed
        self.note("V02", self.check_identifier)
        for check, function in (("V05", self.batch), ("V03", self.content), ("V04", self.schema), ("V08", self.issuer),
                                ("V09", self.standing), ("V10", self.dates), ("V11", self.holder),
                                ("V12", self.land_register), ("V13", self.freshness), ("V14", self.stamp),
                                ("V15", self.use)):
            self.note(check, function)
        return self.verdict()

    # -- The document alone

    def format(self):
        document = self.document
        demand(document["fields"], "a document without fields")
        paths = [field["opening"]["path"] for field in document["fields"] if field["opening"] is not None]
        demand(all(a < b for a, b in zip(paths, paths[1:])), "the paths do not ascend")
        digests = [(digest["algorithm"], digest["digest"]) for digest in document["files"]]
        demand(len(set(digests)) == len(digests), "a file digest stands twice")
        since, until = document["valid_from_ms"], document["valid_until_ms"]
        demand(since is None or until is None or since < until, "the validity ends before it begins")
        for path in ("certificate.name", "certificate.number", "holder.name", "unit.number"):
            demand(self.shown(path) is None or self.shown(path)["type"] == "text", f"{path} is no text")
        return PASS, ""

    def shown(self, path):
        for field in self.document["fields"]:
            if field["opening"] is not None and field["opening"]["path"] == path:
                return field["opening"]["value"]
        return None

    def fields(self):
        for field in self.document["fields"]:
            if field["opening"] is not None:
                demand(commitment(field["opening"]) == field["commitment"],
                       f"{field['opening']['path']} does not open its commitment")
        return PASS, ""

    def root(self):
        return content_root([field["commitment"] for field in self.document["fields"]])

    def check_identifier(self):
        demand(self.identifier is not None, "the identifier is not of its form")
        if self.identifier.check_holds:
            return PASS, ""
        # Others are known to issue identifiers with a wrong check character; nobody here can.
        codes = [department["uscc"] for department in self.network.genesis["departments"]]
        return (FAIL if self.identifier.issuer in codes else WARN), "the check character is wrong"

    # -- The ledger

    def checkpoint(self):
        if self.bundle["chain_id"] != self.network.chain_id:
            return NOT_CHECKED, "of another network"
        if self.evidence is None:
            return NOT_CHECKED, "no evidence"
        head = self.evidence["head"]
        for change in head["epochs"]:
            self.trust.add(change)
        self.trust.check_sealed(head["newest"])
        return (WARN, "a network for practice") if self.network.genesis["demo"] else (PASS, "")

    def inclusion(self):
        if self.evidence is None:
            return NOT_CHECKED, "no evidence"
        if self.bundle["chain_id"] != self.network.chain_id:
            return NOT_CHECKED, "of another network"
        self.facts = Facts(self.evidence["facts"], self.newest["state_root"])
        if self.identifier is None or not self.identifier.check_holds or not verify.is_uscc(self.identifier.issuer):
            return NOT_CHECKED, "no ledger can hold such an identifier"
        self.read_records()
        batch, record = self.bundle["batch"], self.certificate
        codes = [department["uscc"] for department in self.network.genesis["departments"]]
        foreign = self.owner is None and self.identifier.issuer not in codes
        if batch is None and record is None:
            if foreign:
                return NOT_CHECKED, "the issuer is no department of this network"
            if self.batches:
                return NOT_CHECKED, "the id lies in a batch, and the bundle has no place in one"
            raise Refused("the ledger knows no such certificate")
        if batch is not None:
            record = self.batches.get(batch["prefix"])
            if record is None and foreign:
                return NOT_CHECKED, "the issuer is no department of this network"
            demand(record is not None, "the ledger knows no such batch")
        self.record = record
        if self.evidence["issued"] is None:
            return WARN, "the issuing transaction is not shown"
        self.check_issued(self.evidence["issued"], record)
        return PASS, ""

    def read_records(self):
        """Reads every record that a certificate's facts have to speak of; one that is missing raises Missing."""
        facts, own = self.facts, self.identifier
        departments = set()

        def grant(department):
            departments.add(department)
            return facts.get(0x0302, {"type": own.type, "department": department})

        def changed(standing):
            if standing["change"] is not None:
                departments.update((standing["change"]["decision"]["decided_by"], standing["change"]["recorded_by"]))
        self.certificate = facts.get(0x0303, own.key())
        lengths = facts.get(0x0305, {"type": own.type, "issuer": own.issuer})
        self.member = facts.get(0x0306, own.key())
        self.type = facts.get(0x0301, own.type)
        if self.type is not None and self.type["schema"] != 0:
            facts.get(0x0307, {"type": own.type, "edition": self.type["schema"]})
        self.owner = facts.get(0x0206, own.issuer)
        if self.owner is not None:
            grant(self.owner["department"])
        self.batches = {}
        for length in range(1, len(own.serial) + 1):
            if lengths is None or length > 63 or not lengths["lengths"] >> length & 1:
                continue
            prefix = own.serial[:length]
            found = facts.get(0x0304, {"type": own.type, "issuer": own.issuer, "prefix": pad(prefix)})
            if found is not None:
                self.batches[prefix] = found
        for record in [self.certificate, *self.batches.values()]:
            if record is not None:
                grant(record["department"])
                facts.get(0x0208, record["issued_by"])
                if record["schema"] != 0:
                    facts.get(0x0307, {"type": own.type, "edition": record["schema"]})
                changed(record["standing"])
        if self.member is not None:
            changed(self.member["standing"])
        for department in departments:
            facts.get(0x0203, department)

    def check_issued(self, recorded, record):
        self.trust.check_recorded(recorded)
        demand(recorded["receipt"]["outcome"]["type"] == "succeeded", "the issuing transaction was refused")
        header = recorded["block"]["sealed"]["header"]
        demand(header["timestamp_ms"] == record["issued_ms"], "issued at another time than the ledger says")
        batch, own = self.bundle["batch"], self.identifier
        subject = own.text if batch is None else f"1.2.156.3005.2.{own.type}.{own.issuer}.{batch['prefix']}*"
        name = "certificate.issued" if batch is None else "certificate.batch_issued"
        for event in recorded["receipt"]["events"]:
            if event["name"] != name or {"type": "certificate", "id": subject} not in event["subjects"]:
                continue
            data = decode(ISSUED_EVENT if batch is None else BATCH_EVENT, event["data"])
            demand(all(data[field] == record[field] for field in data), "the event is of another issue")
            return
        raise Refused("the transaction did not issue this certificate")

    def batch(self):
        place = self.bundle["batch"]
        if place is None:
            return NOT_CHECKED, "issued by itself"
        own = self.identifier
        demand(own is not None and own.edition == 1 and own.serial.startswith(place["prefix"]) and
               len(own.serial) > len(place["prefix"]), "the id does not lie in the batch")
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        record = self.record
        demand(place["count"] == record["count"], "the batch has another count")
        leaf = {"version": 1, "content_root": self.root(),
                **{field: self.document[field] for field in ("id", "holder", "files", "valid_from_ms", "valid_until_ms")}}
        check_inclusion(log_leaf(encode(BATCH_LEAF, leaf)), place["index"], place["count"], place["path"],
                        record["root"])
        return PASS, ""

    def content(self):
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        if self.bundle["batch"] is not None:
            return (PASS, "") if self.results["V05"][0] == PASS else (NOT_CHECKED, "it is not in the batch")
        demand(self.root() == self.certificate["content_root"], "the content is another")
        for field in ("holder", "files", "valid_from_ms", "valid_until_ms"):
            demand(self.document[field] == self.certificate[field], f"{field} is not what the ledger says")
        return PASS, ""

    def issuer(self):
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        name = self.record["department"]
        department = self.facts.get(0x0203, name)
        demand(department is not None and department["uscc"] == self.identifier.issuer, "the issuer's code is another")
        demand(self.type is not None, "the ledger knows no such type")
        grant = self.facts.get(0x0302, {"type": self.identifier.type, "department": name})
        issued = self.record["issued_ms"]
        demand(grant is not None and any(
            period["since_ms"] <= issued and (period["until_ms"] is None or issued < period["until_ms"])
            for period in grant["periods"]), "the department might not issue this type then")
        compromised = self.facts.get(0x0208, self.record["issued_by"])
        demand(compromised is None or issued < compromised["since_ms"],
               "the key that issued it was in other hands by then")
        return PASS, ""

    def schema(self):
        """V04 once more, with the type's schema of the day of issue."""
        result, text = self.results["V04"]
        if not self.ready or result != PASS or self.record["schema"] == 0:
            return result, text
        schema = self.facts.get(0x0307, {"type": self.identifier.type, "edition": self.record["schema"]})
        if schema is None:
            return result, text
        rules = schema["fields"]
        kinds = {rule["path"]: rule["kind"] for rule in rules}
        shown = {field["opening"]["path"]: field["opening"]["value"]["type"]
                 for field in self.document["fields"] if field["opening"] is not None}
        hidden = len(shown) < len(self.document["fields"])
        other = [path for path, kind in shown.items() if kinds.get(path) != kind]
        missing = [rule["path"] for rule in rules if rule["required"] and rule["path"] not in shown and not hidden]
        return (WARN, "not as the schema has it: " + ", ".join(other + missing)) if other or missing else (PASS, "")

    def standing(self):
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        records = [self.record] + ([self.member] if self.bundle["batch"] is not None and self.member else [])
        standing = max((record["standing"]["standing"] for record in records), key=STANDINGS.index)
        demand(standing == "issued", f"it is {standing}")
        return PASS, ""

    def dates(self):
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        if self.bundle["batch"] is not None and self.results["V05"][0] != PASS:
            return NOT_CHECKED, "nothing proves the dates"
        now = max(self.options.now, self.newest["timestamp_ms"])
        dated = self.document if self.bundle["batch"] is not None else self.certificate
        since, until = dated["valid_from_ms"], dated["valid_until_ms"]
        demand(since is None or since <= now, "it does not hold yet")
        demand(until is None or now < until, "it does not hold any more")
        return PASS, ""

    def holder(self):
        if self.options.holder is None:
            return NOT_CHECKED, "nobody asked"
        if self.results["V03"][0] != PASS:
            return NOT_CHECKED, "the content is not the ledger's"
        kind, number = self.options.holder
        opening = self.document["holder_opening"]
        if opening is None:
            return NOT_CHECKED, "the holder keeps this to himself"
        demand(opening["kind"] == kind, "another kind of identity")
        text = f"{kind} {number}"
        demand(commitment({"path": "holder", "salt": opening["salt"], "value": {"type": "text", "value": text}}) ==
               self.document["holder"], "another holder")
        if self.options.pepper is not None:
            self.holders.append(party_id(self.options.pepper, kind, number))
        return PASS, ""

    def land_register(self):
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        title_of = None
        for key, value in self.facts.values.items():
            if key[:2] == b"\4\2" and value is not None and decode(UNIT, value)["title"] == self.identifier.text:
                title_of = decode(verify.UNIT_NUMBER, key[2:], "big")
        is_title = self.certificate is not None and self.certificate["application"] is not None
        if not is_title and title_of is None:
            return NOT_CHECKED, "no title"
        self.wants_land_register = True
        number = self.shown("unit.number")
        unit_number = number["value"] if number is not None else title_of
        if unit_number is None:
            return NOT_CHECKED, "the unit is not shown"
        demand(1 <= len(unit_number.encode()) <= 28 and verify.VISIBLE(unit_number), "no unit number")
        unit = self.facts.get(0x0402, unit_number, (verify.UNIT_NUMBER, UNIT))
        demand(unit is not None and unit["title"] == self.identifier.text, "not the unit's title")
        hold = self.facts.get(0x0403, unit_number, (verify.UNIT_NUMBER, HOLD))
        limits = self.facts.get(0x0406, unit_number, (verify.UNIT_NUMBER, LIMIT_LIST))
        self.holders += [one["party"] for one in unit["holders"]]
        numbers = [limit["number"] for limit in limits["open"]] if limits else []
        demand(all(a < b for a, b in zip(numbers, numbers[1:])), "limits out of order")
        if numbers:
            return WARN, "the unit has limits: " + ", ".join(limit["kind"] for limit in limits["open"])
        return (PASS, "") if hold is None else (WARN, "an application holds the unit")

    def freshness(self):
        if not self.believed:
            return NOT_CHECKED, "no checkpoint that holds"
        age = self.options.now - self.newest["timestamp_ms"]
        if age > self.options.max_age:
            return NOT_CHECKED, "the evidence is too old"
        return (WARN, "this clock is behind") if age < -CLOCK_BEHIND_MS else (PASS, "")

    # -- A stamped copy

    def stamp(self):
        stamp = self.bundle["stamp"]
        if stamp is None:
            return NOT_CHECKED, "no stamp"
        terms = stamp["terms"]
        demand(terms["from_ms"] < terms["until_ms"], "the stamp ends before it begins")
        if self.bundle["chain_id"] != self.network.chain_id:
            return NOT_CHECKED, "of another network"
        statement = {"version": 1, "chain_id": self.bundle["chain_id"], "id": self.document["id"],
                     **{field: stamp[field] for field in ("document_digest", "terms", "key")}}
        verify.check_signature(stamp["key"], tagged("stamp", encode(STAMP_STATEMENT, statement)), stamp["signature"],
                               "the stamp")
        demand(hashlib.sha256(encode(DOCUMENT, self.document)).digest() == stamp["document_digest"],
               "the stamp is of another document")
        if not self.ready:
            return NOT_CHECKED, "no evidence that holds"
        return self.stamp_signer(stamp["key"])

    def stamp_signer(self, key):
        officer, party_key = self.facts.get(0x0204, key), self.facts.get(0x0205, key)
        compromised = self.facts.get(0x0208, key)
        for record, field in ((officer, "department"), (party_key, "registered_by")):
            if record is not None:
                self.facts.get(0x0203, record[field])
        demand(compromised is None, "the stamp's key was in other hands")
        if officer is not None:
            if officer["dismissed_ms"] is not None:
                return NOT_CHECKED, "who stamped it is dismissed, and may have stamped it before or after"
            if officer["department"] == self.record["department"] or COUNTER_ROLES & set(officer["roles"]):
                return PASS, f"stamped by {officer['department']}"
            return WARN, f"stamped by {officer['department']}, not at a window, and not the issuer"
        demand(party_key is not None, "the stamp's key is nobody's")
        if party_key["released_ms"] is not None:
            return NOT_CHECKED, "the key that stamped it was released, and it may have been before or after"
        if not self.holders:
            return WARN, "stamped by a party; that it is the holder is not shown"
        demand(party_key["party"] in self.holders, "stamped by a party who is not the holder")
        self.stamped_by_holder = True
        return PASS, "stamped by the holder"

    def use(self):
        stamp, recipient, purpose = self.bundle["stamp"], self.options.recipient, self.options.purpose
        asked = recipient is not None or purpose is not None
        if stamp is None:
            demand(not asked, "a stamped copy was asked for")
            return NOT_CHECKED, "no stamp"
        if self.results["V14"][0] not in (PASS, WARN):
            return NOT_CHECKED, "the stamp does not hold"
        terms, now = stamp["terms"], max(self.options.now, self.newest["timestamp_ms"])
        demand(terms["from_ms"] <= now, "it may not be used yet")
        demand(now < terms["until_ms"], "it may not be used any more")
        demand(recipient is None or recipient == terms["recipient"], f"it is for {terms['recipient']}")
        demand(purpose is None or purpose == terms["purpose"], f"it is for {terms['purpose']}")
        by_party = self.facts.get(0x0204, stamp["key"]) is None and not self.stamped_by_holder
        if asked and by_party:
            return NOT_CHECKED, "that the holder stamped it is not shown"
        text = f"for {terms['recipient']} and {terms['purpose']} only"
        return (WARN if recipient is None else PASS), text

    # -- The end

    def wanted(self):
        wanted = {f"V{number:02}" for number in (1, 2, 3, 4, 6, 7, 8, 9, 10, 13)}
        if self.bundle["batch"] is not None:
            wanted.add("V05")
        if self.options.holder is not None:
            wanted.add("V11")
        if getattr(self, "wants_land_register", False):
            wanted.add("V12")
        if self.bundle["stamp"] is not None:
            wanted |= {"V14", "V15"}
        return wanted

    def verdict(self):
        results, wanted = self.results, self.wanted()
        failed = {check for check, (result, _) in results.items() if result == FAIL}
        if failed & {"V01", "V02", "V03", "V04", "V05", "V06", "V07", "V08", "V14"}:
            return "NOT_AUTHENTIC"
        if failed:
            return "NOT_VALID"
        if any(results[check][0] == NOT_CHECKED for check in wanted - {"V12"}):
            return "CANNOT_CHECK"
        doubtful = any(result == WARN for result, _ in results.values()) or (
            "V12" in wanted and results["V12"][0] == NOT_CHECKED)
        return "VALID_WITH_WARNINGS" if doubtful else "VALID"


EXIT_CODES = {"VALID": 0, "VALID_WITH_WARNINGS": 0, "NOT_VALID": 1, "NOT_AUTHENTIC": 3, "CANNOT_CHECK": 5}


def verify_file(data, network, options):
    """The verdict, the results by check, and the newest epoch that the file proves."""
    try:
        demand(len(data) <= 8 * 1024 * 1024, "the file is larger than 8 MiB")
        bundle = verify.read_json(BUNDLE, data)
    except Refused as refused:
        return "CANNOT_CHECK", {"V01": (FAIL, str(refused))}, None
    verification = Verification(network, bundle, options)
    verdict = verification.run()
    newest = verification.trust.configs[-1]["epoch"] if verification.believed else None
    return verdict, verification.results, newest


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--genesis", required=True)
    parser.add_argument("--now", type=int, default=int(time.time() * 1000))
    parser.add_argument("--max-age", type=int, default=DAY_MS)
    parser.add_argument("--holder", type=lambda text: tuple(text.split(":", 1)))
    parser.add_argument("--pepper", type=lambda path: bytes.fromhex(pathlib.Path(path).read_text("ascii").strip()),
                        help="file with the departments' pepper, version 1; with --holder")
    parser.add_argument("--recipient")
    parser.add_argument("--purpose")
    parser.add_argument("--memory", help="file that keeps the newest epoch seen; an older one is refused")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    network = verify.read_genesis(pathlib.Path(options.genesis).read_bytes())
    verdict, results, epoch = verify_file(pathlib.Path(options.bundle).read_bytes(), network, options)
    if epoch is not None and options.memory:
        try:
            verify.remember_epoch(options.memory, network, epoch, 0)
        except Refused as refused:
            # An old network's departments may have signed whatever was asked of them since.
            verdict, results["V07"] = "CANNOT_CHECK", (NOT_CHECKED, str(refused))
    if options.json:
        print(json.dumps({"verdict": verdict, "newest_epoch": epoch,
                          "checks": {check: result for check, (result, _) in results.items()}}))
    else:
        for check, (result, text) in sorted(results.items()):
            print(f"{check} {result}{': ' if text else ''}{text}")
        print("newest epoch: " + ("none proved" if epoch is None else str(epoch)))
        print(verdict)
    return EXIT_CODES[verdict]


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Verifies a Kanhe chain and its proofs, from docs/formats.md alone.

Usage: verify.py DIR, where DIR holds genesis.json (trusted), chain.bin and proofs.json (not trusted).
It shares no code with the ledger, so that a mistake there cannot hide here. Section numbers in the comments are
those of docs/formats.md. The exit code is 0 only if everything was checked and good, and there was something to check.
"""

import base64
import binascii
import functools
import hashlib
import json
import pathlib
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
COUNTER_MAX = 2**48 - 1
ZERO = bytes(32)
CHAIN_MAGIC = b"kanhe-c1"


class Refused(Exception):
    """What was read breaks a rule; the text says which."""

    def __init__(self, reason, height=None):
        super().__init__(reason)
        self.height = height


def demand(condition, reason):
    if not condition:
        raise Refused(reason)


# ---------------------------------------------------------------------------------------------------------------------
# Section 1 and 2: the canonical codec and JSON. Every type can read and write bytes, and read JSON.
# ---------------------------------------------------------------------------------------------------------------------

class Reader:
    def __init__(self, data, order):
        self.data, self.at, self.order = data, 0, order

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        demand(count <= self.left(), "the bytes end inside a value")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), self.order)


class Int:
    def __init__(self, bits, low=0, high=None):
        self.width, self.low, self.high = bits // 8, low, 2**bits - 1 if high is None else high

    def check(self, value):
        demand(self.low <= value <= self.high, f"the number {value} is not in {self.low}..{self.high}")
        return value

    def read(self, reader):
        return self.check(reader.number(self.width))

    def write(self, value, order):
        return value.to_bytes(self.width, order)

    def from_json(self, value):
        # 64-bit integers are decimal strings in JSON, because many JSON readers round large numbers.
        if self.width == 8:
            demand(isinstance(value, str) and re.fullmatch("0|[1-9][0-9]{0,19}", value), "not a decimal string")
            return self.check(int(value))
        demand(type(value) is int, "not a JSON number")
        return self.check(value)


class Bool:
    def read(self, reader):
        byte = reader.number(1)
        demand(byte < 2, "a bool is neither 0 nor 1")
        return byte == 1

    def write(self, value, _order):
        return bytes([value])

    def from_json(self, value):
        demand(type(value) is bool, "not true or false")
        return value


def from_hex(value):
    demand(isinstance(value, str) and re.fullmatch("([0-9a-f]{2})*", value), "not lower-case hexadecimal")
    return bytes.fromhex(value)


class Fixed:
    def __init__(self, size, form=None):
        self.size, self.form = size, form

    def check(self, value):
        demand(self.form is None or self.form(value), "fixed bytes are not of their form")
        return value

    def read(self, reader):
        return self.check(reader.take(self.size))

    def write(self, value, _order):
        return value

    def from_json(self, value):
        data = from_hex(value)
        demand(len(data) == self.size, f"not {self.size} bytes")
        return self.check(data)


class Blob:
    def __init__(self, high):
        self.high = high

    def read(self, reader):
        size = reader.number(4)
        demand(size <= self.high, "a byte string is too long")
        return reader.take(size)

    def write(self, value, order):
        return len(value).to_bytes(4, order) + value

    def from_json(self, value):
        data = from_hex(value)
        demand(len(data) <= self.high, "a byte string is too long")
        return data


def is_plain(text):
    """Controls and marks that reorder text are forbidden, so that what a reader sees is what was signed."""
    for character in text:
        point = ord(character)
        if point < 0x20 or 0x7F <= point <= 0x9F or point in (0x200E, 0x200F):
            return False
        if 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069 or 0xD800 <= point <= 0xDFFF:
            return False
    return True


class Text:
    def __init__(self, low, high, form=None):
        self.low, self.high, self.form = low, high, form

    def check(self, text):
        demand(is_plain(text), "a text is not plain text")
        demand(self.low <= len(text.encode()) <= self.high, "the length of a text is outside its limits")
        demand(self.form is None or self.form(text), "a text is not of its form")
        return text

    def read(self, reader):
        size = reader.number(4)
        demand(self.low <= size <= self.high, "the length of a text is outside its limits")
        try:
            return self.check(reader.take(size).decode("utf-8", "strict"))
        except UnicodeDecodeError:
            raise Refused("a text is not UTF-8") from None

    def write(self, value, order):
        data = value.encode()
        return len(data).to_bytes(4, order) + data

    def from_json(self, value):
        demand(isinstance(value, str), "not a JSON string")
        return self.check(value)


class Enum:
    def __init__(self, names):
        self.names, self.numbers = names, {name: number for number, name in names.items()}

    def read(self, reader):
        number = reader.number(1)
        demand(number in self.names, f"the enumerator {number} is not listed")
        return self.names[number]

    def write(self, value, _order):
        return bytes([self.numbers[value]])

    def from_json(self, value):
        demand(isinstance(value, str) and value in self.numbers, "not the name of an enumerator")
        return value


class List:
    def __init__(self, element, high, key=None):
        # A key makes it a sorted list: strictly ascending, so that nothing stands in it twice.
        self.element, self.high, self.key = element, high, key

    def check(self, values):
        demand(len(values) <= self.high, "a list has too many elements")
        if self.key:
            keys = [self.key(value) for value in values]
            demand(all(a < b for a, b in zip(keys, keys[1:])), "a sorted list does not ascend")
        return values

    def read(self, reader):
        count = reader.number(4)
        # No element of any list here takes zero bytes, so a larger count than bytes cannot be honest.
        demand(count <= self.high and count <= reader.left(), "a list has too many elements")
        return self.check([self.element.read(reader) for _ in range(count)])

    def write(self, values, order):
        return len(values).to_bytes(4, order) + b"".join(self.element.write(value, order) for value in values)

    def from_json(self, values):
        demand(isinstance(values, list), "not a JSON array")
        return self.check([self.element.from_json(value) for value in values])


class Optional:
    def __init__(self, inner):
        self.inner = inner

    def read(self, reader):
        flag = reader.number(1)
        demand(flag < 2, "the flag of an optional is neither 0 nor 1")
        return self.inner.read(reader) if flag else None

    def write(self, value, order):
        return b"\0" if value is None else b"\1" + self.inner.write(value, order)

    def from_json(self, value):
        demand(value is not None, "null is refused; an absent field is left out")
        return self.inner.from_json(value)


class Record:
    def __init__(self, **fields):
        self.fields = fields

    def read(self, reader):
        return {name: kind.read(reader) for name, kind in self.fields.items()}

    def write(self, value, order):
        return b"".join(kind.write(value[name], order) for name, kind in self.fields.items())

    def from_json(self, value):
        demand(isinstance(value, dict), "not a JSON object")
        demand(value.keys() <= self.fields.keys(), "a JSON object has an unknown field")
        result = {}
        for name, kind in self.fields.items():
            if name not in value:
                demand(isinstance(kind, Optional), f"the field {name} is missing")
                result[name] = None
            else:
                result[name] = kind.from_json(value[name])
        return result


class Variant:
    def __init__(self, alternatives):
        self.alternatives = alternatives
        self.numbers = {name: number for number, (name, _) in alternatives.items()}

    def read(self, reader):
        number = reader.number(1)
        demand(number in self.alternatives, f"a variant has the unknown number {number}")
        name, record = self.alternatives[number]
        return {"type": name, **record.read(reader)}

    def write(self, value, order):
        number = self.numbers[value["type"]]
        return bytes([number]) + self.alternatives[number][1].write(value, order)

    def from_json(self, value):
        demand(isinstance(value, dict) and isinstance(value.get("type"), str), "a variant without a type")
        demand(value["type"] in self.numbers, "a variant of an unknown type")
        rest = {name: field for name, field in value.items() if name != "type"}
        return {"type": value["type"], **self.alternatives[self.numbers[value["type"]]][1].from_json(rest)}


def encode(kind, value, order="little"):
    return kind.write(value, order)


def decode(kind, data, order="little"):
    reader = Reader(data, order)
    value = kind.read(reader)
    demand(reader.left() == 0, "bytes follow the record")
    # A decoder that is strict in every detail makes this true; asking costs little and guards this program itself.
    demand(encode(kind, value, order) == data, "the encoding is not the canonical one")
    return value


def unique_fields(pairs):
    demand(len({name for name, _ in pairs}) == len(pairs), "a JSON object repeats a field")
    return dict(pairs)


def no_such_number(text):
    raise Refused(f"{text} is not a JSON number this format knows")


def parse_natural(text):
    demand(not text.startswith("-"), "a negative JSON number")
    return int(text)


def depth_of(value):
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


def read_json(kind, data):
    demand(len(data) <= 16 * 1024 * 1024, "the JSON text is larger than 16 MiB")
    try:
        parsed = json.loads(data.decode("utf-8"), object_pairs_hook=unique_fields, parse_float=no_such_number,
                            parse_constant=no_such_number, parse_int=parse_natural)
        demand(depth_of(parsed) <= 32, "the JSON text has more than 32 levels")
    except (ValueError, RecursionError):
        raise Refused("not a JSON text") from None
    return kind.from_json(parsed)


# ---------------------------------------------------------------------------------------------------------------------
# Section 5: numbers and texts.
# ---------------------------------------------------------------------------------------------------------------------

USCC_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_uscc(text):
    if len(text) != 18 or any(character not in USCC_DIGITS for character in text):
        return False
    weights = [pow(3, index, 31) for index in range(17)] + [1]
    return sum(USCC_DIGITS.index(character) * weight for character, weight in zip(text, weights)) % 31 == 0


def form(pattern):
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def is_padded_serial(data):
    text = data.rstrip(b"\0")
    return len(text) > 0 and all(0x21 <= byte <= 0x7E for byte in text)


def plain(high):
    return Text(0, high)


SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
NAME = "[a-z][a-z0-9_]{0,31}"
VISIBLE = form("[\x21-\x7e]*")
U8, U16, U32, U64 = Int(8), Int(16), Int(32), Int(64)
VERSION = Int(16, 1, 1)
COUNTER = Int(64, 0, COUNTER_MAX)
VALIDATOR_INDEX = Int(16, 0, 99)
HASH = Fixed(32)
PUBLIC_KEY, SIGNATURE, NONCE = Fixed(33), Fixed(64), Fixed(16)
DEPARTMENT_ID = Text(1, 32, form(SLUG))
NETWORK_NAME = Text(1, 64, form(rf"{SLUG}(\.{SLUG})*"))
MODULE_NAME = Text(1, 32, form(NAME))
EVENT_NAME = Text(3, 65, form(rf"{NAME}\.{NAME}"))
CERTIFICATE_ID = Text(1, 96, VISIBLE)
UNIT_NUMBER = Text(1, 28, VISIBLE)
MEDIA_TYPE = Text(3, 64, VISIBLE)
TYPE_CODE = Text(21, 21, VISIBLE)
USCC = Text(18, 18, is_uscc)
PADDED_SERIAL = Fixed(32, is_padded_serial)

# ---------------------------------------------------------------------------------------------------------------------
# Sections 6, 8, 9 and 13: records.
# ---------------------------------------------------------------------------------------------------------------------

SUBJECT = Variant({
    1: ("certificate", Record(id=CERTIFICATE_ID)), 2: ("unit", Record(id=UNIT_NUMBER)),
    3: ("application", Record(id=HASH)), 4: ("party", Record(id=HASH)), 5: ("department", Record(id=DEPARTMENT_ID)),
    6: ("motion", Record(id=COUNTER))})


def subject_key(subject):
    identifier = subject["id"]
    if isinstance(identifier, int):
        identifier = identifier.to_bytes(8, "big")
    return SUBJECT.numbers[subject["type"]], identifier.encode() if isinstance(identifier, str) else identifier


TRANSACTION = Record(
    version=VERSION, chain_id=HASH, module=MODULE_NAME, method=MODULE_NAME, arguments=Blob(61440),
    valid_until_ms=COUNTER, nonce=NONCE, sender=PUBLIC_KEY, signature=SIGNATURE)
FINDING = Record(code=U16, rule=U16, field=U16, limit=U64, value=U64, subject=Optional(SUBJECT))
OUTCOME = Variant({1: ("succeeded", Record()), 2: ("refused", Record(findings=List(FINDING, 64)))})
EVENT = Record(name=EVENT_NAME, subjects=List(SUBJECT, 8, subject_key), data=Blob(16384))
RECEIPT = Record(version=VERSION, transaction_id=HASH, outcome=OUTCOME, events=List(EVENT, 4096),
                 return_value=Blob(4096))
EVENT_POSITION = Record(height=COUNTER, receipt=U32, event=U32)
TRACE_LINK = Record(version=VERSION, previous=HASH, position=EVENT_POSITION, event_hash=HASH)
PROPOSAL_HEADER = Record(version=VERSION, chain_id=HASH, epoch=COUNTER, height=COUNTER, parent=HASH,
                         timestamp_ms=COUNTER, body_root=HASH, count=U32)
PROPOSAL = Record(header=PROPOSAL_HEADER, bodies=List(HASH, 10000))
HEADER = Record(
    version=VERSION, chain_id=HASH, epoch=COUNTER, height=COUNTER, timestamp_ms=COUNTER, proposal_digest=HASH,
    parent=HASH, history_root=HASH, transaction_root=HASH, receipt_root=HASH, state_root=HASH, validators_hash=HASH,
    next_validators_hash=HASH)
VALIDATOR = Record(department=DEPARTMENT_ID, consensus_key=PUBLIC_KEY, transport_key=HASH,
                   previous_transport_key=Optional(Record(key=HASH, until_ms=COUNTER)))
PARAMETERS = Record(
    window=Int(16, 1, 64), timeout_ms=Int(32, 50, 60000), timeout_max_ms=Int(32, 50, 60000),
    minimal_rate=Int(32, 1, 100000), block_transactions_max=Int(32, 1, 10000),
    block_bytes_max=Int(32, 65535, 16777216), validity_window_ms=Int(32, 10000, 86400000),
    clock_tolerance_ms=Int(32, 100, 60000), heartbeat_ms=Int(32, 1000, 3600000), due_entries_max=Int(32, 1, 10000))
VALIDATORS = List(VALIDATOR, 100, lambda validator: validator["department"].encode())
EPOCH_CONFIG = Record(version=VERSION, chain_id=HASH, epoch=COUNTER, parameters=PARAMETERS, validators=VALIDATORS,
                      observers=VALIDATORS)
SUITE = Record(signature=Enum({1: "ecdsa_secp256k1", 255: "keyed_hash"}), hash=Enum({1: "sha256"}))
GENESIS_DEPARTMENT = Record(id=DEPARTMENT_ID, name_zh=plain(96), name_en=plain(96), uscc=Optional(USCC),
                            administrator=PUBLIC_KEY, administrator_person=HASH)
GENESIS = Record(
    version=VERSION, name=NETWORK_NAME, created_ms=COUNTER, suite=SUITE, parameters=PARAMETERS, demo=Bool(),
    open_reads=Bool(), import_open=Bool(), validators=VALIDATORS, observers=VALIDATORS,
    departments=List(GENESIS_DEPARTMENT, 1000, lambda department: department["id"].encode()))
CHECKPOINT = Record(version=VERSION, epoch=COUNTER, view=COUNTER, height=COUNTER, proposal_digest=HASH,
                    header_hash=HASH, log_root=HASH)
SEAL = Record(version=VERSION, checkpoint=CHECKPOINT,
              signatures=List(Record(signer=VALIDATOR_INDEX, signature=SIGNATURE), 100, lambda entry: entry["signer"]))
CHAIN_BLOCK = Record(
    version=VERSION, header=HEADER, proposal=Optional(PROPOSAL), bodies=List(Blob(65535), 10000),
    receipts=List(RECEIPT, 10001), seal=Optional(SEAL), next_epoch=Optional(EPOCH_CONFIG))

ROLE = Enum(dict(enumerate(
    ("administrator", "window_clerk", "reviewer", "registrar", "issuer", "tax_officer", "housing_officer",
     "treasury_officer", "importer", "supervisor", "machine", "applicant", "node"), 1)))
DECISION = Record(reason=U16, legal_basis=plain(128), decided_by=DEPARTMENT_ID, document_number=plain(64),
                  effective_ms=COUNTER)
STANDING_RECORD = Record(
    standing=Enum(dict(enumerate(("issued", "suspended", "superseded", "rescinded", "withdrawn", "revoked_as_penalty",
                                  "deregistered", "lost_declared_void", "annulled", "transferred_out"), 1))),
    change=Optional(Record(decision=DECISION, recorded_by=DEPARTMENT_ID, recorded_ms=COUNTER)),
    replaced_by=Optional(CERTIFICATE_ID), transferred_to=Optional(plain(96)))
FILE_DIGEST = Record(media_type=MEDIA_TYPE, algorithm=Enum({1: "sha256", 2: "sm3"}), digest=HASH)
TRACE = Record(version=VERSION, event_count=COUNTER, head=HASH)
SETTINGS = Record(version=VERSION, rules_version=U32, demo=Bool(), open_reads=Bool(), import_open=Bool(),
                  definitions_by_motion=Bool())
CERTIFICATE_KEY = Record(type=TYPE_CODE, issuer=USCC, serial=PADDED_SERIAL, edition=Int(16, 1, 999))
CERTIFICATE = Record(
    version=VERSION, department=DEPARTMENT_ID, holder=HASH, content_root=HASH, files=List(FILE_DIGEST, 8),
    issued_ms=COUNTER, valid_from_ms=Optional(COUNTER), valid_until_ms=Optional(COUNTER),
    supersedes=Optional(CERTIFICATE_ID), application=Optional(HASH), standing=STANDING_RECORD, issued_by=PUBLIC_KEY,
    schema=U16, transferred_from=Optional(Record(network=plain(96), id=CERTIFICATE_ID, evidence=HASH)))
FIELD_RULE = Record(path=Text(1, 96, form(rf"{NAME}(\.{NAME})*")),
                    kind=Enum({1: "text", 2: "integer", 3: "date", 4: "money", 5: "boolean", 6: "digest"}),
                    required=Bool(), data_class=Enum({1: "open", 2: "internal", 3: "secret"}))

# Each state table: the form of its keys (after the table number) and of its records.
TABLES = {
    0x0101: (HASH, TRACE),
    0x0102: (Record(due=COUNTER, sequence=COUNTER), Record(version=VERSION, handler=U16, data=Blob(1024))),
    0x0103: (Record(), Record(version=VERSION, next=COUNTER)),
    0x0201: (Record(), SETTINGS),
    0x0202: (Record(), EPOCH_CONFIG),
    0x0203: (DEPARTMENT_ID, Record(version=VERSION, name_zh=plain(96), name_en=plain(96), uscc=Optional(USCC),
                                   administrator=PUBLIC_KEY, administrator_person=HASH)),
    0x0204: (PUBLIC_KEY, Record(version=VERSION, department=DEPARTMENT_ID, person=HASH,
                                roles=List(ROLE, 13, lambda role: ROLE.numbers[role]), enrolled_ms=COUNTER,
                                dismissed_ms=Optional(COUNTER))),
    0x0205: (PUBLIC_KEY, Record(version=VERSION, party=HASH, registered_by=DEPARTMENT_ID, registered_ms=COUNTER,
                                released_ms=Optional(COUNTER))),
    0x0206: (USCC, Record(version=VERSION, department=DEPARTMENT_ID)),
    0x0208: (PUBLIC_KEY, Record(version=VERSION, since_ms=COUNTER)),
    0x0301: (TYPE_CODE, Record(version=VERSION, name_zh=plain(96), name_en=plain(96), defined_by=DEPARTMENT_ID,
                               defined_ms=COUNTER, schema=U16)),
    0x0302: (Record(type=TYPE_CODE, department=DEPARTMENT_ID),
             Record(version=VERSION, periods=List(Record(since_ms=COUNTER, until_ms=Optional(COUNTER)), 32))),
    0x0303: (CERTIFICATE_KEY, CERTIFICATE),
    0x0304: (Record(type=TYPE_CODE, issuer=USCC, prefix=PADDED_SERIAL),
             Record(version=VERSION, department=DEPARTMENT_ID, root=HASH, count=U32, issued_ms=COUNTER,
                    standing=STANDING_RECORD, issued_by=PUBLIC_KEY, schema=U16)),
    0x0305: (Record(type=TYPE_CODE, issuer=USCC), Record(version=VERSION, lengths=U64)),
    0x0306: (CERTIFICATE_KEY, Record(version=VERSION, standing=STANDING_RECORD)),
    0x0307: (Record(type=TYPE_CODE, edition=U16), Record(version=VERSION, since_ms=COUNTER,
                                                         fields=List(FIELD_RULE, 64))),
}

# Section 16: the proofs. The document sets no limits on these lists, so only the size of the JSON text bounds them.
MANY = 1 << 24
LOG_PATH = List(HASH, 49)
STATE_PROOF = Record(version=VERSION, siblings=List(HASH, 256), other=Optional(Record(position=HASH, value=HASH)))
STATE_ENTRY = Record(what=plain(256), key=Blob(4096), position=HASH, value=Optional(Blob(1 << 20)),
                     value_hash=Optional(HASH), proof=STATE_PROOF)
LEAF_ENTRY = Record(what=plain(256), height=COUNTER, index=U32, size=U32, leaf_hash=HASH, path=LOG_PATH, root=HASH)
PROOFS = Record(
    height=COUNTER, header_hash=HASH, state_root=HASH, signed_note=Blob(1 << 20), state=List(STATE_ENTRY, MANY),
    transactions=List(LEAF_ENTRY, MANY), receipts=List(LEAF_ENTRY, MANY),
    history=List(Record(height=COUNTER, header_hash=HASH, size=U64, path=LOG_PATH, root=HASH), MANY),
    consistency=List(Record(old_size=U64, new_size=U64, old_root=HASH, new_root=HASH, path=LOG_PATH), MANY),
    traces=List(Record(subject=SUBJECT, steps=List(Record(position=EVENT_POSITION, event=EVENT, head=HASH), MANY),
                       record=STATE_ENTRY), MANY))


# ---------------------------------------------------------------------------------------------------------------------
# Sections 3 and 4: hashes and signatures.
# ---------------------------------------------------------------------------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).digest()


@functools.lru_cache(maxsize=None)
def tag_prefix(tag):
    return sha256(f"kanhe/{tag}/v1".encode()) * 2


def tagged(tag, message):
    return sha256(tag_prefix(tag) + message)


def header_hash(header):
    return tagged("header", encode(HEADER, header))


def config_hash(config):
    return tagged("validators", encode(EPOCH_CONFIG, config))


@functools.lru_cache(maxsize=4096)
def load_key(data):
    """Takes the compressed form only: a second spelling of a key would make a second account of it."""
    demand(len(data) == 33 and data[0] in (2, 3), "a public key is not in compressed form")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), data)
    except ValueError:
        raise Refused("a public key is not a point of the curve") from None


def check_signature(key, digest, signature, what):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    demand(len(signature) == 64 and 1 <= r < CURVE_ORDER, f"{what}: r is out of range")
    # The twin of a signature, with N - s, is good ECDSA too; refusing it leaves one form of each signature.
    demand(1 <= s <= CURVE_ORDER // 2, f"{what}: s is not low")
    try:
        load_key(key).verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except InvalidSignature:
        raise Refused(f"{what}: the signature is wrong") from None


# ---------------------------------------------------------------------------------------------------------------------
# Section 7: Merkle logs.
# ---------------------------------------------------------------------------------------------------------------------

EMPTY_LOG = sha256(b"")


def log_leaf(data):
    return sha256(b"\0" + data)


def log_node(left, right):
    return sha256(b"\1" + left + right)


class Log:
    """The roots of the complete subtrees, largest first: enough to append and to give the root."""

    def __init__(self, leaves=()):
        self.size, self.peaks = 0, []
        for data in leaves:
            self.append(data)

    def append(self, data):
        node, self.size = log_leaf(data), self.size + 1
        # Each trailing zero of the new size stands for two subtrees of one height that become one.
        for _ in range((self.size & -self.size).bit_length() - 1):
            node = log_node(self.peaks.pop(), node)
        self.peaks.append(node)

    def root(self):
        if not self.peaks:
            return EMPTY_LOG
        return functools.reduce(lambda right, left: log_node(left, right), reversed(self.peaks))


def check_inclusion(leaf, index, size, path, root):
    demand(index < size, "the index is not below the size of the log")
    fn, sn, node = index, size - 1, leaf
    for sibling in path:
        demand(sn != 0, "the inclusion path is too long")
        if fn & 1 or fn == sn:
            node = log_node(sibling, node)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = log_node(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    demand(sn == 0, "the inclusion path is too short")
    demand(node == root, "the inclusion path leads to another root")


def check_consistency(old_size, new_size, path, old_root, new_root):
    demand(old_size <= new_size, "the old log is larger than the new one")
    if old_size == 0 or old_size == new_size:
        demand(not path, "this consistency path must be empty")
        demand(old_root == EMPTY_LOG if old_size == 0 else old_root == new_root, "the roots are not those of one log")
        demand(new_size > 0 or new_root == EMPTY_LOG, "the new root is not that of the empty log")
        return
    path = [old_root, *path] if old_size & (old_size - 1) == 0 else path
    demand(path, "the consistency path is too short")
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for node in path[1:]:
        demand(sn != 0, "the consistency path is too long")
        if fn & 1 or fn == sn:
            old, new = log_node(node, old), log_node(node, new)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = log_node(new, node)
        fn, sn = fn >> 1, sn >> 1
    demand(sn == 0, "the consistency path is too short")
    demand(old == old_root and new == new_root, "the consistency path leads to other roots")


# ---------------------------------------------------------------------------------------------------------------------
# Section 9: the state tree.
# ---------------------------------------------------------------------------------------------------------------------

def check_state_proof(position, value_hash, proof, root):
    siblings, other = proof["siblings"], proof["other"]
    count = len(siblings)
    bits = int.from_bytes(position, "big")
    demand(not siblings or siblings[0] != ZERO, "the lowest sibling is empty, so the proof is longer than it must be")
    if value_hash is not None:
        demand(other is None, "a proof of presence names another leaf")
        node = tagged("state-leaf", position + value_hash)
    elif other is None:
        node = ZERO
    else:
        demand(other["position"] != position, "the other leaf stands at the position itself")
        difference = bits ^ int.from_bytes(other["position"], "big")
        demand(difference >> (256 - count) == 0, "the other leaf is not in the subtree of the position")
        node = tagged("state-leaf", other["position"] + other["value"])
    for index, sibling in enumerate(siblings):
        turn = bits >> (255 - (count - 1 - index)) & 1
        node = tagged("state-node", sibling + node if turn else node + sibling)
    demand(node == root, "the state proof leads to another root")


# ---------------------------------------------------------------------------------------------------------------------
# Section 6: the genesis and configurations.
# ---------------------------------------------------------------------------------------------------------------------

def check_config(config):
    parameters, members = config["parameters"], config["validators"] + config["observers"]
    demand(parameters["timeout_max_ms"] >= parameters["timeout_ms"], "timeout_max_ms is below timeout_ms")
    demand(parameters["validity_window_ms"] > parameters["clock_tolerance_ms"],
           "validity_window_ms is not above clock_tolerance_ms")
    demand(config["validators"], "a configuration without validators")
    for field in ("department", "consensus_key", "transport_key"):
        demand(len({member[field] for member in members}) == len(members), f"a configuration repeats a {field}")
    for member in members:
        load_key(member["consensus_key"])


class Network:
    """What follows from the trusted genesis."""

    def __init__(self, genesis):
        self.genesis = genesis
        self.chain_id = tagged("genesis", encode(GENESIS, genesis))
        self.origin = f"{genesis['name']}/{self.chain_id.hex()}"
        self.first_config = {"version": 1, "chain_id": self.chain_id, "epoch": 0, "parameters": genesis["parameters"],
                             "validators": genesis["validators"], "observers": genesis["observers"]}


def read_genesis(data):
    genesis = read_json(GENESIS, data)
    network = Network(genesis)
    demand(genesis["suite"]["signature"] == "ecdsa_secp256k1", "a simulated network, whose signatures prove nothing")
    check_config(network.first_config)
    administrators = [department["administrator"] for department in genesis["departments"]]
    demand(len(set(administrators)) == len(administrators), "the genesis repeats an administrator key")
    for department in genesis["departments"]:
        load_key(department["administrator"])
        demand(department["administrator_person"] != ZERO, "a department of the genesis has no administrator")
    codes = [department["uscc"] for department in genesis["departments"] if department["uscc"] is not None]
    demand(len(set(codes)) == len(codes), "the genesis repeats a credit code")
    listed = {department["id"] for department in genesis["departments"]}
    for member in genesis["validators"] + genesis["observers"]:
        demand(member["department"] in listed, "a validator's or observer's department is not listed")
    return network


# ---------------------------------------------------------------------------------------------------------------------
# Section 8: seals and notes.
# ---------------------------------------------------------------------------------------------------------------------

def quorum(count):
    return (count + (count - 1) // 3) // 2 + 1


def note_text(origin, checkpoint):
    return (f"{origin}\n{checkpoint['height'] + 1}\n{base64.b64encode(checkpoint['log_root']).decode()}\n"
            f"kanhe/v1 epoch={checkpoint['epoch']} view={checkpoint['view']} height={checkpoint['height']} "
            f"proposal={checkpoint['proposal_digest'].hex()} header={checkpoint['header_hash'].hex()}\n")


def check_seal(network, config, seal):
    validators, checkpoint = config["validators"], seal["checkpoint"]
    demand(checkpoint["epoch"] == config["epoch"], "the seal is of another epoch")
    demand(len(seal["signatures"]) >= quorum(len(validators)), "the seal has too few signatures for a quorum")
    digest = tagged("checkpoint", note_text(network.origin, checkpoint).encode())
    before = -1
    for entry in seal["signatures"]:
        demand(before < entry["signer"] < len(validators), "the signers of the seal are out of order or unknown")
        before = entry["signer"]
        check_signature(validators[before]["consensus_key"], digest, entry["signature"], f"seal, signer {before}")


NOTE = re.compile(
    "(?P<origin>[^\n]+)\n(?P<size>[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/]+=*)\n"
    "kanhe/v1 epoch=(?P<epoch>[0-9]{1,15}) view=(?P<view>[0-9]{1,15}) height=(?P<height>[0-9]{1,15}) "
    "proposal=(?P<proposal>[0-9a-f]{64}) header=(?P<header>[0-9a-f]{64})\n")


def read_checkpoint(network, text):
    match = NOTE.fullmatch(text)
    demand(match, "the note is not a checkpoint")
    checkpoint = {"version": 1, "epoch": int(match["epoch"]), "view": int(match["view"]),
                  "height": int(match["height"]), "proposal_digest": bytes.fromhex(match["proposal"]),
                  "header_hash": bytes.fromhex(match["header"]), "log_root": from_base64(match["root"])}
    demand(len(checkpoint["log_root"]) == 32, "the root in the note is not 32 bytes")
    for field in ("epoch", "view", "height"):
        COUNTER.check(checkpoint[field])
    # Writing it again refuses leading zeros, another size and any second spelling at one stroke.
    demand(note_text(network.origin, checkpoint) == text, "the note is not in the one form of its checkpoint")
    return checkpoint


def from_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Refused("a note holds wrong base64") from None
    demand(base64.b64encode(data).decode() == text, "a note holds base64 in a second spelling")
    return data


def read_note(network, config, data):
    """Takes a C2SP signed note and gives the seal in it, after judging it as a seal."""
    try:
        text, separator, lines = data.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise Refused("the note is not UTF-8") from None
    demand(separator and lines.endswith("\n"), "the note has no signatures, or does not end with a newline")
    names = {f"{network.origin}/{member['department']}": index for index, member in enumerate(config["validators"])}
    signatures = []
    for line in lines[:-1].split("\n"):
        demand(line.startswith("\u2014 ") and line.count(" ") == 2, "a line of the note is not a signature")
        _, name, code = line.split(" ")
        demand(name in names, "the note is signed by somebody unknown")
        public_key = config["validators"][names[name]]["consensus_key"]
        key_id = sha256(name.encode() + b"\n\xffkanhe/ecdsa-secp256k1/v1" + public_key)[:4]
        blob = from_base64(code)
        demand(len(blob) == 68 and blob[:4] == key_id, "a line of the note has the wrong key id or length")
        signatures.append({"signer": names[name], "signature": blob[4:]})
    seal = {"version": 1, "checkpoint": read_checkpoint(network, text + "\n"), "signatures": signatures}
    check_seal(network, config, seal)
    return seal


# ---------------------------------------------------------------------------------------------------------------------
# Section 15: the chain, block by block.
# ---------------------------------------------------------------------------------------------------------------------

class Chain:
    def __init__(self, network):
        self.network, self.config = network, network.first_config
        self.headers, self.header_hashes, self.leaves = [], [], []
        self.log, self.log_roots = Log(), [EMPTY_LOG]
        self.transaction_ids, self.traces, self.seals = set(), {}, {}
        # The configuration that agreed on the sealed tip, and the one that agrees on the block after it.
        self.sealed_height, self.sealed_config, self.sealed_next_config = 0, None, None
        self.counts = {}

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number


def split_blocks(data):
    demand(data.startswith(CHAIN_MAGIC), "not a chain file")
    at, blocks = len(CHAIN_MAGIC), []
    while at < len(data):
        demand(len(data) - at >= 4, "the file ends inside a block's length")
        size = int.from_bytes(data[at:at + 4], "little")
        demand(size <= len(data) - at - 4, "the file ends inside a block")
        blocks.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return blocks


def check_system_receipt(receipt):
    demand(receipt["transaction_id"] == ZERO, "the system receipt names a transaction")
    demand(receipt["outcome"]["type"] == "succeeded", "the system receipt is refused")


def check_first_block(chain, block):
    network, header = chain.network, block["header"]
    receipts = [encode(RECEIPT, receipt) for receipt in block["receipts"]]
    demand(block["proposal"] is None and not block["bodies"] and block["seal"] is None,
           "block 0 has a proposal, bodies or a seal")
    demand(len(receipts) == 1, "block 0 does not have exactly one receipt")
    check_system_receipt(block["receipts"][0])
    demand(block["next_epoch"] == network.first_config, "block 0 does not name the first configuration")
    expected = {
        "version": 1, "chain_id": network.chain_id, "epoch": 0, "height": 0,
        "timestamp_ms": network.genesis["created_ms"], "proposal_digest": network.chain_id, "parent": ZERO,
        "history_root": EMPTY_LOG, "transaction_root": EMPTY_LOG, "receipt_root": Log(receipts).root(),
        # What the genesis founds in state is known only to whoever runs the contracts.
        "state_root": header["state_root"],
        "validators_hash": config_hash(network.first_config),
        "next_validators_hash": config_hash(network.first_config)}
    for field, value in expected.items():
        demand(header[field] == value, f"the header of block 0 has another {field} than the genesis demands")


def check_header(chain, header, height):
    demand(header["chain_id"] == chain.network.chain_id, "the header is of another chain")
    demand(header["height"] == height, "the header is of another height")
    demand(header["parent"] == chain.header_hashes[-1], "the header does not follow its parent")
    demand(header["epoch"] == chain.config["epoch"], "the header is of another epoch")
    demand(header["validators_hash"] == config_hash(chain.config), "the header names other validators")
    demand(header["history_root"] == chain.log.root(), "the header has another history")


def check_proposal(chain, header, proposal):
    demand(proposal is not None, "the block has no proposal")
    inner, before = proposal["header"], chain.headers[-1]
    for field in ("chain_id", "epoch", "height", "timestamp_ms"):
        demand(inner[field] == header[field], f"proposal and header differ in {field}")
    demand(tagged("proposal", encode(PROPOSAL_HEADER, inner)) == header["proposal_digest"],
           "the header names another proposal")
    demand(inner["parent"] == before["proposal_digest"], "the proposal does not follow its parent")
    demand(inner["timestamp_ms"] >= before["timestamp_ms"], "time runs backwards")
    demand(inner["count"] == len(proposal["bodies"]), "the proposal has another count than bodies")
    demand(inner["body_root"] == Log(proposal["bodies"]).root(), "the body hashes lead to another root")
    demand(inner["body_root"] == header["transaction_root"], "the header has another transaction root")


def check_bodies(chain, block):
    """Gives the ids of the transactions, in order."""
    header, parameters, hashes_listed = block["header"], chain.config["parameters"], block["proposal"]["bodies"]
    bodies, time, ids = block["bodies"], header["timestamp_ms"], []
    demand(len(bodies) == len(hashes_listed), "the block does not have the listed bodies")
    demand(len(bodies) <= parameters["block_transactions_max"], "the block has too many transactions")
    demand(sum(map(len, bodies)) <= parameters["block_bytes_max"], "the block's transactions are too large")
    for index, (body, listed) in enumerate(zip(bodies, hashes_listed)):
        demand(tagged("body", body) == listed, f"transaction {index} is not the listed one")
        transaction = decode(TRANSACTION, body)
        identifier = tagged("transaction", body[:-64])
        demand(transaction["chain_id"] == chain.network.chain_id, f"transaction {index} is of another chain")
        demand(identifier not in chain.transaction_ids, f"transaction {index} stood in the chain before")
        demand(time < transaction["valid_until_ms"], f"transaction {index} is expired")
        demand(transaction["valid_until_ms"] <= time + parameters["validity_window_ms"],
               f"transaction {index} is valid for too long")
        check_signature(transaction["sender"], identifier, transaction["signature"], f"transaction {index}")
        chain.transaction_ids.add(identifier)
        ids.append(identifier)
    chain.count("transactions: hash, signature, expiry, once only", len(ids))
    return ids


def check_receipts(header, receipts, ids):
    demand(len(receipts) == len(ids) + 1, "the block does not have one receipt more than transactions")
    demand(Log(encode(RECEIPT, receipt) for receipt in receipts).root() == header["receipt_root"],
           "the receipts lead to another root")
    check_system_receipt(receipts[0])
    for receipt, identifier in zip(receipts[1:], ids):
        demand(receipt["transaction_id"] == identifier, "a receipt is of another transaction")
    for receipt in receipts:
        outcome = receipt["outcome"]
        if outcome["type"] == "refused":
            demand(outcome["findings"], "a refusal without findings")
            demand(not receipt["events"] and not receipt["return_value"], "a refusal with events or a return value")


def link(head, position, event):
    value = {"version": 1, "previous": head, "position": position, "event_hash": sha256(encode(EVENT, event))}
    return tagged("trace", encode(TRACE_LINK, value))


def extend_traces(chain, height, receipts):
    for receipt_index, receipt in enumerate(receipts):
        for event_index, event in enumerate(receipt["events"]):
            position = {"height": height, "receipt": receipt_index, "event": event_index}
            for subject in event["subjects"]:
                steps = chain.traces.setdefault(encode(SUBJECT, subject), [])
                head = link(steps[-1]["head"] if steps else ZERO, position, event)
                steps.append({"position": position, "event": event, "head": head})
        chain.count("events", len(receipt["events"]))
    chain.count("receipts: root, id, outcome", len(receipts))


def check_next_epoch(chain, header, config):
    changes = header["next_validators_hash"] != header["validators_hash"]
    demand((config is not None) == changes, "next_epoch is present where it must not be, or absent where it must be")
    if config is not None:
        demand(config_hash(config) == header["next_validators_hash"],
               "next_epoch has another hash than the header says")
        demand(config["chain_id"] == chain.network.chain_id, "next_epoch is of another chain")
        demand(config["epoch"] == chain.config["epoch"] + 1, "next_epoch does not have the next number")
        check_config(config)


def check_block_seal(chain, header, seal, config_after):
    checkpoint, height = seal["checkpoint"], header["height"]
    check_seal(chain.network, chain.config, seal)
    demand(checkpoint["height"] == height, "the seal is of another height")
    demand(checkpoint["proposal_digest"] == header["proposal_digest"], "the seal is of another proposal")
    demand(checkpoint["header_hash"] == chain.header_hashes[-1], "the seal is of another header")
    demand(checkpoint["log_root"] == chain.log.root(), "the seal is of another history")
    chain.count("blocks made final by a seal", height - chain.sealed_height)
    chain.count("seals with a quorum")
    chain.count("signatures in seals", len(seal["signatures"]))
    chain.seals[height] = seal
    chain.sealed_height, chain.sealed_config, chain.sealed_next_config = height, chain.config, config_after


def append_header(chain, block):
    header = block["header"]
    chain.headers.append(header)
    chain.header_hashes.append(header_hash(header))
    chain.log.append(chain.header_hashes[-1])
    chain.log_roots.append(chain.log.root())
    chain.leaves.append(([log_leaf(tagged("body", body)) for body in block["bodies"]],
                         [log_leaf(encode(RECEIPT, receipt)) for receipt in block["receipts"]]))
    chain.count("headers")


def check_block(chain, data, height):
    block = decode(CHAIN_BLOCK, data)
    header, next_config = block["header"], block["next_epoch"]
    if height == 0:
        check_first_block(chain, block)
    else:
        check_header(chain, header, height)
        check_proposal(chain, header, block["proposal"])
        check_receipts(header, block["receipts"], check_bodies(chain, block))
        check_next_epoch(chain, header, next_config)
    extend_traces(chain, height, block["receipts"])
    append_header(chain, block)
    if block["seal"] is not None:
        check_block_seal(chain, header, block["seal"], next_config or chain.config)
    if height > 0 and next_config is not None:
        demand(block["seal"] is not None, "the last block of an epoch has no seal of its own")
        chain.config = next_config
        chain.count("changes of epoch")


def verify_chain(genesis_data, chain_data):
    """Gives the verified chain, or raises Refused with the height."""
    network = read_genesis(genesis_data)
    chain = Chain(network)
    blocks = split_blocks(chain_data)
    demand(blocks, "the chain file holds no block")
    for height, data in enumerate(blocks):
        try:
            check_block(chain, data, height)
        except Refused as refusal:
            raise Refused(str(refusal), height) from None
    # Without one seal nobody vouches for anything in the file, so there is nothing to accept.
    demand(chain.sealed_height > 0, "no block of the chain is sealed")
    return chain


# ---------------------------------------------------------------------------------------------------------------------
# Section 16: the proofs, each against the verified chain and not only against the roots that it names itself.
# ---------------------------------------------------------------------------------------------------------------------

def check_state_entry(chain, entry):
    key, value = entry["key"], entry["value"]
    demand(len(key) >= 2 and int.from_bytes(key[:2], "big") in TABLES, "the state key is of an unknown table")
    table = int.from_bytes(key[:2], "big")
    key_kind, record_kind = TABLES[table]
    decode(key_kind, key[2:], "big")
    demand(entry["position"] == tagged("state-key", key), "the position is not that of the key")
    demand((value is None) == (entry["value_hash"] is None), "value and value hash must come together")
    record = None
    if value is not None:
        demand(entry["value_hash"] == tagged("state-value", value), "the value hash is not that of the value")
        record = decode(record_kind, value)
    check_state_proof(entry["position"], entry["value_hash"], entry["proof"],
                      chain.headers[chain.sealed_height]["state_root"])
    # Two records follow from what is known already, so they are compared besides being proved.
    if table == 0x0201:
        demand(record, "the settings are absent")
        genesis = chain.network.genesis
        # Motions change the others.
        demand(record["demo"] == genesis["demo"], "the settings have another demo than the genesis")
    if table == 0x0202:
        demand(record == chain.sealed_next_config, "the configuration in state is not the one in force")
    return record


def check_leaf_entry(chain, entry, which, root_field):
    height = entry["height"]
    demand(height <= chain.sealed_height, "the proof is of a height that is not final")
    leaves = chain.leaves[height][which]
    demand(entry["size"] == len(leaves), "the size is not that of the block's log")
    demand(entry["index"] < len(leaves), "the index is not below the size of the log")
    demand(entry["leaf_hash"] == leaves[entry["index"]], "the leaf is not the one in the block")
    demand(entry["root"] == chain.headers[height][root_field], "the root is not that of the header")
    check_inclusion(entry["leaf_hash"], entry["index"], entry["size"], entry["path"], entry["root"])


def check_transaction_entry(chain, entry):
    check_leaf_entry(chain, entry, 0, "transaction_root")


def check_receipt_entry(chain, entry):
    check_leaf_entry(chain, entry, 1, "receipt_root")


def check_history_entry(chain, entry):
    height, tip = entry["height"], chain.sealed_height
    demand(height <= tip and entry["size"] == tip + 1, "the proof is not of the log of the tip")
    demand(entry["header_hash"] == chain.header_hashes[height], "the header hash is not that of the height")
    demand(entry["root"] == chain.seals[tip]["checkpoint"]["log_root"], "the root is not that of the tip's seal")
    check_inclusion(log_leaf(entry["header_hash"]), height, entry["size"], entry["path"], entry["root"])


def check_consistency_entry(chain, entry):
    old, new = entry["old_size"], entry["new_size"]
    demand(old <= new <= chain.sealed_height + 1, "the sizes are not those of the chain's logs")
    demand(entry["old_root"] == chain.log_roots[old], "the old root is not that of the chain")
    demand(entry["new_root"] == chain.log_roots[new], "the new root is not that of the chain")
    check_consistency(old, new, entry["path"], entry["old_root"], entry["new_root"])


def check_trace_entry(chain, entry):
    subject, steps = encode(SUBJECT, entry["subject"]), entry["steps"]
    demand(entry["record"]["key"] == b"\1\1" + sha256(subject), "the record is not the trace of the subject")
    record, head = check_state_entry(chain, entry["record"]), ZERO
    for step in steps:
        demand(entry["subject"] in step["event"]["subjects"], "an event does not name the subject")
        head = link(head, step["position"], step["event"])
        demand(step["head"] == head, "a head does not follow from the one before it")
    demand((record is None) == (not steps), "a trace has steps without a record or a record without steps")
    if record is not None:
        demand(record["event_count"] == len(steps) and record["head"] == head, "the steps do not lead to the record")
    known = [step for step in chain.traces.get(subject, []) if step["position"]["height"] <= chain.sealed_height]
    demand(steps == known, "the steps are not those that the receipts give")


ENTRY_CHECKS = {
    "state": check_state_entry, "transactions": check_transaction_entry, "receipts": check_receipt_entry,
    "history": check_history_entry, "consistency": check_consistency_entry, "traces": check_trace_entry}


def check_proof_heads(chain, proofs):
    tip = chain.sealed_height
    demand(proofs["height"] == tip, f"the proofs are of height {proofs['height']}, the sealed tip is {tip}")
    demand(proofs["header_hash"] == chain.header_hashes[tip], "the proofs name another header")
    demand(proofs["state_root"] == chain.headers[tip]["state_root"], "the proofs name another state root")
    note_seal = read_note(chain.network, chain.sealed_config, proofs["signed_note"])
    demand(note_seal == chain.seals[tip], "the signed note is not the tip's seal")


def verify_proofs(chain, proofs_data):
    """Gives how many proofs of each kind were good, or raises Refused."""
    proofs = read_json(PROOFS, proofs_data)
    check_proof_heads(chain, proofs)
    counts = {"signed note": 1}
    for kind, check in ENTRY_CHECKS.items():
        demand(proofs[kind], f"there are no proofs of the kind {kind}")
        for index, entry in enumerate(proofs[kind]):
            try:
                check(chain, entry)
            except Refused as refusal:
                raise Refused(f"{kind} proof {index}: {refusal}", chain.sealed_height) from None
        counts[f"{kind} proofs"] = len(proofs[kind])
    counts["absences among the state proofs"] = sum(entry["value"] is None for entry in proofs["state"])
    return counts


def verify_all(genesis_data, chain_data, proofs_data):
    chain = verify_chain(genesis_data, chain_data)
    return chain, verify_proofs(chain, proofs_data)


# ---------------------------------------------------------------------------------------------------------------------
# What a verifier remembers: the newest epoch that it has seen proved, so that nobody shows it an older network.
# ---------------------------------------------------------------------------------------------------------------------

def remember_epoch(path, network, epoch, height):
    """The newest epoch that was ever seen; keeps it in the file `path`. Raises Refused when it is shown an older one."""
    path = pathlib.Path(path)
    memory = json.loads(path.read_text()) if path.exists() else {}
    seen = memory.get(network.origin, {"epoch": 0, "height": 0})
    demand(epoch >= seen["epoch"],
           f"the newest epoch shown is {epoch}, but epoch {seen['epoch']} was seen at height {seen['height']}")
    newest = {"epoch": epoch, "height": max(height, seen["height"])}
    memory[network.origin] = newest
    path.write_text(json.dumps(memory, indent=1) + "\n")
    return newest


def print_table(counts):
    width = max(map(len, counts))
    for what, number in counts.items():
        print(f"  {what:<{width}}  {number:>8}")


def main(arguments):
    if len(arguments) not in (2, 3):
        print("usage: verify.py DIR [MEMORY.json]", file=sys.stderr)
        return 1
    directory = pathlib.Path(arguments[1])
    try:
        chain = verify_chain((directory / "genesis.json").read_bytes(), (directory / "chain.bin").read_bytes())
        print(f"chain {chain.network.origin}")
        print(f"sealed tip {chain.sealed_height}, header {chain.header_hashes[chain.sealed_height].hex()}")
        if chain.sealed_height + 1 < len(chain.headers):
            print(f"{len(chain.headers) - 1 - chain.sealed_height} blocks above it are not final")
        epoch = chain.sealed_next_config["epoch"]
        print(f"newest epoch {epoch}, {len(chain.sealed_next_config['validators'])} validators")
        if len(arguments) == 3:
            remember_epoch(arguments[2], chain.network, epoch, chain.sealed_height)
        counts = verify_proofs(chain, (directory / "proofs.json").read_bytes())
    except Refused as refusal:
        place = "" if refusal.height is None else f" at height {refusal.height}"
        print(f"REFUSED{place}: {refusal}")
        return 1
    except OSError as error:
        print(f"REFUSED: {error}")
        return 1
    print("checked:")
    print_table({**chain.counts, **counts})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

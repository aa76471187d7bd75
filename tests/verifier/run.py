#!/usr/bin/env python3
"""Demands that the independent verifier accepts a fresh example chain and refuses every way of tampering with it.

Usage: run.py, without arguments, from the root of the repository, after a release build.

Part of the tampering is done on a chain forged here, with keys of its own: everything in it is hashed and sealed
correctly except for the one rule that is broken. Only so is it the rule that refuses, and not a hash that no longer
fits.
"""

import base64
import copy
import functools
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

import verify

MAKE_CHAIN = pathlib.Path("build/release/make_chain")
VECTORS = pathlib.Path("tests/vectors/ledger.json")


class Run:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def report(self, good, line):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print(("PASS  " if good else "FAIL  ") + line, flush=True)

    def accepts(self, name, function):
        try:
            function()
            self.report(True, f"accepted: {name}")
        except verify.Refused as refusal:
            self.report(False, f"accepted: {name}: refused at height {refusal.height}: {refusal}")

    def refuses(self, name, function, fragment=""):
        """The fragment must stand in the reason, so that another rule cannot hide that this one is missing."""
        try:
            function()
            self.report(False, f"refused: {name}: was accepted")
        except verify.Refused as refusal:
            self.report(fragment in str(refusal), f"refused: {name}: {refusal}")
        except Exception as error:  # A crash is not a refusal: a caller could not tell it from a broken verifier.
            self.report(False, f"refused: {name}: crashed with {error!r}")

    def refuses_all(self, name, functions):
        """One line for the same tampering at many places."""
        functions = list(functions)
        for where, function in functions:
            try:
                function()
            except verify.Refused:
                continue
            except Exception as error:
                return self.report(False, f"refused: {name}: {where}: crashed with {error!r}")
            return self.report(False, f"refused: {name}: {where}: was accepted")
        return self.report(bool(functions), f"refused: {name}: at {len(functions)} places")


# ---------------------------------------------------------------------------------------------------------------------
# Ways to alter a value.
# ---------------------------------------------------------------------------------------------------------------------

def flip(value):
    """Alters one bit."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1]) if value else b"\1"
    return value[:-1] + chr(ord(value[-1]) ^ 1)


def places(value, path=()):
    """The paths to everything in a decoded value that is neither record nor list. Names of variants have no bits."""
    if isinstance(value, dict):
        for name, field in value.items():
            if name != "type" and field is not None:
                yield from places(field, path + (name,))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from places(element, path + (index,))
    else:
        yield path


def altered(value, path, change):
    result = copy.deepcopy(value)
    holder = functools.reduce(lambda inner, step: inner[step], path[:-1], result)
    holder[path[-1]] = change(holder[path[-1]])
    return result


def name_of(path):
    return ".".join(map(str, path))


def high_s(signature):
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + (verify.CURVE_ORDER - s).to_bytes(32, "big")


def join(blocks):
    return verify.CHAIN_MAGIC + b"".join(len(block).to_bytes(4, "little") + block for block in blocks)


# ---------------------------------------------------------------------------------------------------------------------
# Tampering with the example chain.
# ---------------------------------------------------------------------------------------------------------------------

class Example:
    def __init__(self, directory):
        self.genesis = (directory / "genesis.json").read_bytes()
        self.chain = (directory / "chain.bin").read_bytes()
        self.proofs = (directory / "proofs.json").read_bytes()
        self.blocks = verify.split_blocks(self.chain)
        self.decoded = [verify.decode(verify.CHAIN_BLOCK, block) for block in self.blocks]

    def check(self, genesis=None, chain=None, proofs=None):
        return verify.verify_all(genesis or self.genesis, self.chain if chain is None else chain,
                                 proofs or self.proofs)

    def with_block(self, height, block):
        data = block if isinstance(block, bytes) else verify.encode(verify.CHAIN_BLOCK, block)
        return lambda: self.check(chain=join([*self.blocks[:height], data, *self.blocks[height + 1:]]))

    def first(self, condition):
        return next(height for height, block in enumerate(self.decoded) if height > 0 and condition(block))


def tamper_with_fields(run, example):
    """Flips a bit in every field of one block that has everything: transactions, events and a seal."""
    height = example.first(lambda block: block["seal"] and len(block["bodies"]) >= 3
                           and any(receipt["events"] for receipt in block["receipts"]))
    block = example.decoded[height]
    for path in places(block):
        if path[0] != "bodies":
            run.refuses(f"a bit of {name_of(path)} in block {height}",
                        example.with_block(height, altered(block, path, flip)))
    transaction = verify.decode(verify.TRANSACTION, block["bodies"][0])
    for path in places(transaction):
        body = verify.encode(verify.TRANSACTION, altered(transaction, path, flip))
        run.refuses(f"a bit of transaction 0's {name_of(path)} in block {height}",
                    example.with_block(height, altered(block, ("bodies", 0), lambda _: body)))
    for path in places(example.decoded[0]):
        if path[0] != "header" and path[0] != "receipts":
            run.refuses(f"a bit of {name_of(path)} in block 0",
                        example.with_block(0, altered(example.decoded[0], path, flip)))
    run.refuses_all("a bit of block 0's header or receipt",
                    [(name_of(path), example.with_block(0, altered(example.decoded[0], path, flip)))
                     for path in places(example.decoded[0]) if path[0] in ("header", "receipts")])


def tamper_with_signatures(run, example):
    validators = len(verify.read_genesis(example.genesis).first_config["validators"])
    least = verify.quorum(validators)
    height = example.first(lambda block: block["seal"] and len(block["seal"]["signatures"]) == least)
    block, where = example.decoded[height], ("seal", "signatures")
    for name, change in {
            "q-1 signatures": lambda list_: list_[:-1], "no signatures": lambda _: [],
            "the first signature missing": lambda list_: list_[1:],
            "a signature twice": lambda list_: [list_[0], *list_],
            "a signature twice in place of another": lambda list_: [list_[0], *list_[:-1]],
            "signatures in reverse order": lambda list_: list_[::-1]}.items():
        run.refuses(f"a seal with {name}", example.with_block(height, altered(block, where, change)))
    for index in range(least):
        run.refuses(f"seal signature {index} with n-s in place of s",
                    example.with_block(height, altered(block, (*where, index, "signature"), high_s)), "s is not low")
        for part, value in {"r = 0": lambda sig: bytes(32) + sig[32:],
                            "s = 0": lambda sig: sig[:32] + bytes(32)}.items():
            run.refuses(f"seal signature {index} with {part}",
                        example.with_block(height, altered(block, (*where, index, "signature"), value)))

    def swap(list_):
        first, second = list_[0]["signature"], list_[1]["signature"]
        return [{**list_[0], "signature": second}, {**list_[1], "signature": first}, *list_[2:]]
    run.refuses("two seal signatures exchanged", example.with_block(height, altered(block, where, swap)))
    other = example.first(lambda candidate: candidate["seal"] and candidate is not block)
    run.refuses("the seal of another block",
                example.with_block(height, {**block, "seal": example.decoded[other]["seal"]}), "another height")
    tip = len(example.blocks) - 1
    run.refuses("the tip without its seal", example.with_block(tip, {**example.decoded[tip], "seal": None}))


def tamper_with_structure(run, example):
    blocks, count = example.blocks, len(example.blocks)
    for name, changed in {
            "block 0 missing": blocks[1:], "block 1 missing": blocks[:1] + blocks[2:],
            "a middle block missing": blocks[:count // 2] + blocks[count // 2 + 1:],
            "the last block missing": blocks[:-1],
            "only block 0": blocks[:1], "no blocks": [], "a block twice": blocks[:3] + blocks[2:],
            "the last block twice": blocks + blocks[-1:],
            "blocks 1 and 2 exchanged": [blocks[0], blocks[2], blocks[1], *blocks[3:]],
            "all blocks in reverse order": blocks[::-1], "an empty block at the end": [*blocks, b""]}.items():
        run.refuses(name, lambda changed=changed: example.check(chain=join(changed)))
    data = example.chain
    for name, changed in {
            "an empty file": b"", "another magic": b"kanhe-c2" + data[8:], "a byte behind the end": data + b"\0",
            "a file cut by one byte": data[:-1], "a file cut in the middle": data[:len(data) // 2],
            "a file cut inside the first length": data[:10],
            "a huge first length": data[:8] + b"\xff\xff\xff\xff" + data[12:]}.items():
        run.refuses(name, lambda changed=changed: example.check(chain=changed))
    run.refuses("a byte behind a block's record", example.with_block(1, blocks[1] + b"\0"), "bytes follow")
    block = example.decoded[example.first(lambda block: len(block["bodies"]) >= 3)]
    height = block["header"]["height"]
    for field in ("bodies", "receipts"):
        for name, change in {"first missing": lambda list_: list_[1:], "last missing": lambda list_: list_[:-1],
                             "reversed": lambda list_: list_[::-1],
                             "last twice": lambda list_: list_ + list_[-1:]}.items():
            run.refuses(f"{field}: {name}", example.with_block(height, altered(block, (field,), change)))
            if field == "bodies":
                run.refuses(f"proposal.bodies: {name}",
                            example.with_block(height, altered(block, ("proposal", field), change)))
    run.refuses("a block without proposal", example.with_block(height, {**block, "proposal": None}))
    config = example.decoded[0]["next_epoch"]
    run.refuses("a next_epoch out of place", example.with_block(height, {**block, "next_epoch": config}), "next_epoch")
    run.refuses("block 0 without next_epoch", example.with_block(0, {**example.decoded[0], "next_epoch": None}))
    run.refuses("block 0 with a seal",
                example.with_block(0, {**example.decoded[0], "seal": example.decoded[-1]["seal"]}))
    step = max(1, len(data) // 80)
    run.refuses_all("one bit anywhere in the file", [
        (f"byte {at}", lambda at=at: example.check(chain=data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:]))
        for at in range(0, len(data), step)])


def set_field(name, value):
    return lambda genesis: {**genesis, name: value}


def genesis_shape_changes():
    return {
        "another name (another chain)": set_field("name", "other.example"),
        "another time (another chain)": lambda genesis: {**genesis, "created_ms": str(int(genesis["created_ms"]) + 1)},
        "another flag (another chain)": lambda genesis: {**genesis, "demo": not genesis["demo"]},
        "one validator fewer": lambda genesis: {**genesis, "validators": genesis["validators"][1:]},
        "no validators": set_field("validators", []),
        "validators out of order": lambda genesis: {**genesis, "validators": genesis["validators"][::-1]},
        "an unknown field": set_field("extra", 1), "null for a field": set_field("demo", None),
        "a missing field": lambda genesis: {name: value for name, value in genesis.items() if name != "demo"},
        "version 2": set_field("version", 2), "version as text": set_field("version", "1"),
        "version as bool": set_field("version", True), "a time as number": set_field("created_ms", 1750000000000),
        "a time with leading zero": set_field("created_ms", "01750000000000"),
        "a time beyond the counter": set_field("created_ms", str(2**48)),
        "a flag as number": set_field("open_reads", 0), "a name with an empty label": set_field("name", "a..b"),
        "a name with a capital": set_field("name", "Verifier.example"),
        "a nested list of lists": set_field("observers", [[[]]])}


def genesis_rule_changes():
    def member(index, field, value):
        return lambda genesis: altered(genesis, ("validators", index, field), lambda _: value(genesis))

    def department(index, field, value):
        return lambda genesis: altered(genesis, ("departments", index, field), lambda _: value(genesis))

    def parameter(name, value):
        return lambda genesis: altered(genesis, ("parameters", name), lambda _: value)
    return {
        "the suite without protection": set_field("suite", {"signature": "keyed_hash", "hash": "sha256"}),
        "an unknown suite": set_field("suite", {"signature": "rsa", "hash": "sha256"}),
        "a window of 0": parameter("window", 0), "a window of 65": parameter("window", 65),
        "timeouts the wrong way round": parameter("timeout_ms", 60000),
        "a validity window not above the tolerance": lambda genesis: altered(
            parameter("validity_window_ms", 10000)(genesis), ("parameters", "clock_tolerance_ms"), lambda _: 10000),
        "a key of 32 bytes": member(0, "consensus_key", lambda genesis: genesis["validators"][0]["consensus_key"][:64]),
        "a key in capitals": member(0, "consensus_key",
                                    lambda genesis: genesis["validators"][0]["consensus_key"].upper()),
        "a key off the curve": member(0, "consensus_key", lambda _: "02" + "00" * 31 + "05"),
        "a key of uncompressed form": member(0, "consensus_key",
                                             lambda genesis: "04" + genesis["validators"][0]["consensus_key"][2:]),
        "a consensus key twice": member(1, "consensus_key", lambda genesis: genesis["validators"][0]["consensus_key"]),
        "a transport key twice": member(1, "transport_key", lambda genesis: genesis["validators"][0]["transport_key"]),
        "a validator of no listed department": member(0, "department", lambda _: "aaa"),
        "a nobody as administrator": department(0, "administrator_person", lambda _: "00" * 32),
        "an administrator key twice": department(1, "administrator",
                                                 lambda genesis: genesis["departments"][0]["administrator"]),
        "a control character in a name": department(0, "name_en", lambda _: "a\u202eb"),
        "a lone surrogate in a name": department(0, "name_en", lambda _: "\ud800"),
        "a credit code with a wrong check digit": department(2, "uscc", lambda _: "11100000MB03271698")}


def tamper_with_genesis(run, example):
    genesis = json.loads(example.genesis)
    for name, change in {**genesis_shape_changes(), **genesis_rule_changes()}.items():
        run.refuses(f"genesis: {name}", lambda: example.check(genesis=json.dumps(change(genesis)).encode()))
    text = example.genesis
    for name, changed in {
            "a repeated field": text.replace(b'"demo": true,', b'"demo": true, "demo": true,'), "no JSON": b"{",
            "a list": b"[]",
            "a fraction": text.replace(b'"window": 8', b'"window": 8.0'), "text behind the end": text + b"{}",
            "a level too deep": b"[" * 100000 + b"]" * 100000}.items():
        run.refuses(f"genesis: {name}", lambda: example.check(genesis=changed))


# ---------------------------------------------------------------------------------------------------------------------
# Tampering with the proofs.
# ---------------------------------------------------------------------------------------------------------------------

def list_changes(values):
    """What can be done to a path besides altering its elements."""
    yield "one more at the end", values + [bytes(range(32))]
    yield "one more at the front", [bytes(range(32)), *values]
    yield "zero at the front", [verify.ZERO, *values]
    if values:
        yield "the first missing", values[1:]
        yield "the last missing", values[:-1]
        yield "the first twice", values[:1] + values
    if len(values) > 1:
        yield "two exchanged", [values[1], values[0], *values[2:]]


def read_and_check(chain, kind, entry):
    """Writes the proof and reads it again, so that the rules of reading count as well."""
    record = verify.PROOFS.fields[kind].element
    verify.ENTRY_CHECKS[kind](chain, verify.decode(record, verify.encode(record, entry)))


def tamper_with_entries(run, chain, kind, entries):
    """Alters every element of every proof of one kind. Only the label `what` is bound to nothing."""
    groups = {}
    for index, entry in enumerate(entries):
        for path in places(entry):
            if "what" not in path:
                group = name_of(step if isinstance(step, str) else "*" for step in path)
                groups.setdefault(f"a bit of {group}", []).append((index, altered(entry, path, flip)))
        inner = entry["record"] if kind == "traces" else entry
        siblings = "path" if "path" in inner else "siblings"
        holder = inner if "path" in inner else inner["proof"]
        where = (*(("record",) if kind == "traces" else ()), *(() if "path" in inner else ("proof",)), siblings)
        for name, changed in list_changes(holder[siblings]):
            groups.setdefault(f"{siblings}: {name}", []).append((index, altered(entry, where, lambda _: changed)))
    for name, changes in groups.items():
        run.refuses_all(f"{kind} proofs, {name}",
                        [(f"proof {index}", lambda entry=entry: read_and_check(chain, kind, entry)) for index,
                         entry in changes])


def exchanges(chain, proofs):
    """Proofs of which every part is genuine, but not of this place."""
    state, receipts, history = proofs["state"], proofs["receipts"], proofs["history"]
    present = next(entry for entry in state if entry["value"] is not None)
    absent = next(entry for entry in state if entry["proof"]["other"] is not None)
    leaf = next(entry for entry in receipts if entry["size"] > 2)
    trace = next(entry for entry in proofs["traces"] if len(entry["steps"]) > 1)
    empty = next(entry for entry in proofs["traces"] if not entry["steps"])
    own = {"position": present["position"], "value": present["value_hash"]}
    yield "presence shown as absence", verify.check_state_entry, {**present, "value": None, "value_hash": None}
    yield ("absence by the leaf at the position itself", verify.check_state_entry,
           {**present, "value": None, "value_hash": None, "proof": {**present["proof"], "other": own}})
    yield ("absence shown as presence of the other value", verify.check_state_entry,
           {**absent, "value": present["value"], "value_hash": present["value_hash"]})
    yield "absence without its other leaf", verify.check_state_entry, {**absent,
                                                                       "proof": {**absent["proof"], "other": None}}
    yield "another record's proof", verify.check_state_entry, {**present, "proof": absent["proof"]}
    yield "an unknown table", verify.check_state_entry, {**present, "key": b"\x09\x01"}
    yield "a key with a byte too many", verify.check_state_entry, {**present, "key": present["key"] + b"\0"}
    for index in (leaf["index"] + 1, leaf["size"], 2**32 - 1):
        yield f"receipt index {index} in place of {leaf['index']}", verify.check_receipt_entry, {**leaf, "index": index}
    yield "a receipt's proof as a transaction's", verify.check_transaction_entry, leaf
    yield "size 0", verify.check_receipt_entry, {**leaf, "size": 0}
    yield "a height above the tip", verify.check_receipt_entry, {**leaf, "height": chain.sealed_height + 1}
    yield "a header at another's height", verify.check_history_entry, {**history[1], "height": 2}
    yield "a smaller log", verify.check_history_entry, {**history[1], "size": history[1]["size"] - 1}
    yield "a trace without its last step", verify.check_trace_entry, {**trace, "steps": trace["steps"][:-1]}
    yield "a trace without its first step", verify.check_trace_entry, {**trace, "steps": trace["steps"][1:]}
    yield "a trace without steps", verify.check_trace_entry, {**trace, "steps": []}
    yield "two steps exchanged", verify.check_trace_entry, {**trace,
                                                            "steps": [*trace["steps"][1::-1], *trace["steps"][2:]]}
    yield "another subject's record", verify.check_trace_entry, {**trace, "record": empty["record"]}
    yield "another subject", verify.check_trace_entry, {**trace, "subject": empty["subject"]}


def tamper_with_arguments(run, chain, proofs):
    """The bare algorithms, without the comparison with the chain, which alone would refuse most of the above."""
    wrong_index, wrong_roots = [], []
    for entry in proofs["history"]:
        leaf = verify.log_leaf(entry["header_hash"])
        for index in set(range(entry["size"] + 2)) - {entry["height"]}:
            wrong_index.append((f"index {index}", functools.partial(
                verify.check_inclusion, leaf, index, entry["size"], entry["path"], entry["root"])))
    for entry in proofs["consistency"]:
        old, new = entry["old_root"], entry["new_root"]
        # Every log continues the empty one, so from size 0 the new root is free.
        pairs = [(flip(old), new)] + ([(old, flip(new))] if entry["old_size"] or not entry["new_size"] else [])
        for pair in pairs:
            wrong_roots.append(("a root", functools.partial(
                verify.check_consistency, entry["old_size"], entry["new_size"], entry["path"], *pair)))
    run.refuses_all("an inclusion path under every wrong index", wrong_index)
    run.refuses_all("a consistency path under wrong roots", wrong_roots)
    root = chain.headers[chain.sealed_height]["state_root"]
    run.refuses_all("a state proof under another root", [
        (f"proof {index}", functools.partial(verify.check_state_proof, entry["position"], entry["value_hash"],
                                             entry["proof"], flip(root)))
        for index, entry in enumerate(proofs["state"])])


def write_note(network, config, seal):
    text, lines = verify.note_text(network.origin, seal["checkpoint"]), []
    for entry in seal["signatures"]:
        member = config["validators"][entry["signer"]]
        name = f"{network.origin}/{member['department']}".encode()
        key_id = verify.sha256(name + b"\n\xffkanhe/ecdsa-secp256k1/v1" + member["consensus_key"])[:4]
        code = base64.b64encode(key_id + entry["signature"])
        lines.append("\u2014 ".encode() + name + b" " + code + b"\n")
    return text.encode() + b"\n" + b"".join(lines)


def tamper_with_note(run, chain, proofs):
    earlier = min(chain.seals)
    other = write_note(chain.network, chain.sealed_config, chain.seals[earlier])
    run.refuses("note: the good note of an earlier seal",
                lambda: verify.check_proof_heads(chain, {**proofs, "signed_note": other}), "not the tip's seal")
    note = proofs["signed_note"]
    lines = note.decode().split("\n")
    text, signatures = lines[:5], lines[5:-1]

    def put(*parts):
        return ("\n".join([line for part in parts for line in part]) + "\n").encode()
    changes = {
        "q-1 signatures": put(text, signatures[:-1]), "no signatures": put(text),
        "a signature twice": put(text, signatures[:1], signatures),
        "signatures in reverse order": put(text, signatures[::-1]), "no newline at the end": note[:-1],
        "an empty line more": note + b"\n", "a hyphen for the dash": note.replace("\u2014".encode(), b"-", 1),
        "another name": note.replace(b"/archive ", b"/housing ", 1),
        "two spaces": note.replace(b"/archive ", b"/archive  ", 1),
        "a leading zero": note.replace(b"epoch=", b"epoch=0", 1),
        "another tree size": put([text[0], "1"], text[2:], signatures),
        "an extension line": put(text[:4], ["extra"], text[4:], signatures),
        "base64 without padding": note.replace(b"=\nkanhe", b"\nkanhe", 1),
        "not UTF-8": b"\xff" + note, "nothing": b"", "a return before a newline": note.replace(b"\n", b"\r\n", 1)}
    for name, changed in changes.items():
        run.refuses(f"note: {name}", lambda: verify.check_proof_heads(chain, {**proofs, "signed_note": changed}))
    run.refuses_all("note: a bit anywhere", [
        (f"byte {at}", lambda at=at: verify.check_proof_heads(
            chain, {**proofs, "signed_note": note[:at] + bytes([note[at] ^ 1]) + note[at + 1:]}))
            for at in range(0, len(note), 3)])


def tamper_with_proofs(run, example):
    chain, _ = example.check()
    proofs = verify.read_json(verify.PROOFS, example.proofs)
    for kind in verify.ENTRY_CHECKS:
        tamper_with_entries(run, chain, kind, proofs[kind])
    for name, check, entry in exchanges(chain, proofs):
        run.refuses(name, lambda: check(chain, entry))
    for field in ("height", "header_hash", "state_root"):
        run.refuses(f"proofs: a bit of {field}",
                    lambda: verify.check_proof_heads(chain, altered(proofs, (field,), flip)))
    tamper_with_arguments(run, chain, proofs)
    tamper_with_note(run, chain, proofs)
    parsed = json.loads(example.proofs)
    for kind in verify.ENTRY_CHECKS:
        run.refuses(f"proofs without {kind}", lambda: example.check(proofs=json.dumps({**parsed, kind: []}).encode()),
                    "there are no proofs")
    run.refuses("proofs that are an empty object", lambda: example.check(proofs=b"{}"))


# ---------------------------------------------------------------------------------------------------------------------
# A chain forged with keys of its own. Each `edit` breaks one thing, and what follows is hashed and sealed with it.
# ---------------------------------------------------------------------------------------------------------------------

class Signer:
    def __init__(self, number):
        self.key = ec.derive_private_key(number, ec.SECP256K1())
        self.public = self.key.public_key().public_bytes(serialization.Encoding.X962,
                                                         serialization.PublicFormat.CompressedPoint)

    def sign(self, digest):
        r, s = utils.decode_dss_signature(self.key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))
        return r.to_bytes(32, "big") + min(s, verify.CURVE_ORDER - s).to_bytes(32, "big")


NAMES = ["archive", "housing", "registry", "tax-office"]
OLD_SIGNERS, NEW_SIGNERS, CITIZEN = [Signer(11 + i) for i in range(4)], [Signer(21 + i) for i in range(4)], Signer(31)
WINDOW_MS = 600000


def forged_genesis():
    parameters = {"window": 8, "timeout_ms": 1000, "timeout_max_ms": 30000, "minimal_rate": 100,
                  "block_transactions_max": 3,
                  "block_bytes_max": 65535, "validity_window_ms": WINDOW_MS, "clock_tolerance_ms": 5000,
                  "heartbeat_ms": 60000, "due_entries_max": 100}
    return json.dumps({
        "version": 1, "name": "forged.example", "created_ms": "1750000000000",
        "suite": {"signature": "ecdsa_secp256k1", "hash": "sha256"}, "parameters": parameters, "demo": True,
        "open_reads": False, "import_open": False,
        "validators": [{"department": name, "consensus_key": signer.public.hex(), "transport_key": f"{index + 1:064x}"}
                       for index, (name, signer) in enumerate(zip(NAMES, OLD_SIGNERS))],
        "observers": [],
        "departments": [{"id": name, "name_zh": "", "name_en": name, "administrator": Signer(41 + index).public.hex(),
                         "administrator_person": f"{index + 1:064x}"} for index, name in enumerate(NAMES)]}).encode()


def same(value):
    return value


class Forge:
    def __init__(self):
        self.genesis = forged_genesis()
        self.network = verify.read_genesis(self.genesis)
        self.config, self.signers, self.log, self.blocks = self.network.first_config, OLD_SIGNERS, verify.Log(), []
        self.header, self.time = None, self.network.genesis["created_ms"]

    def transaction(self, nonce=0, edit=same, sign=same, signer=CITIZEN):
        value = {"version": 1, "chain_id": self.network.chain_id, "module": "certificate", "method": "issue",
                 "arguments": b"\1", "valid_until_ms": self.time + 60000, "nonce": nonce.to_bytes(16, "big"),
                 "sender": signer.public, "signature": bytes(64)}
        data = verify.encode(verify.TRANSACTION, edit(value))[:-64]
        return data + sign(signer.sign(verify.tagged("transaction", data)))

    def receipt(self, body=None, **changes):
        identifier = verify.tagged("transaction", body[:-64]) if body else verify.ZERO
        return {"version": 1, "transaction_id": identifier, "outcome": {"type": "succeeded"}, "events": [],
                "return_value": b"", **changes}

    def first(self, edit=same, edit_header=same):
        config_hash, receipt = verify.config_hash(self.config), self.receipt()
        block = edit({"version": 1, "header": None, "proposal": None, "bodies": [], "receipts": [receipt], "seal": None,
                      "next_epoch": self.config})
        receipts = [verify.encode(verify.RECEIPT, receipt) for receipt in block["receipts"]]
        block["header"] = edit_header({
            "version": 1, "chain_id": self.network.chain_id, "epoch": 0, "height": 0, "timestamp_ms": self.time,
            "proposal_digest": self.network.chain_id, "parent": verify.ZERO, "history_root": verify.EMPTY_LOG,
            "transaction_root": verify.EMPTY_LOG, "receipt_root": verify.Log(receipts).root(),
            "state_root": verify.ZERO,
            "validators_hash": config_hash, "next_validators_hash": config_hash})
        return self.close(block)

    def close(self, block):
        self.header = block["header"]
        self.log.append(verify.header_hash(self.header))
        self.blocks.append(block)
        return self

    def seal(self, edit_checkpoint=same, edit_signatures=same, who=(0, 1, 2), signers=None):
        header = self.header
        checkpoint = edit_checkpoint({
            "version": 1, "epoch": header["epoch"], "view": 0, "height": header["height"],
            "proposal_digest": header["proposal_digest"], "header_hash": verify.header_hash(header),
            "log_root": self.log.root()})
        digest = verify.tagged("checkpoint", verify.note_text(self.network.origin, checkpoint).encode())
        entries = [{"signer": index, "signature": (signers or self.signers)[index].sign(digest)} for index in who]
        return {"version": 1, "checkpoint": checkpoint, "signatures": edit_signatures(entries)}

    def add(self, bodies=(), seal=None, receipts=same, proposal=same, header=same, block=same, next_epoch=None,
            hashes_of=same):
        """The arguments named like a record edit it. `seal` holds the arguments of seal(), None leaves the seal out."""
        before, epoch, height = self.header, self.config["epoch"], len(self.blocks)
        listed = hashes_of([verify.tagged("body", body) for body in bodies])
        self.time += 1000
        proposed = proposal({"version": 1, "chain_id": self.network.chain_id, "epoch": epoch, "height": height,
                             "parent": before["proposal_digest"], "timestamp_ms": self.time,
                             "body_root": verify.Log(listed).root(), "count": len(listed)})
        given = receipts([self.receipt()] + [self.receipt(body) for body in bodies])
        now = verify.config_hash(self.config)
        made = header({
            "version": 1, "chain_id": self.network.chain_id, "epoch": epoch, "height": height,
            "timestamp_ms": proposed["timestamp_ms"],
            "proposal_digest": verify.tagged("proposal", verify.encode(verify.PROPOSAL_HEADER, proposed)),
            "parent": verify.header_hash(before), "history_root": self.log.root(),
            "transaction_root": proposed["body_root"],
            "receipt_root": verify.Log(verify.encode(verify.RECEIPT, receipt) for receipt in given).root(),
            "state_root": verify.ZERO, "validators_hash": now,
            "next_validators_hash": verify.config_hash(next_epoch) if next_epoch else now})
        value = {"version": 1, "header": made, "proposal": {"header": proposed, "bodies": listed},
                 "bodies": list(bodies),
                 "receipts": given, "seal": None, "next_epoch": next_epoch}
        self.close(value)
        value["seal"] = None if seal is None else self.seal(**seal)
        self.blocks[-1] = block(value)
        if next_epoch:
            self.config, self.signers = next_epoch, NEW_SIGNERS
        return self

    def next_config(self, **changes):
        members = [{**member, "consensus_key": signer.public} for member,
                   signer in zip(self.config["validators"], NEW_SIGNERS)]
        return {**self.config, "epoch": self.config["epoch"] + 1, "validators": members, **changes}

    def check(self):
        return verify.verify_chain(self.genesis,
                                   join(verify.encode(verify.CHAIN_BLOCK, block) for block in self.blocks))


def fresh():
    return Forge().first()


def edit(**changes):
    return lambda value: {**value, **{name: change(value[name]) if callable(change) else change for name,
                                      change in changes.items()}}


def forge_good(run):
    def whole():
        chain = fresh()
        chain.add([chain.transaction(1)]).add([chain.transaction(2), chain.transaction(3)], seal={})
        chain.add(seal={"who": (0, 1, 2, 3)}, next_epoch=chain.next_config())
        chain.add([chain.transaction(4)]).add(seal={"who": (1, 2, 3),
                                                    "edit_checkpoint": edit(view=7)}).add([chain.transaction(5)])
        result = chain.check()
        verify.demand(result.sealed_height == 5 and len(result.headers) == 7, "the sealed tip is another one")
        verify.demand(result.sealed_config["epoch"] == 1, "the epoch did not change")
    run.accepts("a forged chain with late seals, a change of epoch and a block above the last seal", whole)

    def at_the_limits():
        chain = fresh()
        latest, soonest = edit(valid_until_ms=chain.time + 1000 + WINDOW_MS), edit(valid_until_ms=chain.time + 1001)
        finding = {"code": 1, "rule": 0, "field": 0, "limit": 0, "value": 2**64 - 1,
                   "subject": {"type": "unit", "id": "x"}}
        refused = edit(outcome={"type": "refused", "findings": [finding]})
        chain.add([chain.transaction(1, latest), chain.transaction(2, soonest)], seal={},
                  proposal=edit(timestamp_ms=chain.time + 1000), receipts=lambda list_: [*list_[:2], refused(list_[2])])
        chain.add(seal={}, proposal=edit(timestamp_ms=chain.time)).check()
    run.accepts("validity and time at their limits, and a refused receipt", at_the_limits)


def forge_transactions(run):
    def with_transaction(name, fragment, **arguments):
        chain = fresh()
        body = chain.transaction(1, **arguments)
        run.refuses(f"forged transaction: {name}", chain.add([body], seal={}).check, fragment)
    now = fresh().time + 1000
    with_transaction("expired at this very time", "is expired", edit=edit(valid_until_ms=now))
    with_transaction("valid one millisecond too long", "valid for too long",
                     edit=edit(valid_until_ms=now + WINDOW_MS + 1))
    with_transaction("of another chain", "of another chain", edit=edit(chain_id=flip))
    with_transaction("a high s", "s is not low", sign=high_s)
    with_transaction("a wrong signature", "", sign=flip)
    with_transaction("another sender", "signature is wrong", edit=edit(sender=OLD_SIGNERS[0].public))
    with_transaction("a sender in uncompressed form", "not in compressed form",
                     edit=edit(sender=lambda key: b"\4" + key[1:]))
    with_transaction("a sender off the curve", "not a point", edit=edit(sender=b"\2" + bytes(31) + b"\5"))
    with_transaction("a module with a capital", "not of its form", edit=edit(module="Certificate"))
    with_transaction("a method that begins with a digit", "not of its form", edit=edit(method="1a"))
    with_transaction("a byte at the end", "bytes follow", sign=lambda signature: signature + b"\0")
    with_transaction("version 2", "is not in 1..1", edit=edit(version=2))
    with_transaction("a time beyond the counter", "is not in", edit=edit(valid_until_ms=2**48))
    chain = fresh()
    body = chain.transaction(1)
    run.refuses("a transaction twice in a block", chain.add([body, body], seal={}).check, "stood in the chain before")
    chain = fresh()
    run.refuses("a transaction in two blocks", chain.add([body]).add([body], seal={}).check,
                "stood in the chain before")
    chain = fresh()
    again = chain.transaction(1)
    chain.add([chain.transaction(1)]).add([again], seal={})
    run.refuses("a transaction again under another signature", chain.check, "stood in the chain before")
    chain = fresh()
    run.refuses("more transactions than allowed", chain.add([chain.transaction(i) for i in range(4)], seal={}).check,
                "too many")
    chain = fresh()
    large = [chain.transaction(i, edit(arguments=bytes(40000))) for i in range(2)]
    run.refuses("more bytes than allowed", chain.add(large, seal={}).check, "too large")
    chain = fresh()
    run.refuses("bodies other than the listed",
                chain.add([chain.transaction(1)], seal={}, hashes_of=lambda list_: [flip(list_[0])]).check,
                "not the listed one")


def forge_blocks(run):
    def refuse(name, fragment, **arguments):
        chain = fresh()
        chain.add([chain.transaction(1)], seal={})
        bodies = [chain.transaction(2)]
        run.refuses(f"forged block: {name}", chain.add(bodies, **{"seal": {}, **arguments}).check, fragment)
    for field, fragment in {"chain_id": "another chain", "height": "another height", "parent": "its parent",
                            "epoch": "another epoch",
                            "validators_hash": "other validators", "history_root": "another history",
                            "timestamp_ms": "timestamp_ms",
                            "proposal_digest": "another proposal", "transaction_root": "transaction root",
                            "receipt_root": "another root", "next_validators_hash": "next_epoch"}.items():
        refuse(f"header with another {field}", fragment, header=edit(**{field: flip}))
    for field, fragment in {"chain_id": "chain_id", "epoch": "epoch", "height": "height", "parent": "follow its parent",
                            "body_root": "another root", "count": "another count"}.items():
        refuse(f"proposal with another {field}", fragment, proposal=edit(**{field: flip}))
    refuse("time runs backwards", "backwards", proposal=edit(timestamp_ms=1))
    finding = {"code": 1, "rule": 0, "field": 0, "limit": 0, "value": 0, "subject": None}
    bad = {"type": "refused", "findings": [finding]}
    subjects = [{"type": "department", "id": "a"}, {"type": "certificate", "id": "b"}]
    event = {"name": "a.b", "subjects": subjects[1:], "data": b""}

    def last(**changes):
        return lambda list_: [*list_[:-1], {**list_[-1], **changes}]
    refuse("a refused system receipt", "is refused", receipts=lambda list_: [{**list_[0], "outcome": bad}, *list_[1:]])
    refuse("a system receipt with an id", "names a transaction", receipts=lambda list_: [list_[1], *list_[1:]])
    refuse("a receipt too few", "one receipt more", receipts=lambda list_: list_[:-1])
    refuse("a receipt too many", "one receipt more", receipts=lambda list_: list_ + list_[-1:])
    refuse("a receipt of another transaction", "another transaction", receipts=last(transaction_id=b"\1" * 32))
    refuse("a refusal without findings", "without findings", receipts=last(outcome={"type": "refused", "findings": []}))
    refuse("a refusal with an event", "a refusal with", receipts=last(outcome=bad, events=[event]))
    refuse("a refusal with a return value", "a refusal with", receipts=last(outcome=bad, return_value=b"x"))
    for name, fragment, changed in [
            ("subjects out of order", "does not ascend", {"subjects": subjects}),
            ("a subject twice", "does not ascend", {"subjects": subjects[:1] * 2}),
            ("an event name without a dot", "not of its form", {"name": "abc"}),
            ("a department with two hyphens", "not of its form", {"subjects": [{"type": "department", "id": "a--b"}]}),
            ("a certificate id with a space", "not of its form", {"subjects": [{"type": "certificate", "id": "a b"}]}),
            ("a certificate id with a mark", "not plain", {"subjects": [{"type": "certificate", "id": "a\u202eb"}]}),
            ("a unit number of 29 bytes", "length of a text", {"subjects": [{"type": "unit", "id": "1" * 29}]}),
            ("nine subjects", "too many", {"subjects": [{"type": "unit", "id": str(i)} for i in range(9)]}),
            ("data above the limit", "too long", {"data": bytes(16385)})]:
        refuse(f"event with {name}", fragment, receipts=last(events=[{**event, **changed}]))


def forge_seals(run):
    def refuse(name, fragment, **seal):
        chain = fresh()
        run.refuses(f"forged seal: {name}", chain.add([chain.transaction(1)], seal=seal).check, fragment)
    refuse("q-1 signatures", "too few", who=(0, 1))
    refuse("signers out of order", "does not ascend", who=(2, 1, 0))
    refuse("a signer twice", "does not ascend", who=(0, 1, 1))
    refuse("a signer that is no validator", "out of order or unknown", who=(0, 1, 4), signers=OLD_SIGNERS + [CITIZEN])
    refuse("signer 100", "is not in 0..99", edit_signatures=lambda list_: [*list_[:2], {**list_[2], "signer": 100}])
    refuse("one bad signature above the quorum", "", who=(0, 1, 2, 3),
           edit_signatures=lambda list_: [*list_[:3], edit(signature=flip)(list_[3])])
    refuse("other keys", "signature is wrong", signers=NEW_SIGNERS)
    refuse("a high s", "s is not low", edit_signatures=lambda list_: [edit(signature=high_s)(list_[0]), *list_[1:]])
    for field, fragment in {"epoch": "another epoch", "height": "another height", "proposal_digest": "another proposal",
                            "header_hash": "another header", "log_root": "another history"}.items():
        refuse(f"another {field}", fragment, edit_checkpoint=edit(**{field: flip}))
    chain = fresh().add(seal={})
    chain.add(seal={}, block=edit(seal=lambda seal: altered(seal, ("checkpoint", "view"), flip)))
    run.refuses("forged seal: another view than signed", chain.check, "signature is wrong")
    run.refuses("a chain without any seal", fresh().add().add().check, "no block of the chain is sealed")
    run.refuses("a chain of block 0 only", fresh().check, "no block of the chain is sealed")


def forge_epochs(run):
    def refuse(name, fragment, seal=dict(), block=same, **changes):
        chain = fresh().add(seal={})
        config = chain.next_config(**changes)
        run.refuses(f"forged epoch: {name}", chain.add(seal=seal, block=block, next_epoch=config).add(seal={}).check,
                    fragment)
    members = fresh().next_config()["validators"]
    refuse("its last block without its own seal", "no seal of its own", seal=None)
    refuse("the block without next_epoch", "next_epoch is present where", block=edit(next_epoch=None))
    refuse("another configuration than announced", "another hash",
           block=edit(next_epoch=lambda config: edit(epoch=5)(config)))
    refuse("the same number", "next number", epoch=0)
    refuse("a number left out", "next number", epoch=2)
    refuse("of another chain", "another chain", chain_id=bytes(32))
    refuse("without validators", "without validators", validators=[])
    refuse("a validator who is an observer too", "repeats a", observers=members[:1])
    refuse("a consensus key twice", "repeats a consensus_key",
           observers=[{**members[0], "department": "x", "transport_key": b"\1" * 32}])
    refuse("a key off the curve", "not a point",
           validators=[edit(consensus_key=b"\2" + bytes(31) + b"\5")(members[0]), *members[1:]])
    refuse("validators out of order", "does not ascend", validators=members[::-1])
    chain = fresh().add(seal={})
    chain.add(seal={}, next_epoch=chain.next_config()).add(seal={"signers": OLD_SIGNERS})
    run.refuses("forged epoch: the old validators seal on", chain.check, "signature is wrong")
    chain = fresh().add(seal={})
    chain.add(seal={"signers": NEW_SIGNERS}, next_epoch=chain.next_config())
    run.refuses("forged epoch: the new validators seal the old one's last block", chain.check, "signature is wrong")
    config = fresh().config
    run.refuses("forged epoch: next_epoch without a change", fresh().add(seal={}, block=edit(next_epoch=config)).check,
                "next_epoch")
    for name, fragment, change in [
            ("two receipts", "exactly one receipt", edit(receipts=lambda list_: list_ * 2)),
            ("a body", "has a proposal, bodies", edit(bodies=[b"x"])),
            ("another next_epoch", "first configuration", edit(next_epoch=edit(epoch=1)))]:
        run.refuses(f"forged block 0: {name}", Forge().first(change).add(seal={}).check, fragment)
    for field in verify.HEADER.fields:
        # The state that the genesis founds is not to be derived from this document, so any state_root must pass.
        check = Forge().first(edit_header=edit(**{field: flip})).add(seal={}).check
        if field == "state_root":
            run.accepts("forged block 0: any state_root", check)
        else:
            run.refuses(f"forged block 0: another {field}", check)


# ---------------------------------------------------------------------------------------------------------------------
# The repository's vectors, which hold records, hashes and proofs that the example chain does not.
# ---------------------------------------------------------------------------------------------------------------------

VECTOR_KINDS = {
    "Genesis": verify.GENESIS, "EpochConfig": verify.EPOCH_CONFIG, "Transaction": verify.TRANSACTION,
    "Subject": verify.SUBJECT,
    "Event": verify.EVENT, "Receipt": verify.RECEIPT, "TraceLink": verify.TRACE_LINK,
    "ProposalHeader": verify.PROPOSAL_HEADER,
    "Proposal": verify.PROPOSAL, "Header": verify.HEADER, "Checkpoint": verify.CHECKPOINT, "CommitSeal": verify.SEAL,
    "StateProof": verify.STATE_PROOF, "StateLeaf": verify.Record(position=verify.HASH, value=verify.HASH)}
VECTOR_HASHES = {
    "chain_id": lambda data: verify.tagged("genesis", data),
    "epoch_hash": lambda data: verify.tagged("validators", data),
    "body_hash": lambda data: verify.tagged("body", data),
    "transaction_id": lambda data: verify.tagged("transaction", data[:-64]),
    "event_hash": verify.sha256, "trace_head": lambda data: verify.tagged("trace", data),
    "proposal_digest": lambda data: verify.tagged("proposal", data),
    "header_hash": lambda data: verify.tagged("header", data),
    "state_leaf_hash": lambda data: verify.tagged("state-leaf", data)}


def check_vector(entry):
    kind, data = VECTOR_KINDS[entry["record"]], bytes.fromhex(entry["encoding"])
    value = kind.from_json(entry["value"])
    verify.demand(verify.encode(kind, value) == data, "JSON and encoding differ")
    verify.demand(verify.decode(kind, data) == value, "encoding and JSON differ")
    for name, function in VECTOR_HASHES.items():
        verify.demand(name not in entry or function(data).hex() == entry[name], f"another {name}")


def check_logs(logs):
    root_of_size = {log["size"]: bytes.fromhex(log["root"]) for log in logs}
    for log in logs:
        root = bytes.fromhex(log["root"])
        for old, path in enumerate(log["consistency_paths_from_size"]):
            if old in root_of_size:
                verify.check_consistency(old, log["size"], [bytes.fromhex(node) for node in path], root_of_size[old],
                                         root)


def check_trees(vectors):
    """Each tree holds the first records of the list; one proof more shows the absence of the next one."""
    records = [(bytes.fromhex(record["position"]), bytes.fromhex(record["value_hash"]))
               for record in vectors["state_records"]]
    for record in vectors["state_records"]:
        verify.demand(verify.tagged("state-key", bytes.fromhex(record["state_key"])).hex() == record["position"],
                      "another position")
        verify.demand(verify.tagged("state-value", bytes.fromhex(record["value"])).hex() == record["value_hash"],
                      "another hash")
    for tree in vectors["state_trees"]:
        for index, proof in enumerate(tree["proofs_of_keys"]):
            position, value_hash = records[index]
            verify.check_state_proof(position, value_hash if index < tree["size"] else None,
                                     verify.STATE_PROOF.from_json(proof), bytes.fromhex(tree["root"]))


def check_vectors(run):
    if not VECTORS.exists():
        return
    vectors = json.loads(VECTORS.read_text())
    for entry in vectors["records"]:
        run.accepts(f"vector {entry['name']}", lambda: check_vector(entry))
        data = bytes.fromhex(entry["encoding"])
        kind = VECTOR_KINDS[entry["record"]]
        run.refuses(f"vector {entry['name']} with a byte more", lambda: verify.decode(kind, data + b"\0"),
                    "bytes follow")
        run.refuses_all(f"vector {entry['name']} cut", [
            (f"after {size} bytes", lambda size=size: verify.decode(kind, data[:size])) for size in range(len(data))])
    run.accepts("vectors of state trees", lambda: check_trees(vectors))
    run.accepts("vectors of consistency", lambda: check_logs(vectors["merkle_logs"]))

    def tags():
        for entry in vectors["tagged_hashes"]:
            tag = entry["tag"].removeprefix("kanhe/").removesuffix("/v1")
            verify.demand(verify.tagged(tag, b"abc").hex() == entry["hash_of_abc"], f"another hash under {tag}")
    run.accepts("vectors of tagged hashes", tags)


def main():
    run = Run()
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([str(MAKE_CHAIN), directory], check=True, stdout=subprocess.DEVNULL, timeout=50)
        example = Example(pathlib.Path(directory))
    run.accepts("the example chain with its proofs", example.check)
    if run.failed == 0:
        for part in (tamper_with_fields, tamper_with_signatures, tamper_with_structure, tamper_with_genesis,
                     tamper_with_proofs):
            part(run, example)
    for part in (forge_good, forge_transactions, forge_blocks, forge_seals, forge_epochs, check_vectors):
        part(run)
    print(f"{run.passed} passed, {run.failed} failed")
    return 0 if run.passed and not run.failed else 1


if __name__ == "__main__":
    sys.exit(main())

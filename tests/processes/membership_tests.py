#!/usr/bin/env python3
"""A network of four real nodes changes who runs it, by motions alone: a court joins as an observer with nothing but the
genesis and one address, becomes a validator and is needed; a key is replaced, a validator leaves, a parameter changes.
From outside, every epoch is proved from the genesis.

    membership_tests.py BUILD
"""
import json
import os
import pathlib
import secrets
import subprocess
import sys
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from network import DEPARTMENTS, Failure, Node, check_equal, free_base_port, run_programs, wait_until

VERIFIER = pathlib.Path(__file__).parent.parent / "verifier"
sys.path.insert(0, str(VERIFIER))
import verify  # noqa: E402


def public_key_of(secret_hex):
    key = ec.derive_private_key(int(secret_hex, 16), ec.SECP256K1())
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint).hex()


class Assembly:
    """The administrators of a network, each with the command line."""

    def __init__(self, build, network):
        self.build, self.network = build, network
        self.genesis = os.path.join(network.directory, "genesis.json")
        self.motions = 0

    def kanhe(self, *words, at="registry", administrator=None):
        node = self.network.node(at)
        command = [os.path.join(self.build, "kanhe"), *map(str, words), "--genesis", self.genesis, "--node",
                   f"https://{node.endpoint.host}:{node.endpoint.port}"]
        if administrator:
            key = os.path.join(self.network.directory, "officers", f"{administrator}-administrator.key")
            command += ["--plain-key", key]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise Failure(f"{' '.join(map(str, words))}: code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def put(self, action, by="registry"):
        closes = int(time.time() * 1000) + 600_000
        self.kanhe("motion", "put", "--action", json.dumps(action), "--reason", "a test", "--closes_ms", closes,
                   administrator=by, at=by)
        self.motions += 1
        return self.motions

    def carry(self, action, voters):
        number = self.put(action, by=voters[0])
        for voter in voters:
            self.kanhe("motion", "cast", number, "in_favour", administrator=voter, at=voters[0])
        return number

    def show(self, number, at="registry"):
        return json.loads(self.kanhe("motion", "show", number, "--json", at=at))

    def wait_for_epoch(self, epoch, departments, what):
        seen = {}

        def reached():
            for department in departments:
                self.network.node(department).headers(seen)
            check_equal(seen)
            statuses = [self.network.node(department).status() for department in departments]
            return all(status and int(status["epoch"]) >= epoch for status in statuses)

        wait_until(reached, lambda: f"{what}: epoch {epoch} at {departments}; "
                                    f"{[self.network.node(d).status() for d in departments]}"[:3000])

    def wait_for_role(self, department, role):
        node = self.network.node(department)

        def is_idle():
            status = node.status() or {}
            return status.get("role") == role and status["waiting_for"] == "nothing"

        wait_until(is_idle, lambda: f"{department} as {role}: {node.status()}"[:2000])


def found_court(assembly):
    """The court becomes a department; its administrator's key is a plain one, as the others' here."""
    secret = secrets.token_hex(32)
    path = os.path.join(assembly.network.directory, "officers", "court-administrator.key")
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(secret + "\n")
    department = {"id": "court", "name_zh": "法院", "name_en": "Court", "administrator": public_key_of(secret),
                  "administrator_person": secrets.token_hex(32)}
    number = assembly.carry({"type": "add_department", "department": department}, ["registry", "tax", "housing"])
    if assembly.show(number)["motion"]["state"] != "done":
        raise Failure(f"the court is no department: {assembly.show(number)}")


def court_config(network, ports, peers):
    lines = ['department = "court"', 'data_dir = "data"', 'genesis = "../genesis.json"',
             'consensus_key = "consensus.key"', 'transport_key = "transport.key"',
             'transport_certificate = "transport.crt"', 'epochs = "epochs.json"', "[network]",
             f'listen = "127.0.0.1:{ports}"', "[peers]"]
    lines += [f'{peer} = "127.0.0.1:{network.base_port + DEPARTMENTS.index(peer)}"' for peer in peers]
    lines += ["[endpoint]", f'listen = "127.0.0.1:{ports + 1}"', 'certificate = "endpoint.crt"', 'key = "endpoint.key"']
    return "\n".join(lines) + "\n"


def let_court_in(assembly):
    network = assembly.network
    directory = os.path.join(network.directory, "court")
    made = subprocess.run([os.path.join(assembly.build, "kanhed"), "new-keys", directory, "--department", "court",
                           "--host", "127.0.0.1"], capture_output=True, text=True, check=True)
    assembly.carry(json.loads(made.stdout), ["tax", "registry", "housing"])
    assembly.wait_for_epoch(1, DEPARTMENTS, "the court observes")
    assembly.kanhe("network", "epochs", "--output", os.path.join(directory, "epochs.json"), at="treasury")
    ports = free_base_port(2)
    config = os.path.join(directory, "config.toml")
    pathlib.Path(config).write_text(court_config(network, ports, ["treasury"]), encoding="utf-8")
    court = Node(network.nodes[0].kanhed, network.directory, "court")
    network.nodes.append(court)
    court.endpoint = network.endpoint_of("court")
    court.start()
    assembly.wait_for_role("court", "observer")
    assembly.wait_for_epoch(1, ["court"], "the court caught up")

    # It confirms by itself; then it is a validator, and knows by now where the others are.
    number = assembly.carry({"type": "add_validator", "department": "court"}, ["registry", "tax", "housing"])
    assembly.wait_for_epoch(2, [*DEPARTMENTS, "court"], "the court votes")
    if not assembly.show(number)["motion"].get("confirmed_at"):
        raise Failure("the court's node has not confirmed")
    court.stop()
    pathlib.Path(config).write_text(court_config(network, ports, DEPARTMENTS), encoding="utf-8")
    court.start()
    assembly.wait_for_role("court", "validator")


def court_is_needed(assembly):
    """q of five is four: with one of the founders gone, nothing is decided without the court."""
    network = assembly.network
    network.node("housing").kill()
    number = assembly.carry({"type": "change_parameters", "changes": [{"name": "window", "value": "4"}]},
                            ["registry", "tax", "court", "treasury"])
    there = ["registry", "tax", "treasury", "court"]
    assembly.wait_for_epoch(3, there, "without housing")
    network.node("court").kill()
    stuck = max(network.node(department).height() for department in there[:3])
    network.node("court").start()
    network.node("housing").start()
    assembly.wait_for_epoch(3, [*there, "housing"], "housing comes back an epoch later")
    wait_until(lambda: all(node.height() >= stuck for node in network.nodes), "all at one height")
    if assembly.show(number)["motion"]["state"] != "done":
        raise Failure("the window did not change")


def replace_key(assembly):
    """The tax office has its next key before the motion is carried, and votes with it from the first block on."""
    network = assembly.network
    secret = secrets.token_hex(32)
    path = os.path.join(network.directory, "tax", "next.key")
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        file.write(secret + "\n")
    config = pathlib.Path(network.directory, "tax", "config.toml")
    text = config.read_text(encoding="utf-8")
    config.write_text('next_consensus_key = "next.key"\n' + text, encoding="utf-8")
    network.node("tax").stop()
    network.node("tax").start()
    assembly.wait_for_role("tax", "validator")
    assembly.carry({"type": "replace_consensus_key", "department": "tax", "key": public_key_of(secret)},
                   ["registry", "tax", "housing", "treasury"])
    assembly.wait_for_epoch(4, [*DEPARTMENTS, "court"], "the tax office has another key")
    assembly.wait_for_role("tax", "validator")
    # The old key is of no use any more: without it the node goes on.
    os.remove(os.path.join(network.directory, "tax", "consensus.key"))
    config.write_text(text.replace('"consensus.key"', '"next.key"'), encoding="utf-8")
    network.node("tax").stop()
    network.node("tax").start()
    assembly.wait_for_role("tax", "validator")


def leave(assembly):
    network = assembly.network
    assembly.carry({"type": "remove_member", "department": "housing"}, ["registry", "tax", "treasury", "court"])
    rest = ["registry", "tax", "treasury", "court"]
    assembly.wait_for_epoch(5, rest, "housing leaves")
    housing = network.node("housing")
    wait_until(lambda: (housing.status() or {}).get("role") == "none", lambda: f"housing: {housing.status()}"[:2000])
    assembly.carry({"type": "change_settings", "import_open": False}, rest[1:])
    before = housing.height()
    assembly.carry({"type": "change_parameters", "changes": [{"name": "minimal_rate", "value": "200"}]}, rest[1:])
    assembly.wait_for_epoch(6, rest, "without housing for good")
    if housing.height() != before:
        raise Failure("who left still gets blocks")
    wait_until(lambda: not any(peer["department"] == "housing" for peer in network.node("tax").status()["peers"]),
               "housing is nobody's peer")


def check_from_outside(assembly):
    network = assembly.network
    nodes = [network.node(department) for department in ("registry", "court")]
    command = [sys.executable, str(VERIFIER / "check_network.py"), "--genesis", assembly.genesis]
    for node in nodes:
        command += ["--node", f"https://{node.endpoint.host}:{node.endpoint.port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0 or " 7 epochs" not in done.stdout:
        raise Failure(f"check_network: {done.stdout}{done.stderr}")
    listing = json.loads(assembly.kanhe("motion", "list", "--json"))
    states = [entry["motion"]["state"] for entry in listing["motions"]]
    if listing["epoch"] != "6" or states != ["done"] * assembly.motions:
        raise Failure(f"the motions: {listing['epoch']} {states}")
    history = assembly.kanhe("trace", "show", "motion:2")
    if "motion.epoch_ended" not in history:
        raise Failure(f"the history of a motion: {history}")
    # Who remembers the newest epoch is not shown an older network.
    genesis = verify.read_genesis(pathlib.Path(assembly.genesis).read_bytes())
    memory = os.path.join(network.directory, "memory.json")
    verify.remember_epoch(memory, genesis, 6, 100)
    try:
        verify.remember_epoch(memory, genesis, 5, 100)
    except verify.Refused:
        return
    raise Failure("an older epoch was believed")


def run(build, network):
    network.start()
    assembly = Assembly(build, network)
    wait_until(lambda: all(node.head_height() >= 0 for node in network.nodes), "the endpoints answer")
    for step in (found_court, let_court_in, court_is_needed, replace_key, leave, check_from_outside):
        began = time.monotonic()
        step(assembly)
        print(f"{step.__name__}: {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(run_programs("membership", run))

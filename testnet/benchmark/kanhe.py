"""Networks of kanhed processes, and what is measured on them: certificates issued one by one, house sales, batches
under one root, and questions. A network is made once and runs only while it is measured, so it grows from round to
round.
"""
import contextlib
import json
import os
import pathlib
import random
import resource
import secrets
import shutil
import time

from network import DEPARTMENTS, Failure, Network, wait_until

from .processes import best_of, say
from .rows import write_rows

MORE_DEPARTMENTS = ("archive", "finance", "justice", "planning", "audit", "police")
CLIENTS = (256, 512, 1024)
QUICK_CLIENTS = (256,)
SENDERS = 200  # officers who sign in turn; a node takes only so many transactions of one at once
QUICK_SENDERS = 20
WARM_UP_S = 2
FIRST_GUESS = 4_000  # transactions a second that are signed ahead before anything is known
LOAD_SHARES = (0.2, 0.4, 0.6, 0.8, 0.95)
QUICK_LOAD_SHARES = (0.4, 0.8)
READERS = (8, 16, 32)
QUICK_READERS = (8,)
TARGETS_MAX = 20_000
VERIFIED_BUNDLES = 200
EVENTS_AT_ONCE = 1_000
CHUNK_BYTES, PAGE_BYTES = 1 << 20, 4_096
# A standing without its proof, where the endpoint has such a route.
STANDING_PATH = "/v1/certificates/{id}/standing"


def departments_of(nodes):
    return [*DEPARTMENTS, *MORE_DEPARTMENTS][:nodes]


def used_bytes(path):
    """What a file takes of the disk, without the zeros at its end: some files are laid out far ahead of their use."""
    place = path.stat().st_size
    with open(path, "rb") as file:
        while place > 0:
            start = max(0, place - CHUNK_BYTES)
            file.seek(start)
            written = file.read(place - start).rstrip(b"\0")
            if written:
                place = start + len(written)
                break
            place = start
    return min(path.stat().st_blocks * 512, -(-place // PAGE_BYTES) * PAGE_BYTES)


def disk_bytes(directory):
    """Of all files below it. A file may go while it is counted."""
    total = 0
    for path in pathlib.Path(directory).rglob("*"):
        try:
            total += used_bytes(path) if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def milliseconds(latency):
    return {name: latency[f"{name}_us"] / 1000 for name in ("p50", "p99")}


class Kanhe:
    def __init__(self, runner, build, directory, options, nodes):
        self.runner, self.build, self.options, self.nodes = runner, build, options, nodes
        self.name = f"Kanhe, {nodes} nodes"
        self.directory = directory / f"kanhe-{nodes}"
        self.directory.mkdir()
        self.network = Network(str(build / "kanhed"), str(build / "make_network"), str(self.directory),
                               ["--heartbeat-ms", "2000"], departments_of(nodes))
        self.clients, self.tried, self.guesses = {}, {}, {}
        self.senders, self.warm_up_s = (QUICK_SENDERS, 0) if options.quick else (SENDERS, WARM_UP_S)

    @contextlib.contextmanager
    def running(self):
        try:
            self.network.start()
            wait_until(lambda: all(node.is_running() and node.head_height() >= 1 for node in self.network.nodes),
                       lambda: f"{self.name} answers: {[node.status() for node in self.network.nodes]}")
            yield
        finally:
            for node in self.network.nodes:
                node.endpoint.close()
                if node.is_running():
                    node.process.terminate()
            for node in self.network.nodes:
                if node.process:
                    node.process.wait(timeout=60)

    # -----------------------------------------------------------------------------------------------------------------
    # Transactions

    def load(self, *words):
        command = [self.build / "load", self.network.directory, "--json", "--senders", self.senders, "--warm-up",
                   self.warm_up_s, *words]
        report = self.runner.json(command)
        if report["refused"] or report["rejected"]:
            raise Failure(f"{self.name}: {report['refused']} refused and {report['rejected']} rejected by {command}")
        return report

    def closed(self, kind, calls, clients, seconds):
        """So many jobs under way all the time; enough of them are signed ahead for the rate that was seen before."""
        rate = self.guesses.get(kind, FIRST_GUESS)
        ahead = int(1.6 * rate * (seconds + self.warm_up_s) / calls) + clients
        report = self.load("--kinds", kind, "--clients", clients, "--seconds", seconds, "--ahead", ahead)
        self.guesses[kind] = max(500, report["finalized_per_second"])
        return report

    def best_clients(self, kind, calls):
        """How many do best, which is looked for once."""
        if kind not in self.clients:
            candidates, seconds = (QUICK_CLIENTS, 1) if self.options.quick else (CLIENTS, 4)
            candidates = tuple(count // calls for count in candidates)
            say(f"{self.name}: how many clients do best at {kind}")
            self.clients[kind], self.tried[kind] = best_of(
                candidates, lambda count: self.closed(kind, calls, count, seconds)["finalized_per_second"])
        return self.clients[kind]

    def use_of(self, report):
        """What a node used for one transaction, on average over the nodes."""
        nodes = [node for node in report["nodes"] if node.get("transactions_final") and node.get("cpu_ms")]
        if not nodes:
            return {}

        def mean(value):
            return sum(map(value, nodes)) / len(nodes)

        return {"cpu_us": mean(lambda node: node["cpu_ms"] * 1000 / node["transactions_final"]),
                "written_bytes": mean(lambda node: node["disk_bytes_per_transaction"]),
                "sent_bytes": mean(lambda node: node["network_bytes_per_transaction"]),
                "syncs": mean(lambda node: node["syncs_per_thousand_transactions"] / 1000)}

    def issues(self):
        clients = self.best_clients("certificate", 1)
        before = self.disk_bytes()
        report = self.closed("certificate", 1, clients, self.options.seconds)
        grown = (self.disk_bytes() - before) / self.nodes
        figures = {"rate": report["finalized_per_second"], **self.use_of(report),
                   "client_cpu_us": report["client_cpu_ms"] * 1000 / max(1, report["acknowledged"]),
                   "disk_bytes": grown / max(1, report["acknowledged"]),
                   **{f"{name}_ms": value for name, value in milliseconds(report["latency"]).items()}}
        return {f"kanhe{self.nodes}.issue.{name}": value for name, value in figures.items()}

    def disk_bytes(self):
        return sum(disk_bytes(pathlib.Path(node.directory, "data")) for node in self.network.nodes)

    def loads(self, rate):
        """Committed a second, and latencies, at shares of what the closed loop has just done."""
        points = []
        for share in QUICK_LOAD_SHARES if self.options.quick else LOAD_SHARES:
            offered = max(1, int(rate * share))
            report = self.load("--kinds", "certificate", "--rate", offered, "--seconds", self.options.point_seconds,
                               "--drain", 5)
            points.append({"share": share, "offered": offered, "rate": report["finalized_per_second"],
                           **{f"{name}_ms": value for name, value in milliseconds(report["latency"]).items()}})
        at_80 = next(point for point in points if point["share"] == 0.8)
        return {"kanhe4.loads": points, "kanhe4.at80.p99_ms": at_80["p99_ms"]}

    def idle(self):
        seconds = self.options.seconds
        report = self.load("--kinds", "certificate", "--clients", 1, "--receipts", "--seconds", seconds,
                           "--connections", 2, "--ahead", 1_000 * (seconds + self.warm_up_s))
        return {f"kanhe4.idle.{name}_ms": value for name, value in milliseconds(report["latency"]).items()}

    def sales(self):
        report = self.closed("sale", 8, self.best_clients("sale", 8), self.options.seconds)
        jobs = sum(kind["jobs_done"] for kind in report["kinds"])
        return {"kanhe4.sale.rate": report["finalized_per_second"],
                "kanhe4.sale.flows": jobs * 1000 / max(1, report["counted_ms"])}


class FourNodes(Kanhe):
    """The network of which everything is measured."""

    def __init__(self, runner, build, directory, options):
        super().__init__(runner, build, directory, options, 4)
        self.issuer, self.batches, self.cursor, self.certificates = None, 0, "0.0.0", []

    def measure(self, _done):
        with self.running():
            figures = self.issues()
            figures.update(self.loads(figures["kanhe4.issue.rate"]))
            figures.update(self.idle())
            figures.update(self.sales())
            figures.update(self.anchors())
            figures.update(self.reads())
        return figures

    # -----------------------------------------------------------------------------------------------------------------
    # Batches

    def kanhe(self, *words, **settings):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KANHE_")}
        return self.runner.output([self.build / "kanhe", *words], env=environment, **settings)

    def online(self, *words):
        endpoint = self.network.nodes[0].endpoint
        return self.kanhe(*words, "--genesis", pathlib.Path(self.network.directory, "genesis.json"), "--node",
                          f"https://{endpoint.host}:{endpoint.port}")

    def make_issuer(self):
        """An officer with a key in a plain file, enrolled by the administrator. `load` has defined the type."""
        home = self.directory / "issuer"
        home.mkdir()
        for name, text in (("plain", secrets.token_hex(32)), ("passphrase", secrets.token_urlsafe(18))):
            (home / name).touch(0o600)
            (home / name).write_text(text + "\n", encoding="ascii")
        key = json.loads(self.kanhe("key", "import", home / "plain", "-o", home / "key", "--passphrase-file",
                                    home / "passphrase", "--json"))["public_key"]
        administrator = pathlib.Path(self.network.directory, "officers", "registry-administrator.key")
        self.online("officer", "enrol", key, "--person", secrets.token_hex(32), "--roles", "issuer", "--plain-key",
                    administrator)
        genesis = json.loads(pathlib.Path(self.network.directory, "genesis.json").read_text(encoding="utf-8"))
        code = next(one["uscc"] for one in genesis["departments"] if one["id"] == "registry")
        self.issuer = {"key": home / "plain", "code": code, "type": code + "022"}

    def issue_batch(self, count, output, *words):
        """A batch of so many rows into a directory (-o) or a file (--result): (its path, wall and processor seconds
        of the command)."""
        self.batches += 1
        prefix = f"B{secrets.token_hex(3).upper()}"
        rows, made = self.directory / "rows.jsonl", self.directory / f"batch-{self.batches}"
        write_rows(rows, self.issuer["type"], self.issuer["code"], prefix, count)
        cpu_before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self.online("cert", "issue-batch", rows, "--type", self.issuer["type"], "--prefix", prefix, output, made,
                    "--plain-key", self.issuer["key"], *words)
        seconds, cpu = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        rows.unlink()
        return made, seconds, cpu.ru_utime + cpu.ru_stime - cpu_before.ru_utime - cpu_before.ru_stime

    def anchors(self):
        if self.issuer is None:
            self.make_issuer()
        bundles, seconds, cpu = self.issue_batch(self.options.anchors, "-o", "--no-evidence")
        shutil.rmtree(bundles)
        file, file_seconds, file_cpu = self.issue_batch(self.options.batch_rows, "--result")
        file.unlink()
        # Evidence makes a bundle whole; what it costs to check one is shared by no other in a real inspection, so the
        # command's start is measured with it.
        whole, _, _ = self.issue_batch(VERIFIED_BUNDLES, "-o")
        began = time.monotonic()
        self.kanhe("cert", "verify", whole, "--genesis", pathlib.Path(self.network.directory, "genesis.json"), "--json")
        verified = (time.monotonic() - began) * 1000 / VERIFIED_BUNDLES
        shutil.rmtree(whole)
        return {"kanhe4.anchor.rate": self.options.anchors / seconds,
                "kanhe4.anchor.cpu_rate": self.options.anchors / max(cpu, 1e-6),
                "kanhe4.batch_file.rate": self.options.batch_rows / file_seconds,
                "kanhe4.batch_file.cpu_rate": self.options.batch_rows / max(file_cpu, 1e-6),
                "kanhe4.verify.ms": verified}

    # -----------------------------------------------------------------------------------------------------------------
    # Questions

    def find_certificates(self):
        """Identifiers of recorded certificates, as one node's events name them."""
        endpoint = self.network.nodes[0].endpoint
        while len(self.certificates) < TARGETS_MAX:
            answer = endpoint.json(f"/v1/events?cursor={self.cursor}&count={EVENTS_AT_ONCE}")
            for event in (traced["event"] for traced in answer["events"]):
                if event["name"] == "certificate.issued":
                    self.certificates += [one["id"] for one in event["subjects"] if one["type"] == "certificate"]
            following = "{height}.{receipt}.{event}".format(**answer["next"])
            if following == self.cursor or not answer["events"]:
                break
            self.cursor = following
        if not self.certificates:
            raise Failure(f"{self.name}: no certificate to ask for")

    def read_rate(self, what, path):
        targets = self.directory / f"targets-{what}"
        lines = [path.replace("{id}", one) for one in random.sample(self.certificates, len(self.certificates))]
        targets.write_text("\n".join(lines) + "\n", encoding="ascii")

        def ask(connections, seconds):
            return self.runner.json([self.build / "bench_reads", self.network.directory, targets, "--connections",
                                     connections, "--seconds", seconds])

        if what not in self.clients:
            candidates, seconds = (QUICK_READERS, 1) if self.options.quick else (READERS, 2)
            self.clients[what], self.tried[what] = best_of(
                candidates, lambda connections: ask(connections, seconds)["answers_per_second"])
        return ask(self.clients[what], self.options.seconds)

    def reads(self):
        self.find_certificates()
        proved = self.read_rate("read with proof", "/v1/certificates/{id}")
        figures = {"kanhe4.read.proved.rate": proved["answers_per_second"],
                   "kanhe4.read.proved.bytes": proved["bytes_each"],
                   "kanhe4.read.proved.p99_ms": proved["latency"]["p99_us"] / 1000}
        described = self.network.nodes[0].endpoint.json("/openapi.json")
        if STANDING_PATH in described["paths"]:
            plain = self.read_rate("read without proof", STANDING_PATH)
            figures["kanhe4.read.plain.rate"] = plain["answers_per_second"]
        return figures


class MoreNodes(Kanhe):
    """A larger network: what a node's work costs as the departments become more."""

    def measure(self, _done):
        with self.running():
            return self.issues()

"""etcd as a peer: three members on this machine, values of 256 bytes, each put under a key of its own. Loaded by
build/release/bench_etcd over gRPC, at whichever number of clients does best, at the leader alone or at all members.
"""
import contextlib
import json
import shutil

from network import free_base_port, wait_until

from .processes import Server, best_of, say

MEMBERS = 3
CANDIDATES = tuple((where, clients) for where in ("leader", "all") for clients in (64, 256, 1024))
QUICK_CANDIDATES = (("leader", 256),)
QUOTA_BYTES = 8 << 30


class Etcd:
    name = "etcd"
    packages = ("etcd-server", "etcd-client")
    is_installed = staticmethod(lambda: bool(shutil.which("etcd") and shutil.which("etcdctl")))

    def __init__(self, runner, build, directory, options):
        self.runner, self.options, self.program = runner, options, build / "bench_etcd"
        self.directory = directory / "etcd"
        self.directory.mkdir()
        base = free_base_port(2 * MEMBERS)
        self.endpoints = [f"127.0.0.1:{base + i}" for i in range(MEMBERS)]
        self.peers = [f"http://127.0.0.1:{base + MEMBERS + i}" for i in range(MEMBERS)]
        self.clients, self.tried, self.runs = {}, {}, 0

    def version(self):
        return self.runner.output(["etcd", "--version"]).split()[2]

    def command(self, number):
        cluster = ",".join(f"m{i}={peer}" for i, peer in enumerate(self.peers))
        return ["etcd", "--name", f"m{number}", "--data-dir", self.directory / f"m{number}",
                "--listen-client-urls", f"http://{self.endpoints[number]}",
                "--advertise-client-urls", f"http://{self.endpoints[number]}",
                "--listen-peer-urls", self.peers[number], "--initial-advertise-peer-urls", self.peers[number],
                "--initial-cluster", cluster, "--quota-backend-bytes", QUOTA_BYTES, "--log-level", "error"]

    def leader(self):
        """Its address, or None while there is none."""
        text = self.runner.output(["etcdctl", "--endpoints", ",".join(self.endpoints), "endpoint", "status", "-w",
                                   "json"], good=(0, 1))
        members = json.loads(text or "[]")
        for member in members:
            if len(members) == MEMBERS and member["Status"]["header"]["member_id"] == member["Status"].get("leader"):
                return member["Endpoint"]
        return None

    def leader_of(self, servers):
        for server in servers:
            server.demand_running()
        return self.leader()

    @contextlib.contextmanager
    def running(self):
        servers = []
        try:
            for number in range(MEMBERS):
                servers.append(Server(self.runner, self.command(number), self.directory / f"m{number}.log"))
            yield wait_until(lambda: self.leader_of(servers), "etcd has a leader")
        finally:
            for server in servers:
                server.stop()

    def puts(self, leader, candidate, seconds):
        where, clients = candidate
        self.runs += 1
        endpoints = [leader] if where == "leader" else self.endpoints
        return self.runner.json([self.program, *endpoints, "--clients", clients, "--seconds", seconds, "--prefix",
                                 f"run{self.runs}"])

    def measure(self, _done):
        with self.running() as leader:
            if "put" not in self.clients:
                candidates, seconds = (QUICK_CANDIDATES, 1) if self.options.quick else (CANDIDATES, 3)
                say("etcd: how many clients do best")
                self.clients["put"], self.tried["put"] = best_of(
                    candidates, lambda candidate: self.puts(leader, candidate, seconds)["puts_per_second"])
            found = self.puts(leader, self.clients["put"], self.options.seconds)
        return {"etcd.put.rate": found["puts_per_second"], "etcd.put.p50_ms": found["latency"]["p50_us"] / 1000,
                "etcd.put.p99_ms": found["latency"]["p99_us"] / 1000}

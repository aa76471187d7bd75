"""PostgreSQL as a peer: rows of 300 bytes, one inserted by each transaction, committed synchronously; alone, and with
one synchronous standby; and selects by key. Loaded by pgbench with prepared statements over TCP, at whichever number of
clients does best. Both servers are made in the working directory, listen on loopback and run only while they are
measured.
"""
import contextlib
import pathlib
import re
import signal
import subprocess

from network import Failure, free_base_port, wait_until

from .processes import Server, as_user, best_of, give_to, say

USER = "postgres"
ROWS = 100_000  # that selects look among
CLIENTS = (4, 8, 16, 32, 64, 128)
QUICK_CLIENTS = (16,)
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
synchronous_commit = on
shared_buffers = 1GB
max_wal_size = 8GB
wal_keep_size = 4GB
max_connections = 300
"""
INSERT = "\\set n random(1, 1000000000)\ninsert into records (body) values (lpad(:n::text, 300, 'x'));\n"
SELECT = f"\\set id random(1, {ROWS})\nselect body from records where id = :id;\n"
IS_LEVEL = "select count(*) from pg_stat_replication where sync_state = 'sync' and replay_lsn = sent_lsn"


def programs():
    """The folder of the newest installation, or None."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found and (found[-1].parent / "postgres").exists() else None


class Postgres:
    name = "PostgreSQL"
    packages = ("postgresql",)
    is_installed = staticmethod(lambda: programs() is not None)

    def __init__(self, runner, directory, options):
        self.runner, self.options, self.programs = runner, options, programs()
        self.directory = directory / "postgresql"
        self.directory.mkdir()
        give_to(self.directory, USER)
        self.port = free_base_port(2)
        self.clients, self.tried = {}, {}
        for name, script in (("insert", INSERT), ("select", SELECT)):
            (self.directory / f"{name}.sql").write_text(script, encoding="ascii")
        self.make()

    def version(self):
        return self.runner.output([self.programs / "postgres", "--version"]).split()[2]

    def make(self):
        data = self.directory / "primary"
        self.call("initdb", "-D", data, "-A", "trust", "-U", USER, "--encoding", "UTF8", "--locale", "C", "--no-sync")
        with open(data / "postgresql.conf", "a", encoding="ascii") as file:
            file.write(SETTINGS)
        with self.running(standby=False):
            self.sql("create table records (id bigserial primary key, body text not null)")
            self.sql(f"insert into records (body) select lpad(n::text, 300, 'x') from generate_series(1, {ROWS}) n")
            self.sql("vacuum analyze records")
            self.call("pg_basebackup", "-h", "127.0.0.1", "-p", self.port, "-U", USER, "-D", self.directory / "standby",
                      "-R", "-X", "stream", "--checkpoint=fast")

    def call(self, program, *words):
        return self.runner.output([self.programs / program, *words], **as_user(USER))

    def sql(self, text):
        return self.call("psql", "-h", "127.0.0.1", "-p", self.port, "-U", USER, "-AtXq", "-c", text).strip()

    def is_ready(self, server, port):
        server.demand_running()
        done = subprocess.run([self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False)
        return done.returncode == 0

    @contextlib.contextmanager
    def running(self, standby):
        names = "*" if standby else ""
        servers = []
        try:
            for port, (data, *words) in enumerate([("primary", "-c", f"synchronous_standby_names={names}"),
                                                   *([("standby",)] if standby else [])], self.port):
                command = [self.programs / "postgres", "-D", self.directory / data, "-p", port, *words]
                servers.append(Server(self.runner, command, self.directory / f"{data}.log", **as_user(USER)))
                wait_until(lambda server=servers[-1], at=port: self.is_ready(server, at),
                           f"PostgreSQL's {data} is ready")
            if standby:
                wait_until(lambda: self.sql(IS_LEVEL) == "1", "the standby is level")
            yield
        finally:
            # The primary first: its last records are for the standby. SIGINT is PostgreSQL's quick, clean end.
            for server in servers:
                server.stop(signal.SIGINT)

    def pgbench(self, script, clients, seconds):
        text = self.call("pgbench", "-h", "127.0.0.1", "-p", self.port, "-U", USER, "-n", "-M", "prepared", "-c",
                         clients, "-j", min(2, clients), "-T", seconds, "-f", self.directory / f"{script}.sql",
                         "postgres")
        rate, failed = re.search(r"^tps = ([\d.]+)", text, re.MULTILINE), re.search(r"failed transactions: (\d+)", text)
        if not rate or (failed and failed.group(1) != "0"):
            raise Failure(f"pgbench: {text}")
        return float(rate.group(1))

    def rate(self, what, script):
        """At the best number of clients, which is looked for once."""
        if what not in self.clients:
            candidates, seconds = (QUICK_CLIENTS, 1) if self.options.quick else (CLIENTS, 3)
            say(f"{self.name}: how many clients do best at {what}")
            self.clients[what], self.tried[what] = best_of(
                candidates, lambda clients: self.pgbench(script, clients, seconds))
        return self.pgbench(script, self.clients[what], self.options.seconds)

    def measure(self, _done):
        figures = {}
        with self.running(standby=False):
            figures["postgresql.select.rate"] = self.rate("select", "select")
            figures["postgresql.insert.rate"] = self.rate("insert", "insert")
        with self.running(standby=True):
            figures["postgresql.standby.rate"] = self.rate("insert with standby", "insert")
            self.sql("checkpoint")
        return figures

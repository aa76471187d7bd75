"""A network of kanhed processes on loopback, for the tests that need whole processes.

Nothing here waits for a fixed time: every wait is for a condition, with a deadline. Only processes that were started
here are ended.
"""
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

DEPARTMENTS = ["registry", "tax", "housing", "treasury"]
DEADLINE_S = 60
POLL_S = 0.05
# What the programs say is looked at in both languages, whatever is spoken here.
os.environ["LC_ALL"] = "C.UTF-8"


class Failure(Exception):
    pass


def free_base_port(count, low=20000, high=30000):
    """The first of so many ports in a row that nobody listens at now."""
    for _ in range(100):
        base = random.randrange(low, high - count)
        sockets = []
        try:
            for i in range(count):
                opened = socket.socket()
                sockets.append(opened)
                opened.bind(("127.0.0.1", base + i))
            return base
        except OSError:
            continue
        finally:
            for opened in sockets:
                opened.close()
    raise Failure("no free ports")


def wait_until(condition, what, deadline_s=DEADLINE_S, poll_s=POLL_S):
    """Waits for a condition that answers something true; answers that. `what` may be a function that says it."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(poll_s)
    raise Failure(f"not within {deadline_s} s: {what() if callable(what) else what}")


class Endpoint:
    """Questions to one node over one connection. TLS certificates are not checked, as by `load`."""

    def __init__(self, host, port):
        self.host, self.port, self.connection = host, port, None

    def ask(self, target, timeout_s=10):
        """(status, text), or (0, why) when no answer came."""
        for attempt in range(2):
            kept = self.connection is not None
            try:
                if not kept:
                    context = ssl.create_default_context()
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                    self.connection = http.client.HTTPSConnection(self.host, self.port, timeout=timeout_s,
                                                                  context=context)
                self.connection.request("GET", target)
                answer = self.connection.getresponse()
                return answer.status, answer.read().decode()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                # A connection that was kept may have ended of age.
                if not kept or attempt == 1:
                    return 0, str(error)
        raise AssertionError("unreachable")

    def json(self, target):
        status, text = self.ask(target)
        if status != 200:
            raise Failure(f"{self.host}:{self.port}{target}: {status} {text[:300]}")
        return json.loads(text)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Node:
    def __init__(self, kanhed, directory, department):
        self.kanhed = kanhed
        self.directory = os.path.join(directory, department)
        self.department = department
        self.process = None
        self.endpoint = None

    def start(self):
        self.remove_status()
        with open(os.path.join(self.directory, "stderr"), "ab") as log:
            command = [self.kanhed, "--config", os.path.join(self.directory, "config.toml")]
            self.process = subprocess.Popen(command, stderr=log)
        with open(os.path.join(self.directory, "kanhed.pid"), "w", encoding="ascii") as file:
            file.write(f"{self.process.pid}\n")

    def remove_status(self):
        """So that what is read afterwards was written by the process that starts now."""
        path = os.path.join(self.directory, "data", "status.json")
        if os.path.exists(path):
            os.remove(path)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def status(self):
        if not self.is_running():
            raise Failure(f"{self.department} ended with code {self.process.returncode}")
        try:
            with open(os.path.join(self.directory, "data", "status.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def height(self):
        status = self.status()
        return int(status["height"]) if status else -1

    def headers(self, seen):
        """Adds (height, header hash) as this node reports it."""
        status = self.status()
        if status:
            seen.setdefault(int(status["height"]), {})[self.department] = status["header_hash"]

    def head_height(self):
        """The newest durable height as the endpoint says, or -1 while it does not answer."""
        status, text = self.endpoint.ask("/v1/head")
        return int(json.loads(text)["newest"]["header"]["height"]) if status == 200 else -1


class Network:
    """Made by make_network in a directory of its own. Ports: peers at base and above, endpoints behind them."""

    def __init__(self, kanhed, make_network, directory, options=(), departments=tuple(DEPARTMENTS)):
        self.directory = os.path.join(directory, "network")
        self.base_port = free_base_port(2 * len(departments))
        subprocess.run([make_network, self.directory, "--departments", ",".join(departments), "--base-port",
                        str(self.base_port), "--endpoint-base-port", str(self.base_port + len(departments)), *options],
                       check=True)
        self.nodes = [Node(kanhed, self.directory, department) for department in departments]
        for node in self.nodes:
            node.endpoint = self.endpoint_of(node.department)

    def endpoint_of(self, department):
        """As the node's configuration says."""
        section = None
        for line in pathlib.Path(self.directory, department, "config.toml").read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line
            elif section == "[endpoint]" and line.startswith("listen"):
                host, port = line.split('"')[1].rsplit(":", 1)
                return Endpoint(host, int(port))
        return None

    def start(self):
        for node in self.nodes:
            node.start()

    def node(self, department):
        return next(node for node in self.nodes if node.department == department)

    def end_all(self):
        for node in self.nodes:
            if node.is_running():
                node.kill()

    def print_logs(self):
        for node in self.nodes:
            path = os.path.join(node.directory, "stderr")
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as log:
                    print(f"--- {node.department}\n{log.read()[-4000:]}")


def check_equal(seen):
    """That no two nodes report different headers of one height. Answers how many heights could be compared."""
    compared = 0
    for height, hashes in seen.items():
        if len(set(hashes.values())) > 1:
            raise Failure(f"height {height} differs: {hashes}")
        compared += len(hashes) > 1
    return compared


def wait_for_heights(nodes, height, what, seen):
    def reached():
        for node in nodes:
            node.headers(seen)
        check_equal(seen)
        return all(node.height() >= height for node in nodes)

    wait_until(reached, lambda: f"{what}: height {height}; heights are {[node.height() for node in nodes]}")


def run_with(network, body):
    """Runs the body; on failure prints the nodes' logs. Ends the nodes. Answers the exit code."""
    try:
        body(network)
    except (Failure, subprocess.SubprocessError) as failure:
        print(f"FAILED: {failure}")
        network.print_logs()
        return 1
    finally:
        network.end_all()
    return 0


def run_programs(name, run):
    """The main of a test: run(build, network), where build is the directory of programs that the command line names,
    and network a new one of four departments. Answers the exit code."""
    build = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix=f"kanhe-{name}-") as directory:
        network = Network(os.path.join(build, "kanhed"), os.path.join(build, "make_network"), directory,
                          ["--heartbeat-ms", "2000"])
        return run_with(network, lambda made: run(build, made))

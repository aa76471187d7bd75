#!/usr/bin/env python3
"""Four kanhed processes on loopback: they agree, one is killed, the others go on, it comes back and catches up; then
all are killed at once and go on.

    four_nodes_tests.py KANHED MAKE_NETWORK

What the nodes know of each other is read from their status.json. Nothing here waits for a fixed time: every wait is for
a condition, with a deadline. On failure the nodes' logs are printed.
"""
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

DEPARTMENTS = ["registry", "tax", "housing", "treasury"]
DEADLINE_S = 60
POLL_S = 0.05


class Failure(Exception):
    pass


def free_base_port():
    """A range of ports that nobody listens at now."""
    for _ in range(100):
        base = random.randrange(20000, 30000)
        sockets = []
        try:
            for i in range(len(DEPARTMENTS)):
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


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(POLL_S)
    raise Failure(f"not within {DEADLINE_S} s: {what}")


class Node:
    def __init__(self, kanhed, directory, department):
        self.kanhed = kanhed
        self.directory = os.path.join(directory, department)
        self.department = department
        self.process = None

    def start(self):
        self.remove_status()
        with open(os.path.join(self.directory, "stderr"), "ab") as log:
            command = [self.kanhed, "--config", os.path.join(self.directory, "config.toml")]
            self.process = subprocess.Popen(command, stderr=log)

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
            with open(os.path.join(self.directory, "data", "status.json")) as file:
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


def check_equal(seen):
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

    wait_until(reached, f"{what}: height {height}; heights are {[node.height() for node in nodes]}")


def run(kanhed, nodes):
    seen = {}
    for node in nodes:
        node.start()
    wait_for_heights(nodes, 3, "all four", seen)
    print("all four reached height 3")

    victim = nodes[2]
    victim.kill()
    others = [node for node in nodes if node is not victim]
    before = max(node.height() for node in others)
    # At least one full turn of primaries: the killed one's turn has to be got over too.
    wait_for_heights(others, before + 5, "the three others", seen)
    print("three went on without the killed one")

    second = subprocess.run([kanhed, "--config", os.path.join(others[0].directory, "config.toml")],
                            stderr=subprocess.PIPE, timeout=20)
    if second.returncode != 75:
        raise Failure(f"a second process on one data directory ended with {second.returncode}, must be 75")

    victim.start()
    target = max(node.height() for node in others)
    wait_for_heights(nodes, target + 3, "all four again", seen)
    wait_until(lambda: all(len([peer for peer in (node.status() or {}).get("peers", []) if peer["connected"]]) == 3
                           for node in nodes), "everyone is connected to everyone")
    print("the killed one caught up")

    # All at one height: one that they report together.
    def same_height():
        for node in nodes:
            node.headers(seen)
        return any(len(hashes) == len(nodes) for height, hashes in seen.items() if height > target)

    wait_until(same_height, "a height that all four report")
    if check_equal(seen) < 3:
        raise Failure(f"too few heights could be compared: {seen}")

    # A power cut of all: what was final is still there, and they go on from it.
    reached = {node.department: node.height() for node in nodes}
    for node in nodes:
        node.process.kill()
    for node in nodes:
        node.process.wait()
        node.start()
    for node in nodes:
        wait_until(lambda: node.height() >= 0, f"{node.department} is back")
        if node.height() < reached[node.department]:
            raise Failure(f"{node.department} had height {reached[node.department]}, now {node.height()}")
    wait_for_heights(nodes, max(reached.values()) + 3, "all four after a power cut", seen)
    print("all four went on after a power cut")

    for node in nodes:
        code = node.stop()
        if code != 0:
            raise Failure(f"{node.department} ended with {code} on SIGTERM, must be 0")
    print("all four stopped with code 0")


def main():
    kanhed, make_network = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="kanhe-four-") as directory:
        network = os.path.join(directory, "network")
        subprocess.run([make_network, network, "--departments", ",".join(DEPARTMENTS), "--base-port",
                        str(free_base_port()), "--heartbeat-ms", "1000"], check=True)
        nodes = [Node(kanhed, network, department) for department in DEPARTMENTS]
        try:
            run(kanhed, nodes)
        except (Failure, subprocess.TimeoutExpired) as failure:
            print(f"FAILED: {failure}")
            for node in nodes:
                with open(os.path.join(node.directory, "stderr")) as log:
                    print(f"--- {node.department}\n{log.read()[-4000:]}")
            return 1
        finally:
            for node in nodes:
                if node.is_running():
                    node.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())

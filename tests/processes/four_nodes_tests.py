#!/usr/bin/env python3
"""Four kanhed processes on loopback: they agree, one is killed, the others go on, it comes back and catches up; then
all are killed at once and go on.

    four_nodes_tests.py KANHED MAKE_NETWORK

What the nodes know of each other is read from their status.json. Nothing here waits for a fixed time: every wait is for
a condition, with a deadline. On failure the nodes' logs are printed.
"""
import subprocess
import sys
import tempfile

from network import Failure, Network, check_equal, run_with, wait_for_heights, wait_until


def run(network):
    nodes = network.nodes
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

    second = subprocess.run([victim.kanhed, "--config", f"{others[0].directory}/config.toml"],
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
        return run_with(Network(kanhed, make_network, directory, ["--heartbeat-ms", "1000"]), run)


if __name__ == "__main__":
    sys.exit(main())

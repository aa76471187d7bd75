#!/usr/bin/env python3
"""A node comes back without the votes that it has sent, or runs twice with one key. It forks nothing.

    lost_votes_tests.py BUILD

Under load, with four validators:
  - a node's data are put back from a backup while nothing that it signed is open: it catches up and votes again;
  - the same with an empty directory and the old key;
  - a backup is put back while others hold votes of it for open heights: it says that its votes are lost, follows, signs
    nothing, and the three others go on; after a motion (readmit_validator) it votes again and is needed;
  - the same with an empty directory;
  - the directory of a node is copied and run beside it: nobody decides two things at one height, the network goes on,
    and when the copy is gone and the node was readmitted, all is as before.
"""
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time

from faults import FaultyNode, faulty_network, highest_of_others, under_load
from membership_tests import Assembly
from network import Failure, Network, free_base_port, run_with, wait_until


SIGNED_AHEAD = 16  # heights; the window of these networks is smaller


def backup_of(node):
    path = os.path.join(node.directory, "backup")
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(os.path.join(node.directory, "data"), path)
    return path


def put_back(node, backup):
    """None: an empty disk."""
    data = os.path.join(node.directory, "data")
    shutil.rmtree(data)
    if backup:
        shutil.copytree(backup, data)


def silence_of(node):
    return (node.status() or {}).get("silence")


def wait_until_back(network, node, what):
    goal = highest_of_others(network, node)
    wait_until(lambda: node.is_running() and node.head_height() >= goal, f"{what}: {node.department} catches up")


def check_needed(network, load, node, other, what):
    """With another one gone, nothing is decided without this node."""
    other.kill()
    load.wait_for_more(10, f"with {node.department} needed {what}")
    other.start()
    wait_until_back(network, other, what)


def check_not_needed(load, node, what):
    node.freeze()
    load.wait_for_more(10, f"without {node.department} {what}")
    node.thaw()


def aged(network, load, node):
    """A backup that is a while old."""
    node.kill()
    backup = backup_of(node)
    node.start()
    wait_until_back(network, node, "after its backup was made")
    load.wait_for_more(100, "after a backup was made")
    return backup


def restored_in_peace(network, load, empty):
    node, other = network.nodes[2], network.nodes[1]
    what = "an empty disk" if empty else "an old backup"
    backup = None if empty else aged(network, load, node)
    last = max(each.head_height() for each in network.nodes)
    node.kill()
    # What it signed last is final before it is back: it may have signed for so many heights above the newest block.
    wait_until(lambda: other.head_height() > last + SIGNED_AHEAD, f"what was signed is final before {what}")
    put_back(node, backup)
    began = time.monotonic()
    node.start()
    wait_until_back(network, node, what)
    seconds = time.monotonic() - began
    if silence_of(node):
        raise Failure(f"{what}: {node.department} is silent though nothing was open: {silence_of(node)}")
    check_needed(network, load, node, other, f"after {what}")
    print(f"{what} while nothing is open: level with the others after {seconds:.2f} s, and votes", flush=True)


def with_witness(network, victim, what):
    """Freezes two of four, so that what the victim signs stays open; answers the third, its witness, and the two.

    The primary is not among the two: nothing would be proposed. A view that changes in this moment is another try.
    """
    others = [node for node in network.nodes if node is not victim]
    for _ in range(10):
        statuses = [status for status in (node.status() for node in network.nodes) if status]
        primary = max(statuses, key=lambda status: int(status["view"]))["primary"]
        witness = next((node for node in others if node.department == primary), others[0])
        frozen = [node for node in others if node is not witness]
        for node in frozen:
            node.freeze()
        try:
            wait_until(lambda: has_voted(victim), f"{victim.department} votes", deadline_s=6, poll_s=0.02)
            return witness, *frozen
        except Failure:
            for node in frozen:
                node.thaw()
            time.sleep(2)
    raise Failure(f"{victim.department} did not vote for an open height before {what}")


def restored_at_work(network, load, assembly, empty):
    victim = network.nodes[3]
    what = "an empty disk" if empty else "an old backup"
    backup = None if empty else aged(network, load, victim)
    witness, third, fourth = with_witness(network, victim, what)
    time.sleep(0.5)  # until its votes are with the witness
    victim.kill()
    put_back(victim, backup)
    victim.start()
    # q - 1 others have to answer before it may sign.
    third.thaw()
    silence = wait_until(lambda: silence_of(victim), f"{victim.department} finds its votes lost after {what}")
    if silence != "lost_votes" or not any("lost_votes" in alarm for alarm in victim.alarms()):
        raise Failure(f"{what}: {silence}, {victim.alarms()}")
    fourth.thaw()
    load.wait_for_more(30, f"after {what}")
    wait_until_back(network, victim, what)
    check_not_needed(load, victim, f"after {what}")
    if not silence_of(victim):
        raise Failure(f"{what}: {victim.department} speaks again by itself")

    epoch = int(witness.status()["epoch"])
    voters = [node.department for node in (witness, third, fourth)]
    assembly.carry({"type": "readmit_validator", "department": victim.department}, voters)
    assembly.wait_for_epoch(epoch + 1, [node.department for node in network.nodes], f"readmitted after {what}")
    wait_until(lambda: not silence_of(victim), f"{victim.department} speaks again after {what}")
    check_needed(network, load, victim, third, f"after {what} and a motion")
    print(f"{what} while votes are open: lost_votes, follows, votes again in epoch {epoch + 1}", flush=True)


def has_voted(node):
    """For some height above the durable one."""
    node.process.send_signal(signal.SIGUSR1)  # a new report
    status = node.status()
    return status and any(slot["prepared_here"] for slot in status["slots"])


def twin_of(build, network, node):
    home = os.path.join(network.directory, "twin")
    shutil.copytree(node.directory, home, symlinks=True)
    config = pathlib.Path(home, "config.toml")
    free = free_base_port(2)
    ports = iter((free, free + 1))
    text = re.sub(r'(listen = "127\.0\.0\.1:)\d+"', lambda match: f'{match.group(1)}{next(ports)}"',
                  config.read_text(encoding="utf-8"))
    config.write_text(text, encoding="utf-8")
    twin = FaultyNode(build, network.directory, "twin")
    twin.endpoint = Network.endpoint_of(network, "twin")
    return twin


def twins(build, network, load, assembly):
    node = network.nodes[1]
    load.wait_for_more(10, "before the twin")
    node.kill()
    twin = twin_of(build, network, node)
    try:
        node.start()
        twin.start()
        began, before = time.monotonic(), len(load.acknowledged())
        load.wait_for_more(400, "beside twins")
        rate = (len(load.acknowledged()) - before) / (time.monotonic() - began)
        silent = [f"{one.directory.rsplit('/', 1)[1]}: {silence_of(one)}" for one in (node, twin) if silence_of(one)]
        told = sum(1 for other in network.nodes if other is not node
                   for line in other.words().splitlines() if "peer_replaced" in line)
        if told == 0:
            raise Failure("nobody noticed that one key is used twice")
    finally:
        if twin.is_running():
            twin.kill()
    print(f"twins: {rate:.0f} transactions/s went on, {told} warnings of replaced connections; silent: "
          f"{', '.join(silent) or 'none'}", flush=True)
    wait_until_back(network, node, "after its twin is gone")
    if silence_of(node):
        epoch = int(network.nodes[0].status()["epoch"])
        voters = [other.department for other in network.nodes if other is not node]
        assembly.carry({"type": "readmit_validator", "department": node.department}, voters)
        assembly.wait_for_epoch(epoch + 1, [other.department for other in network.nodes], "readmitted after twins")
        wait_until(lambda: not silence_of(node), f"{node.department} speaks again after its twin is gone")
    check_needed(network, load, node, network.nodes[2], "after its twin is gone")


def run(network, build):
    assembly = Assembly(build, network)

    def restored(load):
        for empty in (False, True):
            restored_in_peace(network, load, empty)
        for empty in (False, True):
            restored_at_work(network, load, assembly, empty)

    under_load(network, build, [restored, lambda load: twins(build, network, load, assembly)])


def main():
    build = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="kanhe-lost-votes-") as directory:
        network = faulty_network(build, directory)
        return run_with(network, lambda made: run(made, build))


if __name__ == "__main__":
    sys.exit(main())

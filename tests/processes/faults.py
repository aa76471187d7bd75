"""Nodes whose machine, disk or clock can be made to fail, and what is asked of a network after that."""
import fcntl
import os
import signal
import struct
import subprocess
import time

from kills_tests import Load, check_acknowledged, check_chains, check_headers_equal
from network import Failure, Network, Node, wait_until

BACK_WITHIN_S = 10
LOAD_SECONDS = 420
SKIPPED = 77
# <linux/fs.h>: FS_IOC_SHUTDOWN, with EXT4_GOING_FLAGS_NOLOGFLUSH. From then on nothing reaches the disk.
FS_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


class FaultyNode(Node):
    """A node with the library of faulty_machine.cpp in front of it when it is told so."""

    words_before = 0

    def __init__(self, build, directory, department):
        super().__init__(os.path.join(build, "kanhed"), directory, department)
        self.library = os.path.join(build, "libfaulty_machine.so")
        self.clock = os.path.join(self.directory, "clock_offset_ms")

    def start(self):
        self.start_faulty(None)

    def start_faulty(self, fault, **settings):
        """`fault` as in faulty_machine.cpp; None: without the library. `settings` go to Popen."""
        self.remove_status()
        environment = dict(os.environ)
        if fault is not None:
            environment.update(LD_PRELOAD=self.library, KANHE_FAULT=fault,
                               KANHE_FAULT_UNDER=os.path.realpath(os.path.join(self.directory, "data")),
                               KANHE_FAULT_COUNT=os.path.join(self.directory, "operations"),
                               KANHE_FAULT_CLOCK=self.clock)
        with open(os.path.join(self.directory, "stderr"), "ab") as log:
            self.words_before = log.tell()
            command = [self.kanhed, "--config", os.path.join(self.directory, "config.toml")]
            self.process = subprocess.Popen(command, stderr=log, env=environment, **settings)

    def set_clock(self, offset_ms):
        """Of a process that was started with a fault, be it an empty one. From its next look at the clock on."""
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(str(offset_ms))
        os.rename(self.clock + ".new", self.clock)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def words(self):
        """All that this process has logged."""
        with open(os.path.join(self.directory, "stderr"), encoding="utf-8", errors="replace") as log:
            log.seek(self.words_before)
            return log.read()

    def last_words(self):
        return self.words()[-1500:]

    def wait_for_end(self, code, what):
        try:
            ended = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{what}: {self.department} goes on") from error
        if ended != code:
            raise Failure(f"{what}: {self.department} ended with {ended}, must be {code}\n{self.last_words()}")

    def alarms(self):
        return [line for line in self.words().splitlines() if "alarm" in line and "kind" in line]


def faulty_network(build, directory, heartbeat_ms=2000):
    """A new network of four departments below the directory, of such nodes."""
    network = Network(os.path.join(build, "kanhed"), os.path.join(build, "make_network"), directory,
                      ["--heartbeat-ms", str(heartbeat_ms)])
    network.nodes = [FaultyNode(build, network.directory, node.department) for node in network.nodes]
    for node in network.nodes:
        node.endpoint = network.endpoint_of(node.department)
    return network


def started_in_time(node, goal, what, deadline_s=BACK_WITHIN_S):
    """Starts it; it has to reach a height by itself. Answers the seconds."""
    began = time.monotonic()
    node.start()
    wait_until(lambda: node.is_running() and node.head_height() >= goal, f"{what}: {node.department} is back",
               deadline_s=deadline_s, poll_s=0.02)
    return time.monotonic() - began


def highest_of_others(network, node):
    return max(other.head_height() for other in network.nodes if other is not node)


def under_load(network, build, parts):
    """Starts the network, runs each part(load), and asks of the network that nothing acknowledged is lost and nobody
    forked. Each part is under a load of its own and lasts for LOAD_SECONDS at most, since transactions are signed
    ahead. All nodes have to run when a part ends. A part that answers True expects that nodes refuse transactions."""
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    acknowledged = []
    for number, part in enumerate(parts):
        ids = os.path.join(network.directory, f"acknowledged-{number}")
        load = Load(os.path.join(build, "load"), network, LOAD_SECONDS, ids)
        try:
            load.wait_for_beginning()
            expects_refusals = part(load)
            report = load.end()
        finally:
            load.abandon()
        if report["refused"] or report["unfinished"] or (report["rejected"] and not expects_refusals):
            raise Failure(f"the load program had trouble: {report}")
        acknowledged += load.acknowledged()
    check_headers_equal(network)
    check_acknowledged(network, acknowledged)
    for node in network.nodes:
        if node.stop() != 0:
            raise Failure(f"{node.department} did not end with 0 on SIGTERM")
    check_chains(build, network, acknowledged)


class Disk:
    """A file system of its own whose power can be cut: what was not synced is gone then. Needs root."""

    cuts = 0
    cuts_that_lost = 0  # something that was not synced: a test whose cuts lose nothing shows nothing

    def __init__(self, directory, name, megabytes=192):
        self.image = os.path.join(directory, f"{name}.ext4")
        self.root = os.path.join(directory, f"{name}.mounted")
        os.mkdir(self.root)
        with open(self.image, "wb") as file:
            file.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
        self.is_mounted = False
        self.mount()

    def mount(self):
        # So long a time between commits that nothing gets to the disk but what somebody syncs.
        done = subprocess.run(["mount", "-o", "loop,commit=300", self.image, self.root], capture_output=True, text=True)
        if done.returncode != 0:
            raise OSError(done.stderr.strip())
        self.is_mounted = True

    def cut_power(self):
        """Requires: whoever uses it is stopped, and is killed before mount()."""
        with open(os.path.join(self.root, "unsynced"), "w", encoding="ascii") as file:
            file.write("not on the disk")
        root = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(root, FS_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(root)

    def restore_power(self):
        self.unmount()
        self.mount()
        # A commit of the file system may have been under way; then that one cut lost nothing.
        Disk.cuts += 1
        Disk.cuts_that_lost += not os.path.exists(os.path.join(self.root, "unsynced"))

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", self.root], check=True)
            self.is_mounted = False


def disks_or_none(directory, names):
    """None where no file system can be mounted."""
    disks = []
    try:
        for name in names:
            disks.append(Disk(directory, name))
        return disks
    except (OSError, subprocess.SubprocessError) as error:
        for disk in disks:
            disk.unmount()
        print(f"SKIPPED: no file system can be mounted here: {error}")
        return None


def put_data_on(disk, node):
    """The node's data are on that disk from its first start on."""
    home = os.path.join(disk.root, "data")
    os.mkdir(home)
    for path in (home, disk.root):
        directory = os.open(path, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    os.symlink(home, os.path.join(node.directory, "data"))

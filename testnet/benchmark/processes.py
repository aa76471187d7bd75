"""Programs that the benchmark runs. Command lines are kept for the report; only what was started here is ended, by its
own process id.
"""
import json
import os
import pathlib
import pwd
import shlex
import signal
import subprocess
import sys

from network import Failure

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
END_TIMEOUT_S = 30


def say(text):
    """Progress goes to stderr, so that stdout is the result alone."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Runner:
    """Runs programs to their end and remembers how each was called, once."""

    def __init__(self, directory):
        self.directory, self.commands = str(directory), []

    def note(self, command):
        # Ports and directories are other ones each time; what they stand for is what a reader wants.
        line = shlex.join(map(str, command)).replace(self.directory, "WORK").replace(str(ROOT) + "/", "")
        if line not in self.commands:
            self.commands.append(line)

    def output(self, command, timeout_s=600, good=(0,), **settings):
        """What the program prints."""
        self.note(command)
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout_s,
                              check=False, **settings)
        if done.returncode not in good:
            raise Failure(f"{shlex.join(map(str, command))}\n  ended with {done.returncode}\n"
                          f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def json(self, command, **settings):
        return json.loads(self.output(command, **settings))


class Server:
    """A program that runs until it is stopped. Its words go to a log."""

    def __init__(self, runner, command, log, **settings):
        runner.note(command)
        self.log = log
        with open(log, "ab") as words:
            self.process = subprocess.Popen([str(word) for word in command], stdout=words, stderr=words,
                                            stdin=subprocess.DEVNULL, **settings)

    def demand_running(self):
        if self.process.poll() is not None:
            text = pathlib.Path(self.log).read_text(encoding="utf-8", errors="replace")
            raise Failure(f"{self.process.args[0]} ended with {self.process.returncode}:\n{text[-2000:]}")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def as_user(name):
    """Settings for a program that refuses to run as root; empty for everyone else."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(name)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def give_to(path, name):
    """Lets that user have a directory, where we are root."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(name)
        os.chown(path, account.pw_uid, account.pw_gid)


def best_of(candidates, rate):
    """Tries each candidate once: (the one with the highest rate, all rates by name). A single one needs no trial."""
    if len(candidates) == 1:
        return candidates[0], {}
    rates = {str(candidate): rate(candidate) for candidate in candidates}
    return max(candidates, key=lambda candidate: rates[str(candidate)]), rates

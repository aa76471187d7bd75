#!/usr/bin/env python3
"""What kanhe asks a person at a terminal, over a pseudo-terminal: fields that are missing, whether it is right, and what
cannot be taken back; and that a script is asked nothing.

    terminal_tests.py BUILD
"""
import codecs
import json
import os
import pathlib
import pty
import select
import subprocess
import sys
import time

from cli_tests import GOOD, INTERRUPTED, USAGE
from network import DEADLINE_S, Failure, run_programs, wait_until

END_OF_INPUT = b"\x04"
INTERRUPT = b"\x03"
APPLICATION = "a" * 63 + "7"
KEY = "02" + "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
PERSON = "5f" * 32
PASSPHRASE = "a long passphrase of nobody"


def settings():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KANHE_")}
    environment["HOME"] = "/nonexistent"
    return environment


class Terminal:
    """kanhe with a terminal of its own, and what was said on it so far."""

    def __init__(self, desk, *words):
        self.words = [str(desk.program), *map(str, words)]
        self.said, self.seen = "", 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(desk.directory)
            os.execve(self.words[0], self.words, desk.environment())

    def read(self, timeout_s):
        """Whether something came before the time was over, or the end."""
        if not select.select([self.terminal], [], [], timeout_s)[0]:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # the other side is gone
            return False
        self.said += self.decoder.decode(data).replace("\r\n", "\n")
        return bool(data)

    def expect(self, *parts):
        """Waits until all of it was said after what was expected before."""
        end = time.monotonic() + DEADLINE_S
        for part in parts:
            while self.said.find(part, self.seen) < 0:
                if not self.read(max(0.0, end - time.monotonic())):
                    raise Failure(f"{' '.join(self.words)}\n  does not say {part!r}:\n{self.said}")
            self.seen = self.said.find(part, self.seen) + len(part)
        return self

    def answer(self, prompt, text):
        self.expect(prompt)
        os.write(self.terminal, text if isinstance(text, bytes) else text.encode() + b"\n")
        return self

    def end(self, code):
        end = time.monotonic() + DEADLINE_S
        while self.read(max(0.0, end - time.monotonic())):
            pass
        _, status = os.waitpid(self.process, 0)
        os.close(self.terminal)
        if os.waitstatus_to_exitcode(status) != code:
            raise Failure(f"{' '.join(self.words)}\n  ended with {os.waitstatus_to_exitcode(status)}, must be {code}:\n"
                          f"{self.said}")
        return self.said


class Desk:
    def __init__(self, build, network):
        self.program = os.path.join(build, "kanhe")
        self.directory = pathlib.Path(network.directory)
        self.genesis = self.directory / "genesis.json"
        self.administrator = self.directory / "officers" / "registry-administrator.key"
        self.files = 0

    def environment(self):
        return settings()

    def file(self):
        self.files += 1
        return self.directory / f"call-{self.files}.json"

    def offline(self, *words, how="--unsigned"):
        """A call that is written to a file, by whoever sits at the terminal, and the file."""
        path = self.file()
        signing = ["--plain-key", self.administrator] if how == "--sign-only" else []
        return Terminal(self, *words, how, "-o", path, "--genesis", self.genesis, "--lang", "en", *signing), path

    def script(self, code, *words):
        done = subprocess.run([self.program, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=settings(), cwd=self.directory, timeout=DEADLINE_S, check=False)
        if done.returncode != code:
            raise Failure(f"{words} ended with {done.returncode}, must be {code}:\n{done.stdout}{done.stderr}")
        return done


def demand_file(path, expected):
    if path.exists() != expected:
        raise Failure(f"{path} is {'not ' if expected else ''}there")


def check_missing_fields(desk):
    """Each is asked for until it reads; the end of the input and Ctrl-C send nothing."""
    terminal, path = desk.offline("application", "accept")
    terminal.expect("application  (--application)", "64 hexadecimal digits")
    terminal.answer("> ", "xyz").expect("✗ --application: \"xyz\" must be 64 hexadecimal digits")
    terminal.answer("> ", "").expect("this is needed").answer("> ", APPLICATION)
    terminal.end(GOOD)
    demand_file(path, True)
    for key in (END_OF_INPUT, INTERRUPT):
        terminal, path = desk.offline("application", "accept")
        terminal.answer("> ", key)
        said = terminal.end(INTERRUPTED)
        demand_file(path, False)
        if key == END_OF_INPUT and "nothing was signed or sent" not in said:
            raise Failure(f"that nothing was sent is not said: {said}")
    # In Chinese the same, and no English.
    terminal = Terminal(desk, "application", "accept", "--unsigned", "-o", desk.file(), "--genesis", desk.genesis,
                        "--lang", "zh")
    terminal.expect("申请编号  (--application)", "64 位小写十六进制数字").answer("> ", "xyz")
    terminal.expect("申请编号：“xyz” 不符合要求").answer("> ", APPLICATION)
    if "hexadecimal" in terminal.end(GOOD):
        raise Failure(f"in Chinese there is English: {terminal.said}")
    print("missing fields: asked for until they read; the end of the input cancels")


def check_whole_record(desk):
    """Choices by number, a list that Enter ends, the whole once more, and only then a signature."""
    for confirmation, code in (("n", INTERRUPTED), ("", INTERRUPTED), ("y", GOOD)):
        terminal, path = desk.offline("officer", "enrol", KEY, how="--sign-only")
        terminal.answer("person, as a party id  (--person)", PERSON)
        terminal.expect("roles 1  (--roles)", "administrator").answer("> ", "99").expect("✗")
        terminal.answer("> ", "3").answer("roles 2  (--roles)", "3").expect("✗ --roles: ", "each once")
        terminal.answer("> ", "registrar").answer("roles 3  (--roles)", "")
        terminal.expect("key:", KEY, "person, as a party id:", PERSON, "roles:", "reviewer, registrar")
        terminal.answer("sign and send it? [y/N]", confirmation).end(code)
        demand_file(path, code == GOOD)
    transaction = json.loads(path.read_text(encoding="utf-8"))
    if transaction["method"] != "enrol_officer" or "signature" not in transaction:
        raise Failure(f"what was signed is {transaction}")
    print("a record: filled in, shown, confirmed, signed")


def check_grave_acts(desk):
    """Typed again by whoever cannot take it back; --yes goes without, and so does a script."""
    dismissing = ["officer", "dismiss", KEY]
    terminal, path = desk.offline(*dismissing, how="--sign-only")
    terminal.expect("cannot be taken back", KEY).answer("type 1798 to go on", "1799").expect("that is not 1798")
    terminal.answer("> ", "1798").end(GOOD)
    demand_file(path, True)
    for answers in ([""], ["a", "b", "c"], [END_OF_INPUT]):
        terminal, path = desk.offline(*dismissing, how="--sign-only")
        for answer in answers:
            terminal.answer(" > ", answer)
        terminal.end(INTERRUPTED)
        demand_file(path, False)
    terminal, path = desk.offline(*dismissing, "--yes", how="--sign-only")
    if "taken back" in terminal.end(GOOD):
        raise Failure("--yes was asked all the same")
    terminal, _ = desk.offline("motion", "put", "--action.type", "remove_member", "--action.department", "tax",
                               "--reason", "so", "--closes_ms", "2030-01-01", how="--sign-only")
    terminal.answer("type tax to go on", "tax").end(GOOD)
    terminal, _ = desk.offline("motion", "put", "--action.type", "add_validator", "--action.department", "tax",
                               "--reason", "so", "--closes_ms", "2030-01-01", how="--sign-only")
    if "taken back" in terminal.end(GOOD):
        raise Failure("what can be taken back was confirmed")
    # By whatever way it is called.
    terminal, _ = desk.offline("call", "governance", "dismiss_officer", how="--sign-only")
    terminal.answer("key  (--arguments.key)", KEY)
    terminal.answer("type 1798 to go on", "1798").end(GOOD)
    unsigned = desk.file()
    desk.script(GOOD, *dismissing, "--unsigned", "-o", unsigned, "--genesis", desk.genesis)
    terminal = Terminal(desk, "transaction", "sign", unsigned, "-o", desk.file(), "--genesis", desk.genesis,
                        "--plain-key", desk.administrator, "--lang", "en")
    terminal.answer("type 1798 to go on", "1798").end(GOOD)
    print("grave acts: typed again, whichever way they are called")


def check_scripts(desk):
    """Where there is no terminal, or it was said so, nothing is asked, and what is missing is an error."""
    accepting = ["application", "accept", "--unsigned", "-o", desk.file(), "--genesis", desk.genesis]
    if "missing: --application" not in desk.script(USAGE, *accepting).stderr:
        raise Failure("a script does not learn what is missing")
    for more in ("--no-input", "--json"):
        said = Terminal(desk, *accepting, more).end(USAGE)
        if "missing: --application" not in said or "> " in said:
            raise Failure(f"with {more} there are questions: {said}")
    dismissing = ["officer", "dismiss", KEY, "--genesis", desk.genesis, "--plain-key", desk.administrator]
    path = desk.file()
    desk.script(GOOD, *dismissing, "--sign-only", "-o", path)
    demand_file(path, True)
    for more in ("--no-input", "--json"):
        Terminal(desk, *dismissing, "--sign-only", "-o", desk.file(), more).end(GOOD)
    # Half of it from a file, half from the line.
    materials = desk.directory / "materials.json"
    materials.write_text(json.dumps({"price": "300000000", "materials": [
        {"code": "identity", "file": {"media_type": "application/pdf", "algorithm": "sha256", "digest": "22" * 32}}]}),
                         encoding="utf-8")
    selling = ["application", "sell", "440304003008GB00012F00220045", "--sellers", PERSON, "--buyers.1.party", "6f" * 32,
               "--arguments", materials, "--dry-run", "--genesis", desk.genesis]
    shown = desk.script(GOOD, *selling, "--lang", "en").stdout
    if "3,000,000.00" not in shown or "identity" not in shown or "house-sale" not in shown:
        raise Failure(f"what the file and the line say together is\n{shown}")
    desk.script(USAGE, *selling, "--price", "1.00")
    print("scripts: asked nothing")


def check_recorded(desk, network):
    """The whole of it against a network: a key with its passphrase, on the same terminal."""
    network.start()
    wait_until(lambda: all(node.head_height() >= 1 for node in network.nodes), "all four have a block")
    passphrase = desk.directory / "passphrase"
    passphrase.touch(0o600)
    passphrase.write_text(PASSPHRASE + "\n", encoding="ascii")
    key = desk.directory / "administrator.key"
    desk.script(GOOD, "key", "import", desk.administrator, "-o", key, "--passphrase-file", passphrase)
    node = network.nodes[0].endpoint
    online = ["--genesis", desk.genesis, "--node", f"https://{node.host}:{node.port}", "--key", key, "--lang", "en"]
    terminal = Terminal(desk, "property", "found-register", *online)
    terminal.answer("(--region)", "440304").answer("type 440304 to go on", "440304")
    terminal.answer("Passphrase of", PASSPHRASE).expect("recorded and proved", "[property.register_founded]")
    said = terminal.end(GOOD)
    if PASSPHRASE in said:
        raise Failure("the passphrase was shown")
    terminal = Terminal(desk, "property", "found-register", *online)
    terminal.answer("(--region)", "440304").answer("type 440304 to go on", END_OF_INPUT).end(INTERRUPTED)
    print("recorded: asked, confirmed, signed with a passphrase, proved")


def run(build, network):
    desk = Desk(build, network)
    check_missing_fields(desk)
    check_whole_record(desk)
    check_grave_acts(desk)
    check_scripts(desk)
    check_recorded(desk, network)


if __name__ == "__main__":
    sys.exit(run_programs("terminal", run))

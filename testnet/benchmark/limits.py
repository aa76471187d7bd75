"""What the machine can do at most, by build/release/bench_limits: a ledger's figures are read against these."""
import shutil


class Limits:
    name = "limits"

    def __init__(self, runner, build, directory, options):
        self.runner, self.program, self.options = runner, build / "bench_limits", options
        self.directory = directory / "limits"

    def measure(self, _done):
        shutil.rmtree(self.directory, ignore_errors=True)
        found = self.runner.json([self.program, self.directory, self.options.limit_ms])
        shutil.rmtree(self.directory)
        return {f"limit.{name}": value for name, value in found.items()}

"""Throughput over the number of records, by build/release/bench_executor: one core executes and writes blocks on a
state of so many records, signatures and network left out. That is where growth can be felt; the rest of a node does not
look at the state.
"""
import re
import shutil

from network import Failure


class Growth:
    name = "growth"

    def __init__(self, runner, build, directory, options):
        self.runner, self.program, self.options = runner, build / "bench_executor", options
        self.directory = directory / "executor"

    def rate(self, records):
        shutil.rmtree(self.directory, ignore_errors=True)
        text = self.runner.output([self.program, self.directory, records, self.options.growth_transactions],
                                  timeout_s=3600)
        shutil.rmtree(self.directory)
        found = re.search(r"^transactions .*: (\d+) a second", text, re.MULTILINE)
        if not found:
            raise Failure(f"bench_executor says no rate: {text}")
        return int(found.group(1))

    def measure(self, _done):
        return {"growth.rates": [{"records": records, "rate": self.rate(records)} for records in self.options.records]}

"""From the rounds' figures to what is said: medians, and ratios against their targets.

A round is a dictionary of figures by key. A ratio is made within each round, since what is measured a minute apart is
comparable on a noisy machine and what is measured an hour apart is not; then the median of the rounds' ratios is taken.
"""
import dataclasses
import statistics
import typing


@dataclasses.dataclass(frozen=True)
class Measure:
    key: str
    label: str
    unit: str


@dataclasses.dataclass(frozen=True)
class Target:
    label: str
    unit: str  # empty: a ratio
    value: typing.Callable  # of a round's figures; KeyError and ZeroDivisionError: not measured in this round
    at_least: float = None
    at_most: float = None

    def is_met(self, value):
        return value >= self.at_least if self.at_least is not None else value <= self.at_most

    def bound(self):
        return f"≥ {number(self.at_least)}" if self.at_least is not None else f"≤ {number(self.at_most)}"


def network_measures(nodes):
    prefix, name = f"kanhe{nodes}.issue", f"Kanhe, {nodes} nodes"
    return [Measure(f"{prefix}.rate", f"{name}: certificates issued one by one", "/s"),
            Measure(f"{prefix}.p50_ms", f"{name}: latency under this load, p50", "ms"),
            Measure(f"{prefix}.p99_ms", f"{name}: latency under this load, p99", "ms"),
            Measure(f"{prefix}.cpu_us", f"{name}: CPU of one issue at one node", "µs"),
            Measure(f"{prefix}.client_cpu_us", f"{name}: CPU of one issue at the client", "µs"),
            Measure(f"{prefix}.syncs", f"{name}: syncs of one issue at one node", ""),
            Measure(f"{prefix}.written_bytes", f"{name}: written for one issue by one node", "B"),
            Measure(f"{prefix}.sent_bytes", f"{name}: sent for one issue by one node", "B"),
            Measure(f"{prefix}.disk_bytes", f"{name}: disk of one issue at one node", "B")]


MEASURES = [
    Measure("limit.verified_per_second", "limit: signatures checked, all processors", "/s"),
    Measure("limit.verified_per_second_and_core", "limit: signatures checked, one processor", "/s"),
    Measure("limit.hashed_per_second", "limit: SHA-256 of 64 bytes, one processor", "/s"),
    Measure("limit.hashed_mib_per_second", "limit: SHA-256 of long data, one processor", "MiB/s"),
    Measure("limit.sync_preallocated_us", "limit: 4 KiB written and synced, space written before", "µs"),
    Measure("limit.sync_appended_us", "limit: 4 KiB appended and synced", "µs"),
    Measure("limit.leveldb_batch_us", "limit: LevelDB, synced batch of ten records", "µs"),
    *network_measures(4),
    Measure("kanhe4.idle.p50_ms", "Kanhe, 4 nodes: one client, idle network, to the receipt, p50", "ms"),
    Measure("kanhe4.idle.p99_ms", "Kanhe, 4 nodes: one client, idle network, to the receipt, p99", "ms"),
    Measure("kanhe4.at80.p99_ms", "Kanhe, 4 nodes: latency at 80 % of the load above, p99", "ms"),
    Measure("kanhe4.sale.rate", "Kanhe, 4 nodes: transactions of house sales", "/s"),
    Measure("kanhe4.sale.flows", "Kanhe, 4 nodes: house sales, from import to title", "/s"),
    Measure("kanhe4.anchor.rate", "Kanhe, 4 nodes: certificates in a batch, rows to anchored bundles", "/s"),
    Measure("kanhe4.anchor.cpu_rate", "Kanhe: the same by second of the command's CPU", "/s"),
    Measure("kanhe4.batch_file.rate", "Kanhe, 4 nodes: certificates in a batch, rows to an anchored file", "/s"),
    Measure("kanhe4.batch_file.cpu_rate", "Kanhe: the same into a file, by second of the command's CPU", "/s"),
    Measure("kanhe4.verify.ms", "Kanhe: one bundle verified offline", "ms"),
    Measure("kanhe4.read.plain.rate", "Kanhe, 4 nodes: standing by id, without proof", "/s"),
    Measure("kanhe4.read.proved.rate", "Kanhe, 4 nodes: standing by id, with proof", "/s"),
    Measure("kanhe4.read.proved.p99_ms", "Kanhe, 4 nodes: standing by id, with proof, p99", "ms"),
    Measure("kanhe4.read.proved.bytes", "Kanhe, 4 nodes: bytes of such an answer", "B"),
    Measure("postgresql.insert.rate", "PostgreSQL alone: single-row inserts", "/s"),
    Measure("postgresql.standby.rate", "PostgreSQL, one synchronous standby: single-row inserts", "/s"),
    Measure("postgresql.select.rate", "PostgreSQL alone: selects by key", "/s"),
    Measure("etcd.put.rate", "etcd, 3 nodes: puts of 256 bytes", "/s"),
    Measure("etcd.put.p50_ms", "etcd, 3 nodes: latency under this load, p50", "ms"),
    Measure("etcd.put.p99_ms", "etcd, 3 nodes: latency under this load, p99", "ms"),
    *network_measures(7),
    *network_measures(10),
]


def over(key, other):
    return lambda figures: figures[key] / figures[other]


def rate_at(figures, which):
    """Of the fewest records (min) or the most (max)."""
    rates = figures["growth.rates"]
    if len(rates) < 2:
        raise KeyError("growth.rates")
    return which(rates, key=lambda point: point["records"])["rate"]


ISSUES = "kanhe4.issue.rate"
TARGETS = [
    Target("issues/s ÷ (signature limit ÷ 4 nodes)", "",
           lambda figures: figures[ISSUES] / (figures["limit.verified_per_second"] / 4), at_least=0.60),
    Target("issues/s ÷ etcd puts/s", "", over(ISSUES, "etcd.put.rate"), at_least=1.0),
    Target("issues/s ÷ PostgreSQL inserts/s with a standby", "", over(ISSUES, "postgresql.standby.rate"),
           at_least=0.85),
    Target("submit to receipt, one client, idle, p50", "ms", lambda figures: figures["kanhe4.idle.p50_ms"], at_most=3),
    Target("submit to receipt, one client, idle, p99", "ms", lambda figures: figures["kanhe4.idle.p99_ms"], at_most=10),
    Target("submit to final at 80 % load, p99", "ms", lambda figures: figures["kanhe4.at80.p99_ms"], at_most=150),
    Target("batch certificates by second of CPU", "/s", lambda figures: figures["kanhe4.batch_file.cpu_rate"],
           at_least=200_000),
    Target("standing without proof/s ÷ PostgreSQL selects/s", "",
           over("kanhe4.read.plain.rate", "postgresql.select.rate"), at_least=1.0),
    Target("standing with proof/s ÷ PostgreSQL selects/s", "",
           over("kanhe4.read.proved.rate", "postgresql.select.rate"), at_least=0.4),
    Target("one bundle verified offline", "ms", lambda figures: figures["kanhe4.verify.ms"], at_most=3),
    Target("executed/s with the most records ÷ with the fewest", "",
           lambda figures: rate_at(figures, max) / rate_at(figures, min), at_least=0.85),
    Target("disk of one issue at one node", "B", lambda figures: figures["kanhe4.issue.disk_bytes"], at_most=1_000),
    Target("CPU of an issue and node, 7 nodes ÷ 4", "", over("kanhe7.issue.cpu_us", "kanhe4.issue.cpu_us"),
           at_most=1.3),
    Target("CPU of an issue and node, 10 nodes ÷ 4", "", over("kanhe10.issue.cpu_us", "kanhe4.issue.cpu_us"),
           at_most=1.3),
]


def number(value):
    """Three significant digits; whole where it is large."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def values_of(rounds, key):
    return [figures[key] for figures in rounds if key in figures]


def median(values):
    return statistics.median(values) if values else None


@dataclasses.dataclass(frozen=True)
class Verdict:
    target: Target
    values: list  # of the rounds

    @property
    def median(self):
        return median(self.values)

    @property
    def word(self):
        if not self.values:
            return "not measured"
        return "met" if self.target.is_met(self.median) else "missed"


def verdicts(rounds):
    found = []
    for target in TARGETS:
        values = []
        for figures in rounds:
            try:
                values.append(target.value(figures))
            except (KeyError, ZeroDivisionError):
                continue
        found.append(Verdict(target, values))
    return found


def merged_points(rounds, key, by):
    """Of lists of points: for each value of `by` a dictionary of all rounds' values by name, in order."""
    merged = {}
    for figures in rounds:
        for point in figures.get(key, []):
            values = merged.setdefault(point[by], {})
            for name, value in point.items():
                values.setdefault(name, []).append(value)
    return dict(sorted(merged.items()))

"""The report: one page with tables and plots, which needs nothing from any network."""
import html
import json

from . import figures, svg, table

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f6f8fa; color: #1d2733;
  font: 15px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 28px 24px 60px; }
h1 { margin: 0 0 4px; font-size: 26px; }
h2 { margin: 36px 0 10px; font-size: 18px; }
p { margin: 6px 0; max-width: 80ch; }
.machine { color: #5b6875; }
.card { background: #fff; border: 1px solid #dfe5eb; border-radius: 8px; padding: 14px 16px; overflow-x: auto; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); gap: 16px; }
.plots svg { display: block; width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 600; color: #5b6875; font-size: 13px; border-bottom: 1px solid #c9d2db; }
th, td { padding: 5px 10px; vertical-align: baseline; }
tr + tr td { border-top: 1px solid #eef2f5; }
.n { text-align: right; white-space: nowrap; }
.when { white-space: nowrap; }
.unit { color: #5b6875; white-space: nowrap; padding-left: 0; }
.word { display: inline-block; min-width: 104px; padding: 0 8px; border-radius: 10px; text-align: center;
  font-size: 13px; }
.met { background: #d9f2e0; color: #12582b; }
.missed { background: #fde2da; color: #8a2a0c; }
.not { background: #eceff3; color: #4c5965; }
.skipped { background: #fff4cf; border: 1px solid #e5cf7b; border-radius: 8px; padding: 8px 14px; margin: 12px 0; }
pre { margin: 8px 0 0; font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; }
details { margin-bottom: 10px; }
summary { cursor: pointer; color: #0b4f96; }
"""

NOTES = """
Medians of the rounds; a ratio is made within each round first. Everything runs on one machine: the nodes, their clients
and the measuring programs share its processors, for the peers as for Kanhe. Only what is measured runs. Kanhe's clients
use TLS; those of PostgreSQL and etcd do not. How each row is measured, and what it does not show, is said in
docs/benchmarks.md.
"""
NOT_MEASURED = """
Not measured by this command: growth beyond the records named here, from a cold start with a limited page cache; memory
at ten million records; catching up and starting with a long history; disk after compaction.
"""


def chip(word):
    kind = {"met": "met", "missed": "missed"}.get(word, "not")
    return f'<span class="word {kind}">{word}</span>'


def rows_of(rows, classes):
    """`classes` has one for each column; None stands for a cell that is HTML already."""
    lines = []
    for row in rows:
        cells = [f"<td>{cell}</td>" if kind is None else f'<td class="{kind}">{html.escape(cell)}</td>'
                 for cell, kind in zip(row, classes)]
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join(lines)


def throughput_plot(rounds):
    return svg.bars("Writes a second, beside the limit and the peers", [
        ("Signature limit ÷ 4 nodes", [value / 4 for value in figures.values_of(rounds, "limit.verified_per_second")]),
        ("PostgreSQL alone, inserts", figures.values_of(rounds, "postgresql.insert.rate")),
        ("PostgreSQL + standby, inserts", figures.values_of(rounds, "postgresql.standby.rate")),
        ("etcd, 3 nodes, puts", figures.values_of(rounds, "etcd.put.rate")),
        ("Kanhe, 4 nodes, issues", figures.values_of(rounds, "kanhe4.issue.rate")),
        ("Kanhe, 4 nodes, sales", figures.values_of(rounds, "kanhe4.sale.rate"))], "transactions a second")


def reads_plot(rounds):
    return svg.bars("Reads a second", [
        ("PostgreSQL, selects by key", figures.values_of(rounds, "postgresql.select.rate")),
        ("Kanhe, standing, no proof", figures.values_of(rounds, "kanhe4.read.plain.rate")),
        ("Kanhe, standing with proof", figures.values_of(rounds, "kanhe4.read.proved.rate"))], "answers a second")


def load_plots(rounds):
    merged = figures.merged_points(rounds, "kanhe4.loads", "share").values()
    points = [(svg.median_of(values["offered"]), values) for values in merged]
    return [svg.curves("Throughput over load, 4 nodes", [("final", [(at, values["rate"]) for at, values in points])],
                       "transactions offered a second (the broken line: all of them)", "final a second", diagonal=True),
            svg.curves("Latency over load, 4 nodes", [("p50", [(at, values["p50_ms"]) for at, values in points]),
                                                      ("p99", [(at, values["p99_ms"]) for at, values in points])],
                       "transactions offered a second", "ms from due to known final")]


def growth_plot(rounds):
    merged = figures.merged_points(rounds, "growth.rates", "records")
    return svg.curves("Throughput over records, one core executes and writes",
                      [("executor", [(records, values["rate"]) for records, values in merged.items()])],
                      "records in the state", "transactions a second", list(merged), logarithmic=True)


def nodes_plots(rounds):
    def over_nodes(name):
        found = [(nodes, figures.values_of(rounds, f"kanhe{nodes}.issue.{name}")) for nodes in (4, 7, 10)]
        return [(nodes, values) for nodes, values in found if values]

    ticks = [nodes for nodes, _ in over_nodes("rate")]
    return [svg.curves("Throughput over n", [("issues", over_nodes("rate"))], "nodes on this machine", "final a second",
                       ticks),
            svg.curves("Work over n", [("CPU", over_nodes("cpu_us"))], "nodes on this machine",
                       "µs of CPU an issue and node", ticks)]


def tuned_lines(results):
    for system, tried in results["tried"].items():
        for what, rates in tried.items():
            shown = ", ".join(f"{clients}: {figures.number(rate)}/s" for clients, rate in rates.items())
            yield f"{system}, {what}: {shown}"


def details(title, lines):
    return f'<details class="card"><summary>{title}</summary><pre>{html.escape(chr(10).join(lines))}</pre></details>'


def html_of(results):
    rounds = [one["figures"] for one in results["rounds"]]
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    plots = [throughput_plot(rounds), reads_plot(rounds), *load_plots(rounds), *nodes_plots(rounds),
             growth_plot(rounds)]
    skipped = "".join(f'<div class="skipped"><strong>Skipped: {html.escape(name)}.</strong> {html.escape(why)}</div>'
                      for name, why in results["skipped"].items())
    targets = [(label, value, bound, chip(word), between)
               for label, value, bound, word, between in table.target_rows(rounds)]
    targets_head = ("<tr><th>target</th><th class=n>median</th><th class=n>bound</th><th></th>"
                    "<th>smallest – largest</th></tr>")
    measures_head = "<tr><th>measured</th><th class=n>median</th><th></th><th class=n>smallest – largest</th></tr>"
    rounds_head = ("<tr><th class=n>round</th><th>began</th><th>ended</th><th>what others had of the processors</th>"
                   "<th>failed</th></tr>")
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kanhe: benchmark</title><style>{STYLE}</style></head><body><main>
<h1>Kanhe: benchmark</h1>
<p class="machine">{machine["processors"]} × {html.escape(machine["processor"])}, {machine["memory_mib"]:,} MiB,
{html.escape(machine["system"])}, {html.escape(machine["kernel"])}, {html.escape(machine["file_system"])};
{html.escape(versions)}.<br>Rounds: {len(rounds)}, from {results["rounds"][0]["began"]} to
{results["rounds"][-1]["ended"]}.</p>
{skipped}<p>{NOTES}</p>
<h2>Against the targets</h2><div class="card"><table>{targets_head}
{rows_of(targets, ("", "n", "n", None, ""))}</table></div><p class="machine">{NOT_MEASURED}</p>
<h2>Plots</h2><p class="machine">A line or bar is the median, a pale dot one round.</p>
<div class="plots">{"".join(f'<div class="card">{plot}</div>' for plot in plots)}</div>
<h2>Everything that was measured</h2><div class="card"><table>{measures_head}
{rows_of(table.measure_rows(rounds), ("", "n", "unit", "n"))}</table></div>
<h2>Rounds</h2><div class="card"><table>{rounds_head}
{rows_of(table.round_rows(results), ("n", "when", "when", "", ""))}</table></div>
<p class="machine">Others are everything but the benchmark and what it started; the kernel's own work is among them.
Where they had much, the figures of that round mean little.</p>
<h2>How</h2>
{details("How many clients did best", list(tuned_lines(results)))}
{details("Command lines", results["commands"])}
{details("Options", [json.dumps(results["options"], indent=2)])}
</main></body></html>
"""

"""The result as text."""
from . import figures


def spread(values):
    return f"{figures.number(min(values))} – {figures.number(max(values))}" if len(values) > 1 else ""


def measure_rows(rounds):
    """(label, median, unit, smallest – largest) of whatever was measured."""
    rows = []
    for measure in figures.MEASURES:
        values = figures.values_of(rounds, measure.key)
        if values:
            rows.append((measure.label, figures.number(figures.median(values)), measure.unit, spread(values)))
    for records, values in figures.merged_points(rounds, "growth.rates", "records").items():
        rows.append((f"executor, one core, {records:,} records: transactions",
                     figures.number(figures.median(values["rate"])), "/s", spread(values["rate"])))
    return rows


def target_rows(rounds):
    """(label, median with unit, bound, word, smallest – largest)"""
    rows = []
    for verdict in figures.verdicts(rounds):
        unit = verdict.target.unit
        shown = f"{figures.number(verdict.median)} {unit}".strip() if verdict.values else ""
        rows.append((verdict.target.label, shown, f"{verdict.target.bound()} {unit}".strip(), verdict.word,
                     spread(verdict.values)))
    return rows


def round_rows(results):
    """(number, began, ended, what part of the processors others had meanwhile, troubles)"""
    rows = []
    for place, one in enumerate(results["rounds"], 1):
        others = ", ".join(f"{name} {share:.0%}" for name, share in one["others"].items())
        rows.append((str(place), one["began"], one["ended"], others, "; ".join(one["troubles"])))
    return rows


def text(results):
    rounds = [one["figures"] for one in results["rounds"]]
    machine = results["machine"]
    lines = [f"{machine['processors']} × {machine['processor']}, {machine['memory_mib']} MiB, {machine['system']}, "
             f"{machine['kernel']}; medians of rounds: {len(rounds)}", ""]
    lines += [f"{'measured':<72} {'median':>10} {'':<6} smallest – largest"]
    lines += [f"{label:<72} {value:>10} {unit:<6} {between}".rstrip()
              for label, value, unit, between in measure_rows(rounds)]
    lines += ["", f"{'target':<56} {'median':>12} {'bound':>12}  {'':<13} smallest – largest"]
    lines += [f"{label:<56} {value:>12} {bound:>12}  {word:<13} {between}".rstrip()
              for label, value, bound, word, between in target_rows(rounds)]
    lines += ["", "what part of the processors others had meanwhile"]
    lines += [f"round {place}: {others}" for place, _, _, others, _ in round_rows(results)]
    lines += [f"FAILED in round {place}: {troubles}" for place, _, _, _, troubles in round_rows(results) if troubles]
    lines += ["", *(f"SKIPPED {name}: {why}" for name, why in results["skipped"].items())]
    return "\n".join(lines).rstrip() + "\n"

"""Plots as SVG, without any library: scales with round numbers, lines through medians, a dot for each round, bars."""
import html
import math

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 72, 16, 40, 52
INK, FAINT, GRID = "#1d2733", "#5b6875", "#e3e8ee"
COLOURS = ("#0b6bcb", "#c2410c", "#15803d", "#7c3aed", "#64748b")


def round_step(span, steps=5):
    """1, 2 or 5 times a power of ten, so that a scale has about so many steps."""
    raw = span / steps
    power = 10 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)


def short(value):
    if value == 0:
        return "0"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


class Scale:
    """From values to places; linear from zero, or logarithmic."""

    def __init__(self, values, start, end, logarithmic=False):
        self.start, self.end, self.logarithmic = start, end, logarithmic
        if logarithmic:
            self.low, self.high = math.log10(min(values)), math.log10(max(values))
            if self.high - self.low < 1e-9:
                self.low, self.high = self.low - 0.5, self.high + 0.5
            self.ticks = [10 ** power for power in range(math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9) + 1)]
            return
        step = round_step(max(max(values), 1e-9))
        self.low, self.high = 0, step * math.ceil(max(max(values), 1e-9) / step + 0.02)
        self.ticks = [step * i for i in range(int(round(self.high / step)) + 1)]

    def __call__(self, value):
        at = math.log10(value) if self.logarithmic else value
        return self.start + (at - self.low) / (self.high - self.low) * (self.end - self.start)


def text(x, y, words, anchor="middle", size=12, colour=FAINT, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}" {extra}>'
            f"{html.escape(words)}</text>")


def line(x1, y1, x2, y2, colour=GRID, width=1, extra=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}" '
            f"{extra}/>")


def framed(title, parts, height=HEIGHT):
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'aria-label="{html.escape(title)}" font-family="inherit">')
    return "\n".join([head, text(8, 20, title, "start", 14, INK, 'font-weight="600"'), *parts, "</svg>"])


def empty(title):
    return framed(title, [text(WIDTH / 2, HEIGHT / 2, "not measured in this run")])


def axes(x, y, x_label, y_label, x_ticks=None):
    parts, middle = [], (TOP + HEIGHT - BOTTOM) / 2
    for tick in y.ticks:
        parts += [line(LEFT, y(tick), WIDTH - RIGHT, y(tick)), text(LEFT - 8, y(tick) + 4, short(tick), "end")]
    for tick in x_ticks or x.ticks:
        parts += [line(x(tick), HEIGHT - BOTTOM, x(tick), HEIGHT - BOTTOM + 5, FAINT),
                  text(x(tick), HEIGHT - BOTTOM + 20, short(tick))]
    parts += [line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, FAINT),
              text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_label),
              text(18, middle, y_label, extra=f'transform="rotate(-90 18 {middle})"')]
    return parts


def median_of(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def curves(title, series, x_label, y_label, x_ticks=None, logarithmic=False, diagonal=False):
    """`series` is [(name, [(x, [values of the rounds])])]; each is drawn as a line through the medians. With `diagonal`
    a broken line shows where y equals x."""
    series = [(name, points) for name, points in series if points]
    if not series:
        return empty(title)
    xs = [x for _, points in series for x, _ in points]
    ys = [value for _, points in series for _, values in points for value in values]
    x = Scale(xs, LEFT + (12 if logarithmic or x_ticks else 0), WIDTH - RIGHT - 12, logarithmic)
    y = Scale(ys, HEIGHT - BOTTOM, TOP)
    parts = axes(x, y, x_label, y_label, x_ticks)
    if diagonal:
        end = min(x.high, y.high)
        parts.append(line(x(0), y(0), x(end), y(end), FAINT, 1, 'stroke-dasharray="3 4"'))
    for number, (name, points) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x(at):.1f},{y(median_of(values)):.1f}" for at, values in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.2"/>')
        for at, values in points:
            parts += [f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="2.6" fill="{colour}" fill-opacity="0.4"/>'
                      for value in values]
            parts.append(f'<circle cx="{x(at):.1f}" cy="{y(median_of(values)):.1f}" r="3.6" fill="{colour}"/>')
        if len(series) > 1:
            parts += legend(number, name, colour)
    return framed(title, parts)


def legend(number, name, colour):
    at = WIDTH - RIGHT - 180 + 90 * number
    return [line(at, 16, at + 18, 16, colour, 3), text(at + 24, 20, name, "start", 12, INK)]


def bars(title, items, x_label):
    """`items` is [(name, [values of the rounds])]: a bar to the median, a dot for each round."""
    items = [(name, values) for name, values in items if values]
    if not items:
        return empty(title)
    left, row, height = 232, 34, TOP + 34 * len(items) + BOTTOM
    x = Scale([value for _, values in items for value in values], left, WIDTH - 60)
    parts = []
    for tick in x.ticks:
        parts += [line(x(tick), TOP, x(tick), height - BOTTOM), text(x(tick), height - BOTTOM + 18, short(tick))]
    for number, (name, values) in enumerate(items):
        middle, top = median_of(values), TOP + row * number + 6
        colour = COLOURS[0] if name.startswith("Kanhe") else COLOURS[4]
        parts.append(f'<rect x="{left}" y="{top}" width="{x(middle) - left:.1f}" height="{row - 12}" fill="{colour}" '
                     'fill-opacity="0.85" rx="2"/>')
        parts += [f'<circle cx="{x(value):.1f}" cy="{top + (row - 12) / 2}" r="2.6" fill="{INK}" fill-opacity="0.45"/>'
                  for value in values]
        parts += [text(left - 10, top + 16, name, "end", 12, INK),
                  text(x(max(values)) + 8, top + 16, f"{middle:,.0f}", "start", 12, INK, 'font-weight="600"')]
    parts.append(text((left + WIDTH - 60) / 2, height - 12, x_label))
    return framed(title, parts, height)

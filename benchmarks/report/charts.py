"""The report's drawings, as inline SVG without a colour of its own: the style sheet has them.

Each takes numbers and gives one `<svg>`. It is hidden from screen readers where words or a table
beside it say the same, else it is an image whose label does.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from benchmarks.report.rendering import filled
from benchmarks.report.text import short

WIDTH = 340  # of a chart in units of its own; text is 11 of them
LINE = 13  # the height of a line of text
MARKERS = {
    "circle": "M-3.6,0a3.6,3.6 0 1,0 7.2,0a3.6,3.6 0 1,0 -7.2,0z",
    "square": "M-3.2,-3.2h6.4v6.4h-6.4z",
    "triangle": "M0,-4.4L4.2,3.2H-4.2z",
    "diamond": "M0,-4.4L4.4,0L0,4.4L-4.4,0z",
    "cross": "M-3.4,-3.4L3.4,3.4M-3.4,3.4L3.4,-3.4",
}


@dataclass(frozen=True)
class Look:
    """How a subject is drawn everywhere. `css` gives the colour; `hollow`: an alternative of the
    subject whose colour and marker it has."""

    css: str
    marker: str
    dash: str = ""
    hollow: bool = False

    @property
    def shape(self) -> str:
        """The path of its marker, around 0."""
        return MARKERS[self.marker]


@dataclass(frozen=True)
class Line:
    """Points of x, y and, if known, the quartiles of y."""

    title: str
    look: Look
    points: Sequence[tuple[float, float, float | None, float | None]]


@dataclass(frozen=True)
class Bar:
    """`parts` add up to its length; the first is solid."""

    title: str
    look: Look
    parts: Sequence[float]
    text: str


def number(value: float, more: float = 0) -> str:
    """A place in a drawing, moved by as much."""
    return f"{value + more:.1f}".removesuffix(".0")


def legend_mark(look: Look) -> SafeString:
    """A subject's line and shape, to stand before its name."""
    return filled("mark.svg", look=look)


def growth(
    lines: Sequence[Line], sizes: Sequence[int], unit: Callable[[float], str]
) -> SafeString:
    """Lines over the number of players, both axes logarithmic, each named at its end.

    `unit` writes a tick of the y axis.
    """
    left, right, top, bottom = 46, WIDTH - 98, 10, 166
    values = [y for line in lines for point in line.points for y in point[1:] if y]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(value: float) -> float:
        return left + (math.log10(value) - first) / (last - first) * (right - left)

    def y(value: float) -> float:
        return top + (high - math.log10(value)) / (high - low) * (bottom - top)

    every = math.ceil((high - low) / 5)
    grid = [
        (y(10.0**power), "" if (high - power) % every else unit(10.0**power))
        for power in range(low, high + 1)
    ]
    places = [
        [(x(size), y(value), y(q1) if q1 else 0, y(q3) if q3 else 0) for size, value, q1, q3 in of]
        for of in (line.points for line in lines)
    ]
    labels = apart([points[-1][1] for points in places], top + 2, bottom - 4)
    return filled(
        "growth.svg",
        left=left,
        right=right,
        bottom=bottom,
        width=WIDTH,
        grid=grid,
        ticks=[(x(size), short(size)) for size in sizes],
        lines=[*zip(lines, places, labels, strict=True)],
    )


def apart(places: Sequence[float], lowest: float, highest: float) -> list[float]:
    """The same places, moved as far as lines of text need to stand apart, in the same order."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = [0.0] * len(places)
    least = lowest
    for n in order:
        moved[n] = max(places[n], least)
        least = moved[n] + LINE
    most = highest
    for n in reversed(order):
        moved[n] = min(moved[n], most)
        most = moved[n] - LINE
    return moved


def bars(rows: Sequence[Bar], name: str) -> SafeString:
    """Horizontal bars on a scale of their own, each with its title before and its text behind."""
    left = 24.0 + max((len(bar.title) for bar in rows), default=0) * 7
    right, step = 62, 20
    most = max((sum(bar.parts) for bar in rows), default=0) or 1
    drawn = []
    for place, bar in enumerate(rows):
        x, parts = left, []
        for part in bar.parts:
            width = part / most * (WIDTH - left - right)
            parts.append((x, max(width, 1 if part else 0)))
            x += width
        drawn.append((place * step, bar, parts, x))
    return filled("bars.svg", name=name, bars=drawn, width=WIDTH, height=step * len(rows) + 2)


STRIP = 360


def strip_place(value: float, low: float, high: float) -> float:
    """Where a ratio stands on the strips, whose axis is logarithmic."""
    share = (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return 8 + share * (STRIP - 16)


def strip(
    spreads: Sequence[tuple[Look, float, float, float]],
    noise: float | None,
    low: float,
    high: float,
) -> SafeString:
    """One row of ratios: each subject's quartiles as a line and its median as its marker, a line
    at 1, and the band of noise around it. `noise` is the band's |log|."""
    step = 11
    height = max(1, len(spreads)) * step + 5

    def x(value: float) -> float:
        return strip_place(min(max(value, low), high), low, high)

    band = None
    if noise is not None:
        start, end = x(math.exp(-noise)), x(math.exp(noise))
        band = start, end - start
    drawn = [
        (place * step + 8, look, x(median), x(q1), x(q3))
        for place, (look, median, q1, q3) in enumerate(spreads)
    ]
    return filled("strip.svg", width=STRIP, height=height, band=band, one=x(1), spreads=drawn)


def strip_axis(low: float, high: float) -> SafeString:
    """The scale of the strips."""
    ticks = [tick for tick in (0.01, 0.1, 1, 10, 100, 1000) if low <= tick <= high]
    placed = [(strip_place(tick, low, high), f"{tick:g}") for tick in ticks]
    return filled("strip_axis.svg", width=STRIP, ticks=placed)

"""The report's drawings, as inline SVG without a colour of its own: the style sheet has them.

Each takes numbers and gives one `<svg>`. It is hidden from screen readers where words or a table
beside it say the same, else it is an image whose label does.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.safestring import SafeString

from benchmarks.report.rendering import filled
from benchmarks.report.text import short

WIDTH, STRIP = 340, 360  # of a chart and of a strip, in units of its own; text is 11 of them
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


class Line(NamedTuple):
    """Points of x, y and, if known, the quartiles of y."""

    title: str
    look: Look
    points: Sequence[tuple[float, float, float | None, float | None]]


class Bar(NamedTuple):
    """`parts` add up to its length; the first is solid."""

    title: str
    look: Look
    parts: Sequence[float]
    text: str


class Axis(NamedTuple):
    """A logarithmic axis: called with a value, it says where that is between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


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
    x = Axis(sizes[0], sizes[-1], left, right)
    y = Axis(10.0**low, 10.0**high, bottom, top)
    every = math.ceil((high - low) / 5)
    grid = [
        (y(10.0**power), "" if (high - power) % every else unit(10.0**power))
        for power in range(low, high + 1)
    ]
    places = [
        [(x(size), *(y(value) if value else 0 for value in values)) for size, *values in of]
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
    moved = [*places]
    for n in order:
        moved[n] = max(moved[n], lowest)
        lowest = moved[n] + LINE
    for n in reversed(order):
        moved[n] = min(moved[n], highest)
        highest = moved[n] - LINE
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


def strip(
    spreads: Sequence[tuple[Look, float, float, float]], noise: float | None, axis: Axis
) -> SafeString:
    """One row of ratios: each subject's quartiles as a line and its median as its marker, a line
    at 1, and the band of noise around it. `noise` is the band's |log|."""
    step = 11

    def x(value: float) -> float:
        return axis(min(max(value, axis.low), axis.high))

    start, end = (x(math.exp(way * (noise or 0))) for way in (-1, 1))
    return filled(
        "strip.svg",
        width=STRIP,
        height=max(1, len(spreads)) * step + 5,
        band=None if noise is None else (start, end - start),
        one=x(1),
        spreads=[
            (place * step + 8, look, *map(x, ratio))
            for place, (look, *ratio) in enumerate(spreads)
        ],
    )


def strip_axis(axis: Axis) -> SafeString:
    """The scale of the strips."""
    ticks = [tick for tick in (0.01, 0.1, 1, 10, 100, 1000) if axis.low <= tick <= axis.high]
    return filled("strip_axis.svg", width=STRIP, ticks=[(axis(one), f"{one:g}") for one in ticks])

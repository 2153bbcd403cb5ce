"""The report's drawings, as inline SVG without a colour of its own: the style sheet has them.

Each takes numbers and gives one `<svg>`. It is hidden from screen readers where words or a table
beside it say the same, else it is an image whose label does.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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


def element(name: str, content: str | SafeString = "", **attributes: object) -> SafeString:
    """An SVG element; `_` in an attribute's name stands for `-`, and `css` for class."""
    named = (
        ("class" if key == "css" else key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value not in ("", None)
    )
    inside = format_html_join("", ' {}="{}"', named)
    return format_html("<{}{}>{}</{}>", SafeString(name), inside, content, SafeString(name))


def joined(parts: Sequence[SafeString]) -> SafeString:
    return SafeString("".join(parts))


def svg(
    width: float, height: float, parts: Sequence[SafeString], css: str = "", name: str = ""
) -> SafeString:
    """A drawing; an image of that `name`, or else hidden from screen readers."""
    spoken: dict[str, str] = (
        {"role": "img", "aria_label": name} if name else {"aria_hidden": "true"}
    )
    return element(
        "svg",
        joined(parts),
        css=f"chart {css}".strip(),
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=number(width),
        height=number(height),
        **spoken,
    )


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, content: str, css: str = "", anchor: str = "") -> SafeString:
    return element("text", content, x=number(x), y=number(y), css=css, text_anchor=anchor)


def marker(x: float, y: float, look: Look) -> SafeString:
    """A subject's shape at a place."""
    hollow = "hollow" if look.hollow else ""
    return element(
        "path",
        d=MARKERS[look.marker],
        css=f"marker {look.css} {hollow}".strip(),
        transform=f"translate({number(x)} {number(y)})",
    )


def legend_mark(look: Look) -> SafeString:
    """A subject's line and shape, to stand before its name."""
    line = element("path", d="M0,6H22", css=f"line {look.css}", stroke_dasharray=look.dash)
    return svg(22, 12, [line, marker(11, 6, look)], "mark")


def growth(
    lines: Sequence[Line], sizes: Sequence[int], unit: Callable[[float], str]
) -> SafeString:
    """Lines over the number of players, both axes logarithmic, each named at its end.

    `unit` writes a tick of the y axis.
    """
    left, right, top, bottom, height = 46, 98, 10, 24, 190
    values = [y for line in lines for point in line.points for y in point[1:] if y]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(value: float) -> float:
        return left + (math.log10(value) - first) / (last - first) * (WIDTH - left - right)

    def y(value: float) -> float:
        inside = height - top - bottom
        return top + (high - math.log10(value)) / (high - low) * inside

    parts = []
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(element("path", d=f"M{left},{number(at)}H{WIDTH - right}", css="grid"))
        if (high - power) % math.ceil((high - low) / 5) == 0:
            parts.append(text(left - 5, at + 4, unit(10.0**power), "tick", "end"))
    for size in sizes:
        parts.append(
            element("path", d=f"M{number(x(size))},{height - bottom}v4", css="grid"),
        )
        parts.append(text(x(size), height - bottom + 16, short(size), "tick", "middle"))
    parts.append(text(WIDTH - right + 18, height - bottom + 16, "players", "tick"))
    for line in lines:
        drawn = [(x(point[0]), y(point[1])) for point in line.points]
        path = "M" + "L".join(f"{number(a)},{number(b)}" for a, b in drawn)
        parts.append(
            element("path", d=path, css=f"line {line.look.css}", stroke_dasharray=line.look.dash)
        )
        for (_, _, q1, q3), (a, b) in zip(line.points, drawn, strict=True):
            if q1 and q3:
                whisker = f"M{number(a)},{number(y(q1))}V{number(y(q3))}"
                parts.append(element("path", d=whisker, css=f"whisker {line.look.css}"))
            parts.append(marker(a, b, line.look))
    ends = [y(line.points[-1][1]) for line in lines]
    for line, end, at in zip(lines, ends, apart(ends, top + 2, height - bottom - 4), strict=True):
        start = x(line.points[-1][0])
        leader = f"M{number(start + 5)},{number(end)}L{number(start + 14)},{number(at)}"
        parts.append(element("path", d=leader, css=f"whisker {line.look.css}"))
        parts.append(text(start + 17, at + 4, line.title, f"label {line.look.css}"))
    return svg(WIDTH, height, parts)


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
    parts = []
    for place, bar in enumerate(rows):
        top = place * step
        x = left
        parts.append(marker(8, top + 10, bar.look))
        parts.append(text(18, top + 14, bar.title, f"label {bar.look.css}"))
        for order, part in enumerate(bar.parts):
            width = part / most * (WIDTH - left - right)
            kind = f"bar {bar.look.css}" + (" second" if order else "")
            kind += " hollow" if bar.look.hollow else ""
            parts.append(
                element(
                    "rect",
                    x=number(x),
                    y=top + 4,
                    width=number(max(width, 1 if part else 0)),
                    height=12,
                    css=kind,
                )
            )
            x += width
        parts.append(text(x + 5, top + 14, bar.text, "tick"))
    spoken = ", ".join(f"{bar.title} {bar.text}" for bar in rows)
    return svg(WIDTH, step * len(rows) + 2, parts, name=f"{name}: {spoken}")


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

    parts = []
    if noise is not None:
        a, b = x(math.exp(-noise)), x(math.exp(noise))
        parts.append(
            element("rect", css="band", x=number(a), width=number(b - a), y=0, height=height)
        )
    parts.append(element("path", d=f"M{number(x(1))},0V{height}", css="axis"))
    for place, (look, median, q1, q3) in enumerate(spreads):
        y = place * step + 8
        whisker = f"M{number(x(q1))},{y}H{number(x(q3))}"
        parts.append(element("path", d=whisker, css=f"line {look.css}"))
        parts.append(marker(x(median), y, look))
    return svg(STRIP, height, parts, "strip")


def strip_axis(low: float, high: float) -> SafeString:
    """The scale of the strips."""
    ticks = [tick for tick in (0.01, 0.1, 1, 10, 100, 1000) if low <= tick <= high]
    parts = [
        text(strip_place(tick, low, high), 11, f"{tick:g}", "tick", "middle") for tick in ticks
    ]
    return svg(STRIP, 14, parts, "strip")

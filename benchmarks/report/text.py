"""Figures as text."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from benchmarks.report.model import Report

NONE = "–"
SPACE = "\u00a0"  # where no line is to break
Units = Sequence[tuple[float, str]]
SECONDS = (1, f"{SPACE}s"), (1e-3, f"{SPACE}ms")
BYTES = (1e9, f"{SPACE}GB"), (1e6, f"{SPACE}MB"), (1e3, f"{SPACE}kB"), (1, f"{SPACE}bytes")


def count(value: float | None) -> str:
    return NONE if value is None else f"{value:,.0f}"


def players(count: int) -> str:
    return f"{count:,} players"


def _scaled(value: float | None, units: Units) -> str:
    """Three digits in the largest unit that fits, or in the last."""
    if value is None:
        return NONE
    size, unit = next((one for one in units if value >= one[0] * 0.9995), units[-1])
    return f"{value / size:.3g}{unit}"


def short(value: float) -> str:
    """A number for a small place: 253, 1.5k, 437k, 1M."""
    return _scaled(value, ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")))


def seconds(value: float | None) -> str:
    if value is None:
        return NONE
    if value < 0.9995e-3:
        return f"{value * 1e6:.3g}{SPACE}µs"
    return f"{value:,.0f}{SPACE}s" if value >= 999.5 else _scaled(value, SECONDS)


def size(value: float | None) -> str:
    """Bytes, in units of a thousand."""
    return _scaled(value, BYTES)


def times(ratio: float) -> str:
    """A ratio to two or three digits: 0.055, 0.86, 1.54, 16.9, 253."""
    if ratio < 0.1:
        return f"{ratio:.2g}" if ratio >= 0.0001 else f"{ratio:.0e}"
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}" if ratio < 100 else count(ratio)


def interval(q1: float, q3: float, text: Callable[[float], str] = times) -> str:
    return f"{text(q1)}–{text(q3)}"


def percent(width: float) -> str:
    """How far noise of a width of |log| goes up."""
    return f"{100 * (math.exp(width) - 1):.0f}{SPACE}%"


def exponent(value: float | None) -> str:
    """With a true minus sign, and no zero below zero."""
    if value is None:
        return NONE
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")


def day(text: str) -> str:
    """2026-11-22T18:18:07+00:00 as 22 November 2026, 18:18 UTC."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = " UTC" if date.utcoffset() is not None and not date.utcoffset() else ""
    return f"{date.day} {date:%B %Y, %H:%M}{zone}"


def listed(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def broken_rules(rules: dict[str, list[str]] | None) -> str:
    if rules is None:
        return "not asked"
    return ", ".join(rules) if rules else "none"


def cpu(report: Report) -> str:
    """What the CPU of a run is."""
    return "CPU" if report.cpu_is_whole else "client CPU"


def compared(report: Report) -> str:
    """What a ratio is set against: the reference's title."""
    return report.title(report.reference)


def variants(report: Report) -> str:
    return " / ".join(map(report.title, report.variants))


def by_variant(report: Report, operation: str, metric: str) -> str:
    """An exact figure of each variant at the largest size: 2 / 1 / 1."""
    cells = [report.cell(operation, id) for id in report.variants]
    return " / ".join(count(cell.exact[metric] if cell else None) for cell in cells)


def titles(report: Report, operations: Iterable[str]) -> str:
    """Operations by name, in quotes: some have a comma."""
    return ", ".join(f"“{report.operations[operation].title}”" for operation in operations)

"""Tables and what points where, as an SVG that takes its colours from the page."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from benchmarks.report.charts import element, joined, svg, text

ROW, PAD, HEAD = 20, 10, 28
WIDTH, GAP, SPACE = 262, 92, 22  # of a box, between the two columns, between boxes

Table = dict[str, Any]


def relations(tables: Sequence[Table], full: int, name: str) -> SafeString:
    """The user's table on the left, on the right those that point at it.

    The first `full` tables are drawn with every column, others with those that point at it.
    """
    user, *others = tables
    parts = [box(user, user["columns"], 0, 0)]
    top = 0.0
    bus = WIDTH + GAP / 2 - 12
    key = row(0)
    for place, table in enumerate(others):
        pointing = [one for one in table["columns"] if one["to"] == user["name"]]
        shown = table["columns"] if place + 1 < full else pointing
        more = len(table["columns"]) - len(shown)
        left = WIDTH + GAP
        parts.append(box(table, shown, left, top, more))
        for one in pointing:
            y = top + row(shown.index(one))
            path = f"M{left},{y}H{bus}V{key}H{WIDTH}"
            parts.append(element("path", d=path, css="er-line"))
            many = "0..1" if one["unique"] else "0..n"
            parts.append(text(left - 6, y - 5, many, "er-many", "end"))
        top += height(len(shown), more) + SPACE
    parts.append(text(WIDTH + 6, key - 5, "1", "er-many"))
    tall = max(height(len(user["columns"])), top - SPACE)
    return svg(2 * WIDTH + GAP, tall + 2, parts, "er", name)


def row(place: int) -> float:
    """Where the middle of a box's row is, from its top."""
    return HEAD + place * ROW + ROW / 2 + 4


def height(rows: int, more: int = 0) -> float:
    return HEAD + (rows + bool(more)) * ROW + 8


def box(
    table: Table, columns: Sequence[dict[str, Any]], x: float, y: float, more: int = 0
) -> SafeString:
    """A table's name over its columns: key, name, type."""
    parts = [
        element(
            "rect",
            x=x + 1,
            y=y + 1,
            width=WIDTH - 2,
            height=height(len(columns), more) - 2,
            rx=4,
            css="er-box",
        ),
        element(
            "path",
            d=f"M{x + 1},{y + HEAD}V{y + 5}a4,4 0 0,1 4,-4h{WIDTH - 10}a4,4 0 0,1 4,4V{y + HEAD}z",
            css="er-head",
        ),
        text(x + PAD, y + 19, table["name"], "er-name"),
    ]
    for place, one in enumerate(columns):
        middle = y + row(place) + 4
        key = "PK, FK" if one["primary"] and one["to"] else "PK" if one["primary"] else ""
        key = key or ("FK" if one["to"] else "")
        null = "?" if one["null"] else ""
        parts.append(text(x + PAD, middle, one["name"] + null, "er-column"))
        parts.append(text(x + 126, middle, short(one["type"]), "er-type"))
        parts.append(text(x + WIDTH - PAD, middle, key, "er-key", "end"))
    if more:
        middle = y + row(len(columns)) + 4
        noun = "column" if more == 1 else "columns"
        parts.append(text(x + PAD, middle, f"and {more} {noun} more", "er-type"))
    return joined(parts)


def short(kind: str) -> str:
    return kind.replace("timestamp with time zone", "timestamptz")

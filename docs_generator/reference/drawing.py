"""Tables and what points where, as an SVG that takes its colours from the page."""

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString

from benchmarks.report.rendering import filled
from docs_generator.reference import TEMPLATES

ROW, HEAD = 20, 28
WIDTH, GAP, SPACE = 262, 92, 22  # of a box, between the two columns, between boxes

Table = dict[str, Any]
Box = dict[str, Any]


def relations(tables: Sequence[Table], full: int, name: str) -> SafeString:
    """The user's table on the left, on the right those that point at it.

    The first `full` tables are drawn with every column, others with those that point at it.
    """
    user, *others = tables
    boxes = [box(user, user["columns"], 0, 0)]
    top = 0.0
    for place, table in enumerate(others):
        pointing = [one for one in table["columns"] if one["to"] == user["name"]]
        shown = table["columns"] if place + 1 < full else pointing
        drawn = box(table, shown, WIDTH + GAP, top)
        drawn["pointers"] = [
            (top + row(shown.index(one)), "0..1" if one["unique"] else "0..n") for one in pointing
        ]
        boxes.append(drawn)
        top += drawn["height"] + SPACE
    return filled(
        "relations.svg",
        TEMPLATES,
        name=name,
        boxes=boxes,
        width=2 * WIDTH + GAP,
        height=max(boxes[0]["height"], top - SPACE) + 2,
        box_width=WIDTH,
        head=HEAD,
        bus=WIDTH + GAP / 2 - 12,
        key=row(0),
    )


def row(place: int) -> float:
    """Where the middle of a box's row is, from its top."""
    return HEAD + place * ROW + ROW / 2 + 4


def box(table: Table, columns: Sequence[dict[str, Any]], left: float, top: float) -> Box:
    """A table's name over some of its columns, each with its place, name, type and key."""
    more = len(table["columns"]) - len(columns)
    shown = []
    for place, one in enumerate(columns):
        keys = ["PK"] * one["primary"] + ["FK"] * bool(one["to"])
        name = one["name"] + ("?" if one["null"] else "")
        kind = one["type"].replace("timestamp with time zone", "timestamptz")
        shown.append((top + row(place) + 4, name, kind, ", ".join(keys)))
    return {
        "title": table["name"],
        "left": left,
        "top": top,
        "height": HEAD + (len(columns) + bool(more)) * ROW + 8,
        "columns": shown,
        "more": more,
        "end": top + row(len(columns)) + 4,
    }

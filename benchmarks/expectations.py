"""What the quick run must find, on every machine: the exact facts that CI holds it to.

Statements, round trips, foreign-key checks and the plans' nodes and indexes of every cell, as
committed in expectations.json, and a limit to the pages' buffers. Never a time.
"""

import difflib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.measure import Cell

FILE = Path(__file__).with_name("expectations.json")
COUNTS = ("statements", "round_trips", "fk_checks")
# Buffers of a page of fifty, by subject; a page that touches more has lost its index.
PAGES = ("page_first", "page_keyset")
LIMITS = {"proxy": 260, "profile": 260, "custom": 60}


def facts(cells: Iterable[Cell]) -> dict[str, Any]:
    """The exact facts of each cell, by the cell's name."""
    return {
        f"{cell.operation}[{cell.players}-{cell.subject}]": {
            **{name: cell.exact[name] for name in COUNTS},
            "plans": [
                [*one["node_types"], *sorted(set(one["indexes"]))]
                for one in cell.statements
                if not one["fk_check"]
            ],
        }
        for cell in cells
    }


def as_text(found: dict[str, Any]) -> str:
    """One line per cell, so that a difference can be read."""
    lines = [f"  {json.dumps(name)}: {json.dumps(fact)}" for name, fact in found.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def difference(found: dict[str, Any]) -> str:
    """The lines that would change, as a diff from the committed facts; "" where none would."""
    committed = FILE.read_text() if FILE.exists() else ""
    lines = difflib.unified_diff(
        committed.splitlines(),
        as_text(found).splitlines(),
        "committed",
        "measured",
        n=0,
        lineterm="",
    )
    return "\n".join(lines)


def accept(found: dict[str, Any]) -> None:
    """Commit to what was found."""
    FILE.write_text(as_text(found))


def over_the_limit(cells: Iterable[Cell]) -> list[str]:
    """A line for each page that touches more buffers than it may."""
    return [
        f"{cell.operation} at {cell.players:,} players touches {cell.exact['buffers']} buffers of "
        f"{cell.subject}, and {LIMITS[cell.subject]} are the limit"
        for cell in cells
        if cell.operation in PAGES
        and cell.subject in LIMITS
        and cell.exact["buffers"] > LIMITS[cell.subject]
    ]

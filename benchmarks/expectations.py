"""What the quick run must find, on every machine: the exact facts that CI holds it to.

Statements, round trips, foreign-key checks and the plans' nodes and indexes of every cell, as
committed in expectations.json, and a limit to the buffers of a page. Never a time.
"""

import json
from pathlib import Path
from typing import Any

from benchmarks.operations.base import Operation
from benchmarks.targets import Target

FILE = Path(__file__).with_name("expectations.json")
COUNTS = ("statements", "round_trips", "fk_checks")


def facts(exact: dict[str, int], statements: list[dict[str, Any]]) -> dict[str, Any]:
    """What has to be the same everywhere of what was counted."""
    plans = [
        [*one["node_types"], *sorted(set(one["indexes"]))]
        for one in statements
        if not one["fk_check"]
    ]
    return {**{name: exact[name] for name in COUNTS}, "plans": plans}


def committed() -> dict[str, dict[str, Any]]:
    """The facts that are expected, by the cell's name, such as "register[1000-proxy]"."""
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text())
    return found


def as_text(found: dict[str, Any]) -> str:
    """One line per cell, so that a difference can be read."""
    lines = [f"  {json.dumps(name)}: {json.dumps(fact)}" for name, fact in found.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def over_the_limit(operation: Operation, target: Target, buffers: int) -> str:
    """Why a page touches too many buffers; "" where it does not."""
    if not operation.page_is_limited or target.project is None:
        return ""
    limit = target.project.about["limits"]["page_buffers"]
    return f"it touches {buffers} buffers, and {limit} are the limit" if buffers > limit else ""

"""The pictures of the migration paths: tables, columns and triggers at each stage.

A path's stages.toml says which they are: `tables`, by stage, the columns that matter of each;
`defaults` and `triggers` while it is `moving`, a trigger with the table that it writes to.
repo_tests/test_migration_pages.py holds that to the database.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report.rendering import filled
from docs_generator.reference import TEMPLATES
from harness.variants import ROOT
from proofs.migration_paths.paths import PATHS

PICTURES = ROOT / "docs" / "migration-paths" / "pictures"
STAGES = ("before", "moving", "after")
ROW, HEAD, FOOT = 20, 28, 8
WIDTH, SPACE = 248, 18  # of a box, between boxes
LANE, LANES = 12, 6  # the width of a trigger's line, and how many there may be

Columns = dict[str, list[str]]  # by table


@dataclass(frozen=True)
class Stages:
    """What stages.toml says of a path."""

    name: str
    tables: dict[str, Columns]
    defaults: Columns
    triggers: dict[str, dict[str, str]]

    def used_by(self, table: str, column: str) -> str:
        """Which code uses a column: what was there before, the old; what stays, the new."""
        codes = {"old": "before", "new": "after"}
        return ", ".join(
            code for code, stage in codes.items() if column in self.tables[stage].get(table, [])
        )


def read(folder: Path) -> Stages:
    about = tomllib.loads((folder / "stages.toml").read_text())
    tables = {stage: split(about["tables"][stage]) for stage in STAGES}
    return Stages(folder.name, tables, split(about.get("defaults", {})), about.get("triggers", {}))


def split(columns: dict[str, str]) -> Columns:
    return {table: names.split() for table, names in columns.items()}


def drawings() -> dict[Path, str]:
    """By its file, the text of every picture; "" for one that nothing makes any more."""
    found = dict.fromkeys(PICTURES.glob("*"), "")
    for path in PATHS.values():
        stages = read(path.folder)
        for stage in STAGES:
            name = f"{stages.name.replace('_', '-')}-{stage}.svg"
            found[PICTURES / name] = f"{drawn(stages, stage)}\n"
    return found


def drawn(stages: Stages, stage: str) -> str:
    """The tables below each other, and a line from each trigger to the table that it writes to."""
    boxes = list(boxes_of(stages, stage))
    tops = {box["title"]: box["top"] for box in boxes}
    lines = [
        line_of(row["y"], tops[row["target"]], lane)
        for lane, row in enumerate(row for box in boxes for row in box["triggers"])
    ]
    return filled(
        "stages.svg",
        TEMPLATES,
        name=sentence(stages, stage),
        boxes=boxes,
        lines=lines,
        box_width=WIDTH,
        head=HEAD,
        width=WIDTH + LANES * LANE + 4,  # of all alike, so that their text is
        height=boxes[-1]["top"] + boxes[-1]["height"] + 2,
    )


def boxes_of(stages: Stages, stage: str) -> Iterator[dict[str, Any]]:
    """A table's name over its columns and triggers, each with its place."""
    top = 0
    for table, columns in stages.tables[stage].items():
        moving = stage == "moving"
        defaults = stages.defaults.get(table, []) if moving else []
        triggers = stages.triggers.get(table, {}) if moving else {}
        y = top + HEAD + ROW // 2 + 8
        rows = []
        for column in columns:
            note = "default ''" if column in defaults else ""
            code = stages.used_by(table, column) if moving else ""
            rows.append({"y": y, "name": column, "note": note, "code": code})
            y += ROW
        shown = []
        for trigger, target in triggers.items():
            shown.append({"y": y, "name": f"trigger {trigger}", "target": target})
            y += ROW
        height = HEAD + (len(columns) + len(triggers)) * ROW + FOOT
        yield {"title": table, "top": top, "height": height, "columns": rows, "triggers": shown}
        top += height + SPACE


def line_of(start: float, top: int, lane: int) -> dict[str, float]:
    """From a trigger's row, along a lane of its own on the right, to the head of a table."""
    end = top + 9 + 5 * lane
    return {"start": start - 4, "lane": WIDTH + 14 + lane * LANE, "end": end}


def sentence(stages: Stages, stage: str) -> str:
    """What a picture shows, for those who do not see it."""
    tables = stages.tables[stage].items()
    parts = [f"the table {table} with {', '.join(columns)}" for table, columns in tables]
    if stage == "moving":
        parts += [
            f"the trigger {trigger} of {table} writes to {target}"
            for table, triggers in stages.triggers.items()
            for trigger, target in triggers.items()
        ]
    return "; ".join(parts)

"""The report as CSV: a row a cell, all figures with their units in the heading."""

import csv
import io

from benchmarks.report.model import Report
from benchmarks.run_file import EXACT, NOISY, Cell
from benchmarks.stats import Spread

UNITS = {"buffers": "buffers_of_8_kib", "temp_blocks": "temp_blocks_of_8_kib"}


def render(report: Report) -> str:
    """The whole file."""
    rows = [
        row(report, cell)
        for operation in report.operations
        for players in report.sizes
        for cell in report.at(operation, players).values()
    ]
    output = io.StringIO()
    writer = csv.DictWriter(output, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


def row(report: Report, cell: Cell) -> dict[str, str | int | float]:
    """A cell's figures by heading; "" for what was not measured."""
    subject = report.subjects[cell.subject]
    figures: dict[str, str | int | float] = {
        "operation": cell.operation,
        "players": cell.players,
        "subject": cell.subject,
        "kind": subject.kind,
        **{UNITS.get(name, name): cell.exact[name] for name in EXACT},
    }
    for name in NOISY:
        figures |= spread(f"{name}_seconds", cell.seconds.get(name))
    for name in NOISY:
        figures |= spread(f"{name}_ratio_to_reference", cell.to_reference.get(name))
    for name in ("cpu", "wall"):
        figures |= spread(f"{name}_ratio_to_floor", cell.to_floor.get(name))
    figures |= {"base": subject.base, **spread("cpu_ratio_to_base", cell.to_base.get("cpu"))}
    return figures | {
        "reference": report.reference,
        "cpu_verdict": report.verdict(cell, cell.to_reference.get("cpu")) or "",
        "rounds": cell.rounds,
        "calls_per_block": cell.calls_per_block,
    }


def spread(name: str, spread: Spread | None) -> dict[str, str | float]:
    parts = ("median", "q1", "q3")
    return {f"{name}_{part}": getattr(spread, part) if spread else "" for part in parts}

"""Figures of the migration paths: what each step takes, and how long visitors wait meanwhile."""

from collections.abc import Mapping
from typing import Any

from benchmarks.report import text
from proofs.migration_paths import published


def figures() -> dict[str, str]:
    """By path: moving.times.… is a table, a block of its own; moving.longest.… the longest wait;
    moving.both.… what visitors of old and new code did at once. Of all at the most users:
    moving.longest_of_all, and .longest_in_one_statement. And moving.where."""
    found: dict[str, str] = {}
    runs = published.read()
    for path in dict.fromkeys(run["path"] for run in runs):
        own = [run for run in runs if run["path"] == path]
        found[f"moving.times.{path}"] = table(own)
        waits = [wait for run in own for step in run["steps"] for wait in step["longest"].values()]
        found[f"moving.longest.{path}"] = milliseconds(max(waits))
        found[f"moving.both.{path}"] = own[-1]["both"]
        found[f"moving.bytes.{path}"] = f"{own[-1]['table_bytes'] / 1e6:,.0f} MB"
        found[f"moving.bytes_before.{path}"] = f"{own[-1]['table_bytes_before'] / 1e6:,.0f} MB"
    many = [run for run in runs if run["users"] == max(run["users"] for run in runs)]
    for name, steps in (("of_all", "steps"), ("in_one_statement", "copy_in_one_statement")):
        waits = [wait for run in many for one in run[steps] for wait in one["longest"].values()]
        if waits:
            found[f"moving.longest_{name}"] = milliseconds(max(waits))
    if runs:
        last = runs[-1]
        versions = ", ".join(f"{name} {version}" for name, version in last["versions"].items())
        day = text.day(last["date"]).partition(",")[0]
        found["moving.where"] = f"{day}, {last['machine']}, {versions}"
    return found


def table(runs: list[dict[str, Any]]) -> str:
    """A Markdown table of one path: a row for each migration, columns for each number of users."""
    heads = [f"{run['users']:,} users: seconds · longest log-in, edit, read" for run in runs]
    rows = [["migration", *heads], [":--", *["--:"] * len(runs)]]
    for place, step in enumerate(runs[0]["steps"]):
        name = step["name"]  # a file's name, but for those of the new project, which are in words
        rows.append(
            [name if " " in name else f"`{name}`", *(cell(run["steps"][place]) for run in runs)]
        )
    if runs[0]["copy_in_one_statement"]:
        naive = [cell(run["copy_in_one_statement"][0]) for run in runs]
        rows.append(["*the copy in one statement*", *naive])
    return "\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def cell(step: Mapping[str, Any]) -> str:
    waits = ", ".join(milliseconds(step["longest"][what]) for what in published.VISITS)
    return f"{step['seconds']:.1f} · {waits}"


def milliseconds(number: float) -> str:
    return f"{number:,.0f} ms"

"""The times of the paths: measured on a server of ours, printed, and published in timings.json."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from rich.console import Console
from rich.table import Table

from harness import cli
from harness.databases import PROOF, on_a_server
from harness.text import write
from proofs.migration_paths.paths import PATHS, MigrationPath
from proofs.migration_paths.side_by_side import in_words, side_by_side
from proofs.migration_paths.timings import timed
from proofs.migration_paths.walk import walking

PUBLISHED = Path(__file__).with_name("timings.json")
SECONDS = 30.0  # of old and new code at once
VISITS = ("log-in", "edit", "read")


def time_all(paths: Sequence[MigrationPath], number: int, *, accept: bool) -> None:
    """Time each path and print its table; to publish, put it in the place of the older one."""
    with on_a_server(PROOF, durable=True) as ours, cli.bar() as bar:
        [(version,)] = ours.ask("SHOW server_version")
        task = bar.add_task("", total=len(paths))
        for path in paths:

            def say(what: str, path: MigrationPath = path) -> None:
                bar.update(task, description=f"{path.title}: {what}")

            say("the steps")
            found = timed(path, ours, number, say)
            with walking(path, ours, say) as walk:
                found["both"] = in_words(side_by_side(walk, SECONDS))
            found["machine"] = f"{os.cpu_count()} cores"
            found["date"] = datetime.now(UTC).date().isoformat()
            found["versions"] = {
                "Python": platform.python_version(),
                "Django": django.get_version(),
                "PostgreSQL": version.split()[0],
            }
            show(path, found)
            if accept:
                publish(path, found)
            ours.drop_all()
            bar.advance(task)


def show(path: MigrationPath, found: dict[str, Any]) -> None:
    """A table of 80 columns: seconds of each step, and the longest waits in milliseconds."""
    title = f"{path.title}, {found['users']:,} users: longest waits in ms"
    table = Table("migration", "seconds", *VISITS, title=title, width=80)
    naive = found["copy_in_one_statement"]
    for step in [*found["steps"], *({**one, "name": "in one statement"} for one in naive)]:
        waits = [f"{step['longest'][what]:,.0f}" for what in VISITS]
        table.add_row(step["name"], f"{step['seconds']:.1f}", *waits)
    console = Console(width=80)
    console.print(table)
    for step in found["steps"]:
        for cause in step["causes"]:
            console.print(f"{step['name']}: a visitor waited for {cause}")


def read() -> list[dict[str, Any]]:
    """What is published, path by path, the smaller number of users first."""
    found: list[dict[str, Any]] = json.loads(PUBLISHED.read_text()) if PUBLISHED.exists() else []
    return found


def publish(path: MigrationPath, found: dict[str, Any]) -> None:
    """Put what was found in the place of the older of as many users."""
    key = path.name, found["users"]
    kept = [one for one in read() if (one["path"], one["users"]) != key]
    order = list(PATHS)
    kept = sorted([*kept, found], key=lambda one: (order.index(one["path"]), one["users"]))
    write(PUBLISHED, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")

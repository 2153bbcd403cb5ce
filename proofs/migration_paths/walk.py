"""Walk one path on a database with people, forward and back, and see after each step that every
row is there and that everything works, under the old code and under the new.
"""

import contextlib
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.cli import Failure
from harness.databases import Databases, connected
from proofs.migration_paths import schema
from proofs.migration_paths.deployment import Deployment, Refused
from proofs.migration_paths.paths import (
    FINISH,
    PREPARE,
    SWITCH,
    Change,
    MigrationPath,
    put_together,
)

Say = Callable[[str], None]
# What a schema may keep of a table that was made by hand: it is not rebuilt, and works.
KEPT_BY_HAND = {
    "database_first_to_profile": (
        "attendance_id",  # a serial's default and sequence, where a migration makes an identity
    )
}


@dataclass
class Walk:
    """A path's deployments while they run, and the databases of its walk."""

    path: MigrationPath
    databases: Databases
    old: Deployment
    prepare: Deployment
    new: Deployment
    finish: Deployment
    say: Say

    def database(self, *parts: str) -> str:
        """A new database; its name."""
        name = self.databases.name(self.path.short, *parts)
        self.databases.create(name)
        return name

    def before(self, *parts: str) -> str:
        """A new database that the old project has migrated, with the tables made by hand."""
        name = self.database(*parts)
        self.old.migrate(name)
        if self.path.tables:
            self.ask(name, self.path.tables)
        return name

    def ask(self, name: str, statement: str) -> list[tuple[Any, ...]]:
        with connected(self.databases.url_of(name)) as ask:
            return ask(statement)


@contextlib.contextmanager
def walking(
    path: MigrationPath, databases: Databases, say: Say, *changes: Change, league: bool = True
) -> Iterator[Walk]:
    """The code of all of a path's deployments; with changes that spoil it, if any are given."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="path-"))
        projects = put_together(path, Path(folder), league=league)
        for change in changes:
            change.apply(projects)

        def deploy(project: Path) -> Deployment:
            deployment = Deployment(project, databases.url)
            stack.callback(deployment.end)
            return deployment

        yield Walk(
            path,
            databases,
            old=deploy(projects.old),
            prepare=deploy(projects.prepare),
            new=deploy(projects.new),
            finish=deploy(projects.finish),
            say=say,
        )


class Traveller:
    """One database on its way, and what must still be true of it."""

    def __init__(self, walk: Walk, number_of_people: int, *parts: str) -> None:
        self.walk = walk
        self.name = walk.before(*parts)
        self.known = walk.old.create(self.name, number_of_people)
        self.at_first = walk.old.survey(self.name, self.known)
        if self.at_first["fails"]:
            raise Failure(f"{walk.path.name}: at the start, {self.at_first['fails']}")

    def migrate(self, deployment: Deployment, *arguments: str) -> list[str]:
        try:
            return deployment.migrate(self.name, *arguments)
        except Refused as refused:
            step = " ".join(["migrate", *arguments])
            raise Failure(f"{self.walk.path.name}: {step} stops: {refused}") from None

    def works(self, deployment: Deployment, when: str) -> None:
        """Raise Failure, with the one thing that differs, unless all is as it was at first."""
        self.walk.say(when)
        now = deployment.survey(self.name, self.known)
        for line in changes(self.at_first, now):
            raise Failure(f"{self.walk.path.name}, {when}: {line}")

    def is_migrated(self, deployment: Deployment, when: str) -> None:
        """Raise Failure if makemigrations would write anything."""
        if missing := deployment.missing_migrations(self.name):
            raise Failure(f"{self.walk.path.name}, {when}: makemigrations says {missing}")

    def has_the_schema_of(self, other: str, when: str) -> None:
        """Raise Failure, with the first line that differs from another database's schema."""
        databases = self.walk.databases
        found = schema.differences(databases.url_of(other), databases.url_of(self.name))
        kept = KEPT_BY_HAND.get(self.walk.path.name, ())
        for line in found:
            if not any(name in line for name in kept):
                raise Failure(f"{self.walk.path.name}, {when}: {line}")


def changes(at_first: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is not as it was, a line each: rows that are lost or new, and what fails."""
    found = []
    for name, rows in at_first["rows"].items():
        if name not in now["rows"]:
            continue  # a table that only the old code and the last code have a model of
        here = now["rows"][name]
        lost, new = sorted(set(rows) - set(here)), sorted(set(here) - set(rows))
        if rows != here:
            example = (lost or new or ["a row is there twice"])[0]
            found.append(f"{name}: {len(lost)} lost, {len(new)} new, such as {example}")
    return [*found, *(f"{name}: {how}" for name, how in now["fails"].items())]


def walk_all_steps(walk: Walk, number_of_people: int) -> list[str]:
    """Walk it, and return what was seen, as lines of at most 80 columns. Raises Failure."""
    path, say = walk.path, walk.say
    say("people")
    traveller = Traveller(walk, number_of_people)
    lines = [f"{path.title}, {number_of_people} people"]

    def line(step: str, *said: str) -> None:
        lines.append(f"  {step:<12}" + "".join(f"{one:<23}" for one in said).rstrip())

    traveller.migrate(walk.prepare)
    traveller.works(walk.old, "after deployment 1, old code")
    traveller.works(walk.new, "after deployment 1, new code")
    traveller.is_migrated(walk.prepare, "after deployment 1")
    traveller.migrate(walk.prepare, "players", walk.old.last_migration(traveller.name))
    traveller.has_the_schema_of(walk.before("never"), "deployment 1 taken back")
    traveller.works(walk.old, "deployment 1 taken back, old code")
    traveller.migrate(walk.prepare)
    line("1 prepare", numbers(path.migrations(PREPARE)), "old code works", "new code works")
    line("", "back: as before")

    traveller.migrate(walk.new)
    traveller.works(walk.new, "after deployment 2, new code")
    traveller.is_migrated(walk.new, "after deployment 2")
    traveller.works(walk.old, "after deployment 2, old code")
    line("2 switch", numbers(path.migrations(SWITCH)), "new code works", "old code works")

    last_of_all = path.migrations(FINISH)
    if last_of_all:
        traveller.migrate(walk.finish, "players", last_of_all[-2])
        traveller.works(walk.new, f"after {last_of_all[-2]}, new code")
        traveller.migrate(walk.finish, "players", walk.new.last_migration(traveller.name))
        traveller.works(walk.old, f"{last_of_all[-2]} taken back, old code")
        line("3 finish", numbers(last_of_all[:-1]), "back: old code works")
        traveller.migrate(walk.finish)
        traveller.works(walk.finish, "at the end")
        traveller.is_migrated(walk.finish, "at the end")
        line("", numbers(last_of_all[-1:]), "new code works")
    fresh = walk.database("fresh")
    walk.finish.migrate(fresh)
    traveller.has_the_schema_of(fresh, "at the end, against a fresh database")
    counts = {name: len(rows) for name, rows in traveller.at_first["rows"].items() if rows}
    return [*lines, *equal(counts), "  schema: a fresh database and this one are the same"]


def numbers(names: list[str]) -> str:
    return " ".join(name[:4] for name in names) or "no migration"


def equal(counts: dict[str, int]) -> list[str]:
    text = ", ".join(f"{count} {name}" for name, count in counts.items())
    return textwrap.wrap(f"equal: {text}", 78, initial_indent="  ", subsequent_indent="    ")

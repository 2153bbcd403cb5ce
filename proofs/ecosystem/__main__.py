"""Try packages, and Django's own tests of auth, on each variant: `nox -s ecosystem`.

What is found is compared with matrix.json; a difference is shown, and the exit status is 1.
"""

import argparse
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import django
import psycopg2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from proofs import TITLES, VARIANTS
from proofs.ecosystem import attempts, auth_tests, matrix
from proofs.ecosystem.auth_tests import AuthTestsError
from proofs.ecosystem.catalogue import PACKAGES
from proofs.ecosystem.processes import ProcessError
from tools.commands import OneLineParser, Stopped, refused
from tools.postgres import PostgresError, postgresql

REFUSALS = (AuthTestsError, OSError, PostgresError, ProcessError, psycopg2.Error)
AUTH_TESTS = "auth_tests"


def options_from(arguments: Sequence[str]) -> argparse.Namespace:
    names = [*PACKAGES, AUTH_TESTS]
    parser = OneLineParser(
        prog="nox -s ecosystem --",
        description="Try packages, and Django's own tests of auth, on each variant.",
    )
    parser.add_argument("name", nargs="*", help=f"only this one: {', '.join(names)}")
    parser.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="only this one (repeatable)"
    )
    parser.add_argument("--accept", action="store_true", help="commit to what is found")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.name if name not in names]:
        parser.error(f"there is no {unknown[0]!r} here: choose from {', '.join(names)}")
    options.name = [name for name in names if name in (options.name or names)]
    options.variant = [name for name in VARIANTS if name in (options.variant or VARIANTS)]
    return options


def try_packages(options: argparse.Namespace, console: Console) -> tuple[Any, str]:
    """What was found of the packages that are chosen, and the version of PostgreSQL."""
    packages = [name for name in options.name if name in PACKAGES]
    with postgresql() as server:
        with progress(console) as say:
            results = attempts.run(packages, options.variant, server, say)
        return matrix.found(results), version_of(server)


def run_auth_tests(options: argparse.Namespace, console: Console) -> Any:
    """What was found of Django's own tests, on the variants that are chosen."""
    with progress(console) as say:
        return auth_tests.found(auth_tests.run(options.variant, say))


@contextmanager
def progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A bar, and what moves it: what is under way, how many are done, how many there are."""
    columns = TextColumn("{task.description:<44}"), BarColumn(bar_width=12), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("")
        yield lambda text, done, total: bar.update(
            task, description=text[:44], completed=done, total=total
        )
        total = bar.tasks[task].total
        bar.update(task, description="done", completed=total or 0)


def conclude(options: argparse.Namespace, new: matrix.Matrix) -> int:
    """Compare with what is committed, or commit to what was found; returns the exit status."""
    old = matrix.committed()
    theirs = old["versions"].get("Django")
    if theirs in (None, django.get_version()) or options.accept:
        difference = matrix.difference(matrix.part(old, new), new)
    else:
        print(f"Committed with Django {theirs}, tried with {django.get_version()}: verdicts only.")
        difference = matrix.difference(
            matrix.verdicts(matrix.part(old, new)), matrix.verdicts(new)
        )
    errors = [f"nobody says why: {line}" for line in auth_tests.unexplained(new["auth_tests"])]
    if difference:
        print(difference)
    if options.accept and not errors:
        matrix.write(matrix.merged(old, new))
        print(f"{matrix.MARKDOWN.name} says so now.")
        return 0
    if difference:
        errors.append("what was found differs: mend it, or `nox -s ecosystem -- --accept`")
    for error in errors:
        print(f"error: {error}", file=sys.stderr)
    return int(bool(errors))


def show_packages(packages: Any) -> None:
    """The verdicts as a table of 80 columns."""
    table = Table("package", width=80, show_lines=True)
    for title in TITLES.values():
        table.add_column(title)
    for id, one in packages.items():
        cells = [one["variants"].get(name) for name in TITLES]
        table.add_row(id, *(matrix.cell(one) if one else "" for one in cells))
    Console(width=80).print(table)


def show_auth_tests(variants: Any) -> None:
    """The numbers as a table of 80 columns."""
    table = Table("Django's tests of auth", "ran", "skipped", "failed", "errors", width=80)
    for variant, one in variants.items():
        numbers = (str(one[name]) for name in ("ran", "skipped", "failed", "errors"))
        table.add_row(TITLES.get(variant, "no variant"), *numbers)
    Console(width=80).print(table)


def version_of(server: str) -> str:
    """PostgreSQL's, such as "18.6"."""
    with closing(psycopg2.connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [(version,)] = cursor.fetchall()
    return str(version).split()[0]


def main(arguments: Sequence[str]) -> int:
    options = options_from(arguments)
    console = Console(stderr=True)
    Stopped()
    new: matrix.Matrix = {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {"Python": platform.python_version(), "Django": django.get_version()},
        "packages": {},
        "auth_tests": {},
    }
    try:
        if AUTH_TESTS in options.name:  # before what takes minutes
            with console.status("Fetching the tests of Django's source (once)"):
                auth_tests.source()
        if options.name != [AUTH_TESTS]:
            new["packages"], new["versions"]["PostgreSQL"] = try_packages(options, console)
            show_packages(new["packages"])
        if AUTH_TESTS in options.name:
            new["auth_tests"] = run_auth_tests(options, console)
            show_auth_tests(new["auth_tests"])
        return conclude(options, new)
    except KeyboardInterrupt:
        print("interrupted: nothing was written, nothing is left behind", file=sys.stderr)
        return 130
    except REFUSALS as error:
        return refused(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

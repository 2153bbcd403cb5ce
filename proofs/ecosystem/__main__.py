"""Try packages, and Django's own tests of auth, on each variant: `nox -s ecosystem`.

What is found is compared with matrix.json and auth_tests.json; a difference is shown, and the
exit status is 1.
"""

import argparse
import platform
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

import django
import psycopg2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from proofs.ecosystem import matrix
from proofs.ecosystem.attempts import AttemptError, run
from proofs.ecosystem.catalogue import PACKAGES, VARIANTS
from tools.postgres import PostgresError, database

AUTH_TESTS = "auth_tests"


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"error: {message}\n")


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


def try_packages(options: argparse.Namespace, server: str, console: Console) -> int:
    packages = [name for name in options.name if name in PACKAGES]
    total = len(packages) * len(options.variant)
    columns = TextColumn("{task.description:<44}"), BarColumn(bar_width=12), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("", total=total)

        def say(text: str, done: int, more: int) -> None:
            progress.update(task, description=text[:44], completed=done, total=total + more)

        results = run(packages, options.variant, server, say)
    old, new = matrix.committed(), matrix.found(results)
    show(new)
    whole = {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(server),
        "packages": matrix.merged(old["packages"], new),
    }
    return conclude(options, old, whole, new)


def conclude(options: argparse.Namespace, old: Any, whole: Any, new: Any) -> int:
    """Compare with what is committed, or commit; returns the exit status."""
    chosen = {
        id: {**old["packages"][id], "variants": {
            name: entry for name, entry in old["packages"][id]["variants"].items()
            if name in new[id]["variants"]
        }}
        for id in new if id in old["packages"]
    }
    theirs = old.get("versions", {}).get("Django")
    if theirs != django.get_version() and not options.accept:
        print(f"Committed with Django {theirs}, tried with {django.get_version()}: verdicts only.")
        difference = matrix.difference(matrix.verdicts(chosen), matrix.verdicts(new))
    else:
        difference = matrix.difference(chosen, new)
    if difference:
        print(difference)
    if options.accept:
        matrix.write(whole)
        print(f"Written to {matrix.MARKDOWN.name} and {matrix.JSON.name}.")
        return 0
    if difference:
        print(
            "error: what was found differs: mend it, or `nox -s ecosystem -- --accept`",
            file=sys.stderr,
        )
    return int(bool(difference))


def show(packages: Any) -> None:
    """The verdicts as a table of 80 columns."""
    table = Table(width=80, show_lines=False)
    table.add_column("package")
    for title in matrix.TITLES.values():
        table.add_column(title)
    for id, one in packages.items():
        cells = [one["variants"].get(name) for name in matrix.TITLES]
        table.add_row(id, *(cell_of(cell) for cell in cells))
    Console(width=80).print(table)


def cell_of(entry: Any) -> str:
    if entry is None:
        return ""
    return f"works with {entry['with']}" if entry["verdict"] == "works with" else entry["verdict"]


def versions(server: str) -> dict[str, str]:
    with psycopg2.connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [(postgresql,)] = cursor.fetchall()
    connection.close()
    return {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "PostgreSQL": postgresql.split()[0],
    }


def main(arguments: Sequence[str]) -> int:
    options = options_from(arguments)
    console = Console(stderr=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with database() as server:
            if not server.startswith(("postgres:", "postgresql:")):
                raise PostgresError("DATABASE_URL is no PostgreSQL server: unset it")
            return try_packages(options, server, console)
    except KeyboardInterrupt:
        print("interrupted: nothing was written, nothing is left behind", file=sys.stderr)
        return 130
    except (AttemptError, PostgresError, psycopg2.Error, OSError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

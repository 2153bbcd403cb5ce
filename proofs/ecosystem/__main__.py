"""Try packages, and Django's own tests of auth, on each variant: `nox -s ecosystem`.

What is found is compared with matrix.json; a difference is shown, and the exit status is 1.
"""

import argparse
import platform
import sys
import tempfile
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from rich.console import Console
from rich.table import Table

from harness import cli, suite
from harness.databases import PROOF, on_a_server
from harness.records import Record
from harness.sites import migrated
from harness.suite import Job
from harness.variants import VARIANTS
from proofs.ecosystem import attempts, auth_tests, matrix, page
from proofs.ecosystem.auth_tests import AUTH_TESTS
from proofs.ecosystem.catalogue import PACKAGES

AT_ONCE = 3  # on two cores: one of them waits for PostgreSQL


def options_from(arguments: list[str]) -> argparse.Namespace:
    names = [*PACKAGES, AUTH_TESTS]
    parser = cli.Parser(
        prog="nox -s ecosystem --",
        description="Try packages, and Django's own tests of auth, on each variant.",
    )
    parser.add_names("name", names, f"only this one: {', '.join(names)}")
    parser.add_choice("--variant", VARIANTS)
    parser.add_argument("--accept", action="store_true", help="commit to what is found")
    options = parser.parse_args(arguments)
    options.packages = cli.chosen(options.name, PACKAGES)
    options.auth_tests = AUTH_TESTS in (options.name or names)
    options.variants = cli.chosen(options.variant, VARIANTS)
    return options


def try_all(options: argparse.Namespace) -> matrix.Matrix:
    """What is found of the packages and of Django's tests, on the variants that are chosen."""
    versions = {"Python": platform.python_version(), "Django": django.get_version()}
    with ExitStack() as stack:
        jobs: list[Job] = []
        tests: dict[str, Job] = {}
        if options.auth_tests:  # first: they take longest
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="django-"))
            tests = auth_tests.jobs(options.variants, Path(folder))
            jobs += tests.values()
        if options.packages:
            for package in options.packages:
                attempts.version_of(package)
            databases = stack.enter_context(on_a_server(PROOF))
            [(version,)] = databases.ask("SHOW server_version")
            versions["PostgreSQL"] = version.split()[0]
            urls = {
                one.id: stack.enter_context(migrated(databases, one)) for one in options.variants
            }
            jobs += [
                job
                for package in options.packages
                for variant in options.variants
                for job in attempts.jobs(package, variant, urls[variant.id])
            ]
        records = run(jobs)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions,
        "packages": {
            one.id: attempts.found(one, options.variants, records) for one in options.packages
        },
        "auth_tests": {id: auth_tests.explained(records[job.name]) for id, job in tests.items()},
    }


def run(jobs: list[Job]) -> dict[str, Record]:
    """The jobs' Records by their names."""
    with closing(suite.run(jobs, at_once=AT_ONCE)) as ended, cli.bar() as bar:
        tried = bar.track(ended, total=len(jobs), description="tried on each variant")
        return {job.name: record for job, record in tried}


def show_packages(packages: Any) -> None:
    """The verdicts as a table of 80 columns."""
    table = Table("package", width=80, show_lines=True)
    for variant in VARIANTS.values():
        table.add_column(variant.title)
    for id, one in packages.items():
        cells = [one["variants"].get(name) for name in VARIANTS]
        table.add_row(id, *(page.cell(one) if one else "" for one in cells))
    Console(width=80).print(table)


def show_auth_tests(results: Any) -> None:
    """The numbers as a table of 80 columns."""
    table = Table("Django's tests of auth", "ran", "skipped", "failed", "errors", width=80)
    for id, one in results.items():
        table.add_row(*page.numbers(id, one))
    Console(width=80).print(table)


def main(arguments: list[str]) -> int:
    options = options_from(arguments)
    new = try_all(options)
    if new["packages"]:
        show_packages(new["packages"])
    if new["auth_tests"]:
        show_auth_tests(new["auth_tests"])
    unexplained = auth_tests.unexplained(new["auth_tests"])
    for line in unexplained:
        print(f"error: no cause is known: {line}", file=sys.stderr)
    accept = options.accept and not unexplained
    status = matrix.conclude(new, accept=accept)
    if accept:
        print(f"{matrix.MARKDOWN.name} says so now.")
    return status or int(bool(unexplained))


if __name__ == "__main__":
    cli.run(main)

"""Strike the three sites, and see that every player is complete or absent: `nox -s faults`.

The web process is killed before its first and after each of its writes; its connection to the
database is cut there too; the database server is killed under load and started again; its disk is
full; a lock is held against a time limit; one player is in two browsers at once. Each variant runs
as in production, on a PostgreSQL server of ours whose commits reach the disk; DATABASE_URL is not
used, for no other server is ours to kill. Passwords are hashed as in production.
"""

import argparse
import os
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from functools import partial

import psycopg2
import requests
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from proofs import VARIANTS
from proofs.faults.ledger import Broken
from proofs.faults.stage import Stage, stage
from proofs.faults.strikes import FAULTS, NotTried
from proofs.sites import SiteError
from tools.commands import OneLineParser, Stopped, refused
from tools.postgres import PostgresError, restartable

# AssertionError: a page that a visitor needs to look at is not there.
FAILURES = (Broken, AssertionError, TimeoutError, psycopg2.Error, requests.RequestException)
REFUSALS = (PostgresError, SiteError, OSError)
SURVIVED, FAILED, NOT_TRIED = "survived", "FAILED", "not tried"


def options_from(arguments: list[str]) -> argparse.Namespace:
    parser = OneLineParser(
        prog="nox -s faults --",
        description="Kill, cut, fill up and hold up, and see that nobody is left half-made.",
    )
    parser.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="only this one (repeatable)"
    )
    parser.add_argument(
        "--fault", action="append", choices=list(FAULTS), help="only this one (repeatable)"
    )
    return parser.parse_args(arguments)


def verdict(here: Stage, fault: str) -> tuple[str, str]:
    """How a variant came out of a fault, and a few words on it."""
    try:
        return SURVIVED, FAULTS[fault](here)
    except NotTried as reason:
        return NOT_TRIED, str(reason)
    except FAILURES as failure:
        return FAILED, " ".join(str(failure).split()) or type(failure).__name__


def line(word: str, variant: str, fault: str, text: str) -> str:
    """At most 80 columns; a long text goes on below itself."""
    head = f"{word:<9}  {variant:<7}  {fault:<17}  "
    return textwrap.fill(text, 80, initial_indent=head, subsequent_indent=" " * len(head))


def strike(variants: Sequence[str], faults: Sequence[str], console: Console) -> Counter[str]:
    """Do it, and print a line for each; how many came out how."""
    came_out: Counter[str] = Counter()
    columns = (
        TextColumn("{task.description:<50}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with (
        Progress(*columns, console=console) as progress,
        restartable(durable=True) as (url, start_again),
    ):
        task = progress.add_task("", total=len(variants) * len(faults))

        def say(variant: str, text: str) -> None:
            progress.update(task, description=f"{variant}: {text}")

        for variant in variants:
            with stage(VARIANTS[variant], url, start_again, partial(say, variant)) as here:
                for fault in faults:
                    word, text = verdict(here, fault)
                    came_out[word] += 1
                    print(line(word, variant, fault, text), flush=True)
                    progress.advance(task)
        progress.update(task, description="done")
    return came_out


def mount_unseen(arguments: Sequence[str]) -> None:
    """Go on where mounts are seen by nobody else and end with us, whatever ends us."""
    unseen = "PROOFS_MOUNT_UNSEEN"
    if sys.platform != "linux" or os.geteuid() != 0 or os.environ.pop(unseen, ""):
        return
    command = ["unshare", "--mount"]
    try:
        if subprocess.run([*command, "true"], stderr=subprocess.DEVNULL).returncode:
            return
    except OSError:
        return
    os.environ[unseen] = "1"
    again = [*command, sys.executable, "-m", "proofs.faults", *arguments]
    os.execvp(again[0], again)  # noqa: S606


def main(arguments: Sequence[str]) -> int:
    options = options_from(list(arguments))
    mount_unseen(arguments)
    stopped = Stopped()
    variants = [name for name in VARIANTS if name in (options.variant or VARIANTS)]
    faults = [name for name in FAULTS if name in (options.fault or FAULTS)]
    try:
        came_out = strike(variants, faults, Console(stderr=True))
    except BaseException as error:
        if stopped.happened:
            print("interrupted: nothing is left behind", file=sys.stderr)
            return 130
        if not isinstance(error, REFUSALS):
            raise
        return refused(error)
    print(", ".join(f"{number} {word}" for word, number in came_out.items()))
    return 1 if came_out[FAILED] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

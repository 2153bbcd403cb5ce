"""Inject faults into each site, and see that every player is complete or absent: `nox -s faults`.

The web process is killed before its first and after each of its writes; its connection to the
database is cut there too; the database server is killed under load and started again; its disk is
full; a lock is held against a time limit; one player is in two browsers at once. Each variant runs
as in production, on a PostgreSQL server of ours whose commits reach the disk; DATABASE_URL is not
used, for no other server is ours to kill.
"""

import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import psycopg2
import requests

from harness import cli
from harness.variants import VARIANTS, Variant
from proofs.faults.at_writes import connection, web_process
from proofs.faults.client import Broken
from proofs.faults.disk import NotTried, disk, mount_unseen
from proofs.faults.locks import collision, lock_timeout, statement_timeout
from proofs.faults.server import database_server
from proofs.faults.target import Target, target

# Each has the invariants checked, and returns a few words on what happened. They raise Broken
# where an invariant does not hold, and NotTried where the fault cannot be had.
FAULTS: dict[str, Callable[[Target], str]] = {
    "web-process": web_process,
    "connection": connection,
    "database-server": database_server,
    "disk": disk,
    "statement-timeout": statement_timeout,
    "lock-timeout": lock_timeout,
    "collision": collision,
}
# AssertionError: a page that a visitor needs to look at is not there.
FAILURES = (Broken, AssertionError, TimeoutError, psycopg2.Error, requests.RequestException)
SURVIVED, FAILED, NOT_TRIED = "survived", "FAILED", "not tried"


def verdict(here: Target, fault: str) -> tuple[str, str]:
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


def inject(variants: Sequence[Variant], faults: Sequence[str]) -> Counter[str]:
    """Inject the faults, and print a line for each; how many came out how."""
    came_out: Counter[str] = Counter()
    with cli.bar() as progress:
        task = progress.add_task("", total=len(variants) * len(faults))

        def say(variant: Variant, text: str) -> None:
            progress.update(task, description=f"{variant.id}: {text}")

        for variant in variants:
            with target(variant, partial(say, variant)) as here:
                for fault in faults:
                    word, text = verdict(here, fault)
                    came_out[word] += 1
                    print(line(word, variant.id, fault, text), flush=True)
                    progress.advance(task)
        progress.update(task, description="done")
    return came_out


def main(arguments: list[str]) -> int:
    parser = cli.Parser(
        prog="nox -s faults --",
        description="Kill, cut, fill up and lock, and see that no player is left half-made.",
    )
    parser.add_choice("--variant", VARIANTS)
    parser.add_choice("--fault", FAULTS)
    options = parser.parse_args(arguments)
    mount_unseen("proofs.faults", arguments)
    faults = [name for name in FAULTS if name in (options.fault or FAULTS)]
    came_out = inject(cli.chosen(options.variant, VARIANTS), faults)
    print(", ".join(f"{number} {word}" for word, number in came_out.items()))
    return 1 if came_out[FAILED] else 0


if __name__ == "__main__":
    cli.run(main)

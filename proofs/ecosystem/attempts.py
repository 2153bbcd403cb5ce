"""Attempts: a package on a variant, each in a process and on a database of its own."""

import secrets
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass

from proofs import PREFIX
from proofs.ecosystem import processes
from proofs.ecosystem.catalogue import PACKAGES
from proofs.ecosystem.processes import Process, Result
from tools.serve import fresh_database


@dataclass(frozen=True)
class Attempt:
    """A package on a variant, as documented or with the extra lines."""

    package: str
    variant: str
    extra: bool = False

    def __str__(self) -> str:
        return f"{self.package} {self.variant}{'*' if self.extra else ''}"


def start(attempt: Attempt, server: str, stack: ExitStack) -> Process:
    """Raises psycopg2.Error without a database."""
    name = f"{PREFIX}{secrets.token_hex(3)}_{attempt.package}"
    env = processes.environment(
        attempt.variant,
        DATABASE_URL=stack.enter_context(fresh_database(server, name)),
        DJANGO_SETTINGS_MODULE="proofs.ecosystem.settings",
        ECOSYSTEM_PACKAGE=attempt.package,
        **({"ECOSYSTEM_EXTRA": "1"} if attempt.extra else {}),
    )
    return Process("trial.py", env, stack)


def run(
    packages: Iterable[str],
    variants: Iterable[str],
    server: str,
    say: Callable[[str, int, int], None],
) -> dict[Attempt, Result]:
    """The result of each attempt; one with extra lines follows where the first one failed.

    Calls `say` with what is under way, how many are done, and how many there are so far.
    Raises ProcessError, psycopg2.Error.
    """
    waiting = deque(Attempt(package, variant) for package in packages for variant in variants)
    results: dict[Attempt, Result] = {}
    total = len(waiting)

    def done(attempt: Attempt, result: Result) -> None:
        nonlocal total
        results[attempt] = result
        extras = PACKAGES[attempt.package].extras
        if "failed" in result and not attempt.extra and attempt.variant in extras:
            waiting.appendleft(Attempt(attempt.package, attempt.variant, extra=True))
            total += 1

    processes.run(
        waiting,
        lambda attempt, stack: start(attempt, server, stack),
        done,
        lambda names: say(names, len(results), total),
    )
    return results

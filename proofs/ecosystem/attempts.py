"""Attempts as processes, two at a time, each on a database of its own."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.ecosystem.catalogue import PACKAGES, VARIANTS
from tools.serve import UNTIL_WE_END, fresh_database

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "extending_user_proof_"
AT_ONCE = 2
SECONDS = 120  # an attempt takes five; one that takes this long hangs
# What a person's shell may have set, and an attempt must not see.
FOREIGN = ("DJANGO_", "ECOSYSTEM_", "PG", "PYTEST", "PYTHON")

Result = dict[str, Any]


class AttemptError(Exception):
    """An attempt did not end as one does; the text is one line."""


@dataclass(frozen=True)
class Attempt:
    """A package on a variant, with or without the extra lines."""

    package: str
    variant: str
    extra: bool = False

    def __str__(self) -> str:
        return f"{self.package} {self.variant}{'*' if self.extra else ''}"


def environment(variant: str, url: str) -> dict[str, str]:
    """A variant's, in production, whatever a person's shell has set."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)},
        "DATABASE_URL": url,
        "DJANGO_ALLOWED_HOSTS": "testserver",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
        "PYTHONPATH": os.pathsep.join([str(ROOT / VARIANTS[variant]), str(ROOT)]),
    }


class Running:
    """An attempt under way; `close()` ends it and drops its database."""

    def __init__(self, attempt: Attempt, server: str) -> None:
        self.attempt, self.end = attempt, time.monotonic() + SECONDS
        with ExitStack() as stack:
            name = f"{PREFIX}{secrets.token_hex(3)}_{attempt.package}"
            url = stack.enter_context(fresh_database(server, name))
            self.output = stack.enter_context(tempfile.TemporaryFile("w+"))
            self.errors = stack.enter_context(tempfile.TemporaryFile("w+"))
            self.process = subprocess.Popen(
                [sys.executable, "-c", UNTIL_WE_END, str(Path(__file__).with_name("trial.py"))],
                cwd=ROOT,
                env={
                    **environment(attempt.variant, url),
                    "DJANGO_SETTINGS_MODULE": "proofs.ecosystem.settings",
                    "ECOSYSTEM_PACKAGE": attempt.package,
                    "ECOSYSTEM_VARIANT": attempt.variant,
                    **({"ECOSYSTEM_EXTRA": "1"} if attempt.extra else {}),
                },
                stdin=subprocess.PIPE,
                stdout=self.output,
                stderr=self.errors,
                start_new_session=True,  # Ctrl-C reaches only us, who then end it
            )
            stack.enter_context(self.process)
            stack.callback(self.process.kill)
            self.close = stack.pop_all().close

    def result(self) -> Result | None:
        """What came of it; None while it runs. Raises AttemptError."""
        if self.process.poll() is None:
            if time.monotonic() > self.end:
                raise AttemptError(f"{self.attempt}: no answer in {SECONDS} seconds")
            return None
        self.output.seek(0)
        lines = self.output.read().splitlines()
        if self.process.returncode or not lines:
            self.errors.seek(0)
            last = self.errors.read().splitlines()[-1:]
            raise AttemptError(f"{self.attempt}: its process ended: {''.join(last)}")
        result: Result = json.loads(lines[-1])
        return result


def run(
    packages: Iterable[str],
    variants: Iterable[str],
    server: str,
    say: Callable[[str, int, int], None],
) -> dict[Attempt, Result]:
    """The result of each attempt; one with extra lines follows where the first one failed.

    Calls `say` with what is under way, the number of attempts that are done, and of those with
    extra lines. Raises AttemptError, psycopg2.Error.
    """
    waiting = deque(Attempt(package, variant) for package in packages for variant in variants)
    results: dict[Attempt, Result] = {}
    running: list[Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                running.append(Running(waiting.popleft(), server))
                extras = sum(one.extra for one in [*results, *waiting])
                extras += sum(one.attempt.extra for one in running)
                say(" + ".join(str(one.attempt) for one in running), len(results), extras)
            time.sleep(0.05)
            for one in list(running):
                result = one.result()
                if result is None:
                    continue
                running.remove(one)
                one.close()
                results[one.attempt] = result
                package, variant = one.attempt.package, one.attempt.variant
                if "failed" in result and not one.attempt.extra:
                    if variant in PACKAGES[package].extras:
                        waiting.appendleft(Attempt(package, variant, extra=True))
    finally:
        for one in running:
            one.close()
    return results

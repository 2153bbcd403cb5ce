"""Python processes that each end with a line of JSON, two at a time; they end when we do."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, TypeVar

from proofs import VARIANTS
from tools.commands import clean_environment
from tools.serve import UNTIL_WE_END

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
AT_ONCE = 2
SECONDS = 900  # one takes five, or twenty for Django's tests; this long, on a busy machine, hangs

Result = dict[str, Any]


class ProcessError(Exception):
    """A process did not end as one does; the text is one line."""


class Process:
    """A script of this folder under way; it takes over what is on `stack`, and closes it."""

    def __init__(
        self, script: str, env: dict[str, str], stack: ExitStack, cwd: Path = ROOT
    ) -> None:
        self._script, self._end = script, time.monotonic() + SECONDS
        self._output = stack.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 (the stack does)
        self._errors = stack.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 (the stack does)
        self._process = subprocess.Popen(
            [sys.executable, "-c", UNTIL_WE_END, str(HERE / script)],
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._errors,
            start_new_session=True,  # Ctrl-C reaches only us, who then end it
        )
        stack.enter_context(self._process)
        stack.callback(self._process.kill)
        self.close = stack.pop_all().close

    def result(self) -> Result | None:
        """What its last line holds; None while it runs. Raises ProcessError."""
        if self._process.poll() is None:
            if time.monotonic() > self._end:
                raise ProcessError(f"{self._script} gave no answer in {SECONDS} seconds")
            return None
        self._output.seek(0)
        last = self._output.read().splitlines()[-1:]
        if self._process.returncode or not last:
            self._errors.seek(0)
            last = self._errors.read().splitlines()[-1:]
            raise ProcessError(f"{self._script} ended before its time: {''.join(last)}")
        result: Result = json.loads(last[0])
        return result


class Named(Protocol):
    def __str__(self) -> str: ...


Job = TypeVar("Job", bound=Named)


def run(
    waiting: deque[Job],
    start: Callable[[Job, ExitStack], Process],
    done: Callable[[Job, Result], None],
    say: Callable[[str], None],
) -> None:
    """Start each job, two at a time, and call `done` with its result; it may add to `waiting`.

    Calls `say` with the names of those under way. Raises ProcessError and what `start` raises.
    """
    running: dict[Job, Process] = {}
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                job = waiting.popleft()
                with ExitStack() as stack:
                    running[job] = start(job, stack)
                say(" + ".join(map(str, running)))
            time.sleep(0.05)
            for job, process in list(running.items()):
                result = process.result()
                if result is not None:
                    del running[job]
                    process.close()
                    done(job, result)
    finally:
        for process in running.values():
            process.close()


def environment(variant: str | None, **settings: str) -> dict[str, str]:
    """That of a variant, or of none, whatever a person's shell has set."""
    paths = [str(ROOT / VARIANTS[variant])] if variant else []
    return {
        **clean_environment(),
        **({"ECOSYSTEM_VARIANT": variant} if variant else {}),
        "DJANGO_ALLOWED_HOSTS": "testserver",
        "DJANGO_DEBUG": "0",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(64),
        "PYTHONPATH": os.pathsep.join([*paths, str(ROOT)]),
        **settings,
    }

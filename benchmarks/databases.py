"""The server that the benchmarks run on, ours or one's own, and what it must be able to do."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2.extensions import connection as Connection

from harness.cli import Refusal
from harness.databases import BENCH, Databases, databases
from harness.postgres import check, server

MAINTENANCE = "postgres"
RUN = "BENCHMARK_RUN"  # where a target's process finds the token of the run's databases
# What our own server runs with. Commits reach the disk. Page images after a checkpoint do not
# reach the WAL: they would bury the bytes that a statement writes under those of its neighbours.
# No parallel workers: their CPU is not their leader's, and would be missing from a statement's.
SETTINGS = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "full_page_writes": "off",
    "max_parallel_workers_per_gather": "0",
    "max_wal_size": "8GB",
    "shared_buffers": "512MB",
}
REPORTED = (
    *("autovacuum", "checkpoint_timeout", "effective_cache_size", "fsync", "full_page_writes"),
    *("jit", "max_parallel_workers_per_gather", "max_wal_size", "random_page_cost"),
    *("shared_buffers", "synchronous_commit", "work_mem"),
)


def queries(path: Path) -> dict[str, str]:
    """The statements of a file by their names: each has a comment `-- name: what` before it, and
    is up to the next blank line."""
    named = re.findall(r"^-- (\w+): .*\n((?:.+\n)+)", path.read_text(), re.MULTILINE)
    return dict(named)


def query(connection: Connection, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement; none where it returns none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def of_a_run(url: str | None = None) -> Iterator[Databases]:
    """The databases of one run: on the server of the URL, else of DATABASE_URL, else a new one.

    A target's process has a part in the run that has started it, which drops them. Raises
    Refusal where a server that is not ours will not do.
    """
    if token := os.environ.get(RUN):
        yield Databases(os.environ["DATABASE_URL"], BENCH, token)
        return
    with contextlib.ExitStack() as stack:
        if url := url or os.environ.get("DATABASE_URL"):
            refuse(url)
        else:
            url = stack.enter_context(server(SETTINGS, durable=True))
        ours = stack.enter_context(databases(url, BENCH))
        require(ours)
        try:
            yield ours
        finally:
            with contextlib.suppress(psycopg2.Error):  # the server went first
                end_creating(ours)


def end_creating(ours: Databases) -> None:
    """End what a process that was killed still has the server create."""
    ours.ask(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE state = 'active' AND pid <> pg_backend_pid()"
        " AND starts_with(query, 'CREATE DATABASE') AND strpos(query, %s) > 0",
        ours.name(),
    )


def refuse(url: str) -> None:
    """Raise Refusal where no server answers at a URL, or its database is not `postgres`."""
    check(url, "the server's URL")
    name = unquote(urlsplit(url).path.removeprefix("/"))
    if name != MAINTENANCE:  # where the extension is made
        raise Refusal(
            f"the database {name or '(none)'!r} is not ours to work beside: let the URL end in "
            f"/{MAINTENANCE}; only databases named {BENCH}… are made there, and dropped"
        )


def require(ours: Databases) -> None:
    """Raise Refusal where the role is no superuser, or the server lacks pg_stat_statements."""
    [(superuser,)] = ours.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if not superuser:
        raise Refusal(
            "the role is no superuser, and plans and buffers are for superusers to see: "
            "name another role, or leave the server to us"
        )
    [(version, libraries)] = ours.ask(
        "SELECT current_setting('server_version_num')::int,"
        " current_setting('shared_preload_libraries')"
    )
    if version < 150000 or "pg_stat_statements" not in libraries:
        raise Refusal(
            "PostgreSQL 15 or newer with shared_preload_libraries = 'pg_stat_statements' is "
            "needed: set that and restart it, or leave the server to us"
        )
    ours.ask("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def settings(ours: Databases) -> dict[str, str]:
    """The server's settings that matter to the figures."""
    return {name: ours.ask(f"SHOW {name}")[0][0] for name in REPORTED}


def version(ours: Databases) -> str:
    """Such as "18.6"."""
    text: str = ours.ask("SHOW server_version")[0][0]
    return text.split()[0]

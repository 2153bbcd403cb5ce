"""The benchmarks' databases on one PostgreSQL server, ours or one's own.

Only databases whose names begin with PREFIX, and the test databases of suites that run on them,
are made and dropped; whatever ends the run, they go.
"""

import contextlib
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from tools.postgres import PostgresError, check

PREFIX = "extending_user_bench_"
TEST_PREFIX = f"test_{PREFIX}"  # as Django names the databases of a suite that runs on ours
MAINTENANCE = "postgres"
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


class DatabasesError(Exception):
    """The server or the database will not do; the text is one line that says what to do."""


REFUSALS = (DatabasesError, PostgresError)


class Databases:
    """The databases of one run. `url` names the server and its maintenance database.

    Raises DatabasesError where that database is not `postgres`, where the role is no superuser,
    or where the server does not load pg_stat_statements; PostgresError where it does not answer.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        check(url, "the server's URL")
        name = unquote(urlsplit(url).path.removeprefix("/"))
        if name != MAINTENANCE:  # where all runs' locks are
            raise DatabasesError(
                f"the database {name or '(none)'!r} is not ours to work beside: let the URL end "
                f"in /{MAINTENANCE}; only databases named {PREFIX}… are made there, and dropped"
            )
        self.admin = psycopg2.connect(url, connect_timeout=5)
        self.admin.autocommit = True
        self._check()
        # Held as long as this run lives, so that a later one knows which databases are orphans.
        self.token = secrets.token_hex(3)
        self.ask("SELECT pg_advisory_lock(hashtext(%s))", PREFIX + self.token)
        self._drop_orphans()

    def _check(self) -> None:
        [(superuser,)] = self.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not superuser:
            raise DatabasesError(
                "the role is no superuser, and plans and buffers are for superusers to see: "
                "name another role, or leave the server to us"
            )
        [(version, libraries)] = self.ask(
            "SELECT current_setting('server_version_num')::int,"
            " current_setting('shared_preload_libraries')"
        )
        if version < 150000 or "pg_stat_statements" not in libraries:
            raise DatabasesError(
                "PostgreSQL 15 or newer with shared_preload_libraries = 'pg_stat_statements' is "
                "needed: set that and restart it, or leave the server to us"
            )
        self.ask("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def ask(self, statement: str | sql.Composed, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement on the maintenance database; none where it returns none."""
        with self.admin.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def name(self, *parts: str) -> str:
        """The name of a database of this run."""
        return "_".join([PREFIX + self.token, *parts])

    def url_of(self, name: str) -> str:
        """The URL of another database on the same server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create(self, name: str, template: str = "template0", *, large: bool = False) -> None:
        """Create a database, a page-wise copy of the template; replace the one of that name.

        Safe to call from several threads. Large ones are copied file by file, which waits for a
        checkpoint before and after; small ones through the WAL, which does not.
        """
        strategy = sql.SQL("file_copy" if large else "wal_log")
        names = sql.Identifier(name), sql.Identifier(template)
        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(names[0]))
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(*names, strategy)
                )
        finally:
            connection.close()

    def drop(self, name: str) -> None:
        """Drop a database of ours, also from under its connections."""
        if not name.startswith((PREFIX, TEST_PREFIX)):
            raise DatabasesError(f"the database {name!r} is not ours to drop")
        self.ask(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def drop_all(self) -> None:
        """Drop every database of this run."""
        for name in self._names(self.token):
            self.drop(name)

    def _names(self, token: str = "") -> list[str]:
        rows = self.ask(
            "SELECT datname FROM pg_database"
            " WHERE starts_with(datname, %s) OR starts_with(datname, %s)",
            PREFIX + token,
            TEST_PREFIX + token,
        )
        return [name for (name,) in rows]

    def _drop_orphans(self) -> None:
        """Drop what a run left that was killed: nobody holds its lock any more."""
        for name in self._names():
            token = re.match(r"[0-9a-f]{6}(?=_)", name.partition(PREFIX)[2])
            if token is None:
                continue
            [(free,)] = self.ask("SELECT pg_try_advisory_lock(hashtext(%s))", PREFIX + token[0])
            if free:
                self.drop(name)
                self.ask("SELECT pg_advisory_unlock(hashtext(%s))", PREFIX + token[0])

    def settings(self) -> dict[str, str]:
        """The server's settings that matter to the figures."""
        return {name: self.ask(f"SHOW {name}")[0][0] for name in REPORTED}

    def version(self) -> str:
        """Such as "18.6"."""
        version: str = self.ask("SHOW server_version")[0][0]
        return version.split()[0]


@contextlib.contextmanager
def databases(url: str) -> Iterator[Databases]:
    """The databases of one run, dropped at its end. Raises DatabasesError."""
    ours = Databases(url)
    try:
        yield ours
    finally:
        with contextlib.suppress(psycopg2.Error):  # the server went first
            ours.drop_all()
            ours.admin.close()

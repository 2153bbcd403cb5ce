"""The databases of one run on one PostgreSQL server, ours or one's own.

Only databases whose names begin with the run's prefix, and the test databases of suites that run
on them, are made and dropped; whatever ends the run, they go, at the latest with the next run.
"""

import contextlib
import re
import secrets
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from harness.cli import Refusal
from harness.postgres import postgresql

DEMO, PROOF, BENCH = (f"extending_user_{name}_" for name in ("demo", "proof", "bench"))
DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"


class Databases:
    """The databases of one run; `url` names the server and a database that is connected to.

    That connection lives as long as the run, and bears its token, so that a later run knows
    which databases are orphans. A process that has a part in another's run is given its `token`,
    and drops nothing but what it names. Raises psycopg2.Error where the server does not let us.
    """

    def __init__(self, url: str, prefix: str, token: str = "") -> None:
        self.url, self.prefix = url, prefix
        self.token = token or secrets.token_hex(3)
        self.admin = psycopg2.connect(
            url, connect_timeout=5, application_name=f"{prefix}{self.token}"
        )
        self.admin.autocommit = True
        if not token:
            self._drop_orphans()

    def ask(self, statement: str | sql.Composed, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement on the database that the URL names; none where it returns none."""
        with self.admin.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def name(self, *parts: str) -> str:
        """The name of a database of this run."""
        return "_".join([f"{self.prefix}{self.token}", *parts])

    def url_of(self, name: str) -> str:
        """The URL of another database on the same server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create(self, name: str, template: str = "template0", *, large: bool = False) -> str:
        """Create a database, a page-wise copy of the template; replace the one of that name.

        Returns its URL. Safe to call from several threads. Large ones are copied file by file,
        which waits for a checkpoint before and after; small ones through the WAL, which does not.
        """
        strategy = sql.SQL("file_copy" if large else "wal_log")
        names = sql.Identifier(name), sql.Identifier(template)
        create = "CREATE DATABASE {} TEMPLATE {} STRATEGY {}"
        with contextlib.closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL(DROP).format(names[0]))
                if connection.server_version < 150000:
                    cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
                else:
                    cursor.execute(sql.SQL(create).format(*names, strategy))
        return self.url_of(name)

    @contextlib.contextmanager
    def fresh(self, *parts: str) -> Iterator[str]:
        """The URL of a new, empty database, dropped after the block with a suite's beside it."""
        name = self.name(*parts)
        try:
            yield self.create(name)
        finally:
            for one in self._names(name):
                self.drop(one)

    def drop(self, name: str) -> None:
        """Drop a database of ours, also from under its connections."""
        if not name.removeprefix("test_").startswith(self.prefix):
            raise Refusal(f"the database {name!r} is not ours to drop")
        self.ask(sql.SQL(DROP).format(sql.Identifier(name)))

    def drop_all(self) -> None:
        """Drop every database of this run."""
        for name in self._names(f"{self.prefix}{self.token}"):
            self.drop(name)

    def _names(self, start: str) -> list[str]:
        rows = self.ask(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            " OR starts_with(datname, %s)",
            *(start, f"test_{start}"),
        )
        return [name for (name,) in rows]

    def _drop_orphans(self) -> None:
        """Drop what a run left that was killed: no connection bears its token any more."""
        rows = self.ask("SELECT application_name FROM pg_stat_activity")
        living = {name for (name,) in rows}
        for name in self._names(self.prefix):
            owner = re.match(f"(?:test_)?({self.prefix}[0-9a-f]{{6}})_", name)
            if owner and owner[1] not in living:
                self.drop(name)


@contextlib.contextmanager
def databases(url: str, prefix: str) -> Iterator[Databases]:
    """The databases of one run on a server, dropped at its end."""
    ours = Databases(url, prefix)
    try:
        yield ours
    finally:
        with contextlib.suppress(psycopg2.Error):  # the server went first
            ours.drop_all()
            ours.admin.close()


@contextlib.contextmanager
def on_a_server(prefix: str) -> Iterator[Databases]:
    """The databases of one run on the server of DATABASE_URL, else on a new one."""
    with postgresql() as url, databases(url, prefix) as ours:
        yield ours

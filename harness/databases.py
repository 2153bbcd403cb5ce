"""The databases of one run on one PostgreSQL server, ours or one's own.

Only databases whose names begin with the run's prefix, and the test databases of suites that run
on them, are made and dropped; whatever ends the run, they go, at the latest with the next run.
"""

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from harness.cli import Refusal
from harness.postgres import postgresql

DEMO, PROOF, BENCH = (f"extending_user_{name}_" for name in ("demo", "proof", "bench"))
DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]


@contextlib.contextmanager
def connected(url: str) -> Iterator[Ask]:
    """Ask a database on a connection of its own: the rows of a statement, each for itself."""
    with contextlib.closing(psycopg2.connect(url, connect_timeout=10)) as connection:
        connection.autocommit = True
        yield partial(rows, connection)


def rows(connection: Any, statement: str | sql.Composed, *parameters: Any) -> Rows:
    """The rows of a statement; none where it returns none."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


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

    def ask(self, statement: str | sql.Composed, *parameters: Any) -> Rows:
        """The rows of a statement on the database that the URL names."""
        return rows(self.admin, statement, *parameters)

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
        if self.admin.server_version < 150000:
            create = create.removesuffix(" STRATEGY {}")
        with connected(self.url) as ask:
            ask(sql.SQL(DROP).format(names[0]))
            ask(sql.SQL(create).format(*names, strategy))
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
        found = self.ask(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            " OR starts_with(datname, %s)",
            *(start, f"test_{start}"),
        )
        return [name for (name,) in found]

    def _drop_orphans(self) -> None:
        """Drop what a run left that was killed: no connection bears its token any more."""
        living = {name for (name,) in self.ask("SELECT application_name FROM pg_stat_activity")}
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
def on_a_server(prefix: str, *, durable: bool = False) -> Iterator[Databases]:
    """The databases of one run on the server of DATABASE_URL, else on a new one."""
    with postgresql(durable=durable) as url, databases(url, prefix) as ours:
        yield ours

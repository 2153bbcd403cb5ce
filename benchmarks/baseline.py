"""The baseline in this process: bare psycopg2 on one wide table with the indexes it needs.

What a strategy costs beyond it is the price of Django and of the strategy. Files and pages call
it the floor.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from benchmarks import people
from benchmarks.people import PAGE, Person, Row
from harness.databases import rows

SCHEMA = Path(__file__).with_name("baseline.sql")


class Baseline:
    """The same interface as a variant's `Site`, which describes it, and what operations need.

    `url` names the server; `note` is told of each statement.
    """

    method = "baseline"
    COLUMNS = ", ".join(people.COLUMNS)
    ALL_COLUMNS = (
        "username, email, password, is_active, date_joined, discord_id, zoom_id, birthdate"
    )
    INSERT = f"INSERT INTO player ({ALL_COLUMNS}) VALUES (%s, %s, %s, %s, now(), %s, %s, %s)"
    seeding: dict[str, str] = {  # noqa: RUF012
        "player": f"INSERT INTO player (id, {ALL_COLUMNS}) SELECT number, username, email,"
        " %(password)s, is_active, timestamptz '2026-01-01', discord_id, zoom_id, birthdate"
        " FROM people ORDER BY number"
    }

    def __init__(self, url: str, note: Callable[[str], None]) -> None:
        self._url, self._note = url, note
        self._connection: Connection | None = None

    def connect(self, database: str) -> None:
        self.leave()
        self._connection = psycopg2.connect(
            urlunsplit(urlsplit(self._url)._replace(path=f"/{database}"))
        )
        self._connection.autocommit = True

    def connection(self) -> Connection:
        assert self._connection is not None
        return self._connection

    def leave(self) -> None:
        if self._connection:
            self._connection.close()

    def migrate(self) -> None:
        rows(self.connection(), SCHEMA.read_text())

    # What the operations use.

    def ask(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement, which is one round trip."""
        self._note(statement)
        return rows(self.connection(), statement, *parameters)

    @contextlib.contextmanager
    def streamed(self, statement: str, at_once: int) -> Iterator[Cursor]:
        """The rows of one statement, so many at once, by a cursor of the server's."""
        self._note(statement)
        connection = self.connection()
        connection.autocommit = False
        try:
            with connection, connection.cursor("streamed") as cursor:
                cursor.itersize = at_once
                cursor.execute(statement)
                yield cursor
        finally:
            connection.autocommit = True

    def row(self, columns: tuple[Any, ...]) -> Row:
        """A row of COLUMNS as an answer."""
        *values, born = columns
        return [*values, born and born.isoformat()]

    def read_back(self, username: str) -> Row | None:
        condition = "username_key = lower(%s)"
        found = self.ask(f"SELECT {self.COLUMNS} FROM player WHERE {condition}", username)
        return self.row(found[0]) if found else None

    def number_of(self, one: Person) -> int:
        """A player's key in the table."""
        [(number,)] = self.ask(
            "SELECT id FROM player WHERE username_key = lower(%s)", one.username
        )
        return int(number)

    def page(self, condition: str, *parameters: Any) -> list[Row]:
        """The first page of active players that meet a condition."""
        found = self.ask(
            f"SELECT {self.COLUMNS} FROM player WHERE is_active AND {condition}"
            f" ORDER BY username_key LIMIT {PAGE}",
            *parameters,
        )
        return [self.row(one) for one in found]

    def values(self, new: Person, password: str, is_active: bool = True) -> list[Any]:
        """Of a new player, for INSERT."""
        return [new.username, new.email, password, is_active, *new.details.values()]

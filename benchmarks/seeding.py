"""Fill an empty database of a target with the players of a seed, in the database's own SQL.

Indexes and keys are dropped before and made again after, from their own definitions: that is what
makes a million players a matter of seconds. `seeding.sql` has what is asked for that.
"""

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as Cursor

from benchmarks.people import Players, one_round_password

QUERIES = re.compile(r"^-- (\w+): .*?\n(.+?);$", re.MULTILINE | re.DOTALL)
SQL = dict(QUERIES.findall(Path(__file__).with_suffix(".sql").read_text()))


@contextlib.contextmanager
def cursor_of(url: str) -> Iterator[Cursor]:
    """A cursor on a connection of its own, each statement a transaction."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def ask(cursor: Cursor, name: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query of seeding.sql."""
    cursor.execute(SQL[name], values)
    return cursor.fetchall()


def run_made(cursor: Cursor, name: str, **values: Any) -> None:
    """Run each statement that a query of seeding.sql makes."""
    for (statement,) in ask(cursor, name, **values):
        cursor.execute(statement)


def seed_database(url: str, inserts: dict[str, str], players: Players) -> float:
    """Fill a migrated, empty database by a statement for each table.

    Returns the seconds for rows, indexes and keys; VACUUM and ANALYZE come after them. Raises
    psycopg2.Error.
    """
    with cursor_of(url) as cursor:
        start = time.perf_counter()
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute("SET jit = off")
        players.make_table(cursor)
        cursor.execute("ANALYZE people")
        with _without_indexes(cursor, list(inserts)):
            for insert in inserts.values():
                cursor.execute(insert, {"password": one_round_password()})
        run_made(cursor, "sequences", tables=list(inserts))
        seconds = time.perf_counter() - start
        _settle(cursor)
    return seconds


@contextlib.contextmanager
def _without_indexes(cursor: Cursor, tables: list[str]) -> Iterator[None]:
    """Drop the tables' indexes and keys, those that point to them too, and make them again."""
    constraints = ask(cursor, "constraints", tables=tables)
    for drop, _ in constraints:
        cursor.execute(drop)
    indexes = ask(cursor, "indexes", tables=tables)
    for drop, _ in indexes:
        cursor.execute(drop)
    yield
    for _, make in [*indexes, *reversed(constraints)]:
        cursor.execute(make)


def _settle(cursor: Cursor) -> None:
    """Leave a database in which every run finds the same pages and the same plans."""
    run_made(cursor, "autovacuum")
    run_made(cursor, "samples")
    # VACUUM believes a commit once its WAL is flushed: where commits do not wait, one that does.
    cursor.execute("SET synchronous_commit = on")
    cursor.execute("SELECT pg_current_xact_id()")
    for _ in range(20):
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        unsettled = ask(cursor, "unsettled")
        if not unsettled:
            return
        time.sleep(0.5)  # autovacuum came first, and still looks at what was before
    raise psycopg2.OperationalError(f"VACUUM left pages that are not all visible: {unsettled}")


def drop_index(url: str, table: str, columns: str) -> None:
    """Drop a table's index on these columns."""
    with cursor_of(url) as cursor:
        run_made(cursor, "index", table=table, columns=f" {columns}")


def storage(url: str) -> dict[str, Any]:
    """Bytes on disk: of all tables that have rows with their indexes, and by relation."""
    with cursor_of(url) as cursor:
        rows = ask(cursor, "storage")
    relations = {table: {"table": size, "indexes": indexes} for table, size, indexes in rows}
    total = sum(size + sum(indexes.values()) for _, size, indexes in rows)
    return {"bytes": total, "relations": relations}

"""Fill an empty database of a target with the players of a seed, in the database's own SQL.

Indexes and keys are dropped before and made again after, from their own definitions: that is what
makes a million players a matter of seconds. `seeding.sql` has what is asked for that.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from benchmarks.databases import queries, query
from benchmarks.people import Players, one_round_password

SQL = queries(Path(__file__).with_suffix(".sql"))


@contextlib.contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection of its own, each statement a transaction."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        yield connection


def run_made(connection: Connection, name: str, **values: Any) -> None:
    """Run each statement that a query makes."""
    for (statement,) in query(connection, SQL[name], **values):
        query(connection, statement)


def seed_database(url: str, inserts: dict[str, str], players: Players) -> float:
    """Fill a migrated, empty database by a statement for each table.

    Returns the seconds for rows, indexes and keys; VACUUM and ANALYZE come after them. Raises
    psycopg2.Error.
    """
    with connected(url) as connection:
        start = time.perf_counter()
        query(connection, "SET maintenance_work_mem = '256MB'")
        query(connection, "SET jit = off")
        players.make_table(connection)
        with _without_indexes(connection, list(inserts)):
            for insert in inserts.values():
                query(connection, insert, password=one_round_password())
        run_made(connection, "sequences", tables=list(inserts))
        seconds = time.perf_counter() - start
        _settle(connection)
    return seconds


@contextlib.contextmanager
def _without_indexes(connection: Connection, tables: list[str]) -> Iterator[None]:
    """Drop the tables' indexes and keys, those that point to them too, and make them again."""
    constraints = query(connection, SQL["constraints"], tables=tables)
    for drop, _ in constraints:
        query(connection, drop)
    indexes = query(connection, SQL["indexes"], tables=tables)
    for drop, _ in indexes:
        query(connection, drop)
    yield
    for _, make in [*indexes, *reversed(constraints)]:
        query(connection, make)


def _settle(connection: Connection) -> None:
    """Leave a database in which every run finds the same pages and the same plans."""
    run_made(connection, "autovacuum")
    run_made(connection, "samples")
    # VACUUM believes a commit once its WAL is flushed: where commits do not wait, one that does.
    query(connection, "SET synchronous_commit = on")
    query(connection, "SELECT pg_current_xact_id()")
    for _ in range(20):
        query(connection, "VACUUM (FREEZE, ANALYZE)")
        unsettled = query(connection, SQL["unsettled"])
        if not unsettled:
            return
        time.sleep(0.5)  # autovacuum came first, and still looks at what was before
    raise psycopg2.OperationalError(f"VACUUM left pages that are not all visible: {unsettled}")


def drop_index(url: str, table: str, columns: str) -> None:
    """Drop a table's index on these columns."""
    with connected(url) as connection:
        run_made(connection, "index", table=table, columns=f" {columns}")


def storage(url: str) -> dict[str, Any]:
    """Bytes on disk: of all tables that have rows with their indexes, and by relation."""
    with connected(url) as connection:
        found = query(connection, SQL["storage"])
    relations = {table: {"table": size, "indexes": indexes} for table, size, indexes in found}
    total = sum(size + sum(indexes.values()) for _, size, indexes in found)
    return {"bytes": total, "relations": relations}

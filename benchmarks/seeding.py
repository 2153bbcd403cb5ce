"""Fill an empty database of a target with the players of a seed, in the database's own SQL.

Indexes and keys are dropped before and made again after, from their own definitions: that is what
makes a million players a matter of seconds.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from benchmarks.people import PEOPLE, Players, one_round_password


def seed_database(url: str, inserts: dict[str, str], players: Players) -> float:
    """Fill a migrated, empty database by a statement for each table.

    Returns the seconds for rows, indexes and keys; VACUUM and ANALYZE come after them. Raises
    psycopg2.Error.
    """
    with contextlib.closing(psycopg2.connect(url)) as connection:
        start = time.perf_counter()
        _fill(connection, inserts, players)
        seconds = time.perf_counter() - start
        connection.autocommit = True
        with connection.cursor() as cursor:
            _settle(cursor)
    return seconds


def _fill(connection: Connection, inserts: dict[str, str], players: Players) -> None:
    password = one_round_password()
    values = {"players": players.count, "seed": str(players.seed), "password": password}
    with connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(PEOPLE, values)
        cursor.execute("ANALYZE people")
        with _without_indexes(cursor, list(inserts)):
            for insert in inserts.values():
                cursor.execute(insert, values)
        for table in inserts:
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND pg_get_serial_sequence(%s, attname) IS NOT NULL",
                [table, table],
            )
            for (column,) in cursor.fetchall():
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), "
                    f'(SELECT max("{column}") FROM "{table}"))',
                    [table, column],
                )


@contextlib.contextmanager
def _without_indexes(cursor: Cursor, tables: list[str]) -> Iterator[None]:
    """Drop the tables' indexes and keys, those that point to them too, and make them again."""
    cursor.execute(
        """
        SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid), contype
        FROM pg_constraint
        WHERE contype IN ('f', 'p', 'u')
          AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))
        ORDER BY contype
        """,
        {"tables": tables},
    )
    constraints = cursor.fetchall()  # foreign keys first: they hang on the others
    for table, name, _, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[])",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    for table, name, definition, _ in reversed(constraints):
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _settle(cursor: Cursor) -> None:
    """Leave a database in which every run finds the same pages and the same plans.

    A sample of three million rows is all of most tables, so ANALYZE cannot draw another one; on
    one unique column alone it does not slow down planning. Autovacuum stays away.
    """
    cursor.execute(
        "SELECT relname FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    tables = [name for (name,) in cursor.fetchall()]
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = off)')
    cursor.execute(
        "SELECT indrelid::regclass::text, quote_ident(attname) FROM pg_index JOIN pg_attribute"
        " ON attrelid = indrelid AND attnum = indkey[0]"
        " WHERE indisprimary AND indrelid = ANY (%s::regclass[])",
        [[f'"{table}"' for table in tables]],
    )
    for table, column in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 10000")
    # VACUUM believes a commit once its WAL is flushed: where commits do not wait, one that does.
    cursor.execute("SET synchronous_commit = on")
    cursor.execute("SELECT pg_current_xact_id()")
    unsettled: list[Any] = []
    for _ in range(20):
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute(
            "SELECT relname, relpages, relallvisible FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND relallvisible < relpages"
        )
        unsettled = cursor.fetchall()
        if not unsettled:
            return
        time.sleep(0.5)  # autovacuum came first, and still looks at what was before
    raise psycopg2.OperationalError(f"VACUUM left pages that are not all visible: {unsettled}")


def drop_index(url: str, table: str, columns: str) -> None:
    """Drop a table's index, found by how PostgreSQL writes its columns: most bear a hash."""
    closing = contextlib.closing(psycopg2.connect(url))
    with closing as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
            " AND tablename = %s AND right(indexdef, length(%s)) = %s",
            [table, f" {columns}", f" {columns}"],
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{index}"')


def storage(url: str) -> dict[str, Any]:
    """Bytes on disk: of all tables that have rows with their indexes, and by relation."""
    closing = contextlib.closing(psycopg2.connect(url))
    with closing as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, pg_table_size(t.oid), coalesce("
            " json_object_agg(i.relname, pg_relation_size(i.oid) ORDER BY i.relname)"
            " FILTER (WHERE i.oid IS NOT NULL), '{}')"
            " FROM pg_class t LEFT JOIN pg_index ON indrelid = t.oid"
            " LEFT JOIN pg_class i ON i.oid = indexrelid"
            " WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace"
            " AND t.reltuples > 0 GROUP BY t.oid, t.relname ORDER BY t.relname"
        )
        rows = cursor.fetchall()
    relations = {table: {"table": size, "indexes": indexes} for table, size, indexes in rows}
    total = sum(size + sum(indexes.values()) for _, size, indexes in rows)
    return {"bytes": total, "relations": relations}

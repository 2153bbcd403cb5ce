"""Fill an empty database of a target with the players of a seed, in the database's own SQL.

Indexes and keys are dropped before and made again after, from their own definitions: that is what
makes a million players a matter of seconds.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2.extensions import cursor as Cursor

from benchmarks.people import Players, one_round_password


@contextlib.contextmanager
def cursor_of(url: str) -> Iterator[Cursor]:
    """A cursor on a connection of its own, each statement a transaction."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def run_made(cursor: Cursor, query: str, *parameters: Any) -> None:
    """Run each statement that a query makes."""
    cursor.execute(query, parameters)
    for (statement,) in cursor.fetchall():
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
        run_made(
            cursor,
            "SELECT format('SELECT setval(%%L, (SELECT max(%%I) FROM %%s))', sequence, attname, t)"
            " FROM unnest(%s::regclass[]) AS t JOIN pg_attribute ON attrelid = t AND attnum > 0,"
            " pg_get_serial_sequence(t::text, attname) AS sequence WHERE sequence IS NOT NULL",
            list(inserts),
        )
        seconds = time.perf_counter() - start
        cursor.execute("RESET jit")
        _settle(cursor)
    return seconds


@contextlib.contextmanager
def _without_indexes(cursor: Cursor, tables: list[str]) -> Iterator[None]:
    """Drop the tables' indexes and keys, those that point to them too, and make them again."""
    cursor.execute(
        """
        SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
               format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
                      pg_get_constraintdef(oid))
        FROM pg_constraint
        WHERE contype IN ('f', 'p', 'u')
          AND (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))
        ORDER BY contype
        """,
        {"tables": tables},
    )
    constraints = cursor.fetchall()  # foreign keys first: they hang on the others
    for drop, _ in constraints:
        cursor.execute(drop)
    cursor.execute(
        "SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)"
        " FROM pg_index WHERE indrelid = ANY (%s::regclass[])",
        [tables],
    )
    indexes = cursor.fetchall()
    for drop, _ in indexes:
        cursor.execute(drop)
    yield
    for _, make in [*indexes, *reversed(constraints)]:
        cursor.execute(make)


def _settle(cursor: Cursor) -> None:
    """Leave a database in which every run finds the same pages and the same plans.

    A sample of three million rows is all of most tables, so ANALYZE cannot draw another one; on
    one unique column alone it does not slow down planning. Autovacuum stays away.
    """
    ours = "relkind = 'r' AND relnamespace = 'public'::regnamespace"
    run_made(
        cursor,
        "SELECT format('ALTER TABLE %%I SET (autovacuum_enabled = off)', relname)"
        f" FROM pg_class WHERE {ours}",
    )
    run_made(
        cursor,
        "SELECT format('ALTER TABLE %%I ALTER COLUMN %%I SET STATISTICS 10000', relname, attname)"
        " FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
        f" JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
        f" WHERE indisprimary AND {ours}",
    )
    # VACUUM believes a commit once its WAL is flushed: where commits do not wait, one that does.
    cursor.execute("SET synchronous_commit = on")
    cursor.execute("SELECT pg_current_xact_id()")
    unsettled: list[Any] = []
    for _ in range(20):
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute(
            "SELECT relname, relpages, relallvisible FROM pg_class"
            f" WHERE {ours} AND relallvisible < relpages"
        )
        unsettled = cursor.fetchall()
        if not unsettled:
            return
        time.sleep(0.5)  # autovacuum came first, and still looks at what was before
    raise psycopg2.OperationalError(f"VACUUM left pages that are not all visible: {unsettled}")


def drop_index(url: str, table: str, columns: str) -> None:
    """Drop a table's index, found by how PostgreSQL writes its columns: most bear a hash."""
    with cursor_of(url) as cursor:
        run_made(
            cursor,
            "SELECT format('DROP INDEX %%I', indexname) FROM pg_indexes"
            " WHERE schemaname = current_schema() AND tablename = %s"
            " AND right(indexdef, length(%s)) = %s",
            *(table, f" {columns}", f" {columns}"),
        )


def storage(url: str) -> dict[str, Any]:
    """Bytes on disk: of all tables that have rows with their indexes, and by relation."""
    with cursor_of(url) as cursor:
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

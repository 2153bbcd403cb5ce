"""The schema of a database, as its own catalogue describes it, one line for each thing.

The order of columns is left out, and what belongs to the app `league` is not: its keys have to
follow the users' table.
"""

import difflib

from harness.databases import connected

CATALOGUE = """
WITH ours AS (
    SELECT oid, relname::text, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
)
SELECT format('column %s.%s %s %s default %s %s', relname, attname,
              format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
              pg_get_expr(adbin, adrelid), attidentity)
FROM ours JOIN pg_attribute ON attrelid = ours.oid AND relkind = 'r'
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped
UNION ALL
SELECT format('constraint %s.%s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT pg_get_triggerdef(pg_trigger.oid)
FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql')
UNION ALL
SELECT 'sequence ' || relname FROM ours WHERE relkind = 'S'
"""


def schema(url: str) -> list[str]:
    """The lines, sorted."""
    with connected(url) as ask:
        return sorted(line for (line,) in ask(CATALOGUE))


def differences(one: str, other: str) -> list[str]:
    """The lines that only one of two databases has: `-` the first, `+` the second."""
    lines = difflib.unified_diff(schema(one), schema(other), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]

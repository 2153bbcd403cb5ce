"""A statement with its values in it: what differs from run to run has a name instead."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

SESSION_KEY = re.compile(r"[0-9a-z]{32}")
NAMED = {"session_key", "session_data", "password"}
# What stands before a placeholder that is compared with a column.
COMPARED = re.compile(r'"(\w+)"(?:\)|::\w+)*\s*(?:=|<>|<=|>=|<|>|IN \()\s*(?:LOWER\()?$')
COLUMNS = re.compile(r'INSERT INTO "\w+" \(([^)]*)\)')
LISTED = re.compile(r"\b\w+\.\w+(?:, \w+\.\w+){3,}")
SAME = re.compile(r"(:\w+)(?:, \1)+")


def normalised(sql: str, params: Sequence[Any] | None) -> str:
    """The statement with its values in it, without quotes around plain names.

    Ids, times, session keys and hashes become :id, :time, :session_key and so on; four columns
    or more become a comment that counts them.
    """
    pieces = sql.split("%s") if params else [sql]
    inserted = COLUMNS.match(sql)
    columns = re.findall(r"\w+", inserted[1]) if inserted else []
    text, column = unquoted(pieces[0]), ""
    for place, (value, before, after) in enumerate(
        zip(params or (), pieces, pieces[1:], strict=False)
    ):
        if columns and place < before_conflict(pieces, len(columns)):
            column = columns[place % len(columns)]
        elif found := COMPARED.search(before):
            column = found[1]
        elif before.strip() != ",":
            column = ""
        text += literal(value, column) + unquoted(after)
    return LISTED.sub(counted, SAME.sub(r"\1, …", text.replace("%%", "%")))


def before_conflict(pieces: list[str], columns: int) -> int:
    """How many placeholders of an INSERT are values of its rows."""
    rows = 0
    for piece in pieces[:-1]:
        if "ON CONFLICT" in piece:
            break
        rows += 1
    return rows - rows % columns if rows % columns == 0 else rows


def unquoted(sql: str) -> str:
    return re.sub(r'"([a-z_][a-z0-9_]*)"', r"\1", sql)


def literal(value: Any, column: str) -> str:
    """A value as SQL writes it, or the name of what differs from run to run."""
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return f"ARRAY[{', '.join(literal(one, column) for one in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if column in NAMED:
        return f":{column}"
    if isinstance(value, datetime):
        return ":time"
    if isinstance(value, int):
        return ":id" if column == "id" or column.endswith("_id") else str(value)
    if isinstance(value, date):
        return f"'{value.isoformat()}'"
    text = str(value)
    if SESSION_KEY.fullmatch(text):
        return ":session_key"
    return "'" + text.replace("'", "''") + "'"


def counted(columns: re.Match[str]) -> str:
    """A list of columns as how many of which table."""
    tables = Counter(name.partition(".")[0] for name in columns[0].split(", "))
    of = ", ".join(
        f"{count} column{'s' if count > 1 else ''} of {table}" for table, count in tables.items()
    )
    return f"/* {of} */"

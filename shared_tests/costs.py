"""What an operation costs, counted at the connection."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from shared_tests.hashers import CountingHasher
from shared_tests.transcript import normalised

TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Cost:
    """Data statements in their order (no savepoints) and the values of each, commits that write,
    password hashes."""

    statements: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    commits: int = 0
    hashes: int = 0

    def figures(self) -> dict[str, int]:
        return {
            "statements": len(self.statements),
            "joins": sum(sql.count(" JOIN ") for sql in self.statements),
            "commits": self.commits,
            "hashes": self.hashes,
        }

    def written_down(self) -> list[dict[str, str]]:
        """Each statement with its values, and in words."""
        return [
            {"sql": normalised(sql, values), "words": in_words(sql)}
            for sql, values in zip(self.statements, self.values, strict=True)
        ]


@contextmanager
def measured() -> Iterator[Cost]:
    """Count what happens inside.

    Outside a transaction each write is a commit of its own; inside, all writes together are
    one, at the outermost COMMIT.
    """
    cost = Cost()
    hashes_before = CountingHasher.calls
    writing = False

    def committed() -> None:
        nonlocal writing
        writing = False
        cost.commits += 1

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal writing
        if not sql.lstrip().startswith(TRANSACTION_CONTROL):
            cost.statements.append(sql)
            cost.values.append(params)
        if sql.lstrip().startswith(WRITES):
            if not connection.in_atomic_block:
                cost.commits += 1
            elif not writing:
                writing = True
                connection.on_commit(committed)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield cost
    cost.hashes = CountingHasher.calls - hashes_before


def in_words(sql: str) -> str:
    """A statement's verb and tables, such as "SELECT user JOIN players_person".

    The table of accounts is called "user", whatever its name: the variants are to be compared.
    """
    verb = sql.split(None, 1)[0]
    tables = [
        f"{'JOIN ' if keyword == 'JOIN' else ''}{name}"
        for keyword, name in re.findall(r'(FROM|INTO|UPDATE|JOIN)\s+"(\w+)"', sql)
    ]
    return " ".join([verb, *tables]).replace(get_user_model()._meta.db_table, "user")

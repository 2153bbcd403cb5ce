"""Other ways to build a strategy, each a folder over its variant's.

A folder holds only the files that differ from the variant's. With PYTHONPATH naming the folder,
the variant and the project's root, in this order, `config` is the variant's, and `players` takes
each module from the folder or, where the folder has none, from the variant.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Alternative:
    """A folder over a variant's folder, both from the project's root."""

    id: str
    title: str
    what: str
    folder: str
    variant: str


ALTERNATIVES = {
    alternative.id: alternative
    for alternative in (
        Alternative(
            "profile_with_id",
            "profile, own id",
            "auth.User; the profile's table with an id of its own, so a column and an index more",
            "benchmarks/alternatives/profile_with_id",
            "profile_variant",
        ),
        Alternative(
            "proxy_with_json",
            "proxy, JSON",
            "a proxy of auth.User; details in one JSON document each, an index per searched key",
            "benchmarks/alternatives/proxy_with_json",
            "proxy_variant",
        ),
    )
}

# The index that filters by birth date and is easily forgotten, by subject: its table, and how
# PostgreSQL writes its columns. Django puts a hash into the names of most.
FORGOTTEN = {
    "proxy": ("players_playerattribute", "(name, value)"),
    "proxy_with_json": ("players_playerdetails", "(((data ->> 'birthdate'::text)))"),
    "profile": ("players_person", "(birthdate)"),
    "profile_with_id": ("players_person", "(birthdate)"),
    "custom": ("players_user", "(birthdate)"),
}


def forgotten_index(cursor: Any, subject: str) -> list[str]:
    """The names of the subject's index on birth dates; none where it is dropped already.

    The cursor is Django's or psycopg2's, in a database of the subject. Raises KeyError for a
    subject that has no such index.
    """
    table, columns = FORGOTTEN[subject]
    cursor.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
        " AND tablename = %s AND right(indexdef, length(%s)) = %s ORDER BY indexname",
        [table, f" {columns}", f" {columns}"],
    )
    return [name for (name,) in cursor.fetchall()]

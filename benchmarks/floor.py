"""The operations through bare psycopg2, on one wide table with the indexes they need.

Same names, keys and answers as in `through_django.py`; as few statements and round trips as
PostgreSQL allows. What a strategy costs beyond this is the price of Django and of the strategy.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from psycopg2.extensions import connection as Connection

from benchmarks.answers import Prepared, Row, as_it_is, digest
from benchmarks.operations import BULK, PAGE, Key
from benchmarks.people import PASSWORD, Person, one_round_password
from benchmarks.people import person as person_of_seed

# The worker sets these.
SEED = 1
CONNECTION: Connection | None = None  # in autocommit
NOTE: Callable[[str], None] | None = None  # told of each statement

COLUMNS = "username, email, is_active, discord_id, zoom_id, birthdate"
ALL_COLUMNS = "username, email, password, is_active, date_joined, discord_id, zoom_id, birthdate"
SESSION = "x" * 190  # as long as Django's signed session data


def ask(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of one statement, which is one round trip."""
    assert CONNECTION is not None
    if NOTE:
        NOTE(statement)
    with CONNECTION.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def person(number: int) -> Person:
    return person_of_seed(number, SEED)


def row(columns: tuple[Any, ...]) -> Row:
    *values, born = columns
    return [*values, born and born.isoformat()]


def read_back(username: str) -> Row | None:
    found = ask(f"SELECT {COLUMNS} FROM player WHERE username_key = lower(%s)", username)
    return row(found[0]) if found else None


def hashed(password: str, salt: str) -> str:
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 1)
    return f"pbkdf2_sha256$1${salt}${base64.b64encode(digest).decode()}"


def values(new: Person, password: str, is_active: bool = True) -> list[Any]:
    details = [new.discord_id, new.zoom_id, new.birthdate]
    return [new.username, new.email, password, is_active, *details]


VALUES = "(%s, %s, %s, %s, now(), %s, %s, %s)"
INSERT = f"INSERT INTO player ({ALL_COLUMNS}) VALUES {VALUES}"


def register(key: Key) -> Prepared:
    """One statement makes the account and its session; unique indexes are the only check."""
    new, session = person(key["number"]), secrets.token_hex(16)

    def run() -> None:
        password = hashed(PASSWORD, secrets.token_hex(11))
        ask(
            f"WITH new AS ({INSERT})"
            " INSERT INTO session VALUES (%s, %s, now() + interval '14 days')",
            *values(new, password),
            session,
            SESSION,
        )

    def answer(_: Any) -> Any:
        logged_in = ask("SELECT 1 FROM session WHERE key = %s", session)
        return [True, len(logged_in) == 1, read_back(new.username)]

    return run, answer


def save_registration(key: Key) -> Prepared:
    new = person(key["number"])

    def run() -> None:
        ask(INSERT, *values(new, hashed(PASSWORD, secrets.token_hex(11))))

    return run, lambda _: read_back(new.username)


def log_in(key: Key) -> Prepared:
    name, session = person(key["number"]).username.upper(), secrets.token_hex(16)

    def run() -> bool:
        [(number, password)] = ask(
            "SELECT id, password FROM player WHERE username_key = lower(%s) AND is_active", name
        )
        if not hmac.compare_digest(hashed(PASSWORD, password.split("$")[2]), password):
            return False
        ask(
            "WITH seen AS (UPDATE player SET last_login = now() WHERE id = %s)"
            " INSERT INTO session VALUES (%s, %s, now() + interval '14 days')",
            number,
            session,
            SESSION,
        )
        return True

    def answer(right: bool) -> Any:
        logged_in = ask("SELECT 1 FROM session WHERE key = %s", session)
        [(seen,)] = ask(
            "SELECT last_login IS NOT NULL FROM player WHERE username_key = lower(%s)", name
        )
        return [right, len(logged_in) == 1, seen]

    return run, answer


def by_username(key: Key) -> Prepared:
    name = person(key["number"]).username.upper()
    return lambda: read_back(name), as_it_is


def players(condition: str, *parameters: Any) -> list[Row]:
    """The first page of active players that meet a condition."""
    return [
        row(found)
        for found in ask(
            f"SELECT {COLUMNS} FROM player WHERE is_active AND {condition}"
            f" ORDER BY username_key LIMIT {PAGE}",
            *parameters,
        )
    ]


def by_discord_id(key: Key) -> Prepared:
    discord_id = person(key["number"]).discord_id.upper()
    condition = "lower(discord_id) = lower(%s) AND discord_id > ''"
    return lambda: players(condition, discord_id), as_it_is


def page_first(key: Key) -> Prepared:
    return lambda: players("true"), as_it_is


def page_deep(key: Key) -> Prepared:
    """Skip in the index alone, then fetch 50 rows."""
    offset = key["offset"]

    def run() -> list[Row]:
        found = ask(
            f"SELECT {COLUMNS} FROM player JOIN"
            " (SELECT id FROM player WHERE is_active ORDER BY username_key"
            f" LIMIT {PAGE} OFFSET %s) AS page USING (id) ORDER BY username_key",
            offset,
        )
        return [row(one) for one in found]

    return run, as_it_is


def page_keyset(key: Key) -> Prepared:
    after = key["after"]
    return lambda: players("username_key > lower(%s)", after), as_it_is


page_naive = page_first  # nobody writes an N+1 by hand


def born_between(key: Key) -> Prepared:
    """The count and the page come in one statement."""
    first = person(key["number"]).birthdate
    assert first is not None  # keys are players with all details
    last = first + timedelta(days=30)

    def run() -> list[Any]:
        found = ask(
            f"SELECT count(*) OVER (), {COLUMNS} FROM player"
            " WHERE is_active AND birthdate BETWEEN %s AND %s"
            f" ORDER BY username_key LIMIT {PAGE}",
            first,
            last,
        )
        return [found[0][0], [row(one[1:]) for one in found]]

    return run, as_it_is


def two_details(key: Key) -> Prepared:
    one = person(key["number"])
    assert one.birthdate is not None  # keys are players with all details
    born = one.birthdate - timedelta(30), one.birthdate + timedelta(30)
    condition = "lower(discord_id) = lower(%s) AND discord_id > '' AND birthdate BETWEEN %s AND %s"
    return lambda: players(condition, one.discord_id, *born), as_it_is


def number_of(username: str) -> int:
    [(number,)] = ask("SELECT id FROM player WHERE username_key = lower(%s)", username)
    return int(number)


def update_detail(key: Key) -> Prepared:
    name = person(key["number"]).username
    number, zoom_id = number_of(name), f"moved.{key['number']}"

    def run() -> None:
        ask("UPDATE player SET zoom_id = %s WHERE id = %s", zoom_id, number)

    return run, lambda _: read_back(name)


def per_birth_year(key: Key) -> Prepared:
    def run() -> list[list[int]]:
        found = ask(
            "SELECT extract(year FROM birthdate)::int AS year, count(*) FROM player"
            " WHERE birthdate IS NOT NULL GROUP BY year ORDER BY year"
        )
        return [list(pair) for pair in found]

    return run, as_it_is


def delete(key: Key) -> Prepared:
    name = person(key["number"]).username
    number = number_of(name)
    return lambda: ask("DELETE FROM player WHERE id = %s", number), lambda _: read_back(name)


def bulk_import(key: Key) -> Prepared:
    numbers = range(key["first"], key["first"] + BULK)
    people, password = [person(number) for number in numbers], one_round_password()
    sample = [people[index].username for index in (0, BULK // 2, BULK - 1)]

    def run() -> None:
        rows = [values(new, password, new.is_active) for new in people]
        ask(
            f"INSERT INTO player ({ALL_COLUMNS})"
            " SELECT username, email, password, is_active, now(), discord_id, zoom_id, birthdate"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[],"
            " %s::text[], %s::date[]) AS new (username, email, password, is_active, discord_id,"
            " zoom_id, birthdate)",
            *map(list, zip(*rows, strict=True)),
        )

    return run, lambda _: [read_back(name) for name in sample]


def export(key: Key) -> Prepared:
    def run() -> list[Any]:
        assert CONNECTION is not None
        statement = f"SELECT {COLUMNS} FROM player WHERE is_active ORDER BY username_key"
        if NOTE:
            NOTE(statement)
        CONNECTION.autocommit = False
        try:
            with CONNECTION, CONNECTION.cursor("export") as cursor:
                cursor.itersize = 2000
                cursor.execute(statement)
                return digest(row(one) for one in cursor)
        finally:
            CONNECTION.autocommit = True

    return run, as_it_is

"""How long each migration takes with many users, and how long visitors wait meanwhile.

All the time, three visitors each send a statement every 10 ms on a connection of their own: a
log-in, an edit of a detail and a read, of a user taken at random. A fourth connection looks every
50 ms for what they wait for. The server's commits reach the disk.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from harness.databases import Databases, connected
from harness.variants import VARIANTS, Variant
from proofs.migration_paths.deployment import Deployment
from proofs.migration_paths.paths import FINISH, PREPARE, SWITCH, Change, MigrationPath
from proofs.migration_paths.walk import Say, Walk, walking

PAUSE, LOOK = 0.01, 0.05  # seconds between two statements, and between two looks
NOTABLE = 0.2  # seconds that somebody waits before the cause is written down
USERS = """
INSERT INTO {users} (password, last_login, is_superuser, username, first_name, last_name, email,
                     is_staff, is_active, date_joined {columns})
SELECT 'pbkdf2_sha256$1000000$' || md5(i::text) || '$' || md5((i * 7)::text) || 'abcdefghijkl',
       now(), false, 'user' || i, 'First' || i % 1000, 'Last' || i % 997,
       'user' || i || '@example.com', false, true, now() {values}
FROM generate_series(1, {number}) AS i
"""
DISCORD, ZOOM = "'disc#' || i", "CASE WHEN i % 3 = 0 THEN '' ELSE 'zoom-' || i END"
BIRTHDATE = "CASE WHEN i % 4 = 0 THEN NULL ELSE date '1950-01-01' + i % 20000 END"
COLUMNS = ", discord_id, zoom_id, birthdate"
VALUES = f", {DISCORD}, {ZOOM}, {BIRTHDATE}"
# By the table that has the details, how many are made at once; where the user's has them, with it.
DETAILS = {
    "players_person": f"""
        INSERT INTO players_person SELECT i, {DISCORD}, {ZOOM}, {BIRTHDATE}
        FROM generate_series(1, {{number}}) AS i
    """,
    "players_playerattribute": f"""
        INSERT INTO players_playerattribute (player_id, name, value)
        SELECT i, name, value FROM generate_series(1, {{number}}) AS i,
        LATERAL (VALUES ('discord_id', {DISCORD}), ('zoom_id', {ZOOM}),
                        ('birthdate', ({BIRTHDATE})::text)) AS one (name, value)
        WHERE value > ''
    """,
    "person": f"""
        INSERT INTO person (username, discord_id, zoom_id, birthdate)
        SELECT 'user' || i, {DISCORD}, {ZOOM}, {BIRTHDATE}
        FROM generate_series(1, {{number}}) AS i
    """,
}
# By the same, an edit of one detail; without details, of a column of the user.
EDITS = {
    "": "UPDATE auth_user SET first_name = %(text)s WHERE id = %(id)s",
    "auth_user": "UPDATE auth_user SET zoom_id = %(text)s WHERE id = %(id)s",
    "players_user": "UPDATE players_user SET zoom_id = %(text)s WHERE id = %(id)s",
    "players_person": "UPDATE players_person SET zoom_id = %(text)s WHERE user_id = %(id)s",
    "players_playerattribute": """
        INSERT INTO players_playerattribute (player_id, name, value)
        VALUES (%(id)s, 'zoom_id', %(text)s)
        ON CONFLICT (player_id, name) DO UPDATE SET value = excluded.value
    """,
    "person": "UPDATE person SET zoom_id = %(text)s WHERE username = 'user' || %(id)s",
}
WAITING = """
SELECT client.wait_event_type || ': ' || client.wait_event,
       coalesce(other.backend_type || ': ' || left(other.query, 60), 'nobody')
FROM pg_stat_activity client
LEFT JOIN pg_stat_activity other ON other.pid = ANY (pg_blocking_pids(client.pid))
WHERE client.application_name LIKE 'visitor%%' AND client.state = 'active'
  AND client.wait_event IS NOT NULL AND now() - client.query_start > %s * interval '1 second'
"""


@dataclass
class Step:
    """One migration: its seconds; the longest waits in milliseconds, by what the visitor did; how
    many statements these were; and the causes of notable waits."""

    name: str
    seconds: float
    longest: dict[str, float]
    statements: int
    causes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Tables:
    """The tables of a path: the users', and those that have the details before and after it."""

    users: str
    before: str
    after: str

    @classmethod
    def of(cls, walk: Walk) -> "Tables":
        path = walk.path
        end = Variant.read(walk.new.project)
        if path.source in VARIANTS:
            old = VARIANTS[path.source].tables
            users, before = old["users"], old["details"]
        else:
            users, before = "auth_user", "person" if path.tables else ""
        details = end.tables["details"]
        # The user's table keeps its name.
        after = users if details == end.tables["users"] else details
        return cls(users, before, after)


def timed(path: MigrationPath, databases: Databases, number: int, say: Say) -> dict[str, Any]:
    """The steps of a path at so many users; and, where it copies, its preparation once more with
    the copy in one statement, as the naive way would have it."""
    with walking(path, databases, say, league=False) as walk:
        say("people")
        tables = Tables.of(walk)
        template = many_people(walk, number, tables)
        before = size_of(walk, template, tables.users)
        steps = list(all_steps(walk, template, number, tables))
        after = size_of(walk, databases.name(path.short, "timed"), tables.users)
    naive: list[Step] = []
    copies = [name for name in path.migrations(PREPARE) if name.endswith("copy")]
    if copies:
        at_once = Change("prepare", "players/moving.py", "size=1000", "size=10**9")
        with walking(path, databases, say, at_once, league=False) as walk:
            name = new_copy(walk, template)
            walk.prepare.migrate(name, "players", path.migrations(PREPARE)[-2])
            with visitors(walk, name, tables.users, EDITS[tables.before], number) as record:
                naive = [step(walk.prepare, name, copies[-1], record)]
    return {
        "path": path.name,
        "users": number,
        "steps": [asdict(one) for one in steps],
        "copy_in_one_statement": [asdict(one) for one in naive],
        "table_bytes_before": before,
        "table_bytes": after,
    }


def size_of(walk: Walk, name: str, table: str) -> int:
    """Bytes of a table and its indexes."""
    [(size,)] = walk.ask(name, f"SELECT pg_total_relation_size('{table}')")
    return int(size)


def many_people(walk: Walk, number: int, tables: Tables) -> str:
    """A database of the old project with so many users; its name."""
    name, with_users = walk.before("many"), tables.before == tables.users
    columns, values = (COLUMNS, VALUES) if with_users else ("", "")
    users = USERS.format(users=tables.users, number=number, columns=columns, values=values)
    walk.ask(name, users)
    if tables.before in DETAILS:
        walk.ask(name, DETAILS[tables.before].format(number=number))
    walk.ask(name, "VACUUM ANALYZE")
    return name


def new_copy(walk: Walk, template: str) -> str:
    name = walk.databases.name(walk.path.short, "timed")
    walk.databases.create(name, template, large=True)
    walk.ask(name, "CHECKPOINT")
    return name


def all_steps(walk: Walk, template: str, number: int, tables: Tables) -> Iterator[Step]:
    path, name = walk.path, new_copy(walk, template)
    with visitors(walk, name, tables.users, EDITS[tables.before], number) as record:
        for migration in path.migrations(PREPARE):
            yield step(walk.prepare, name, migration, record)
        for migration in path.migrations(SWITCH):
            yield step(walk.new, name, migration, record)
        yield step(walk.new, name, "", record)
    with visitors(walk, name, tables.users, EDITS[tables.after], number) as record:
        for migration in path.migrations(FINISH):
            yield step(walk.finish, name, migration, record)


class Visits:
    """What the visitors' statements have taken since the last look, and why they waited."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {"log-in": [], "edit": [], "read": []}
        self.causes: list[str] = []
        self.errors: list[Exception] = []


def step(deployment: Deployment, name: str, migration: str, record: Visits) -> Step:
    """Run one migration, or all that are left, and take down what happened meanwhile."""
    for taken in record.taken.values():
        taken.clear()
    record.causes.clear()
    deployment.last_migration(name)  # starts its process
    begun = time.perf_counter()
    deployment.migrate(name, *(["players", migration] if migration else []))
    seconds = time.perf_counter() - begun
    time.sleep(2 * LOOK)  # for the last statement to end
    if record.errors:
        raise record.errors[0]
    return Step(
        migration or "the new project's own",
        round(seconds, 2),
        {what: round(1000 * max(taken, default=0), 1) for what, taken in record.taken.items()},
        sum(map(len, record.taken.values())),
        sorted(set(record.causes)),
    )


@contextmanager
def visitors(walk: Walk, name: str, users: str, edit: str, number: int) -> Iterator[Visits]:
    """Visitors until the block ends."""
    url, record, ended = walk.databases.url_of(name), Visits(), threading.Event()
    url += ("&" if "?" in url else "?") + "application_name=visitor"
    statements = {
        "log-in": f"UPDATE {users} SET last_login = now() WHERE id = %(id)s",
        "edit": edit,
        "read": f"SELECT username FROM {users} WHERE id = %(id)s",
    }

    def forever(pause: float, do: Callable[[Any], None]) -> None:
        try:
            with connected(url) as ask:
                while not ended.wait(pause):
                    do(ask)
        except Exception as error:
            record.errors.append(error)

    def visit(what: str, ask: Any) -> None:
        of = {"id": random.randint(1, number), "text": f"zoom {random.random()}"}
        begun = time.perf_counter()
        ask(statements[what] % {key: quoted(value) for key, value in of.items()})
        record.taken[what].append(time.perf_counter() - begun)

    def look(ask: Any) -> None:
        record.causes.extend(f"{event} behind {cause}" for event, cause in ask(WAITING, NOTABLE))

    jobs: list[tuple[float, Callable[[Any], None]]] = [(LOOK, look)]
    jobs += [(PAUSE, partial(visit, what)) for what in statements]
    threads = [threading.Thread(target=forever, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield record
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def quoted(value: object) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"

"""Steps in the wrong order, and paths that are spoiled: each must be refused, or be seen."""

import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg2

from harness.cli import Failure
from proofs.migration_paths.damage import END, START, SWITCHED, Places, refusal_of
from proofs.migration_paths.deployment import Deployment
from proofs.migration_paths.paths import FINISH, PREPARE, Change
from proofs.migration_paths.walk import Walk, changes, walking

Misuse = Callable[[Places], str]


def expect(said: str, wanted: str, what: str) -> str:
    """What was said, if that is in it. Raises Failure."""
    if wanted not in said:
        raise Failure(f"{what}: said {said or 'nothing'}, not {wanted}")
    return said


def deployment_1_forgotten(places: Places) -> str:
    said = refusal_of(places.walk.new, places.copy(START))
    wanted = (
        "InconsistentMigrationHistory"
        if places.walk.path.source == "stock"
        else "deployment 1 has not run to its end"
    )
    return expect(said, wanted, "deployment 1 forgotten")


def deployment_1_ended_early(places: Places) -> str:
    """Refused; then deployment 1 is run to its end, and all is well."""
    walk, name = places.walk, places.copy(START)
    walk.prepare.migrate(name, "players", walk.path.migrations(PREPARE)[0])
    said = refusal_of(walk.new, name)
    expect(said, "deployment 1 has not run to its end", "deployment 1 ended early")
    walk.prepare.migrate(name)
    walk.new.migrate(name)
    nothing_is_lost(places, name)
    return said


def a_permission_withdrawn_after_deployment_1(places: Places) -> str:
    """Under the old name, the only one that the old code knows: it must not be held again."""
    walk, name = places.walk, places.copy(START)
    walk.prepare.migrate(name)
    walk.ask(
        name,
        """
        DELETE FROM auth_group_permissions WHERE permission_id = (
            SELECT auth_permission.id FROM auth_permission
            JOIN django_content_type ON django_content_type.id = content_type_id
            WHERE (app_label, codename) = ('auth', 'change_user'))
        """,
    )
    wanted = "group user-admins players.change_user"
    expect(refusal_of(walk.new, name), wanted, "the switch")
    said = refusal_of(walk.prepare, name, "players", walk.old.last_migration(name))
    return expect(said, wanted, "deployment 1 taken back")


def straight_to_deployment_3(places: Places) -> str:
    said = refusal_of(places.walk.finish, places.copy(START))
    if not said:
        raise Failure(f"{places.walk.path.name}: deployment 3 runs first")
    return said


def old_projects_migrate_again(places: Places) -> str:
    """While both run, either's deployment may run `migrate` again."""
    walk, name = places.walk, places.copy(SWITCHED)
    for deployment in (walk.old, walk.prepare, walk.new):
        deployment.migrate(name)
    nothing_is_lost(places, name)
    return "nothing to do"


def details_deleted_alone(places: Places) -> str:
    """Where details have rows, either code may delete these and leave the user: then both have."""
    walk = places.walk
    statements = {
        "proxy_to_custom_user": ["DELETE FROM players_playerattribute WHERE player_id = 2"],
        "database_first_to_profile": [
            "DELETE FROM attendance WHERE user_id = 2; DELETE FROM person WHERE user_id = 2",
            "DELETE FROM players_person WHERE user_id = 2",
        ],
    }
    for statement in statements.get(
        walk.path.name, ["DELETE FROM players_person WHERE user_id = 2"]
    ):
        name = places.copy(SWITCHED)
        walk.ask(name, statement)
        for deployment in (walk.old, walk.new):
            details = deployment.survey(name, places.known)["rows"]["details"]
            if any(row.startswith("(2,") for row in details):
                raise Failure(f"{walk.path.name}: {statement} is not mirrored")
        walk.finish.migrate(name)
    return "gone in both places"


def back_after_the_last_step(places: Places) -> str:
    walk = places.walk
    check = walk.path.migrations(FINISH)[-2]
    said = refusal_of(walk.finish, places.copy(END), "players", check)
    return expect(said, "IrreversibleError", "back after the last step")


def nothing_is_lost(places: Places, name: str) -> None:
    for line in changes(places.at_first, places.walk.new.survey(name, places.known)):
        raise Failure(f"{places.walk.path.name}: {line}")


def a_transaction_that_does_not_end(places: Places) -> str:
    """It has read the table: deployment 1 gives up in one line, and runs once it has ended."""
    change = Change("prepare", "players/moving.py", "TRIES = 30", "TRIES = 2")
    walk = places.walk
    with walking(walk.path, walk.databases, walk.say, change) as spoiled:
        name = places.copy(START)
        with closing(psycopg2.connect(walk.databases.url_of(name))) as reader:
            reader.cursor().execute("SELECT count(*) FROM auth_user")
            said = refusal_of(spoiled.prepare, name)
        expect(said, "pg_stat_activity", "a transaction that does not end")
        spoiled.prepare.migrate(name)
    return said


def the_trigger_back_before_the_copy(places: Places) -> str:
    end = '            """,\n        ),\n    ]\n'
    reversed_order = Change(
        "prepare",
        "players/migrations/0004_copy.py",
        end,
        end + "\n\nMigration.operations.reverse()\n",
    )
    walk = places.walk
    with walking(walk.path, walk.databases, walk.say, reversed_order) as spoiled:
        name = places.copy(START)
        spoiled.prepare.migrate(name)
        said = changes(places.at_first, spoiled.old.survey(name, places.known))
    return expect(" ".join(said), "details", "the trigger back before the copy")


# psycopg2 takes a SELECT of no column for a statement without rows.
WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{}'"
# So that what is to happen beside the copy happens while it waits, and not between two tries.
PATIENT = Change("prepare", "players/moving.py", "lock_timeout = '300ms'", "lock_timeout = '60s'")


def wait_for_a_row(walk: Walk, name: str, query: str) -> None:
    """Ask until there is one. Raises Failure after half a minute."""
    for _ in range(600):
        if walk.ask(name, query):
            return
        time.sleep(0.05)
    raise Failure(f"{walk.path.name}: nothing comes of {query}")


@contextmanager
def copying(walk: Walk, name: str, statement: str, before: str = "SELECT 1") -> Iterator[Any]:
    """The copy, while it waits for what a statement has locked: the connection that sent this.

    Once the block has committed that, the copy goes on, and has ended with the block. `before` is
    committed first.
    """
    first = walk.path.migrations(PREPARE)[0]
    walk.prepare.migrate(name, "players", first)
    walk.ask(name, before)
    with (
        ThreadPoolExecutor(1) as pool,
        closing(psycopg2.connect(walk.databases.url_of(name))) as lock,
    ):
        lock.cursor().execute(statement)
        copy = pool.submit(walk.prepare.migrate, name)
        wait_for_a_row(walk, name, WAITING.format(name))
        yield lock
        copy.result()


def holds_but_spoiled(
    places: Places, beside_the_copy: Callable[[Walk, str], None], spoil: Change, wanted: str
) -> str:
    """Do something beside the copy: nothing is lost; but it is once the path is spoiled, and then
    deployment 3 says so."""
    walk, what = places.walk, beside_the_copy.__name__.replace("_", " ")

    def refusal(*changes: Change) -> str:
        with walking(walk.path, walk.databases, walk.say, PATIENT, *changes) as patient:
            name = places.copy(START)
            beside_the_copy(patient, name)
        walk.new.migrate(name)
        return refusal_of(walk.finish, name)

    if said := refusal():
        raise Failure(f"{walk.path.name}: {what} is lost: {said}")
    return expect(refusal(spoil), wanted, f"{what}, spoiled")


def the_copy_without_a_lock(places: Places) -> str:
    """A write of the old code, committed while the copy waits for it, is lost without the lock."""

    def a_write_beside_the_copy(walk: Walk, name: str) -> None:
        late = "UPDATE players_user SET zoom_id = 'late' WHERE id = 5"
        with copying(walk, name, late) as writer:
            writer.commit()

    no_lock = Change("prepare", "players/migrations/0003_copy.py", "LOCK, COPY)", "COPY)")
    return holds_but_spoiled(places, a_write_beside_the_copy, no_lock, "details that differ")


# A row that deployment 1's trigger has made already, for the copy to wait for.
MADE = "UPDATE players_playerattribute SET value = value WHERE player_id = 3"
LOCKED = "SELECT FROM players_person WHERE user_id = 3 FOR UPDATE"


def a_value_deleted_beside_the_copy(places: Places) -> str:
    """The old code's DELETE waits for a row that the copy has made, or it comes back with that."""

    def a_deletion_beside_the_copy(walk: Walk, name: str) -> None:
        delete = "DELETE FROM players_playerattribute WHERE player_id = 2 AND name = 'zoom_id'"
        url = walk.databases.url_of(name)
        with (
            ThreadPoolExecutor(1) as pool,
            closing(psycopg2.connect(url)) as writer,
            copying(walk, name, LOCKED, MADE) as lock,
        ):
            deleting = pool.submit(writer.cursor().execute, delete)
            wait([deleting], 1)
            lock.commit()
            wait_for_a_row(walk, name, "SELECT 1 FROM players_person WHERE user_id = 2")
            deleting.result()
            writer.commit()

    insert = """
                INSERT INTO players_person (user_id, discord_id, zoom_id)
                VALUES (player, '', '') ON CONFLICT DO NOTHING;
"""
    at_once = Change(
        "prepare",
        "players/migrations/0003_person.py",
        insert,
        f"\nIF TG_OP <> 'DELETE' THEN {insert} END IF;\n",
    )
    return holds_but_spoiled(places, a_deletion_beside_the_copy, at_once, "2 zoom_id")


def a_player_deleted_beside_the_copy(places: Places) -> str:
    """The DELETE waits for the copy, whose new row would point to nobody."""
    walk, name = places.walk, places.copy(START)
    delete = """
        DELETE FROM league_match_participants WHERE user_id = 150;
        DELETE FROM auth_user_groups WHERE user_id = 150;
        DELETE FROM auth_user WHERE id = 150
    """
    with (
        ThreadPoolExecutor(1) as pool,
        walking(walk.path, walk.databases, walk.say, PATIENT) as patient,
    ):
        with copying(patient, name, LOCKED, MADE) as lock:
            deleting = pool.submit(walk.ask, name, delete)
            wait([deleting], 1)
            lock.commit()
        deleting.result()
    walk.new.migrate(name)
    said = refusal_of(walk.finish, name)
    if said or walk.ask(name, "SELECT 1 FROM auth_user WHERE id = 150"):
        raise Failure(f"{walk.path.name}: a player deleted beside the copy is there: {said}")
    return "gone"


def a_player_of_a_negative_key(places: Places) -> str:
    walk, name = places.walk, places.copy(START)
    walk.ask(
        name,
        """
        INSERT INTO auth_user (id, username, password, email, first_name, last_name, is_active,
            is_staff, is_superuser, date_joined)
        VALUES (-1, 'nobody', '!', '', '', '', true, false, false, now());
        INSERT INTO players_person (user_id, discord_id, zoom_id) VALUES (-1, 'no#1', '')
        """,
    )
    for deployment in (walk.prepare, walk.new, walk.finish):
        if said := refusal_of(deployment, name):
            raise Failure(f"{walk.path.name}: a player of a negative key: {said}")
    [[kept]] = walk.ask(name, "SELECT discord_id FROM auth_user WHERE id = -1")
    return expect(kept, "no#1", "a player of a negative key")


def the_table_not_kept(places: Places) -> str:
    change = Change("new", "players/models.py", '        db_table = "auth_user"\n', "")
    walk = places.walk
    with walking(walk.path, walk.databases, walk.say, change) as spoiled:
        said = spoiled.new.missing_migrations(places.copy(SWITCHED))
    return expect(said, "Rename table for user", "db_table left out")


def the_old_backend_not_kept(places: Places) -> str:
    line = '    "django.contrib.auth.backends.ModelBackend",\n'
    walk = places.walk
    with walking(
        walk.path, walk.databases, walk.say, Change("new", "config/settings.py", line, "")
    ) as spoiled:
        said = changes(places.at_first, spoiled.new.survey(places.copy(SWITCHED), places.known))
    return expect(" ".join(said), "0 of 9 sessions", "the old backend left out")


def sqlite(places: Places) -> str:
    """Deployment 1 refuses; in a fresh database, such as a test's, the last one passes by."""
    walk = places.walk
    with tempfile.TemporaryDirectory(prefix="path-") as folder, ExitStack() as stack:
        url = f"sqlite:///{folder}/db.sqlite3"
        prepare, finish = (Deployment(one.project, url) for one in (walk.prepare, walk.finish))
        for deployment in (prepare, finish):
            stack.callback(deployment.end)
        said = refusal_of(prepare, f"{folder}/prepare.sqlite3")
        finish.migrate(f"{folder}/finish.sqlite3")
    return expect(said, "Refused: this path is for PostgreSQL, not for sqlite.", "SQLite")


ORDER = [deployment_1_forgotten, deployment_1_ended_early, old_projects_migrate_again, sqlite]
MISUSE: dict[str, list[Misuse]] = {
    "stock_to_custom_user": [*ORDER, straight_to_deployment_3, the_old_backend_not_kept],
    "stock_to_profile": [old_projects_migrate_again, sqlite],
    "proxy_to_profile": [
        *ORDER,
        details_deleted_alone,
        back_after_the_last_step,
        the_trigger_back_before_the_copy,
        a_value_deleted_beside_the_copy,
        a_player_deleted_beside_the_copy,
    ],
    "profile_to_custom_user": [
        *ORDER,
        a_permission_withdrawn_after_deployment_1,
        details_deleted_alone,
        straight_to_deployment_3,
        back_after_the_last_step,
        a_transaction_that_does_not_end,
        a_player_of_a_negative_key,
        the_table_not_kept,
    ],
    "proxy_to_custom_user": [*ORDER, details_deleted_alone, back_after_the_last_step],
    "custom_user_to_profile": [
        *ORDER,
        details_deleted_alone,
        back_after_the_last_step,
        the_copy_without_a_lock,
    ],
    "database_first_to_profile": [*ORDER, details_deleted_alone, back_after_the_last_step],
}

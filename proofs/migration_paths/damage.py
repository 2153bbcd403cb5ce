"""Damage that is planted on purpose: a path must refuse it, or the comparison must see it."""

from dataclasses import dataclass

from harness.cli import Failure
from proofs.migration_paths import schema
from proofs.migration_paths.deployment import Deployment, Refused
from proofs.migration_paths.walk import Traveller, Walk, changes

START, SWITCHED, END = "start", "switched", "end"
PAST_TRIGGERS = "SET session_replication_role = replica; "


@dataclass(frozen=True)
class Damage:
    """What is planted in a database when a path has come so far, and what is said of it.

    START: before deployment 1, which must refuse. SWITCHED: before deployment 3, which must
    refuse. END: after the last step, where the comparison must see it. `says` is part of what is
    said.
    """

    path: str
    when: str
    what: str
    sql: str
    says: str


STOCK, PROFILE = "stock_to_custom_user", "profile_to_custom_user"
PROXY, PROXY_TO_CUSTOM = "proxy_to_profile", "proxy_to_custom_user"
CUSTOM, BY_HAND = "custom_user_to_profile", "database_first_to_profile"
TO_PROFILE = "stock_to_profile"
TWO_NAMES = """
    UPDATE auth_user SET username = 'TWIN' WHERE id = 5;
    UPDATE auth_user SET username = 'twin' WHERE id = 6
"""
TWO_ADDRESSES = """
    UPDATE auth_user SET email = 'A@example.com' WHERE id = 5;
    UPDATE auth_user SET email = 'a@example.com' WHERE id = 6
"""
GRANT = """
    INSERT INTO auth_user_user_permissions (user_id, permission_id)
    SELECT 7, auth_permission.id FROM auth_permission
    JOIN django_content_type ON django_content_type.id = content_type_id
    WHERE (app_label, codename) = ('{}', '{}')
"""
A_BIRTHDATE = "id = (SELECT min(id) FROM players_playerattribute WHERE name = 'birthdate')"

DAMAGE = [
    Damage(STOCK, START, "two usernames that differ in case", TWO_NAMES, "twin 2"),
    Damage(STOCK, START, "two addresses that differ in case", TWO_ADDRESSES, "a@example.com 2"),
    Damage(
        STOCK,
        SWITCHED,
        "a permission granted under the old name alone",
        GRANT.format("auth", "add_user"),
        "user 7 auth.add_user",
    ),
    Damage(TO_PROFILE, START, "two usernames that differ in case", TWO_NAMES, "twin 2"),
    Damage(
        TO_PROFILE, START, "two addresses that differ in case", TWO_ADDRESSES, "a@example.com 2"
    ),
    Damage(
        PROXY,
        START,
        "an attribute that no column is for",
        "INSERT INTO players_playerattribute (player_id, name, value) VALUES (3, 'size', '43')",
        "3 size",
    ),
    Damage(
        PROXY,
        START,
        "30 February",
        f"UPDATE players_playerattribute SET value = '1990-02-30' WHERE {A_BIRTHDATE}",
        "1990-02-30",
    ),
    Damage(
        PROXY_TO_CUSTOM,
        START,
        "'infinity' as a birth date",
        f"UPDATE players_playerattribute SET value = 'infinity' WHERE {A_BIRTHDATE}",
        "infinity",
    ),
    Damage(
        PROXY_TO_CUSTOM,
        START,
        "a permission that would grow",
        GRANT.format("players", "change_player"),
        "user 7 change_player",
    ),
    Damage(
        PROXY,
        SWITCHED,
        "a permission that would grow, granted meanwhile",
        GRANT.format("players", "change_player"),
        "user 7 change_player",
    ),
    Damage(
        PROFILE,
        SWITCHED,
        "a person changed past the triggers",
        PAST_TRIGGERS + "UPDATE players_person SET zoom_id = 'lost' WHERE user_id = 2",
        "Üser1",
    ),
    Damage(
        PROFILE,
        SWITCHED,
        "a user's birth date gone",
        PAST_TRIGGERS + "UPDATE auth_user SET birthdate = NULL WHERE id = 2",
        "Üser1",
    ),
    Damage(
        PROFILE,
        SWITCHED,
        "a permission withdrawn under the new name alone",
        """
        DELETE FROM auth_group_permissions WHERE permission_id IN (
            SELECT auth_permission.id FROM auth_permission
            JOIN django_content_type ON django_content_type.id = content_type_id
            WHERE (app_label, codename) = ('players', 'change_user'))
        """,
        "group user-admins auth.change_user",
    ),
    Damage(
        PROFILE,
        SWITCHED,
        "two permissions of the project's own, granted under the old name alone",
        """
        INSERT INTO auth_permission (name, content_type_id, codename)
        SELECT codename, id, codename FROM django_content_type,
            (VALUES ('can_export'), ('can_import')) it (codename)
        WHERE (app_label, model) = ('auth', 'user');
        INSERT INTO auth_user_user_permissions (user_id, permission_id)
        SELECT 7, id FROM auth_permission WHERE codename IN ('can_export', 'can_import')
        """,
        "user 7 auth.can_export",
    ),
    Damage(
        PROXY_TO_CUSTOM,
        START,
        "a permission that would grow, beside those of other apps with the same names",
        """
        INSERT INTO django_content_type (app_label, model)
        VALUES ('chess', 'player'), ('chess', 'user');
        INSERT INTO auth_permission (name, content_type_id, codename)
        SELECT action, id, action || '_' || model FROM django_content_type,
            (VALUES ('change'), ('delete')) it (action) WHERE app_label = 'chess';
        INSERT INTO auth_user_user_permissions (user_id, permission_id)
        SELECT 7, auth_permission.id FROM auth_permission
        JOIN django_content_type ON django_content_type.id = content_type_id
        WHERE (app_label, codename) IN (('players', 'change_player'), ('chess', 'change_user'),
            ('chess', 'delete_player'));
        DELETE FROM auth_user_user_permissions WHERE user_id = 7 AND permission_id IN (
            SELECT id FROM auth_permission WHERE codename = 'delete_user')
        """,
        "1 found, such as user 7 change_player",
    ),
    Damage(
        PROXY,
        SWITCHED,
        "an attribute emptied past the triggers",
        PAST_TRIGGERS + "UPDATE players_playerattribute SET value = ''"
        " WHERE player_id = 2 AND name = 'zoom_id'",
        "1 found, such as 2 zoom_id",
    ),
    Damage(
        PROXY,
        SWITCHED,
        "a person's row gone",
        PAST_TRIGGERS + "DELETE FROM players_person WHERE user_id = 2",
        "2 ",
    ),
    Damage(
        PROXY,
        SWITCHED,
        "an attribute gone",
        PAST_TRIGGERS + f"DELETE FROM players_playerattribute WHERE {A_BIRTHDATE}",
        "birthdate",
    ),
    Damage(
        PROXY_TO_CUSTOM,
        SWITCHED,
        "the IDs of two players swapped",
        PAST_TRIGGERS
        + """
        UPDATE players_playerattribute SET value = CASE player_id WHEN 2 THEN 'x3' ELSE 'x2' END
        WHERE name = 'discord_id' AND player_id IN (2, 3)
        """,
        "2 found, such as 2 discord_id x3",
    ),
    Damage(
        CUSTOM,
        SWITCHED,
        "a person changed past the triggers",
        PAST_TRIGGERS + "UPDATE players_person SET discord_id = 'lost' WHERE user_id = 2",
        "Üser1",
    ),
    Damage(
        BY_HAND,
        START,
        "a person without an account",
        "INSERT INTO person (username) VALUES ('ghost')",
        "ghost",
    ),
    Damage(
        BY_HAND,
        START,
        "two people of one account",
        "INSERT INTO person (username) SELECT upper(username) FROM person"
        " WHERE username <> upper(username) LIMIT 1",
        "2",
    ),
    Damage(
        BY_HAND,
        START,
        "one Discord ID in two cases",
        """
        UPDATE person SET discord_id = 'TWIN' WHERE person_id = 1;
        UPDATE person SET discord_id = 'twin' WHERE person_id = 2
        """,
        "twin 2",
    ),
    Damage(
        BY_HAND,
        START,
        "an ID of 41 characters",
        "UPDATE person SET zoom_id = repeat('z', 41) WHERE person_id = 2",
        "2 ",
    ),
    Damage(
        BY_HAND,
        SWITCHED,
        "attendance of another person",
        PAST_TRIGGERS + "UPDATE attendance SET user_id = (SELECT user_id FROM players_person"
        " WHERE user_id <> attendance.user_id LIMIT 1) WHERE attendance_id = 3",
        "such as 3",
    ),
    Damage(
        PROFILE, END, "a password", "UPDATE auth_user SET password = 'x' WHERE id = 9", "users"
    ),
    Damage(
        PROFILE,
        END,
        "a lost group",
        "DELETE FROM auth_user_groups WHERE id = (SELECT min(id) FROM auth_user_groups)",
        "memberships",
    ),
    Damage(
        PROFILE,
        END,
        "a lost permission",
        "DELETE FROM auth_user_user_permissions WHERE user_id = 2",
        "rights of users",
    ),
    Damage(
        PROFILE,
        END,
        "a log entry astray",
        """
        UPDATE django_admin_log SET content_type_id = (
            SELECT id FROM django_content_type WHERE model = 'group') WHERE id = 1
        """,
        "log entries",
    ),
    Damage(
        PROFILE,
        END,
        "a generic relation astray",
        "UPDATE league_note SET object_id = 100000 WHERE id = 1",
        "generic relations",
    ),
    Damage(
        PROFILE,
        END,
        "a lost session",
        "DELETE FROM django_session WHERE session_key ="
        " (SELECT min(session_key) FROM django_session)",
        "open sessions",
    ),
    Damage(
        PROFILE,
        END,
        "a time of log-in, and with it a reset link",
        "UPDATE auth_user SET last_login = now() WHERE id = 3",
        "users",
    ),
    Damage(
        PROFILE,
        END,
        "a lost unique rule",
        "DROP INDEX player_email_any_case",
        "player_email_any_case",
    ),
    Damage(
        PROFILE,
        END,
        "a default left behind",
        "ALTER TABLE auth_user ALTER zoom_id SET DEFAULT ''",
        "auth_user.zoom_id",
    ),
    Damage(
        PROFILE,
        END,
        "an ID in other capitals",
        "UPDATE auth_user SET discord_id = lower(discord_id) WHERE id = 2",
        "details",
    ),
    Damage(
        PROFILE,
        END,
        "another app's foreign key",
        """
        DO $$ BEGIN EXECUTE (
            SELECT 'ALTER TABLE league_match DROP CONSTRAINT ' || conname FROM pg_constraint
            WHERE conrelid = 'league_match'::regclass AND contype = 'f');
        END $$
        """,
        "league_match",
    ),
]


class Places:
    """The databases in which damage is planted: copies of one that has come so far."""

    def __init__(self, walk: Walk, number_of_people: int = 150) -> None:
        begun = Traveller(walk, number_of_people, START)
        self.walk, self.known, self.at_first = walk, begun.known, begun.at_first
        self.ready = {START: begun.name}

    def copy(self, when: str) -> str:
        """A new copy; its name."""
        return self._copy_of(self._ready(when), "copy")

    def _ready(self, when: str) -> str:
        """The database that has come so far, which nothing is planted in; its name."""
        if when not in self.ready:
            walk = self.walk
            earlier, steps = {
                SWITCHED: (START, [walk.prepare, walk.new]),
                END: (SWITCHED, [walk.finish]),
            }[when]
            name = self._copy_of(self._ready(earlier), when)
            for deployment in steps:
                deployment.migrate(name)
            self.ready[when] = name
        return self.ready[when]

    def _copy_of(self, source: str, *parts: str) -> str:
        name = self.walk.databases.name(self.walk.path.short, "damage", *parts)
        self.walk.databases.create(name, source)
        return name

    def fresh(self) -> str:
        """A database that the last project has made."""
        if "fresh" not in self.ready:
            name = self.walk.database("damage", "fresh")
            self.walk.finish.migrate(name)
            self.ready["fresh"] = name
        return self.ready["fresh"]


def planted(places: Places, damage: Damage) -> str:
    """Plant it; how it was noticed, in a few words. Raises Failure where it was not."""
    walk, name = places.walk, places.copy(damage.when)
    walk.ask(name, damage.sql)
    if damage.when == END:
        said = [
            *changes(places.at_first, walk.finish.survey(name, places.known)),
            *schema.differences(
                walk.databases.url_of(places.fresh()), walk.databases.url_of(name)
            ),
        ]
        noticed = next((line for line in said if damage.says in line), "")
    else:
        deployment = walk.prepare if damage.when == START else walk.finish
        noticed = refusal_of(deployment, name)
        if damage.says not in noticed:
            noticed = ""
    if not noticed:
        raise Failure(f"{walk.path.name}: nothing notices {damage.what}")
    return noticed


def refusal_of(deployment: Deployment, name: str, *arguments: str) -> str:
    """What `migrate` refuses with; "" if it does not refuse."""
    try:
        deployment.migrate(name, *arguments)
    except Refused as refused:
        return str(refused)
    return ""

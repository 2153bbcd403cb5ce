"""What a variant's database holds, asked in SQL: complete accounts, and nothing else?"""

from contextlib import closing
from typing import Any

import psycopg2

from proofs.sessions import user_in

IDS = {
    "proxy_variant": "SELECT id FROM auth_user",
    "profile_variant": "SELECT id FROM auth_user",
    "custom_user_variant": "SELECT id FROM players_user",
}
# Accounts without all three details, which everybody here gives.
INCOMPLETE = {
    "proxy_variant": """
        SELECT count(*) FROM auth_user WHERE 3 <> (
            SELECT count(*) FROM players_playerattribute
            WHERE player_id = auth_user.id AND value > ''
        )""",
    "profile_variant": """
        SELECT count(*) FROM auth_user LEFT JOIN players_person ON user_id = id
        WHERE (discord_id > '' AND zoom_id > '' AND birthdate IS NOT NULL) IS NOT TRUE""",
    "custom_user_variant": """
        SELECT count(*) FROM players_user
        WHERE discord_id = '' OR zoom_id = '' OR birthdate IS NULL""",
}
# Details of nobody. A custom user's own row cannot be one.
ORPHANS = {
    "proxy_variant": """
        SELECT count(*) FROM players_playerattribute
        WHERE player_id NOT IN (SELECT id FROM auth_user)""",
    "profile_variant": """
        SELECT count(*) FROM players_person WHERE user_id NOT IN (SELECT id FROM auth_user)""",
    "custom_user_variant": "SELECT 0",
}


def broken_rules(variant: str, url: str, secret_key: str, registered: int) -> list[str]:
    """In a line each, what is wrong after so many registrations. Raises psycopg2.Error."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:

        def rows(query: str) -> list[Any]:
            cursor.execute(query)
            return cursor.fetchall()

        ids = {str(id) for [id] in rows(IDS[variant])}
        [[incomplete]], [[orphans]] = rows(INCOMPLETE[variant]), rows(ORPHANS[variant])
        users = [
            user_in(data, secret_key) for [data] in rows("SELECT session_data FROM django_session")
        ]
    lost = [user for user in users if user not in ids]
    wrong = {
        f"{len(ids)} accounts after {registered} registrations": len(ids) != registered,
        f"{incomplete} accounts are not complete": incomplete,
        f"{orphans} details belong to nobody": orphans,
        f"{len(lost)} of {len(users)} sessions belong to nobody": lost,
    }
    return [text for text, is_so in wrong.items() if is_so]

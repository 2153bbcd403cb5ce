"""What both ways out of attribute rows need; copy it as `players/attribute_rows.py`."""

from .moving import Refuse

UNKNOWN = """
SELECT player_id, name FROM players_playerattribute
WHERE name NOT IN ('discord_id', 'zoom_id', 'birthdate')
"""
# The pattern keeps out what PostgreSQL takes for a date and Python does not: infinity, today.
NO_DATE = r"""
SELECT player_id, value FROM players_playerattribute WHERE name = 'birthdate' AND value <> ''
AND NOT (value ~ '^\d{4}-\d\d-\d\d$' AND pg_input_is_valid(value, 'date'))
"""
# players.change_player opens no staff account; change_user makes superusers.
STRONGER = """
WITH held AS (
    SELECT 'group ' || name AS holder, permission_id
    FROM auth_group_permissions JOIN auth_group ON auth_group.id = group_id
    UNION ALL
    SELECT 'user ' || user_id, permission_id FROM auth_user_user_permissions
), named AS (
    SELECT holder, model, codename FROM held
    JOIN auth_permission ON auth_permission.id = permission_id
    JOIN django_content_type ON django_content_type.id = content_type_id
    WHERE (app_label, model) IN (('players', 'player'), ('auth', 'user'))
)
SELECT holder, codename FROM named
WHERE model = 'player' AND codename IN ('add_player', 'change_player', 'delete_player')
AND NOT EXISTS (SELECT FROM named other WHERE other.holder = named.holder
                AND other.model = 'user'
                AND other.codename = replace(named.codename, 'player', 'user'))
"""
TABLE = ["players_playerattribute"]
REFUSALS = [
    Refuse("attributes that no column is for: delete them, or add one", UNKNOWN, TABLE),
    Refuse("birth dates that are no dates: correct them", NO_DATE, TABLE),
    Refuse(
        "permissions that would grow: grant the same of auth.user, or withdraw them",
        STRONGER,
        TABLE,
    ),
]

# One row for each player of a batch: what the rows say, as columns.
AS_COLUMNS = """
SELECT player_id,
       coalesce(max(value) FILTER (WHERE name = 'discord_id'), '') AS discord_id,
       coalesce(max(value) FILTER (WHERE name = 'zoom_id'), '') AS zoom_id,
       nullif(max(value) FILTER (WHERE name = 'birthdate'), '')::date AS birthdate
FROM players_playerattribute WHERE player_id > %(above)s AND player_id <= %(upto)s
GROUP BY player_id
"""

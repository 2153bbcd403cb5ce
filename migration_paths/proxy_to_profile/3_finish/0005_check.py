"""Deployment 3, once no process runs the old code: is anything different in the two places?

It can be taken back, and the old code deployed again.
"""

from django.db import migrations

from players.attribute_rows import REFUSALS, TABLE
from players.moving import Refuse

DIFFERENT = """
SELECT player_id, name, value FROM players_playerattribute
LEFT JOIN players_person ON user_id = player_id
WHERE value <> coalesce(CASE name WHEN 'discord_id' THEN discord_id
    WHEN 'zoom_id' THEN zoom_id WHEN 'birthdate' THEN to_char(birthdate, 'YYYY-MM-DD') END, '')
UNION ALL
SELECT user_id, it.name, it.value FROM players_person, LATERAL (VALUES ('discord_id', discord_id),
    ('zoom_id', zoom_id), ('birthdate', to_char(birthdate, 'YYYY-MM-DD'))) it (name, value)
WHERE it.value > '' AND NOT EXISTS (SELECT FROM players_playerattribute attribute
    WHERE attribute.player_id = user_id AND attribute.name = it.name)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0003_person_for_older_users"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        *REFUSALS,
        Refuse(
            "details that differ between attributes and person: save them again", DIFFERENT, TABLE
        ),
    ]

"""Deployment 3, once no process runs the old code: is anything different in the two places?

It can be taken back, and the old code deployed again.
"""

from django.db import migrations

from players.attribute_rows import REFUSALS, TABLE
from players.moving import MergeContentTypes, Refuse, RefuseDifferingPermissions

DIFFERENT = """
SELECT player_id, name, value FROM players_playerattribute
JOIN auth_user ON auth_user.id = player_id
WHERE value <> coalesce(CASE name WHEN 'discord_id' THEN discord_id
    WHEN 'zoom_id' THEN zoom_id WHEN 'birthdate' THEN to_char(birthdate, 'YYYY-MM-DD') END, '')
UNION ALL
SELECT id, it.name, it.value FROM auth_user, LATERAL (VALUES ('discord_id', discord_id),
    ('zoom_id', zoom_id), ('birthdate', to_char(birthdate, 'YYYY-MM-DD'))) it (name, value)
WHERE it.value > '' AND NOT EXISTS (SELECT FROM players_playerattribute attribute
    WHERE attribute.player_id = auth_user.id AND attribute.name = it.name)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0002_prepared"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        *REFUSALS,
        Refuse(
            "details that differ between attributes and user: save them again", DIFFERENT, TABLE
        ),
        RefuseDifferingPermissions(("auth", "user"), ("players", "user")),
        MergeContentTypes(("auth", "user"), ("players", "user")),
    ]

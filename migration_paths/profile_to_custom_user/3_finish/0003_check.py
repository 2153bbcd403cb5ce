"""Deployment 3, once no process runs the old code: is anything different in the two places?

It can be taken back, and the old code deployed again.
"""

from django.db import migrations

from players.moving import MergeContentTypes, Refuse, RefuseDifferingPermissions

DIFFERENT = """
SELECT username FROM auth_user LEFT JOIN players_person person ON user_id = id
WHERE (auth_user.discord_id, auth_user.zoom_id, auth_user.birthdate)
      IS DISTINCT FROM (coalesce(person.discord_id, ''), coalesce(person.zoom_id, ''),
                        person.birthdate)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0002_prepared"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        Refuse(
            "details that differ between person and user: save them again",
            DIFFERENT,
            ["players_person"],
        ),
        RefuseDifferingPermissions(("auth", "user"), ("players", "user")),
        MergeContentTypes(("auth", "user"), ("players", "user")),
    ]

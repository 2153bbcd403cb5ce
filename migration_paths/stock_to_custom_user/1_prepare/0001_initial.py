"""Deployment 1, in a new app `players` that has nothing but these migrations.

Django compares migrations by name: once this one is applied, the new project's 0001_initial, which
creates the user model, counts as applied too. So make of auth_user what that one would have made.
"""

from django.db import migrations

from players.moving import (
    CopyPermissions,
    Patiently,
    RefuseDifferingPermissions,
    RequirePostgreSQL,
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        RequirePostgreSQL(),
        CopyPermissions(("auth", "user"), ("players", "user")),
        RefuseDifferingPermissions(("auth", "user"), ("players", "user")),  # on the way back
        # Last, because from here to the end of the transaction others wait for the table.
        # With defaults, because the old code does not name these columns when it inserts a user.
        Patiently(
            """
            ALTER TABLE auth_user ADD discord_id varchar(40) NOT NULL DEFAULT '',
                ADD zoom_id varchar(40) NOT NULL DEFAULT '', ADD birthdate date
            """,
            "ALTER TABLE auth_user DROP discord_id, DROP zoom_id, DROP birthdate",
        ),
    ]

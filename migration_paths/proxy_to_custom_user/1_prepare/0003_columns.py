"""Deployment 1: the user's table gets the columns that the new user model has."""

from django.db import migrations

from players.attribute_rows import REFUSALS
from players.moving import (
    CopyPermissions,
    Patiently,
    RefuseDifferingPermissions,
    RequirePostgreSQL,
)


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0002_rules_in_the_database"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        RequirePostgreSQL(16),  # for pg_input_is_valid
        *REFUSALS,
        CopyPermissions(("players", "player"), ("auth", "user"), only=("view",)),
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

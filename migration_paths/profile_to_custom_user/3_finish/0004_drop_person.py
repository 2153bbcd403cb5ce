"""Deployment 3: the old place goes. The only migration without a way back."""

from django.db import migrations

from players.moving import MergeContentTypes, Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0003_check")]

    operations = [
        MergeContentTypes(("players", "person"), ("players", "user"), only=()),
        # Last, because from here to the end of the transaction others wait for the table.
        Patiently(
            """
            DROP TRIGGER IF EXISTS moving_insert ON auth_user;
            DROP TRIGGER IF EXISTS moving_update ON auth_user;
            ALTER TABLE auth_user ALTER discord_id DROP DEFAULT, ALTER zoom_id DROP DEFAULT;
            DROP TABLE IF EXISTS players_person;
            DROP FUNCTION IF EXISTS moving_person_to_user(), moving_user_to_person();
            """
        ),
    ]

"""Deployment 3: the old place goes. The only migration without a way back."""

from django.db import migrations

from players.moving import Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0005_check")]

    operations = [
        Patiently(
            """
            DROP TRIGGER IF EXISTS moving ON players_person;
            DROP TRIGGER IF EXISTS moving_insert ON players_user;
            DROP TRIGGER IF EXISTS moving_update ON players_user;
            ALTER TABLE players_user DROP COLUMN IF EXISTS discord_id,
                DROP COLUMN IF EXISTS zoom_id, DROP COLUMN IF EXISTS birthdate;
            DROP FUNCTION IF EXISTS moving_person_to_user(), moving_user_to_person();
            """
        ),
    ]

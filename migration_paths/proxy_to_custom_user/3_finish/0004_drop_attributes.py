"""Deployment 3: the old place goes. The only migration without a way back."""

from django.db import migrations

from players.moving import MergeContentTypes, Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0003_check")]

    operations = [
        MergeContentTypes(("players", "player"), ("players", "user"), only=("view",)),
        MergeContentTypes(("players", "playerattribute"), ("players", "user"), only=()),
        # Last, because from here to the end of the transaction others wait for the table.
        Patiently(
            """
            DROP TRIGGER IF EXISTS moving ON auth_user;
            ALTER TABLE auth_user ALTER discord_id DROP DEFAULT, ALTER zoom_id DROP DEFAULT;
            DROP TABLE IF EXISTS players_playerattribute;
            DROP FUNCTION IF EXISTS moving_attribute_to_user(), moving_user_to_attributes();
            """
        ),
    ]

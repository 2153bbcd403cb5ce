"""Deployment 3: the old place goes. The only migration without a way back."""

from django.db import migrations

from players.moving import MergeContentTypes, Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0005_check")]

    operations = [
        MergeContentTypes(("players", "player"), ("auth", "user"), only=("view",)),
        MergeContentTypes(("players", "playerattribute"), ("players", "person"), only=()),
        # Last, because from here to the end of the transaction others wait for the table.
        Patiently(
            """
            DROP TRIGGER IF EXISTS moving ON players_person;
            DROP TABLE IF EXISTS players_playerattribute;
            DROP FUNCTION IF EXISTS moving_attribute_to_person(), moving_person_to_attributes();
            """
        ),
    ]

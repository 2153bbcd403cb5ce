"""Deployment 3: the columns' defaults go, which only the old code needed."""

from django.db import migrations

from players.moving import Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0003_one_name")]

    operations = [
        Patiently(
            "ALTER TABLE auth_user ALTER discord_id DROP DEFAULT, ALTER zoom_id DROP DEFAULT",
            "ALTER TABLE auth_user ALTER discord_id SET DEFAULT '', ALTER zoom_id SET DEFAULT ''",
        ),
    ]

"""Deployment 1: the unique rules and the index that the new user model has."""

from django.db import migrations

from players.moving import Refuse, create_indexes_concurrently

TWICE = "SELECT lower({0}), count(*) FROM auth_user WHERE {0} > '' GROUP BY 1 HAVING count(*) > 1"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0001_initial")]

    operations = [
        Refuse("usernames that differ in case alone: rename one", TWICE.format("username")),
        Refuse("addresses that differ in case alone: change one", TWICE.format("email")),
        create_indexes_concurrently(
            player_username_any_case=("UNIQUE INDEX", "auth_user (lower(username))"),
            player_email_any_case=("UNIQUE INDEX", "auth_user (lower(email)) WHERE email > ''"),
            player_discord_id_on_user=(
                "UNIQUE INDEX",
                "auth_user (lower(discord_id)) WHERE discord_id > ''",
            ),
            auth_user_birthdate_5468724c=("INDEX", "auth_user (birthdate)"),
        ),
    ]

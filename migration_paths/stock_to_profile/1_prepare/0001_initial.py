"""Deployment 1, in a new app `players` that has nothing but these migrations: the table.

The new project has migrations of the same names, which do the same, but make the unique rules of
0002 while everybody who logs in waits. Django compares names, so they count as applied.
"""

from django.db import migrations

from players.moving import Patiently, RequirePostgreSQL


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        RequirePostgreSQL(),
        Patiently(
            """
            CREATE TABLE players_person (user_id integer NOT NULL PRIMARY KEY,
                discord_id varchar(40) NOT NULL, zoom_id varchar(40) NOT NULL, birthdate date);
            ALTER TABLE players_person ADD CONSTRAINT player_deleted_with_user
                FOREIGN KEY (user_id) REFERENCES auth_user (id)
                ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
            CREATE UNIQUE INDEX player_discord_id_any_case ON players_person (lower(discord_id))
                WHERE discord_id > '';
            CREATE INDEX players_person_birthdate_957eae7f ON players_person (birthdate);
            """,
            "DROP TABLE players_person",
        ),
    ]

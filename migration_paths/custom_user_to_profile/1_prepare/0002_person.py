"""Deployment 1: the new table, and what the old code writes reaches it at once.

The user model stays the user model: only its details move out. CREATE TABLE and what follows it is
what the new project's 0001 and 0002 make.
"""

from django.db import migrations

from players.moving import CopyPermissions, Patiently, RequirePostgreSQL


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        RequirePostgreSQL(),
        CopyPermissions(("players", "user"), ("players", "person"), own=False),
        # Last, because from here to the end of the transaction others wait for the table.
        Patiently(
            """
            -- The new code does not name these columns when it inserts a user.
            ALTER TABLE players_user ALTER discord_id SET DEFAULT '', ALTER zoom_id SET DEFAULT '';
            CREATE TABLE players_person (user_id integer NOT NULL PRIMARY KEY,
                discord_id varchar(40) NOT NULL, zoom_id varchar(40) NOT NULL, birthdate date);
            ALTER TABLE players_person ADD CONSTRAINT player_deleted_with_user
                FOREIGN KEY (user_id) REFERENCES players_user (id)
                ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
            CREATE UNIQUE INDEX player_discord_id_on_person ON players_person (lower(discord_id))
                WHERE discord_id > '';
            CREATE INDEX players_person_birthdate_957eae7f ON players_person (birthdate);

            CREATE FUNCTION moving_user_to_person() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                INSERT INTO players_person (user_id, discord_id, zoom_id, birthdate)
                VALUES (NEW.id, NEW.discord_id, NEW.zoom_id, NEW.birthdate)
                ON CONFLICT (user_id) DO UPDATE SET discord_id = excluded.discord_id,
                    zoom_id = excluded.zoom_id, birthdate = excluded.birthdate;
                RETURN NULL;
            END $$;
            -- The new code inserts a Person of its own after a user without details.
            CREATE TRIGGER moving_insert AFTER INSERT ON players_user FOR EACH ROW
            WHEN (pg_trigger_depth() = 0
                  AND (NEW.discord_id > '' OR NEW.zoom_id > '' OR NEW.birthdate IS NOT NULL))
            EXECUTE FUNCTION moving_user_to_person();
            CREATE TRIGGER moving_update AFTER UPDATE OF discord_id, zoom_id, birthdate
            ON players_user FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION moving_user_to_person();
            """,
            """
            DROP TRIGGER moving_insert ON players_user;
            DROP TRIGGER moving_update ON players_user;
            DROP TABLE players_person;
            DROP FUNCTION moving_user_to_person();
            ALTER TABLE players_user ALTER discord_id DROP DEFAULT, ALTER zoom_id DROP DEFAULT;
            """,
        ),
    ]

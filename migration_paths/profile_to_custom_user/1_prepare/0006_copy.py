"""Deployment 1: the indexes, the copy, and the trigger for what the new code will write."""

from django.db import migrations

from players.moving import InBatches, Patiently, create_indexes_concurrently

LOCK = """
SELECT FROM auth_user WHERE id > %(above)s AND id <= %(upto)s ORDER BY id FOR NO KEY UPDATE
"""
COPY = """
UPDATE auth_user
SET discord_id = person.discord_id, zoom_id = person.zoom_id, birthdate = person.birthdate
FROM players_person person
WHERE person.user_id = id AND id > %(above)s AND id <= %(upto)s
  AND (auth_user.discord_id, auth_user.zoom_id, auth_user.birthdate)
      IS DISTINCT FROM (person.discord_id, person.zoom_id, person.birthdate)
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0005_trigger")]

    operations = [
        create_indexes_concurrently(
            player_discord_id_on_user=(
                "UNIQUE INDEX",
                "auth_user (lower(discord_id)) WHERE discord_id > ''",
            ),
            auth_user_birthdate_5468724c=("INDEX", "auth_user (birthdate)"),
        ),
        InBatches("auth_user", LOCK, COPY),
        # After the copy, which would set it off for every row. OR REPLACE, because a migration
        # that is not atomic may be killed here, and is then run again.
        Patiently(
            """
            CREATE OR REPLACE FUNCTION moving_user_to_person() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                INSERT INTO players_person (user_id, discord_id, zoom_id, birthdate)
                VALUES (NEW.id, NEW.discord_id, NEW.zoom_id, NEW.birthdate)
                ON CONFLICT (user_id) DO UPDATE SET discord_id = excluded.discord_id,
                    zoom_id = excluded.zoom_id, birthdate = excluded.birthdate;
                RETURN NULL;
            END $$;
            -- The old code inserts a Person of its own after a user without details.
            CREATE OR REPLACE TRIGGER moving_insert AFTER INSERT ON auth_user FOR EACH ROW
            WHEN (pg_trigger_depth() = 0
                  AND (NEW.discord_id > '' OR NEW.zoom_id > '' OR NEW.birthdate IS NOT NULL))
            EXECUTE FUNCTION moving_user_to_person();
            CREATE OR REPLACE TRIGGER moving_update AFTER UPDATE OF discord_id, zoom_id, birthdate
            ON auth_user FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION moving_user_to_person();
            """,
            """
            DROP TRIGGER moving_insert ON auth_user;
            DROP TRIGGER moving_update ON auth_user;
            DROP FUNCTION moving_user_to_person();
            """,
        ),
    ]

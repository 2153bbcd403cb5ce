"""Deployment 1: the indexes, the copy, and the trigger for what the new code will write."""

from django.db import migrations

from players.attribute_rows import AS_COLUMNS
from players.moving import InBatches, Patiently, create_indexes_concurrently

LOCK = """
SELECT FROM auth_user WHERE id > %(above)s AND id <= %(upto)s ORDER BY id FOR NO KEY UPDATE
"""
COPY = f"""
UPDATE auth_user
SET discord_id = it.discord_id, zoom_id = it.zoom_id, birthdate = it.birthdate
FROM ({AS_COLUMNS}) it
WHERE id = player_id AND (auth_user.discord_id, auth_user.zoom_id, auth_user.birthdate)
      IS DISTINCT FROM (it.discord_id, it.zoom_id, it.birthdate)
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0004_trigger")]

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
            CREATE OR REPLACE FUNCTION moving_user_to_attributes() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                DELETE FROM players_playerattribute WHERE player_id = NEW.id AND (
                    name = 'discord_id' AND NEW.discord_id = ''
                    OR name = 'zoom_id' AND NEW.zoom_id = ''
                    OR name = 'birthdate' AND NEW.birthdate IS NULL);
                INSERT INTO players_playerattribute (player_id, name, value)
                SELECT NEW.id, name, value FROM (VALUES ('discord_id', NEW.discord_id),
                    ('zoom_id', NEW.zoom_id),
                    ('birthdate', to_char(NEW.birthdate, 'YYYY-MM-DD'))) it (name, value)
                WHERE value > ''
                ON CONFLICT (player_id, name) DO UPDATE SET value = excluded.value;
                RETURN NULL;
            END $$;
            CREATE OR REPLACE TRIGGER moving
            AFTER INSERT OR UPDATE OF discord_id, zoom_id, birthdate ON auth_user
            FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION moving_user_to_attributes();
            """,
            """
            DROP TRIGGER moving ON auth_user;
            DROP FUNCTION moving_user_to_attributes();
            """,
        ),
    ]

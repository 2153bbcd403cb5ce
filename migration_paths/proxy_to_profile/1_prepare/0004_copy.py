"""Deployment 1: the copy, and the trigger for what the new code will write."""

from django.db import migrations

from players.attribute_rows import AS_COLUMNS
from players.moving import InBatches, Patiently

# Nobody is deleted between CREATE and the end of its transaction, which checks the key.
KEEP = """
SELECT FROM auth_user WHERE id > %(above)s AND id <= %(upto)s ORDER BY id FOR KEY SHARE
"""
CREATE = """
INSERT INTO players_person (user_id, discord_id, zoom_id)
SELECT DISTINCT player_id, '', '' FROM players_playerattribute
WHERE player_id > %(above)s AND player_id <= %(upto)s ORDER BY 1
ON CONFLICT DO NOTHING
"""
LOCK = """
SELECT FROM players_person WHERE user_id > %(above)s AND user_id <= %(upto)s
ORDER BY user_id FOR NO KEY UPDATE
"""
COPY = f"""
UPDATE players_person person
SET discord_id = it.discord_id, zoom_id = it.zoom_id, birthdate = it.birthdate
FROM ({AS_COLUMNS}) it
WHERE user_id = player_id AND (person.discord_id, person.zoom_id, person.birthdate)
      IS DISTINCT FROM (it.discord_id, it.zoom_id, it.birthdate)
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0003_person")]

    operations = [
        InBatches("auth_user", KEEP, CREATE, LOCK, COPY),
        # After the copy, which would set it off, and so empty what it copies from. OR REPLACE,
        # because a migration that is not atomic may be killed here, and is then run again.
        Patiently(
            """
            CREATE OR REPLACE FUNCTION moving_person_to_attributes() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    DELETE FROM players_playerattribute WHERE player_id = OLD.user_id;
                    RETURN NULL;
                END IF;
                DELETE FROM players_playerattribute WHERE player_id = NEW.user_id AND (
                    name = 'discord_id' AND NEW.discord_id = ''
                    OR name = 'zoom_id' AND NEW.zoom_id = ''
                    OR name = 'birthdate' AND NEW.birthdate IS NULL);
                INSERT INTO players_playerattribute (player_id, name, value)
                SELECT NEW.user_id, name, value FROM (VALUES ('discord_id', NEW.discord_id),
                    ('zoom_id', NEW.zoom_id),
                    ('birthdate', to_char(NEW.birthdate, 'YYYY-MM-DD'))) it (name, value)
                WHERE value > ''
                ON CONFLICT (player_id, name) DO UPDATE SET value = excluded.value;
                RETURN NULL;
            END $$;
            CREATE OR REPLACE TRIGGER moving AFTER INSERT OR UPDATE OR DELETE ON players_person
            FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION moving_person_to_attributes();
            """,
            """
            DROP TRIGGER moving ON players_person;
            DROP FUNCTION moving_person_to_attributes();
            """,
        ),
    ]

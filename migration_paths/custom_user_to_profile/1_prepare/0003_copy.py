"""Deployment 1: the copy, and the trigger for what the new code will write."""

from django.db import migrations

from players.moving import InBatches, Patiently

LOCK = """
SELECT FROM players_user WHERE id > %(above)s AND id <= %(upto)s ORDER BY id FOR NO KEY UPDATE
"""
COPY = """
INSERT INTO players_person (user_id, discord_id, zoom_id, birthdate)
SELECT id, discord_id, zoom_id, birthdate FROM players_user
WHERE id > %(above)s AND id <= %(upto)s ORDER BY id
ON CONFLICT (user_id) DO UPDATE SET discord_id = excluded.discord_id,
    zoom_id = excluded.zoom_id, birthdate = excluded.birthdate
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("players", "0002_person")]

    operations = [
        InBatches("players_user", LOCK, COPY),
        # After the copy, which would set it off for every row. OR REPLACE, because a migration
        # that is not atomic may be killed here, and is then run again.
        Patiently(
            """
            CREATE OR REPLACE FUNCTION moving_person_to_user() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    UPDATE players_user SET discord_id = '', zoom_id = '', birthdate = NULL
                    WHERE id = OLD.user_id;
                ELSE
                    UPDATE players_user SET discord_id = NEW.discord_id, zoom_id = NEW.zoom_id,
                        birthdate = NEW.birthdate
                    WHERE id = NEW.user_id;
                END IF;
                RETURN NULL;
            END $$;
            CREATE OR REPLACE TRIGGER moving AFTER INSERT OR UPDATE OR DELETE ON players_person
            FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION moving_person_to_user();
            """,
            """
            DROP TRIGGER moving ON players_person;
            DROP FUNCTION moving_person_to_user();
            """,
        ),
    ]

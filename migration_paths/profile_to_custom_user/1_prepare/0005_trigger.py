"""Deployment 1: what the old code writes reaches the new columns at once.

A migration of its own: it locks another table, and two locks in one transaction can deadlock.
"""

from django.db import migrations

from players.moving import Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0004_columns")]

    operations = [
        Patiently(
            """
            CREATE FUNCTION moving_person_to_user() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    UPDATE auth_user SET discord_id = '', zoom_id = '', birthdate = NULL
                    WHERE id = OLD.user_id;
                ELSE
                    UPDATE auth_user SET discord_id = NEW.discord_id, zoom_id = NEW.zoom_id,
                        birthdate = NEW.birthdate
                    WHERE id = NEW.user_id;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER moving AFTER INSERT OR UPDATE OR DELETE ON players_person FOR EACH ROW
            WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION moving_person_to_user();
            """,
            """
            DROP TRIGGER moving ON players_person;
            DROP FUNCTION moving_person_to_user();
            """,
        ),
    ]

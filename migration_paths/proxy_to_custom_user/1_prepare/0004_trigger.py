"""Deployment 1: what the old code writes reaches the new columns at once.

A migration of its own: it locks another table, and two locks in one transaction can deadlock.
"""

from django.db import migrations

from players.moving import Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0003_columns")]

    operations = [
        Patiently(
            """
            CREATE FUNCTION moving_attribute_to_user() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            DECLARE
                player integer; attribute varchar; new_value varchar := '';
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    player := OLD.player_id; attribute := OLD.name;
                ELSE
                    player := NEW.player_id; attribute := NEW.name; new_value := NEW.value;
                END IF;
                UPDATE auth_user SET
                    discord_id = CASE attribute WHEN 'discord_id' THEN new_value
                                 ELSE discord_id END,
                    zoom_id = CASE attribute WHEN 'zoom_id' THEN new_value ELSE zoom_id END,
                    birthdate = CASE attribute WHEN 'birthdate' THEN nullif(new_value, '')::date
                                ELSE birthdate END
                WHERE id = player;
                RETURN NULL;
            END $$;
            CREATE TRIGGER moving AFTER INSERT OR UPDATE OR DELETE ON players_playerattribute
            FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION moving_attribute_to_user();
            """,
            """
            DROP TRIGGER moving ON players_playerattribute;
            DROP FUNCTION moving_attribute_to_user();
            """,
        ),
    ]

"""Deployment 1: the new table, and what the old code writes reaches it at once.

CREATE TABLE and what follows it is what the new project's 0001 and 0002 make.
"""

from django.db import migrations

from players.attribute_rows import REFUSALS
from players.moving import CopyPermissions, Patiently, RequirePostgreSQL


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0002_rules_in_the_database"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        RequirePostgreSQL(16),  # for pg_input_is_valid
        *REFUSALS,
        CopyPermissions(("players", "player"), ("auth", "user"), only=("view",)),
        CopyPermissions(("players", "player"), ("players", "person"), own=False),
        # Last, because from here to the end of the transaction others wait for the table.
        Patiently(
            """
            CREATE TABLE players_person (user_id integer NOT NULL PRIMARY KEY,
                discord_id varchar(40) NOT NULL, zoom_id varchar(40) NOT NULL, birthdate date);
            ALTER TABLE players_person ADD CONSTRAINT player_deleted_with_user
                FOREIGN KEY (user_id) REFERENCES auth_user (id)
                ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
            CREATE UNIQUE INDEX player_discord_id_on_person ON players_person (lower(discord_id))
                WHERE discord_id > '';
            CREATE INDEX players_person_birthdate_957eae7f ON players_person (birthdate);

            CREATE FUNCTION moving_attribute_to_person() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            DECLARE
                player integer; attribute varchar; new_value varchar := '';
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    player := OLD.player_id; attribute := OLD.name;
                ELSE
                    player := NEW.player_id; attribute := NEW.name; new_value := NEW.value;
                END IF;
                -- At a DELETE too: it waits for the copy, whose new row UPDATE would not see.
                INSERT INTO players_person (user_id, discord_id, zoom_id)
                VALUES (player, '', '') ON CONFLICT DO NOTHING;
                UPDATE players_person SET
                    discord_id = CASE attribute WHEN 'discord_id' THEN new_value
                                 ELSE discord_id END,
                    zoom_id = CASE attribute WHEN 'zoom_id' THEN new_value ELSE zoom_id END,
                    birthdate = CASE attribute WHEN 'birthdate' THEN nullif(new_value, '')::date
                                ELSE birthdate END
                WHERE user_id = player;
                RETURN NULL;
            END $$;
            CREATE TRIGGER moving AFTER INSERT OR UPDATE OR DELETE ON players_playerattribute
            FOR EACH ROW WHEN (pg_trigger_depth() = 0)
            EXECUTE FUNCTION moving_attribute_to_person();
            """,
            """
            DROP TRIGGER moving ON players_playerattribute;
            DROP TABLE players_person;
            DROP FUNCTION moving_attribute_to_person();
            """,
        ),
    ]

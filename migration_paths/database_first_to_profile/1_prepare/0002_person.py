"""Deployment 1: the table that a migration would have made, beside the one made by hand.

The old table's key stays as it is. The new table has the user's key from the first; the old one
and what points to it get a second column for that. CREATE TABLE and what follows it is what the
new project's 0001 and 0002 make.
"""

from django.db import migrations

from players.moving import Patiently, Refuse, RequirePostgreSQL

NO_ACCOUNT = """
SELECT person_id, username FROM person
WHERE NOT EXISTS (SELECT FROM auth_user WHERE lower(auth_user.username) = lower(person.username))
"""
TWICE = """
SELECT lower(username), count(*) FROM person GROUP BY 1 HAVING count(*) > 1 UNION ALL
SELECT lower(username), count(*) FROM auth_user GROUP BY 1 HAVING count(*) > 1
"""
EMAIL_TWICE = """
SELECT lower(email), count(*) FROM auth_user WHERE email > '' GROUP BY 1 HAVING count(*) > 1
"""
DISCORD_TWICE = """
SELECT lower(discord_id), count(*) FROM person WHERE discord_id > '' GROUP BY 1 HAVING count(*) > 1
"""
TOO_LONG = """
SELECT person_id, username FROM person WHERE length(discord_id) > 40 OR length(zoom_id) > 40
"""


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        RequirePostgreSQL(),
        Refuse("people without an account of that name: make one, or delete the row", NO_ACCOUNT),
        Refuse("names that differ in case alone: rename one", TWICE),
        Refuse("addresses that differ in case alone: change one", EMAIL_TWICE),
        Refuse("Discord IDs that differ in case alone: change one", DISCORD_TWICE),
        Refuse("people whose IDs are longer than 40 characters: shorten them", TOO_LONG),
        # The copy happens under the lock, and so in one statement: for tables of thousands.
        Patiently(
            """
            LOCK TABLE person, attendance IN SHARE ROW EXCLUSIVE MODE;
            ALTER TABLE person ADD user_id integer UNIQUE;
            UPDATE person SET user_id = id
            FROM auth_user WHERE lower(auth_user.username) = lower(person.username);
            CREATE TABLE players_person (user_id integer NOT NULL PRIMARY KEY,
                discord_id varchar(40) NOT NULL, zoom_id varchar(40) NOT NULL, birthdate date);
            INSERT INTO players_person
            SELECT user_id, coalesce(discord_id, ''), coalesce(zoom_id, ''), birthdate
            FROM person;
            ALTER TABLE players_person ADD CONSTRAINT player_deleted_with_user
                FOREIGN KEY (user_id) REFERENCES auth_user (id)
                ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
            CREATE UNIQUE INDEX player_discord_id_any_case ON players_person (lower(discord_id))
                WHERE discord_id > '';
            CREATE INDEX players_person_birthdate_957eae7f ON players_person (birthdate);

            ALTER TABLE attendance ADD user_id integer;
            UPDATE attendance SET user_id = person.user_id
            FROM person WHERE person.person_id = attendance.person_id;

            -- Old code names a person by the username; a trigger adds the user's key.
            CREATE FUNCTION moving_key() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                SELECT id INTO NEW.user_id FROM auth_user
                WHERE NEW.user_id IS NULL AND lower(username) = lower(NEW.username)
                    OR id = NEW.user_id;
                RETURN NEW;
            END $$;
            CREATE TRIGGER moving_key BEFORE INSERT ON person FOR EACH ROW
            EXECUTE FUNCTION moving_key();

            CREATE FUNCTION moving_old_to_new() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    DELETE FROM players_person WHERE user_id = OLD.user_id;
                ELSE
                    INSERT INTO players_person VALUES (NEW.user_id, coalesce(NEW.discord_id, ''),
                        coalesce(NEW.zoom_id, ''), NEW.birthdate)
                    ON CONFLICT (user_id) DO UPDATE SET discord_id = excluded.discord_id,
                        zoom_id = excluded.zoom_id, birthdate = excluded.birthdate;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER moving AFTER INSERT OR UPDATE OR DELETE ON person FOR EACH ROW
            WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION moving_old_to_new();

            CREATE FUNCTION moving_new_to_old() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    DELETE FROM person WHERE user_id = OLD.user_id;
                ELSE
                    INSERT INTO person (user_id, username, discord_id, zoom_id, birthdate)
                    SELECT id, username, NEW.discord_id, NEW.zoom_id, NEW.birthdate
                    FROM auth_user WHERE id = NEW.user_id
                    ON CONFLICT (user_id) DO UPDATE SET discord_id = excluded.discord_id,
                        zoom_id = excluded.zoom_id, birthdate = excluded.birthdate;
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER moving AFTER INSERT OR UPDATE ON players_person FOR EACH ROW
            WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION moving_new_to_old();
            -- Whatever deletes it: a user's deletion does, from within.
            CREATE TRIGGER moving_deletion AFTER DELETE ON players_person FOR EACH ROW
            EXECUTE FUNCTION moving_new_to_old();

            -- Old code finds a person by the username, which new code may change.
            CREATE FUNCTION moving_username() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                UPDATE person SET username = NEW.username WHERE user_id = NEW.id;
                RETURN NULL;
            END $$;
            CREATE TRIGGER moving_username AFTER UPDATE OF username ON auth_user FOR EACH ROW
            EXECUTE FUNCTION moving_username();

            -- Old code writes the one key of an attendance, new code the other.
            CREATE FUNCTION moving_both_keys() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path FROM CURRENT AS $$
            BEGIN
                SELECT person_id, user_id INTO NEW.person_id, NEW.user_id FROM person
                WHERE person_id = NEW.person_id OR user_id = NEW.user_id;
                RETURN NEW;
            END $$;
            CREATE TRIGGER moving BEFORE INSERT ON attendance FOR EACH ROW
            EXECUTE FUNCTION moving_both_keys();
            """,
            """
            DROP TRIGGER moving_username ON auth_user;
            DROP TRIGGER moving ON attendance;
            DROP TRIGGER moving ON person;
            DROP TRIGGER moving_key ON person;
            ALTER TABLE attendance DROP user_id;
            DROP TABLE players_person;
            ALTER TABLE person DROP user_id;
            DROP FUNCTION moving_key(), moving_old_to_new(), moving_new_to_old(),
                moving_username(), moving_both_keys();
            """,
        ),
    ]

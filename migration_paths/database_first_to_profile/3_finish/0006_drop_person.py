"""Deployment 3: the old place goes. The only migration without a way back.

A fresh database gets its table `attendance` here. The one made by hand is left as it is, but for
the old key.
"""

import django.db.models.deletion
from django.core.management import CommandError
from django.db import migrations, models

from players.moving import Patiently


class CreateModelUnlessItExists(migrations.CreateModel):
    """Refuses if the table that exists lacks a column; does not drop it on the way back."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.name)
        connection, table = schema_editor.connection, model._meta.db_table
        if table not in connection.introspection.table_names():
            return super().database_forwards(app_label, schema_editor, from_state, to_state)
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, table)
        missing = {field.column for field in model._meta.local_fields}
        missing -= {column.name for column in columns}
        if missing:
            raise CommandError(f"Refused: the table {table} lacks {', '.join(sorted(missing))}.")

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        pass


class Migration(migrations.Migration):
    dependencies = [("players", "0005_check")]

    operations = [
        CreateModelUnlessItExists(
            "Attendance",
            [
                ("attendance_id", models.AutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                (
                    "person",
                    models.ForeignKey(
                        db_column="user_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        to="players.person",
                    ),
                ),
            ],
            options={"db_table": "attendance"},
        ),
        Patiently(
            """
            DO $$ BEGIN
                IF to_regclass('person') IS NOT NULL THEN
                    DROP TRIGGER moving_username ON auth_user;
                    DROP TRIGGER moving ON players_person;
                    DROP TRIGGER moving_deletion ON players_person;
                    DROP TRIGGER moving ON attendance;
                    -- The key as Django makes it: it deletes what points to a player itself.
                    ALTER TABLE attendance DROP person_id,
                        DROP CONSTRAINT attendance_user_id_48ddcc2c_fk_players_person_user_id,
                        ADD CONSTRAINT attendance_user_id_48ddcc2c_fk_players_person_user_id
                        FOREIGN KEY (user_id) REFERENCES players_person (user_id)
                        DEFERRABLE INITIALLY DEFERRED;
                    DROP TABLE person;
                    DROP FUNCTION moving_key(), moving_old_to_new(), moving_new_to_old(),
                        moving_username(), moving_both_keys();
                END IF;
            END $$;
            """
        ),
    ]

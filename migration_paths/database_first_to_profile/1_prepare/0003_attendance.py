"""Deployment 1: the second key of attendance.

With ON DELETE CASCADE, for until deployment 3 the new code has no model of attendance, and could
not delete a user who has some. A migration of its own: a table cannot be altered in the
transaction that has updated its rows.
"""

from django.db import migrations

from players.moving import Patiently


class Migration(migrations.Migration):
    dependencies = [("players", "0002_person")]

    operations = [
        Patiently(
            """
            ALTER TABLE attendance ALTER user_id SET NOT NULL, ALTER person_id DROP NOT NULL,
                ADD CONSTRAINT attendance_user_id_48ddcc2c_fk_players_person_user_id
                FOREIGN KEY (user_id) REFERENCES players_person (user_id)
                ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
            CREATE INDEX attendance_user_id_48ddcc2c ON attendance (user_id);
            """,
            """
            DROP INDEX attendance_user_id_48ddcc2c;
            ALTER TABLE attendance
                DROP CONSTRAINT attendance_user_id_48ddcc2c_fk_players_person_user_id,
                ALTER user_id DROP NOT NULL, ALTER person_id SET NOT NULL;
            """,
        ),
    ]

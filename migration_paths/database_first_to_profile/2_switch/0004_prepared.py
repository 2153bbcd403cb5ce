"""Deployment 2: Django compares migrations by name, so 0001_initial counts as applied.

Whether deployment 1 has run to its end, only the database knows: it makes this index last.
"""

from django.db import migrations

from players.moving import Refuse

UNPREPARED = """
SELECT 'no index', 'attendance_user_id_48ddcc2c'
WHERE to_regclass('attendance_user_id_48ddcc2c') IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0001_initial")]
    run_before = [("players", "0002_rules_in_the_database")]

    operations = [
        Refuse(
            "deployment 1 has not run to its end: run its migrate again", UNPREPARED, ["person"]
        )
    ]

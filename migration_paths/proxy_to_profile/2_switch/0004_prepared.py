"""Deployment 2: Django compares migrations by name, so 0001 and 0002 count as applied.

Whether deployment 1 has run to its end, only the database knows: it sets this trigger last.
"""

from django.db import migrations

from players.moving import Refuse

UNPREPARED = """
SELECT 'no trigger on', 'players_person' WHERE NOT EXISTS (
    SELECT FROM pg_trigger WHERE tgname = 'moving' AND tgrelid = to_regclass('players_person'))
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0002_rules_in_the_database")]
    run_before = [("players", "0003_person_for_older_users")]

    operations = [
        Refuse(
            "deployment 1 has not run to its end: run its migrate again",
            UNPREPARED,
            ["players_playerattribute"],
        ),
    ]

"""Deployment 2: Django compares migrations by name, so 0001_initial counts as applied.

Whether deployment 1 has run to its end, only the database knows: it sets this trigger last.
"""

from django.db import migrations

from players.moving import Refuse

# In a fresh database, the user's table has no such column.
UNPREPARED = """
SELECT 'no trigger on', 'players_person' WHERE EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = to_regclass('players_user') AND attname = 'discord_id')
AND NOT EXISTS (
    SELECT FROM pg_trigger WHERE tgname = 'moving' AND tgrelid = to_regclass('players_person'))
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0001_initial")]
    run_before = [("players", "0002_rules_in_the_database")]

    operations = [Refuse("deployment 1 has not run to its end: run its migrate again", UNPREPARED)]

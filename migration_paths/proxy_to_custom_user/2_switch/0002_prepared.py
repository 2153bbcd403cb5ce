"""Deployment 2: Django compares migrations by name, so 0001_initial counts as applied.

Whether deployment 1 has run to its end, only the database knows: it sets this trigger last.
"""

from django.db import migrations

from players.moving import Refuse, RefuseDifferingPermissions

UNPREPARED = """
SELECT 'no trigger on', 'auth_user' WHERE NOT EXISTS (
    SELECT FROM pg_trigger WHERE tgname = 'moving' AND tgrelid = to_regclass('auth_user'))
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0001_initial")]

    operations = [
        Refuse(
            "deployment 1 has not run to its end: run its migrate again",
            UNPREPARED,
            ["players_playerattribute"],
        ),
        # Or what was withdrawn since deployment 1 would be held again, under the new name.
        RefuseDifferingPermissions(("auth", "user"), ("players", "user")),
    ]

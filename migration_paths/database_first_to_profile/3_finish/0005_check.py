"""Deployment 3, once no process runs the old code: is anything different in the two places?

It can be taken back, and the old code deployed again.
"""

from django.db import migrations

from players.moving import Refuse

DIFFERENT = """
SELECT old.username FROM person old LEFT JOIN players_person new ON new.user_id = old.user_id
WHERE new.user_id IS NULL
   OR (coalesce(old.discord_id, ''), coalesce(old.zoom_id, ''), old.birthdate)
      IS DISTINCT FROM (new.discord_id, new.zoom_id, new.birthdate)
"""
ASTRAY = """
SELECT attendance_id FROM attendance JOIN person USING (person_id)
WHERE attendance.user_id IS DISTINCT FROM person.user_id
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0003_person_for_older_users")]

    operations = [
        Refuse(
            "details that differ between the old table and the new: save them again",
            DIFFERENT,
            ["person"],
        ),
        Refuse("attendance whose two keys name different people: correct one", ASTRAY, ["person"]),
    ]

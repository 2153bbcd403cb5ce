"""Deployment 3, once no process runs the old code: is anything different in the two places?

It can be taken back, and the old code deployed again.
"""

from django.db import migrations

from players.moving import Refuse

# Through JSON, because in a fresh database the user has no such columns to name.
DIFFERENT = """
SELECT username FROM players_user u LEFT JOIN players_person p ON p.user_id = u.id
WHERE to_jsonb(u) ? 'discord_id'
  AND (to_jsonb(u)->>'discord_id', to_jsonb(u)->>'zoom_id', (to_jsonb(u)->>'birthdate')::date)
      IS DISTINCT FROM (coalesce(p.discord_id, ''), coalesce(p.zoom_id, ''), p.birthdate)
"""


class Migration(migrations.Migration):
    dependencies = [("players", "0003_person_for_older_users")]

    operations = [
        Refuse("details that differ between user and person: save them again", DIFFERENT),
    ]

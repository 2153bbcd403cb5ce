"""Deployment 3, once no process runs the old code: what names `auth.user` names the new model.

It can be taken back, and the old code deployed again.
"""

from django.db import migrations

from players.moving import MergeContentTypes, RefuseDifferingPermissions


class Migration(migrations.Migration):
    dependencies = [
        ("players", "0002_prepared"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        RefuseDifferingPermissions(("auth", "user"), ("players", "user")),
        MergeContentTypes(("auth", "user"), ("players", "user")),
    ]

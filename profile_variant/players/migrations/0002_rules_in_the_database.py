"""Two rules that no model can state: they belong to a table that is not ours, or to the database."""

from django.db import migrations
from django.db.models import Q
from django.db.models.functions import Lower

from players.constraints import CaseInsensitiveUnique

CONSTRAINTS = [
    CaseInsensitiveUnique(Lower("username"), name="player_username_any_case"),
    CaseInsensitiveUnique(Lower("email"), condition=~Q(email=""), name="player_email_any_case"),
]


def add_user_constraints(apps, schema_editor):
    for constraint in CONSTRAINTS:
        schema_editor.add_constraint(apps.get_model("auth", "User"), constraint)


def remove_user_constraints(apps, schema_editor):
    for constraint in CONSTRAINTS:
        schema_editor.remove_constraint(apps.get_model("auth", "User"), constraint)


def set_delete_action(action):
    """Django deletes dependent rows itself; this makes PostgreSQL do so for raw SQL as well.

    SQLite cannot alter a foreign key: there, a raw DELETE of a user with details is refused.
    """

    def alter(apps, schema_editor):
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        table = apps.get_model("players", "Person")._meta.db_table
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, table)
        [name] = [name for name, details in constraints.items() if details["foreign_key"]]
        schema_editor.execute(
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}", '
            f'ADD CONSTRAINT "{name}" FOREIGN KEY ("user_id") REFERENCES "auth_user" ("id") '
            f"{action} DEFERRABLE INITIALLY DEFERRED"
        )

    return alter


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("players", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(add_user_constraints, remove_user_constraints),
        migrations.RunPython(set_delete_action("ON DELETE CASCADE"), set_delete_action("")),
    ]

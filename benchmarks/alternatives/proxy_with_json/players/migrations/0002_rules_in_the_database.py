"""Two kinds of rules that no model here can state.

Unique names and addresses: the table is Django's. Were Django to alter auth_user in a later
migration, SQLite, which alters by copying, would lose these two; PostgreSQL keeps them.

Deletion in the database: Django 6.1 has models.DB_CASCADE for it, Django 5.2 has not.
"""

from django.db import migrations
from django.db.models import Q
from django.db.models.functions import Lower

from players.constraints import CaseInsensitiveUnique

CONSTRAINTS = [
    CaseInsensitiveUnique(Lower("username"), name="player_username_any_case"),
    CaseInsensitiveUnique(Lower("email"), condition=Q(email__gt=""), name="player_email_any_case"),
]


def add_user_constraints(apps, schema_editor):
    for constraint in CONSTRAINTS:
        schema_editor.add_constraint(apps.get_model("auth", "User"), constraint)


def remove_user_constraints(apps, schema_editor):
    for constraint in CONSTRAINTS:
        schema_editor.remove_constraint(apps.get_model("auth", "User"), constraint)


def set_delete_action(action):
    """Django deletes dependent rows itself; this makes PostgreSQL do so for raw SQL as well.

    SQLite cannot alter a foreign key. There, a raw DELETE of a user with details is refused
    on a connection that enforces foreign keys, as Django's does.
    """

    def alter(apps, schema_editor):
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        table = apps.get_model("players", "PlayerDetails")._meta.db_table
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, table)
        [name] = [name for name, details in constraints.items() if details["foreign_key"]]
        schema_editor.execute(
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}", '
            f'ADD CONSTRAINT "{name}" FOREIGN KEY ("player_id") REFERENCES "auth_user" ("id") '
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

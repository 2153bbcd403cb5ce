"""Rules on tables whose models do not state them; squashmigrations can write these down."""

from django.db.migrations.operations.base import Operation
from django.utils.deconstruct import deconstructible


class AddRule(Operation):
    """AddConstraint for what the state of these migrations does not know: a constraint of another
    app's table, or what a foreign key does at a deletion."""

    def __init__(self, model, rule):
        self.model, self.rule = model, rule

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        while schema_editor.deferred_sql:  # a squashed migration has yet to make its foreign keys
            schema_editor.execute(schema_editor.deferred_sql.pop(0), params=None)
        self.execute("create_sql", schema_editor, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.execute("remove_sql", schema_editor, from_state)

    def execute(self, method, schema_editor, state):
        model = state.apps.get_model(self.model)
        sql = getattr(self.rule, method)(model, schema_editor)
        if sql and self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(sql, params=None)

    def describe(self):
        return f"Add the rule {self.rule.name} to {self.model}"


@deconstructible
class CascadeInDatabase:
    """ON DELETE CASCADE in the database too, for a DELETE that Django does not send.

    It replaces the model's foreign key, and is made and removed as a constraint is. Django 6.1
    has models.DB_CASCADE for it, Django 5.2 has not. SQLite cannot alter a foreign key: there,
    such a DELETE of a user with details is refused, where foreign keys are enforced.
    """

    name = "player_deleted_with_user"

    def create_sql(self, model, schema_editor):
        return self.replace_key(model, schema_editor, self.name, "ON DELETE CASCADE")

    def remove_sql(self, model, schema_editor):
        return self.replace_key(model, schema_editor, "player_refers_to_user", "")

    def replace_key(self, model, schema_editor, name, action):
        connection, table = schema_editor.connection, model._meta.db_table
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                held = connection.introspection.get_constraints(cursor, table)
            if name in held:
                return None  # making it anew would check every row, and lock both tables meanwhile
            drops = [f'DROP CONSTRAINT "{key}", ' for key in held if held[key]["foreign_key"]]
            [field] = [field for field in model._meta.local_fields if field.remote_field]
            users = field.related_model._meta.db_table
            return (
                f'ALTER TABLE "{table}" {"".join(drops)}ADD CONSTRAINT "{name}" '
                f'FOREIGN KEY ("{field.column}") REFERENCES "{users}" ("id") '
                f"{action} DEFERRABLE INITIALLY DEFERRED"
            )

"""A later ALTER TABLE may drop a rule without a word: SQLite copies the table and PostgreSQL makes
the key anew, both by what the table's own model states. `check --database default` tells.
"""

from django.core.checks import Tags, Warning, register
from django.core.management import CommandError
from django.db import IntegrityError, connections
from django.db.migrations.loader import MigrationLoader

from players.models import RULES


def lost_rules(connection):
    """Each with its table's model, and the SQL that makes it again."""
    loader = MigrationLoader(connection)
    if set(loader.graph.leaf_nodes("players")) - set(loader.applied_migrations):
        return  # migrate has yet to make them
    with connection.cursor() as cursor:
        held = {
            model: connection.introspection.get_constraints(cursor, model._meta.db_table)
            for model in dict(RULES)
        }
    schema_editor = connection.schema_editor(collect_sql=True)
    for model, rule in RULES:
        missing = held[model] and rule.name not in held[model]
        if missing and (sql := rule.create_sql(model, schema_editor)):
            yield model, rule, str(sql)


@register(Tags.database)
def check_rules(databases=None, **kwargs):
    return [
        Warning(
            f"The table {model._meta.db_table} has lost its rule {rule.name}.",
            hint=f"Restore it: python manage.py migrate --database {alias}",
            id="players.W001",
        )
        for alias in databases or []
        for model, rule, sql in lost_rules(connections[alias])
    ]


def restore_rules(using, **kwargs):
    """Called after every migrate."""
    for _, rule, sql in lost_rules(connections[using]):
        try:
            with connections[using].cursor() as cursor:
                cursor.execute(sql)
        except IntegrityError as error:
            raise CommandError(f"{rule.name} cannot be restored: {error}") from error

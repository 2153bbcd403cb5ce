"""The database as the migrations left it, without asking them again."""

from django.core.management.color import no_style
from django.db import connections, transaction
from django.test import TransactionTestCase

# What migrate writes, and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty(alias: str = "default", from_one: bool = False) -> None:
    """Delete every row that a test wrote; the next keys begin at 1 if they are told to.

    Django's own `flush` truncates all tables, and then has post_migrate write the content types
    and permissions again: both together take longer than most tests.
    """
    connection = connections[alias]
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in KEPT:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        if from_one:
            sequences = [
                sequence
                for sequence in connection.introspection.sequence_list()
                if sequence["table"] not in KEPT
            ]
            for statement in connection.ops.sequence_reset_by_name_sql(no_style(), sequences):
                cursor.execute(statement)


def after_a_test(case: TransactionTestCase) -> None:
    """What follows a test that commits, in place of TransactionTestCase._fixture_teardown."""
    for alias in case._databases_names(include_mirrors=False):
        empty(alias)

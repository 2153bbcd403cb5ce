"""Operations for migrations that move a user model's data while the site is open.

Copy this file into the app that has the user model or gets it, beside `models.py`; its migrations
import it. On a fresh database, and on others than PostgreSQL, they do nothing, but for
RequirePostgreSQL.
"""

import time

from django.apps import apps as live_apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError
from django.db import OperationalError, migrations, transaction

ACTIONS = ("add", "change", "delete", "view")


def on_postgresql(schema_editor):
    return schema_editor.connection.vendor == "postgresql"


def rows(schema_editor, query, parameters=None):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


class RequirePostgreSQL(migrations.RunPython):
    """Refuse to begin where the triggers that follow cannot be made, or on an older version."""

    def __init__(self, version=14):
        def look(apps, schema_editor):
            connection = schema_editor.connection
            if not on_postgresql(schema_editor):
                raise CommandError(
                    f"Refused: this path is for PostgreSQL, not for {connection.vendor}."
                )
            if connection.pg_version < version * 10000:
                raise CommandError(f"Refused: this path needs PostgreSQL {version} or newer.")

        super().__init__(look, migrations.RunPython.noop)


class PostgreSQL(migrations.RunSQL):
    """RunSQL that does nothing on other databases."""

    def __repr__(self):
        return type(self).__name__  # not all of the SQL, where Django says what is not reversible

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if on_postgresql(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if on_postgresql(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"
TRIES = 30


def patiently(schema_editor, run):
    """Call a function in a transaction that waits 300 ms for a lock; if in vain, again later.

    While it waited on, everybody else would have to wait behind it. Inside a transaction, this is
    a savepoint: rolling back to it gives the locks of this try back.
    """
    connection = schema_editor.connection
    for _ in range(TRIES):
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                return run()
        except OperationalError as error:
            cause = error.__cause__
            state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
            if state not in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED}:
                raise
            reason = str(error).partition("\n")[0]
            time.sleep(1)
    raise CommandError(
        f"Refused: {reason}, {TRIES} times; pg_stat_activity shows the transaction that does not "
        "end. Run migrate again without it."
    )


class Patiently(PostgreSQL):
    """SQL that locks a table, such as ALTER TABLE, without making others queue for it."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if on_postgresql(schema_editor):
            run = super().database_forwards
            patiently(schema_editor, lambda: run(app_label, schema_editor, from_state, to_state))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if on_postgresql(schema_editor):
            run = super().database_backwards
            patiently(schema_editor, lambda: run(app_label, schema_editor, from_state, to_state))


class Refuse(migrations.RunPython):
    """Stop if a query finds a row; say how many, and show the first three.

    Where one of `tables` does not exist, the database is fresh: there is nothing to look for.
    With `both_ways`, it stops who goes back, too.
    """

    def __init__(self, text, query, tables=(), *, both_ways=False):
        def look(apps, schema_editor):
            if not on_postgresql(schema_editor):
                return
            if not set(tables) <= set(schema_editor.connection.introspection.table_names()):
                return
            if found := rows(schema_editor, query):
                shown = ", ".join(" ".join(map(str, row)) for row in found[:3])
                raise CommandError(f"Refused: {text}: {len(found)} found, such as {shown}.")

        super().__init__(look, look if both_ways else migrations.RunPython.noop)


class RefuseDifferingPermissions(Refuse):
    """Stop if a permission is held under one of two names only: since CopyPermissions, somebody
    has granted or withdrawn it there, and only they know whether that was meant for both.

    On the way back too, or what was withdrawn under the old name would return from the new one.
    """

    def __init__(self, old, new):
        query = f"""
            WITH named AS (
                SELECT auth_permission.id AS permission_id, app_label, model,
                       app_label || '.' || codename AS name,
                       regexp_replace(codename, '^({"|".join(ACTIONS)})_' || model || '$', '\\1')
                       AS what
                FROM auth_permission
                JOIN django_content_type type ON type.id = content_type_id
                WHERE (app_label, model) IN ({old!r}, {new!r})
            ), held AS (
                SELECT 'group ' || name AS holder, permission_id
                FROM auth_group_permissions JOIN auth_group ON auth_group.id = group_id
                UNION ALL
                SELECT 'user ' || user_id, permission_id FROM auth_user_user_permissions
            )
            SELECT holder, min(name) FROM held JOIN named USING (permission_id)
            WHERE what IN (SELECT what FROM named WHERE (app_label, model) = {old!r})
            GROUP BY holder, what HAVING count(*) = 1
        """
        text = "permissions held under one name only: grant the other, or withdraw this one"
        super().__init__(text, query, both_ways=True)


class InBatches(migrations.RunPython):
    """Run statements for a thousand keys at a time, each thousand in its own transaction.

    For a migration with `atomic = False`. Before the copy, a statement should lock the rows that
    it writes: the copy then sees all that was committed before, and what is written later waits
    for it, and sets off a trigger. The statements' parameters are the keys `above` and `upto`.
    """

    def __init__(self, table, *statements, size=1000):
        next_key = (
            f"SELECT max(id) FROM (SELECT id FROM {table} WHERE id > %s ORDER BY id LIMIT {size})"
            " AS batch"
        )

        def run(apps, schema_editor):
            def batch():
                for statement in statements:
                    with schema_editor.connection.cursor() as cursor:
                        cursor.execute(statement, {"above": above, "upto": upto})

            upto = -(2**62)  # below every key: some packages have a user -1
            while on_postgresql(schema_editor):
                above = upto
                [[upto]] = rows(schema_editor, next_key, [above])
                if upto is None:
                    return
                patiently(schema_editor, batch)

        super().__init__(run, migrations.RunPython.noop)


def create_indexes_concurrently(**indexes):
    """CREATE INDEX CONCURRENTLY, which blocks no writer, for a migration with `atomic = False`.

    A try that failed leaves an invalid index behind: the next try drops it first.
    """
    drop = [f"DROP INDEX CONCURRENTLY IF EXISTS {name}" for name in indexes]
    create = [
        f"CREATE {kind} CONCURRENTLY {name} ON {columns}"
        for name, (kind, columns) in indexes.items()
    ]
    return PostgreSQL([step for pair in zip(drop, create, strict=True) for step in pair], drop)


class CopyPermissions(migrations.RunPython):
    """Let who may do something to the one model do it to the other, so that old code and new
    code agree. A model is given as its app's label and its name in lower case. `only` chooses of
    Django's four; with `own`, so are those copied that the project has added to the model.
    """

    def __init__(self, old, new, only=ACTIONS, *, own=True):
        def forwards(apps, schema_editor):
            copy_permissions(apps, schema_editor, old, new, only, own=own)

        def backwards(apps, schema_editor):
            if new[1] not in live_apps.all_models[new[0]]:  # else the old code has it too
                merge(apps, schema_editor, new, old, only)

        super().__init__(forwards, backwards)


class MergeContentTypes(migrations.RunPython):
    """Let one model take over what refers to another: permissions, log entries, generic keys.

    On the way back all references name the old model: for one whose only other name is the new.
    """

    def __init__(self, old, new, only=ACTIONS):
        def forwards(apps, schema_editor):
            merge(apps, schema_editor, old, new, only)

        def backwards(apps, schema_editor):
            copy_permissions(apps, schema_editor, new, old, only)
            move_references(apps, schema_editor, new, old)

        super().__init__(forwards, backwards)


def merge(apps, schema_editor, old, new, only):
    """Give the permissions and the references to the new model, and forget the old one."""
    copy_permissions(apps, schema_editor, old, new, only)
    move_references(apps, schema_editor, old, new)
    source = content_type(apps, schema_editor, old)
    if source is None:
        return
    permissions = apps.get_model("auth", "Permission").objects
    permissions = permissions.using(schema_editor.connection.alias)
    # Not all that refers to these is in `apps`: the database says what does.
    for permission in permissions.filter(content_type_id=source.pk):
        for table, column, _ in references_to(schema_editor, "auth_permission"):
            schema_editor.execute(f"DELETE FROM {table} WHERE {column} = %s", [permission.pk])
        schema_editor.execute("DELETE FROM auth_permission WHERE id = %s", [permission.pk])
    schema_editor.execute("DELETE FROM django_content_type WHERE id = %s", [source.pk])
    ContentType.objects.clear_cache()


def copy_permissions(apps, schema_editor, old, new, only, *, own=True):
    """Give each permission of the old model a twin of the new, and the twin to all who hold it.

    Tables that only link a permission with something are filled in; in others, of which each row
    says more, the row goes over to the twin.
    """
    source = content_type(apps, schema_editor, old)
    if source is None:
        return
    target = content_type(apps, schema_editor, new, create=True)
    permissions = apps.get_model("auth", "Permission").objects
    permissions = permissions.using(schema_editor.connection.alias)
    standard = {f"{action}_{old[1]}": action for action in ACTIONS}
    for held in permissions.filter(content_type_id=source.pk):
        action = standard.get(held.codename)
        if action in only:
            codename, name = f"{action}_{new[1]}", f"Can {action} {new[1]}"
        elif action is None and own:  # one that the project has added keeps its name
            codename, name = held.codename, held.name
        else:
            continue
        twin, _ = permissions.get_or_create(
            content_type_id=target.pk, codename=codename, defaults={"name": name}
        )
        for table, column, linked in references_to(schema_editor, "auth_permission"):
            copy = f"UPDATE {table} SET {column} = %s WHERE {column} = %s"
            if linked:
                copy = (
                    f"INSERT INTO {table} ({column}, {linked}) SELECT %s, {linked} FROM {table}"
                    f" WHERE {column} = %s ON CONFLICT DO NOTHING"
                )
            schema_editor.execute(copy, [twin.pk, held.pk])


def move_references(apps, schema_editor, old, new):
    if source := content_type(apps, schema_editor, old):
        target = content_type(apps, schema_editor, new, create=True)
        for table, column, _ in references_to(schema_editor, "django_content_type"):
            if table != "auth_permission":
                schema_editor.execute(
                    f"UPDATE {table} SET {column} = %s WHERE {column} = %s",
                    [target.pk, source.pk],
                )


def content_type(apps, schema_editor, model, *, create=False):
    """A model's content type; None on other databases than PostgreSQL, and on a fresh one."""
    if not on_postgresql(schema_editor):
        return None
    manager = apps.get_model("contenttypes", "ContentType").objects
    manager = manager.using(schema_editor.connection.alias)
    app_label, name = model
    if create:
        return manager.get_or_create(app_label=app_label, model=name)[0]
    return manager.filter(app_label=app_label, model=name).first()


def references_to(schema_editor, table):
    """The foreign keys to a table: table, column, and what the table links it with.

    That is the other columns of a unique constraint, if the table has no more but an id; else
    None. The database is asked, for a table may belong to an app that is no longer installed.
    """
    return rows(
        schema_editor,
        """
        SELECT conrelid::regclass::text, quote_ident(key.attname),
               (SELECT string_agg(quote_ident(attname), ', ')
                FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisunique
                     AND indpred IS NULL AND key.attnum = ANY (indkey)
                WHERE attrelid = conrelid AND attnum = ANY (indkey) AND attnum <> key.attnum
                  AND NOT EXISTS (
                      SELECT FROM pg_attribute other
                      WHERE other.attrelid = conrelid AND other.attnum > 0
                        AND NOT other.attisdropped AND other.attname <> 'id'
                        AND other.attnum <> ALL (indkey)))
        FROM pg_constraint JOIN pg_attribute key
            ON key.attrelid = conrelid AND key.attnum = conkey[1]
        WHERE contype = 'f' AND confrelid = %s::regclass
        """,
        [table],
    )

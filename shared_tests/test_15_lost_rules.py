"""Rule 15: A rule that the database loses is named, and comes back with the next migrate."""

import json
import os
import shutil
from functools import cache
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from shared_tests.manage import PRODUCTION, ROOT, manage
from shared_tests.people import ADA, GRACE
from shared_tests.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
UNIQUE = ("player_username_", "player_email_", "player_discord_id_")
QUIETLY = {"verbosity": 0, "interactive": False}


@pytest.fixture(autouse=True)
def whole_again():
    """Whatever a test takes away or migrates is back for the next."""
    yield
    call_command("migrate", **QUIETLY)


def constraints(tables=()):
    """Every constraint and index: its table, its name and what Django reads of it."""
    with connection.cursor() as cursor:
        for table in tables or connection.introspection.table_names(cursor):
            for name, kept in connection.introspection.get_constraints(cursor, table).items():
                yield table, name, kept


def rules(tables=()):
    """Each table by the names of the project's own rules, which begin with "player_"."""
    return {
        name: table
        for table, name, kept in constraints(tables or tables_with_rules())
        if name.startswith("player_") and (kept["unique"] or kept["foreign_key"])
    }


def unique():
    """The names of those that make a name, an address or an ID unique in any case."""
    names = [[name for name in rules() if name.startswith(start)] for start in UNIQUE]
    assert [len(one) for one in names] == [1, 1, 1]
    return [name for [name] in names]


@cache
def tables_with_rules():
    """Asked once, while they are whole: to parse the constraints of all tables takes long."""
    with connection.cursor() as cursor:
        return {*rules(connection.introspection.table_names(cursor)).values()}


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop(name):
    """Take a rule away, as a later migration might; whether this database can."""
    table = connection.ops.quote_name(rules()[name])
    statements = [f"DROP INDEX {name}"]
    if connection.vendor == "postgresql":
        statements.insert(0, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for statement in statements:
        try:
            with transaction.atomic():
                execute(statement)
        except Exception as error:
            reason = error
        else:
            return True
    # SQLite keeps a constraint that was made with its table as long as the table.
    assert "no such index" in str(reason), reason
    return False


def checked():
    """What `manage.py check --database default` says."""
    said = StringIO()
    call_command("check", databases=["default"], stderr=said, stdout=said)
    return said.getvalue()


def test_with_all_its_rules_the_database_passes_the_check():
    assert unique()
    assert "no issues" in checked()


def test_each_rule_that_is_lost_is_named_and_restored_by_the_command_that_is_named_too():
    assert unique()
    before = rules()
    for name in filter(drop, before):
        assert name not in rules()
        said = checked()
        assert f"{before[name]} has lost its rule {name}" in said
        assert "(players.W001)" in said  # by which SILENCED_SYSTEM_CHECKS silences it
        assert "python manage.py migrate --database default" in said
        assert said.count("has lost its rule") == 1
        call_command("migrate", **QUIETLY)
        assert rules() == before
        assert "no issues" in checked()


def test_a_rule_that_came_back_holds():
    for name in unique():
        assert drop(name)
    call_command("migrate", **QUIETLY)
    Visitor().register(ADA)
    Visitor().register(GRACE)
    table = rules()["player_email_any_case"]
    for field in "username", "email":
        with pytest.raises(IntegrityError), transaction.atomic():
            execute(f"UPDATE {table} SET {field} = UPPER('{ADA[field]}') WHERE username = 'grace'")


def test_a_rule_that_the_rows_break_meanwhile_is_refused_in_one_line():
    Visitor().register()
    Visitor().register(GRACE)
    table = rules()["player_email_any_case"]
    drop("player_email_any_case")
    execute(f"UPDATE {table} SET email = 'ada@example.com'")
    try:
        with pytest.raises(CommandError, match="player_email_any_case cannot be restored"):
            call_command("migrate", **QUIETLY)
    finally:
        execute(f"UPDATE {table} SET email = username")


def test_migrate_itself_says_what_is_lost():
    drop("player_email_any_case")
    said = StringIO()
    call_command("migrate", interactive=False, skip_checks=False, stdout=said, stderr=said)
    assert "has lost its rule player_email_any_case" in said.getvalue()
    assert "no issues" in checked()


def test_a_site_that_is_not_migrated_yet_has_lost_nothing(tmp_path):
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    run = manage("check", "--database", "default", DATABASE_URL=database, **PRODUCTION)
    assert (run.returncode, "no issues" in run.stdout + run.stderr) == (0, True)


@pytest.fixture
def project(tmp_path):
    """A copy of the project, with an empty database of its own of the kind under test."""
    folder = tmp_path / "project"
    left = shutil.ignore_patterns("*.sqlite3*", "__pycache__", "static", ".*")
    shutil.copytree(Path(settings.BASE_DIR), folder, ignore=left)
    if connection.vendor == "sqlite":
        yield folder, f"sqlite:///{tmp_path / 'db.sqlite3'}"
        return
    name = connection.ops.quote_name(f"{connection.settings_dict['NAME']}_copy")
    execute(f"CREATE DATABASE {name}")
    server = urlsplit(os.environ["DATABASE_URL"])
    try:
        yield folder, urlunsplit(server._replace(path="/" + name.strip('"')))
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


TOOLS = """
import io, json, pathlib
from django.contrib.auth import get_user_model
from django.core.management import call_command
from shared_tests.test_15_lost_rules import constraints, rules

def run(*command, **options):
    said = io.StringIO()
    call_command(*command, stdout=said, stderr=said, **options)
    return said.getvalue()

def held():
    assert "no issues" in run("check", "--database", "default")
    keys = [(table, *kept["columns"]) for table, _, kept in constraints() if kept["foreign_key"]]
    assert len(keys) == len(set(keys)), "a foreign key stands there twice"
    return sorted(rules())

migrations = sorted(p.stem for p in pathlib.Path("players/migrations").glob("[0-9]*.py"))
run("migrate")
for migration in migrations:
    run("sqlmigrate", "players", migration)
    run("sqlmigrate", "players", migration, "--backwards")
run("migrate", "players", "zero")
run("migrate")
print(json.dumps(held()))
if len(migrations) > 1:
    assert "Manual porting" not in run("squashmigrations", "players", migrations[-1], "--no-input")
    assert "squashed" in run("showmigrations", "players")
assert "No migrations to apply" in run("migrate")
run("migrate", "players", "zero")
if get_user_model()._meta.app_label == "auth":
    get_user_model().objects.bulk_create([get_user_model()(username="older")])
run("migrate")
run("makemigrations", "--check", "--dry-run")
print(json.dumps(held()))
"""


def test_djangos_own_commands_write_squash_undo_and_redo_the_migrations(project):
    folder, database = project
    variables = {"DATABASE_URL": database, "PYTHONPATH": ROOT, **PRODUCTION}
    run = manage("shell", "-c", TOOLS, folder=folder, **variables)
    assert run.returncode == 0, run.stdout + run.stderr
    for line in run.stdout.splitlines()[-2:]:
        assert json.loads(line) == sorted(rules())

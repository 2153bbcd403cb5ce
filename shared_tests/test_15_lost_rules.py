"""Rule 15: A rule that the database loses is named, and comes back with the next migrate."""

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from shared_tests.manage import manage
from shared_tests.people import ADA, GRACE
from shared_tests.visitor import Visitor, errors

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGE = {"verbosity": 0, "interactive": False}


@pytest.fixture(autouse=True)
def whole_again():
    """Whatever a test takes away or migrates is back for the next."""
    yield
    call_command("migrate", **LANGUAGE)


def rules():
    """The names of the rules that are the project's own, by table: they begin with "player_"."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for name in connection.introspection.get_constraints(cursor, table):
                if name.startswith("player_"):
                    found[name] = table
    return found


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
    assert "UNIQUE or PRIMARY KEY" in str(reason), reason
    return False


def checked():
    """What `manage.py check --database default` says."""
    said = StringIO()
    call_command("check", databases=["default"], stderr=said, stdout=said)
    return said.getvalue()


def test_with_all_its_rules_the_database_passes_the_check():
    assert {"player_username_any_case", "player_email_any_case", "player_discord_id_any_case"} <= {
        *rules()
    }
    assert "no issues" in checked()


def test_each_rule_that_is_lost_is_named_and_restored_by_the_command_that_is_named_too():
    before = rules()
    for name in filter(drop, before):
        assert name not in rules()
        said = checked()
        assert f"{before[name]} has lost its rule {name}" in said
        assert "python manage.py migrate --database default" in said
        assert said.count("has lost its rule") == 1
        call_command("migrate", **LANGUAGE)
        assert rules() == before
        assert "no issues" in checked()


def test_a_rule_that_came_back_holds():
    for name in "player_username_any_case", "player_email_any_case", "player_discord_id_any_case":
        assert drop(name)
    call_command("migrate", **LANGUAGE)
    Visitor().register()
    for field in "username", "email", "discord_id":
        assert list(errors(Visitor().register(GRACE, **{field: ADA[field].upper()}))) == [field]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        [table] = {table for name, table in rules().items() if name == "player_email_any_case"}
        cursor.execute(f"UPDATE {table} SET email = 'ada@example.com'")
        cursor.execute(
            f"INSERT INTO {table} SELECT * FROM {table}"  # the same person once more
        )


def test_a_rule_that_the_rows_break_meanwhile_is_refused_in_one_line():
    Visitor().register()
    Visitor().register(GRACE)
    table = rules()["player_email_any_case"]
    drop("player_email_any_case")
    execute(f"UPDATE {table} SET email = 'ada@example.com'")
    try:
        with pytest.raises(CommandError, match="player_email_any_case cannot be restored"):
            call_command("migrate", **LANGUAGE)
    finally:
        execute(f"UPDATE {table} SET email = username")


def test_migrate_itself_says_what_is_lost():
    drop("player_email_any_case")
    said = StringIO()
    call_command("migrate", interactive=False, stdout=said, stderr=said)
    assert "has lost its rule player_email_any_case" in said.getvalue()
    assert "no issues" in checked()


def test_a_site_that_is_not_migrated_yet_has_lost_nothing(tmp_path):
    database = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    run = manage("check", "--database", "default", DATABASE_URL=database)
    assert (run.returncode, "no issues" in run.stdout + run.stderr) == (0, True)


def test_the_migrations_are_squashed_undone_and_shown_by_djangos_own_commands(tmp_path):
    """In a copy of the project, with a database of its own."""
    project = tmp_path / "project"
    kept = shutil.ignore_patterns("*.sqlite3*", "__pycache__", "static", ".*")
    shutil.copytree(Path(settings.BASE_DIR), project, ignore=kept)
    migrations = sorted(path.stem for path in (project / "players/migrations").glob("[0-9]*.py"))

    def run(*command, expected=0):
        done = manage(*command, folder=project, DATABASE_URL=database_url(tmp_path))
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout + done.stderr

    with scratch_database(tmp_path):
        run("migrate")
        for migration in migrations:
            assert "CREATE" in run("sqlmigrate", "players", migration) or "0003" in migration
            run("sqlmigrate", "players", migration, "--backwards")
        run("migrate", "players", "zero")
        run("migrate")
        if len(migrations) > 1:
            said = run("squashmigrations", "players", migrations[-1], "--no-input")
            assert "Manual porting" not in said
            assert "squashed" in run("showmigrations", "players")
        assert "No migrations to apply" in run("migrate")  # the squashed one counts as applied
        run("migrate", "players", "zero")
        run("migrate")
        assert "no issues" in run("check", "--database", "default")
        assert "No changes detected" in run("makemigrations", "--check", "--dry-run")
        held = run("shell", "-c", HELD).splitlines()[-1]
        assert json.loads(held) == sorted(rules())


HELD = """
import json
from django.db import connection
with connection.cursor() as cursor:
    names = [name for table in connection.introspection.table_names(cursor)
             for name in connection.introspection.get_constraints(cursor, table)]
print(json.dumps(sorted(name for name in names if name.startswith("player_"))))
"""

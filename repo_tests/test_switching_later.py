"""Why the user model is hard to change: what happens to a database when only the setting does."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from harness.variants import VARIANTS
from repo_tests.test_how_to import run

BEFORE, AFTER = VARIANTS["profile"], VARIANTS["custom"]


def manage(variant, database, *command):
    """What a command of a variant says about a database."""
    return run(variant.path, database, "manage.py", *command)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A database of the profile variant, whose users are Django's."""
    path = tmp_path_factory.mktemp("before") / "db.sqlite3"
    done = manage(BEFORE, path, "migrate", "--verbosity=0")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def database(migrated, tmp_path):
    """A copy of it, which a test may change."""
    return Path(shutil.copy(migrated, tmp_path))


def test_django_thinks_that_it_has_migrated_and_the_table_is_not_there(database):
    """Both projects have an app `players` with a migration 0001: Django compares names alone."""
    done = manage(AFTER, database, "migrate")
    assert "No migrations to apply" in done.stdout
    count = "from players.models import User; User.objects.count()"
    done = manage(AFTER, database, "shell", "-c", count)
    assert "no such table: players_user" in done.stderr


def test_where_the_app_is_new_django_refuses_to_migrate_at_all(database):
    """The admin's first migration points to the user, so it should have come after it."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'players'")
    done = manage(AFTER, database, "migrate")
    assert done.returncode == 1
    assert (
        "InconsistentMigrationHistory: Migration admin.0001_initial is applied before its "
        "dependency players.0001_initial on database 'default'." in done.stderr
    )


def test_tables_of_other_apps_still_point_to_the_old_one(database):
    """Their foreign keys are in the database; a setting does not reach them."""
    with closing(sqlite3.connect(database)) as connection, connection:
        keys = connection.execute("PRAGMA foreign_key_list(django_admin_log)").fetchall()
    assert "auth_user" in {key[2] for key in keys}
    done = manage(AFTER, database, "sqlmigrate", "admin", "0001")
    assert 'REFERENCES "players_user"' in done.stdout

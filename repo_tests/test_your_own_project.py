"""A project of one's own gets a user model of its own: both pages on it, followed to the letter.

After each step all rows are compared, and what people do is tried, under old code and new.
"""

import contextlib
import re
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness import copies
from harness.databases import PROOF, Databases, connected, on_a_server
from harness.variants import ROOT
from proofs.migration_paths import schema
from proofs.migration_paths.deployment import Deployment, Refused
from proofs.migration_paths.paths import STOCK_URLS, add_league, append, start_project
from proofs.migration_paths.walk import changes
from repo_tests.learner import Learner, with_includes
from repo_tests.mover import PAGES

STRANGER = Path(__file__).with_name("strangers_project")
TWO, THREE = "Two deployments", "Three deployments"
TAB = re.compile(r'^=== "(.*)"\n((?:(?: {4}.*)?\n)+)', re.M)

SETTINGS = """
import os
import dj_database_url

DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
SECRET_KEY = "for-development-only"
LOGIN_REDIRECT_URL = "/profile/"
"""
STRANGERS_SETTINGS = """
INSTALLED_APPS += ["guild", "venues"]
"""
STRANGERS_URLS = """
from guild.views import Join, roll

urlpatterns += [path("join/", Join.as_view()), path("roll/", roll)]
"""
# What the stranger's apps have of the people.
STRANGERS_ROWS = """
from django.contrib.auth.models import User
from guild.models import Member, Team
from venues.models import Hall

ada, *others = User.objects.order_by("pk")[:9]
hall = Hall.objects.create(name="Town hall", keeper=others[3])
team = Team.objects.create(name="Owls", hall=hall, captain=ada)
team.helpers.set(others)
Member.objects.bulk_create(Member(user=user, motto=f"No. {user.pk}") for user in others)
"""
ADMIN_PAGES = """
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

User = get_user_model()
boss = User.objects.create_superuser("boss")
visitor = Client(SERVER_NAME="localhost")
visitor.force_login(boss)
for page, *arguments in [("changelist",), ("add",), ("change", boss.pk)]:
    address = reverse(f"admin:{User._meta.app_label}_user_{page}", args=arguments)
    assert visitor.get(address).status_code == 200, address
"""
# Content types differ by design; who holds which permission, and what is logged and noted of whom,
# the survey compares by name.
NOT_COMPARED = {
    "auth_group_permissions",
    "auth_permission",
    "auth_user_user_permissions",
    "django_admin_log",
    "django_content_type",
    "django_migrations",
    "league_note",
    "sqlite_sequence",
}


def sections(page: str, deployments: str = TWO) -> dict[str, str]:
    """A page's sections by title, with the files that it includes, and one tab of each choice."""
    text = with_includes(PAGES / f"{page}.md")
    text = TAB.sub(lambda tab: tab[2] if tab[1] == deployments else "", text)
    _, *parts = re.split(r"^###? (.*)\n", text, flags=re.M)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with on_a_server(PROOF) as databases:
        yield databases


class Move:
    """A project in a folder, somebody who changes it, and a database with people."""

    def __init__(self, folder: Path, databases: Databases, database: str) -> None:
        self.databases, self.database = databases, database
        self.folder = folder
        self.url = f"sqlite:///{database}" if self.is_on_sqlite else databases.url_of(database)
        self.running = contextlib.ExitStack()
        self.learner = Learner(folder / "site")
        self.running.callback(self.learner.leave)
        programs, root = (shlex.quote(str(path)) for path in (Path(sys.executable).parent, ROOT))
        self.learner.tell(f"export PATH={programs}:$PATH PYTHONPATH={root}")
        self.learner.tell(f"export DATABASE_URL='{self.url}'")

    @property
    def is_on_sqlite(self) -> bool:
        return self.database.endswith(".sqlite3")

    def deployed(self, name: str) -> Deployment:
        """The code as it stands now, in a process of its own, until the end."""
        copy = self.folder / name / "site"
        shutil.copytree(self.folder / "site", copy, ignore=copies.NOT_COPIED)
        deployment = Deployment(copy, self.url)
        self.running.callback(deployment.end)
        return deployment

    def tried(self, name: str, old: Deployment) -> str:
        """Another database, which the old code has migrated, and where a group may see users."""
        trial = f"{self.database}_{name}"
        self.databases.create(trial)
        old.migrate(trial)
        with connected(self.databases.url_of(trial)) as ask:
            ask("INSERT INTO auth_group (name) VALUES ('viewers')")
            ask(
                "INSERT INTO auth_group_permissions (group_id, permission_id) SELECT 1, id"
                " FROM auth_permission WHERE codename = 'view_user'"
            )
        return trial

    def begin(self, old: Deployment) -> None:
        """Make people with the old code, and remember what there is of them."""
        old.migrate(self.database)
        self.known = old.create(self.database, 40)
        if (self.folder / "site" / "guild").exists():
            self.run(STRANGERS_ROWS)
        self.at_first = old.survey(self.database, self.known)
        assert not self.at_first["fails"]
        self.rows = self.all_rows()
        assert self.rows["league_match_participants"]

    def run(self, program: str) -> None:
        """Run a program inside the project as it stands now."""
        (self.folder / "program").write_text(program)
        status, printed = self.learner.tell("python manage.py shell < ../program")
        assert status == 0, printed

    def works(self, deployment: Deployment) -> None:
        """Nothing is lost, changed or new, and all works under this code."""
        assert changes(self.at_first, deployment.survey(self.database, self.known)) == []
        assert self.all_rows() == self.rows
        assert deployment.missing_migrations(self.database) == ""

    def all_rows(self) -> dict[str, list[str]]:
        """The rows of each table, but for NOT_COMPARED."""
        if self.is_on_sqlite:
            with contextlib.closing(sqlite3.connect(self.database)) as connection:
                found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                return rows_of(lambda sql: connection.execute(sql).fetchall(), found.fetchall())
        with connected(self.url) as ask:
            found = ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return rows_of(ask, found)

    def has_the_schema_of_a_new_one(self, deployment: Deployment) -> None:
        fresh = f"{self.database}_fresh"
        url = self.databases.create(fresh)
        deployment.migrate(fresh)
        assert schema.differences(url, self.url) == []


def rows_of(ask: Any, tables: list[tuple[str]]) -> dict[str, list[str]]:
    names = sorted({name for (name,) in tables} - NOT_COMPARED)
    return {name: sorted(map(str, ask(f"SELECT * FROM {name}"))) for name in names}


@contextlib.contextmanager
def moving(
    folder: Path, databases: Databases, database: str, *, stranger: bool = False
) -> Iterator[Move]:
    """A project that startproject has made, with another app, and with the stranger's if told."""
    site = folder / "site"
    site.mkdir()
    start_project(site, SETTINGS, STOCK_URLS)
    add_league(site)
    if stranger:
        shutil.copytree(STRANGER, site, dirs_exist_ok=True, ignore=copies.NOT_COPIED)
        append(site / "config" / "settings.py", STRANGERS_SETTINGS)
        append(site / "config" / "urls.py", STRANGERS_URLS)
    move = Move(folder, databases, database)
    with move.running:
        yield move


@pytest.fixture
def database(databases: Databases, request: pytest.FixtureRequest) -> str:
    """The name of a new database on PostgreSQL."""
    name = databases.name(str(abs(hash(request.node.name)) % 10**6))
    databases.create(name)
    return name


def test_two_deployments_move_a_project_on_sqlite(tmp_path: Path, databases: Databases) -> None:
    with moving(tmp_path, databases, str(tmp_path / "db.sqlite3")) as move:
        page = sections("auth-user-to-custom-user", TWO)
        follow_two_deployments(move, page)
        move.learner.follow(page["4. The reward"])
        move.run(ADMIN_PAGES)


def follow_two_deployments(move: Move, page: dict[str, str], *more: str) -> None:
    """Both steps, and what another page says to do with the second."""
    old = move.deployed("old")
    if not hasattr(move, "at_first"):
        move.begin(old)
    move.learner.follow(page["1. Take the name"])
    move.works(old)
    move.learner.follow(page["2. Switch"])
    for text in more:
        move.learner.follow(text)
    new = move.deployed("new")
    move.works(new)
    new.migrate(move.database, "accounts", "0001")
    move.works(old)
    new.migrate(move.database)
    move.works(new)
    if not move.is_on_sqlite:
        move.has_the_schema_of_a_new_one(new)


def test_three_deployments_move_a_project(
    tmp_path: Path, databases: Databases, database: str
) -> None:
    with moving(tmp_path, databases, database) as move:
        page = sections("auth-user-to-custom-user", THREE)
        old = move.deployed("old")
        move.begin(old)
        move.learner.follow(page["1. Take the name"])
        move.works(old)
        prepared = move.deployed("prepared")
        move.learner.follow(page["2. Switch"])
        new = move.deployed("new")
        move.works(new)
        move.works(old)
        move.learner.follow(page["3. Finish"])
        finished = move.deployed("finished")
        move.works(finished)
        finished.migrate(move.database, "accounts", "0002")
        move.works(old)
        finished.migrate(move.database)
        move.has_the_schema_of_a_new_one(finished)
        move.learner.follow(page["4. The reward"])
        move.run(ADMIN_PAGES)
        errors = page["If you came here with an error"]
        refuses_a_forgotten_deployment(move, old, finished, " ".join(errors.split()))
        refuses_to_grant_again_what_was_withdrawn(move, old, prepared)


def refuses_a_forgotten_deployment(
    move: Move, old: Deployment, finished: Deployment, errors: str
) -> None:
    """The first, both where it was left out and where it was said to have run."""
    trial = move.tried("forgotten", old)
    with pytest.raises(Refused) as refusal:
        finished.migrate(trial)
    assert str(refusal.value) in errors
    with connected(move.databases.url_of(trial)) as ask:
        ask("INSERT INTO django_migrations VALUES (DEFAULT, 'accounts', '0001_initial', now())")
    with pytest.raises(Refused, match=r"name only: .* such as group viewers auth\.view_user"):
        finished.migrate(trial)


def refuses_to_grant_again_what_was_withdrawn(
    move: Move, old: Deployment, prepared: Deployment
) -> None:
    trial = move.tried("withdrawn", old)
    prepared.migrate(trial)
    with connected(move.databases.url_of(trial)) as ask:
        ask("DELETE FROM auth_group_permissions WHERE id = 1")
    with pytest.raises(Refused, match=r"such as group viewers accounts\.view_user"):
        prepared.migrate(trial, "accounts", "zero")


def test_three_deployments_refuse_to_begin_on_sqlite(tmp_path: Path, databases: Databases) -> None:
    with moving(tmp_path, databases, str(tmp_path / "db.sqlite3")) as move:
        take_the_name = sections("auth-user-to-custom-user", THREE)["1. Take the name"]
        with pytest.raises(AssertionError, match=r"this path is for PostgreSQL, not for sqlite"):
            move.learner.follow(take_the_name)


def test_code_of_ones_own_is_made_ready_and_moved_to_a_new_app(
    tmp_path: Path, databases: Databases, database: str
) -> None:
    with moving(tmp_path, databases, database, stranger=True) as move:
        own = sections("your-own-project")
        move.begin(move.deployed("untouched"))
        make_ready(move, own)
        page = sections("auth-user-to-custom-user", TWO)
        follow_two_deployments(move, page, own["3. Move"])


def make_ready(move: Move, page: dict[str, str]) -> None:
    """The page's first two steps; then what the first one found is gone, but for permissions."""
    find, change = page["1. Find what names Django's user"], page["2. Name the setting instead"]
    move.learner.tell("git init --quiet && git add '*.py' '*.html'")
    move.learner.follow(find)
    move.learner.follow(change)
    [search] = re.findall(r"^\$ (git grep .*)", find, re.M)
    _, found = move.learner.tell(search)
    assert len(found.splitlines()) == found.count("auth.view_user") == 2, found


def test_code_of_ones_own_gets_the_user_into_an_app_with_a_history(
    tmp_path: Path, databases: Databases, database: str
) -> None:
    with moving(tmp_path, databases, database, stranger=True) as move:
        page = sections("your-own-project")
        old = move.deployed("old")
        move.begin(old)
        make_ready(move, page)
        shutil.copy(ROOT / "migration_paths" / "moving.py", move.folder / "site" / "guild")
        move.learner.follow(page["The first deployment: take the name"])
        move.works(old)
        move.learner.follow(page["The second deployment: switch"])
        move.works(move.deployed("new"))
        move.works(old)
        move.learner.follow(page["The third deployment: finish"])
        finished = move.deployed("finished")
        move.works(finished)
        finished.migrate(move.database, "guild", "0005")
        move.works(old)
        finished.migrate(move.database)
        move.has_the_schema_of_a_new_one(finished)
        move.run(ADMIN_PAGES)
        refuses_the_first_migration_where_it_points_in_a_circle(move, page)


def refuses_the_first_migration_where_it_points_in_a_circle(
    move: Move, page: dict[str, str]
) -> None:
    """What the page says of a user in 0001, where 0000 does not come first."""
    move.learner.tell("""sed -i '/"0000_user"/d' guild/migrations/0001_initial.py""")
    move.learner.tell("rm guild/migrations/0000_user.py")
    _, printed = move.learner.tell("python manage.py showmigrations")
    [promised] = re.findall(r"^(Circ\w+): (.*), (.*)$", page["Into an app that you have"], re.M)
    assert all(name in printed.splitlines()[-1] for name in promised)  # in either order

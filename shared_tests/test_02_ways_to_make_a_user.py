"""Rule 2: Every way to make a user works."""

import json
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.db import transaction

from shared_tests.emptying import empty
from shared_tests.people import ADA, GRACE, PASSWORD, another, details_of
from shared_tests.staff import create_superuser, players_in_admin, save
from shared_tests.visitor import Visitor


def by_the_form():
    Visitor().register()


def by_create_user():
    get_user_model().objects.create_user("ada", "ada@example.com", PASSWORD)


def by_get_or_create():
    defaults = {"email": "ada@example.com", "password": make_password(PASSWORD)}
    for _ in range(2):
        get_user_model().objects.get_or_create(username="ada", defaults=defaults)


def by_createsuperuser():
    create_superuser("ada")


def by_bulk_create():
    User = get_user_model()
    ada = User(username="ada", email="ada@example.com", password=make_password(PASSWORD))
    User.objects.bulk_create([ada])


def by_the_admin():
    create_superuser("root")
    admin = Visitor()
    admin.log_in("root")
    account = {
        "username": "ada",
        "email": "ada@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    response = save(admin, f"{players_in_admin(admin)}add/", **account)
    assert response.status_code == 302


@pytest.mark.parametrize(
    "make",
    [
        by_the_form,
        by_create_user,
        by_get_or_create,
        by_createsuperuser,
        by_bulk_create,
        by_the_admin,
    ],
)
def test_a_user_made_this_way_logs_in_and_keeps_details(visitor, make):
    make()
    assert visitor.log_in().status_code == 302
    changes = {**details_of(ADA), "zoom_id": "another.zoom"}
    assert visitor.edit(**changes).status_code == 302
    profile = visitor.profile()
    assert {name: profile[name] for name in changes} == changes
    assert visitor.directory()["ada"]["zoom_id"] == "another.zoom"


def test_the_admin_adds_a_user_with_details_at_once(visitor, admin):
    account = {
        "username": "ada",
        "email": "ada@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    path = f"{players_in_admin(admin)}add/"
    assert save(admin, path, **account, **details_of(ADA)).status_code == 302
    visitor.log_in()
    profile = visitor.profile()
    assert {name: profile[name] for name in details_of(ADA)} == details_of(ADA)


@pytest.mark.parametrize("order", [list, lambda rows: rows[::-1]], ids=["as dumped", "reversed"])
def test_a_fixture_brings_back_a_player_whole_in_any_order(visitor, tmp_path, order):
    fixture = tmp_path / "players.json"
    visitor.register()
    call_command(
        *("dumpdata", "auth", "players"),
        *("--exclude", "auth.permission", "--output", fixture),
        verbosity=0,
    )
    visitor.delete()
    fixture.write_text(json.dumps(order(json.loads(fixture.read_text()))))
    call_command("loaddata", fixture, verbosity=0)
    assert visitor.log_in().status_code == 302
    profile = visitor.profile()
    assert {name: profile[name] for name in details_of(ADA)} == details_of(ADA)


@pytest.mark.django_db(databases=["default", "other"])
def test_createsuperuser_on_another_database_leaves_this_one_alone(tmp_path):
    def rows(database):
        path = tmp_path / f"{database}.json"
        call_command("dumpdata", database=database, output=path, verbosity=0)
        return json.loads(path.read_text())

    before = rows("default")
    create_superuser("ada", database="other")
    assert "ada" in [row["fields"].get("username") for row in rows("other")]
    assert [row for row in rows("default") if row not in before] == []
    assert Visitor().log_in().status_code == 200


# A dump names a player by their name and not by a number, if it is told to. See docs/how-to.
NATURAL = ["--natural-foreign", "--natural-primary"]
EMPTY, OTHERS = [], [another(1), another(2), another(3)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["json", "jsonl", "xml"])
@pytest.mark.parametrize(
    ("options", "there"),
    [
        pytest.param([], EMPTY, id="plain into an empty database"),
        pytest.param(["--natural-foreign"], EMPTY, id="natural-foreign into an empty database"),
        pytest.param(NATURAL, EMPTY, id="both into an empty database"),
        pytest.param(NATURAL, OTHERS, id="both into one where others have the same numbers"),
    ],
)
def test_a_dump_brings_everybodys_own_details_and_takes_nobodys(tmp_path, kind, options, there):
    empty(from_one=True)
    people = [ADA, GRACE]
    for person in people:
        Visitor().register(person)
    fixture = tmp_path / f"players.{kind}"
    call_command(
        *("dumpdata", "auth", "players", "--exclude", "auth.permission", *options),
        *("--format", kind, "--output", fixture, "--verbosity=0"),
    )
    empty(from_one=True)
    for person in there:
        Visitor().register(person)
    call_command("loaddata", fixture, verbosity=0)
    for person in [*people, *there]:
        visitor = Visitor()
        assert visitor.log_in(person["username"]).status_code == 302
        profile = visitor.profile()
        assert {name: profile[name] for name in details_of(person)} == details_of(person)
    assert len(visitor.directory()) == len(people) + len(there)


@pytest.mark.parametrize(
    ("username", "email"), [("ADA", "new@example.com"), ("new", "ADA@example.com")]
)
@pytest.mark.parametrize("interactive", [False, True])
def test_createsuperuser_refuses_what_is_taken_in_one_line(
    ada, monkeypatch, username, email, interactive
):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    monkeypatch.setattr("getpass.getpass", lambda *prompt: PASSWORD)
    answers = {"username": username, "email": email}
    stdin = mock.Mock(isatty=lambda: True)
    with pytest.raises(CommandError, match="already taken"), transaction.atomic():
        call_command(
            "createsuperuser", interactive=interactive, verbosity=0, stdin=stdin, **answers
        )
    assert list(ada.directory()) == ["ada"]

"""Rule 8: A form sets the fields it shows and nothing else."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model

from shared_tests.people import ADA, GRACE, details_of
from shared_tests.visitor import Visitor

POWERS = {
    "is_staff": "on",
    "is_superuser": "on",
    "groups": "1",
    "user_permissions": "1",
    "date_joined": "2000-01-01 00:00:00",
}


def test_a_registration_gives_no_powers(visitor):
    assert visitor.register(**POWERS, id="77", pk="77").status_code == 302
    assert visitor.get("/admin/").status_code == 302


def test_a_registration_cannot_make_an_inactive_account(visitor):
    visitor.register(is_active="", last_login="")
    assert Visitor().log_in().status_code == 302


def test_an_edit_gives_no_powers(ada):
    assert ada.post("/profile/edit/", {**ADA, **POWERS, "is_active": ""}).status_code == 302
    assert ada.get("/admin/").status_code == 302
    assert ada.name() == "ada"


def test_an_edit_changes_neither_name_nor_password(ada):
    ada.post("/profile/edit/", {**ADA, "username": "eve", "password": "plain"})
    assert ada.profile()["username"] == "ada"
    assert Visitor().log_in().status_code == 302


@pytest.fixture
def victim(db):
    """Grace, and the numbers under which a row of hers may be known."""
    grace = Visitor()
    grace.register(GRACE)
    key = str(get_user_model().objects.get(username="grace").pk)
    names = ("id", "pk", "user", "user_id", "player", "player_id", "person", "person_id")
    return grace, dict.fromkeys(names, key) | {"username": "grace"}


def test_an_edit_never_reaches_another_players_row(ada, victim):
    grace, aimed_at_grace = victim
    before = grace.profile()
    eve = {"email": "eve@example.com", "discord_id": "eve#1", "zoom_id": "", "birthdate": ""}
    address = f"/profile/edit/?{urlencode(aimed_at_grace)}"
    assert ada.post(address, eve | aimed_at_grace).status_code == 302
    assert grace.profile() == before
    assert ada.profile()["discord_id"] == "eve#1"


def test_a_registration_never_reaches_another_players_row(visitor, victim):
    grace, aimed_at_grace = victim
    before = grace.profile()
    assert visitor.post("/register/", aimed_at_grace | ADA).status_code == 302
    assert grace.profile() == before
    assert {name: visitor.profile()[name] for name in details_of(ADA)} == details_of(ADA)

"""Rule 8: A form sets the fields it shows and nothing else."""

import pytest

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


@pytest.mark.parametrize("field", ["id", "pk", "user", "user_id", "player", "person", "username"])
def test_an_edit_never_reaches_another_players_row(ada, field):
    grace = Visitor()
    grace.register(GRACE)
    before = grace.profile()
    for victim in [*map(str, range(1, 20)), "grace"]:
        eve = {"email": "eve@example.com", "discord_id": "eve#1", "zoom_id": "", "birthdate": ""}
        ada.post("/profile/edit/", {**eve, field: victim})
    assert grace.profile() == before
    assert ada.profile()["discord_id"] == "eve#1"


def test_a_registration_never_reaches_another_players_row(ada):
    before = ada.profile()
    for victim in map(str, range(1, 20)):
        person = {**GRACE, "username": f"g{victim}", "email": f"g{victim}@example.com"}
        person |= {"discord_id": "", "id": victim, "user": victim, "user_id": victim}
        Visitor().register(person)
    assert ada.profile() == before
    assert {name: ada.profile()[name] for name in details_of(ADA)} == details_of(ADA)

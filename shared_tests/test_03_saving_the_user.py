"""Rule 3: Saving the user never overwrites the details."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from shared_tests.overtaking import overtaken
from shared_tests.people import PASSWORD
from shared_tests.staff import player_in_admin, save
from shared_tests.visitor import Visitor

NEW = "natural-one-1"


@pytest.fixture
def stale(ada):
    """Ada as an earlier request loaded her, details and all, before she changed them."""
    stale = authenticate(RequestFactory().post("/login/"), username="ada", password=PASSWORD)
    assert stale
    return stale


def test_a_log_in_that_began_before_an_edit_does_not_undo_it(ada, stale):
    ada.edit(zoom_id="newer.zoom", birthdate="1991-01-01")
    stale.save(update_fields=["last_login"])
    assert ada.profile()["zoom_id"] == "newer.zoom"
    assert ada.profile()["birthdate"] == "1991-01-01"


def test_a_later_log_in_leaves_the_details_as_they_are(ada):
    ada.edit(zoom_id="newer.zoom")
    Visitor().log_in()
    assert ada.profile()["zoom_id"] == "newer.zoom"


def test_a_password_change_leaves_the_details_as_they_are(ada):
    new = "natural-one-1"
    before = ada.profile()
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert ada.post("/password-change/", form).status_code == 302
    assert ada.profile() == before


def test_an_admin_who_saves_without_a_change_leaves_the_details_as_they_are(ada, admin):
    before = ada.profile()
    assert save(admin, player_in_admin(admin, "ada")).status_code == 302
    assert ada.profile() == before


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_password_change_overtaken_by_an_edit_does_not_undo_it():
    ada, other_tab = Visitor(), Visitor()
    ada.register()
    other_tab.log_in()
    changes = {"email": "new@example.com", "zoom_id": "new.zoom", "birthdate": ""}
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    response = overtaken(
        lambda: ada.post("/password-change/", form), by=lambda: other_tab.edit(**changes)
    )
    assert response.status_code == 302
    profile = ada.profile()
    assert {name: profile[name] for name in changes} == changes
    assert Visitor().log_in(password=NEW).status_code == 302


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_change_different_things_at_once_both_keep_theirs():
    ada, other_tab = Visitor(), Visitor()
    ada.register()
    other_tab.log_in()
    overtaken(
        lambda: ada.edit(zoom_id="new.zoom"),
        by=lambda: other_tab.edit(discord_id="new#1", email="new@example.com"),
    )
    profile = ada.profile()
    assert (profile["zoom_id"], profile["discord_id"]) == ("new.zoom", "new#1")
    assert profile["email"] == "new@example.com"

import pytest
from django.urls import include, path

from proofs.ecosystem.players_site import by_username
from shared_tests.people import ADA, GRACE, PASSWORD, details_of
from shared_tests.visitor import Visitor

urlpatterns = [
    path("auth/", include("djoser.urls")),
    path("auth/", include("djoser.urls.authtoken")),
]
ME = "/auth/users/me/"


@pytest.fixture(scope="module")
def app():
    """A program that has Ada's token."""
    credentials = {"username": "ada", "password": PASSWORD}
    token = Visitor().post("/auth/token/login/", credentials).json()["auth_token"]
    return Visitor(headers={"Authorization": f"Token {token}"})


def sign_up(person, **changes):
    return Visitor().post("/auth/users/", {**person, "password": PASSWORD, **changes})


def test_signing_up_makes_an_account():
    answer = sign_up(ADA)
    assert (answer.status_code, answer.json()["username"]) == (201, "ada"), "the API answers"


def test_the_three_details_are_kept():
    ada = Visitor()
    ada.log_in()
    assert details_of(ada.profile()) == details_of(ADA), "the profile shows"


def test_a_taken_detail_is_refused():
    assert sign_up(GRACE, discord_id="ADA#1815").status_code == 400, "the API answers"
    assert by_username("grace") is None, "the account"


def test_a_token_reads_the_own_account(app):
    shown = app.get(ME).json()
    assert shown == {**shown, **details_of(ADA)}, "the API shows"


def test_a_taken_detail_is_refused_in_a_change_too(app):
    sign_up(GRACE)
    changes = {"discord_id": "GRACE#1906"}
    answer = app.client.patch(ME, changes, content_type="application/json")
    assert answer.status_code == 400, "the API answers"

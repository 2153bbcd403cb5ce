from base64 import b32decode

import pytest
from django.urls import include, path
from django.views.generic import RedirectView
from django_otp.oath import totp
from two_factor.urls import urlpatterns as two_factor_pages

from proofs.ecosystem.players_site import by_username
from shared_tests.people import ADA, PASSWORD, details_of
from shared_tests.visitor import Visitor, parsed

# As its documentation says: there must be no other way to log in.
INSTEAD = RedirectView.as_view(pattern_name="two_factor:login", query_string=True)
urlpatterns = [
    path("", include(two_factor_pages)),
    path("login/", INSTEAD),
    path("admin/login/", INSTEAD),
]
SETUP, LOGIN = "/account/two_factor/setup/", "/account/login/"


@pytest.fixture(scope="module")
def key(ada):
    """What the set-up tells Ada's phone."""
    ada.get(SETUP)
    page = ada.post(SETUP, {"setup_view-current_step": "welcome"})
    return b32decode(page.context["secret_key"])


@pytest.fixture(scope="module")
def again():
    """Ada at another browser."""
    return Visitor()


def token(key):
    """What her phone shows now."""
    return f"{totp(key):06}"


def test_a_second_factor_is_set_up(ada, key):
    ada.post(SETUP, {"setup_view-current_step": "generator", "generator-token": token(key)})
    assert by_username("ada").totpdevice_set.count() == 1, "devices"


def test_the_password_alone_is_not_enough(again):
    answer = again.post(
        LOGIN,
        {
            "login_view-current_step": "auth",
            "auth-username": "ada",
            "auth-password": PASSWORD,
        },
    )
    assert again.name() is None, "the site greets"
    assert parsed(answer).select("[name=token-otp_token]"), "asked for"


def test_nor_is_it_at_another_log_in():
    for page in "/login/", "/admin/login/":
        other = Visitor()
        other.post(page, {"username": "ada", "password": PASSWORD})
        assert other.name() is None, f"after {page}, the site greets"


def test_with_the_second_factor_it_ends_in_the_site(again, key):
    again.post(LOGIN, {"login_view-current_step": "token", "token-otp_token": token(key)})
    assert again.name() == "ada", "the site greets"
    assert details_of(again.profile()) == details_of(ADA), "the profile shows"


def test_the_session_counts_as_verified(again):
    assert again.get("/").wsgi_request.user.is_verified(), "verified"

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import include, path
from oauth2_provider import urls as oauth2_urls
from oauth2_provider.models import Application

from proofs.ecosystem.players_site import by_username
from shared_tests.people import ADA, details_of
from shared_tests.visitor import Visitor

urlpatterns = [path("o/", include(oauth2_urls))]
BACK, SECRET, VERIFIER = "https://dice.example.com/back", "secret" * 10, "verifier" * 8


@pytest.fixture(scope="module")
def application(root):
    return Application.objects.create(
        name="dice",
        user=by_username("root"),
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=BACK,
        client_secret=SECRET,
    )


@pytest.fixture(scope="module")
def code(application, ada):
    """What the player's consent gives the application."""
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    asked = {
        "client_id": application.client_id,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "read",
    }
    answer = ada.post("/o/authorize/", {**asked, "allow": "Authorize"})
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


@pytest.fixture(scope="module")
def token_answer(application, code):
    return Visitor().post(
        "/o/token/",
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": VERIFIER,
            "redirect_uri": BACK,
            "client_id": application.client_id,
            "client_secret": SECRET,
        },
    )


def test_the_player_allows_an_application(code):
    assert code, "the code"


def test_the_application_gets_a_token(token_answer):
    assert token_answer.status_code == 200, "the answer"


def test_the_site_shows_it_the_player(token_answer):
    token = token_answer.json()["access_token"]
    dice = Visitor(headers={"Authorization": f"Bearer {token}"})
    assert dice.name() == "ada", "the site greets"
    assert details_of(dice.profile()) == details_of(ADA), "the profile shows"

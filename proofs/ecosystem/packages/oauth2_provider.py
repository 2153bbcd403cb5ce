from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from django.urls import include, path
from oauth2_provider import urls as oauth2_urls
from oauth2_provider.models import Application

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import ADA, by_username, details_of, log_in_root, register
from shared_tests.visitor import Visitor

urlpatterns = [path("o/", include(oauth2_urls))]
BACK, SECRET, VERIFIER = "https://dice.example.com/back", "secret" * 10, "verifier" * 8


class Operation:
    def the_player_allows_an_application(self):
        log_in_root()
        self.application = Application.objects.create(
            name="dice",
            user=by_username("root"),
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
            redirect_uris=BACK,
            client_secret=SECRET,
        )
        challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
        asked = {
            "client_id": self.application.client_id,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "read",
        }
        answer = register().post("/o/authorize/", {**asked, "allow": "Authorize"})
        self.code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def the_application_gets_a_token(self):
        answer = Visitor().post(
            "/o/token/",
            {
                "grant_type": "authorization_code",
                "code": self.code,
                "code_verifier": VERIFIER,
                "redirect_uri": BACK,
                "client_id": self.application.client_id,
                "client_secret": SECRET,
            },
        )
        expect("the answer", answer.status_code, 200)
        self.token = answer.json()["access_token"]

    def the_site_shows_it_the_player(self):
        dice = Visitor(headers={"Authorization": f"Bearer {self.token}"})
        expect("the site greets", dice.name(), "ada")
        expect("the profile shows", dice.profile(), details_of(ADA))

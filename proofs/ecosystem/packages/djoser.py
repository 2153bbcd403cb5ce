from django.urls import include, path

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import ADA, GRACE, PASSWORD, by_username, details_of
from shared_tests.visitor import Visitor

urlpatterns = [
    path("auth/", include("djoser.urls")),
    path("auth/", include("djoser.urls.authtoken")),
]


class Operation:
    def signing_up_makes_an_account(self):
        answer = Visitor().post("/auth/users/", {**ADA, "password": PASSWORD})
        expect("the API answers", (answer.status_code, answer.json()["username"]), (201, "ada"))

    def the_three_details_are_kept(self):
        ada = Visitor()
        ada.log_in()
        expect("the profile shows", ada.profile(), details_of(ADA))

    def a_taken_detail_is_refused(self):
        grace = {**GRACE, "password": PASSWORD, "discord_id": "ADA#1815"}
        expect("the API answers", Visitor().post("/auth/users/", grace).status_code, 400)
        expect("the account", by_username("grace"), None)

    def a_token_reads_the_own_account(self):
        credentials = {"username": "ada", "password": PASSWORD}
        token = Visitor().post("/auth/token/login/", credentials).json()["auth_token"]
        self.app = Visitor(headers={"Authorization": f"Token {token}"})
        shown = self.app.get("/auth/users/me/").json()
        expect("the API shows", shown, details_of(ADA))

    def a_taken_detail_is_refused_in_a_change_too(self):
        Visitor().post("/auth/users/", {**GRACE, "password": PASSWORD})
        changes = {"discord_id": "GRACE#1906"}
        path = "/auth/users/me/"
        answer = self.app.client.patch(path, changes, content_type="application/json")
        expect("the API answers", answer.status_code, 400)

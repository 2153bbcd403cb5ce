from django.urls import include, path

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import ADA, PASSWORD, details_of
from shared_tests.visitor import Visitor

urlpatterns = [path("accounts/", include("allauth.urls"))]


class Operation:
    def signing_up_logs_in(self):
        self.ada = Visitor()
        self.ada.post("/accounts/signup/", ADA)
        expect("the site greets", self.ada.name(), "ada")

    def the_three_details_are_kept(self):
        expect("the profile shows", self.ada.profile(), details_of(ADA))

    def logging_in_ends_in_the_site(self):
        ada = Visitor()
        ada.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
        expect("the profile shows", ada.profile(), self.ada.profile())

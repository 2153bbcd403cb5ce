from base64 import b32decode

from django.urls import include, path
from django.views.generic import RedirectView
from django_otp.oath import totp
from two_factor.urls import urlpatterns as two_factor_pages

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import ADA, PASSWORD, by_username, details_of, register
from shared_tests.visitor import Visitor, parsed

# As its documentation says: there must be no other way to log in.
INSTEAD = RedirectView.as_view(pattern_name="two_factor:login", query_string=True)
urlpatterns = [
    path("", include(two_factor_pages)),
    path("login/", INSTEAD),
    path("admin/login/", INSTEAD),
]
SETUP, LOGIN = "/account/two_factor/setup/", "/account/login/"


class Operation:
    def a_second_factor_is_set_up(self):
        ada = register()
        ada.get(SETUP)
        page = ada.post(SETUP, {"setup_view-current_step": "welcome"})
        self.key = b32decode(page.context["secret_key"])
        ada.post(SETUP, {"setup_view-current_step": "generator", "generator-token": self._token()})
        devices = by_username("ada").totpdevice_set.count()
        expect("devices", devices, 1)

    def the_password_alone_is_not_enough(self):
        self.ada = Visitor()
        self.answer = self.ada.post(
            LOGIN,
            {
                "login_view-current_step": "auth",
                "auth-username": "ada",
                "auth-password": PASSWORD,
            },
        )
        expect("the site greets", self.ada.name(), None)
        expect("asked for", bool(parsed(self.answer).select("[name=token-otp_token]")), True)

    def nor_is_it_at_another_log_in(self):
        for page in "/login/", "/admin/login/":
            other = Visitor()
            other.post(page, {"username": "ada", "password": PASSWORD})
            expect(f"after {page}, the site greets", other.name(), None)

    def with_the_second_factor_it_ends_in_the_site(self):
        token = {"login_view-current_step": "token", "token-otp_token": self._token()}
        self.ada.post(LOGIN, token)
        expect("the site greets", self.ada.name(), "ada")
        expect("the profile shows", self.ada.profile(), details_of(ADA))

    def the_session_counts_as_verified(self):
        user = self.ada.get("/").wsgi_request.user
        expect("verified", user.is_verified(), True)

    def _token(self):
        return f"{totp(self.key):06}"

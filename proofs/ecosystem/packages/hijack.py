from django.urls import include, path

from proofs.ecosystem.attempt import expect
from proofs.ecosystem.players_site import (
    ADA,
    admin_page,
    by_username,
    details_of,
    log_in_root,
    register,
)
from shared_tests.visitor import parsed

urlpatterns = [path("hijack/", include("hijack.urls"))]


class Operation:
    def the_admin_becomes_the_player(self):
        register()
        self.root, self.ada = log_in_root(), by_username("ada")
        self.root.post("/hijack/acquire/", {"user_pk": self.ada.pk})
        expect("the site greets", self.root.name(), "ada")
        expect("the profile shows", self.root.profile(), details_of(ADA))

    def the_player_is_the_admin_again(self):
        self.root.post("/hijack/release/")
        expect("the site greets", self.root.name(), "root")

    def the_button_is_in_the_list_of_players(self):
        page = parsed(self.root.get(admin_page("changelist")))
        buttons = {button["data-hijack-user"] for button in page.select("[data-hijack-user]")}
        expect("players with a button", buttons & {str(self.ada.pk)}, {str(self.ada.pk)})

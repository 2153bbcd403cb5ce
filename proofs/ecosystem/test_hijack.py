from django.urls import include, path

from proofs.ecosystem.players_site import admin_page, by_username
from shared_tests.people import ADA, details_of
from shared_tests.visitor import parsed

urlpatterns = [path("hijack/", include("hijack.urls"))]


def test_the_admin_becomes_the_player(ada, root):
    root.post("/hijack/acquire/", {"user_pk": by_username("ada").pk})
    assert root.name() == "ada", "the site greets"
    assert details_of(root.profile()) == details_of(ADA), "the profile shows"


def test_the_player_is_the_admin_again(root):
    root.post("/hijack/release/")
    assert root.name() == "root", "the site greets"


def test_the_button_is_in_the_list_of_players(root):
    page = parsed(root.get(admin_page("changelist")))
    buttons = {button["data-hijack-user"] for button in page.select("[data-hijack-user]")}
    hers = {str(by_username("ada").pk)}
    assert buttons & hers == hers, "players with a button"

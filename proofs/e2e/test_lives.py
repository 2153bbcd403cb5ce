"""A player's whole life on the site, at a desk and on a phone, with scripts and without."""

from typing import Any

import pytest
from playwright.sync_api import expect

from proofs.e2e.accessibility import DESKTOP, PHONE
from proofs.e2e.conftest import Window
from proofs.e2e.visitor import LABELS, Visitor
from shared_tests.people import PASSWORD

WAYS: dict[str, dict[str, Any]] = {
    "at a desk": {"viewport": DESKTOP},
    "on a phone, without scripts": {
        "viewport": PHONE,
        "is_mobile": True,
        "has_touch": True,
        "java_script_enabled": False,
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_a_player_registers_comes_back_edits_finds_players_and_leaves(
    window: Window, person: dict[str, str], way: str
) -> None:
    visitor = window(**WAYS[way])
    name = person["username"]

    # registers, at the third attempt
    visitor.register(person, email="not an address")
    expect(visitor.field("Email address")).to_be_focused()  # the browser itself refuses that
    visitor.register(person, password2="another", zoom_id="zero\u200bwidth")
    expect(visitor.alert).to_contain_text("There is a problem")
    expect(visitor.field("Username")).to_have_value(name)
    expect(visitor.field("Birth date")).to_have_value(person["birthdate"])
    expect(visitor.field("Password")).to_have_value("")
    visitor.fill(
        {
            "Password": PASSWORD,
            "Password confirmation": PASSWORD,
            "Zoom ID": person["zoom_id"],
        }
    )
    visitor.press("Register")
    expect(visitor.greeting).to_have_text(name)

    # comes back, whatever the case of the name
    visitor.press("Log out")
    expect(visitor.greeting).to_have_count(0)
    visitor.log_in(name.upper())
    expect(visitor.greeting).to_have_text(name)

    # edits
    visitor.follow("Profile")
    for field in ("username", "email", "discord_id", "zoom_id", "birthdate"):
        expect(visitor.shown(field)).to_have_text(person[field])
    visitor.follow("Edit your details")
    visitor.fill({"Zoom ID": "new.zoom"})
    visitor.press("Save")
    expect(visitor.status).to_have_text("Your details are saved.")
    expect(visitor.shown("zoom_id")).to_have_text("new.zoom")
    expect(visitor.shown("discord_id")).to_have_text(person["discord_id"])

    # finds players
    visitor.follow("Players")
    expect(visitor.players).to_have_count(50)
    visitor.follow("Next")
    expect(visitor.page.get_by_role("navigation", name="Pages")).to_contain_text("Page 2 of 2")
    visitor.fill({"Discord ID": person["discord_id"].upper()})
    visitor.press("Search")
    expect(visitor.page.get_by_role("caption")).to_have_text("1 player")
    expect(visitor.players).to_have_text([name])
    visitor.follow("Clear")
    expect(visitor.field("Discord ID")).to_have_value("")

    # leaves
    visitor.follow("Profile")
    visitor.follow("Delete your account")
    visitor.fill({"Password": "wrong"})
    visitor.press("Delete my account")
    expect(visitor.alert).to_contain_text("Your password was not right.")
    visitor.fill({"Password": PASSWORD})
    visitor.press("Delete my account")
    expect(visitor.status).to_have_text("Your account is deleted.")
    expect(visitor.greeting).to_have_count(0)
    visitor.log_in(name)
    expect(visitor.alert).to_contain_text("Please enter a correct username and password.")


def test_a_stranger_who_registers_arrives_where_they_wanted_to_go(
    stranger: Visitor, person: dict[str, str]
) -> None:
    stranger.open("/players/?born_from=1990-01-01")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Log in")
    stranger.follow("I have no account yet")
    stranger.fill({label: person[name] for name, label in LABELS.items()})
    stranger.press("Register")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Players")
    expect(stranger.field("Born from")).to_have_value("1990-01-01")


def test_a_changed_password_logs_out_the_other_window(
    window: Window, person: dict[str, str]
) -> None:
    here, there = window(), window()
    here.register(person)
    expect(here.greeting).to_have_text(person["username"])
    there.log_in(person["username"])
    expect(there.greeting).to_have_text(person["username"])
    new = "natural-one-1"
    here.follow("Profile")
    here.follow("Change your password")
    here.fill({"Old password": PASSWORD, "New password": new, "New password confirmation": new})
    here.press("Change password")
    expect(here.page.get_by_role("heading", level=1)).to_have_text("Password changed")
    there.open("/profile/")
    expect(there.page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_after_the_log_out_the_back_button_shows_nothing_of_the_player(
    window: Window, person: dict[str, str]
) -> None:
    visitor = window()
    visitor.register(person)
    expect(visitor.greeting).to_have_text(person["username"])
    pages = ["/players/", "/profile/", "/profile/edit/"]
    for path in pages:
        visitor.open(path)
    visitor.press("Log out")
    expect(visitor.greeting).to_have_count(0)
    heading = visitor.page.get_by_role("heading", level=1)
    for _ in pages:
        visitor.page.go_back(wait_until="commit")
        expect(heading).to_have_text("Log in")
    visitor.page.go_back(wait_until="commit")
    expect(heading).to_have_text("Dungeons & Dragons players")
    expect(visitor.greeting).to_have_count(0)
    # The form gets back from the browser itself what was typed, but for the passwords.
    visitor.page.go_back(wait_until="commit")
    expect(visitor.field("Password")).to_have_value("")

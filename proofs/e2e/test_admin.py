"""Staff at Django's admin, under the same policy as other pages; its looks are Django's own."""

import re

from playwright.sync_api import expect

from harness.demo import ACCOUNT, ADMIN
from proofs.e2e.visitor import Visitor
from shared_tests.people import PASSWORD


def find(admin: Visitor, username: str) -> None:
    """From the admin's first page to one player's."""
    admin.open("/admin/")
    row = admin.page.get_by_role("rowheader", name=re.compile("^(Players|Users)$"))
    row.get_by_role("link").click()
    admin.page.get_by_role("textbox", name="Search").fill(username)
    admin.press("Search")
    admin.follow(username)
    expect(admin.field("Username")).to_have_value(username)


def test_staff_log_in_find_a_player_and_edit_the_details(
    stranger: Visitor, person: dict[str, str]
) -> None:
    stranger.register(person)
    stranger.press("Log out")
    expect(stranger.greeting).to_have_count(0)
    stranger.open("/admin/")
    stranger.fill({"Username": ADMIN, "Password": PASSWORD})
    stranger.press("Log in")
    find(stranger, person["username"])
    expect(stranger.field("Discord ID")).to_have_value(person["discord_id"])
    expect(stranger.field("Birth date")).to_have_value(person["birthdate"])
    stranger.fill({"Zoom ID": "admin.zoom", "Birth date": "1991-01-01"})
    stranger.press("Save")
    expect(stranger.page.get_by_text("was changed successfully")).to_be_visible()
    stranger.open(f"/players/?discord_id={person['discord_id'].replace('#', '%23')}")
    expect(stranger.shown("zoom_id")).to_have_text("admin.zoom")


def test_staff_add_a_player_who_can_log_in(
    admin: Visitor, stranger: Visitor, person: dict[str, str]
) -> None:
    find(admin, ACCOUNT)
    admin.page.go_back()
    admin.page.get_by_role("main").get_by_role("link", name=re.compile("^Add")).click()
    admin.fill(
        {
            "Username": person["username"],
            "Email address": person["email"],
            "Password": PASSWORD,
            "Password confirmation": PASSWORD,
            "Discord ID": person["discord_id"],
            "Birth date": person["birthdate"],
        }
    )
    admin.press("Save")
    expect(admin.page.get_by_text("was added successfully")).to_be_visible()
    stranger.log_in(person["username"])
    expect(stranger.greeting).to_have_text(person["username"])
    stranger.open("/profile/")
    expect(stranger.shown("discord_id")).to_have_text(person["discord_id"])
    expect(stranger.shown("birthdate")).to_have_text(person["birthdate"])


def test_staff_delete_a_player(admin: Visitor, stranger: Visitor, person: dict[str, str]) -> None:
    stranger.register(person)
    expect(stranger.greeting).to_have_text(person["username"])
    find(admin, person["username"])
    admin.page.get_by_text("Delete", exact=True).click()  # a link; since Django 6.1, a button
    admin.press("Yes, I’m sure")
    expect(admin.page.get_by_text("was deleted successfully")).to_be_visible()
    stranger.open("/profile/")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Log in")

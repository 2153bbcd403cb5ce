"""Every page, the errors too, is free of accessibility barriers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from harness.databases import connected
from harness.sites import Site
from proofs.e2e.conftest import Window
from proofs.e2e.visitor import Visitor
from shared_tests.people import PASSWORD

OPEN = [
    "/",
    "/register/?next=/players/",
    "/login/",
    "/password-reset/",
    "/password-reset/done/",
    "/reset/x/y/",
    "/reset/done/",
]
OWN = [
    "/",
    "/players/",
    "/players/?page=2",
    "/players/?discord_id=unknown",
    "/profile/",
    "/profile/edit/",
    "/profile/delete/",
    "/password-change/",
    "/password-change/done/",
]
# More fields than Django reads.
TOO_MUCH = """form => form.append(...Array.from({length: 1500}, (_, number) =>
    Object.assign(document.createElement("input"), {type: "hidden", name: `f${number}`})))"""


def barriers_on(visitor: Visitor, paths: list[str]) -> dict[str, list[str]]:
    """The barriers, by page, on those pages that have any."""
    found = {}
    for path in paths:
        visitor.open(path)
        found[path] = visitor.barriers()
    return {path: barriers for path, barriers in found.items() if barriers}


def test_no_page_of_a_stranger_has_barriers(stranger: Visitor) -> None:
    assert barriers_on(stranger, OPEN) == {}


def test_no_page_of_a_player_has_barriers(demo: Visitor) -> None:
    assert barriers_on(demo, OWN) == {}


def test_the_form_behind_a_link_from_the_mail_has_no_barriers(
    stranger: Visitor, person: dict[str, str], site: Site
) -> None:
    stranger.register(person)
    stranger.press("Log out")
    expect(stranger.greeting).to_have_count(0)
    stranger.open("/password-reset/")
    stranger.fill({"Email": person["email"]})
    stranger.press("Send the link")
    heading = stranger.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Check your email")
    stranger.open(re.findall(r"https://\S+/reset/\S+", site.log.read_text())[-1])
    expect(heading).to_have_text("Choose a new password")
    assert stranger.barriers() == []


def test_the_message_of_a_saved_edit_has_no_barriers(
    window: Window, person: dict[str, str]
) -> None:
    visitor = window()
    visitor.register(person | {"discord_id": "", "zoom_id": "", "birthdate": ""})
    expect(visitor.greeting).to_have_text(person["username"])
    visitor.open("/profile/edit/")
    visitor.press("Save")
    expect(visitor.status).to_have_text("Your details are saved.")
    assert visitor.barriers() == []


def test_the_longest_values_make_no_barriers(window: Window, person: dict[str, str]) -> None:
    visitor = window()
    longest = {
        "username": "W" * 150,
        "email": f"{'w' * 64}@{'example.' * 10}com",
        "discord_id": "W" * 40,
        "zoom_id": "\N{DRAGON}" * 40,  # which a browser counts as 80, and must not cut
    }
    visitor.register(person | longest)
    expect(visitor.greeting).to_have_text(longest["username"])
    found = f"/players/?discord_id={longest['discord_id']}"
    assert barriers_on(visitor, ["/", "/profile/", "/profile/edit/", found]) == {}
    expect(visitor.players).to_have_text([longest["username"]])


def test_a_page_that_is_not_there_says_so(stranger: Visitor) -> None:
    stranger.open("/no-such-page/", status=404)
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Page not found")
    assert stranger.barriers() == []


@pytest.mark.parametrize(
    ("status", "heading"), [(403, "This form has expired"), (400, "We did not understand that")]
)
def test_a_form_that_cannot_be_taken_says_so(stranger: Visitor, status: int, heading: str) -> None:
    stranger.expected.add(status)
    stranger.open("/login/")
    stranger.fill({"Username": "demo", "Password": PASSWORD})
    if status == 403:
        stranger.context.clear_cookies()
    else:
        stranger.page.locator("main form").evaluate(TOO_MUCH)
    stranger.press("Log in")
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text(heading)
    assert stranger.barriers() == []


def test_a_guesser_is_told_how_long_to_wait(stranger: Visitor, person: dict[str, str]) -> None:
    stranger.expected.add(429)
    for attempt in range(1, 6):
        stranger.log_in(person["username"], "wrong")
        expect(stranger.alert).to_have_count(1 if attempt < 5 else 0)
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Log-in is locked")
    expect(stranger.page.get_by_role("main")).to_contain_text("Please wait 15 minutes")
    assert stranger.barriers() == []


@pytest.fixture
def fault(site: Site) -> Iterator[None]:
    """The sessions are out of reach, so that every page of a player fails."""
    with connected(site.database_url) as ask:
        ask("ALTER TABLE django_session RENAME TO out_of_reach")
        yield
        ask("ALTER TABLE out_of_reach RENAME TO django_session")


def test_a_fault_of_the_site_says_so(demo: Visitor, fault: None) -> None:
    demo.open("/profile/", status=500)
    expect(demo.page.get_by_role("heading", level=1)).to_have_text("Something went wrong")
    # The page has no stylesheet, and axe takes what is not painted for white, in the dark too.
    unpainted = "dark, ", ": color-contrast: "
    assert [
        barrier for barrier in demo.barriers() if not all(map(barrier.__contains__, unpainted))
    ] == []

"""Everything can be reached by keyboard, and the focus is visible at every step."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Locator, Page, expect

from proofs.e2e.accessibility import focus_is_plain
from proofs.e2e.conftest import Window
from proofs.e2e.visitor import LABELS, Visitor
from shared_tests.people import PASSWORD


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, which is plain to see all the way."""
    page.wait_for_load_state()  # a page that still comes in takes the focus away
    for _ in range(100):
        page.keyboard.press("Tab")
        assert focus_is_plain(page)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def type_into(visitor: Visitor, values: Mapping[str, str]) -> None:
    for label, value in values.items():
        tab_to(visitor.page, visitor.field(label))
        visitor.page.keyboard.type(value)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_player_registers_logs_out_and_in_by_keyboard(
    window: Window, person: dict[str, str], scheme: str
) -> None:
    visitor = window(color_scheme=scheme)
    page = visitor.page
    name = person["username"]
    visitor.open("/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    register = page.get_by_role("main").get_by_role("link", name="Register")
    expect(register).to_be_focused()
    page.keyboard.press("Enter")

    expect(visitor.field("Username")).to_be_focused()  # where one begins to type
    year, month, day = person["birthdate"].split("-")
    page.keyboard.type(name)
    typed = {**person, "birthdate": f"{month}{day}{year}", "password2": "another"}
    type_into(visitor, {LABELS[field]: typed[field] for field in list(LABELS)[1:]})
    page.keyboard.press("Enter")

    expect(visitor.alert).to_be_focused()
    assert focus_is_plain(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(visitor.field("Password confirmation")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(visitor.field("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    type_into(visitor, {"Password confirmation": PASSWORD})
    tab_to(page, page.get_by_role("button", name="Register"))
    page.keyboard.press("Space")
    expect(visitor.greeting).to_have_text(name)

    tab_to(page, page.get_by_role("button", name="Log out"))
    page.keyboard.press("Enter")
    expect(visitor.greeting).to_have_count(0)
    tab_to(page, page.get_by_role("navigation").get_by_role("link", name="Log in"))
    page.keyboard.press("Enter")
    expect(visitor.field("Username")).to_be_focused()
    page.keyboard.type(name.upper())
    type_into(visitor, {"Password": PASSWORD})
    page.keyboard.press("Enter")
    expect(visitor.greeting).to_have_text(name)

    tab_to(page, page.get_by_role("link", name="Profile", exact=True))
    page.keyboard.press("Enter")
    expect(visitor.shown("birthdate")).to_have_text(person["birthdate"])

"""What a person sees is where it belongs, at a desk and on a phone, and looks like what it is."""

from typing import Any

import pytest
from playwright.sync_api import Locator

from proofs.e2e.accessibility import DESKTOP, PHONE
from proofs.e2e.conftest import Window
from proofs.e2e.visitor import Visitor


def rem(visitor: Visitor) -> float:
    """The size of the text, in pixels: it grows with the window."""
    return float(style(visitor.page.locator("html"), "fontSize")[:-2])


def box(element: Locator) -> dict[str, float]:
    """Where an element is: its left, top, right, bottom, and its middle's height."""
    found = element.bounding_box()
    assert found is not None, f"{element} is not to be seen"
    return {
        "left": found["x"],
        "top": found["y"],
        "right": found["x"] + found["width"],
        "bottom": found["y"] + found["height"],
        "middle": found["y"] + found["height"] / 2,
        "width": found["width"],
    }


def beside(one: Locator, other: Locator) -> bool:
    """Whether the other begins to the right of the one, in the same line."""
    left, right = box(one), box(other)
    return right["left"] > left["right"] and left["top"] < right["middle"] < left["bottom"]


def below(one: Locator, other: Locator) -> bool:
    """Whether the other begins under the one."""
    return box(other)["top"] >= box(one)["bottom"]


def style(element: Locator, name: str, part: str = "") -> Any:
    """What the browser has computed for an element, or for a part such as ::before."""
    return element.evaluate(
        "(element, [name, part]) => getComputedStyle(element, part || null)[name]", [name, part]
    )


@pytest.fixture
def phone(window: Window) -> Visitor:
    """A player with a phone."""
    return window("demo", viewport=PHONE)


def test_lines_and_forms_are_no_wider_than_one_reads_with_ease(window: Window) -> None:
    visitor = window("demo", viewport={"width": 1600, "height": 900})
    visitor.open("/profile/delete/")
    main = visitor.page.get_by_role("main")
    assert box(main)["width"] <= 54 * rem(visitor)
    assert box(main.locator("p").first)["width"] <= 45 * rem(visitor)
    assert box(main.locator("form"))["width"] <= 34 * rem(visitor)


def test_the_navigation_says_where_one_is_and_stays_small(demo: Visitor) -> None:
    demo.open("/profile/")
    navigation = demo.page.get_by_role("navigation", name="Main")
    here = navigation.get_by_role("link", name="Profile")
    there = navigation.get_by_role("link", name="Players")
    assert int(style(here, "fontWeight")) > int(style(there, "fontWeight"))
    button = navigation.get_by_role("button", name="Log out")
    assert beside(here, button)
    assert style(button, "backgroundColor") == "rgba(0, 0, 0, 0)"
    assert style(button, "color") == style(there, "color")  # it looks like the links
    assert abs(box(button)["middle"] - box(here)["middle"]) <= rem(demo) / 4
    assert box(navigation)["bottom"] - box(navigation)["top"] <= 5 * rem(demo)


def test_actions_stand_in_a_line_and_the_dangerous_one_looks_it(demo: Visitor) -> None:
    demo.open("/profile/edit/")
    save = demo.page.get_by_role("button", name="Save")
    assert beside(save, demo.page.get_by_role("link", name="Cancel"))
    usual = style(save, "backgroundColor")
    demo.open("/profile/delete/")
    delete = demo.page.get_by_role("button", name="Delete my account")
    keep = demo.page.get_by_role("link", name="Keep my account")
    assert beside(delete, keep)
    assert box(keep)["left"] - box(delete)["right"] >= rem(demo)
    assert style(delete, "backgroundColor") != usual
    assert style(delete, "borderTopColor") == style(delete, "backgroundColor")


def test_help_is_quieter_than_a_label_and_an_error_is_louder(
    stranger: Visitor, person: dict[str, str]
) -> None:
    stranger.register(person, username="demo")
    page = stranger.page
    label = page.locator("label").first
    text = page.locator(".helptext").first
    assert float(style(text, "fontSize")[:-2]) < float(style(label, "fontSize")[:-2])
    assert style(text, "color") != style(label, "color")
    alert = stranger.alert
    assert box(alert)["width"] <= 34 * rem(stranger)
    colours = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        error, link = page.locator(".errorlist li").first, alert.get_by_role("link").first
        assert style(error, "color") == style(link, "color") == style(alert, "borderTopColor")
        assert style(error, "color") != style(label, "color")
        colours.add(style(error, "color"))
    assert len(colours) == 2  # each scheme has its own
    assert float(style(alert, "borderTopWidth")[:-2]) >= 2
    assert style(error, "listStyleType") == "none"
    assert box(error)["left"] - box(page.locator("#id_username"))["left"] < rem(stranger)
    inside = box(alert.locator("p").first)["left"] - box(alert)["left"]
    assert inside >= rem(stranger) / 2


def test_a_message_stands_out_from_the_text(window: Window, person: dict[str, str]) -> None:
    visitor = window()
    visitor.register(person)
    visitor.open("/profile/edit/")
    visitor.press("Save")
    message = visitor.status.locator("p")
    assert float(style(message, "borderLeftWidth")[:-2]) >= 2
    assert float(style(message, "paddingLeft")[:-2]) >= rem(visitor) / 2


def test_the_border_of_a_field_can_be_seen(stranger: Visitor) -> None:
    """Three times darker than the page (WCAG 2.2, 1.4.11)."""
    stranger.open("/login/")
    border = style(stranger.field("Username"), "borderTopColor")
    red, green, blue = (int(part) / 255 for part in border[4:-1].split(", "))

    def linear(part: float) -> float:
        return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)

    luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    assert 1.05 / (luminance + 0.05) >= 3


def test_what_is_searched_for_stands_beside_each_other_and_on_a_phone_below(
    demo: Visitor, phone: Visitor
) -> None:
    for visitor, arranged in ((demo, beside), (phone, below)):
        visitor.page.set_viewport_size(DESKTOP if visitor is demo else PHONE)
        visitor.open("/players/?born_from=2000-01-01&born_to=1990-01-01")
        one, other = visitor.field("Discord ID"), visitor.field("Born until")
        assert arranged(one, other)
        search = visitor.page.get_by_role("button", name="Search")
        assert below(other, search)
        assert beside(search, visitor.page.get_by_role("link", name="Clear"))
    demo.open("/players/?born_from=2000-01-01&born_to=1990-01-01")
    fields = [demo.field(name) for name in ("Discord ID", "Born from", "Born until")]
    assert len({round(box(field)["bottom"]) for field in fields}) == 1  # despite the error
    form = box(demo.page.get_by_role("search"))
    assert form["width"] > 34 * rem(demo)
    assert box(demo.alert)["right"] > box(fields[0])["right"]


def test_a_value_stands_beside_its_name_and_on_a_phone_below(
    demo: Visitor, phone: Visitor
) -> None:
    for visitor, arranged in ((demo, beside), (phone, below)):
        visitor.open("/profile/")
        name = visitor.page.locator("dt", has_text="Email address")
        assert arranged(name, visitor.shown("email"))
        assert style(name, "color") != style(visitor.shown("email"), "color")
    assert box(phone.shown("email"))["left"] == box(phone.page.locator("dt").first)["left"]


def test_an_empty_value_is_a_dash_and_a_list_of_players_fits_a_phone(
    window: Window, phone: Visitor, person: dict[str, str]
) -> None:
    visitor = window()
    visitor.register(person | {"zoom_id": ""})
    visitor.open("/profile/")
    assert style(visitor.shown("zoom_id"), "content", "::before") == '"–"'
    assert style(visitor.shown("email"), "content", "::before") == "none"
    phone.open("/players/")
    table = phone.page.get_by_role("table")
    assert box(table)["right"] <= PHONE["width"]
    caption = table.locator("caption")
    assert style(caption, "textAlign") == "start"
    for head in table.get_by_role("columnheader").all():
        height = float(style(head, "fontSize")[:-2]) * 4
        assert box(head)["bottom"] - box(head)["top"] < height, "no word is broken"

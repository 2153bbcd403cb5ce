"""Each page of the built site: its looks in both colour schemes, its weight."""

from collections.abc import Callable

from docs_generator.conftest import PHONE
from docs_generator.visit import Visit

# Bytes of a page and all it loads; left out are drawings, and the search index, which all pages
# share and load in the background.
HEAVIEST = 500_000
# What the scheme changes; all other rules of axe see the same page in both.
COLOURS = ["color-contrast", "link-in-text-block"]
ALL_BUT_COLOURS = {"rules": {name: {"enabled": False} for name in COLOURS}}
# axe judges no text over a gradient, such as the shadow of a table that scrolls.
NO_SHADOWS = ".md-typeset :is(.md-typeset__scrollwrap, .scroll) { background: none !important; }"


def test_a_page_has_no_barriers_in_light_and_dark_and_is_not_heavy(
    desk: Visit, name: str, record_property: Callable[[str, object], None]
) -> None:
    """The schemes are switched by the button for that."""
    desk.open(name)
    desk.page.add_style_tag(content=NO_SHADOWS)
    desk.axe("", ALL_BUT_COLOURS)
    first = in_scheme(desk)
    desk.page.locator("form[data-md-component=palette] label:visible").click()
    assert in_scheme(desk) != first
    weight = desk.weight()
    record_property("weight", weight)
    assert weight <= HEAVIEST


def in_scheme(visit: Visit) -> str:
    """The colours of the page and of its drawings, as it is; returns the scheme it is in.

    axe judges only some elements of each look: it takes longer for colours than for all else.
    """
    slate = visit.page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    scheme = "dark" if slate else "light"
    visit.ask("markLooks")
    visit.axe(f"{scheme}: ", {"runOnly": COLOURS}, "[data-look]")
    for fault in visit.ask("faint"):
        visit.note(f"{scheme}: hard to see in a drawing: {fault}")
    return scheme


def test_a_page_is_no_wider_than_the_screen_of_a_phone(phone: Visit, name: str) -> None:
    phone.open(name)
    assert phone.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]

"""What axe-core and a ruler find wrong with a page, in both colour schemes and at every width."""

import re
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# From a page that is magnified four times to a wide one, over Pico CSS's own breakpoints.
WIDTHS = (320, 575, 576, 768, 900, 1024, 1280, 1600)
# All of axe's rules, and the one about the size of targets, which it leaves off by default.
ALL_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
LOOKS: list[tuple[Literal["light", "dark"], ViewportSize, dict[str, Any]]] = [
    ("light", DESKTOP, ALL_RULES),
    ("dark", DESKTOP, COLOURS),
    ("light", PHONE, COLOURS),
    ("dark", PHONE, ALL_RULES),
]
RUN = "async options => (await axe.run(options)).violations"
# Injected by the debugger, to which the page's Content Security Policy does not apply.
LOAD = f"() => {{ {AXE_SCRIPT} }}"
# How far the page is too wide, how much is half a rem, and where each part's contents, not its
# box, begin and end. The header of some pages is empty.
MEASURE = """() => {
    const root = document.documentElement, range = document.createRange();
    const parts = document.querySelectorAll("body > :is(header, main, footer)");
    return {
        overflow: root.scrollWidth - root.clientWidth,
        least: parseFloat(getComputedStyle(root).fontSize) / 2,
        margins: Array.from(parts, part => {
            range.selectNodeContents(part);
            const {left, right} = range.getBoundingClientRect();
            return [part.localName, left, root.clientWidth - right];
        }).filter(([, left, right]) => left + right < root.clientWidth),
    };
}"""
FOCUS = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    return {
        element: element.outerHTML.slice(0, 80),
        style: style.outlineStyle,
        width: parseFloat(style.outlineWidth),
        colour: style.outlineColor,
        page: getComputedStyle(document.documentElement).backgroundColor,
    };
}"""


def barriers(page: Page) -> list[str]:
    """The barriers on a page: axe's violations in both colour schemes and at two
    widths; and at any width, sideways scrolling or text that touches the edge of the window."""
    found = []
    page.evaluate(LOAD)
    for scheme, size, rules in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found += [
            f"{scheme}, {size['width']} px: {violation['id']}: {node['target']}: "
            f"{node['failureSummary']}"
            for violation in page.evaluate(RUN, rules)
            for node in violation["nodes"]
        ]
    return found + [flaw for width in WIDTHS for flaw in out_of_place(page, width)]


def out_of_place(page: Page, width: int) -> list[str]:
    """What of a page does not fit a window of that width, or leaves no margin of half a rem."""
    page.set_viewport_size(ViewportSize(width=width, height=PHONE["height"]))
    measured = page.evaluate(MEASURE)
    found = [
        f"{width} px: {part}: margins of {left:.1f} and {right:.1f} px"
        for part, left, right in measured["margins"]
        if min(left, right) < measured["least"]
    ]
    if measured["overflow"]:
        found.append(f"{width} px: {measured['overflow']} px too wide")
    return found


def focus_is_plain(page: Page) -> bool:
    """Whether the focused element has a ring of 2 px, three times lighter or darker than the
    page (WCAG 2.2, 1.4.11 and 2.4.13)."""
    focus = page.evaluate(FOCUS)
    return (
        focus["style"] not in {"none", "auto"}
        and focus["width"] >= 2
        and contrast(focus["colour"], focus["page"]) >= 3
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours written as rgb(…), from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (int(text) / 255 for text in re.findall(r"\d+", colour)[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

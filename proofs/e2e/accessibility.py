"""What axe-core and a ruler find wrong with a page, in both colour schemes and at every width."""

from typing import Any, Literal

from playwright.sync_api import Page, ViewportSize

from harness.browser import load_axe, violations

DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# From a page that is magnified four times to a wide one, over Pico CSS's own breakpoints.
WIDTHS = (320, 575, 576, 768, 900, 1024, 1280, 1600)
# All of axe's rules, and the one about the size of targets, which it leaves off by default.
ALL_RULES = {"rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast"]}
LOOKS: list[tuple[Literal["light", "dark"], ViewportSize, dict[str, Any]]] = [
    ("light", DESKTOP, ALL_RULES),
    ("dark", DESKTOP, COLOURS),
    ("light", PHONE, COLOURS),
    ("dark", PHONE, ALL_RULES),
]
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
# Whether the focused element has a ring of 2 px, three times lighter or darker than what is
# painted beneath it, which is around the element (WCAG 2.2, 1.4.11 and 2.4.13).
FOCUS_IS_PLAIN = """() => {
    const {Color, getContrast} = axe.commons.color;
    const parsed = text => { const one = new Color(); one.parseString(text); return one; };
    const painted = element => parsed(getComputedStyle(element).backgroundColor);
    const ring = getComputedStyle(document.activeElement);
    let beneath = document.activeElement.parentElement;
    while (beneath.parentElement && painted(beneath).alpha === 0) beneath = beneath.parentElement;
    return !["none", "auto"].includes(ring.outlineStyle) && parseFloat(ring.outlineWidth) >= 2
        && parseFloat(ring.outlineOffset) >= 0
        && getContrast(painted(beneath), parsed(ring.outlineColor)) >= 3;
}"""


def barriers(page: Page) -> list[str]:
    """The barriers on a page: axe's violations in both colour schemes and at two
    widths; and at any width, sideways scrolling or text that touches the edge of the window."""
    found = []
    for scheme, size, rules in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        found += [
            f"{scheme}, {size['width']} px: {violation['id']}: {node['target']}: "
            f"{node['failureSummary']}"
            for violation in violations(page, rules)
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
    """Whether it is plain to see which element has the focus."""
    load_axe(page)
    return bool(page.evaluate(FOCUS_IS_PLAIN))

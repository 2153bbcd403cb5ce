"""What is checked of the built site in a real browser; each fault is a line."""

import contextlib
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
)

from docs_generator import guide as decision_guide
from docs_generator import links
from harness import environment, processes
from harness.browser import violations
from harness.sites import free_port, listens
from harness.variants import VARIANTS

# Bytes of a page and all it loads; left out are drawings, and the search index, which all pages
# share and load in the background.
HEAVIEST = 500_000
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
# What the scheme changes; all other rules of axe see the same page in both.
COLOURS = ["color-contrast", "link-in-text-block"]
ALL_BUT_COLOURS = {"rules": {name: {"enabled": False} for name in COLOURS}}
# axe judges no text over a gradient, such as the shadow of a table that scrolls.
NO_SHADOWS = ".md-typeset :is(.md-typeset__scrollwrap, .scroll) { background: none !important; }"
STRATEGIES = [variant.heading for variant in VARIANTS.values()]
WITH_TABS, OTHER_TABS = "reference/tables.html", "reference/code.html"
GUIDE = "decision-guide.html"
IN_PAGE = Path(__file__).with_name("in_page.js").read_text()


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served during the block."""
    port = free_port()
    command = ["http.server", "--bind=127.0.0.1", f"--directory={folder}", str(port)]
    server = processes.start(command, environment.clean(), stderr=subprocess.DEVNULL)
    with processes.stopped(server):
        listens(server, port)
        yield f"http://127.0.0.1:{port}/"


@dataclass
class Visit:
    """A page of the browser, which notes what a reader would not see."""

    page: Page
    own: str
    site: Path
    faults: list[str] = field(default_factory=list)
    name: str = ""
    heaviest: int = 0
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self.on_request)
        self.page.on("console", self.on_console)
        self.page.on("pageerror", lambda error: self.note(f"a script failed: {error.message}"))

    def note(self, fault: str) -> None:
        self.faults.append(f"{self.name}: {fault}")

    def check(self, check: Callable[..., None], *arguments: str) -> None:
        """Make a check; a browser that does not do what it needs to is a fault of the page."""
        try:
            check(self, *arguments)
        except Error as error:
            self.note(f"{check.__name__} came to no end: {error.message.splitlines()[0]}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.own, "data:", "blob:", "about:")):
            self.note(f"asks an outside host: {request.url}")
        elif request.url.startswith(self.own):
            self.loaded.append(request.url)

    def weight(self) -> int:
        """The bytes of all that the page has loaded, cached or not, but for the search index."""
        paths = {urlsplit(url).path.lstrip("/") for url in self.loaded}
        paths = {path for path in paths if not path.startswith("search/")}
        return sum((self.site / path).stat().st_size for path in paths)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note(f"the console says: {message.text}")

    def open(self, name: str) -> None:
        self.name, self.loaded = name, []
        self.page.goto(self.own + name, wait_until="load")


def in_page(page: Page, function: str) -> Any:
    """What a function of in_page.js returns."""
    return page.evaluate(f"{IN_PAGE.rstrip()}.{function}()")


def in_light_and_dark(visit: Visit, name: str) -> None:
    """One page over HTTP in both schemes, by the button that switches them; and its weight."""
    visit.open(name)
    visit.page.add_style_tag(content=NO_SHADOWS)
    axe(visit, "", ALL_BUT_COLOURS)
    first = in_scheme(visit)
    visit.page.locator("form[data-md-component=palette] label:visible").click()
    if in_scheme(visit) == first:
        visit.note(f"stays {first} when the scheme is switched")
    weight = visit.weight() - int(in_page(visit.page, "drawn"))
    visit.heaviest = max(visit.heaviest, weight)
    if weight > HEAVIEST:
        visit.note(f"weighs {weight / 1000:,.0f} kB, more than {HEAVIEST / 1000:,.0f}")


def in_scheme(visit: Visit) -> str:
    """The colours of the page and of its drawings, as it is; returns the scheme it is in.

    axe judges only some elements of each look: it takes longer for colours than for all else.
    """
    slate = visit.page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    scheme = "dark" if slate else "light"
    in_page(visit.page, "markLooks")
    axe(visit, f"{scheme}: ", {"runOnly": COLOURS}, "[data-look]")
    for fault in in_page(visit.page, "faint"):
        visit.note(f"{scheme}: hard to see in a drawing: {fault}")
    return scheme


def axe(visit: Visit, where: str, rules: dict[str, Any], elements: str = "html") -> None:
    """Note what these rules of axe find, in the page or in some of its elements."""
    for violation in violations(visit.page, rules, elements):
        nodes = violation["nodes"]
        shown = f"{len(nodes)} × {' '.join(nodes[0]['html'].split())[:90]}"
        visit.note(f"{where}{violation['help']} ({violation['id']}): {shown}")


def on_a_phone(visit: Visit, name: str) -> None:
    """One page from disk, on a narrow screen: it is no wider than the screen."""
    visit.open(name)
    wide = int(visit.page.evaluate("document.scrollingElement.scrollWidth"))
    if wide > PHONE["width"]:
        visit.note(f"is {wide} wide on a screen of {PHONE['width']}")


def search(visit: Visit) -> None:
    """A word leads to a page that has it."""
    visit.open("index.html")
    page = visit.page
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("registration", delay=20)
    first = page.locator(".md-search-result__link").first
    here = page.url
    try:
        first.wait_for(timeout=60_000)
        there = str(first.evaluate("link => link.href")).partition("?")[0]
        first.click()
        page.wait_for_url(lambda url: url.partition("?")[0] == there != here, timeout=5_000)
        word = re.compile("registration", re.IGNORECASE)
        page.locator("article", has_text=word).first.wait_for(timeout=5_000)
    except Error:
        visit.note("search does not find “registration”")


def tabs(visit: Visit) -> None:
    """One choice of a strategy switches all tabs, on other pages too, and survives a reload; a
    link to a strategy chooses it."""
    page = visit.page
    visit.open(WITH_TABS)
    for label in STRATEGIES:
        page.locator(f".tabbed-labels label:has-text('{label}')").first.click()
        expect(visit, label, "after a click")
    page.goto(page.url.partition("#")[0])
    expect(visit, STRATEGIES[-1], "after a reload")
    visit.open(OTHER_TABS)
    expect(visit, STRATEGIES[-1], "as chosen on another page")
    page.goto("about:blank")
    visit.open(f"{WITH_TABS}#{STRATEGIES[1].lower()}")
    expect(visit, STRATEGIES[1], "by a link to it")
    visit.open(OTHER_TABS)
    expect(visit, STRATEGIES[1], "as chosen by a link to another page")


def expect(visit: Visit, label: str, when: str) -> None:
    """All tabs of strategies show this one; it may take a moment."""
    for _ in range(20):
        chosen = {one for one in in_page(visit.page, "chosen") if one in STRATEGIES}
        if chosen == {label}:
            return
        visit.page.wait_for_timeout(100)
    visit.note(f"{when} the tabs show {' and '.join(sorted(chosen)) or 'none'}, not {label}")


def guide(visit: Visit) -> None:
    """Each path of the decision guide leads to one recommendation, and so does its address."""
    visit.open(GUIDE)
    for fault in decision_guide.faults(visit.page, visit.own + GUIDE):
        visit.note(fault)


def not_found(visit: Visit) -> None:
    """A page that is not there leads home and to the search, also where the site lies in a folder
    of its server; so what is served here is the folder above it."""
    visit.name = links.NOT_FOUND
    text = (visit.site / links.NOT_FOUND).read_text()
    page = visit.page.context.new_page()  # the console may say that it is not there
    page.route(
        "**/gone.html",
        lambda route: route.fulfill(status=404, content_type="text/html", body=text),
    )
    with served(visit.site.parent) as address:
        home = f"{address}{visit.site.name}/index.html"
        for leave in ("a", "button"):
            page.goto(f"{address}{visit.site.name}/tutorial/gone.html")
            page.wait_for_load_state("networkidle")
            page.locator("[name=q]").fill("proxy")
            page.locator(leave).first.click()
            page.wait_for_load_state("networkidle")
            if page.url.partition("?")[0] != home:
                visit.note(f"leads to {page.url}, not {home}")
    page.close()


def context(browser: Browser, phone: bool = False) -> BrowserContext:
    size = PHONE if phone else DESK
    return browser.new_context(viewport=size, reduced_motion="reduce")

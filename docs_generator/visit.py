"""A window of the browser on the built site, which notes what a reader would not see."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

from harness.browser import violations
from harness.variants import ROOT

SITE = ROOT / "site"
NOT_FOUND = "404.html"  # what a server shows in place of a page that is not there
IN_PAGE = Path(__file__).with_name("in_page.js").read_text()


def pages() -> list[str]:
    """The paths of the built pages, from the site's folder."""
    paths = (path.relative_to(SITE).as_posix() for path in sorted(SITE.rglob("*.html")))
    return [path for path in paths if path != NOT_FOUND]


class Visit:
    """A window, the address of the site that it is on, and a line for each fault there."""

    def __init__(self, page: Page) -> None:
        self.page, self.own = page, ""
        self.faults: list[str] = []
        self.loaded: list[str] = []
        page.on("request", self.on_request)
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.note(f"a script failed: {error.message}"))

    @contextlib.contextmanager
    def on(self, own: str) -> Iterator[None]:
        """Be on that site during the block. Raises AssertionError if a fault is noted there."""
        self.own = own
        self.faults.clear()
        yield
        self.page.goto("about:blank")  # what was under way has been noted then
        assert not self.faults, "\n".join(self.faults)

    def note(self, fault: str) -> None:
        self.faults.append(fault)

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.own, "data:", "blob:", "about:")):
            self.note(f"asks an outside host: {request.url}")
        elif request.url.startswith(self.own):
            self.loaded.append(request.url)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note(f"the console says: {message.text}")

    def open(self, name: str) -> None:
        self.loaded.clear()
        self.page.goto(self.own + name, wait_until="load")

    def weight(self) -> int:
        """The bytes of all that the page has loaded, cached or not, but for the search index and
        the drawings in it."""
        paths = {urlsplit(url.removeprefix(self.own)).path for url in self.loaded}
        paths = {path for path in paths if not path.startswith("search/")}
        return sum((SITE / path).stat().st_size for path in paths) - int(self.ask("drawn"))

    def ask(self, function: str) -> Any:
        """What a function of in_page.js returns."""
        return self.page.evaluate(f"{IN_PAGE.rstrip()}.{function}()")

    def axe(self, where: str, rules: dict[str, Any], elements: str = "html") -> None:
        """Note what these rules of axe find, in the page or in some of its elements."""
        for violation in violations(self.page, rules, elements):
            nodes = violation["nodes"]
            shown = f"{len(nodes)} × {' '.join(nodes[0]['html'].split())[:90]}"
            self.note(f"{where}{violation['help']} ({violation['id']}): {shown}")

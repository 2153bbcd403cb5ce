"""A Chromium without a window, driven by Playwright's synchronous API.

Looked for in this order: the program that the variable CHROMIUM names; the browser that
`playwright install chromium` put in place; chromium, chromium-browser or google-chrome on PATH.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from harness.cli import Refusal

ON_PATH = ("chromium", "chromium-browser", "google-chrome")
ADVICE = "`apt-get install chromium` or `python -m playwright install chromium`"


class BrowserError(Refusal):
    """There is no browser; the text is one line that says what to do."""


@contextlib.contextmanager
def browser(*without: str) -> Iterator[Browser]:
    """A running Chromium, closed after the block, `without` some of Playwright's own switches.
    Raises BrowserError.

    These switches keep it from asking any host that no page named. It runs without
    its sandbox, as Playwright decides for everybody: root and many systems cannot have one. So
    show it pages of our own only.
    """
    with sync_playwright() as playwright:
        path = executable(playwright)
        try:
            running = playwright.chromium.launch(
                executable_path=path,
                timeout=120_000,  # from a disk that has not been read yet
                ignore_default_args=without,
                # Ctrl-C is ours: we close it, also when the terminal sends it to everybody.
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
            )
        except Error as error:
            reason = error.message.strip().splitlines()[0]
            raise BrowserError(f"{path} did not start: {reason}; or try {ADVICE}") from None
        with contextlib.closing(running):
            yield running


def executable(playwright: Playwright) -> str:
    """The path of the browser that is to be started. Raises BrowserError."""
    if named := os.environ.get("CHROMIUM"):
        path = shutil.which(named)
        if path is None:
            raise BrowserError(f"CHROMIUM names no program: {named}; correct it or unset it")
        return path
    managed: str = playwright.chromium.executable_path
    if Path(managed).is_file():
        return managed
    for name in ON_PATH:
        if path := shutil.which(name):
            return path
    raise BrowserError(f"no browser: {ADVICE}, or let CHROMIUM name one")


def load_axe(page: Page) -> None:
    """Load axe-core into a page, whose Content Security Policy does not apply to the debugger."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {AXE_SCRIPT} }}")


def violations(page: Page, rules: dict[str, Any], elements: str = "html") -> list[dict[str, Any]]:
    """What axe-core finds in some elements of a page by its `rules`, as its options have them."""
    load_axe(page)
    options = {"resultTypes": ["violations"], **rules}
    run = "([elements, options]) => axe.run(elements, options)"
    found: list[dict[str, Any]] = page.evaluate(run, [elements, options])["violations"]
    return found

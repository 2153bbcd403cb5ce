"""A person at a real browser, who finds what is written on a page; and what goes wrong there."""

import re
from collections.abc import Mapping

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from proofs.e2e.accessibility import barriers
from shared_tests.people import PASSWORD

LABELS = {
    "username": "Username",
    "email": "Email address",
    "password1": "Password",
    "password2": "Password confirmation",
    "discord_id": "Discord ID",
    "zoom_id": "Zoom ID",
    "birthdate": "Birth date",
}
# The console tells of violations too, but its words are Chromium's own and change.
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", event => console.error(
    `policy: ${event.effectiveDirective} forbids ${event.blockedURI}`));
"""


def elements(html: str) -> list[str]:
    """The tags of a page, in order."""
    return re.findall(r"</?[a-z][a-z0-9]*", html)


class Visitor:
    """One browser window with cookies of its own.

    `complaints` are what no page may cause: warnings and errors in the console, and there what
    the browser's password manager misses in a form; scripts that fail, requests to another host
    or without an answer, violations of the Content Security Policy, and statuses from 400 that
    are not among those `expected`. Barriers are looked for where `accessible` says so.
    """

    def __init__(self, context: BrowserContext, site: str, accessible: bool = True) -> None:
        self.site, self.accessible = site, accessible
        self.complaints: list[str] = []
        self.expected: set[int] = set()
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._see_request)
        context.on("requestfailed", self._see_failure)
        context.on("response", self._see_response)
        context.add_init_script(TELL_OF_VIOLATIONS)
        self.context = context
        self.page: Page = context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        advice = message.text.startswith("[DOM]")  # of the password manager, at a level of its own
        if (advice or message.type in {"error", "warning"}) and not message.text.startswith(
            "Failed to load resource"  # seen as a response or as a failure, with its address
        ):
            self.complaints.append(f"console: {message.text}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:")):
            self.complaints.append(f"another host: {request.url}")

    def _see_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the visitor had left the page
            self.complaints.append(f"no answer: {request.url}: {request.failure}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.complaints.append(f"{response.status}: {response.url}")

    # What a person does

    def open(self, path: str, status: int = 200) -> None:
        """Go to an address of the site, which answers with that status."""
        if status >= 400:
            self.expected.add(status)
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status, path
        if "/admin/" not in self.page.url:  # whose own scripts add to it
            # A browser mends what is nested wrongly, and draws another page than was written.
            assert elements(self.page.content()) == elements(response.text()), path

    def follow(self, text: str) -> None:
        self.page.get_by_role("link", name=text, exact=True).click()

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=text, exact=True).click()

    def field(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(f"^{label}:?$")).filter(visible=True)

    def fill(self, values: Mapping[str, str]) -> None:
        """Type values into fields, by label."""
        for label, value in values.items():
            self.field(label).fill(value)

    def register(self, person: Mapping[str, str], **changes: str) -> None:
        self.open("/register/")
        values = {**person, **changes}
        self.fill({label: values[name] for name, label in LABELS.items()})
        self.press("Register")

    def log_in(self, username: str, password: str = PASSWORD) -> None:
        self.open("/login/")
        self.fill({"Username": username, "Password": password})
        self.press("Log in")

    # What a person sees

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("main").get_by_role("alert")

    @property
    def status(self) -> Locator:
        return self.page.get_by_role("main").get_by_role("status")

    @property
    def greeting(self) -> Locator:
        return self.page.locator("[data-username]")

    def shown(self, name: str) -> Locator:
        """The value that the page shows under a name."""
        return self.page.locator(f"[data-field={name}]")

    def barriers(self) -> list[str]:
        """The accessibility barriers on the page."""
        return barriers(self.page) if self.accessible else []

    @property
    def players(self) -> Locator:
        """The usernames in the directory, in their order."""
        return self.page.locator("[data-player]").get_by_role("rowheader")

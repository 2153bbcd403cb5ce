"""Browser windows on each site, which runs as in production, filled with the demo players."""

import functools
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, expect

from harness import environment, processes
from harness.browser import browser
from harness.databases import PROOF, Databases, on_a_server
from harness.demo import ACCOUNT, ADMIN
from harness.sites import Site, SiteError
from harness.sites import site as running
from harness.variants import REFERENCE, Variant
from proofs.e2e.visitor import Visitor
from shared_tests.people import another

Window = Callable[..., Visitor]
NUMBERS = itertools.count(100)
PATIENCE = 20_000  # milliseconds, on a machine that is busy
expect.set_options(timeout=PATIENCE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ci", action="store_true", help="look for barriers on one site alone")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # The Back button shows the page that was kept in memory, as everybody's does.
    with browser("--disable-back-forward-cache") as started:
        yield started


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    with on_a_server(PROOF) as ours:
        yield ours


@pytest.fixture(scope="session")
def site(variant: Variant, databases: Databases) -> Iterator[Site]:
    with databases.fresh(variant.id) as url:
        quiet = {"PYTHONWARNINGS": "ignore"}
        demo = processes.start(
            ["harness.demo"], environment.project(variant.path, url, more=quiet)
        )
        with processes.stopped(demo):
            if demo.wait():
                raise SiteError("the demo players could not be registered")
        application = "proofs.e2e.wsgi:application"
        with running(variant, url, threads=16, application=application) as started:
            yield started


@pytest.fixture
def window(
    request: pytest.FixtureRequest,
    chromium: Browser,
    site: Site,
    session_of: Callable[[str], StorageState],
) -> Iterator[Window]:
    """Opens windows, of a user or of a stranger; in the end, none has anything to complain of."""
    # The variants' templates differ in the names of variables alone, which repo_tests/ sees to.
    accessible = site.variant == REFERENCE or not request.config.getoption("ci")
    with ExitStack() as stack:
        opened = []

        def open_window(user: str = "", **options: Any) -> Visitor:
            context = chromium.new_context(
                base_url=site.url,
                ignore_https_errors=True,
                locale="en-US",
                reduced_motion="reduce",
                storage_state=session_of(user) if user else None,
                **options,
            )
            context.set_default_timeout(PATIENCE)
            opened.append(Visitor(stack.enter_context(closing(context)), site.url, accessible))
            return opened[-1]

        yield open_window
        for visitor in opened:
            visitor.page.evaluate("0")  # what was said before this has arrived after it
        assert [complaint for visitor in opened for complaint in visitor.complaints] == []


@pytest.fixture
def stranger(window: Window) -> Visitor:
    """A visitor who is not logged in."""
    return window()


@pytest.fixture
def person() -> dict[str, str]:
    """What a new player enters in order to register."""
    return another(next(NUMBERS))


@pytest.fixture(scope="session")
def session_of(chromium: Browser, site: Site) -> Callable[[str], StorageState]:
    """The cookies of a user who has logged in, once for all tests: none of them logs out."""

    @functools.cache
    def logged_in(username: str) -> StorageState:
        new = chromium.new_context(base_url=site.url, ignore_https_errors=True)
        with closing(new) as context:
            visitor = Visitor(context, site.url)
            visitor.log_in(username)
            assert visitor.greeting.inner_text() == username
            return context.storage_state()

    return logged_in


@pytest.fixture
def demo(window: Window) -> Visitor:
    """A player who is logged in, in a group of 62."""
    return window(ACCOUNT)


@pytest.fixture
def admin(window: Window) -> Visitor:
    """A superuser who is logged in."""
    return window(ADMIN)

"""Browser windows on one site after another, watched until they are closed."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState, expect

from proofs.e2e.visitor import Visitor
from proofs.sites import Site
from shared_tests.people import another
from tools.demo import ACCOUNT, ADMIN

Window = Callable[..., Visitor]
NUMBERS = itertools.count(100)
PATIENCE = 20_000  # milliseconds, on a machine that is busy
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def window(chromium: Browser, site: Site) -> Iterator[Window]:
    """Opens windows; in the end, none of them has anything to complain of."""
    with ExitStack() as stack:
        opened = []

        def open_window(**options: Any) -> Visitor:
            context = chromium.new_context(
                **{
                    "base_url": site.url,
                    "ignore_https_errors": True,
                    "locale": "en-US",
                    "reduced_motion": "reduce",
                    **options,
                }
            )
            context.set_default_timeout(PATIENCE)
            opened.append(Visitor(stack.enter_context(closing(context)), site.url))
            return opened[-1]

        yield open_window
        for visitor in opened:
            visitor.page.evaluate("0")  # what was said before this has arrived after it
        assert [complaint for visitor in opened for complaint in visitor.complaints] == []


@pytest.fixture
def stranger(window: Window) -> Visitor:
    """Somebody who is not logged in."""
    return window()


@pytest.fixture
def person() -> dict[str, str]:
    """Somebody who has never been here: what they enter when they register."""
    return another(next(NUMBERS))


def logged_in(chromium: Browser, site: Site, username: str) -> StorageState:
    with closing(chromium.new_context(base_url=site.url, ignore_https_errors=True)) as context:
        visitor = Visitor(context, site.url)
        visitor.log_in(username)
        assert visitor.greeting.inner_text() == username
        return context.storage_state()


@pytest.fixture(scope="session")
def session_of_demo(chromium: Browser, site: Site) -> StorageState:
    return logged_in(chromium, site, ACCOUNT)


@pytest.fixture(scope="session")
def session_of_admin(chromium: Browser, site: Site) -> StorageState:
    return logged_in(chromium, site, ADMIN)


@pytest.fixture
def demo(window: Window, session_of_demo: StorageState) -> Visitor:
    """A player who is logged in, in a group of 62. To log out is to log out everybody's demo."""
    return window(storage_state=session_of_demo)


@pytest.fixture
def admin(window: Window, session_of_admin: StorageState) -> Visitor:
    """A superuser who is logged in."""
    return window(storage_state=session_of_admin)

"""The built site in windows of a browser: over HTTP at a desk, and from disk on a phone."""

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from docs_generator.visit import SITE, Visit, pages
from harness import environment, processes
from harness.browser import browser
from harness.sites import free_port, listens

ON_DISK = f"{SITE.as_uri()}/"
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--page", action="append", help="check this page alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", metafunc.config.getoption("--page") or pages())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    weights = [
        weight
        for report in terminalreporter.getreports("passed")
        for _, weight in report.user_properties
    ]
    if weights:
        heaviest = f"{max(weights) / 1000:,.0f} kB"
        terminalreporter.write_line(f"The heaviest page weighs {heaviest} without drawings.")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def at_a_desk(chromium: Browser) -> Visit:
    return Visit(chromium.new_page(viewport=DESK, reduced_motion="reduce"))


@pytest.fixture(scope="session")
def with_a_phone(chromium: Browser) -> Visit:
    return Visit(chromium.new_page(viewport=PHONE, reduced_motion="reduce"))


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the site is served, in a folder of its server."""
    port = free_port()
    command = ["http.server", "--bind=127.0.0.1", f"--directory={SITE.parent}", str(port)]
    server = processes.start(command, environment.clean(), stderr=subprocess.DEVNULL)
    with processes.stopped(server):
        listens(server, port)
        yield f"http://127.0.0.1:{port}/{SITE.name}/"


@pytest.fixture
def desk(at_a_desk: Visit, address: str) -> Iterator[Visit]:
    """A window over HTTP."""
    with at_a_desk.on(address):
        yield at_a_desk


@pytest.fixture
def phone(with_a_phone: Visit) -> Iterator[Visit]:
    """A narrow window, from disk."""
    with with_a_phone.on(ON_DISK):
        yield with_a_phone


@pytest.fixture(params=["over HTTP", "from disk"])
def reader(request: pytest.FixtureRequest, at_a_desk: Visit, address: str) -> Iterator[Visit]:
    """A window in both ways."""
    with at_a_desk.on(address if request.param == "over HTTP" else ON_DISK):
        yield at_a_desk

"""Walk through the three sites in a real browser: `nox -s e2e`.

Each site runs as in production and is filled with the demo players. The tests in this folder know
of it what a person sees, and are the same for all three.
"""

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

import psycopg2
import pytest
from playwright.sync_api import Browser

from proofs import PREFIX, VARIANTS
from proofs.sites import Site, SiteError, site
from tools.browser import BrowserError, browser
from tools.commands import OneLineParser, Stopped, refused
from tools.postgres import PostgresError, postgresql
from tools.serve import fresh_database, run, stopped

APPLICATION = "proofs.e2e.wsgi:application"
FOLDER = str(Path(__file__).parent)


def given(chromium: Browser, site: Site) -> ModuleType:
    """A plugin of pytest with two fixtures: the browser, and the site that is walked through."""
    plugin = ModuleType("given")
    session = pytest.fixture(scope="session")
    vars(plugin).update(
        chromium=session(lambda: chromium),
        site=session(lambda: site),
        pytest_report_header=lambda: f"{site.variant}, Chromium {chromium.version}",
    )
    return plugin


@contextmanager
def filled(server: str, variants: list[str]) -> Iterator[list[str]]:
    """The URLs of new databases, one for each variant, with the demo players in them."""
    token = secrets.token_hex(3)
    with ExitStack() as stack:
        urls = [
            stack.enter_context(fresh_database(server, f"{PREFIX}{token}_{variant}"))
            for variant in variants
        ]
        filling = [
            stack.enter_context(stopped(run("tools/demo.py", variant=variant, url=url)))
            for variant, url in zip(variants, urls, strict=True)
        ]
        if any(process.wait() for process in filling):
            raise SiteError("the demo players could not be registered; the reason stands above")
        yield urls


def walk(variants: list[str], words: str | None) -> int:
    """Run the tests for one site after another; returns pytest's worst exit status."""
    status = 0
    with browser() as chromium, postgresql() as server:
        print("Registering 60 demo players in each variant …", flush=True)
        with filled(server, variants) as urls:
            for variant, url in zip(variants, urls, strict=True):
                with site(variant, url, threads=16, application=APPLICATION) as running:
                    options = [FOLDER, "--tb=short", *([f"-k={words}"] if words else [])]
                    code = pytest.main(options, plugins=[given(chromium, running)])
                    if code == pytest.ExitCode.INTERRUPTED:
                        raise KeyboardInterrupt  # pytest has swallowed it
                    status = max(status, code)
    return status


def main(arguments: Sequence[str]) -> int:
    parser = OneLineParser(
        prog="nox -s e2e --", description="Walk through the sites in a real browser."
    )
    parser.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="only this one (repeatable)"
    )
    parser.add_argument("-k", metavar="WORDS", help="only the tests whose names match, as pytest")
    options = parser.parse_args(arguments)
    interruption = Stopped()
    try:
        chosen = [VARIANTS[id] for id in VARIANTS if id in (options.variant or VARIANTS)]
        status = walk(chosen, options.k)
    except (BrowserError, PostgresError, SiteError, psycopg2.Error) as error:
        return refused(error)
    except BaseException:
        if not interruption.happened:
            raise
    if interruption.happened:
        print("interrupted: nothing is left behind", file=sys.stderr)
        return 130
    if status in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        print(f"error: no test matches -k {options.k!r}", file=sys.stderr)
        return 2
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

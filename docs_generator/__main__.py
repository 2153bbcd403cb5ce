"""Build the tutorial site and check it: `nox -s docs`.

Builds site/ strictly, then checks every page: links and anchors; in a real browser requests,
console, weight, axe in both colour schemes, colours of drawings, width on a phone; search, tabs,
the decision guide, and what is shown for a page that is not there. `-- reference/sql index`
checks these pages alone.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

from docs_generator import checks, links
from harness import cli
from harness.browser import browser
from harness.cli import Failure, Refusal
from harness.variants import ROOT

SITE = ROOT / "site"


def build() -> None:
    """Raises Failure, after MkDocs has said what is wrong."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    told = [line for line in done.stderr.splitlines() if re.match("WARNING|ERROR|Aborted", line)]
    if done.returncode:
        print("\n".join(told or done.stderr.splitlines()[-3:]), file=sys.stderr)
        raise Failure("MkDocs did not build the site")


def chosen(found: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The pages that are asked for, all if none is. Raises Refusal."""
    names = [f"{name.removesuffix('.html').removesuffix('.md')}.html" for name in wanted]
    for name in names:
        if name not in found:
            raise Refusal(f"the site has no page {name}")
    return names or list(found)


class Look:
    """All that is checked in a browser, with two browsers at once."""

    def __init__(self, site: Path, address: str, names: Sequence[str], step: Callable[[], None]):
        self.site, self.address, self.step = site, address, step
        self.waiting = iter(names)  # both browsers take from it
        self.stopped = False
        self.heaviest = 0

    def faults(self) -> list[str]:
        """Raises BrowserError."""
        with ThreadPoolExecutor(max_workers=2) as threads:
            jobs = [threads.submit(look) for look in (self.reader, self.pages, self.pages)]
            try:
                return [fault for job in jobs for fault in job.result()]
            finally:
                self.stopped = True  # or, interrupted, the threads would go on to the last page
                threads.shutdown(cancel_futures=True)

    def visits(self, running: Browser) -> tuple[checks.Visit, checks.Visit]:
        """Over HTTP on a desk, and from disk on a phone."""
        on_disk = f"{self.site.resolve().as_uri()}/"
        return (
            checks.Visit(checks.context(running).new_page(), self.address, self.site),
            checks.Visit(checks.context(running, phone=True).new_page(), on_disk, self.site),
        )

    def pages(self) -> list[str]:
        with browser() as running:
            desk, phone = self.visits(running)
            for name in self.waiting:
                if self.stopped:
                    break
                desk.check(checks.in_light_and_dark, name)
                phone.check(checks.on_a_phone, name)
                self.step()
        self.heaviest = max(self.heaviest, desk.heaviest)
        return [*desk.faults, *phone.faults]

    def reader(self) -> list[str]:
        """Searches, chooses a strategy, asks the decision guide, and follows a dead link."""
        with browser() as running:
            desk, phone = self.visits(running)
            phone.page.set_viewport_size(checks.DESK)  # search and tabs from disk, too
            alone = [(desk, checks.guide), (desk, checks.not_found)]
            both = product((desk, phone), (checks.search, checks.tabs))
            for visit, check in [*both, *alone]:
                if not self.stopped:
                    visit.check(check)
        self.step()
        return [*desk.faults, *phone.faults]


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="nox -s docs --", description="Build the site and check it.")
    parser.add_argument("pages", nargs="*", help="check these alone, such as tutorial/proxy")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    build()
    found = links.pages(SITE)
    names = chosen([name for name in found if name != links.NOT_FOUND], options.pages)
    faults = links.faults(SITE, {name: found[name] for name in names} | found)
    with checks.served(SITE) as address, cli.bar() as progress:
        task = progress.add_task("in a browser", total=len(names) + 1)
        look = Look(SITE, address, names, lambda: progress.advance(task))
        faults += look.faults()
    faults = list(dict.fromkeys(faults))
    for fault in faults:
        print(fault)
    print(
        f"{len(names)} pages, {len(faults)} faults; the heaviest weighs "
        f"{look.heaviest / 1000:,.0f} kB without drawings; {time.monotonic() - started:.0f} s."
    )
    return 1 if faults else 0


if __name__ == "__main__":
    cli.run(main)

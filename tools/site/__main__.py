"""Build the tutorial site and check it: `nox -s docs`.

Builds site/ strictly, then checks every page: links and anchors; in a real browser requests,
console, weight, axe in both colour schemes, colours of drawings, width on a phone; search, tabs
and the decision guide. `-- reference/sql index` checks these pages alone.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from benchmarks.run import OneLineParser, Stopped
from benchmarks.table import ROOT
from tools.browser import BrowserError, browser
from tools.site import checks, links

SITE = ROOT / "site"


class BuildFailed(Exception):
    """MkDocs did not build the site, and has said why."""


def build() -> None:
    """Raises BuildFailed."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    told = [line for line in done.stderr.splitlines() if re.match("WARNING|ERROR|Aborted", line)]
    if done.returncode:
        print("\n".join(told or done.stderr.splitlines()[-3:]), file=sys.stderr)
        raise BuildFailed


def chosen(found: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The pages that are asked for, all if none is. Raises KeyError with one that is not there."""
    names = [f"{name.removesuffix('.html').removesuffix('.md')}.html" for name in wanted]
    for name in names:
        if name not in found:
            raise KeyError(name)
    return names or list(found)


def in_a_browser(site: Path, names: Sequence[str], console: Console) -> tuple[list[str], int]:
    """The faults, and the bytes of the heaviest page. Raises BrowserError."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
    with browser() as running, checks.served(site) as address:
        desktop = checks.Visit(checks.context(running).new_page(), address, site)
        phone = checks.Visit(
            checks.context(running, phone=True).new_page(), f"{site.resolve().as_uri()}/", site
        )
        with Progress(*columns, console=console) as progress:
            for name in progress.track(names, description="light and dark, over HTTP"):
                checks.in_light_and_dark(desktop, name)
            for name in progress.track(names, description="on a phone, from disk"):
                checks.on_a_phone(phone, name)
        for visit in (desktop, phone):
            visit.page.set_viewport_size(checks.DESKTOP)
            checks.search(visit)
            checks.tabs(visit)
        if not checks.guide(desktop):
            print(f"{checks.GUIDE} has no guide yet: nothing was clicked through.")
        return [*desktop.faults, *phone.faults], desktop.heaviest


def main(arguments: Sequence[str]) -> int:
    parser = OneLineParser(prog="nox -s docs --", description="Build the site and check it.")
    parser.add_argument("pages", nargs="*", help="check these alone, such as tutorial/proxy")
    options = parser.parse_args(arguments)
    Stopped()
    started = time.monotonic()
    try:
        build()
        found = links.pages(SITE)
        names = chosen(list(found), options.pages)
        faults = links.faults(SITE, {name: found[name] for name in names} | found)
        seen, heaviest = in_a_browser(SITE, names, Console(stderr=True))
    except BuildFailed:
        return 1
    except KeyError as error:
        print(f"error: the site has no page {error.args[0]}", file=sys.stderr)
        return 2
    except BrowserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    print("\n".join([*faults, *dict.fromkeys(seen)]))
    took = time.monotonic() - started
    print(
        f"{len(names)} pages, {len(faults) + len(seen)} faults; the heaviest weighs "
        f"{heaviest / 1000:,.0f} kB without drawings; {took:.0f} s."
    )
    return 1 if faults or seen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

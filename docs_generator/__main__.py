"""Build the tutorial site and check it: `nox -s docs`.

Builds site/ strictly: MkDocs looks for what its links, anchors and includes name. Then every page
is checked in a real browser: requests, console, weight, axe in both colour schemes, colours of
drawings, width on a phone; and search, tabs, the decision guide, and what is shown for a page that
is not there. `-- reference/sql index` checks these pages alone. The checks are plain pytest, with
two workers.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from docs_generator.visit import pages
from harness import cli
from harness.browser import browser
from harness.cli import Failure, Refusal
from harness.variants import ROOT
from proofs import session


def build() -> None:
    """Raises Failure, after MkDocs has said what is wrong."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    told = [line for line in done.stderr.splitlines() if re.match("WARNING|ERROR|Aborted", line)]
    if done.returncode:
        print("\n".join(told or done.stderr.splitlines()[-3:]), file=sys.stderr)
        raise Failure("MkDocs did not build the site")


def chosen(wanted: Sequence[str]) -> list[str]:
    """The pages that are asked for, as pytest's options. Raises Refusal."""
    names = [f"{name.removesuffix('.html').removesuffix('.md')}.html" for name in wanted]
    for name in names:
        if name not in pages():
            raise Refusal(f"the site has no page {name}")
    return [f"--page={name}" for name in names]


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="nox -s docs --", description="Build the site and check it.")
    parser.add_argument("pages", nargs="*", help="check these alone, such as tutorial/proxy")
    options = parser.parse_args(arguments)
    with browser() as chromium:  # before anything else, for it may not be there
        print(f"Chromium {chromium.version}", flush=True)
    build()
    here = Path(__file__).parent
    return session.run(here, "-n2", "--dist=worksteal", *chosen(options.pages))


if __name__ == "__main__":
    cli.run(main)

"""Walk through each site in a real browser: `nox -s e2e`.

Each site runs as in production and is filled with the demo players. The tests in this folder know
of it what a person sees, and are the same for all. They are plain pytest, with four workers, for
each waits for its browser most of the time; those that are at one variant have a site each.
"""

import os
from pathlib import Path

import pytest

from harness import cli
from harness.browser import browser
from harness.postgres import postgresql
from harness.variants import VARIANTS

FOLDER = str(Path(__file__).parent)
OPTIONS = ["--tb=short", "-n4", "--dist=worksteal", "-p", "no:tmpdir", "-p", "no:cacheprovider"]


def main(arguments: list[str]) -> int:
    parser = cli.Parser(prog="nox -s e2e --", description="Walk through the sites in a browser.")
    parser.add_choice("--variant", VARIANTS)
    parser.add_argument("-k", metavar="WORDS", help="only the tests whose names match, as pytest")
    parser.add_argument(
        "--ci",
        action="store_true",
        help="look for accessibility barriers on one site alone: half the time, and the sites' "
        "templates and styles differ in nothing but the names of the details' variables",
    )
    options = parser.parse_args(arguments)
    chosen = [f"--variant={id}" for id in options.variant or []]
    chosen += [f"-k={options.k}"] if options.k else []
    chosen += ["--ci"] if options.ci else []
    with browser() as chromium:  # before anything else, for it may not be there
        print(f"Chromium {chromium.version}; 60 demo players on each site", flush=True)
    with postgresql() as url:
        os.environ["DATABASE_URL"] = url  # for the workers
        status = pytest.main([FOLDER, *OPTIONS, *chosen])
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt  # pytest has swallowed it
    if status in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR):
        raise cli.Refusal(f"no test matches -k {options.k!r}")
    return int(status)


if __name__ == "__main__":
    cli.run(main)

"""Walk through each site in a real browser: `nox -s e2e`.

Each site runs as in production and is filled with the demo players. The tests in this folder know
of it what a person sees, and are the same for all. They have four workers, for each waits for its
browser most of the time; those that are at one variant have a site each.
"""

import os
from pathlib import Path

from harness import cli
from harness.browser import browser
from harness.postgres import postgresql
from proofs import session


def main(arguments: list[str]) -> int:
    parser = session.parser("e2e", "Walk through the sites in a browser.")
    parser.add_argument(
        "--ci",
        action="store_true",
        help="look for accessibility barriers on one site alone: half the time, and the sites' "
        "templates and styles differ in nothing but the names of the details' variables",
    )
    parser.add_argument("--project", help="a changed copy of a variant, until a test fails")
    options = parser.parse_args(arguments)
    with browser() as chromium:  # before anything else, for it may not be there
        print(f"Chromium {chromium.version}; 60 demo players on each site", flush=True)
    chosen = [*session.chosen(options), *(["--ci"] if options.ci else [])]
    if options.project:
        chosen += [f"--project={options.project}", "--exitfirst"]
    with postgresql() as url:
        os.environ["DATABASE_URL"] = url  # for the workers
        return session.run(Path(__file__).parent, "-n4", "--dist=worksteal", *chosen)


if __name__ == "__main__":
    cli.run(main)

"""Publish a full run: its file in benchmarks/results/, and its table in README.md.

`nox -s publish` takes the last full run, `nox -s publish -- RUN.json` another.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import store
from benchmarks.compare import write
from benchmarks.report import markdown_reservations, markdown_table
from benchmarks.subjects import ROOT
from benchmarks.table import with_block
from tools.commands import OneLineParser, refused

START, END = "<!-- benchmarks: nox -s publish -->", "<!-- end of benchmarks -->"
README = ROOT / "README.md"


def readme_block(report: dict[str, Any]) -> str:
    """What stands between the README's two markers: the run's table, and where it was measured."""
    about = report["run"]
    machine, versions = about["machine"], about["versions"]
    where = (
        f"Measured on {about['date'][:10]} with up to {max(about['sizes']):,} players, on "
        f"{machine['cpus']} cores ({machine['processor']}), Python {versions['Python']}, Django "
        f"{versions['Django']}, PostgreSQL {versions['PostgreSQL']}."
    )
    notes = " ".join(markdown_reservations(report))
    return "\n".join(
        [START, markdown_table(report), "", *([notes, ""] if notes else []), where, END]
    )


def main(arguments: Sequence[str]) -> int:
    parser = OneLineParser(prog="nox -s publish --", description="Publish a full run.")
    parser.add_argument("run", nargs="?", type=Path, metavar="RUN.json")
    options: argparse.Namespace = parser.parse_args(arguments)
    try:
        path = options.run or store.newest("full")
        report = store.load(path)
        if report["run"]["mode"] != "full" or report["run"]["changed"]:
            raise store.ReportError(
                f"{path} is no full run of a committed state: commit, then "
                "`nox -s benchmarks -- --full`"
            )
        readme = with_block(README.read_text(), readme_block(report))
        store.PUBLISHED.mkdir(exist_ok=True)
        write(store.PUBLISHED / path.name, path.read_text())
        write(README, readme)
    except (OSError, ValueError, store.ReportError) as error:
        return refused(error)
    except (KeyError, TypeError) as error:
        print(f"error: {path} lacks what a run says of itself: {error}", file=sys.stderr)
        return 2
    print(f"Published {path.name}; README.md has its table. Remove older results if you like.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

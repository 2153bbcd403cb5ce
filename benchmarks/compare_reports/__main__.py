"""The command: `nox -s compare_reports`."""

import os
import sys
from pathlib import Path

from benchmarks import run_file
from benchmarks.compare_reports.comparison import Comparison
from benchmarks.compare_reports.page import page
from benchmarks.report.model import Report
from harness.cli import Parser, run


def main(arguments: list[str]) -> int:
    parser = Parser(
        prog="nox -s compare_reports --",
        description="Set your last run, or MINE.json, against the published one; or B against A.",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help="none to two")
    options = parser.parse_args(arguments)
    if len(options.files) > 2:
        parser.error("two reports at most: A.json B.json")
    mine = options.files[-1] if options.files else run_file.newest()
    older = options.files[0] if len(options.files) == 2 else run_file.published()
    comparison = Comparison(Report.read(older), Report.read(mine))
    try:
        print(page(comparison, (older, mine)), flush=True)
    except BrokenPipeError:  # the reader has closed the pipe: there is nothing left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    run(main)

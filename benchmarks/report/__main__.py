"""Turn a run of the benchmarks into a report: `nox -s report`.

Takes a run's file, or the newest in .results/benchmarks/, and writes report.html, report.md and
report.csv. Exits with 2 where the run cannot be read or a file not written.
"""

import os
from pathlib import Path

from benchmarks import run_file
from benchmarks.report import document, html, spreadsheet
from benchmarks.report.model import Report
from harness.cli import Parser, run
from harness.text import write
from harness.variants import ROOT

OUTPUT = ROOT / ".results" / "report"


def main(arguments: list[str]) -> int:
    parser = Parser(
        prog="nox -s report --",
        description="Turn a run of `nox -s benchmarks` into HTML, Markdown and CSV.",
    )
    parser.add_argument("run", nargs="?", type=Path, help="a run's file (the newest)")
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, help="where to write (.results/report)"
    )
    options = parser.parse_args(arguments)
    folder = Path(os.path.relpath(options.output))
    path = options.run or run_file.newest()
    report = Report.read(path)
    texts = {
        "report.html": html.render(report),
        "report.md": document.render(report),
        "report.csv": spreadsheet.render(report),
    }
    for name, text in texts.items():
        write(folder / name, text)
    print(f"{os.path.relpath(path)} became, in {folder}/:")
    for name, text in texts.items():
        print(f"  {name:<12}{len(text.encode()) / 1000:>8,.0f} kB")
    return 0


if __name__ == "__main__":
    run(main)

"""Publish a full run: its file in benchmarks/results/, and its table in README.md.

`nox -s publish` takes the last full run, `nox -s publish -- RUN.json` another.
"""

from pathlib import Path

from benchmarks import run_file
from benchmarks.report import document
from benchmarks.report.model import Report
from benchmarks.run_file import ReportError
from harness.cli import Parser, run
from harness.text import with_block, write
from harness.variants import ROOT

START, END = "<!-- benchmarks: nox -s publish -->", "<!-- end of benchmarks -->"
README = ROOT / "README.md"


def readme_block(report: Report) -> str:
    """What stands between the README's two markers, and they."""
    return f"{START}\n{document.readme(report)}\n{END}"


def main(arguments: list[str]) -> int:
    parser = Parser(prog="nox -s publish --", description="Publish a full run.")
    parser.add_argument("run", nargs="?", type=Path, metavar="RUN.json")
    options = parser.parse_args(arguments)
    path = options.run or run_file.newest("full")
    report = Report.read(path)
    if report.about.mode != "full" or report.about.changed:
        raise ReportError(
            f"{path} is no full run of a committed state: commit, then "
            "`nox -s benchmarks -- --full`"
        )
    readme = with_block(README.read_text(), readme_block(report))
    write(run_file.PUBLISHED / path.name, path.read_text())
    write(README, readme)
    print(f"Published {path.name}; README.md has its table. Remove older results if you like.")
    return 0


if __name__ == "__main__":
    run(main)

"""Show how far the same figure lies apart in several runs of the same code.

`python -m benchmarks.spread A.json B.json C.json` takes each cell's paired CPU ratio, and its
spread: the largest less the smallest of the runs' medians, over their median. Beside it stands
the same for the seconds of wall time that a run measures one by one: why ratios are compared and
seconds are not. Without files it takes the newest three runs of one mode and the same sizes.
"""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import run_file
from benchmarks.compare_reports.comparison import RATIOS, Key, side_of
from benchmarks.compare_reports.page import laid_out
from benchmarks.report.model import Report
from benchmarks.run_file import ReportError
from benchmarks.stats import quartiles
from harness.cli import Parser, run

RUNS = 3
WORST = 5
Medians = dict[Key, float]


def ratios(report: Report, name: str) -> Medians:
    """The median of each cell's paired ratio, of "cpu" or "client_cpu"."""
    found = {key: side_of(cell).ratios.get(name) for key, cell in report.cells.items()}
    return {key: ratio.median for key, ratio in found.items() if ratio}


def walls(report: Report) -> Medians:
    """The median of each cell's seconds of wall time."""
    found = {key: cell.seconds.get("wall") for key, cell in report.cells.items()}
    return {key: spread.median for key, spread in found.items() if spread and spread.median}


def spreads(runs: Sequence[Medians]) -> Medians:
    """(max - min) / median of each figure that all runs have, the widest first."""
    found = {}
    for key in runs[0]:
        if all(key in run for run in runs):
            figures = [run[key] for run in runs]
            found[key] = (max(figures) - min(figures)) / statistics.median(figures)
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def latest() -> list[Path]:
    """The newest runs that can be set beside the newest of all. Raises ReportError."""
    newest = run_file.newest()
    first, found = Report.read(newest), [newest]
    for path in sorted(run_file.RESULTS.glob("*.json"), reverse=True)[1:]:
        try:
            report = Report.read(path)
        except ReportError:
            continue  # an older version's, or a copy cut off: there may be others
        if report.sizes == first.sizes and report.about.mode == first.about.mode:
            found.append(path)
    return found[:RUNS]


def refuse(reports: Sequence[Report]) -> None:
    """Raise ReportError where the runs do not make a spread."""
    if len(reports) < 2:
        raise ReportError("a spread takes two runs at least: `nox -s benchmarks` makes one")
    if len({report.about.date for report in reports}) < len(reports):
        raise ReportError("a run is there twice, and it would agree with itself")
    if len({report.reference for report in reports}) > 1:
        raise ReportError("the runs' ratios are to different references")


def page(runs: Mapping[Path, Report], ratio: Medians, wall: Medians) -> str:
    """The runs, the two spreads, and the cells whose ratios lie farthest apart."""
    lines = [f"Spread of {len(runs)} runs: (max - min) / median of each figure."]
    for path, report in runs.items():
        lines.append(f"- {report.about.date[:16]}, {report.about.mode}: {path.name}")
    if len({report.about.code for report in runs.values()}) > 1:
        lines.append("They are runs of different code, so not all of it is noise.")
    lines += ["", f"{'':28}{'cells':>8}{'quarter':>10}{'median':>10}{'quarter':>10}"]
    for title, figures in (("paired CPU ratios", ratio), ("wall times, one by one", wall)):
        quarters = quartiles([*figures.values()]) if figures else ()
        numbers = "".join(f"{quarter * 100:>8.1f} %" for quarter in quarters)
        lines.append(f"{title:28}{len(figures):>8}{numbers}")
    lines += ["", "The ratios farthest apart:"]
    for (operation, players, subject), worst in list(ratio.items())[:WORST]:
        lines.append(f"- {worst * 100:.1f} %: {operation}[{players}-{subject}]")
    return laid_out("\n".join(lines))


def main(arguments: list[str]) -> int:
    parser = Parser(
        prog="python -m benchmarks.spread", description="How far several runs lie apart."
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help="two or more")
    options = parser.parse_args(arguments)
    paths = options.files or latest()
    reports = [Report.read(path) for path in paths]
    refuse(reports)
    found = (spreads([ratios(report, name) for report in reports]) for name in RATIOS)
    ratio = next((one for one in found if one), {})
    if not ratio:
        raise ReportError("there is no CPU ratio that all the runs have")
    wall = spreads([walls(report) for report in reports])
    print(page(dict(zip(paths, reports, strict=True)), ratio, wall))
    return 0


if __name__ == "__main__":
    run(main)

"""Show how far the same figure lies apart in several runs of the same code.

`python -m benchmarks.spread A.json B.json C.json` takes each cell's paired CPU ratio, and its
spread: the largest less the smallest of the runs' medians, over their median. Beside it stands
the same for the seconds of wall time that a run measures one by one: why ratios are compared and
seconds are not. Without files it takes the newest three runs of one mode and the same sizes.
"""

import math
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import store
from benchmarks.compare_reports import Key, Report, printable, read, wrapped
from benchmarks.store import ReportError
from tools.commands import OneLineParser

RUNS = 3
WORST = 5


def ratios(report: Report, of: str) -> dict[Key, float]:
    """The median of each cell's paired ratio, of "cpu" or "client_cpu"."""
    return {key: cell.ratios[of].median for key, cell in report.cells.items() if of in cell.ratios}


def walls(report: Report) -> dict[Key, float]:
    """The median of each cell's seconds of wall time."""
    return {key: cell.wall for key, cell in report.cells.items() if cell.wall}


def spreads(runs: Sequence[Mapping[Key, float]]) -> dict[Key, float]:
    """(max - min) / median of each figure that all runs have, the widest first."""
    common = [key for key in runs[0] if all(key in run for run in runs)]
    found = {}
    for key in common:
        figures = [run[key] for run in runs]
        found[key] = (max(figures) - min(figures)) / statistics.median(figures)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def latest() -> list[Report]:
    """The newest runs that can be set beside the newest of all. Raises ReportError."""
    newest = read(store.newest())
    found = [newest]
    for path in sorted(store.RESULTS.glob("*.json"), reverse=True)[1:]:
        try:
            report = read(path)
        except ReportError:
            continue  # an older version's, or a copy cut off: there may be others
        found += [report] if alike(report, newest) else []
        if len(found) == RUNS:
            break
    return found


def alike(one: Report, other: Report) -> bool:
    sizes = [{players for _, _, players in report.cells} for report in (one, other)]
    return sizes[0] == sizes[1] and one.about.get("mode") == other.about.get("mode")


def refuse(reports: Sequence[Report]) -> None:
    """Raise ReportError where the runs do not make a spread."""
    if len(reports) < 2:
        raise ReportError("a spread takes two runs at least: `nox -s benchmarks` makes one")
    if len({report.about["date"] for report in reports}) < len(reports):
        raise ReportError("a run is there twice, and it would agree with itself")
    if len({report.about.get("reference") for report in reports}) > 1:
        raise ReportError("the runs' ratios are to different references")


def page(reports: Sequence[Report], ratio: Mapping[Key, float], wall: Mapping[Key, float]) -> str:
    """The runs, the two spreads, and the cells whose ratios lie farthest apart."""
    lines = [f"Spread of {len(reports)} runs: (max - min) / median of each figure."]
    for report in reports:
        about = report.about
        lines += wrapped(
            f"- {about['date'][:16]}, {about.get('mode')}: {report.path.name}", "", "  "
        )
    if len({report.about.get("code") for report in reports}) > 1:
        lines += wrapped("They are runs of different code, so not all of it is noise.")
    lines += ["", f"{'':28}{'cells':>8}{'quarter':>10}{'median':>10}{'quarter':>10}"]
    for title, figures in (
        ("paired CPU ratios", ratio),
        ("wall times, one by one", wall),
    ):
        quarters = quartiles(figures) if figures else ()
        numbers = "".join(f"{quarter * 100:>8.1f} %" for quarter in quarters)
        lines.append(f"{title:28}{len(figures):>8}{numbers}")
    lines += ["", "The ratios farthest apart:"]
    for (operation, subject, players), worst in list(ratio.items())[:WORST]:
        lines += wrapped(f"- {worst * 100:.1f} %: {operation}[{players}-{subject}]", "", "  ")
    return "\n".join(lines)


def quartiles(figures: Mapping[Key, float]) -> Sequence[float]:
    """A quarter is below the first, half below the second, a quarter above the third."""
    values = list(figures.values())
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3


def percent(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise ValueError(text)
    return value


def main(arguments: Sequence[str]) -> int:
    """0; 1 where the median of the ratios' spread is above --at-most; 2 for bad input."""
    parser = OneLineParser(
        prog="python -m benchmarks.spread", description="How far several runs lie apart."
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help="two or more")
    parser.add_argument(
        "--at-most", type=percent, metavar="PERCENT", help="exit with 1 if the median is above"
    )
    options = parser.parse_args(arguments)
    try:
        reports = [read(path) for path in options.files] or latest()
        refuse(reports)
        ratio, of_clients = (
            spreads([ratios(report, of) for report in reports]) for of in ("cpu", "client_cpu")
        )
        ratio = ratio or of_clients  # where nobody tells the backend's
        wall = spreads([walls(report) for report in reports])
        if not ratio:
            raise ReportError("there is no CPU ratio that all the runs have")
    except ReportError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 2
    print(page(reports, ratio, wall))
    median = quartiles(ratio)[1]
    if options.at_most is not None and median > options.at_most / 100:
        print(f"The median {median * 100:.1f} % is above {options.at_most:g} %.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

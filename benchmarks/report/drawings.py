"""A run's charts, for the HTML and for the site."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from benchmarks.report import charts, sentences, tables, text
from benchmarks.report.charts import Bar, Line, Look
from benchmarks.report.model import Report
from benchmarks.report.tables import Table
from harness.variants import VARIANTS

LOOKS = {
    **{
        id: Look(f"c-{id}", one.about["chart"]["marker"], one.about["chart"]["dashes"])
        for id, one in VARIANTS.items()
    },
    "control": Look("c-control", "cross", "1 3"),
    "floor": Look("c-floor", "diamond", "2 3"),
}
PLAIN = Look("c-plain", "square")


@dataclass(frozen=True)
class Drawing:
    """A chart, and what it shows in words, unless the chart itself says it to screen readers.

    `id` is unique in a run; `svg` is "" where there is nothing to draw.
    """

    id: str
    title: str
    svg: str
    summary: str = ""


def look(report: Report, subject: str) -> Look:
    """A variant has its own, whatever else was measured; an alternative its base's, hollow."""
    kind = report.kind(subject)
    if kind == "alternative":
        base = LOOKS.get(report.root(subject), PLAIN)
        return Look(base.css, base.marker, "4 2", hollow=True)
    return LOOKS.get(subject if kind == "variant" else kind, PLAIN)


def growth(report: Report, operation: str) -> list[Drawing]:
    """Buffers and CPU over the number of players."""
    found = []
    for metric, title, unit in (
        ("buffers", "Buffers", text.short),
        ("cpu", f"{text.cpu(report)} per call", text.seconds),
    ):
        lines = []
        for subject in report.drawn:
            points: list[tuple[float, float, float | None, float | None]] = []
            for size, value in report.points(operation, subject, metric):
                spread = report.cells[operation, size, subject].seconds.get(metric)
                q1, q3 = (spread.q1, spread.q3) if spread else (None, None)
                points.append((float(size), value, q1, q3))
            if points:
                lines.append(Line(report.title(subject), look(report, subject), points))
        if lines:
            svg = charts.growth(lines, report.sizes, unit)
            words = sentences.growth(report, operation, metric)
            found.append(Drawing(f"growth-{operation}-{metric}", title, svg, words))
    return found


def of_operation(report: Report, operation: str) -> list[Drawing]:
    """Statements and buffers of the variants and the floor, at the largest size."""
    cells = report.at(operation)
    drawn = [
        (report.title(id), look(report, id), cell.exact)
        for id, cell in cells.items()
        if report.kind(id) in {"variant", "floor"}
    ]
    return [
        bars(f"{name}-{operation}", title, [(who, look, of[name]) for who, look, of in drawn])
        for name, title in (("statements", "Statements"), ("buffers", "Buffers"))
        if drawn
    ]


def ladder(report: Report) -> list[Drawing]:
    """The ladder's statements and commits."""
    steps = report.about.ladder
    if not steps:
        return []
    statements = [(step.title, PLAIN, step.statements) for step in steps]
    commits = [(step.title, PLAIN, step.commits) for step in steps]
    return [
        bars("ladder-statements", "Statements", statements),
        bars("ladder-commits", "Commits that write", commits),
    ]


def bars(id: str, title: str, rows: Iterable[tuple[str, Look, int]]) -> Drawing:
    drawn = [Bar(who, look, [figure], text.count(figure)) for who, look, figure in rows]
    return Drawing(id, title, charts.bars(drawn, title))


def storage(report: Report) -> Drawing:
    """Tables and indexes at the largest size."""
    rows = []
    for id, by_size in report.about.storage.items():
        one = by_size.get(report.largest)
        if one and id in report.subjects:
            parts = [one.bytes - one.indexes, one.indexes]
            rows.append(Bar(report.title(id), look(report, id), parts, text.size(one.bytes)))
    title = "Bytes on disk"
    return Drawing("storage", title, charts.bars(rows, title) if rows else "")


def ratios(report: Report, size: int) -> Table | None:
    """The table of ratios with a drawing for each row; None where nothing is a ratio."""
    if not any(cell.to_reference for cell in report.cells.values()):
        return None
    low, high = _span(report)
    strips: list[str] = []
    for operation in report.operations:
        cells = report.at(operation, size)
        spreads = [
            (look(report, id), ratio.median, ratio.q1, ratio.q3)
            for id in tables.timed(report)
            if id in cells and (ratio := cells[id].to_reference.get("cpu"))
        ]
        noise = report.noise.width((operation, size)) if report.noise else None
        strips.append(charts.strip(spreads, noise, low, high))
    axis = charts.strip_axis(low, high)
    return replace(tables.noisy(report, size), strips=strips, axis=axis)


def _span(report: Report) -> tuple[float, float]:
    """From the least to the greatest quartile of all ratios to the reference, 1 included."""
    ratios = [
        ratio
        for cell in report.cells.values()
        if report.kind(cell.subject) != "alternative" and (ratio := cell.to_reference.get("cpu"))
    ]
    low = min([0.5, *(ratio.q1 for ratio in ratios)])
    high = max([2.0, *(ratio.q3 for ratio in ratios)])
    return low * 0.9, high * 1.1

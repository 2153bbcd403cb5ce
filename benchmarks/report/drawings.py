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

    `id` is unique in a run.
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
            points = []
            for size, value in report.points(operation, subject, metric):
                spread = report.cells[operation, size, subject].seconds.get(metric)
                quartiles = (spread.q1, spread.q3) if spread else (None, None)
                points.append((size, value, *quartiles))
            if points:
                lines.append(Line(report.title(subject), look(report, subject), points))
        if lines:
            svg = charts.growth(lines, report.sizes, unit)
            words = sentences.growth(report, operation, metric)
            found.append(Drawing(f"growth-{operation}-{metric}", title, svg, words))
    return found


def of_operation(report: Report, operation: str) -> list[Drawing]:
    """Statements and buffers of the variants and the floor, at the largest size."""
    cells = {id: cell for id, cell in report.at(operation).items() if id in report.drawn}
    return [
        bars(
            f"{metric}-{operation}",
            metric.capitalize(),
            [(report.title(id), look(report, id), of.exact[metric]) for id, of in cells.items()],
        )
        for metric in ("statements", "buffers")
        if cells
    ]


def ladder(report: Report) -> list[Drawing]:
    """The ladder's statements and commits."""
    return [
        bars(
            f"ladder-{metric}",
            title,
            [(step.title, PLAIN, getattr(step, metric)) for step in report.about.ladder],
        )
        for metric, title in (("statements", "Statements"), ("commits", "Commits that write"))
        if report.about.ladder
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
    return Drawing("storage", title, charts.bars(rows, title))


def ratios(report: Report, size: int) -> Table | None:
    """The table of ratios with a drawing for each row; None where nothing is a ratio.

    The drawings' axis reaches from the least to the greatest quartile of the whole run.
    """
    if not any(cell.to_reference for cell in report.cells.values()):
        return None
    drawn = [
        ratio
        for cell in report.cells.values()
        if report.kind(cell.subject) != "alternative" and (ratio := cell.to_reference.get("cpu"))
    ]
    low = min([0.5, *(ratio.q1 for ratio in drawn)]) * 0.9
    high = max([2.0, *(ratio.q3 for ratio in drawn)]) * 1.1
    axis = charts.Axis(low, high, 8, charts.STRIP - 8)
    strips: list[str] = []
    for operation in report.operations:
        cells = report.at(operation, size)
        spreads = [
            (look(report, id), ratio.median, ratio.q1, ratio.q3)
            for id in tables.timed(report)
            if id in cells and (ratio := cells[id].to_reference.get("cpu"))
        ]
        noise = report.noise.width((operation, size)) if report.noise else None
        strips.append(charts.strip(spreads, noise, axis))
    return replace(tables.noisy(report, size), strips=strips, axis=charts.strip_axis(axis))

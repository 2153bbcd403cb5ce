"""The pages of timings and of growth: the published run, in the report's own words and charts."""

from collections.abc import Iterator

from benchmarks import run_file
from benchmarks.report import document, drawings, html, sentences, tables, text
from benchmarks.report.document import Block, markdown
from benchmarks.report.drawings import Drawing
from benchmarks.report.model import Report
from docs_generator.reference import details, page

METHOD = """\
Every operation runs through the variants' own code, beside a floor in bare SQL; all must give the
same answers, before they are timed and while they are. Statements, foreign-key checks and buffers
are exact. Times are taken in turn, block by block, as ratios, and one variant runs twice to show
what is noise. [How to run it yourself](../how-to/benchmarks.md), and
[how to read it](../explanation/reading-benchmarks.md).

- The *floor* is the same answer from bare SQL on one wide table, without Django.
- An *FK check* is a lookup that PostgreSQL makes for a foreign key.
- A *round trip* is whatever Django sends and waits for: a statement, but also `BEGIN`, `COMMIT`,
  a savepoint, or the next rows of a cursor.
- A *buffer* is a page of a table or an index that PostgreSQL looked at."""
RATIOS = "ratios.html"
CAPTIONS = {
    "ladder-statements": "Statements of each step",
    "ladder-commits": "Commits that write, of each step",
    "storage": "On disk: solid for tables, light for their indexes",
}


def published() -> Report:
    """The newest run in benchmarks/results/. Raises ReportError."""
    return Report.read(run_file.published())


def charts(report: Report) -> dict[str, str]:
    """By file name, the run's charts."""
    drawn = [one for operation in report.operations for one in drawings.growth(report, operation)]
    drawn += [*drawings.ladder(report), drawings.storage(report)]
    found = {f"{one.id}.svg": one.svg for one in drawn if one.svg}
    if ratios := drawings.ratios(report, report.largest):
        found[RATIOS] = html.table(report, ratios)
    return {name: f"{svg}\n" for name, svg in found.items()}


def render(report: Report) -> str:
    parts = [METHOD, document.text(sentences.introduction(report))]
    for title, blocks in document.sections(report).items():
        parts.append(f"## {title}")
        if title == "Growth":
            parts.append(
                "How buffers and CPU grow with the number of players has [a page](growth.md) of "
                "its own, with two charts for each operation."
            )
            continue
        parts += [part for one in blocks for part in of(one)]
        if title == "Verdict" and drawings.ratios(report, report.largest):
            parts += [
                f"### {text.cpu(report)} as a multiple of the {text.compared(report)}'s",
                "The scale of the drawing is logarithmic and its upright line is 1. The shaded "
                "band is noise: where a line overlaps it, it is a tie.",
                included(RATIOS),
            ]
    return page("Timings and method", *parts)


def of(block: Block) -> Iterator[str]:
    """A block of the report with its charts."""
    if isinstance(block, Drawing) and block.svg:
        yield figure(block, CAPTIONS[block.id])
    yield from markdown(block)


def render_growth(report: Report) -> str:
    """The page of growth; of a run at one size, that there is none."""
    title = "Growth with the number of players"
    if len(report.sizes) < 2:
        return page(title, "The published run has one size.")
    sizes = text.listed(map(text.count, report.sizes))
    parts = [
        f"Each operation was measured with {sizes} players, in the [published "
        "run](timings.md). The *exponent* says how its cost grows with their number: at 0 it "
        "stays the same, however many there are; at 1, ten times the players cost ten times "
        "as much. A *buffer* is a page of a table or an index that PostgreSQL looked at. The "
        "*floor* is the same answer from bare SQL, without Django.",
        "In the charts both axes are logarithmic, so the slope of a line is the exponent. CPU "
        "per call is less in a block of more calls, and blocks were not of one length at all "
        "sizes: read small changes of CPU as that, not as growth.",
        *markdown(tables.slopes(report)),
    ]
    for operation in report.operations:
        parts += growth(report, operation)
    return page(title, *parts)


def growth(report: Report, operation: str) -> list[str]:
    """An operation's two charts, what they show in words, and their figures to unfold."""
    one, drawn = report.operations[operation], drawings.growth(report, operation)
    shown = "\n".join(figure(drawing, drawing.title) for drawing in drawn)
    figures = document.table(tables.growth(report, operation))
    return [
        f"## {text.upper(one.title)} {{ #growth-{operation} }}",
        *map(document.text, (one.what, *sentences.reservations(report, operation))),
        f'<div class="pair">\n{shown}\n</div>',
        *(f"{drawing.title}: {document.text(drawing.summary)}" for drawing in drawn),
        details(f"The figures of “{one.title}”", figures),
    ]


def figure(drawing: Drawing, caption: str) -> str:
    named = f"<figcaption>{caption}</figcaption>"
    return f'<figure class="drawing">\n{named}\n{included(f"{drawing.id}.svg")}\n</figure>'


def included(file: str) -> str:
    return f'--8<-- "docs/reference/charts/{file}"'

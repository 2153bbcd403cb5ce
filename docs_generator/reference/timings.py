"""The pages of timings and of growth: the published run, in the report's own words and charts."""

from collections.abc import Sequence

from django.template import Context, Engine
from django.utils.safestring import SafeString

from benchmarks import store
from benchmarks.report import html, markdown, tables, words
from benchmarks.report.model import Report, read
from benchmarks.report.tables import Table
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


def published() -> Report:
    """The newest run in benchmarks/results/. Raises ReportError."""
    runs = sorted(store.PUBLISHED.glob("*.json"))
    if not runs:
        raise store.ReportError(
            "benchmarks/results/ holds no run: `nox -s publish` puts one there"
        )
    return read(store.load(runs[-1]))


def drawings(report: Report) -> dict[str, str]:
    """By file name, the run's charts."""
    drawn = html.Page(report)
    found: dict[str, SafeString | str] = {}
    for operation in report.operations:
        for drawing in drawn.growth(operation).drawings:
            metric = "buffers" if drawing.title == "Buffers" else "cpu"
            found[chart(operation, metric)] = drawing.svg
    for drawing, name in zip(drawn.ladder_bars(), ("statements", "commits"), strict=False):
        found[f"ladder-{name}.svg"] = drawing.svg
    if bars := drawn.storage_bars():
        found["storage.svg"] = bars
    if view := drawn.noisy(report.largest):
        engine = Engine(dirs=[str(html.TEMPLATES)])
        found["ratios.html"] = engine.get_template("table.html").render(
            Context({"table": view}, use_l10n=False)
        )
    return {name: f"{text}\n" for name, text in found.items()}


def render(report: Report) -> str:
    names = drawings(report)
    parts = [METHOD, markdown.text(words.introduction(report)), "## How to read this"]
    parts += [markdown.text(words.IN_SHORT), *map(markdown.text, words.tie_rule(report))]
    parts += of("Verdict", tables.verdicts(report))
    parts += map(markdown.text, words.reservations(report))
    if "ratios.html" in names:
        parts += [
            f"### {words.cpu(report)} as a multiple of the {words.compared(report)}'s",
            "The scale of the drawing is logarithmic and its upright line is 1. The shaded band "
            "is noise: where a line overlaps it, it is a tie.",
            included("ratios.html"),
        ]
    parts += ["## In words", *sentences(words.verdict(report))]
    if len(report.sizes) > 1:
        parts += [
            "## Growth",
            "How buffers and CPU grow with the number of players has [a page](growth.md) of its "
            "own, with two charts for each operation.",
        ]
    if report.ladder:
        parts += of("The ladder", tables.ladder(report))
        parts += [figure("ladder-statements.svg", "Statements of each step")]
        parts += [figure("ladder-commits.svg", "Commits that write, of each step")]
        parts += sentences([(step.title, step.what) for step in report.ladder])
    if found := tables.alternatives(report):
        parts += of("Alternatives inside a strategy", *found)
    if report.storage:
        parts += of("Storage", tables.storage(report))
        if "storage.svg" in names:
            parts += [figure("storage.svg", "On disk: solid for tables, light for their indexes")]
    if report.seeding:
        parts += captioned(tables.seeding(report))
    parts += of("Provenance", tables.provenance(report))
    return page("Timings and method", *parts)


def render_growth(report: Report) -> str:
    """The page of growth; of a run at one size, that there is none."""
    names = drawings(report)
    if len(report.sizes) < 2:
        parts = ["The published run has one size."]
    else:
        sizes = words.listed(words.count(size) for size in report.sizes)
        parts = [
            f"Each operation was measured with {sizes} players, in the [published "
            "run](timings.md). The *exponent* says how its cost grows with their number: at 0 it "
            "stays the same, however many there are; at 1, ten times the players cost ten times "
            "as much. A *buffer* is a page of a table or an index that PostgreSQL looked at. The "
            "*floor* is the same answer from bare SQL, without Django.",
            "In the charts both axes are logarithmic, so the slope of a line is the exponent. CPU "
            "per call is less in a block of more calls, and blocks were not of one length at all "
            "sizes: read small changes of CPU as that, not as growth.",
            *captioned(tables.slopes(report)),
        ]
        for operation in report.operations:
            parts += growth(report, operation, names)
    return page("Growth with the number of players", *parts)


def growth(report: Report, operation: str, names: dict[str, str]) -> list[str]:
    """An operation's two charts, what they show in words, and their figures to unfold."""
    one = report.operations[operation]
    title = one.title[0].upper() + one.title[1:]
    parts = [f"## {title} {{ #growth-{operation} }}", markdown.text(one.what)]
    parts += map(markdown.text, words.reservations(report, operation))
    metrics = {"buffers": "Buffers", "cpu": f"{words.cpu(report)} per call"}
    drawn = {m: name for m, name in metrics.items() if chart(operation, m) in names}
    shown = "\n".join(figure(chart(operation, m), name) for m, name in drawn.items())
    parts.append(f'<div class="pair">\n{shown}\n</div>')
    parts += [
        f"{name}: {markdown.text(words.growth(report, operation, m))}" for m, name in drawn.items()
    ]
    figures = markdown.table(tables.growth(report, operation))
    return [*parts, details(f"The figures of “{one.title}”", figures)]


def chart(operation: str, metric: str) -> str:
    return f"growth-{operation}-{metric}.svg"


def of(title: str, *shown: Table) -> list[str]:
    return [f"## {title}", *(part for one in shown for part in captioned(one))]


def captioned(one: Table) -> list[str]:
    return [f"{markdown.text(one.caption)}.", markdown.table(one)]


def sentences(found: Sequence[tuple[str, str]]) -> list[str]:
    return ["\n".join(f"- **{markdown.text(a)}.** {markdown.text(b)}" for a, b in found)]


def figure(file: str, caption: str) -> str:
    named = f"<figcaption>{caption}</figcaption>"
    return f'<figure class="drawing">\n{named}\n{included(file)}\n</figure>'


def included(file: str) -> str:
    return f'--8<-- "docs/reference/charts/{file}"'

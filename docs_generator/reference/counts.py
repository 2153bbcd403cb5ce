"""The page of query counts: what the variants promise, and the suite holds them to."""

from benchmarks.compare_table import FIGURES, sentences
from benchmarks.report import charts
from benchmarks.report.drawings import LOOKS
from docs_generator.reference import TEMPLATES, Records, page, table
from docs_generator.reference.sql import code, in_words, place, spelt, title
from harness.text import rendered
from harness.variants import REFERENCE, VARIANTS

FILE = "query-counts.html"


def drawings() -> dict[str, str]:
    """By file name, a chart of all operations' statements."""
    drawn = []
    for operation in REFERENCE.budget:
        promised = {id: one.budget[operation]["statements"] for id, one in VARIANTS.items()}
        bars = [
            charts.Bar(VARIANTS[id].heading, LOOKS[id], [count], str(count))
            for id, count in promised.items()
        ]
        drawn.append((title(operation), charts.bars(bars, f"Statements, {title(operation)}")))
    return {FILE: rendered(TEMPLATES / FILE, {"drawings": drawn})}


def render(records: Records) -> str:
    return page(
        "query-counts",
        tables={figure: of(figure) for figure in FIGURES},
        sentences=[spelt(code(one)) for one in sentences(in_words(records))],
    )


def of(figure: str) -> str:
    rows = []
    for operation in REFERENCE.budget:
        values = [variant.budget[operation][figure] for variant in VARIANTS.values()]
        cells = [f"**{one}**" if one > min(values) else str(one) for one in values]
        rows.append([f"[{title(operation)}]({place(operation)})", *cells])
    return table(["operation", *(one.heading for one in VARIANTS.values())], rows, rest="--:")

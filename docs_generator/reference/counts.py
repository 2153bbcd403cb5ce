"""The page of query counts: what the variants promise, and the suite holds them to."""

from benchmarks.compare_table import FIGURES, sentences
from benchmarks.report import charts
from benchmarks.report.drawings import LOOKS
from docs_generator.reference import Records, page, table
from docs_generator.reference.sql import code, in_words, place, spelt, title
from harness.variants import REFERENCE, VARIANTS


def drawings() -> dict[str, str]:
    """By file name, a chart of all operations' statements."""
    parts = []
    for operation in REFERENCE.budget:
        promised = {id: one.budget[operation]["statements"] for id, one in VARIANTS.items()}
        bars = [
            charts.Bar(VARIANTS[id].heading, LOOKS[id], [count], str(count))
            for id, count in promised.items()
        ]
        drawing = charts.bars(bars, f"Statements, {title(operation)}")
        parts.append(f"<figcaption>{title(operation)}</figcaption>\n{drawing}")
    inside = "\n".join(f"<figure>\n{part}\n</figure>" for part in parts)
    return {"query-counts.html": f'<div class="cards">\n{inside}\n</div>\n'}


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

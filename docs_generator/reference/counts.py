"""The page of query counts: what the variants promise, and the suite holds them to."""

from benchmarks.compare_table import FIGURES, sentences
from benchmarks.report import charts
from benchmarks.report.drawings import LOOKS
from docs_generator.reference import Records, page, table
from docs_generator.reference.sql import code, in_words, place, spelt, title
from harness.variants import REFERENCE, VARIANTS

INTRODUCTION = """\
Each variant promises in its `variant.toml` what every operation costs, and
[rule 14](behaviour.md#rule-14) fails when one figure is off, with 2 players or with 60. So these
are no measurements that could be out of date.

An operation is one request, session and user included. Bold is more than the least in its row;
an operation's name leads to its statements."""
MEANING = {
    "statements": "Data statements, savepoints left out.",
    "joins": "Joins in these statements.",
    "commits": "Commits that write.",
    "hashes": "Password hashes that were computed.",
}


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
    parts = [INTRODUCTION]
    for figure in FIGURES:
        parts += [f"## {figure.capitalize()}", MEANING[figure], of(figure)]
        if figure == "statements":
            parts.append('--8<-- "docs/reference/charts/query-counts.html"')
    parts += [
        "## What makes the difference",
        "\n".join(f"- {spelt(code(one))}" for one in sentences(in_words(records))),
    ]
    return page("Query counts", *parts)


def of(figure: str) -> str:
    rows = []
    for operation in REFERENCE.budget:
        values = [variant.budget[operation][figure] for variant in VARIANTS.values()]
        cells = [f"**{one}**" if one > min(values) else str(one) for one in values]
        rows.append([f"[{title(operation)}]({place(operation)})", *cells])
    return table(["operation", *(one.heading for one in VARIANTS.values())], rows, rest="--:")

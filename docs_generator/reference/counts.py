"""The page of query counts: what the variants promise, and the suite holds them to."""

from benchmarks.report import charts
from benchmarks.report.drawings import LOOKS
from benchmarks.table import FIGURES, VARIANTS, budgets, sentences
from docs_generator.reference import TABS, page, table
from docs_generator.reference.runs import Runs
from docs_generator.reference.sql import code, place, spelt, title

INTRODUCTION = """\
Each variant promises in its `query_budget.toml` what every operation costs, and
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
SUBJECTS = {
    "proxy_variant": "proxy",
    "profile_variant": "profile",
    "custom_user_variant": "custom",
}


def drawings() -> dict[str, str]:
    """By file name, a chart of all operations' statements."""
    parts = []
    for operation in budgets()[VARIANTS[0]]:
        bars = [
            charts.Bar(
                TABS[variant],
                LOOKS[SUBJECTS[variant]],
                [budgets()[variant][operation]["statements"]],
                str(budgets()[variant][operation]["statements"]),
            )
            for variant in VARIANTS
        ]
        drawing = charts.bars(bars, f"Statements, {title(operation)}")
        parts.append(f"<figcaption>{title(operation)}</figcaption>\n{drawing}")
    inside = "\n".join(f"<figure>\n{part}\n</figure>" for part in parts)
    return {"query-counts.html": f'<div class="cards">\n{inside}\n</div>\n'}


def render(runs: Runs) -> str:
    costs = {
        variant: {
            operation: {"sql": [one["words"] for one in found]}
            for operation, found in runs[variant, "postgresql"].operations.items()
        }
        for variant in VARIANTS
    }
    parts = [INTRODUCTION]
    for figure in FIGURES:
        parts += [f"## {figure.capitalize()}", MEANING[figure], of(figure)]
        if figure == "statements":
            parts.append('--8<-- "docs/reference/charts/query-counts.html"')
    parts += [
        "## What makes the difference",
        "\n".join(f"- {spelt(code(one))}" for one in sentences(costs)),
    ]
    return page("Query counts", *parts)


def of(figure: str) -> str:
    promised = budgets()
    rows = []
    for operation in promised[VARIANTS[0]]:
        values = [promised[variant][operation][figure] for variant in VARIANTS]
        cells = [f"**{one}**" if one > min(values) else str(one) for one in values]
        rows.append([f"[{title(operation)}]({place(operation)})", *cells])
    return table(["operation", *TABS.values()], rows, rest="--:")

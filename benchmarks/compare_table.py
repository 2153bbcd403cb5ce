"""The comparison as a table of at most 80 columns, up to four variants wide, and in sentences.

Figures come either from a run (benchmarks.compare) or from the budgets in the variants'
variant.toml, which the shared suite holds equal to what it measures; the README shows the latter.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from harness.variants import REFERENCE, VARIANTS, Variant

FIGURES = ["statements", "joins", "commits", "hashes"]
CAPTION = [
    "Each cell: data statements · joins in them · commits that write · password",
    "hashes, of one request. * marks what is more than the least in its row.",
]
START, END = "<!-- comparison: nox -s compare -- --readme -->", "<!-- end of comparison -->"

Costs = Mapping[str, Mapping[str, Any]]


def table(
    verdicts: Mapping[str, str],
    costs: Mapping[str, Costs],
    projects: Mapping[str, Variant] = VARIANTS,
) -> list[str]:
    """The lines: verdicts on top, then a row an operation; * marks a figure above the least.

    A project without costs (it failed its suite) shows a dash. A fourth column makes all tight.
    """
    tight = len(projects) > 3
    operations = next((list(costs[id]) for id in projects if costs.get(id)), [])
    headings = [one.title for one in projects.values()]
    rows = [["", *headings], ["shared suite", *(verdicts[id] for id in projects)]]
    for operation in operations:
        measured = [costs[id][operation] if costs.get(id) else None for id in projects]
        least = {name: min(m[name] for m in measured if m) for name in FIGURES}
        rows.append([operation.replace("_", " "), *(cell(m, least, tight) for m in measured)])
    first, width = (24, 14) if tight else (25, 18)
    lines = [
        "".join([f"{name:<{first}}", *(f"{c:<{width}}" for c in cells)]).rstrip()
        for name, *cells in rows
    ]
    rule = "─" * 77
    return [*CAPTION, rule, lines[0], rule, *lines[1:], rule]


def cell(figures: Mapping[str, Any] | None, least: Mapping[str, int], tight: bool = False) -> str:
    if figures is None:
        return "—"
    dot = "·" if tight else "· "
    marked = [f"{figures[n]}{'*' if figures[n] > least[n] else ' '}" for n in FIGURES]
    return dot.join([f"{marked[0]:>3}", *marked[1:]])


def sentences(costs: Mapping[str, Costs], projects: Mapping[str, Variant] = VARIANTS) -> list[str]:
    """One for each way in which a project's SQL differs from the custom user's.

    Computed from the statements' verbs and tables, so it holds for what was measured.
    """
    grouped: dict[str, list[str]] = {}
    reference = costs.get(REFERENCE.id, {})
    for id, project in projects.items():
        for operation, figures in costs.get(id, {}).items():
            if id != REFERENCE.id and operation in reference:
                difference = in_a_sentence(figures["sql"], reference[operation]["sql"])
                if difference:
                    sentence = f"{project.title} {difference}"
                    grouped.setdefault(sentence, []).append(operation.replace("_", " "))
    return [f"{', '.join(names)}: {difference}." for difference, names in grouped.items()]


def in_a_sentence(here: list[str], there: list[str]) -> str:
    """How one operation's statements differ from the custom user's; "" if only in order."""

    def first_table(sql: str) -> str:
        return " ".join(sql.split()[:2])

    own, others = Counter(map(first_table, here)), Counter(map(first_table, there))
    joined = sorted({word for sql in here for word in re.findall(r"JOIN (\w+)", sql)})
    joins = f"joins {' and '.join(joined)}" if joined else ""
    if more := len(here) - len(there):
        instead = f" instead of {' and '.join(others - own)}" if others - own else ""
        sends = f"sends {more} more: {' and '.join(own - others)}{instead}"
        return f"{sends}, and {joins}" if joins else sends
    return f"sends no more, but {joins}" if joins else ""


def readme_block(tests: int) -> str:
    """What stands between the README's two markers."""
    verdicts = dict.fromkeys(VARIANTS, f"{tests} passed")
    budgets = {id: variant.budget for id, variant in VARIANTS.items()}
    return "\n".join([START, "```text", *table(verdicts, budgets), "```", END])

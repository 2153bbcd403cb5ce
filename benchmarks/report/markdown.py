"""The report as Markdown."""

import re

from benchmarks.report import tables, words
from benchmarks.report.model import Report
from benchmarks.report.tables import Table

TITLE = "What each way to extend Django's User costs"


def render(report: Report) -> str:
    """The whole file."""
    parts = [f"# {TITLE}", text(words.introduction(report)), "## How to read this"]
    parts += [text(words.IN_SHORT), *map(text, words.tie_rule(report))]
    parts += section("Verdict", tables.verdicts(report))
    parts += [*map(text, words.reservations(report))]
    parts += [
        "\n".join(f"- **{text(about)}.** {text(said)}" for about, said in words.verdict(report))
    ]
    if len(report.sizes) > 1:
        parts += section("Growth", tables.slopes(report))
    if report.ladder:
        parts += section("The ladder", tables.ladder(report))
        parts += ["\n".join(f"- {text(f'{s.title}: {s.what}')}" for s in report.ladder)]
    if found := tables.alternatives(report):
        parts += section("Alternatives inside a strategy", *found)
    if report.storage or report.seeding:
        both = [tables.storage(report)] if report.storage else []
        parts += section("Storage", *both, *([tables.seeding(report)] if report.seeding else []))
    parts += section("Provenance", tables.provenance(report))
    return "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, *shown: Table) -> list[str]:
    """A heading, and each table under its caption."""
    parts = [f"## {title}"]
    for one in shown:
        parts += [text(f"{one.caption}."), table(one)]
    return parts


def table(one: Table) -> str:
    """A table; headings in two rows become one."""
    headings = [f"{c.group}, {c.title}" if c.group else c.title for c in one.columns]
    rules = [":--" if column.words else "--:" for column in one.columns]
    lines = [[*map(text, headings)], rules, *([text(str(e)) for e in row] for row in one.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text(plain: str) -> str:
    """Plain text that Markdown takes as it is, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(plain.split()))

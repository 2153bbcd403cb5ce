"""The report as a text with tables, in Markdown: of itself, for the site, and for the README."""

import re
from collections.abc import Iterator

from benchmarks.report import drawings, sentences, tables
from benchmarks.report.drawings import Drawing
from benchmarks.report.model import Report
from benchmarks.report.rendering import filled
from benchmarks.report.sentences import Sentence
from benchmarks.report.tables import Table

TITLE = "What each way to extend Django's User costs"

# A sentence of plain text, a table, a chart, or a list of what is said about what.
Block = str | Table | Drawing | list[Sentence]
Sections = dict[str, list[Block]]


def sections(report: Report) -> Sections:
    """The blocks of each section by its title, in their order."""
    about, found = report.about, Sections()
    found["How to read this"] = [sentences.IN_SHORT, *sentences.tie_rule(report)]
    found["Verdict"] = [tables.verdicts(report), *sentences.reservations(report)]
    found["In words"] = [sentences.verdict(report)]
    if len(report.sizes) > 1:
        found["Growth"] = [tables.slopes(report)]
    if about.ladder:
        steps = [(step.title, step.what) for step in about.ladder]
        found["The ladder"] = [tables.ladder(report), *drawings.ladder(report), steps]
    if alternatives := tables.alternatives(report):
        found["Alternatives inside a strategy"] = [*alternatives]
    found["Storage"] = [
        tables.storage(report),
        drawings.storage(report),
        tables.seeding(report),
    ]
    found["Provenance"] = [tables.provenance(report)]
    return found


def render(report: Report) -> str:
    """The whole file."""
    parts = [f"# {TITLE}", text(sentences.introduction(report))]
    for title, blocks in sections(report).items():
        parts += [f"## {title}", *(part for one in blocks for part in markdown(one))]
    return "\n\n".join(parts) + "\n"


def markdown(block: Block) -> Iterator[str]:
    """A block's paragraphs; a chart has none."""
    match block:
        case str():
            yield text(block)
        case Table():
            yield f"{text(block.caption)}."
            yield table(block)
        case list():
            yield "\n".join(f"- **{text(about)}.** {text(told)}" for about, told in block)


def table(one: Table) -> str:
    """A table; headings in two rows become one."""
    headings = [f"{c.group}, {c.title}" if c.group else c.title for c in one.columns]
    rules = [":--" if column.words else "--:" for column in one.columns]
    lines = [[*map(text, headings)], rules, *([text(str(e)) for e in row] for row in one.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text(plain: str) -> str:
    """Plain text that Markdown takes as it is, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", " ".join(plain.split()))


def readme(report: Report) -> str:
    """What the README shows of a run: its verdict, its reservations, and where it was measured."""
    verdict = table(tables.verdicts(report, ("statements", "fk_checks", "buffers")))
    notes = " ".join(text(one) for one in sentences.reservations(report))
    return filled("readme.md", report=report, verdict=verdict, notes=notes)

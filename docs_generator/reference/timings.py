"""The pages of timings and of growth: the published run, in the report's own words and charts."""

from collections.abc import Iterator
from typing import Any

from benchmarks import run_file
from benchmarks.report import document, drawings, html, sentences, tables, text
from benchmarks.report.document import Block, markdown
from benchmarks.report.drawings import Drawing
from benchmarks.report.model import Report
from benchmarks.report.rendering import filled
from docs_generator.reference import GENERATED, TEMPLATES

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
    """The page of timings."""
    sections = document.sections(report).items()
    shown = filled(
        "timings.md",
        TEMPLATES,
        report=report,
        introduction=sentences.introduction(report),
        sections=[
            (title, [part for one in blocks for part in of(one)]) for title, blocks in sections
        ],
        ratios=RATIOS if drawings.ratios(report, report.largest) else "",
    )
    return f"{GENERATED}\n\n{shown}\n"


def of(block: Block) -> Iterator[str]:
    """A block of the report with its chart."""
    if isinstance(block, Drawing) and block.svg:
        yield filled("figure.md", TEMPLATES, id=block.id, caption=CAPTIONS[block.id])
    yield from markdown(block)


def render_growth(report: Report) -> str:
    """The page of growth; of a run at one size, that there is none."""
    about: dict[str, Any] = {"report": report}
    if len(report.sizes) > 1:
        about["sizes"] = text.listed(map(text.count, report.sizes))
        about["slopes"] = "\n\n".join(markdown(tables.slopes(report)))
    return f"{GENERATED}\n\n{filled('growth.md', TEMPLATES, **about)}\n"

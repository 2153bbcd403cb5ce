"""The report as one HTML file, with its style, script and drawings in it."""

import base64
import hashlib
from pathlib import Path

from django.template import Context, Engine
from django.utils.safestring import mark_safe

from benchmarks.report import drawings, sentences, tables, text
from benchmarks.report.document import TITLE
from benchmarks.report.model import Report
from benchmarks.report.tables import Table

TEMPLATES = Path(__file__).with_name("templates")
ENGINE = Engine(dirs=[str(TEMPLATES)], builtins=["benchmarks.report.filters"])


def render(report: Report) -> str:
    """The whole file. Style and script are named by their hashes, so that nothing that stands in
    a statement or a plan could run, even were it not escaped."""
    style, script = (
        (TEMPLATES / name).read_text("utf-8").strip() for name in ("report.css", "report.js")
    )
    style += "".join(
        f"\n#verdict:has(#size-{size}:checked) #panel-{size}{{display:block}}"
        for size in report.sizes
    )
    return filled(
        "report.html",
        **context(report),
        style=mark_safe(style),  # noqa: S308 (a file of ours, and numbers)
        script=mark_safe(script),  # noqa: S308
        style_hash=digest(style),
        script_hash=digest(script),
    )


def table(report: Report, table: Table) -> str:
    """A table alone."""
    return filled("table.html", report=report, table=table)


def filled(template: str, **context: object) -> str:
    # Without use_l10n=False a number would ask Django's settings, and there are none.
    shown = Context(context, autoescape=True, use_l10n=False)
    return ENGINE.get_template(template).render(shown)


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def context(report: Report) -> dict[str, object]:
    """What the template shows beside the report itself."""
    about, several = report.about, len(report.sizes) > 1
    return {
        "report": report,
        "title": TITLE,
        "introduction": sentences.introduction(report),
        "cpu": text.cpu(report),
        "compared": text.compared(report),
        "tie_rule": sentences.tie_rule(report),
        "reservations": sentences.reservations(report),
        "several": several,
        "panels": [
            (size, tables.exact(report, size), drawings.ratios(report, size))
            for size in report.sizes
        ],
        "sentences": sentences.verdict(report),
        "slopes": tables.slopes(report) if several else None,
        "growth": [
            (one, drawings.growth(report, id), tables.growth(report, id))
            for id, one in report.operations.items()
            if several
        ],
        "bars": [
            (one.title, drawings.of_operation(report, id)) for id, one in report.operations.items()
        ],
        "ladder": tables.ladder(report) if about.ladder else None,
        "ladder_bars": drawings.ladder(report),
        "alternatives": tables.alternatives(report),
        "storage": tables.storage(report) if about.storage else None,
        "storage_bars": drawings.storage(report).svg,
        "relations": [
            (report.title(id), tables.relations(report, id))
            for id in about.storage
            if id in report.subjects
        ],
        "seeding": tables.seeding(report) if about.seeding else None,
        "provenance": tables.provenance(report),
    }

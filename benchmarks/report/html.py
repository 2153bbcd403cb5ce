"""The report as one HTML file, with its style, script and drawings in it."""

import base64
import hashlib

from django.utils.safestring import mark_safe

from benchmarks.report.document import TITLE
from benchmarks.report.model import Report
from benchmarks.report.rendering import TEMPLATES, filled
from benchmarks.report.tables import Table


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
    page = filled(
        "report.html",
        report=report,
        title=TITLE,
        style=mark_safe(style),  # noqa: S308 (a file of ours, and numbers)
        script=mark_safe(script),  # noqa: S308
        style_hash=digest(style),
        script_hash=digest(script),
    )
    return f"{page}\n"


def table(report: Report, table: Table) -> str:
    """A table alone."""
    return filled("table.html", report=report, table=table) + "\n"


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

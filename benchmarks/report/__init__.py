"""A run of the benchmarks as a report: HTML to read, Markdown to quote, CSV to reckon with.

`python -m benchmarks.report [RUN.json] [--output FOLDER]`, or `nox -s report`, writes all three.
`model.py` reads the run, once; `words.py` and `tables.py` say what is said in more than one form.
"""

from typing import Any

from benchmarks.report import markdown, tables, words
from benchmarks.report.model import read
from benchmarks.report.tables import VerdictRow

__all__ = ["VerdictRow", "markdown_reservations", "markdown_table", "verdict_rows"]


def verdict_rows(report: dict[str, Any]) -> list[VerdictRow]:
    """A loaded run's verdict, a row an operation at the largest size. Raises ReportError."""
    return tables.verdict_rows(read(report))


def markdown_table(report: dict[str, Any]) -> str:
    """A loaded run's verdict at the largest size as a Markdown table: statements, foreign-key
    checks, buffers, and CPU to the reference's. No newline at the end. Raises ReportError.
    """
    metrics = ("statements", "fk_checks", "buffers")
    return markdown.table(tables.verdicts(read(report), metrics))


def markdown_reservations(report: dict[str, Any]) -> list[str]:
    """What to know before the figures of some of its rows, a sentence each. Raises ReportError."""
    return [*map(markdown.text, words.reservations(read(report)))]

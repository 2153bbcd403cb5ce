"""What the templates ask beyond Django's own filters and tags."""

from collections.abc import Sequence
from typing import Any

from django.template import Context, Library

from benchmarks.report import document, drawings, sentences, tables, text
from benchmarks.report.model import Report
from benchmarks.report.rendering import filled
from benchmarks.report.tables import Entry, Table
from benchmarks.run_file import Cell
from benchmarks.stats import Spread, Verdict
from harness.text import number

ASKED = {"drawings": drawings, "sentences": sentences, "tables": tables, "text": text}

register = Library()
for figure in ("count", "day", "listed", "percent", "players", "seconds", "times"):
    register.filter(figure, getattr(text, figure))
register.filter("plus", lambda value, more: value + more)
register.filter("get", lambda mapping, key: mapping.get(key))
register.filter("once_each", lambda values: dict.fromkeys(values))
register.filter("loads", lambda averages: ", ".join(f"{one:.2f}" for one in averages))
register.filter("number", number)
register.filter("upper_first", text.upper)
register.filter("as_markdown", document.text)
register.filter("as_markdown_table", document.table)
register.filter("cell_id", tables.cell_id)
register.filter("rated", tables.rated)


@register.filter
def range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


@register.filter
def at(value: float, more: float = 0) -> str:
    """A place in a drawing, moved by as much."""
    return f"{value + more:.1f}".removesuffix(".0")


@register.filter
def as_sentence(test: str) -> str:
    """A test's name as the sentence that it is."""
    return test.removeprefix("test_").replace("_", " ")


@register.filter
def timed(spread: Spread) -> str:
    span = text.interval(spread.q1, spread.q3, text.seconds)
    return f"{text.seconds(spread.median)} ({span})"


@register.filter
def rows(table: Table) -> list[tuple[list[tuple[Entry, str]], str]]:
    """A table's rows: each entry with its classes, and the row's drawing or ""."""
    found = []
    for place, row in enumerate(table.rows):
        entries = []
        for entry, column in zip(row, table.columns, strict=True):
            css = ["words"] * column.words + ["first"] * column.first
            entries.append((entry, " ".join(css + ["tie"] * (entry.text == Verdict.TIE))))
        found.append((entries, table.strips[place] if table.strips else ""))
    return found


@register.simple_tag(takes_context=True)
def of_report(context: Context, function: str, *arguments: Any) -> Any:
    """What a function makes of the report: `{% of_report "tables.exact" size as table %}`."""
    module, _, name = function.partition(".")
    return getattr(ASKED[module], name)(context["report"], *arguments)


@register.simple_tag(takes_context=True)
def mark(context: Context, subject: str) -> str:
    """A subject's line and shape; nothing for what is none."""
    report: Report = context["report"]
    known = subject in report.subjects
    return filled("mark.svg", look=drawings.look(report, subject)) if known else ""


@register.simple_tag(takes_context=True)
def cells(context: Context, operation: str, size: int) -> list[Cell]:
    """The cells of an operation at a size, without the control's."""
    report: Report = context["report"]
    found = report.at(operation, size)
    return [cell for id, cell in found.items() if report.kind(id) != "control"]

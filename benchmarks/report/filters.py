"""What the templates ask beyond Django's own filters and tags."""

from django.template import Context, Library

from benchmarks.report import charts, drawings, tables, text
from benchmarks.report.model import Report
from benchmarks.report.tables import Entry, Table
from benchmarks.run_file import Cell, Statement
from benchmarks.stats import Verdict

register = Library()
register.filter("count", text.count)
register.filter("number", text.number)
register.filter("players", text.players)
register.filter("upper_first", text.upper)
register.filter("cell_id", tables.cell_id)


@register.filter
def as_sentence(test: str) -> str:
    """A test's name as the sentence that it is."""
    return test.removeprefix("test_").replace("_", " ")


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
def mark(context: Context, subject: str) -> str:
    """A subject's line and shape; nothing for what is none."""
    report: Report = context["report"]
    known = subject in report.subjects
    return charts.legend_mark(drawings.look(report, subject)) if known else ""


@register.simple_tag(takes_context=True)
def title(context: Context, subject: str) -> str:
    report: Report = context["report"]
    return report.title(subject)


@register.simple_tag(takes_context=True)
def cells(context: Context, operation: str, size: int) -> list[Cell]:
    """The cells of an operation at a size, without the control's."""
    report: Report = context["report"]
    found = report.at(operation, size)
    return [cell for id, cell in found.items() if report.kind(id) != "control"]


@register.simple_tag(takes_context=True)
def figures(context: Context, cell: Cell) -> str:
    """What was counted and timed of a cell, but for what its summary says."""
    report: Report = context["report"]
    cpu = text.cpu(report)
    found = [
        text.number(cell.exact["round_trips"], "round trip"),
        text.number(cell.exact["rows"], "row"),
        text.number(cell.exact["temp_blocks"], "temp block"),
        text.number(cell.exact["wal_bytes"], "WAL byte"),
    ]
    for name, title in (
        ("cpu", cpu),
        ("client_cpu", "Python's part"),
        ("backend_cpu", "PostgreSQL's part"),
        ("wall", "wall"),
    ):
        if spread := cell.seconds.get(name):
            span = text.interval(spread.q1, spread.q3, text.seconds)
            found.append(f"{title} {text.seconds(spread.median)} ({span})")
    base = report.subjects.get(report.subjects[cell.subject].base)
    for title, ratios in (
        (text.compared(report), cell.to_reference),
        ("the floor", cell.to_floor),
        (base.title if base else "", cell.to_base),
    ):
        if ratio := ratios.get("cpu"):
            found.append(f"{cpu} to {title} {tables.rated(ratio)}")
    calls = text.number(cell.calls_per_block, "call")
    return " · ".join([*found, f"{text.number(cell.rounds, 'block')} of {calls}"])


@register.filter
def facts(one: Statement) -> str:
    """How often a statement was sent, and what it took."""
    of_first = " of the first" if one.fk_check and one.calls > 1 else ""
    found = [
        text.number(one.calls, "call"),
        f"{text.number(one.buffers, 'buffer')}{of_first}",
        f"{text.number(one.actual_rows, 'row')}{of_first}, "
        f"{text.count(one.estimated_rows)} expected",
    ]
    if one.indexes:
        found.append(f"by {', '.join(dict.fromkeys(one.indexes))}")
    return " · ".join(found)

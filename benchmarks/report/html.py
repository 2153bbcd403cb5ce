"""The report as one HTML file, with its style, script and drawings in it."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from benchmarks.report import charts, tables, words
from benchmarks.report.charts import Bar, Line, Look
from benchmarks.report.markdown import TITLE
from benchmarks.report.model import Cell, Report, Statement, Step, Subject, Verdict
from benchmarks.report.tables import Column, Entry, Table

TEMPLATES = Path(__file__).with_name("templates")
LOOKS = {
    "proxy": Look("c-proxy", "circle"),
    "profile": Look("c-profile", "square", "8 3"),
    "custom": Look("c-custom", "triangle", "13 3 2 3"),
    "control": Look("c-control", "cross", "1 3"),
    "floor": Look("c-floor", "diamond", "2 3"),
}
PLAIN = Look("c-plain", "square")


@dataclass(frozen=True)
class Heading:
    """A `th` of a table's head."""

    text: str
    scope: str = "col"
    columns: int = 1
    rows: int = 1
    mark: SafeString | str = ""
    css: str = ""


@dataclass(frozen=True)
class Datum:
    """A cell of a table's body; the first of a row heads it."""

    entry: Entry
    mark: SafeString | str
    css: str


@dataclass(frozen=True)
class TableView:
    id: str
    caption: str
    head: list[list[Heading]]
    body: list[tuple[list[Datum], SafeString | str]]
    axis: SafeString | str = ""


@dataclass(frozen=True)
class Drawing:
    """A chart, and what it shows in words, unless the chart itself says it to screen readers."""

    title: str
    svg: SafeString
    summary: str = ""


@dataclass(frozen=True)
class Card:
    """An operation's charts, and their figures."""

    id: str
    title: str
    what: str
    drawings: list[Drawing]
    table: TableView | None = None


@dataclass(frozen=True)
class StatementView:
    number: int
    sql: str
    place: str
    facts: str
    plan: str
    nodes: str


@dataclass(frozen=True)
class CellView:
    id: str
    mark: SafeString
    title: str
    facts: str
    more: str
    statements: list[StatementView]


@dataclass(frozen=True)
class OperationView:
    """An operation's cells, by size."""

    id: str
    title: str
    what: str
    sizes: list[tuple[str, list[CellView]]]


@dataclass(frozen=True)
class StepView:
    title: str
    what: str
    sql: list[str]
    broken: list[tuple[str, list[str]]]


def css(column: Column, entry: Entry) -> str:
    """A cell's classes."""
    kinds = {
        "words": column.words,
        "first": column.first,
        "tie": entry.text == Verdict.TIE,
    }
    return " ".join(kind for kind, has in kinds.items() if has)


@dataclass
class Page:
    """Draws a report; each method is a part of the page."""

    report: Report
    looks: dict[str, Look] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.looks = {id: look(self.report, one) for id, one in self.report.subjects.items()}

    def context(self) -> dict[str, object]:
        """What the template shows. All figures are text by now."""
        report = self.report
        several = len(report.sizes) > 1
        rivals = [one.id for one in report.subjects.values() if one.kind in {"variant", "floor"}]
        return {
            "title": TITLE,
            "introduction": words.introduction(report),
            "subjects": [
                (charts.legend_mark(self.looks[one.id]), one.title, one.what)
                for one in report.subjects.values()
            ],
            "glossary": words.glossary(report),
            "tie_rule": words.tie_rule(report),
            "noise": report.noise is not None,
            "reservations": words.reservations(report),
            "panels": [
                (str(size), self.table(tables.exact(report, size)), self.noisy(size))
                for size in report.sizes
            ],
            "size_names": [(str(size), words.players(size)) for size in report.sizes if several],
            "largest": words.players(report.largest),
            "sentences": words.verdict(report),
            "slopes": self.table(tables.slopes(report)) if several else None,
            "growth": [self.growth(operation) for operation in report.operations if several],
            "bars": [self.bars(operation, rivals) for operation in report.operations],
            "ladder": self.table(tables.ladder(report)) if report.ladder else None,
            "ladder_bars": self.ladder_bars() if report.ladder else [],
            "steps": [step_view(step) for step in report.ladder],
            "alternatives": [self.table(one) for one in tables.alternatives(report)],
            "storage": self.table(tables.storage(report)) if report.storage else None,
            "storage_bars": self.storage_bars(),
            "relations": [
                (report.subjects[id].title, self.table(tables.relations(report, id)))
                for id in report.storage
            ],
            "seeding": self.table(tables.seeding(report)) if report.seeding else None,
            "operations": [self.operation(operation) for operation in report.operations],
            "provenance": self.table(tables.provenance(report)),
        }

    def table(
        self, table: Table, figures: Sequence[SafeString] = (), axis: SafeString | str = ""
    ) -> TableView:
        """A table, with a drawing at the end of each row if there are `figures`."""
        body = []
        for place, row in enumerate(table.rows):
            data = [
                Datum(
                    entry,
                    self.mark(entry.subject) if n == 0 else "",
                    css(column, entry),
                )
                for n, (entry, column) in enumerate(zip(row, table.columns, strict=True))
            ]
            body.append((data, figures[place] if figures else ""))
        return TableView(table.id, table.caption, self.head(table), body, axis)

    def head(self, table: Table) -> list[list[Heading]]:
        """One row of headings; two where columns share a group."""
        grouped = any(column.group for column in table.columns)
        upper: list[Heading] = []
        lower: list[Heading] = []
        previous = ""
        for column in table.columns:
            mark = self.mark(column.subject)
            if not column.group:
                rows = 2 if grouped else 1
                upper.append(
                    Heading(
                        column.title, rows=rows, mark=mark, css="words" if column.words else ""
                    )
                )
            else:
                if column.group != previous:
                    span = sum(other.group == column.group for other in table.columns)
                    upper.append(
                        Heading(column.group, scope="colgroup", columns=span, css="first")
                    )
                lower.append(Heading(column.title, mark=mark, css="first" if column.first else ""))
            previous = column.group
        return [upper, lower] if grouped else [upper]

    def mark(self, subject: str) -> SafeString | str:
        return charts.legend_mark(self.looks[subject]) if subject in self.looks else ""

    def noisy(self, players: int) -> TableView | None:
        """The ratios at a size, each row with a drawing; None where nothing is a ratio."""
        report = self.report
        table = tables.noisy(report, players)
        shown = [subject.id for subject in [*report.others, *report.of_kind("control", "floor")]]
        low, high = self.ratios_span()
        strips = []
        for operation in report.operations:
            spreads = []
            for id in shown:
                cell = report.cells.get((operation, players, id))
                if cell and (ratio := cell.to_reference.get("cpu")):
                    spreads.append((self.looks[id], ratio.median, ratio.q1, ratio.q3))
            width = report.width(operation, players)
            strips.append(charts.strip(spreads, width, low, high))
        if not any(cell.to_reference for cell in report.cells.values()):
            return None
        return self.table(table, strips, charts.strip_axis(low, high))

    def ratios_span(self) -> tuple[float, float]:
        """From the least to the greatest quartile of all ratios to the reference, 1 included."""
        ratios = [
            ratio
            for cell in self.report.cells.values()
            if self.report.subjects[cell.subject].kind != "alternative"
            and (ratio := cell.to_reference.get("cpu"))
        ]
        low = min([0.5, *(ratio.q1 for ratio in ratios)])
        high = max([2.0, *(ratio.q3 for ratio in ratios)])
        return low * 0.9, high * 1.1

    def growth(self, operation: str) -> Card:
        """Buffers and CPU over the number of players."""
        report, one = self.report, self.report.operations[operation]
        drawings = []
        for metric, name in (("buffers", "Buffers"), ("cpu", f"{words.cpu(report)} per call")):
            lines = []
            for subject in report.drawn:
                points = []
                for players, value in report.points(operation, subject.id, metric):
                    spread = report.cells[operation, players, subject.id].seconds.get(metric)
                    quartiles = (spread.q1, spread.q3) if spread else (None, None)
                    points.append((float(players), value, *quartiles))
                if points:
                    lines.append(Line(subject.title, self.looks[subject.id], points))
            if lines:
                unit = words.short if metric == "buffers" else words.seconds
                svg = charts.growth(lines, report.sizes, unit)
                drawings.append(Drawing(name, svg, words.growth(report, operation, metric)))
        table = self.table(tables.growth(report, operation))
        return Card(operation, one.title, one.what, drawings, table)

    def bars(self, operation: str, shown: Sequence[str]) -> Card:
        """Statements and buffers at the largest size."""
        report, one = self.report, self.report.operations[operation]
        cells = [cell for cell in report.at(operation, report.largest) if cell.subject in shown]
        drawings = []
        for metric, name in (("statements", "Statements"), ("buffers", "Buffers")):
            bars = []
            for cell in cells:
                value = cell.exact[metric]
                title = report.subjects[cell.subject].title
                bars.append(Bar(title, self.looks[cell.subject], [value], words.count(value)))
            drawings.append(Drawing(name, charts.bars(bars, name)))
        return Card(operation, one.title, one.what, drawings if cells else [])

    def ladder_bars(self) -> list[Drawing]:
        """The ladder's statements and commits."""
        steps = self.report.ladder
        drawings = []
        for name, numbers in (
            ("Statements", [step.statements for step in steps]),
            ("Commits that write", [step.commits for step in steps]),
        ):
            bars = [
                Bar(step.title, PLAIN, [number], str(number))
                for step, number in zip(steps, numbers, strict=True)
            ]
            drawings.append(Drawing(name, charts.bars(bars, name)))
        return drawings

    def storage_bars(self) -> SafeString | str:
        """Tables and indexes at the largest size."""
        rows = []
        for id, by_size in self.report.storage.items():
            if one := by_size.get(self.report.largest):
                parts = [one.bytes - one.indexes, one.indexes]
                title = self.report.subjects[id].title
                rows.append(Bar(title, self.looks[id], parts, words.size(one.bytes)))
        return charts.bars(rows, "Bytes on disk") if rows else ""

    def operation(self, operation: str) -> OperationView:
        """All cells of an operation."""
        report, one = self.report, self.report.operations[operation]
        sizes = []
        for players in report.sizes:
            cells = [
                self.cell(cell)
                for cell in report.at(operation, players)
                if report.subjects[cell.subject].kind != "control"
            ]
            if cells:
                sizes.append((words.players(players), cells))
        return OperationView(f"sql-{operation}", one.title, one.what, sizes)

    def cell(self, cell: Cell) -> CellView:
        """A cell with its statements."""
        exact, report = cell.exact, self.report
        facts = (
            f"{words.number(exact['statements'], 'statement')} · "
            f"{words.number(exact['fk_checks'], 'FK check')} · "
            f"{words.number(exact['buffers'], 'buffer')}"
        )
        more = [
            words.number(exact["round_trips"], "round trip"),
            words.number(exact["rows"], "row"),
            words.number(exact["temp_blocks"], "temp block"),
            words.number(exact["wal_bytes"], "WAL byte"),
        ]
        names = {
            "cpu": words.cpu(report),
            "client_cpu": "Python's part",
            "backend_cpu": "PostgreSQL's part",
            "wall": "wall",
        }
        for name, title in names.items():
            if spread := cell.seconds.get(name):
                took = words.interval(spread, words.seconds)
                more.append(f"{title} {words.seconds(spread.median)} ({took})")
        for name, ratios in (
            (words.compared(report), cell.to_reference),
            ("the floor", cell.to_floor),
            (self.base_title(cell), cell.to_base),
        ):
            if ratio := ratios.get("cpu"):
                own = words.in_brackets(words.ratio(ratio))
                more.append(f"{words.cpu(report)} to {name} {own}")
        calls = words.number(cell.calls_per_block, "call")
        more.append(f"{words.number(cell.rounds, 'block')} of {calls}")
        return CellView(
            tables.cell_id(cell),
            charts.legend_mark(self.looks[cell.subject]),
            report.subjects[cell.subject].title,
            facts,
            " · ".join(more),
            [statement_view(n, one) for n, one in enumerate(cell.statements, 1)],
        )

    def base_title(self, cell: Cell) -> str:
        base = self.report.subjects.get(self.report.subjects[cell.subject].base)
        return base.title if base else ""


def look(report: Report, subject: Subject) -> Look:
    """A variant has its own, whatever else was measured; an alternative its base's, hollow."""
    if subject.kind == "alternative":
        root = report.root(subject)
        base = LOOKS.get(root.id, PLAIN)
        return Look(base.css, base.marker, "4 2", hollow=True)
    return LOOKS.get(subject.id if subject.kind == "variant" else subject.kind, PLAIN)


def statement_view(number: int, one: Statement) -> StatementView:
    of_first = " of the first" if one.fk_check and one.calls > 1 else ""
    facts = [
        words.number(one.calls, "call"),
        f"{words.number(one.buffers, 'buffer')}{of_first}",
        f"{words.number(one.actual_rows, 'row')}{of_first}, "
        f"{words.count(one.estimated_rows)} expected",
    ]
    if one.indexes:
        facts.append(f"by {', '.join(dict.fromkeys(one.indexes))}")
    nodes = ", ".join(one.node_types)
    return StatementView(number, one.sql, one.place, " · ".join(facts), one.plan, nodes)


def step_view(step: Step) -> StepView:
    broken = [
        (f"rule {rule}" if rule.isdigit() else rule, [words.as_sentence(test) for test in tests])
        for rule, tests in (step.broken_rules or {}).items()
    ]
    return StepView(step.title, step.what, step.sql, broken)


def render(report: Report) -> str:
    """The whole file. Style and script are named by their hashes, so that nothing that stands in
    a statement or a plan could run, even were it not escaped."""
    engine = Engine(dirs=[str(TEMPLATES)])
    style, script = (
        (TEMPLATES / name).read_text("utf-8").strip() for name in ("report.css", "report.js")
    )
    style += "".join(
        f"\n#verdict:has(#size-{size}:checked) #panel-{size}{{display:block}}"
        for size in report.sizes
    )
    context = Page(report).context() | {
        "style": mark_safe(style),  # noqa: S308 (a file of ours, and numbers)
        "script": mark_safe(script),  # noqa: S308
        "style_hash": digest(style),
        "script_hash": digest(script),
    }
    # Without use_l10n=False a number would ask Django's settings, and there are none.
    shown = Context(context, autoescape=True, use_l10n=False)
    return engine.get_template("report.html").render(shown)


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

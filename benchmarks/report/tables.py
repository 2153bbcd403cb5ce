"""The report's tables, as text in rows and columns: HTML and Markdown show the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.report import words
from benchmarks.report.model import Cell, Report, Spread, Storage, Subject

COUNTS = {
    "statements": "statements",
    "fk_checks": "FK checks",
    "round_trips": "round trips",
    "buffers": "buffers",
}


@dataclass(frozen=True)
class Entry:
    """A table's cell. `note` stands in brackets behind the text, or below it; `subject` is the
    one that the row or column is of; `strong` marks what is more than the least."""

    text: str
    note: str = ""
    href: str = ""
    subject: str = ""
    strong: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({self.note})" if self.note else self.text


@dataclass(frozen=True)
class Column:
    """`group`: a heading above it, which it shares with its neighbours; `first` of them.
    `words`: of text, not of figures."""

    title: str
    group: str = ""
    subject: str = ""
    words: bool = False
    first: bool = False


@dataclass(frozen=True)
class Table:
    """Its first column heads the rows."""

    id: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Entry]] = field(default_factory=list)


@dataclass(frozen=True)
class VerdictRow:
    """One operation at the largest size. `counts`: by name of an exact figure, each variant's,
    such as "2 / 1 / 1"; `ratios`: by subject, its CPU to the reference's, or "tie"."""

    operation: str
    title: str
    counts: dict[str, str]
    ratios: dict[str, str]


def cell_id(cell: Cell) -> str:
    """Where the HTML has a cell's SQL and plans."""
    return f"cell-{cell.operation}-{cell.players}-{cell.subject}"


def verdict_rows(report: Report) -> list[VerdictRow]:
    """A row an operation, at the largest size."""
    return [
        VerdictRow(
            operation=operation,
            title=one.title,
            counts={
                metric: words.by_variant(report, operation, report.largest, metric)
                for metric in COUNTS
            },
            ratios={
                subject.id: words.in_brackets(_ratio(report, operation, report.largest, subject))
                for subject in report.others
            },
        )
        for operation, one in report.operations.items()
    ]


def verdicts(report: Report, metrics: Sequence[str] = tuple(COUNTS)) -> Table:
    """The short verdict table: counts of the variants side by side, and CPU ratios."""
    columns = [Column(f"operation: {words.variants(report)}", words=True)]
    columns += [Column(COUNTS[metric]) for metric in metrics]
    columns += [
        Column(f"{words.cpu(report)}: {one.title} ÷ {words.compared(report)}")
        for one in report.others
    ]
    rows = [
        [Entry(row.title), *(Entry(row.counts[metric]) for metric in metrics)]
        + [Entry(ratio) for ratio in row.ratios.values()]
        for row in verdict_rows(report)
    ]
    return Table("verdict", f"At {words.players(report.largest)}", columns, rows)


def exact(report: Report, players: int) -> Table:
    """What was counted at a size; a figure above the least of its row is marked."""
    columns = [Column("operation", words=True)]
    columns += [
        Column(subject.title, group, subject.id, first=place == 0)
        for group in COUNTS.values()
        for place, subject in enumerate(report.variants)
    ]
    rows = []
    for operation, one in report.operations.items():
        cells = [report.cells.get((operation, players, s.id)) for s in report.variants]
        row = [Entry(one.title, href=f"#sql-{operation}")]
        for metric in COUNTS:
            least = min((cell.exact[metric] for cell in cells if cell), default=0)
            row += [
                Entry(
                    words.count(cell.exact[metric]),
                    href=f"#{cell_id(cell)}" if metric == "statements" else "",
                    strong=cell.exact[metric] > least,
                )
                if cell
                else Entry(words.NONE)
                for cell in cells
            ]
        rows.append(row)
    return Table(f"exact-{players}", f"Counted, at {words.players(players)}: exact", columns, rows)


def noisy(report: Report, players: int) -> Table:
    """The CPU ratios at a size, of the variants, the control and the floor."""
    shown = [*report.others, *report.of_kind("control", "floor")]
    columns = [
        Column("operation", words=True),
        *(Column(one.title, subject=one.id) for one in shown),
        Column("noise"),
        Column("rounds"),
    ]
    rows = []
    for operation, one in report.operations.items():
        cells = report.at(operation, players)
        width = report.width(operation, players)
        rows.append(
            [
                Entry(one.title),
                *(
                    Entry(*_ratio(report, operation, players, subject), subject=subject.id)
                    for subject in shown
                ),
                Entry(f"±{words.percent(width)}" if width is not None else words.NONE),
                Entry(words.listed(sorted({str(cell.rounds) for cell in cells}))),
            ]
        )
    caption = (
        f"Timed, at {words.players(players)}: {words.cpu(report)} per call, as a multiple of "
        f"that of {words.compared(report)} (first to third quartile)"
    )
    return Table(f"noisy-{players}", caption, columns, rows)


def _ratio(report: Report, operation: str, players: int, subject: Subject) -> tuple[str, str]:
    """A subject's ratio to the reference in its two parts. The control and the floor are no
    rivals: theirs are shown without a verdict."""
    cell = report.cells.get((operation, players, subject.id))
    if cell is None:
        return words.NONE, ""
    ratio = cell.to_reference.get("cpu")
    judged = subject.kind not in {"control", "floor"}
    return words.ratio(ratio, report.verdict(cell, ratio) if judged else None)


def slopes(report: Report) -> Table:
    """The exponents of buffers and CPU over N."""
    columns = [Column("operation", words=True)]
    metrics = {"buffers": "buffers", "cpu": f"{words.cpu(report)} per call"}
    columns += [
        Column(subject.title, group, subject.id, first=place == 0)
        for group in metrics.values()
        for place, subject in enumerate(report.drawn)
    ]
    rows = [
        [Entry(one.title)]
        + [
            Entry(words.exponent(report.exponent(operation, subject.id, metric)))
            for metric in metrics
            for subject in report.drawn
        ]
        for operation, one in report.operations.items()
    ]
    caption = (
        "Exponent b of the best a·N^b: 0 is flat, 1 is in proportion to N; fitted through "
        f"{words.listed(f'{size:,}' for size in report.sizes)} players"
    )
    return Table("slopes", caption, columns, rows)


def growth(report: Report, operation: str) -> Table:
    """What an operation's two charts show, of all subjects but the control."""
    shown = [one for one in report.subjects.values() if one.kind != "control"]
    metrics = {"buffers": "buffers", "cpu": f"{words.cpu(report)} per call"}
    columns = [Column("subject", words=True)]
    columns += [
        Column(title, group, first=place == 0)
        for group in metrics.values()
        for place, title in enumerate((*map(words.short, report.sizes), "exponent"))
    ]
    rows = []
    for subject in shown:
        cells = [report.cells.get((operation, size, subject.id)) for size in report.sizes]
        if not any(cells):
            continue
        row = [Entry(subject.title, subject=subject.id)]
        for metric in metrics:
            for cell in cells:
                value = cell.figure(metric) if cell else None
                text = words.count if metric == "buffers" else words.seconds
                row.append(Entry(words.NONE if value is None else text(value)))
            row.append(Entry(words.exponent(report.exponent(operation, subject.id, metric))))
        rows.append(row)
    caption = f"{report.operations[operation].title}: buffers and CPU by number of players"
    return Table(f"growth-{operation}", caption, columns, rows)


def ladder(report: Report) -> Table:
    """The registration, step by step."""
    without_hash = any("cpu_without_hash" in step.ratio for step in report.ladder)
    columns = [
        Column("step", words=True),
        *map(Column, ("statements", "round trips", "commits", "hashes")),
        *map(Column, ("CPU", "ratio", *(["ratio without hash"] if without_hash else []))),
        Column("breaks the rules", words=True),
    ]
    rows = []
    for step in report.ladder:
        ratios = ["cpu", *(["cpu_without_hash"] if without_hash else [])]
        counts = (step.statements, step.round_trips, step.commits, step.hashes)
        rows.append(
            [
                Entry(step.title),
                *(Entry(words.count(number)) for number in counts),
                Entry(words.seconds(step.cpu_seconds)),
                *(
                    Entry(*words.ratio(step.ratio.get(name), report.ladder_verdict(step, name)))
                    for name in ratios
                ),
                Entry(words.broken_rules(step.broken_rules)),
            ]
        )
    last = report.last_rung.title if report.last_rung else "the last rung"
    caption = f"One registration, from the article's code on; ratios of CPU are to {last}"
    return Table("ladder", caption, columns, rows)


def alternatives(report: Report) -> list[Table]:
    """Each alternative beside its base, at each one's largest size."""
    found = []
    for subject in report.of_kind("alternative"):
        base = report.subjects.get(subject.base)
        cells = [cell for cell in report.cells.values() if cell.subject == subject.id]
        players = max(cell.players for cell in cells)
        title = base.title if base else "the reference"
        metrics = {
            "statements": "statements",
            "fk_checks": "FK checks",
            "buffers": "buffers",
            "temp_blocks": "temp blocks",
            "wal_bytes": "WAL bytes",
        }
        columns = [Column("operation", words=True), *map(Column, metrics.values())]
        columns.append(Column(f"{words.cpu(report)} to {title}"))
        rows = []
        for operation, one in report.operations.items():
            cell = report.cells.get((operation, players, subject.id))
            if cell is None:
                continue
            other = report.cells.get((operation, players, subject.base))
            ratio = _to_base(cell, report)
            rows.append(
                [
                    Entry(one.title),
                    *(_change(other, cell, metric) for metric in metrics),
                    Entry(*words.ratio(ratio, report.verdict(cell, ratio))),
                ]
            )
        caption = f"{subject.title}, at {words.players(players)}: {subject.what}"
        found.append(Table(f"alternative-{subject.id}", caption, columns, rows))
    return found


def _change(base: Cell | None, cell: Cell, metric: str) -> Entry:
    """One figure where both have the same, else from the base's to the other's."""
    own = cell.exact[metric]
    if base is None or base.exact[metric] == own:
        return Entry(words.count(own))
    return Entry(f"{words.count(base.exact[metric])} → {words.count(own)}", strong=True)


def _to_base(cell: Cell, report: Report) -> Spread | None:
    """An alternative's ratio to its base; to the reference where that is the base."""
    base = report.subjects[cell.subject].base
    if "cpu" in cell.to_base or base not in {"", report.reference}:
        return cell.to_base.get("cpu")
    return cell.to_reference.get("cpu")


def storage(report: Report) -> Table:
    """Bytes on disk by subject and size."""
    columns = [Column("subject", words=True), *(Column(f"{n:,}") for n in report.sizes)]
    columns += [Column("of them indexes"), Column("bytes per player")]
    rows = []
    for id, by_size in report.storage.items():
        last = by_size.get(report.largest)
        rows.append(
            [
                Entry(report.subjects[id].title, subject=id),
                *(_size(by_size.get(players)) for players in report.sizes),
                Entry(words.size(last.indexes) if last else words.NONE),
                Entry(words.count(last.bytes / report.largest) if last else words.NONE),
            ]
        )
    caption = (
        "Tables and their indexes on disk, by number of players; the last two columns are at "
        f"{words.players(report.largest)}; 1 MB is 1,000,000 bytes"
    )
    return Table("storage", caption, columns, rows)


def _size(storage: Storage | None) -> Entry:
    return Entry(words.size(storage.bytes) if storage else words.NONE)


def relations(report: Report, subject: str) -> Table:
    """A subject's tables and indexes at its largest size, the largest first."""
    players = max(report.storage[subject])
    columns = [Column("table or index", words=True), Column("bytes"), Column("share")]
    total = report.storage[subject][players].bytes or 1
    rows = []
    for relation in sorted(report.storage[subject][players].relations, key=lambda r: -r.table):
        sizes = {relation.name: relation.table} | {
            f"{relation.name}: {name}": bytes
            for name, bytes in sorted(relation.indexes.items(), key=lambda i: (-i[1], i[0]))
        }
        rows += [
            [Entry(name), Entry(words.count(bytes)), Entry(f"{100 * bytes / total:.1f} %")]
            for name, bytes in sizes.items()
        ]
    title = report.subjects[subject].title
    caption = f"{title}, at {words.players(players)}: each table, then its indexes"
    return Table(f"relations-{subject}", caption, columns, rows)


def seeding(report: Report) -> Table:
    """How fast the players were made."""
    columns = [Column("subject", words=True)]
    columns += [
        Column(title, f"{size:,}", first=title == "time")
        for size in report.sizes
        for title in ("time", "players/s")
    ]
    rows = []
    for id, by_size in report.seeding.items():
        row = [Entry(report.subjects[id].title, subject=id)]
        for players in report.sizes:
            took, rate = by_size.get(players, (None, None))
            row.append(Entry(words.seconds(took)))
            row.append(Entry(words.NONE if rate is None else words.count(rate)))
        rows.append(row)
    caption = "Seeding, by number of players: one run each, so take it as an order of magnitude"
    return Table("seeding", caption, columns, rows)


def provenance(report: Report) -> Table:
    """What the figures hold for, in full."""
    about = report.about
    machine = about.get("machine") or {}
    hash = report.hash
    commit = f"{about.get('commit') or 'unknown'}"
    if about.get("changed"):
        commit += ", with changes that are not committed"
    cells = report.cells.values()
    facts = {
        "date": words.day(str(about.get("date", ""))),
        "run": f"{about.get('mode', 'unknown')}, seed {about.get('seed', 'unknown')}, "
        f"{words.seconds(about.get('seconds'))}",
        "commit": commit,
        "contract (SHA-256 of the shared tests)": about.get("contract"),
        "code (SHA-256 of variants and benchmarks)": about.get("code"),
        "system": machine.get("system"),
        "processor": machine.get("processor"),
        "CPUs": machine.get("cpus"),
        "memory": f"{machine['memory_gb']} GB" if machine.get("memory_gb") else None,
        "load before (1, 5, 15 minutes)": _loads(machine.get("load_before")),
        "load after": _loads(machine.get("load_after")),
        **(about.get("versions") or {}),
        **{f"setting {name}": value for name, value in (about.get("settings") or {}).items()},
        "password hash": f"{hash.algorithm}, {words.count(hash.iterations)} iterations, "
        f"{words.seconds(hash.cpu_seconds)} of CPU"
        if hash
        else None,
        "cells": words.count(len(cells)),
        "rounds per cell": _range([cell.rounds for cell in cells]),
        "calls per block": _range([cell.calls_per_block for cell in cells]),
        "samples": words.count(sum(cell.rounds for cell in cells)),
        "reference": words.compared(report) if report.reference else None,
        "control": report.subjects[report.control].title if report.control else None,
    }
    rows = [[Entry(name), Entry(str(fact))] for name, fact in facts.items() if fact is not None]
    columns = [Column("what", words=True), Column("value", words=True)]
    return Table("provenance", "What these figures hold for", columns, rows)


def _loads(loads: Sequence[float] | None) -> str | None:
    return ", ".join(f"{load:.2f}" for load in loads) if loads else None


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"

"""The report's tables, as text in rows and columns: whatever shows one shows these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.report import text
from benchmarks.report.model import Report, figure
from benchmarks.report.rendering import filled
from benchmarks.report.text import NONE, count, listed, players
from benchmarks.run_file import Cell
from benchmarks.stats import Ratio, Verdict

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
    """Its first column heads the rows. `strips`: a drawing for each row, with an `axis`."""

    id: str
    caption: str
    columns: list[Column]
    rows: list[list[Entry]]
    strips: Sequence[str] = ()
    axis: str = ""

    @property
    def grouped(self) -> bool:
        return any(column.group for column in self.columns)


Row = Sequence[Entry | str]


def table(
    id: str,
    caption: str,
    columns: Sequence[Column | str],
    rows: Iterable[Row],
) -> Table:
    """A table whose first column is of text; a text alone is a Column or an Entry of it."""
    heads = [
        one if isinstance(one, Column) else Column(one, words=place == 0)
        for place, one in enumerate(columns)
    ]
    entries = [[one if isinstance(one, Entry) else Entry(one) for one in row] for row in rows]
    return Table(id, caption, heads, entries)


def grouped(
    groups: Iterable[str], titles: Sequence[str], subjects: Sequence[str] = ()
) -> list[Column]:
    """The same titles under each heading."""
    named = subjects or [""] * len(titles)
    return [
        Column(title, group, subject, first=place == 0)
        for group in groups
        for place, (title, subject) in enumerate(zip(titles, named, strict=True))
    ]


def of_subjects(report: Report, groups: Iterable[str], subjects: Sequence[str]) -> list[Column]:
    return grouped(groups, [*map(report.title, subjects)], subjects)


def rated(ratio: Ratio | None, verdict: Verdict | None = None, subject: str = "") -> Entry:
    """A ratio: the word "tie" or the median, and what stands in brackets."""
    if ratio is None:
        return Entry(NONE, subject=subject)
    median, span = text.times(ratio.median), text.interval(ratio.q1, ratio.q3)
    if ratio.q1 == ratio.q3:
        return Entry(median, "once", subject=subject)
    if verdict == Verdict.TIE:
        return Entry(Verdict.TIE, f"{median}, {span}", subject=subject)
    return Entry(median, span, subject=subject)


def to_reference(
    report: Report, operation: str, subject: str, players: int | None = None
) -> Entry:
    """A subject's CPU to the reference's. The control and the floor are no rivals: theirs are
    shown without a verdict."""
    cell = report.cell(operation, subject, players)
    ratio = cell.to_reference.get("cpu") if cell else None
    judged = cell and report.kind(subject) not in {"control", "floor"}
    return rated(ratio, report.verdict(cell, ratio) if cell and judged else None, subject)


def cell_id(cell: Cell) -> str:
    """Where the HTML has a cell's SQL and plans."""
    return f"cell-{cell.operation}-{cell.players}-{cell.subject}"


def verdicts(report: Report, metrics: Sequence[str] = tuple(COUNTS)) -> Table:
    """The short verdict table: counts of the variants side by side, and CPU ratios."""
    cpu, compared = text.cpu(report), text.compared(report)
    return table(
        "verdict",
        f"At {players(report.largest)}",
        [
            f"operation: {text.variants(report)}",
            *(COUNTS[metric] for metric in metrics),
            *(f"{cpu}: {report.title(one)} ÷ {compared}" for one in report.others),
        ],
        (
            [
                one.title,
                *(text.by_variant(report, operation, metric) for metric in metrics),
                *(to_reference(report, operation, subject) for subject in report.others),
            ]
            for operation, one in report.operations.items()
        ),
    )


def exact(report: Report, size: int) -> Table:
    """What was counted at a size; a figure above the least of its row is marked."""
    rows: list[Row] = []
    for operation, one in report.operations.items():
        cells = [report.cell(operation, id, size) for id in report.variants]
        row = [Entry(one.title, href=f"#sql-{operation}")]
        for metric in COUNTS:
            least = min((cell.exact[metric] for cell in cells if cell), default=0)
            for cell in cells:
                value = cell.exact[metric] if cell else None
                href = f"#{cell_id(cell)}" if cell and metric == "statements" else ""
                row.append(Entry(count(value), href=href, strong=(value or 0) > least))
        rows.append(row)
    columns = of_subjects(report, COUNTS.values(), report.variants)
    caption = f"Counted, at {players(size)}: exact"
    return table(f"exact-{size}", caption, ["operation", *columns], rows)


def timed(report: Report) -> list[str]:
    """The subjects whose ratios are shown."""
    return [*report.others, *report.of_kind("control", "floor")]


def noisy(report: Report, size: int) -> Table:
    """The CPU ratios at a size, of the variants, the control and the floor."""
    rows: list[Row] = []
    for operation, one in report.operations.items():
        noise = report.noise
        rounds = sorted({str(cell.rounds) for cell in report.at(operation, size).values()})
        rows.append(
            [
                one.title,
                *(to_reference(report, operation, subject, size) for subject in timed(report)),
                f"±{text.percent(noise.width((operation, size)))}" if noise else NONE,
                listed(rounds),
            ]
        )
    columns = [Column(report.title(id), subject=id) for id in timed(report)]
    caption = (
        f"Timed, at {players(size)}: {text.cpu(report)} per call, as a multiple of "
        f"that of {text.compared(report)} (first to third quartile)"
    )
    return table(f"noisy-{size}", caption, ["operation", *columns, "noise", "rounds"], rows)


def slopes(report: Report) -> Table:
    """The exponents of buffers and CPU over N."""
    groups = ("buffers", f"{text.cpu(report)} per call")
    sizes = listed(f"{size:,}" for size in report.sizes)
    return table(
        "slopes",
        "Exponent b of the best a·N^b: 0 is flat, 1 is in proportion to N; fitted through "
        f"{sizes} players",
        ["operation", *of_subjects(report, groups, report.drawn)],
        (
            [
                one.title,
                *(
                    text.exponent(report.exponent(operation, subject, metric))
                    for metric in ("buffers", "cpu")
                    for subject in report.drawn
                ),
            ]
            for operation, one in report.operations.items()
        ),
    )


def growth(report: Report, operation: str) -> Table:
    """What an operation's two charts show, of all subjects but the control."""
    rows: list[Row] = []
    for subject, about in report.subjects.items():
        cells = [report.cell(operation, subject, size) for size in report.sizes]
        if about.kind == "control" or not any(cells):
            continue
        row = [Entry(about.title, subject=subject)]
        for metric, shown in (("buffers", count), ("cpu", text.seconds)):
            row += [Entry(shown(figure(cell, metric) if cell else None)) for cell in cells]
            row.append(Entry(text.exponent(report.exponent(operation, subject, metric))))
        rows.append(row)
    groups = ("buffers", f"{text.cpu(report)} per call")
    columns = grouped(groups, [*map(text.short, report.sizes), "exponent"])
    caption = f"{report.operations[operation].title}: buffers and CPU by number of players"
    return table(f"growth-{operation}", caption, ["subject", *columns], rows)


def ladder(report: Report) -> Table:
    """The registration, step by step."""
    steps = report.about.ladder
    ratios = {"cpu": "ratio", "cpu_without_hash": "ratio without hash"}
    last = report.last_rung.title if report.last_rung else "the last rung"
    return table(
        "ladder",
        f"One registration, from the article's code on; ratios of CPU are to {last}",
        [
            *("step", "statements", "round trips", "commits", "hashes", "CPU"),
            *ratios.values(),
            Column("breaks the rules", words=True),
        ],
        (
            [
                step.title,
                *map(count, (step.statements, step.round_trips, step.commits, step.hashes)),
                text.seconds(step.seconds),
                *(rated(step.ratio.get(one), report.ladder_verdict(step, one)) for one in ratios),
                text.broken_rules(step.broken_rules),
            ]
            for step in steps
        ),
    )


def alternatives(report: Report) -> list[Table]:
    """Each alternative beside its base, at each one's largest size."""
    metrics = {one: COUNTS[one] for one in ("statements", "fk_checks", "buffers")}
    metrics |= {"temp_blocks": "temp blocks", "wal_bytes": "WAL bytes"}
    found = []
    for subject in report.of_kind("alternative"):
        about, size = report.subjects[subject], report.largest_of(subject)
        base = report.title(about.base) if about.base in report.subjects else "the reference"
        rows: list[Row] = []
        for operation, one in report.operations.items():
            if cell := report.cell(operation, subject, size):
                other = report.cell(operation, about.base, size)
                changes = (change(other, cell, metric) for metric in metrics)
                rows.append([one.title, *changes, to_base(report, cell)])
        columns = ["operation", *metrics.values(), f"{text.cpu(report)} to {base}"]
        caption = f"{about.title}, at {players(size)}: {about.what}"
        found.append(table(f"alternative-{subject}", caption, columns, rows))
    return found


def change(base: Cell | None, cell: Cell, metric: str) -> Entry:
    """One figure where both have the same, else from the base's to the other's."""
    own = cell.exact[metric]
    if base is None or base.exact[metric] == own:
        return Entry(count(own))
    return Entry(f"{count(base.exact[metric])} → {count(own)}", strong=True)


def to_base(report: Report, cell: Cell) -> Entry:
    """An alternative's ratio to its base; to the reference where that is the base."""
    base = report.subjects[cell.subject].base
    ratio = (cell.to_reference if base in {"", report.reference} else cell.to_base).get("cpu")
    return rated(ratio, report.verdict(cell, ratio))


def storage(report: Report) -> Table:
    """Bytes on disk by subject and size."""
    largest = report.largest
    rows: list[Row] = []
    for id, by_size in report.about.storage.items():
        if id in report.subjects:
            found = [by_size.get(size) for size in report.sizes]
            last = by_size.get(largest)
            rows.append(
                [
                    Entry(report.title(id), subject=id),
                    *(text.size(one.bytes if one else None) for one in found),
                    text.size(last.indexes if last else None),
                    count(last.bytes / largest if last else None),
                ]
            )
    caption = (
        "Tables and their indexes on disk, by number of players; the last two columns are at "
        f"{players(largest)}; 1 MB is 1,000,000 bytes"
    )
    sizes = (f"{size:,}" for size in report.sizes)
    return table(
        "storage", caption, ["subject", *sizes, "of them indexes", "bytes per player"], rows
    )


def relations(report: Report, subject: str) -> Table:
    """A subject's tables and indexes at its largest size, the largest first."""
    of_subject = report.about.storage[subject]
    size = max(of_subject)
    total = of_subject[size].bytes or 1
    found: list[tuple[str, int]] = []
    for name, one in sorted(of_subject[size].relations.items(), key=lambda item: -item[1].table):
        indexes = sorted(one.indexes.items(), key=lambda item: (-item[1], item[0]))
        found.append((name, one.table))
        found += [(f"{name}: {index}", bytes) for index, bytes in indexes]
    caption = f"{report.title(subject)}, at {players(size)}: each table, then its indexes"
    rows = ([name, count(bytes), f"{100 * bytes / total:.1f} %"] for name, bytes in found)
    return table(f"relations-{subject}", caption, ["table or index", "bytes", "share"], rows)


def seeding(report: Report) -> Table:
    """How fast the players were made."""
    rows: list[Row] = []
    for id, by_size in report.about.seeding.items():
        if id in report.subjects:
            row = [Entry(report.title(id), subject=id)]
            for one in (by_size.get(size) for size in report.sizes):
                row.append(Entry(text.seconds(one.seconds if one else None)))
                row.append(Entry(count(one.players_per_second if one else None)))
            rows.append(row)
    columns = grouped((f"{size:,}" for size in report.sizes), ["time", "players/s"])
    caption = "Seeding, by number of players: one run each, so take it as an order of magnitude"
    return table("seeding", caption, ["subject", *columns], rows)


def provenance(report: Report) -> Table:
    """What the figures hold for, in full; templates/provenance.txt lists it."""
    cells = report.cells.values()
    facts = filled(
        "provenance.txt",
        report=report,
        rounds=[cell.rounds for cell in cells],
        calls=[cell.calls_per_block for cell in cells],
        samples=sum(cell.rounds for cell in cells),
    )
    rows = [[name, fact] for name, _, fact in (one.partition("\t") for one in facts.split("\n"))]
    value = Column("value", words=True)
    known = (row for row in rows if row[1])
    return table("provenance", "What these figures hold for", ["what", value], known)

"""A run as plain data: what all three forms of the report are made of.

`read()` turns a run's file into a `Report`; nothing else looks into the file.
"""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from benchmarks.figures import slope
from benchmarks.store import ReportError

EXACT = ["statements", "round_trips", "fk_checks", "rows", "buffers", "temp_blocks", "wal_bytes"]
FEWEST_ROUNDS = 3  # below, an interval says nothing
NOISY = ["cpu", "client_cpu", "backend_cpu", "wall"]
Key = TypeVar("Key")


class Verdict(StrEnum):
    """How a ratio stands to 1, the noise considered."""

    MORE = "more"
    LESS = "less"
    TIE = "tie"


@dataclass(frozen=True)
class Spread:
    median: float
    q1: float
    q3: float


@dataclass(frozen=True)
class Subject:
    """Something measured. `base`: of an alternative, the subject that it changes."""

    id: str
    title: str
    what: str
    kind: str
    base: str


@dataclass(frozen=True)
class Operation:
    id: str
    title: str
    what: str


@dataclass(frozen=True)
class Statement:
    """`buffers` are those of all calls; of a foreign-key check, those of the first."""

    sql: str
    calls: int
    file: str
    line: int
    fk_check: bool
    node_types: list[str]
    indexes: list[str]
    estimated_rows: float
    actual_rows: float
    buffers: int
    plan: str

    @property
    def place(self) -> str:
        """Where the code stands that sent it."""
        if self.fk_check:
            return "PostgreSQL itself, for a foreign key"
        return f"{self.file}:{self.line}" if self.file else "unknown"


@dataclass(frozen=True)
class Cell:
    """One operation of one subject at one size.

    `seconds` are per call, by name of NOISY; `to_reference`, `to_floor` and `to_base` are ratios,
    paired block by block, by the same names. What was not measured is missing.
    """

    operation: str
    players: int
    subject: str
    exact: dict[str, int]
    statements: list[Statement]
    seconds: dict[str, Spread]
    to_reference: dict[str, Spread]
    to_floor: dict[str, Spread]
    to_base: dict[str, Spread]
    rounds: int
    calls_per_block: int

    def figure(self, metric: str) -> float | None:
        """An exact figure, or the median of a noisy one; None where there is none."""
        if metric in self.seconds:
            return self.seconds[metric].median
        return self.exact.get(metric)


@dataclass(frozen=True)
class Step:
    """A rung of the ladder, or a package beside it, whose `broken_rules` are None."""

    id: str
    title: str
    what: str
    statements: int
    round_trips: int
    commits: int
    hashes: int
    cpu_seconds: float | None
    ratio: dict[str, Spread]
    sql: list[str]
    broken_rules: dict[str, list[str]] | None


@dataclass(frozen=True)
class Relation:
    """A table's bytes on disk, and those of each of its indexes."""

    name: str
    table: int
    indexes: dict[str, int]


@dataclass(frozen=True)
class Storage:
    bytes: int
    relations: list[Relation]

    @property
    def indexes(self) -> int:
        return sum(sum(relation.indexes.values()) for relation in self.relations)


@dataclass(frozen=True)
class Hash:
    """One password hash as Django makes it."""

    algorithm: str
    iterations: int
    cpu_seconds: float


@dataclass(frozen=True)
class Noise:
    """What the control shows. `widths`: by operation and size, |log| of a ratio that is still
    noise; `typical`: their median before any was widened to it."""

    widths: dict[tuple[str, int], float]
    typical: float


@dataclass(frozen=True)
class Report:
    """`about` is the run's own record; the rest of it is typed. Subjects, operations and sizes
    are those that have cells, in the run's order."""

    operations: dict[str, Operation]
    subjects: dict[str, Subject]
    sizes: list[int]
    cells: dict[tuple[str, int, str], Cell]
    reference: str
    control: str
    noise: Noise | None
    ladder: list[Step]
    storage: dict[str, dict[int, Storage]]
    seeding: dict[str, dict[int, tuple[float, float]]]
    hash: Hash | None
    about: dict[str, Any]

    @property
    def largest(self) -> int:
        return self.sizes[-1]

    def of_kind(self, *kinds: str) -> list[Subject]:
        return [
            subject for kind in kinds for subject in self.subjects.values() if subject.kind == kind
        ]

    @property
    def variants(self) -> list[Subject]:
        return self.of_kind("variant")

    @property
    def others(self) -> list[Subject]:
        """The variants that are measured against the reference."""
        return [subject for subject in self.variants if subject.id != self.reference]

    @property
    def drawn(self) -> list[Subject]:
        """Who has a line in each chart."""
        return self.of_kind("variant", "floor")

    def root(self, subject: Subject) -> Subject:
        """What an alternative, or an alternative's alternative, changes in the end."""
        seen = [subject.id]
        while (base := self.subjects.get(subject.base)) and base.id not in seen:
            seen.append(base.id)
            subject = base
        return subject

    @property
    def cpu_is_whole(self) -> bool:
        """Whether the backend's CPU is in the CPU of every cell."""
        return all("backend_cpu" in cell.seconds for cell in self.cells.values())

    def at(self, operation: str, players: int) -> list[Cell]:
        """The cells of the subjects that did it, in their order."""
        keys = [(operation, players, subject) for subject in self.subjects]
        return [self.cells[key] for key in keys if key in self.cells]

    def width(self, operation: str, players: int) -> float | None:
        """How wide noise is there, as |log| of a ratio; None without a control."""
        return self.noise.widths[operation, players] if self.noise else None

    def verdict(self, cell: Cell, ratio: Spread | None) -> Verdict | None:
        """How a ratio of the cell's stands to 1; None without a ratio, a control, or samples."""
        width = self.width(cell.operation, cell.players)
        if ratio is None or width is None or cell.rounds < FEWEST_ROUNDS:
            return None
        return verdict(ratio, width)

    @property
    def last_rung(self) -> Step | None:
        """What the ladder's ratios are to."""
        return next((one for one in reversed(self.ladder) if one.broken_rules is not None), None)

    def ladder_verdict(self, step: Step, name: str) -> Verdict | None:
        """How a step's ratio stands to 1. The last rung is its own control: its ratio is to
        itself, and noise. None for that rung, and where it was not measured twice."""
        control = self.last_rung.ratio.get(name) if self.last_rung else None
        if control in (None, Spread(1, 1, 1)) or step is self.last_rung or name not in step.ratio:
            return None
        widths, _ = noise_of({name: control})
        return verdict(step.ratio[name], widths[name])

    def winner(self, operation: str, players: int) -> str:
        """The variant that needs less CPU than each other one, noise considered; "" for none.

        Two that are not the reference have no paired ratio: their intervals must be apart.
        """
        cells = {cell.subject: cell for cell in self.at(operation, players)}
        rivals = [
            (subject.id, cells[subject.id], cells[subject.id].to_reference.get("cpu"))
            for subject in self.others
            if subject.id in cells
        ]
        verdicts = [self.verdict(cell, ratio) for _, cell, ratio in rivals]
        if rivals and all(one == Verdict.MORE for one in verdicts):
            return self.reference
        for (id, _, ratio), own in zip(rivals, verdicts, strict=True):
            apart = [
                ratio and other and ratio.q3 < other.q1 for one, _, other in rivals if one != id
            ]
            if own == Verdict.LESS and all(apart):
                return id
        return ""

    def points(self, operation: str, subject: str, metric: str) -> list[tuple[int, float]]:
        """A subject's figures by size, those that are missing or 0 left out."""
        points = []
        for players in self.sizes:
            cell = self.cells.get((operation, players, subject))
            if cell and (value := cell.figure(metric)):
                points.append((players, value))
        return points

    def exponent(self, operation: str, subject: str, metric: str) -> float | None:
        """b of the best a·N^b through the subject's figures; None with fewer than two."""
        return slope(self.points(operation, subject, metric))


def noise_of(control: Mapping[Key, Spread]) -> tuple[dict[Key, float], float]:
    """The tie rule's first half: how wide noise is, as |log| of a ratio.

    The control is the same code twice, so any distance of its ratio from 1 is noise. The farther
    of its quartiles from 1 tells how far noise reaches here, to both sides. One control is luck,
    so none counts as narrower than the median of all of them.
    """
    reach = {key: max(abs(math.log(r.q1)), abs(math.log(r.q3))) for key, r in control.items()}
    typical = statistics.median(reach.values()) if reach else 0.0
    return {key: max(width, typical) for key, width in reach.items()}, typical


def verdict(ratio: Spread, width: float) -> Verdict:
    """The tie rule's second half: a tie unless all of [q1, q3] lies outside the noise."""
    if math.log(ratio.q1) > width:
        return Verdict.MORE
    if math.log(ratio.q3) < -width:
        return Verdict.LESS
    return Verdict.TIE


def read(report: dict[str, Any]) -> Report:
    """A loaded run as a Report. Raises ReportError where a part that every run has is missing."""
    try:
        return _read(report)
    except KeyError as error:
        raise ReportError(f"the run is not whole: it has no {error}") from None
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise ReportError(f"the run is not as this version writes it: {error}") from None


def _read(report: dict[str, Any]) -> Report:
    about = report["run"]
    cells = {}
    for benchmark in report["benchmarks"]:
        cell = _cell(benchmark)
        cells[cell.operation, cell.players, cell.subject] = cell
    if not cells:
        raise ReportError("the run has no cell: nothing was measured")
    operations = {
        id: Operation(id, one["title"], one["what"])
        for id, one in about["operations"].items()
        if any(id == operation for operation, _, _ in cells)
    }
    subjects = {
        id: Subject(id, one["title"], one["what"], one["kind"], one.get("base", ""))
        for id, one in about["subjects"].items()
        if any(id == subject for _, _, subject in cells)
    }
    for operation, _, subject in cells:
        if operation not in operations or subject not in subjects:
            raise ReportError(f"the run does not say what {operation} or {subject} is")
    sizes = sorted({players for _, players, _ in cells})
    control = about.get("control") or ""
    return Report(
        operations=operations,
        subjects=subjects,
        sizes=sizes,
        cells=cells,
        reference=about.get("reference") or "",
        control=control if control in subjects else "",
        noise=_noise(cells, control),
        ladder=[_step(step) for step in about.get("ladder") or []],
        storage={
            subject: {int(players): _storage(one) for players, one in of_subject.items()}
            for subject, of_subject in (about.get("storage") or {}).items()
            if subject in subjects
        },
        seeding={
            subject: {
                int(players): (one["seconds"], one["players_per_second"])
                for players, one in of_subject.items()
            }
            for subject, of_subject in (about.get("seeding") or {}).items()
            if subject in subjects
        },
        hash=_hash(about["hash"]) if about.get("hash") else None,
        about=about,
    )


def _noise(cells: dict[tuple[str, int, str], Cell], control: str) -> Noise | None:
    """Where the control has no ratio of an operation, the typical width stands in."""
    ratios = {
        (cell.operation, cell.players): cell.to_reference["cpu"]
        for cell in cells.values()
        if cell.subject == control and "cpu" in cell.to_reference
    }
    if not ratios:
        return None
    widths, typical = noise_of(ratios)
    places = ((operation, players) for operation, players, _ in cells)
    return Noise({place: widths.get(place, typical) for place in places}, typical)


def _cell(benchmark: dict[str, Any]) -> Cell:
    info = benchmark["extra_info"]
    return Cell(
        operation=info["operation"],
        players=int(info["players"]),
        subject=info["subject"],
        exact={name: int(info["exact"][name]) for name in EXACT},
        statements=[_statement(one) for one in info["statements"]],
        seconds=_spreads(info["noisy"]),
        to_reference=_ratios(info.get("ratio")),
        to_floor=_ratios(info.get("ratio_to_floor")),
        to_base=_ratios(info.get("ratio_to_base")),
        rounds=int(benchmark["stats"]["rounds"]),
        calls_per_block=int(info["calls_per_block"]),
    )


def _spreads(figures: dict[str, Any] | None) -> dict[str, Spread]:
    """Those that are there."""
    return {
        name: Spread(float(one["median"]), float(one["q1"]), float(one["q3"]))
        for name, one in (figures or {}).items()
        if one
    }


def _ratios(figures: dict[str, Any] | None) -> dict[str, Spread]:
    """Those that are there and above zero, as a ratio of times is."""
    return {name: one for name, one in _spreads(figures).items() if one.q1 > 0}


def _statement(one: dict[str, Any]) -> Statement:
    return Statement(
        sql=one["sql"],
        calls=int(one["calls"]),
        file=one["file"],
        line=int(one["line"]),
        fk_check=bool(one["fk_check"]),
        node_types=list(one["node_types"]),
        indexes=list(one.get("indexes") or []),
        estimated_rows=one["estimated_rows"],
        actual_rows=one["actual_rows"],
        buffers=int(one["buffers"]),
        plan=one["plan"],
    )


def _step(one: dict[str, Any]) -> Step:
    seconds = one.get("cpu_seconds")
    return Step(
        id=one["step"],
        title=one["title"],
        what=one["what"],
        statements=int(one["statements"]),
        round_trips=int(one["round_trips"]),
        commits=int(one["commits"]),
        hashes=int(one["hashes"]),
        cpu_seconds=float(seconds["median"]) if seconds else None,
        ratio=_ratios(one.get("ratio")),
        sql=list(one.get("sql") or []),
        broken_rules=one.get("broken_rules"),
    )


def _hash(one: dict[str, Any]) -> Hash:
    return Hash(str(one["algorithm"]), int(one["iterations"]), float(one["cpu_seconds"]))


def _storage(one: dict[str, Any]) -> Storage:
    relations = [
        Relation(name, int(sizes["table"]), {i: int(b) for i, b in sizes["indexes"].items()})
        for name, sizes in one["relations"].items()
    ]
    return Storage(int(one["bytes"]), relations)

"""A run's file as typed records: what `nox -s benchmarks` writes, and all that is read of it.

A file is pytest-benchmark's, with a `Cell` as the "extra_info" of each benchmark and an `About`
as "run". Where a field's name here is another than in the file, `name=` has the file's.
"""

from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from benchmarks.stats import Ratio, Spread
from harness.cli import Refusal
from harness.variants import ROOT

RESULTS = ROOT / ".results" / "benchmarks"
PUBLISHED = ROOT / "benchmarks" / "results"
SCHEMA = 1
EXACT = ("statements", "round_trips", "fk_checks", "rows", "buffers", "temp_blocks", "wal_bytes")
EXACT_OF_STEP = ("statements", "commits", "hashes", "round_trips")
NOISY = ("cpu", "client_cpu", "backend_cpu", "wall")

Count = Annotated[int, Meta(ge=0, lt=2**53)]
Number = int | float
Ratios = dict[str, Ratio | None]
Decoded = TypeVar("Decoded")


class ReportError(Refusal):
    """A file is no report of ours, or not one that this version reads; the text is one line."""


class Statement(Struct, frozen=True):
    """One SQL text of a cell, called from one line.

    `buffers` and rows are those of all calls; of a foreign-key check, of the first. `file` is ""
    where PostgreSQL itself asked, or the place is not known.
    """

    sql: str
    calls: Count
    file: str
    line: Count
    fk_check: bool
    node_types: list[str]
    indexes: list[str]
    estimated_rows: Number
    actual_rows: Number
    buffers: Count
    plan: str

    @property
    def place(self) -> str:
        """Where the code stands that sent it."""
        if self.fk_check:
            return "PostgreSQL itself, for a foreign key"
        return f"{self.file}:{self.line}" if self.file else "unknown"


class Samples(Struct, frozen=True, omit_defaults=True):
    """Seconds per call, block by block; None where nobody tells."""

    client_cpu: list[float]
    backend_cpu: list[float | None]
    wall: list[float] = []


class Cell(Struct, frozen=True, omit_defaults=True):
    """One operation of one subject at one size.

    `exact` has the names of EXACT; the others those of NOISY: `seconds` per call, and ratios
    paired block by block. None is what was not measured.
    """

    operation: str
    players: Annotated[int, Meta(ge=1, lt=2**53)]
    subject: str
    exact: dict[str, Count]
    statements: list[Statement]
    seconds: dict[str, Spread | None] = field(name="noisy")
    samples: Samples
    calls_per_block: Count
    to_reference: Ratios = field(name="ratio", default={})
    to_base: Ratios = field(name="ratio_to_base", default={})
    to_floor: Ratios = field(name="ratio_to_floor", default={})

    def __post_init__(self) -> None:
        for name in EXACT:
            if name not in self.exact:
                raise ValueError(f"the exact figures lack {name}")

    @property
    def key(self) -> tuple[str, int, str]:
        return self.operation, self.players, self.subject

    @property
    def rounds(self) -> int:
        return len(self.samples.client_cpu)


class Operation(Struct, frozen=True):
    title: str
    what: str
    writes: bool


class Subject(Struct, frozen=True, omit_defaults=True):
    """`kind`: "variant", "control", "floor" or "alternative"; `base`: what that one changes."""

    title: str
    what: str
    kind: str
    base: str = ""


class Step(Struct, frozen=True):
    """A rung of the ladder, or a package beside it, whose `broken_rules` are None.

    `ratio` has "cpu" and "cpu_without_hash", to the last rung's; `broken_rules` the tests that
    fail, by rule.
    """

    id: str = field(name="step")
    title: str
    what: str
    statements: Count
    commits: Count
    hashes: Count
    round_trips: Count
    sql: list[str]
    ratio: dict[str, Ratio]
    cpu_seconds: Spread | None
    broken_rules: dict[str, list[str]] | None

    @property
    def seconds(self) -> float | None:
        """The median of a registration's CPU."""
        return self.cpu_seconds.median if self.cpu_seconds else None


class Relation(Struct, frozen=True):
    """A table's bytes on disk, and those of each of its indexes."""

    table: Count
    indexes: dict[str, Count]


class Storage(Struct, frozen=True):
    bytes: Count
    relations: dict[str, Relation]

    @property
    def indexes(self) -> int:
        return sum(sum(one.indexes.values()) for one in self.relations.values())


class Seeding(Struct, frozen=True):
    seconds: float
    players_per_second: Number


class Hash(Struct, frozen=True):
    """One password hash as Django makes it."""

    algorithm: str
    iterations: Count
    cpu_seconds: float


class Machine(Struct, frozen=True):
    """`load_…`: the averages of 1, 5 and 15 minutes, empty where the system has none."""

    system: str = ""
    cpus: Count | None = None
    processor: str = ""
    memory_gb: Count | None = None
    load_before: list[float] = []
    load_after: list[float] = []

    @property
    def words(self) -> str:
        """What is known of it, but for its load."""
        cpus = f"{self.cpus} CPUs" if self.cpus else ""
        memory = f"{self.memory_gb} GB of memory" if self.memory_gb else ""
        return ", ".join(filter(None, (self.system, self.processor, cpus, memory)))


class About(Struct, frozen=True, omit_defaults=True):
    """What the figures hold for. `storage` and `seeding` are by subject and number of players."""

    schema: int
    mode: str
    seed: int
    sizes: list[int]
    operations: dict[str, Operation]
    subjects: dict[str, Subject]
    reference: str
    control: str
    commit: str
    changed: bool
    contract: str
    code: str
    date: str
    machine: Machine
    versions: dict[str, str]
    settings: dict[str, str]
    hash: Hash
    seconds: float
    storage: dict[str, dict[int, Storage]]
    seeding: dict[str, dict[int, Seeding]]
    ladder: list[Step] = []

    def __post_init__(self) -> None:
        for name in ("Python", "Django", "PostgreSQL"):
            if name not in self.versions:
                raise ValueError(f"the versions lack {name}")

    @property
    def minute(self) -> str:
        """When it was, such as 2026-11-22 18:00."""
        return self.date[:16].replace("T", " ")


class Benchmark(Struct, frozen=True):
    cell: Cell = field(name="extra_info")


class RunFile(Struct, frozen=True):
    """A whole file."""

    benchmarks: list[Benchmark]
    run: About

    def __post_init__(self) -> None:
        if not self.benchmarks:
            raise ValueError("it has no cell: nothing was measured")
        seen = set()
        for operation, players, subject in (one.cell.key for one in self.benchmarks):
            if (operation, players, subject) in seen:
                raise ValueError(
                    f"{operation!r} of {subject!r} at {players} players is there twice"
                )
            if operation not in self.run.operations or subject not in self.run.subjects:
                raise ValueError(f"it does not say what {operation!r} or {subject!r} is")
            seen.add((operation, players, subject))
        if self.run.reference not in {subject for _, _, subject in seen}:
            raise ValueError(f"the reference, {self.run.reference!r}, was not measured")


class _Schema(Struct):
    schema: Any = None


class _Head(Struct):
    """As much of a file as tells whether it is one of ours."""

    run: _Schema
    benchmarks: list[Any]


def load(path: Path) -> RunFile:
    """A run's file. Raises ReportError, in one line, where it is none that this version reads."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise ReportError(f"there is no report {path}") from None
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror}") from None
    schema = _decoded(path, text, _Head, "is no report of `nox -s benchmarks`").run.schema
    if schema != SCHEMA:
        raise ReportError(
            f"{path} has schema {schema!r}, and this version reads {SCHEMA}: "
            "measure again, or check out the commit that wrote it"
        )
    return _decoded(path, text, RunFile, "is not as this version writes it")


def _decoded(path: Path, text: bytes, type: type[Decoded], otherwise: str) -> Decoded:
    try:
        return msgspec.json.decode(text, type=type)
    except msgspec.ValidationError as error:
        raise ReportError(f"{path} {otherwise}: {error}") from None
    except RecursionError:
        raise ReportError(f"{path} cannot be read: it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ReportError(f"{path} cannot be read: it is cut off or no JSON") from None


def newest(mode: str = "") -> Path:
    """The last run's file, or the last of that mode's. Raises ReportError where there is none."""
    for path in sorted(RESULTS.glob("*.json"), reverse=True):
        if not mode or load(path).run.mode == mode:
            return path
    option = f" -- --{mode}" if mode == "full" else ""
    raise ReportError(
        f"there is no {f'{mode} ' if mode else ''}run yet: `nox -s benchmarks{option}` makes one"
    )


def published() -> Path:
    """The newest published run's file. Raises ReportError where there is none."""
    paths = sorted(PUBLISHED.glob("*.json"))
    if not paths:
        raise ReportError(
            "no run is published in benchmarks/results: `nox -s publish` puts one there"
        )
    return paths[-1]

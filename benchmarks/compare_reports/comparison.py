"""The verdicts on the figures of two runs, by the rules that the package tells."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.operations import OPERATIONS
from benchmarks.report.model import Report
from benchmarks.run_file import EXACT_OF_STEP, About, Cell, Step
from benchmarks.stats import FEWEST_ROUNDS, Ratio, reach, told_apart

VERDICTS = AGREES, DIFFERS, NOT_COMPARABLE = "agrees", "differs beyond noise", "not comparable"
SAME_SERVER = {"buffers", "temp_blocks", "wal_bytes"}
SAME_PLAYERS = {"fk_checks", "rows"} | SAME_SERVER
PLANNING = (
    *("autovacuum", "effective_cache_size", "max_parallel_workers_per_gather"),
    *("random_page_cost", "work_mem"),
)
LARGE, LARGE_TOLERANCE = 100_000, 0.05
WAL_TOLERANCE = 0.02
NODES, INDEXES, RATIO = "node types", "indexes", "CPU ratio"
LADDER = "ladder"
RATIOS = ("cpu", "client_cpu")  # the first that both runs have counts

Key = tuple[str, int, str]  # operation, players, subject; of the ladder LADDER, 0, step
Plan = tuple[tuple[str, ...], tuple[str, ...]]  # node types, indexes


@dataclass
class Sent:
    """One SQL text of a side: its place, its calls, and its plans, none of a check."""

    place: str
    calls: int = 0
    plans: list[Plan] = field(default_factory=list)


@dataclass
class Side:
    """What one run has of a key: of a cell, or of a step of the ladder."""

    exact: dict[str, int]
    ratios: dict[str, Ratio]
    rounds: int
    sent: dict[str, Sent] = field(default_factory=dict)

    def plans(self, which: int) -> list[tuple[str, ...]]:
        """The node types (0) or indexes (1) of each plan, in an order of their own."""
        return sorted(plan[which] for one in self.sent.values() for plan in one.plans)


def side_of(cell: Cell) -> Side:
    ratios = {name: ratio for name in RATIOS if (ratio := cell.to_reference.get(name))}
    if not cell.seconds.get("backend_cpu"):
        ratios.pop("cpu", None)  # it is the client's by another name
    side = Side(cell.exact, ratios, cell.rounds)
    for one in cell.statements:
        sent = side.sent.setdefault(one.sql, Sent(one.place))
        sent.calls += one.calls
        if not one.fk_check:
            sent.plans.append((tuple(one.node_types), tuple(sorted(set(one.indexes)))))
    return side


def side_of_step(step: Step) -> Side:
    """How many rounds there were is not told; it is never fewer."""
    ratios = {name: ratio for name, ratio in step.ratio.items() if name == "cpu"}
    exact = {name: getattr(step, name) for name in EXACT_OF_STEP}
    side = Side(exact, ratios, FEWEST_ROUNDS)
    for sql in step.sql:
        side.sent.setdefault(sql, Sent("the ladder")).calls += 1
    return side


def sides_of(report: Report) -> dict[Key, Side]:
    """All of a run but its control, which is noise and no figure."""
    found = {
        key: side_of(cell)
        for key, cell in report.cells.items()
        if cell.subject != report.about.control
    }
    return found | {(LADDER, 0, one.id): side_of_step(one) for one in report.about.ladder}


@dataclass(frozen=True)
class Figure:
    """One figure of one key; `reason` says why it is not comparable, "" that it is."""

    key: Key
    name: str
    reason: str
    agrees: bool = False
    old: str = ""
    new: str = ""

    @property
    def verdict(self) -> str:
        return NOT_COMPARABLE if self.reason else AGREES if self.agrees else DIFFERS


class Comparison:
    """Two runs and their `figures`, in the order of the operations."""

    def __init__(self, a: Report, b: Report) -> None:
        self.runs = a, b
        self.sides = sides_of(a), sides_of(b)
        self.noise = {name: (a.noise_in(name), b.noise_in(name)) for name in RATIOS}
        order = [*OPERATIONS, *a.operations, *b.operations, LADDER]
        keys = sorted({**self.sides[0], **self.sides[1]}, key=lambda key: order.index(key[0]))
        self.figures = [figure for key in keys for figure in self._figures(key)]

    def operation(self, key: Key) -> str:
        if key[0] == LADDER:
            return "ladder, register"
        return next(one.operations[key[0]].title for one in self.runs if key[0] in one.operations)

    def subject(self, key: Key) -> str:
        if key[0] == LADDER:
            steps = (step for run in self.runs for step in run.about.ladder)
            return next(step.title for step in steps if step.id == key[2])
        return next(one.title(key[2]) for one in self.runs if key[2] in one.subjects)

    def _figures(self, key: Key) -> Iterator[Figure]:
        x, y = (sides.get(key) for sides in self.sides)
        plans = [] if key[0] == LADDER else [NODES, INDEXES]
        if x and y:
            for name in {**x.exact, **y.exact}:
                yield self._exact(key, name, x.exact.get(name), y.exact.get(name))
            for which, name in enumerate(plans):
                same = x.plans(which) == y.plans(which)
                yield Figure(key, name, self._why_not(key, name), same)
            if (x.ratios or y.ratios) and not self._is_control(key):
                yield self._ratio(key, x, y)
        elif side := x or y:
            reason = f"only {'A' if x else 'B'} has {self._missing(key, self.sides[bool(x)])}"
            names = [*side.exact, *plans, *([RATIO] if side.ratios else [])]
            yield from (Figure(key, name, reason) for name in names)

    def _is_control(self, key: Key) -> bool:
        """Whether it is the ladder's last rung, whose ratio is to itself."""
        return key[0] == LADDER and any(
            run.last_rung and run.last_rung.id == key[2] for run in self.runs
        )

    def _missing(self, key: Key, sides: dict[Key, Side]) -> str:
        """What the other run lacks: as much as is missing together with a key."""
        operation, players, subject = key
        operations, sizes, subjects = map(set, zip(*sides, strict=True))
        if operation == LADDER:
            return "the step" if LADDER in operations else "the ladder"
        if players not in sizes:
            return f"{players:,} players"
        if subject not in subjects:
            return f"the subject {self.subject(key)}"
        return "the cell" if operation in operations else "the operation"

    def _why_not(self, key: Key, name: str) -> str:
        """Why an exact figure says nothing about the other run's; "" if it does."""
        a, b = (run.about for run in self.runs)
        heavy = key[0] in OPERATIONS and OPERATIONS[key[0]].heavy
        if a.seed != b.seed and (name in SAME_PLAYERS or heavy):
            return f"seed {a.seed} against {b.seed}"
        if name not in SAME_SERVER:
            return ""
        if postgresql(a) != postgresql(b):
            return against(postgresql(a), postgresql(b))
        for one in PLANNING:
            if setting(a, one) != setting(b, one):
                return f"{one} {setting(a, one)} against {setting(b, one)}"
        for owner, about in (("A", a), ("B", b)):
            if name == "wal_bytes" and setting(about, "full_page_writes") != "off":
                return f"full_page_writes in {owner} is not off"
        return ""

    def _exact(self, key: Key, name: str, old: int | None, new: int | None) -> Figure:
        if old is None or new is None:
            return Figure(key, name, f"only {'A' if new is None else 'B'} has the figure")
        tolerance = 0.0
        if name == "wal_bytes":
            tolerance = WAL_TOLERANCE
        elif name in SAME_SERVER and key[1] > LARGE:
            tolerance = LARGE_TOLERANCE
        agrees = abs(new - old) <= tolerance * max(old, new)
        return Figure(key, name, self._why_not(key, name), agrees, f"{old:,}", f"{new:,}")

    def _ratio(self, key: Key, x: Side, y: Side) -> Figure:
        if reason := self._why_no_ratio(key, x, y):
            return Figure(key, RATIO, reason)
        name = next(name for name in RATIOS if name in x.ratios and name in y.ratios)
        reaches, shown = [], []
        for owner, side in enumerate((x, y)):
            ratio, width = side.ratios[name], self._width(key, name, owner)
            if width is None:
                return Figure(key, RATIO, f"{'AB'[owner]} has no A/A control")
            low, high = reach(ratio, width)
            reaches.append((low, high))
            shown.append(f"{ratio.median:.3g} ({math.exp(low):.3g}–{math.exp(high):.3g})")
        return Figure(key, RATIO, "", not told_apart(*reaches), *shown)

    def _why_no_ratio(self, key: Key, x: Side, y: Side) -> str:
        to = [run.reference for run in self.runs]
        if key[0] != LADDER and to[0] != to[1]:
            return f"ratios to {to[0]} against ratios to {to[1]}"
        if not {*x.ratios} & {*y.ratios}:
            return f"only {'A' if x.ratios else 'B'} was timed"
        for owner, side in (("A", x), ("B", y)):
            if side.rounds < FEWEST_ROUNDS:
                return f"too few samples: under {FEWEST_ROUNDS} rounds in {owner}"
        return ""

    def _width(self, key: Key, name: str, owner: int) -> float | None:
        """How wide noise is in a run, as |log| of a ratio; None if it has no control."""
        if key[0] == LADDER:
            return self.runs[owner].ladder_noise(name)
        noise = self.noise[name][owner]
        return noise.width(key[:2]) if noise else None


def postgresql(about: About) -> str:
    return f"PostgreSQL {about.versions['PostgreSQL'].partition('.')[0]}"


def django(about: About) -> str:
    return f"Django {'.'.join(about.versions['Django'].split('.')[:2])}"


def setting(about: About, name: str) -> str:
    return about.settings.get(name, "unknown")


def against(old: str, new: str) -> str:
    """ "PostgreSQL 17 against 18", of two texts that begin alike."""
    return f"{old} against {new.split()[-1]}"

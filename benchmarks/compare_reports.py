"""Set one run's report against another's: what agrees, what differs beyond noise.

`nox -s compare_reports` sets your last run against the published one, `-- MINE.json` another of
yours, `-- A.json B.json` any two. A is the older of the two in all that is said.

Each figure gets one of three verdicts: it agrees, it differs beyond noise, or it is not
comparable, and why. No absolute time is compared. The rules:

* statements, round_trips, the plans' node types and indexes, and on the ladder statements,
  commits, hashes and round_trips: equal, whatever the machines and the versions.
* fk_checks and rows: equal; not comparable under different seeds, whose players differ.
  For operations on all players (`Operation.heavy`) that holds for every figure.
* buffers and temp_blocks: equal up to 100,000 players, above within 5 %. Not comparable under
  different seeds, major versions of PostgreSQL, or PLANNING settings.
* wal_bytes: within 2 %, where buffers could be compared and neither server writes page images.
* The paired ratio of CPU to the reference (of the client's alone where one run could not see the
  backend's): what `Noise.interval` makes of both must overlap. It takes three rounds and an A/A
  control in both runs, and the same reference.

The ratios are many, and some miss each other by chance; CHANCE says how many.
"""

import math
import os
import statistics
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile, zip_longest
from pathlib import Path
from typing import Any

from benchmarks import store
from benchmarks.ladder import LADDER as RUNGS
from benchmarks.operations import OPERATIONS
from benchmarks.store import ReportError
from benchmarks.subjects import ROOT
from tools.commands import OneLineParser

WIDTH = 80
VERDICTS = AGREES, DIFFERS, NOT_COMPARABLE = "agrees", "differs beyond noise", "not comparable"
SAME_PLAYERS = {"fk_checks", "rows", "buffers", "temp_blocks", "wal_bytes"}
SAME_SERVER = {"buffers", "temp_blocks", "wal_bytes"}
PLANNING = (
    *("autovacuum", "effective_cache_size", "max_parallel_workers_per_gather"),
    *("random_page_cost", "work_mem"),
)
LARGE, LARGE_TOLERANCE = 100_000, 0.05
WAL_TOLERANCE = 0.02
NODES, INDEXES, RATIO = "node types", "indexes", "CPU ratio"
LADDER, LADDER_FIGURES = "ladder", ("statements", "commits", "hashes", "round_trips")
LAST_RUNG = list(RUNGS)[-1]
RATIOS = ("cpu", "client_cpu", LADDER)  # what they are of; the first that both runs have counts
FEWEST_ROUNDS = 3
LEAST_NOISE = 0.05  # a run whose A/A control shows less was lucky
# The share of ratios said to differ where nothing does: 10 of 504 in six pairs of quick runs of
# the same code under a load that came and went; fewer where the noise keeps its nature.
CHANCE = 0.02

# What is read of a file, types in place of values. "name?" may be missing, "*" is any name.
SPREAD = {"median": float, "q1": float, "q3": float}
STATEMENT = {
    "sql": str,
    "calls": int,
    "file": str,
    "line": int,
    "fk_check": bool,
    "node_types": [str],
    "indexes": [str],
}
CELL = {
    "stats?": {"rounds": int},
    "extra_info": {
        "operation": str,
        "subject": str,
        "players": int,
        "exact": {"*": int},
        "statements": [STATEMENT],
        "noisy?": {"wall?": {"median": float}, "backend_cpu?": {}},
        "ratio?": {"cpu?": SPREAD, "client_cpu?": SPREAD},
    },
}
STEP = {
    "step": str,
    "title": str,
    "sql": [str],
    "ratio?": {"cpu?": SPREAD},
    **dict.fromkeys(LADDER_FIGURES, int),
}
FILE = {
    "benchmarks": [CELL],
    "run": {
        "date": str,
        "seed": int,
        "mode?": str,
        "commit?": str,
        "changed?": bool,
        "contract?": str,
        "code?": str,
        "reference?": str,
        "control?": str,
        "operations": {"*": {"title": str}},
        "subjects": {"*": {"title": str}},
        "versions": {"Python": str, "Django": str, "PostgreSQL": str, "*": str},
        "settings": {"*": str},
        "machine?": {"processor?": str, "system?": str, "cpus?": int, "memory_gb?": int},
        "ladder?": [STEP],
    },
}
KINDS = {
    str: "a text",
    bool: "true or false",
    dict: "an object",
    list: "a list",
    int: "a whole number of a sensible size",
    float: "a number above 0",
}
LARGEST = 10**18

Key = tuple[str, str, int]  # operation, subject, players
Plan = tuple[tuple[str, ...], tuple[str, ...]]  # node types, indexes


@dataclass
class Statement:
    """One SQL text of a cell: whence it comes, how often, by which plans; none of a check."""

    sql: str
    place: str
    calls: int = 0
    plans: list[Plan] = field(default_factory=list)


@dataclass(frozen=True)
class Interval:
    """A ratio's median and quartiles."""

    median: float
    q1: float
    q3: float


@dataclass(frozen=True)
class Cell:
    """One operation of one subject at one size, or one step of the ladder (players 0).

    `ratios` to the reference, or to the last rung, by name in RATIOS; `wall`: median seconds,
    None if untimed.
    """

    exact: dict[str, int]
    statements: dict[str, Statement]
    ratios: dict[str, Interval]
    rounds: int
    wall: float | None = None

    def plans(self, which: int) -> list[tuple[str, ...]]:
        """The node types (0) or indexes (1) of each plan, in an order of their own."""
        return sorted(plan[which] for one in self.statements.values() for plan in one.plans)


@dataclass(frozen=True)
class Report:
    """A run's file; `about` is its "run", of which FILE says what is there."""

    path: Path
    about: dict[str, Any]
    cells: dict[Key, Cell]

    @property
    def seed(self) -> int:
        return int(self.about["seed"])

    @property
    def postgresql(self) -> str:
        return f"PostgreSQL {self.about['versions']['PostgreSQL'].partition('.')[0]}"

    @property
    def django(self) -> str:
        feature = self.about["versions"]["Django"].split(".")[:2]
        return f"Django {'.'.join(feature)}"

    def setting(self, name: str) -> str:
        return str(self.about["settings"].get(name, "unknown"))


def read(path: Path) -> Report:
    """A run's file. Raises ReportError, in one line, where it is not what FILE says."""
    try:
        file = checked(store.load(path), FILE, "")
        cells: dict[Key, Cell] = {}
        for benchmark in file["benchmarks"]:
            info = benchmark["extra_info"]
            key = info["operation"], info["subject"], info["players"]
            if key in cells:
                raise ValueError(f"{key[0]} of {key[1]} at {key[2]} players is there twice")
            cells[key] = _cell(benchmark, info)
        if not cells:
            raise ValueError("nothing was measured")
        ladder = file["run"].get("ladder", [])
        cells |= {(LADDER, step["step"], 0): _step(step) for step in ladder}
    except ValueError as error:
        raise ReportError(f"{path} cannot be compared: {error}") from None
    except RecursionError:
        raise ReportError(f"{path} cannot be compared: it is nested too deeply") from None
    return Report(path, file["run"], cells)


def checked(value: Any, shape: Any, where: str) -> Any:
    """What `shape` names of a value, with texts that a terminal can show. Raises ValueError."""
    kind = shape if isinstance(shape, type) else type(shape)
    right = isinstance(value, (int, float) if kind is float else kind)
    if right and kind in {int, float}:
        right = not isinstance(value, bool) and abs(value) < LARGEST
        right &= kind is int or value > 1 / LARGEST
    if not right:
        raise ValueError(f"{where[2:] or 'it'} is not {KINDS[kind]}")
    if kind is str:
        return printable(value)
    if kind is list:
        return [checked(one, shape[0], f"{where} {n}") for n, one in enumerate(value, 1)]
    if kind is not dict:
        return value
    found: dict[str, Any] = {}
    for name, inner in shape.items():
        bare = name.removesuffix("?")
        if name == "*":
            for other in [one for one in value if one not in found]:
                called = checked(other, str, "")
                found[called] = checked(value[other], inner, f"{where}, {called}")
        elif value.get(bare) is not None:
            found[bare] = checked(value[bare], inner, f"{where}, {bare}")
        elif not name.endswith("?"):
            raise ValueError(f"{where[2:] or 'it'} has no {name!r}")
    return found


def printable(text: str) -> str:
    """A text from a file as a terminal may see it: on one line, no cursor moved."""
    return "".join(c if c.isprintable() else " " for c in text)


def _cell(benchmark: dict[str, Any], info: dict[str, Any]) -> Cell:
    statements: dict[str, Statement] = {}
    for one in info["statements"]:
        place = f"{one['file']}:{one['line']}" if one["file"] else "a foreign-key check"
        statement = statements.setdefault(one["sql"], Statement(one["sql"], place))
        statement.calls += one["calls"]
        if not one["fk_check"]:
            indexes = tuple(sorted(set(one["indexes"])))
            statement.plans.append((tuple(one["node_types"]), indexes))
    noisy = info.get("noisy", {})
    ratios = {name: _interval(one) for name, one in info.get("ratio", {}).items()}
    if "backend_cpu" not in noisy:
        ratios.pop("cpu", None)  # it is the client's by another name
    wall = noisy.get("wall", {}).get("median")
    rounds = benchmark.get("stats", {}).get("rounds", 0)
    return Cell(info["exact"], statements, ratios, rounds, wall)


def _step(step: dict[str, Any]) -> Cell:
    calls = Counter(step["sql"])
    statements = {sql: Statement(sql, "the ladder", calls[sql]) for sql in calls}
    ratio = step.get("ratio", {}).get("cpu")
    ratios = {LADDER: _interval(ratio)} if ratio else {}
    exact = {name: step[name] for name in LADDER_FIGURES}
    # How many rounds there were is not said; it is never fewer.
    return Cell(exact, statements, ratios, FEWEST_ROUNDS)


def _interval(spread: dict[str, float]) -> Interval:
    if not spread["q1"] <= spread["median"] <= spread["q3"]:
        raise ValueError(f"the quartiles {spread['q1']} and {spread['q3']} are not in order")
    return Interval(**spread)


@dataclass(frozen=True)
class Noise:
    """What one run tells of its own noise, in natural logarithms, for ratios multiply.

    `controls`: how far the A/A control's median is off 1, by operation and players; `usual`: what
    a quarter of those exceed; `spread`: the median interquartile range of all the run's ratios.
    """

    controls: dict[tuple[str, int], float]
    usual: float
    spread: float

    def interval(self, key: Key, ratio: Interval, rounds: int) -> tuple[float, float]:
        """Where the ratio may lie if it is measured again.

        The median, give or take what its rounds leave open (1.57 interquartile ranges over the
        root of their number: the notch of a box plot) and what the A/A control of the same
        operation and size is off. A few rounds can look alike by chance, and so can two
        processes; so neither counts as less than the run shows elsewhere.
        """
        operation, _, players = key
        spread = max(math.log(ratio.q3 / ratio.q1), self.spread)
        control = max(self.controls.get((operation, players), 0), self.usual)
        factor = math.exp(1.57 * spread / math.sqrt(rounds) + control)
        return ratio.median / factor, ratio.median * factor


def noise_of(report: Report, of: str) -> Noise | None:
    """The noise of a run's ratios of "cpu", "client_cpu" or LADDER; None without an A/A control.

    On the ladder the control is the last rung's ratio, which is to itself.
    """
    ratios = {
        key: cell.ratios[of]
        for key, cell in report.cells.items()
        if of in cell.ratios and cell.rounds >= FEWEST_ROUNDS
    }
    control = LAST_RUNG if of == LADDER else report.about.get("control")
    controls = {
        (operation, players): abs(math.log(ratio.median))
        for (operation, subject, players), ratio in ratios.items()
        if subject == control
    }
    if not controls:
        return None
    usual = sorted(controls.values())[(len(controls) * 3 - 1) // 4]
    spread = statistics.median(math.log(ratio.q3 / ratio.q1) for ratio in ratios.values())
    return Noise(controls, max(usual, LEAST_NOISE), spread)


@dataclass(frozen=True)
class Figure:
    """One figure of one cell and its verdict; `reason` says why it is not comparable."""

    key: Key
    name: str
    verdict: str
    reason: str = ""
    old: str = ""
    new: str = ""


class Comparison:
    """Two reports and their `figures`, in the order of the operations."""

    def __init__(self, a: Report, b: Report) -> None:
        self.a, self.b = a, b
        self.noise = {of: (noise_of(a, of), noise_of(b, of)) for of in RATIOS}
        controls = {a.about.get("control"), b.about.get("control")}
        keys = [key for key in {**a.cells, **b.cells} if key[1] not in controls]
        order = list(dict.fromkeys([*OPERATIONS, *sorted(key[0] for key in keys)]))
        keys.sort(key=lambda key: (key[0] == LADDER, order.index(key[0])))
        self.figures = [figure for key in keys for figure in self._figures(key)]

    def operation(self, key: Key) -> str:
        return "ladder, register" if key[0] == LADDER else self._title("operations", key[0])

    def subject(self, key: Key) -> str:
        if key[0] != LADDER:
            return self._title("subjects", key[1])
        steps = [*self.a.about.get("ladder", []), *self.b.about.get("ladder", [])]
        return next(str(step["title"]) for step in steps if step["step"] == key[1])

    def _title(self, kind: str, name: str) -> str:
        named = self.b.about[kind] | self.a.about[kind]
        return str(named[name]["title"]) if name in named else name

    def _figures(self, key: Key) -> Iterator[Figure]:
        x, y = self.a.cells.get(key), self.b.cells.get(key)
        plans = [] if key[0] == LADDER else [NODES, INDEXES]
        if not (x and y):
            owner, cell, others = ("A", x, self.b) if x else ("B", y, self.a)
            reason = f"only {owner} has {self._missing(key, others)}"
            names = [*cell.exact, *plans, *([RATIO] if cell.ratios else [])] if cell else []
            yield from (Figure(key, name, NOT_COMPARABLE, reason) for name in names)
            return
        for name in {**x.exact, **y.exact}:
            yield self._exact(key, name, x.exact.get(name), y.exact.get(name))
        for which, name in enumerate(plans):
            reason = self._why_not(key, name)
            same = x.plans(which) == y.plans(which)
            verdict = NOT_COMPARABLE if reason else AGREES if same else DIFFERS
            yield Figure(key, name, verdict, reason)
        if (x.ratios or y.ratios) and key[:2] != (LADDER, LAST_RUNG):
            yield self._ratio(key, x, y)

    def _missing(self, key: Key, others: Report) -> str:
        """What another report lacks: as much as is missing together with a cell."""
        operation, subject, players = key
        operations, subjects, sizes = map(set, zip(*others.cells, strict=True))
        if operation == LADDER:
            return "the step" if LADDER in operations else "the ladder"
        if players not in sizes:
            return f"{players:,} players"
        if subject not in subjects:
            return f"the subject {self.subject(key)}"
        return "the cell" if operation in operations else "the operation"

    def _why_not(self, key: Key, name: str) -> str:
        """Why an exact figure says nothing about the other report's; "" if it does."""
        a, b = self.a, self.b
        heavy = key[0] in OPERATIONS and OPERATIONS[key[0]].heavy
        if a.seed != b.seed and (name in SAME_PLAYERS or heavy):
            return f"seed {a.seed} against {b.seed}"
        if name in SAME_SERVER and a.postgresql != b.postgresql:
            return against(a.postgresql, b.postgresql)
        for setting in PLANNING if name in SAME_SERVER else ():
            if a.setting(setting) != b.setting(setting):
                return f"{setting} {a.setting(setting)} against {b.setting(setting)}"
        for owner, report in (("A", a), ("B", b)):
            if name == "wal_bytes" and report.setting("full_page_writes") != "off":
                return f"full_page_writes in {owner} is not off"
        return ""

    def _exact(self, key: Key, name: str, old: int | None, new: int | None) -> Figure:
        reason = self._why_not(key, name)
        if old is None or new is None:
            reason = f"only {'A' if new is None else 'B'} has the figure"
        if reason or old is None or new is None:
            return Figure(key, name, NOT_COMPARABLE, reason)
        tolerance = 0.0
        if name == "wal_bytes":
            tolerance = WAL_TOLERANCE
        elif name in SAME_SERVER and key[2] > LARGE:
            tolerance = LARGE_TOLERANCE
        verdict = AGREES if abs(new - old) <= tolerance * max(old, new) else DIFFERS
        return Figure(key, name, verdict, "", f"{old:,}", f"{new:,}")

    def _ratio(self, key: Key, x: Cell, y: Cell) -> Figure:
        to = [one.about.get("reference", "nothing") for one in (self.a, self.b)]
        if key[0] != LADDER and to[0] != to[1]:
            reason = f"ratios to {to[0]} against ratios to {to[1]}"
            return Figure(key, RATIO, NOT_COMPARABLE, reason)
        of = next((of for of in RATIOS if of in x.ratios and of in y.ratios), "")
        if not of:
            reason = f"only {'A' if x.ratios else 'B'} was timed"
            return Figure(key, RATIO, NOT_COMPARABLE, reason)
        intervals, shown = [], []
        for owner, cell, noise in zip("AB", (x, y), self.noise[of], strict=True):
            if cell.rounds < FEWEST_ROUNDS:
                reason = f"too few samples: under {FEWEST_ROUNDS} rounds in {owner}"
                return Figure(key, RATIO, NOT_COMPARABLE, reason)
            if not noise:
                return Figure(key, RATIO, NOT_COMPARABLE, f"{owner} has no A/A control")
            low, high = noise.interval(key, cell.ratios[of], cell.rounds)
            intervals.append((low, high))
            shown.append(f"{cell.ratios[of].median:.3g} ({low:.3g}–{high:.3g})")
        (low, high), (other_low, other_high) = intervals
        overlap = low <= other_high and other_low <= high
        return Figure(key, RATIO, AGREES if overlap else DIFFERS, "", *shown)


def against(old: str, new: str) -> str:
    """ "PostgreSQL 17 against 18", of two texts that begin alike."""
    return f"{old} against {new.split()[-1]}"


def page(comparison: Comparison) -> list[str]:
    """The comparison in lines of at most WIDTH columns."""
    a, b = comparison.a, comparison.b
    exact = [one for one in comparison.figures if one.name != RATIO]
    ratios = [one for one in comparison.figures if one.name == RATIO]
    lines = [*head("A", a), *head("B", b), *notes(a, b), "", *table(comparison), ""]
    lines += [*conclusion(exact, ratios), *not_comparable(comparison)]
    if differing := [one for one in exact if one.verdict == DIFFERS]:
        lines += ["", "EXACT FIGURES THAT DIFFER, A → B", *likely(a, b, differing)]
        lines += differing_cells(comparison, differing)
    if differing := [one for one in ratios if one.verdict == DIFFERS]:
        lines += ["", "RATIOS THAT DIFFER, A → B, each with where it may lie in its run's noise"]
        for one in differing:
            where = f", {one.key[2]:,} players" if one.key[2] else ""
            cell = f"{comparison.operation(one.key)}, {comparison.subject(one.key)}{where}"
            lines += listed(f"{cell}: {one.old} → {one.new}")
    return lines


def wrapped(text: str, indent: str = "", hanging: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + hanging)


def listed(text: str) -> list[str]:
    return wrapped(f"- {text}", "", "  ")


def head(owner: str, report: Report) -> list[str]:
    """What a report is of, in a few lines."""
    about = report.about
    commit = about.get("commit", "")[:10] or "unknown"
    changed = " and changes" if about.get("changed") else ""
    when = about["date"][:16].replace("T", " ")
    mode = about.get("mode", "of no mode")
    machine = {name: f"{value}" for name, value in about.get("machine", {}).items()}
    if "cpus" in machine:
        machine["cpus"] += " CPUs"
    if "memory_gb" in machine:
        machine["memory_gb"] += " GB"
    path = report.path.relative_to(ROOT) if report.path.is_relative_to(ROOT) else report.path
    texts = (
        ", ".join(machine.values()),
        ", ".join(f"{name} {version}" for name, version in about["versions"].items()),
        str(path),
    )
    first = f"{owner}  {when}, {mode}, seed {report.seed}, commit {commit}{changed}"
    others = [line for text in texts for line in wrapped(text, "   ")]
    return [*wrapped(first, "", "   "), *others]


def notes(a: Report, b: Report) -> list[str]:
    """What to know before reading on."""
    if a.about == b.about and a.cells == b.cells:
        return wrapped("A and B are one and the same run: that they agree says nothing.")
    found = [
        said
        for name, said in (("contract", "another contract"), ("code", "other code"))
        if a.about.get(name) != b.about.get(name)
    ]
    for old, new in ((a.django, b.django), (a.postgresql, b.postgresql)):
        found += [against(old, new)] if old != new else []
    for name in sorted({*a.about["settings"], *b.about["settings"]}):
        if a.setting(name) != b.setting(name):
            found.append(f"{name} {a.setting(name)} against {b.setting(name)}")
    lines = []
    if found:
        what = "; ".join(found)
        lines += wrapped(f"Not the same: {what}. Exact figures may differ for that reason.")
    ratios = [
        set().union(*(cell.ratios for key, cell in one.cells.items() if key[0] != LADDER))
        for one in (a, b)
    ]
    if {"client_cpu"} in ratios:
        lines += wrapped("Not both runs could see the backend's CPU: ratios are of the client's.")
    return lines


def table(comparison: Comparison) -> list[str]:
    """How many figures of each operation got which verdict."""
    rows: dict[str, Counter[tuple[bool, str]]] = {}
    for one in comparison.figures:
        row = rows.setdefault(comparison.operation(one.key), Counter())
        row[one.name == RATIO, one.verdict] += 1
    total = sum(rows.values(), Counter[tuple[bool, str]]())

    def line(title: str, row: Counter[tuple[bool, str]]) -> str:
        verdicts = [(ratio, verdict) for ratio in (False, True) for verdict in VERDICTS]
        numbers = "".join(f"{row[verdict] or '·':>8}" for verdict in verdicts)
        return f"{textwrap.shorten(title, 29, placeholder='…'):30}{numbers}"

    rule = "─" * 78
    return [
        f"{'':30}{'exact figures':^24}{'CPU ratios':^24}".rstrip(),
        f"{'n. c.: not comparable':30}{'   agree  differ   n. c.' * 2}",
        *(rule, *(line(title, row) for title, row in rows.items())),
        *(rule, line("all", total), rule),
    ]


def conclusion(exact: Sequence[Figure], ratios: Sequence[Figure]) -> list[str]:
    """The comparison in a few sentences."""
    verdicts = Counter(one.verdict for one in (*exact, *ratios))
    if not verdicts[DIFFERS]:
        if not verdicts[AGREES]:
            return ["Nothing can be compared."]
        which = "that can be compared agree" if verdicts[NOT_COMPARABLE] else "agree"
        return [f"All {verdicts[AGREES]:,} figures {which}.", *told_apart(ratios)]
    lines = []
    for name, figures in (("exact figures", exact), ("ratios", ratios)):
        count = Counter(one.verdict for one in figures)
        of = count[AGREES] + count[DIFFERS]
        lines += [f"{count[DIFFERS]:,} of {of:,} {name} differ beyond noise."] if of else []
        chance = math.ceil(CHANCE * of)
        if count[DIFFERS] and figures is ratios:
            advice = ": measure again before you believe it" if count[DIFFERS] <= chance else ""
            lines += wrapped(f"Chance alone may make {chance} of so many ratios differ{advice}.")
    return [*lines, *told_apart(ratios)]


def told_apart(ratios: Sequence[Figure]) -> list[str]:
    """What it means that ratios agree, if any do."""
    if all(one.verdict != AGREES for one in ratios):
        return []
    return ["A ratio that agrees is one that these two runs do not tell apart."]


def not_comparable(comparison: Comparison) -> list[str]:
    """Each reason once, with how many and which figures it is of."""
    reasons: dict[str, list[Figure]] = {}
    for one in comparison.figures:
        if one.verdict == NOT_COMPARABLE:
            reasons.setdefault(one.reason, []).append(one)
    lines = ["", "NOT COMPARABLE BECAUSE …"] if reasons else []
    for reason, figures in reasons.items():
        operations = list(dict.fromkeys(comparison.operation(one.key) for one in figures))
        names = list(dict.fromkeys(one.name for one in figures))
        of = [", ".join(names)] if len(names) <= 4 else []
        of += [f"of {', '.join(operations)}"] if len(operations) <= 4 else []
        number = f"{len(figures):,} figure{'s' * (len(figures) > 1)}"
        lines += listed(f"{reason}: {number}{', ' * bool(of)}{' '.join(of)}")
    return lines


def likely(a: Report, b: Report, differing: Sequence[Figure]) -> list[str]:
    """What may well be the reason of what differs."""
    names, lines = {one.name for one in differing}, []
    if a.django != b.django and names & {"statements", "round_trips", "fk_checks"}:
        what = against(a.django, b.django)
        lines += wrapped(f"{what}: the likely reason where the statements are others.")
    if a.postgresql != b.postgresql and names & {NODES, INDEXES}:
        what = against(a.postgresql, b.postgresql)
        lines += wrapped(f"{what}: the likely reason where only the plans are others.")
    return lines


def differing_cells(comparison: Comparison, differing: Sequence[Figure]) -> list[str]:
    """What differs in each cell, sizes together where the SQL differs in the same way."""
    blocks: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for key, figures in groupby(differing, lambda one: one.key):
        named = [f"{f.name} {f.old} → {f.new}" if f.old else f.name for f in figures]
        size = f"{key[2]:,} players: " if key[2] else ""
        sql = sql_changes(comparison.a.cells[key], comparison.b.cells[key])
        cell = f"{comparison.operation(key)}, {comparison.subject(key)}"
        blocks.setdefault((cell, tuple(sql)), []).append(size + ", ".join(named))
    lines = []
    for (cell, block), sizes in blocks.items():
        lines += [
            "",
            *wrapped(cell),
            *(line for size in sizes for line in wrapped(size, "  ", "  ")),
        ]
        lines += block or ["  by the same statements and plans"]
    return lines


def sql_changes(x: Cell, y: Cell) -> Iterator[str]:
    """The statements of one cell only, then those called more often or planned otherwise."""
    old, new = x.statements, y.statements
    gone = [one for sql, one in old.items() if sql not in new]
    come = [one for sql, one in new.items() if sql not in old]
    for pair in zip_longest(gone, come):
        for owner, one, other in zip("AB", pair, reversed(pair), strict=True):
            if one:
                yield from wrapped(f"only in {owner}, {one.place}:", "  ", "  ")
                yield from shortened(one.sql, other.sql if other else "")
                yield from plan_lines("plan", one)
    for sql, one in old.items():
        other = new.get(sql, one)
        if one.calls != other.calls:
            yield from wrapped(
                f"called {one.calls:,} → {other.calls:,} times, {other.place}:", "  ", "  "
            )
            yield from shortened(sql)
        if sorted(one.plans) != sorted(other.plans):
            yield from wrapped(f"planned otherwise, {other.place}:", "  ", "  ")
            yield from [*shortened(sql), *plan_lines("A", one), *plan_lines("B", other)]


def plan_lines(title: str, statement: Statement) -> Iterator[str]:
    for nodes, indexes in statement.plans:
        using = f", using {', '.join(indexes)}" if indexes else ""
        yield from wrapped(f"{title}: {', '.join(nodes)}{using}", "      ", "  ")


def shortened(sql: str, other: str = "") -> list[str]:
    """A statement in three lines at most: if need be, from a little before it differs on."""
    same = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(sql, other, strict=False))
    )
    if len(wrapped(sql, "    ")) > 3 and same > 100:
        sql = "… " + sql[same - 60 :].partition(" ")[2]
    lines = wrapped(sql, "    ")
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][: WIDTH - 2] + " …"]


def published() -> Path:
    """The newest published run's file, by the date in it. Raises ReportError."""
    paths = sorted(store.PUBLISHED.glob("*.json"))
    if not paths:
        raise ReportError("no run is published in benchmarks/results: name two, A.json B.json")
    return max(paths, key=lambda path: str(read(path).about["date"]))


def main(arguments: Sequence[str]) -> int:
    """0; with --strict 1 if an exact figure differs or none was compared; 2 for bad input."""
    parser = OneLineParser(
        prog="nox -s compare_reports --",
        description="Set your last run, or MINE.json, against the published one; or B against A.",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="RUN.json", help="none to two")
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 if an exact figure differs"
    )
    options = parser.parse_args(arguments)
    if len(options.files) > 2:
        parser.error("two reports at most: A.json B.json")
    try:
        mine = options.files[-1] if options.files else store.newest()
        older = options.files[0] if len(options.files) == 2 else published()
        comparison = Comparison(read(older), read(mine))
    except ReportError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 2
    try:
        print("\n".join(page(comparison)), flush=True)
    except BrokenPipeError:  # who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    exact = {one.verdict for one in comparison.figures if one.name != RATIO}
    return 1 if options.strict and (DIFFERS in exact or AGREES not in exact) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A comparison as text, in the words of report/templates/comparison.txt."""

import math
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile, zip_longest
from pathlib import Path
from typing import Any

from benchmarks.compare_reports.comparison import (
    AGREES,
    DIFFERS,
    INDEXES,
    LADDER,
    NODES,
    NOT_COMPARABLE,
    RATIO,
    VERDICTS,
    Comparison,
    Figure,
    Sent,
    Side,
    against,
    django,
    postgresql,
    setting,
)
from benchmarks.report.rendering import filled
from harness.variants import ROOT

WIDTH = 80
# The share of ratios that differ where nothing does is less in simulated pairs of runs, whose
# blocks and processes scatter (repo_tests/test_noise.py).
CHANCE = 0.005
# What may be the reason of figures that differ, by what is other.
LIKELY = (
    (django, {"statements", "round_trips", "fk_checks"}, "the statements"),
    (postgresql, {NODES, INDEXES}, "only the plans"),
)


def page(comparison: Comparison, paths: Sequence[Path]) -> str:
    """The whole page of two runs that were read from those files."""
    a, b = (run.about for run in comparison.runs)
    exact = of_verdicts([one for one in comparison.figures if one.name != RATIO])
    ratios = of_verdicts([one for one in comparison.figures if one.name == RATIO])
    files = [path.relative_to(ROOT) if path.is_relative_to(ROOT) else path for path in paths]
    names = {one.name for one in exact["differ"]}
    text = filled(
        "comparison.txt",
        runs=zip("AB", (a, b), files, strict=True),
        same=a == b and comparison.sides[0] == comparison.sides[1],
        unlike=unlike(comparison),
        only_the_clients=any(map(only_the_clients, comparison.sides)),
        table=table(comparison),
        exact=exact,
        ratios=ratios,
        agree=len(exact["agree"]) + len(ratios["agree"]),
        differ=exact["differ"] or ratios["differ"],
        chance=math.ceil(CHANCE * ratios["compared"]),
        reasons=not_comparable(comparison),
        likely=[
            (against(version(a), version(b)), what)
            for version, figures, what in LIKELY
            if version(a) != version(b) and names & figures
        ],
        cells=differing_cells(comparison, exact["differ"]),
        other_ratios=[
            (", ".join([cell_of(comparison, one), *size_of(one)]), one.old, one.new)
            for one in ratios["differ"]
        ],
    )
    return laid_out(text)


def of_verdicts(figures: Sequence[Figure]) -> dict[str, Any]:
    """Those that agree, those that differ, and how many were compared."""
    agree, differ = ([one for one in figures if one.verdict == it] for it in (AGREES, DIFFERS))
    return {"agree": agree, "differ": differ, "compared": len(agree) + len(differ)}


def laid_out(text: str) -> str:
    """Lines of at most WIDTH columns, of which none can move a cursor, whatever stood in a file.

    What is too long goes on in the next line, further in where it is indented or an item.
    """
    found = []
    for line in text.split("\n"):
        printable = "".join(c if c.isprintable() else " " for c in line)
        indent = len(line) - len(line.lstrip(" "))
        hanging = " " * (indent + 2 if indent or line.startswith("- ") else 0)
        found += textwrap.wrap(printable, WIDTH, subsequent_indent=hanging) or [""]
    return "\n".join(found)


def cell_of(comparison: Comparison, one: Figure) -> str:
    return f"{comparison.operation(one.key)}, {comparison.subject(one.key)}"


def size_of(one: Figure) -> list[str]:
    """None for a step of the ladder."""
    return [f"{one.key[1]:,} players"] if one.key[1] else []


def only_the_clients(side: dict[Any, Side]) -> bool:
    """Whether no ratio of a run's cells is of both sides' CPU."""
    named = {name for key, one in side.items() if key[0] != LADDER for name in one.ratios}
    return named == {"client_cpu"}


def unlike(comparison: Comparison) -> list[str]:
    """What to know of the two runs before reading on."""
    a, b = (run.about for run in comparison.runs)
    found = ["another contract"] if a.contract != b.contract else []
    found += ["other code"] if a.code != b.code else []
    for version in (django, postgresql):
        found += [against(version(a), version(b))] if version(a) != version(b) else []
    for name in sorted({*a.settings, *b.settings}):
        old, new = setting(a, name), setting(b, name)
        found += [f"{name} {old} against {new}"] if old != new else []
    return found


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


def not_comparable(comparison: Comparison) -> list[tuple[str, int, str]]:
    """Each reason once, with how many and which figures it is of."""
    reasons: dict[str, list[Figure]] = {}
    for one in comparison.figures:
        if one.verdict == NOT_COMPARABLE:
            reasons.setdefault(one.reason, []).append(one)
    found = []
    for reason, figures in reasons.items():
        operations = list(dict.fromkeys(comparison.operation(one.key) for one in figures))
        names = list(dict.fromkeys(one.name for one in figures))
        of = [", ".join(names)] if len(names) <= 4 else []
        of += [f"of {', '.join(operations)}"] if len(operations) <= 4 else []
        found.append((reason, len(figures), " ".join(of)))
    return found


def differing_cells(comparison: Comparison, differing: Sequence[Figure]) -> list[str]:
    """What differs in each cell, sizes together where the SQL differs in the same way."""
    blocks: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for key, group in groupby(differing, lambda one: one.key):
        figures = [*group]
        named = [f"{one.name} {one.old} → {one.new}" if one.old else one.name for one in figures]
        changes = tuple(sql_changes(*(sides[key] for sides in comparison.sides)))
        block = cell_of(comparison, figures[0]), changes
        blocks.setdefault(block, []).append(": ".join([*size_of(figures[0]), ", ".join(named)]))
    lines = []
    for (cell, changes), sizes in blocks.items():
        lines += ["", cell, *(f"  {size}" for size in sizes)]
        lines += changes or ["  by the same statements and plans"]
    return lines


def sql_changes(x: Side, y: Side) -> Iterator[str]:
    """The statements of one side only, then those called more often or planned otherwise."""
    gone = [sql for sql in x.sent if sql not in y.sent]
    come = [sql for sql in y.sent if sql not in x.sent]
    for old, new in zip_longest(gone, come, fillvalue=""):
        for owner, side, sql, other in (("A", x, old, new), ("B", y, new, old)):
            if sql:
                yield f"  only in {owner}, {side.sent[sql].place}:"
                yield from [*shortened(sql, other), *plans("plan", side.sent[sql])]
    for sql in (sql for sql in x.sent if sql in y.sent):
        before, after = x.sent[sql], y.sent[sql]
        if before.calls != after.calls:
            yield f"  called {before.calls:,} → {after.calls:,} times, {after.place}:"
            yield from shortened(sql)
        if sorted(before.plans) != sorted(after.plans):
            yield f"  planned otherwise, {after.place}:"
            yield from [*shortened(sql), *plans("A", before), *plans("B", after)]


def plans(title: str, sent: Sent) -> Iterator[str]:
    for nodes, indexes in sent.plans:
        using = f", using {', '.join(indexes)}" if indexes else ""
        yield f"      {title}: {', '.join(nodes)}{using}"


def shortened(sql: str, other: str = "") -> list[str]:
    """A statement in three lines at most: if need be, from a little before it differs on."""
    same = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(sql, other, strict=False))
    )
    lines = textwrap.wrap(f"    {sql}", WIDTH, subsequent_indent="    ")
    if len(lines) > 3 and same > 100:
        rest = sql[same - 60 :].partition(" ")[2]
        lines = textwrap.wrap(f"    … {rest}", WIDTH, subsequent_indent="    ")
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][: WIDTH - 2] + " …"]

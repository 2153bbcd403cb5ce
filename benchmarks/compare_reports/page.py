"""A comparison as text."""

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile, zip_longest
from pathlib import Path

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
from benchmarks.run_file import About
from harness.text import number
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
    exact = [one for one in comparison.figures if one.name != RATIO]
    ratios = [one for one in comparison.figures if one.name == RATIO]
    lines = [*head("A", a, paths[0]), *head("B", b, paths[1]), *notes(comparison), ""]
    lines += [*table(comparison), "", *conclusion(exact, ratios), *not_comparable(comparison)]
    if differing := [one for one in exact if one.verdict == DIFFERS]:
        lines += ["", "EXACT FIGURES THAT DIFFER, A → B", *likely(a, b, differing)]
        lines += differing_cells(comparison, differing)
    if differing := [one for one in ratios if one.verdict == DIFFERS]:
        lines += ["", "RATIOS THAT DIFFER, A → B, each with where it may lie in its run's noise"]
        for one in differing:
            where = f", {one.key[1]:,} players" if one.key[1] else ""
            lines.append(f"- {cell_of(comparison, one)}{where}: {one.old} → {one.new}")
    return laid_out(lines)


def laid_out(lines: Iterable[str]) -> str:
    """Lines of at most WIDTH columns, of which none can move a cursor, whatever stood in a file.

    What is too long goes on in the next line, further in where it is indented or an item.
    """
    found = []
    for line in lines:
        text = "".join(c if c.isprintable() else " " for c in line)
        indent = len(text) - len(text.lstrip(" "))
        hanging = " " * (indent + 2 if indent or text.startswith("- ") else 0)
        found += textwrap.wrap(text, WIDTH, subsequent_indent=hanging) or [""]
    return "\n".join(found)


def cell_of(comparison: Comparison, one: Figure) -> str:
    return f"{comparison.operation(one.key)}, {comparison.subject(one.key)}"


def head(owner: str, about: About, path: Path) -> list[str]:
    """What a run is of, in a few lines."""
    texts = (
        about.machine.words,
        ", ".join(f"{name} {version}" for name, version in about.versions.items()),
        str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path),
    )
    first = (
        f"{owner}  {about.date[:16].replace('T', ' ')}, {about.mode}, seed {about.seed}, "
        f"commit {about.commit[:10] or 'unknown'}{' and changes' * about.changed}"
    )
    return [first, *(f"   {one}" for one in texts)]


def notes(comparison: Comparison) -> list[str]:
    """What to know before reading on."""
    a, b = (run.about for run in comparison.runs)
    if a == b and comparison.sides[0] == comparison.sides[1]:
        return ["A and B are one and the same run: that they agree says nothing."]
    found = ["another contract"] if a.contract != b.contract else []
    found += ["other code"] if a.code != b.code else []
    for version in (django, postgresql):
        found += [against(version(a), version(b))] if version(a) != version(b) else []
    for name in sorted({*a.settings, *b.settings}):
        old, new = setting(a, name), setting(b, name)
        found += [f"{name} {old} against {new}"] if old != new else []
    lines = []
    if found:
        what = "; ".join(found)
        lines.append(f"Not the same: {what}. Exact figures may differ for that reason.")
    for sides in comparison.sides:
        named = {name for key, one in sides.items() if key[0] != LADDER for name in one.ratios}
        if named == {"client_cpu"}:
            lines.append("Not both runs could see the backend's CPU: ratios are of the client's.")
            break
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
    lines = []
    if not verdicts[DIFFERS]:
        if not verdicts[AGREES]:
            return ["Nothing can be compared."]
        which = "that can be compared agree" if verdicts[NOT_COMPARABLE] else "agree"
        lines = [f"All {verdicts[AGREES]:,} figures {which}."]
    else:
        for name, figures in (("exact figures", exact), ("ratios", ratios)):
            count = Counter(one.verdict for one in figures)
            of = count[AGREES] + count[DIFFERS]
            lines += [f"{count[DIFFERS]:,} of {of:,} {name} differ beyond noise."] if of else []
            if count[DIFFERS] and figures is ratios:
                chance = math.ceil(CHANCE * of)
                again = ": measure again before you believe it" * (count[DIFFERS] <= chance)
                lines.append(f"Chance alone may make {chance} of so many ratios differ{again}.")
    if any(one.verdict == AGREES for one in ratios):
        lines.append("A ratio that agrees is one that these two runs do not tell apart.")
    return lines


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
        told = ", ".join([number(len(figures), "figure"), *([" ".join(of)] if of else [])])
        lines.append(f"- {reason}: {told}")
    return lines


def likely(a: About, b: About, differing: Sequence[Figure]) -> list[str]:
    """What may well be the reason of what differs."""
    names, lines = {one.name for one in differing}, []
    for version, figures, what in LIKELY:
        old, new = version(a), version(b)
        if old != new and names & figures:
            lines.append(f"{against(old, new)}: the likely reason where {what} are others.")
    return lines


def differing_cells(comparison: Comparison, differing: Sequence[Figure]) -> list[str]:
    """What differs in each cell, sizes together where the SQL differs in the same way."""
    blocks: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for key, group in groupby(differing, lambda one: one.key):
        figures = [*group]
        named = [f"{one.name} {one.old} → {one.new}" if one.old else one.name for one in figures]
        size = f"{key[1]:,} players: " if key[1] else ""
        changes = tuple(sql_changes(*(sides[key] for sides in comparison.sides)))
        block = cell_of(comparison, figures[0]), changes
        blocks.setdefault(block, []).append(size + ", ".join(named))
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

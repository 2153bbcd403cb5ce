"""What a run shows in plain sentences, computed from its figures."""

import math
import re
from typing import Any

from benchmarks.operations import OPERATIONS
from benchmarks.report import text
from benchmarks.report.model import Report
from benchmarks.report.rendering import filled
from benchmarks.report.text import count, listed, players, times, titles, upper
from benchmarks.stats import Ratio, Verdict
from harness.text import number

FLAT, STEEP = 0.15, 0.85  # exponents below are no growth to speak of; above, growth like N's

Sentence = tuple[str, str]  # what about, and what is said of it

IN_SHORT = (
    "Counts are exact. CPU is set against the reference's block by block; below 1 is less. "
    "A tie is a ratio that this run cannot tell from 1, which does not prove that there is no "
    "difference. Absolute times hold for this machine only."
)


def introduction(report: Report) -> str:
    """What was measured, where and when."""
    sizes = listed(f"{size:,}" for size in report.sizes)
    when, where = text.day(report.about.date), report.about.machine.words
    with_what = listed(f"{name} {version}" for name, version in report.about.versions.items())
    return (
        f"{number(len(report.operations), 'operation')} at {sizes} players, measured on {when}, "
        f"on {where}; {with_what}."
    )


def reservations(report: Report, operation: str | None = None) -> list[str]:
    """A sentence for each operation, or for that one, that measures less than it seems to."""
    wanted = [one for one in OPERATIONS.values() if operation in {None, one.id}]
    return [
        f"{titles(report, [one.id])} {one.reservation}."
        for one in wanted
        if one.reservation and one.id in report.operations
    ]


def tie_rule(report: Report) -> list[str]:
    """The rule that decides what is called a tie, in words."""
    widest = max(report.noise.widths.items(), key=lambda item: item[1]) if report.noise else None
    return filled("tie_rule.txt", report=report, widest=widest).split("\n\n")


def verdict(report: Report) -> list[Sentence]:
    """The short verdict at the largest size; templates/verdict.txt has the words."""
    facts = {
        **_statements(report),
        **_winners(report),
        "cpu": text.cpu(report),
        "compared": text.compared(report),
        "variants": text.variants(report),
        "cpu_of": [_cpu(report, subject) for subject in report.others if _judged(report, subject)],
        "misleading": _misleading(report),
        "spills": _spills(report),
        "grown": _grown(report),
        "stored": _stored(report),
        "hashing": _hashing(report),
        "noisy": _noisy(report),
    }
    sentences = re.split("^# ", filled("verdict.txt", report=report, **facts), flags=re.MULTILINE)
    found = [one.partition("\n") for one in sentences[1:]]
    return [(about, re.sub("[ \n]+", " ", told).strip()) for about, _, told in found]


def _of_variants(report: Report, metric: str) -> dict[str, list[int]]:
    """A figure of each variant, of the operations that all of them did at the largest size."""
    found = {}
    for operation in report.operations:
        cells = report.at(operation)
        if all(id in cells for id in report.variants):
            found[operation] = [cells[id].exact[metric] for id in report.variants]
    return found


def differing(report: Report) -> dict[str, list[int]]:
    """How many statements each variant sends, where not all send the same number."""
    sent = _of_variants(report, "statements")
    return {one: numbers for one, numbers in sent.items() if len({*numbers}) > 1}


def _statements(report: Report) -> dict[str, Any]:
    """Who sends most, and where the gap is widest; and foreign-key checks, which no count of
    statements shows."""
    sent, found = _of_variants(report, "statements"), differing(report)
    by_title = {report.title(id): place for place, id in enumerate(report.variants)}
    firsts = {
        title: sum(numbers[place] == max(numbers) for numbers in found.values())
        for title, place in by_title.items()
    }
    gaps = {one: max(numbers) / max(1, min(numbers)) for one, numbers in found.items()}
    return {
        "sent": sent,
        "differing": found,
        "most": [f"{title} in {first}" for title, first in firsts.items() if first],
        "shared": any(numbers.count(max(numbers)) > 1 for numbers in found.values()),
        "never": [
            title
            for title, place in by_title.items()
            if all(numbers[place] == min(numbers) for numbers in sent.values())
        ],
        "widest": [max(gaps, key=lambda one: gaps[one])] if gaps else [],
        "checked": [
            [one] for one, numbers in _of_variants(report, "fk_checks").items() if any(numbers)
        ],
    }


def _compared(report: Report) -> list[str]:
    """The operations whose figures say something of the strategies."""
    return [
        id
        for id in report.operations
        if id not in OPERATIONS or OPERATIONS[id].compares_strategies
    ]


def _judged(report: Report, subject: str) -> dict[str, tuple[Ratio, Verdict]]:
    """How a strategy's CPU stands to the reference's, by operation."""
    found = {operation: report.judged(operation, subject) for operation in _compared(report)}
    return {operation: judged for operation, judged in found.items() if judged}


def _cpu(report: Report, subject: str) -> tuple[str, int, list[str]]:
    """A strategy's title, in how many operations it is judged, and how it stands in them."""
    judged, parts = _judged(report, subject), []
    for verdict, which in ((Verdict.MORE, "most"), (Verdict.LESS, "least")):
        ratios = {one: ratio.median for one, (ratio, found) in judged.items() if found == verdict}
        if ratios:
            parts.append(f"{verdict} in {len(ratios)} ({_span(report, ratios, which)})")
    if ties := [one for one, (_, found) in judged.items() if found == Verdict.TIE]:
        parts.append(f"not told apart by this run in {len(ties)} ({titles(report, ties)})")
    return report.title(subject), len(judged), parts


def _span(report: Report, ratios: dict[str, float], which: str) -> str:
    """The span of some operations' ratios, and whose is farthest from 1."""
    farthest = (max if which == "most" else min)(ratios, key=lambda one: ratios[one])
    if len(ratios) == 1:
        return f"{titles(report, ratios)}, {times(ratios[farthest])} times"
    low, high = times(min(ratios.values())), times(max(ratios.values()))
    return f"{low} to {high} times, {which} in {titles(report, [farthest])}"


def _winners(report: Report) -> dict[str, Any]:
    """Where each strategy wins, beyond noise, against each other one."""
    if not (report.noise and report.others):
        return {}
    won: dict[str, list[str]] = {id: [] for id in (*report.variants, "")}
    for operation in _compared(report):
        won[report.winner(operation)].append(operation)
    return {"won": [(report.title(id), won[id]) for id in report.variants], "unwon": won[""]}


def _misleading(report: Report) -> list[tuple[list[str], str, int, int, float]]:
    """Where a strategy touches fewer buffers than the reference and takes more CPU, or the
    other way round."""
    found = []
    for operation in _compared(report):
        base = report.cell(operation, report.reference)
        for subject in report.others:
            cell, judged = report.cell(operation, subject), report.judged(operation, subject)
            if base and cell and judged:
                own, other = cell.exact["buffers"], base.exact["buffers"]
                contrary = Verdict.MORE if own < other else Verdict.LESS
                if own != other and judged[1] == contrary:
                    title, ratio = report.title(subject), judged[0].median
                    found.append(([operation], title, own, other, ratio))
    return found


def _spills(report: Report) -> list[tuple[list[str], str, int]]:
    return [
        ([operation], report.title(id), cell.exact["temp_blocks"])
        for operation in report.operations
        for id, cell in report.at(operation).items()
        if report.kind(id) == "variant" and cell.exact["temp_blocks"]
    ]


def _grown(report: Report) -> dict[str, list[str]]:
    """The operations by how their buffers grow with N."""
    kinds: dict[str, list[str]] = {}
    for operation in report.operations:
        exponents = [report.exponent(operation, id, "buffers") for id in report.variants]
        grown = {in_words(value) for value in exponents if value is not None}
        if grown:
            kind = grown.pop() if len(grown) == 1 else "not alike in all strategies"
            kinds.setdefault(kind, []).append(operation)
    return kinds


def in_words(exponent: float) -> str:
    """How something grows with N."""
    if exponent < -FLAT:
        return "falling"
    if exponent <= FLAT:
        return "flat"
    if exponent < STEEP:
        return "slower than N"
    return "in proportion to N" if exponent <= 2 - STEEP else "faster than N"


def _stored(report: Report) -> list[str]:
    by_variant = {id: report.about.storage.get(id, {}) for id in report.variants}
    return [
        f"{report.title(id)} {text.size(sizes[report.largest].bytes)}"
        for id, sizes in by_variant.items()
        if report.largest in sizes
    ]


def _hashing(report: Report) -> str:
    """What share of a registration, measured with one round, a real hash would be, in percent."""
    hash = report.about.hash
    cell = report.cell("register", report.reference)
    cpu = cell.seconds.get("cpu") if cell else None
    return f"{100 * hash.cpu_seconds / (hash.cpu_seconds + cpu.median):.0f}" if cpu else ""


def _noisy(report: Report) -> list[str]:
    """The reasons to warn: the machine was busy, or its noise is wide."""
    machine, noise = report.about.machine, report.noise
    load = max([0, *machine.load_before[:1], *machine.load_after[:1]])
    reasons = []
    if machine.cpus and load > machine.cpus:
        reasons.append(f"its load was {load:.1f} on {machine.cpus} CPUs")
    if noise and noise.typical > math.log(1.1):
        reasons.append(f"half of the controls stay within {text.percent(noise.typical)} only")
    return reasons


def growth(report: Report, operation: str, metric: str) -> str:
    """A chart of `metric` over N in words, the subjects that grow alike named together."""
    kinds: dict[str, list[str]] = {}
    last = []
    for id in report.drawn:
        points = report.points(operation, id, metric)
        value = report.exponent(operation, id, metric)
        if points and points[-1][0] == report.largest:
            figure = (count if metric == "buffers" else text.seconds)(points[-1][1])
            last.append(f"{report.title(id)} {figure}")
        if value is not None:
            named = f"{report.title(id)} ({text.exponent(value)})"
            kinds.setdefault(in_words(value), []).append(named)
    if last:
        kinds[f"at {players(report.largest)}"] = last
    return ". ".join(upper(f"{kind}: {', '.join(of)}") for kind, of in kinds.items()) + "."

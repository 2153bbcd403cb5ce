"""What a run shows in plain sentences, computed from its figures."""

import math
from collections.abc import Iterator

from benchmarks.report import text
from benchmarks.report.model import Report
from benchmarks.report.rendering import filled
from benchmarks.report.text import count, listed, players, times, titles, upper
from benchmarks.run_file import Cell
from benchmarks.stats import Verdict
from harness.text import number

FLAT, STEEP = 0.15, 0.85  # exponents below are no growth to speak of; above, growth like N's

Sentence = tuple[str, str]  # what about, and what is said of it
Sentences = Iterator[Sentence]

# What is said of an operation whose figures compare no strategies; no sentence concludes from it.
NO_COMPARISON = {
    "per_birth_year": (
        "measures how the count is asked, not the strategies: it counts keys, which no index on "
        "birth dates alone can answer, so PostgreSQL reads the table itself"
    )
}
# What is said of one that measures less than its name promises.
ONLY_A_PART = {
    "page_first": (
        "is the list alone: the page that a visitor loads also counts all players, which takes "
        "longer the more there are"
    )
}
IN_SHORT = (
    "Counts are exact. CPU is set against the reference's block by block; below 1 is less. "
    "A tie is a ratio that this run cannot tell from 1, which does not prove that there is no "
    "difference. Absolute times hold for this machine only."
)


def introduction(report: Report) -> str:
    """What was measured, where and when."""
    sizes = listed(f"{size:,}" for size in report.sizes)
    parts = [f"{number(len(report.operations), 'operation')} at {sizes} players"]
    if report.about.date:
        parts.append(f"measured on {text.day(report.about.date)}")
    if where := report.about.machine.words:
        parts.append(f"on {where}")
    with_what = listed(f"{name} {version}" for name, version in report.about.versions.items())
    return f"{', '.join(parts)}; {with_what}."


def reservations(report: Report, operation: str | None = None) -> list[str]:
    """A sentence for each operation, or for that one, that measures less than it seems to."""
    return [
        f"{titles(report, [one])} {told}."
        for one, told in {**ONLY_A_PART, **NO_COMPARISON}.items()
        if one in report.operations and operation in {None, one}
    ]


def tie_rule(report: Report) -> list[str]:
    """The rule that decides what is called a tie, in words."""
    widest = max(report.noise.widths.items(), key=lambda item: item[1]) if report.noise else None
    return filled("tie_rule.txt", report=report, widest=widest).split("\n\n")


def verdict(report: Report) -> list[Sentence]:
    """The short verdict at the largest size."""
    parts = (
        *(_statements, _checks, _cpu, _winners, _buffers_lie, _spills),
        *(_growth, _disk, _hash, _noisy),
    )
    return [sentence for part in parts for sentence in part(report)]


def _of_variants(report: Report) -> dict[str, list[Cell]]:
    """The operations that all variants did at the largest size, with their cells."""
    found = {}
    for operation in report.operations:
        cells = report.at(operation)
        if all(id in cells for id in report.variants):
            found[operation] = [cells[id] for id in report.variants]
    return found


def statements(report: Report) -> dict[str, list[int]]:
    """How many each variant sends, of the operations that all did."""
    found = _of_variants(report).items()
    return {one: [cell.exact["statements"] for cell in cells] for one, cells in found}


def differing(report: Report) -> dict[str, list[int]]:
    """Those of which not all variants send the same number."""
    return {one: sent for one, sent in statements(report).items() if len({*sent}) > 1}


def _statements(report: Report) -> Sentences:
    """Which sends most, and where the gap is widest."""
    about = "Statements"
    figures, found = statements(report), differing(report)
    if len(report.variants) < 2 or not figures:
        return
    if not found:
        yield about, "In every operation all strategies send the same number."
        return
    firsts = [
        (title, sum(values[n] == max(values) for values in found.values()))
        for n, title in enumerate(map(report.title, report.variants))
    ]
    most = listed(f"{title} in {first}" for title, first in firsts if first)
    shared = any(values.count(max(values)) > 1 for values in found.values())
    told = (
        f"The strategies differ in {len(found)} of {number(len(figures), 'operation')}. "
        f"The most are sent by {most}"
        f"{' (a shared first place counts for each).' if shared else '.'}"
    )
    never = [
        title
        for n, title in enumerate(map(report.title, report.variants))
        if all(values[n] == min(values) for values in figures.values())
    ]
    if never:
        told += f" No other strategy ever sends fewer than {listed(never)}."
    widest = max(found, key=lambda one: max(found[one]) / max(1, min(found[one])))
    gap = text.by_variant(report, widest, "statements")
    told += f" The widest gap is {titles(report, [widest])}: {gap} ({text.variants(report)})."
    yield about, told


def _checks(report: Report) -> Sentences:
    """Foreign-key checks, which a count of statements does not show."""
    found = [
        f"{titles(report, [operation])} {text.by_variant(report, operation, 'fk_checks')}"
        for operation, cells in _of_variants(report).items()
        if any(cell.exact["fk_checks"] for cell in cells)
    ]
    if found:
        told = f"No count of statements shows them ({text.variants(report)}): {'; '.join(found)}."
        yield "Foreign-key checks", told


def _compared(report: Report) -> list[str]:
    """The operations whose figures say something of the strategies."""
    return [operation for operation in report.operations if operation not in NO_COMPARISON]


def _cpu(report: Report) -> Sentences:
    """How each strategy stands to the reference."""
    for subject in report.others:
        found: dict[Verdict, dict[str, float]] = {one: {} for one in Verdict}
        for operation in _compared(report):
            if judged := report.judged(operation, subject):
                found[judged[1]][operation] = judged[0].median
        total = sum(map(len, found.values()))
        if not total:
            continue
        parts = []
        if more := found[Verdict.MORE]:
            parts.append(f"more in {len(more)} ({_span(report, more, 'most')})")
        if less := found[Verdict.LESS]:
            parts.append(f"less in {len(less)} ({_span(report, less, 'least')})")
        if ties := found[Verdict.TIE]:
            named = titles(report, ties)
            parts.append(f"not told apart by this run in {len(ties)} ({named})")
        yield (
            f"{upper(text.cpu(report))} of {report.title(subject)}",
            f"Against {text.compared(report)}, in {number(total, 'operation')}: "
            f"{'; '.join(parts)}.",
        )


def _span(report: Report, ratios: dict[str, float], which: str) -> str:
    """The span of some operations' ratios, and whose is farthest from 1."""
    farthest = (max if which == "most" else min)(ratios, key=lambda one: ratios[one])
    if len(ratios) == 1:
        return f"{titles(report, ratios)}, {times(ratios[farthest])} times"
    low, high = times(min(ratios.values())), times(max(ratios.values()))
    return f"{low} to {high} times, {which} in {titles(report, [farthest])}"


def _winners(report: Report) -> Sentences:
    """Where each strategy wins, beyond noise, against each other one."""
    if not (report.noise and report.others):
        return
    won: dict[str, list[str]] = {id: [] for id in (*report.variants, "")}
    for operation in _compared(report):
        won[report.winner(operation)].append(operation)
    parts = [
        f"{report.title(id)} in "
        + (f"{len(won[id])} ({titles(report, won[id])})" if won[id] else "none")
        for id in report.variants
    ]
    told = f"Beyond noise: {'; '.join(parts)}."
    if ties := won[""]:
        told += f" No single winner in {len(ties)} ({titles(report, ties)})."
    yield f"The least {text.cpu(report)}", told


def _buffers_lie(report: Report) -> Sentences:
    """Where a strategy touches fewer buffers than the reference and takes more CPU, or the
    other way round."""
    found = []
    for operation in _compared(report):
        base = report.cell(operation, report.reference)
        for subject in report.others:
            cell, judged = report.cell(operation, subject), report.judged(operation, subject)
            if not (base and cell and judged):
                continue
            own, other = cell.exact["buffers"], base.exact["buffers"]
            ratio, verdict = judged
            if (own < other and verdict == Verdict.MORE) or (
                own > other and verdict == Verdict.LESS
            ):
                found.append(
                    f"in {titles(report, [operation])} {report.title(subject)} looks at "
                    f"{count(own)} where {text.compared(report)} looks at {count(other)}, and "
                    f"takes {times(ratio.median)} times its {text.cpu(report)}"
                )
    if found:
        yield "Buffers are not time", f"{upper('; '.join(found))}."


def _spills(report: Report) -> Sentences:
    found = [
        f"{titles(report, [operation])} by {report.title(id)} ({count(blocks)})"
        for operation in report.operations
        for id, cell in report.at(operation).items()
        if report.kind(id) == "variant" and (blocks := cell.exact["temp_blocks"])
    ]
    if found:
        yield "Temp blocks", f"A sort or a hash left memory in {', '.join(found)}."


def _growth(report: Report) -> Sentences:
    """How buffers grow with N."""
    kinds: dict[str, list[str]] = {}
    for operation in report.operations:
        exponents = [report.exponent(operation, id, "buffers") for id in report.variants]
        grown = {in_words(value) for value in exponents if value is not None}
        if grown:
            kind = grown.pop() if len(grown) == 1 else "not alike in all strategies"
            kinds.setdefault(kind, []).append(operation)
    if kinds:
        parts = [upper(f"{kind}: {titles(report, found)}") for kind, found in kinds.items()]
        span = f"from {report.sizes[0]:,} to {players(report.largest)}"
        yield "Growth", f"Buffers {span}. {'. '.join(parts)}."


def in_words(exponent: float) -> str:
    """How something grows with N."""
    if exponent < -FLAT:
        return "falling"
    if exponent <= FLAT:
        return "flat"
    if exponent < STEEP:
        return "slower than N"
    return "in proportion to N" if exponent <= 2 - STEEP else "faster than N"


def _disk(report: Report) -> Sentences:
    by_variant = {id: report.about.storage.get(id, {}) for id in report.variants}
    found = [
        f"{report.title(id)} {text.size(sizes[report.largest].bytes)}"
        for id, sizes in by_variant.items()
        if report.largest in sizes
    ]
    if len(found) > 1:
        told = f"{upper(players(report.largest))} take, with indexes: {listed(found)}."
        yield "On disk", told


def _hash(report: Report) -> Sentences:
    """What a real password hash would add to a registration measured with one round."""
    hash = report.about.hash
    cell = report.cell("register", report.reference)
    cpu = cell.seconds.get("cpu") if cell else None
    if hash and cpu:
        share = 100 * hash.cpu_seconds / (hash.cpu_seconds + cpu.median)
        yield (
            "Hashing",
            f"A real password hash ({hash.algorithm}, {count(hash.iterations)} iterations) "
            f"takes {text.seconds(hash.cpu_seconds)} of CPU here. The registration measured here "
            f"hashes in one round; with a real hash, {share:.0f} % of it would be hashing, "
            "whatever the strategy.",
        )


def _noisy(report: Report) -> Sentences:
    """A warning where the machine was busy, or its noise is wide."""
    machine, noise = report.about.machine, report.noise
    load = max([0, *machine.load_before[:1], *machine.load_after[:1]])
    reasons = []
    if machine.cpus and load > machine.cpus:
        reasons.append(f"its load was {load:.1f} on {machine.cpus} CPUs")
    if noise and noise.typical > math.log(1.1):
        reasons.append(f"half of the controls stay within {text.percent(noise.typical)} only")
    if reasons:
        yield (
            "Noise",
            f"This run was noisy: {listed(reasons)}. The counts hold all the same; of the "
            "ratios, more are ties than on a quiet machine.",
        )


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

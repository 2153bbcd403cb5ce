"""Figures as text, and what a run shows in plain sentences, computed from its figures.

The HTML and the Markdown take both from here, so that they say the same.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from benchmarks.report.model import Cell, Report, Spread, Verdict

FLAT, STEEP = 0.15, 0.85  # exponents below are no growth to speak of; above, growth like N's
NONE = "–"
SPACE = "\u00a0"  # where no line is to break

Sentences = list[tuple[str, str]]  # what about, and what is said of it

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


def count(value: float) -> str:
    return f"{value:,.0f}"


def number(value: float, thing: str) -> str:
    """A count of things: 1 statement, 2 statements."""
    return f"{count(value)} {thing}{'' if value == 1 else 's'}"


def players(count: int) -> str:
    return f"{count:,} players"


def short(value: float) -> str:
    """A number for a small place: 253, 1.5k, 437k, 1M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit * 0.9995:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.3g}"


def times(ratio: float) -> str:
    """A ratio to two or three digits: 0.055, 0.86, 1.54, 16.9, 253."""
    if ratio < 0.1:
        return f"{ratio:.2g}" if ratio >= 0.0001 else f"{ratio:.0e}"
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}" if ratio < 100 else count(ratio)


def interval(spread: Spread, text: Callable[[float], str] = times) -> str:
    return f"{text(spread.q1)}–{text(spread.q3)}"


def ratio(spread: Spread | None, verdict: Verdict | None = None) -> tuple[str, str]:
    """A ratio in its two parts: the word "tie" or the median, and what stands in brackets."""
    if spread is None:
        return NONE, ""
    if spread.q1 == spread.q3:
        return times(spread.median), "once"
    if verdict == Verdict.TIE:
        return "tie", f"{times(spread.median)}, {interval(spread)}"
    return times(spread.median), interval(spread)


def in_brackets(parts: tuple[str, str]) -> str:
    return f"{parts[0]} ({parts[1]})" if parts[1] else parts[0]


def seconds(value: float | None) -> str:
    if value is None:
        return NONE
    if value >= 999.5:
        return f"{value:,.0f}{SPACE}s"
    for limit, unit in ((1, "s"), (1e-3, "ms")):
        if value >= limit * 0.9995:
            return f"{value / limit:.3g}{SPACE}{unit}"
    return f"{value * 1e6:.3g}{SPACE}µs"


def size(value: float) -> str:
    """Bytes, in units of a thousand."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= limit * 0.9995:
            return f"{value / limit:.3g}{SPACE}{unit}"
    return f"{value:.0f}{SPACE}bytes"


def percent(width: float) -> str:
    """How far noise of a width of |log| goes up."""
    return f"{100 * (math.exp(width) - 1):.0f}{SPACE}%"


def exponent(value: float | None) -> str:
    """With a true minus sign, and no zero below zero."""
    return (
        NONE if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")
    )


def day(text: str) -> str:
    """2026-11-22T18:18:07+00:00 as 22 November 2026, 18:18 UTC."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return text
    months = (
        "January February March April May June July August September October November December"
    )
    zone = " UTC" if date.utcoffset() is not None and not date.utcoffset() else ""
    return f"{date.day} {months.split()[date.month - 1]} {date.year}, {date:%H:%M}{zone}"


def listed(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def ratio_of(cpu_is_whole: bool) -> str:
    """What the CPU of a run is."""
    return "CPU" if cpu_is_whole else "client CPU"


def cpu(report: Report) -> str:
    return ratio_of(report.cpu_is_whole)


def broken_rules(rules: dict[str, list[str]] | None) -> str:
    if rules is None:
        return "not asked"
    return ", ".join(rules) if rules else "none"


def as_sentence(test: str) -> str:
    """A test's name as the sentence that it is."""
    return test.removeprefix("test_").replace("_", " ")


def by_variant(report: Report, operation: str, players: int, metric: str) -> str:
    """An exact figure of each variant: 2 / 1 / 1."""
    cells = [report.cells.get((operation, players, one.id)) for one in report.variants]
    return " / ".join(count(cell.exact[metric]) if cell else NONE for cell in cells)


def variants(report: Report) -> str:
    return " / ".join(subject.title for subject in report.variants)


def compared(report: Report) -> str:
    """What a ratio is set against: the reference's title."""
    reference = report.subjects.get(report.reference)
    return reference.title if reference else "the reference"


def compared_operations(report: Report) -> list[str]:
    """The operations whose figures say something of the strategies."""
    return [operation for operation in report.operations if operation not in NO_COMPARISON]


def reservations(report: Report, operation: str | None = None) -> list[str]:
    """A sentence for each operation, or for that one, that measures less than it seems to."""
    return [
        f"{titles(report, [one])} {said}."
        for one, said in {**ONLY_A_PART, **NO_COMPARISON}.items()
        if one in report.operations and operation in {None, one}
    ]


def titles(report: Report, operations: Iterable[str]) -> str:
    """Operations by name, in quotes: some have a comma."""
    return ", ".join(f"“{report.operations[operation].title}”" for operation in operations)


# --- What is said of the whole run ---------------------------------------------------------


def introduction(report: Report) -> str:
    """What was measured, where and when."""
    about = report.about
    machine, versions = about.get("machine") or {}, about.get("versions") or {}
    where = ", ".join(
        str(part)
        for part in (
            machine.get("system"),
            machine.get("processor"),
            f"{machine['cpus']} CPUs" if machine.get("cpus") else "",
            f"{machine['memory_gb']} GB of memory" if machine.get("memory_gb") else "",
        )
        if part
    )
    with_what = listed(f"{name} {version}" for name, version in versions.items())
    sizes = listed(f"{number:,}" for number in report.sizes)
    operations = number(len(report.operations), "operation")
    text = f"{operations} at {sizes} players"
    if about.get("date"):
        text += f", measured on {day(about['date'])}"
    text += f", on {where}" if where else ""
    return f"{text}; {with_what}." if with_what else f"{text}."


def tie_rule(report: Report) -> list[str]:
    """The rule that decides what is called a tie, in words."""
    if not report.noise:
        return [
            "This run has no control, so nothing tells noise from difference: no ratio is called "
            "a tie, and none should be taken for a difference either."
        ]
    control = report.subjects[report.control]
    (operation, size), width = max(report.noise.widths.items(), key=lambda item: item[1])
    return [
        f"The control, “{control.title}”, is the reference’s code on the reference’s data, in a "
        "second process.",
        "The band of noise of an operation at a size reaches from 1 to the farther quartile of "
        "the control's ratio there, and as far to the other side (on the scale of logarithms). "
        "It is never narrower than the median of all these bands in the run, for one control can "
        "be close to 1 by luck.",
        "A ratio is a tie, not told apart by this run, if its interval from the first quartile to "
        "the third overlaps the band. It is a difference if the whole interval lies outside. "
        "Quartiles tell how far single blocks scatter, and more blocks do not bring them closer; "
        "so a difference that is small and there every time can be called a tie.",
        f"In this run half of the controls stay within {percent(report.noise.typical)}; the "
        f"widest band is {percent(width)}, of {titles(report, [operation])} at {players(size)}. "
        "With two or three rounds an interval is itself a guess: then trust large differences "
        "only.",
    ]


def verdict(report: Report) -> Sentences:
    """The short verdict at the largest size: what about, and a sentence or two."""
    parts = (
        *(_statements, _checks, _cpu, _winners, _buffers_lie, _spills),
        *(_growth, _disk, _hash, _noisy),
    )
    return [sentence for part in parts for sentence in part(report)]


def _whole(report: Report) -> dict[str, list[Cell]]:
    """The operations that all variants did at the largest size, with their cells."""
    found = {}
    for operation in report.operations:
        cells = [report.cells.get((operation, report.largest, one.id)) for one in report.variants]
        if all(cells):
            found[operation] = [cell for cell in cells if cell]
    return found


def _statements(report: Report) -> Sentences:
    """Who sends most, and where the gap is widest."""
    whole = _whole(report)
    if len(report.variants) < 2 or not whole:
        return []
    figures = {
        operation: [cell.exact["statements"] for cell in cells]
        for operation, cells in whole.items()
    }
    differing = {one: values for one, values in figures.items() if min(values) < max(values)}
    if not differing:
        return [("Statements", "In every operation all strategies send the same number.")]
    most = [
        f"{subject.title} in {sum(values[n] == max(values) for values in differing.values())}"
        for n, subject in enumerate(report.variants)
        if any(values[n] == max(values) for values in differing.values())
    ]
    never = [
        subject.title
        for n, subject in enumerate(report.variants)
        if all(values[n] == min(values) for values in figures.values())
    ]
    widest = max(differing, key=lambda one: max(differing[one]) / max(1, min(differing[one])))
    sentences = [
        f"The strategies differ in {len(differing)} of "
        f"{number(len(figures), 'operation')}. The most are sent by {listed(most)}"
        + (" (a shared first place counts for each)." if _shared(differing) else "."),
        f"The widest gap is {titles(report, [widest])}: "
        f"{by_variant(report, widest, report.largest, 'statements')} ({variants(report)}).",
    ]
    if never:
        sentences[0] += f" No other strategy ever sends fewer than {listed(never)}."
    return [("Statements", " ".join(sentences))]


def _shared(figures: dict[str, list[int]]) -> bool:
    return any(values.count(max(values)) > 1 for values in figures.values())


def _checks(report: Report) -> Sentences:
    """Foreign-key checks, which a count of statements does not show."""
    found = [
        f"{titles(report, [operation])} "
        f"{by_variant(report, operation, report.largest, 'fk_checks')}"
        for operation, cells in _whole(report).items()
        if any(cell.exact["fk_checks"] for cell in cells)
    ]
    if not found:
        return []
    return [
        (
            "Foreign-key checks",
            f"No count of statements shows them ({variants(report)}): {'; '.join(found)}.",
        )
    ]


def _cpu(report: Report) -> Sentences:
    """How each strategy stands to the reference."""
    sentences = []
    for subject in report.others:
        sorted_out: dict[Verdict, list[tuple[str, float]]] = {one: [] for one in Verdict}
        for operation in compared_operations(report):
            cell = report.cells.get((operation, report.largest, subject.id))
            ratio = cell.to_reference.get("cpu") if cell else None
            if cell and ratio and (found := report.verdict(cell, ratio)):
                sorted_out[found].append((operation, ratio.median))
        total = sum(map(len, sorted_out.values()))
        if not total:
            continue
        parts = []
        if more := sorted_out[Verdict.MORE]:
            parts.append(f"more in {len(more)} ({_extreme(report, more, 'most')})")
        if less := sorted_out[Verdict.LESS]:
            parts.append(f"less in {len(less)} ({_extreme(report, less, 'least')})")
        if ties := sorted_out[Verdict.TIE]:
            names = titles(report, [operation for operation, _ in ties])
            parts.append(f"not told apart by this run in {len(ties)} ({names})")
        sentences.append(
            (
                f"{_upper(cpu(report))} of {subject.title}",
                f"Against {compared(report)}, in {number(total, 'operation')}: "
                f"{'; '.join(parts)}.",
            )
        )
    return sentences


def _extreme(report: Report, found: Sequence[tuple[str, float]], which: str) -> str:
    """The span of some operations' ratios, and whose is farthest from 1."""
    ordered = sorted(found, key=lambda one: one[1], reverse=which == "most")
    operation, ratio = ordered[0]
    if len(found) == 1:
        return f"{titles(report, [operation])}, {times(ratio)} times"
    low, high = sorted((ratio, ordered[-1][1]))
    return f"{times(low)} to {times(high)} times, {which} in {titles(report, [operation])}"


def _winners(report: Report) -> Sentences:
    """Where each strategy wins, beyond noise, against each other one."""
    if not (report.noise and report.others):
        return []
    won: dict[str, list[str]] = {subject.id: [] for subject in report.variants}
    nobody: list[str] = []
    for operation in compared_operations(report):
        won.get(report.winner(operation, report.largest), nobody).append(operation)
    parts = [
        f"{subject.title} in {len(won[subject.id])} ({titles(report, won[subject.id])})"
        if won[subject.id]
        else f"{subject.title} in none"
        for subject in report.variants
    ]
    text = f"Beyond noise: {'; '.join(parts)}."
    if nobody:
        text += f" No single winner in {len(nobody)} ({titles(report, nobody)})."
    return [(f"The least {cpu(report)}", text)]


def _buffers_lie(report: Report) -> Sentences:
    """Where a strategy touches fewer buffers than the reference and takes more CPU, or the
    other way round."""
    found = []
    for operation in compared_operations(report):
        base = report.cells.get((operation, report.largest, report.reference))
        for subject in report.others:
            cell = report.cells.get((operation, report.largest, subject.id))
            ratio = cell.to_reference.get("cpu") if cell else None
            if not (base and cell and ratio):
                continue
            own, other = cell.exact["buffers"], base.exact["buffers"]
            verdict = report.verdict(cell, ratio)
            if (own < other and verdict == Verdict.MORE) or (
                own > other and verdict == Verdict.LESS
            ):
                found.append(
                    f"in {titles(report, [operation])} {subject.title} looks at {count(own)} "
                    f"where {compared(report)} looks at {count(other)}, and takes "
                    f"{times(ratio.median)} times its {cpu(report)}"
                )
    return [("Buffers are not time", f"{_upper('; '.join(found))}.")] if found else []


def _spills(report: Report) -> Sentences:
    found = [
        f"{titles(report, [operation])} by {subject.title} ({count(cell.exact['temp_blocks'])})"
        for operation in report.operations
        for subject in report.variants
        if (cell := report.cells.get((operation, report.largest, subject.id)))
        and cell.exact["temp_blocks"]
    ]
    text = f"A sort or a hash left memory in {', '.join(found)}."
    return [("Temp blocks", text)] if found else []


def _growth(report: Report) -> Sentences:
    """How buffers grow with N."""
    kinds: dict[str, list[str]] = {}
    for operation in report.operations:
        grown = {
            subject.title: in_words(value)
            for subject in report.variants
            if (value := report.exponent(operation, subject.id, "buffers")) is not None
        }
        if grown:
            same = len(set(grown.values())) == 1
            kind = next(iter(grown.values())) if same else "not alike in all strategies"
            kinds.setdefault(kind, []).append(operation)
    if not kinds:
        return []
    parts = [f"{kind}: {titles(report, found)}" for kind, found in kinds.items()]
    span = f"from {report.sizes[0]:,} to {players(report.largest)}"
    text = f"Buffers {span}. {'. '.join(_upper(part) for part in parts)}."
    return [("Growth", text)]


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
    found = [
        (subject, one[report.largest].bytes)
        for subject in report.variants
        if report.largest in (one := report.storage.get(subject.id, {}))
    ]
    if len(found) < 2:
        return []
    sizes = listed(f"{subject.title} {size(number)}" for subject, number in found)
    return [("On disk", f"{_upper(players(report.largest))} take, with indexes: {sizes}.")]


def _hash(report: Report) -> Sentences:
    """What a real password hash would add to a registration measured with one round."""
    hash = report.hash
    cell = report.cells.get(("register", report.largest, report.reference))
    if not (hash and cell and "cpu" in cell.seconds):
        return []
    own, real = cell.seconds["cpu"].median, hash.cpu_seconds
    return [
        (
            "Hashing",
            f"A real password hash ({hash.algorithm}, {count(hash.iterations)} iterations) "
            f"takes {seconds(real)} of CPU here. The registration measured here hashes in one "
            f"round; with a real hash, {100 * real / (real + own):.0f} % of it would be hashing, "
            "whatever the strategy.",
        )
    ]


def _noisy(report: Report) -> Sentences:
    """A warning where the machine was busy, or its noise is wide."""
    machine = report.about.get("machine") or {}
    load = max([*(machine.get("load_before") or [0])[:1], *(machine.get("load_after") or [0])[:1]])
    cpus = machine.get("cpus") or 0
    busy = bool(cpus) and load > cpus
    wide = report.noise is not None and report.noise.typical > math.log(1.1)
    reasons = []
    if busy:
        reasons.append(f"its load was {load:.1f} on {cpus} CPUs")
    if report.noise and wide:
        reasons.append(f"half of the controls stay within {percent(report.noise.typical)} only")
    if not reasons:
        return []
    return [
        (
            "Noise",
            f"This run was noisy: {listed(reasons)}. The counts hold all the same; of the "
            "ratios, more are ties than on a quiet machine.",
        )
    ]


def growth(report: Report, operation: str, metric: str) -> str:
    """A chart of `metric` over N in words, the subjects that grow alike named together."""
    kinds: dict[str, list[str]] = {}
    last: list[str] = []
    for subject in report.drawn:
        points = report.points(operation, subject.id, metric)
        value = report.exponent(operation, subject.id, metric)
        if points and points[-1][0] == report.largest:
            text = seconds(points[-1][1]) if metric != "buffers" else count(points[-1][1])
            last.append(f"{subject.title} {text}")
        if value is not None:
            kinds.setdefault(in_words(value), []).append(f"{subject.title} ({exponent(value)})")
    parts = [f"{kind}: {', '.join(names)}" for kind, names in kinds.items()]
    if last:
        parts.append(f"at {players(report.largest)}: {', '.join(last)}")
    return f"{'. '.join(_upper(part) for part in parts)}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- How to read it ------------------------------------------------------------------------

IN_SHORT = (
    "Counts are exact. CPU is set against the reference's block by block; below 1 is less. "
    "A tie is a ratio that this run cannot tell from 1, which does not prove that there is no "
    "difference. Absolute times hold for this machine only."
)


def glossary(report: Report) -> list[tuple[str, str]]:
    """What each figure is, for a reader who has seen none of them."""
    whole = report.cpu_is_whole
    reference = compared(report)
    return [
        (
            "Statement",
            "One SQL command that the code sends: SELECT, INSERT, UPDATE or DELETE. BEGIN, "
            "COMMIT, savepoints and the fetches of a cursor are not counted as statements.",
        ),
        (
            "Round trip",
            "One message to the server and its answer, with those that are no statements. Over a "
            "network each costs the network's latency, however little it asks.",
        ),
        (
            "Foreign-key check (FK check)",
            "A query of PostgreSQL's own, which looks whether the row that a foreign key names is "
            "there, or whether rows still point to one that goes. Django does not see it, and "
            "assertNumQueries does not count it.",
        ),
        (
            "Buffer",
            "A page of 8 KiB that PostgreSQL looked at, in memory or on disk. A page that is "
            "looked at twice counts twice.",
        ),
        (
            "Temp block",
            "8 KiB written to or read from a temporary file, since a sort or a hash did not fit "
            "into work_mem. Few buffers and many temp blocks are not cheap.",
        ),
        (
            "WAL byte",
            "A byte of the write-ahead log: what a write has to bring to disk before COMMIT "
            "returns, and to every replica.",
        ),
        (
            _upper(ratio_of(whole)),
            "Seconds of processor that one call took, "
            + (
                "in Python and in its PostgreSQL process together."
                if whole
                else "in Python alone: PostgreSQL's share could not be measured in this run."
            ),
        ),
        (
            "Ratio",
            f"A subject's CPU, divided by that of {reference}. All subjects do the same work in "
            "turn, in blocks of a few milliseconds, so a machine that slows down slows all of "
            "them. Each block is divided by the reference's block of the same round. You see the "
            "median of these ratios, and in brackets the first and the third quartile: half of "
            "the blocks lie between them. 1.5 is half as much again, 0.5 is half. A block's first "
            "call finds the processor's caches cold, so a ratio also depends on how many calls "
            "follow.",
        ),
        (
            "Control (A/A)",
            "The reference's code on the reference's data, measured a second time in a process of "
            "its own. It should come out at 1. How far it does not is this run's noise.",
        ),
        (
            "Tie",
            "A ratio that this run does not tell from 1, by the rule below. It is no proof that "
            "there is no difference.",
        ),
        (
            "Floor",
            "The same answers, through bare psycopg2, on the best schema we know. No ORM gets "
            "below it, and it shows how much of a cost is Django's and not the strategy's.",
        ),
        (
            "Absolute times",
            "Seconds hold for the machine that measured them. Those of another machine say "
            "nothing here, and neither do those of another hour. Compare counts and ratios.",
        ),
    ]

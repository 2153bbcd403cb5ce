"""What is committed of the engine's runs: the figures, a sample for CI, and the survivors."""

import functools
import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from harness.cli import Refusal
from harness.variants import VARIANTS
from proofs.mutants.engine.mutants import KINDS, Mutant
from proofs.mutants.engine.trials import Verdict
from proofs.mutants.engine.warm import ENDS

RESULTS = Path(__file__).with_name("results.json")
SURVIVORS = Path(__file__).with_name("survivors.toml")
SAMPLE = 97  # one mutant in so many is tried by CI

Results = dict[str, Any]


def survivors(path: Path = SURVIVORS) -> dict[str, str]:
    """By its name, why a mutant that survives is as good as the code. Raises Refusal."""
    found: dict[str, str] = {}
    for group in tomllib.loads(path.read_text())["survivors"]:
        for name in group["mutants"]:
            if name in found:
                raise Refusal(f"{path.name}: twice there: {name}")
            found[name] = group["why"]
    return found


def unknown(mutants: Sequence[Mutant], path: Path = SURVIVORS) -> list[str]:
    """What the list of survivors names, and no operator makes any more."""
    return sorted(survivors(path).keys() - {mutant.name for mutant in mutants})


def in_sample(mutant: Mutant) -> bool:
    """Whether it is one of those of which it is published what has killed them."""
    return mutant.number % SAMPLE == 0


def for_ci(mutant: Mutant) -> bool:
    """Whether CI tries it: one of the sample that is not a browser's to notice."""
    by = published()["sample"].get(mutant.name, "")
    return in_sample(mutant) and not by.startswith(("e2e", ENDS))


def results(
    mutants: Sequence[Mutant],
    verdicts: Mapping[tuple[str, str], Verdict],
    known: Mapping[str, str],
) -> Results:
    """What is known: by variant and kind of file, how many were made, killed by what, equivalent,
    not tried; and what killed the sample. `known`: the listed survivors."""
    figures: dict[str, dict[str, Counter[str]]] = {
        variant: {kind: Counter() for kind in KINDS} for variant in VARIANTS
    }
    sample = {}
    for mutant in mutants:
        counts = figures[mutant.variant][mutant.kind]
        counts["made"] += 1
        if mutant.name in known:
            counts["equivalent"] += 1
            continue
        verdict = verdicts.get((mutant.variant, mutant.name))
        if verdict is None:
            counts["not tried"] += 1
            continue
        counts[killer(verdict)] += 1
        if in_sample(mutant) and verdict.by:
            sample[mutant.name] = verdict.by
    return {
        "on": date.today().isoformat(),
        "figures": {
            variant: {kind: dict(counts) for kind, counts in kinds.items()}
            for variant, kinds in figures.items()
        },
        "sample": dict(sorted(sample.items())),
    }


def killer(verdict: Verdict) -> str:
    """What is counted: "tests", "check", "e2e", "no start" or "survived"."""
    if not verdict.by:
        return "survived"
    if "::" in verdict.by or verdict.by == ENDS:
        return "tests"
    first = verdict.by.partition(":")[0]
    return first if first in ("check", "e2e") else "no start"


@functools.cache
def published() -> Results:
    """What results.json says."""
    found: Results = json.loads(RESULTS.read_text())
    return found


def text(found: Results) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def about(found: Results) -> dict[str, Any]:
    """What the page says of a run."""
    shown = rows(found)
    variants = [Counter(kinds) for of in found["figures"].values() for kinds in of.values()]
    whole = sum(variants, Counter[str]())
    return {"on": found["on"], "rows": shown, "made": whole["made"], "left": whole["not tried"]}


def rows(found: Results) -> list[tuple[str, list[int | str]]]:
    """For the page: of each variant and, below it, each kind of file: made, killed by tests, by
    no start, by check, by e2e; equivalent; survived; not tried; and the share that is killed."""
    shown = []
    for variant in VARIANTS.values():
        kinds = found["figures"].get(variant.id, {})
        whole: Counter[str] = Counter()
        below = []
        for kind in KINDS:
            counts = Counter(kinds.get(kind, {}))
            whole += counts
            below.append((kind, line(counts)))
        shown += [(f"**{variant.title}**", line(whole)), *below]
    return shown


def line(counts: Counter[str]) -> list[int | str]:
    kinds = ("tests", "no start", "check", "e2e")
    killed = sum(counts[one] for one in kinds)
    count = counts["made"] - counts["equivalent"]
    # A part says nothing of the whole: those first that are easily killed, say.
    share = f"{100 * killed / count:.1f} %" if count and not counts["not tried"] else "–"
    cells = [counts[one] for one in ("made", *kinds, "equivalent", "survived", "not tried")]
    return [*cells, share]

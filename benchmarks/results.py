"""Set what the targets' sessions have measured side by side, in one file of pytest-benchmark's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.run_file import NOISY, RESULTS, About, Cell
from benchmarks.stats import ratio, rounded, spread
from harness.text import write

Samples = dict[str, list[float | None]]
Key = tuple[str, int]


def store(about: About, files: Mapping[str, dict[str, Any]]) -> Path:
    """Write a run's file, whole or not at all; returns its path. Raises OSError.

    `files`: what pytest-benchmark would have written, by target.
    """
    first = next(iter(files.values()))
    whole = {
        **{name: first[name] for name in ("commit_info", "datetime", "version")},
        "machine_info": {**msgspec.to_builtins(about.machine), **about.versions},
        "benchmarks": benchmarks(about, files),
        "run": about,
    }
    path = RESULTS / f"{about.date.removesuffix('+00:00').replace(':', '-')}.json"
    write(path, msgspec.json.encode(whole).decode() + "\n")
    return path


def benchmarks(about: About, files: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """All targets' benchmarks, with the ratios that only a look at two of them shows."""
    found = {
        id: {(one["extra_info"]["operation"], one["extra_info"]["players"]): one for one in file}
        for id, file in ((id, files[id]["benchmarks"]) for id in about.subjects if id in files)
    }
    order = {key: None for of_target in found.values() for key in of_target}
    return [
        entry(found, key, id, about)
        for key in order
        for id in about.subjects
        if key in found.get(id, {})
    ]


def entry(
    found: Mapping[str, Mapping[Key, dict[str, Any]]], key: Key, id: str, about: About
) -> dict[str, Any]:
    """A target's benchmark, with its `Cell`. What the control repeats is counted once."""
    one = found[id][key]
    info, target = one["extra_info"], about.subjects[id]
    counted = found[about.reference if target.kind == "control" else id][key]["extra_info"]
    samples = with_sum(info["samples"])
    cell = {
        **info,
        "exact": counted["exact"],
        "statements": counted["statements"],
        "noisy": {name: spread(samples[name]) for name in NOISY},
        "samples": {name: list(map(short, info["samples"][name])) for name in info["samples"]},
    }
    bases = {"ratio": about.reference, "ratio_to_base": target.base, "ratio_to_floor": "floor"}
    for name, base in bases.items():
        if base != id and key in found.get(base, {}):
            others = with_sum(found[base][key]["extra_info"]["samples"])
            cell[name] = {part: ratio(samples[part], others[part]) for part in NOISY}
    stats = one["stats"] | {"data": list(map(rounded, one["stats"]["data"]))}
    return one | {"extra_info": msgspec.convert(cell, Cell, from_attributes=True), "stats": stats}


def with_sum(samples: Samples) -> Samples:
    """The CPU time of both sides together, too; the client's alone where nobody tells more."""
    sides = zip(samples["client_cpu"], samples["backend_cpu"], strict=True)
    return {**samples, "cpu": [(client or 0) + (backend or 0) for client, backend in sides]}


def short(sample: float | None) -> float | None:
    return None if sample is None else rounded(sample)

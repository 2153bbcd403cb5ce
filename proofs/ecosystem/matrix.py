"""What came of the attempts: matrix.json to compare with, MATRIX.md to read."""

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from proofs.ecosystem.attempts import Attempt, Result
from proofs.ecosystem.catalogue import PACKAGES, VARIANTS, Extra, Package

HERE = Path(__file__).parent
JSON, MARKDOWN = HERE / "matrix.json", HERE / "MATRIX.md"
TITLES = {"proxy": "proxy", "profile": "profile", "custom": "custom user"}
WORKS, WORKS_WITH, BREAKS = "works", "works with", "breaks"

Matrix = dict[str, Any]

INTRODUCTION = """\
# Other people's code on each strategy

Twelve well-known packages, each on each variant: installed as its documentation says, migrated on
PostgreSQL, and used for one real operation that ends where a player would notice, at the three
details. *Works* means: with what the documentation says and nothing else. *Works with* names what
had to be added, which is shown below, and why. *Breaks* means that we found no way.

`nox -s ecosystem` tries all of it again and compares; `-- --accept` writes this page.
"""


def verdict(first: Result, second: Result | None) -> str:
    """The word for an attempt as documented, and one with extra lines where there was one."""
    if "failed" not in first:
        return WORKS
    return WORKS_WITH if second and "failed" not in second else BREAKS


def found(results: Mapping[Attempt, Result]) -> Matrix:
    """What matrix.json holds of each package, from the results of its attempts."""
    packages: Matrix = {}
    for attempt, first in results.items():
        if attempt.extra:
            continue
        second = results.get(Attempt(attempt.package, attempt.variant, extra=True))
        entry = {"verdict": verdict(first, second)}
        if "failed" in first:
            entry |= {"failed": first["failed"], "evidence": first["evidence"]}
        if second:
            entry["with"] = PACKAGES[attempt.package].extras[attempt.variant].title
            if "failed" in second:
                entry["then"] = f"{second['failed']}: {second['evidence']}"
        one = packages.setdefault(
            attempt.package,
            {
                "version": version(PACKAGES[attempt.package].distribution),
                "steps": [],
                "deprecations": [],
                "variants": {},
            },
        )
        one["variants"][attempt.variant] = entry
        for result in filter(None, (first, second)):
            one["deprecations"] = sorted({*one["deprecations"], *result["deprecations"]})
            one["steps"] = max(one["steps"], result["passed"], key=len)
    return {
        id: {**one, "variants": {name: one["variants"][name] for name in VARIANTS if name in one["variants"]}}
        for id, one in ((id, packages[id]) for id in PACKAGES if id in packages)
    }


def committed() -> Matrix:
    """What matrix.json holds; nothing yet where there is none."""
    return json.loads(JSON.read_text()) if JSON.exists() else {"packages": {}}


def merged(old: Matrix, new: Matrix) -> Matrix:
    """The packages of a run put into those of another: a run may have been of some alone."""
    packages = {}
    for id in PACKAGES:
        if id in new or id in old:
            variants = {
                **old.get(id, {}).get("variants", {}),
                **new.get(id, {}).get("variants", {}),
            }
            packages[id] = {
                **old.get(id, {}),
                **new.get(id, {}),
                "variants": {name: variants[name] for name in VARIANTS if name in variants},
            }
    return packages


def verdicts(packages: Matrix) -> Matrix:
    """Nothing but the words, for another Django than the committed one."""
    return {
        id: {name: entry["verdict"] for name, entry in one["variants"].items()}
        for id, one in packages.items()
    }


def difference(old: Matrix, new: Matrix) -> str:
    """The lines that would change, as a diff; "" where none would."""
    texts = [json.dumps(one, indent=2).splitlines() for one in (old, new)]
    return "\n".join(difflib.unified_diff(*texts, "committed", "found", n=4, lineterm=""))


def write(matrix: Matrix) -> None:
    """Commit to a matrix: both files."""
    JSON.write_text(json.dumps(matrix, indent=2) + "\n")
    MARKDOWN.write_text(markdown(matrix))


# What follows makes the page.


def markdown(matrix: Matrix) -> str:
    """MATRIX.md, from matrix.json and the files of extras/."""
    return "\n".join(_lines(matrix)).rstrip() + "\n"


def _lines(matrix: Matrix) -> Iterator[str]:
    packages = [(PACKAGES[id], one) for id, one in matrix["packages"].items()]
    yield INTRODUCTION
    yield _provenance(matrix)
    yield ""
    yield f"| package | operation | {' | '.join(TITLES.values())} |"
    yield f"| :-- | :-- | {' | '.join(':--' for _ in TITLES)} |"
    for package, one in packages:
        cells = [_cell(package, name, one["variants"][name]) for name in TITLES]
        name = f"[{package.distribution}](#{_anchor(package.distribution)}) {one['version']}"
        yield f"| {name} | {package.operation} | {' | '.join(cells)} |"
    yield ""
    yield _deprecations(packages)
    often = _in_several()
    for package, one in packages:
        yield from _section(package, one, often)
    yield "## Lines that several need"
    for module in often:
        yield f"\n### {module}.py\n"
        yield from _code(_source(module))
    yield ""


def _provenance(matrix: Matrix) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in matrix["versions"].items())
    return f"Tried on {matrix['date']} with {versions}."


def _deprecations(packages: list[tuple[Package, Any]]) -> str:
    warned = {package.distribution: one["deprecations"] for package, one in packages}
    if not any(warned.values()):
        return "None of them warned of anything that a later Django removes.\n"
    lines = [f"- {name}: `{text}`" for name, texts in warned.items() for text in texts]
    return "\n".join(["These warned of what a later Django removes:", "", *lines, ""])


def _cell(package: Package, variant: str, entry: Any) -> str:
    if entry["verdict"] == WORKS_WITH:
        return f"works with {entry['with']}"
    if entry["verdict"] == BREAKS:
        return f"**breaks**: {entry['failed']}"
    return "works"


def _anchor(heading: str) -> str:
    return heading.lower().replace(".", "").replace(" ", "-")


def _in_several() -> list[str]:
    """The modules of extras/ that more than one package needs."""
    uses = Counter(
        module
        for package in PACKAGES.values()
        for module in {module for extra in package.extras.values() for module in extra.modules}
    )
    return sorted(module for module, count in uses.items() if count > 1)


def _section(package: Package, one: Any, often: list[str]) -> Iterator[str]:
    yield f"## {package.distribution}\n"
    yield f"{package.operation[0].upper()}{package.operation[1:]}: {'; '.join(one['steps'])}.\n"
    evidence: dict[tuple[str, str], list[str]] = {}
    for name, entry in one["variants"].items():
        if "evidence" in entry:
            evidence.setdefault((entry["failed"], entry["evidence"]), []).append(TITLES[name])
    for (failed, seen), titles in evidence.items():
        yield f"As documented, *{failed}* fails on the {_and(titles)}:\n"
        yield from _code(seen, "text")
    extras: dict[str, tuple[Extra, list[str]]] = {}
    for name, entry in one["variants"].items():
        if "with" in entry:
            extra = package.extras[name]
            extras.setdefault(extra.title, (extra, []))[1].append(name)
    shown: set[str] = set()
    for title, (extra, names) in extras.items():
        yield f"**{title[0].upper()}{title[1:]}** for the {_and([TITLES[n] for n in names])}:\n"
        for name in names:
            if "then" in one["variants"][name]:
                yield f"Even so, on the {TITLES[name]}, {one['variants'][name]['then']}\n"
        yield from _code("\n\n".join([*_settings(extra), *(
            _source(module) for module in extra.modules if module not in {*shown, *often}
        )]))
        shown.update(extra.modules)
        if elsewhere := [f"[{m}.py](#{_anchor(m + '.py')})" for m in extra.modules if m in often]:
            yield f"And from below: {_and(elsewhere)}.\n"


def _settings(extra: Extra) -> list[str]:
    if not extra.settings:
        return []
    lines = [f"{name} = {_literal(value)}" for name, value in extra.settings.items()]
    return ["\n".join(["# settings.py", *lines])]


def _literal(value: Any, indent: str = "") -> str:
    """Python as a person would write it."""
    deeper = f"{indent}    "
    if isinstance(value, dict):
        inner = [f'{deeper}"{key}": {_literal(one, deeper)},' for key, one in value.items()]
        return "\n".join(["{", *inner, f"{indent}}}"])
    if isinstance(value, list):
        return "\n".join(["[", *(f"{deeper}{_literal(one, deeper)}," for one in value), f"{indent}]"])
    return json.dumps(value)


def _source(module: str) -> str:
    text = (HERE / "extras" / f"{module}.py").read_text().rstrip()
    return f"# {module}.py\n{text}"


def _code(text: str, language: str = "python") -> list[str]:
    return [] if not text else [f"```{language}", text, "```", ""]


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))

"""What came of the attempts: matrix.json to compare with, MATRIX.md to read."""

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from proofs import VARIANTS
from proofs.ecosystem.attempts import Attempt
from proofs.ecosystem.auth_tests import BASELINE
from proofs.ecosystem.catalogue import PACKAGES, Extra, Package
from proofs.ecosystem.processes import Result

HERE = Path(__file__).parent
JSON, MARKDOWN = HERE / "matrix.json", HERE / "MATRIX.md"
TITLES = {"proxy": "proxy", "profile": "profile", "custom": "custom user"}
WORKS, WORKS_WITH, BREAKS = "works", "works with", "breaks"

Matrix = dict[str, Any]

INTRODUCTION = """\
# Other people's code on each strategy

Twelve well-known packages, each on each variant: with the settings that its documentation names
(django-axes as the variants themselves use it), migrated on PostgreSQL, and used for one real
operation, which ends, where it concerns a player, at the three details. *Works* means: with what
the documentation says and nothing else. *Works with* names what had to be added, which is shown
below, and why. *Breaks* means that we found no way. One visitor at a time: races, and what else
the contract asks, were not tried.

`nox -s ecosystem` tries all of it again and compares; `-- --accept` writes this page.
"""

AUTH_TESTS = """\
## Django's own tests of auth

The tests of `django.contrib.auth`, from the source of the same Django, with Django's own settings
on SQLite: once as they are, then with each variant's `players` installed and its rules in the
database. With the custom user, `AUTH_USER_MODEL` is set, and the name `User` that the tests import
from `django.contrib.auth.models` means the custom user: as they stand, their models cannot be
imported (`UserProxy cannot proxy the swapped model 'players.User'`).
"""


def verdict(first: Result, second: Result | None) -> str:
    """The word for an attempt as documented, and one with extra lines where there was one."""
    if "failed" not in first:
        return WORKS
    return WORKS_WITH if second is not None and "failed" not in second else BREAKS


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
        if second is not None:
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
            one["steps"] = one["steps"] or result["steps"]
    return packages


def committed() -> Matrix:
    """What matrix.json holds; nothing yet where there is none."""
    if JSON.exists():
        matrix: Matrix = json.loads(JSON.read_text())
        return matrix
    return {"versions": {}, "packages": {}, "auth_tests": {}}


def part(old: Matrix, new: Matrix) -> Matrix:
    """Of a matrix, that which another is about: a run may be of some packages and variants."""
    packages = {}
    for id, one in new["packages"].items():
        if id in old["packages"]:
            variants = old["packages"][id]["variants"]
            chosen = {name: variants[name] for name in one["variants"] if name in variants}
            packages[id] = {**old["packages"][id], "variants": chosen}
    tests = {
        name: old["auth_tests"][name] for name in new["auth_tests"] if name in old["auth_tests"]
    }
    return {"packages": packages, "auth_tests": tests}


def merged(old: Matrix, new: Matrix) -> Matrix:
    """A matrix with what a run has found put into it, in the order of the catalogue."""
    packages = {}
    for id in PACKAGES:
        before, after = old["packages"].get(id, {}), new["packages"].get(id, {})
        variants = {**before.get("variants", {}), **after.get("variants", {})}
        if variants:
            ordered = {name: variants[name] for name in VARIANTS if name in variants}
            packages[id] = {**before, **after, "variants": ordered}
    tests = {**old["auth_tests"], **new["auth_tests"]}
    return {
        **new,
        "versions": {**old["versions"], **new["versions"]},
        "packages": packages,
        "auth_tests": {name: tests[name] for name in (BASELINE, *VARIANTS) if name in tests},
    }


def verdicts(matrix: Matrix) -> Matrix:
    """Nothing but the words, for another Django than the committed one."""
    packages = {
        id: {name: entry["verdict"] for name, entry in one["variants"].items()}
        for id, one in matrix["packages"].items()
    }
    return {"packages": packages, "auth_tests": {}}


def difference(old: Matrix, new: Matrix) -> str:
    """The lines that would change, as a diff; "" where none would."""
    committed, found = (
        json.dumps({"packages": one["packages"], "auth_tests": one["auth_tests"]}, indent=2)
        for one in (old, new)
    )
    lines = difflib.unified_diff(
        committed.splitlines(), found.splitlines(), "committed", "found", n=4, lineterm=""
    )
    return "\n".join(lines)


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
    yield f"{_counts(matrix)} {_provenance(matrix)}\n"
    yield f"| package | operation | {' | '.join(TITLES.values())} |"
    yield f"| :-- | :-- | {' | '.join(':--' for _ in TITLES)} |"
    for package, one in packages:
        cells = [cell(one["variants"].get(name)) for name in TITLES]
        name = f"[{package.distribution}](#{_anchor(package.distribution)}) {one['version']}"
        yield f"| {name} | {package.operation} | {' | '.join(cells)} |"
    yield ""
    yield _deprecations(packages)
    often = _in_several()
    for id, one in matrix["packages"].items():
        yield from _section(id, one, often)
    yield from _auth_tests(matrix["auth_tests"])
    yield "## Lines that several need"
    for module in often:
        yield f"\n### {module}.py\n"
        yield from _code(_source(module))
    yield ""


def _auth_tests(variants: Any) -> Iterator[str]:
    yield AUTH_TESTS
    yield "| with | ran | skipped | failed | errors |"
    yield "| :-- | --: | --: | --: | --: |"
    for name, one in variants.items():
        numbers = " | ".join(str(one[key]) for key in ("ran", "skipped", "failed", "errors"))
        yield f"| {TITLES.get(name, 'no variant')} | {numbers} |"
    yield ""
    for name, one in variants.items():
        if one["deviations"]:
            yield f"What does not pass with the {TITLES[name]}:\n"
        for cause, names in one["deviations"].items():
            count = f"{len(names)} test{'s' if len(names) > 1 else ''}"
            yield f"- **{count}.** {cause} {', '.join(map(_short, names))}"
        yield ""


def _short(test: str) -> str:
    """A test's name without what all have; or a class's whose tests cannot begin."""
    name = test.replace("auth_tests.", "")
    if name.startswith("setUpClass"):
        return f"`{name.removeprefix('setUpClass (').removesuffix(')')}` as a whole"
    return f"`{name}`"


def _counts(matrix: Matrix) -> str:
    words = list(verdicts(matrix)["packages"].values())
    counts = [
        f"{sum(one.get(name) == WORKS for one in words)} with the {title}"
        for name, title in TITLES.items()
    ]
    broken = sum(word == BREAKS for one in words for word in one.values())
    rest = f"{broken} found no way" if broken else "the others need what is shown here"
    return f"Of {len(words)} packages, as documented, {_and(counts)} work; {rest}."


def _provenance(matrix: Matrix) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in matrix["versions"].items())
    return f"Tried on {matrix['date']} with {versions}."


def _deprecations(packages: list[tuple[Package, Any]]) -> str:
    warned = {package.distribution: one["deprecations"] for package, one in packages}
    if not any(warned.values()):
        return "None of them warned of anything that a later Django removes.\n"
    lines = [f"- {name}: `{text}`" for name, texts in warned.items() for text in texts]
    return "\n".join(["These warned of what a later Django removes:", "", *lines, ""])


def cell(entry: Any) -> str:
    """An entry's verdict as a table shows it; None is no entry."""
    if entry is None:
        return "not tried"
    if entry["verdict"] == WORKS_WITH:
        return f"works with {entry['with']}"
    if entry["verdict"] == BREAKS:
        return f"breaks: {entry['failed']}"
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


def _section(id: str, one: Any, often: list[str]) -> Iterator[str]:
    package = PACKAGES[id]
    yield f"## {package.distribution}\n"
    yield f"{package.operation[0].upper()}{package.operation[1:]}: {'; '.join(one['steps'])}."
    yield f"This is `packages/{id}.py`.\n"
    evidence: dict[tuple[str, str], list[str]] = {}
    for name, entry in one["variants"].items():
        if "evidence" in entry:
            evidence.setdefault((entry["failed"], entry["evidence"]), []).append(TITLES[name])
    for (failed, seen), titles in evidence.items():
        yield f"As documented, *{failed}* fails on the {_and(titles)}:\n"
        yield from _code(seen, "text")
    shown: set[str] = set(often)
    for extra, titles in _extras(package, one):
        yield f"**{extra.title[0].upper()}{extra.title[1:]}**, for the {_and(titles)}:\n"
        new = [module for module in extra.modules if module not in shown]
        yield from _code("\n\n".join([*_settings(extra), *map(_source, new)]))
        if again := [_reference(module, often) for module in extra.modules if module in shown]:
            yield f"with {_and(again)}.\n"
        shown.update(new)
    for name, entry in one["variants"].items():
        if "then" in entry:
            yield f"Even so, on the {TITLES[name]}, {entry['then']}\n"


def _extras(package: Package, one: Any) -> list[tuple[Extra, list[str]]]:
    """What was added, and for whom; the custom user first, which needs the least."""
    found: list[tuple[Extra, list[str]]] = []
    for name in reversed(TITLES):
        if "with" in one["variants"].get(name, {}):
            extra = package.extras[name]
            for known, titles in found:
                if known == extra:
                    titles.append(TITLES[name])
                    break
            else:
                found.append((extra, [TITLES[name]]))
    return found


def _reference(module: str, often: list[str]) -> str:
    if module in often:
        return f"[{module}.py](#{_anchor(module + '.py')}) below"
    return f"{module}.py as above"


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
        return "\n".join(
            ["[", *(f"{deeper}{_literal(one, deeper)}," for one in value), f"{indent}]"]
        )
    return json.dumps(value)


def _source(module: str) -> str:
    text = (HERE / "extras" / f"{module}.py").read_text().rstrip()
    return f"# {module}.py\n{text}"


def _code(text: str, language: str = "python") -> list[str]:
    return [] if not text else [f"```{language}", text, "```", ""]


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))

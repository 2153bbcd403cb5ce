"""MATRIX.md, made of matrix.json and the files of extras/ by `page.template`."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from harness.text import number, rendered
from harness.variants import VARIANTS
from proofs.ecosystem.attempts import BREAKS, WORKS, WORKS_WITH
from proofs.ecosystem.catalogue import HERE, PACKAGES, Extra, Package, source

TITLES = {id: variant.title for id, variant in VARIANTS.items()}
# The modules of extras/ that more than one package needs.
USES = Counter(
    module
    for package in PACKAGES.values()
    for module in {module for extra in package.extras for module in extra.modules}
)
OFTEN = sorted(module for module, count in USES.items() if count > 1)


def markdown(matrix: dict[str, Any]) -> str:
    """The page, from what matrix.json holds."""
    packages, tests = matrix["packages"], matrix["auth_tests"]
    verdicts = [
        (name, entry["verdict"])
        for one in packages.values()
        for name, entry in one["variants"].items()
    ]
    about = {
        "titles": list(TITLES.values()),
        "working": _and(
            f"{verdicts.count((name, WORKS))} with the {title}" for name, title in TITLES.items()
        ),
        "broken": sum(verdict == BREAKS for _, verdict in verdicts),
        "date": matrix["date"],
        "versions": ", ".join(f"{name} {version}" for name, version in matrix["versions"].items()),
        "packages": [section(PACKAGES[id], one) for id, one in packages.items()],
        "deprecations": [
            f"{PACKAGES[id].distribution}: `{text}`"
            for id, one in packages.items()
            for text in one["deprecations"]
        ],
        "auth_tests": [numbers(variant, one) for variant, one in tests.items()],
        "deviations": [deviations(variant, one) for variant, one in tests.items()],
        "shared": [(f"{module}.py", _file(module)) for module in OFTEN],
    }
    return rendered(HERE / "page.template", about)


def cell(entry: Any) -> str:
    """An entry's verdict as a table shows it; None is no entry."""
    if entry is None:
        return "not tried"
    more = {WORKS: "", WORKS_WITH: f" {entry.get('with')}", BREAKS: f": {entry.get('failed')}"}
    return f"{entry['verdict']}{more[entry['verdict']]}"


def section(package: Package, one: Any) -> dict[str, Any]:
    """What the page says of a package."""
    entries = one["variants"]
    failures: dict[tuple[str, str], list[str]] = {}
    for name, entry in entries.items():
        if "evidence" in entry:
            failures.setdefault((entry["failed"], entry["evidence"]), []).append(TITLES[name])
    return {
        **one,
        "package": package,
        "anchor": _anchor(package.distribution),
        "cells": [cell(entries.get(name)) for name in TITLES],
        "failures": [(*failure, _and(titles)) for failure, titles in failures.items()],
        "extras": list(extras(package, entries)),
        "breaks": [
            (TITLES[name], entry["then"]) for name, entry in entries.items() if "then" in entry
        ],
    }


def extras(package: Package, entries: Any) -> Iterator[dict[str, str]]:
    """What was added, and for whom; the custom user first, which needs the least."""
    shown = set(OFTEN)
    for extra in reversed(package.extras):
        needing = [name for name in extra.variants if "with" in entries.get(name, {})]
        if needing:
            new = [module for module in extra.modules if module not in shown]
            yield {
                "title": extra.title,
                "titles": _and(TITLES[name] for name in reversed(needing)),
                "code": "\n\n".join([*_settings(extra), *map(_file, new)]),
                "elsewhere": _and(_place(one) for one in extra.modules if one in shown),
            }
            shown.update(new)


def numbers(variant: str, one: Any) -> list[str]:
    """A row of a table: which variant, and the numbers of Django's tests on it."""
    title = TITLES.get(variant, "no variant")
    return [title, *(str(one[key]) for key in ("ran", "skipped", "failed", "errors"))]


def deviations(variant: str, one: Any) -> tuple[str, list[tuple[str, str, list[str]]]]:
    """The variant's title, "" where all passed; how many did not, why, and which."""
    causes = one["deviations"]
    return TITLES[variant] if causes else "", [
        (number(len(names), "test"), cause, [_short(name) for name in names])
        for cause, names in causes.items()
    ]


def _short(test: str) -> str:
    """A test's name without what all have; or a class's whose tests cannot begin."""
    name = test.replace("auth_tests.", "")
    if name.startswith("setUpClass"):
        return f"`{name.removeprefix('setUpClass (').removesuffix(')')}` as a whole"
    return f"`{name}`"


def _anchor(heading: str) -> str:
    return heading.lower().replace(".", "").replace(" ", "-")


def _place(module: str) -> str:
    """Where the page shows a module that it does not show here."""
    if module in OFTEN:
        return f"[{module}.py](#{_anchor(module + '.py')}) below"
    return f"{module}.py as above"


def _settings(extra: Extra) -> Iterator[str]:
    if extra.settings:
        lines = [f"{name} = {_literal(value)}" for name, value in extra.settings.items()]
        yield "\n".join(["# settings.py", *lines])


def _literal(value: Any) -> str:
    """Strings, lists and dictionaries as Python has them, with a comma after the last one too."""
    return re.sub(r'(["\]}])\n', r"\1,\n", json.dumps(value, indent=4))


def _file(module: str) -> str:
    return f"# {module}.py\n{source(module)}"


def _and(some: Iterable[str]) -> str:
    words = list(some)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))

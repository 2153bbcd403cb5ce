"""What came of it all: matrix.json to compare with, MATRIX.md to read."""

import json
from typing import Any

from harness.golden import hold
from harness.variants import VARIANTS
from proofs.ecosystem.auth_tests import BASELINE
from proofs.ecosystem.catalogue import HERE, PACKAGES
from proofs.ecosystem.page import markdown

JSON, MARKDOWN = HERE / "matrix.json", HERE / "MATRIX.md"
ADVICE = "mend it, or `nox -s ecosystem -- --accept`"

Matrix = dict[str, Any]


def committed() -> Matrix:
    """What matrix.json holds."""
    matrix: Matrix = json.loads(JSON.read_text())
    return matrix


def merged(old: Matrix, new: Matrix, *, verdicts_alone: bool = False) -> Matrix:
    """A matrix with what a run has found put into it, in the order of the catalogue: the run may
    be of some packages and variants.

    `verdicts_alone`: only the entries with another verdict, for another Django than the committed
    one, whose evidence may be worded anew.
    """
    packages = {}
    for id in PACKAGES:
        before, after = old["packages"].get(id, {}), new["packages"].get(id, {})
        known = before.get("variants", {})
        found = {
            name: entry
            for name, entry in after.get("variants", {}).items()
            if not (verdicts_alone and entry["verdict"] == known.get(name, {}).get("verdict"))
        }
        variants = {name: {**known, **found}[name] for name in VARIANTS if name in known | found}
        if variants:
            about = before if verdicts_alone and before else {**before, **after}
            packages[id] = {**about, "variants": variants}
    tests = {**old["auth_tests"], **({} if verdicts_alone else new["auth_tests"])}
    return {
        **new,
        "versions": {**old["versions"], **new["versions"]},
        "packages": packages,
        "auth_tests": {name: tests[name] for name in (BASELINE, *VARIANTS) if name in tests},
    }


def conclude(new: Matrix, *, accept: bool) -> int:
    """Compare with what is committed, or commit to what was found; returns the exit status."""
    old = committed()
    if accept:
        matrix = merged(old, new)
        return hold(
            {JSON: written(matrix), MARKDOWN: markdown(matrix)}, accept=True, advice=ADVICE
        )
    django, theirs = new["versions"]["Django"], old["versions"]["Django"]
    if theirs != django:
        print(f"Committed with Django {theirs}, tried with {django}: verdicts only.")
    matrix = merged(old, new, verdicts_alone=theirs != django)
    same = {name: old[name] for name in ("date", "versions")}
    return hold({JSON: written(matrix | same)}, accept=False, advice=ADVICE)


def written(matrix: Matrix) -> str:
    return json.dumps(matrix, indent=2) + "\n"

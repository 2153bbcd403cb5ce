"""The published matrix: which test catches which fault on which variant."""

import json
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TypedDict

from harness import contract
from harness.text import rendered
from harness.variants import VARIANTS
from proofs.mutants.catalogue import Mutant
from proofs.mutants.engine import published as engine
from proofs.mutants.trial import Verdict

MATRIX = Path(__file__).with_name("matrix.json")
PAGE = Path(__file__).with_name("MATRIX.md")


class Row(TypedDict):
    """Of one mutant on one variant: the day, the named tests, which failed, and the others that
    failed too; None where they were not run."""

    on: str
    named: list[str]
    others: list[str] | None


Matrix = dict[str, dict[str, Row]]  # by mutant, by variant


def published() -> Matrix:
    """What matrix.json says."""
    matrix: Matrix = json.loads(MATRIX.read_text())
    return matrix


def with_rows(matrix: Matrix, verdicts: list[Verdict], mutants: dict[str, Mutant]) -> Matrix:
    """The matrix with the rows of these runs, in the catalogue's order.

    A run of the named tests alone keeps what a run of whole suites has said of the others.
    """
    today = date.today().isoformat()
    for verdict in verdicts:
        job = verdict.job
        if job.mutant is None:
            continue
        rows = matrix.setdefault(job.mutant.id, {})
        named, before = sorted(job.tests), rows.get(job.variant)
        if job.whole:
            others = [name for name in verdict.failed if name not in job.tests]
            rows[job.variant] = Row(on=today, named=named, others=others)
        elif before is None or before["named"] != named:
            rows[job.variant] = Row(on=today, named=named, others=None)
    return {
        id: {v: matrix[id][v] for v in mutant.variants if v in matrix[id]}
        for id, mutant in mutants.items()
        if id in matrix
    }


def untried(matrix: Matrix, mutants: dict[str, Mutant]) -> list[str]:
    """The mutants that have not been tried with the tests that are named for them now."""
    tried = {id: {v: row["named"] for v, row in rows.items()} for id, rows in matrix.items()}
    return [
        id
        for id, mutant in mutants.items()
        if tried.get(id) != {v: sorted(mutant.tests(v)) for v in mutant.variants}
    ]


def texts(matrix: Matrix, mutants: dict[str, Mutant]) -> dict[Path, str]:
    """What is published: matrix.json and MATRIX.md."""
    written = json.dumps(matrix, indent=1, ensure_ascii=False) + "\n"
    return {MATRIX: written, PAGE: page(matrix, mutants, engine.published())}


def rules() -> dict[int | str, str]:
    """The contract's rules by number, and "pages"."""
    pages = "pages", "The pages do what they say."
    return dict([*contract.rules().items(), pages])


def page(matrix: Matrix, mutants: dict[str, Mutant], by_operators: engine.Results) -> str:
    """MATRIX.md: what operators find, and a table for each rule."""
    known = [mutant for id, mutant in mutants.items() if id in matrix]
    titles, tables = rules(), []
    for rule, group in groupby(known, lambda mutant: mutant.rule):
        heading = f"Rule {rule}: {titles[rule]}" if rule != "pages" else "The pages"
        tables.append((heading.rstrip("."), [(one, figures(matrix[one.id])) for one in group]))
    days = sorted({row["on"] for rows in matrix.values() for row in rows.values()})
    about = {
        "faults": len(known),
        "copies": sum(len(rows) for rows in matrix.values()),
        "between": f" between {days[0]} and {days[-1]}" if days[1:] else f" on {days[0]}",
        "titles": [variant.title for variant in VARIANTS.values()],
        "rules": tables,
        "operators": engine.about(by_operators),
    }
    return rendered(PAGE.with_name("page.template"), about)


def figures(rows: dict[str, Row]) -> list[str]:
    """By variant, how many of the named tests failed, and how many others."""
    shown = []
    for variant in VARIANTS:
        row = rows.get(variant)
        others = f" + {len(row['others'])}" if row and row["others"] else ""
        shown.append(f"{len(row['named'])}{others}" if row else "–")
    return shown

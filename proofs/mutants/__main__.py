"""Break the variants on purpose, one fault at a time: `nox -s mutants`.

A fault of catalogue.toml is put into a copy of each variant it is made for, and the tests that
are named for it must fail, for the reason that is given. First they must pass without any fault.
With `--engine`, operators change every line instead: see engine/command.py.
"""

import argparse
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing

from rich.console import Console
from rich.table import Table

from harness import cli
from harness.databases import PROOF, Databases, on_a_server
from harness.golden import hold
from harness.text import number
from harness.variants import VARIANTS
from proofs.mutants.catalogue import Mutant, catalogue
from proofs.mutants.engine import command
from proofs.mutants.matrix import MATRIX, PAGE, published, texts, untried, with_rows
from proofs.mutants.trial import Job, Verdict, verdicts

ADVICE = "`nox -s mutants -- --accept`"
LIMIT, WHOLE_LIMIT = 120.0, 600.0  # seconds for the tests of one copy


def options_from(arguments: Sequence[str], mutants: dict[str, Mutant]) -> argparse.Namespace:
    parser = cli.Parser(
        prog="nox -s mutants --",
        description="Break the variants on purpose, and see the named tests fail.",
    )
    parser.add_names("mutant", mutants, "only these, by their names in catalogue.toml")
    parser.add_choice("--variant", VARIANTS)
    parser.add_argument("--ci", action="store_true", help="only those that CI tries: a minute")
    parser.add_argument(
        "--engine", action="store_true", help="change every line by operators (`--engine --help`)"
    )
    parser.add_argument("--all", action="store_true", help="run both suites whole on each: long")
    parser.add_argument(
        "--accept",
        action="store_true",
        help=f"publish which tests failed, in {MATRIX.name} and {PAGE.name}",
    )
    options = parser.parse_args(arguments)
    if options.ci and options.mutant:
        parser.error("--ci chooses the mutants: name none")
    return options


def jobs_from(options: argparse.Namespace, mutants: dict[str, Mutant]) -> list[Job]:
    """The chosen mutants on the chosen variants."""
    return [
        Job(variant, mutant, mutant.tests(variant), options.all)
        for mutant in cli.chosen(options.mutant, mutants)
        if mutant.ci or not options.ci
        for variant in mutant.variants
        if variant in (options.variant or VARIANTS)
    ]


def baselines(jobs: list[Job]) -> list[Job]:
    """For each variant, all named tests of its mutants, on a copy without a fault."""
    tests: dict[str, list[str]] = defaultdict(list)
    for job in jobs:
        tests[job.variant] += job.tests
    whole = any(job.whole for job in jobs)
    return [Job(variant, None, names, whole) for variant, names in tests.items()]


def run_all(jobs: list[Job], databases: Databases, description: str) -> list[Verdict]:
    """Run the jobs with a bar."""
    limit = WHOLE_LIMIT if any(job.whole or job.mutant is None for job in jobs) else LIMIT
    runs = verdicts(jobs, databases, os.cpu_count() or 2, limit)
    with closing(runs), cli.bar() as bar:
        return list(bar.track(runs, total=len(jobs), description=description))


def in_words(verdict: Verdict) -> str:
    """Why a mutant is not caught, in a line."""
    word = {"survived": "survived", "wrong": "not caught"}[verdict.word]
    name = verdict.job.mutant.id if verdict.job.mutant else "without a fault"
    return f"{name}, {verdict.job.variant}: {word}: {verdict.why}"


def table(found: list[Verdict]) -> Table:
    """Tried, caught, survived, by variant."""
    result = Table(title=None)
    for title in ("variant", "tried", "caught", "survived", "for another reason"):
        result.add_column(title, justify="left" if title == "variant" else "right")
    counts = Counter((one.job.variant, one.word) for one in found)
    variants = [variant for variant in VARIANTS if any(v == variant for v, _ in counts)]
    for title, of in [*((v, [v]) for v in variants), ("all", variants)]:
        figures = [sum(counts[v, word] for v in of) for word in ("caught", "survived", "wrong")]
        result.add_row(title, str(sum(figures)), *map(str, figures), end_section=title != "all")
    return result


def run(options: argparse.Namespace, mutants: dict[str, Mutant], databases: Databases) -> int:
    """Returns the exit status."""
    out = Console(highlight=False)
    jobs = jobs_from(options, mutants)
    if not jobs:
        raise cli.Refusal("none of these mutants is made for that variant")
    start = time.monotonic()
    for one in run_all(baselines(jobs), databases, "without a fault"):
        if one.word != "caught":
            raise cli.Failure(f"{in_words(one)}: mend that first")
    found = run_all(jobs, databases, "with one")
    out.print(table(found))
    caught = [one for one in found if one.word == "caught"]
    matrix = with_rows(published(), caught if options.accept else [], mutants)
    status = hold(texts(matrix, mutants), accept=options.accept, advice=ADVICE)
    errors = [in_words(one) for one in found if one.word != "caught"]
    if missing := untried(matrix, mutants):
        errors.append(f"published without {', '.join(missing)}: {ADVICE}")
    for line in errors:
        print(f"error: {line}", file=sys.stderr)
    minutes, seconds = divmod(round(time.monotonic() - start), 60)
    faults = number(len({one.job.mutant.id for one in found if one.job.mutant}), "fault")
    copies = number(len(found), "copy", "copies")
    out.print(f"{faults} in {copies}, {minutes} min {seconds} s.")
    return status or int(bool(errors))


def main(arguments: list[str]) -> int:
    if "--engine" in arguments:
        return command.main([one for one in arguments if one != "--engine"])
    mutants = catalogue()
    options = options_from(arguments, mutants)
    with on_a_server(PROOF) as databases:
        return run(options, mutants, databases)


if __name__ == "__main__":
    cli.run(main)

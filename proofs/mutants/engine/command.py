"""Change the variants by operators, and see whether a test, `check` or `e2e` notices.

`nox -s mutants -- --engine`: every operator on every line of the variants' own code. A run can be
stopped, and goes on where it was; a verdict is kept as long as the changed file and the test that
killed it are what they were.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing

from rich.console import Console
from rich.table import Table

from harness import cli
from harness.databases import PROOF, on_a_server
from harness.golden import hold
from harness.variants import VARIANTS, Variant
from proofs.mutants.catalogue import catalogue
from proofs.mutants.engine import published as pub
from proofs.mutants.engine.mutants import Mutant, all_mutants
from proofs.mutants.engine.trials import Engine, Killers, State, Verdict, engine, measured
from proofs.mutants.matrix import PAGE, page, published

ADVICE = "`nox -s mutants -- --engine --accept`"
HELP = "Every survivor deserves a test, or a place in survivors.toml with a reason."


def options_from(arguments: Sequence[str]) -> argparse.Namespace:
    parser = cli.Parser(prog="nox -s mutants -- --engine", description=__doc__, epilog=HELP)
    parser.add_choice("--variant", VARIANTS)
    parser.add_argument("--match", metavar="TEXT", help="only those whose file or lines have it")
    parser.add_argument("--again", action="store_true", help="also those that are tried already")
    parser.add_argument("--ci", action="store_true", help="a fixed sample, by what killed it")
    parser.add_argument("--no-browser", action="store_true", help="without e2e")
    parser.add_argument("--accept", action="store_true", help="publish what is known by now")
    return parser.parse_args(arguments)


def chosen(options: argparse.Namespace, mutants: Sequence[Mutant]) -> list[Mutant]:
    return [
        mutant
        for mutant in mutants
        if mutant.variant in (options.variant or VARIANTS)
        and (options.match or "") in mutant.name
        and (not options.ci or pub.for_ci(mutant))
    ]


def variants_of(mutants: Sequence[Mutant]) -> list[Variant]:
    """The variants that mutants are made in."""
    return cli.chosen({one.variant for one in mutants}, VARIANTS) if mutants else []


def tried(
    machine: Engine, mutants: Sequence[Mutant], state: State, killers: Killers, what: str
) -> list[Verdict]:
    """Try mutants, with a bar that says how many survived and when it may be over."""
    found: list[Verdict] = []
    known = {(one.variant, one.name): one for one in mutants}
    begun = time.monotonic()
    with closing(machine.verdicts(mutants, killers)) as verdicts, cli.bar() as bar:
        task = bar.add_task(what, total=len(mutants))
        for verdict in verdicts:
            found.append(verdict)
            if verdict.by or verdict.name not in killers.alone:  # else it survived one test alone
                state.add(known[verdict.variant, verdict.name], verdict)
            left = (time.monotonic() - begun) / len(found) * (len(mutants) - len(found)) / 60
            survived = sum(not one.by for one in found)
            words = f"{what}: {survived} survived, about {left:.0f} min left"
            bar.update(task, completed=len(found), description=words)
    return found


def run(options: argparse.Namespace) -> int:
    mutants = all_mutants()
    listed = pub.survivors()
    wanted = [one for one in chosen(options, mutants) if one.name not in listed]
    if not wanted:
        raise cli.Refusal("no mutant is like that")
    state = State(mutants)
    killers = Killers(mutants, state)
    left = [one for one in wanted if options.again or not state.known(one)]
    if options.ci:  # each by what has killed it before, whatever is known here
        killers.alone, left = pub.published()["sample"], wanted
    anew = variants_of([one for one in left if one.name not in killers.alone])
    at_once = os.cpu_count() or 2
    with on_a_server(PROOF) as databases:
        contexts = measured(databases, anew, at_once=at_once)
        with engine(databases, contexts, at_once=at_once) as machine:
            for variant in variants_of(left):
                own = [one.name for one in left if one.variant == variant.id]
                machine.prepare(variant, killers.alone_for(own))
            found = tried(machine, left, state, killers, "tests")
            left = [one for one in wanted if state.for_the_browser(one)]
            if left and not options.no_browser and not options.ci:
                machine.with_a_browser()
                for variant in variants_of(left):
                    machine.look(variant)
                tried(machine, left, state, killers, "browser")
    if not options.ci:
        found = [state.verdicts[one.variant, one.name] for one in wanted]
    return said(options, mutants, found, state, listed)


def said(
    options: argparse.Namespace,
    mutants: Sequence[Mutant],
    found: Sequence[Verdict],
    state: State,
    listed: dict[str, str],
) -> int:
    """Print what was found, publish it if that is asked for; returns the exit status."""
    table = Table("variant", "made", "killed", "survived")
    for variant in VARIANTS:
        own = [one for one in found if one.variant == variant]
        survived = sum(not one.by for one in own)
        table.add_row(variant, *map(str, (len(own), len(own) - survived, survived)))
    Console(highlight=False).print(table)
    errors = [f"{one.variant}: survived: {one.name}" for one in found if not one.by]
    errors += [f"{pub.SURVIVORS.name}: no such mutant: {name}" for name in pub.unknown(mutants)]
    for line in errors:
        print(f"error: {line}", file=sys.stderr)
    if options.accept:
        results = pub.results(mutants, state.verdicts, listed)
        pages = {pub.RESULTS: pub.text(results), PAGE: page(published(), catalogue(), results)}
        hold(pages, accept=True, advice=ADVICE)
    return int(bool(errors))


def main(arguments: list[str]) -> int:
    return run(options_from(arguments))

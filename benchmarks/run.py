"""Run the benchmarks: `nox -s benchmarks`.

Quick by default: 1,000 and 10,000 players, a minute. `--full` goes on to 1,000,000 players, the
alternatives and the ladder's time. Each target is measured by a session of pytest-benchmark's in
a process of its own, as in `pytest benchmarks --target=profile`, and these take turns. The result
is one file of pytest-benchmark's, in .results/benchmarks/, which `pytest-benchmark compare` reads,
and so do the sessions `report` and `compare_reports`.
"""

import argparse
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.progress import Progress

from benchmarks import expectations, provenance, results
from benchmarks.databases import RUN, of_a_run, settings, version
from benchmarks.ladder.measure import measure as measure_ladder
from benchmarks.operations import OPERATIONS
from benchmarks.people import sizes
from benchmarks.run_file import SCHEMA, About
from benchmarks.targets import BASELINE, Target, control, of_alternatives, of_variants
from benchmarks.turns import TIMING, At, Coordinator
from harness import environment, golden
from harness.cli import Failure, Parser, bar, chosen, run
from harness.databases import Databases
from harness.text import number
from harness.variants import REFERENCE, ROOT, VARIANTS

QUICK_SIZES = [1_000, 10_000]
FULL_SIZES = [1_000, 10_000, 100_000, 1_000_000]
QUICK_SECONDS, FULL_SECONDS = 0.4, 1.5  # of timing, for an operation of all targets at a size
LADDER_ROUNDS = 7
Told = dict[str, dict[str, Any]]  # by name ("file", "facts", "storage", "seeding") and target
ACCEPT = "mend it, or `nox -s benchmarks -- --accept`"


def options_from(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog="nox -s benchmarks --", description="Measure what each strategy costs.")
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 players: 15 minutes")
    parser.add_choice("--variant", VARIANTS)
    parser.add_choice("--operation", OPERATIONS)
    parser.add_argument("--sizes", type=sizes, help="numbers of players, such as 1000,10000")
    parser.add_argument("--seed", type=int, default=1, help="which players to seed (1)")
    parser.add_argument("--database-url", help="use this server instead of one of our own")
    counting = parser.add_mutually_exclusive_group()
    counting.add_argument(
        "--check", action="store_true", help="only count, and hold it to expectations.json"
    )
    counting.add_argument(
        "--accept", action="store_true", help="only count, and make that the expectations"
    )
    options = parser.parse_args(arguments)
    less = options.variant or options.operation or options.sizes or options.seed != 1
    options.mode = "chosen" if less else "full" if options.full else "quick"
    options.counts = options.check or options.accept
    if options.counts and options.mode != "quick":
        parser.error("--check and --accept count what the quick run counts: give no other option")
    options.sizes = options.sizes or (FULL_SIZES if options.full else QUICK_SIZES)
    options.operation = [one.id for one in chosen(options.operation, OPERATIONS)]
    return options


def targets_of(options: argparse.Namespace, folder: Path) -> tuple[list[Target], Target]:
    """What a run measures, and the variant that the others' times are divided by."""
    variants = [one for one in of_variants() if not options.variant or one.id in options.variant]
    [reference] = [one for one in variants if one.id == REFERENCE.id] or variants[:1]
    targets = [*variants, *([] if options.counts else [control(reference)]), BASELINE]
    if options.full and not options.variant:
        cells = [(OPERATIONS[id], size) for id in options.operation for size in options.sizes]
        others = of_alternatives(folder)
        targets += [one for one in others if any(one.takes_part(*cell) for cell in cells)]
    return targets, reference


def measured(
    options: argparse.Namespace,
    targets: list[Target],
    reference: Target,
    databases: Databases,
    folder: Path,
    progress: Progress,
) -> Told:
    """Have a session of pytest-benchmark's measure each target, and returns what these tell.

    `folder` has the changed copies of variants, and goes with us. Raises Failure where one of
    them fails, ends, or answers otherwise than the first.
    """
    stages = 1 if options.counts else 2
    steps = len(options.sizes) * (2 + stages * len(options.operation))
    doing, done = "starting", set[At]()
    task = progress.add_task(doing, total=steps)

    def show(at: At) -> None:
        nonlocal doing
        doing = in_words(at, options)
        progress.update(task, description=doing, completed=len(done - {at}))
        done.add(at)

    variables = {**environment.clean(), "DATABASE_URL": databases.url, RUN: databases.token}
    with Coordinator(show, folder) as coordinator:
        for target in targets:
            coordinator.start(target.id, session(options), variables, (target, reference.id))
        try:
            coordinator.run()
        except Failure as failure:
            raise Failure(f"{doing}: {failure}; nothing was written") from None
    progress.update(task, description="measured", completed=steps)
    return coordinator.told


def session(options: argparse.Namespace) -> list[str]:
    """What a session is started with."""
    seconds = FULL_SECONDS if options.full else QUICK_SECONDS
    return [
        *("pytest", "benchmarks", "--exitfirst", "--quiet", "--tb=short"),
        f"--sizes={','.join(map(str, options.sizes))}",
        f"--seed={options.seed}",
        *(f"--operation={id}" for id in options.operation),
        *(["--benchmark-disable"] if options.counts else [f"--benchmark-json={os.devnull}"]),
        *("--benchmark-quiet", f"--benchmark-max-time={seconds}"),
    ]


def in_words(at: At, options: argparse.Namespace) -> str:
    """What the targets are at."""
    size, operation, stage = at
    doing = "seeding"
    if operation >= 0:
        title = list(OPERATIONS.values())[operation].title
        doing = f"{'timing' if stage == TIMING else 'counting'} {title}"
    return f"{options.sizes[size]:,} players: {doing}"


def about_before(
    databases: Databases, targets: list[Target], reference: Target, options: argparse.Namespace
) -> dict[str, Any]:
    """What the figures hold for, as far as it is known before."""
    operations = [OPERATIONS[id] for id in options.operation]
    return {
        "schema": SCHEMA,
        "mode": options.mode,
        "seed": options.seed,
        "sizes": options.sizes,
        "operations": {
            one.id: {"title": one.title, "what": one.what, "writes": one.writes}
            for one in operations
        },
        "subjects": {
            one.id: {"title": one.title, "what": one.what, "kind": one.kind, "base": one.base}
            for one in targets
        },
        "reference": reference.id,
        "control": f"{reference.id}_again",
        **provenance.code(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**provenance.machine(), "load_before": provenance.load()},
        "versions": {**provenance.versions(), "PostgreSQL": version(databases)},
        "settings": settings(databases),
        "hash": provenance.one_hash(),
    }


def about_after(before: dict[str, Any], told: Told, seconds: float) -> dict[str, Any]:
    """The rest of what the figures hold for."""
    code = provenance.code()
    return {
        "machine": {**before["machine"], "load_after": provenance.load()},
        "changed": before["changed"] or code["changed"] or code["commit"] != before["commit"],
        # By those that seeded themselves, and did not copy; in the order of the targets.
        **{
            name: {id: told[name][id] for id in before["subjects"] if id in told[name]}
            for name in ("storage", "seeding")
        },
        "seconds": round(seconds, 1),
    }


def held(told: Told, targets: list[Target], options: argparse.Namespace) -> int:
    """Hold what was counted to the expectations, or make it these; returns the exit status."""
    counted = {name: fact for one in told["facts"].values() for name, fact in one.items()}
    names = [
        f"{operation}[{players}-{target.id}]"
        for players in options.sizes
        for operation in options.operation
        for target in targets
    ]
    text = expectations.as_text({name: counted[name] for name in names})
    status = golden.hold({expectations.FILE: text}, accept=options.accept, advice=ACCEPT)
    if not status:
        cells = number(len(counted), "cell")
        print(f"{cells} are as expected: answers, statements, checks, plans, pages.")
    return status


def main(arguments: list[str]) -> int:
    options = options_from(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="alternatives-") as name,
        of_a_run(options.database_url) as databases,
        bar() as progress,
    ):
        folder = Path(name)
        targets, reference = targets_of(options, folder)
        about = {} if options.counts else about_before(databases, targets, reference, options)
        start = time.monotonic()
        told = measured(options, targets, reference, databases, folder, progress)
        if options.counts:
            return held(told, targets, options)
        if options.mode == "full":
            task = progress.add_task("the ladder", total=1)
            about["ladder"] = measure_ladder(
                databases, LADDER_ROUNDS, lambda text: progress.update(task, description=text)
            )
            progress.update(task, description="the ladder", completed=1)
        about |= about_after(about, told, time.monotonic() - start)
    path = results.store(msgspec.convert(about, About), told["file"])
    print(f"Written to {path.relative_to(ROOT)}; `nox -s report` makes pages of it.")
    return 0


if __name__ == "__main__":
    run(main)

"""Run the benchmarks: `nox -s benchmarks`.

Quick by default: 1,000 and 10,000 players, a minute. `--full` goes on to 1,000,000 players, the
alternatives and the ladder's time. The result is one file of pytest-benchmark's, in
.results/benchmarks/, which `pytest-benchmark compare` reads, and so do the sessions `report` and
`compare_reports`.
"""

import argparse
import hashlib
import importlib.metadata
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import expectations, run_file, store
from benchmarks.compare import git
from benchmarks.crew import Crew, CrewError
from benchmarks.databases import REFUSALS, SETTINGS, Databases, databases
from benchmarks.ladder.measure import measure as measure_ladder
from benchmarks.ladder.sites import LadderError
from benchmarks.measure import AnswersDiffer, Cell, Measurement, Plan
from benchmarks.operations import OPERATIONS
from benchmarks.stats import ratio, rounded, spread
from benchmarks.subjects import FLOOR, ROOT, VARIANTS, Subject, alternatives, control
from tools.commands import OneLineParser, Stopped
from tools.postgres import server

QUICK = [1_000, 10_000]
LADDER_ROUNDS = 7
FULL = [1_000, 10_000, 100_000, 1_000_000]
SMALLEST, LARGEST = 1_000, 3_000_000


# What decides the figures; how they are shown does not.
CODE = (
    *("*_variant/config/**/*.py", "*_variant/players/**/*.py", "*_variant/website/**/*.py"),
    *("*_variant/players/**/*.html", "*_variant/website/**/*.html"),
    *("benchmarks/*.py", "benchmarks/alternatives/**/*.py", "benchmarks/ladder/*.py"),
    "requirements/benchmarks.txt",
)
FAILURES = (AnswersDiffer, CrewError, LadderError, run_file.ReportError, psycopg2.Error, OSError)


def options_from(arguments: list[str]) -> argparse.Namespace:
    parser = OneLineParser(
        prog="nox -s benchmarks --",
        description="Measure what each strategy costs.",
    )
    parser.add_argument("--full", action="store_true", help="up to 1,000,000 players: 15 minutes")
    parser.add_argument(
        "--variant", action="append", choices=list(VARIANTS), help="only this one (repeatable)"
    )
    parser.add_argument(
        "--operation", action="append", choices=list(OPERATIONS), help="only this one (repeatable)"
    )
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
    if (options.check or options.accept) and mode_of(options) != "quick":
        parser.error("--check and --accept count what the quick run counts: give no other option")
    return options


def sizes(text: str) -> list[int]:
    try:
        numbers = sorted({int(part.replace("_", "")) for part in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list such as 1000,10000") from None
    if numbers[0] < SMALLEST or numbers[-1] > LARGEST:
        raise argparse.ArgumentTypeError(
            f"{text!r}: sizes go from {SMALLEST:,} to {LARGEST:,} players"
        )
    return numbers


def plan_from(options: argparse.Namespace) -> Plan:
    variants = [VARIANTS[id] for id in VARIANTS if id in (options.variant or VARIANTS)]
    reference = "custom" if VARIANTS["custom"] in variants else variants[0].id
    subjects: list[Subject] = [*variants, control(reference), FLOOR]
    if options.full and not options.variant:
        subjects += alternatives()
    return Plan(
        sizes=options.sizes or (FULL if options.full else QUICK),
        operations=[id for id in OPERATIONS if id in (options.operation or OPERATIONS)],
        subjects=subjects,
        reference=reference,
        seed=options.seed,
        budget=0 if options.check or options.accept else 1.5 if options.full else 0.4,
        rounds=(5, 200),
    )


def mode_of(options: argparse.Namespace) -> str:
    if options.variant or options.operation or options.sizes or options.seed != 1:
        return "chosen"
    return "full" if options.full else "quick"


def measured(
    measurement: Measurement, console: Console, stopped: Stopped, ladder_on: Databases | None
) -> list[dict[str, Any]]:
    """Run it, with a bar; and the ladder where it is wanted, whose rows are returned."""
    columns = (
        TextColumn("{task.description:<50}"),
        BarColumn(bar_width=12),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=measurement.steps())
        started = False

        def say(text: str) -> None:
            nonlocal started
            progress.update(task, description=text, advance=int(started))
            started = True
            if stopped.happened:  # a statement that had just ended took no notice
                raise KeyboardInterrupt

        def rename(text: str) -> None:
            progress.update(task, description=text)

        measurement.say = say
        measurement.run()
        if not ladder_on:
            progress.update(task, description="measured", advance=1)
            return []
        say("the ladder")
        ladder = measure_ladder(ladder_on, LADDER_ROUNDS, rename)
        progress.update(task, description="measured", total=measurement.steps() + 1, advance=1)
        return ladder


def extra_info(
    cell: Cell, cells: dict[tuple[str, int, str], Cell], about: dict[str, Any]
) -> dict[str, Any]:
    """What we add to a benchmark's entry in the file."""
    noisy: dict[str, Sequence[float | None]] = {
        "wall": cell.wall,
        "client_cpu": cell.client_cpu,
        "backend_cpu": cell.backend_cpu,
    }
    info: dict[str, Any] = {
        "operation": cell.operation,
        "players": cell.players,
        "subject": cell.subject,
        "exact": cell.exact,
        "statements": cell.statements,
        "noisy": {name: spread(samples) for name, samples in noisy.items()}
        | {"cpu": spread(cell.cpu)},
        "samples": {
            "client_cpu": [rounded(sample) for sample in cell.client_cpu],
            "backend_cpu": [sample and rounded(sample) for sample in cell.backend_cpu],
        },
        "calls_per_block": cell.calls_per_block,
    }
    for name, other in (
        ("ratio", about["reference"]),
        ("ratio_to_base", about["subjects"][cell.subject].get("base")),
        ("ratio_to_floor", "floor"),
    ):
        base = cells.get((cell.operation, cell.players, other))
        if base and other != cell.subject:
            info[name] = {
                "cpu": ratio(cell.cpu, base.cpu),
                "client_cpu": ratio(cell.client_cpu, base.client_cpu),
                "backend_cpu": ratio(cell.backend_cpu, base.backend_cpu),
                "wall": ratio(cell.wall, base.wall),
            }
    return info


def provenance(databases: Databases, plan: Plan, options: argparse.Namespace) -> dict[str, Any]:
    """What the figures hold for."""
    import django

    return {
        "schema": run_file.SCHEMA,
        "mode": mode_of(options),
        "seed": plan.seed,
        "sizes": plan.sizes,
        "operations": {
            id: {"title": one.title, "what": one.what, "writes": one.writes}
            for id, one in OPERATIONS.items()
            if id in plan.operations
        },
        "subjects": {
            one.id: {"title": one.title, "what": one.what, "kind": one.kind}
            | ({"base": one.base} if one.base else {})
            for one in plan.subjects
        },
        "reference": plan.reference,
        "control": control(plan.reference).id,
        "commit": git("rev-parse", "HEAD"),
        "changed": changed(),
        "contract": digest("shared_tests/*.py"),
        "code": digest(*CODE),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cpus": os.cpu_count(),
            "processor": processor(),
            "memory_gb": memory(),
            "load_before": load(),
        },
        "versions": {
            "Python": platform.python_version(),
            "Django": django.get_version(),
            "psycopg2": importlib.metadata.version("psycopg2-binary"),
            "PostgreSQL": databases.version(),
        },
        "settings": databases.settings(),
        "hash": one_hash(),
    }


def changed() -> bool:
    """Whether the code is not what was committed."""
    return bool(git("status", "--porcelain"))


def digest(*patterns: str) -> str:
    """A hash of the files' text, in the order of their names."""
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def one_hash() -> dict[str, Any]:
    """What one real password hash of Django's takes of this machine's CPU, in seconds."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    rounds, samples = PBKDF2PasswordHasher.iterations, []
    for _ in range(3):
        start = time.process_time()
        hashlib.pbkdf2_hmac("sha256", b"natural-twenty-20", b"benchmarkBENCHMARK0123", rounds)
        samples.append(time.process_time() - start)
    seconds = rounded(statistics.median(samples))
    return {"algorithm": "pbkdf2_sha256", "iterations": rounds, "cpu_seconds": seconds}


def processor() -> str:
    """The CPU's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def memory() -> int:
    import psutil

    return round(psutil.virtual_memory().total / 2**30)


def load() -> list[float]:
    """The load averages of 1, 5 and 15 minutes; none where the system has none."""
    return [round(one, 2) for one in os.getloadavg()] if hasattr(os, "getloadavg") else []


def measure(
    options: argparse.Namespace, url: str, console: Console, stopped: Stopped
) -> tuple[dict[str, Any], list[Cell]]:
    """What a run is about, and its cells."""
    plan = plan_from(options)
    start = time.monotonic()
    with databases(url) as ours, Crew(plan.subjects, url) as crew:
        about = provenance(ours, plan, options)
        measurement = Measurement(plan, ours, crew, print)
        ladder = measured(measurement, console, stopped, ours if about["mode"] == "full" else None)
        about["machine"]["load_after"] = load()
        about["changed"] |= changed() or about["commit"] != git("rev-parse", "HEAD")
    about |= {
        "seconds": round(time.monotonic() - start, 1),
        "storage": measurement.storage,
        "seeding": measurement.seeding,
    } | ({"ladder": ladder} if ladder else {})
    return about, list(measurement.cells.values())


def entries(about: dict[str, Any], cells: list[Cell]) -> list[dict[str, Any]]:
    """The cells as `store` takes them."""
    by_key = {(cell.operation, cell.players, cell.subject): cell for cell in cells}
    return [
        {
            "group": f"{cell.operation}, {cell.players:,} players",
            "name": f"{cell.operation}[{cell.players}-{cell.subject}]",
            "seconds": [rounded(sample) for sample in cell.wall],
            "extra_info": extra_info(cell, by_key, about),
        }
        for cell in cells
    ]


def conclude(options: argparse.Namespace, about: dict[str, Any], cells: list[Cell]) -> int:
    """Store what was measured, or hold it to the expectations; returns the exit status."""
    if not (options.check or options.accept):
        path = store.store(about, entries(about, cells))
        print(f"Written to {path.relative_to(ROOT)}; `nox -s report` makes pages of it.")
        return 0
    kinds = {id: one["kind"] for id, one in about["subjects"].items()}
    found = expectations.facts(cell for cell in cells if kinds[cell.subject] != "control")
    difference = expectations.difference(found)
    if difference:
        print(difference)
    if options.accept:
        expectations.accept(found)
        print("These are the expectations now." if difference else "Nothing changed.")
        return 0
    broken = expectations.over_the_limit(cells)
    if difference:
        broken.append("what was counted differs: mend it, or `nox -s benchmarks -- --accept`")
    for line in broken:
        print(f"error: {line}", file=sys.stderr)
    if not broken:
        print(f"{len(found)} cells are as expected: answers, statements, checks, plans, pages.")
    return 1 if broken else 0


def reason_of(error: BaseException) -> str:
    """An error in one line."""
    if isinstance(error, psycopg2.Error):
        return f"PostgreSQL: {' '.join(str(error).split())}; nothing was written"
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename}" if error.filename else f"{error.strerror}"
    return str(error)


def main(arguments: Sequence[str]) -> int:
    options = options_from(list(arguments))
    console = Console(stderr=True)
    stopped = Stopped()
    # So that Ctrl-C ends a statement that takes long, such as those that seed a million players.
    psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)
    url = options.database_url or os.environ.get("DATABASE_URL")
    try:
        if url:
            about, cells = measure(options, url, console, stopped)
        else:
            with server(SETTINGS, durable=True) as url:
                about, cells = measure(options, url, console, stopped)
        return conclude(options, about, cells)
    except BaseException as error:
        if stopped.happened:  # whatever it was made into on its way here
            print("interrupted: nothing was written, nothing is left behind", file=sys.stderr)
            return 130
        if not isinstance(error, (*REFUSALS, *FAILURES)):
            raise
        print(f"error: {reason_of(error)}", file=sys.stderr)
        return 2 if isinstance(error, REFUSALS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What a registration costs on each step of the ladder."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, cast

from benchmarks.databases import Databases
from benchmarks.ladder import LADDER, STEPS
from benchmarks.ladder.rules import accepted
from benchmarks.ladder.sites import SETTINGS, VARIANT, LadderError, settings
from harness import environment
from harness.variants import ROOT

REFERENCE = list(LADDER)[-1]
LIGHT_ROUNDS = 5  # with a hash of one iteration, to each round with a real one

Ask = Callable[[str], dict[str, Any]]
Pair = tuple[float, float]


def measure(
    databases: Databases, rounds: int, progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """A row a step, in their order, as the key "ladder" of a run's file holds them.

    Each step has a database among the run's. In each of the `rounds`, one or more, each step in
    turn registers players, and the last rung one after each: a machine that slows down slows
    both. `progress` is told in a few words what is done.

    "statements", "commits" (those that write), "hashes", "round_trips" and "sql" are exact.
    "cpu_seconds" are the client's and the backend's together, of the client alone where the
    server is elsewhere or this is no Linux. "ratio" divides by those of the last rung right
    after: "cpu", and "cpu_without_hash", where a hash has one iteration. The last rung's own
    differ from 1 by noise alone. "broken_rules" is None for the packages, whose sites are not
    the contract's.

    Raises LadderError where a step does not register, psycopg2.Error without its database.
    """
    real: dict[str, list[Pair]] = {step: [] for step in STEPS}
    light: dict[str, list[Pair]] = {step: [] for step in STEPS}
    counts: dict[str, dict[str, Any]] = {}
    with ExitStack() as stack:
        sites = {step: stack.enter_context(site(databases, step)) for step in STEPS}
        for step, ask in sites.items():
            counts[step] = ask("count")
            progress(f"the ladder: {len(counts)} of {len(sites)} steps are counted")
        for number in range(rounds):
            first = number % len(STEPS)
            order = [*STEPS][first:] + [*STEPS][:first]
            for step in order:
                real[step].append(pair("time", sites[step], sites[REFERENCE]))
            for step in order * LIGHT_ROUNDS:
                light[step].append(pair("time lightly", sites[step], sites[REFERENCE]))
            progress(f"the ladder: {number + 1} of {rounds} rounds are timed")
    broken = accepted()
    return [
        {
            "step": step,
            "title": words.title,
            "what": words.what,
            **counts[step],
            "ratio": {
                "cpu": summary([a / b for a, b in real[step]]),
                "cpu_without_hash": summary([a / b for a, b in light[step]]),
            },
            "cpu_seconds": summary([a for a, _ in real[step]]),
            "broken_rules": broken.get(step),
        }
        for step, words in STEPS.items()
    ]


@contextmanager
def site(databases: Databases, step: str) -> Iterator[Ask]:
    """Yield what sends a command to a step's own process, and waits for the answer."""
    with databases.fresh("ladder", str(list(STEPS).index(step))) as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ladder.worker"],
            cwd=ROOT,
            env=environment.project(
                VARIANT.path, url, settings=SETTINGS, production=True, more=settings(step)
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C reaches only us, who then end it
        )

        def ask(command: str) -> dict[str, Any]:
            with suppress(OSError):  # it has ended, and said why, or no line comes
                print(command, file=process.stdin, flush=True)
            line = cast(IO[str], process.stdout).readline()
            answer: dict[str, Any] = json.loads(line or '{"error": "its process ended"}')
            if "error" in answer:
                raise LadderError(f"{step}: {answer['error']}")
            return answer

        try:
            yield ask
        finally:
            process.kill()
            with suppress(OSError), process:  # closes the pipes, of which one may be broken
                pass


def pair(command: str, *sites: Ask) -> Pair:
    """The CPU seconds of two sites, one right after the other."""
    ours, theirs = (site(command)["cpu"] for site in sites)
    return ours, theirs


def summary(values: list[float]) -> dict[str, float]:
    """The median and the quartiles of one value or more."""
    values = values if len(values) > 1 else values * 2
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "q1": q1, "q3": q3}

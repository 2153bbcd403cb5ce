"""What a registration costs on each step of the ladder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.ladder import LADDER, STEPS
from benchmarks.ladder.rules import accepted
from benchmarks.ladder.sites import SETTINGS, VARIANT, LadderError, settings
from benchmarks.stats import ratio, spread
from benchmarks.turns import connected
from harness import environment
from harness.databases import Databases

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
                "cpu": ratio(*zip(*real[step], strict=True)),
                "cpu_without_hash": ratio(*zip(*light[step], strict=True)),
            },
            "cpu_seconds": spread([ours for ours, _ in real[step]]),
            "broken_rules": broken.get(step),
        }
        for step, words in STEPS.items()
    ]


@contextmanager
def site(databases: Databases, step: str) -> Iterator[Ask]:
    """Yield what sends a command to a step's own process, and waits for the answer."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.fresh("ladder", str(list(STEPS).index(step))))
        variables = environment.project(
            VARIANT.path, url, settings=SETTINGS, production=True, more=settings(step)
        )
        _, connection = stack.enter_context(connected(["benchmarks.ladder.worker"], variables))

        def ask(command: str) -> dict[str, Any]:
            try:
                connection.send(command)
                answer: dict[str, Any] = connection.recv()
            except (EOFError, OSError):
                raise LadderError(f"{step}: its process ended") from None
            if "error" in answer:
                raise LadderError(f"{step}: {answer['error']}")
            return answer

        yield ask


def pair(command: str, *sites: Ask) -> Pair:
    """The CPU seconds of two sites, one right after the other."""
    ours, theirs = (site(command)["cpu"] for site in sites)
    return ours, theirs

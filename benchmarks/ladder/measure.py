"""What a registration costs on each step of the ladder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.databases import RUN
from benchmarks.ladder import LAST, STEPS, LadderError
from benchmarks.ladder.rules import accepted
from benchmarks.stats import ratio, spread
from benchmarks.turns import connected
from harness import environment
from harness.databases import Databases

LIGHT_ROUNDS = 5  # with a hash of one iteration, to each round with a real one

Ask = Callable[[str], dict[str, Any]]


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
    pairs: dict[str, dict[str, list[tuple[float, float]]]] = {
        command: {step: [] for step in STEPS} for command in ("time", "time lightly")
    }
    counts: dict[str, dict[str, Any]] = {}
    with ExitStack() as stack:
        sites = {step: stack.enter_context(site(databases, step)) for step in STEPS}
        for step, ask in sites.items():
            counts[step] = ask("count")
            progress(f"the ladder: {len(counts)} of {len(sites)} steps are counted")
        for number in range(rounds):
            first = number % len(STEPS)
            order = [*STEPS][first:] + [*STEPS][:first]
            for command, times in (("time", 1), ("time lightly", LIGHT_ROUNDS)):
                for step in order * times:
                    ours, theirs = (sites[one](command)["cpu"] for one in (step, LAST))
                    pairs[command][step].append((ours, theirs))
            progress(f"the ladder: {number + 1} of {rounds} rounds are timed")
    broken = accepted()
    return [
        {
            "step": step,
            **words,
            **counts[step],
            "ratio": {
                "cpu": ratio(*zip(*pairs["time"][step], strict=True)),
                "cpu_without_hash": ratio(*zip(*pairs["time lightly"][step], strict=True)),
            },
            "cpu_seconds": spread([ours for ours, _ in pairs["time"][step]]),
            "broken_rules": broken.get(step),
        }
        for step, words in STEPS.items()
    ]


@contextmanager
def site(databases: Databases, step: str) -> Iterator[Ask]:
    """Yield what sends a command to a step's own process, and waits for the answer."""
    server = {"DATABASE_URL": databases.url, RUN: databases.token}
    variables = {**environment.clean(), **server, "LADDER_STEP": step}
    with connected(["benchmarks.ladder.worker"], variables) as (_, connection):

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

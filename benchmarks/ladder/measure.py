"""What a registration costs on each step of the ladder."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from benchmarks.databases import RUN
from benchmarks.ladder import LAST, STEPS, LadderError
from benchmarks.ladder.rules import accepted
from benchmarks.run_file import EXACT_OF_STEP
from benchmarks.stats import ratio, spread
from benchmarks.turns import At, Coordinator, connected
from harness import environment
from harness.databases import Databases

CONTROL = f"{LAST}_again"


def measure(
    databases: Databases, rounds: int, progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """A row a step, in their order, as the key "ladder" of a run's file holds them.

    Each step has a process and a database of its own, the last rung two of each. They take turns
    in each of the `rounds`, one or more. `progress` is told in a few words what is done.

    "statements", "commits" (those that write), "hashes", "round_trips" and "sql" are exact.
    "cpu_seconds" are the client's and the backend's together, of the client alone where the
    server is elsewhere or this is no Linux. "ratio" divides by those of the last rung in the
    same round: "cpu", and "cpu_without_hash", where a hash has one iteration. The last rung's own
    is that of its control, and differs from 1 by noise alone. "broken_rules" is None for the
    packages, whose sites are not the contract's.

    Raises LadderError where a step does not register, psycopg2.Error without its database.
    """
    figures: dict[str, dict[str, Any]] = defaultdict(dict)

    def show(at: At) -> None:
        progress(f"the ladder: {at[0]} of {rounds} rounds" if at[0] else "counting the ladder")

    def told(step: str, _: str, value: dict[str, Any]) -> None:
        figures[step] |= value

    def lost(step: str) -> None:
        if "cpu" not in figures[step]:
            raise LadderError(f"{step}: {figures[step].get('error', 'its process ended')}")

    with ExitStack() as stack:
        connections = {}
        server = {**environment.clean(), "DATABASE_URL": databases.url, RUN: databases.token}
        for step in (*STEPS, CONTROL):
            variables = {**server, "LADDER_STEP": LAST if step == CONTROL else step}
            site = connected(["benchmarks.ladder.worker"], variables)
            _, connections[step] = stack.enter_context(site)
            connections[step].send((step, rounds))
        Coordinator(connections, lost=lost, progress=show, told=told).run()
    broken = accepted()
    return [
        {
            "step": step,
            **words,
            **{name: figures[step][name] for name in (*EXACT_OF_STEP, "sql")},
            "ratio": {
                name: ratio(figures[CONTROL if step == LAST else step][name], figures[LAST][name])
                for name in ("cpu", "cpu_without_hash")
            },
            "cpu_seconds": spread(figures[step]["cpu"]),
            "broken_rules": broken.get(step),
        }
        for step, words in STEPS.items()
    ]

"""What a registration costs on each step of the ladder."""

from collections.abc import Callable
from typing import Any

from benchmarks.databases import RUN
from benchmarks.ladder import LAST, STEPS
from benchmarks.ladder.rules import accepted
from benchmarks.run_file import EXACT_OF_STEP
from benchmarks.stats import ratio, spread
from benchmarks.turns import At, Coordinator
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

    Raises Failure where a step does not register, or has no database.
    """

    def show(at: At) -> None:
        progress(f"the ladder: {at[0]} of {rounds} rounds" if at[0] else "counting the ladder")

    server = {**environment.clean(), "DATABASE_URL": databases.url, RUN: databases.token}
    with Coordinator(show) as coordinator:
        for step in (*STEPS, CONTROL):
            variables = {**server, "LADDER_STEP": LAST if step == CONTROL else step}
            coordinator.start(step, ["benchmarks.ladder.worker"], variables, (step, rounds))
        coordinator.run()
    figures = coordinator.told["figures"]
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

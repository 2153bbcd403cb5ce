"""What a registration costs on each step of the ladder.

`python -m benchmarks.ladder.measure [ROUNDS]` prints it as a table.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any, cast

from benchmarks.ladder import LADDER, STEPS
from benchmarks.ladder.rules import accepted
from benchmarks.ladder.sites import ROOT, LadderError, environment, in_production, site_database
from tools.postgres import PostgresError, database

REFERENCE = list(LADDER)[-1]
LIGHT_ROUNDS = 5  # with a hash of one iteration, to each round with a real one


def measure(url: str, rounds: int, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """A row a step, in their order, as the key "ladder" of a run's file holds them.

    `url` names a PostgreSQL server; a database a step is made there, and dropped. In each of the
    `rounds`, one or more, each step registers players, one step at a time and all processes
    alive. `progress` is told in a few words what is done.

    "statements", "commits" (those that write), "hashes", "round_trips" and "sql" are exact.
    "cpu_seconds" are the client's and the backend's together, of the client alone where the
    server is elsewhere or this is no Linux. "ratio" divides by those of the last rung in the
    same round: "cpu", and "cpu_without_hash", from rounds whose hashes have one iteration.
    "broken_rules" is None for the packages, whose sites are not the contract's.

    Raises PostgresError without a server, LadderError where a step does not register.
    """
    real: dict[str, list[float]] = {step: [] for step in STEPS}
    light: dict[str, list[float]] = {step: [] for step in STEPS}
    counts: dict[str, dict[str, Any]] = {}
    with ExitStack() as stack:
        sites = {step: stack.enter_context(site(url, step)) for step in STEPS}
        for step, ask in sites.items():
            counts[step] = ask("count")
            progress(f"the ladder: {len(counts)} of {len(sites)} steps are counted")
        for number in range(rounds):
            first = number % len(STEPS)
            order = [*STEPS][first:] + [*STEPS][:first]
            for step in order:
                real[step].append(sites[step]("time")["cpu"])
            for step in order * LIGHT_ROUNDS:
                light[step].append(sites[step]("time lightly")["cpu"])
            progress(f"the ladder: {number + 1} of {rounds} rounds are timed")
    broken = accepted()
    return [
        {
            "step": step,
            "title": words.title,
            "what": words.what,
            **counts[step],
            "ratio": {
                "cpu": ratio(real[step], real[REFERENCE]),
                "cpu_without_hash": ratio(light[step], light[REFERENCE]),
            },
            "cpu_seconds": summary(real[step]),
            "broken_rules": broken.get(step),
        }
        for step, words in STEPS.items()
    ]


@contextmanager
def site(server: str, step: str) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Yield what sends a command to a step's own process, and waits for the answer."""
    with site_database(server, step) as url, ExitStack() as stack:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ladder.worker"],
            cwd=ROOT,
            env=in_production(environment(step, url)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C reaches only us, who then end it
        )
        stack.enter_context(process)
        stack.callback(process.kill)

        def ask(command: str) -> dict[str, Any]:
            with suppress(OSError):  # it has ended, and said why, or no line comes
                print(command, file=process.stdin, flush=True)
            line = cast(IO[str], process.stdout).readline()
            answer: dict[str, Any] = json.loads(line or '{"error": "its process ended"}')
            if "error" in answer:
                raise LadderError(f"{step}: {answer['error']}")
            return answer

        yield ask


def ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    return summary([a / b for a, b in zip(ours, theirs, strict=True)])


def summary(values: list[float]) -> dict[str, float]:
    """The median and the quartiles of one value or more."""
    q1, median, q3 = statistics.quantiles([*values, *values], n=4, method="inclusive")
    return {"median": median, "q1": q1, "q3": q3}


def main(arguments: list[str]) -> int:
    rounds = int(arguments[0]) if arguments else 5
    with database() as url:
        rows = measure(url, rounds, lambda text: print(text, file=sys.stderr))
    print(
        "step                 statements  commits  round trips  hashes  CPU s  ratio  (IQR)",
        end="",
    )
    print("      without hash  (IQR)      broken rules")
    for row in rows:
        hashed, unhashed = (
            f"{part['median']:6.2f}  {part['q1']:.2f}–{part['q3']:.2f}"
            for part in (row["ratio"]["cpu"], row["ratio"]["cpu_without_hash"])
        )
        broken = row["broken_rules"]
        print(
            f"{row['step']:21}{row['statements']:10}{row['commits']:9}{row['round_trips']:13}"
            f"{row['hashes']:8}{row['cpu_seconds']['median']:7.3f} {hashed}{unhashed:>24}      "
            f"{'–' if broken is None else ', '.join(f'{r}: {len(t)}' for r, t in broken.items())}"
        )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (PostgresError, LadderError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

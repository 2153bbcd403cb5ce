"""Faults before the first and after each write of each operation, as a first run counts them."""

from collections.abc import Callable

from proofs.faults.client import Broken
from proofs.faults.invariants import Invariants
from proofs.faults.operations import OPERATIONS, Attempt, located
from proofs.faults.target import Target, until

# The fewest writes that can be right: a count below would mean that the counting is wrong.
FEWEST = {"registration": 5, "edit": 1, "deletion": 4}


def web_process(target: Target) -> str:
    """The process that answers kills itself, by SIGKILL; gunicorn starts another."""

    def kill(attempt: Attempt, writes: int, _: int) -> None:
        before = target.site.workers()
        if attempt.make(f"kill {writes}") is not None:
            raise Broken("the process was not killed")
        until(
            lambda: len(now := target.site.workers()) == len(before) and now != before,
            "gunicorn has not replaced the killed process",
        )

    return _at_every_write(target, "kills", kill)


def connection(target: Target) -> str:
    """The request's connection to the database is ended, from the server's side."""

    def cut(attempt: Attempt, writes: int, of: int) -> None:
        gone = "terminating connection|server closed the connection"
        if attempt.make(f"cut {writes}", gone) == 302 and writes < of:
            raise Broken("the request did not miss its connection")

    return _at_every_write(target, "cuts", cut)


def _at_every_write(target: Target, what: str, inject: Callable[[Attempt, int, int], None]) -> str:
    """Inject a fault everywhere, check the invariants each time, and say how often it was done.

    `inject` is given an attempt, the number of writes after which to strike, and of how many.
    """
    invariants = Invariants(target)
    counts: list[int] = []
    outcomes: list[bool] = []
    for name, prepare in OPERATIONS.items():
        writes = prepare(invariants).writes()
        if len(writes) < FEWEST[name]:
            raise Broken(f"{name}: only {' '.join(writes) or 'no write'} was counted")
        counts.append(len(writes))
        done = []
        for made in range(len(writes) + 1):
            where = f"{name}, after {made} of {len(writes)} writes"
            target.say(where)
            with located(f"{where} ({' '.join(writes[:made])})"):
                attempt = prepare(invariants)
                inject(attempt, made, len(writes))
                invariants.check()
                done.append(attempt.is_done())
                invariants.verify(attempt.username)
        if done != sorted(done) or done[0] or not done[-1]:
            raise Broken(f"{name}: what was done after 0, 1, 2 … writes is {done}")
        outcomes += done
    yes, no = outcomes.count(True), outcomes.count(False)
    return f"{len(outcomes)} {what} at {'+'.join(map(str, counts))} writes: {yes} done, {no} not"

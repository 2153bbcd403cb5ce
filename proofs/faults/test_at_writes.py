"""Faults before the first and after each write of each operation, as a first run counts them."""

from collections.abc import Callable

from proofs.faults.conftest import Tell
from proofs.faults.invariants import Invariants
from proofs.faults.operations import OPERATIONS, Attempt
from proofs.faults.target import Target, until

# The fewest writes that can be right: a count below would mean that the counting is wrong.
FEWEST = {"registration": 5, "edit": 1, "deletion": 4}


def test_the_web_process_kills_itself(target: Target, invariants: Invariants, tell: Tell) -> None:
    """It is the one that answers, by SIGKILL; gunicorn starts another."""

    def kill(attempt: Attempt, writes: int, _: int) -> None:
        before = target.site.workers()
        assert attempt.make(f"kill {writes}") is None, "the process was not killed"
        until(
            lambda: len(now := target.site.workers()) == len(before) and now != before,
            "gunicorn has not replaced the killed process",
        )

    tell(at_every_write(invariants, "kills", kill))


def test_the_database_connection_is_cut(invariants: Invariants, tell: Tell) -> None:
    """The request's own, from the server's side."""

    def cut(attempt: Attempt, writes: int, of: int) -> None:
        gone = "terminating connection|server closed the connection"
        if attempt.make(f"cut {writes}", gone) == 302:
            assert writes == of, "the request did not miss its connection"

    tell(at_every_write(invariants, "cuts", cut))


def at_every_write(
    invariants: Invariants, what: str, inject: Callable[[Attempt, int, int], None]
) -> str:
    """Inject a fault everywhere, check the invariants each time, and say how often it was done.

    `inject` is given an attempt, the number of writes after which to strike, and of how many.
    """
    counts: list[int] = []
    outcomes: list[bool] = []
    for name, prepare in OPERATIONS.items():
        writes = prepare(invariants).writes()
        assert len(writes) >= FEWEST[name], name
        counts.append(len(writes))
        done = []
        for made in range(len(writes) + 1):
            print(f"{name}, after {made} of {len(writes)} writes: {' '.join(writes[:made])}")
            attempt = prepare(invariants)
            inject(attempt, made, len(writes))
            invariants.check()
            done.append(attempt.is_done())
            invariants.verify(attempt.username)
        assert done == sorted(done), f"{name}: more is done if less is written"
        assert not done[0]
        assert done[-1]
        outcomes += done
    yes, no = outcomes.count(True), outcomes.count(False)
    return f"{len(outcomes)} {what} at {'+'.join(map(str, counts))} writes: {yes} done, {no} not"

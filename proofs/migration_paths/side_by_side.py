"""Old and new code at once, on the same players, while a path is walked: is a write lost?"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from harness.cli import Failure
from proofs.migration_paths.damage import refusal_of
from proofs.migration_paths.walk import Walk

Counts = Counter[str]
GOOD = {"200", "302"}


def side_by_side(walk: Walk, seconds: float) -> Counts:
    """What visitors of both codes did, and what came of it.

    The old code's come for so long, and meanwhile deployment 1 is made; then come the new code's,
    beside them. The check of deployment 3 says whether a write was lost. Raises Failure for that,
    and for any answer but a good one or a deadlock.
    """
    name = walk.before("both")
    walk.old.create(name, 40)
    with ThreadPoolExecutor(2) as pool:
        old = pool.submit(walk.old.visit, name, seconds, "o")
        for deployment in (walk.prepare, walk.new):
            if said := refusal_of(deployment, name):
                raise Failure(f"{walk.path.name}, beside visitors of the old code: {said}")
        new = pool.submit(walk.new.visit, name, seconds, "n")
        counts = Counter(old.result()) + Counter(new.result())
    # Of two visitors of one player, one may be the deadlock's victim, and must have lost nothing.
    bad = {what for what in counts if what.split()[1] not in {*GOOD, "deadlock"}}
    if bad:
        raise Failure(f"{walk.path.name}, old and new code at once: {', '.join(sorted(bad))}")
    if said := refusal_of(walk.finish, name):
        raise Failure(f"{walk.path.name}, old and new code at once: {said}")
    return counts


def in_words(counts: Counts) -> str:
    """How many of each, and how many deadlocks, in a line."""
    done: Counts = Counter()
    for what, number in counts.items():
        done[what.split()[0]] += number
    deadlocks = sum(number for what, number in counts.items() if what.endswith("deadlock"))
    return (
        f"{done['edit']} edits, {done['register']} registrations, {done['look']} looks: "
        f"no write lost, {deadlocks} {'deadlock' if deadlocks == 1 else 'deadlocks'}"
    )

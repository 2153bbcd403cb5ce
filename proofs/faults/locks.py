"""A request waits for a lock: in vain, or for another request of the same player."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2

from proofs.faults.client import Broken, Client
from proofs.faults.invariants import Invariants
from proofs.faults.operations import OPERATIONS, Attempt, deletion, edit, located, registration
from proofs.faults.target import Target, until

TIMEOUT = "500ms"


def statement_timeout(target: Target) -> str:
    """The request waits for a lock; the server gives the statement up."""
    return _given_up(target, "statement_timeout", "canceling statement due to statement timeout")


def lock_timeout(target: Target) -> str:
    """The request waits for a lock; the server gives the waiting up."""
    return _given_up(target, "lock_timeout", "canceling statement due to lock timeout")


def _given_up(target: Target, setting: str, reason: str) -> str:
    invariants = Invariants(target)
    player = client, person = invariants.new_player()
    new = registration(invariants)
    attempts = [new, edit(invariants, player), deletion(invariants, player)]
    seconds = []
    with contextlib.closing(psycopg2.connect(target.site.database_url)) as holder:
        # Never committed, it holds the new name against the one and the row against the others.
        rename = f"UPDATE {target.users} SET username = %s WHERE username = %s"
        holder.cursor().execute(rename, (new.username, person["username"]))
        with _set(target, setting, TIMEOUT):
            for attempt, name in zip(attempts, OPERATIONS, strict=True):
                target.say(f"{name}, while another connection holds the lock")
                start = time.monotonic()
                with located(name):
                    if attempt.make(reason=reason) != 500:
                        raise Broken("the lock did not hinder it")
                    seconds.append(time.monotonic() - start)
                    invariants.check()
                    if attempt.is_done():
                        raise Broken("it was refused, and is done")
                if client.get("/profile/").status_code != 200:
                    raise Broken("players cannot see a profile whose row is locked")
    target.say("with the lock released")
    for attempt, name in zip(attempts, OPERATIONS, strict=True):
        if attempt.make() != 302:
            raise Broken(f"{name}, which was given up, cannot be repeated")
        invariants.check()
    invariants.verify(new.username, person["username"])
    return f"3 given up in {max(seconds):.1f} s at most, repeated"


@contextlib.contextmanager
def _set(target: Target, setting: str, value: str) -> Iterator[None]:
    """A setting of the site's database, for connections that begin within the block."""
    alter = f'ALTER DATABASE "{target.database}"'
    target.ask(f"{alter} SET {setting} = %s", value)
    try:
        yield
    finally:
        target.ask(f"{alter} RESET {setting}")


def collision(target: Target) -> str:
    """One player in two browsers at once: the second asks while the first is half done."""
    invariants = Invariants(target)
    waits: list[bool] = []
    for first, second in ((edit, edit), (edit, deletion), (deletion, edit)):
        writes = first(invariants).writes()
        for made in range(1, len(writes) + 1):
            where = f"{first.__name__}, {made} of {len(writes)} writes, and {second.__name__}"
            target.say(where)
            with located(where):
                waits.append(_second_waits(invariants, first, second, made))
    if not any(waits):
        raise Broken("no request ever had to wait for the other")
    return f"{len(waits)} meetings, {sum(waits)} with a wait, no deadlock"


def _second_waits(
    invariants: Invariants,
    first: Callable[..., Attempt],
    second: Callable[..., Attempt],
    made: int,
) -> bool:
    """Whether the second had to wait for the first, which was held after so many writes."""
    target = invariants.target
    client, person = invariants.new_player()
    other = Client(target.site)
    other.log_in(person["username"])
    one, two = first(invariants, (client, person)), second(invariants, (other, person))
    blocked = """
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND wait_event <> 'advisory'
    """
    with ThreadPoolExecutor(2) as pool, target.holding() as held:
        earlier = pool.submit(one.make, f"hold {made}")
        until(lambda: held() or earlier.done(), "the first request does not come")
        later = pool.submit(two.make)
        until(lambda: later.done() or target.ask(blocked), "the second request does not come")
        waited = not later.done()
    if (answers := (earlier.result(), later.result())) != (302, 302):
        raise Broken(f"the two were answered with {answers[0]} and {answers[1]}")
    for browser in (client, other):  # after a deletion, the other browsers' sessions stay
        browser.log_out()
    outcomes = (one.after, two.after) if one.after and two.after else (None,)
    invariants.allow(person["username"], *outcomes)
    invariants.check()
    invariants.verify(person["username"])
    return waited

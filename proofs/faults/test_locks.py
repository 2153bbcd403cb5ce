"""A request waits for a lock: in vain, or for another request of the same player."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from proofs.faults.client import Client
from proofs.faults.conftest import Tell
from proofs.faults.invariants import Invariants
from proofs.faults.operations import Attempt, deletion, edit, registration
from proofs.faults.target import Target, until

TIMEOUT = "500ms"


@pytest.mark.parametrize("limit", ["statement", "lock"])
def test_a_lock_is_held_against_a_time_limit(
    target: Target, invariants: Invariants, tell: Tell, limit: str
) -> None:
    """The server gives the statement, or the waiting, up."""
    reason = f"canceling statement due to {limit} timeout"
    player = client, person = invariants.new_player()
    new = registration(invariants)
    attempts = [new, edit(invariants, player), deletion(invariants, player)]
    seconds = []
    with contextlib.closing(psycopg2.connect(target.site.database_url)) as holder:
        # Never committed, it holds the new name against the one and the row against the others.
        rename = f"UPDATE {target.users} SET username = %s WHERE username = %s"
        holder.cursor().execute(rename, (new.username, person["username"]))
        with database_setting(target, f"{limit}_timeout", TIMEOUT):
            for attempt in attempts:
                start = time.monotonic()
                assert attempt.make(reason=reason) == 500
                seconds.append(time.monotonic() - start)
                invariants.check()
                assert not attempt.is_done()
                assert client.get("/profile/").status_code == 200, "its row is locked, to writers"
    for attempt in attempts:  # with the lock released
        assert attempt.make() == 302
        invariants.check()
    invariants.verify(new.username, person["username"])
    tell(f"3 given up in {max(seconds):.1f} s at most, repeated")


@contextlib.contextmanager
def database_setting(target: Target, setting: str, value: str) -> Iterator[None]:
    """A setting of the site's database, for connections that begin within the block."""
    alter = f'ALTER DATABASE "{target.database}"'
    target.ask(f"{alter} SET {setting} = %s", value)
    try:
        yield
    finally:
        target.ask(f"{alter} RESET {setting}")


def test_one_player_is_in_two_browsers_at_once(invariants: Invariants, tell: Tell) -> None:
    """The second asks while the first is half done."""
    waits: list[bool] = []
    for first, second in ((edit, edit), (edit, deletion), (deletion, edit)):
        writes = first(invariants).writes()
        for made in range(1, len(writes) + 1):
            print(f"{first.__name__}, {made} of {len(writes)} writes, and {second.__name__}")
            waits.append(second_waits(invariants, first, second, made))
    assert any(waits)
    tell(f"{len(waits)} meetings, {sum(waits)} with a wait, no deadlock")


def second_waits(
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
    assert (earlier.result(), later.result()) == (302, 302)
    for browser in (client, other):  # after a deletion, the other browsers' sessions stay
        browser.log_out()
    outcomes = (one.after, two.after) if one.after and two.after else (None,)
    invariants.allow(person["username"], *outcomes)
    invariants.check()
    invariants.verify(person["username"])
    return waited

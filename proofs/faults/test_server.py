"""The database server is killed under load."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

from proofs.faults.client import Client
from proofs.faults.conftest import Tell
from proofs.faults.invariants import Invariants
from proofs.faults.operations import Attempt, deletion, edit, registration
from proofs.faults.target import Target, until

CLIENTS, HELD, KILLS, ENOUGH = 6, 3, 2, 12  # HELD of the clients are between two writes at a kill


class Load:
    """Clients that register, edit and delete, until `stop` is set; they wait while not `up`."""

    def __init__(self, invariants: Invariants) -> None:
        self.invariants = invariants
        self.stop, self.up = threading.Event(), threading.Event()
        self.done: list[str] = []
        self.cut_short: list[str] = []
        self.up.set()

    def is_done(self, attempt: Attempt, fault: str) -> bool:
        if attempt.make(fault) == 302:
            self.done.append(attempt.username)
            return True
        self.cut_short.append(attempt.username)
        self.up.wait()
        return False

    def run(self, held: bool) -> None:
        """Register, edit, and every other time delete, until the end."""
        for turn in itertools.count():
            fault = f"hold {1 + turn % 4}" if held else "kill -1"
            one = registration(self.invariants)
            while one and not self.stop.is_set() and self.is_done(one, fault):
                if one.before is None and one.after:
                    one = edit(self.invariants, (one.client, one.after))
                elif one.after and turn % 2:
                    one = deletion(self.invariants, (one.client, one.after))
                else:
                    break
            if self.stop.is_set():
                return


def test_the_database_server_is_killed_under_load(
    target: Target, invariants: Invariants, tell: Tell
) -> None:
    """SIGKILL to all of PostgreSQL, with some requests between two of their writes."""
    load = Load(invariants)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(load.run, number < HELD) for number in range(CLIENTS)]

        def until_more_is_done() -> None:
            goal = len(load.done) + ENOUGH
            until(
                lambda: len(load.done) >= goal or any(client.done() for client in clients),
                "the clients get nowhere",
            )

        try:
            for _ in range(KILLS):
                until_more_is_done()
                with target.holding() as held:
                    until(lambda: held() >= HELD, "no request is between two of its writes")
                    load.up.clear()
                    target.kill_the_server()
                try:
                    check_pages_without_a_database(target)
                finally:
                    target.start_again()
                load.up.set()
            until_more_is_done()
        finally:
            load.stop.set()
            load.up.set()
        for client in clients:
            client.result()
    invariants.check()
    assert len(load.cut_short) >= KILLS * HELD
    invariants.verify(*dict.fromkeys(load.cut_short))
    invariants.check()
    tell(f"{KILLS} kills: {len(load.done)} done and kept, {len(load.cut_short)} cut short")


def check_pages_without_a_database(target: Target) -> None:
    """A player's page fails; a stranger's home page does not need it."""
    client = Client(target.site)
    client.session.cookies.set("sessionid", "of-a-session-that-has-to-be-looked-up")
    assert client.get("/profile/").status_code == 500
    assert Client(target.site).get("/").status_code == 200

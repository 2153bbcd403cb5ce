"""The three operations that write, each as an attempt that a fault may cut short."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests

from proofs.faults.client import Client
from proofs.faults.invariants import VALUES, Invariants, Person


@dataclass
class Attempt:
    """A request that is about to be made, and what the player is before it and after."""

    invariants: Invariants
    client: Client
    request: Callable[[], Any]
    username: str
    before: Person | None
    after: Person | None

    def make(self, fault: str = "kill -1", reason: str = "") -> int | None:
        """Make the request with that fault; its status, None where the connection broke.

        Of a 500, the site's log must give the reason, a regular expression.
        """
        self.invariants.allow(self.username, self.before, self.after)
        log = self.invariants.target.site.log
        start = log.stat().st_size
        self.client.session.headers["X-Fault"] = fault
        try:
            status: int | None = self.request().status_code
        except requests.ConnectionError:
            status = None
        finally:
            del self.client.session.headers["X-Fault"]
        # 400: Django's, where it cannot save the session at the end of a request.
        assert status in (302, 400, 500, None)
        if status == 500:
            assert re.search(reason, log.read_bytes()[start:].decode())
        if status == 302:
            self.invariants.allow(self.username, self.after)
        return status

    def is_done(self) -> bool:
        """Whether the last check has found it done."""
        return self.invariants.allowed[self.username][0] is self.after

    def writes(self) -> list[str]:
        """Make the request without a fault; what it writes."""
        answer = self.request()
        assert answer.status_code == 302
        self.invariants.allow(self.username, self.after)
        writes: list[str] = answer.headers["X-Writes"].split()
        return writes


Player = tuple[Client, Person]  # logged in, and as they are


def registration(invariants: Invariants) -> Attempt:
    client, person = Client(invariants.target.site), invariants.new_person()
    request = partial(client.register, person)
    return Attempt(invariants, client, request, person["username"], None, person)


def edit(invariants: Invariants, player: Player | None = None) -> Attempt:
    """Every value changes."""
    client, person = player or invariants.new_player()
    changed = invariants.changed(person)
    values = {name: changed[name] for name in VALUES}
    request = partial(client.post, "/profile/edit/", values)
    return Attempt(invariants, client, request, person["username"], person, changed)


def deletion(invariants: Invariants, player: Player | None = None) -> Attempt:
    client, person = player or invariants.new_player()
    return Attempt(invariants, client, client.delete, person["username"], person, None)


OPERATIONS: dict[str, Callable[[Invariants], Attempt]] = {
    "registration": registration,
    "edit": edit,
    "deletion": deletion,
}

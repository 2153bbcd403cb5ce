"""One step's site in a process of its own, for `measure.py`.

It migrates its database, then answers each command, `count`, `time` or `time lightly`, by
registering a player, and with the figures, or {"error": "…"}.

A registration is one HTTPS request of a new browser, under production settings and with
Django's own password hasher. The database's connection stays open from one to the next.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import django
from django.contrib import auth
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.core.management import call_command
from django.db import connection
from django.test import Client
from psycopg2.extensions import STATUS_READY

from benchmarks.clock import CLOCK
from benchmarks.ladder import LadderError
from benchmarks.turns import our_end
from shared_tests.costs import measured
from shared_tests.people import another

ITERATIONS = PBKDF2PasswordHasher.iterations  # Django's default, and the site's


class StepSite:
    """Registers players, a new one each time."""

    def __init__(self) -> None:
        self.hasher: Any = get_hasher()
        self.players = 0

    def register(self) -> tuple[Client, dict[str, str]]:
        """One request. Each visitor has an address: django-allauth lets twenty a minute in."""
        self.players += 1
        person = another(self.players)
        address = f"10.0.{self.players // 250}.{self.players % 250 + 1}"
        client = Client(SERVER_NAME="localhost", REMOTE_ADDR=address)
        response = client.post("/register/", person, secure=True)
        if response.status_code != 302:
            raise LadderError(f"/register/ answered {response.status_code}")
        return client, person

    def count(self) -> dict[str, Any]:
        """Register one player, and make sure of it. What is counted is the same each time.

        A round trip is a statement, a savepoint's begin or end, or a transaction's in which
        there was a statement: psycopg2 sends BEGIN before the first, and waits for it.
        A server-side cursor (django-allauth has one) takes two more, FETCH and CLOSE.
        """
        round_trips = 0
        self.hasher.iterations = ITERATIONS

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal round_trips
            raw = connection.connection
            begins = not raw.autocommit and raw.status == STATUS_READY
            round_trips += 1 + 2 * begins + 2 * bool(context["cursor"].name)
            return execute(sql, params, many, context)

        with (
            measured() as cost,
            connection.execute_wrapper(count),
            mock.patch.object(self.hasher, "encode", wraps=self.hasher.encode) as encode,
        ):
            client, person = self.register()
        self.verify(client, person)
        return {
            "statements": len(cost.statements),
            "commits": cost.commits,
            "hashes": encode.call_count,
            "round_trips": round_trips,
            "sql": [" ".join(sql.split()) for sql in cost.statements],
        }

    def verify(self, client: Client, person: dict[str, str]) -> None:
        """Raise LadderError unless that client is logged in as the player it registered."""
        user: Any = auth.get_user_model().objects.get(username=person["username"])
        if auth.get_user(client) != user:
            raise LadderError("the player who registered is not logged in")
        values = {
            "username": user.username,
            "email": user.email,
            "discord_id": user.person.discord_id,
            "zoom_id": user.person.zoom_id,
            "birthdate": str(user.person.birthdate),
        }
        if values != {name: person[name] for name in values}:
            raise LadderError(f"what was registered reads back as {values}")
        if not user.password.startswith(f"pbkdf2_sha256${ITERATIONS}$"):
            raise LadderError("the password is not hashed as Django hashes by default")

    def time(self, iterations: int = ITERATIONS) -> dict[str, float]:
        """Register one player, with a hash of so many iterations. Seconds of CPU."""
        self.hasher.iterations = iterations
        CLOCK.watch(connection.connection)
        before = CLOCK()
        self.register()
        return {"cpu": CLOCK() - before}


def main() -> None:
    run = our_end()
    assert run, "benchmarks.ladder.measure starts this"
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        site = StepSite()
        commands: dict[str, Callable[[], dict[str, Any]]] = {
            "count": site.count,
            "time": site.time,
            "time lightly": partial(site.time, iterations=1),
        }
        while True:
            run.send(commands[run.recv()]())
    except EOFError:
        pass  # the run has ended
    except Exception as error:
        run.send({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()

"""One step's site in a process of its own, for `measure.py`.

It migrates its database, and registers players as the operation `register` does, in turn with
the other steps. Passwords are hashed as Django hashes them, but lightly with one iteration. The
database's connection stays open from one registration to the next.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from benchmarks.clock import CLOCK
from benchmarks.databases import of_a_run
from benchmarks.ladder import LAST, SETTINGS, VARIANT, LadderError
from benchmarks.operations import OPERATIONS
from benchmarks.people import Players
from benchmarks.query_stats import QueryStats
from benchmarks.through_django import Site
from benchmarks.turns import Turns, our_end
from harness.databases import Databases

LIGHT_ROUNDS = 5  # with a hash of one iteration, to each round with a real one
ITERATIONS = PBKDF2PasswordHasher.iterations  # Django's default, and the site's


class StepSite:
    """Registers players, a new one each time."""

    def __init__(self, databases: Databases, step: str) -> None:
        self._stats = QueryStats(databases.url, VARIANT.path)
        name = databases.name("ladder", step)
        databases.create(name)
        self._site = Site(VARIANT, databases.url, self._stats.note, SETTINGS)
        self._site.connect(name)
        self._site.migrate()
        self._people = iter(Players(10_000, 1).complete("ladder"))
        # Each visitor has an address: django-allauth lets twenty a minute in.
        addresses = (f"10.0.{n // 250}.{n % 250 + 1}" for n in itertools.count())
        self._site.client = lambda: Client(REMOTE_ADDR=next(addresses))

    @contextmanager
    def registration(self, iterations: int) -> Iterator[Callable[[], None]]:
        """Yield what registers a player, with a hash of so many iterations.

        Raises LadderError unless that player is logged in then, and all details are read back.
        """
        PBKDF2PasswordHasher.iterations = iterations
        one = next(self._people)
        responses: list[Any] = []
        prepared = OPERATIONS["register"].django(self._site, one)
        yield lambda: responses.append(prepared.run())
        answer = prepared.answer(responses[0])
        row = [one.username, one.email, True, *self._site.details(one).values()]
        if answer != [True, True, row]:
            raise LadderError(f"{one} was to be registered, and the answer is {answer}")
        password = self._site.queries.by_username(one.username).password
        if not password.startswith(f"pbkdf2_sha256${iterations}$"):
            raise LadderError("the password is not hashed as Django hashes by default")

    def count(self) -> dict[str, Any]:
        """Register one player. What is counted is the same each time."""
        from shared_tests.costs import measured

        encode = mock.Mock(wraps=PBKDF2PasswordHasher().encode)
        with (
            self.registration(ITERATIONS) as register,
            self._stats.counting(self._site.connection()) as found,
            measured() as cost,
            mock.patch.object(PBKDF2PasswordHasher, "encode", encode),
        ):
            register()
        return {
            "statements": found["exact"]["statements"],
            "commits": cost.commits,
            "hashes": encode.call_count,
            "round_trips": found["exact"]["round_trips"],
            "sql": [" ".join(sql.split()) for sql in cost.statements],
        }

    def time(self, iterations: int) -> float:
        """Register one player, with a hash of so many iterations. Seconds of CPU."""
        with self.registration(iterations) as register:
            CLOCK.watch(self._site.connection())
            before = CLOCK()
            register()
            seconds = CLOCK() - before
        return seconds


def main() -> None:
    run = our_end()
    assert run, "benchmarks.ladder.measure starts this"
    step, rounds = run.recv()
    turns = Turns(step, LAST, run)
    try:
        with of_a_run() as databases:
            site = StepSite(databases, step)
            with turns.turn((0, 0, 0)):
                figures = site.count()
            figures |= {"cpu": [], "cpu_without_hash": []}
            for number in range(1, rounds + 1):
                with turns.turn((number, 0, 0)):
                    figures["cpu"].append(site.time(ITERATIONS))
                for light in range(1, LIGHT_ROUNDS + 1):
                    with turns.turn((number, light, 0)):
                        figures["cpu_without_hash"].append(site.time(1))
        turns.tell("figures", figures)
    except EOFError:
        pass  # the run has ended
    except Exception as error:
        turns.tell("failed", {"reason": f"{type(error).__name__}: {error}"})
        raise


if __name__ == "__main__":
    main()

"""What all operations have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar

from benchmarks.baseline import Baseline
from benchmarks.people import Players
from benchmarks.through_django import Site


@dataclass(frozen=True)
class Prepared:
    """A call that is ready to be measured: `run` is, and `answer` is not.

    `answer` turns what `run` returned into the operation's answer, which must be the same for all
    targets. That of a write is read back from the database.
    """

    run: Callable[[], Any]
    answer: Callable[[Any], Any] = lambda result: result


class Operation:
    """One thing that a site does. A derived class that has an `id` is measured.

    `heavy` ones take seconds, and are repeated as little as can be: from `timed_once_from` players
    on they are timed once. `differs_in_alternatives`: other ways to build a strategy can cost
    something else; `needs_birthdate_index`: so can a variant without its index on birth dates.
    `page_is_limited`: it may touch no more buffers than the variant's limit for a page.
    `reservation`: what is said of one that measures less than its title promises; where it does
    not `compares_strategies`, no sentence of a report concludes from it.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    what: ClassVar[str]
    writes: ClassVar[bool]
    heavy: ClassVar[bool] = False
    timed_once_from: ClassVar[float] = inf
    differs_in_alternatives: ClassVar[bool] = False
    needs_birthdate_index: ClassVar[bool] = False
    page_is_limited: ClassVar[bool] = False
    reservation: ClassVar[str] = ""
    compares_strategies: ClassVar[bool] = True

    def key(self, players: Players, index: int) -> Any:
        """What the index-th call works on, the same for all targets. IndexError past the last."""
        raise NotImplementedError

    def keys(self, players: Players) -> int:
        """How many calls find a key; by default, as many as are ever made."""
        return 10**9

    def django(self, site: Site, key: Any) -> Any:
        """Do it by a variant's own code."""
        raise NotImplementedError

    def baseline(self, sql: Baseline, key: Any) -> Any:
        """Do it in as few statements and round trips as PostgreSQL allows."""
        raise NotImplementedError


class Read(Operation):
    """Its two methods return the answer, and all that they do is measured.

    Its keys repeat. They are made of a player who has all details.
    """

    writes = False

    def key(self, players: Players, index: int) -> Any:
        complete = players.complete(self.id)
        return complete[index % len(complete)]


class Write(Operation):
    """Its two methods prepare what is measured, and return it as `Prepared`.

    It gets a fresh copy of the database, and no key twice, so that no call meets what another
    left.
    """

    writes = True


class Change(Write):
    """Its keys are players who have all details."""

    def key(self, players: Players, index: int) -> Any:
        return players.complete(self.id)[index]

    def keys(self, players: Players) -> int:
        return len(players.complete(self.id))


class Addition(Write):
    """Its keys are people who are no players yet.

    They have every second number from `first` on, so that two operations add different people.
    """

    first: ClassVar[int]

    def key(self, players: Players, index: int) -> Any:
        return players.person(players.count + self.first + 2 * index)

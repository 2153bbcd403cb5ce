"""One target in this process: its databases, its operations, and what is counted of them."""

import gc
from functools import partial
from typing import Any

from benchmarks.baseline import Baseline
from benchmarks.clock import CLOCK
from benchmarks.operations import OPERATIONS
from benchmarks.operations.base import Operation, Prepared
from benchmarks.people import Players
from benchmarks.query_stats import QueryStats
from benchmarks.seeding import drop_index, seed_database, storage
from benchmarks.targets import Target
from benchmarks.through_django import Site
from benchmarks.turns import COPYING, SEEDING, At, Turns
from harness.databases import Databases

SMALL = 10_000  # players: a larger database is copied file by file


class Worker:
    """Does one target's operations, on databases of its own.

    `players` are those of the database that was seeded last.
    """

    def __init__(self, target: Target, databases: Databases, turns: Turns) -> None:
        self.target, self._databases, self.turns = target, databases, turns
        self.players: Players
        self._size = 0
        self._copies = bool(target.like)
        self._stats = QueryStats(databases.url, target.project.path if target.project else None)
        self._does = self._implementation()
        if not self._copies:
            self._empty = databases.name(target.id)
            databases.create(self._empty)
            self._connect(self._empty)
            self._does.migrate()
            self._does.leave()
        gc.collect()
        gc.freeze()  # what start-up made is not to be searched for garbage again and again

    def _implementation(self) -> Site | Baseline:
        if self.target.project is None:
            return Baseline(self._databases.url, self._stats.note)
        site = Site(self.target.project, self._databases.url, self._stats.note)
        self._stats.remember_queries(site.queries)
        return site

    def _connect(self, database: str) -> None:
        self._does.connect(database)
        with self._does.connection().cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
        CLOCK.watch(self._does.connection())

    def _database(self, target: str = "") -> str:
        return self._databases.name(target or self.target.id, str(self.players.count))

    def seed(self, players: Players, size: int) -> None:
        """Make the database of so many players, or copy it from the target that it is like.

        `size` is which of the run's numbers of players that is.
        """
        self.players, self._size = players, size
        name = self._database()
        url = self._databases.url_of(name)
        if not self._copies:
            with self.turns.turn((size, SEEDING, 0)):
                self._databases.create(name, self._empty)
                seconds = seed_database(url, self._does.seeding, players)
            per_second = round(players.count / seconds)
            took = {"seconds": round(seconds, 3), "players_per_second": per_second}
            self.turns.tell("seeding", {players.count: took})
            self.turns.tell("storage", {players.count: storage(url)})
        self.turns.meet((size, COPYING, 0))  # all have been seeded
        if self._copies:
            like = self._database(self.target.like)
            self._databases.create(name, like, large=players.count > SMALL)
        if self.target.drops_index and self.target.project:
            drop_index(url, *self.target.project.tables["birthdate_index"])
        self.turns.meet((size, COPYING, 0))  # PostgreSQL copies no database that is in use

    def leave(self) -> None:
        """Let go of the database."""
        self._does.leave()

    def drop(self) -> None:
        """Drop the seeded database and its copy."""
        self._does.leave()
        for name in (self._database(), f"{self._database()}_c"):
            self._databases.drop(name)

    def at(self, operation: Operation, stage: int) -> At:
        """Where a run is when it does this with an operation."""
        return self._size, list(OPERATIONS).index(operation.id), stage

    def fresh(self, operation: Operation) -> None:
        """Connect to the seeded database, or for a write to a fresh copy of it."""
        self._does.leave()
        name = self._database()
        if operation.writes:
            seeded, name = name, f"{name}_c"
            self._databases.create(name, seeded, large=self.players.count > SMALL)
        self._connect(name)

    def prepare(self, operation: Operation, index: int) -> Prepared:
        """The index-th call of an operation: for a read, all that its method does."""
        method = getattr(operation, self._does.method)
        call = partial(method, self._does, operation.key(self.players, index))
        prepared: Prepared = call() if operation.writes else Prepared(call)
        return prepared

    def count(self, operation: Operation, index: int) -> tuple[dict[str, Any], Any]:
        """The exact figures of the index-th call and its statements, and its answer."""
        prepared = self.prepare(operation, index)
        with self._stats.counting(self._does.connection()) as found:
            result = prepared.run()
        return found, prepared.answer(result)

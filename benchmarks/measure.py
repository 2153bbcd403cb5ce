"""Measure: seed, compare the answers, count what is exact, then time what is not.

Blocks of calls of about two milliseconds are timed in turn, subject after subject, so that
whatever else the machine does meets them all alike, and each block is set against the
reference's block of the same round.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.crew import Crew, Hand
from benchmarks.databases import Databases
from benchmarks.operations import OPERATIONS, key, keys_left
from benchmarks.seeding import seed_database, storage
from benchmarks.subjects import Subject

BLOCK = 0.002  # seconds
WARM_UPS = 2
EXACT_KEYS = 3
Say = Callable[[str], None]


class AnswersDiffer(Exception):
    """Two subjects answered differently, so that nothing of theirs can be compared."""


@dataclass
class Plan:
    """What a run measures. `budget`: seconds of timing per operation and size; `rounds`: the
    fewest and the most."""

    sizes: list[int]
    operations: list[str]
    subjects: list[Subject]
    reference: str
    seed: int
    budget: float
    rounds: tuple[int, int]


@dataclass
class Cell:
    """One operation of one subject at one size."""

    operation: str
    players: int
    subject: str
    exact: dict[str, int]
    statements: list[dict[str, Any]]
    calls_per_block: int = 1
    # Seconds per call, by block; the backend's CPU is None where nobody tells.
    wall: list[float] = field(default_factory=list)
    client_cpu: list[float] = field(default_factory=list)
    backend_cpu: list[float | None] = field(default_factory=list)

    @property
    def cpu(self) -> list[float]:
        return [c + (b or 0) for c, b in zip(self.client_cpu, self.backend_cpu, strict=True)]


class Measurement:
    """One run on one server."""

    def __init__(self, plan: Plan, databases: Databases, crew: Crew, say: Say) -> None:
        self.plan, self.databases, self.crew, self.say = plan, databases, crew, say
        self.cells: dict[tuple[str, int, str], Cell] = {}
        self.storage: dict[str, dict[str, Any]] = {}
        self.seeding: dict[str, dict[str, Any]] = {}

    def run(self) -> None:
        """Fill `cells`, `storage` and `seeding`. Raises AnswersDiffer, CrewError, MeterError."""
        self.say("migrating")
        self.crew.all(self._migrate)
        for players in self.plan.sizes:
            self._seed(players)
            for operation in self.plan.operations:
                self.say(f"{players:,} players: counting {OPERATIONS[operation].title}")
                self._count(operation, players)
            for operation in self.plan.operations:
                self.say(f"{players:,} players: timing {OPERATIONS[operation].title}")
                self._time(operation, players)
            self.crew.all(lambda hand: hand.ask("leave"))
            for subject in self._owners():
                self.databases.drop(self._database(subject.id, players))
                self.databases.drop(self._database(subject.id, players, "copy"))

    def steps(self) -> int:
        """How often `say` will be called."""
        seeds = len(self._owners())
        return 1 + len(self.plan.sizes) * (seeds + 2 * len(self.plan.operations))

    def _owners(self) -> list[Subject]:
        """The subjects that have databases of their own to be copied."""
        return [subject for subject in self.plan.subjects if subject.like == subject.id]

    def _database(self, subject: str, players: int = 0, kind: str = "") -> str:
        return self.databases.name(subject, *([str(players)] if players else []), *filter(None, [kind]))

    def _migrate(self, hand: Hand) -> None:
        if hand.subject.like == hand.subject.id:
            name = self._database(hand.subject.id)
            self.databases.create(name)
            self._connect(hand, name)
            hand.ask("migrate")
            hand.ask("leave")

    def _connect(self, hand: Hand, name: str) -> None:
        hand.ask("connect", database=name, seed=self.plan.seed)

    def _seed(self, players: int) -> None:
        for subject in self._owners():
            self.say(f"{players:,} players: seeding {subject.title}")
            name = self._database(subject.id, players)
            self.databases.create(name, self._database(subject.id))
            url = self.databases.url_of(name)
            seconds = seed_database(url, subject.id, players, self.plan.seed)
            of_subject = self.seeding.setdefault(subject.id, {})
            of_subject[str(players)] = {
                "seconds": round(seconds, 3),
                "players_per_second": round(players / seconds),
            }
            self.storage.setdefault(subject.id, {})[str(players)] = storage(url)

    def _fresh(self, operation: str, players: int) -> None:
        """Connect every process: to the seeded database, or for writes to a fresh copy of it."""

        def connect(hand: Hand) -> None:
            seeded = self._database(hand.subject.like, players)
            if not OPERATIONS[operation].writes:
                self._connect(hand, seeded)
                return
            copy = self._database(hand.subject.id, players, "copy")
            self.databases.create(copy, seeded, large=players > 10_000)
            self._connect(hand, copy)

        self.crew.all(lambda hand: hand.ask("leave"))
        self.crew.all(connect)

    def _count(self, operation: str, players: int) -> None:
        """The exact figures, of the same keys for all, whose answers must be the same.

        The control's are those of the variant it repeats: the same code on the same database.
        """
        heavy = OPERATIONS[operation].heavy
        keys = [key(operation, players, self.plan.seed, n) for n in range(WARM_UPS + EXACT_KEYS)]
        exact_keys, warm_ups = keys[:EXACT_KEYS], keys[EXACT_KEYS:]
        if heavy:
            exact_keys, warm_ups = exact_keys[:1], []
        self._fresh(operation, players)

        def count(hand: Hand) -> tuple[list[Any], list[dict[str, Any]]]:
            answers = [hand.ask("answer", operation=operation, key=one) for one in warm_ups]
            measured = [hand.ask("measure", operation=operation, key=one) for one in exact_keys]
            return [*answers, *(one.pop("answer") for one in measured)], measured

        control = {s.id: s.like for s in self.plan.subjects if s.kind == "control"}
        counted = self.crew.all(count, without=control)
        self._compare(operation, players, {id: answers for id, (answers, _) in counted.items()})
        for id, (_, measured) in counted.items():
            exact = {
                name: int(statistics.median_low(one["exact"][name] for one in measured))
                for name in measured[0]["exact"]
            }
            for same in (id, *(one for one, of in control.items() if of == id)):
                cell = Cell(operation, players, same, exact, measured[0]["statements"])
                self.cells[operation, players, same] = cell

    def _compare(self, operation: str, players: int, answers: dict[str, list[Any]]) -> None:
        reference = answers[self.plan.reference]
        for id, own in answers.items():
            for one, other in zip(own, reference, strict=True):
                if one != other:
                    title = OPERATIONS[operation].title
                    raise AnswersDiffer(
                        f"{title} at {players:,} players: {id} answered {_shown(one)}, "
                        f"{self.plan.reference} {_shown(other)}; nothing was timed or written"
                    )

    def _time(self, operation: str, players: int) -> None:
        self._fresh(operation, players)
        used = WARM_UPS + EXACT_KEYS

        def block(hand: Hand, first: int, calls: int) -> list[float]:
            keys = [key(operation, players, self.plan.seed, first + n) for n in range(calls)]
            times: list[float] = hand.ask("time", operation=operation, keys=keys)
            return times

        hands = self.crew.hands
        fewest, most = self.plan.rounds
        calls, rounds = 1, 2 if self.plan.budget < 1 else fewest
        if not OPERATIONS[operation].heavy:
            for _ in range(2):  # the first calls of a connection are no measure
                start = time.perf_counter()
                warm = {id: block(hand, used, 1) for id, hand in hands.items()}
                took = time.perf_counter() - start
                used += 1
            calls = max(1, min(50, round(BLOCK / max(warm[self.plan.reference][0], 1e-6))))
            rounds = max(fewest, min(most, int(self.plan.budget / (took * calls))))
        left = keys_left(operation, players, self.plan.seed, used)
        calls = max(1, min(calls, left // rounds))
        rounds = min(rounds, left // calls)
        for number, order in enumerate(_rotations(list(hands), rounds)):
            for id in order:
                wall, client, backend = block(hands[id], used + number * calls, calls)
                cell = self.cells[operation, players, id]
                cell.calls_per_block = calls
                cell.wall.append(wall)
                cell.client_cpu.append(client)
                cell.backend_cpu.append(backend)


def _rotations(subjects: list[str], rounds: int) -> Iterator[list[str]]:
    """Each round begins with another subject."""
    for number in range(rounds):
        start = number % len(subjects)
        yield subjects[start:] + subjects[:start]


def _shown(answer: Any) -> str:
    text = json.dumps(answer)
    return text if len(text) <= 160 else f"{text[:157]}…"

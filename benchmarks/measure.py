"""Measure: seed, compare the answers, count what is exact, then time what is not.

Blocks of calls of about two milliseconds are timed in turn, subject after subject, so that
whatever else the machine does meets them all alike, and each block is set against the
reference's block of the same round.
"""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.crew import Crew, Hand
from benchmarks.databases import Databases
from benchmarks.operations import OPERATIONS, key, keys_left
from benchmarks.seeding import drop_index, seed_database, storage
from benchmarks.subjects import Subject

BLOCK = 0.002  # seconds
WARM_UPS = 2
ALTERNATIVES = {
    *("save_registration", "by_username", "by_discord_id", "page_first", "born_between"),
    *("two_details", "update_detail", "per_birth_year", "delete", "bulk_import"),
}
INDEXED = {"save_registration", "born_between", "two_details", "per_birth_year"}
EXACT_KEYS = 3
Say = Callable[[str], None]


class AnswersDiffer(Exception):
    """Two subjects answered differently, so that nothing of theirs can be compared."""


@dataclass
class Plan:
    """What a run measures.

    `budget`: seconds of timing per operation and size, 0 for none; `rounds`: fewest and most,
    whatever the budget.
    """

    sizes: list[int]
    operations: list[str]
    subjects: list[Subject]
    reference: str
    seed: int
    budget: float
    rounds: tuple[int, int]

    def takes_part(self, subject: Subject, operation: str, players: int) -> bool:
        """Alternatives are measured at what they can differ in, at sizes that soon show it."""
        if subject.kind != "alternative":
            return True
        wanted = INDEXED if subject.drops_index else ALTERNATIVES
        return operation in wanted and players <= 100_000


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

    def add(self, block: list[Any]) -> None:
        """Take down a block: seconds per call, as a worker tells them."""
        wall, client, backend = block
        self.wall.append(wall)
        self.client_cpu.append(client)
        self.backend_cpu.append(backend)

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
            for operation in self.plan.operations if self.plan.budget else ():
                self.say(f"{players:,} players: timing {OPERATIONS[operation].title}")
                self._time(operation, players)
            self._clear(players)

    def steps(self) -> int:
        """How often `say` will be called."""
        seeds = sum(len(self._seeded(players)) for players in self.plan.sizes)
        passes = 2 if self.plan.budget else 1
        return 1 + seeds + len(self.plan.sizes) * passes * len(self.plan.operations)

    def _seeded(self, players: int) -> list[Subject]:
        """The subjects that are seeded at a size."""
        return [
            subject
            for subject in self.plan.subjects
            if subject.migrates
            and any(self.plan.takes_part(subject, o, players) for o in self.plan.operations)
        ]

    def _part(self, operation: str, players: int) -> dict[str, Hand]:
        """The processes that take part."""
        return {
            id: hand
            for id, hand in self.crew.hands.items()
            if self.plan.takes_part(hand.subject, operation, players)
        }

    def _database(self, subject: str, players: int = 0, kind: str = "") -> str:
        return self.databases.name(
            subject, *([str(players)] if players else []), *filter(None, [kind])
        )

    def _migrate(self, hand: Hand) -> None:
        if hand.subject.migrates:
            name = self._database(hand.subject.id)
            self.databases.create(name)
            self._connect(hand, name)
            hand.ask("migrate")
            hand.ask("leave")

    def _connect(self, hand: Hand, name: str) -> None:
        hand.ask("connect", database=name, seed=self.plan.seed)

    def _seed(self, players: int) -> None:
        for subject in self._seeded(players):
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
        for subject in self.plan.subjects:
            if subject.kind == "control":  # pages of its own, that no other call has just read
                name, like = subject.id, self._database(subject.like, players)
                self.databases.create(self._database(name, players), like, large=players > 10_000)

    def _fresh(self, operation: str, players: int) -> None:
        """Connect every process: to the seeded database, or for writes to a fresh copy of it."""

        def copies(hand: Hand) -> bool:
            return OPERATIONS[operation].writes or hand.subject.drops_index

        def copy(hand: Hand) -> None:
            if copies(hand):
                seeded = self._database(hand.subject.like, players)
                fresh = self._database(hand.subject.id, players, "c")
                self.databases.create(fresh, seeded, large=players > 10_000)
                if hand.subject.drops_index:
                    drop_index(self.databases.url_of(fresh), hand.subject.base)

        def connect(hand: Hand) -> None:
            own = hand.subject.id, players, "c"
            control = hand.subject.kind == "control"
            seeded = hand.subject.id if control else hand.subject.like, players
            self._connect(hand, self._database(*own if copies(hand) else seeded))

        part = self._part(operation, players)
        self.crew.all(lambda hand: hand.ask("leave"))  # nobody may be there while it is copied
        self.crew.all(copy, part)
        self.crew.all(connect, part)

    def _clear(self, players: int) -> None:
        """Drop a size's databases."""
        self.crew.all(lambda hand: hand.ask("leave"))
        for subject in self.plan.subjects:
            self.databases.drop(self._database(subject.id, players))
            self.databases.drop(self._database(subject.id, players, "c"))

    def _count(self, operation: str, players: int) -> None:
        """The exact figures, of the same keys for all, whose answers must be the same.

        The control's are those of the variant it repeats: the same code on the same database.
        """
        heavy = OPERATIONS[operation].heavy
        keys = [key(operation, players, self.plan.seed, n) for n in range(WARM_UPS + EXACT_KEYS)]
        exact_keys, warm_ups = keys[:EXACT_KEYS], keys[EXACT_KEYS:]
        if heavy:
            exact_keys, warm_ups = exact_keys[:1], warm_ups[: players <= 10_000]
        self._fresh(operation, players)

        def count(hand: Hand) -> tuple[list[Any], list[dict[str, Any]]]:
            answers = [hand.ask("answer", operation=operation, key=one) for one in warm_ups]
            measured = [hand.ask("measure", operation=operation, key=one) for one in exact_keys]
            return [*answers, *(one.pop("answer") for one in measured)], measured

        control = {s.id: s.like for s in self.plan.subjects if s.kind == "control"}
        part = self._part(operation, players)
        counted = self.crew.all(count, [id for id in part if id not in control])
        self._compare(operation, players, {id: answers for id, (answers, _) in counted.items()})
        for id, (_, measured) in counted.items():
            measured.sort(key=lambda one: one["exact"]["buffers"])
            typical = measured[len(measured) // 2]
            for same in (id, *(one for one, of in control.items() if of == id)):
                exact, statements = typical["exact"], typical["statements"]
                cell = Cell(operation, players, same, exact, statements)
                self.cells[operation, players, same] = cell

    def _compare(self, operation: str, players: int, answers: dict[str, list[Any]]) -> None:
        reference = answers[self.plan.reference]
        for id, own in answers.items():
            for one, other in zip(own, reference, strict=True):
                if one != other:
                    title = OPERATIONS[operation].title
                    raise AnswersDiffer(
                        f"{title} at {players:,} players: {id} answered {_shown(one)}, "
                        f"{self.plan.reference} {_shown(other)}; nothing was written"
                    )

    def _time(self, operation: str, players: int) -> None:
        self._fresh(operation, players)
        used = WARM_UPS + EXACT_KEYS

        heavy = OPERATIONS[operation].heavy
        fewest, most = self.plan.rounds
        if heavy:  # a call takes seconds; to export a million players, minutes
            once = self.plan.budget < 1 or (operation == "export" and players >= 1_000_000)
            fewest = most = 1 if once else 3
        hands = self._part(operation, players)
        order = list(hands)
        shuffle = random.Random(f"{operation} {players}").shuffle  # noqa: S311 (no secret)

        def round_of(calls: int) -> dict[str, list[Any]]:
            """A block of each, the same keys for all, in an order of its own."""
            nonlocal used
            indexes = range(used, used + calls)
            keys = [key(operation, players, self.plan.seed, index) for index in indexes]
            used += calls
            shuffle(order)
            blocks = {id: hands[id].ask("time", operation=operation, keys=keys) for id in order}
            self._compare(operation, players, {id: [b["answer"]] for id, b in blocks.items()})
            return {id: block["seconds"] for id, block in blocks.items()}

        warm_ups = [] if heavy else [round_of(1) for _ in range(WARM_UPS)]
        fastest = min((one[self.plan.reference][0] for one in warm_ups), default=BLOCK)
        left = keys_left(operation, players, self.plan.seed, used)
        calls = max(1, min(round(BLOCK / fastest), left // fewest, 50))
        end = time.perf_counter() + self.plan.budget
        for number in range(min(most, left // calls)):
            if number >= fewest and time.perf_counter() > end:
                break
            for id, block in round_of(calls).items():
                cell = self.cells[operation, players, id]
                cell.calls_per_block = calls
                cell.add(block)


def _shown(answer: Any) -> str:
    text = json.dumps(answer)
    return text if len(text) <= 160 else f"{text[:157]}…"

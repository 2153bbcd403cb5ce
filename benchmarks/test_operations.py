"""What each operation costs: counted exactly, then timed in turn with the other targets.

pytest-benchmark times blocks of calls, of about two milliseconds each. What is counted goes into
its `extra_info`, and so do the samples of wall time and of each side's CPU time.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks import expectations
from benchmarks.clock import CLOCK
from benchmarks.operations.base import Operation
from benchmarks.people import Players
from benchmarks.turns import COUNTING, TIMING, At, Turns
from benchmarks.worker import SMALL, Worker

WARM_UPS = 2
COUNTED = 3  # calls, of which the one with the middle number of buffers is shown
MOST_ROUNDS, MOST_CALLS = 200, 50
HEAVY_ROUNDS = 3
HEAVY_REPEATED_FROM = 1.0  # seconds for an operation: with fewer, a heavy one is timed once

Seconds = tuple[float, float]  # of a call with all that belongs to it, and of the call alone


@pytest.mark.benchmark(timer=CLOCK)
def test_operation(
    benchmark: BenchmarkFixture,
    pytestconfig: pytest.Config,
    worker: Worker,
    players: Players,
    operation: Operation,
) -> None:
    target, turns = worker.target, worker.turns
    benchmark.group = f"{operation.id}, {players.count:,} players"
    benchmark.name = f"{operation.id}[{players.count}-{target.id}]"
    benchmark.fullname = f"benchmarks/test_operations.py::{benchmark.name}"
    benchmark.params = {"operation": operation.id, "players": players.count, "target": target.id}
    benchmark.extra_info = {
        "operation": operation.id,
        "players": players.count,
        "subject": target.id,  # as files call a target
    }

    if benchmark.disabled:  # it only counts, and must find what is expected
        found = benchmark(count, worker, operation)
        if too_many := expectations.over_the_limit(operation, target, found["exact"]["buffers"]):
            pytest.fail(too_many, pytrace=False)
        facts = expectations.facts(**found)
        turns.tell("facts", {benchmark.name: facts})
        if turns.alone and (expected := expectations.committed().get(benchmark.name)):
            assert facts == expected
        return

    if target.kind != "control":  # what it repeats is counted already
        benchmark.extra_info |= count(worker, operation)
    blocks = Blocks(worker, operation)
    option = pytestconfig.getoption
    rounds = blocks.plan(
        float(option("benchmark_max_time")),
        float(option("benchmark_min_time")),
        option("benchmark_min_rounds"),
    )
    benchmark.pedantic(blocks.run, setup=blocks.begin, teardown=blocks.end, rounds=rounds)
    benchmark.extra_info |= {"calls_per_block": CLOCK.calls, "samples": CLOCK.samples()}


def count(worker: Worker, operation: Operation) -> dict[str, Any]:
    """The exact figures of a typical call, and its statements, once all have answered alike."""
    worker.fresh(operation)
    indexes = range(WARM_UPS + COUNTED)
    counted, warm_ups = indexes[:COUNTED], indexes[COUNTED:]
    if operation.heavy:
        counted, warm_ups = counted[:1], warm_ups[: worker.players.count <= SMALL]
    answers, figures = [], []
    for index in warm_ups:
        prepared = worker.prepare(operation, index)
        answers.append(prepared.answer(prepared.run()))
    for index in counted:
        found, answer = worker.count(operation, index)
        figures.append(found)
        answers.append(answer)
    agree(worker.turns, worker.at(operation, COUNTING), answers)
    figures.sort(key=lambda one: one["exact"]["buffers"])
    return figures[len(figures) // 2]


def agree(turns: Turns, at: At, answers: list[Any]) -> None:
    """Wait until all are here; fail where this target has not answered as the first one has."""
    (first, others), *_ = turns.meet(at, answers).items()
    for answer, other in zip(answers, others, strict=True):
        if answer != other:
            told = f"it answered {shown(answer)}, and {first} {shown(other)}"
            pytest.fail(told, pytrace=False)


def shown(answer: Any) -> str:
    text = json.dumps(answer)
    return text if len(text) <= 160 else f"{text[:157]}…"


class Blocks:
    """Blocks of calls, each in its turn; no two blocks of a write have a key in common."""

    def __init__(self, worker: Worker, operation: Operation) -> None:
        self._worker, self._operation = worker, operation
        self._turns, self._at = worker.turns, worker.at(operation, TIMING)
        self._used = WARM_UPS + COUNTED
        self._began = self._whole = 0.0
        self._answer: Callable[[Any], Any]
        self._result: Any = None
        CLOCK.start(1)
        worker.fresh(operation)

    def begin(self) -> tuple[tuple[list[Callable[[], Any]]], dict[str, Any]]:
        """Wait for one's turn, then prepare: the arguments of `run`."""
        self._turns.begin(self._at)
        self._began = time.perf_counter()
        indexes = range(self._used, self._used + CLOCK.calls)
        prepared = [self._worker.prepare(self._operation, i) for i in indexes]
        self._used += CLOCK.calls
        self._answer = prepared[-1].answer
        return ([one.run for one in prepared],), {}

    def run(self, calls: list[Callable[[], Any]]) -> None:
        """What is timed."""
        for call in calls:
            result = call()
        self._result = result

    def end(self, calls: list[Callable[[], Any]]) -> None:
        """Let the next one work; the last call's answer has to be that of the others."""
        answer = self._answer(self._result)
        self._whole = time.perf_counter() - self._began
        self._turns.end()
        agree(self._turns, self._at, [answer])

    def plan(self, budget: float, block: float, fewest: int) -> int:
        """Warm up, set how many calls are in a block, and return how many rounds there will be.

        All targets come to the same: `budget` are the seconds that all their rounds may take,
        `block` those of a block of the reference's.
        """
        if self._operation.heavy:
            endless = self._worker.players.count >= self._operation.timed_once_from
            return 1 if budget < HEAVY_REPEATED_FROM or endless else HEAVY_ROUNDS
        fastest = min(self._warm_up() for _ in range(WARM_UPS))
        left = self._operation.keys(self._worker.players) - self._used
        of_all = self._turns.meet(self._at, fastest)
        calls, rounds = planned(of_all, self._turns.reference, left, budget, block, fewest)
        CLOCK.start(calls)
        return rounds

    def _warm_up(self) -> Seconds:
        (calls,), _ = self.begin()
        start = time.perf_counter()
        self.run(calls)
        alone = time.perf_counter() - start
        self.end(calls)
        return self._whole, alone


def planned(
    fastest: Mapping[str, Seconds],
    reference: str,
    left: int,
    budget: float,
    block: float,
    fewest: int,
) -> tuple[int, int]:
    """How many calls make a block, and how many rounds there are, with keys left for so many."""
    _, alone = fastest[reference]
    calls = max(1, min(round(block / alone), left // fewest, MOST_CALLS))
    rounds = int(budget / sum(whole for whole, _ in fastest.values()) / calls)
    return calls, min(max(rounds, fewest), left // calls, MOST_ROUNDS)

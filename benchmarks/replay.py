"""Replays a run's samples into pytest-benchmark; `benchmarks.store` starts it."""

import json
import os
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

RUN = json.loads(Path(os.environ["BENCHMARK_SAMPLES"]).read_text())


def timer_of(seconds: list[float]) -> Callable[[], float]:
    """A clock that shows each sample's begin and end in turn."""
    ends = list(accumulate(seconds, initial=0.0))
    times: Iterator[float] = iter([t for pair in pairwise(ends) for t in pair])
    return lambda: next(times)


def cell(one: dict[str, Any]) -> Any:
    timer = timer_of(one["seconds"])
    mark = pytest.mark.benchmark(group=one["group"], timer=timer, disable_gc=False)
    return pytest.param(one, id=one["name"], marks=mark)


@pytest.mark.parametrize("one", [cell(one) for one in RUN["benchmarks"]])
def test_cell(benchmark: BenchmarkFixture, one: dict[str, Any]) -> None:
    benchmark.name = one["name"]
    benchmark.extra_info = one["extra_info"]
    benchmark.params = {}
    benchmark.pedantic(lambda: None, rounds=len(one["seconds"]))


@pytest.hookimpl(tryfirst=True)
def pytest_benchmark_generate_machine_info() -> dict[str, Any]:
    """The run's own; the default would also publish the machine's name."""
    return {**RUN["run"]["machine"], **RUN["run"]["versions"]}


def pytest_benchmark_update_json(output_json: dict[str, Any]) -> None:
    """What holds for the whole run."""
    output_json["run"] = RUN["run"]

"""`pytest benchmarks --target=profile`: what one target costs; all else is pytest-benchmark's.

`python -m benchmarks.run` starts a session like this for each target, and these take turns.
"""

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import provenance
from benchmarks.databases import of_a_run
from benchmarks.operations import OPERATIONS
from benchmarks.people import Players, sizes
from benchmarks.targets import BASELINE, Target, of_variants
from benchmarks.turns import Turns, our_end
from benchmarks.worker import Worker
from harness.cli import chosen

ALONE = {one.id: one for one in (*of_variants(), BASELINE)}
TARGET = pytest.StashKey[Target]()
TURNS = pytest.StashKey[Turns]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("benchmarks of this repository")
    group.addoption("--target", choices=list(ALONE), default="custom", help="what to measure")
    group.addoption("--sizes", type=sizes, default="1000,10000", help="numbers of players")
    group.addoption("--seed", type=int, default=1, help="which players")
    group.addoption("--operation", action="append", choices=list(OPERATIONS), help="only this one")


def pytest_configure(config: pytest.Config) -> None:
    """Take a target from the run that has started this session, or find the one that is named."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that fixtures clean up
    run = our_end()
    target, reference = ALONE[config.getoption("target")], config.getoption("target")
    if run:
        target, reference = run.recv()
    config.stash[TARGET], config.stash[TURNS] = target, Turns(target.id, reference, run)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each number of players and each operation, in that order."""
    option = metafunc.config.getoption
    metafunc.parametrize("players", option("sizes"), indirect=True, scope="session")
    operations = chosen(option("operation"), OPERATIONS)
    ids = [one.id for one in operations]
    metafunc.parametrize("operation", operations, ids=ids, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Function]) -> None:
    """Leave out what the target has no part in."""

    def measured(operation: Any, players: Any) -> bool:
        return config.stash[TARGET].takes_part(operation, players)

    items[:] = [item for item in items if measured(**item.callspec.params)]


def pytest_exception_interact(node: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Tell the run why it has failed, in one line."""
    assert call.excinfo is not None
    if call.excinfo.errisinstance(EOFError):
        pytest.exit("the run has ended")
    reason = call.excinfo.exconly().removeprefix("Failed: ")
    node.config.stash[TURNS].tell("failed", {"reason": reason})


@pytest.fixture(scope="session")
def worker(pytestconfig: pytest.Config) -> Iterator[Worker]:
    stash = pytestconfig.stash
    with of_a_run() as databases:
        worker = Worker(stash[TARGET], databases, stash[TURNS])
        yield worker
        worker.leave()


@pytest.fixture(scope="session")
def players(
    request: pytest.FixtureRequest, pytestconfig: pytest.Config, worker: Worker
) -> Iterator[Players]:
    """So many of them, in a database of the target's."""
    players = Players(request.param, pytestconfig.getoption("seed"))
    worker.seed(players, pytestconfig.getoption("sizes").index(players.count))
    yield players
    worker.drop()


def pytest_benchmark_generate_machine_info() -> dict[str, Any]:
    """What the figures hold for; the default would also save the machine's name."""
    return {**provenance.machine(), **provenance.versions()}


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    """Tell the run what was measured, if there is one."""
    config.stash[TURNS].tell("file", output_json)

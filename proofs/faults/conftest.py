"""A site for each variant that faults can happen to, and what must hold of its players."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from harness.variants import Variant
from proofs.faults.invariants import Invariants
from proofs.faults.target import Target
from proofs.faults.target import target as running

Tell = Callable[[str], None]
HAPPENED = "happened"


@pytest.fixture(scope="session")
def target(variant: Variant) -> Iterator[Target]:
    with running(variant) as here:
        yield here


@pytest.fixture
def invariants(target: Target) -> Invariants:
    return Invariants(target)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Say in a few words what happened."""
    return partial(record_property, HAPPENED)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """In place of "passed" and "skipped", how a site came out of a fault, and what happened."""
    if report.when == "call" and report.passed:
        happened: Any = dict(report.user_properties).get(HAPPENED)
        return "survived", "", f"survived: {happened}"
    if report.skipped and isinstance(report.longrepr, tuple):
        return "not tried", "", f"not tried: {report.longrepr[2].removeprefix('Skipped: ')}"
    return None

"""What the proofs that are plain pytest have in common: each test is for each variant."""

from pathlib import Path

import pytest

from harness.cli import chosen
from harness.variants import VARIANTS, Variant

# What they assert is told as a test's own asserts are.
pytest.register_assert_rewrite(
    "proofs.faults.client", "proofs.faults.invariants", "proofs.faults.operations"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--variant", action="append", choices=list(VARIANTS), help="only this one")
    parser.addoption("--project", type=Path, help="a changed copy of a variant, instead of all")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" in metafunc.fixturenames:
        project = metafunc.config.getoption("project")
        variants = chosen(metafunc.config.getoption("variant"), VARIANTS)
        variants = [Variant.read(project)] if project else variants
        ids = [variant.id for variant in variants]
        metafunc.parametrize("variant", variants, ids=ids, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of one variant come before the next one's, whatever other parameters they have:
    pytest's own order would start a site many times."""
    order = list(VARIANTS)

    def place(item: pytest.Item) -> int:
        callspec = getattr(item, "callspec", None)
        variant = callspec and callspec.params.get("variant")
        return order.index(variant.id) if variant else 0

    items.sort(key=place)

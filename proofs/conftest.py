"""What the proofs that are plain pytest have in common: each test is for each variant."""

import pytest

from harness.cli import chosen
from harness.variants import VARIANTS

# What they assert is told as a test's own asserts are.
pytest.register_assert_rewrite(
    "proofs.faults.client", "proofs.faults.invariants", "proofs.faults.operations"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--variant", action="append", choices=list(VARIANTS), help="only this one")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "variant" in metafunc.fixturenames:
        variants = chosen(metafunc.config.getoption("variant"), VARIANTS)
        ids = [variant.id for variant in variants]
        metafunc.parametrize("variant", variants, ids=ids, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of one variant come before the next one's, whatever other parameters they have:
    pytest's own order would start a site many times."""
    order = list(VARIANTS.values())

    def place(item: pytest.Item) -> int:
        callspec = getattr(item, "callspec", None)
        variant = callspec and callspec.params.get("variant")
        return order.index(variant) if variant else 0

    items.sort(key=place)

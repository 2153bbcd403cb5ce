"""Which variant is under test, on which database, and who is there."""

import gc
import tomllib
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

from shared_tests.emptying import after_a_test
from shared_tests.staff import create_superuser
from shared_tests.visitor import Visitor

SQLITE = "django.db.backends.sqlite3"
ABOUT = pytest.StashKey[dict[str, Any]]()

# The same examples in every run, unless --hypothesis-profile=thorough asks for others, and more.
hypothesis.settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=10,
    stateful_step_count=20,
    # One fault at a time, and soon: see PATIENCE in test_lives.py.
    report_multiple_bugs=False,
    phases=set(hypothesis.Phase) - {hypothesis.Phase.explain},
)
hypothesis.settings.register_profile(
    "thorough",
    hypothesis.settings.get_profile("suite"),
    derandomize=False,
    max_examples=1000,
    stateful_step_count=50,
)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "concurrency: needs a server that writes concurrently")
    file = Path(settings.BASE_DIR) / "variant.toml"
    if not file.is_file():
        raise pytest.UsageError(f"{file.parent.name} is no project to test: it has no {file.name}")
    about = config.stash[ABOUT] = tomllib.loads(file.read_text())
    gc.set_threshold(100_000)  # a page makes much that is no garbage: an eighth of the time
    settings.PASSWORD_HASHERS = ["shared_tests.hashers.CountingHasher"]
    TransactionTestCase._fixture_teardown = after_a_test
    default = connections.settings["default"]
    if default["ENGINE"] == SQLITE:
        # A file, so that a second process and a second thread see it.
        default["TEST"]["NAME"] = f"{default['NAME']}.test"
    else:
        default["TEST"]["NAME"] = f"test_{default['NAME']}_{about['id']}"
    other = {"ENGINE": SQLITE, "NAME": ":memory:", "TEST": {**default["TEST"], "NAME": None}}
    connections.settings["other"] = {**default, **other}


def pytest_report_header(config: pytest.Config) -> str:
    note = "; tests of true concurrency need PostgreSQL" if connection.vendor == "sqlite" else ""
    return f"variant: {config.stash[ABOUT]['id']}, database: {connection.vendor}{note}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """SQLite has one writer at a time: what races writers against each other is left out."""
    if connection.vendor == "sqlite":
        racing = [item for item in items if item.get_closest_marker("concurrency")]
        config.hook.pytest_deselected(items=racing)
        items[:] = [item for item in items if item not in racing]


@pytest.fixture
def visitor(db: None) -> Visitor:
    """Somebody nobody knows yet."""
    return Visitor()


@pytest.fixture
def ada(db: None) -> Visitor:
    """Ada, registered and logged in."""
    ada = Visitor()
    assert ada.register().status_code == 302
    return ada


@pytest.fixture
def admin(db: None) -> Visitor:
    """A superuser, logged in."""
    create_superuser()
    admin = Visitor()
    assert admin.log_in("root").status_code == 302
    return admin


@pytest.fixture(scope="session")
def budget(pytestconfig: pytest.Config) -> dict[str, dict[str, int]]:
    """The variant's own promise: figures by operation."""
    return pytestconfig.stash[ABOUT]["budget"]

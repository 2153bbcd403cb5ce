"""Which variant is under test, on which database, and who is there."""

import json
import platform
import tomllib
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase

from shared_tests.emptying import after_a_test
from shared_tests.staff import create_superuser
from shared_tests.visitor import Visitor

VARIANTS = {"proxy_variant", "profile_variant", "custom_user_variant"}
SQLITE = "django.db.backends.sqlite3"
COSTS = pytest.StashKey[dict[str, Any]]()
VERSIONS = pytest.StashKey[dict[str, str]]()

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--costs", metavar="FILE", help="write what each operation costs as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "concurrency: needs a server that writes concurrently")
    config.stash[COSTS] = {}
    config.stash[VERSIONS] = {}
    variant = Path(settings.BASE_DIR).name
    if variant not in VARIANTS:
        raise pytest.UsageError(f"{variant} is none of {', '.join(sorted(VARIANTS))}")
    settings.PASSWORD_HASHERS = ["shared_tests.hashers.CountingHasher"]
    TransactionTestCase._fixture_teardown = after_a_test
    default = connections.settings["default"]
    if default["ENGINE"] == SQLITE:
        # A file, so that a second process and a second thread see it.
        default["TEST"]["NAME"] = f"{default['NAME']}.test"
    else:
        default["TEST"]["NAME"] = f"test_{default['NAME']}_{variant}"
    other = {"ENGINE": SQLITE, "NAME": ":memory:", "TEST": {**default["TEST"], "NAME": None}}
    connections.settings["other"] = {**default, **other}


def pytest_report_header() -> str:
    note = "; tests of true concurrency need PostgreSQL" if connection.vendor == "sqlite" else ""
    return f"variant: {Path(settings.BASE_DIR).name}, database: {connection.vendor}{note}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """SQLite has one writer at a time: what races writers against each other is left out."""
    if connection.vendor == "sqlite":
        racing = [item for item in items if item.get_closest_marker("concurrency")]
        config.hook.pytest_deselected(items=racing)
        items[:] = [item for item in items if item not in racing]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the verdict; the costs only of a variant that keeps the contract."""
    path = session.config.getoption("--costs")
    if not path:
        return
    stats = session.config.pluginmanager.get_plugin("terminalreporter").stats
    verdict = {
        "passed": len(stats.get("passed", [])),
        "failed": [report.nodeid for report in stats.get("failed", []) + stats.get("error", [])],
        "operations": session.config.stash[COSTS] if exitstatus == 0 else {},
        "versions": session.config.stash[VERSIONS],
    }
    Path(path).write_text(json.dumps(verdict))


@pytest.fixture(scope="session", autouse=True)
def versions(pytestconfig: pytest.Config, django_db_setup: None, django_db_blocker: Any) -> None:
    """What the figures hold for."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        function = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {function}")
        [version] = cursor.fetchone()
        connection.close()
    pytestconfig.stash[VERSIONS] = {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "database": f"{connection.vendor} {version}",
    }


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
def budget() -> dict[str, dict[str, int]]:
    """The variant's own promise: figures by operation."""
    return tomllib.loads((Path(settings.BASE_DIR) / "query_budget.toml").read_text())

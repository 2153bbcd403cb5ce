"""A pytest plugin that writes down a run of the suite for the reference, beside testing.

    pytest -p docs_generator.reference.recorder --recording FILE …

records each test's outcome, the database after `migrate`, and every statement of every operation,
as the suite's own test of query budgets performs them.
"""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from docs_generator.reference.transcript import normalised

NAME = "recorder of the reference"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--recording", metavar="FILE", help="write what the reference shows as JSON")


def pytest_configure(config: pytest.Config) -> None:
    if path := config.getoption("--recording"):
        config.pluginmanager.register(Recorder(Path(path)), NAME)


@pytest.fixture(scope="session", autouse=True)
def _schema(pytestconfig: pytest.Config, django_db_setup: None, django_db_blocker: Any) -> None:
    from django.db import connection

    from docs_generator.reference import schema

    if recorder := pytestconfig.pluginmanager.get_plugin(NAME):
        with django_db_blocker.unblock():
            recorder.record |= {"tables": schema.tables(), "ddl": schema.ddl()}
            connection.close()


class Recorder:
    """What becomes the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record: dict[str, Any] = {
            "tests": {},
            "left_out": [],
            "operations": {},
        }

    def pytest_collection_finish(self) -> None:
        """Each operation, once performed, leaves its statements."""
        operations = import_module("shared_tests.operations").OPERATIONS
        for name, prepare in operations.items():
            operations[name] = self.recording(name, prepare)

    def recording(self, name: str, prepare: Callable[..., Any]) -> Callable[..., Any]:
        def prepared(*visitors: Any) -> Callable[[], Any]:
            act = prepare(*visitors)
            return lambda: self.recorded(name, act)

        return prepared

    def recorded(self, name: str, act: Callable[[], Any]) -> Any:
        """Perform an operation; the first time, write its statements down."""
        from django.db import connection

        costs = import_module("shared_tests.costs")
        statements: list[dict[str, str]] = []

        def write_down(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.lstrip().startswith(costs.TRANSACTION_CONTROL):
                statements.append({"sql": normalised(sql, params), "words": costs.in_words(sql)})
            return execute(sql, params, many, context)

        with connection.execute_wrapper(write_down):
            response = act()
        self.record["operations"].setdefault(name, statements)
        return response

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.record["left_out"] += [item.nodeid for item in items]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.record["tests"][report.nodeid] = report.outcome

    def pytest_sessionfinish(self) -> None:
        self.path.write_text(json.dumps(self.record))

"""The plugin that writes a run of the suite down: outcomes, costs, SQL, schema.

    pytest -p shared_tests.recording --record FILE …

writes lines of JSON as the run goes on; `harness/records.py` says what is in them. It works under
pytest-xdist too: what a worker knows reaches the process that writes.
"""

import json
import platform
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest

NAME = "recording"
# What rule 14's test leaves: by operation, its figures and statements.
COSTS = pytest.StashKey[dict[str, dict[str, Any]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", metavar="FILE", help="write what the run finds as lines of JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COSTS] = {}
    if path := config.getoption("--record"):
        in_worker = hasattr(config, "workerinput")
        config.pluginmanager.register(Worker(config) if in_worker else Writer(config, path), NAME)


@pytest.fixture(scope="session", autouse=True)
def _database(pytestconfig: pytest.Config, django_db_setup: None, django_db_blocker: Any) -> None:
    """The database after migrate, and the versions that the run holds for."""
    recorder = pytestconfig.pluginmanager.get_plugin(NAME)
    if recorder is None:
        return
    import django
    from django.db import connection

    from shared_tests import schema

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        function = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {function}")
        [version] = cursor.fetchone()
        recorder.known |= {"tables": schema.tables(), "ddl": schema.ddl()}
        connection.close()
    recorder.known["versions"] = {
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "database": f"{connection.vendor} {version}",
    }


class Recorder:
    """What only the process that runs tests can know."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.known: dict[str, Any] = {"left_out": []}

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.known["left_out"] += [item.nodeid for item in items]

    def found(self) -> dict[str, Any]:
        """All that is known at the end."""
        return {**self.known, "operations": self.config.stash[COSTS]}


class Worker(Recorder):
    """In a worker of pytest-xdist: hands on what it knows."""

    def pytest_sessionfinish(self) -> None:
        self.config.workeroutput[NAME] = json.dumps(self.found())  # type: ignore[attr-defined]


class Writer(Recorder):
    """Writes the file, each line whole."""

    def __init__(self, config: pytest.Config, path: str) -> None:
        super().__init__(config)
        self.known["warnings"] = []
        self.file: IO[str] = Path(path).open("w")  # noqa: SIM115 (until the session ends)
        self.write(date=datetime.now(UTC).isoformat(timespec="seconds"))

    def write(self, **entry: Any) -> None:
        print(json.dumps(entry), file=self.file, flush=True)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.write(collected=[item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """A worker of pytest-xdist has collected; each collects the same."""
        self.write(collected=ids)

    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        text = " ".join(str(warning_message.message).split())
        self.known["warnings"].append(f"{warning_message.category.__name__}: {text}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        outcome = "error" if report.failed and report.when != "call" else report.outcome
        lines = report.longreprtext.splitlines() if report.failed else []
        messages = [line[1:].strip() for line in lines if line.startswith("E ")]
        self.write(test=report.nodeid, outcome=outcome, messages=messages or lines[-1:])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended."""
        found = json.loads(getattr(node, "workeroutput", {}).get(NAME, "{}"))
        self.known |= {name: value for name, value in found.items() if name != "operations"}
        self.config.stash[COSTS] |= found.get("operations", {})

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        found = self.found()
        if exitstatus:  # costs only of a variant that keeps the contract
            found["operations"] = {}
        self.write(**found)
        self.write(status=int(exitstatus))
        self.file.close()

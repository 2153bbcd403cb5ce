"""A process that has loaded what the tests need, and forks itself for each mutant.

`multiprocessing`'s fork server imports this module once. A trial then costs what the variant, its
mutant and the chosen tests cost: half a second for one that the first test kills.
"""

import contextlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

import pytest

from harness import check, environment, suite
from harness.databases import connected
from harness.variants import ROOT, Variant

# What the tests import anyway, and what needs no settings to be imported.
PRELOADED = [
    "_pytest.assertion.rewrite",
    "_pytest.junitxml",
    "asgiref.sync",
    "bs4",
    "dj_database_url",
    "email.mime.text",
    "django.contrib.admin.options",
    "django.contrib.admin.helpers",
    "django.contrib.messages.storage",
    "django.core.handlers.wsgi",
    "django.core.mail",
    "django.core.management.base",
    "django.core.serializers",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.loader",
    "django.db.migrations.executor",
    "django.db.migrations.autodetector",
    "django.db.models.functions",
    "django.forms",
    "django.template.loader",
    "django.template.loader_tags",
    "django.template.defaulttags",
    "django.test.client",
    "django.test.testcases",
    "django.test.utils",
    "django.urls",
    "django.utils.formats",
    "django.views.generic",
    "psycopg2",
    "psycopg2.extras",
]
for name in PRELOADED:
    with contextlib.suppress(Exception):  # it needs them after all, or is not there
        import_module(name)

# By their modules: under their names, pytest would want to rewrite what is loaded already.
PLUGINS = ["-p", "pytest_django.plugin", "-p", "_hypothesis_pytestplugin"]
STOPPED: list[bool] = []
STARTS = "the site starts"  # the "test" that kills what cannot even be imported
ENDS = "the tests end"
SEEN = "nor does the browser notice"  # of a survivor
SOON = 60  # tests
OWN = "tests/"
BROWSER_LIMIT = 300.0  # seconds


@dataclass(frozen=True)
class Trial:
    """A mutant in a copy of a variant, which has it already.

    `tests`: ids in the order in which they are to run, all of the suite where there is none.
    `template`: the migrated database of the unchanged variant; "" to migrate anew.
    `limit`: seconds for the tests; `checks`: whether what passes them is put through the rest of
    `check`; `browser`: whether it is put through `e2e`, and not through the tests.
    `result`: the file for what is found, {"by": what killed it, "" for a survivor; "why"}.
    """

    project: Variant
    server: str
    database: str
    tests: Sequence[str]
    limit: float
    browser: bool
    result: Path
    template: str = ""
    checks: bool = False

    @property
    def folder(self) -> Path:
        """Of the whole run: it has a folder for each slot, and in that one the projects."""
        return self.project.path.parent.parent


def run_one(trial: Trial) -> None:
    """Try a mutant and write down what is found: the fork server's child does this."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: STOPPED.append(True))  # for `waited`
    found = browser(trial) if trial.browser else judged(trial)
    if not found["by"] and trial.checks and not trial.browser:
        found = checks(trial)
    new = trial.result.with_suffix(".new")
    new.write_text(json.dumps(found))
    new.replace(trial.result)


def judged(trial: Trial) -> dict[str, str]:
    """What the tests say; a test that fails late is asked again, alone: it may be the others that
    it stumbles over."""
    found = tests(trial)
    test, ran = found["by"], int(found.pop("ran", "0"))
    if ran > SOON and not tests(replace(trial, tests=[test]))["by"]:
        rest = [one for one in trial.tests if one != test]
        found = tests(replace(trial, tests=rest))
        found.pop("ran", None)
    return found


def waited(over: Callable[[], int | None], group: int, limit: float, trial: Trial) -> int | None:
    """What a process of that group ended with; None where it had to be killed.

    If we are told to stop, we do; if the process that ordered the trial was killed, we go too,
    with all that it has left.
    """
    parent, end = multiprocessing.parent_process(), time.monotonic() + limit
    while (status := over()) is None:
        orphaned = parent is not None and not parent.is_alive()
        if time.monotonic() > end or orphaned or STOPPED:
            os.killpg(group, signal.SIGKILL)
            if orphaned:
                shutil.rmtree(trial.folder, ignore_errors=True)
            if orphaned or STOPPED:
                os.killpg(0, signal.SIGKILL)
            over()
            return None
        time.sleep(0.01)
    return status


def tests(trial: Trial) -> dict[str, str]:
    """Run the tests in a fork, until the first one fails."""
    test_database = f"test_{trial.database}_{trial.project.about['id']}"
    with connected(trial.server) as ask:
        ask(f'DROP DATABASE IF EXISTS "{test_database}" WITH (FORCE)')
        if trial.template:
            ask(f'CREATE DATABASE "{test_database}" TEMPLATE "{trial.template}"')
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.setpgid(0, 0)
        os.close(read)
        try:
            under_pytest(trial, write)
        except BaseException as error:
            say(write, STARTS, repr(error))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpgid(pid, pid)
    os.close(write)

    def over() -> int | None:
        ended, status = os.waitpid(pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if ended else None

    status = waited(over, pid, trial.limit, trial)
    with os.fdopen(read) as pipe:
        said = pipe.read() if status is not None else ""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # what a test has left
    if status is None:
        return {"by": ENDS, "why": f"not within {trial.limit:.0f} s"}
    if not said:  # no mutant's doing: no test was found, or somebody killed it
        raise RuntimeError(f"pytest ended with {status}: {trial.tests[:3]}")
    return dict(json.loads(said))


def under_pytest(trial: Trial, pipe: int) -> None:
    """Become pytest."""
    path = trial.project.path
    url = f"{trial.server.rpartition('/')[0]}/{trial.database}"
    more = {**suite.ALONE, "PYTHONDONTWRITEBYTECODE": "1"}
    variables = environment.project(path, url, more=more)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    sys.path[:0] = [str(path), str(ROOT)]
    output = os.open(trial.result.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    options = [*PLUGINS, "-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
    options += ["--tb=short", "-q", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    # It is kept either way: a migrated one is what the others are copied from.
    options += ["--reuse-db"] if trial.template else ["--reuse-db", "--create-db"]
    status = pytest.main([*options, *suite.both(trial.project)], [Watcher(trial, pipe)])
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        os._exit(int(status))
    if status:
        say(pipe, STARTS, trial.result.with_suffix(".log").read_text()[-300:])
    say(pipe, "", "")


def say(pipe: int, by: str, why: str, ran: int = 0) -> None:
    """Tell what killed the mutant, after how many tests, and end."""
    found = {"by": by, "why": " ".join(why.split())[:300], "ran": str(ran)}
    os.write(pipe, json.dumps(found).encode())
    os.close(pipe)
    os._exit(0)


@dataclass(eq=False)  # pluggy keeps plugins in sets
class Watcher:
    """Chooses the tests and their order, and ends with the first that fails."""

    trial: Trial
    pipe: int
    places: dict[str, int] = field(default_factory=dict)
    ran: int = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from django.test import TestCase, TransactionTestCase

        self.places = {id: number for number, id in enumerate(self.trial.tests)}

        def place(item: pytest.Item) -> tuple[bool, int]:
            kind = getattr(item, "cls", None) or object
            # These may leave the tables another than they found them.
            commits = issubclass(kind, TransactionTestCase) and not issubclass(kind, TestCase)
            return commits, self.places.get(known(item.nodeid), len(self.places))

        if self.places:
            items[:] = [item for item in items if known(item.nodeid) in self.places]
        items.sort(key=place)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            lines = [line for line in report.longreprtext.splitlines() if line.startswith("E ")]
            say(self.pipe, known(report.nodeid), (lines or [""])[0].removeprefix("E "), self.ran)
        self.ran += report.when == "call"


def known(id: str) -> str:
    """A test's id, wherever the copy of its variant lies."""
    if id.startswith("shared_tests/"):
        return id
    return OWN + id.rpartition("/tests/")[2]


def ended(command: Sequence[str], variables: Mapping[str, str], trial: Trial, cwd: Path) -> str:
    """Run a Python program: "" where it succeeds, else the last line that it printed."""
    log = trial.result.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=cwd,
            env={**variables, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        status = waited(process.poll, process.pid, BROWSER_LIMIT, trial)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # what it has left
    if status == 0:
        return ""
    lines = log.read_text(errors="replace").split("\n")
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return (failed or [line for line in lines if line.strip()] or ["no word"])[-1]


def checks(trial: Trial) -> dict[str, str]:
    """What `check` does beside the suites."""
    for variables, command, _ in check.commands(trial.project):
        if why := ended(command, variables, trial, trial.project.path):
            return {"by": f"check: {command[1]}", "why": why}
    return {"by": "", "why": ""}


def browser(trial: Trial) -> dict[str, str]:
    """What `e2e` does, with this one site."""
    variables = environment.clean() | {"DATABASE_URL": trial.server, "PYTHONPATH": str(ROOT)}
    command = ["-m", "proofs.e2e", f"--project={trial.project.path}"]
    why = ended(command, variables, trial, ROOT)
    if not why:
        return {"by": "", "why": SEEN}
    test = re.search(r"::(test_\w+)", why)
    if not test:  # no mutant's doing, for the site has passed the tests: there is no browser, say
        raise RuntimeError(f"e2e did not run: {why}")
    return {"by": f"e2e: {test[1]}", "why": why}

"""One fault in a copy of one variant, and what the tests say of it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from re import search
from urllib.parse import urlsplit
from xml.etree import ElementTree

import psycopg2
from psycopg2 import sql

from proofs import PREFIX, VARIANTS
from proofs.mutants.catalogue import ROOT, Mutant, known_tests
from tools.commands import clean_environment

# What shows that the copy still is a working site, with one fault and not broken throughout.
CANARY = "test_a_new_player_sees_all_their_details_on_their_profile"
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.sqlite3", ".venv", "staticfiles")


@dataclass
class Job:
    """Tests to run on a copy of a variant, whose fault is the mutant; none for a baseline."""

    variant: str
    mutant: Mutant | None
    tests: dict[str, str]
    whole: bool = False  # both suites, not only these tests

    def arguments(self, copy: Path) -> list[str]:
        """What pytest is to run."""
        if self.whole:
            return ["shared_tests", str(copy / "tests")]
        known = known_tests(self.variant)
        ids = {known[CANARY], *self.tests.values()}
        return [str(copy / one) if one.startswith("tests/") else one for one in sorted(ids)]


@dataclass
class Outcome:
    """What became of one test function: its failures' messages, and what went wrong around it."""

    ran: int = 0
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """Of one job: "caught", "survived" or "wrong", why not caught, and which tests failed."""

    job: Job
    word: str
    why: str
    failed: list[str]


class Run:
    """A job while pytest runs it, on a database of its own."""

    def __init__(self, job: Job, server: str, number: str, limit: float) -> None:
        self.job, self.server = job, server
        self.name = f"{PREFIX}{number}"
        self.started, self.limit = time.monotonic(), limit
        self.folder = tempfile.TemporaryDirectory(prefix="mutant-")
        try:
            # Named like the variant, for that is how the suite knows which one it tests.
            self.copy = Path(self.folder.name, VARIANTS[job.variant])
            shutil.copytree(ROOT / VARIANTS[job.variant], self.copy, ignore=NOT_COPIED)
            if job.mutant:
                job.mutant.apply(job.variant, self.copy)
            self.report, self.log = self.copy.parent / "report.xml", self.copy.parent / "log"
            with self.log.open("wb") as output:
                self.process = self._start(output.fileno())
        except BaseException:
            self.folder.cleanup()
            raise

    def _start(self, output: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", *self.job.arguments(self.copy)),
                *("-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"),
                *("-vv", "--tb=short", f"--junitxml={self.report}"),
            ],
            cwd=ROOT,
            env={
                **clean_environment(),
                "DATABASE_URL": urlsplit(self.server)._replace(path=f"/{self.name}").geturl(),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONPATH": os.pathsep.join([str(self.copy), str(ROOT)]),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only us, who then end it and its children
        )

    def over(self) -> bool:
        """Whether it has ended, or has had its time."""
        return self.process.poll() is not None or time.monotonic() > self.started + self.limit

    def verdict(self) -> Verdict:
        """What is to be said of it once it is over."""
        hangs = self.process.poll() is None
        outcomes = {} if hangs else outcomes_in(self.report)
        failed = sorted(name for name, one in outcomes.items() if one.failures or one.errors)
        if hangs:
            word, why = "wrong", f"the tests did not end within {self.limit:.0f} seconds"
        elif not outcomes:
            word, why = "wrong", f"no test ran: {_last_line(self.log)}"
        else:
            word, why = judged(self.job, outcomes)
        return Verdict(self.job, word, why, failed)

    def close(self) -> None:
        """Leave nothing behind: no process, no folder, no database."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.wait() < 0:  # killed: it has not dropped its database
            with contextlib.suppress(psycopg2.Error):
                drop(self.server, f"test_{self.name}_{VARIANTS[self.job.variant]}")
        self.folder.cleanup()


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip(" =")]
    errors = [line for line in lines if line.startswith("E ")]
    return " ".join([*errors, *lines, "(silence)"][-1 if not errors else 0].split())


def drop(server: str, name: str) -> None:
    """Drop a test database of ours that a killed run has left."""
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            cursor.execute(statement.format(sql.Identifier(name)))


def outcomes_in(report: Path) -> dict[str, Outcome]:
    """Outcomes by test function, all its parameters together; none without a readable report."""
    outcomes: dict[str, Outcome] = defaultdict(Outcome)
    try:
        root = ElementTree.parse(report).getroot()  # noqa: S314  pytest wrote it
    except (FileNotFoundError, ElementTree.ParseError):
        return {}
    for case in root.iter("testcase"):
        name = case.get("name", "").partition("[")[0]
        if not name.startswith("test_"):  # a file that could not be collected
            continue
        outcome = outcomes[name]
        outcome.ran += 1
        outcome.failures += [_message(one) for one in case.iter("failure")]
        outcome.errors += [_message(one) for one in case.iter("error")]
    return dict(outcomes)


def _message(element: ElementTree.Element) -> str:
    """What failed, a line each and all of it; the attribute `message` is cut short."""
    lines = [line[1:].strip() for line in (element.text or "").splitlines() if line[:2] == "E "]
    return "\n".join(lines) or element.get("message", "")


def judged(job: Job, outcomes: dict[str, Outcome]) -> tuple[str, str]:
    """A mutant is caught if every named test fails, for the right reason, on a working site.

    A baseline is "caught" if nothing fails.
    """
    if job.mutant is None:
        failed = [name for name, one in outcomes.items() if one.failures or one.errors]
        missing = [name for name in job.tests if name not in outcomes]
        if failed or missing:
            return "wrong", f"without any fault, {(failed + missing)[0]} does not pass"
        return "caught", ""
    for name in job.tests:
        one = outcomes.get(name, Outcome())
        if any(search(job.mutant.reason, message) for message in one.failures):
            continue
        if one.failures or one.errors or not one.ran:
            text = " ".join([*one.failures, *one.errors, "it did not run"][0].split())
            return "wrong", f"{name} failed for another reason: {text[:200]}"
        return "survived", f"{name} passed"
    canary = outcomes.get(CANARY, Outcome())
    if CANARY not in job.tests and (canary.failures or canary.errors or not canary.ran):
        text = " ".join([*canary.failures, *canary.errors, "it did not run"][0].split())
        return "wrong", f"the whole site is broken: {text[:200]}"
    return "caught", ""


def verdicts(
    jobs: Iterable[Job], server: str, token: str, at_once: int, limit: float
) -> Generator[Verdict, None, None]:
    """Run the jobs, some at once, and yield each verdict as it comes; `limit` seconds each."""
    waiting = deque(enumerate(jobs))
    running: list[Run] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, job = waiting.popleft()
                running.append(Run(job, server, f"{token}_{number}", limit))
            for run in [run for run in running if run.over()]:
                verdict = run.verdict()
                running.remove(run)
                run.close()
                yield verdict
            time.sleep(0.02)
    finally:
        for run in running:
            run.close()

"""Each variant's suite on each database, recorded: what most of the reference is made from."""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from benchmarks.compare import COLLECTED, OUTCOME
from benchmarks.table import HEADINGS, ROOT, VARIANTS
from tools.postgres import postgresql

DJANGO = "5.2"  # whose SQL the reference shows; newer ones quote some names
DATABASES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


class RunFailed(Exception):
    """A suite did not pass: there is nothing to refer to. The text is one line."""


@dataclass(frozen=True)
class Run:
    """A recorded run of one variant's tests on one database, all of them passed.

    `tests` and `left_out`: node ids. `operations`: statements by operation, each as `sql` and in
    `words`. `tables` and `ddl`: see schema.py.
    """

    variant: str
    database: str
    tests: list[str]
    left_out: list[str]
    operations: dict[str, list[dict[str, str]]]
    tables: list[dict[str, Any]]
    ddl: dict[str, str]


Runs = dict[tuple[str, str], Run]


def record(console: Console) -> Runs:
    """Run the suites, two at a time. Raises RunFailed, PostgresError."""
    columns = (TextColumn("{task.description:<25}"), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory(prefix="reference-") as folder,
        postgresql() as url,
        Progress(*columns, console=console) as progress,
    ):
        suites = [
            Suite(variant, name, url, Path(folder), progress)
            for name in DATABASES
            for variant in VARIANTS
        ]
        with ThreadPoolExecutor(max_workers=2) as threads:
            try:
                runs = list(threads.map(Suite.run, suites))
            except BaseException:
                for suite in suites:  # or the threads would wait for them
                    suite.stop()
                raise
    return {(run.variant, run.database): run for run in runs}


class Suite:
    """One variant's tests on one database, in a process of their own."""

    def __init__(
        self, variant: str, name: str, url: str, folder: Path, progress: Progress
    ) -> None:
        self.variant, self.database = variant, name
        self.recording = folder / f"{variant}-{name}.json"
        sqlite = f"sqlite:///{quote((folder / f'{variant}.sqlite3').as_posix())}"
        self.url = url if name == "postgresql" else sqlite
        self.process: subprocess.Popen[str] | None = None
        self.stopped = False
        self.progress = progress
        title = f"{HEADINGS[VARIANTS.index(variant)]}, {DATABASES[name]}"
        self.task: TaskID = progress.add_task(title, total=None)

    def run(self) -> Run:
        if self.stopped:
            raise KeyboardInterrupt
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-u", "-m", "pytest", "shared_tests", f"{self.variant}/tests"),
                *("--verbose", "--tb=line", "-p", "no:cacheprovider"),
                *("-p", "docs_generator.reference.recorder", f"--recording={self.recording}"),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": self.url,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONPATH": os.pathsep.join([str(ROOT / self.variant), str(ROOT)]),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        first = ""
        for line in self.process.stdout or ():
            if match := COLLECTED.search(line):
                total = int(match[1]) - int(match[2] or 0)
                self.progress.update(self.task, total=total)
            elif OUTCOME.search(line):
                self.progress.advance(self.task)
                first = first or ("" if " PASSED " in line else line.partition(" ")[0])
        if self.process.wait() or not self.recording.exists():
            raise RunFailed(
                f"{self.variant} fails {first or 'to start'} on {DATABASES[self.database]}: "
                "nox -s tests says why"
            )
        record = json.loads(self.recording.read_text())
        return Run(self.variant, self.database, **record | {"tests": list(record["tests"])})

    def stop(self) -> None:
        self.stopped = True
        if self.process and self.process.poll() is None:
            self.process.terminate()

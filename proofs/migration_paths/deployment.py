"""A deployment: a project's code in a process of its own, which works on any database."""

import contextlib
import json
import socket
from pathlib import Path
from typing import IO, Any

from harness import environment, processes
from harness.cli import Failure

_running: set["Deployment"] = set()


class Refused(Exception):
    """What a command of a project said when it refused."""


class Deployment:
    """The code of a project, in a process that starts with the first question.

    Not for several threads at once.
    """

    def __init__(self, project: Path, server: str) -> None:
        self.project, self._server = project, server
        self._ending = contextlib.ExitStack()
        self._lines: IO[str] | None = None

    def start(self) -> IO[str]:
        ours, theirs = socket.socketpair()
        with theirs, self._log.open("wb") as output:
            process = processes.start(
                ["proofs.migration_paths.inside", str(theirs.fileno())],
                environment.project(
                    self.project,
                    self._server,
                    # What sets PYTEST_VERSION is a test to the settings: no debug toolbar.
                    more={"DJANGO_DEBUG": "1", "PYTEST_VERSION": "none"},
                ),
                cwd=self.project,
                folder=self.project.parent.parent,  # of all of the path's projects
                stderr=output,
                pass_fds=[theirs.fileno()],
            )
        _running.add(self)
        self._ending.callback(_running.discard, self)
        self._ending.callback(processes.kill, process)
        self._ending.callback(ours.close)
        return self._ending.enter_context(ours.makefile("rw"))

    def end(self) -> None:
        """End the process, if there is one; also from another thread."""
        self._ending.close()

    @property
    def _log(self) -> Path:
        return self.project.parent / "log"

    def _do(self, command: str, database: str, *arguments: Any) -> Any:
        line = ""
        with contextlib.suppress(OSError, ValueError):  # it was ended meanwhile
            self._lines = self._lines or self.start()
            print(json.dumps([command, database, *arguments]), file=self._lines, flush=True)
            line = self._lines.readline()
        if not line:
            last = self._log.read_text(errors="replace").splitlines()[-1:]
            raise Failure(f"the project {self.project.parent.name} has ended: {''.join(last)}")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def migrate(self, database: str, *arguments: str) -> list[str]:
        """The migrations that were run, as `manage.py migrate` prints them. Raises Refused."""
        found: list[str] = self._do("migrate", database, *arguments)
        return found

    def last_migration(self, database: str) -> str:
        """The one of `players` that no other depends on; "zero" without such an app."""
        return str(self._do("last_migration", database))

    def missing_migrations(self, database: str) -> str:
        """What makemigrations would write; "" if nothing."""
        return str(self._do("missing_migrations", database))

    def create(self, database: str, number_of_people: int) -> dict[str, Any]:
        """Make people; returns what `survey` has to know."""
        known: dict[str, Any] = self._do("create", database, number_of_people)
        return known

    def survey(self, database: str, known: dict[str, Any]) -> dict[str, Any]:
        """What the code finds of these people: see survey.py."""
        found: dict[str, Any] = self._do("survey", database, known)
        return found

    def flush(self, database: str) -> None:
        """Delete all rows, and fill in what Django needs."""
        self._do("flush", database)

    def visit(self, database: str, seconds: float, seed: str) -> dict[str, int]:
        """Let players of the site edit, look, register and delete: how often each answer came."""
        counts: dict[str, int] = self._do("visit", database, seconds, seed)
        return counts


def end_all() -> None:
    """End all that run, so that nobody waits for an answer any more."""
    for deployment in list(_running):
        deployment.end()

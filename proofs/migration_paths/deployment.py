"""A deployment: a project's code in a process of its own, which works on any database."""

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import environment, processes
from harness.cli import Failure


class Refused(Exception):
    """What a command of a project said when it refused."""


class Deployment:
    """The code of a project. Not for several threads at once."""

    def __init__(self, project: Path, lines: Any) -> None:
        self.project, self._lines = project, lines

    def _do(self, command: str, database: str, *arguments: Any) -> Any:
        try:
            print(json.dumps([command, database, *arguments]), file=self._lines, flush=True)
            line = self._lines.readline()
        except OSError:
            line = ""
        if not line:
            last = (self.project.parent / "log").read_text(errors="replace").splitlines()[-1:]
            raise Failure(f"the {self.project.parent.name} project has ended: {''.join(last)}")
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


@contextlib.contextmanager
def deployed(project: Path, server: str) -> Iterator[Deployment]:
    """Start a project's code, on whatever database of a server each call names."""
    ours, theirs = socket.socketpair()
    log = project.parent / "log"
    with ours, theirs, log.open("wb") as output:
        process = processes.start(
            ["proofs.migration_paths.inside", str(theirs.fileno())],
            environment.project(
                project,
                server,
                more={"DJANGO_DEBUG": "1", "PYTEST_VERSION": "no toolbar"},
            ),
            cwd=project,
            pass_fds=[theirs.fileno()],
            stderr=output,
        )
        theirs.close()
        with processes.stopped(process), ours.makefile("rw") as lines:
            yield Deployment(project, lines)



"""Somebody who follows the page of a migration path, beside a copy of this repository.

As a learner follows a tutorial (learner.py), with these differences:

- `python old/manage.py …` and `python new/manage.py …` are run in forks of a process that has
  loaded the project, and `runserver` is a registration at the site's own view.
- a block of SQL is asked of the database, and must find nothing.
- a block whose title is a file of this repository shows that file; the page copies it elsewhere.
- a command that refuses must end with status 1, and the page must show what it says.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from harness import copies
from harness.databases import connected
from harness.variants import ROOT, VARIANTS
from repo_tests.forking import until_done
from repo_tests.learner import ADA, BLOCK, CREATE_SUPERUSER, Block, Learner, with_includes

PAGES = ROOT / "docs" / "migration-paths"
MANAGE = re.compile(r"python (old|new)/manage\.py (.*)")
TITLE = re.compile(r'^( *```\w+) title="([^"\n]+)"$', re.M)
REGISTER = """
from django.test import Client
answer = Client(SERVER_NAME="localhost").post("/register/", {form})
assert answer.status_code == 302, answer.content.decode()
"""


def text_of(page: Path) -> str:
    """A page with its includes in place, and without the titles that name a file shown."""
    return TITLE.sub(
        lambda match: match[1] if (ROOT / match[2]).is_file() else match[0], with_includes(page)
    )


class Forking:
    """A project that is loaded once, and runs many commands."""

    def __init__(self, project: Path, environment: dict[str, str]) -> None:
        self.project = project
        self.loaded = {path: path.stat().st_mtime_ns for path in self.sources()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "repo_tests.forking", str(project)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sources(self) -> list[Path]:
        return [path for path in self.project.rglob("*.py") if path.parent.name != "migrations"]

    def is_current(self) -> bool:
        """Whether no file has changed that it may have loaded."""
        return all(path.stat().st_mtime_ns == time for path, time in self.loaded.items())

    def run(self, arguments: list[str]) -> tuple[int, str]:
        """A command's exit status, and what it printed."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(arguments), file=self.process.stdin, flush=True)
        return until_done(self.process.stdout, f"{self.project.name} cannot be loaded:")

    def end(self) -> None:
        self.process.communicate()


class Mover(Learner):
    """Somebody with a copy of this repository, and a database that is empty."""

    def __init__(self, folder: Path, url: str, programs: Path) -> None:
        super().__init__(folder)
        self.url = url
        self.projects: dict[str, Forking] = {}
        self.environment |= {
            "DATABASE_URL": url,
            "DJANGO_SUPERUSER_PASSWORD": ADA["password1"],
            "PYTEST_VERSION": "no toolbar",
            "GIT_CEILING_DIRECTORIES": str(folder.parent),
            "PATH": f"{programs}:{Path(sys.executable).parent}:{self.environment['PATH']}",
        }
        for name in ("DATABASE_URL", "GIT_CEILING_DIRECTORIES", "PATH"):
            self.tell(f"export {name}={shlex.quote(self.environment[name])}")
        for variant in VARIANTS.values():
            copies.copied(variant, folder)
        for name in ("migration_paths", "benchmarks/alternatives"):
            shutil.copytree(ROOT / name, folder / name, ignore=copies.NOT_COPIED)

    def enter(self, command: str, promised: str, prose: str) -> None:
        self.compare(command, promised, *self.result(command))

    def result(self, command: str) -> tuple[int, str]:
        """A command's exit status, and what it printed."""
        match = MANAGE.fullmatch(command)
        if not match:
            return self.tell(command)
        project, arguments = match[1], shlex.split(match[2])
        if arguments == ["runserver"]:
            arguments = ["shell", "-v0", "-c", REGISTER.format(form=ADA)]
        if arguments[0] == CREATE_SUPERUSER.split()[-1]:
            # Another for each name, in any capitals.
            email = f"{arguments[-1].encode().hex()}@example.com"
            arguments += ["--noinput", "--email", email]
        return self.manage(project, *arguments)

    def manage(self, project: str, *arguments: str) -> tuple[int, str]:
        """The exit status of a management command of `old` or `new`, and what it printed."""
        loaded = self.projects.get(project)
        if loaded is None or not loaded.is_current():
            if loaded:
                loaded.end()
            loaded = self.projects[project] = Forking(self.folder / project, self.environment)
        return loaded.run(list(arguments))

    def write(self, block: Block) -> None:
        if block.kind == "sql" and not block.file:
            with connected(self.url) as ask:
                for statement in block.text.split(";\n"):
                    found = ask(statement) if statement.strip() else []
                    assert not found, f"{statement}\nfinds {found}"
        elif block.file:
            super().write(block)

    def leave(self) -> None:
        for project in self.projects.values():
            project.end()
        super().leave()


def sql_of(page: str) -> set[str]:
    """The statements of a page's blocks of SQL, on one line each."""
    found = [match[3] for match in BLOCK.finditer(page) if match[2] == "sql"]
    return {" ".join(one.split()) for text in found for one in text.split(";\n")}

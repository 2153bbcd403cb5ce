"""The migration paths, and the project of each of their deployments, put together in a folder.

A path is a folder of `migration_paths/` with a path.toml: `order`; `title`; `source`, which is a
variant's id, `stock` (what startproject makes), or `database_first`; `destination`, a variant's
id; `diffs`, over the destination, named from `migration_paths/`; and `suite_in_ci`, for one path
to each destination.
"""

import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from harness import copies
from harness.variants import ROOT, VARIANTS

PATHS_FOLDER = ROOT / "migration_paths"
SHARED = ("moving.py", "attribute_rows.py")
PREPARE, SWITCH, FINISH = "1_prepare", "2_switch", "3_finish"
LEAGUE = Path(__file__).with_name("league")

# What startproject writes, with a database, an app and pages that the walk can ask for.
STOCK_SETTINGS = """
import os
import dj_database_url
from django.conf.global_settings import DEFAULT_AUTO_FIELD  # the variants', by which Django makes
# the id columns of many-to-many tables, those of its own apps too

DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
SECRET_KEY = "for-development-only"  # the variants' in development: sessions are signed with it
INSTALLED_APPS += ["axes"]  # as the new project has: it is no part of the move
LOGIN_REDIRECT_URL = "/profile/"
"""
STOCK_URLS = """
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpResponse

urlpatterns += [
    path("login/", LoginView.as_view(template_name="admin/login.html")),
    path("profile/", login_required(lambda request: HttpResponse(request.user.get_username()))),
]
"""
# In every project: another app, and a hasher that is Django's own with fewer rounds.
WALKED_SETTINGS = """
INSTALLED_APPS += ["league"]
PASSWORD_HASHERS = ["proofs.migration_paths.people.QuickHasher"]
"""


@dataclass(frozen=True)
class MigrationPath:
    """One path; `name` is its folder's."""

    order: int
    name: str
    title: str
    source: str
    destination: str
    diffs: tuple[str, ...]
    suite_in_ci: bool = False

    @property
    def short(self) -> str:
        """What its databases are called by: PostgreSQL has 63 letters for a name."""
        return f"p{self.order}"

    @property
    def folder(self) -> Path:
        return PATHS_FOLDER / self.name

    def migrations(self, part: str) -> list[str]:
        """The names of a deployment's migrations, in order."""
        return sorted(file.stem for file in (self.folder / part).glob("[0-9]*.py"))

    @property
    def tables(self) -> str:
        """The SQL of the tables that were made by hand, if there are any."""
        file = self.folder / "0_before" / "tables.sql"
        return file.read_text() if file.exists() else ""


def discovered() -> dict[str, MigrationPath]:
    """By name, each folder that has a path.toml, in the order that these name."""
    found = []
    for file in PATHS_FOLDER.glob("*/path.toml"):
        about = tomllib.loads(file.read_text())
        diffs = tuple(about.pop("diffs"))
        found.append(MigrationPath(name=file.parent.name, diffs=diffs, **about))
    return {path.name: path for path in sorted(found, key=lambda one: one.order)}


PATHS = discovered()


@dataclass(frozen=True)
class Projects:
    """The folders of a path's projects, one for each deployment.

    `prepare` is the old one with the migrations of deployment 1, `finish` the new one with those
    of deployment 3. Nothing else differs between the first two, nor between the last two, but for
    the model that a table made by hand gets at the end.
    """

    old: Path
    prepare: Path
    new: Path
    finish: Path


@dataclass(frozen=True)
class Change:
    """A change of one file in one of a path's projects, to spoil it."""

    project: str
    file: str
    old: str
    new: str

    def apply(self, projects: Projects) -> None:
        file = getattr(projects, self.project) / self.file
        text = file.read_text()
        if self.old not in text:
            raise ValueError(f"{self.file} of {self.project} has no {self.old}")
        file.write_text(text.replace(self.old, self.new))


def put_together(path: MigrationPath, folder: Path, *, league: bool = True) -> Projects:
    """The projects of a path inside `folder`; with the app `league`, unless told otherwise."""
    places = [folder / name for name in ("old", "prepare", "new", "finish")]
    for place in places:
        place.mkdir(parents=True)
    old, prepare = (_source(path, place) for place in places[:2])
    new, finish = (_destination(path, place) for place in places[2:])
    if path.migrations(PREPARE):
        _add(path, PREPARE, prepare)
        if path.source == "stock":
            _edit(prepare / "config/settings.py", "INSTALLED_APPS = [", '    "players",')
    _add(path, SWITCH, new)
    _add(path, SWITCH, finish)
    _add(path, FINISH, finish)
    for extra in (path.folder / FINISH).glob("models/*.py"):
        append(finish / "players" / "models.py", extra.read_text())
    if league:
        for project in (old, prepare, new, finish):
            add_league(project)
    return Projects(old, prepare, new, finish)


def start_project(project: Path, settings: str, urls: str) -> None:
    """What startproject makes of an empty folder, with more settings and more pages."""
    start = [sys.executable, "-m", "django", "startproject", "config", str(project)]
    subprocess.run(start, check=True)
    for name, text in (("settings", settings), ("urls", urls)):
        append(project / "config" / f"{name}.py", text)


def add_league(project: Path) -> None:
    """Another app, and what every project that is walked has."""
    shutil.copytree(LEAGUE, project / "league", ignore=copies.NOT_COPIED)
    append(project / "config" / "settings.py", WALKED_SETTINGS)


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def _source(path: MigrationPath, folder: Path) -> Path:
    if path.source in VARIANTS:
        return copies.copied(VARIANTS[path.source], folder).path
    project = folder / "stock"
    project.mkdir()
    start_project(project, STOCK_SETTINGS, STOCK_URLS)
    before = path.folder / "0_before"
    if before.exists():
        shutil.copytree(before, project / "players", ignore=shutil.ignore_patterns("*.sql"))
        _edit(project / "config/settings.py", "INSTALLED_APPS = [", '    "players",')
    return project


def _destination(path: MigrationPath, folder: Path) -> Path:
    project = copies.copied(VARIANTS[path.destination], folder).path
    for diff in path.diffs:
        copies.apply(PATHS_FOLDER / diff, project)
    return project


def _add(path: MigrationPath, part: str, project: Path) -> None:
    """Copy a deployment's migrations, and the modules that they import, into a project."""
    migrations = project / "players" / "migrations"
    migrations.mkdir(parents=True, exist_ok=True)
    for package in (migrations.parent, migrations):
        (package / "__init__.py").touch()
    for name in path.migrations(part):
        shutil.copy(path.folder / part / f"{name}.py", migrations)
    for module in SHARED:
        shutil.copy(PATHS_FOLDER / module, migrations.parent)


def _edit(file: Path, line: str, more: str) -> None:
    """Put a line after one that a file has."""
    text = file.read_text()
    if line not in text:
        raise ValueError(f"{file.name} has no line {line}")
    file.write_text(text.replace(f"{line}\n", f"{line}\n{more}\n", 1))

"""The how-tos do what they say: their listings are put into a copy of each variant and tried.

The changes of "Add a field" and "Log in by e-mail" are made together, for either leaves the
other's lines alone, while players from before stay in the database.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LISTINGS = ROOT / "docs" / "how-to" / "listings"
VARIANTS = ["proxy_variant", "profile_variant", "custom_user_variant"]
# What a variant's queries say so that a page is not a statement a player.
ASKED_FOR = {
    "proxy_variant": '.prefetch_related("attributes")',
    "profile_variant": '.select_related("person")',
}
OLDER = "from django.contrib.auth import get_user_model as m; m().objects.create_user({!r})"
READ = (
    "from players import queries; "
    "player = queries.by_username({!r}); "
    "print(repr(getattr(player, 'person', player).favourite_class))"
)


@dataclass(frozen=True)
class Project:
    """A variant's folder and a database of its own."""

    folder: Path
    database: Path

    def manage(self, *command: str) -> str:
        """What a command says, which must succeed."""
        done = self.tried(*command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tried(self, *command: str) -> subprocess.CompletedProcess[str]:
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings"}
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=self.folder,
            env={**os.environ, **settings, "DATABASE_URL": f"sqlite:///{self.database}"},
            capture_output=True,
            text=True,
        )

    def change(self, how_to: str, variant: str) -> None:
        """Make a how-to's change, and bring its test along."""
        name = variant.removesuffix("_variant")
        if (difference := LISTINGS / how_to / f"{name}.diff").exists():
            command = ["git", "apply", "--unsafe-paths", str(difference)]
            subprocess.run(command, cwd=self.folder, check=True)
        for test in (LISTINGS / how_to).glob("test_*.py"):
            shutil.copy(test, self.folder / "tests")


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def before(variant: str, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A site with a player."""
    project = Project(ROOT / variant, tmp_path_factory.mktemp(variant) / "db.sqlite3")
    project.manage("migrate", "--verbosity=0")
    project.manage("shell", "-c", OLDER.format("older"))
    return project


@pytest.fixture(scope="module")
def after(variant: str, before: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same site, changed as the how-tos say."""
    folder = tmp_path_factory.mktemp("changed") / variant
    shutil.copytree(
        before.folder, folder, ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3")
    )
    project = Project(folder, before.database)
    for how_to in sorted(path.name for path in LISTINGS.iterdir()):
        project.change(how_to, variant)
    return project


def test_a_field_is_a_migration_but_for_a_proxy(
    variant: str, before: Project, after: Project
) -> None:
    said = after.manage("makemigrations", "players", "--name=favourite_class")
    assert ("No changes detected" in said) == (variant == "proxy_variant")
    after.manage("migrate", "--verbosity=0")
    assert after.manage("shell", "-c", READ.format("older")).splitlines()[-1] == "''"
    # The old code still runs for a while: it knows no such field, and must not fail over it.
    before.manage("shell", "-c", OLDER.format("meanwhile"))
    assert after.manage("shell", "-c", READ.format("meanwhile")).splitlines()[-1] == "''"


def test_the_tests_of_the_listings_pass(after: Project) -> None:
    tests = sorted(f"tests.{test.stem}" for test in LISTINGS.glob("*/test_*.py"))
    done = after.tried("test", "--verbosity=2", *tests)
    assert done.returncode == 0, done.stderr
    for test in tests:
        assert f"({test}." in done.stderr, "a test of a listing did not run"


@pytest.mark.parametrize("variant", ASKED_FOR, indirect=True, scope="module")
def test_the_test_of_the_list_fails_where_the_details_are_not_asked_for(
    variant: str, after: Project
) -> None:
    queries = after.folder / "players" / "queries.py"
    text = queries.read_text()
    naive = text.replace(ASKED_FOR[variant], ".all()")
    assert naive != text
    queries.write_text(naive)
    done = after.tried("test", "tests.test_list_page")
    queries.write_text(text)
    assert "test_more_players_are_not_more_statements" in done.stderr
    assert done.returncode == 1


def test_what_a_page_quotes_of_a_variant_stands_there() -> None:
    """Whatever its indentation, which a list on the page adds to and a class takes away."""
    quoted = re.compile(r'^ *```\w+ title="(\w+_variant/\S+)"\n(.*?)^ *```$', re.M | re.S)
    quotes = [
        (file, flush(text))
        for page in LISTINGS.parent.glob("*.md")
        for file, text in quoted.findall(page.read_text())
        if "--8<--" not in text
    ]
    assert len(quotes) >= 2
    for file, text in quotes:
        assert text in flush((ROOT / file).read_text()), f"{file} does not say: {text}"


def flush(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


def test_the_suite_asks_a_project_of_another_name_once_it_is_described(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.sqlite3")
    shutil.copytree(ROOT / "custom_user_variant", tmp_path / "guild", ignore=ignored)
    description = tmp_path / "guild" / "variant.toml"
    description.unlink()
    shutil.copytree(ROOT / "shared_tests", tmp_path / "shared_tests", ignore=ignored)
    shutil.copy(LISTINGS / "reuse-the-suite" / "pytest.ini", tmp_path)

    def suite() -> subprocess.CompletedProcess[str]:
        names = ("shared_tests/test_01_older_accounts.py", "-p", "no:cacheprovider")
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": "guild:."}
        return subprocess.run(
            [sys.executable, "-m", "pytest", *names],
            cwd=tmp_path,
            env={**os.environ, **settings, "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}"},
            capture_output=True,
            text=True,
        )

    assert "guild is no project to test" in suite().stderr
    page = (LISTINGS.parent / "reuse-the-suite.md").read_text()
    [shown] = re.findall(r'^```toml title="guild/variant.toml"\n(.*?)^```$', page, re.M | re.S)
    description.write_text(shown)
    done = suite()
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout

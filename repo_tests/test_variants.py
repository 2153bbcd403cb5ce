"""The variants differ where they teach and nowhere else, and what is said of them is true."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from functools import cache

import pytest

from benchmarks.compare_table import END, START, in_a_sentence, readme_block, table
from harness import environment
from harness.contract import rules
from harness.variants import REFERENCE, ROOT, VARIANTS, discovered

# Which variants share a file's text: "|" stands between those that do not.
ALL = " ".join(VARIANTS)
EACH_ITS_OWN = " | ".join(VARIANTS)
LESSONS = {
    "README.md": EACH_ITS_OWN,
    "variant.toml": EACH_ITS_OWN,
    "players/models.py": EACH_ITS_OWN,
    "players/forms.py": EACH_ITS_OWN,
    "players/queries.py": EACH_ITS_OWN,
    "players/admin.py": EACH_ITS_OWN,
    "players/migrations/0001_initial.py": EACH_ITS_OWN,
    "tests/test_strategy.py": EACH_ITS_OWN,
    # AUTH_USER_MODEL
    "config/settings.py": "proxy profile | custom",
    # rules on a table that is not the app's own
    "players/migrations/0002_rules_in_the_database.py": "proxy | profile",
    "players/operations.py": "proxy profile",
    # users older than the profile
    "players/migrations/0003_person_for_older_users.py": "profile",
    "players/migrations/_backfill.py": "profile",
    # player.person.zoom_id
    "players/templates/players/player_list.html": "proxy custom | profile",
    "players/templates/players/profile.html": "proxy custom | profile",
}
# In players/ though they are the same: Django looks for apps.py there, and sessions name the
# backend, by which request.user is what each strategy's queries load.
BESIDE_THE_LESSON = {"players/apps.py", "players/backends.py"}
FIGURES = {"statements", "joins", "commits", "hashes"}


@cache
def listed() -> list[str]:
    """What git knows or would add, from the repository's root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in run.stdout.split("\0") if name and (ROOT / name).exists()]


def texts(*ends: str) -> dict[str, str]:
    """The text of the files whose names end so, but for vendored ones."""
    names = [name for name in listed() if not name.endswith((".min.css", ".min.js"))]
    return {name: (ROOT / name).read_text() for name in names if name.endswith(ends)}


def shared_by(path: str) -> str:
    """ "proxy profile | custom": the variants that have a file, grouped by equal text."""
    groups = defaultdict(list)
    for id, variant in VARIANTS.items():
        if f"{variant.folder}/{path}" in listed():
            groups[(variant.path / path).read_bytes()].append(id)
    return " | ".join(map(" ".join, groups.values()))


def paths() -> set[str]:
    """The files of the variants, inside their folders."""
    folders = tuple(f"{variant.folder}/" for variant in VARIANTS.values())
    return {name.partition("/")[2] for name in listed() if name.startswith(folders)}


def test_the_variants_differ_in_exactly_the_declared_lessons():
    assert {path: who for path in paths() if (who := shared_by(path)) != ALL} == LESSONS


def test_players_holds_the_lesson_and_website_what_is_the_same():
    assert not [path for path in LESSONS if path.startswith("website/")]
    same = {path for path in paths() if path.startswith("players/")} - LESSONS.keys()
    assert {path for path in same if not path.endswith("__init__.py")} == BESIDE_THE_LESSON


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=list(VARIANTS))
def test_a_readme_begins_with_the_files_to_read_and_their_lines(variant):
    beginning = (variant.path / "README.md").read_text().partition("\n## ")[0]
    rows = re.findall(r"^\| `(\S+)` \| (\d+) \|", beginning, re.M)
    assert len(rows) in (3, 4)
    for name, lines in rows:
        assert int(lines) == len((variant.path / name).read_text().splitlines()), name


def test_each_variant_promises_the_same_operations_and_figures():
    for variant in VARIANTS.values():
        assert list(variant.budget) == list(REFERENCE.budget)
        assert all(figures.keys() == FIGURES for figures in variant.budget.values())
        assert variant.about.keys() == REFERENCE.about.keys()
        assert variant.tables.keys() == REFERENCE.tables.keys()
        assert variant.queries.keys() == REFERENCE.queries.keys()


def test_a_copy_that_keeps_its_id_is_refused(tmp_path):
    for folder in ("custom_user_variant", "keyed_variant"):
        (tmp_path / folder).mkdir()
        shutil.copy(REFERENCE.path / "variant.toml", tmp_path / folder)
    with pytest.raises(ValueError, match="custom_user_variant and keyed_variant have the same id"):
        discovered(tmp_path)


def variants_listed_in(text: str) -> list[int]:
    """The lines of a module at which a list, tuple, set or dict names all variants."""
    spellings = [{id: id for id in VARIANTS}, {one.folder: id for id, one in VARIANTS.items()}]
    spellings += [{one.title: id for id, one in VARIANTS.items()}]
    lines = []
    for node in ast.walk(ast.parse(text)):
        elements = getattr(node, "elts", None) or getattr(node, "keys", None) or []
        constants = [one.value for one in elements if isinstance(one, ast.Constant)]
        found = {ids[name] for name in constants for ids in spellings if name in ids}
        if found == set(VARIANTS):
            lines.append(node.lineno)
    return lines


def test_a_list_of_the_variants_would_be_noticed():
    folders = [variant.folder for variant in VARIANTS.values()]
    assert variants_listed_in(f"x = 1\ny = {folders}\nz = {dict.fromkeys(VARIANTS)}") == [2, 3]


def test_nothing_lists_the_variants_but_their_own_files():
    ours = {name: text for name, text in texts(".py").items() if not name.startswith("repo_tests")}
    found = {name: variants_listed_in(text) for name, text in ours.items()}
    assert not {name: lines for name, lines in found.items() if lines}, (
        "read harness.variants instead, or ask their variant.toml"
    )


def test_every_rule_has_a_test_file_that_states_it_and_every_file_its_rule():
    stated = {}
    for path in sorted((ROOT / "shared_tests").glob("test_[0-9]*.py")):
        number, rule = re.match(r'"""Rule (\d+): (.+?)"""', path.read_text()).groups()
        assert path.name.startswith(f"test_{int(number):02}_")
        stated[int(number)] = rule
    assert list(rules()) == list(range(1, len(stated) + 1))
    assert stated == rules()
    contract = (ROOT / "shared_tests" / "README.md").read_text()
    limits = re.findall(r"^- \*\*Rule (\d+)\*\* ", contract, re.M)
    assert [int(number) for number in limits] == list(rules()), "what it does not say, of each"


def test_no_shared_test_asks_for_the_variant_or_skips():
    for path in sorted((ROOT / "shared_tests").glob("test_*.py")):
        for word in ("variant", "skip", "xfail", "proxy", "profile_variant", "custom_user"):
            line = rf"^(?!\s*\"\"\"|.*Rule 14).*\b{word}\b.*$"
            assert not re.findall(line, path.read_text(), re.M), path.name


def test_the_readmes_table_shows_the_budgets_and_the_number_of_tests():
    """The number is any variant's: `compare` fails where they are not equal."""
    pytest_in = [sys.executable, "-m", "pytest", "shared_tests", "--collect-only", "-q"]
    variables = environment.project(REFERENCE.path, "sqlite://:memory:")
    run = subprocess.run(pytest_in, cwd=ROOT, env=variables, capture_output=True, text=True)
    [(tests, of)] = re.findall(r"^(\d+)(?:/(\d+))? tests collected", run.stdout, re.M)
    readme = (ROOT / "README.md").read_text()
    block = readme[readme.index(START) : readme.index(END) + len(END)]
    assert block == readme_block(int(of or tests)), "run: nox -s compare -- --readme"
    assert max(map(len, block.splitlines())) <= 80


def test_a_failing_variant_shows_a_dash_and_a_higher_figure_its_mark():
    projects = dict(list(VARIANTS.items())[:3])
    first, *others = projects
    figures = {"statements": 1, "joins": 1, "commits": 0, "hashes": 0}
    costs = {first: {}} | {id: {"home": {**figures, "joins": n}} for n, id in enumerate(others)}
    lines = table(dict.fromkeys(projects, ""), costs, projects)
    [home] = [one for one in lines if one.startswith("home")]
    assert re.fullmatch(r"home +— +1 · 0 · 0 · 0 +1 · 1\*· 0 · 0 ?", home)


def test_four_variants_stand_side_by_side_in_80_columns():
    dear = {name: {**dict.fromkeys(FIGURES, 9), "statements": 10} for name in REFERENCE.budget}
    costs = dict(enumerate([REFERENCE.budget, dear, dear, dear]))
    verdicts = dict.fromkeys(costs, "999 passed")
    lines = table(verdicts, costs, dict.fromkeys(costs, REFERENCE))
    [delete] = [one for one in lines if one.startswith("delete account")]
    assert delete.endswith(" 9 ·0 ·1 ·1 " + "  10*·9*·9*·9*" * 3)
    assert max(map(len, lines)) <= 80


def test_a_sentence_names_the_statements_that_one_strategy_sends_and_the_other_does_not():
    there = ["SELECT user", "UPDATE user"]
    assert in_a_sentence([*there, "SELECT rows"], there) == "sends 1 more: SELECT rows"
    assert in_a_sentence(["SELECT user JOIN person", there[1]], there).endswith("joins person")
    assert in_a_sentence(there[::-1], there) == ""


def test_no_file_names_a_package_index_or_the_folder_it_was_written_in():
    wrong = re.compile(r"index-url|/simple/|(?<![\w.])/(?:root|home/\w+)/" + f"|{ROOT}/")
    ours = "repo_tests/test_variants.py"
    assert not [name for name, text in texts("").items() if name != ours and wrong.search(text)]


def test_the_documents_link_to_what_exists():
    for name, text in texts(".md").items():
        # The template of a page has the links of the page.
        page = ROOT / name.replace("docs_generator/reference/templates", "docs/reference")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert page.parent.joinpath(target).exists(), f"{name} → {target}"


def test_the_readme_names_every_folder_and_the_licence():
    readme = (ROOT / "README.md").read_text()
    folders = {name.split("/")[0] for name in listed() if "/" in name}
    for folder in folders - {".ci", ".github", "requirements"}:
        assert f"`{folder}/`" in readme, folder
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"{project['license']} licence" in readme

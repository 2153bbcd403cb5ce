"""The variants differ where they teach and nowhere else, and what is said of them is true."""

import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict

import pytest

from benchmarks.table import END, START, in_a_sentence, readme_block, sentences, table
from harness import variants
from harness.variants import ROOT

VARIANTS = [one.folder for one in variants.VARIANTS.values()]

# Which variants share a file's text: "|" stands between those that do not.
EACH_ITS_OWN = " | ".join(variants.VARIANTS)
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
IDS = {one.folder: id for id, one in variants.VARIANTS.items()}


def files():
    """What git knows or would add, by path inside a variant, then by variant."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *VARIANTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = defaultdict(dict)
    for name in filter(None, listed.stdout.split("\0")):
        variant, _, path = name.partition("/")
        if (ROOT / name).exists():
            found[path][IDS[variant]] = (ROOT / name).read_bytes()
    return found


def who_shares(texts):
    """ "proxy profile | custom_user": the variants grouped by equal text."""
    groups = defaultdict(list)
    for variant, text in texts.items():
        groups[text].append(variant)
    order = list(variants.VARIANTS)
    in_order = [sorted(group, key=order.index) for group in groups.values()]
    return " | ".join(map(" ".join, sorted(in_order, key=lambda group: order.index(group[0]))))


def test_the_variants_differ_in_exactly_the_declared_lessons():
    differing = {
        path: shared
        for path, texts in files().items()
        if (shared := who_shares(texts)) != " ".join(variants.VARIANTS)
    }
    assert differing == LESSONS


def test_players_holds_the_lesson_and_website_what_is_the_same():
    assert not [path for path in LESSONS if path.startswith("website/")]
    same = {path for path in files() if path.startswith("players/")} - LESSONS.keys()
    assert {path for path in same if not path.endswith("__init__.py")} == BESIDE_THE_LESSON


def test_each_readme_begins_with_the_files_to_read_and_their_lines():
    for variant in VARIANTS:
        beginning = (ROOT / variant / "README.md").read_text().partition("\n## ")[0]
        rows = re.findall(r"^\| `(\S+)` \| (\d+) \|", beginning, re.MULTILINE)
        assert len(rows) in (3, 4), variant
        for name, lines in rows:
            text = (ROOT / variant / name).read_text()
            assert int(lines) == len(text.splitlines()), f"{variant}/{name}"


def test_the_same_functions_and_classes_stand_in_queries_and_forms():
    def names(variant, path):
        text = (ROOT / variant / path).read_text()
        return set(re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE))

    reads = {"by_id", "by_username", "directory"}
    for variant in VARIANTS:
        assert reads <= names(variant, "players/queries.py")
        assert {"RegistrationForm", "ProfileForm"} <= names(variant, "players/forms.py")
        assert "PlayerAdmin" in names(variant, "players/admin.py")


def test_every_rule_has_a_test_file_that_states_it_and_every_file_its_rule():
    text = (ROOT / "shared_tests" / "README.md").read_text()
    rules = {
        int(number): rule for number, rule in re.findall(r"^(\d+)\. (.+)$", text, re.MULTILINE)
    }
    stated = {}
    for path in sorted((ROOT / "shared_tests").glob("test_[0-9]*.py")):
        number, rule = re.match(r'"""Rule (\d+): (.+?)"""', path.read_text()).groups()
        assert path.name.startswith(f"test_{int(number):02}_")
        stated[int(number)] = rule
    assert list(rules) == list(range(1, len(rules) + 1))
    assert stated == rules


def collected(variant):
    """The ids of the shared tests that pytest collects for a variant."""
    environment = {
        **os.environ,
        "DATABASE_URL": "sqlite://:memory:",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / variant), str(ROOT)]),
    }
    run = subprocess.run(
        [*(sys.executable, "-m", "pytest", "shared_tests", "--collect-only", "-q")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    kept = [line for line in run.stdout.splitlines() if "::" in line]
    [left_out] = re.findall(r"\((\d+) deselected\)", run.stdout) or ["0"]
    return kept, int(left_out)


@pytest.fixture(scope="module")
def shared():
    return {variant: collected(variant) for variant in VARIANTS}


def test_the_shared_suite_is_the_same_for_every_variant(shared):
    assert len(shared["proxy_variant"][0]) > 100
    assert shared["proxy_variant"] == shared["profile_variant"] == shared["custom_user_variant"]


def test_an_unknown_variant_is_refused():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "django.conf.global_settings"}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "shared_tests", "--collect-only", "-q"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode
    assert "collected" not in run.stdout


def test_no_shared_test_asks_for_the_variant_or_skips():
    for path in sorted((ROOT / "shared_tests").glob("test_*.py")):
        text = path.read_text()
        for word in ("variant", "skip", "xfail", "proxy", "profile_variant", "custom_user"):
            found = re.findall(rf"^(?!\s*\"\"\"|.*Rule 14).*\b{word}\b.*$", text, re.MULTILINE)
            assert not found, f"{path.name}: {found}"


def test_the_readmes_table_shows_the_budgets_and_the_number_of_tests(shared):
    readme = (ROOT / "README.md").read_text()
    block = readme[readme.index(START) : readme.index(END) + len(END)]
    kept, left_out = shared["proxy_variant"]
    assert block == readme_block(len(kept) + left_out), "run: nox -s compare -- --readme"
    assert max(map(len, block.splitlines())) <= 80


def test_the_budgets_keep_what_was_promised():
    budgets = {id: one.budget for id, one in variants.VARIANTS.items()}
    statements = {
        id: {name: row["statements"] for name, row in rows.items()} for id, rows in budgets.items()
    }
    assert statements["custom"]["register"] <= 8
    assert statements["profile"]["register"] <= 9
    assert statements["proxy"]["register"] <= 9
    # beside the session, the user and the pagination's count
    assert [statements[v]["directory"] - 3 for v in ("proxy", "profile", "custom")] == [
        2,
        1,
        1,
    ]
    for rows in budgets.values():
        assert rows["register"]["hashes"] == 1
        assert rows["register"]["commits"] <= rows["log_in"]["commits"]


def test_a_failing_variant_shows_a_dash_and_a_higher_figure_its_mark():
    figures = {"statements": 2, "joins": 1, "commits": 0, "hashes": 0}
    costs = {
        "proxy": {},
        "profile": {"home": figures},
        "custom": {"home": {**figures, "statements": 1}},
    }
    verdicts = dict.fromkeys(variants.VARIANTS, "5 passed") | {"proxy": "1 FAILED"}
    home = next(line for line in table(verdicts, costs) if line.startswith("home"))
    assert home.endswith(" 1 · 1 · 0 · 0")
    assert "—" in home
    assert " 2*· 1 · 0 · 0 " in home


def test_a_sentence_names_the_statements_that_one_strategy_sends_and_the_other_does_not():
    there = ["SELECT user", "UPDATE user"]
    assert in_a_sentence([*there, "SELECT rows"], there) == "sends 1 more: SELECT rows"
    assert in_a_sentence(["SELECT user JOIN person", "UPDATE user"], there).endswith(
        "joins person"
    )
    assert in_a_sentence(there[::-1], there) == ""
    costs = {id: {"home": {"sql": there}} for id in variants.VARIANTS}
    assert sentences(costs) == []


def tracked_texts():
    """Every text file that git knows or would add, but for vendored ones."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.exists() and not name.endswith((".min.css", ".min.js")):
            yield name, path.read_text()


def test_no_file_names_a_package_index_or_the_folder_it_was_written_in():
    wrong = re.compile(r"index-url|/simple/|(?<![\w.])/(?:root|home/\w+)/" + f"|{ROOT}/")
    found = [
        f"{name}: {line.strip()}"
        for name, text in tracked_texts()
        if name != "repo_tests/test_variants.py"
        for line in text.splitlines()
        if wrong.search(line)
    ]
    assert not found


def test_the_documents_link_to_what_exists():
    documents = [(name, text) for name, text in tracked_texts() if name.endswith(".md")]
    assert len(documents) >= 6
    for name, text in documents:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name} → {target}"


def test_the_readme_names_every_folder_and_every_session():
    readme = (ROOT / "README.md").read_text()
    folders = {name.split("/")[0] for name, _ in tracked_texts() if "/" in name}
    for folder in folders - {".ci", ".github", "requirements"}:
        assert f"`{folder}/`" in readme, folder
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["license"] == "MIT"
    assert "MIT" in readme

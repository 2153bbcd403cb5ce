"""The matrix of packages is whole, has its evidence, and its page says what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

from proofs import VARIANTS
from proofs.ecosystem import auth_tests, matrix
from proofs.ecosystem.attempt import Unexpected, expect
from proofs.ecosystem.catalogue import PACKAGES
from proofs.ecosystem.trial import steps

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "proofs" / "ecosystem"
COMMITTED = matrix.committed()
ENTRIES = [
    pytest.param(package, entry, id=f"{id}-{name}")
    for id, package in PACKAGES.items()
    for name, entry in COMMITTED["packages"].get(id, {"variants": {}})["variants"].items()
]


def modules(folder):
    return {path.stem for path in (FOLDER / folder).glob("*.py")} - {"__init__"}


def test_the_page_says_what_the_matrix_holds():
    assert matrix.MARKDOWN.read_text() == matrix.markdown(COMMITTED), (
        "the page or extras/ were changed by hand: `nox -s ecosystem -- --accept` writes it"
    )


def test_every_package_was_tried_on_every_variant():
    assert list(COMMITTED["packages"]) == list(PACKAGES)
    for one in COMMITTED["packages"].values():
        assert list(one["variants"]) == list(VARIANTS)


def test_every_package_has_a_module_and_every_module_a_package():
    assert modules("packages") == set(PACKAGES)


def test_every_extra_line_is_of_use_to_a_package():
    used = {
        module
        for package in PACKAGES.values()
        for extra in package.extras.values()
        for module in extra.modules
    }
    assert modules("extras") == used


def test_nothing_is_added_where_the_documentation_is_enough():
    added = {(id, name) for id, package in PACKAGES.items() for name in package.extras}
    needed = {
        (id, name)
        for id, one in COMMITTED["packages"].items()
        for name, entry in one["variants"].items()
        if entry["verdict"] != matrix.WORKS
    }
    assert added <= needed


@pytest.mark.parametrize(("package", "entry"), ENTRIES)
def test_what_does_not_work_as_documented_has_its_evidence(package, entry):
    if entry["verdict"] == matrix.WORKS:
        assert entry == {"verdict": matrix.WORKS}
        return
    assert entry["verdict"] in (matrix.WORKS_WITH, matrix.BREAKS)
    assert entry["failed"]
    assert entry["evidence"]
    assert entry["evidence"] in matrix.MARKDOWN.read_text()
    if entry["verdict"] == matrix.WORKS_WITH:
        assert entry["with"] in {extra.title for extra in package.extras.values()}


def test_evidence_is_the_same_on_every_machine():
    text = matrix.JSON.read_text()
    assert str(ROOT) not in text
    assert " at 0x" not in text
    assert "extending_user_proof" not in text


def test_djangos_tests_pass_without_a_variant_and_run_with_each():
    assert list(COMMITTED["auth_tests"]) == [auth_tests.BASELINE, *VARIANTS]
    assert COMMITTED["auth_tests"][auth_tests.BASELINE]["deviations"] == {}
    assert COMMITTED["auth_tests"][auth_tests.BASELINE]["ran"] > 800


def test_every_deviation_has_a_cause_and_every_cause_a_deviation():
    known = {sentence for _, sentence in auth_tests.CAUSES}
    found = set()
    for one in COMMITTED["auth_tests"].values():
        found |= set(one["deviations"])
        assert sum(map(len, one["deviations"].values())) == one["failed"] + one["errors"]
    assert found == known
    assert auth_tests.unexplained(COMMITTED["auth_tests"]) == []


def test_a_deviation_that_nobody_explains_is_reported():
    deviations = {"auth_tests.test_new.Test.test_x": ["failed", "AssertionError: 1 != 2"]}
    one = auth_tests.explained({"ran": 1, "skipped": 0, "deviations": deviations})
    assert auth_tests.unexplained({"proxy": one}) == [
        "proxy: auth_tests.test_new.Test.test_x: AssertionError: 1 != 2"
    ]


def test_a_deviation_without_a_variant_is_reported_whatever_its_cause():
    deviations = {"auth_tests.test_x": ["error", "IntegrityError: player_email_any_case"]}
    one = auth_tests.explained({"ran": 1, "skipped": 0, "deviations": deviations})
    assert auth_tests.unexplained({"proxy": one}) == []
    assert auth_tests.unexplained({auth_tests.BASELINE: one}) == ["none: auth_tests.test_x"]


FAILED = {"failed": "the details are kept", "evidence": "seen"}
PASSED = {}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (PASSED, None, "works"),
        (FAILED, PASSED, "works with"),
        (FAILED, FAILED, "breaks"),
        (FAILED, None, "breaks"),
    ],
)
def test_the_verdict_is_found(first, second, verdict):
    assert matrix.verdict(first, second) == verdict


def some(verdict, variant="proxy"):
    entry = {"verdict": verdict}
    packages = {"axes": {"version": "8", "variants": {variant: entry}}}
    return {"versions": {}, "packages": packages, "auth_tests": {}}


def test_another_verdict_is_a_difference():
    lines = matrix.difference(some("works"), some("breaks")).splitlines()
    changed = [line.replace(" ", "") for line in lines if line[0] in "+-"]
    assert changed[2:] == ['-"verdict":"works"', '+"verdict":"breaks"']
    assert matrix.verdicts(some("works")) != matrix.verdicts(some("breaks"))


def test_a_run_of_some_is_compared_with_those_and_keeps_the_others():
    run = some("breaks", "profile")
    part = matrix.part(COMMITTED, run)
    assert part["packages"]["axes"]["variants"] == {"profile": {"verdict": "works"}}
    assert list(part["packages"]) == ["axes"]
    merged = matrix.merged({**COMMITTED, "date": "2026-01-01"}, {**run, "date": "2026-01-02"})
    assert list(merged["packages"]) == list(PACKAGES)
    verdicts = matrix.verdicts(merged)["packages"]["axes"]
    assert verdicts == {"proxy": "works", "profile": "breaks", "custom": "works"}
    assert merged["auth_tests"] == COMMITTED["auth_tests"]


def test_what_breaks_says_so_on_the_page():
    broken = matrix.merged(COMMITTED, {**some("breaks"), "date": "2026-01-02"})
    broken["packages"]["axes"]["variants"]["proxy"] |= {
        "failed": "the command ends it",
        "evidence": "the site greets: None",
    }
    page = matrix.markdown({**COMMITTED, **broken})
    assert "| breaks: the command ends it | works | works |" in page
    assert "the site greets: None" in page


def test_an_expectation_shows_what_differs_and_nothing_else():
    expect("the row", {"a": 1, "b": 2, "more": 3}, {"a": 1, "b": 2})
    with pytest.raises(Unexpected, match=r"^the row: \{'b': 0\} instead of \{'b': 2\}$"):
        expect("the row", {"a": 1, "b": 0}, {"a": 1, "b": 2})
    with pytest.raises(Unexpected, match=r"^the row: \{\} instead of \{'b': 2\}$"):
        expect("the row", {"a": 1}, {"a": 1, "b": 2})


def test_steps_are_taken_in_the_order_in_which_they_are_written():
    class Operation:
        def then_this(self):
            pass

        def and_that(self):
            pass

        def _help(self):
            pass

    assert steps(Operation) == ["then_this", "and_that"]


@pytest.mark.parametrize("arguments", [["nonesuch"], ["--variant", "x"], ["--faster"]])
def test_what_is_not_there_is_refused_in_one_line(arguments):
    command = [sys.executable, "-m", "proofs.ecosystem", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")

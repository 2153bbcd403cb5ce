"""The matrix of packages is whole, has its evidence, and its page says what it says."""

from copy import deepcopy
from dataclasses import replace

import pytest

from harness.cli import Failure, Refusal
from harness.records import Outcome, Record
from harness.variants import VARIANTS
from proofs.ecosystem import attempts, auth_tests, matrix
from proofs.ecosystem.__main__ import main
from proofs.ecosystem.catalogue import PACKAGES
from proofs.ecosystem.page import markdown
from repo_tests.test_run_file import refused

COMMITTED = matrix.committed()
DETAILS = "test_the_three_details_are_kept"


def test_the_page_says_what_the_matrix_holds():
    assert matrix.MARKDOWN.read_text() == markdown(COMMITTED), (
        "the page or extras/ were changed by hand: `nox -s ecosystem -- --accept` writes it"
    )


def test_every_package_was_tried_on_every_variant_and_no_extra_line_is_idle():
    assert list(COMMITTED["packages"]) == list(PACKAGES)
    for id, package in PACKAGES.items():
        tried = COMMITTED["packages"][id]["variants"]
        assert list(tried) == list(VARIANTS)
        for variant, entry in tried.items():
            if entry["verdict"] == attempts.WORKS:
                assert package.extra_for(variant) is None


def test_every_deviation_has_a_cause_and_every_cause_a_deviation():
    known = {sentence for _, sentence in auth_tests.CAUSES}
    found = set()
    for one in COMMITTED["auth_tests"].values():
        found |= set(one["deviations"])
        assert sum(map(len, one["deviations"].values())) == one["failed"] + one["errors"]
    assert found == known
    assert auth_tests.unexplained(COMMITTED["auth_tests"]) == []


def test_a_deviation_that_nobody_explains_is_reported_and_any_without_a_variant():
    file, test = "x/auth_tests/test_new.py", "auth_tests.test_new.Test"
    record = Record(
        tests={
            f"{file}::Test::test_x": Outcome("failed", ["AssertionError: 1 != 2"]),
            f"{file}::Test::test_y": Outcome("error", ["IntegrityError: player_email_any_case"]),
            f"{file}::Test::test_z": Outcome("passed"),
        },
        status=1,
    )
    one = auth_tests.explained(record)
    unknown, known = f"{test}.test_x: AssertionError: 1 != 2", f"setUpClass ({test})"
    assert (one["ran"], one["failed"], one["errors"]) == (2, 1, 1)
    assert auth_tests.unexplained({"proxy": one}) == [f"proxy: {unknown}"]
    assert auth_tests.unexplained({"none": one}) == [f"none: {unknown}", f"none: {known}"]
    with pytest.raises(Failure, match="before their time"):
        auth_tests.explained(replace(record, status=None))


def ran(*failed):
    """A record of allauth's tests, of which these failed."""
    tests = {
        f"proofs/ecosystem/test_allauth.py::{name}": Outcome(
            "failed" if name in failed else "passed", ["seen"] if name in failed else []
        )
        for name in attempts.steps(PACKAGES["allauth"])
    }
    return Record(tests, collected=list(tests), versions={"Django": "5"}, status=int(bool(failed)))


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (ran(), ran(), "works"),
        (ran(DETAILS), ran(), "works with"),
        (ran(DETAILS), ran(DETAILS), "breaks"),
        (ran(DETAILS), None, "breaks"),
    ],
)
def test_the_verdict_is_found(first, second, verdict):
    entry = attempts.entry(PACKAGES["allauth"], VARIANTS["custom"], first, second)
    assert entry["verdict"] == verdict
    assert entry.get("failed") == (None if verdict == "works" else "the three details are kept")


def test_what_does_not_start_or_not_migrate_is_told_apart_from_what_ends_too_soon():
    output = "E   LookupError: no such app\n=== short summary ===\nERROR test_x - LookupError"
    at_start = {"failed": "it starts", "evidence": "LookupError: no such app"}
    assert attempts.failure(PACKAGES["allauth"], Record(output=output)) == at_start
    unmigrated = replace(ran(DETAILS), versions={})
    assert attempts.failure(PACKAGES["allauth"], unmigrated)["failed"] == "its migrations run"
    with pytest.raises(Failure, match="before its time"):
        attempts.failure(PACKAGES["allauth"], replace(ran(), status=None))


@pytest.fixture
def run():
    """What a run finds in which axes, of all packages, breaks on the profile."""
    entry = {"verdict": "breaks", "failed": "the command ends it", "evidence": "nobody is greeted"}
    one = {**COMMITTED["packages"]["axes"], "variants": {"profile": entry}}
    return {**deepcopy(COMMITTED), "packages": {"axes": one}, "auth_tests": {}}


@pytest.mark.parametrize("django", [COMMITTED["versions"]["Django"], "99.0"])
def test_another_verdict_is_a_difference_whatever_the_django(run, django, capsys):
    run["versions"] = {"Django": django}
    assert matrix.conclude(run, accept=False) == 1
    assert '+          "verdict": "breaks",' in capsys.readouterr().out.splitlines()


def test_another_wording_is_a_difference_with_the_same_django_alone(capsys):
    run = {**deepcopy(COMMITTED), "auth_tests": {}}
    run["packages"]["allauth"]["variants"]["custom"]["evidence"] = "said otherwise"
    assert matrix.conclude(run, accept=False) == 1
    run["versions"]["Django"] = "99.0"
    assert matrix.conclude(run, accept=False) == 0
    assert capsys.readouterr().out.count("said otherwise") == 1


def test_a_run_of_some_keeps_the_others_and_what_breaks_says_so_on_the_page(run):
    merged = matrix.merged(COMMITTED, run)
    assert list(merged["packages"]) == list(PACKAGES)
    assert merged["auth_tests"] == COMMITTED["auth_tests"]
    page = markdown(merged)
    assert "| works | breaks: the command ends it | works |" in page
    assert "nobody is greeted" in page


def test_a_package_that_is_not_installed_is_refused():
    with pytest.raises(Refusal, match=r"^nonesuch is not installed"):
        attempts.version_of(replace(PACKAGES["axes"], distribution="nonesuch"))


@pytest.mark.parametrize("arguments", [["nonesuch"], ["--variant", "x"], ["--faster"]])
def test_what_is_not_there_is_refused_in_one_line(arguments, capsys):
    refused(capsys, main, *arguments)

"""The mutants fit the code, cover the contract, and count as caught for the right reason only."""

import dataclasses
import re
import shutil

import pytest

from harness.golden import changed
from harness.records import Outcome, Record
from harness.variants import VARIANTS
from proofs.mutants.__main__ import main
from proofs.mutants.catalogue import CatalogueError, Edit, catalogue
from proofs.mutants.matrix import published, rules, texts, untried
from proofs.mutants.trial import CANARY, Job, verdict
from repo_tests.test_run_file import refused

MUTANTS = catalogue()
CAUGHT = "test_deactivating_an_account_ends_every_session_of_it"


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_fault_still_fits_its_variant_and_is_python(variant, tmp_path):
    for mutant in MUTANTS.values():
        if variant not in mutant.variants:
            continue
        copy = tmp_path / mutant.id
        for file in {edit.file for edit in mutant.edits if variant in edit.variants}:
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(VARIANTS[variant].path / file, copy / file)
        mutant.apply(variant, copy)
        for path in copy.rglob("*.py"):
            compile(path.read_text(), mutant.id, "exec")


def test_every_rule_is_broken_by_some_mutant_and_every_variant_by_many():
    assert len(MUTANTS) >= 40
    assert {mutant.rule for mutant in MUTANTS.values()} == set(rules())
    for variant in VARIANTS:
        assert sum(variant in mutant.variants for mutant in MUTANTS.values()) >= 40


def test_every_reason_is_no_failure_to_import_or_to_migrate():
    for mutant in MUTANTS.values():
        for text in "", "SyntaxError: invalid syntax", "ModuleNotFoundError: No module", "302":
            assert not re.search(mutant.reason, text), mutant.id
        assert mutant.fault.endswith("."), mutant.id


def test_what_is_published_is_what_the_catalogue_says():
    assert untried(published(), MUTANTS) == []
    assert changed(texts(published(), MUTANTS)) == {}


def test_a_fault_that_fits_nowhere_is_an_error_that_says_where(tmp_path):
    (tmp_path / "views.py").write_text("one\none\n")
    for old, times in ("one\n", "2 times"), ("two\n", "0 times"):
        edits = (Edit(("proxy",), "views.py", old, ""),)
        mutant = dataclasses.replace(MUTANTS["next-unchecked"], edits=edits)
        with pytest.raises(CatalogueError, match=rf"next-unchecked, proxy: views\.py.*{times}"):
            mutant.apply("proxy", tmp_path)


def test_a_catalogue_that_is_none_is_refused_in_a_line(tmp_path):
    path = tmp_path / "catalogue.toml"
    path.write_text('[[mutant]]\nid = "x"\n')
    with pytest.raises(CatalogueError, match="x: missing or unknown: caught_by, edits, fault"):
        catalogue(path)


def failed(*messages, outcome="failed"):
    return Outcome(outcome, list(messages))


PASSED = Outcome("passed")


@pytest.mark.parametrize(
    ("tests", "word", "why"),
    [
        ({CAUGHT: failed("assert 500 == 302"), CANARY: PASSED}, "caught", ""),
        ({CAUGHT: PASSED, CANARY: PASSED}, "survived", f"{CAUGHT} passed"),
        ({CAUGHT: failed("404"), CANARY: PASSED}, "wrong", "failed for another reason: 404"),
        ({CAUGHT: failed("302", outcome="error"), CANARY: PASSED}, "wrong", "another reason: 302"),
        ({CAUGHT: failed("302"), CANARY: failed("302")}, "wrong", "the whole site is broken"),
        ({CANARY: PASSED}, "wrong", "it did not run"),
        ({}, "wrong", "no test ran: ImportError: nothing"),
    ],
)
def test_a_mutant_is_caught_by_the_named_test_for_the_right_reason_on_a_working_site(
    tests, word, why
):
    """Of the real suite, `nox -s mutants` finds it out; this is what it makes of outcomes."""
    mutant = dataclasses.replace(MUTANTS["next-unchecked"], reason="302", caught_by=(CAUGHT,))
    job = Job("custom", mutant, [CAUGHT])
    found = {f"shared_tests/test_x.py::{name}[ada]": one for name, one in tests.items()}
    output = "collecting\nE   ImportError: nothing\n=== 1 error ==="
    one = verdict(job, Record(found, output=output, status=1), 60)
    assert one.word == word
    assert why in one.why


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["next-uncheked"], "did you mean next-unchecked?"),
        (["--ci", "next-unchecked"], "name none"),
        (["--variant", "fourth"], "invalid choice: 'fourth'"),
        (["--sooner"], "unrecognized arguments"),
    ],
)
def test_bad_options_are_refused_in_a_line(arguments, error, capsys):
    assert error in refused(capsys, main, *arguments)

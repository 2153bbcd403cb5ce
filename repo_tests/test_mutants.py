"""The mutants fit the code, cover the contract, and count as caught for the right reason only."""

import dataclasses
import re
import shutil
from pathlib import Path

import pytest

from harness.databases import PROOF, on_a_server
from harness.golden import changed
from harness.records import Outcome
from harness.variants import ROOT, VARIANTS
from proofs.mutants.__main__ import main
from proofs.mutants.catalogue import CatalogueError, Edit, Mutant, catalogue, known_tests
from proofs.mutants.matrix import published, rules, texts, untried
from proofs.mutants.trial import CANARY, Job, judged, verdicts

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


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('id = "x"', "x: missing or unknown: caught_by, edits, fault, reason, rule"),
        ('id = "x"\nrule = 1\nfault = ""\ncaught_by = []\nreason = "("\nedits = []', "x: reason"),
    ],
)
def test_a_catalogue_that_is_none_is_refused_in_a_line(tmp_path, entry, why):
    path = tmp_path / "catalogue.toml"
    path.write_text(f"[[mutant]]\n{entry}\n")
    with pytest.raises(CatalogueError, match=why):
        catalogue(path)


def mutant(file="players/backends.py", old="", new="", reason="assert", caught_by=(CAUGHT,)):
    edits = (Edit(("custom",), file, old, new),)
    return Mutant("made-up", 9, "It was done.", caught_by, reason, edits)


def test_a_mutant_that_changes_nothing_survives_and_one_that_breaks_the_site_is_not_caught():
    """On the real suite: each of these runs pytest against a copy of a variant."""
    active = "        return user if user and self.user_can_authenticate(user) else None\n"
    tried = {
        "nothing": mutant(old="ignores the username's case", new="minds no case"),
        "caught": mutant(old=active, new="        return user\n", reason=r"\('ada', 'ada'\)"),
        "other reason": mutant(old=active, new="        return user\n", reason="IntegrityError"),
        "broken": mutant(old="from . import queries", new="from . import nothing"),
    }
    jobs = [Job("custom", one, one.tests("custom")) for one in tried.values()]
    with on_a_server(PROOF) as databases:
        found = {id(v.job.mutant): v for v in verdicts(jobs, databases, 2, limit=100)}
    verdict = {name: found[id(one)] for name, one in tried.items()}
    assert {name: one.word for name, one in verdict.items()} == {
        "nothing": "survived",
        "caught": "caught",
        "other reason": "wrong",
        "broken": "wrong",
    }
    assert verdict["nothing"].why == f"{CAUGHT} passed"
    assert "failed for another reason" in verdict["other reason"].why
    assert "nothing" in verdict["broken"].why


def test_a_site_that_is_broken_throughout_catches_nothing():
    job = Job("custom", mutant(reason="302"), {CAUGHT: known_tests("custom")[CAUGHT]})
    failing, passing = [Outcome("failed", ["assert 500 == 302"])], [Outcome("passed")]
    assert judged(job, {CAUGHT: failing, CANARY: passing}) == ("caught", "")
    assert judged(job, {CAUGHT: failing, CANARY: failing})[0] == "wrong"
    assert judged(job, {CAUGHT: [Outcome("error", ["302"])], CANARY: passing}) == (
        "wrong",
        f"{CAUGHT} failed for another reason: 302",
    )
    assert judged(job, {CANARY: passing})[1].endswith("it did not run")


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
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert error in said
    assert len(said.splitlines()) == 1


def test_the_tests_named_in_the_catalogue_are_found_where_they_stand():
    known = known_tests("proxy")
    assert known[CANARY] == f"shared_tests/test_pages.py::{CANARY}"
    assert known["test_change_user_may_do_it_as_in_any_admin"].startswith(
        "tests/test_strategy.py::PermissionTests::"
    )
    assert Path(ROOT, "shared_tests").is_dir()

"""The mutation engine: what its operators make, what it keeps, and what of it is published."""

import json
from pathlib import Path

import pytest

from harness.variants import VARIANTS
from proofs.mutants.engine import published as pub
from proofs.mutants.engine import python_operators, text_operators, trials
from proofs.mutants.engine.contexts import Contexts
from proofs.mutants.engine.mutants import KINDS, Mutant, all_mutants, kind
from proofs.mutants.engine.trials import Killers, State, Verdict
from proofs.mutants.engine.warm import ENDS, STARTS


@pytest.fixture(scope="module")
def mutants():
    return all_mutants()


def made(text):
    return {one.strip() for one in python_operators.changed(f"{text}\n")}


@pytest.mark.parametrize(
    ("code", "mutant"),
    [
        ("a = 1", "a = 2"),
        ("a = 'b'", "a = 'XXbXX'"),
        ("a = f(b, c=d)", "a = f(c=d)"),
        ("a = f(b, c=d)", "a = f(b, c=None)"),
        ("a = b < c", "a = b <= c"),
        ("a = [b, c]", "a = [c]"),
        ("a = (b, c)", "a = (c,)"),
        ("a = {b: c, d: e}", "a = {d: e}"),
        ("a = b", "pass"),
        ("f(a)", "pass"),
        ("@a\n@b\ndef f(): return 1", "@b\ndef f(): return 1"),
        ("class A(B, C): pass", "class A(C): pass"),
        ("class A:\n    def f(self):\n        return b", "class A:\n    pass"),
        ("if a:\n    f(b)", "if True:\n    f(b)"),
        ("if a:\n    f(b)", "if False:\n    f(b)"),
    ],
)
def test_an_operator_changes_python(code, mutant):
    assert mutant in made(code)
    assert code not in made(code)


def test_a_docstring_is_no_code():
    assert made('"""About this file."""') == set()


@pytest.mark.parametrize(
    ("template", "mutant"),
    [
        ("<a href='b'>c</a>".replace("'", '"'), "<a>c</a>"),
        ("<h1>Players</h1>", "<h1>XX</h1>"),
        ("<h1>Players</h1>", "<div>Players</div>"),
        ("<li><p>a <li>b</li></p></li>", "<div><p>a <li>b</li></p></div>"),
        ('<a href="{% url "home" %}">b</a>', "<a>b</a>"),
        ("{% csrf_token %}", ""),
        ("{% if a %}b{% endif %}", "{% if False %}b{% endif %}"),
        ("{% for a in b %}c{% endfor %}", '{% for a in "" %}c{% endfor %}'),
        ("{{ a|date:'Y' }}".replace("'", '"'), "{{ a }}"),
        ("{% block title %}a{% endblock %}", "{% block elsewhere %}a{% endblock %}"),
    ],
)
def test_an_operator_changes_a_template(template, mutant):
    assert mutant in set(text_operators.in_a_template(template))


def test_a_tag_of_djangos_between_attributes_is_no_attribute():
    template = "<a{% if page == 'home' %} aria-current{% endif %}>b</a>"
    assert all("{% if " in one for one in text_operators.in_a_template(template))


def test_an_operator_leaves_out_each_rule_of_a_stylesheet():
    css = "a {\n  b: c;\n}\n\n@media (d) {\n  e {\n    f: g;\n  }\n}\n"
    assert list(text_operators.rules_left_out(css)) == [
        css.removeprefix("a {\n  b: c;\n}\n"),
        css.replace("  e {\n    f: g;\n  }\n", ""),
    ]


def test_every_file_of_a_variant_that_runs_is_changed(mutants):
    changed = {(one.variant, one.file) for one in mutants}
    shared = {one.file for one in mutants}
    for variant in VARIANTS.values():
        for path in variant.path.rglob("*.py"):
            file = path.relative_to(variant.path).as_posix()
            if not file.startswith("tests/") and path.stat().st_size:
                assert file in shared, file
        assert {kind(file) for id, file in changed if id == variant.id} == set(KINDS)


def test_a_file_that_variants_share_has_each_change_in_one_of_them(mutants):
    views = [one for one in mutants if one.file == "website/views.py"]
    assert len({one.name for one in views}) == len(views)
    assert {one.variant for one in views} == set(VARIANTS)


def test_a_mutant_is_known_by_its_file_and_lines_and_by_nothing_else(mutants):
    for variant in VARIANTS:
        names = [one.name for one in mutants if one.variant == variant]
        assert len(set(names)) == len(names)
    for one in mutants:
        before = (VARIANTS[one.variant].path / one.file).read_text()
        assert one.text != before, one.name


def a_mutant(name="a", variant="profile"):
    return Mutant(variant, "website/ages.py", "", (1, 1), name, "")


def test_a_verdict_is_kept_as_long_as_the_file_and_the_killer_are_what_they_were(
    tmp_path, monkeypatch
):
    mutants = [a_mutant("killed"), a_mutant("survivor")]
    state = State(mutants, tmp_path / "verdicts")
    test = "shared_tests/test_pages.py::test_a"
    state.add(mutants[0], Verdict("profile", mutants[0].name, test, "assert 1 == 2"))
    state.add(mutants[1], Verdict("profile", mutants[1].name, "", ""))
    with (tmp_path / "verdicts").open("a") as file:
        file.write('\n{"variant": "pro')  # a run that was killed in the middle of a line
    assert len(State(mutants, tmp_path / "verdicts").verdicts) == 2
    # It was no killer after all.
    state.add(mutants[0], Verdict("profile", mutants[0].name, "", ""))
    assert not State(mutants, tmp_path / "verdicts").verdicts["profile", mutants[0].name].by

    known = trials.digest
    elsewhere = Path(trials.ROOT / "shared_tests" / "people.py")
    monkeypatch.setattr(trials, "digest", lambda *paths: known(*paths, elsewhere))
    assert State(mutants, tmp_path / "verdicts").verdicts == {}


def test_the_tests_that_killed_a_file_s_mutants_are_tried_first_and_the_rest_in_order():
    killers = Killers([], None)
    for test in ("b::b", "c::c", "b::b"):
        killers.add(a_mutant(), Verdict("profile", "", test, ""))
    assert killers.first(a_mutant(), ["a::a", "b::b", "c::c"]) == ["b::b", "c::c", "a::a"]


def test_only_tests_that_come_past_a_line_are_chosen_unless_it_runs_outside_of_them():
    found = Contexts(
        seconds={"a": 1, "b": 1, "c": 1},
        templates={"home.html": ["c"]},
        lines={"website/ages.py": {"1": ["a"], "2": ["a", "b"]}},
        always={"website/ages.py": [1]},
    )
    mutant = a_mutant()
    assert set(found.of(mutant)) == {"a", "b", "c"}
    assert set(found.of(Mutant("profile", mutant.file, "", (2, 2), "", ""))) == {"a", "b"}
    template = Mutant("profile", "website/templates/home.html", "", (1, 1), "", "")
    assert found.of(template) == ["c"]


def test_every_listed_survivor_is_still_made_and_has_a_reason(mutants):
    assert pub.unknown(mutants) == []
    for name, why in pub.survivors().items():
        assert why.endswith("."), name


def test_the_sample_is_made_by_the_operators_and_killed_by_tests_that_are_there(mutants):
    sample = pub.published()["sample"]
    names = {one.name for one in mutants}
    assert set(sample) <= names
    for test in sample.values():
        file, kind, name = test.partition("::")
        if not kind:
            assert test.startswith(("check: ", "e2e: ", STARTS, ENDS))
            continue
        shared = file.startswith("shared_tests/")
        folders = [trials.ROOT] if shared else [one.path for one in VARIANTS.values()]
        function = name.rpartition("::")[2].partition("[")[0]
        assert any(f"def {function}(" in Path(one, file).read_text() for one in folders), test


def test_the_published_figures_add_up():
    for kinds in pub.published()["figures"].values():
        for counts in kinds.values():
            assert counts["made"] == sum(counts.values()) - counts["made"]


def test_the_published_file_is_what_would_be_written():
    assert json.loads(pub.text(pub.published())) == pub.published()

"""The tutorial site: what its pages include and name is there, and its tools see what is not.

What is generated needs no test: `nox -s reference -- --check` compares it to the letter.
"""

import pytest

from docs_generator import includes, links
from docs_generator.reference import GENERATED, figures
from docs_generator.reference.figures import UnknownFigure, rewritten, typed
from harness.variants import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))


def written():
    """The pages that people write, by name."""
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in PAGES}
    return {name: text for name, text in texts.items() if GENERATED not in text}


# --- The pages -----------------------------------------------------------------------------


def test_every_include_shows_something():
    assert len(PAGES) > 30
    assert [fault for page in PAGES for fault in includes.faults(page, ROOT)] == []


def test_every_figure_in_prose_is_what_its_name_stands_for():
    found = figures.known()
    stale = [name for name, text in written().items() if rewritten(text, found, name) != text]
    assert stale == [], "run: nox -s reference -- --figures"


def test_no_figure_in_prose_is_typed():
    assert {name: found for name, text in written().items() if (found := typed(text))} == {}


def test_every_page_is_in_the_navigation_and_has_one_title():
    navigation = (ROOT / "mkdocs.yml").read_text()
    for page in PAGES:
        assert f": {page.relative_to(ROOT / 'docs').as_posix()}\n" in navigation
    for name, text in written().items():
        assert text.startswith(("# ", "---\n")), name


# --- What the tools see --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# --8<-- [start:model]\nclass Player: ...\n# --8<-- [end:model]\n", ""),
        ("class Player: ...\n", "has the marks none"),
        ("# --8<-- [start:model]\n# --8<-- [start:meta]\n# --8<-- [end:model]\n", "is empty"),
        ("# --8<-- [end:model]\na = 1\n# --8<-- [start:model]\n", "has the marks end and start"),
        (None, "is no file"),
    ],
)
def test_an_include_that_shows_nothing_or_too_much_is_named(tmp_path, text, fault):
    if text is not None:
        (tmp_path / "models.py").write_text(text)
    page = tmp_path / "page.md"
    page.write_text('```python\n--8<-- "models.py:model"\n```\n')
    found = list(includes.faults(page, tmp_path))
    assert len(found) == bool(fault)
    assert all(f"page.md: models.py:model {fault}" in one for one in found)


def test_a_marked_figure_is_rewritten_and_the_rest_is_not():
    text = "It sends <!-- figure: statements.register.proxy -->8<!-- end --> of them, not 8."
    new = rewritten(text, {"statements.register.proxy": "9"}, "page.md")
    assert new == text.replace("-->8<", "-->9<")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<!-- figure: registers -->8<!-- end -->", r"page\.md .* did you mean register\?"),
        ("<!-- figure: register -->8 and <!-- figure: b -->9<!-- end -->", "register has no"),
    ],
)
def test_a_figure_that_is_not_there_or_has_no_end_is_named(text, fault):
    with pytest.raises(UnknownFigure, match=fault):
        rewritten(text, {"register": "9"}, "page.md")


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("It sends 9 statements.", ["9 statements"]),
        ("It takes 1.95 times as long, or 95 %.", ["1.95 times", "95 %"]),
        ("It sends <!-- figure: a -->9<!-- end --> statements.", []),
        ("Rule 3 holds with 2 players, in Python 3.11: `9 statements`.", []),
        ("```text\n9 statements\n```\n", []),
    ],
)
def test_a_typed_figure_is_found(prose, found):
    assert typed(prose) == found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<h1 id="top"><a href="two.html#far"><a href="#top"><a href="https://a.b/">', ""),
        ('<a href="three.html">', "three.html leads to no file"),
        ('<a href="two.html#near">', "two.html#near leads to no place in two.html"),
        ('<script src="https://a.b/c.js">', "loads https://a.b/c.js from elsewhere"),
        ('<link rel="stylesheet" href="//a.b/c.css">', "loads //a.b/c.css from elsewhere"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path, text, fault):
    (tmp_path / "one.html").write_text(text)
    (tmp_path / "two.html").write_text('<p id="far"></p>')
    found = links.faults(tmp_path, links.pages(tmp_path))
    assert found == ([f"one.html: {fault}"] if fault else [])

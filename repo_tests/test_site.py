"""The tutorial site: what its pages name is there, and its tools see what is not.

What is generated, the figures in prose too, `nox -s reference -- --check` compares to the letter;
what is included or linked, MkDocs looks for.
"""

import pytest

from docs_generator.reference import GENERATED
from docs_generator.reference.figures import UnknownFigure, rewritten, typed
from harness.variants import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))


def written():
    """The pages that people write, by name."""
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in PAGES}
    found = {name: text for name, text in texts.items() if GENERATED not in text}
    assert len(found) > 15
    return found


# --- The pages -----------------------------------------------------------------------------


def test_no_figure_in_prose_is_typed():
    assert {name: found for name, text in written().items() if (found := typed(text))} == {}


def test_every_page_that_people_write_has_one_title():
    assert [name for name, text in written().items() if not text.startswith(("# ", "---\n"))] == []


# --- What the tools see --------------------------------------------------------------------


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

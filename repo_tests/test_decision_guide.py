"""The decision guide asks until one recommendation is left, and each shows what it rests on.

The page's list is read here as guide.js reads it: italics ask, bold answers, a link recommends.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "decision-guide.md"
TEXT = PAGE.read_text()


@dataclass(frozen=True)
class Answer:
    """A line of the list: what it says, how deep it stands, what it asks or recommends."""

    depth: int
    name: str
    asks: str | None
    recommends: list[str]


def part(title: str) -> str:
    """What stands under a heading of the page."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert found, title
    return found[1]


def answers() -> Iterator[Answer]:
    for indent, item in re.findall(r"^( *)- (.*?)(?=^ *- |\Z)", part("All paths"), re.M | re.S):
        [name] = re.findall(r"\*\*(.+?)\*\*", item)
        asked = re.search(r"(?<!\*)\*([^*]+\?)\*(?!\*)", item)
        asks = " ".join(asked[1].split()) if asked else None
        yield Answer(len(indent) // 4, name, asks, re.findall(r"\]\(#(.+?)\)", item))


def paths() -> dict[str, list[str]]:
    """By the answers that lead there: what is recommended."""
    found, above = {}, []
    for answer in answers():
        above[answer.depth :] = [answer.name]
        if not answer.asks:
            found[" / ".join(above)] = answer.recommends
    return found


def recommendations() -> dict[str, str]:
    """By its place in the page: a recommendation's text."""
    parts = re.split(r"^### (.+)\n", part("All recommendations"), flags=re.M)[1:]
    return {
        title.lower().replace(" ", "-"): text
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_each_path_ends_in_exactly_one_recommendation() -> None:
    found = paths()
    assert len(found) > 5
    for path, places in found.items():
        assert len(places) == 1, path
        assert places[0] in recommendations(), path


def test_each_recommendation_is_reached() -> None:
    assert {place for places in paths().values() for place in places} == set(recommendations())


def test_an_answer_either_asks_on_or_recommends() -> None:
    given = list(answers())
    for one, after in zip(given, [*given[1:], None], strict=True):
        deeper = after is not None and after.depth == one.depth + 1
        assert deeper == (one.asks is not None), one.name
        assert bool(one.recommends) != deeper, one.name


def test_the_same_question_has_the_same_answers_wherever_it_is_asked() -> None:
    offered: dict[str, set[tuple[str, ...]]] = {}
    given = list(answers())
    for index, one in enumerate(given):
        if one.asks:
            rest = given[index + 1 :]
            ends = (at for at, other in enumerate(rest) if other.depth <= one.depth)
            below = rest[: next(ends, len(rest))]
            names = tuple(other.name for other in below if other.depth == one.depth + 1)
            offered.setdefault(one.asks, set()).add(names)
    assert offered
    for question, sets in offered.items():
        assert len(sets) == 1, question
        assert all(len(names) > 1 for names in sets), question


@pytest.mark.parametrize("place", recommendations())
def test_a_recommendation_says_what_you_get_and_pay_and_each_line_leads_to_its_proof(
    place: str,
) -> None:
    text = recommendations()[place]
    got, paid = text.split("**You get**")[1].split("**You pay**")
    for lines in (got, paid):
        claims = re.findall(r"^- (.+?)(?=^- |^\S|\Z)", lines, re.M | re.S)
        assert claims
        for claim in claims:
            assert re.search(r"\]\((reference|explanation)/\S+?\)", claim), claim
    assert "reference/behaviour.md#" in text

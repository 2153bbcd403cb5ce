"""The decision guide asks until one recommendation is left, and each shows what it rests on.

The page's list is read here as guide.js reads it: italics ask, bold answers, a link recommends.
That each path of the form leads to one recommendation is checked in a browser, by `nox -s docs`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.variants import ROOT

TEXT = (ROOT / "docs" / "decision-guide.md").read_text()


@dataclass(frozen=True)
class Answer:
    """A line of the list: the answers that it stands under and its own, the question that it
    answers, the one that it asks, and what it recommends."""

    path: tuple[str, ...]
    answers: str
    asks: str
    recommends: list[str]


def part(title: str) -> str:
    """What stands under a heading of the page."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert found, title
    return found[1]


def question(text: str) -> str:
    """What stands in italics; "" for nothing."""
    found = re.search(r"(?<!\*)\*([^*]+\?)\*(?!\*)", text)
    return " ".join(found[1].split()) if found else ""


def answers() -> Iterator[Answer]:
    first, *items = re.split(r"^( *)- ", part("All paths"), flags=re.M)
    path, asked = [], [question(first)]  # by depth
    for indent, item in zip(items[::2], items[1::2], strict=True):
        depth, [name] = len(indent) // 4, re.findall(r"\*\*(.+?)\*\*", item)
        path[depth:], asked[depth + 1 :] = [name], [question(item)]
        yield Answer(tuple(path), asked[depth], asked[-1], re.findall(r"\]\(#(.+?)\)", item))


def recommendations() -> dict[str, str]:
    """By its place in the page: a recommendation's text."""
    parts = re.split(r"^### (.+)\n", part("All recommendations"), flags=re.M)[1:]
    titles = [title.lower().replace(" ", "-") for title in parts[::2]]
    return dict(zip(titles, parts[1::2], strict=True))


def test_each_answer_asks_on_or_recommends_and_each_recommendation_is_reached() -> None:
    found = list(answers())
    assert len(found) > 10
    for one in found:
        assert bool(one.asks) + len(one.recommends) == 1, one.path
    assert {place for one in found for place in one.recommends} == set(recommendations())


def test_the_same_question_has_the_same_answers_wherever_it_is_asked() -> None:
    offered = defaultdict(list)
    for one in answers():
        offered[one.answers, one.path[:-1]].append(one.path[-1])
    by_question: dict[str, list[str]] = {}
    for (question, above), names in offered.items():
        assert len(names) > 1, above
        assert by_question.setdefault(question, names) == names, above
    assert len(by_question) > 3


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

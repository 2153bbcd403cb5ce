"""Each recommendation of the decision guide is reached, and each line of it shows its proof.

That each path of answers ends in one recommendation is checked in a browser, by `nox -s docs`.
"""

import re

import pytest

from harness.variants import ROOT

TEXT = (ROOT / "docs" / "decision-guide.md").read_text()


def part(title):
    """What stands under a heading of the page."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert found, title
    return found[1]


def recommendations():
    """By its place in the page: a recommendation's text."""
    parts = re.split(r"^### (.+)\n", part("All recommendations"), flags=re.M)[1:]
    titles = [title.lower().replace(" ", "-") for title in parts[::2]]
    return dict(zip(titles, parts[1::2], strict=True))


def test_every_recommendation_is_reached_and_every_one_that_is_reached_is_there():
    reached = re.findall(r"\]\(#(.+?)\)", part("All paths"))
    assert len(reached) > 5
    assert {*reached} == recommendations().keys()


@pytest.mark.parametrize("place", recommendations())
def test_a_recommendation_says_what_you_get_and_pay_and_each_line_leads_to_its_proof(
    place,
):
    text = recommendations()[place]
    got, paid = text.split("**You get**")[1].split("**You pay**")
    for lines in (got, paid):
        claims = re.findall(r"^- (.+?)(?=^- |^\S|\Z)", lines, re.M | re.S)
        assert claims
        for claim in claims:
            assert re.search(r"\]\((reference|explanation)/\S+?\)", claim), claim
    assert "reference/behaviour.md#" in text

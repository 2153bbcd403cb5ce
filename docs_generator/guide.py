"""The decision guide in a browser: each path of answers ends in one recommendation."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

QUESTIONS = "[data-guide] fieldset"
RECOMMENDATION = "[data-recommendation]:visible"
ENDS_OF_THE_LIST = "#all-paths ~ ul:first-of-type a"  # what stands there without a script


@dataclass(frozen=True)
class End:
    """Where a path leads: the numbers of its answers, what is recommended, at which address."""

    path: tuple[int, ...]
    shown: str
    link: str


def faults(page: Page, address: str) -> Iterator[str]:
    """A line for each path that goes wrong; one if the form has other paths than the list."""
    anew(page, address)
    listed = page.locator(ENDS_OF_THE_LIST).count()
    ends = list(walk(page))
    if len(ends) != listed:
        yield f"the form has {len(ends)} paths, the list {listed}"
    for end in ends:
        anew(page, end.link)
        if not end.shown:
            yield f"the answers {end.path} lead to no recommendation"
        elif recommended(page) != end.shown:
            yield f"the address after the answers {end.path} leads to another recommendation"


def walk(page: Page, path: tuple[int, ...] = ()) -> Iterator[End]:
    """The ends of all paths that begin so."""
    questions = page.locator(QUESTIONS)
    if questions.count() == len(path):
        yield End(path, recommended(page), page.url)
        return
    answers = questions.nth(len(path)).locator("input")
    for number in range(answers.count()):
        answers.nth(number).check()
        yield from walk(page, (*path, number))


def recommended(page: Page) -> str:
    """The text of the one recommendation that is shown; "" for none or several."""
    shown = page.locator(RECOMMENDATION)
    return shown.inner_text().strip() if shown.count() == 1 else ""


def anew(page: Page, address: str) -> None:
    """Load a page; from another one, or a change behind the # would load nothing."""
    page.goto("about:blank")
    page.goto(address, wait_until="load")

"""The decision guide in a browser: each path of answers ends in one recommendation."""

from collections.abc import Iterator

from playwright.sync_api import Page

QUESTIONS = "[data-guide] fieldset"
RECOMMENDATION = "[data-recommendation]:visible"
ENDS_OF_THE_LIST = "#all-paths ~ ul:first-of-type a"  # what stands there without a script


def faults(page: Page, address: str) -> Iterator[str]:
    """A line for each path that goes wrong; one if the form has other paths than the list."""
    anew(page, address)
    listed = page.locator(ENDS_OF_THE_LIST).count()
    walked = 0
    for path, said in walk(page):
        walked += 1
        if not said:
            yield f"the answers {path} lead to no recommendation"
            continue
        link = page.url
        anew(page, link)
        if recommended(page) != said:
            yield f"the address after the answers {path} leads to another recommendation"
    if walked != listed:
        yield f"the form has {walked} paths, the list {listed}"


def walk(page: Page, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], str]]:
    """Each path that begins so, as the numbers of its answers, and what it recommends."""
    questions = page.locator(QUESTIONS)
    if questions.count() == len(path):
        yield path, recommended(page)
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

"""What a reader does on the built site: search, choose a strategy, ask the decision guide."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from docs_generator.visit import NOT_FOUND, SITE, Visit
from harness.variants import VARIANTS

STRATEGIES = [variant.heading for variant in VARIANTS.values()]
WITH_TABS, OTHER_TABS = "reference/tables.html", "reference/code.html"
GUIDE = "decision-guide.html"
QUESTIONS = "[data-guide] fieldset"
RECOMMENDATION = "[data-recommendation]:visible"
ENDS_OF_THE_LIST = "#all-paths ~ ul:first-of-type a"  # what stands there without a script


def test_search_leads_to_a_page_that_has_the_word(reader: Visit) -> None:
    reader.open("index.html")
    page = reader.page
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type("registration", delay=20)
    first = page.locator(".md-search-result__link").first
    here = page.url
    first.wait_for(timeout=60_000)
    there = str(first.evaluate("link => link.href")).partition("?")[0]
    first.click()
    page.wait_for_url(lambda url: url.partition("?")[0] == there != here)
    word = re.compile("registration", re.IGNORECASE)
    expect(page.locator("article", has_text=word).first).to_be_visible()


def test_one_choice_of_a_strategy_switches_all_tabs_and_is_remembered(reader: Visit) -> None:
    """On other pages too, and after a reload; a link to a strategy chooses it."""
    page = reader.page
    reader.open(WITH_TABS)
    for label in STRATEGIES:
        page.locator(f".tabbed-labels label:has-text('{label}')").first.click()
        assert_all_tabs_show(reader, label)
    page.goto(page.url.partition("#")[0])
    assert_all_tabs_show(reader, STRATEGIES[-1])
    reader.open(OTHER_TABS)
    assert_all_tabs_show(reader, STRATEGIES[-1])
    page.goto("about:blank")
    reader.open(f"{WITH_TABS}#{STRATEGIES[1].lower()}")
    assert_all_tabs_show(reader, STRATEGIES[1])
    reader.open(OTHER_TABS)
    assert_all_tabs_show(reader, STRATEGIES[1])


def assert_all_tabs_show(visit: Visit, label: str) -> None:
    """It may take a moment."""
    for _ in range(20):
        chosen = {one for one in visit.ask("chosen") if one in STRATEGIES}
        if chosen == {label}:
            return
        visit.page.wait_for_timeout(100)
    assert chosen == {label}


def test_each_path_of_the_decision_guide_leads_to_one_recommendation_and_its_address_too(
    desk: Visit,
) -> None:
    page = desk.page
    desk.open(GUIDE)
    listed = page.locator(ENDS_OF_THE_LIST).count()
    ends = list(ends_of(page))
    assert len(ends) == listed
    for path, shown, link in ends:
        page.goto("about:blank")  # from another one, or a change behind the # loads nothing
        page.goto(link)
        assert shown, path
        assert recommended(page) == shown, path


def ends_of(page: Page, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], str, str]]:
    """The ends of all paths that begin so: the numbers of the answers, what is recommended, and
    the address."""
    questions = page.locator(QUESTIONS)
    if questions.count() == len(path):
        yield path, recommended(page), page.url
        return
    answers = questions.nth(len(path)).locator("input")
    for number in range(answers.count()):
        answers.nth(number).check()
        yield from ends_of(page, (*path, number))


def recommended(page: Page) -> str:
    """The text of the one recommendation that is shown; "" for none or several."""
    shown = page.locator(RECOMMENDATION)
    return shown.inner_text().strip() if shown.count() == 1 else ""


@pytest.mark.parametrize("leave", ["a", "button"])
def test_a_page_that_is_not_there_leads_home_and_to_the_search(
    chromium: Browser, address: str, leave: str
) -> None:
    """Also where the site lies in a folder of its server, as it does here."""
    text = (SITE / NOT_FOUND).read_text()
    page = chromium.new_page()  # whose console may say that it is not there
    page.route(
        "**/gone.html",
        lambda route: route.fulfill(status=404, content_type="text/html", body=text),
    )
    page.goto(f"{address}tutorial/gone.html")
    page.wait_for_load_state("networkidle")
    links = [str(link.get_attribute("href")) for link in page.locator("a").all()]
    assert all((SITE / link).is_file() for link in links), links
    page.locator("[name=q]").fill("proxy")
    page.locator(leave).first.click()
    page.wait_for_load_state("networkidle")
    assert page.url.partition("?")[0] == f"{address}index.html"
    page.close()

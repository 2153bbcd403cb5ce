"""The plugin that tells a failure in one line, which is the same on every machine."""

import re
import traceback
from collections.abc import Generator
from typing import Any

import pytest

SITE_PACKAGES = "site-packages/"
PYTEST = re.compile("/site-packages/(_pytest|pluggy|pytest_django)/")
# As pytest words a failed `assert seen == expected, "what it is"`, with the words of `compared`.
COMPARED = re.compile(r"(?P<what>.*)\nassert (?P<difference>.* instead of .*)")


def compared(seen: Any, expected: Any) -> str:
    """What was seen instead of what; of dictionaries, that which differs."""
    if isinstance(seen, dict) and isinstance(expected, dict):
        same = {name for name in seen if name in expected and seen[name] == expected[name]}
        seen, expected = (
            {name: one[name] for name in one if name not in same} for one in (seen, expected)
        )
    return f"{seen!r} instead of {expected!r}"


def evidence(error: BaseException) -> str:
    """An error in one line, and the function of other people's code that it came from."""
    text = str(error)
    if isinstance(error, AssertionError) and (compared := COMPARED.match(text)):
        return f"{compared['what']}: {compared['difference']}"
    text = " ".join(text.split())
    line = f"{type(error).__name__}: {text}" if text else type(error).__name__
    places = [
        f"{frame.filename.rpartition(SITE_PACKAGES)[2]}, in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if SITE_PACKAGES in frame.filename and not PYTEST.search(frame.filename)
    ]
    theirs = [place for place in places if not place.startswith("django/")]
    return " ".join([line, *(f"({place})" for place in (theirs or places)[-1:])])


def pytest_assertrepr_compare(op: str, left: Any, right: Any) -> list[str] | None:
    """A failed `assert seen == expected` is told in one line."""
    return [compared(left, right)] if op == "==" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure is told in one line; which step it is, is told by the test's name."""
    report = yield
    if report.failed and call.excinfo:
        report.longrepr = evidence(call.excinfo.value)
    return report

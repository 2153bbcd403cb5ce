"""The contract's rules, as shared_tests/README.md states them, and what a test's id says of it."""

import re

from harness.variants import ROOT


def rules() -> dict[int, str]:
    """Each rule's sentence, by its number."""
    text = (ROOT / "shared_tests" / "README.md").read_text()
    return {int(number): rule for number, rule in re.findall(r"^(\d+)\. (.+)$", text, re.M)}


def rule_of(id: str) -> int:
    """The rule whose file holds a test; 0 for the tests of the pages, -1 for a variant's own."""
    if not id.startswith("shared_tests/"):
        return -1
    number = re.match(r"shared_tests/test_(\d+)_", id)
    return int(number[1]) if number else 0


def function(id: str) -> str:
    """The name of the test's function, without its parameters."""
    return id.partition("[")[0].rpartition("::")[2]

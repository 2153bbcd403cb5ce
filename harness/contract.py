"""The contract's rules, as shared_tests/README.md states them."""

import re

from harness.variants import ROOT


def rules() -> dict[int, str]:
    """Each rule's sentence, by its number."""
    text = (ROOT / "shared_tests" / "README.md").read_text()
    return {int(number): rule for number, rule in re.findall(r"^(\d+)\. (.+)$", text, re.M)}

"""What a step's site needs to run: the variant that it changes, and its environment."""

from benchmarks.ladder import LADDER
from harness.cli import Failure
from harness.variants import VARIANTS

VARIANT = VARIANTS[list(LADDER)[-1]]  # the last rung is the variant itself
SETTINGS = "benchmarks.ladder.settings"


class LadderError(Failure):
    """A step did not do what it is measured for; the text is one line."""


def settings(step: str) -> dict[str, str]:
    """The variables that make the variant's site a step's, beside SETTINGS."""
    return {"LADDER_STEP": step}

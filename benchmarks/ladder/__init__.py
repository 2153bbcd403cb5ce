"""The article's registration as a measured baseline, then one change at a time.

The source article's view, form and receiver are rebuilt in our own words and run as a site:
the profile variant with another `register/`. Each rung changes one thing, and the last one is
the profile variant itself. Two packages that make the same account stand beside the ladder.

`steps.toml` says what each changes, `steps.py` and `packages.py` have the code, `settings.py`,
`urls.py` and `apps.py` make a site of it; `measure.py` measures what each costs in a process of
its own, `worker.py`, and `rules.py` which of the contract's rules each breaks. To look at one in
a browser, on a database of its own, for migrating the lower rungs drops the unique indexes:

    export LADDER_STEP=article DATABASE_URL=sqlite:///ladder.sqlite3
    export DJANGO_SETTINGS_MODULE=benchmarks.ladder.settings PYTHONPATH=.
    python profile_variant/manage.py migrate
    python profile_variant/manage.py runserver
"""

import tomllib
from pathlib import Path

from harness.cli import Failure
from harness.variants import VARIANTS

WORDS = tomllib.loads(Path(__file__).with_name("steps.toml").read_text())
LADDER: dict[str, dict[str, str]] = WORDS["rungs"]
STEPS: dict[str, dict[str, str]] = LADDER | WORDS["packages"]

*_, LAST = LADDER
VARIANT = VARIANTS[LAST]  # the last rung is the variant itself
SETTINGS = "benchmarks.ladder.settings"  # of each step's site, with the variable LADDER_STEP


class LadderError(Failure):
    """A step did not do what it is measured for; the text is one line."""


def is_below(step: str, rung: str) -> bool:
    """Whether a step stands on the ladder, and before that rung."""
    return step in list(LADDER)[: list(LADDER).index(rung)]

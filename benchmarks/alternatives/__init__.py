"""Other ways to build a strategy: each a unified diff over a variant, applied to a copy of it.

The first line of a diff names the variant it is an alternative to, as `base: profile`. Everything
else that is to be known of one stands in its variant.toml, which the diff changes with the code.
Each keeps the contract: `nox -s compare -- --alternatives` holds it to the shared suite.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from harness.cli import Refusal
from harness.copies import copied
from harness.variants import VARIANTS, Variant

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Alternative:
    """A changed copy of a variant, and that variant."""

    project: Variant
    base: Variant


def alternatives(folder: Path) -> list[Alternative]:
    """A copy of each inside `folder`, which exists, in the order of their variant.toml files.

    Raises Refusal where a diff does not fit its variant.
    """
    found = [_applied(diff, folder) for diff in sorted(HERE.glob("*.diff"))]
    return sorted(found, key=lambda one: int(one.project.about["order"]))


def _applied(diff: Path, folder: Path) -> Alternative:
    named = re.match(r"base: (\w+)\n", diff.read_text())
    if named is None or named[1] not in VARIANTS:
        raise Refusal(f"{diff.name} does not begin with `base: ` and a variant's id")
    base, place = VARIANTS[named[1]], folder / diff.stem
    place.mkdir()
    project = copied(base, place, diff)
    if project.id != diff.stem:
        raise Refusal(f"{diff.name} makes a variant.toml that says {project.id}")
    return Alternative(project, base)

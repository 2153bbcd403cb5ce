"""Medians, quartiles, paired ratios, and what is noise in them.

The one rule of noise, for one run and for two: a run times the reference's code twice, and how far
that ratio is from 1 is noise. A ratio may lie anywhere from its first quartile to its third, and
the noise of its operation and size farther, to both sides (`reach`). It is a tie with 1 if 1 lies
there, and not told apart from another run's if their reaches overlap.
"""

import math
import statistics
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

FEWEST_ROUNDS = 3  # below, quartiles say nothing
Key = TypeVar("Key", bound=Hashable)
Positive = Annotated[float, Meta(gt=1e-18, lt=1e18)]


class Spread(Struct, frozen=True):
    """What was timed: a median and its quartiles."""

    median: Annotated[float, Meta(ge=0, lt=1e18)]
    q1: Annotated[float, Meta(ge=0, lt=1e18)]
    q3: Annotated[float, Meta(ge=0, lt=1e18)]

    def __post_init__(self) -> None:
        if not self.q1 <= self.median <= self.q3:
            raise ValueError(f"the quartiles {self.q1} and {self.q3} are not in order")


class Ratio(Spread, frozen=True):
    """A ratio of two times, so above 0."""

    median: Positive
    q1: Positive
    q3: Positive


class Verdict(StrEnum):
    """How a ratio stands to 1, the noise considered."""

    MORE = "more"
    LESS = "less"
    TIE = "tie"


@dataclass(frozen=True)
class Noise(Generic[Key]):
    """What the controls of a run show. `widths`: |log| of a ratio that is still noise, by what the
    control is of; `typical`: their median before any was widened to it, which holds elsewhere."""

    widths: Mapping[Key, float]
    typical: float

    def width(self, key: Key) -> float:
        return self.widths.get(key, self.typical)


def spread(samples: Sequence[float | None]) -> Spread | None:
    """Median and quartiles, to five digits; None where a sample is missing or there is none."""
    values = [sample for sample in samples if sample is not None]
    if not values or len(values) < len(samples):
        return None
    q1, median, q3 = quartiles(values)
    return Spread(median=rounded(median), q1=rounded(q1), q3=rounded(q3))


def ratio(samples: Sequence[float | None], reference: Sequence[float | None]) -> Ratio | None:
    """Median and quartiles of each sample over the reference's of the same round."""
    pairs = list(zip(samples, reference, strict=True))
    if any(not one or not other for one, other in pairs):
        return None
    found = spread([one / other for one, other in pairs if one and other])
    return Ratio(found.median, found.q1, found.q3) if found else None


def quartiles(values: Sequence[float]) -> Sequence[float]:
    """A quarter is below the first, half below the second, a quarter above the third."""
    if len(values) == 1:
        return [*values] * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def rounded(value: float) -> float:
    """Five significant digits: more would only make reports longer."""
    return float(f"{value:.5g}")


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The exponent b of the best y = a·x^b through at least two points, all above zero."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len(logs) < 2:
        return None
    return statistics.linear_regression(*zip(*logs, strict=True)).slope


def noise_of(controls: Mapping[Key, Ratio]) -> Noise[Key] | None:
    """How wide noise is; None without a control.

    The farther of a control's quartiles from 1 tells how far noise reaches there, to both sides.
    One control can be close to 1 by luck, so no width is less than the median of all of them.
    """
    if not controls:
        return None
    widths = {key: max(abs(math.log(r.q1)), abs(math.log(r.q3))) for key, r in controls.items()}
    typical = statistics.median(widths.values())
    return Noise({key: max(width, typical) for key, width in widths.items()}, typical)


def reach(ratio: Ratio, width: float) -> tuple[float, float]:
    """The logarithms between which a ratio may lie, its noise considered."""
    return math.log(ratio.q1) - width, math.log(ratio.q3) + width


def verdict(ratio: Ratio, width: float) -> Verdict:
    """How a ratio stands to 1."""
    low, high = reach(ratio, width)
    return Verdict.MORE if low > 0 else Verdict.LESS if high < 0 else Verdict.TIE


def told_apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two reaches do not overlap."""
    return one[1] < other[0] or other[1] < one[0]

"""Medians, quartiles and paired ratios of what was timed."""

import math
import statistics
from collections.abc import Sequence

Spread = dict[str, float]


def spread(samples: Sequence[float | None]) -> Spread | None:
    """Median and quartiles, to five digits; None where a sample is missing or there is none."""
    values = [sample for sample in samples if sample is not None]
    if not values or len(values) < len(samples):
        return None
    q1, median, q3 = (
        statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    )
    return {"median": rounded(median), "q1": rounded(q1), "q3": rounded(q3)}


def ratio(samples: Sequence[float | None], reference: Sequence[float | None]) -> Spread | None:
    """The spread of each sample over the reference's of the same round."""
    pairs = list(zip(samples, reference, strict=True))
    if any(not one or not other for one, other in pairs):
        return None
    return spread([one / other for one, other in pairs if one and other])


def rounded(value: float) -> float:
    """Five significant digits: more would only make reports longer."""
    return float(f"{value:.5g}")


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The exponent b of the best y = a·x^b through at least two points, all above zero."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len(logs) < 2:
        return None
    return statistics.linear_regression(*zip(*logs, strict=True)).slope

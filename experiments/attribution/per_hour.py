"""What a mechanism is worth for each hour of staff time that it takes: a ratio of two estimates.

Its interval is Fieller's (1954), which holds where the hours are uncertain too. Where the interval of the
hours reaches 0 no finite interval exists, and where a mechanism saves hours a ratio says nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.statistics import LEVEL

StaffTime = Literal["spent", "saved", "unclear"]
"""What a mechanism does to staff time; ``unclear`` where the interval of the hours reaches 0."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Worth per hour, with its interval."""

    value: float
    low: float
    high: float


def staff_time(low: float, high: float) -> StaffTime:
    """What the interval of a mechanism's hours says; NaN where there is none."""
    return "spent" if low > 0.0 else "saved" if high < 0.0 else "unclear"


def per_hour(worth: Sequence[float], hours: Sequence[float]) -> Ratio | None:
    """Mean worth over mean hours.

    Args:
        worth: a sample each.
        hours: of the same samples.

    Returns:
        The ratio; None where the hours are not clearly above 0.
    """
    x, y = np.asarray(worth, dtype=np.float64), np.asarray(hours, dtype=np.float64)
    if len(x) < 2:
        return None
    (xx, xy), (_, yy) = _squared_errors(x, y)
    mean_x, mean_y = float(x.mean()), float(y.mean())
    t2 = float(special.stdtrit(len(x) - 1, 0.5 + LEVEL / 2.0)) ** 2
    a, b, c = mean_y**2 - t2 * yy, mean_x * mean_y - t2 * xy, mean_x**2 - t2 * xx
    if mean_y <= 0.0 or a <= 0.0:
        return None
    root = math.sqrt(max(b * b - a * c, 0.0))
    return Ratio(mean_x / mean_y, (b - root) / a, (b + root) / a)


def _squared_errors(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[list[float]]:
    """Variances and covariance of the two means."""
    both: list[list[float]] = (np.cov(x, y) / len(x)).tolist()
    return both

"""Who is at home: drawn for each resident and part of the day, the same whoever comes to ask."""

import numpy as np
from numpy.typing import NDArray

from simulation.chance import draw_fast
from simulation.compiled import kernel

PARTS_FROM = (22, 7, 12, 18)
"""Hours at which night, morning, afternoon and evening begin."""


@kernel
def part_of_day(minute: int) -> int:
    """0 at night, 1 in the morning, 2 in the afternoon, 3 in the evening."""
    hour = minute % 1440 // 60
    if hour < 7 or hour >= 22:
        return 0
    return 1 if hour < 12 else 2 if hour < 18 else 3


@kernel
def at_home(
    resident: int, minute: int, kind: NDArray[np.uint8], chances: NDArray[np.float64], key: np.uint64
) -> bool:
    """Whether a resident is at home in the part of the day that ``minute`` of the run lies in.

    Args:
        resident: whom somebody asks for.
        minute: minute of the run.
        kind: (N,) kind of presence of each resident.
        chances: (kinds, 4) probability of being at home on this day.
        key: key of the draws.
    """
    part = part_of_day(minute)
    return bool(draw_fast(key, resident, 4 * (minute // 1440) + part) < chances[kind[resident], part])

"""Which points no other one beats."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.search.asked import Direction


def on_front(values: NDArray[np.float64], directions: Sequence[Direction]) -> NDArray[np.bool_]:
    """Which points are not dominated: none is as good in everything and better in something.

    Args:
        values: (points, outcomes); a point with a NaN is not compared, and on no front.
        directions: of the outcomes.

    Returns:
        (points,); equal points are on the front together.
    """
    signs = np.array([-1.0 if direction == "max" else 1.0 for direction in directions])
    costs = values * signs
    known: NDArray[np.bool_] = ~np.isnan(costs).any(axis=1)
    front: NDArray[np.bool_] = known.copy()
    for number in np.flatnonzero(known):
        others = costs[known]
        no_worse = (others <= costs[number]).all(axis=1)
        better = (others < costs[number]).any(axis=1)
        front[number] = not (no_worse & better).any()
    return front

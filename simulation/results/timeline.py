"""The timeline: how residents stand at the end of each day."""

import numpy as np

from simulation.state import State


class Timeline:
    """A row for every day.

    Attributes:
        informed: share of (live notice, resident it is meant for) pairs who know; None on days without news.
        mean, worst, vulnerable: satisfaction of all, of the worst-off tenth, of vulnerable residents.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.informed: list[float | None] = []
        self.mean: list[float] = []
        self.worst: list[float] = []
        self.vulnerable: list[float | None] = []

    def end_day(self, informed: float | None) -> None:
        """Enter the day that ends."""
        level, vulnerable = self.state.satisfaction.level, self.state.population.vulnerable
        self.informed.append(informed)
        self.mean.append(float(level.mean()))
        self.worst.append(worst_tenth(level))
        self.vulnerable.append(float(level[vulnerable].mean()) if vulnerable.any() else None)


def worst_tenth(level: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """The level that a tenth of residents do not exceed."""
    place = (len(level) - 1) // 10
    return float(np.partition(level, place)[place])

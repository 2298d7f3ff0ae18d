"""The agenda of a day: things that happen at a time, in order."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from math import inf


class Agenda:
    """A heap of (hour, order of entry, action, arguments).

    Far lighter than the scheduler of the model, which keeps the rhythm of days; equal hours keep the order
    in which they were put in.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[..., None], tuple[object, ...]]] = []
        self._order = count()
        self.now = 0.0

    def at(self, hour: float, action: Callable[..., None], *arguments: object) -> None:
        """Call ``action(hour, *arguments)`` at ``hour``; never where the hour is infinite.

        Raises:
            ValueError: the hour lies in the past.
        """
        if hour < self.now - 1e-9:
            raise ValueError(f"hour {hour} lies before the present hour {self.now}")
        if hour < inf:
            heappush(self._heap, (hour, next(self._order), action, arguments))

    def run_until(self, hour: float) -> None:
        """Do everything that falls before ``hour``."""
        heap = self._heap
        while heap and heap[0][0] < hour:
            self.now, _, action, arguments = heappop(heap)
            action(self.now, *arguments)
        self.now = hour

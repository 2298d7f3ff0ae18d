"""The calendar: dates, Chinese working days, and time that passes only in opening hours."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from itertools import accumulate
from math import inf

import holidays
import numpy as np
from numpy.typing import NDArray

from scenarios.cases import Calendar as OpeningHours

SPARE = 120
"""Days kept beyond the end of the run, so that what ends later still has a time."""


class Calendar:
    """Days of a run by number, the first being 0.

    Attributes:
        working: (days + spare,) whether a day is a working day in China, make-up days included.
        month: (days + spare,) months since the month of the start.
        weekday: weekday of the start, Monday 0.
    """

    def __init__(self, start: date, days: int) -> None:
        self.start = start
        self.days = days
        self.dates = [start + timedelta(days=day) for day in range(days + SPARE)]
        china = holidays.country_holidays("CN", years=sorted({day.year for day in self.dates}))
        self.working: NDArray[np.bool_] = np.array([china.is_working_day(day) for day in self.dates])
        self.month = np.array([12 * (day.year - start.year) + day.month - start.month for day in self.dates])
        self.weekday = start.weekday()

    def is_first_working_day(self, day: int, since: int = 1) -> bool:
        """Whether ``day`` is its month's first working day from date ``since`` on, as far as the run knows.

        Dates before the run do not count: a run that starts late in a month has its first working day then.
        """
        beyond = self.dates[day].day - since
        if beyond < 0 or not self.working[day]:
            return False
        return not bool(self.working[max(0, day - beyond) : day].any())

    def hours(self, opening: OpeningHours | str) -> "Opening":
        """Opening hours of this calendar; ``"always"`` never closes."""
        if isinstance(opening, str):
            return Opening([0.0], [24.0 * len(self.dates)])
        span = (opening.opens, opening.closes)
        open_days = [d for d in range(len(self.dates)) if opening.days == "all" or self.working[d]]
        return Opening([24.0 * d + span[0] for d in open_days], [24.0 * d + span[1] for d in open_days])


class Opening:
    """A sequence of open spans, in hours since the start of the run."""

    def __init__(self, opens: list[float], closes: list[float]) -> None:
        self._opens = opens
        self._closes = closes
        spans = zip(opens, closes, strict=True)
        self._before = [0.0, *accumulate(end - begin for begin, end in spans)]

    def next_open(self, hour: float) -> float:
        """The first moment at or after ``hour`` that is open; infinite where there is none."""
        span = bisect_right(self._closes, hour)
        return inf if span == len(self._opens) else max(hour, self._opens[span])

    def spans(self, begin: float, end: float) -> list[tuple[float, float]]:
        """The stretches between two hours that are open."""
        first, last = bisect_right(self._closes, begin), bisect_left(self._opens, end)
        open_then = zip(self._opens[first:last], self._closes[first:last], strict=True)
        return [(max(begin, opens), min(end, closes)) for opens, closes in open_then]

    def after(self, hour: float, work: float) -> float:
        """The moment at which ``work`` open hours have passed since ``hour``.

        Infinite beyond the calendar.
        """
        begin = self.next_open(hour)
        if begin == inf or work <= 0.0:
            return begin
        span = bisect_right(self._closes, begin)
        if begin + work <= self._closes[span]:
            return begin + work
        done = self._before[span] + (begin - self._opens[span]) + work
        last = bisect_left(self._before, done) - 1
        return inf if last >= len(self._opens) else self._opens[last] + (done - self._before[last])

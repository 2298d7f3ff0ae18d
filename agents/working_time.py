"""Working time: the scarce good of everybody with a role.

Each actor has minutes for the day. Work that somebody asks for is booked: it is done at once while minutes
are left, and owed to the following days when they are not, in the order of asking. Nobody ever works more
minutes in a day than the role gives. Columns, one row for each actor, so that kernels can spend them too.
"""

from math import inf

import numpy as np
from numpy.typing import NDArray

ROLES = (
    "street_officer",
    "branch",
    "coordinator",
    "leader",
    "centre_household",
    "full_time",
    "part_time",
    "paired_member",
    "tracker",
)
"""Roles whose time is counted by person; desks and handlers are counted by team."""

ACTIVITIES = (
    "call",
    "meeting",
    "board",
    "doors",
    "patrol",
    "listen",
    "upload",
    "pass_up",
    "feedback",
    "review",
    "paired_visit",
    "care",
    "filing",
    "appraise",
    "press",
    "chat",
    "fix",
    "council",
    "track",
    "mediate",
    "honour",
    "survey",
    "arrange",
)
"""What minutes are spent on."""

(
    CALL, MEETING, BOARD, DOORS, PATROL, LISTEN, UPLOAD, PASS_UP, FEEDBACK, REVIEW,
    PAIRED_VISIT, CARE, FILING, APPRAISE, PRESS, CHAT, FIX, COUNCIL, TRACK, MEDIATE, HONOUR,
    SURVEY, ARRANGE,
) = range(len(ACTIVITIES))  # fmt: skip

LOOKS_AHEAD = 90
"""Days of future budgets that an estimate of a finishing time looks at."""


class WorkingTime:
    """Minutes of A actors.

    Args:
        role: (A,) index into ROLES.
        workday: (A,) minutes on a working day.
        restday: (A,) minutes on any other day.
        opens: (A,) hour of day at which an actor can first be asked.
        closes: (A,) hour of day from which an actor begins nothing more; what is begun is finished.
        working: whether each day of the run is a working day.
    """

    def __init__(
        self,
        role: NDArray[np.int32],
        workday: NDArray[np.float64],
        restday: NDArray[np.float64],
        opens: NDArray[np.float64],
        closes: NDArray[np.float64],
        working: NDArray[np.bool_],
    ) -> None:
        self.role = role
        self.grant(workday, restday)
        self.opens = opens
        self.closes = closes
        self.working = working
        count = len(role)
        self.left = np.zeros(count)
        self.owed = np.zeros((count, len(ACTIVITIES)))
        self.spent = np.zeros((count, len(ACTIVITIES)))
        self.overdrawn_days = np.zeros(count, dtype=np.int64)
        self.days_on = np.zeros(count, dtype=np.int64)
        self._owed_total = np.zeros(count)
        self._free_at = np.zeros(count)

    def grant(self, workday: NDArray[np.float64], restday: NDArray[np.float64]) -> None:
        """Give other minutes from the next day on that begins; what is owed stays owed.

        Args:
            workday: (A,) minutes on a working day.
            restday: (A,) minutes on any other day.
        """
        self.budgets = (restday, workday)

    def begin_day(self, day: int) -> None:
        """Give everybody the day's minutes and pay first what is owed from earlier days."""
        budget = self.budgets[int(self.working[day])]
        self.left[:] = budget
        owing = np.flatnonzero((self._owed_total > 0.0) & (budget > 0.0))
        for actor in owing.tolist():
            paid = min(float(self._owed_total[actor]), float(budget[actor]))
            part = self.owed[actor] * (paid / self._owed_total[actor])
            self.spent[actor] += part
            self.owed[actor] -= part
            self._owed_total[actor] -= paid
            if self._owed_total[actor] < 1e-9:
                self.owed[actor] = 0.0
                self._owed_total[actor] = 0.0
            self.left[actor] -= paid
            self._free_at[actor] = 24.0 * day + float(self.opens[actor]) + paid / 60.0

    def end_day(self, day: int, wanted_more: NDArray[np.bool_]) -> None:
        """Count who ran out of time: work stayed owed for want of minutes, or a round stopped for it."""
        on = self.budgets[int(self.working[day])] > 0.0
        self.days_on += on
        used_up = (self._owed_total > 0.0) & (self.left < 1e-9)
        self.overdrawn_days += on & (used_up | wanted_more)

    def book(self, actor: int, minutes: float, activity: int, now: float) -> float:
        """Ask ``actor`` at hour ``now`` for ``minutes`` of work.

        Returns:
            The hour at which the work is done; infinite where the actor has no time in the coming months.
        """
        day = int(now // 24.0)
        begin = max(now, 24.0 * day + float(self.opens[actor]), float(self._free_at[actor]))
        if begin < 24.0 * day + self.closes[actor]:
            if self.left[actor] >= minutes and self._owed_total[actor] == 0.0:
                self.left[actor] -= minutes
                self.spent[actor, activity] += minutes
                self._free_at[actor] = begin + minutes / 60.0
                return begin + minutes / 60.0
            part = float(self.left[actor])
            self.left[actor] = 0.0
            self.spent[actor, activity] += part
            minutes -= part
        self.owed[actor, activity] += minutes
        self._owed_total[actor] += minutes
        return self._pays_off(actor, day)

    def set_aside(self, actors: NDArray[np.int64], minutes: float, activity: int) -> NDArray[np.bool_]:
        """Give ``minutes`` of today to what happens at a fixed time: now or not at all, nothing is owed.

        Returns:
            Which of ``actors``, each named once, had that many left and gave them.
        """
        able: NDArray[np.bool_] = (self.left[actors] >= minutes) & (self.left[actors] > 0.0)
        giving = actors[able]
        self.left[giving] -= minutes
        self.spent[giving, activity] += minutes
        return able

    def suffices(self, actor: int, minutes: float, now: float) -> bool:
        """Whether ``actor``, asked at hour ``now`` for ``minutes`` of work, begins and ends it today."""
        day = int(now // 24.0)
        begin = max(now, 24.0 * day + float(self.opens[actor]), float(self._free_at[actor]))
        return begin < 24.0 * day + self.closes[actor] and bool(self.left[actor] >= minutes)

    def _pays_off(self, actor: int, today: int) -> float:
        remaining = float(self._owed_total[actor])
        for day in range(today + 1, min(today + 1 + LOOKS_AHEAD, len(self.working))):
            budget = float(self.budgets[int(self.working[day])][actor])
            if remaining <= budget:
                return 24.0 * day + float(self.opens[actor]) + remaining / 60.0
            remaining -= budget
        return inf

    def hours(self) -> NDArray[np.float64]:
        """(A, activities) hours spent so far."""
        return self.spent / 60.0

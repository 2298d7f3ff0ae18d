"""Trails: who was where at which minute, and which ways each case went, for whoever watches a run.

A run that nobody watches leaves none, and what a trail says changes nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import kernel

Longs = NDArray[np.int64]

LOOKED, MET, OPENED, CLOSED, HELD, AWAY, ASKED, NOT_ASKED = range(8)
STEPS = ("looked", "met", "opened", "closed", "held", "away", "asked", "not_asked")
"""Kinds of steps: a look at a building on patrol and a talk there; a door that opened to a notice or stayed
closed; a paired visit held or nobody in; a home asked for the lists or nobody in."""
PLACES = ("building", "resident", "home", "home", "resident", "resident", "home", "home")
"""What the place of each kind of step is the number of."""
COLUMNS = 4
"""Actor, minute of the run, kind, place."""
CASE_STEPS = (
    "at_desk",
    "sent",
    "also_sent",
    "refused",
    "dropped",
    "given",
    "begun",
    "ended",
    "second_begun",
    "second_ended",
    "closed",
    "reopened",
)
"""What can happen to a case more than once: it comes to the desk, is sent to a handler and by oversight to a
second one, is refused, falls between two stools, is given by the coordinator to whom it belongs; an attempt
of the owner or of the second one begins or ends; it is reported closed, rightly or not, and opened again."""


class CaseStep(NamedTuple):
    """Something that happened to a case."""

    hour: float
    what: str
    """One of CASE_STEPS."""
    handler: str
    """The handler it concerns; empty where there is none."""
    worked: float
    """Hours of work that ended with it."""


@kernel
def leave(trail: Longs, actor: int, minute: float, kind: int, place: int) -> None:
    """Enter a step into ``trail``, whose first row counts those entered; nothing where there is no room."""
    row = trail[0, 0] + 1
    if row < len(trail):
        trail[0, 0] = row
        trail[row, 0], trail[row, 1], trail[row, 2], trail[row, 3] = actor, int(minute), kind, place


class Trails:
    """The steps of a day.

    Args:
        watched: whether to keep any.

    Attributes:
        cases: what happened to each case by its number, in order; kept through the run.
    """

    def __init__(self, watched: bool) -> None:
        self.watched = watched
        self.cases: dict[int, list[CaseStep]] = {}
        self._steps = np.zeros((1, COLUMNS), dtype=np.int64)

    def room(self, steps: int) -> Longs:
        """A trail for :func:`leave` with room for ``steps`` more; without any where nobody watches."""
        used = int(self._steps[0, 0]) + 1
        if self.watched and used + steps > len(self._steps):
            longer = np.zeros((max(used + steps, 2 * len(self._steps)), COLUMNS), dtype=np.int64)
            longer[:used] = self._steps[:used]
            self._steps = longer
        return self._steps

    def note(self, case: int, hour: float, what: str, handler: str = "", worked: float = 0.0) -> None:
        """Enter what happened to the case of that number; nothing where nobody watches."""
        if self.watched:
            self.cases.setdefault(case, []).append(CaseStep(hour, what, handler, worked))

    def take(self) -> Longs:
        """(steps, COLUMNS) what was entered since the last call, by actor and minute."""
        steps = self._steps[1 : int(self._steps[0, 0]) + 1].copy()
        self._steps[0, 0] = 0
        return steps[np.lexsort((steps[:, 1], steps[:, 0]))]

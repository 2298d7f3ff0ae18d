"""Needs of vulnerable residents: they arise whoever governs, weigh day by day, and are met or fade.

Finding and meeting them is the work of paired members, see :mod:`simulation.care.pair_visits`; without them
every need waits until it fades.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.ledger import Needs as Rule
from simulation.known import known
from simulation.satisfaction.evening import CARED, NEED
from simulation.state import State

Longs = NDArray[np.int64]


class Needs:
    """All needs of a run in order of arising, Q of them.

    Attributes:
        arose: (Q,) hour at which each arises.
        resident: (Q,) whose it is.
        found: (Q,) hour at which a visit found it; infinite where none has.
        met: (Q,) hour at which enough care was given; infinite where it was not.
        lacks: (Q,) minutes of care that it still takes.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.arose = state.fate.needs.hour
        self.resident = state.fate.needs.resident
        self.found = np.full(len(self.arose), np.inf)
        self.met = np.full(len(self.arose), np.inf)
        self.lacks = np.full(len(self.arose), 60.0 * self.rule.care)
        self._relieved = np.zeros(len(self.arose), dtype=np.bool_)

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.ledger.needs

    def adopt(self) -> None:
        """Take up the rules as they are now: for needs that nobody has found yet."""
        self.lacks[self.found == np.inf] = 60.0 * self.rule.care

    def end_day(self, day: int) -> None:
        """What is unmet weighs on its resident; care given today relieves."""
        now, satisfaction = 24.0 * (day + 1), self.state.satisfaction
        first, last = np.searchsorted(self.arose, (now - 24.0 - self.rule.fades, now))
        recent = np.arange(first, last)
        met = self.met[first:last] < np.inf
        cared = recent[met & ~self._relieved[first:last]]
        self._relieved[cared] = True
        unmet = recent[~met & (self.arose[first:last] + self.rule.fades >= now)]
        satisfaction.move(self.resident[unmet], NEED, -satisfaction.rule.need)
        satisfaction.move(self.resident[cared], CARED, satisfaction.rule.cared)

    def table(self) -> pd.DataFrame:
        """A row for every need that has arisen by now."""
        now = self.state.agenda.now
        rows = int(np.searchsorted(self.arose, now))
        met, found = self.met[:rows], self.found[:rows]
        over = self.arose[:rows] + self.rule.fades
        faded = np.where((met == np.inf) & (over <= now), over, np.inf)
        state = np.where(found < np.inf, "found", "unfound")
        state = np.where(faded < np.inf, "faded", np.where(met < np.inf, "met", state))
        return pd.DataFrame(
            {
                "need_id": np.arange(rows),
                "resident": self.resident[:rows],
                "household": self.state.population.household[self.resident[:rows]],
                "arose_h": self.arose[:rows],
                "found_h": known(found),
                "met_h": known(met),
                "faded_h": known(faded),
                "state": pd.array(state.tolist(), dtype="string"),
            }
        )

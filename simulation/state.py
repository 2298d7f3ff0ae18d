"""The state of a run: the columns and clocks that every mechanism shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.working_time import WorkingTime
from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.community.population import Organisation, Population
from simulation.community.providers import Providers
from simulation.community.roster import Roster
from simulation.fate import Fate
from simulation.kernels import Kernels
from simulation.rounds.agenda import Agenda
from simulation.satisfaction.satisfaction import Satisfaction
from simulation.trails import Trails

PRESENCE_KINDS = ("worker", "retired", "child")


@dataclass(slots=True)
class State:
    """All that mechanisms share; each keeps what is its own to itself."""

    scenario: Scenario
    """The rules as they are now; mechanisms read them when they use them."""
    held: list[Scenario]
    """All rules that have held so far, the present ones last."""
    seed: int
    kernels: Kernels
    calendar: Calendar
    population: Population
    organisation: Organisation
    fate: Fate
    roster: Roster
    working: WorkingTime
    satisfaction: Satisfaction
    agenda: Agenda
    providers: Providers
    troubled: NDArray[np.int32]
    """(H,) troubles of each household that nobody has found."""
    looks_at: NDArray[np.int32]
    """(B,) troubles of each building that nobody has found and a look can find."""

    condition: NDArray[np.float64]
    """(B,) condition of each building now: fate's, less wear, and what renewal restored."""
    cleaned: NDArray[np.float64]
    """(B,) hour of the last clean-up around each building; minus infinity where there was none."""
    effort: NDArray[np.float64]
    """(A,) how hard each of those on the roster works; 1 is as a matter of course."""
    gaming: NDArray[np.float64]
    """(A,) how much each looks after the monthly score, 0-1."""
    trails: Trails

    def ever(self, switch: str) -> bool:
        """Whether a mechanism is on or has been."""
        return any(getattr(rules.mechanisms, switch) for rules in self.held)

    def presence(self, day: int) -> NDArray[np.float64]:
        """(kinds, parts of the day) probability of being at home on ``day``."""
        suffix = "workday" if self.calendar.working[day] else "restday"
        table = self.scenario.community.presence
        return np.array([getattr(table, f"{kind}_{suffix}") for kind in PRESENCE_KINDS])

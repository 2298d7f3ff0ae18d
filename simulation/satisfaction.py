"""Satisfaction: one number per resident, moved by what happened to that resident.

A gain is scaled by the room above and a loss by the room below, so that nobody leaves 0-100: a resident at 50
moves by exactly the points that the scenario names. Everything that moves anybody is entered in the ledger
under its cause; the causes of a month add up to what was observed.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.compiled import kernel
from simulation.population import Population

CAUSES = ("waiting", "solved", "late", "failed", "fed_back", "informed", "missed", "visited", "adaptation")
WAITING, SOLVED, LATE, FAILED, FED_BACK, INFORMED, MISSED, VISITED, ADAPTATION = range(len(CAUSES))
GROUPS = ("all", "vulnerable")

Floats = NDArray[np.float64]


class Satisfaction:
    """Satisfaction of N residents, its ledger, and the trust that follows from it.

    Attributes:
        level: (N,) satisfaction now.
        ledger: (months, causes, groups) summed changes of residents.
        home_weight: (H,) weight of open troubles of each household.
        building_weight: (B,) weight of open troubles of each whole building.
        visits: (N,) visits received today.
    """

    def __init__(self, scenario: Scenario, population: Population, calendar: Calendar) -> None:
        self.rule = scenario.satisfaction
        self.population = population
        self.calendar = calendar
        self.level: Floats = population.satisfaction.copy()
        self.ledger = np.zeros((int(calendar.month.max()) + 1, len(CAUSES), len(GROUPS)))
        self.home_weight = np.zeros(population.households)
        self.building_weight = np.zeros(population.buildings)
        self.visits = np.zeros(population.residents, dtype=np.int32)
        self._month = 0

    def begin_day(self, day: int) -> None:
        """Enter what happens from now on under the month of ``day``."""
        self._month = int(self.calendar.month[day])

    def move(self, who: slice | NDArray[np.intp], cause: int, points: float) -> None:
        """Move the residents ``who`` by ``points`` (a gain where positive) for ``cause``."""
        level = self.level[who]
        change = points * ((100.0 - level) if points > 0.0 else level) / 50.0
        self.level[who] = level + change
        entry = self.ledger[self._month, cause]
        entry[0] += change.sum()
        entry[1] += change[self.population.vulnerable[who]].sum()

    def end_day(self) -> None:
        """Waiting, visits and getting used to things, for everybody at once."""
        rule, people = self.rule, self.population
        account_day(
            self.level,
            people.satisfaction,
            people.vulnerable,
            people.residents_from,
            people.household_building,
            self.home_weight,
            self.building_weight,
            self.visits,
            rule.waiting / 50.0,
            rule.waiting_building / 50.0,
            rule.visited / 50.0,
            -float(np.expm1(-24.0 / rule.adapts)),
            self.ledger[self._month],
        )

    def trust(self, resident: int) -> float:
        """Trust of one resident that telling somebody helps, 0-1."""
        people = self.population
        moved = self.rule.trust_follows * (self.level[resident] - people.satisfaction[resident]) / 100.0
        return float(min(1.0, max(0.0, people.trust[resident] + moved)))


@kernel
def account_day(
    level: Floats,
    start: Floats,
    vulnerable: NDArray[np.bool_],
    residents_from: NDArray[np.int32],
    household_building: NDArray[np.int32],
    home_weight: Floats,
    building_weight: Floats,
    visits: NDArray[np.int32],
    waiting: float,
    waiting_building: float,
    visited: float,
    adapts: float,
    entry: NDArray[np.float64],
) -> None:
    """One evening's account of all residents; ``entry`` is the month's (causes, groups) of the ledger."""
    for home in range(len(household_building)):
        loss = waiting * home_weight[home] + waiting_building * building_weight[household_building[home]]
        loss = min(loss, 1.0)
        for resident in range(residents_from[home], residents_from[home + 1]):
            now = level[resident]
            lost = -loss * now
            gained = visited * (100.0 - now - lost) if visits[resident] > 0 else 0.0
            visits[resident] = 0
            back = adapts * (start[resident] - now - lost - gained)
            level[resident] = now + lost + gained + back
            entry[0, 0] += lost
            entry[7, 0] += gained
            entry[8, 0] += back
            if vulnerable[resident]:
                entry[0, 1] += lost
                entry[7, 1] += gained
                entry[8, 1] += back

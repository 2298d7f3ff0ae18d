"""Satisfaction: one number per resident, moved by what happened to that resident.

A gain is scaled by the room above and a loss by the room below, so that nobody leaves 0-100: a resident at 50
moves by exactly the points that the scenario names. Everything that moves anybody is entered in the ledger
under its cause; the causes of a month add up to what was observed.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.case import Case
from simulation.evening import CAUSES, GROUPS, SOLVED, STRUCK
from simulation.kernels import Kernels
from simulation.population import Population

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

    def __init__(
        self, scenario: Scenario, population: Population, calendar: Calendar, kernels: Kernels
    ) -> None:
        self.rule = scenario.satisfaction
        self.kernels = kernels
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

    def move(self, who: NDArray[np.int64], cause: int, points: float) -> None:
        """Move the residents ``who`` by ``points`` (a gain where positive) for ``cause``."""
        people, entry = self.population, self.ledger[self._month, cause]
        self.kernels.move(self.level, people.vulnerable, who, points / 50.0, entry)

    def strike(self, case: Case) -> None:
        """A trouble strikes its home, or the whole building, and weighs on it from now on."""
        points = self.rule.struck_building if case.common else self.rule.struck
        self.move(self.struck(case), STRUCK, -min(50.0, points * case.category.weight))
        self._weigh(case, 1.0)

    def relieve(self, case: Case) -> None:
        """A trouble weighs on nobody any more, whether it was solved or went away."""
        self._weigh(case, -1.0)

    def solve(self, case: Case) -> None:
        """A trouble is over because somebody solved it."""
        self.relieve(case)
        points = self.rule.solved_building if case.common else self.rule.solved
        self.move(self.struck(case), SOLVED, min(50.0, points * case.category.weight))

    def _weigh(self, case: Case, sign: float) -> None:
        if case.common:
            self.building_weight[case.building] += sign * case.category.weight
        else:
            self.home_weight[case.household] += sign * case.category.weight

    def struck(self, case: Case) -> NDArray[np.int64]:
        """The residents on whom a trouble weighs."""
        people = self.population
        if not case.common:
            return self.home(case)
        homes = people.households_from[case.building : case.building + 2]
        return np.arange(*people.residents_from[homes].tolist())

    def home(self, case: Case) -> NDArray[np.int64]:
        """The residents of the home that would report a trouble."""
        return np.arange(*self.population.residents_from[case.household : case.household + 2].tolist())

    def end_day(self) -> None:
        """Waiting, visits and getting used to things, for everybody at once."""
        rule, people = self.rule, self.population
        self.kernels.account_day(
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

"""Satisfaction: one number per resident, moved by what happened to that resident.

A gain is scaled by the room above and a loss by the room below, so that nobody leaves 0-100: a resident at 50
moves by exactly the points that the scenario names. What a trouble takes is kept with it: solving it and
reporting back give back shares of that, so that nobody is ever better off for having had a trouble.
Everything that moves anybody is entered in the ledger under its cause; the causes of a month add up to what
was observed.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.case import Case
from simulation.community.population import Population
from simulation.kernels import Kernels
from simulation.satisfaction.evening import CAUSES, FAILED, FED_BACK, GROUPS, LATE, SOLVED, STRUCK

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
        self.kernels = kernels
        self.population = population
        self.calendar = calendar
        self.level: Floats = population.satisfaction.copy()
        self.ledger = np.zeros((int(calendar.month.max()) + 1, len(CAUSES), len(GROUPS)))
        self.home_weight = np.zeros(population.households)
        self.building_weight = np.zeros(population.buildings)
        self.visits = np.zeros(population.residents, dtype=np.int32)
        self._day = self._month = 0
        self.adopt(scenario)

    def adopt(self, scenario: Scenario) -> None:
        """Take up the rules of a scenario."""
        self.rule = scenario.satisfaction
        self._adapts = -float(np.expm1(-24.0 / self.rule.adapts))

    def begin_day(self, day: int) -> None:
        """Enter what happens from now on under the month of ``day``."""
        self._day = day
        self._month = int(self.calendar.month[day])

    def move(self, who: NDArray[np.int64], cause: int, points: float) -> None:
        """Move the residents ``who`` by ``points`` (a gain where positive) for ``cause``."""
        people, entry = self.population, self.ledger[self._month, cause]
        self.kernels.move(self.level, people.vulnerable, who, points / 50.0, entry)

    def strike(self, case: Case) -> None:
        """A trouble strikes its home, or the whole building, and weighs on it from now on."""
        first, end = self._struck(case)
        case.taken, case.faded_until = np.zeros(end - first), self._day
        points = self.rule.struck_building if case.common else self.rule.struck
        self._take(case, STRUCK, points, first, case.taken)
        self._weigh(case, 1.0)

    def late(self, case: Case) -> None:
        """The deadline of an open case passes, which the home that reported it minds."""
        self._take_from_home(case, LATE, self.rule.late)

    def fail(self, case: Case) -> None:
        """The home that reported a case learns that it was closed unsolved."""
        self._take_from_home(case, FAILED, self.rule.failed)

    def relieve(self, case: Case) -> None:
        """A trouble weighs on nobody any more and nothing is given back: it went away."""
        self._weigh(case, -1.0)
        case.taken = None

    def solve(self, case: Case) -> None:
        """A trouble is over because somebody solved it."""
        self._weigh(case, -1.0)
        if case.taken is not None:
            self._fade(case, case.taken)
            self._give_back(SOLVED, self.rule.solved, self._struck(case)[0], case.taken)
            case.taken = self._of_home(case, case.taken).copy()  # reporting back is for the home alone

    def feed_back(self, case: Case) -> None:
        """The home that reported a solved case hears so."""
        if case.taken is not None:
            self._fade(case, case.taken)
            self._give_back(FED_BACK, self.rule.fed_back, self._home(case)[0], case.taken)
            case.taken = None

    def _take_from_home(self, case: Case, cause: int, points: float) -> None:
        if case.taken is not None:
            self._fade(case, case.taken)
            self._take(case, cause, points, self._home(case)[0], self._of_home(case, case.taken))

    def _take(self, case: Case, cause: int, points: float, first: int, taken: Floats) -> None:
        rate = min(1.0, points * case.category.weight / 50.0)
        entry = self.ledger[self._month, cause]
        self.kernels.take(self.level, self.population.vulnerable, first, taken, rate, entry)

    def _give_back(self, cause: int, share: float, first: int, taken: Floats) -> None:
        entry = self.ledger[self._month, cause]
        self.kernels.give_back(self.level, self.population.vulnerable, first, taken, share, entry)

    def _fade(self, case: Case, taken: Floats) -> None:
        """People got used to a part of what was taken; only the rest is there to be given back."""
        taken *= (1.0 - self._adapts) ** (self._day - case.faded_until)
        case.faded_until = self._day

    def _of_home(self, case: Case, taken: Floats) -> Floats:
        """The part of what was taken that concerns the home that would report."""
        first, end = self._home(case)
        if len(taken) == end - first:
            return taken
        start = self._struck(case)[0]
        return taken[first - start : end - start]

    def _weigh(self, case: Case, sign: float) -> None:
        if case.common:
            self.building_weight[case.building] += sign * case.category.weight
        else:
            self.home_weight[case.household] += sign * case.category.weight

    def _struck(self, case: Case) -> tuple[int, int]:
        """First resident on whom a trouble weighs, and the one after the last."""
        return self.population.in_building(case.building) if case.common else self._home(case)

    def _home(self, case: Case) -> tuple[int, int]:
        """First resident of the home that would report a trouble, and the one after the last."""
        first, end = self.population.residents_from[case.household : case.household + 2].tolist()
        return first, end

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
            self._adapts,
            self.ledger[self._month],
        )

    def trust(self, resident: int) -> float:
        """Trust of one resident that telling somebody helps, 0-1."""
        people = self.population
        moved = self.rule.trust_follows * (self.level[resident] - people.satisfaction[resident]) / 100.0
        return float(min(1.0, max(0.0, people.trust[resident] + moved)))

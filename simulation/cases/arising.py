"""How troubles arise: fate's candidates, thinned by building condition, and questions that notices raise.

Buildings wear, and renewal restores them; a clean-up keeps some troubles away for a while.
"""

from collections.abc import Callable
from math import exp

import numpy as np

from scenarios.cases import Category
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.fate import QUANTILES
from simulation.state import State

THIN, WILLING, DELAY, ROUTE, AMBIGUOUS, SERVICE = range(len(QUANTILES))
ADULT = 15
"""Age in years from which somebody can report a trouble."""


class Arising:
    """Turns the troubles of each day into cases.

    Args:
        state: the run.
        arose: called as ``arose(hour, case)`` when one arises.
    """

    def __init__(self, state: State, arose: Callable[[float, Case], None]) -> None:
        self.state = state
        self.arose = arose
        self.kinds: list[tuple[str, Category]] = []
        self._question: int | None = None
        self.adopt()
        self._reporter = key_of(state.seed, "reporter")
        self._marks = key_of(state.seed, "question.marks")
        self._count = 0
        self._next = 0

    def adopt(self) -> None:
        """Take up the rules as they are now: for what arises from now on."""
        self.kinds = list(self.state.scenario.cases.categories.items())
        names = [name for name, _ in self.kinds]
        asked_as = self.state.scenario.notices.question_category
        self._question = names.index(asked_as) if asked_as in names else None

    def begin_day(self, day: int) -> None:
        """Put the day's troubles on the agenda, and let buildings wear."""
        troubles = self.state.fate.troubles
        end = int(np.searchsorted(troubles.hour, 24.0 * (day + 1)))
        today = slice(self._next, end)
        rows = zip(
            range(self._next, end),
            troubles.hour[today].tolist(),
            troubles.category[today].tolist(),
            troubles.household[today].tolist(),
            troubles.common[today].tolist(),
            troubles.marks[today].tolist(),
            strict=True,
        )
        for entity, hour, kind, household, common, marks in rows:
            if self._happens(hour, kind, household, marks[THIN]):
                self.state.agenda.at(hour, self._arise, entity, kind, household, common, marks)
        self._next = end
        condition = self.state.condition
        np.maximum(condition - self.state.scenario.community.buildings.wear / 365.0, 0.0, out=condition)

    def ask(self, questions: list[tuple[float, int, int]]) -> None:
        """Put questions (hour, resident, notice) on the agenda."""
        if self._question is None:
            return
        for hour, resident, notice in questions:
            entity = (1 << 56) + (notice << 32) + resident
            marks = [draw(self._marks, entity, mark) for mark in range(len(QUANTILES))]
            household = int(self.state.population.household[resident])
            self.state.agenda.at(hour, self._arise, entity, self._question, household, False, marks, resident)

    def _happens(self, hour: float, kind: int, household: int, thin: float) -> bool:
        """Thin a candidate: candidates come at the rate of a derelict building, not cleaned up."""
        category = self.kinds[kind][1]
        follows = category.follows_condition
        building = self.state.population.household_building[household]
        share = 1.0
        if follows > 0.0:
            share = (1.0 + follows * (1.0 - 2.0 * self.state.condition[building])) / (1.0 + follows)
        if category.follows_surroundings > 0.0:
            lasts = self.state.scenario.council.clean_up.lasts
            faded = exp((self.state.cleaned[building] - hour) / lasts)
            share *= 1.0 - category.follows_surroundings * faded
        return bool(thin < share)

    def _arise(
        self,
        hour: float,
        entity: int,
        kind: int,
        household: int,
        common: bool,
        marks: list[float],
        reporter: int | None = None,
    ) -> None:
        people = self.state.population
        building = int(people.household_building[household])
        name, category = self.kinds[kind]
        case = Case(
            number=self._count,
            entity=entity,
            kind=kind,
            category=category,
            name=name,
            community=int(people.building_community[building]),
            building=building,
            household=household,
            reporter=self._somebody(household, entity) if reporter is None else reporter,
            common=common,
            ambiguous=marks[AMBIGUOUS] < category.ambiguous,
            willing=marks[WILLING],
            delay=marks[DELAY],
            route=marks[ROUTE],
            service=marks[SERVICE],
            arose=hour,
        )
        self._count += 1
        self.arose(hour, case)

    def _somebody(self, household: int, entity: int) -> int:
        """One of the household's adults; any member where there is none."""
        people = self.state.population
        first, last = people.residents_from[household : household + 2].tolist()
        adults = [resident for resident in range(first, last) if people.age[resident] >= ADULT]
        able = adults or list(range(first, last))
        return able[int(draw(self._reporter, entity, 0) * len(able))]

"""What calls for the council: worn buildings, recurring and stuck troubles, and what residents ask for.

A topic is the renewal of a building or a clean-up of its surroundings. Whether there is one follows from the
state of the building, the list of cases and what resident backbones were told when they asked.
"""

import numpy as np
from numpy.typing import NDArray

from agents.working_time import COUNCIL
from scenarios.cases import Category
from scenarios.council import Opinions
from scenarios.council import Topics as Rule
from simulation.case import Case
from simulation.chance import draws, key_of
from simulation.community.households import ADULT_FROM
from simulation.state import State

TOPICS = ("renewal", "clean_up")
RENEWAL, CLEAN_UP = range(len(TOPICS))
SOURCES = ("condition", "recurring", "stuck", "opinion")
CONDITION, RECURRING, STUCK, OPINION = range(len(SOURCES))

Longs = NDArray[np.int64]


class Topics:
    """Finds the topics of all buildings.

    Args:
        state: the run.
        cases: every case in order of arising; it grows as the run goes on.

    Attributes:
        voices: (B, topics) residents who asked for it since the topics were last looked for.
        settled: (B, topics) hour at which it was last completed; what was before does not count again.
    """

    def __init__(self, state: State, cases: list[Case]) -> None:
        self.state = state
        buildings = state.population.buildings
        self.voices = np.zeros((buildings, len(TOPICS)), dtype=np.int64)
        self.settled = np.full((buildings, len(TOPICS)), -np.inf)
        self._cases = cases
        self._seen = 0
        self._recent: list[Case] = []
        self._order = np.argsort(state.organisation.building_group, kind="stable")
        groups = np.arange(len(state.organisation.group_community) + 1)
        self._group_from = np.searchsorted(state.organisation.building_group[self._order], groups)
        names = ("building", "resident", *TOPICS)
        self._building, self._resident, *self._speaks = (
            key_of(state.seed, "opinion." + name) for name in names
        )

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.council.raises

    @property
    def opinions(self) -> Opinions:
        """How opinions are asked for now."""
        return self.state.scenario.council.opinions

    def collect(self, month: int) -> None:
        """Backbones ask their neighbours, as many as their minutes allow, and write down what they want."""
        state, people = self.state, self.state.population
        actors = np.arange(state.roster.leaders, state.roster.workers)
        first = people.residents_from[people.households_from]
        for ask in range(self.opinions.asks):
            able = state.working.set_aside(actors, 60.0 * self.opinions.ask, COUNCIL)
            asking, occasion = actors[able], (month << 8) | ask
            place = self._place(asking, occasion)
            drawn = draws(self._resident, asking, occasion)
            asked = first[place] + np.floor(drawn * (first[place + 1] - first[place])).astype(np.int64)
            home = people.household[asked]
            trouble = state.satisfaction.home_weight[home] + state.satisfaction.building_weight[place]
            wants = (1.0 - state.condition[place], (trouble > 1e-9).astype(np.float64))
            for topic, share in enumerate(wants):
                says = draws(self._speaks[topic], asking, occasion) < self.opinions.speaks * share
                says &= people.age[asked] >= ADULT_FROM
                np.add.at(self.voices[:, topic], place[says], 1)

    def _place(self, asking: Longs, occasion: int) -> Longs:
        """Where each asks: a centre household in its building, a leader in a building of the group."""
        roster, organisation = self.state.roster, self.state.organisation
        centre = asking >= roster.centres
        place = np.empty(len(asking), dtype=np.int64)
        home = organisation.centre_household[asking[centre] - roster.centres]
        place[centre] = self.state.population.household_building[home]
        group = asking[~centre] - roster.leaders
        first, last = self._group_from[group], self._group_from[group + 1]
        drawn = draws(self._building, asking[~centre], occasion)
        place[~centre] = self._order[first + np.floor(drawn * (last - first)).astype(np.int64)]
        return place

    def called_for(self, hour: float) -> dict[tuple[int, int], int]:
        """The sources of all topics (building, topic) there are at ``hour``; the strongest reason of each.

        Voices are heard once: asking starts afresh.
        """
        counts = self._count(hour)
        rule = self.rule
        worn = np.zeros_like(self.voices, dtype=np.bool_)
        worn[:, RENEWAL] = self.state.condition < rule.condition
        reasons = (
            worn,
            counts[0] > np.array([rule.damage, rule.untidy]),
            counts[1] >= rule.stuck,
            self.voices >= rule.voices,
        )
        found: dict[tuple[int, int], int] = {}
        for source, holds in enumerate(reasons):
            for building, topic in np.argwhere(holds).tolist():
                found.setdefault((building, topic), source)
        self.voices[:] = 0
        return found

    def _count(self, hour: float) -> Longs:
        """(2, B, topics) troubles on the list within the time that counts, and stuck ones."""
        counts = np.zeros((2, *self.voices.shape), dtype=np.int64)
        new = self._cases[self._seen :]
        self._seen += len(new)
        since, kept = hour - self.rule.within, []
        for case in [*self._recent, *(case for case in new if topic_of(case.category) is not None)]:
            if case.faded:
                continue
            fresh = case.uploaded is None or case.uploaded >= since
            if fresh or case.resolved is None:
                kept.append(case)
            topic = topic_of(case.category)
            if topic is None or case.uploaded is None or case.uploaded < self.settled[case.building, topic]:
                continue
            counts[0, case.building, topic] += fresh
            counts[1, case.building, topic] += self._stuck(hour, case)
        self._recent = kept
        return counts

    def _stuck(self, hour: float, case: Case) -> bool:
        return case.resolved is None and case.deadline is not None and (
            case.deadline + self.rule.stuck_after <= hour
        )  # fmt: skip


def topic_of(category: Category) -> int | None:
    """The topic that would keep troubles of a kind from coming back; None where nothing would."""
    if category.follows_condition == 0.0 and category.follows_surroundings == 0.0:
        return None
    return RENEWAL if category.follows_condition >= category.follows_surroundings else CLEAN_UP

"""Making the lists: an online questionnaire, and visits at homes that have not answered it.

What nobody said stays off the lists, so that they cover a part of what is there; what was said stays on them
until it is matched or over. At any time paired members add what they find, see
:mod:`simulation.care.pair_visits`.
"""

import numpy as np
from numpy.typing import NDArray

from agents.working_time import SURVEY
from scenarios.resources import Surveys as Rule
from simulation.chance import draws, key_of
from simulation.community.households import ADULT_FROM
from simulation.community.population import Floats, Ints
from simulation.community.providers import NOBODY
from simulation.rounds.rounds import Rounds
from simulation.state import State

CHANNELS = ("none", "questionnaire", "visit", "word_of_mouth", "paired_visit")
NONE, QUESTIONNAIRE, VISIT, WORD_OF_MOUTH, PAIRED_VISIT = range(len(CHANNELS))
Longs = NDArray[np.int64]


def answering(rule: Rule, automation: float = 0.5) -> float:
    """Probability that a home online answers a questionnaire; reminders come with automation (0-1)."""
    return min(1.0, rule.answers * (1.0 + rule.reminders * (2.0 * automation - 1.0)))


class Listing:
    """Both lists of all communities.

    Attributes:
        wants: (W,) hour from which each want is on the list; infinite where it is not.
        offers: (O,) the same of offers.
        want_channel: (W,) how it came there, index into CHANNELS.
        offer_channel: (O,) the same of offers.
        asked: (H,) hour at which each home answered or was called at in this round; infinite where neither.
    """

    def __init__(self, state: State, rounds: Rounds) -> None:
        self.state = state
        self.rounds = rounds
        fate, people = state.fate, state.population
        self.wants = np.full(len(fate.wanted.kind), np.inf)
        self.offers = np.full(len(fate.offered.kind), np.inf)
        self.want_channel = np.zeros(len(self.wants), dtype=np.int8)
        self.offer_channel = np.zeros(len(self.offers), dtype=np.int8)
        self.asked = np.full(people.households, np.inf)
        self._adult = people.age >= ADULT_FROM
        self._online = np.logical_or.reduceat(people.digital, people.residents_from[:-1])
        self._said = np.full(len(fate.providers.kind), np.inf)
        self._keys = [key_of(state.seed, f"lists.{name}") for name in ("answers", "when", "providers")]
        self._presence_key = np.uint64(key_of(state.seed, "presence"))
        self._answered = np.zeros(people.households, dtype=np.bool_)
        self._visits_by: tuple[str, bool] | None = None
        self.adopt()

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.resources.surveys

    def adopt(self) -> None:
        """Take up the rules as they are now: who calls at which homes, and in which order."""
        visits_by = (self.rule.visitors, self.rule.offline_first)
        if visits_by != self._visits_by:
            self._visits_by = visits_by
            self._actor, self._homes_from, self._homes = _visitors(self.state, self._online)
            self._pointer = np.zeros(len(self._actor), dtype=np.int64)
            self._counts = np.zeros((len(self._actor), 3), dtype=np.int64)

    def begin_round(self, number: int, hour: float, hours: float) -> None:
        """Send out the questionnaire; answers come in within ``hours``."""
        answers, when, providers = self._keys
        homes = np.arange(len(self.asked))
        likely = answering(self.rule, self.state.scenario.digital.automation)
        self._answered = self._online & (draws(answers, homes, number) < likely)
        self.asked = np.where(self._answered, hour + hours * draws(when, homes, number), np.inf)
        some = np.arange(len(self._said))
        says = draws(providers, some, 2 * number) < self.rule.organisations
        self._said = np.where(says, hour + hours * draws(providers, some, 2 * number + 1), np.inf)
        self._pointer[:] = 0

    def visit(self, hour: float, day: int) -> None:
        """The day's visits."""
        state, people, rule = self.state, self.state.population, self.rule
        state.kernels.survey_day(
            60.0 * hour,
            self._actor,
            self._homes_from,
            self._homes,
            self._pointer,
            60.0 * rule.a_day,
            60.0 * rule.visit,
            60.0 * rule.knock,
            self.asked,
            self._adult,
            people.residents_from,
            people.presence,
            state.presence(day),
            self._presence_key,
            state.working.left,
            state.working.spent,
            SURVEY,
            state.satisfaction.visits,
            self._counts,
            state.trails.room(len(self._homes)),
        )

    def end_day(self, day: int) -> None:
        """Enter the day's visits into their table."""
        self.rounds.enter(day, "survey", self.state.roster.community[self._actor], self._counts)

    def end_round(self, now: float) -> None:
        """Write down what those who answered or were called at want and have."""
        fate, household = self.state.fate, self.state.population.household
        home = household[fate.wanted.resident]
        _write(self.wants, self.want_channel, fate.wanted.arose, fate.wanted.expires, self.asked[home], now,
               np.where(self._answered[home], QUESTIONNAIRE, VISIT))  # fmt: skip
        resident = fate.providers.resident[fate.offered.provider]
        own = resident != NOBODY
        at_home = household[resident]
        said = np.where(own, self.asked[at_home], self._said[fate.offered.provider])
        online = ~own | self._answered[at_home]
        _write(self.offers, self.offer_channel, fate.offered.arose, fate.offered.expires, said, now,
               np.where(online, QUESTIONNAIRE, VISIT))  # fmt: skip


def _write(
    listed: Floats,
    channel: NDArray[np.int8],
    arose: Floats,
    expires: Floats,
    said: Floats,
    now: float,
    how: Longs,
) -> None:
    """Put on the list what is there when its home speaks, and not met by word of mouth already."""
    new = (channel == NONE) & (said <= now) & (arose <= said) & (said < expires)
    listed[new] = said[new]
    channel[new] = how[new]


def _visitors(state: State, online: NDArray[np.bool_]) -> tuple[Ints, Longs, Longs]:
    """Row of each visitor in the working time, and the homes of each in the order of calling."""
    people, organisation, roster = state.population, state.organisation, state.roster
    homes = np.arange(people.households)
    if state.scenario.resources.surveys.visitors == "centre_households":
        unit, starts = people.household_building, organisation.centres_from
        first, actors = starts[unit].astype(np.int64), np.arange(roster.centres, roster.workers)
        number = np.diff(starts)[unit]
    else:
        unit, grids = organisation.household_grid, len(organisation.grid_community)
        first = np.searchsorted(organisation.worker_grid, unit)
        number = np.bincount(organisation.worker_grid, minlength=grids)[unit]
        actors = np.arange(roster.workers, roster.members)
    visitor = first + homes % np.maximum(number, 1)
    if state.scenario.resources.surveys.offline_first:
        frail = np.logical_or.reduceat(people.vulnerable, people.residents_from[:-1])
        later = online & ~frail
    else:
        later = np.zeros(people.households, dtype=np.bool_)
    called = np.flatnonzero(number > 0)
    order = called[np.lexsort((called, later[called], visitor[called]))]
    homes_from = np.searchsorted(visitor[order], np.arange(len(actors) + 1))
    return actors.astype(np.int32), homes_from.astype(np.int64), order

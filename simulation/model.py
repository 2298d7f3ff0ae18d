"""The model of a community. The phases of a day stand here, in the order in which they run."""

from dataclasses import replace
from typing import Any, override

import numpy as np
import pandas as pd
from mesa import Model
from mesa.time import Schedule

from agents.cast import create_agents
from scenarios.changing import phases
from scenarios.errors import DeadModelError
from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.care.ledger import Ledger
from simulation.care.pairs import Pairing
from simulation.cases.cases import Cases
from simulation.community.organising import organise
from simulation.community.providers import Providers
from simulation.community.roster import draw_up, give_time, minutes_of
from simulation.community.settling import build_population
from simulation.council.council import Council
from simulation.fate import draw_fate
from simulation.incentives.honours import Honours
from simulation.kernels import COMPILED, PLAIN
from simulation.notices.notices import Notices
from simulation.resources.resources import Resources
from simulation.results.summary import summarise
from simulation.results.tables import make_tables
from simulation.results.timeline import Timeline
from simulation.rounds.agenda import Agenda
from simulation.rounds.rounds import Rounds
from simulation.satisfaction.satisfaction import Satisfaction
from simulation.state import State
from simulation.trails import Trails


class CommunityModel(Model):
    """A community under a scenario's rules; a Mesa model whose time is hours since the start.

    A day is lived when time reaches its end: ``run_for(24 * 30)`` lives thirty days.

    Args:
        scenario: what is asked, changes midway included.
        rng: the seed; the same seed gives the same fate under every scenario, and the same run bit for bit.
        trace: keep from whom and when each resident heard each notice, and who was where on their rounds.
        plain: run the slow, readable reference of the hot loops instead of the compiled kernels.
    """

    def __init__(
        self, scenario: Scenario, rng: int | None = None, *, trace: bool = False, plain: bool = False
    ) -> None:
        super().__init__(rng=rng)
        self._default_schedule.stop()  # days set the rhythm here, not hours
        self.seed = int(self._seed)
        self.asked = scenario
        self.phases = {0: scenario} | phases(scenario)
        calendar = Calendar(scenario.start, scenario.days)
        population = build_population(scenario.community, self.seed)
        organisation = organise(population, scenario.community, scenario.patrol)
        pairing = Pairing(self._with_ledger(), population, organisation, self.seed)
        pairs = pairing.pairs
        organisation = replace(organisation, warnings=organisation.warnings + pairs.warnings)
        roster = draw_up(population, organisation, pairs.person[~pairs.serving])
        kernels = PLAIN if plain else COMPILED
        fate = draw_fate(scenario, population, calendar, self.seed)
        self.state = State(
            scenario=scenario,
            held=[scenario],
            seed=self.seed,
            kernels=kernels,
            calendar=calendar,
            population=population,
            organisation=organisation,
            fate=fate,
            roster=roster,
            working=give_time(scenario, roster, organisation, calendar),
            satisfaction=Satisfaction(scenario, population, calendar, kernels),
            agenda=Agenda(),
            providers=Providers(fate.providers),
            troubled=np.zeros(population.households, dtype=np.int32),
            looks_at=np.zeros(population.buildings, dtype=np.int32),
            condition=population.condition.copy(),
            cleaned=np.full(population.buildings, -np.inf),
            effort=np.ones(len(roster.role)),
            gaming=np.zeros(len(roster.role)),
            trails=Trails(trace),
        )
        self.notices = Notices(self.state, trace)
        self.cases = Cases(self.state)
        self.rounds = Rounds(self.state, self.notices, self.cases.finding)
        self.resources = Resources(self.state, self.rounds)
        self.ledger = Ledger(
            self.state, pairing, self.notices, self.rounds, self.cases.finding, self.resources.listing
        )
        self.council = Council(self.state, self.cases.all)
        self.honours = Honours(self.state)
        self.timeline = Timeline(self.state)
        self.day = 0
        self._cast = False
        self._died: Exception | None = None
        self.schedule_recurring(self._live_day, Schedule(interval=24.0, start=24.0, count=scenario.days))

    def _live_day(self) -> None:
        """One day, phase by phase. Nothing else runs the day."""
        try:
            day, state = self.day, self.state
            # Rules that change on this day hold from its start.
            self._adopt(day)
            # Plan: everybody has the day's minutes, and what falls due is put on the agenda.
            state.working.begin_day(day)
            state.satisfaction.begin_day(day)
            self.council.begin_day(day)
            self.notices.begin_day(day)
            self.cases.begin_day(day)
            self.ledger.begin_day(day)
            self.honours.begin_day(day)
            self.resources.begin_day(day)
            self.rounds.begin_day(day)
            # Live: calls, rounds, uploads, dispatch, repairs, each at its time.
            state.agenda.run_until(24.0 * (day + 1))
            # Account: word of mouth, questions, visits, needs, satisfaction, working time, the day's row.
            self.cases.arising.ask(self.notices.end_day(day))
            self.rounds.end_day(day)
            self.ledger.end_day(day)
            self.resources.end_day(day)
            state.satisfaction.end_day()
            state.working.end_day(day, self.rounds.wanted_more)
            self.timeline.end_day(self.notices.informed_share(day))
            self.day += 1
        except Exception as error:
            self._died = error
            raise

    def _adopt(self, day: int) -> None:
        """Take up other rules where the scenario changes on this day. Nothing else changes them.

        Mechanisms read the state's rules when they use them; told of the change are those that made
        something of them beforehand: minutes, opening hours, lists of doors.
        """
        rules, state = self.phases.get(day), self.state
        if rules is None or rules is state.scenario:
            return
        state.scenario, state.held = rules, [*(state.held if day else []), rules]
        state.working.grant(*minutes_of(rules, state.roster, state.organisation))
        state.satisfaction.adopt(rules)
        self.cases.adopt(24.0 * day)
        self.rounds.adopt()
        self.ledger.adopt()
        self.resources.adopt(24.0 * day)

    def _with_ledger(self) -> Scenario:
        """The rules of the day on which the ledger begins; those of the first day where it never does."""
        return next((rules for rules in self.phases.values() if rules.mechanisms.ledger), self.phases[0])

    def run_to_end(self) -> None:
        """Live all the days of the scenario that are left."""
        left = 24.0 * self.asked.days - self.time
        if left > 0.0:
            self.run_for(left)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The result tables as known now, see the README."""
        self._check_alive()
        return make_tables(
            self.state,
            self.notices,
            self.cases,
            self.rounds,
            self.ledger,
            self.resources,
            self.council,
            self.honours,
            self.timeline,
        )

    def summary(self) -> dict[str, float | int | None]:
        """The metrics as known now; the mean of nothing is None."""
        return summarise(self.tables(), self.state)

    @override
    @property
    def scenario(self) -> Any:
        """The scenario asked for."""
        return self.asked

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        """Mesa sets an empty scenario of its own kind, which has no use here."""

    @override
    @property
    def agents(self) -> Any:
        """Everybody, made at the first look; thin views on the columns."""
        self._create_agents()
        return super().agents

    @override
    @property
    def agents_by_type(self) -> Any:
        """Everybody by kind, made at the first look."""
        self._create_agents()
        return super().agents_by_type

    @override
    def _advance_time(self, until: float) -> None:
        """Refuse to go on after an exception; Mesa alone would advance time and skip the days."""
        self._check_alive()
        super()._advance_time(until)

    def _create_agents(self) -> None:
        if not self._cast:
            self._cast = True
            create_agents(self)

    def _check_alive(self) -> None:
        if self._died is not None:
            raise DeadModelError(f"the model died on day {self.day}: {self._died}") from self._died

"""The closed loop of cases: arise, be found, be listed, be sorted, be worked at, be reported back.

Each step is a file of its own: :mod:`simulation.cases.arising`, :mod:`simulation.cases.finding`,
:mod:`simulation.cases.dispatching`, :mod:`simulation.cases.handling`, :mod:`simulation.cases.feedback`, the
hub's :mod:`simulation.cases.coordination`, the :mod:`simulation.cases.platform` and the monthly
:mod:`simulation.incentives.appraisal`. This one ties them together and keeps what a case does to residents.
"""

from functools import partial

from simulation.case import Case
from simulation.cases.arising import Arising
from simulation.cases.board import CONTESTED, GONE, ORPHAN, OWNED, Board, Watch
from simulation.cases.coordination import Coordination
from simulation.cases.dispatching import Dispatching
from simulation.cases.feedback import Feedback
from simulation.cases.finding import Finding
from simulation.cases.handling import Handling
from simulation.cases.platform import Platform
from simulation.incentives.appraisal import Appraisal
from simulation.incentives.gaming import Gaming
from simulation.state import State


class Cases:
    """All cases of a run.

    Attributes:
        all: every case in order of arising; its number is its place.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.all: list[Case] = []
        self.arising = Arising(state, self._arose)
        self.finding = Finding(state, self._listed, self._sent, self._fixed)
        gaming = Gaming(state)
        self.handling = Handling(state, gaming, self._back_to_desk, self._solved, self._closed, self._changed)
        self.dispatching = Dispatching(state, self._assign)
        self.feedback = Feedback(state, gaming, self._back_to_desk, self._left_alone)
        self.watch = Watch(state.calendar.month)
        self.board = Board(state.population.communities, self._lag())
        self.coordination = Coordination(state, self.handling, self.watch, self.board)
        self.platform = Platform(state, self.board, self.watch, self.coordination.bring)
        self.appraisal = Appraisal(state, self.handling.teams)
        self._posting = self.platform.on

    def _lag(self) -> float:
        return self.state.scenario.platform.lag * self.state.scenario.digital.lag

    def adopt(self, hour: float) -> None:
        """Take up the rules as they are now; a board that is new or taken up again shows all open cases."""
        self.arising.adopt()
        self.finding.adopt()
        self.dispatching.adopt(hour)
        self.handling.adopt(hour)
        self.appraisal.adopt()
        self.board.lag = self._lag()
        posting, self._posting = self._posting, self.platform.on
        if self._posting and not posting:
            self.board.clear()
            for listed in self.coordination.listed:
                for case in listed.values():
                    self._changed(hour, case)

    def begin_day(self, day: int) -> None:
        """Put the day's troubles, the coordinators' and trackers' work and the appraisal on the agenda."""
        self.arising.begin_day(day)
        self.coordination.begin_day(day)
        self.platform.begin_day(day)
        self.appraisal.begin_day(day)

    def _arose(self, hour: float, case: Case) -> None:
        self.all.append(case)
        self.state.satisfaction.strike(case)
        self.finding.wait_for(hour, case)

    def _listed(self, hour: float, case: Case) -> None:
        case.deadline = hour + case.category.deadline
        case.known = hour
        self.state.agenda.at(case.deadline, self._pass_deadline, case)
        self.appraisal.listed(hour, case)

    def _sent(self, hour: float, case: Case) -> None:
        self.coordination.watch(case)
        self.handling.watch(case)
        self.dispatching.receive(hour, case)
        self._changed(hour, case)

    def _fixed(self, hour: float, case: Case) -> None:
        case.attempts = 1
        self._solved(hour, case)
        if case.found_by == "patrol":
            self.feedback.closed(hour, case)  # it was seen, and nobody met the reporter
        else:
            self.feedback.on_the_spot(hour, case)
        self.appraisal.closed(hour, case)

    def _assign(self, hour: float, case: Case, handler: str, second: str | None) -> None:
        self.handling.assign(hour, case, handler, second)
        self._changed(hour, case)

    def _back_to_desk(self, hour: float, case: Case) -> None:
        self.dispatching.receive(hour, case)
        self._changed(hour, case)

    def _closed(self, hour: float, case: Case) -> None:
        first = case.closed is None
        self.feedback.closed(hour, case)
        if first:
            self.appraisal.closed(hour, case)
        self._changed(hour, case)

    def _solved(self, hour: float, case: Case) -> None:
        case.resolved = hour
        self.coordination.forget(case)
        if case.faded is None:
            self.state.satisfaction.solve(case)

    def _left_alone(self, hour: float, case: Case) -> None:
        """Nobody will do more: those it strikes help themselves in the end, as where nobody finds it."""
        if case.given_up is not None:
            self.coordination.forget(case)
        if case.category.fades is not None:
            self.state.agenda.at(hour + case.category.fades, self._fade, case, case.reopened)

    def _fade(self, hour: float, case: Case, round_number: int) -> None:
        if case.resolved is None and case.faded is None and case.reopened == round_number:
            case.faded = hour
            self.coordination.forget(case)
            self.state.satisfaction.relieve(case)
            self._changed(hour, case)

    def _changed(self, hour: float, case: Case) -> None:
        """Post on the board how many owners a case has."""
        if self.platform.on:
            self.board.post(hour, case.community, case, self._owners(case), partial(self._settle, case))

    def _owners(self, case: Case) -> int:
        over = case.resolved is not None or case.given_up is not None or case.faded is not None
        if over or case.reported_closed:
            return CONTESTED if case.overlap and self.handling.waits(case) else GONE
        if case.orphan_since is not None:
            return ORPHAN
        return OWNED if case.second_since is None else CONTESTED

    def _settle(self, case: Case, hour: float, spent: float) -> bool:
        settled = self.coordination.settle(hour, case, spent)
        self._changed(hour, case)
        return settled

    def _pass_deadline(self, hour: float, case: Case) -> None:
        self.appraisal.passed_deadline(hour, case)
        if case.resolved is None:
            self.state.satisfaction.late(case)

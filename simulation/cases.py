"""The closed loop of cases: arise, be found, be listed, be sorted, be worked at, be reported back.

Each step is a file of its own: :mod:`simulation.arising`, :mod:`simulation.finding`,
:mod:`simulation.dispatching`, :mod:`simulation.handling`, :mod:`simulation.feedback`, the hub's
:mod:`simulation.coordination` and the monthly :mod:`simulation.appraisal`. This one ties them together and
keeps what a case does to residents.
"""

from simulation.appraisal import Appraisal
from simulation.arising import Arising
from simulation.case import Case
from simulation.coordination import Coordination
from simulation.dispatching import Dispatching
from simulation.feedback import Feedback
from simulation.finding import Finding
from simulation.gaming import Gaming
from simulation.handling import Handling
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
        self.handling = Handling(state, gaming, self._back_to_desk, self._solved, self._closed)
        self.dispatching = Dispatching(state, self.handling.assign)
        self.feedback = Feedback(state, gaming, self._back_to_desk, self._left_alone)
        self.coordination = Coordination(state, self.handling)
        self.appraisal = Appraisal(state, self.handling.teams)

    def begin_day(self, day: int) -> None:
        """Put the day's troubles, the coordinators' work and the appraisal on the agenda."""
        self.arising.begin_day(day)
        self.coordination.begin_day(day)
        self.appraisal.begin_day(day)

    def _arose(self, hour: float, case: Case) -> None:
        self.all.append(case)
        self.state.satisfaction.strike(case)
        self.finding.wait_for(hour, case)

    def _listed(self, hour: float, case: Case) -> None:
        case.deadline = hour + case.category.deadline
        self.state.agenda.at(case.deadline, self._pass_deadline, case)
        self.appraisal.listed(hour, case)

    def _sent(self, hour: float, case: Case) -> None:
        self.coordination.watch(case)
        self.handling.watch(case)
        self.dispatching.receive(hour, case)

    def _fixed(self, hour: float, case: Case) -> None:
        case.attempts = 1
        self._solved(hour, case)
        if case.found_by == "patrol":
            self.feedback.closed(hour, case)  # it was seen, and nobody met the reporter
        else:
            self.feedback.on_the_spot(hour, case)
        self.appraisal.closed(hour, case)

    def _back_to_desk(self, hour: float, case: Case) -> None:
        self.dispatching.receive(hour, case)

    def _closed(self, hour: float, case: Case) -> None:
        first = case.closed is None
        self.feedback.closed(hour, case)
        if first:
            self.appraisal.closed(hour, case)

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

    def _pass_deadline(self, hour: float, case: Case) -> None:
        self.appraisal.passed_deadline(hour, case)
        if case.resolved is None:
            self.state.satisfaction.late(case)

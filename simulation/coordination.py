"""The hub's coordinator: watches the list for cases that two owners work at and cases that nobody owns.

The coordinator of a community sees an entry once it is older than the lag, looks into those not looked into
for longest, and has minutes for a few a day. A case without an owner is given to whom it belongs; a second
owner who has not begun is called off, also after the first one has solved the case: nobody else tells him.
"""

from agents.working_time import REVIEW
from simulation.case import Case
from simulation.handling import Handling
from simulation.state import State

COMES_IN = 9.0
"""Hour of a working day at which the coordinator begins."""


class Coordination:
    """The coordinators of all communities.

    Attributes:
        listed: open cases of each community by number, in order of upload.
    """

    def __init__(self, state: State, handling: Handling) -> None:
        self.state = state
        self.handling = handling
        self.rule = state.scenario.hub
        self.on = state.scenario.mechanisms.hub
        self.listed: list[dict[int, Case]] = [{} for _ in range(state.population.communities)]

    def watch(self, case: Case) -> None:
        """A case stands on the list."""
        self.listed[case.community][case.number] = case

    def forget(self, case: Case) -> None:
        """A case is over; one that somebody else still has in the queue stays until it is looked into."""
        if not (case.overlap and self.handling.waits(case)):
            self.listed[case.community].pop(case.number, None)

    def begin_day(self, day: int) -> None:
        """Put the coordinators' hours on the agenda."""
        if self.on and self.state.calendar.working[day]:
            self.state.agenda.at(24.0 * day + COMES_IN, self._go_through)

    def _go_through(self, hour: float) -> None:
        for community, cases in enumerate(self.listed):
            if not cases:
                continue
            coordinator = self.state.roster.coordinators + community
            visible = [case for case in cases.values() if self._visible(case, hour)]
            visible.sort(key=_last_looked_into)
            minutes = 60.0 * self.rule.review
            span = int(self.state.working.left[coordinator] / minutes + 1e-9)
            for case in visible[:span]:
                done = self.state.working.book(coordinator, minutes, REVIEW, hour)
                case.reviewed = hour
                self.state.agenda.at(done, self._step_in, case)

    def _visible(self, case: Case, hour: float) -> bool:
        return case.uploaded is not None and case.uploaded + self.rule.lag <= hour

    def _step_in(self, hour: float, case: Case) -> None:
        if case.overlap:
            self.handling.settle_overlap(case)
        if case.resolved is not None or case.given_up is not None or case.faded is not None:
            self.forget(case)
        elif case.orphan_since is not None:
            case.handling_hours += self.rule.review
            self.handling.force(hour, case)


def _last_looked_into(case: Case) -> tuple[float, int]:
    return (-1.0 if case.reviewed is None else case.reviewed, case.number)

"""Closing the loop: somebody asks the reporter how it went, and an unsolved case is opened again.

A case that a handler calls closed may be unsolved. Whoever was told of it first, or the party branch, calls
on the reporter, which costs minutes. Where nobody asks, the resident sees in time that nothing has changed,
and reports once more, or gives up.
"""

from collections.abc import Callable
from math import inf

from agents.working_time import FEEDBACK, PRESS
from scenarios.cases import Feedback as Rule
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.incentives.gaming import ON_THE_CALL, Gaming
from simulation.state import State


class Feedback:
    """Asks back after cases are closed.

    Args:
        state: the run.
        gaming: what callers do who look after their score.
        reopened: called as ``reopened(hour, case)`` when an unsolved case goes back to the desk.
        left_alone: called as ``left_alone(hour, case)`` when an unsolved case is given up, or its reporter
            does not insist.
    """

    def __init__(
        self,
        state: State,
        gaming: Gaming,
        reopened: Callable[[float, Case], None],
        left_alone: Callable[[float, Case], None],
    ) -> None:
        self.state = state
        self.gaming = gaming
        self.reopened = reopened
        self.left_alone = left_alone
        names = ("feedback", "notices_failure", "insists")
        self._delay, self._notices, self._insists = (key_of(state.seed, name) for name in names)

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.cases.feedback

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.feedback

    def closed(self, hour: float, case: Case) -> None:
        """A handler reports a case closed."""
        if case.reported_closed:
            return
        case.reported_closed = True
        self.state.trails.note(case.number, hour, "closed")
        if case.closed is None:
            case.closed = hour
        self._see_for_oneself(hour, case)
        if self.on:
            delay = self.rule.delay.hours(draw(self._delay, case.entity, case.reopened))
            self.state.agenda.at(hour + delay, self._call, case, case.reopened)

    def on_the_spot(self, hour: float, case: Case) -> None:
        """The worker who was told of a case has solved it; the reporter stands by."""
        case.reported_closed = True
        self.state.trails.note(case.number, hour, "closed")
        case.closed = hour
        if self.on:
            case.called = hour
            self._answer(hour, case)

    def _see_for_oneself(self, hour: float, case: Case) -> None:
        if case.resolved is None:
            wait = self.rule.notices_failure.hours(draw(self._notices, case.entity, case.reopened))
            self.state.agenda.at(hour + wait, self._notice_failure, case, case.reopened)

    def _call(self, hour: float, case: Case, round_number: int) -> None:
        if not self._still_closed(case, round_number):
            return
        caller = self.state.roster.branches + case.community
        if case.finder is not None:
            caller = case.finder
        done = self.state.working.book(caller, 60.0 * self.rule.minutes, FEEDBACK, hour)
        if done < inf:
            self.state.agenda.at(done, self._called, case, round_number)

    def _called(self, hour: float, case: Case, round_number: int) -> None:
        if not self._still_closed(case, round_number):
            return
        if case.called is None:
            case.called = hour
        self._press(hour, case)
        if case.resolved is not None:
            self._answer(hour, case)
        else:
            self._fail(hour, case)

    def _press(self, hour: float, case: Case) -> None:
        """The grid worker who calls presses for a good rating where that pays."""
        worker = case.finder
        if worker is None:
            return
        if self.gaming.presses(float(self.state.gaming[worker]), case, ON_THE_CALL):
            self.state.working.book(worker, 60.0 * self.gaming.rule.press, PRESS, hour)
            self.gaming.press(case)

    def _answer(self, hour: float, case: Case) -> None:
        case.fed_back = hour
        self.state.satisfaction.feed_back(case)

    def _notice_failure(self, hour: float, case: Case, round_number: int) -> None:
        """Nobody has asked; the resident insists where trust allows."""
        if not self._still_closed(case, round_number) or case.resolved is not None:
            return
        trust = self.state.satisfaction.trust(case.reporter)
        if draw(self._insists, case.entity, round_number) < case.category.willing * trust:
            self._fail(hour, case)
        else:
            self.left_alone(hour, case)

    @staticmethod
    def _still_closed(case: Case, round_number: int) -> bool:
        over = case.given_up is not None or case.faded is not None
        return case.reported_closed and not over and case.reopened == round_number

    def _fail(self, hour: float, case: Case) -> None:
        self.state.satisfaction.fail(case)
        if case.attempts >= self.rule.most_attempts:
            case.given_up = hour
            self.left_alone(hour, case)
        else:
            case.reopened += 1
            self.state.trails.note(case.number, hour, "reopened")
            self.reopened(hour, case)

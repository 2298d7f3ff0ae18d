"""The hub's coordinator: decides about cases that two owners work at and cases that nobody owns.

Without the platform the coordinator of a community sees an entry of the list once it is older than the lag,
looks into those not looked into for longest, and has minutes for a few a day. With it the minutes go first
to what the tracker brings, as it comes, and in the afternoon to what the tracker has not got to. A case
without an owner is given to whom it belongs; a second owner who has not begun is called off, also after
the first one has solved the case: nobody else tells him.
"""

from collections import deque

from agents.working_time import REVIEW
from scenarios.people import Hub
from simulation.case import Case
from simulation.cases.board import Board, Entry, Watch
from simulation.cases.handling import Handling
from simulation.state import State

COMES_IN = 9.0
"""Hour of a working day at which the coordinator begins."""
GOES_ROUND = 15.0
"""With the platform, hour at which the coordinator turns to what the tracker has not got to."""
COORDINATOR = "coordinator"


class Coordination:
    """The coordinators of all communities.

    Args:
        state: the run.
        handling: the handlers whose cases they decide about.
        account: of who looks.
        board: the platform's, which is looked at while that is on.

    Attributes:
        listed: open cases of each community by number, in order of upload.
        brought: what trackers have brought and nobody has decided, in each community.
    """

    def __init__(self, state: State, handling: Handling, account: Watch, board: Board) -> None:
        self.state = state
        self.handling = handling
        self.account = account
        self._board = board
        self.listed: list[dict[int, Case]] = [{} for _ in range(state.population.communities)]
        self.brought: list[deque[Entry]] = [deque() for _ in range(state.population.communities)]

    @property
    def rule(self) -> Hub:
        """The rules as they are now."""
        return self.state.scenario.hub

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.hub

    @property
    def board(self) -> Board | None:
        """The board; None while the platform is off."""
        return self._board if self.state.scenario.mechanisms.platform else None

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
            if self.board is None:
                self.state.agenda.at(24.0 * day + COMES_IN, self._go_through)
            else:
                self.state.agenda.at(24.0 * day + COMES_IN, self._take_up)
                self.state.agenda.at(24.0 * day + GOES_ROUND, self._go_through)

    def bring(self, hour: float, entry: Entry) -> None:
        """The tracker brings what has no owner or two."""
        self.brought[entry.community].append(entry)
        self._take_up_in(hour, entry.community)

    def settle(self, hour: float, case: Case, spent: float) -> bool:
        """Leave a case with one owner, after ``spent`` hours on it; tells whether that changed anything."""
        called_off = case.overlap and self.handling.settle_overlap(case)
        if case.resolved is not None or case.given_up is not None or case.faded is not None:
            self.forget(case)
        elif case.orphan_since is not None:
            case.handling_hours += spent
            self.handling.force(hour, case)
            return True
        return called_off

    def _take_up(self, hour: float) -> None:
        for community in range(len(self.brought)):
            self._take_up_in(hour, community)

    def _take_up_in(self, hour: float, community: int) -> None:
        """Begin with what was brought, as far as today's minutes go."""
        waiting = self.brought[community]
        coordinator, minutes = self.state.roster.coordinators + community, 60.0 * self.rule.review
        while waiting and self.state.working.suffices(coordinator, minutes, hour):
            done = self.state.working.book(coordinator, minutes, REVIEW, hour)
            self.state.agenda.at(done, self._decide, waiting.popleft())

    def _decide(self, hour: float, entry: Entry) -> None:
        if entry.settle(hour, self.rule.review):
            self.account.mediate(hour, entry.community, entry.subject, COORDINATOR)
        else:
            self.account.of(hour, entry.community, COORDINATOR).in_vain += 1

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
        if self.board is not None and not self.board.overlooked(case.community, case, hour):
            return False
        return case.uploaded is not None and case.uploaded + self.rule.lag <= hour

    def _step_in(self, hour: float, case: Case) -> None:
        """The coordinator has looked into a case that nobody brought."""
        tally = self.account.of(hour, case.community, COORDINATOR)
        tally.looks += 1
        tally.age += hour - case.known
        case.known = hour
        if self.settle(hour, case, self.rule.review):
            self.account.flag(hour, case.community, case, COORDINATOR)
            self.account.mediate(hour, case.community, case, COORDINATOR)


def _last_looked_into(case: Case) -> tuple[float, int]:
    return (-1.0 if case.reviewed is None else case.reviewed, case.number)

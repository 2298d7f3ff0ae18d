"""Sorting and sending: the command centre, or a clerk where it is off, decides who is responsible.

A desk works through its queue in opening hours. It errs, more often where a case is ambiguous; an ambiguous
case may be given to two owners. What a handler refuses comes back here, or to nobody; what was refused too
often the street office decides. The desk answers the telephone, too.
"""

from collections.abc import Callable

from agents.handlers import Teams
from scenarios.cases import Desk
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.state import State

Assign = Callable[[float, Case, str, str | None], None]


class Dispatching:
    """The desks of all streets or communities.

    Args:
        state: the run.
        assign: called as ``assign(hour, case, handler, second)``; ``second`` is a second owner or None.
    """

    def __init__(self, state: State, assign: Assign) -> None:
        self.state = state
        self.assign = assign
        scenario = state.scenario
        self.names = list(scenario.handlers)
        self.central = scenario.mechanisms.command_centre
        self.desk: Desk = scenario.desks.command_centre if self.central else scenario.desks.clerk
        hours = state.calendar.hours(self.desk.calendar)
        streets = int(state.population.community_street[-1]) + 1
        self.desks = [
            Teams[Case](self.desk.dispatchers, hours, state.agenda.at, self._sort, self._send)
            for _ in range(streets if self.central else state.population.communities)
        ]
        names = ("sorting", "misread", "mistaken", "overlap", "second")
        self._sorting, self._misread, self._mistaken, self._overlap, self._second = (
            key_of(state.seed, "desk." + name) for name in names
        )

    def receive(self, hour: float, case: Case) -> None:
        """A case comes to the desk, for the first time or again."""
        case.handler = None
        case.reported_closed = False
        self._of(case).take(hour, case)

    def _of(self, case: Case) -> Teams[Case]:
        street = int(self.state.population.community_street[case.community])
        return self.desks[street if self.central else case.community]

    def _sort(self, _hour: float, case: Case) -> float:
        service = self.desk.service.hours(draw(self._sorting, case.entity, case.sorted_times))
        rules = self.state.scenario.cases
        extra = rules.coordination.handling * (case.bounced - case.handled)
        case.handled = case.bounced
        case.handling_hours += extra
        if case.sorted_times == 0 and case.found_by == "telephone":
            extra += rules.reporting.listen + rules.reporting.upload  # whoever sorts it took the call
        return service + extra

    def _send(self, hour: float, case: Case) -> None:
        if case.resolved is not None:
            return
        occasion = case.sorted_times
        case.sorted_times += 1
        handler = case.category.handler
        rule = self.state.scenario.cases.coordination
        errs = self.desk.errs if case.ambiguous else self.desk.errs_plain
        decided = case.bounced >= rule.most_refusals
        if not decided and draw(self._misread, case.entity, occasion) < errs:
            handler = self._another(handler, self._mistaken, case, occasion)
        second = None
        first_time = case.dispatched is None
        if first_time:
            case.dispatched = hour
            if case.ambiguous and draw(self._overlap, case.entity, 0) < rule.overlap:
                second = self._another(handler, self._second, case, 0)
                case.overlap = second != handler
        self.assign(hour, case, handler, second if second != handler else None)

    def _another(self, name: str, key: int, case: Case, occasion: int) -> str:
        """A handler other than ``name``; ``name`` where it is the only one."""
        others = [other for other in self.names if other != name]
        return others[int(draw(key, case.entity, occasion) * len(others))] if others else name

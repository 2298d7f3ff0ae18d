"""Sorting and sending: the command centre, or a clerk where it is off, decides who is responsible.

A desk works through its queue in opening hours. It errs, more often where a case is ambiguous; an ambiguous
case may be given to two owners. What a handler refuses comes back here, or to nobody; what was refused too
often the street office decides. The desk answers the telephone, too. Where it
is automatic enough the command centre sends plain cases that need no call without a person, at any hour.
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
        self.names = list(state.scenario.handlers)
        self.central = state.scenario.mechanisms.command_centre
        rules = state.scenario.desks
        self.command = self._set_up(rules.command_centre, int(state.population.community_street[-1]) + 1)
        self.clerks = self._set_up(rules.clerk, state.population.communities)
        names = ("sorting", "misread", "mistaken", "overlap", "second", "automatic")
        self._sorting, self._misread, self._mistaken, self._overlap, self._second, self._automatic = (
            key_of(state.seed, "desk." + name) for name in names
        )

    def _set_up(self, rule: Desk, places: int) -> list[Teams[Case]]:
        hours, agenda = self.state.calendar.hours(rule.calendar), self.state.agenda
        return [
            Teams[Case](rule.dispatchers, hours, agenda.at, self._sort, self._send) for _ in range(places)
        ]

    @property
    def desks(self) -> list[Teams[Case]]:
        """The desks that sort now: of streets or of communities."""
        return self.command if self.central else self.clerks

    @property
    def desk(self) -> Desk:
        """The rules of those desks as they are now."""
        desks = self.state.scenario.desks
        return desks.command_centre if self.central else desks.clerk

    def adopt(self, hour: float) -> None:
        """Take up the rules as they are now; what waits goes to the desks that sort from now on."""
        before, rules, waiting = self.desks, self.state.scenario.desks, list[Case]()
        self.central = self.state.scenario.mechanisms.command_centre
        if self.desks is not before:
            for desk in before:
                waiting += desk.queue
                desk.queue.clear()
        for rule, desks in ((rules.command_centre, self.command), (rules.clerk, self.clerks)):
            hours = self.state.calendar.hours(rule.calendar)
            for desk in desks:
                desk.change(hour, rule.dispatchers, hours)
        for case in waiting:
            self._of(case).take(hour, case)

    def receive(self, hour: float, case: Case) -> None:
        """A case comes to the desk, for the first time or again."""
        case.handler = None
        case.reported_closed = False
        self.state.trails.note(case.number, hour, "at_desk")
        if self._needs_nobody(case):
            errs = self.state.scenario.digital.automatic_errs
            self._send_on(hour, case, errs)
        else:
            self._of(case).take(hour, case)

    def _needs_nobody(self, case: Case) -> bool:
        """Whether the machine sends a case by itself: a plain new one that took no call."""
        plain = not case.ambiguous and case.dispatched is None and case.found_by != "telephone"
        automatic = self.state.scenario.digital.automatic if self.central else 0.0
        return plain and draw(self._automatic, case.entity, 0) < automatic

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
        return service * (self.state.scenario.digital.sorting if self.central else 1.0) + extra

    def _send(self, hour: float, case: Case) -> None:
        if case.resolved is None:
            errs = self.desk.errs if case.ambiguous else self.desk.errs_plain
            self._send_on(hour, case, errs * (self.state.scenario.digital.errs if self.central else 1.0))

    def _send_on(self, hour: float, case: Case, errs: float) -> None:
        """Send a case to a handler, the wrong one with probability ``errs``."""
        occasion = case.sorted_times
        case.sorted_times += 1
        handler = case.category.handler
        rule = self.state.scenario.cases.coordination
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

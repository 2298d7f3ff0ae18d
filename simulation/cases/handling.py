"""Handlers at work: they refuse or take a case, work at it, and solve it or believe so.

A case of another's is refused almost always and never solved; an ambiguous one of their own is sometimes
shirked. What is refused goes back to the desk, or falls between two stools until somebody complains or the
hub's coordinator steps in; what was refused too often the street office decides. A second owner does the same
work over again, unless called off.
"""

from collections.abc import Callable

from agents.handlers import Teams
from scenarios.cases import Coordination
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.incentives.gaming import AT_CLOSING, Gaming
from simulation.job import Job
from simulation.state import State


class Handling:
    """All handlers of all communities and streets.

    Args:
        state: the run.
        gaming: what handlers do who look after their score.
        send_back: called as ``send_back(hour, case)`` when a case returns to the desk.
        solved: called as ``solved(hour, case)`` when a trouble is over.
        closed: called as ``closed(hour, case)`` when a handler reports a case closed, rightly or not.
        changed: called as ``changed(hour, case)`` when a case has lost its owner or its second one.
    """

    def __init__(
        self,
        state: State,
        gaming: Gaming,
        send_back: Callable[[float, Case], None],
        solved: Callable[[float, Case], None],
        closed: Callable[[float, Case], None],
        changed: Callable[[float, Case], None],
    ) -> None:
        self.state = state
        self.gaming = gaming
        self.send_back = send_back
        self.solved = solved
        self.closed = closed
        self.changed = changed
        streets = int(state.population.community_street[-1]) + 1
        self.teams: dict[str, list[Teams[Job]]] = {}
        for name, handler in state.scenario.handlers.items():
            hours = state.calendar.hours(handler.calendar)
            bodies = streets if handler.serves == "street" else state.population.communities
            self.teams[name] = [
                Teams[Job](
                    handler.teams, hours, state.agenda.at, self._begin, self._finish, gaming.passes_over
                )
                for _ in range(bodies)
            ]
        names = ("refuse", "drop", "complain", "service", "solve")
        self._refuse, self._drop, self._complain, self._service, self._solve = (
            key_of(state.seed, "handler." + name) for name in names
        )

    @property
    def rule(self) -> Coordination:
        """The rules as they are now."""
        return self.state.scenario.cases.coordination

    @property
    def keeping(self) -> float:
        """Hours that keeping the status adds to a job now."""
        scenario = self.state.scenario
        kept = scenario.platform.update * scenario.digital.keeping
        return kept if scenario.mechanisms.platform else 0.0

    def adopt(self, hour: float) -> None:
        """Take up the rules as they are now: teams and opening hours."""
        for name, handler in self.state.scenario.handlers.items():
            hours = self.state.calendar.hours(handler.calendar)
            for teams in self.teams[name]:
                teams.change(hour, handler.teams, hours)

    def assign(self, hour: float, case: Case, handler: str, second: str | None) -> None:
        """The desk sends a case to a handler, and by oversight to a second one."""
        case.handler = handler
        if second is not None:
            case.second_since = hour
        for name, duplicate in ((handler, False), (second, True)):
            if name is not None:
                self.state.trails.note(case.number, hour, "also_sent" if duplicate else "sent", name)
                opens = self._of(name, case).hours.next_open(hour)
                self.state.agenda.at(opens, self._consider, Job(case, name, case.sorted_times, duplicate))

    def force(self, hour: float, case: Case) -> None:
        """The coordinator gives a case that nobody owns to whom it belongs, who may not refuse."""
        self._end_orphan(hour, case)
        case.handler = case.category.handler
        self.state.trails.note(case.number, hour, "given", case.handler)
        self._of(case.handler, case).take(hour, Job(case, case.handler, case.sorted_times))

    def waits(self, case: Case) -> bool:
        """Whether anybody has the case in the queue."""
        return any(job.case is case for name in self.teams for job in self._of(name, case).queue)

    def settle_overlap(self, case: Case) -> bool:
        """Call off the second owner, or whoever waits with a solved case; tells whether there was anybody."""
        found = False
        for name in self.teams:
            teams = self._of(name, case)
            for job in [job for job in teams.queue if job.case is case]:
                if job.duplicate or case.resolved is not None:
                    teams.drop(job)
                    found = True
                if job.duplicate:
                    case.end_second(self.state.agenda.now)
        return found

    def watch(self, case: Case) -> None:
        """A case stands on the list, and its deadline will come near."""
        if self.gaming.on and case.deadline is not None:
            near = case.deadline - self.gaming.rule.near * case.category.deadline
            self.state.agenda.at(near, self._near_deadline, case)

    def _near_deadline(self, _hour: float, case: Case) -> None:
        """Little time is left: a handler who games closes on paper what still waits."""
        if case.handler is None or case.closed is not None:
            return
        teams = self._of(case.handler, case)
        if not self.gaming.closes_early(teams.gaming, case):
            return
        for job in teams.queue:
            if job.case is case and not job.duplicate:
                job.on_paper = True
                teams.hurry(job)
                return

    def _of(self, name: str, case: Case) -> Teams[Job]:
        bodies = self.teams[name]
        if self.state.scenario.handlers[name].serves == "street":
            return bodies[int(self.state.population.community_street[case.community])]
        return bodies[case.community]

    def _consider(self, hour: float, job: Job) -> None:
        case = job.case
        right = job.handler == case.category.handler
        chance = self.rule.refuse_wrong if not right else self.rule.shirk if case.ambiguous else 0.0
        if right and case.bounced >= self.rule.most_refusals:
            chance = 0.0
        if draw(self._refuse, case.entity, 2 * job.occasion + job.duplicate) >= chance:
            self._of(job.handler, case).take(hour, job)
        elif not job.duplicate:
            self._refused(hour, job)
        else:
            self._end_second(hour, case)

    def _refused(self, hour: float, job: Job) -> None:
        case = job.case
        case.bounced += 1
        self.state.trails.note(case.number, hour, "refused", job.handler)
        if case.resolved is not None:
            return
        case.handler = None
        if draw(self._drop, case.entity, job.occasion) < self.rule.dropped:
            case.orphan_since = hour
            self.state.trails.note(case.number, hour, "dropped")
            self.changed(hour, case)
            wait = self.rule.complain_after.hours(draw(self._complain, case.entity, job.occasion))
            self.state.agenda.at(hour + wait, self._complained, case, hour)
        else:
            self.send_back(hour, case)

    def _complained(self, hour: float, case: Case, since: float) -> None:
        """A resident complains about a case that has had no owner ``since``."""
        if case.orphan_since == since:
            self._end_orphan(hour, case)
            self.send_back(hour, case)

    def _end_second(self, hour: float, case: Case) -> None:
        case.end_second(hour)
        self.changed(hour, case)

    @staticmethod
    def _end_orphan(hour: float, case: Case) -> None:
        if case.orphan_since is not None:
            case.orphan_hours += hour - case.orphan_since
            case.orphan_since = None

    def _begin(self, hour: float, job: Job) -> float:
        case, teams = job.case, self._of(job.handler, job.case)
        case.working += 1
        begun = "second_begun" if job.duplicate else "begun"
        self.state.trails.note(case.number, hour, begun, job.handler)
        job.presses = not job.duplicate and self.gaming.presses(teams.gaming, case, AT_CLOSING)
        pressing = self.gaming.rule.press if job.presses else 0.0
        if job.on_paper:
            job.hours = self.gaming.rule.paperwork + pressing
            return job.hours
        if case.started is None:
            case.started = hour
        case.owner_began = case.owner_began or not job.duplicate
        first = not job.duplicate and case.attempts == 0
        key = 2 * job.occasion + job.duplicate
        quantile = case.service if first else draw(self._service, case.entity, key)
        job.hours = case.category.service.hours(quantile) / teams.effort + pressing + self.keeping
        return job.hours

    def _finish(self, hour: float, job: Job) -> None:
        case = job.case
        case.working -= 1
        ended = "second_ended" if job.duplicate else "ended"
        self.state.trails.note(case.number, hour, ended, job.handler, job.hours)
        if job.on_paper:
            self._close_on_paper(hour, job)
            return
        case.attempts += not job.duplicate
        if job.duplicate:
            self._end_second(hour, case)
        right = job.handler == case.category.handler
        key = 2 * job.occasion + job.duplicate
        if case.resolved is None and right and draw(self._solve, case.entity, key) < case.category.solved:
            self._end_orphan(hour, case)
            self.solved(hour, case)
            self._close(hour, job)
            return
        if case.resolved is not None or (job.duplicate and case.owner_began):
            case.duplicate_hours += job.hours
        if not job.duplicate:
            self._close(hour, job)

    def _close(self, hour: float, job: Job) -> None:
        if job.presses:
            self.gaming.press(job.case)
        self.closed(hour, job.case)

    def _close_on_paper(self, hour: float, job: Job) -> None:
        case = job.case
        if case.closed is None:
            case.closed_early = True
            self._close(hour, job)
        else:
            case.duplicate_hours += job.hours

"""The appraisal: every month grid workers and handlers get a score, and those who are scored respond.

On the first working day of a month the books of the last one are closed. A handler's cases are judged by
when they were *reported* closed, a grid worker by how soon cases found were uploaded and their reporters
called on. The party branch asks a sample of reporters, which costs it minutes; pressed ones answer better
than they feel. Effort follows what hangs on the score, with diminishing returns; beyond a threshold gaming
follows too, see :mod:`simulation.incentives.gaming`.
"""

from dataclasses import dataclass, field
from math import inf
from typing import Any

from agents.handlers import Teams
from agents.working_time import APPRAISE, ROLES
from scenarios.appraisal import Appraisal as Rule
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.job import Job
from simulation.state import State

COMES_IN = 9.0
"""Hour of the first working day of a month at which the books are closed."""


@dataclass(slots=True)
class Book:
    """What one month says of one body or person."""

    judged: int = 0
    """Verdicts: of a handler one a case, of a grid worker one an upload and one a call that fell due."""
    on_time: int = 0
    closed: list[Case] = field(default_factory=list)
    """Cases first reported closed in the month."""
    waiting: int = 0
    """Calls on reporters not yet made."""
    answers: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Appraised:
    """A grid worker or a handler's body."""

    who: str
    role: str
    community: int
    actor: int | None
    """Row on the roster; None for a body."""
    teams: Teams[Job] | None
    """The body's teams; None for a worker."""


class Appraisal:
    """The appraisal of all communities.

    Attributes:
        appraised: grid workers in the roster's order, then the bodies of each handler.
        rows: of the table ``appraisals``.
    """

    def __init__(self, state: State, bodies: dict[str, list[Teams[Job]]]) -> None:
        self.state = state
        self.rows: list[dict[str, Any]] = []
        self.appraised = _workers(state)
        self._first_body: dict[str, int] = {}
        for name, teams in bodies.items():
            self._first_body[name] = len(self.appraised)
            self.appraised += _bodies(state, name, teams)
        self._books: dict[int, dict[int, Book]] = {}
        self._sampled = key_of(state.seed, "appraisal.sample")

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.appraisal

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.appraisal

    def adopt(self) -> None:
        """Take up the rules of a new day: where there is no appraisal any more, its pull is gone."""
        if not self.on:
            self._books.clear()
            for one in self.appraised:
                self._respond(one, 1.0, 0.0)

    def begin_day(self, day: int) -> None:
        """Put the appraisal on the agenda of the first working day of each month but the first."""
        month = int(self.state.calendar.month[day])
        if self.on and month > 0 and self.state.calendar.is_first_working_day(day):
            self.state.agenda.at(24.0 * day + COMES_IN, self._close_books, month - 1)

    def listed(self, hour: float, case: Case) -> None:
        """A case is uploaded: was the grid worker who found it quick?"""
        worker = self._worker(case)
        if worker is not None and case.found is not None:
            self._judge(hour, worker, hour - case.found <= self.rule.uploaded_within)

    def closed(self, hour: float, case: Case) -> None:
        """A case is reported closed for the first time, rightly or not."""
        if not self.on or case.deadline is None:
            return
        body, worker = self._body(case), self._worker(case)
        for number in (body, worker):
            if number is not None:
                self._book(hour, number).closed.append(case)
        if body is not None and hour < case.deadline:
            self._judge(hour, body, True)
        if worker is not None and self.state.scenario.mechanisms.feedback:
            self.state.agenda.at(hour + self.rule.called_within, self._call_is_due, case, worker)

    def passed_deadline(self, hour: float, case: Case) -> None:
        """A case's deadline passes: late on the list, unless it was closed by this very hour."""
        if not self.on or (case.closed is not None and case.closed < hour):
            return
        body = self._body(case)
        if body is not None:
            self._judge(hour, body, case.closed is not None)

    def _call_is_due(self, hour: float, case: Case, worker: int) -> None:
        if self.on:
            self._judge(hour, worker, case.called is not None)

    def _worker(self, case: Case) -> int | None:
        """The grid worker who found a case; None where nobody did, or somebody else."""
        roster, finder = self.state.roster, case.finder
        found = self.on and finder is not None and roster.workers <= finder < roster.members
        return finder - roster.workers if found and finder is not None else None

    def _body(self, case: Case) -> int | None:
        """The body that has a case; None where nobody has it, which no score shows."""
        if case.handler is None:
            return None
        of_street = self.state.scenario.handlers[case.handler].serves == "street"
        street = int(self.state.population.community_street[case.community])
        return self._first_body[case.handler] + (street if of_street else case.community)

    def _book(self, hour: float, number: int) -> Book:
        month = int(self.state.calendar.month[int(hour // 24.0)])
        return self._books.setdefault(month, {}).setdefault(number, Book())

    def _judge(self, hour: float, number: int, on_time: bool) -> None:
        book = self._book(hour, number)
        book.judged += 1
        book.on_time += on_time

    def _close_books(self, hour: float, month: int) -> None:
        """Choose whom to ask about each of those appraised, and have the branch call."""
        books = self._books.pop(month, {})
        for number in range(len(self.appraised)):
            book = books.get(number, Book())
            chosen = sorted(book.closed, key=lambda case: draw(self._sampled, case.entity, month))
            for case in chosen[: self.rule.sample]:
                branch = self.state.roster.branches + case.community
                done = self.state.working.book(branch, 60.0 * self.rule.call, APPRAISE, hour)
                if done < inf:
                    book.waiting += 1
                    self.state.agenda.at(done, self._ask, case, number, month, book)
            if not book.waiting:
                self._score(number, month, book)

    def _ask(self, _hour: float, case: Case, number: int, month: int, book: Book) -> None:
        if not self.on:
            return
        book.answers.append(self.rating(case))
        book.waiting -= 1
        if not book.waiting:
            self._score(number, month, book)

    def rating(self, case: Case) -> float:
        """What the reporter of a case answers, 0-1."""
        rule = self.rule
        feels = float(self.state.satisfaction.level[case.reporter]) / 100.0
        answer = rule.solved_counts * (case.resolved is not None) + (1.0 - rule.solved_counts) * feels
        return answer + rule.pressing_lifts * (1.0 - answer) if case.pressed else answer

    def _score(self, number: int, month: int, book: Book) -> None:
        """Write the score down, and let those scored respond."""
        on_time = book.on_time / book.judged if book.judged else None
        satisfied = sum(book.answers) / len(book.answers) if book.answers else None
        weight = self.rule.timeliness
        parts = [(weight, on_time), (1.0 - weight, satisfied)]
        known = [(share, part) for share, part in parts if part is not None and share > 0.0]
        whole = sum(share for share, _ in known)
        score = sum(share * part for share, part in known) / whole if known else None
        effort, gaming = self.respond(score)
        one = self.appraised[number]
        self._respond(one, effort, gaming)
        self.rows.append(
            {
                "month": month,
                "who": one.who,
                "role": one.role,
                "community": one.community,
                "cases": book.judged,
                "on_time_reported": on_time,
                "satisfaction_sampled": satisfied,
                "score": score,
                "effort": effort,
                "gaming": gaming,
            }
        )

    def _respond(self, one: Appraised, effort: float, gaming: float) -> None:
        if one.teams is not None:
            one.teams.effort, one.teams.gaming = effort, gaming
        elif one.actor is not None:
            self.state.effort[one.actor], self.state.gaming[one.actor] = effort, gaming

    def respond(self, score: float | None) -> tuple[float, float]:
        """Effort and gaming until the next score; without a score nobody falls short."""
        rule = self.rule
        shortfall = 0.0 if score is None else max(0.0, 1.0 - score / rule.aim)
        pull = rule.stakes * (1.0 + shortfall)
        gaming = min(1.0, max(0.0, (pull - rule.gaming_from) / (1.0 - rule.gaming_from)))
        added = rule.effort_most * pull / (pull + rule.effort_half) * (1.0 - rule.diverted * gaming)
        return 1.0 + added, gaming


def _workers(state: State) -> list[Appraised]:
    """Grid workers, called as in the table ``work``."""
    roster, counts = state.roster, dict.fromkeys(range(len(ROLES)), 0)
    workers = []
    for actor in range(roster.workers, roster.members):
        role = int(roster.role[actor])
        who = f"{ROLES[role]} {counts[role]}"
        counts[role] += 1
        workers.append(Appraised(who, ROLES[role], int(roster.community[actor]), actor, None))
    return workers


def _bodies(state: State, name: str, bodies: list[Teams[Job]]) -> list[Appraised]:
    """The bodies of one handler; one that serves a street stands under the street's first community."""
    streets = state.population.community_street.tolist()
    of_street = state.scenario.handlers[name].serves == "street"
    places = [streets.index(number) if of_street else number for number in range(len(bodies))]
    return [
        Appraised(f"{name} {number}", name, place, None, teams)
        for number, (place, teams) in enumerate(zip(places, bodies, strict=True))
    ]

"""Where a case stood at a moment, told from what had happened to it by then."""

from dataclasses import dataclass

from experiments.view.explaining.moment import Moment
from simulation.case import Case
from simulation.trails import CaseStep

OPEN = frozenset({"found", "uploaded", "dispatched", "working", "orphan", "closed_unsolved"})
"""Where a case stands while somebody knows of it and it is not over."""
GIVES_OWNER = ("sent", "given")
TAKES_OWNER = ("at_desk", "refused")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A stretch of time in which a handler had a case in hand."""

    handler: str
    begun: float
    ended: float | None
    """None while it lasts."""
    spans: list[tuple[float, float]]
    """The handler's working hours since it began, until it ended or until now."""
    second: bool
    """By a second owner, who got it by oversight."""

    @property
    def worked(self) -> float:
        """Hours of work so far."""
        return sum(end - begin for begin, end in self.spans)


class Standing:
    """A case as known at a moment.

    Args:
        moment: the moment.
        case: one that had arisen by then.
    """

    def __init__(self, moment: Moment, case: Case) -> None:
        self.moment = moment
        self.case = case
        noted = moment.model.state.trails.cases.get(case.number, [])
        self.steps: list[CaseStep] = [step for step in noted if step.hour < moment.hour]
        self.found = moment.passed(case.found)
        self.uploaded = moment.passed(case.uploaded)
        self.dispatched = moment.passed(case.dispatched)
        self.resolved = moment.passed(case.resolved)
        self.fed_back = moment.passed(case.fed_back)
        self.given_up = moment.passed(case.given_up)
        self.faded = moment.passed(case.faded)
        self.on_the_spot = self.resolved is not None and not any(
            step.what in ("ended", "second_ended") for step in self.steps
        )

    @property
    def state(self) -> str:
        """Where it stood, in one word as :attr:`simulation.case.Case.state`."""
        latest_first = (
            ("fed_back", self.fed_back is not None),
            ("resolved", self.resolved is not None),
            ("given_up", self.given_up is not None),
            ("closed_unsolved", self._last("closed", "at_desk") == "closed"),
            ("orphan", self.orphan),
            ("working", self._running() > 0),
            ("dispatched", self.handler is not None),
            ("uploaded", self.uploaded is not None),
            ("found", self.found is not None),
            ("faded", self.faded is not None),
        )
        return next((name for name, reached in latest_first if reached), "unfound")

    @property
    def open(self) -> bool:
        """Whether somebody knows of it and it is not over."""
        return self.state in OPEN and self.faded is None

    @property
    def orphan(self) -> bool:
        """Whether it is with nobody."""
        return self.resolved is None and self._last("dropped", "at_desk", "given") == "dropped"

    @property
    def handler(self) -> str | None:
        """Who owns it; None while it lies at the desk or with nobody."""
        turns = [step for step in self.steps if step.what in (*GIVES_OWNER, *TAKES_OWNER)]
        return turns[-1].handler if turns and turns[-1].what in GIVES_OWNER else None

    @property
    def refused(self) -> int:
        """How often handlers have refused it."""
        return sum(step.what == "refused" for step in self.steps)

    @property
    def orphan_hours(self) -> float:
        """Hours with nobody so far."""
        total, since = 0.0, None
        for step in self.steps:
            if step.what == "dropped":
                since = step.hour
            elif since is not None and step.what in ("at_desk", "given"):
                total, since = total + step.hour - since, None
        return total if since is None else total + (self.end or self.moment.hour) - since

    @property
    def end(self) -> float | None:
        """When it was over, one way or the other; None while it is not."""
        over = [hour for hour in (self.resolved, self.given_up, self.faded) if hour is not None]
        return min(over) if over else None

    def attempts(self) -> list[Attempt]:
        """All work at it so far, in order of beginning."""
        if self.on_the_spot and self.resolved is not None:
            begun = self.case.started or self.resolved
            return [Attempt("", begun, self.resolved, [(begun, self.resolved)], second=False)]
        attempts = []
        calendar = self.moment.model.state.calendar
        for place, step in enumerate(self.steps):
            if step.what not in ("begun", "second_begun"):
                continue
            second = step.what == "second_begun"
            what = "second_ended" if second else "ended"
            ends = (one for one in self.steps[place:] if (one.what, one.handler) == (what, step.handler))
            ended = next((end.hour for end in ends), None)
            rules = self.moment.rules(int(step.hour // 24.0))
            hours = calendar.hours(rules.handlers[step.handler].calendar)
            spans = hours.spans(step.hour, self.moment.hour if ended is None else ended)
            attempts.append(Attempt(step.handler, step.hour, ended, spans, second))
        return attempts

    def _last(self, *names: str) -> str | None:
        """Which of some things happened last."""
        return next((step.what for step in reversed(self.steps) if step.what in names), None)

    def _running(self) -> int:
        begun = sum(step.what in ("begun", "second_begun") for step in self.steps)
        return begun - sum(step.what in ("ended", "second_ended") for step in self.steps)


def cases_at(moment: Moment, building: int) -> list[Standing]:
    """The cases of a building that had arisen by a moment, in order of arising."""
    return [
        Standing(moment, case)
        for case in moment.model.cases.all
        if case.building == building and case.arose < moment.hour
    ]

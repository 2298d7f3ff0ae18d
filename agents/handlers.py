"""Handlers: mediation committee, property maintenance, service centre. Teams that work through a queue."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Hours(Protocol):
    """Opening hours: when work can begin and when it ends."""

    def next_open(self, hour: float) -> float:
        """First open moment at or after ``hour``."""
        ...

    def after(self, hour: float, work: float) -> float:
        """Moment at which ``work`` open hours have passed."""
        ...


@dataclass(slots=True)
class Teams[Job]:
    """One body's queue, first come first served, worked by its teams in its opening hours.

    With a Poisson stream of jobs, exponential service and hours that never close this is an M/M/c queue.

    Attributes:
        size: teams; None for no limit.
        hours: opening hours.
        at: the agenda's ``at(hour, action, *arguments)``.
        begin: called as ``begin(hour, job)`` when a team takes the job; returns the working time in hours.
        finish: called as ``finish(hour, job)`` when the team is done.
        choose: called as ``choose(hour, teams)``, gives the place in the queue of the next job; None for the
            first come.
        effort: how hard the body works; 1 is as a matter of course.
        gaming: how much it looks after its score, 0-1.
    """

    size: int | None
    hours: Hours
    at: Callable[..., None]
    begin: Callable[[float, Job], float]
    finish: Callable[[float, Job], None]
    choose: "Callable[[float, Teams[Job]], int] | None" = None
    effort: float = 1.0
    gaming: float = 0.0
    queue: deque[Job] = field(default_factory=deque)
    busy: int = 0
    hours_worked: float = 0.0
    _waking: float = -1.0

    def take(self, hour: float, job: Job) -> None:
        """A job comes in."""
        self.queue.append(job)
        self._start(hour)

    def change(self, hour: float, size: int | None, hours: Hours) -> None:
        """Other teams and opening hours from now on; what is begun ends as it would have."""
        self.size, self.hours, self._waking = size, hours, -1.0
        self._start(hour)

    def drop(self, job: Job) -> bool:
        """Take a job out of the queue; False where it has been started already."""
        try:
            self.queue.remove(job)
        except ValueError:
            return False
        return True

    def hurry(self, job: Job) -> None:
        """Put a job that waits to the front of the queue."""
        self.queue.remove(job)
        self.queue.appendleft(job)

    def _next(self, hour: float) -> Job:
        if self.choose is not None and self.gaming > 0.0:
            place = self.choose(hour, self)
            job = self.queue[place]
            del self.queue[place]
            return job
        return self.queue.popleft()

    def _start(self, hour: float) -> None:
        while self.queue and (self.size is None or self.busy < self.size):
            opens = self.hours.next_open(hour)
            if opens > hour:
                if self._waking != opens:
                    self._waking = opens
                    self.at(opens, self._start)
                return
            job = self._next(hour)
            work = self.begin(hour, job)
            self.busy += 1
            self.hours_worked += work
            self.at(self.hours.after(hour, work), self._done, job)

    def _done(self, hour: float, job: Job) -> None:
        self.busy -= 1
        self.finish(hour, job)
        self._start(hour)

"""A case: one trouble and everything that happens to it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.cases import Category

FINDERS = ("patrol", "patrol_talk", "visit", "ledger_visit", "centre_household", "app", "telephone")
"""Ways in which a trouble can be found; None where it never was."""


@dataclass(slots=True, eq=False)
class Case:
    """One trouble. Times are hours since the start, None where it has not happened."""

    number: int
    """Running number in order of arising; the case id."""
    entity: int
    """What its keyed draws are keyed by: the same trouble has the same in every scenario."""
    kind: int
    """Index of its category."""
    category: Category
    name: str
    """Name of its category."""
    community: int
    building: int
    household: int
    reporter: int
    """The resident who would report it and to whom it is reported back."""
    common: bool
    """Strikes the whole building."""
    ambiguous: bool
    """Its kind or owner is not obvious."""
    willing: float
    """Quantile against which willingness to report is held."""
    delay: float
    """Quantile of the time until it is reported."""
    route: float
    """Quantile that decides how it is reported."""
    service: float
    """Quantile of the working time of the first attempt."""
    arose: float
    found: float | None = None
    found_by: str | None = None
    finder: int | None = None
    """Actor who found it or was told of it first."""
    uploaded: float | None = None
    dispatched: float | None = None
    started: float | None = None
    resolved: float | None = None
    closed: float | None = None
    """First reported as closed, rightly or not."""
    fed_back: float | None = None
    deadline: float | None = None
    handler: str | None = None
    """Who owns it now; None while it lies at the desk or with nobody."""
    bounced: int = 0
    attempts: int = 0
    sorted_times: int = 0
    """Times that a desk has sorted it."""
    reopened: int = 0
    overlap: bool = False
    owner_began: bool = False
    """An owner, not only a second one, has begun to work on it."""
    second_since: float | None = None
    """Since when a second owner has it too."""
    second_hours: float = 0.0
    working: int = 0
    """Teams at work on it now."""
    duplicate_hours: float = 0.0
    orphan_hours: float = 0.0
    orphan_since: float | None = None
    handled: int = 0
    """Refusals that the desk has dealt with."""
    handling_hours: float = 0.0
    reviewed: float | None = None
    """When the coordinator last looked into it."""
    known: float = 0.0
    """Moment from which the last that coordinator or tracker knows of it dates."""
    flagged: float | None = None
    """When somebody first saw that it had no owner or two."""
    flagged_by: str | None = None
    mediated: float | None = None
    """When somebody first left it with one owner."""
    mediated_by: str | None = None
    called: float | None = None
    """When the reporter was first called on after a closing."""
    closed_early: bool = False
    """First closed on paper, on purpose."""
    pressed: bool = False
    """The reporter was pressed for a good rating."""
    reported_closed: bool = False
    """Stands as closed on the list at present."""
    faded: float | None = None
    """Went away unsolved: nobody found it, or it was left alone."""
    given_up: float | None = None
    taken: NDArray[np.float64] | None = None
    """Points of satisfaction it has taken from each of those it strikes, in order of residents; once it is
    solved from the home that reported it, and None when all is given back or it went away."""
    faded_until: int = 0
    """Day until which people got used to a part of ``taken``, which is left out."""

    @property
    def state(self) -> str:
        """Where it stands, in one word."""
        latest_first = (
            ("fed_back", self.fed_back is not None),
            ("resolved", self.resolved is not None),
            ("given_up", self.given_up is not None),
            ("closed_unsolved", self.reported_closed),
            ("orphan", self.orphan_since is not None),
            ("working", self.working > 0),
            ("dispatched", self.handler is not None),
            ("uploaded", self.uploaded is not None),
            ("found", self.found is not None),
            ("faded", self.faded is not None),
        )
        return next((name for name, reached in latest_first if reached), "unfound")

    def orphaned_for(self, now: float) -> float:
        """Hours without an owner until ``now``."""
        return self.orphan_hours + (0.0 if self.orphan_since is None else now - self.orphan_since)

    def doubled_for(self, now: float) -> float:
        """Hours with two owners until ``now``."""
        return self.second_hours + (0.0 if self.second_since is None else now - self.second_since)

    def end_second(self, hour: float) -> None:
        """The second owner no longer has it."""
        if self.second_since is not None:
            self.second_hours += hour - self.second_since
            self.second_since = None

    def in_time(self, when: float | None, now: float) -> bool | None:
        """Whether ``when`` kept the deadline; None until it has passed, however early ``when`` was.

        To judge what was early before the deadline, but what is late only after it, would flatter.
        """
        if self.deadline is None or now < self.deadline:
            return None
        return when is not None and when <= self.deadline

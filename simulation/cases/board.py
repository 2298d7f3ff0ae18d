"""The shared board: how many owners each entry has, as far as it is known, and how old that knowledge is.

An entry is a case, or anything else with owners that is posted. A change of its owners shows after a lag.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

GONE, ORPHAN, OWNED, CONTESTED = -1, 0, 1, 2
"""Owners of an entry: closed, none, one, two."""


Settle = Callable[[float, float], bool]


class Tracked(Protocol):
    """What stands on the board; each subject has one entry at most."""

    entity: int
    """What its keyed draws are keyed by."""
    known: float
    """Moment from which the last that somebody has learned of it dates."""
    flagged: float | None
    """When somebody first saw that it had no owner or two, and who that was."""
    flagged_by: str | None
    mediated: float | None
    """When somebody first left it with one owner, and who that was."""
    mediated_by: str | None


@dataclass(slots=True, eq=False)
class Entry:
    """One subject on the board."""

    subject: Tracked
    community: int
    settle: Settle
    """Called as ``settle(hour, spent)`` to leave it one owner, after so many hours; tells whether it did."""
    owners: int = GONE
    """As the board shows."""
    since: float = 0.0
    """When the change that shows happened."""
    now: int = GONE
    """Owners in truth."""
    looked: float = -1.0
    """When the tracker last looked at it."""
    brought: float = -1.0
    """Of which change the tracker has had the last word."""
    tries: int = 0
    """Tries of the tracker at mediating."""
    news: list[tuple[float, int]] = field(default_factory=list)
    """Changes that do not show yet."""

    @property
    def amiss(self) -> bool:
        """Whether the board shows no owner or two, and the tracker has not dealt with it."""
        return self.owners in {ORPHAN, CONTESTED} and self.brought != self.since


class Board:
    """The board of all communities.

    Args:
        communities: how many there are.
        lag: hours until a change shows.
    """

    def __init__(self, communities: int, lag: float) -> None:
        self.lag = lag
        self.entries: list[dict[Tracked, Entry]] = [{} for _ in range(communities)]

    def clear(self) -> None:
        """Take everything off."""
        for entries in self.entries:
            entries.clear()

    def post(self, hour: float, community: int, subject: Tracked, owners: int, settle: Settle) -> None:
        """The subject has this many owners from ``hour`` on."""
        entries = self.entries[community]
        entry = entries.get(subject)
        if entry is None:
            if owners == GONE:
                return
            entry = entries[subject] = Entry(subject, community, settle)
        if entry.now != owners:
            entry.now = owners
            entry.news.append((hour, owners))

    def shown(self, community: int, hour: float) -> list[Entry]:
        """The entries that show at ``hour``, in the order of posting; closed ones are taken off."""
        shown, gone = [], []
        entries = self.entries[community]
        for entry in entries.values():
            while entry.news and entry.news[0][0] + self.lag <= hour:
                entry.since, entry.owners = entry.news.pop(0)
            if entry.owners != GONE:
                shown.append(entry)
            elif not entry.news:
                gone.append(entry.subject)
        for subject in gone:
            del entries[subject]
        return shown

    def overlooked(self, community: int, subject: Tracked, hour: float) -> bool:
        """Whether it is on the board, and the tracker has not got to it today."""
        entry = self.entries[community].get(subject)
        return entry is not None and entry.looked < 24.0 * (hour // 24.0)


@dataclass(slots=True)
class Tally:
    """What one person did in one month to know how cases stand."""

    looks: int = 0
    age: float = 0.0
    """Sum over looks of the age of what was known before."""
    flagged: int = 0
    mediated: int = 0
    refused: int = 0
    """Tries at mediating that owners did not heed."""
    in_vain: int = 0
    """Flagged entries with which nothing was amiss any more, or nothing could be changed."""


class Watch:
    """Who watched the cases of which community in which month.

    Args:
        month: months since the start, by day.
    """

    def __init__(self, month: Any) -> None:
        self._month = month
        self._tallies: dict[tuple[int, int, str], Tally] = {}

    def of(self, hour: float, community: int, by: str) -> Tally:
        """The tally to add to."""
        key = (int(self._month[int(hour // 24.0)]), community, by)
        return self._tallies.setdefault(key, Tally())

    def flag(self, hour: float, community: int, subject: Tracked, by: str) -> None:
        """Somebody sees that the subject has no owner or two."""
        self.of(hour, community, by).flagged += 1
        if subject.flagged is None:
            subject.flagged, subject.flagged_by = hour, by

    def mediate(self, hour: float, community: int, subject: Tracked, by: str) -> None:
        """Somebody leaves the subject with one owner."""
        self.of(hour, community, by).mediated += 1
        if subject.mediated is None:
            subject.mediated, subject.mediated_by = hour, by

    def rows(self) -> list[dict[str, Any]]:
        """A row per month, community and person who looked, in that order."""
        return [
            {
                "month": month,
                "community": community,
                "by": by,
                "looks": tally.looks,
                "staleness_h": tally.age / tally.looks if tally.looks else None,
                "flagged": tally.flagged,
                "mediated": tally.mediated,
                "refused": tally.refused,
                "in_vain": tally.in_vain,
            }
            for (month, community, by), tally in sorted(self._tallies.items())
        ]

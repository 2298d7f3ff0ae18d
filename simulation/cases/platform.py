"""The platform's tracker: goes through the board, sees what has no owner or two, and brings it to mediation.

A tracker looks at as many entries as the minutes allow, those looked at longest ago first, and sees what the
board shows, which is the truth of some hours ago. What is amiss is brought to the hub's coordinator at once,
who decides. Where there is no hub the tracker mediates alone: it takes minutes for each try, and owners need
not heed.
"""

from collections.abc import Callable

from agents.working_time import MEDIATE, TRACK
from scenarios.platform import Platform as Rule
from simulation.cases.board import CONTESTED, ORPHAN, Board, Entry, Watch
from simulation.chance import draw, key_of
from simulation.community.roster import OFFICE_HOURS
from simulation.state import State

TRACKER = "tracker"


class Platform:
    """The trackers of all communities.

    Args:
        state: the run.
        board: what they watch.
        account: of who looks.
        bring: called as ``bring(hour, entry)`` with what the hub is to decide.
    """

    def __init__(
        self, state: State, board: Board, account: Watch, bring: Callable[[float, Entry], None]
    ) -> None:
        self.state = state
        self.board = board
        self.account = account
        self.bring = bring
        self._heeded = key_of(state.seed, "platform.heeded")

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.platform

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.platform

    def begin_day(self, day: int) -> None:
        """Put the trackers' rounds of the board on the agenda."""
        if self.on and self.state.calendar.working[day]:
            opens, closes = OFFICE_HOURS
            for scan in range(self.rule.scans):
                hour = 24.0 * day + opens + scan * (closes - opens) / self.rule.scans
                self.state.agenda.at(hour, self._scan)

    def _scan(self, hour: float) -> None:
        working = self.state.working
        look = 60.0 * self.rule.look * self.state.scenario.digital.look
        for community in range(len(self.board.entries)):
            entries = self.board.shown(community, hour)
            tracker = self.state.roster.trackers + community
            span = len(entries)
            if look > 0.0:
                span = min(span, int(working.left[tracker] / look + 1e-9))
            if not span or not working.suffices(tracker, span * look, hour):
                continue
            entries.sort(key=lambda entry: entry.looked)
            done = working.book(tracker, span * look, TRACK, hour)
            tally = self.account.of(hour, community, TRACKER)
            tally.looks += span
            for place, entry in enumerate(entries[:span], 1):
                entry.looked = hour
                tally.age += hour - entry.subject.known
                entry.subject.known = hour - self.board.lag
                if entry.amiss:
                    self.state.agenda.at(done - (span - place) * look / 60.0, self._flag, entry)

    def _flag(self, hour: float, entry: Entry) -> None:
        self.account.flag(hour, entry.community, entry.subject, TRACKER)
        tracker, minutes = self.state.roster.trackers + entry.community, 60.0 * self.rule.mediate
        if self.state.scenario.mechanisms.hub:
            entry.brought = entry.since
            self.bring(hour, entry)
        elif self.state.working.suffices(tracker, minutes, hour):
            entry.brought = entry.since
            done = self.state.working.book(tracker, minutes, MEDIATE, hour)
            self.state.agenda.at(done, self._mediate, entry)

    def _mediate(self, hour: float, entry: Entry) -> None:
        """Without a hub: owners heed the tracker, or it is tried again at the next round."""
        tally = self.account.of(hour, entry.community, TRACKER)
        heeded = draw(self._heeded, entry.subject.entity, entry.tries) < self.rule.authority
        entry.tries += 1
        if entry.now in {ORPHAN, CONTESTED} and not heeded:
            tally.refused += 1
            entry.brought = -1.0
        elif entry.settle(hour, self.rule.mediate):
            self.account.mediate(hour, entry.community, entry.subject, TRACKER)
        else:
            tally.in_vain += 1

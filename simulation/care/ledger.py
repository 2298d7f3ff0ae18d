"""The ledger: a file for each vulnerable resident (一人一档), a paired member, one visit a week.

A visit falls due on a day of the week that is drawn anew each week, is tried again for some days where it
fails, and then is missed. Whoever calls on or talks to a vulnerable resident without a file may see that it
is missing; the party branch opens one, and a member is found for it.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.working_time import CARE, FILING, PAIRED_VISIT, SURVEY
from scenarios.ledger import Ledger as Rule
from simulation.care.needs import Needs
from simulation.care.pairs import Pairing
from simulation.cases.finding import Finding, occasion
from simulation.chance import draws, key_of
from simulation.community.roster import OFFICE_HOURS
from simulation.notices.notices import Notices
from simulation.notices.spread import CHANNELS
from simulation.resources.listing import PAIRED_VISIT as BY_PAIRED_VISIT
from simulation.resources.listing import Listing
from simulation.rounds.rounds import Rounds
from simulation.satisfaction.evening import VISITED
from simulation.state import State

VISIT = CHANNELS.index("visit")
WEEK = 7
COLUMNS = (
    "week",
    "community",
    "days",
    "vulnerable",
    "files",
    "paired",
    "due",
    "held",
    "made_up",
    "missed",
    "closed_doors",
    "out_of_time",
    "wants_listed",
)

Longs = NDArray[np.int64]


class Ledger:
    """The register, its pairs and their visits.

    Args:
        state: the run.
        pairing: who is paired with whom.
        notices: what members may tell.
        rounds: the other rounds of the day, into whose table visits are entered.
        finding: what becomes of a trouble that a member is told of.
        listing: the list that wants go on which a member finds.
    """

    def __init__(
        self,
        state: State,
        pairing: Pairing,
        notices: Notices,
        rounds: Rounds,
        finding: Finding,
        listing: Listing,
    ) -> None:
        self.state = state
        self.pairing, self.pairs = pairing, pairing.pairs
        self.notices = notices
        self.rounds = rounds
        self.finding = finding
        self.listing = listing
        self.needs = Needs(state)
        people, pairs = state.population, self.pairs
        community = people.building_community[people.household_building[people.household]]
        self._community, self._member_community = community[pairs.resident], community[pairs.person]
        self._actor = _actors(state, pairing)
        self._needs_from, self._needs = by_file(self.needs.resident, pairs.resident, people.residents)
        self._wants_from, self._wants = by_file(state.fate.wanted.resident, pairs.resident, people.residents)
        self._drawn = np.full(len(pairs.resident), -1, dtype=np.int8)
        self._held = np.full(len(pairs.resident), -1, dtype=np.int8)
        self._counts = np.zeros((len(pairs.person), 6), dtype=np.int64)
        self._week_counts = np.zeros((people.communities, 3), dtype=np.int64)
        self._asked = np.zeros(len(pairs.resident), dtype=np.bool_)
        self._to_file: list[int] = []
        self._days = self._week = 0
        self._weeks: list[Longs] = []
        self._presence = np.zeros((3, 4))
        names = ("presence", "visit_day", "finds_need", "finds_want", "sees_no_file")
        self._presence_key, self._day_key, self._need_key, self._want_key, self._file_key = (
            key_of(state.seed, name) for name in names
        )
        self._walk = self._ways()

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.ledger

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.ledger

    def adopt(self) -> None:
        """Take up the rules as they are now."""
        self.needs.adopt()
        self._walk = self._ways()

    def begin_day(self, day: int) -> None:
        """Put the day's visits, and files to be opened, on the agenda."""
        if not self.on:
            return
        start, pairs = 24.0 * day, self.pairs
        if day // WEEK != self._week or day % WEEK == 0:
            self._close_week()
            self._week = day // WEEK
            drawn = np.floor(WEEK * draws(self._day_key, pairs.resident, self._week)).astype(np.int8)
            whole = day % WEEK == 0  # in a week in which the ledger begins later nothing falls due
            self._drawn[:] = np.where(pairs.registered & whole, drawn, -1)
            self._held[:] = -1
        self._presence = self.state.presence(day)
        for file in self._to_file:
            self.state.agenda.at(start + OFFICE_HOURS[0], self._file, file)
        self._to_file.clear()
        begin = self.rule.workday_from if self.state.calendar.working[day] else self.rule.restday_from
        self.state.agenda.at(start + begin, self._visit, day)

    def end_day(self, day: int) -> None:
        """What visits and needs do to satisfaction, who was seen to have no file, the day's counts."""
        self.needs.end_day(day)
        if not self.on:
            return
        satisfaction, pairs = self.state.satisfaction, self.pairs
        visited = pairs.resident[self._held == day % WEEK]
        satisfaction.move(visited, VISITED, satisfaction.rule.paired_visit)
        seen = ~pairs.registered & ~self._asked & (satisfaction.visits[pairs.resident] > 0)
        seen &= draws(self._file_key, pairs.resident, day) < self.rule.noticed
        self._asked |= seen
        self._to_file = np.flatnonzero(seen).tolist()
        np.add.at(self._week_counts, self._member_community, self._counts[:, 3:])
        self._counts[:, 3:] = 0
        self.rounds.enter(day, "paired_member", self._member_community, self._counts[:, :3])
        self._days += 1

    def table(self) -> pd.DataFrame:
        """A row for every week and community; the last week may have fewer days."""
        weeks = [*self._weeks, self._this_week()] if self._days else self._weeks
        rows = np.concatenate(weeks) if weeks else np.zeros((0, len(COLUMNS)), dtype=np.int64)
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _visit(self, hour: float, day: int) -> None:
        state, rule, pairs = self.state, self.rule, self.pairs
        people, working = state.population, state.working
        log = np.empty((len(pairs.resident), 3), dtype=np.int64)
        rows = state.kernels.pair_day(
            round(hour * 60.0),
            1440 * day + round(rule.until * 60.0),
            day % WEEK,
            self._actor,
            pairs.person,
            pairs.files,
            pairs.resident,
            self._walk,
            self._drawn,
            self._held,
            rule.make_up,
            60.0 * rule.stay,
            self._known(hour),
            self.notices.keys,
            VISIT,
            self.notices.listens,
            people.household,
            people.presence,
            self._presence,
            np.uint64(self._presence_key),
            self._needs_from,
            self._needs,
            self.needs.arose,
            self.needs.found,
            self.needs.met,
            self.needs.lacks,
            rule.needs.fades,
            rule.needs.found,
            np.uint64(self._need_key),
            self._wants_from,
            self._wants,
            state.fate.wanted.arose,
            state.fate.wanted.expires,
            self.listing.wants,
            self.listing.want_channel,
            self.listing.asked,
            60.0 * rule.wants.writing,
            rule.wants.found if state.scenario.resources.lists else 0.0,
            np.uint64(self._want_key),
            BY_PAIRED_VISIT,
            working.left,
            working.spent,
            PAIRED_VISIT,
            CARE,
            SURVEY,
            state.troubled,
            self.rounds.wanted_more,
            self._counts,
            log,
            state.trails.room(len(pairs.resident)),
        )
        for member, minute, resident in log[:rows].tolist():
            actor = int(self._actor[member])
            when = occasion(minute, actor)
            state.agenda.at(max(hour, minute / 60.0), self.finding.paired_visit, resident, actor, when)

    def _known(self, hour: float) -> Longs:
        """(M,) mask of the live notices that each member knows as a resident."""
        person = self.pairs.person
        known = np.zeros(len(person), dtype=np.int64)
        for notice in self.notices.live:
            mine = slice(*np.searchsorted(person, (notice.first, notice.last)).tolist())
            heard = self.notices.keys[notice.slot, person[mine]] >> 36 <= int(hour * 60.0)
            known[mine] |= heard * notice.bit
        return known

    def _file(self, hour: float, file: int) -> None:
        branch = self.state.roster.branches + int(self._community[file])
        done = self.state.working.book(branch, 60.0 * self.rule.filing, FILING, hour)
        self.state.agenda.at(done, self._filed, file)

    def _filed(self, _hour: float, file: int) -> None:
        """A file is opened; its first visit falls due in the week that follows."""
        self.pairs.registered[file] = True
        self.pairing.pair(file)
        self._walk = self._ways()

    def _ways(self) -> NDArray[np.float64]:
        """(V,) minutes there and back between each file's home and its member's."""
        people, pairs, rule = self.state.population, self.pairs, self.rule
        if not len(pairs.person):
            return np.zeros(len(pairs.resident))
        home = people.household_building[people.household[pairs.resident]]
        other = people.household_building[people.household[pairs.person[pairs.member]]]
        metres = np.hypot(people.x_m[home] - people.x_m[other], people.y_m[home] - people.y_m[other])
        return np.asarray(60.0 * (rule.walk + 2.0 * metres / 1000.0 / rule.pace))

    def _close_week(self) -> None:
        if self._days:
            self._weeks.append(self._this_week())
        self._days = 0
        self._week_counts[:] = 0

    def _this_week(self) -> Longs:
        """(C, columns) of the week that runs."""
        due = (self._drawn >= 0) & (self._drawn < self._days)
        held = self._held >= 0
        on_time = held & (self._held == self._drawn)
        places = self.state.population.communities
        count = [
            np.bincount(self._community[which], minlength=places)
            for which in (self._drawn >= -1, self._drawn >= 0, (self._drawn >= 0) & (self.pairs.member >= 0))
        ]
        visits = [
            np.bincount(self._community[which], minlength=places)
            for which in (due, held, held & ~on_time, due & ~held)
        ]
        week = np.full((places, 3), (self._week, 0, self._days), dtype=np.int64)
        week[:, 1] = np.arange(places)
        return np.column_stack((week, *count, *visits, self._week_counts))


def by_file(owner: Longs, residents: Longs, end: int) -> tuple[Longs, Longs]:
    """Rows owned by each of ``residents`` (ascending, below ``end``): first entry of each, and the rows."""
    rows = np.flatnonzero(np.isin(owner, residents))
    order = rows[np.argsort(owner[rows], kind="stable")]
    return np.searchsorted(owner[order], np.append(residents, end)), order


def _actors(state: State, pairing: Pairing) -> NDArray[np.int32]:
    """Row of each member in the working time: the own one, or that of the role they have already."""
    roster, pairs = state.roster, pairing.pairs
    rows = np.full(state.population.residents, -1, dtype=np.int32)
    for block in (slice(roster.leaders, roster.workers), slice(roster.members, None)):
        person = roster.person[block]
        here = person < state.population.residents
        rows[person[here]] = np.arange(len(roster.person), dtype=np.int32)[block][here]
    return rows[pairs.person]

"""Rounds of the day: grid workers on patrol, centre households (and grid workers) knocking on doors.

A round is one compiled pass over everybody who makes it; what visitors are told on it comes back as a log and
is put on the agenda at its minute.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.working_time import DOORS, PATROL
from simulation.cases.finding import Finding, occasion
from simulation.chance import key_of
from simulation.community.population import Ints, Organisation
from simulation.notices.notices import Notices
from simulation.notices.spread import CHANNELS
from simulation.rounds.patrol import TALKED, most_rows
from simulation.state import State

CENTRE, WORKER = CHANNELS.index("centre_household"), CHANNELS.index("grid_worker")
Longs = NDArray[np.int64]


@dataclass(slots=True)
class Knockers:
    """A set of people who go from door to door, each with homes of their own, K of them."""

    actor: Ints
    person: Longs
    homes_from: Longs
    homes: Ints
    pointer: Ints
    counts: Longs
    """(K, 3) knocks, doors opened, notices told; emptied every day."""
    community: Ints
    channel: int
    name: str


class Rounds:
    """All rounds of a run.

    Attributes:
        visits: rows of the table ``visits``.
    """

    def __init__(self, state: State, notices: Notices, finding: Finding) -> None:
        self.state = state
        self.notices = notices
        self.finding = finding
        self.wanted_more = np.zeros(len(state.roster.role), dtype=np.bool_)
        self.visits: list[dict[str, Any]] = []
        self._presence = np.zeros((3, 4))
        self._presence_key = np.uint64(key_of(state.seed, "presence"))
        self._talk_key = np.uint64(key_of(state.seed, "talk"))
        self._opens_key = np.uint64(key_of(state.seed, "opens"))
        organisation, roster = state.organisation, state.roster
        workers = np.arange(len(organisation.worker_grid), dtype=np.int32)
        self._actor = (roster.workers + workers).astype(np.int32)
        self._person = roster.person[roster.workers : roster.members]
        self._pointer = _spread_out(organisation)
        self._patrolled = np.zeros((len(workers), 3), dtype=np.int64)
        full = organisation.worker_full_time
        self._full_time, self._part_time = workers[full], workers[~full]
        self._first = state.scenario.notices.doors.vulnerable_first
        self._knocks = state.scenario.patrol.knocks
        self._centres = _centre_knockers(state)
        self._workers = _worker_knockers(state)

    def adopt(self) -> None:
        """Take up the rules as they are now: who has which doors, and in which order."""
        scenario, before = self.state.scenario, (self._first, self._knocks)
        self._first, self._knocks = scenario.notices.doors.vulnerable_first, scenario.patrol.knocks
        if self._first != before[0]:
            self._centres = _centre_knockers(self.state)
        if (self._first, self._knocks) != before:
            self._workers = _worker_knockers(self.state)

    def begin_day(self, day: int) -> None:
        """Put the day's rounds on the agenda."""
        state, start = self.state, 24.0 * day
        scenario = state.scenario
        self._presence = state.presence(day)
        self.wanted_more[:] = False
        patrol, doors, switches = scenario.patrol, scenario.notices.doors, scenario.mechanisms
        working = bool(state.calendar.working[day])
        if switches.patrol:
            if working:
                state.agenda.at(start + patrol.starts, self._walk, self._full_time)
            on_duty = self._part_time[self._on_duty(day)[self._part_time]]
            state.agenda.at(start + patrol.part_time_starts, self._walk, on_duty)
        if switches.tiers and doors.on:
            begin = doors.workday_from if working else doors.restday_from
            carried = self.notices.tiers.centres_carry
            state.agenda.at(start + begin, self._knock, day, self._centres, doors.until, carried)
        if switches.patrol and patrol.knocks:
            begin = patrol.part_time_starts + patrol.duration
            if begin < doors.until:
                state.agenda.at(start + begin, self._knock_after_patrol, day, doors.until)

    def end_day(self, day: int) -> None:
        """Enter the day's visits into their table."""
        for knockers in (self._centres, self._workers):
            self.enter(day, knockers.name, knockers.community, knockers.counts)
        grids = self.state.organisation
        community = grids.grid_community[grids.worker_grid]
        self.enter(day, "patrol", community, self._patrolled)

    def homes_left(self) -> Longs:
        """(A,) homes on everybody's list at whose doors a notice that they know is still to be told now."""
        left = np.zeros(len(self.wanted_more), dtype=np.int64)
        tiers = self.notices.tiers
        for knockers, carried in (
            (self._centres, tiers.centres_carry),
            (self._workers, tiers.workers_carry),
        ):
            owner = np.repeat(np.arange(len(knockers.actor)), np.diff(knockers.homes_from))
            due = (self.notices.todo[knockers.homes] & carried[owner]) != 0
            left[knockers.actor] += np.bincount(owner[due], minlength=len(knockers.actor))
        return left

    def enter(self, day: int, name: str, community: Ints, counts: Longs) -> None:
        """Add (K, 3) knocks, doors opened and notices told into the table, and empty them."""
        if not counts.any():
            return
        sums = np.zeros((self.state.population.communities, 3), dtype=np.int64)
        np.add.at(sums, community, counts)
        counts[:] = 0
        for place in np.flatnonzero(sums.any(axis=1)).tolist():
            knocks, opened, told = sums[place].tolist()
            row = {"day": day, "community": place, "by": name, "knocks": knocks, "opened": opened}
            self.visits.append({**row, "told": told})

    def _walk(self, hour: float, workers: Ints) -> None:
        state, rule = self.state, self.state.scenario.patrol
        people, organisation, working = state.population, state.organisation, state.working
        look = 60.0 * rule.look / state.effort[self._actor]
        quickest = float(look[workers].min(initial=np.inf))
        most = most_rows(60.0 * rule.duration, quickest, 60.0 * rule.talk, rule.talks)
        log = np.empty((len(workers) * most, 4), dtype=np.int64)
        rows = self._keeping_back(
            self._actor[workers],
            lambda: state.kernels.walk_day(
                round(hour * 60.0),
                workers,
                self._actor,
                self._person,
                organisation.worker_grid,
                60.0 * rule.duration,
                self._pointer,
                organisation.grid_buildings_from,
                organisation.grid_buildings,
                people.households_from,
                people.residents_from,
                people.household,
                self.notices.tiers.workers_carry,
                rule.tells,
                self.notices.keys,
                WORKER,
                self.notices.listens,
                people.presence,
                self._presence,
                self._presence_key,
                self._talk_key,
                rule.meets,
                look,
                60.0 * rule.talk,
                rule.talks,
                working.left,
                working.spent,
                PATROL,
                state.looks_at,
                state.troubled,
                state.satisfaction.visits,
                self._patrolled,
                log,
                state.trails.room(len(workers) * most),
            ),
        )
        for kind, place, worker, minute in log[:rows].tolist():
            actor = int(self._actor[worker])
            act = self.finding.talked if kind == TALKED else self.finding.looked
            state.agenda.at(max(hour, minute / 60.0), act, place, actor, occasion(minute, actor))

    def _on_duty(self, day: int) -> NDArray[np.bool_]:
        """(W,) whether each grid worker serves on ``day``; part-time ones on days spread over the week."""
        organisation, days = self.state.organisation, self.state.scenario.patrol.part_time_days
        turn = day + np.arange(len(organisation.worker_grid))  # a team takes turns
        return organisation.worker_full_time | (turn * days % 7 < days)

    def _knock_after_patrol(self, hour: float, day: int, until: float) -> None:
        carried = np.where(self._on_duty(day), self.notices.tiers.workers_carry, 0)
        self._knock(hour, day, self._workers, until, carried)

    def _knock(self, hour: float, day: int, knockers: Knockers, until: float, carried: Longs) -> None:
        if not carried.any():
            return
        state, rule = self.state, self.state.scenario.notices.doors
        people, working = state.population, state.working
        if rule.vulnerable_first:
            knockers.pointer[:] = 0
        log = np.empty((int(np.count_nonzero(state.troubled)), 3), dtype=np.int64)
        rows = self._keeping_back(
            knockers.actor,
            lambda: state.kernels.knock_day(
                round(hour * 60.0),
                1440 * day + round(until * 60.0),
                knockers.actor,
                knockers.person,
                knockers.homes_from,
                knockers.homes,
                knockers.pointer,
                carried,
                self.notices.todo,
                self.notices.tries,
                self._opens_key,
                self.notices.keys,
                knockers.channel,
                self.notices.listens,
                people.residents_from,
                people.presence,
                self._presence,
                self._presence_key,
                60.0 * rule.visit,
                60.0 * rule.tell,
                60.0 * rule.knock,
                rule.attempts,
                working.left,
                working.spent,
                DOORS,
                state.troubled,
                state.satisfaction.visits,
                self.wanted_more,
                knockers.counts,
                log,
                state.trails.room(len(knockers.homes)),
            ),
        )
        for number, minute, resident in log[:rows].tolist():
            actor = int(knockers.actor[number])
            when = occasion(minute, actor)
            state.agenda.at(max(hour, minute / 60.0), self.finding.visited, resident, actor, when)

    def _keeping_back(self, actors: Ints, make_round: Callable[[], int]) -> int:
        """Make a round without the minutes that are kept for what comes up on it."""
        left = self.state.working.left
        kept = np.minimum(left[actors], 60.0 * self.state.scenario.minutes.kept_back)
        left[actors] -= kept
        rows = make_round()
        left[actors] += kept
        return rows


def _spread_out(organisation: Organisation) -> Ints:
    """Where each grid worker's first patrol begins, so that a team does not walk in file."""
    grid = organisation.worker_grid
    team = np.bincount(grid, minlength=len(organisation.grid_community))
    place = np.arange(len(grid)) - np.searchsorted(grid, grid)
    rooms = np.diff(organisation.grid_buildings_from)
    return np.asarray(rooms[grid] * place // np.maximum(team[grid], 1), dtype=np.int32)


def _centre_knockers(state: State) -> Knockers:
    """Each centre household has its share of the other homes of its building."""
    people, organisation = state.population, state.organisation
    shares: list[list[int]] = [[] for _ in organisation.centre_household]
    own = set(organisation.centre_household.tolist())
    for building in np.flatnonzero(np.diff(organisation.centres_from)).tolist():
        first, last = organisation.centres_from[building : building + 2].tolist()
        homes = range(*people.households_from[building : building + 2].tolist())
        for place, home in enumerate(home for home in homes if home not in own):
            shares[first + place * (last - first) // max(1, len(homes) - (last - first))].append(home)
    roster = state.roster
    actors = np.arange(roster.centres, roster.centres + len(shares), dtype=np.int32)
    return _knockers(state, actors, shares, CENTRE, "centre_household")


def _worker_knockers(state: State) -> Knockers:
    """Each grid worker has a share of the homes of the grid."""
    organisation, roster = state.organisation, state.roster
    workers = organisation.worker_grid
    team: dict[int, list[int]] = {}
    for worker, grid in enumerate(workers.tolist()):
        team.setdefault(grid, []).append(worker)
    shares: list[list[int]] = [[] for _ in workers]
    if state.scenario.patrol.knocks:
        for home, grid in enumerate(organisation.household_grid.tolist()):
            mine = team.get(grid, [])
            if mine:
                shares[mine[home % len(mine)]].append(home)
    actors = np.arange(roster.workers, roster.workers + len(shares), dtype=np.int32)
    return _knockers(state, actors, shares, WORKER, "grid_worker")


def _knockers(state: State, actors: Ints, shares: list[list[int]], channel: int, name: str) -> Knockers:
    if state.scenario.notices.doors.vulnerable_first:
        people = state.population
        counts = np.add.reduceat(people.vulnerable.astype(np.int64), people.residents_from[:-1])
        shares = [sorted(share, key=lambda home: counts[home] == 0) for share in shares]
    flat = [home for share in shares for home in share]
    return Knockers(
        actor=actors,
        person=state.roster.person[actors],
        homes_from=np.concatenate(([0], np.cumsum([len(share) for share in shares], dtype=np.int64))),
        homes=np.array(flat, dtype=np.int32),
        pointer=np.zeros(len(shares), dtype=np.int32),
        counts=np.zeros((len(shares), 3), dtype=np.int64),
        community=state.roster.community[actors],
        channel=channel,
        name=name,
    )

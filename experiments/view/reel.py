"""A reel: all that the page shows of one day of a run, as plain data.

A reel stands alone: it holds how things stood when the day began and what happened at which minute, so that
the page can show any moment of it, forward or back. Positions are numbers of buildings; see
:mod:`experiments.view.place` for where they are.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from gzip import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.working_time import ACTIVITIES
from simulation.case import Case
from simulation.model import CommunityModel
from simulation.notices.live import Live
from simulation.trails import PLACES

STATES = (
    "unfound",
    "found",
    "uploaded",
    "dispatched",
    "working",
    "orphan",
    "closed_unsolved",
    "resolved",
    "fed_back",
    "given_up",
    "faded",
)
"""Where a case can stand, see :attr:`simulation.case.Case.state`; reels hold the place in this list."""
SOLVED = STATES.index("resolved")
"""From here on a case is over."""
STEPS = {
    "found": "found",
    "uploaded": "uploaded",
    "dispatched": "dispatched",
    "started": "working",
    "closed": "closed_unsolved",
    "resolved": "resolved",
    "fed_back": "fed_back",
    "given_up": "given_up",
    "faded": "faded",
}
"""What happens to a case, in the order in which it happens at one moment, and where it stands then."""
WORK = (*ACTIVITIES, "sort", "solve")
"""What minutes are spent on: everybody with a role, desks, and handlers that count."""
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Day:
    """What is kept of a day that was lived, for whoever asks about it."""

    reel: bytes
    """All that the page shows of it, as gzipped JSON."""
    totals: dict[str, Any]
    """What it adds to the charts; part of the reel."""
    steps: NDArray[np.int32]
    """The day's trails, see :meth:`simulation.trails.Trails.take`."""
    spent: NDArray[np.float32]
    """(rows, 4) actor, activity, minutes spent on it today, minutes of it owed this evening."""
    wanted_more: NDArray[np.int32]
    """Actors whose round ended for want of time."""
    homes_left: NDArray[np.int32]
    """(rows, 2) actor, homes where a notice that they know is still to be told this evening."""


class Reeling:
    """Lives a run day by day and makes the reel of each.

    Args:
        model: traced, and at hour 0.
    """

    def __init__(self, model: CommunityModel) -> None:
        self.model = model
        state = model.state
        self._first = state.population.residents_from[state.population.households_from][:-1]
        self._sizes = np.diff(np.append(self._first, state.population.residents))
        self._home_building = state.population.household_building[state.population.household]
        self._states: list[int] = []
        self._satisfaction = self._satisfied()
        self._waiting = self._unmet()
        self._minutes = np.zeros(len(WORK))
        self._spent = state.working.spent.copy()

    def live(self) -> Day:
        """Live the next day."""
        self.model.run_for(24.0)
        steps = self.model.state.trails.take()
        wanting = np.flatnonzero(self.model.rounds.wanted_more).astype(np.int32)
        left = self.model.rounds.homes_left()
        actors = np.flatnonzero(left)
        homes_left = np.column_stack((actors, left[actors])).astype(np.int32)
        reel, spent = self._reel(steps), self._spent_today()
        return Day(pack(reel), reel["totals"], steps.astype(np.int32), spent, wanting, homes_left)

    def _spent_today(self) -> NDArray[np.float32]:
        working = self.model.state.working
        today, self._spent = working.spent - self._spent, working.spent.copy()
        actor, activity = np.nonzero((today > 0.0) | (working.owed > 0.0))
        columns = (actor, activity, today[actor, activity], working.owed[actor, activity])
        return np.column_stack(columns).astype(np.float32)

    def _reel(self, steps: Ints) -> dict[str, Any]:
        model, day = self.model, self.model.day - 1
        calendar = model.state.calendar
        before, self._satisfaction = self._satisfaction, self._satisfied()
        waited, self._waiting = self._waiting, self._unmet()
        return {
            "day": day,
            "date": (model.asked.start + timedelta(days=day)).isoformat(),
            "working": bool(calendar.working[day]),
            "notices": [self._notice(notice, day) for notice in self._live()],
            "cases": self._cases(day),
            "steps": self._steps(steps, day),
            "satisfaction": [before, self._satisfaction],
            "unmet": [waited, self._waiting],
            "totals": self._totals(day),
        }

    def _live(self) -> list[Live]:
        notices = self.model.notices
        return sorted([*notices.live, *notices.ended], key=lambda notice: notice.number)

    def _notice(self, notice: Live, day: int) -> dict[str, Any]:
        """How many of its audience knew it in each building at the start, and who hears at which minute."""
        model = self.model
        keys = model.notices.keys[notice.slot, notice.first : notice.last][notice.audience]
        building = self._home_building[notice.first : notice.last][notice.audience]
        minute = (keys >> 36) - 1440 * day
        count = model.state.population.buildings
        today = (minute >= 0) & (minute < 1440)
        order = np.argsort(minute[today], kind="stable")
        return {
            "id": notice.number,
            "issued": round(notice.hour, 3),
            "ends": notice.ends,
            "kind": notice.kind,
            "audience": np.bincount(building, minlength=count).tolist(),
            "knew": np.bincount(building[minute < 0], minlength=count).tolist(),
            "minutes": minute[today][order].tolist(),
            "buildings": building[today][order].tolist(),
        }

    def _cases(self, day: int) -> dict[str, Any]:
        """Cases that were on the way when the day began, those that arose, and every step they took."""
        cases = self.model.cases.all
        known = len(self._states)
        shown, moves = [], []
        for number, case in enumerate(cases):
            at_start = self._states[number] if number < known else -1
            if at_start >= SOLVED and not _solved_lately(case, day):
                continue
            shown.append(
                [case.number, case.building, case.kind, at_start, case.household, round(case.arose, 2)]
            )
            moves += _moves(case, day, at_start)
        self._states = [STATES.index(case.state) for case in cases]
        return {"open": shown, "moves": sorted(moves)}

    def _steps(self, steps: Ints, day: int) -> dict[str, list[int]]:
        """Where people were on their rounds: columns of actor, minute of the day, kind and building."""
        people = self.model.state.population
        homes = self._home_building, people.household_building
        place = steps[:, 3].copy()
        for kind, name in enumerate(PLACES):
            mine = steps[:, 2] == kind
            if name != "building":
                place[mine] = homes[int(name == "home")][place[mine]]
        return {
            "actor": steps[:, 0].tolist(),
            "minute": (steps[:, 1] - 1440 * day).tolist(),
            "kind": steps[:, 2].tolist(),
            "building": place.tolist(),
        }

    def _satisfied(self) -> list[float]:
        """Mean satisfaction of each building's residents."""
        sums = np.add.reduceat(self.model.state.satisfaction.level, self._first)
        values: list[float] = np.round(sums / self._sizes, 1).tolist()
        return values

    def _unmet(self) -> list[int]:
        """Needs of vulnerable residents that wait in each building this evening."""
        needs, now = self.model.ledger.needs, 24.0 * self.model.day
        last = int(np.searchsorted(needs.arose, now))
        first = int(np.searchsorted(needs.arose, now - needs.rule.fades))
        waiting = needs.resident[first:last][needs.met[first:last] == np.inf]
        counts = np.bincount(self._home_building[waiting], minlength=self.model.state.population.buildings)
        values: list[int] = counts.tolist()
        return values

    def _totals(self, day: int) -> dict[str, Any]:
        """What the day adds to the charts."""
        model = self.model
        state, timeline = model.state, model.timeline
        worked = _worked(model)
        minutes, self._minutes = worked - self._minutes, worked
        counts = np.bincount(self._states, minlength=len(STATES))
        causes = state.satisfaction.ledger[:, :, 0].sum(axis=0) / state.population.residents
        solved = [
            [case.kind, round(case.resolved - case.uploaded, 2)]
            for case in model.cases.all
            if case.uploaded is not None
            and case.resolved is not None
            and 24.0 * day < case.resolved <= 24.0 * (day + 1)
        ]
        vulnerable = timeline.vulnerable[-1]
        return {
            "states": counts.tolist(),
            "solved": solved,
            "causes": np.round(causes, 4).tolist(),
            "satisfaction": [
                round(timeline.mean[-1], 3),
                round(timeline.worst[-1], 3),
                None if vulnerable is None else round(vulnerable, 3),
            ],
            "informed": timeline.informed[-1],
            "minutes": np.round(minutes, 1).tolist(),
        }


def _solved_lately(case: Case, day: int) -> bool:
    """Whether a case that is over ended so lately that it is still shown, or took a step today."""
    return any(getattr(case, name) is not None and getattr(case, name) > 24.0 * (day - 1) for name in STEPS)


def _moves(case: Case, day: int, at_start: int) -> list[list[int]]:
    """[minute of the day, case, place in STATES] for every step of a case today."""
    start, end = 24.0 * day, 24.0 * (day + 1)
    moves = []
    if start <= case.arose < end:
        moves.append([int(60.0 * (case.arose - start)), case.number, 0])
    for name, reached in STEPS.items():
        hour = getattr(case, name)
        if hour is not None and start < hour <= end and not (name == "closed" and hour == case.resolved):
            moves.append([min(1439, int(60.0 * (hour - start))), case.number, STATES.index(reached)])
    now = STATES.index(case.state)
    reached_last = max(moves)[2] if moves else at_start
    if reached_last != now:  # it fell back: refused, opened again, or left without an owner
        moves.append([1439, case.number, now])
    return moves


def _worked(model: CommunityModel) -> NDArray[np.float64]:
    """Minutes spent so far on each activity by everybody with a role, by desks and by counted handlers."""
    cases = model.cases
    desks = 60.0 * sum(teams.hours_worked for teams in cases.dispatching.desks)
    handlers = model.asked.handlers
    solving = 60.0 * sum(
        teams.hours_worked
        for name, bodies in cases.handling.teams.items()
        if handlers[name].counted
        for teams in bodies
    )
    return np.append(model.state.working.spent.sum(axis=0), [desks, solving])


def pack(data: Any) -> bytes:
    """Plain data as gzipped JSON, the same bytes for the same data."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return compress(text.encode(), compresslevel=5, mtime=0)

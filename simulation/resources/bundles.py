"""Groups of after-school care: teacher, room and stationery at one time of day for some children, or nothing.

Which groups to form is a mixed-integer program, solved by SciPy's HiGHS. A group is known by its room.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from simulation.resources.listed import Listed
from simulation.resources.offers import ROOM, STATIONERY, TEACHING
from simulation.resources.wants import AFTER_SCHOOL

Longs = NDArray[np.int64]

ROOMS = 12
"""Rooms of one time of day that the program looks at: those with most seats; for large communities."""
NODES = 2000
"""Branches after which the best plan so far is taken; far more than a community of usual size needs."""


@dataclass(slots=True)
class Bundle:
    """One group: places in the lists."""

    room: int
    teacher: int
    stationery: int
    children: list[int]


def best_bundles(listed: Listed) -> list[Bundle]:
    """The groups that are worth most together."""
    rooms, teachers, sets, children = _candidates(listed)
    if not (len(rooms) and len(sets)):
        return []
    return _Program(listed, rooms, teachers, sets, children).solve()


def _candidates(listed: Listed) -> tuple[Longs, Longs, Longs, Longs]:
    """Rooms, teachers, stationery and children from which a group could be formed at all."""
    seats = np.minimum(listed.places, listed.most)
    sets = np.flatnonzero((listed.offer_kind == STATIONERY) & (seats >= listed.least))
    kept: list[list[Longs]] = [[], [], []]
    for slot in np.unique(listed.slot[listed.kind == AFTER_SCHOOL]).tolist():
        free = (listed.offer_slot == slot) & listed.whole & (listed.places > 0)
        rooms = np.flatnonzero(free & (listed.offer_kind == ROOM) & (seats >= listed.least))
        teachers = np.flatnonzero(free & (listed.offer_kind == TEACHING))
        children = np.flatnonzero((listed.kind == AFTER_SCHOOL) & (listed.slot == slot))
        if len(rooms) and len(teachers) and len(children) >= listed.least:
            most = np.sort(rooms[np.argsort(-seats[rooms], kind="stable")[:ROOMS]])
            for part, some in zip(kept, (most, teachers, children), strict=True):
                part.append(some)
    rooms, teachers, children = (
        np.concatenate(part) if part else np.zeros(0, dtype=np.int64) for part in kept
    )
    return rooms, teachers, sets, children


class _Program:
    """Variables: is a group opened in each room; who teaches, who gives, which child, how many sets."""

    def __init__(self, listed: Listed, rooms: Longs, teachers: Longs, sets: Longs, children: Longs) -> None:
        self.listed = listed
        self.rooms, self.sets = rooms, sets
        room_slot = listed.offer_slot[rooms]
        teacher, room = np.nonzero(listed.offer_slot[teachers][:, np.newaxis] == room_slot)
        child, child_room = np.nonzero(listed.slot[children][:, np.newaxis] == room_slot)
        self.teaches = (teachers[teacher], room)
        self.gives = (np.repeat(np.arange(len(sets)), len(rooms)), np.tile(np.arange(len(rooms)), len(sets)))
        self.cares = (children[child], child_room)
        sizes = [len(rooms), len(room), len(self.gives[0]), len(child), len(self.gives[0])]
        self.opened, self.taught, self.given, self.cared, self.amount = np.split(
            np.arange(sum(sizes)), np.cumsum(sizes)[:-1]
        )
        self._rows: list[tuple[Longs, Longs, NDArray[np.float64]]] = []
        self._low: list[float] = []
        self._high: list[float] = []

    def solve(self) -> list[Bundle]:
        listed = self.listed
        teacher, room = self.teaches
        child, child_room = self.cares
        gain = np.zeros(int(self.amount[-1]) + 1)
        gain[self.taught] = listed.teacher_worth[teacher, self.rooms[room]]
        gain[self.cared] = listed.child_worth[child, self.rooms[child_room]] + listed.urgency[child]
        whole = np.zeros(len(gain), dtype=np.int64)
        whole[: int(self.given[-1]) + 1] = 1  # with these fixed the rest is a flow, whole by itself
        self._constrain()
        row, column, value = (np.concatenate(part) for part in zip(*self._rows, strict=True))
        matrix = coo_array((value, (row, column)), shape=(len(self._low), len(gain))).tocsr()
        most = np.ones(len(gain))
        most[self.amount] = listed.most
        found = milp(
            -gain,
            integrality=whole,
            bounds=Bounds(0.0, most),
            constraints=LinearConstraint(matrix, self._low, self._high),
            options={"node_limit": NODES, "mip_rel_gap": 0.0},
        )
        return [] if found.x is None else self._read(found.x > 0.5)

    def _constrain(self) -> None:
        listed, rooms = self.listed, len(self.rooms)
        seats = np.minimum(listed.places[self.rooms], listed.most)
        teacher, room = self.teaches
        child, child_room = self.cares
        for one in np.unique(teacher):
            self._row([(self.taught[teacher == one], 1.0)], high=1.0)
        for one in np.unique(child):
            self._row([(self.cared[child == one], 1.0)], high=1.0)
        for place in range(len(self.sets)):
            mine = self.gives[0] == place
            self._row([(self.amount[mine], 1.0)], high=float(listed.places[self.sets[place]]))
        for place in range(rooms):
            opened = (self.opened[[place]], -1.0)
            inside, sets = self.cared[child_room == place], self.gives[1] == place
            self._row([(self.taught[room == place], 1.0), opened], low=0.0, high=0.0)
            self._row([(self.given[sets], 1.0), opened], low=0.0, high=0.0)
            self._row([(inside, 1.0), (self.opened[[place]], -float(seats[place]))], high=0.0)
            self._row([(inside, 1.0), (self.opened[[place]], -float(listed.least))], low=0.0)
            self._row([(self.amount[sets], 1.0), (inside, -1.0)], low=0.0, high=0.0)
        for amount, given in zip(self.amount.tolist(), self.given.tolist(), strict=True):
            self._row([(np.array([amount]), 1.0), (np.array([given]), -float(listed.most))], high=0.0)

    def _row(self, terms: list[tuple[Longs, float]], low: float = -np.inf, high: float = np.inf) -> None:
        number = len(self._low)
        for columns, factor in terms:
            self._rows.append((np.full(len(columns), number), columns, np.full(len(columns), factor)))
        self._low.append(low)
        self._high.append(high)

    def _read(self, chosen: NDArray[np.bool_]) -> list[Bundle]:
        bundles = []
        for place in np.flatnonzero(chosen[self.opened]).tolist():
            teacher = self.teaches[0][chosen[self.taught] & (self.teaches[1] == place)]
            giver = self.gives[0][chosen[self.given] & (self.gives[1] == place)]
            children = self.cares[0][chosen[self.cared] & (self.cares[1] == place)]
            bundles.append(
                Bundle(int(self.rooms[place]), int(teacher[0]), int(self.sets[giver[0]]), children.tolist())
            )
        return bundles

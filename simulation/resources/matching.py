"""Matching what is on both lists: as well as can be, or first come, first served.

One community at one moment. A want is met by one place of one offer; after-school care takes a teacher, a
room and stationery for a whole group at one time of the day, or nothing
(see :mod:`simulation.resources.bundles`).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from simulation.resources.bundles import Bundle, best_bundles
from simulation.resources.listed import Listed
from simulation.resources.offers import ROOM, STATIONERY, TEACHING
from simulation.resources.wants import AFTER_SCHOOL

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

DENSE = 250_000
"""Largest table of worths that is solved as it stands; above it each want keeps its best offers only."""
NEAREST = 30
"""Offers that each want keeps then."""


@dataclass(slots=True)
class Plan:
    """Which want is to be met by which offer."""

    singles: list[tuple[int, int]] = field(default_factory=list)
    """Want and offer."""
    bundles: list[Bundle] = field(default_factory=list)
    """Groups of after-school care."""

    def worth(self, listed: Listed) -> float:
        """What the plan is worth in all."""
        total = sum(listed.worth[want, offer] + listed.urgency[want] for want, offer in self.singles)
        for bundle in self.bundles:
            total += listed.teacher_worth[bundle.teacher, bundle.room]
            total += sum(listed.child_worth[c, bundle.room] + listed.urgency[c] for c in bundle.children)
        return float(total)


def as_well_as_can_be(listed: Listed) -> Plan:
    """Groups first, as they serve most, then single wants at their best; never worse than as they come."""
    plan = Plan(bundles=best_bundles(listed))
    places = listed.places.copy()
    for bundle in plan.bundles:
        places[[bundle.room, bundle.teacher]] = 0
        places[bundle.stationery] -= len(bundle.children)
    plan.singles = best_singles(listed, places)
    other = as_they_come(listed)
    return plan if plan.worth(listed) >= other.worth(listed) else other


def best_singles(listed: Listed, places: Ints) -> list[tuple[int, int]]:
    """The assignment of single wants to places of offers that is worth most."""
    wants = np.flatnonzero((listed.kind != AFTER_SCHOOL) & (listed.worth > 0.0).any(axis=1))
    if not len(wants):
        return []
    worth = listed.worth[wants]
    worth = np.where(worth > 0.0, worth + listed.urgency[wants, np.newaxis], 0.0)
    columns = np.repeat(np.arange(len(places)), np.minimum(places, len(wants)))
    if len(wants) * len(columns) <= DENSE:
        rows, chosen = linear_sum_assignment(worth[:, columns], maximize=True)
    else:
        rows, chosen = _sparse(worth, columns)
    kept = worth[rows, columns[chosen]] > 0.0
    return list(zip(wants[rows[kept]].tolist(), columns[chosen[kept]].tolist(), strict=True))


def _sparse(worth: Floats, columns: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same among the best offers of each want; one column more for each stands for going without."""
    wants, offers = worth.shape
    kept = np.argpartition(-worth, min(NEAREST, offers - 1), axis=1)[:, :NEAREST]
    near = np.zeros_like(worth, dtype=np.bool_)
    np.put_along_axis(near, kept, values=True, axis=1)
    rows, chosen = np.nonzero((near & (worth > 0.0))[:, columns])
    above = float(worth.max()) + 1.0
    weights = np.concatenate((above - worth[rows, columns[chosen]], np.full(wants, above)))
    rows = np.concatenate((rows, np.arange(wants)))
    chosen = np.concatenate((chosen, len(columns) + np.arange(wants)))
    graph = csr_array((weights, (rows, chosen)), shape=(wants, len(columns) + wants))
    want, column = min_weight_full_bipartite_matching(graph)
    real = column < len(columns)
    return want[real].astype(np.int64), column[real].astype(np.int64)


def as_they_come(listed: Listed) -> Plan:
    """Each want in order of listing takes the first acceptable offer with a place left.

    A child opens a group where teacher, room and stationery happen to be there, and joins one that has a
    seat; groups that stay too small come to nothing.
    """
    plan, places, whole = Plan(), listed.places.copy(), listed.whole.copy()
    acceptable = listed.worth > 0.0
    open_groups: list[Bundle] = []
    for want in range(len(listed.kind)):
        if listed.kind[want] == AFTER_SCHOOL:
            _join(listed, want, places, whole, open_groups)
            continue
        free = acceptable[want] & (places > 0)
        offer = int(free.argmax())
        if free[offer]:
            places[offer] -= 1
            whole[offer] = False
            plan.singles.append((want, offer))
    plan.bundles = [group for group in open_groups if len(group.children) >= listed.least]
    return plan


def _join(listed: Listed, child: int, places: Ints, whole: NDArray[np.bool_], groups: list[Bundle]) -> None:
    slot = listed.slot[child]
    for group in groups:
        seats = min(listed.most, int(listed.places[group.room]))
        here = listed.offer_slot[group.room] == slot
        if here and len(group.children) < seats and places[group.stationery] > 0:
            group.children.append(child)
            places[group.stationery] -= 1
            return
    at_slot = (listed.offer_slot == slot) & whole & (places > 0)
    rooms = np.flatnonzero(at_slot & (listed.offer_kind == ROOM) & (places >= listed.least))
    teachers = np.flatnonzero(at_slot & (listed.offer_kind == TEACHING))
    sets = np.flatnonzero((listed.offer_kind == STATIONERY) & (places >= listed.least))
    if len(rooms) and len(teachers) and len(sets):
        room, teacher, stationery = int(rooms[0]), int(teachers[0]), int(sets[0])
        places[[room, teacher]] = 0
        places[stationery] -= 1
        groups.append(Bundle(room, teacher, stationery, [child]))

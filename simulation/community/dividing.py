"""Cuts of a place into compact parts: across the longer side, again and again, as a k-d tree does."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulation.community.population import Floats

Members = NDArray[np.intp]
Halve = Callable[[Members], tuple[Members, Members] | None]


def cut(
    points: Floats, weight: Floats, members: Members, target: float, least: float, most: float
) -> tuple[Members, Members] | None:
    """Cut members in two across the longer side of the ground they cover, or else across the shorter.

    Args:
        points: (n, 2) where each stands, in metres.
        weight: (n,) what each weighs.
        members: the ones to cut.
        target: weight that the first half should have; the nearest possible is taken.
        least: smallest weight of the first half.
        most: largest weight of the first half.

    Returns:
        The halves, neither empty; None where no cut lies within the limits.
    """
    ground = points[members]
    sides = ground.max(axis=0) - ground.min(axis=0)
    for axis in (0, 1) if sides[0] >= sides[1] else (1, 0):
        order = members[np.lexsort((members, ground[:, 1 - axis], ground[:, axis]))]
        first = np.cumsum(weight[order])[:-1]
        distance = np.where((first >= least) & (first <= most), np.abs(first - target), np.inf)
        if len(distance) and np.isfinite(distance.min()):
            place = int(distance.argmin()) + 1
            return order[:place], order[place:]
    return None


def cut_in_the_middle(points: Floats, members: Members) -> tuple[Members, Members] | None:
    """Cut members at the middle of the longer side; None where all stand at one point."""
    ground = points[members]
    low, high = ground.min(axis=0), ground.max(axis=0)
    axis = int(np.argmax(high - low))
    first = ground[:, axis] < (low[axis] + high[axis]) / 2.0
    return (members[first], members[~first]) if first.any() else None


def divide(members: Members, halve: Halve) -> list[Members]:
    """Halve members and their halves until ``halve`` says None; the parts in order, neighbours near."""
    parts: list[Members] = []
    waiting = [members]
    while waiting:
        part = waiting.pop()
        halves = halve(part)
        if halves is None:
            parts.append(part)
        else:
            waiting += reversed(halves)
    return parts


def divide_evenly(points: Floats, weight: Floats, members: Members, parts: int) -> list[Members]:
    """Cut members into ``parts`` of equal weight, as near as their own weights allow.

    Where all weigh the same, no two parts differ by more than one member. Fewer parts come out where there
    are fewer members.

    Args:
        points: (n, 2) where each stands, in metres.
        weight: (n,) what each weighs.
        members: the ones to cut.
        parts: how many parts.
    """
    done: list[Members] = []
    waiting = [(members, parts)]
    while waiting:
        part, count = waiting.pop()
        count = min(count, len(part))
        target = float(weight[part].sum()) * (count // 2) / count
        halves = cut(points, weight, part, target, 0.0, np.inf) if count > 1 else None
        if halves is None:
            done.append(part)
        else:
            waiting += [(halves[1], count - count // 2), (halves[0], count // 2)]
    return done

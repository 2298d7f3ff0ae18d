"""Who knows whom beyond the own household, in one community. All of it is fate.

A pool is a set of pairs that can be tied: two homes' people of one building, or people of two buildings that
stand near each other. Each pool has a number of ties to give; its pairs are all equally likely.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from simulation.community.population import Floats, Ints

NEAREST = 6
"""Buildings near a building: so many nearest ones of the same community."""

Longs = NDArray[np.int64]
Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class _Pools:
    """P pools; the pairs of pool p are numbered from ``offset[p]``, first x ``right`` + second."""

    left_from: Longs
    left: Longs
    """(P,) people on the left side, consecutive from ``left_from``."""
    right_from: Longs
    right: Longs
    possible: Longs
    """(P,) pairs that can be tied."""
    wanted: Longs
    """(P,) ties to give, at most ``possible``."""

    @property
    def offset(self) -> Longs:
        return np.concatenate(([0], np.cumsum(self.left * self.right)))


def ties_inside(mean: float, sizes: Ints, households_from: Ints, chance: Chance) -> tuple[Longs, Longs]:
    """Ties between households of the same building, ``mean`` for each resident where it has enough people.

    Args:
        mean: mean ties of a resident.
        sizes: (H,) members of each household.
        households_from: (B+1,) first household of each building.
        chance: where the draws come from.

    Returns:
        The two ends of each tie; the first is the smaller number.
    """
    first, people = _people(sizes, households_from)
    squares = np.add.reduceat(sizes.astype(np.int64) ** 2, households_from[:-1])
    possible = (people * people - squares) // 2
    wanted = np.minimum(_rounded(mean * people / 2.0, chance), possible)
    home = np.repeat(np.arange(len(sizes)), sizes)
    return _draw(_Pools(first, people, first, people, possible, wanted), home, chance)


def ties_beyond(
    mean: float, sizes: Ints, households_from: Ints, x_m: Floats, y_m: Floats, chance: Chance
) -> tuple[Longs, Longs]:
    """Ties between buildings near each other, ``mean`` for each resident where there are enough people.

    Each building gives its share of ties evenly to its nearest ones; arguments as :func:`ties_inside`.
    """
    first, people = _people(sizes, households_from)
    buildings = len(people)
    near = min(NEAREST, buildings - 1)
    if near < 1:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    points = np.column_stack((x_m, y_m))
    found = np.atleast_2d(KDTree(points).query(points, k=near + 1)[1])
    own = np.repeat(np.arange(buildings), near + 1)
    other = found.ravel()
    own, other = own[own != other], other[own != other]  # with many at one point, itself may not be found
    gives = (mean * people / 2.0 / np.bincount(own, minlength=buildings))[own]
    code = np.minimum(own, other) * np.int64(buildings) + np.maximum(own, other)
    pairs, place = np.unique(code, return_inverse=True)
    left, right = np.divmod(pairs, buildings)
    possible = people[left] * people[right]
    wanted = np.minimum(_rounded(np.bincount(place, gives, minlength=len(pairs)), chance), possible)
    home = np.repeat(np.arange(len(sizes)), sizes)
    return _draw(
        _Pools(first[left], people[left], first[right], people[right], possible, wanted), home, chance
    )


def as_rows(residents: int, one: Longs, other: Longs) -> tuple[Longs, Ints]:
    """Ties as compressed rows, both ways: where each resident's start, and the residents at the other end."""
    codes = np.concatenate((one * residents + other, other * residents + one))
    codes.sort()
    rows = np.searchsorted(codes, np.arange(residents + 1, dtype=np.int64) * residents)
    return rows.astype(np.int64), (codes % max(1, residents)).astype(np.int32)


def _people(sizes: Ints, households_from: Ints) -> tuple[Longs, Longs]:
    """First resident and number of residents of each building."""
    starts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))[households_from]
    return starts[:-1], np.diff(starts)


def _rounded(expected: NDArray[np.floating[Any]], chance: Chance) -> Longs:
    return np.floor(expected + chance.random(len(expected))).astype(np.int64)


def _draw(pools: _Pools, home: Longs, chance: Chance) -> tuple[Longs, Longs]:
    dense = 2 * pools.wanted > pools.possible
    codes = np.concatenate(
        (_from_all(pools, dense, home, chance), _by_rejection(pools, pools.wanted * ~dense, home, chance))
    )
    pool = np.searchsorted(pools.offset, codes, side="right") - 1
    first, second = np.divmod(codes - pools.offset[pool], pools.right[pool])
    return first + pools.left_from[pool], second + pools.right_from[pool]


def _from_all(pools: _Pools, chosen: NDArray[np.bool_], home: Longs, chance: Chance) -> Longs:
    """Where a pool gives more than half of its pairs: write all pairs down and keep the wanted ones."""
    which = np.flatnonzero(chosen)
    counts = (pools.left * pools.right)[which]
    pool = np.repeat(which, counts)
    inner = np.arange(len(pool)) - np.repeat(np.cumsum(counts) - counts, counts)
    first, second = np.divmod(inner, pools.right[pool])
    first, second = first + pools.left_from[pool], second + pools.right_from[pool]
    fits = (first < second) & (home[first] != home[second])
    pool, inner = pool[fits], inner[fits]
    order = np.lexsort((chance.random(len(pool)), pool))
    pool, inner = pool[order], inner[order]
    rank = np.arange(len(pool)) - np.searchsorted(pool, pool)
    kept = rank < pools.wanted[pool]
    codes: Longs = pools.offset[pool[kept]] + inner[kept]
    return codes


def _by_rejection(pools: _Pools, wanted: Longs, home: Longs, chance: Chance) -> Longs:
    """Elsewhere: draw pairs, throw out housemates and repetitions, and draw what is missing again."""
    codes = np.zeros(0, dtype=np.int64)
    offset = pools.offset
    missing = wanted
    while missing.any():
        pool = np.repeat(np.arange(len(missing)), missing)
        chances = chance.random((2, len(pool)))
        first = (chances[0] * pools.left[pool]).astype(np.int64)
        second = (chances[1] * pools.right[pool]).astype(np.int64)
        same = pools.left_from[pool] == pools.right_from[pool]
        swap = same & (first > second)
        first, second = np.where(swap, second, first), np.where(swap, first, second)
        fits = home[first + pools.left_from[pool]] != home[second + pools.right_from[pool]]
        drawn = (offset[pool] + first * pools.right[pool] + second)[fits]
        codes = np.sort(np.concatenate((codes, drawn)))
        codes = codes[np.concatenate(([True], codes[1:] > codes[:-1]))[: len(codes)]]
        missing = wanted - np.diff(np.searchsorted(codes, offset))
    return codes

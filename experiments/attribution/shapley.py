"""Shapley values and interaction indices, estimated along orders in which players join one another.

Pure arithmetic on what coalitions are worth. A coalition is a number whose bit p says whether player p is in
it, so 0 is nobody. The Shapley value of a player is what it adds when it joins, the mean over all orders
(Shapley 1953); the interaction index of two players is what they add together beyond what each adds alone,
the mean over those whom they may find there (Grabisch & Roubens 1999). Each order is taken forwards and
backwards, which cancels much of what depends on who comes first.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from simulation.chance import stream

Numbers = NDArray[np.float64]
Worth = Mapping[int, Numbers]
"""What each coalition is worth: a number per outcome, NaN where there is none."""


def draw_order(players: int, seed: int) -> tuple[int, ...]:
    """An order of players, each equally likely; the same for the same seed on every machine."""
    return tuple(stream(seed, "attribution").permutation(players).tolist())


def everybody(players: int) -> int:
    """The coalition of all players."""
    return (1 << players) - 1


def coalitions(order: Sequence[int], *, pairs: bool) -> list[int]:
    """Coalitions that an order needs, forwards and backwards, each once; those for interactions if asked."""
    needed: dict[int, None] = dict.fromkeys((everybody(len(order)), 0))
    for way in _ways(order):
        needed |= dict.fromkeys(_joined(way))
        if pairs:
            needed |= dict.fromkeys(second_alone for *_, second_alone, _ in _meetings(way))
    return list(needed)


def worths(order: Sequence[int], value: Worth) -> Numbers:
    """What each player adds along an order and its reverse, the mean of the two.

    Args:
        order: of all players.
        value: of all :func:`coalitions` of the order.

    Returns:
        A row per player, a column per outcome. A column adds up to what all are worth less what nobody is
        worth; it is NaN in all rows where the outcome is unknown for some coalition.
    """
    added = np.zeros((len(order), len(value[0])))
    for way in _ways(order):
        for player, (before, after) in zip(way, pairwise(_joined(way)), strict=True):
            added[player] += (value[after] - value[before]) / 2.0
    added[:, np.isnan(added).any(axis=0)] = np.nan
    return added


def interactions(order: Sequence[int], value: Worth) -> dict[tuple[int, int], Numbers]:
    """What pairs of neighbours in an order add together beyond what each adds alone, the mean of both ways.

    Two players who are neighbours in a random order find there each number of others with equal chance, and
    each set of that size: so its mean over random orders in which they are neighbours is the index.

    Args:
        order: of all players.
        value: of all :func:`coalitions` of the order, with those for pairs.

    Returns:
        By pair, the lower number first: a number per outcome.
    """
    found: dict[tuple[int, int], Numbers] = {}
    for way in _ways(order):
        for first, second, before, one, other, both in _meetings(way):
            pair = (min(first, second), max(first, second))
            beyond = value[both] - value[one] - value[other] + value[before]
            found[pair] = found.get(pair, np.zeros_like(beyond)) + beyond / 2.0
    return found


def _ways(order: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    return order, order[::-1]


def _joined(way: Sequence[int]) -> list[int]:
    """Those who are there before anybody came, after the first, after the second ..."""
    return list(accumulate((1 << player for player in way), int.__or__, initial=0))


def _meetings(way: Sequence[int]) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Neighbours, those before them, those with the first, with the second alone, and with both."""
    for (first, second), before in zip(pairwise(way), _joined(way), strict=False):
        one, other = before | 1 << first, before | 1 << second
        yield first, second, before, one, other, one | other

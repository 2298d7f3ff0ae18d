"""What residents want: elder care, child care, culture and more. All of it is fate.

Each want is one person's: it arises, is for a time of the day, and is over after a while if nobody met it.
Some were there when the run began and have arisen before hour 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.resources import Wants as Rule
from simulation.chance import stream
from simulation.community.households import ADULT_FROM
from simulation.community.population import Floats, Ints, Population

WANTS = ("elder_care", "child_care", "culture", "advice", "goods", "after_school")
AFTER_SCHOOL = WANTS.index("after_school")
SLOTS = ("morning", "afternoon", "evening", "weekend")
ANY = -1
"""In place of a slot: the time of the day does not matter."""
AGES = ((60, 200), (0, 5), (ADULT_FROM, 200), (ADULT_FROM, 200), (ADULT_FROM, 200), (6, 12))
"""Youngest and oldest with whom each kind arises."""
LEAST_LIFE, MOST_LIFE = 0.5, 1.5
"""Of the time that a want or an offer lasts in the mean."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """W wants in order of arising."""

    kind: Ints
    """(W,) index into WANTS."""
    resident: NDArray[np.int64]
    """(W,) whose it is."""
    slot: Ints
    """(W,) index into SLOTS, or ANY."""
    arose: Floats
    """(W,) hour at which it arises; below 0 if before the run."""
    expires: Floats
    """(W,) hour at which it is over."""
    asks: Floats
    """(W,) uniform quantile: whether the person asks around, and when."""


def draw_wants(rule: Rule, people: Population, days: int, seed: int) -> Wanted:
    """Draw what residents come to want."""
    parts = []
    for community in range(people.communities):
        chance = stream(seed, "wants", community)
        first, last = people.in_community(community)
        ages = people.age[first:last]
        for kind, (name, (youngest, oldest)) in enumerate(zip(WANTS, AGES, strict=True)):
            want = getattr(rule, name)
            some = first + np.flatnonzero((ages >= youngest) & (ages <= oldest))
            before = MOST_LIFE * want.lasts
            count = int(chance.poisson(want.rate * len(some) * (24.0 * days + before) / 8760.0))
            arose = chance.random(count) * (24.0 * days + before) - before
            life = want.lasts * (LEAST_LIFE + (MOST_LIFE - LEAST_LIFE) * chance.random(count))
            who = some[chance.integers(0, len(some), count)] if count else np.zeros(0, dtype=np.int64)
            slot = slots(want.slots, chance.random(count))
            parts.append((np.full(count, kind), who, slot, arose, arose + life, chance.random(count)))
    kinds, residents, times, arose, expires, asks = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.argsort(arose, kind="stable")
    order = order[expires[order] > 0.0]
    return Wanted(
        kind=kinds[order].astype(np.int32),
        resident=residents[order].astype(np.int64),
        slot=times[order],
        arose=arose[order],
        expires=expires[order],
        asks=asks[order],
    )


def slots(weights: tuple[float, ...], quantile: Floats) -> Ints:
    """The time of day at each quantile; ANY where all weights are 0."""
    cumulated = np.cumsum(weights)
    if cumulated[-1] <= 0.0:
        return np.full(len(quantile), ANY, dtype=np.int32)
    place = np.searchsorted(cumulated, quantile * cumulated[-1], side="right")
    return np.asarray(place, dtype=np.int32)

"""Builds the population: fate, drawn from the community part of a scenario and the seed alone.

Each community is settled by streams of its own, so that it is the same whatever stands beside it. Policy
(grids, party groups, centre households) is :mod:`simulation.community.organising`'s and has no say here.
"""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.community import Community
from simulation.chance import stream
from simulation.community.households import (
    ELDERLY_FROM,
    draw_ages,
    draw_digital,
    draw_disabled,
    draw_party,
    draw_sizes,
    draw_within,
    kind_of_presence,
)
from simulation.community.layout import Place, read_layout
from simulation.community.population import Ints, Population
from simulation.community.ties import as_rows, ties_beyond, ties_inside

BUILT = 0.8
"""A synthetic building is at most this share of the spacing wide: the rest is the yard between buildings."""
JITTER = 0.1
"""Its centre is moved by at most this share of the spacing."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """One community: its place, and columns numbered from 0."""

    place: Place
    sizes: Ints
    columns: dict[str, NDArray[Any]]


def build_population(community: Community, seed: int) -> Population:
    """Settle all communities of a scenario.

    Raises:
        LayoutError: the file of building footprints cannot be used.
    """
    if community.layout is None:
        places = [_lay_out(community, seed, number) for number in range(community.communities)]
    else:
        places = read_layout(community)
    return _joined(
        [_settle(place, community, seed, number) for number, place in enumerate(places)],
        community.communities_per_street,
    )


def _lay_out(community: Community, seed: int, number: int) -> Place:
    """A synthetic community: blocks of buildings in rows, numbered along the rows to and fro.

    Communities have plots of equal size along a Z-order curve, so that a street's lie together and one more
    moves none. Households of a building are uniform within ``spread`` around the mean and add up exactly.
    """
    rule, homes = community.buildings, community.households
    count = max(1, int(homes / rule.households + 0.5))
    chance = stream(seed, "settle.buildings", number)
    size = rule.households * (1.0 + rule.spread * chance.uniform(-1.0, 1.0, count))
    weight = np.maximum(size - 1.0, 1e-9)
    ends = np.rint(np.cumsum(weight) / weight.sum() * (homes - count)).astype(np.int64)
    households = 1 + np.diff(ends, prepend=0)
    columns = ceil(sqrt(count))
    row, column = np.divmod(np.arange(count), columns)
    column = np.where(row % 2 == 1, columns - 1 - column, column)
    moved = chance.uniform(-JITTER, JITTER, (2, count))
    plots = _z_order(number)
    return Place(
        x_m=rule.spacing * ((columns + 1) * plots[0] + column + 0.5 + moved[0]),
        y_m=rule.spacing * ((columns + 1) * plots[1] + row + 0.5 + moved[1]),
        footprint_m2=np.minimum(households * rule.home_area / rule.floors, (BUILT * rule.spacing) ** 2),
        floors=np.full(count, rule.floors, dtype=np.int32),
        households=households.astype(np.int32),
    )


def _z_order(number: int) -> tuple[int, int]:
    """Column and row of a plot: the even and the odd bits of its number."""
    bits = f"{number:032b}"
    return int(bits[1::2], 2), int(bits[0::2], 2)


def _settle(place: Place, community: Community, seed: int, number: int) -> _Settled:
    """Draw the people of one community."""
    people, buildings, ties = community.people, community.buildings, community.ties

    def chance(purpose: str) -> np.random.Generator:
        return stream(seed, f"settle.{purpose}", number)

    households_from = np.concatenate(([0], np.cumsum(place.households))).astype(np.int32)
    sizes = draw_sizes(people.household_sizes, int(households_from[-1]), chance("sizes"))
    home = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    age = draw_ages(people, sizes, chance("ages"))
    disabled = draw_disabled(people.disability_share, age, chance("disabled"))
    alone = (age >= ELDERLY_FROM) & (sizes[home] == 1)
    inside = ties_inside(ties.same_building, sizes, households_from, chance("inside"))
    beyond = ties_beyond(ties.beyond, sizes, households_from, place.x_m, place.y_m, chance("beyond"))
    one, other = (np.concatenate(ends) for ends in zip(inside, beyond, strict=True))
    tie_from, tie_to = as_rows(len(age), one, other)
    condition = (buildings.condition_mean, buildings.condition_sd, len(place.x_m))
    contentment = (people.satisfaction_mean / 100.0, people.satisfaction_sd / 100.0, len(age))
    columns = {
        "condition": draw_within(*condition, chance("condition")),
        "age": age,
        "alone": alone,
        "disabled": disabled,
        "vulnerable": alone | disabled,
        "digital": draw_digital(people, age, chance("digital")),
        "party": draw_party(people.party_share, age, chance("party")),
        "presence": kind_of_presence(age),
        "trust": draw_within(people.trust_mean, people.trust_sd, len(age), chance("trust")),
        "satisfaction": 100.0 * draw_within(*contentment, chance("satisfaction")),
        "tie_count": np.diff(tie_from),
        "tie_to": tie_to,
    }
    return _Settled(place, sizes, columns)


def _joined(settled: list[_Settled], per_street: int) -> Population:
    """Number all communities through."""

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([one.columns[name] for one in settled])

    def of_place(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(one.place, name) for one in settled])

    def starts(counts: NDArray[Any]) -> Ints:
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)

    buildings = np.array([len(one.place.x_m) for one in settled])
    residents = [int(one.sizes.sum()) for one in settled]
    households, sizes = of_place("households"), np.concatenate([one.sizes for one in settled])
    numbers = np.cumsum([0, *residents[:-1]])
    tie_to = [one.columns["tie_to"] + first for one, first in zip(settled, numbers, strict=True)]
    return Population(
        community_street=(np.arange(len(settled)) // per_street).astype(np.int32),
        buildings_from=starts(buildings),
        building_community=np.repeat(np.arange(len(settled), dtype=np.int32), buildings),
        x_m=of_place("x_m"),
        y_m=of_place("y_m"),
        footprint_m2=of_place("footprint_m2"),
        floors=of_place("floors"),
        condition=column("condition"),
        households_from=starts(households),
        household_building=np.repeat(np.arange(len(households), dtype=np.int32), households),
        residents_from=starts(sizes),
        household=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        age=column("age"),
        alone=column("alone"),
        disabled=column("disabled"),
        vulnerable=column("vulnerable"),
        digital=column("digital"),
        party=column("party"),
        presence=column("presence"),
        trust=column("trust"),
        satisfaction=column("satisfaction"),
        tie_from=np.concatenate(([0], np.cumsum(column("tie_count")))).astype(np.int64),
        tie_to=np.concatenate(tie_to).astype(np.int32),
    )

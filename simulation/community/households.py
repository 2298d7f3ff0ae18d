"""Who lives in the homes of one community: sizes, ages, party, disability, smartphones. All is fate.

Shares are met by quota: of N residents, exactly share x N have the attribute (a fraction is rounded up or
down by chance), so that a community of a thousand households is what its scenario says, not a draw around it.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.community import People
from simulation.community.population import CHILD, RETIRED, WORKER, Flags, Floats, Ints

ADULT_FROM, ELDERLY_FROM, TEEN_FROM = 18, 60, 15
"""Ages: a member of the party or a worker of the grid is 18 or more; 60 is elderly; 0-14 are children."""

PARTY_OLD_FROM, PARTY_OLD_SHARE = 61, 0.281
"""Share of party members aged 61 or more, end of 2023 (Organisation Department's bulletin, 1 July 2024)."""
DISABLED_ELDERLY = 0.5
"""Share of people with a disability who are elderly (second national sample survey 2006: 53 %)."""
COUPLES = 0.45
"""Share of the elderly who live with a spouse only: 59.7 % in empty nests, three quarters of them couples."""
LONE_PARENT = 0.1
"""How much likelier a child is to be the third member or a later one than the second; assumption."""
ELDERLY_HEAD = 0.3
"""The same for an elderly member who is one of the first two, against a later one; assumption."""

ELDERLY_STARTS = np.array([60, 65, 70, 75, 80, 85, 90])
ELDERLY_YEARS = np.array([5, 5, 5, 5, 5, 5, 10])
ELDERLY_SHARES = np.array([0.278, 0.280, 0.188, 0.118, 0.077, 0.041, 0.018])
"""Ages of the elderly, China 2020 census: first year, width and share of each class."""

_ADULT, _ELDER, _CHILD = 0, 1, 2

Chance = np.random.Generator


def draw_sizes(shares: tuple[float, ...], count: int, chance: Chance) -> Ints:
    """Members of each of ``count`` households."""
    ends = np.cumsum(shares)
    return (1 + np.searchsorted(ends[:-1] / ends[-1], chance.random(count), side="right")).astype(np.int32)


def draw_ages(people: People, sizes: Ints, chance: Chance) -> Ints:
    """Ages of all residents, household by household.

    The first member of every household is an adult or elderly. The shares of children, of the elderly and of
    the elderly living alone are met as far as the sizes of the households allow.
    """
    home = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kind = _kinds(people, sizes, home, place, chance)
    return _years(kind, home, place, chance)


def _kinds(
    people: People, sizes: Ints, home: NDArray[np.int64], place: NDArray[np.int64], chance: Chance
) -> NDArray[np.int8]:
    """Who is a child, who is elderly: quotas, filled by weighted draws over the members' places."""
    residents, size = len(home), sizes[home]
    singles = int(np.count_nonzero(sizes == 1))
    children = min(_quota(people.child_share * residents, chance), residents - len(sizes))
    elderly = min(_quota(people.elderly_share * residents, chance), residents - children)
    fewest_alone = max(0, elderly - (residents - singles - children))
    alone = _quota(people.elderly_alone_share * elderly, chance)
    alone = min(max(alone, fewest_alone), singles, elderly)
    couples = min(
        _quota(COUPLES * elderly / 2.0, chance),
        int(np.count_nonzero(sizes == 2)),
        (elderly - alone) // 2,
        residents - len(sizes) - children,  # children fit all places of other homes but the first
    )
    kind = np.full(residents, _ADULT, dtype=np.int8)
    kind[pick((size == 1).astype(np.float64), alone, chance)] = _ELDER
    couple = np.zeros(len(sizes), dtype=np.bool_)
    couple[pick((sizes == 2).astype(np.float64), couples, chance)] = True
    kind[couple[home]] = _ELDER
    shared = (size > 1) & ~couple[home]
    weight = np.where(place >= 2, 1.0, LONE_PARENT) * (shared & (place > 0))
    kind[pick(weight, children, chance)] = _CHILD
    weight = np.where(place >= 2, 1.0, ELDERLY_HEAD) * (shared & (kind == _ADULT))
    kind[pick(weight, elderly - alone - 2 * couples, chance)] = _ELDER
    return kind


def _years(kind: NDArray[np.int8], home: NDArray[np.int64], place: NDArray[np.int64], chance: Chance) -> Ints:
    """Ages within the kinds: parents are 20 years older than their children or more, partners of like age."""
    chances = chance.random((3, len(home)))
    old = np.minimum(np.searchsorted(np.cumsum(ELDERLY_SHARES), chances[0], side="right"), 6)
    elder = ELDERLY_STARTS[old] + np.floor(chances[1] * ELDERLY_YEARS[old])
    child = np.floor(chances[0] * TEEN_FROM)
    starts = np.flatnonzero(place == 0)
    oldest_child = np.maximum.reduceat(np.where(kind == _CHILD, child, -1.0), starts)[home]
    youngest = np.where(oldest_child >= 0.0, oldest_child + 20.0, 22.0)
    eldest = np.where(oldest_child >= 0.0, 51.0, 60.0)
    head = np.floor(youngest + chances[1] * (eldest - youngest))
    first = head[starts][home]
    partner = np.where(
        kind[starts][home] == _ADULT, np.clip(first + np.rint(16.0 * (chances[2] - 0.5)), 20.0, 59.0), head
    )
    partner = np.maximum(partner, np.minimum(youngest, 59.0))
    grown = np.floor(TEEN_FROM + 20.0 * chances[2])
    adult = np.where(place == 0, head, np.where(place == 1, partner, grown))
    ages: Ints = np.where(kind == _CHILD, child, np.where(kind == _ELDER, elder, adult)).astype(np.int32)
    return ages


def draw_disabled(share: float, age: Ints, chance: Chance) -> Flags:
    """Who has a disability: half of them elderly where there are enough elderly."""
    everybody = np.ones(len(age), dtype=np.bool_)
    return _stratified(share * len(age), DISABLED_ELDERLY, age >= ELDERLY_FROM, everybody, chance)


def draw_party(share: float, age: Ints, chance: Chance) -> Flags:
    """Who is a party member: ``share`` of all residents, drawn from the adults."""
    old = age >= PARTY_OLD_FROM
    return _stratified(share * len(age), PARTY_OLD_SHARE, old, age >= ADULT_FROM, chance)


def draw_digital(people: People, age: Ints, chance: Chance) -> Flags:
    """Who uses a smartphone; children under 15 do not."""
    share = np.where(age >= ELDERLY_FROM, people.digital_elderly, people.digital_adult)
    return (age >= TEEN_FROM) & (chance.random(len(age)) < share)


def kind_of_presence(age: Ints) -> NDArray[np.uint8]:
    """The row of the presence table that each resident follows."""
    kinds = np.where(age < ADULT_FROM, CHILD, np.where(age >= ELDERLY_FROM, RETIRED, WORKER))
    return kinds.astype(np.uint8)


def draw_within(mean: float, spread: float, count: int, chance: Chance) -> Floats:
    """Values in 0-1 with the given mean and standard deviation, from a beta distribution.

    No distribution on 0-1 spreads more than the square root of mean x (1 - mean); a larger spread is lowered
    to just below that.
    """
    room = mean * (1.0 - mean)
    variance = min(spread * spread, 0.99 * room)
    if variance < 1e-12:
        return np.full(count, mean)
    mass = room / variance - 1.0
    return chance.beta(mean * mass, (1.0 - mean) * mass, count)


def pick(weight: Floats, count: int, chance: Chance) -> NDArray[np.intp]:
    """``count`` different places, drawn in proportion to their weights; a weight of 0 is never drawn.

    Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006: the smallest of exponential
    draws divided by weights.
    """
    keys = np.full(len(weight), np.inf)
    np.divide(chance.standard_exponential(len(weight)), weight, out=keys, where=weight > 0.0)
    if count <= 0:
        return np.zeros(0, dtype=np.intp)
    return np.argpartition(keys, count - 1)[:count]


def _quota(expected: float, chance: Chance) -> int:
    return int(np.floor(expected + chance.random()))


def _stratified(expected: float, share: float, stratum: Flags, eligible: Flags, chance: Chance) -> Flags:
    """``expected`` of the eligible, ``share`` of them from a stratum as far as both have enough people."""
    inside = int(np.count_nonzero(eligible & stratum))
    outside = int(np.count_nonzero(eligible & ~stratum))
    count = min(_quota(expected, chance), inside + outside)
    from_inside = min(max(_quota(share * count, chance), count - outside), inside, count)
    chosen = np.zeros(len(stratum), dtype=np.bool_)
    chosen[pick((eligible & stratum).astype(np.float64), from_inside, chance)] = True
    chosen[pick((eligible & ~stratum).astype(np.float64), count - from_inside, chance)] = True
    return chosen

"""Providers: who has something to give, how willing each is, and what recognition does to that.

The affairs office, enterprises, NGOs and residents with a skill or a room. Who there is, where, and how
willing at first is fate. What others do to a provider's heart comes on top; whoever asks draws with a key of
its own, so that asking one changes no answer of another.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.providers import Providers as Rule
from simulation.chance import draw, stream
from simulation.community.households import ADULT_FROM
from simulation.community.population import Floats, Ints, Population

KINDS = ("office", "enterprise", "ngo", "resident")
OFFICE, ENTERPRISE, NGO, RESIDENT = range(len(KINDS))
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Endowed:
    """P providers in order of community, kind and number. All of it is fate."""

    providers_from: Ints
    """(C+1,) first provider of each community."""
    kind: Ints
    """(P,) index into KINDS."""
    community: Ints
    """(P,) community."""
    building: Ints
    """(P,) the building it is in, or next to."""
    resident: NDArray[np.int64]
    """(P,) the resident it is, in rising order within a community; NOBODY for an organisation."""
    willing: Floats
    """(P,) probability of giving when asked, before recognition."""


def draw_providers(rule: Rule, people: Population, seed: int) -> Endowed:
    """Draw who has something to give."""
    means = [getattr(rule.willing, name) for name in KINDS]
    kinds, places, residents, willing, counts = [], [], [], [], [0]
    for community in range(people.communities):
        chance = stream(seed, "providers", community)
        first, last = people.buildings_from[community : community + 2].tolist()
        organisations = [OFFICE] * rule.office + [ENTERPRISE] * rule.enterprises + [NGO] * rule.ngos
        start, stop = people.in_community(community)
        adults = start + np.flatnonzero(people.age[start:stop] >= ADULT_FROM)
        giving = adults[chance.random(len(adults)) < rule.residents]
        kind = np.concatenate((organisations, np.full(len(giving), RESIDENT))).astype(np.int32)
        next_to = chance.integers(first, last, len(organisations))
        differs = rule.willing.spread * (2.0 * chance.random(len(kind)) - 1.0)
        kinds.append(kind)
        places.append(np.concatenate((next_to, people.household_building[people.household[giving]])))
        residents.append(np.concatenate((np.full(len(organisations), NOBODY), giving)))
        willing.append(np.clip(np.array(means)[kind] + differs, 0.0, 1.0))
        counts.append(counts[-1] + len(kind))
    kind = np.concatenate(kinds)
    return Endowed(
        providers_from=np.array(counts, dtype=np.int32),
        kind=kind,
        community=np.repeat(np.arange(people.communities, dtype=np.int32), np.diff(counts)),
        building=np.concatenate(places).astype(np.int32),
        resident=np.concatenate(residents).astype(np.int64),
        willing=np.concatenate(willing),
    )


class Providers:
    """Providers as they are in a run.

    Attributes:
        are: who they are, by fate.
        heart: (P,) what recognition or its lack has added to willingness, below 0 where heart was lost.
        gave: (P,) times each has given since the run began.
        titled: (P,) has a title that puts it first.
    """

    def __init__(self, are: Endowed) -> None:
        self.are = are
        self.heart = np.zeros(len(are.kind))
        self.gave = np.zeros(len(are.kind), dtype=np.int64)
        self.titled = np.zeros(len(are.kind), dtype=np.bool_)

    def willing(self, provider: int) -> float:
        """Probability that a provider gives when asked now."""
        return float(min(1.0, max(0.0, self.are.willing[provider] + self.heart[provider])))

    def all_willing(self) -> Floats:
        """(P,) :meth:`willing` of everybody."""
        return np.clip(self.are.willing + self.heart, 0.0, 1.0)

    def agrees(self, provider: int, key: int, occasion: int) -> bool:
        """Whether a provider gives when asked for the purpose of ``key`` on ``occasion``."""
        return draw(key, provider, occasion) < self.willing(provider)

    def of(self, community: int, kind: int) -> NDArray[np.int64]:
        """Providers of one kind in one community."""
        first, last = self.are.providers_from[community : community + 2].tolist()
        these: NDArray[np.int64] = first + np.flatnonzero(self.are.kind[first:last] == kind)
        return these

    def number_of(self, resident: int, community: int) -> int:
        """The provider that a resident of a community is; NOBODY where it has nothing to give."""
        first, last = self.are.providers_from[community : community + 2].tolist()
        place = first + int(np.searchsorted(self.are.resident[first:last], resident))
        return place if place < last and self.are.resident[place] == resident else NOBODY

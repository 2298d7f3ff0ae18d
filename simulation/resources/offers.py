"""What providers have to give: policies, goods, skills, rooms. All of it is fate.

Whether a provider gives when asked is another matter, see :mod:`simulation.community.providers`.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.resources import Resources as Rule
from simulation.chance import stream
from simulation.community.population import RETIRED, Floats, Ints, Population
from simulation.community.providers import KINDS, NOBODY, Endowed
from simulation.resources.wants import ANY, LEAST_LIFE, MOST_LIFE, slots

OFFERS = ("policy", "goods", "stationery", "expertise", "teaching", "caring", "arts", "room")
STATIONERY, TEACHING, ROOM = (OFFERS.index(name) for name in ("stationery", "teaching", "room"))
TIMELESS = ("policy", "goods", "stationery")
"""Offers for which the time of the day does not matter."""


@dataclass(frozen=True, slots=True)
class Offered:
    """O offers in order of arising."""

    kind: Ints
    """(O,) index into OFFERS."""
    provider: Ints
    """(O,) who has it."""
    slot: Ints
    """(O,) index into SLOTS, or ANY."""
    places: Ints
    """(O,) homes it can serve, seats of a room, sets of stationery."""
    arose: Floats
    """(O,) hour from which it is there; below 0 if before the run."""
    expires: Floats
    """(O,) hour at which it is gone."""
    leaning: Floats
    """(O,) uniform quantile: which of the wants it can meet it likes best to meet."""


def draw_offers(rule: Rule, are: Endowed, people: Population, days: int, seed: int) -> Offered:
    """Draw what providers come to have."""
    parts = []
    for community in range(people.communities):
        chance = stream(seed, "offers", community)
        first, last = are.providers_from[community : community + 2].tolist()
        for kind, name in enumerate(OFFERS):
            offer = getattr(rule.offers, name)
            before = MOST_LIFE * offer.lasts
            rates = np.array([getattr(offer, kind_of_provider) for kind_of_provider in KINDS])
            counts = chance.poisson(rates[are.kind[first:last]] * (24.0 * days + before) / 8760.0)
            who = np.repeat(np.arange(first, last), counts)
            count = len(who)
            arose = chance.random(count) * (24.0 * days + before) - before
            life = offer.lasts * (LEAST_LIFE + (MOST_LIFE - LEAST_LIFE) * chance.random(count))
            slot = _slots(rule, name, who, are, people, chance.random(count))
            spread = LEAST_LIFE + (MOST_LIFE - LEAST_LIFE) * chance.random(count)
            places = np.maximum(1, np.rint(offer.places * spread))
            parts.append((np.full(count, kind), who, slot, places, arose, arose + life, chance.random(count)))
    kinds, who, slot, places, arose, expires, leaning = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.argsort(arose, kind="stable")
    order = order[expires[order] > 0.0]
    return Offered(
        kind=kinds[order].astype(np.int32),
        provider=who[order].astype(np.int32),
        slot=slot[order].astype(np.int32),
        places=places[order].astype(np.int32),
        arose=arose[order],
        expires=expires[order],
        leaning=leaning[order],
    )


def _slots(rule: Rule, name: str, who: Ints, are: Endowed, people: Population, quantile: Floats) -> Ints:
    """When each offer is free."""
    if name in TIMELESS:
        return np.full(len(who), ANY, dtype=np.int32)
    if name == "room":
        return slots(rule.free.rooms, quantile)
    resident = are.resident[who]
    retired = (resident != NOBODY) & (people.presence[resident] == RETIRED)
    by_person = np.where(retired, slots(rule.free.retired, quantile), slots(rule.free.working, quantile))
    return np.where(resident == NOBODY, slots(rule.free.organisations, quantile), by_person)

"""Fate: all that does not depend on governance, drawn once from the seed before any rule acts.

Candidate troubles carry every quantile that decides what they are; a rate that governance can change is
thinned from the candidates, so that the candidates stay the same. Notices are fate too: which are issued,
when, and for whom.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.chance import stream
from simulation.community.population import Population
from simulation.community.providers import Endowed, draw_providers
from simulation.resources.offers import Offered, draw_offers
from simulation.resources.wants import Wanted, draw_wants

AUDIENCES = ("all", "elderly", "families")
OFFICE_FROM, OFFICE_UNTIL = 9.0, 17.0
"""Hours of a working day in which a street issues notices."""
QUANTILES = ("thin", "willing", "delay", "route", "ambiguous", "service")
"""Marks of a trouble; each a uniform quantile in [0, 1)."""


@dataclass(frozen=True, slots=True)
class Troubles:
    """Candidate troubles of the whole run in order of time, T of them."""

    hour: NDArray[np.float64]
    """(T,) hour at which it would arise."""
    category: NDArray[np.int32]
    """(T,) index into the scenario's categories."""
    household: NDArray[np.int32]
    """(T,) the household it strikes, or that notices it first where it strikes the building."""
    common: NDArray[np.bool_]
    """(T,) strikes the whole building."""
    marks: NDArray[np.float64]
    """(T, 6) quantiles as named in QUANTILES."""


@dataclass(frozen=True, slots=True)
class Announcements:
    """Notices in order of time within each street, K of them."""

    hour: NDArray[np.float64]
    """(K,) hour of issue."""
    street: NDArray[np.int32]
    """(K,) street that issues it."""
    audience: NDArray[np.int32]
    """(K,) index into AUDIENCES."""


@dataclass(frozen=True, slots=True)
class Wants:
    """What vulnerable residents come to need, in order of time, Q of them."""

    hour: NDArray[np.float64]
    """(Q,) hour at which it arises."""
    resident: NDArray[np.int64]
    """(Q,) who needs it."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a community whatever its governance."""

    troubles: Troubles
    notices: Announcements
    needs: Wants
    providers: Endowed
    wanted: Wanted
    offered: Offered
    digest: str
    """SHA-256 over population, troubles, notices, needs, providers, wants and offers."""


def draw_fate(scenario: Scenario, population: Population, calendar: Calendar, seed: int) -> Fate:
    """Draw the fate of a run."""
    troubles = _troubles(scenario, population, calendar, seed)
    notices = _announcements(scenario, population, calendar, seed)
    needs = _needs(scenario, population, seed)
    providers = draw_providers(scenario.providers, population, seed)
    wanted = draw_wants(scenario.resources.wants, population, scenario.days, seed)
    offered = draw_offers(scenario.resources, providers, population, scenario.days, seed)
    digest = _digest(population, troubles, notices, needs, providers, wanted, offered)
    return Fate(troubles, notices, needs, providers, wanted, offered, digest)


def _troubles(scenario: Scenario, population: Population, calendar: Calendar, seed: int) -> Troubles:
    parts: list[tuple[NDArray[Any], ...]] = []
    days = scenario.days
    hour_of_week = (np.arange(24 * days) + 24 * calendar.weekday) % 168
    for number, (name, category) in enumerate(scenario.cases.categories.items()):
        highest = category.rate * (1.0 + category.follows_condition) / 1000.0 / 365.0
        profile = None if category.hour_of_week is None else np.asarray(category.hour_of_week)
        weights = None if profile is None or profile.sum() <= 0.0 else np.cumsum(profile[hour_of_week])
        volume = days if weights is None or profile is None else weights[-1] / profile.mean() / 24.0
        for community in range(population.communities):
            buildings = population.buildings_from[community : community + 2]
            first, last = population.households_from[buildings]
            chance = stream(seed, "trouble." + name, community)
            count = int(chance.poisson(highest * (last - first) * volume))
            if weights is None:
                hours = chance.random(count) * 24.0 * days
            else:
                place = chance.random(count) * weights[-1]
                cell = np.minimum(np.searchsorted(weights, place, side="right"), len(weights) - 1)
                hours = cell + chance.random(count)
            homes = chance.integers(first, last, count) if count else np.zeros(0)
            common = chance.random(count) < category.in_common_parts
            marks = chance.random((count, len(QUANTILES)))
            parts.append((hours, np.full(count, number), homes, common, marks))
    hours, categories, homes, shared, marks = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(hours, kind="stable")
    return Troubles(
        hour=hours[order],
        category=categories[order].astype(np.int32),
        household=homes[order].astype(np.int32),
        common=shared[order].astype(np.bool_),
        marks=marks[order],
    )


def _announcements(
    scenario: Scenario, population: Population, calendar: Calendar, seed: int
) -> Announcements:
    rule = scenario.notices
    office_days = np.flatnonzero(calendar.working[: scenario.days])
    shares = np.cumsum([rule.audiences.all, rule.audiences.elderly, rule.audiences.families])
    hours, streets, audiences = [], [], []
    for street in range(int(population.community_street[-1]) + 1):
        chance = stream(seed, "notices", street)
        count = int(chance.poisson(rule.per_year * scenario.days / 365.0)) if len(office_days) else 0
        days = chance.choice(office_days, count) if count else np.zeros(0)
        drawn = 24.0 * days + chance.uniform(OFFICE_FROM, OFFICE_UNTIL, count)
        kinds = np.minimum(np.searchsorted(shares, chance.random(count), side="right"), len(AUDIENCES) - 1)
        fixed = np.array([hour for hour in rule.at if hour < 24.0 * scenario.days])
        when = np.concatenate((drawn, fixed))
        order = np.argsort(when, kind="stable")
        hours.append(when[order])
        audiences.append(np.concatenate((kinds, np.zeros(len(fixed), dtype=np.int64)))[order])
        streets.append(np.full(len(when), street))
    return Announcements(
        hour=np.concatenate(hours),
        street=np.concatenate(streets).astype(np.int32),
        audience=np.concatenate(audiences).astype(np.int32),
    )


def _needs(scenario: Scenario, population: Population, seed: int) -> Wants:
    hours, residents = [], []
    for community in range(population.communities):
        first, last = population.in_community(community)
        vulnerable = first + np.flatnonzero(population.vulnerable[first:last])
        chance = stream(seed, "needs", community)
        rate = scenario.ledger.needs.rate * len(vulnerable) * scenario.days / 365.0
        count = int(chance.poisson(rate))
        hours.append(chance.random(count) * 24.0 * scenario.days)
        residents.append(chance.choice(vulnerable, count) if count else np.zeros(0, dtype=np.int64))
    hour, resident = np.concatenate(hours), np.concatenate(residents)
    order = np.argsort(hour, kind="stable")
    return Wants(hour=hour[order], resident=resident[order].astype(np.int64))


def _digest(*tables: Population | Troubles | Announcements | Wants | Endowed | Wanted | Offered) -> str:
    """Hash integers only: floats are rounded to a millionth first, which every processor agrees on."""
    digest = sha256()
    for table in tables:
        for name in table.__slots__:
            column = getattr(table, name)
            if column.dtype.kind == "f":
                column = np.round(column * 1e6).astype(np.int64)
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()

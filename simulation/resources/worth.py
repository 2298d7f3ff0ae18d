"""What it is worth to meet a want by an offer: fit, time of day, way, and what the provider likes.

A title of the provider adds to that where a match is planned, but makes none acceptable and mends no misfit.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.resources import Choosing
from simulation.resources.listed import Listed
from simulation.resources.offers import OFFERS, STATIONERY
from simulation.resources.wants import AFTER_SCHOOL, ANY, WANTS
from simulation.state import State

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


class Worth:
    """Worths of all pairs of a run, computed where they are asked for."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.wants, self.offers = state.fate.wanted, state.fate.offered
        people = state.population
        self._home = people.household_building[people.household[self.wants.resident]]
        self._place = state.fate.providers.building[self.offers.provider]
        self.adopt()

    @property
    def rule(self) -> Choosing:
        """The rules as they are now."""
        return self.state.scenario.resources.choosing

    def adopt(self) -> None:
        """Take up the rules as they are now: what meets what, and what each offer is liked best for."""
        meets = self.state.scenario.resources.meets
        fit = np.zeros((len(WANTS), len(OFFERS)))
        for row, want in enumerate(WANTS):
            for column, offer in enumerate(OFFERS):
                if row != AFTER_SCHOOL and column != STATIONERY:
                    fit[row, column] = getattr(getattr(meets, want), offer)
        self.fit = fit
        self.likes = _likes(fit, self.offers.kind, self.offers.leaning)

    def of(self, wants: Longs, offers: Longs) -> Floats:
        """Worth of each pair without urgency; 0 where it is not acceptable."""
        rule, kind = self.rule, self.wants.kind[wants][:, np.newaxis]
        slot, free = self.wants.slot[wants][:, np.newaxis], self.offers.slot[offers]
        same = (slot == free) | (slot == ANY) | (free == ANY)
        fit = self.fit[kind, self.offers.kind[offers]]
        worth = fit * np.where(same, 1.0, rule.other_slot) + rule.leaning * (self.likes[offers] == kind)
        worth -= rule.distance * self._km(self._home[wants], self._place[offers])
        return np.where((fit > 0.0) & (worth >= rule.acceptable), worth, 0.0)

    def loss(self, want: int, offer: int) -> float:
        """What a match falls short of a perfect one: fit, time of day, way and liking."""
        if self.wants.kind[want] == AFTER_SCHOOL:
            way = self._km(self._home[[want]], self._place[[offer]])[0, 0]
            return float(min(1.0, self.rule.distance * way))
        return float(1.0 + self.rule.leaning - self.of(np.array([want]), np.array([offer]))[0, 0])

    def listed(self, wants: Longs, offers: Longs, left: NDArray[np.int32], hour: float) -> Listed:
        """What is on the lists of one community, with its worths."""
        rule, all_of = self.rule, self.offers
        place = self._place[offers]
        arose, expires = self.wants.arose[wants], self.wants.expires[wants]
        group = self.state.scenario.resources.after_school
        worth = self.of(wants, offers)
        title = rule.titled * self.state.providers.titled[all_of.provider[offers]]
        return Listed(
            kind=self.wants.kind[wants],
            slot=self.wants.slot[wants],
            offer_kind=all_of.kind[offers],
            offer_slot=all_of.slot[offers],
            places=left[offers],
            whole=left[offers] == all_of.places[offers],
            worth=np.where(worth > 0.0, worth + title, 0.0),
            child_worth=np.maximum(0.0, 1.0 - rule.distance * self._km(self._home[wants], place)),
            teacher_worth=np.maximum(0.0, 1.0 - rule.distance * self._km(place, place))
            + (title[:, np.newaxis] + title),
            urgency=rule.urgency * (hour - arose) / (expires - arose),
            least=group.least,
            most=group.most,
        )

    def _km(self, some: NDArray[np.int32], others: NDArray[np.int32]) -> Floats:
        x, y = self.state.population.x_m, self.state.population.y_m
        metres = np.hypot(x[some][:, np.newaxis] - x[others], y[some][:, np.newaxis] - y[others])
        return np.asarray(metres / 1000.0)


def _likes(fit: Floats, kind: NDArray[np.int32], leaning: Floats) -> NDArray[np.int32]:
    """(O,) the want each offer is liked best for, among those it can meet."""
    likes = np.full(len(kind), -1, dtype=np.int32)
    for offer in range(fit.shape[1]):
        can = np.flatnonzero(fit[:, offer] > 0.0)
        mine = kind == offer
        if len(can):
            likes[mine] = can[(leaning[mine] * len(can)).astype(np.int64)]
    return likes

"""Lists and matching (资源清单, 需求清单, 双向匹配): what residents want meets what others have to give.

Every quarter a questionnaire and home visits make the lists; then both are matched, community by community.
The party branch arranges the matches, a few a day: it asks the provider, who gives or does not. Only what is
on the lists can be matched; beside them some ask around among neighbours. A want that nobody meets weighs on
its home until it is over. All of this is the same with ``matching`` on or off, but for how pairs are chosen.
"""

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.working_time import ARRANGE
from scenarios.resources import Resources as Rule
from simulation.chance import key_of
from simulation.resources.bundles import Bundle
from simulation.resources.listing import WORD_OF_MOUTH, Listing
from simulation.resources.matching import Plan, as_they_come, as_well_as_can_be
from simulation.resources.offers import OFFERS, ROOM, STATIONERY, TEACHING
from simulation.resources.wants import AFTER_SCHOOL
from simulation.resources.worth import Worth
from simulation.rounds.rounds import Rounds
from simulation.satisfaction.evening import SERVED, UNSERVED
from simulation.state import State

COMES_IN, ARRANGES = 9.0, 14.0
"""Hours of a working day at which lists are matched, and at which the branch begins to arrange."""
WEEK, WEEKLY_GATHERING = 7, 120.0
NOBODY = -1
Longs = NDArray[np.int64]


@dataclass(slots=True)
class Group:
    """A row of the table ``bundles``: a group of after-school care that was formed, or could not be."""

    community: int
    hour: float
    slot: int
    children: int
    lacks: tuple[str, ...] = ()
    """What was not on the lists."""
    bundle: Bundle | None = None
    """The offers set aside for it and its children's wants; None where it could not be formed."""
    refused_by: str | None = None
    done_h: float | None = None


class Resources:
    """All wants and offers of a run and what becomes of them.

    Attributes:
        left: (O,) places left of each offer.
        given: (O,) places of each offer that were given.
        offer: (W,) the offer that each want was last matched with; NOBODY where none.
        matched: (W,) hour of that.
        held: (W,) hour at which it was met; infinite where it is not.
        loss: (W,) what the match falls short of a perfect one.
        bundle: (W,) its group, NOBODY where none.
        groups: of the table ``bundles``.
        rounds: of the table ``lists``.
    """

    def __init__(self, state: State, rounds: Rounds) -> None:
        self.state = state
        self.wants, self.offers = state.fate.wanted, state.fate.offered
        self.listing = Listing(state, rounds)
        self.worth = Worth(state)
        count = len(self.wants.kind)
        self.left, self.given = self.offers.places.copy(), np.zeros_like(self.offers.places)
        self.offer, self.bundle = (np.full(count, NOBODY, dtype=np.int64) for _ in range(2))
        self.matched, self.held, self.loss = (np.full(count, inf) for _ in range(3))
        self.groups: list[Group] = []
        self.rounds: list[dict[str, Any]] = []
        self._pending = np.zeros(count, dtype=np.bool_)
        communities = range(state.population.communities)
        self._queues: list[deque[tuple[list[int], Bundle | None, int]]] = [deque() for _ in communities]
        home = state.population.household_building[state.population.household[self.wants.resident]]
        self._want_place = state.population.building_community[home]
        self._wants_in = _grouped(self._want_place, len(communities))
        self._offers_in = _grouped(state.fate.providers.community[self.offers.provider], len(communities))
        self._period, self._number, self._began = -1, 0, -inf
        self._gathering = False
        self._key = key_of(state.seed, "resources.gives")
        self._has_asked = np.zeros(count, dtype=np.bool_)
        self._ask_around = self._asks()

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.resources

    def adopt(self, hour: float) -> None:
        """Take up the rules as they are now; who has asked around does not ask again."""
        self.listing.adopt()
        self.worth.adopt()
        when, who = self._ask_around
        self._has_asked[who[(when >= 0.0) & (when < hour)]] = True
        self._ask_around = self._asks()
        if not self.rule.lists:  # what was being gathered comes to nothing
            self._gathering, self._period = False, -1

    def begin_day(self, day: int) -> None:
        """Put the day's matching, visits, arrangements and asking around on the agenda."""
        start, state = 24.0 * day, self.state
        first, last = np.searchsorted(self._ask_around[0], (start, start + 24.0))
        for place in range(first, last):
            state.agenda.at(
                float(self._ask_around[0][place]), self._asked_around, int(self._ask_around[1][place])
            )
        working = bool(state.calendar.working[day])
        if working:
            if self.rule.lists:
                self._turn_of(day)
            for community, queue in enumerate(self._queues):
                if queue:
                    state.agenda.at(start + ARRANGES, self._arrange, community)
        if self._gathering:
            surveys = self.rule.surveys
            begin = surveys.workday_from if working else surveys.restday_from
            state.agenda.at(start + begin, self.listing.visit, day)

    def end_day(self, day: int) -> None:
        """What nobody meets weighs on its home."""
        self.listing.end_day(day)
        now = 24.0 * (day + 1)
        end = int(np.searchsorted(self.wants.arose, now))
        open_now = np.flatnonzero((self.held[:end] == inf) & (self.wants.expires[:end] >= now))
        satisfaction = self.state.satisfaction
        satisfaction.move(self._people(open_now), UNSERVED, -satisfaction.rule.unserved)

    def on_offer(self, provider: int) -> list[str]:
        """Kinds of what a provider has to give now; what is promised or given away is left out."""
        mine = (self.offers.provider == provider) & (self.left > 0)
        now = mine & self._live(self.state.agenda.now, self.offers)
        return [OFFERS[kind] for kind in self.offers.kind[now].tolist()]

    def _turn_of(self, day: int) -> None:
        """On a working day: match if the lists are gathered, and begin to gather the next ones."""
        start, every = 24.0 * day, self.rule.every
        month = int(self.state.calendar.month[day])
        period = day // WEEK if every == "continuous" else month if every == "monthly" else month // 3
        gathering = min(self.rule.surveys.gathering, WEEKLY_GATHERING if every == "continuous" else inf)
        if self._gathering and (start >= self._began + gathering or period != self._period):
            self._gathering = False
            self.state.agenda.at(start + COMES_IN, self._match)
        if period != self._period:
            self._period, self._began, self._gathering = period, start, True
            self._number += 1
            self.listing.begin_round(self._number, start + COMES_IN, gathering - COMES_IN)

    def _match(self, hour: float) -> None:
        self.listing.end_round(hour)
        best = self.state.scenario.mechanisms.matching
        wants = self._live(hour, self.wants) & (self.held == inf) & ~self._pending
        offers = self._live(hour, self.offers) & (self.left > 0)
        on_lists = wants & (self.listing.wants <= hour), offers & (self.listing.offers <= hour)
        for community in range(self.state.population.communities):
            here, near = self._wants_in[community], self._offers_in[community]
            mine = [here[rows[here]] for rows in (wants, on_lists[0])]
            near_by = [near[rows[near]] for rows in (offers, on_lists[1])]
            some, those = _in_order(mine[1], self.listing.wants), _in_order(near_by[1], self.listing.offers)
            listed = self.worth.listed(some, those, self.left, hour)
            plan = as_well_as_can_be(listed) if best else as_they_come(listed)
            self._take(plan, some, those, community, hour)
            ages = hour - np.concatenate((self.listing.wants[some], self.listing.offers[those]))
            self.rounds.append(
                {
                    "hour": hour,
                    "community": community,
                    "chosen": "best" if best else "as_they_come",
                    "wants": len(mine[0]),
                    "wants_listed": len(some),
                    "offers": len(near_by[0]),
                    "offers_listed": len(those),
                    "listed_d": float(ages.mean()) / 24.0 if len(ages) else None,
                    "singles": len(plan.singles),
                    "bundles": len(plan.bundles),
                    "worth": plan.worth(listed),
                }
            )

    def _take(self, plan: Plan, some: Longs, those: Longs, community: int, hour: float) -> None:
        """Set aside what the plan takes and put it in the branch's queue, what is over soonest first."""
        queue = self._queues[community]
        entries: list[tuple[list[int], Bundle | None, int]] = []
        for want, offer in plan.singles:
            self.left[those[offer]] -= 1
            entries.append(([int(some[want])], None, int(those[offer])))
        for found in plan.bundles:
            children = some[found.children]
            room, teacher, sets = those[[found.room, found.teacher, found.stationery]].tolist()
            bundle = Bundle(room, teacher, sets, children.tolist())
            self._reserve(bundle, -1)
            entries.append((bundle.children, bundle, len(self.groups)))
            slot = int(self.wants.slot[children[0]])
            self.groups.append(Group(community, hour, slot, len(children), bundle=bundle))
        for wants, _, _ in entries:
            self._pending[wants] = True
        entries.sort(key=lambda entry: min(self.wants.expires[entry[0]]))
        queue.extend(entries)
        self._note_failures(some, those, community, hour)

    def _reserve(self, bundle: Bundle, sign: int) -> None:
        """Take all of room and teacher and a set for each child, or give them back where ``sign`` is 1."""
        for offer in (bundle.room, bundle.teacher):
            self.left[offer] = self.offers.places[offer] if sign > 0 else 0
        self.left[bundle.stationery] += sign * len(bundle.children)

    def _note_failures(self, some: Longs, those: Longs, community: int, hour: float) -> None:
        """For each time of day at which children are left: what is missing for a group of them."""
        least = self.rule.after_school.least
        waiting = some[(self.wants.kind[some] == AFTER_SCHOOL) & ~self._pending[some]]
        whole = self.left[those] == self.offers.places[those]
        for slot in np.unique(self.wants.slot[waiting]).tolist():
            children = int((self.wants.slot[waiting] == slot).sum())
            kind, at_slot = self.offers.kind[those], whole & (self.offers.slot[those] == slot)
            lacks = {
                "teacher": not (at_slot & (kind == TEACHING)).any(),
                "room": not (at_slot & (kind == ROOM) & (self.left[those] >= least)).any(),
                "stationery": not ((kind == STATIONERY) & (self.left[those] >= least)).any(),
                "children": children < least,
            }
            missing = tuple(part for part, lacking in lacks.items() if lacking)
            self.groups.append(Group(community, hour, int(slot), children, missing))

    def _arrange(self, hour: float, community: int) -> None:
        """The branch arranges as many as fit into the day's share."""
        rule, queue = self.rule.arranging, self._queues[community]
        minutes_left = 60.0 * rule.a_day
        branch = self.state.roster.branches + community
        while queue:
            hours = rule.bundle if queue[0][1] else rule.single
            minutes = 60.0 * arranging(hours, rule.suggestions, self.state.scenario.digital.automation)
            if minutes > minutes_left + 1e-9:
                break
            minutes_left -= minutes
            done = self.state.working.book(branch, minutes, ARRANGE, hour)
            self.state.agenda.at(done, self._asked, *queue.popleft())

    def _asked(self, hour: float, wants: list[int], bundle: Bundle | None, number: int) -> None:
        """Whoever would give is asked; what is refused, or over by now, comes to nothing."""
        self._pending[wants] = False
        still = [want for want in wants if self.held[want] == inf and hour < self.wants.expires[want]]
        if bundle is None:
            self.left[number] += 1
            if still and self._gives(number, still[0]):
                self.left[number] -= 1
                self._meet(still[0], number, hour)
            elif still:
                self.offer[still[0]], self.matched[still[0]] = number, hour
            return
        self._reserve(bundle, 1)
        group = self.groups[number]
        group.lacks = ("children",) if len(still) < self.rule.after_school.least else ()
        parts = {"teacher": bundle.teacher, "room": bundle.room, "stationery": bundle.stationery}
        refused = [part for part, offer in parts.items() if not self._gives(offer, wants[0])]
        group.refused_by = refused[0] if refused and not group.lacks else None
        if group.lacks or refused:
            return
        bundle.children = still
        self._reserve(bundle, -1)
        group.done_h, group.children = hour, len(still)
        for want in still:
            self._meet(want, bundle.room, hour, number)
        self.given[bundle.teacher] += 1
        self.given[bundle.stationery] += len(still)
        for offer in parts.values():
            self.state.providers.gave[self.offers.provider[offer]] += 1

    def _asked_around(self, hour: float, want: int) -> None:
        """Somebody takes the first acceptable offer that neighbours know of."""
        if self.held[want] < inf or self._pending[want]:
            return
        near, offers = self._offers_in[self._want_place[want]], self.offers
        live = (offers.arose[near] <= hour) & (hour < offers.expires[near]) & (self.left[near] > 0)
        those = near[live]
        fits = those[self.worth.of(np.array([want]), those)[0] > 0.0]
        if len(fits) and self._gives(int(fits[0]), want):
            self.left[fits[0]] -= 1
            self.listing.want_channel[want] = WORD_OF_MOUTH
            self._meet(want, int(fits[0]), hour)

    def _gives(self, offer: int, want: int) -> bool:
        """Whether the provider gives when asked now; the same answer whoever else was asked before."""
        if self.offers.expires[offer] <= self.state.agenda.now:
            return False
        provider = int(self.offers.provider[offer])
        return self.state.providers.agrees(provider, self._key, 1024 * want + self._number)

    def _meet(self, want: int, offer: int, hour: float, group: int = NOBODY) -> None:
        self.offer[want], self.matched[want], self.held[want], self.bundle[want] = offer, hour, hour, group
        self.given[offer] += 1
        self.loss[want] = self.worth.loss(want, offer)
        satisfaction = self.state.satisfaction
        satisfaction.move(self._people(np.array([want])), SERVED, satisfaction.rule.served)
        if group == NOBODY:
            self.state.providers.gave[self.offers.provider[offer]] += 1

    def _live(self, hour: float, those: Any) -> NDArray[np.bool_]:
        live: NDArray[np.bool_] = (those.arose <= hour) & (hour < those.expires)
        return live

    def _people(self, wants: Longs) -> Longs:
        """Everybody in the homes of some wants, once for each want."""
        people = self.state.population
        home = people.household[self.wants.resident[wants]]
        first = people.residents_from[home]
        size = people.residents_from[home + 1] - first
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        return np.asarray(np.repeat(first, size) + within, dtype=np.int64)

    def _asks(self) -> tuple[NDArray[np.float64], Longs]:
        """When who asks around, in order of time: fate says who would, the scenario how many do."""
        share, wants = self.rule.word_of_mouth, self.wants
        who = np.flatnonzero((wants.asks < share) & (wants.kind != AFTER_SCHOOL) & ~self._has_asked)
        part = wants.asks[who] / share if share else wants.asks[who]
        hour = wants.arose[who] + part * (wants.expires[who] - wants.arose[who])
        order = np.argsort(hour, kind="stable")
        return hour[order], who[order]


def _grouped(community: NDArray[np.int32], count: int) -> list[Longs]:
    """Rows of each community, in order."""
    order = np.argsort(community, kind="stable")
    return np.split(order, np.searchsorted(community[order], np.arange(1, count)))


def _in_order(rows: Longs, listed: NDArray[np.float64]) -> Longs:
    """Rows in the order of listing."""
    return np.asarray(rows[np.argsort(listed[rows], kind="stable")])


def arranging(hours: float, suggestions: float, automation: float = 0.5) -> float:
    """The branch's hours for one match; suggestions come with automation (0-1)."""
    return hours * (1.0 - suggestions * (2.0 * automation - 1.0))

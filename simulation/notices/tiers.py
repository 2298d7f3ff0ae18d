"""Four tiers: a notice goes from street to party branch, group leader and centre household by word of mouth.

Every call costs minutes of both who speak; a meeting costs each who attends its length, once for all notices.
A message can be lost on the way, and then everybody below is missed. Who has two roles passes nothing to
himself: what one role knows the other knows at once.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from agents.working_time import CALL, MEETING
from scenarios.notices import Link
from simulation.chance import draw
from simulation.notices.live import Live
from simulation.notices.spread import CHANNELS
from simulation.state import State

STREET, BRANCH, LEADER = (CHANNELS.index(name) for name in ("street", "branch", "leader"))
GRID_WORKER = CHANNELS.index("grid_worker")
MEETS_AT = 10.0
"""Hour of day at which meetings begin."""

Heard = Callable[[float, Live, int, int], None]


class Tiers:
    """The way down. ``carried`` says which notices (bit = slot) each centre household and grid worker knows.

    Args:
        state: the run.
        keys: (slots, N) who knows what, see :mod:`simulation.notices.spread`.
        publish: called as ``publish(hour, notice, community)`` when a branch has a notice to put up and post.
    """

    def __init__(
        self, state: State, keys: NDArray[np.int64], publish: Callable[[float, Live, int], None]
    ) -> None:
        self.state = state
        self.keys = keys
        self.publish = publish
        organisation = state.organisation
        self.centres_carry = np.zeros(len(organisation.centre_household), dtype=np.int64)
        self.workers_carry = np.zeros(len(organisation.worker_grid), dtype=np.int64)
        self._meetings: dict[tuple[int, bool, float], float] = {}
        building_of_centre = state.population.household_building[organisation.centre_household]
        self._group_of_centre = organisation.building_group[building_of_centre]
        self._groups = [np.flatnonzero(organisation.group_community == c).tolist() for c in self._all()]
        self._centres: list[list[int]] = [[] for _ in organisation.group_community]
        for centre, group in enumerate(self._group_of_centre.tolist()):
            self._centres[group].append(centre)
        self._team: list[list[int]] = [[] for _ in organisation.grid_community]
        for worker, grid in enumerate(organisation.worker_grid.tolist()):
            self._team[grid].append(worker)
        self._grids: list[list[int]] = [[] for _ in self._all()]
        for grid, community in enumerate(organisation.grid_community.tolist()):
            self._grids[community].append(grid)

    def _all(self) -> range:
        return range(self.state.population.communities)

    def send(self, hour: float, notice: Live, community: int) -> None:
        """The street office passes a notice to one community; without tiers the branch has it in writing."""
        scenario, roster = self.state.scenario, self.state.roster
        officer = roster.officers + community
        if scenario.mechanisms.tiers:
            link = scenario.notices.tiers.street_to_branch
            self._pass(hour, link, notice, officer, roster.branches + community, self._branch_hears)
            return
        self.publish(hour, notice, community)
        if scenario.mechanisms.patrol and scenario.patrol.tells:
            self._to_grids(hour, scenario.notices.tiers.street_to_branch, notice, officer, community)

    def forget(self, bit: int, street: NDArray[np.bool_]) -> None:
        """A notice is no longer news in the communities marked in ``street``."""
        roster, organisation = self.state.roster, self.state.organisation
        centres = roster.community[roster.centres :][: len(self.centres_carry)]
        self.centres_carry[street[centres]] &= ~bit
        self.workers_carry[street[organisation.grid_community[organisation.worker_grid]]] &= ~bit

    def _branch_hears(self, hour: float, notice: Live, _giver: int, branch: int) -> None:
        scenario, roster = self.state.scenario, self.state.roster
        tiers = scenario.notices.tiers
        community = branch - roster.branches
        self.publish(hour, notice, community)
        for group in self._groups[community]:
            if self.state.organisation.group_leader[group] >= 0:
                leader = roster.leaders + group
                self._pass(hour, tiers.branch_to_leader, notice, branch, leader, self._leader_hears)
            else:
                self._to_centres(hour, notice, branch, group)
        if scenario.mechanisms.patrol and scenario.patrol.tells:
            self._to_grids(hour, tiers.branch_to_leader, notice, branch, community)

    def _leader_hears(self, hour: float, notice: Live, branch: int, leader: int) -> None:
        self._tell(hour, notice, BRANCH, branch, leader)
        self._to_centres(hour, notice, leader, leader - self.state.roster.leaders)

    def _to_centres(self, hour: float, notice: Live, giver: int, group: int) -> None:
        link = self.state.scenario.notices.tiers.leader_to_centre
        for centre in self._centres[group]:
            actor = self.state.roster.centres + centre
            self._pass(hour, link, notice, giver, actor, self._centre_hears)

    def _centre_hears(self, hour: float, notice: Live, giver: int, actor: int) -> None:
        channel = LEADER if giver >= self.state.roster.leaders else BRANCH
        self._tell(hour, notice, channel, giver, actor)
        self.centres_carry[actor - self.state.roster.centres] |= notice.bit

    def _to_grids(self, hour: float, link: Link, notice: Live, giver: int, community: int) -> None:
        for grid in self._grids[community]:
            if self._team[grid]:
                first = self.state.roster.workers + self._team[grid][0]
                self._pass(hour, link, notice, giver, first, self._first_worker_hears)

    def _first_worker_hears(self, hour: float, notice: Live, giver: int, actor: int) -> None:
        roster = self.state.roster
        self._tell(hour, notice, BRANCH if giver >= roster.branches else STREET, giver, actor)
        worker = actor - roster.workers
        self.workers_carry[worker] |= notice.bit
        grid = int(self.state.organisation.worker_grid[worker])
        link = self.state.scenario.notices.tiers.leader_to_centre
        for other in self._team[grid][1:]:
            self._pass(hour, link, notice, actor, roster.workers + other, self._worker_hears)

    def _worker_hears(self, hour: float, notice: Live, giver: int, actor: int) -> None:
        self._tell(hour, notice, GRID_WORKER, giver, actor)
        self.workers_carry[actor - self.state.roster.workers] |= notice.bit

    def _tell(self, hour: float, notice: Live, channel: int, giver: int, actor: int) -> None:
        person = self.state.roster.person
        notice.tell(self.keys, int(person[actor]), hour, channel, int(person[giver]))

    def _pass(self, hour: float, link: Link, notice: Live, giver: int, receiver: int, heard: Heard) -> None:
        if self.state.roster.same_person(giver, receiver):
            heard(hour, notice, giver, receiver)
        elif link.mode == "meeting":
            when = self._next_meeting(hour, link.every)
            self.state.agenda.at(when, self._meet, link, notice, giver, receiver, heard)
        else:
            delay = link.delay.hours(draw(notice.key, receiver, 0))
            self.state.agenda.at(hour + delay, self._call, link, notice, giver, receiver, heard)

    @staticmethod
    def _next_meeting(hour: float, every: float) -> float:
        periods = int(max(0.0, np.ceil((hour - MEETS_AT) / every)))
        return MEETS_AT + periods * every

    def _meet(self, hour: float, link: Link, notice: Live, giver: int, receiver: int, heard: Heard) -> None:
        ends = hour
        for actor, gives in ((giver, True), (receiver, False)):
            seat = (actor, gives, hour)  # who holds a meeting may have to attend another one at the same hour
            if seat not in self._meetings:
                minutes = 60.0 * link.minutes
                self._meetings[seat] = self.state.working.book(actor, minutes, MEETING, hour)
            ends = max(ends, self._meetings[seat])
        self.state.agenda.at(ends, self._received, link, notice, giver, receiver, heard)

    def _call(self, hour: float, link: Link, notice: Live, giver: int, receiver: int, heard: Heard) -> None:
        book = self.state.working.book
        minutes = 60.0 * link.minutes
        ends = max(book(giver, minutes, CALL, hour), book(receiver, minutes, CALL, hour))
        self.state.agenda.at(ends, self._received, link, notice, giver, receiver, heard)

    def _received(
        self, hour: float, link: Link, notice: Live, giver: int, receiver: int, heard: Heard
    ) -> None:
        if hour < notice.ends and draw(notice.key, receiver, 1) >= link.loss:
            heard(hour, notice, giver, receiver)

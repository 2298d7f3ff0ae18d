"""The roster: everybody with a role, as rows of one table, and the working time they have."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.working_time import ROLES, WorkingTime
from scenarios.schema import Scenario
from simulation.calendar import Calendar
from simulation.community.population import Flags, Floats, Ints, Organisation, Population

OFFICE_HOURS = (9.0, 17.5)
"""Street officers, the branch, coordinator, tracker and full-time grid workers can be asked within these."""
WAKING_HOURS = (8.0, 20.5)
"""Volunteers can be asked within these, every day."""
OFFICE_ROLES = ("street_officer", "branch", "coordinator", "full_time", "tracker")


@dataclass(frozen=True, slots=True)
class Roster:
    """Actors in blocks by role; each block starts at the number its field names."""

    officers: int
    """First street officer, one for each community."""
    branches: int
    """First party branch, one for each community."""
    coordinators: int
    """First coordinator, one for each community."""
    leaders: int
    """First leader of a party group."""
    centres: int
    """First centre household."""
    workers: int
    """First grid worker."""
    members: int
    """First paired member without another role."""
    trackers: int
    """First tracker, one for each community."""
    role: Ints
    """(A,) index into ROLES."""
    community: Ints
    """(A,) community served."""
    person: NDArray[np.int64]
    """(A,) the resident who has the role, or N + actor for one who comes from outside."""

    def same_person(self, one: int, other: int) -> bool:
        """Whether two actors are roles of one person, who has nothing to tell himself."""
        return bool(self.person[one] == self.person[other])


def draw_up(population: Population, organisation: Organisation, members: NDArray[np.int64]) -> Roster:
    """Number everybody with a role; ``members`` are residents paired with others who have no other role."""
    communities = np.arange(population.communities, dtype=np.int32)
    building = population.household_building[organisation.centre_household]
    blocks = [
        (0, communities, None),
        (1, communities, None),
        (2, communities, None),
        (3, organisation.group_community, organisation.group_leader),
        (4, population.building_community[building], organisation.centre_resident),
        (5, organisation.grid_community[organisation.worker_grid], organisation.worker_resident),
        (7, population.building_community[_building(population, members)], members),
        (8, communities, None),
    ]
    starts = np.concatenate(([0], np.cumsum([len(block[1]) for block in blocks])))
    role = np.concatenate([np.full(len(block[1]), block[0], dtype=np.int32) for block in blocks])
    role[starts[5] : starts[6]][~organisation.worker_full_time] = ROLES.index("part_time")
    outside = population.residents + np.arange(len(role), dtype=np.int64)
    person = outside.copy()
    for start, (_, rows, residents) in zip(starts[:-1].tolist(), blocks, strict=True):
        if residents is not None:
            mine = slice(start, start + len(rows))
            person[mine] = np.where(residents >= 0, residents, outside[mine])
    officers, branches, coordinators, leaders, centres, workers, first_member, trackers = starts[:8].tolist()
    return Roster(
        officers=officers,
        branches=branches,
        coordinators=coordinators,
        leaders=leaders,
        centres=centres,
        workers=workers,
        members=first_member,
        trackers=trackers,
        role=role,
        community=np.concatenate([block[1] for block in blocks]).astype(np.int32),
        person=person,
    )


def _building(population: Population, residents: NDArray[np.int64]) -> Ints:
    return population.household_building[population.household[residents]]


def give_time(
    scenario: Scenario, roster: Roster, organisation: Organisation, calendar: Calendar
) -> WorkingTime:
    """Working time of everybody on the roster, as the scenario grants it."""
    office = _in_office(roster)
    workday, restday = minutes_of(scenario, roster, organisation)
    return WorkingTime(
        role=roster.role,
        workday=workday,
        restday=restday,
        opens=np.where(office, OFFICE_HOURS[0], WAKING_HOURS[0]),
        closes=np.where(office, OFFICE_HOURS[1], WAKING_HOURS[1]),
        working=calendar.working,
    )


def minutes_of(scenario: Scenario, roster: Roster, organisation: Organisation) -> tuple[Floats, Floats]:
    """(A,) minutes that the scenario grants each on a working day, and on any other day."""
    minutes, switches = scenario.minutes, scenario.mechanisms
    granted = {
        "street_officer": minutes.street_officer,
        "branch": minutes.branch,
        "coordinator": scenario.hub.minutes if switches.hub else 0.0,
        "leader": minutes.leader if switches.tiers else 0.0,
        "centre_household": minutes.centre_household if switches.tiers else 0.0,
        "full_time": minutes.full_time if switches.patrol else 0.0,
        "part_time": minutes.part_time if switches.patrol else 0.0,
        "paired_member": minutes.paired_member if switches.ledger else 0.0,
        "tracker": scenario.platform.minutes if switches.platform else 0.0,
    }
    workday = np.array([60.0 * granted[name] for name in ROLES])[roster.role]
    vacant = np.flatnonzero(organisation.group_leader < 0) + roster.leaders
    workday[vacant] = 0.0
    return workday, np.where(_in_office(roster), 0.0, workday)


def _in_office(roster: Roster) -> Flags:
    return np.array([name in OFFICE_ROLES for name in ROLES])[roster.role]

"""Divides the community and gives roles, as a scenario's rules say: grids, party groups, centre households.

Policy, not fate: the population is the same whatever stands here, and nothing here is drawn. Who knows most
people comes first, because the source asks for members of influence; equal ones go by their number.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.cases import Title
from scenarios.community import CentreHouseholds, Community, PartyGroup
from scenarios.people import Patrol
from simulation.community.dividing import divide_evenly
from simulation.community.grids import Grids, form_grids
from simulation.community.households import ADULT_FROM, ELDERLY_FROM
from simulation.community.misfits import misfit
from simulation.community.population import Flags, Ints, Organisation, Population

TOO_OLD_FROM = 76
"""Volunteers on patrol are sought first among those younger than this and without a disability."""

Longs = NDArray[np.int64]


def organise(population: Population, community: Community, patrol: Patrol) -> Organisation:
    """Divide the population's communities and fill the roles."""
    ties = np.diff(population.tie_from)
    grids = form_grids(population, community.grid)
    building_group, group_community, group_warnings = _form_groups(population, community.party_group)
    leader = _leaders(population, building_group, len(group_community), ties)
    wanted = _centres_wanted(population, community.centre_households)
    centre_resident, building = _centres(population, wanted, ties)
    centres_from = np.searchsorted(building, np.arange(population.buildings + 1)).astype(np.int32)
    serving = np.zeros(population.residents, dtype=np.bool_)
    serving[leader[leader >= 0]] = True
    serving[centre_resident] = True
    worker_grid, full_time, worker, worker_warnings = _workers(population, grids, patrol, ties, serving)
    return Organisation(
        household_grid=grids.household_grid,
        grid_community=grids.grid_community,
        grid_area_km2=grids.grid_area_km2,
        grid_buildings_from=grids.grid_buildings_from,
        grid_buildings=grids.grid_buildings,
        building_group=building_group,
        group_community=group_community,
        group_leader=leader,
        centres_from=centres_from,
        centre_household=population.household[centre_resident],
        centre_resident=centre_resident,
        centres_wanted=wanted,
        worker_grid=worker_grid,
        worker_full_time=full_time,
        worker_resident=worker,
        warnings=(
            *grids.warnings,
            *group_warnings,
            *_leader_warnings(leader),
            *_centre_warnings(wanted, np.diff(centres_from), community.centre_households),
            *worker_warnings,
        ),
    )


def _form_groups(population: Population, rule: PartyGroup) -> tuple[Ints, Ints, list[Title]]:
    """Party groups of neighbouring buildings; a community with too few buildings is one group.

    Where no number of groups fits, as with 7 buildings in groups of 4 to 5, no group is too large and some
    are too small.
    """
    points = np.column_stack((population.x_m, population.y_m))
    ones = np.ones(population.buildings)
    middle = (rule.min_buildings + rule.max_buildings) / 2.0
    building_group = np.zeros(population.buildings, dtype=np.int32)
    communities: list[int] = []
    for community in range(population.communities):
        members = np.arange(*population.buildings_from[community : community + 2])
        fewest, most = -(-len(members) // rule.max_buildings), len(members) // rule.min_buildings
        count = max(fewest, min(most, int(len(members) / middle + 0.5)))
        for group in divide_evenly(points, ones, members, count):
            building_group[group] = len(communities)
            communities.append(community)
    small = int(np.count_nonzero(np.bincount(building_group) < rule.min_buildings))
    warnings = []
    if small:
        warnings.append(misfit("small_groups", some=small, all=len(communities), fewest=rule.min_buildings))
    return building_group, np.array(communities, dtype=np.int32), warnings


def _leaders(population: Population, building_group: Ints, groups: int, ties: Longs) -> Ints:
    """The party member with the most ties in each group; -1 where there is none."""
    members = np.flatnonzero(population.party)
    group = building_group[population.household_building[population.household[members]]]
    order = np.lexsort((members, -ties[members], group))
    found, first = np.unique(group[order], return_index=True)
    leader = np.full(groups, -1, dtype=np.int32)
    leader[found] = members[order][first]
    return leader


def _leader_warnings(leader: Ints) -> list[Title]:
    vacant = int(np.count_nonzero(leader < 0))
    if not vacant:
        return []
    return [misfit("no_leader", some=vacant, all=len(leader))]


def _centres_wanted(population: Population, rule: CentreHouseholds) -> Ints:
    """Between fewest and most for each building, so that one centre household has about the same homes.

    A building of its community's mean size asks for the middle, rounded up.
    """
    homes = np.diff(population.households_from)
    place = population.building_community
    mean = np.bincount(place, homes) / np.bincount(place)
    share = (rule.fewest + rule.most) / 2.0 / mean[place]
    return np.clip(np.floor(homes * share + 0.5), rule.fewest, rule.most).astype(np.int32)


def _centres(population: Population, wanted: Ints, ties: Longs) -> tuple[Ints, Ints]:
    """The party members who act for their households as centre households, and their buildings in order."""
    members = np.flatnonzero(population.party)
    home = population.household[members]
    order = np.lexsort((members, -ties[members], home))
    members = members[order][np.unique(home[order], return_index=True)[1]]
    building = population.household_building[population.household[members]]
    order = np.lexsort((members, -ties[members], building))
    members, building = members[order], building[order]
    kept = _rank(building) < wanted[building]
    return members[kept].astype(np.int32), building[kept]


def _centre_warnings(wanted: Ints, given: Ints, rule: CentreHouseholds) -> list[Title]:
    short = int(np.count_nonzero(given < wanted))
    if not short:
        return []
    asked = f"{rule.fewest}" if rule.fewest == rule.most else f"{rule.fewest}-{rule.most}"
    missing = int((wanted - given).sum())
    return [misfit("few_centres", some=short, all=len(wanted), asked=asked, missing=missing)]


def _workers(
    population: Population, grids: Grids, patrol: Patrol, ties: Longs, serving: Flags
) -> tuple[Ints, Flags, Ints, list[Title]]:
    """Grid workers: full-time ones from outside, part-time ones from the adults of the grid.

    Those without another role come first, then retired party members, other party members, other retired
    people, other adults, and last who is old or has a disability.
    """
    adults = np.flatnonzero(population.age >= ADULT_FROM)
    grid = grids.household_grid[population.household[adults]]
    age, party = population.age[adults], population.party[adults]
    retired = age >= ELDERLY_FROM
    unfit = (age >= TOO_OLD_FROM) | population.disabled[adults]
    choice = np.where(unfit, 4, np.where(party, np.where(retired, 0, 1), np.where(retired, 2, 3)))
    order = np.lexsort((adults, -ties[adults], choice, serving[adults], grid))
    adults, grid = adults[order], grid[order]
    kept = _rank(grid) < patrol.part_time_workers
    count = len(grids.grid_community)
    full = np.repeat(np.arange(count), patrol.full_time_workers)
    worker_grid = np.concatenate((full, grid[kept]))
    resident = np.concatenate((np.full(len(full), -1), adults[kept]))
    order = np.argsort(worker_grid, kind="stable")
    short = int(np.count_nonzero(np.bincount(grid[kept], minlength=count) < patrol.part_time_workers))
    warnings = []
    if short:
        warnings.append(misfit("few_workers", some=short, all=count, asked=patrol.part_time_workers))
    return (
        worker_grid[order].astype(np.int32),
        resident[order] < 0,
        resident[order].astype(np.int32),
        warnings,
    )


def _rank(group: Ints) -> Longs:
    """Place of each entry within its group, from 0; ``group`` is sorted."""
    return np.arange(len(group)) - np.searchsorted(group, group)

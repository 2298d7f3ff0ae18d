"""What holds for every community, whatever its parameters."""

import tempfile
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.community import Buildings, CentreHouseholds, Community, Grid, PartyGroup, People, Ties
from scenarios.people import Patrol
from simulation.community.grids import SLACK
from simulation.community.organising import organise
from simulation.community.population import Organisation, Population
from simulation.community.settling import build_population

share = st.floats(0.0, 1.0)
places = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 60), st.integers(1, 900)),
    min_size=1,
    max_size=60,
)


@st.composite
def people(draw: st.DrawFn) -> People:
    weights = np.array(draw(st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(any)))
    child = draw(share)
    return People(
        household_sizes=tuple((weights / weights.sum()).tolist()),
        child_share=child,
        elderly_share=draw(st.floats(0.0, 1.0 - child)),
        elderly_alone_share=draw(share),
        disability_share=draw(share),
        party_share=draw(share),
        digital_adult=draw(share),
        digital_elderly=draw(share),
        trust_mean=draw(share),
        trust_sd=draw(st.floats(0.0, 0.28)),
        satisfaction_mean=draw(st.floats(0.0, 100.0)),
        satisfaction_sd=draw(st.floats(0.0, 30.0)),
    )


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    fewest, least = draw(st.integers(0, 4)), draw(st.integers(1, 6))
    return {
        "grid": Grid(max_households=draw(st.integers(20, 500)), max_area=draw(st.floats(0.001, 2.0))),
        "party_group": PartyGroup(min_buildings=least, max_buildings=draw(st.integers(least, 12))),
        "centre_households": CentreHouseholds(fewest=fewest, most=draw(st.integers(fewest, 8))),
    }


@st.composite
def communities(draw: st.DrawFn) -> Community:
    return Community(
        communities=draw(st.integers(1, 4)),
        communities_per_street=draw(st.integers(1, 3)),
        households=draw(st.integers(4, 400)),
        people=draw(people()),
        buildings=Buildings(
            households=draw(st.integers(4, 120)),
            spread=draw(share),
            floors=draw(st.integers(1, 30)),
            spacing=draw(st.floats(10.0, 200.0)),
            condition_mean=draw(share),
            condition_sd=draw(st.floats(0.0, 0.28)),
        ),
        ties=Ties(same_building=draw(st.floats(0.0, 50.0)), beyond=draw(st.floats(0.0, 50.0))),
        **draw(rules()),
    )


patrols = st.builds(
    Patrol, full_time_workers=st.integers(0, 3), part_time_workers=st.integers(0, 5), talks=st.just(2)
)


def sentences(organisation) -> list[str]:
    return [warning.en for warning in organisation.warnings]


def building_of(population: Population, residents: Any) -> Any:
    return population.household_building[population.household[residents]]


def columns(table: Population | Organisation) -> dict[str, Any]:
    return {field.name: getattr(table, field.name) for field in fields(table)}


def check_numbering(starts: Any, units: Any) -> None:
    """``starts`` says where each unit's members start, ``units`` says whose each member is; none is empty."""
    assert starts[0] == 0
    assert np.all(np.diff(starts) > 0)
    assert np.array_equal(units, np.repeat(np.arange(len(starts) - 1), np.diff(starts)))


def check_ties(population: Population) -> None:
    here = np.repeat(np.arange(population.residents), np.diff(population.tie_from))
    there = population.tie_to
    assert population.tie_from[0] == 0
    assert population.tie_from[-1] == len(there)
    forth = set(zip(here.tolist(), there.tolist(), strict=True))
    assert len(forth) == len(there)
    assert forth == {(other, one) for one, other in forth}
    assert not np.any(population.household[here] == population.household[there])
    place = population.building_community
    assert np.array_equal(place[building_of(population, here)], place[building_of(population, there)])


def check_population(population: Population) -> None:
    check_numbering(population.buildings_from, population.building_community)
    check_numbering(population.households_from, population.household_building)
    check_numbering(population.residents_from, population.household)
    check_ties(population)
    assert population.x_m.min() >= 0.0
    assert population.y_m.min() >= 0.0
    oldest = np.maximum.reduceat(population.age, population.residents_from[:-1])
    assert oldest.min() >= 18
    assert population.age[population.party].min(initial=18) >= 18
    for values, most in (
        (population.trust, 1.0),
        (population.condition, 1.0),
        (population.satisfaction, 100.0),
    ):
        assert np.all((values >= 0.0) & (values <= most))


def check_grids(population: Population, organisation: Organisation, rule: Grid) -> None:
    homes = organisation.household_grid
    assert np.bincount(homes, minlength=len(organisation.grid_community)).min() > 0
    assert np.bincount(homes).max() <= rule.max_households
    community = population.building_community[population.household_building]
    assert np.array_equal(organisation.grid_community[homes], community)
    pairs = {
        (int(grid), int(place)) for grid, place in zip(homes, population.household_building, strict=True)
    }
    listed = [
        (grid, place)
        for grid, (first, last) in enumerate(pairwise(organisation.grid_buildings_from.tolist()))
        for place in organisation.grid_buildings[first:last].tolist()
    ]
    assert len(listed) == len(pairs)
    assert set(listed) == pairs
    for grid, (first, last) in enumerate(pairwise(organisation.grid_buildings_from.tolist())):
        mine = organisation.grid_buildings[first:last]
        half = np.sqrt(population.footprint_m2[mine]) / 2.0
        wide = (population.x_m[mine] + half).max() - (population.x_m[mine] - half).min()
        deep = (population.y_m[mine] + half).max() - (population.y_m[mine] - half).min()
        area = organisation.grid_area_km2[grid]
        assert np.isclose(area, wide * deep / 1e6, rtol=1e-9)
        at_one_point = np.ptp(population.x_m[mine]) == 0.0 and np.ptp(population.y_m[mine]) == 0.0
        assert area <= rule.max_area + 2.0 * SLACK or at_one_point


def check_groups(population: Population, organisation: Organisation, rule: PartyGroup) -> None:
    group = organisation.building_group
    counts = np.bincount(group, minlength=len(organisation.group_community))
    assert counts.min() > 0
    assert counts.max() <= rule.max_buildings
    assert np.array_equal(organisation.group_community[group], population.building_community)
    for community, buildings in enumerate(np.diff(population.buildings_from).tolist()):
        possible = any(
            rule.min_buildings * count <= buildings <= rule.max_buildings * count
            for count in range(1, buildings + 1)
        )
        if possible:
            assert counts[organisation.group_community == community].min() >= rule.min_buildings
    short = any("party groups have fewer than" in text for text in sentences(organisation))
    assert short == bool(np.any(counts < rule.min_buildings))
    led = organisation.group_leader >= 0
    assert np.all(population.party[organisation.group_leader[led]])
    assert np.array_equal(group[building_of(population, organisation.group_leader[led])], np.flatnonzero(led))


def check_centres(population: Population, organisation: Organisation, rule: CentreHouseholds) -> None:
    given = np.diff(organisation.centres_from)
    wanted = organisation.centres_wanted
    homes = np.unique(population.household[population.party])
    there_are = np.bincount(population.household_building[homes], minlength=population.buildings)
    assert wanted.min() >= rule.fewest
    assert wanted.max() <= rule.most
    assert np.array_equal(given, np.minimum(wanted, there_are))
    assert np.array_equal(
        population.household_building[organisation.centre_household],
        np.repeat(np.arange(population.buildings), given),
    )
    assert np.array_equal(population.household[organisation.centre_resident], organisation.centre_household)
    assert len(np.unique(organisation.centre_household)) == len(organisation.centre_household)
    assert np.all(population.party[organisation.centre_resident])
    bound = any("fewer party households" in text for text in sentences(organisation))
    assert bound == bool(np.any(given < wanted))


def check_workers(population: Population, organisation: Organisation, rule: Patrol) -> None:
    grid, full, person = (
        organisation.worker_grid,
        organisation.worker_full_time,
        organisation.worker_resident,
    )
    count = len(organisation.grid_community)
    assert np.all(np.diff(grid) >= 0)
    assert np.all(np.diff(full.astype(int))[np.diff(grid) == 0] <= 0)
    assert np.array_equal(full, person == -1)
    assert np.all(np.bincount(grid[full], minlength=count) == rule.full_time_workers)
    adult = population.age >= 18
    adults = np.bincount(organisation.household_grid[population.household[adult]], minlength=count)
    given = np.bincount(grid[~full], minlength=count)
    assert np.array_equal(given, np.minimum(adults, rule.part_time_workers))
    part_time = person[~full]
    assert len(np.unique(part_time)) == len(part_time)
    assert np.all(adult[part_time])
    assert np.array_equal(organisation.household_grid[population.household[part_time]], grid[~full])


def check_organisation(
    population: Population, organisation: Organisation, rule: Community, patrol: Patrol
) -> None:
    check_grids(population, organisation, rule.grid)
    check_groups(population, organisation, rule.party_group)
    check_centres(population, organisation, rule.centre_households)
    check_workers(population, organisation, patrol)


@settings(max_examples=40, deadline=None)
@given(communities(), patrols, st.integers(0, 2**63))
def test_every_synthetic_community_is_whole(rule: Community, patrol: Patrol, seed: int) -> None:
    population = build_population(rule, seed)
    assert population.communities == rule.communities
    assert np.all(np.diff(population.households_from[population.buildings_from]) == rule.households)
    assert np.array_equal(
        population.community_street, np.arange(rule.communities) // rule.communities_per_street
    )
    check_population(population)
    check_organisation(population, organise(population, rule, patrol), rule, patrol)


@settings(max_examples=50, deadline=None)
@given(places, rules(), patrols, st.integers(4, 2000))
def test_every_layout_becomes_whole_communities(
    buildings: list[tuple[int, int, int, int]], rule: dict[str, Any], patrol: Patrol, households: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "layout.csv")
        rows = [f"{x},{y},6,{footprint},{homes}" for x, y, footprint, homes in buildings]
        file.write_text("\n".join(["x_m,y_m,floors,footprint_m2,households", *rows]), encoding="utf-8")
        asked = Community(
            layout=str(file), households=households, buildings=Buildings(min_footprint=0.0), **rule
        )
        population = build_population(asked, 1)
    assert population.households == sum(homes for _, _, _, homes in buildings)
    assert population.buildings == len(buildings)
    check_population(population)
    check_organisation(population, organise(population, asked, patrol), asked, patrol)


@settings(max_examples=25, deadline=None)
@given(communities(), rules(), st.integers(0, 2**32))
def test_no_policy_has_a_say_in_fate(rule: Community, policy: dict[str, Any], seed: int) -> None:
    governed = rule.model_copy(update=policy)
    one, other = build_population(rule, seed), build_population(governed, seed)
    for name, column in columns(one).items():
        assert column.tobytes() == getattr(other, name).tobytes(), name


@settings(max_examples=25, deadline=None)
@given(communities(), st.integers(0, 2**32))
def test_every_community_is_the_same_whatever_stands_beside_it(rule: Community, seed: int) -> None:
    one = build_population(rule.model_copy(update={"communities": 1}), seed)
    several = build_population(rule, seed)
    for name, column in columns(one).items():
        assert column.tobytes() == getattr(several, name)[: len(column)].tobytes(), name

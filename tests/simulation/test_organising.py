"""Grids, party groups and roles follow their rules, on places small enough to check by hand."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.community import CentreHouseholds, Community, Grid, PartyGroup, People
from scenarios.people import Patrol
from simulation.community.organising import organise
from simulation.community.population import Organisation, Population
from simulation.community.settling import build_population

Village = Callable[..., tuple[Population, Community]]


@pytest.fixture
def village(tmp_path: Path) -> Village:
    """Buildings at given places with given households; one community unless asked otherwise."""

    def build(
        places: Sequence[tuple[float, float]], homes: Sequence[int], footprint: float = 100.0, **rules: Any
    ) -> tuple[Population, Community]:
        file = tmp_path / "village.csv"
        rows = [f"{x},{y},6,{footprint},{count}" for (x, y), count in zip(places, homes, strict=True)]
        file.write_text("\n".join(["x_m,y_m,floors,footprint_m2,households", *rows]), encoding="utf-8")
        rule = Community(**({"layout": str(file), "households": 50_000} | rules))
        return build_population(rule, 1), rule

    return build


@pytest.fixture(scope="module")
def default() -> tuple[Population, Organisation]:
    rule = Community(communities=3)
    population = build_population(rule, 6)
    return population, organise(population, rule, Patrol())


def sentences(organisation) -> list[str]:
    return [warning.en for warning in organisation.warnings]


def row(count: int, step: float = 50.0) -> list[tuple[float, float]]:
    return [(step * number, 0.0) for number in range(count)]


def building_of(population: Population, residents: Any) -> Any:
    return population.household_building[population.household[residents]]


def grids_of_buildings(population: Population, organisation: Organisation) -> list[set[int]]:
    homes = population.households_from
    return [set(organisation.household_grid[first:last].tolist()) for first, last in pairwise(homes.tolist())]


def test_the_default_community_has_four_even_grids(default: tuple[Population, Organisation]) -> None:
    organisation = default[1]
    households = np.bincount(organisation.household_grid)
    assert np.bincount(organisation.grid_community).tolist() == [4, 4, 4]
    assert households.max() <= 300
    assert households.min() >= 200
    assert organisation.warnings == ()


def test_a_row_of_buildings_is_cut_into_even_stretches(village: Village) -> None:
    population, rule = village(row(12), [50] * 12)
    organisation = organise(population, rule, Patrol())
    assert [next(iter(grids)) for grids in grids_of_buildings(population, organisation)] == [0] * 6 + [1] * 6
    # 5 gaps of 50 m and a building 10 m wide, 10 m deep
    assert organisation.grid_area_km2.tolist() == pytest.approx([260.0 * 10.0 / 1e6] * 2)


def test_one_more_grid_where_the_fewest_would_split_a_building(village: Village) -> None:
    population, rule = village(row(4), [200] * 4)  # 800 fit three grids, but no two buildings fit one
    organisation = organise(population, rule, Patrol())
    assert grids_of_buildings(population, organisation) == [{0}, {1}, {2}, {3}]


def test_a_building_above_the_cap_is_divided_by_household(village: Village) -> None:
    population, rule = village(row(3), [10, 700, 10])
    organisation = organise(population, rule, Patrol())
    tower = organisation.household_grid[10:710]
    assert np.bincount(organisation.household_grid).max() <= 300
    assert len(set(tower.tolist())) == 3
    assert np.all(np.diff(tower) >= 0)
    listed = np.split(organisation.grid_buildings, organisation.grid_buildings_from[1:-1])
    assert all(1 in buildings for buildings in listed)
    assert any("1 of 3 buildings have more than 300 households" in text for text in sentences(organisation))


def test_far_clusters_are_different_grids_though_their_households_fit_one(village: Village) -> None:
    places = [(0.0, 0.0), (60.0, 40.0), (2000.0, 2000.0), (2060.0, 2040.0)]
    population, rule = village(places, [20] * 4)
    organisation = organise(population, rule, Patrol())
    assert grids_of_buildings(population, organisation) == [{0}, {0}, {1}, {1}]
    assert organisation.grid_area_km2.max() <= 0.5
    wider = rule.model_copy(update={"grid": Grid(max_area=20.0)})
    organisation = organise(population, wider, Patrol())
    assert len(organisation.grid_community) == 1
    assert organisation.grid_area_km2[0] == pytest.approx(2.070 * 2.050)


def test_wider_caps_than_the_source_has_are_allowed_with_a_warning(village: Village) -> None:
    population, rule = village(row(12), [50] * 12, grid=Grid(max_households=600, max_area=0.8))
    organisation = organise(population, rule, Patrol())
    assert len(organisation.grid_community) == 1
    assert "Grids may have 600 households; the source's rule is 300." in sentences(organisation)
    assert "Grids may cover 0.8 km2; the source's rule is 0.5 km2." in sentences(organisation)


def test_a_footprint_above_the_area_cap_is_said_to_be_so(village: Village) -> None:
    population, rule = village([(0.0, 0.0)], [30], footprint=40_000.0, grid=Grid(max_area=0.01))
    organisation = organise(population, rule, Patrol())
    assert any(
        "1 of 1 grids are a single building whose footprint" in text for text in sentences(organisation)
    )


def test_buildings_at_one_point_are_still_divided(village: Village) -> None:
    population, rule = village([(5.0, 5.0)] * 8, [100] * 8)
    organisation = organise(population, rule, Patrol())
    assert np.bincount(organisation.household_grid).max() <= 300
    assert np.bincount(organisation.building_group).tolist() == [4, 4]


def test_a_patrol_goes_along_a_row(village: Village) -> None:
    shuffled = [4, 0, 3, 1, 5, 2]
    population, rule = village([row(6)[place] for place in shuffled], [10] * 6)
    organisation = organise(population, rule, Patrol())
    assert np.diff(population.x_m[organisation.grid_buildings]).tolist() == [50.0] * 5


@pytest.mark.parametrize("buildings", range(3, 40))
def test_groups_have_three_to_five_buildings_whatever_there_are(village: Village, buildings: int) -> None:
    population, rule = village(
        [(50.0 * (n % 6), 50.0 * (n // 6)) for n in range(buildings)], [10] * buildings
    )
    organisation = organise(population, rule, Patrol())
    counts = np.bincount(organisation.building_group)
    assert counts.sum() == buildings
    assert counts.min() >= 3
    assert counts.max() <= 5
    assert len(organisation.group_leader) == len(organisation.group_community) == len(counts)


def test_neighbours_are_in_one_group(village: Village) -> None:
    population, rule = village(row(4) + [(5000.0 + x, 0.0) for x, _ in row(4)], [10] * 8)
    assert organise(population, rule, Patrol()).building_group.tolist() == [0] * 4 + [1] * 4


@pytest.mark.parametrize(
    ("buildings", "rule", "counts"),
    [(2, PartyGroup(), [2]), (7, PartyGroup(min_buildings=4), [3, 4]), (1, PartyGroup(), [1])],
)
def test_too_few_buildings_for_the_rule_are_said_to_be_so(
    village: Village, buildings: int, rule: PartyGroup, counts: list[int]
) -> None:
    population, community = village(row(buildings), [40] * buildings, party_group=rule)
    organisation = organise(population, community, Patrol())
    assert np.bincount(organisation.building_group).tolist() == counts
    wanted = f"1 of {len(counts)} party groups have fewer than {rule.min_buildings} buildings"
    assert any(text.startswith(wanted) for text in sentences(organisation))


def test_the_member_with_most_ties_leads(default: tuple[Population, Organisation]) -> None:
    population, organisation = default
    ties = np.diff(population.tie_from)
    group = organisation.building_group[building_of(population, np.arange(population.residents))]
    for number, leader in enumerate(organisation.group_leader.tolist()):
        members = np.flatnonzero(population.party & (group == number))
        assert leader in members
        assert ties[leader] == ties[members].max()


def test_a_group_without_members_has_no_leader(village: Village) -> None:
    population, rule = village(row(4), [10] * 4, people=People(party_share=0.0))
    organisation = organise(population, rule, Patrol())
    assert organisation.group_leader.tolist() == [-1]
    assert "1 of 1 party groups have no party member to lead them." in sentences(organisation)


def test_centre_households_are_the_best_known_party_households(
    default: tuple[Population, Organisation],
) -> None:
    population, organisation = default
    ties = np.diff(population.tie_from)
    assert np.array_equal(population.household[organisation.centre_resident], organisation.centre_household)
    assert np.all(population.party[organisation.centre_resident])
    homes_with_members = np.unique(population.household[population.party])
    best = dict.fromkeys(homes_with_members.tolist(), 0)
    for member in np.flatnonzero(population.party).tolist():
        home = int(population.household[member])
        best[home] = max(best[home], int(ties[member]))
    for building in range(population.buildings):
        chosen = organisation.centre_household[slice(*organisation.centres_from[building : building + 2])]
        homes = [home for home in best if population.household_building[home] == building]
        assert set(chosen.tolist()) <= set(homes)
        assert (
            len(set(chosen.tolist())) == len(chosen) == min(organisation.centres_wanted[building], len(homes))
        )
        expected = sorted((best[home] for home in homes), reverse=True)[: len(chosen)]
        assert [best[home] for home in chosen.tolist()] == expected


def test_larger_buildings_ask_for_more_centre_households(village: Village) -> None:
    population, rule = village(row(5), [10, 40, 50, 60, 90])
    wanted = organise(population, rule, Patrol()).centres_wanted
    assert wanted.tolist() == [2, 2, 3, 3, 3]  # 2.5 for 50 homes, the mean
    wide = rule.model_copy(update={"centre_households": CentreHouseholds(fewest=0, most=10)})
    assert organise(population, wide, Patrol()).centres_wanted.tolist() == [1, 4, 5, 6, 9]


def test_too_few_party_households_bind_and_are_counted(village: Village) -> None:
    population, rule = village(row(3), [30] * 3, people=People(party_share=0.0))
    one_home = population.residents_from[population.households_from[1] + 4]
    party = np.zeros(population.residents, dtype=np.bool_)
    party[one_home] = True
    organisation = organise(replace(population, party=party), rule, Patrol())
    assert organisation.centres_from.tolist() == [0, 0, 1, 1]
    assert organisation.centre_resident.tolist() == [one_home]
    assert any(
        text.startswith("3 of 3 buildings have fewer party households") and "(the rule asks for 2-3)" in text
        for text in sentences(organisation)
    )


def test_each_grid_has_its_workers_and_nobody_serves_twice(default: tuple[Population, Organisation]) -> None:
    population, organisation = default
    grids = len(organisation.grid_community)
    assert organisation.worker_grid.tolist() == np.repeat(np.arange(grids), 3).tolist()
    assert organisation.worker_full_time.tolist() == [True, False, False] * grids
    full = organisation.worker_full_time
    assert np.all(organisation.worker_resident[full] == -1)
    people = organisation.worker_resident[~full]
    grid = organisation.household_grid[population.household[people]]
    assert np.array_equal(grid, organisation.worker_grid[~full])
    assert population.age[people].min() >= 18
    serving = set(organisation.group_leader.tolist()) | set(organisation.centre_resident.tolist())
    assert len(set(people.tolist())) == len(people)
    assert not serving & set(people.tolist())


def test_retired_members_are_asked_first_to_patrol(village: Village) -> None:
    population, rule = village(
        row(2),
        [30] * 2,
        people=People(disability_share=0.0),
        centre_households=CentreHouseholds(fewest=0, most=0),
    )
    age, party = (
        np.full(population.residents, 40, dtype=np.int32),
        np.zeros(population.residents, dtype=np.bool_),
    )
    ties = np.diff(population.tie_from)
    busiest = np.argsort(-ties)
    leader, retired, member, pensioner, old = busiest[[0, 30, 40, 50, 1]].tolist()
    party[[leader, retired, member, old]] = True
    age[[retired, pensioner]], age[old] = 65, 80
    people = replace(population, age=age, party=party)
    chosen = organise(people, rule, Patrol(part_time_workers=4, full_time_workers=0))
    assert chosen.group_leader.tolist() == [leader]
    best_of_the_rest = next(p for p in busiest.tolist() if p not in {leader, retired, member, pensioner, old})
    expected = [retired, member, pensioner, best_of_the_rest]
    assert chosen.worker_resident[:3].tolist() == expected[:3]
    assert ties[chosen.worker_resident[3]] == ties[best_of_the_rest]


def test_a_grid_with_too_few_adults_has_fewer_workers(village: Village) -> None:
    population, rule = village([(0.0, 0.0)], [2])
    organisation = organise(population, rule, Patrol(part_time_workers=20, full_time_workers=0))
    assert len(organisation.worker_grid) == np.count_nonzero(population.age >= 18)
    assert "1 of 1 grids have fewer adults than the 20 part-time workers they should have." in sentences(
        organisation
    )


def test_the_same_place_is_always_organised_alike() -> None:
    rule = Community(households=400, communities=2)
    population = build_population(rule, 3)
    one, other = (organise(population, rule, Patrol()) for _ in range(2))
    for name in Organisation.__slots__:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name

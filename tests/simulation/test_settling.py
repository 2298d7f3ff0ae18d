"""The population comes out as its scenario says, and from the seed alone."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from scenarios.community import Buildings, CentreHouseholds, Community, Grid, PartyGroup, People, Ties
from simulation.chance import stream
from simulation.community.households import draw_within
from simulation.community.population import CHILD, RETIRED, WORKER, Population
from simulation.community.settling import build_population

COMMUNITIES = 30


@pytest.fixture(scope="module")
def many() -> Population:
    return build_population(Community(communities=COMMUNITIES), 11)


def columns(population: Population) -> dict[str, Any]:
    return {field.name: getattr(population, field.name) for field in fields(population)}


def sizes(population: Population) -> Any:
    return np.diff(population.residents_from)


def same(one: Population, other: Population) -> bool:
    pairs = zip(columns(one).values(), columns(other).values(), strict=True)
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in pairs)


def test_every_column_has_the_type_that_is_documented(many: Population) -> None:
    expected = dict.fromkeys(columns(many), np.int32)
    expected |= dict.fromkeys(("alone", "disabled", "vulnerable", "digital", "party"), np.bool_)
    expected |= dict.fromkeys(
        ("x_m", "y_m", "footprint_m2", "condition", "trust", "satisfaction"), np.float64
    )
    expected |= {"presence": np.uint8, "tie_from": np.int64}
    assert {name: column.dtype for name, column in columns(many).items()} == expected


def test_household_sizes_follow_the_shares(many: Population) -> None:
    shares = np.array(People().household_sizes)
    seen = np.bincount(sizes(many), minlength=len(shares) + 1)[1:]
    error = np.sqrt(many.households * shares * (1.0 - shares))
    assert np.all(np.abs(seen - many.households * shares) < 4.5 * error)
    assert sizes(many).mean() == pytest.approx(2.62, abs=4.5 * sizes(many).std() / np.sqrt(many.households))


def test_quotas_of_people_are_met_exactly_in_every_community(many: Population) -> None:
    people = People()
    community = many.building_community[many.household_building[many.household]]
    everybody = np.bincount(community)

    def counted(flags: Any) -> Any:
        return np.bincount(community[flags], minlength=COMMUNITIES)

    elderly = counted(many.age >= 60)
    for flags, expected in (
        (many.age < 15, people.child_share * everybody),
        (many.age >= 60, people.elderly_share * everybody),
        (many.alone, people.elderly_alone_share * elderly),
        (many.disabled, people.disability_share * everybody),
        (many.disabled & (many.age >= 60), 0.5 * counted(many.disabled)),
        (many.party, people.party_share * everybody),
        (many.party & (many.age >= 61), 0.281 * counted(many.party)),
    ):
        assert np.all(np.abs(counted(flags) - expected) < 1.0)


def test_flags_and_presence_follow_from_age_and_home(many: Population) -> None:
    age, alone = many.age, many.alone
    assert np.array_equal(alone, (age >= 60) & (sizes(many)[many.household] == 1))
    assert np.array_equal(many.vulnerable, alone | many.disabled)
    assert age[many.party].min() >= 18
    expected = np.where(age < 18, CHILD, np.where(age >= 60, RETIRED, WORKER))
    assert np.array_equal(many.presence, expected)
    assert age.min() >= 0
    assert age.max() < 100


def test_smartphones_follow_the_age(many: Population) -> None:
    for group, share in (((many.age >= 15) & (many.age < 60), 0.95), (many.age >= 60, 0.55)):
        count = np.count_nonzero(group)
        assert many.digital[group].mean() == pytest.approx(
            share, abs=4.5 * np.sqrt(share * (1 - share) / count)
        )
    assert not many.digital[many.age < 15].any()


def test_parents_are_twenty_years_older_than_children(many: Population) -> None:
    starts = many.residents_from[:-1]
    oldest_child = np.maximum.reduceat(np.where(many.age < 15, many.age, -1), starts)
    first = many.age[starts]
    assert np.all(first[oldest_child >= 0] >= oldest_child[oldest_child >= 0] + 20)
    assert first.min() >= 18


@pytest.mark.parametrize(("mean", "spread"), [(0.5, 0.2), (0.6, 0.15), (0.9, 0.2), (0.1, 0.28), (0.5, 0.01)])
def test_mean_and_spread_come_out(mean: float, spread: float) -> None:
    values = draw_within(mean, spread, 200_000, stream(3, "test"))
    assert values.mean() == pytest.approx(mean, abs=5.0 * spread / np.sqrt(len(values)))
    assert values.std() == pytest.approx(spread, rel=0.02)
    assert values.min() >= 0.0
    assert values.max() <= 1.0


@pytest.mark.parametrize(("mean", "spread"), [(0.0, 0.2), (1.0, 0.2), (0.4, 0.0)])
def test_where_nothing_can_spread_everybody_has_the_mean(mean: float, spread: float) -> None:
    assert np.all(draw_within(mean, spread, 50, stream(3, "test")) == mean)


def test_a_spread_beyond_the_range_keeps_the_mean() -> None:
    values = draw_within(0.02, 0.28, 200_000, stream(3, "test"))
    assert values.mean() == pytest.approx(0.02, abs=5.0 * 0.14 / np.sqrt(len(values)))
    assert values.std() == pytest.approx(np.sqrt(0.02 * 0.98 * 0.99), rel=0.05)


def test_trust_satisfaction_and_condition_come_out_as_asked(many: Population) -> None:
    for values, mean, spread in (
        (many.trust, 0.5, 0.2),
        (many.satisfaction, 65.0, 12.0),
        (many.condition, 0.6, 0.15),
    ):
        assert values.mean() == pytest.approx(mean, abs=5.0 * spread / np.sqrt(len(values)))
        assert values.std() == pytest.approx(spread, rel=4.0 / np.sqrt(len(values)))


def test_ties_come_out_as_asked_inside_and_beyond(many: Population) -> None:
    building = many.household_building[many.household]
    here = np.repeat(np.arange(many.residents), np.diff(many.tie_from))
    inside = np.count_nonzero(building[here] == building[many.tie_to])
    rounding = 2.0 * np.sqrt(many.buildings * 7)  # each pool rounds by chance, two ends a tie
    assert inside == pytest.approx(4.0 * many.residents, abs=rounding)
    assert len(here) - inside == pytest.approx(1.0 * many.residents, abs=rounding)


def test_ties_reach_neighbouring_buildings_of_the_same_community_only(many: Population) -> None:
    building = many.household_building[many.household]
    here = building[np.repeat(np.arange(many.residents), np.diff(many.tie_from))]
    there = building[many.tie_to]
    assert np.array_equal(many.building_community[here], many.building_community[there])
    away = np.hypot(many.x_m[here] - many.x_m[there], many.y_m[here] - many.y_m[there])
    assert away.max() < 5.0 * Buildings().spacing


def test_small_buildings_hold_as_many_ties_as_there_are_pairs() -> None:
    rule = Community(
        households=8, buildings=Buildings(households=4), ties=Ties(same_building=50.0, beyond=50.0)
    )
    population = build_population(rule, 5)
    assert population.buildings == 2
    others = population.residents - sizes(population)[population.household]
    assert np.array_equal(np.diff(population.tie_from), others)


def test_no_ties_where_none_are_asked_for() -> None:
    population = build_population(Community(ties=Ties(same_building=0.0, beyond=0.0)), 5)
    assert len(population.tie_to) == 0
    assert np.all(population.tie_from == 0)


def test_buildings_vary_as_asked_stand_apart_and_add_up() -> None:
    rule = Buildings(spread=0.35, households=48, floors=6)
    population = build_population(Community(households=4800, buildings=rule), 2)
    homes = np.diff(population.households_from)
    assert homes.sum() == 4800
    assert len(homes) == 100
    uniform = 48.0 * 0.35 / np.sqrt(3.0)
    assert homes.std() == pytest.approx(uniform, rel=0.25)
    assert np.all(population.floors == 6)
    assert population.footprint_m2.sum() == pytest.approx(4800 * 100.0 / 6.0, rel=0.02)
    side = np.sqrt(population.footprint_m2)
    across = np.abs(population.x_m[:, None] - population.x_m)
    along = np.abs(population.y_m[:, None] - population.y_m)
    overlap = np.maximum(across, along) < (side[:, None] + side) / 2.0
    assert np.count_nonzero(overlap) == len(homes)  # each with itself


def test_communities_stand_side_by_side_and_streets_hold_as_many_as_asked(many: Population) -> None:
    boxes = [
        (points.min(axis=0), points.max(axis=0))
        for first, last in zip(many.buildings_from[:-1], many.buildings_from[1:], strict=True)
        for points in [np.column_stack((many.x_m, many.y_m))[first:last]]
    ]
    for number, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:number]:
            assert np.any((high < other_low) | (other_high < low))
    assert np.bincount(many.community_street).tolist() == [10, 10, 10]
    low, high = (np.array(corner) for corner in zip(*boxes[:16], strict=True))
    assert (high.max(axis=0) - low.min(axis=0)).max() < 4 * 6 * Buildings().spacing  # four by four plots


def test_same_seed_same_bytes_and_another_seed_another_community() -> None:
    rule = Community(households=200)
    assert same(build_population(rule, 4), build_population(rule, 4))
    assert not same(build_population(rule, 4), build_population(rule, 5))


def test_a_community_is_the_same_whatever_stands_beside_it() -> None:
    one = build_population(Community(households=300), 9)
    ten = build_population(Community(households=300, communities=10), 9)
    for name, column in columns(one).items():
        assert np.array_equal(column, getattr(ten, name)[: len(column)]), name


def test_policy_has_no_say_in_fate() -> None:
    plain = Community(households=500)
    governed = plain.model_copy(
        update={
            "grid": Grid(max_households=600, max_area=3.0),
            "party_group": PartyGroup(min_buildings=1, max_buildings=9),
            "centre_households": CentreHouseholds(fewest=0, most=1),
        }
    )
    assert same(build_population(plain, 3), build_population(governed, 3))


def test_one_parameter_moves_only_what_it_is_about() -> None:
    plain = build_population(Community(households=500), 3)
    people = People(trust_mean=0.7, party_share=0.2, disability_share=0.1, digital_elderly=0.9)
    other = build_population(Community(households=500, people=people), 3)
    moved = {
        name for name, column in columns(plain).items() if not np.array_equal(column, getattr(other, name))
    }
    assert moved == {"trust", "party", "disabled", "vulnerable", "digital"}
    ties = build_population(Community(households=500, ties=Ties(beyond=2.0)), 3)
    moved = {
        name for name, column in columns(plain).items() if not np.array_equal(column, getattr(ties, name))
    }
    assert moved == {"tie_from", "tie_to"}


def test_shares_that_no_household_structure_can_meet_are_met_as_far_as_possible() -> None:
    def settled(**people: Any) -> Population:
        return build_population(Community(households=400, people=People(**people)), 8)

    children = settled(child_share=1.0, elderly_share=0.0)
    assert np.count_nonzero(children.age < 15) == children.residents - children.households
    old = settled(child_share=0.0, elderly_share=1.0)
    assert np.all(old.age >= 60)
    singles = settled(household_sizes=(1.0,), child_share=0.2, elderly_share=0.3, elderly_alone_share=0.1)
    assert not np.any(singles.age < 15)
    assert np.array_equal(singles.alone, singles.age >= 60)
    assert singles.alone.mean() == pytest.approx(0.3, abs=1.0 / 400)
    pairs = settled(household_sizes=(0.0, 1.0), child_share=0.4, elderly_share=0.5)
    assert np.count_nonzero(pairs.age < 15) == pytest.approx(320, abs=1)
    assert np.count_nonzero(pairs.age >= 60) == pytest.approx(400, abs=1)
    party = settled(party_share=1.0, disability_share=1.0)
    assert np.array_equal(party.party, party.age >= 18)
    assert np.all(party.disabled)

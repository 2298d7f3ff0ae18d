"""Providers are fate; what they answer depends on their heart and on nobody else's answers."""

import numpy as np
import pytest

from scenarios import load
from simulation import CommunityModel
from simulation.chance import key_of
from simulation.community.households import ADULT_FROM
from simulation.community.providers import ENTERPRISE, NGO, NOBODY, OFFICE, RESIDENT, Providers


def model_of(**settings: object) -> CommunityModel:
    asked = {"community.households": 1200, "community.communities": 2, "days": 5}
    return CommunityModel(load("coordinated", set=asked | settings), rng=4)


@pytest.fixture(scope="module")
def model() -> CommunityModel:
    return model_of()


def test_each_community_has_the_organisations_the_scenario_asks_for(model):
    providers = model.state.providers
    rule = model.state.scenario.providers
    for community in range(2):
        assert len(providers.of(community, OFFICE)) == 1
        assert len(providers.of(community, ENTERPRISE)) == rule.enterprises
        assert len(providers.of(community, NGO)) == rule.ngos


def test_resident_providers_are_adults_of_their_community_at_home(model):
    are, people = model.state.providers.are, model.state.population
    given = are.kind == RESIDENT
    who = are.resident[given]
    assert (are.resident[~given] == NOBODY).all()
    assert (people.age[who] >= ADULT_FROM).all()
    assert (people.household_building[people.household[who]] == are.building[given]).all()
    assert (people.building_community[are.building] == are.community).all()
    adults = int((people.age >= ADULT_FROM).sum())
    expected = adults * 0.04
    assert abs(len(who) - expected) < 4.0 * np.sqrt(expected)


def test_nobody_has_anything_where_the_scenario_says_so():
    none = {"enterprises": 0, "ngos": 0, "residents": 0.0, "office": False}
    model = model_of(**{f"providers.{key}": value for key, value in none.items()})
    assert len(model.state.providers.are.kind) == 0


def test_providers_are_fate(model):
    governed = model_of(**{"mechanisms.hub": False, "mechanisms.patrol": False, "mechanisms.tiers": False})
    assert governed.state.fate.digest == model.state.fate.digest
    other = model_of(**{"providers.enterprises": 7})
    assert other.state.fate.digest != model.state.fate.digest


def test_a_provider_agrees_as_often_as_it_is_willing(model):
    providers = Providers(model.state.providers.are)
    key = key_of(1, "asked")
    for heart in (-0.2, 0.0, 0.3):
        providers.heart[:] = heart
        willing = providers.willing(3)
        answers = [providers.agrees(3, key, occasion) for occasion in range(4000)]
        assert np.mean(answers) == pytest.approx(willing, abs=4.0 * np.sqrt(0.25 / 4000))


def test_willingness_stays_a_probability(model):
    providers = Providers(model.state.providers.are)
    providers.heart[:] = 5.0
    assert providers.willing(0) == 1.0
    providers.heart[:] = -5.0
    assert providers.willing(0) == 0.0

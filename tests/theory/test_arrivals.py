"""Troubles arise as a Poisson process at the documented rates."""

import numpy as np
import pytest
from scipy.stats import chisquare, kstest, poisson

from simulation.model import CommunityModel

RATE = 20_000.0
"""Troubles per 1,000 households and year, as in the shared plain scenario."""


def fate_hours(model: CommunityModel) -> np.ndarray:
    return model.state.fate.troubles.hour


def test_gaps_are_exponential_and_the_rate_is_the_one_asked_for(scenario, at_once):
    hours = fate_hours(CommunityModel(scenario(at_once, {"days": 730}), rng=11))
    expected = RATE * 60 / 1000 * 2
    assert abs(len(hours) - expected) < 4 * expected**0.5
    assert kstest(np.diff(hours) * expected / (730 * 24), "expon").pvalue > 0.01
    assert kstest(hours / (730 * 24), "uniform").pvalue > 0.01


def test_counts_over_many_seeds_are_poisson(scenario, at_once):
    asked = scenario(at_once, {"days": 1, "cases.categories.leak.rate": 24_000.0})
    counts = np.array([len(fate_hours(CommunityModel(asked, rng=seed))) for seed in range(300)])
    mean = 24_000.0 * 60 / 1000 / 365
    assert abs(counts.mean() - mean) < 4 * (mean / 300) ** 0.5
    assert abs((counts == 0).mean() - poisson.pmf(0, mean)) < 4 * (poisson.pmf(0, mean) / 300) ** 0.5
    assert 0.7 < counts.var() / mean < 1.4


def test_hour_of_week_follows_the_profile(scenario, at_once):
    """168 hours from Monday, whatever day the run starts on (1 January 2025 is a Wednesday)."""
    profile = np.where(np.arange(168) % 24 < 8, 0.0, 1.0) * np.where(np.arange(168) < 120, 3.0, 1.0)
    asked = scenario(at_once, {"days": 350, "cases.categories.leak.hour_of_week": tuple(profile.tolist())})
    hours = fate_hours(CommunityModel(asked, rng=5))
    seen = np.bincount((hours.astype(int) + 2 * 24) % 168, minlength=168)
    assert seen[profile == 0.0].sum() == 0
    wanted = profile[profile > 0.0] / profile.sum() * len(hours)
    assert chisquare(seen[profile > 0.0], wanted).pvalue > 0.01
    expected = RATE * 60 / 1000 * 350 / 365
    assert abs(len(hours) - expected) < 4 * expected**0.5, "the profile changes when, not how many"


@pytest.mark.parametrize("follows", [0.5, 1.0])
def test_rate_of_a_building_follows_its_condition(scenario, lived, at_once, follows):
    keys = {
        "days": 120,
        "community.households": 400,
        "community.buildings.condition_sd": 0.28,
        "cases.categories.leak.follows_condition": follows,
    }
    model = lived(scenario(at_once, keys), seed=8)
    people = model.state.population
    homes = np.diff(people.households_from)
    expected = homes * RATE / 1000 / 365 * 120 * (1 + follows * (1 - 2 * people.condition))
    seen = np.bincount([case.building for case in model.cases.all], minlength=len(homes))
    assert abs(seen.sum() - expected.sum()) < 4 * expected.sum() ** 0.5
    assert chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > 0.01
    even = homes * seen.sum() / homes.sum()
    assert chisquare(seen, even).pvalue < 1e-6, "the check would not see condition"


def test_notices_are_poisson_in_office_hours_of_working_days(scenario):
    asked = scenario({"days": 365, "notices.per_year": 60.0})
    hours = np.concatenate([CommunityModel(asked, rng=seed).state.fate.notices.hour for seed in range(8)])
    assert abs(len(hours) - 480) < 4 * 480**0.5
    working = CommunityModel(asked, rng=0).state.calendar.working
    assert working[(hours // 24).astype(int)].all()
    assert kstest((hours % 24 - 9.0) / 8.0, "uniform").pvalue > 0.01

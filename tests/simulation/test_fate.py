"""What is fate, and what is not."""

import numpy as np
import pytest

from simulation import CommunityModel


@pytest.mark.parametrize(
    "change",
    [
        {"days": 21},
        {"community.households": 61},
        {"community.people.trust_mean": 0.51},
        {"community.ties.same_building": 4.5},
        {"cases.categories.damage.rate": 900.0},
        {"notices.at": (30.0,)},
        {"ledger.needs.rate": 40.0},
        {"notices.per_year": 60.0},
    ],
)
def test_what_is_fate_changes_fate(scenario, change):
    often = {"cases.categories.damage.rate": 4_000.0}
    asked, changed = scenario(often), scenario(often | change)
    digests = {CommunityModel(one, rng=3).state.fate.digest for one in (asked, changed)}
    assert len(digests) == 2


def test_the_people_are_the_same_however_long_the_run(scenario):
    short, long = (CommunityModel(scenario({"days": days}), rng=6).state for days in (20, 40))
    for name in short.population.__slots__:
        np.testing.assert_array_equal(
            getattr(short.population, name), getattr(long.population, name), err_msg=name
        )

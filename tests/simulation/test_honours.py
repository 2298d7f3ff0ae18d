"""Honours: who gets them, what they cost, and that willingness moves as the rule says, both ways."""

import numpy as np
import pytest

from agents.working_time import HONOUR
from scenarios import load
from simulation import CommunityModel
from simulation.community.providers import ENTERPRISE, RESIDENT

NOBODY_ASKS = {"mechanisms.council": False, "resources.lists": False, "resources.word_of_mouth": 0.0}
START = NOBODY_ASKS | {"start": "2025-01-01", "days": 60, "community.households": 300}
NO_WEAR = {"incentives.tires": 0.0, "incentives.fades": "3650 days", "incentives.minds": 0.0}


def live(gifts: dict[int, int], **settings: object) -> CommunityModel:
    """January and February; on 10 January each provider of ``gifts`` has given so many times."""
    model = CommunityModel(load("coordinated", set=START | settings), rng=3)
    model.run_for(24.0 * 10)
    assert model.state.providers.gave.sum() == 0
    for provider, times in gifts.items():
        model.state.providers.gave[provider] += times
    model.run_to_end()
    return model


def of(kind: int, number: int = 0) -> int:
    model = CommunityModel(load("coordinated", set=START), rng=3)
    return int(model.state.providers.of(0, kind)[number])


@pytest.mark.parametrize("room", [0, 1, 2, 5])
def test_those_who_gave_most_often_are_praised_as_far_as_the_board_has_room(room):
    often, less, once = of(ENTERPRISE, 0), of(RESIDENT, 1), of(RESIDENT, 2)
    model = live({once: 1, often: 3, less: 2}, **NO_WEAR, **{"incentives.names": room})
    table = model.tables()["honours"]
    assert table["provider"].tolist() == [often, less, once][:room]
    assert (table["honour"] == "praise").all()
    rule = model.state.scenario.incentives
    heart = model.state.providers.heart
    assert heart[often] == pytest.approx(rule.praised * rule.most if room else 0.0, rel=0.02)
    spent = model.state.working.spent[model.state.roster.branches, HONOUR]
    assert spent == pytest.approx(60.0 * rule.praise * min(room, 3))


def test_a_name_that_the_branch_has_no_minutes_for_is_not_praised():
    model = live({of(ENTERPRISE): 2}, **{"minutes.branch": "0 h"})
    assert model.tables()["honours"].empty


def test_titles_are_few_and_put_first():
    names = [of(RESIDENT, number) for number in range(5)]
    gifts = {provider: 5 - place for place, provider in enumerate(names)}
    model = live(gifts, **NO_WEAR, **{"incentives.titles_in": 2, "incentives.resident_titles": 2})
    table = model.tables()["honours"]
    assert table["provider"][table["honour"] == "title"].tolist() == names[:2]
    providers = model.state.providers
    assert np.flatnonzero(providers.titled).tolist() == sorted(names[:2])
    assert providers.heart[names[0]] > providers.heart[names[2]] > 0.0


def test_those_passed_over_lose_heart_and_those_who_gave_nothing_do_not():
    praised, passed, idle = of(RESIDENT, 0), of(RESIDENT, 1), of(RESIDENT, 2)
    keys = NO_WEAR | {"incentives.names": 1, "incentives.minds": 1.0}
    heart = live({praised: 2, passed: 1}, **keys).state.providers.heart
    assert heart[praised] > 0.0
    assert heart[passed] == pytest.approx(-0.05, rel=0.02)
    assert heart[idle] == 0.0


def test_giving_tires_and_wears_off_with_honours_or_without():
    gives = of(RESIDENT)
    keys = {"mechanisms.incentives": False, "incentives.tires": 0.02, "incentives.fades": "10 days"}
    model = live({gives: 5}, **keys)
    assert model.tables()["honours"].empty
    assert model.state.providers.heart[gives] == pytest.approx(-0.1)
    later = live({gives: 5}, **keys, days=120).state.providers.heart[gives]
    february, april = 35, 90  # the holidays end on 4 February
    assert later == pytest.approx(-0.1 * np.exp(-(april - february) / 10.0))


def test_willingness_stays_within_its_bounds_however_much_is_given():
    gives = of(ENTERPRISE)
    model = live({gives: 1000}, **{"incentives.tires": 1.0})
    assert model.state.providers.willing(gives) == 0.0
    assert 0.0 <= model.summary()["incentives.willing"] <= 1.0


def test_where_nobody_gives_honours_change_nothing():
    with_honours, without = live({}), live({}, **{"mechanisms.incentives": False})
    one, other = with_honours.summary(), without.summary()
    assert one == other
    assert one["incentives.honours"] == 0


def test_willingness_is_kept_by_month_and_kind():
    model = live({of(ENTERPRISE): 2, of(ENTERPRISE, 1): 1})
    table = model.tables()["willingness"]
    january = table[(table["month"] == 0) & (table["kind"] == "enterprise")].iloc[0]
    assert (january["providers"], january["active"], january["gave"]) == (6, 2, 3)
    assert set(table["month"]) == {0, 1}
    assert table["gave"].sum() == 3

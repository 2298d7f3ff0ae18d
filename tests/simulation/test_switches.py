"""Each mechanism alone can be turned off; the run goes on, and what its name says is gone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from scenarios.schema import Mechanisms
from simulation import CommunityModel

EVENTFUL = {
    "community.households": 200,
    "days": 60,
    "notices.per_year": 40.0,
    "cases.coordination.dropped": 0.6,
    "cases.coordination.overlap": 0.8,
    "cases.coordination.shirk": 0.6,
    "community.people.party_share": 0.2,
}


def hours(model: CommunityModel, column: str, *names: str) -> float:
    work = model.tables()["work"]
    return float(work[work[column].isin(names)]["hours"].sum())


def found_by(model: CommunityModel, *names: str) -> int:
    return int(model.tables()["cases"]["found_by"].isin(names).sum())


def first_told(model: CommunityModel, *names: str) -> int:
    notices = model.tables()["notices"]
    return int(sum(notices[f"by_{name}"].sum() for name in names))


SIGNS: dict[str, Callable[[Any], float]] = {
    "hub": lambda model: hours(model, "role", "coordinator"),
    "tiers": lambda model: (
        first_told(model, "branch", "leader", "centre_household")
        + found_by(model, "centre_household")
        + hours(model, "role", "leader", "centre_household")
    ),
    "patrol": lambda model: (
        first_told(model, "grid_worker")
        + found_by(model, "patrol", "patrol_talk")
        + hours(model, "role", "full_time", "part_time")
    ),
    "command_centre": lambda model: hours(model, "role", "command_centre") + found_by(model, "app"),
    "ledger": lambda model: (
        first_told(model, "visit")
        + found_by(model, "ledger_visit")
        + hours(model, "activity", "paired_visit", "care", "filing")
    ),
    "platform": lambda model: hours(model, "role", "tracker"),
    "feedback": lambda model: (
        hours(model, "activity", "feedback") + model.tables()["cases"]["fed_back_h"].notna().sum()
    ),
    "incentives": lambda model: hours(model, "activity", "honour") + len(model.tables()["honours"]),
    "matching": lambda model: float((model.tables()["lists"]["chosen"] == "best").sum()),
    "appraisal": lambda model: (
        hours(model, "activity", "appraise", "press") + len(model.tables()["appraisals"])
    ),
    "council": lambda model: (
        hours(model, "activity", "council")
        + len(model.tables()["council"])
        + model.tables()["projects"]["decided_h"].notna().sum()
    ),
}
"""What only this mechanism can bring about."""


def test_every_switch_has_a_sign():
    assert set(SIGNS) == set(Mechanisms.model_fields)


@pytest.fixture(scope="module")
def all_on(scenario, lived):
    return lived(scenario(EVENTFUL))


@pytest.mark.parametrize("name", SIGNS)
def test_turned_off_alone_it_is_gone_and_the_rest_goes_on(scenario, lived, all_on, name):
    off = lived(scenario(EVENTFUL, {f"mechanisms.{name}": False}))
    assert SIGNS[name](all_on) > 0.0
    assert SIGNS[name](off) == 0.0
    for other in set(SIGNS) - {name}:
        assert SIGNS[other](off) > 0.0, f"{other} went with {name}"
    assert off.state.fate.digest == all_on.state.fate.digest
    assert off.summary()["case.count"] >= 20


def test_everything_off_still_lives(scenario, lived):
    model = lived(scenario(EVENTFUL, {f"mechanisms.{name}": False for name in SIGNS}))
    summary = model.summary()
    assert set(model.tables()["cases"]["found_by"].dropna()) == {"telephone"}
    assert hours(model, "role", "clerk") > 0.0
    assert 0.0 < summary["notice.reach_72h"] < 0.5, "the board alone"


def paired(
    scenario, lived, metric: str, one: dict[str, Any], other: dict[str, Any], seeds: int = 8
) -> np.ndarray:
    """Differences of a metric, ``other`` minus ``one``, under the same seeds."""
    base = {"community.households": 300, "days": 90}
    values = [
        [lived(scenario(base, change), seed).summary()[metric] for seed in range(seeds)]
        for change in (one, other)
    ]
    return np.subtract(values[1], values[0])


def test_the_hub_shortens_the_time_without_an_owner(scenario, lived):
    alone = {"mechanisms.platform": False}
    gap = paired(scenario, lived, "case.orphan_h_mean", {"mechanisms.hub": False} | alone, alone)
    assert gap.mean() < -1.0
    assert (gap <= 0.0).sum() >= 7


def test_centre_households_raise_the_reach(scenario, lived):
    none = {"community.centre_households.fewest": 0, "community.centre_households.most": 0}
    gap = paired(scenario, lived, "notice.reach_72h", none, {})
    assert gap.mean() > 0.05
    assert (gap > 0.0).all()


def test_more_minutes_reach_more(scenario, lived):
    few, many = ({"minutes.centre_household": minutes} for minutes in ("15 min", "2 h"))
    gap = paired(scenario, lived, "notice.reach_72h", few, many)
    assert gap.mean() > 0.02
    assert (gap > 0.0).sum() >= 7


def test_longer_patrols_find_more(scenario, lived):
    hours = {"minutes.full_time": "4 h", "minutes.part_time": "4 h"}
    few, many = (hours | {"patrol.duration": duration} for duration in ("20 min", "3 h"))
    gap = paired(scenario, lived, "case.found_share", few, many)
    assert gap.mean() > 0.02
    assert (gap >= 0.0).sum() >= 7


def test_defaults_do_not_reach_everybody_and_do_not_find_everything(scenario, lived):
    asked = scenario({"community.households": 300, "days": 90})
    summaries = [lived(asked, seed).summary() for seed in range(8)]
    for summary in summaries:
        assert 0.3 < summary["notice.reach_72h"] < 0.95
        assert 0.3 < summary["case.found_share"] < 0.95
        assert summary["case.on_time"] <= summary["case.on_time_reported"]
    assert 0.5 < np.mean([summary["case.on_time"] for summary in summaries]) < 0.99
    assert np.mean([summary["case.reopen_rate"] for summary in summaries]) > 0.0

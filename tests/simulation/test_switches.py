"""Each mechanism alone can be turned off; the run goes on, and what its name says is gone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.schema import Mechanisms

Keys = dict[str, Any]
Tables = dict[str, pd.DataFrame]

EVENTFUL: Keys = {
    "community.households": 200,
    "days": 60,
    "notices.per_year": 40.0,
    "cases.coordination.dropped": 0.6,
    "cases.coordination.overlap": 0.8,
    "cases.coordination.shirk": 0.6,
    "community.people.party_share": 0.2,
}


def hours(tables: Tables, column: str, *names: str) -> float:
    work = tables["work"]
    return float(work[work[column].isin(names)]["hours"].sum())


def found_by(tables: Tables, *names: str) -> int:
    return int(tables["cases"]["found_by"].isin(names).sum())


def first_told(tables: Tables, *names: str) -> int:
    notices = tables["notices"]
    return int(sum(notices[f"by_{name}"].sum() for name in names))


SIGNS: dict[str, Callable[[Tables], float]] = {
    "hub": lambda tables: hours(tables, "role", "coordinator"),
    "tiers": lambda tables: (
        first_told(tables, "branch", "leader", "centre_household")
        + found_by(tables, "centre_household")
        + hours(tables, "role", "leader", "centre_household")
    ),
    "patrol": lambda tables: (
        first_told(tables, "grid_worker")
        + found_by(tables, "patrol", "patrol_talk")
        + hours(tables, "role", "full_time", "part_time")
    ),
    "command_centre": lambda tables: hours(tables, "role", "command_centre") + found_by(tables, "app"),
    "ledger": lambda tables: (
        first_told(tables, "visit")
        + found_by(tables, "ledger_visit")
        + hours(tables, "activity", "paired_visit", "care", "filing")
    ),
    "platform": lambda tables: hours(tables, "role", "tracker"),
    "feedback": lambda tables: (
        hours(tables, "activity", "feedback") + tables["cases"]["fed_back_h"].notna().sum()
    ),
    "incentives": lambda tables: hours(tables, "activity", "honour") + len(tables["honours"]),
    "matching": lambda tables: float((tables["lists"]["chosen"] == "best").sum()),
    "appraisal": lambda tables: hours(tables, "activity", "appraise", "press") + len(tables["appraisals"]),
    "council": lambda tables: (
        hours(tables, "activity", "council")
        + len(tables["council"])
        + tables["projects"]["decided_h"].notna().sum()
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
    tables = off.tables()
    assert SIGNS[name](all_on.tables()) > 0.0
    assert SIGNS[name](tables) == 0.0
    for other in set(SIGNS) - {name}:
        assert SIGNS[other](tables) > 0.0, f"{other} went with {name}"
    assert off.state.fate.digest == all_on.state.fate.digest
    assert off.summary()["case.count"] >= 20


def test_everything_off_still_lives(scenario, lived):
    model = lived(scenario(EVENTFUL, {f"mechanisms.{name}": False for name in SIGNS}))
    summary, tables = model.summary(), model.tables()
    assert set(tables["cases"]["found_by"].dropna()) == {"telephone"}
    assert hours(tables, "role", "clerk") > 0.0
    assert 0.0 < summary["notice.reach_72h"] < 0.5, "the board alone"


@pytest.fixture(scope="module")
def summaries(scenario, lived) -> Callable[[Keys], list[dict[str, Any]]]:
    """Gives what comes out under eight seeds; several tests hold something against the defaults."""
    known: dict[str, list[dict[str, Any]]] = {}

    def live(change: Keys) -> list[dict[str, Any]]:
        if (name := repr(change)) not in known:
            asked = scenario({"community.households": 300, "days": 90}, change)
            known[name] = [lived(asked, seed).summary() for seed in range(8)]
        return known[name]

    return live


@pytest.fixture(scope="module")
def paired(summaries) -> Callable[[str, Keys, Keys], np.ndarray]:
    """Gives the differences of a metric, the second minus the first, under the same seeds."""

    def differ(metric: str, one: Keys, other: Keys) -> np.ndarray:
        first, second = ([summary[metric] for summary in summaries(change)] for change in (one, other))
        return np.subtract(second, first)

    return differ


def test_the_hub_shortens_the_time_without_an_owner(paired):
    alone = {"mechanisms.platform": False}
    gap = paired("case.orphan_h_mean", {"mechanisms.hub": False} | alone, alone)
    assert gap.mean() < -1.0
    assert (gap <= 0.0).sum() >= 7


def test_centre_households_raise_the_reach(paired):
    none = {"community.centre_households.fewest": 0, "community.centre_households.most": 0}
    gap = paired("notice.reach_72h", none, {})
    assert gap.mean() > 0.05
    assert (gap > 0.0).all()


def test_more_minutes_reach_more(paired):
    few, many = ({"minutes.centre_household": minutes} for minutes in ("15 min", "2 h"))
    gap = paired("notice.reach_72h", few, many)
    assert gap.mean() > 0.02
    assert (gap > 0.0).sum() >= 7


def test_longer_patrols_find_more(paired):
    hours = {"minutes.full_time": "4 h", "minutes.part_time": "4 h"}
    few, many = (hours | {"patrol.duration": duration} for duration in ("20 min", "3 h"))
    gap = paired("case.found_share", few, many)
    assert gap.mean() > 0.02
    assert (gap >= 0.0).sum() >= 7


def test_defaults_do_not_reach_everybody_and_do_not_find_everything(summaries):
    found = summaries({})
    for summary in found:
        assert 0.3 < summary["notice.reach_72h"] < 0.95
        assert 0.3 < summary["case.found_share"] < 0.95
        assert summary["case.on_time"] <= summary["case.on_time_reported"]
    assert 0.5 < np.mean([summary["case.on_time"] for summary in found]) < 0.99
    assert np.mean([summary["case.reopen_rate"] for summary in found]) > 0.0

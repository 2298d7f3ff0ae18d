"""Trails: what they say is what the tables say, and watching changes nothing."""

import numpy as np
import pandas as pd
import pytest

from scenarios import Scenario, load
from simulation.model import CommunityModel
from simulation.trails import AWAY, CASE_STEPS, CLOSED, HELD, LOOKED, MET, OPENED, Trails, leave


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("coordinated", {"community.households": 200, "days": 20})


@pytest.fixture(scope="module")
def watched(scenario: Scenario) -> tuple[CommunityModel, list[np.ndarray]]:
    model = CommunityModel(scenario, 3, trace=True)
    days = []
    for _ in range(scenario.days):
        model.run_for(24.0)
        days.append(model.state.trails.take())
    return model, days


def test_watching_changes_nothing(
    scenario: Scenario, watched: tuple[CommunityModel, list[np.ndarray]]
) -> None:
    alone = CommunityModel(scenario, 3)
    alone.run_to_end()
    seen = watched[0].tables()
    for name, table in alone.tables().items():
        pd.testing.assert_frame_equal(table, seen[name])
    assert len(alone.state.trails.take()) == 0


def test_steps_are_those_of_the_tables(watched: tuple[CommunityModel, list[np.ndarray]]) -> None:
    model, days = watched
    visits = model.tables()["visits"]
    at_doors = visits[visits["by"].isin(("centre_household", "grid_worker"))].groupby("day")
    for day, steps in enumerate(days):
        kinds = np.bincount(steps[:, 2], minlength=8)
        knocks = int(at_doors["knocks"].sum().get(day, 0))
        opened = int(at_doors["opened"].sum().get(day, 0))
        assert (kinds[OPENED], kinds[CLOSED]) == (opened, knocks - opened)
        talks = visits[(visits["by"] == "patrol") & (visits["day"] == day)]["opened"].sum()
        assert kinds[MET] == talks
    ledger = model.tables()["ledger"]
    kinds = np.bincount(np.concatenate(days)[:, 2], minlength=8)
    assert kinds[HELD] == ledger["held"].sum()
    assert kinds[LOOKED] > 0
    assert kinds[OPENED] > 0
    assert kinds[AWAY] > 0


def test_steps_lie_in_their_day_and_follow_in_time(
    watched: tuple[CommunityModel, list[np.ndarray]],
) -> None:
    for day, steps in enumerate(watched[1]):
        assert ((steps[:, 1] >= 1440 * day) & (steps[:, 1] < 1440 * (day + 1))).all()
        same = steps[1:, 0] == steps[:-1, 0]
        assert (np.diff(steps[:, 1])[same] >= 0).all()


def test_what_is_noted_of_cases_is_what_their_table_counts(
    watched: tuple[CommunityModel, list[np.ndarray]],
) -> None:
    model = watched[0]
    notes, table = model.state.trails.cases, model.tables()["cases"].set_index("case_id")
    counted = {
        "refused": table["bounced"],
        "reopened": table["reopened"],
        "second_ended": table["overlap"].astype("int64"),
        "ended": table["attempts"],
    }
    for number in table.index:
        steps = notes.get(number, [])
        counts = {what: sum(step.what == what for step in steps) for what in counted}
        assert counts["refused"] == counted["refused"][number]
        assert counts["reopened"] == counted["reopened"][number]
        assert counts["second_ended"] <= counted["second_ended"][number]
        on_the_spot = [step.what for step in steps] == ["closed"]
        assert counts["ended"] == counted["ended"][number] - on_the_spot or table["closed_early"][number]
        assert all(step.what in CASE_STEPS for step in steps)
        assert [step.hour for step in steps] == sorted(step.hour for step in steps)
    assert {step.what for steps in notes.values() for step in steps} >= {"sent", "begun", "ended", "closed"}


def test_nothing_is_noted_where_nobody_watches(scenario: Scenario) -> None:
    alone = CommunityModel(scenario, 3)
    alone.run_for(24.0 * 5)
    assert alone.cases.all
    assert not alone.state.trails.cases


def test_room_keeps_what_is_there() -> None:
    trails = Trails(watched=True)
    leave(trails.room(1), 7, 30.0, LOOKED, 2)
    leave(trails.room(5), 6, 31.0, MET, 9)
    assert trails.take().tolist() == [[6, 31, MET, 9], [7, 30, LOOKED, 2]]
    assert len(trails.take()) == 0

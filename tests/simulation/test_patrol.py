"""Patrol: as long as its time or the worker's minutes, on the days that are the worker's own."""

import numpy as np
import pytest

from agents.working_time import PATROL
from simulation import CommunityModel
from simulation.rounds.patrol import most_rows

WALKS = {"mechanisms.patrol": True, "patrol.tells": False, "cases.reporting.everything_reported": True}


def patrolled(model: CommunityModel, full_time: bool) -> np.ndarray:
    """Hours on patrol of each full-time or part-time worker."""
    roster, organisation = model.state.roster, model.state.organisation
    rows = roster.workers + np.flatnonzero(organisation.worker_full_time == full_time)
    return model.state.working.spent[rows, PATROL] / 60.0


@pytest.mark.parametrize("talks", [0, 2])
def test_a_patrol_takes_its_two_hours_however_small_the_grid(scenario, lived, quiet, talks):
    model = lived(scenario(quiet, WALKS, {"patrol.talks": talks}))
    days = model.state.calendar.working[:20].sum()
    assert patrolled(model, True) == pytest.approx(2.0 * days)


def test_a_part_time_worker_walks_the_own_minutes_on_the_own_days(scenario, lived, quiet):
    model = lived(scenario(quiet, WALKS, {"days": 28, "minutes.kept_back": "10 min"}))
    assert len(patrolled(model, False)) == 2
    assert patrolled(model, False) == pytest.approx(4 * 2 * 50 / 60)


@pytest.mark.parametrize("days", range(8))
def test_days_on_duty_are_as_many_as_asked_and_a_team_takes_turns(scenario, quiet, days):
    model = CommunityModel(scenario(quiet, WALKS, {"patrol.part_time_days": days}), rng=1)
    on = np.array([model.rounds._on_duty(day) for day in range(70)])
    full = model.state.organisation.worker_full_time
    assert on[:, full].all()
    weeks = on[:, ~full].reshape(10, 7, -1).sum(axis=1)
    assert (weeks == days).all()
    together = (on[:7, ~full].sum(axis=1) == 2).sum()
    assert together == max(0, 2 * days - 7)


def test_at_the_defaults_part_time_workers_give_what_volunteers_give(scenario, lived):
    """21.87 h in three months; calls and troubles come on top of the patrol."""
    model = lived(scenario({"days": 91, "community.households": 300}))
    work = model.tables()["work"]
    mine = work[work["role"] == "part_time"].groupby("actor")["hours"].sum()
    assert mine.to_numpy() == pytest.approx(21.87, rel=0.2)


def test_who_has_no_time_for_one_building_stays_at_home(scenario, lived, quiet):
    model = lived(scenario(quiet, WALKS, {"minutes.full_time": "15 min", "minutes.kept_back": "10 min"}))
    assert (patrolled(model, True) == 0.0).all()


def test_off_duty_nobody_knocks_either(scenario, lived, quiet):
    keys = {
        "patrol.tells": True,
        "patrol.knocks": True,
        "patrol.full_time_workers": 0,
        "minutes.part_time": "4 h",
        "notices.at": ("10 h",),
        "notices.doors.on": True,
    }
    knocks = []
    for days in (0, 7):
        visits = lived(scenario(quiet, WALKS, keys, {"patrol.part_time_days": days})).tables()["visits"]
        knocks.append(visits["knocks"].sum())
    assert knocks[0] == 0 < knocks[1]


def test_the_log_has_room_for_the_busiest_patrol(scenario, lived, quiet):
    """Every look and talk is written down; interpreted, a row beyond the last would be an error."""
    assert most_rows(120.0, 6.0, 3.0, 2) == 21 + 41
    assert most_rows(120.0, 6.0, 0.0, 2) == 21 * 3
    keys = {
        "cases.reporting.everything_reported": False,
        "patrol.look": "1 min",
        "patrol.talk": 0.0,
        "patrol.talks": 3,
        "patrol.meets": 1.0,
        "cases.categories.damage.rate": 90_000.0,
        "cases.categories.damage.visible": 0.0001,
        "cases.categories.damage.willing": 0.0,
        "days": 10,
    }
    visits = lived(scenario(quiet, WALKS, keys), plain=True).tables()["visits"]
    assert visits["knocks"].max() == 3 * (120 + 50), "all minutes go into looks"

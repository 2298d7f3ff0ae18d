"""The model as Mesa and scripts see it: time, days, a dead model, tables and metrics."""

from datetime import date
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

from agents.working_time import ACTIVITIES
from scenarios.errors import DeadModelError, GongzhiError
from simulation import CommunityModel
from simulation.results.metrics import METRICS
from simulation.run import run

CONTRACT = {
    "cases": "case_id category building household found_by arose_h found_h uploaded_h dispatched_h started_h "
    "resolved_h fed_back_h handler deadline_h on_time reported_on_time bounced reopened overlap orphan_h "
    "state",
    "notices": "notice_id issued_h audience reach_24h reach_72h t50_h t90_h t99_h by_street by_branch "
    "by_leader by_centre_household by_grid_worker by_visit by_household by_neighbour by_group_chat by_board",
    "spread": "notice resident informed_h channel told_by",
    "timeline": "day",
    "work": "actor activity hours",
    "visits": "",
    "ledger": "week community days vulnerable files paired due held made_up missed closed_doors out_of_time",
    "needs": "need_id resident household arose_h found_h met_h faded_h state",
    "projects": "project_id community building topic source raised_h decided_h funds_h materials_h "
    "technical_h volunteers_h started_h completed_h reported_h deferred state",
    "council": "month community quorum waiting topics decided",
    "satisfaction": "cause",
}
"""Columns that scripts outside may rely on, by table."""
METRIC_NAMES = [
    "notice.reach_72h",
    "notice.reach_72h_vulnerable",
    "notice.t50_h",
    "notice.t90_h",
    "case.count",
    "case.found_share",
    "case.found_h_median",
    "case.dispatched_within_1h",
    "case.close_h_median",
    "case.close_h_p90",
    "case.on_time",
    "case.on_time_reported",
    "case.reopen_rate",
    "case.feedback_rate",
    "case.bounces_mean",
    "case.orphan_h_mean",
    "case.backlog_end",
    "satisfaction.mean",
    "satisfaction.p10",
    "satisfaction.vulnerable_gap",
    "ledger.visits_kept",
    "ledger.unmet_need_days",
    "council.projects_completed",
    "council.lead_d_median",
    "council.topics_waiting",
    "incentives.honours",
    "incentives.willing",
    "effort.hours",
    "effort.hours_per_household",
    "effort.overload_share",
    "waste.hours",
]
"""Metrics that scripts outside may rely on."""


def test_it_is_a_mesa_model_whose_time_is_hours(scenario):
    model = CommunityModel(scenario({"days": 4}), rng=1)
    assert isinstance(model, mesa.Model)
    assert (model.time, model.day) == (0.0, 0)
    model.run_for(23.5)
    assert (model.time, model.day) == (23.5, 0)
    model.run_for(0.5)
    assert (model.time, model.day) == (24.0, 1)
    model.run_for(24 * 30)
    assert model.day == 4, "no more days than the scenario has"
    assert len(model.tables()["timeline"]) == 4


def test_hours_in_one_go_or_in_steps_are_the_same_run(scenario):
    one, other = (CommunityModel(scenario({"days": 6}), rng=5) for _ in range(2))
    one.run_to_end()
    for _ in range(6 * 24):
        other.step()
    for name, table in one.tables().items():
        pd.testing.assert_frame_equal(table, other.tables()[name])


def test_run_gives_what_the_model_gives(scenario, lived):
    asked, told = scenario({"days": 12}), []
    result = run(asked, 3, trace=True, tell=told.append)
    model = lived(asked, 3, trace=True)
    assert told == [5, 10, 12]
    assert result.metrics == model.summary()
    assert result.fate == model.state.fate.digest
    assert list(result.tables) == list(model.tables())


def test_a_dead_model_says_so(scenario):
    model = CommunityModel(scenario(), rng=1)
    model.run_for(48.0)

    def break_down(_hour: float) -> None:
        raise ZeroDivisionError("a wrench in the works")

    model.state.agenda.at(60.0, break_down)
    with pytest.raises(ZeroDivisionError, match="wrench"):
        model.run_for(24.0)
    for go_on in (model.step, lambda: model.run_for(24.0), model.run_to_end, model.tables, model.summary):
        with pytest.raises(DeadModelError, match="died on day 2: a wrench in the works") as caught:
            go_on()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        assert isinstance(caught.value, GongzhiError)
    assert model.day == 2


@pytest.fixture(scope="module")
def tables(scenario, lived) -> dict[str, pd.DataFrame]:
    return lived(
        scenario({"notices.at": ("30 h",), "days": 15, "council.raises.condition": 1.0}), trace=True
    ).tables()


@pytest.mark.parametrize("name", CONTRACT)
def test_tables_have_the_columns_that_scripts_rely_on(tables, name):
    assert set(CONTRACT[name].split()) <= set(tables[name].columns)
    assert len(tables[name]) > 0


def test_spread_is_there_only_where_asked_for(scenario):
    model = CommunityModel(scenario({"days": 1}), rng=1)
    model.run_to_end()
    assert "spread" not in model.tables()


def test_metrics_are_exactly_the_registrys(scenario, lived):
    summary = lived(scenario({"days": 5})).summary()
    assert list(summary) == list(METRICS)
    assert set(METRIC_NAMES) <= set(METRICS)
    assert all(value is None or type(value) in (int, float) for value in summary.values())


def test_means_of_nothing_are_none_never_nan(scenario, lived, quiet):
    nothing = {
        "days": 2,
        "community.people.disability_share": 0.0,
        "community.people.elderly_share": 0.0,
        "community.people.elderly_alone_share": 0.0,
        "cases.categories": {
            "none": {
                "title": "None",
                "handler": "mediation",
                "rate": 0.0,
                "service": {"distribution": "deterministic", "mean": 1.0},
                "deadline": 1.0,
            }
        },
        "minutes.street_officer": 0.0,
        "minutes.branch": 0.0,
    }
    model = lived(scenario(quiet, nothing))
    summary = model.summary()
    counted = {"case.count", "case.backlog_end", "satisfaction.mean", "satisfaction.p10", "effort.hours"}
    counted |= {"effort.hours_per_household", "waste.hours"}
    counted |= {"council.projects_completed", "council.topics_waiting"}
    counted |= {"incentives.honours", "incentives.willing"}
    counted |= {"resource.active_providers", "resource.bundles_completed"}
    for name, value in summary.items():
        assert (value is not None) == (name in counted), name
    assert summary["case.count"] == summary["effort.hours"] == summary["waste.hours"] == 0
    for name, table in model.tables().items():
        plain = table.dtypes[table.dtypes == np.float64].index
        assert not table[plain].isna().any().any(), name


def test_no_run_ever_gives_nan(tables):
    for name, table in tables.items():
        for column in table.columns:
            values = table[column]
            plain = values.dropna().to_numpy()
            if plain.dtype.kind == "f":
                assert np.isfinite(plain).all(), (name, column)
            if values.dtype == np.float64:
                assert not values.isna().any(), (name, column)


def test_a_run_can_be_looked_at_halfway(scenario):
    """Tables at some hour show what is known then, and looking changes nothing."""
    asked = scenario({"notices.at": ("30 h",), "days": 14})
    looked, left_alone = (CommunityModel(asked, rng=2, trace=True) for _ in range(2))
    for _ in range(14):
        looked.run_for(24.0)
        tables = looked.tables()
        for table, column in (("spread", "informed_h"), ("cases", "resolved_h"), ("cases", "fed_back_h")):
            assert (tables[table][column].dropna() <= looked.time).all()
        looked.summary()
    left_alone.run_to_end()
    for name, table in left_alone.tables().items():
        pd.testing.assert_frame_equal(table, looked.tables()[name])


def test_reach_is_null_until_the_hours_have_passed(scenario):
    model = CommunityModel(scenario({"notices.at": ("30 h",), "notices.per_year": 0.0}), rng=2)
    seen: list[tuple[bool, bool]] = []
    for _ in range(6):
        model.run_for(24.0)
        notices = model.tables()["notices"]
        if len(notices):
            row = notices.iloc[0]
            seen.append((bool(pd.isna(row["reach_24h"])), bool(pd.isna(row["reach_72h"]))))
            assert pd.isna(row["missed"])
    assert seen == [(True, True), (False, True), (False, True), (False, False), (False, False)]


def test_work_names_everybody_who_had_a_day_on(scenario, lived):
    model = lived(scenario({"days": 10}))
    work = model.tables()["work"]
    on = int((model.state.working.days_on > 0).sum())
    people = work[work["days_on"].notna()]
    assert people["actor"].nunique() == on
    assert set(people["activity"]) <= set(ACTIVITIES)
    bodies = work[work["days_on"].isna()]
    assert set(bodies["role"]) == {"command_centre", "mediation", "maintenance", "service_centre"}
    assert work["hours"].sum() == pytest.approx(model.summary()["effort.hours"])


def test_dates_and_months_follow_the_start(scenario, lived):
    model = lived(scenario({"start": date(2025, 12, 20), "days": 30}))
    tables: dict[str, Any] = model.tables()
    assert str(tables["timeline"]["date"].iloc[-1].date()) == "2026-01-18"
    assert set(tables["satisfaction"]["month"]) == {0, 1}

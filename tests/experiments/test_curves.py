"""Curves: Kaplan-Meier against a published example, and curves against the metrics of the same run."""

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.curves import (
    CLOSING_HOURS,
    INFORMED_HOURS,
    average,
    band,
    closing_curve,
    completed_curve,
    curves_of,
    on_time_curves,
)
from scenarios.schema import Scenario
from simulation.model import CommunityModel
from simulation.satisfaction.evening import CAUSES

Tables = dict[str, pd.DataFrame]

# Weeks in remission under 6-MP (Freireich et al. 1963) and the estimates that textbooks give for them.
EVENTS = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
SURVIVAL = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def cases_of(solved: list[int], still_open: list[int], end: float) -> pd.DataFrame:
    uploaded = [0.0] * len(solved) + [end - hours for hours in still_open]
    resolved = [float(hours) for hours in solved] + [pd.NA] * len(still_open)
    return pd.DataFrame(
        {
            "uploaded_h": pd.array([*uploaded, pd.NA], dtype="Float64"),
            "resolved_h": pd.array([*resolved, pd.NA], dtype="Float64"),
        }
    )


def test_closing_curve_is_kaplan_meiers() -> None:
    curve = closing_curve(cases_of(EVENTS, CENSORED, end=1000.0), end=1000.0)
    times = np.array([0, *SURVIVAL])
    survival = np.array([1.0, *SURVIVAL.values()])
    within = CLOSING_HOURS <= 35.0
    expected = survival[np.searchsorted(times, CLOSING_HOURS[within], side="right") - 1]
    assert 1.0 - curve[within] == pytest.approx(expected, abs=0.001)
    assert np.isnan(curve[~within]).all()


def test_closing_curve_stays_at_one_and_is_null_where_nothing_was_uploaded() -> None:
    curve = closing_curve(cases_of([2, 4], [], end=100.0), end=100.0)
    assert curve[-1] == 1.0
    assert np.isnan(closing_curve(cases_of([], [], end=100.0), end=100.0)).all()


@pytest.fixture(scope="module")
def a_run(scenario: Callable[..., Any], lived: Callable[..., CommunityModel]) -> CommunityModel:
    return lived(scenario({"days": 40, "notices.per_year": 60.0}), seed=2)


def test_curves_agree_with_the_metrics_of_the_run(a_run: CommunityModel) -> None:
    curves, metrics = curves_of(a_run.tables()), a_run.summary()
    assert curves.informed[72] == pytest.approx(metrics["notice.reach_72h"])
    assert curves.informed[0] <= curves.informed[24] <= curves.informed[72]
    assert curves.satisfaction["mean"][-1] == pytest.approx(metrics["satisfaction.mean"])
    assert curves.satisfaction["worst"][-1] == pytest.approx(metrics["satisfaction.p10"])
    assert len(curves.satisfaction["mean"]) == 40
    homes = a_run.tables()["buildings"]["residents"]
    assert np.average(curves.buildings.satisfaction, weights=homes) == pytest.approx(
        metrics["satisfaction.mean"]
    )


def test_closing_curve_crosses_a_half_at_the_metrics_median(
    scenario: Callable[..., Any], lived: Callable[..., CommunityModel], at_once: dict[str, Any]
) -> None:
    model = lived(scenario(at_once | {"days": 60}))
    curves = curves_of(model.tables())
    median = model.summary()["case.close_h_median"]
    share = curves.closing["leak"]
    assert median is not None
    assert (share[median > CLOSING_HOURS] < 0.5).all()
    assert (share[median <= CLOSING_HOURS] >= 0.5).all()
    assert curves.categories["leak"].deadline_h == pytest.approx(72.0)
    assert curves.categories["leak"].uploaded == model.tables()["cases"]["uploaded_h"].count()


def test_curves_are_small_to_send(a_run: CommunityModel) -> None:
    curves = curves_of(a_run.tables())
    sent = pickle.dumps(curves)
    assert len(sent) < 30_000
    assert pickle.loads(sent).informed == pytest.approx(curves.informed, nan_ok=True)  # noqa: S301 - own bytes


def test_a_run_without_notices_or_cases_has_null_curves(made_up: Callable[..., Tables]) -> None:
    curves = curves_of(made_up(1, notices=0, cases=0, vulnerable=False))
    assert np.isnan(curves.informed).all()
    assert all(np.isnan(curve).all() for curve in curves.closing.values())
    assert np.isnan(curves.satisfaction["vulnerable"]).all()
    assert np.isnan(curves.buildings.reach_72h).all()
    assert np.isnan(curves.categories["damage"].deadline_h)


def test_informed_is_the_mean_over_notices_followed_that_long(made_up: Callable[..., Tables]) -> None:
    tables = made_up(1)
    tables["reach"] = pd.DataFrame(
        {"notice_id": [0, 0, 0, 1, 1], "after_h": [0, 1, 2, 0, 1], "share": [0.0, 0.4, 0.9, 0.0, 0.2]}
    )
    informed = curves_of(tables).informed
    assert informed[:3] == pytest.approx([0.0, 0.3, 0.9])
    assert np.isnan(informed[3:]).all()
    assert len(informed) == len(INFORMED_HOURS)


def test_bands_are_intervals_of_the_mean(made_up: Callable[..., Tables]) -> None:
    runs = [curves_of(made_up(seed)) for seed in range(5)]
    averaged = average(runs)
    day = np.array([run.satisfaction["mean"][30] for run in runs])
    half = 2.7764451 * day.std(ddof=1) / np.sqrt(5)  # the t quantile of four degrees of freedom
    assert averaged.satisfaction["mean"].mean[30] == pytest.approx(day.mean())
    assert averaged.satisfaction["mean"].high[30] == pytest.approx(day.mean() + half)
    assert averaged.satisfaction["mean"].low[30] == pytest.approx(day.mean() - half)
    assert averaged.replications == 5


def test_one_run_has_no_band(made_up: Callable[..., Tables]) -> None:
    averaged = average([curves_of(made_up(1))])
    assert np.isnan(averaged.informed.low).all()
    assert not np.isnan(averaged.informed.mean).any()
    assert np.isnan(band([np.array([np.nan, 1.0]), np.array([np.nan, 3.0])]).mean[0])


def test_causes_add_up_to_the_change_of_the_mean() -> None:
    scenario = Scenario.model_validate({"title": "x", "days": 40, "community": {"households": 60}})
    model = CommunityModel(scenario, rng=2)
    before = float(model.state.satisfaction.level.mean())
    model.run_to_end()
    causes = curves_of(model.tables()).causes
    assert list(causes) == list(CAUSES)
    assert sum(causes.values()) == pytest.approx(float(model.state.satisfaction.level.mean()) - before)
    assert causes["struck"] < 0.0 < causes["solved"]


def test_on_time_counts_cases_in_the_month_of_their_deadline() -> None:
    tables = {
        "cases": pd.DataFrame(
            {
                "deadline_h": pd.array(
                    [24.0, 24.0 * 20 - 1.0, 24.0 * 20, 24.0 * 60, 24.0 * 95], dtype="Float64"
                ),
                "on_time": pd.array([True, False, True, False, True], dtype="boolean"),
                "reported_on_time": pd.array([True, True, True, False, True], dtype="boolean"),
            }
        ),
        "timeline": pd.DataFrame({"date": pd.date_range("2024-12-12", periods=90)}),
    }
    shares = on_time_curves(tables["cases"], tables["timeline"])
    nan = np.nan
    assert shares["true"] == pytest.approx([0.5, 1.0, 0.0, nan], nan_ok=True)
    assert shares["reported"] == pytest.approx([1.0, 1.0, 0.0, nan], nan_ok=True)
    assert shares["gap"] == pytest.approx([0.5, 0.0, 0.0, nan], nan_ok=True)


def test_completed_projects_are_counted_from_the_end_of_their_day() -> None:
    projects = pd.DataFrame({"completed_h": pd.array([30.0, pd.NA, 47.9, 72.0], dtype="Float64")})
    assert completed_curve(projects, 5).tolist() == [0.0, 2.0, 2.0, 3.0, 3.0]
    assert completed_curve(projects[:0], 2).tolist() == [0.0, 0.0]

"""Metrics of several runs put together are those of their tables laid below each other."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulation.results.metrics import METRICS
from simulation.results.pooling import QUANTILES, SUMS, Part, pooled, weights_of
from simulation.results.summary import summarise
from simulation.results.survival import quantile
from simulation.run import run

DAYS = 60
STREETS = (
    {"community.households": 150, "community.communities": 2},
    {"community.households": 90, "mechanisms.tiers": False},
)


@pytest.fixture(scope="module")
def streets(scenario, lived):
    """Two streets as lived: unlike in size and rules."""
    common = {"days": DAYS, "mechanisms.appraisal": True}

    return [lived(scenario(common, street), seed) for seed, street in zip((5, 9), STREETS, strict=True)]


@pytest.fixture(scope="module")
def tables(streets):
    """The tables of both below each other."""
    both = [model.tables() for model in streets]
    return {name: pd.concat([one[name] for one in both], ignore_index=True) for name in both[0]}


@pytest.fixture(scope="module")
def parts(streets):
    return [
        Part(summarise(model.tables(), model.state), weights_of(model.tables(), model.state))
        for model in streets
    ]


@pytest.fixture(scope="module")
def expected(tables, streets):
    """Every metric by another way: straight from the rows of both streets."""
    now = 24.0 * DAYS
    cases, notices, wants = tables["cases"], tables["notices"], tables["resources"].query("kind == 'want'")
    sent, closed = cases.dropna(subset="dispatched_h"), cases.dropna(subset="closed_h")
    listed = cases.dropna(subset="uploaded_h")
    waited = listed["dispatched_h"] - listed["uploaded_h"]
    fixed_on_the_spot = listed["resolved_h"].notna() & listed["dispatched_h"].isna()
    fresh = listed["dispatched_h"].isna() & (listed["uploaded_h"] > now - 1.0)
    due = waited[~fixed_on_the_spot & ~fresh]
    followed = notices[notices["missed"].notna() & (notices["audience_size"] > 0)]
    met, weeks = wants[wants["state"] == "met"], tables["ledger"].query("days == 7")
    amiss = cases["orphan_h"] + cases["double_h"]
    needs = tables["needs"]
    until = needs["met_h"].fillna(needs["faded_h"]).fillna(now)
    level = np.concatenate([model.state.satisfaction.level for model in streets])
    vulnerable = np.concatenate([model.state.population.vulnerable for model in streets])
    willing = np.concatenate([model.state.providers.all_willing() for model in streets])
    on = sum(int(model.state.working.days_on.sum()) for model in streets)
    over = sum(int(model.state.working.overdrawn_days.sum()) for model in streets)
    took = (listed["resolved_h"].fillna(now) - listed["uploaded_h"], listed["resolved_h"].notna())
    vulnerable_met = []
    for model in streets:
        own = model.tables()["resources"].query("kind == 'want' and state != 'open'")
        who = model.state.fate.wanted.resident[own["id"]]
        vulnerable_met += list((own["state"] == "met")[model.state.population.vulnerable[who]])
    projects = tables["projects"]
    board = tables["board"]
    return {
        **{f"notice.{name}": notices[name].mean() for name in ("reach_72h", "reach_72h_vulnerable")},
        **{f"notice.{name}": notices[name].mean() for name in ("t50_h", "t90_h")},
        "notice.reached_90": followed["t90_h"].notna().mean(),
        "case.count": len(cases),
        "case.found_share": cases["found_h"].notna().mean(),
        "case.found_h_median": quantile(
            cases["found_h"].fillna(now) - cases["arose_h"], cases["found_h"].notna(), 0.5
        ),
        "case.dispatched_within_1h": due.le(1.0).fillna(False).mean(),
        "case.close_h_median": quantile(*took, 0.5),
        "case.close_h_p90": quantile(*took, 0.9),
        "case.on_time": cases["on_time"].dropna().astype(float).mean(),
        "case.on_time_reported": cases["reported_on_time"].dropna().astype(float).mean(),
        "case.reopen_rate": (closed["reopened"] > 0).mean(),
        "case.feedback_rate": closed["fed_back_h"].notna().mean(),
        "case.bounces_mean": sent["bounced"].mean(),
        "case.orphan_h_mean": sent["orphan_h"].mean(),
        "satisfaction.mean": level.mean(),
        "satisfaction.vulnerable_gap": level.mean() - level[vulnerable].mean(),
        "ledger.visits_kept": weeks["held"].sum() / weeks["due"].sum(),
        "ledger.unmet_need_days": ((until - needs["arose_h"]) / 24.0).mean(),
        "platform.staleness_h": np.average(board["staleness_h"].fillna(0.0), weights=board["looks"]),
        "platform.lost_h_mean": amiss[amiss > 0.0].mean(),
        "resource.match_rate": len(met) / (wants["state"] != "open").sum(),
        "resource.match_rate_vulnerable": np.mean(vulnerable_met),
        "resource.wait_d_mean": ((met["matched_h"] - met["arose_h"]) / 24.0).mean(),
        "resource.coverage": tables["lists"]["wants_listed"].sum() / tables["lists"]["wants"].sum(),
        "resource.misfit": met["loss"].mean(),
        "resource.bundles_completed": tables["bundles"]["done_h"].notna().sum(),
        "appraisal.score_mean": tables["appraisals"]["score"].mean(),
        "appraisal.gamed_share": closed["closed_early"].mean(),
        "council.projects_completed": projects["completed_h"].notna().sum(),
        "council.lead_d_median": quantile(
            (projects["completed_h"].fillna(now) - projects["raised_h"]) / 24.0,
            projects["completed_h"].notna(),
            0.5,
        ),
        "council.topics_waiting": (projects["state"] == "waiting").sum(),
        "incentives.honours": len(tables["honours"]),
        "incentives.willing": willing.mean(),
        "effort.hours": tables["work"]["hours"].sum(),
        "effort.hours_per_household": tables["work"]["hours"].sum() / (2 * 150 + 90),
        "effort.overload_share": over / on,
        "waste.hours": (cases["duplicate_h"] + cases["handling_h"]).sum(),
    }


def test_metrics_of_two_streets_are_those_of_their_rows_together(parts, tables, expected):
    found = pooled(parts, tables, 24.0 * DAYS)
    assert set(found) == set(METRICS)
    for name, value in expected.items():
        assert found[name] == (None if value is None else pytest.approx(float(value), rel=1e-12)), name
    unlike = [name for name in expected if parts[0].metrics[name] != parts[1].metrics[name]]
    assert len(unlike) > 30, "else the weights are not tried"
    assert set(METRICS) - set(expected) == {
        "case.backlog_end", "resource.active_providers", "satisfaction.p10"
    }  # fmt: skip
    assert found["case.backlog_end"] == sum(part.metrics["case.backlog_end"] for part in parts)
    per_community = [part.metrics["resource.active_providers"] for part in parts]
    assert found["resource.active_providers"] == pytest.approx((2 * per_community[0] + per_community[1]) / 3)
    assert found["satisfaction.p10"] is None


def test_quantiles_need_their_tables(parts, tables):
    assert all(pooled(parts)[name] is None for name in QUANTILES)
    cases_only = pooled(parts, {"cases": tables["cases"]}, 24.0 * DAYS)
    assert cases_only["case.close_h_median"] is not None
    assert cases_only["council.lead_d_median"] is None


def test_one_run_alone_stays_what_it_is(parts):
    alone = pooled(parts[:1])
    for name, value in parts[0].metrics.items():
        if name not in QUANTILES:
            assert alone[name] == (None if value is None else pytest.approx(value, rel=1e-12)), name


def test_a_street_without_a_thing_does_not_count_in_its_mean(parts):
    bare = Part(
        parts[1].metrics | {"appraisal.gamed_share": None}, {**parts[1].weights, "appraisal.gamed_share": 0.0}
    )
    assert pooled([parts[0], bare])["appraisal.gamed_share"] == parts[0].metrics["appraisal.gamed_share"]
    assert pooled([bare, bare])["appraisal.gamed_share"] is None


def test_every_metric_is_a_sum_a_quantile_or_a_mean_with_a_weight(parts):
    for part in parts:
        assert set(part.weights) | set(SUMS) | set(QUANTILES) == set(METRICS)
        assert not set(part.weights) & (set(SUMS) | set(QUANTILES))


def test_a_run_gives_weights_where_asked(scenario):
    asked = scenario({"days": 8})
    plain, weighed = run(asked, 1), run(asked, 1, weigh=True)
    assert plain == replace(weighed, tables=plain.tables, weights={})
    assert weighed.weights["effort.hours_per_household"] == 60

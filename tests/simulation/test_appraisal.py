"""The monthly appraisal: its score, whom it costs minutes, the effort and the gaming that follow."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.handlers import Teams
from agents.working_time import ROLES
from scenarios import load
from simulation import CommunityModel
from simulation.incentives.gaming import Gaming
from simulation.job import Job

LEAK = "cases.categories.leak"
OFF = {"mechanisms.appraisal": False}
BUSY = {
    "mechanisms.appraisal": True,
    "mechanisms.feedback": True,
    "days": 120,
    f"{LEAK}.rate": 12_000.0,
    "handlers.right.teams": 1,
    f"{LEAK}.service": {"distribution": "exponential", "mean": 9.0},
    "cases.feedback.most_attempts": 100,
    "minutes.branch": "8 h",
    "appraisal.call": "2 min",
}
"""One team that is always a little behind, reported back to by a branch with time."""
STRONG = BUSY | {"appraisal.stakes": 1.0}


def appraisals(model: CommunityModel, who: str) -> pd.DataFrame:
    table = model.tables()["appraisals"]
    return table[table["who"] == who].set_index("month")


def hours(model: CommunityModel, activity: str) -> float:
    work = model.tables()["work"]
    return float(work[work["activity"] == activity]["hours"].sum())


def month_of(model: CommunityModel, hour: "pd.Series[Any]") -> "pd.Series[Any]":
    return pd.Series(model.state.calendar.month[(hour // 24.0).astype(int)], index=hour.index)


def test_a_score_that_is_only_written_down_changes_nothing(scenario, lived):
    base = {"days": 70, "community.households": 200}
    free = {"appraisal.stakes": 0.0, "appraisal.sample": 0}
    off, on = lived(scenario(base, OFF)).tables(), lived(scenario(base, free)).tables()
    assert len(off["appraisals"]) == 0
    assert on["appraisals"]["score"].notna().any()
    assert set(on["appraisals"]["effort"]) == {1.0}
    for name in set(off) - {"appraisals"}:
        pd.testing.assert_frame_equal(off[name], on[name], check_exact=True)


def test_off_there_is_no_score_and_nobody_games(scenario, lived):
    summary = lived(scenario(OFF)).summary()
    assert summary["appraisal.score_mean"] is None
    assert summary["appraisal.gamed_share"] is None


@pytest.mark.parametrize("stakes", [0.3, 1.0])
def test_on_time_rate_is_that_of_the_reported_cases_of_the_month(scenario, lived, at_once, stakes):
    """Each case counts once: when first reported closed, or at its deadline where that came before."""
    model = lived(scenario(at_once, BUSY, {"appraisal.stakes": stakes}))
    cases = model.tables()["cases"].dropna(subset=["deadline_h"])
    moment = cases[["closed_h", "deadline_h"]].min(axis=1)
    reported = cases["closed_h"] <= cases["deadline_h"]
    lived_through = moment < 24.0 * model.asked.days
    by_month = reported.fillna(False)[lived_through].groupby(month_of(model, moment[lived_through]))
    seen = appraisals(model, "right 0")
    assert list(seen.index) == [0, 1, 2]
    for month, row in seen.iterrows():
        assert row["cases"] == by_month.size()[month]
        assert row["on_time_reported"] == pytest.approx(by_month.mean()[month])
        parts = 0.6 * row["on_time_reported"] + 0.4 * row["satisfaction_sampled"]
        assert row["score"] == pytest.approx(parts)
    assert 0.0 < seen["on_time_reported"].mean() < 1.0


def test_effort_and_gaming_by_hand(scenario):
    def respond(stakes: float, score: float | None) -> tuple[float, float]:
        keys = {"appraisal.stakes": stakes, "appraisal.aim": 0.8, "appraisal.diverted": 0.5}
        return CommunityModel(scenario(keys), rng=1).cases.appraisal.respond(score)

    assert respond(0.0, 0.1) == (1.0, 0.0)
    assert respond(0.3, 0.9) == pytest.approx((1.1, 0.0)), "half of the limit at a pull of 0.3"
    assert respond(0.3, None) == respond(0.3, 0.8)
    assert respond(0.4, 0.4) == pytest.approx((1.0 + 0.2 * (0.6 / 0.9) * 0.9, 0.2)), "pull 0.6"
    assert respond(1.0, 0.9) == pytest.approx((1.0 + 0.2 * (1.0 / 1.3) * 0.5, 1.0))
    efforts = [respond(stakes, 0.9)[0] for stakes in (0.0, 0.1, 0.2, 0.3, 0.4)]
    assert (np.diff(efforts, 2) < 0.0).all(), "returns diminish"


def test_effort_shortens_a_handlers_attempts_from_the_second_month_on(scenario, lived, at_once):
    keys = {"mechanisms.appraisal": True, "days": 70, "appraisal.call": 0.0, "minutes.branch": "8 h"}
    model = lived(scenario(at_once, keys, {"appraisal.aim": 0.01}))
    cases = model.tables()["cases"].dropna(subset=["resolved_h"])
    took = cases["resolved_h"] - cases["started_h"]
    scored = 24.0 * next(d for d in range(31, 40) if model.state.calendar.working[d]) + 9.0
    before, after = cases["started_h"] < scored, cases["started_h"] > scored + 24.0
    assert min(before.sum(), after.sum()) > 50
    assert took[before].to_numpy(float) == pytest.approx(2.0)
    assert took[after].to_numpy(float) == pytest.approx(2.0 / 1.1)


def test_effort_lets_grid_workers_pass_more_buildings_in_the_same_minutes(scenario, lived):
    keys = {"community.households": 300, "days": 90, "appraisal.effort_most": 1.0, "patrol.talks": 1}
    looked, spent = [], []
    for stakes in (0.0, 0.5):
        model = lived(scenario(keys, {"appraisal.stakes": stakes}))
        visits = model.tables()["visits"]
        walked = visits[(visits["by"] == "patrol") & (visits["day"] >= 45)]
        looked.append(walked["knocks"].sum())
        spent.append(hours(model, "patrol"))
    assert looked[1] > 1.2 * looked[0], "one resident is looked for at each building"
    assert spent[1] <= spent[0]


def test_the_branch_pays_for_every_call_and_without_minutes_nobody_is_asked(scenario, lived, at_once):
    model = lived(scenario(at_once, BUSY, {"appraisal.sample": 7}))
    assert hours(model, "appraise") == pytest.approx(3 * 7 * 2.0 / 60.0), "three months of seven calls"
    none = lived(scenario(at_once, BUSY, {"minutes.branch": 0.0}))
    rows = appraisals(none, "right 0")
    assert hours(none, "appraise") == 0.0
    assert rows["satisfaction_sampled"].isna().all()
    assert rows["score"].to_numpy(float) == pytest.approx(rows["on_time_reported"].to_numpy(float))


def test_closed_on_paper_is_unsolved_in_time_and_feedback_catches_it(scenario, lived, at_once):
    model = lived(scenario(at_once, STRONG, {"appraisal.presses": 0.0}))
    cases = model.tables()["cases"]
    early = cases[cases["closed_early"]]
    assert len(early) > 20
    assert (early["uploaded_h"] + 36.0 <= early["closed_h"] + 1e-9).all(), "half of the time is over"
    assert not (early["resolved_h"] < early["closed_h"]).fillna(False).any()
    caught = early[early["closed_h"] < 24.0 * 90]
    assert (caught["reopened"] >= 1).mean() > 0.9
    summary = model.summary()
    assert summary["appraisal.gamed_share"] == pytest.approx(len(early) / cases["closed_h"].notna().sum())
    assert summary["case.on_time_reported"] > summary["case.on_time"]


def test_uncaught_paper_stays_closed_and_unsolved(scenario, lived, at_once):
    keys = STRONG | {"mechanisms.feedback": False, "cases.feedback.notices_failure": {
        "distribution": "deterministic", "mean": 5000.0}}  # fmt: skip
    cases = lived(scenario(at_once, keys)).tables()["cases"]
    early = cases[cases["closed_early"]]
    assert len(early) > 20
    assert set(early["state"]) == {"closed_unsolved"}
    assert early["started_h"].isna().all(), "nobody worked at them"


def test_strong_stakes_part_the_reported_rate_from_the_true_one(scenario, lived, at_once):
    """Where a body is strained, passing over lost cases keeps the true rate up: the two part all the same."""
    gaps = []
    for seed in range(4):
        mild, strong = (lived(scenario(at_once, keys), seed).summary() for keys in (BUSY, STRONG))
        assert mild["appraisal.gamed_share"] <= strong["appraisal.gamed_share"]
        gaps.append([strong[name] - mild[name] for name in ("case.on_time_reported", "case.on_time")])
    reported, true = np.mean(gaps, axis=0)
    assert reported > 0.02
    assert reported - true > 0.02


def test_lost_cases_are_passed_over_while_others_wait(scenario, lived, at_once):
    model = lived(scenario(at_once, BUSY, {"days": 40, "appraisal.passes_over": 1.0}))
    lost, kept = (model.cases.all[place] for place in (0, 1))
    lost.deadline, kept.deadline, kept.closed = 100.0, 1000.0, None
    gaming = Gaming(model.state)
    teams: Teams[Job] = model.cases.handling.teams["right"][0]
    teams.queue.clear()
    teams.queue.extend(Job(case, "right", 0) for case in (lost, kept))
    teams.gaming = 1.0
    assert gaming.passes_over(200.0, teams) == 1
    assert gaming.passes_over(50.0, teams) == (0 if lost.closed is None else 1)
    kept.deadline = 100.0
    assert gaming.passes_over(200.0, teams) == 0, "all are lost: first come, first served"


def test_pressing_lifts_the_answer_costs_time_and_is_resented(scenario, lived, at_once):
    mild = STRONG | {"appraisal.closes_early": 0.0, "appraisal.passes_over": 0.0}
    none, all_pressed = (
        lived(scenario(at_once, mild, {"appraisal.presses": share, "appraisal.sample": 50}))
        for share in (0.0, 1.0)
    )
    ledger = all_pressed.tables()["satisfaction"].groupby("cause")["change"].sum()
    assert ledger["pressed"] < 0.0
    assert none.tables()["satisfaction"].groupby("cause")["change"].sum()["pressed"] == 0.0
    answers = [appraisals(model, "right 0")["satisfaction_sampled"].loc[1] for model in (none, all_pressed)]
    assert answers[1] > answers[0] + 0.05
    worked = [model.cases.handling.teams["right"][0] for model in (none, all_pressed)]
    pressed = sum(case.pressed for case in all_pressed.cases.all)
    assert pressed > 50
    assert worked[1].hours_worked - worked[0].hours_worked > 0.0


def test_a_grid_worker_is_scored_by_uploads_and_calls_and_presses_on_the_call(scenario, lived):
    keys = {"community.households": 200, "days": 100, "appraisal.stakes": 1.0}
    model = lived(scenario(keys))
    table = model.tables()["appraisals"]
    workers = table[table["role"].isin(["full_time", "part_time"])]
    assert set(workers["who"]) <= set(model.tables()["work"]["actor"])
    assert (workers["cases"] > 0).any()
    assert workers["on_time_reported"].dropna().between(0.0, 1.0).all()
    assert hours(model, "press") > 0.0


@pytest.mark.parametrize("keys", [{}, {"appraisal.stakes": 1.0}])
def test_plain_and_compiled_agree(scenario, lived, keys):
    """Notices off: word of mouth has laws of its own in the reference."""
    quiet = {
        "notices.per_year": 0.0, "notices.questions": 0.0, "days": 45, "community.households": 80,
    }  # fmt: skip
    one, other = (lived(scenario(quiet, keys), plain=plain).tables() for plain in (False, True))
    for name in ("cases", "appraisals", "work"):
        pd.testing.assert_frame_equal(one[name], other[name])


@pytest.mark.slow
def test_pressure_raises_the_reported_and_lowers_the_true_rate_of_the_shipped_scenarios():
    mild, strong, off = load("coordinated"), load("pressured"), load("coordinated", OFF)
    rows = []
    for seed in range(1, 21):
        summaries = []
        for asked in (off, mild, strong):
            model = CommunityModel(asked, rng=seed)
            model.run_to_end()
            summaries.append([model.summary()[name] for name in ("case.on_time", "case.on_time_reported")])
        rows.append(summaries)
    none, mean, pressed = np.mean(rows, axis=0)
    assert mean[0] > none[0], "moderate stakes: effort"
    assert pressed[1] > mean[1]
    assert pressed[0] < mean[0]


def test_only_grid_workers_and_handlers_are_appraised(lived, scenario):
    """Paired members and trackers stand after the grid workers on the roster, and are not scored."""
    model = lived(scenario({"days": 100, "community.people.party_share": 0.3}))
    assert (model.state.roster.role == ROLES.index("paired_member")).any()
    roles = set(model.tables()["appraisals"]["role"])
    assert {"full_time", "part_time"} <= roles
    assert roles <= {"full_time", "part_time", *model.state.scenario.handlers}

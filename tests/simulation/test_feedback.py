"""The closed loop: reported back, opened again, given up; and what the call costs."""

import pytest

from simulation import CommunityModel

LEAK = "cases.categories.leak"
LOOP = {
    "mechanisms.feedback": True,
    "days": 60,
    f"{LEAK}.rate": 40_000.0,
    "cases.feedback.delay": {"distribution": "deterministic", "mean": 4.0},
    "cases.feedback.minutes": "2 min",
    "cases.feedback.notices_failure": {"distribution": "deterministic", "mean": 2000.0},
    "minutes.branch": "8 h",
}


def settled(model: CommunityModel):
    cases = model.tables()["cases"]
    return cases[cases["arose_h"] < 24.0 * 30]


def minutes(model: CommunityModel, activity: str) -> float:
    work = model.tables()["work"]
    return float(work[work["activity"] == activity]["hours"].sum() * 60.0)


def test_every_solved_case_is_reported_back_at_the_cost_of_a_call(scenario, lived, at_once):
    model = lived(scenario(at_once, LOOP))
    cases = settled(model)
    assert cases["fed_back_h"].notna().all()
    assert (cases["fed_back_h"] - cases["resolved_h"]).min() >= 4.0 + 2 / 60 - 1e-9
    assert set(cases["state"]) == {"fed_back"}
    told = model.tables()["cases"]["fed_back_h"].notna().sum()
    assert minutes(model, "feedback") == pytest.approx(2.0 * told, abs=2.0 * 5)
    assert model.summary()["case.feedback_rate"] > 0.95


def test_without_the_mechanism_nobody_calls(scenario, lived, at_once):
    model = lived(scenario(at_once, LOOP, {"mechanisms.feedback": False}))
    assert model.tables()["cases"]["fed_back_h"].isna().all()
    assert minutes(model, "feedback") == 0.0
    assert model.summary()["case.feedback_rate"] == 0.0
    ledger = model.tables()["satisfaction"].groupby("cause")["change"].sum()
    assert ledger["fed_back"] == 0.0


def test_a_branch_without_minutes_reports_late(scenario, lived, at_once):
    waits = [
        (cases["fed_back_h"] - cases["resolved_h"]).dropna().mean()
        for time in ("8 h", "4 min")
        for cases in [settled(lived(scenario(at_once, LOOP, {"minutes.branch": time})))]
    ]
    assert waits[1] > waits[0] + 48.0


def test_unsolved_cases_are_opened_again_until_solved(scenario, lived, at_once):
    """Each attempt solves with one half: attempts are geometric, and each failure is one reopening."""
    keys = {f"{LEAK}.solved": 0.5, "cases.feedback.most_attempts": 100}
    cases = settled(lived(scenario(at_once, LOOP, keys)))
    assert cases["resolved_h"].notna().all()
    assert (cases["attempts"] == cases["reopened"] + 1).all()
    assert abs(cases["attempts"].mean() - 2.0) < 4 * (2.0 / len(cases)) ** 0.5
    assert (cases["closed_h"] <= cases["resolved_h"]).all()
    assert ((cases["closed_h"] < cases["resolved_h"]) == (cases["reopened"] > 0)).all()


@pytest.mark.parametrize("most", [1, 3])
def test_cases_are_given_up_after_the_most_attempts(scenario, lived, at_once, most):
    keys = {f"{LEAK}.solved": 0.5, "cases.feedback.most_attempts": most}
    model = lived(scenario(at_once, LOOP, keys))
    cases = settled(model)
    given_up = cases["state"] == "given_up"
    assert (cases["attempts"][given_up] == most).all()
    assert (cases["attempts"] <= most).all()
    assert cases["resolved_h"][given_up].isna().all()
    assert cases["resolved_h"][~given_up].notna().all()
    assert abs(given_up.mean() - 0.5**most) < 4 * (0.5**most / len(cases)) ** 0.5


def test_what_is_given_up_stops_weighing_in_the_end(scenario, lived, at_once):
    keys = {f"{LEAK}.solved": 0.0, "cases.feedback.most_attempts": 1, f"{LEAK}.fades": "5 days"}
    model = lived(scenario(at_once, LOOP, keys))
    cases = model.tables()["cases"]
    gone = cases["given_up_h"] + 120.0
    over = gone < 24.0 * 60
    assert over.sum() > 50
    assert (cases["faded_h"][over] == gone[over]).all()
    weighs = (cases["faded_h"].isna()).sum()
    assert model.state.satisfaction.home_weight.sum() == pytest.approx(weighs)
    assert (
        model.summary()["case.backlog_end"]
        == (cases["uploaded_h"].notna() & cases["given_up_h"].isna()).sum()
    )


def test_a_resident_nobody_asks_sees_the_failure_and_insists_or_not(scenario, lived, at_once):
    keys = LOOP | {
        "mechanisms.feedback": False,
        f"{LEAK}.solved": 0.0,
        "cases.feedback.most_attempts": 100,
        "cases.feedback.notices_failure": {"distribution": "deterministic", "mean": 24.0},
    }
    sure = settled(lived(scenario(at_once, keys)))
    assert (sure["reopened"] >= 15).all(), "each round takes 26 hours, and thirty days are left"
    model = lived(scenario(at_once, keys, {f"{LEAK}.willing": 0.5}))
    cases = settled(model).dropna(subset=["found_h"])
    once_more = (cases["reopened"] > 0).mean()
    assert abs(once_more - 0.5) < 4 * (0.25 / len(cases)) ** 0.5
    assert (cases["state"] == "closed_unsolved").mean() > 0.9
    assert model.summary()["case.backlog_end"] >= len(cases), "closed on the list, open in truth"


def test_feedback_finds_out_what_residents_would_not_insist_on(scenario, lived, at_once):
    keys = {f"{LEAK}.solved": 0.5, f"{LEAK}.willing": 0.5, "cases.feedback.most_attempts": 100}
    solved = [
        settled(lived(scenario(at_once, LOOP, keys, {"mechanisms.feedback": on})))
        .dropna(subset=["found_h"])["resolved_h"].notna().mean()
        for on in (False, True)
    ]  # fmt: skip
    assert solved[1] == 1.0
    assert solved[0] < 0.8


def test_whoever_found_a_case_calls_back(scenario, lived, at_once):
    """A grid worker who saw it asks how it went, out of the worker's own minutes."""
    keys = LOOP | {
        "mechanisms.patrol": True,
        f"{LEAK}.willing": 0.0,
        f"{LEAK}.visible": 1.0,
        f"{LEAK}.in_common_parts": 1.0,
    }
    model = lived(scenario(at_once, keys))
    work = model.tables()["work"]
    callers = work[(work["activity"] == "feedback") & (work["hours"] > 0)]["role"]
    assert set(callers) <= {"full_time", "part_time"}
    assert len(callers) > 0
    assert settled(model)["fed_back_h"].notna().mean() > 0.8


def test_a_case_solved_by_a_second_owner_after_it_was_given_up_is_solved(scenario, lived, at_once):
    """The first owner is wrong and quick; the second is right, with a queue."""
    keys = LOOP | {
        f"{LEAK}.ambiguous": 1.0,
        f"{LEAK}.rate": 90_000.0,
        "cases.coordination.overlap": 1.0,
        "cases.coordination.refuse_wrong": 0.0,
        "cases.feedback.most_attempts": 1,
        "desks.command_centre.errs": 1.0,
        "handlers.right.teams": 1,
        f"{LEAK}.service": {"distribution": "deterministic", "mean": 1.5},
    }
    model = lived(scenario(at_once, keys))
    both = [case for case in model.cases.all if case.given_up is not None and case.resolved is not None]
    assert len(both) > 5
    assert {case.state for case in both} == {"resolved"}

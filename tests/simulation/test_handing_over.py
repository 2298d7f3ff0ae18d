"""On the day on which something changes, what was begun under the old rules goes on under the new ones."""

import pytest
from eventful import DAY, assert_same, base, lived, unchanged

from agents.bodies import Clerk, CommandCentre
from scenarios import ScenarioError, changed
from scenarios.schema import Scenario
from simulation import CommunityModel


def test_a_ledger_introduced_midway_has_its_first_visits_in_the_first_whole_week() -> None:
    tables = lived(changed(base({"mechanisms.ledger": False}), DAY, {"mechanisms.ledger": True})).tables()
    weeks = tables["ledger"].groupby("week")[["due", "held", "days", "files"]].sum()
    assert list(weeks.index) == [DAY // 7, *range(DAY // 7 + 1, 7)]
    assert weeks["due"].iloc[0] == weeks["held"].iloc[0] == 0
    assert weeks["days"].iloc[0] == 2 * (7 - DAY % 7), "a row for each of two communities"
    assert (weeks["held"].iloc[1:3] > 0).all()


def test_cases_that_wait_at_a_desk_go_to_the_one_that_takes_over() -> None:
    slow = {"desks.clerk.service": {"distribution": "deterministic", "mean": "12 h"}}
    model = lived(
        changed(base({"mechanisms.command_centre": False}, slow), DAY, {"mechanisms.command_centre": True})
    )
    cases, hour = model.tables()["cases"], 24.0 * DAY
    waited = cases[(cases["uploaded_h"] < hour) & ~(cases["dispatched_h"] < hour)]
    assert len(waited) > 5
    late = waited["dispatched_h"] >= hour + 24.0
    assert late.sum() <= 2, "those at which the two clerks were already"
    sorting = model.tables()["work"].query("activity == 'sort'").groupby("role")["hours"].sum()
    assert (sorting[["clerk", "command_centre"]] > 0.0).all()
    assert model.agents_by_type.keys() >= {CommandCentre, Clerk}


def test_new_teams_begin_at_once_with_what_waits() -> None:
    days_long = {"cases.categories.damage.service": {"distribution": "deterministic", "mean": "2 days"}}
    asked = base(days_long, {"handlers.works.calendar": "always", "mechanisms.appraisal": False})
    model = CommunityModel(changed(asked, DAY, {"handlers.works.teams": None}), rng=3)
    model.run_for(24.0 * DAY)
    waiting = [job.case for teams in model.cases.handling.teams["works"] for job in teams.queue]
    assert len(waiting) > 3
    model.run_for(24.0)
    assert {case.started for case in waiting if case.attempts == 0} == {24.0 * DAY}


def test_open_cases_stand_on_a_board_that_is_introduced() -> None:
    model = CommunityModel(
        changed(base({"mechanisms.platform": False}), DAY, {"mechanisms.platform": True}), rng=3
    )
    model.run_for(24.0 * DAY)
    assert not any(model.cases.board.entries)
    open_then = [case for cases in model.cases.coordination.listed for case in cases.values()]
    owned = [case for case in open_then if not case.reported_closed]
    assert owned
    model.run_for(24.0)
    looked = model.tables()["board"].query("by == 'tracker'")["looks"].sum()
    assert looked >= len(owned)


def test_where_the_appraisal_ends_its_pull_is_gone() -> None:
    scenario, full, _ = unchanged(False)
    model = lived(changed(scenario, DAY, {"mechanisms.appraisal": False}))
    assert (full.state.effort > 1.0).any()
    assert (full.state.gaming > 0.0).any()
    assert (model.state.effort == 1.0).all()
    assert not model.state.gaming.any()
    assert {teams.gaming for bodies in model.cases.handling.teams.values() for teams in bodies} == {0.0}
    assert model.summary()["appraisal.gamed_share"] is not None, "it was on for a while"


def test_several_changes_follow_each_other_in_whatever_steps_the_run_is_lived() -> None:
    scenario = changed(base(), 8, {"patrol.tells": False, "hub.minutes": "0 s"})
    scenario = changed(scenario, 16, {"mechanisms.tiers": False})
    scenario = changed(scenario, 30, {"mechanisms.tiers": True, "patrol.tells": True})
    model = CommunityModel(scenario, rng=3, trace=True)
    seen = []
    for _ in range(scenario.days * 2):
        model.run_for(12.0)
        rules = model.state.scenario
        seen.append((rules.patrol.tells, rules.mechanisms.tiers, rules.hub.minutes))
        if len(seen) % 30 == 0:
            model.tables()  # looking changes nothing
    assert [seen[2 * day + 1] for day in (7, 8, 16, 30, 44)] == [
        (True, True, 1.0),
        (False, True, 0.0),
        (False, False, 0.0),
        (True, True, 0.0),
        (True, True, 0.0),
    ]
    assert_same(model.tables(), lived(scenario).tables())
    assert model.scenario is scenario


def test_a_model_refuses_changes_that_no_file_could_ask_for() -> None:
    wrong = Scenario.model_validate(
        {"title": "x", "changes": ({"day": 1, "set": {"community.households": 9}},)}
    )
    with pytest.raises(
        ScenarioError, match=r"changes\.0\.set\.community\.households: this cannot change midway"
    ):
        CommunityModel(wrong, rng=1)

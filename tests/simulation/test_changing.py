"""What changes midway: on day 0 it is as if begun so, and later it touches nothing that was before."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest

from agents.bodies import Clerk, CommandCentre
from scenarios import ScenarioError, changed, from_data, midway
from scenarios.fields import Kind, key_at
from scenarios.schema import Mechanisms, Scenario
from scenarios.units import parse_hours, write_clock, write_duration
from simulation import CommunityModel

Keys = dict[str, Any]
Tables = dict[str, pd.DataFrame]

EVENTFUL: Keys = {
    "days": 45,
    "start": "2025-03-10",
    "community.households": 60,
    "community.communities": 2,
    "community.communities_per_street": 2,
    "community.buildings.households": 16,
    "community.people.party_share": 0.3,
    "community.people.disability_share": 0.2,
    "community.buildings.condition_mean": 0.35,
    "providers.residents": 0.15,
    "notices.per_year": 60.0,
    "notices.questions": 0.02,
    "notices.group_chat.on": True,
    "patrol.knocks": True,
    "patrol.part_time_days": 5,
    "minutes.leader": "4 h",
    "minutes.centre_household": "4 h",
    "minutes.full_time": "8 h",
    "minutes.part_time": "3 h",
    "minutes.branch": "8 h",
    "minutes.street_officer": "4 h",
    "notices.tiers.branch_to_leader.loss": 0.1,
    "cases.coordination.overlap": 0.8,
    "cases.coordination.dropped": 0.6,
    "cases.coordination.shirk": 0.6,
    "cases.coordination.most_refusals": 2,
    "digital.automation": 0.6,
    "appraisal.stakes": 0.9,
    "appraisal.sample": 6,
    "resources.every": "monthly",
    "resources.surveys.gathering": "4 days",
    "resources.surveys.answers": 0.5,
    "resources.word_of_mouth": 0.4,
    "resources.after_school.least": 2,
    "resources.wants.after_school.rate": 1.5,
    "resources.wants.elder_care.rate": 1.0,
    "resources.wants.culture.rate": 0.5,
    "resources.wants.goods.rate": 0.5,
    "resources.wants.advice.rate": 0.5,
    "resources.offers.teaching.resident": 4.0,
    "resources.offers.room.resident": 4.0,
    "resources.offers.arts.resident": 2.0,
    "resources.offers.goods.resident": 2.0,
    "resources.offers.stationery.enterprise": 8.0,
    "ledger.needs.rate": 20.0,
    "council.day": 3,
    "council.opinions.day": 2,
    "council.quorum": 2,
    "council.topics": 6,
    "council.raises.voices": 2,
    "council.raises.damage": 1,
    "council.raises.stuck_after": "1 day",
    "council.renewal.approval": {"distribution": "exponential", "mean": "2 days"},
    "council.renewal.materials": {"distribution": "exponential", "mean": "2 days"},
    "council.renewal.technical": {"distribution": "exponential", "mean": "2 days"},
    "council.renewal.works": {"distribution": "exponential", "mean": "3 days"},
    "council.clean_up.volunteers": {"distribution": "exponential", "mean": "2 days"},
    "incentives.titles_in": 4,
    "incentives.names": 1,
    "incentives.minds": 0.9,
}
"""Everything is on, and what is rare elsewhere happens every few days."""

NAMED: Keys = {
    "handlers": {
        "works": {"title": "Works", "teams": 1, "calendar": {"days": "all"}},
        "office": {"title": "Office", "teams": 1, "serves": "street"},
    },
    "cases": {
        "categories": {
            "damage": {
                "title": "Damage",
                "handler": "works",
                "rate": 3000.0,
                "follows_condition": 0.5,
                "follows_surroundings": 0.1,
                "in_common_parts": 0.5,
                "visible": 0.3,
                "ambiguous": 0.3,
                "on_the_spot": 0.2,
                "service": {"distribution": "lognormal", "median": "2 h", "sigma": 1.0},
                "solved": 0.7,
                "deadline": "2 days",
                "fades": "20 days",
            },
            "question": {
                "title": "Question",
                "handler": "office",
                "rate": 2000.0,
                "follows_surroundings": 0.4,
                "in_common_parts": 0.2,
                "visible": 0.1,
                "ambiguous": 0.4,
                "on_the_spot": 0.1,
                "service": {"distribution": "lognormal", "median": "1 h", "sigma": 1.0},
                "solved": 0.6,
                "deadline": "3 days",
                "fades": "15 days",
            },
        },
    },
}
"""Who solves which kinds of trouble."""
POORER: Keys = {
    "mechanisms.hub": False,
    "mechanisms.command_centre": False,
    "notices.tiers.branch_to_leader.mode": "meeting",
    "notices.tiers.street_to_branch.mode": "meeting",
    "notices.tiers.leader_to_centre.mode": "meeting",
    "resources.every": "continuous",
    "mechanisms.matching": False,
}
"""What else there has to be for the values that matter only where no hub and no command centre are there."""


def base(*keys: Keys) -> Scenario:
    """A small eventful scenario, with dotted paths laid over it."""
    return from_data(
        {"title": "base"} | NAMED, "base", EVENTFUL | {path: v for each in keys for path, v in each.items()}
    )


def other_value(scenario: Scenario, path: str) -> Any:
    """A valid value for a path other than the scenario's, as written in a file."""
    data: Any = scenario.model_dump(mode="json")
    _, kind = key_at(tuple(path.split(".")), data)
    for step in path.split("."):
        data = data[step]
    assert kind is not None, path
    for value in _others(data, kind, path):
        try:
            changed(scenario, 0, {path: value})
        except ScenarioError:
            continue
        return value
    raise AssertionError(f"no other value of {path} is valid")


def _others(now: Any, kind: Kind, path: str) -> Iterator[Any]:
    if path.endswith(".handler"):
        yield from ({"works", "office"} - {now})
    elif kind.name == "switch":
        yield not now
    elif kind.name == "choice":
        yield from (choice for choice in kind.choices if choice != now)
    elif kind.name == "text":
        yield "damage"
    elif isinstance(now, dict) and "distribution" in now:
        yield {"distribution": "deterministic", "mean": "3 h"}
    elif kind.name == "time of day":
        hour = parse_hours(now, "time of day") or 0.0
        yield from (write_clock(hour + step) for step in (0.5, -0.5))
    elif kind.name == "duration":
        hours = parse_hours(now, "duration") if now is not None else None
        yield from (write_duration(new) for new in (2.0 * (hours or 1.0), 0.6 * (hours or 1.0)))
    elif kind.name in {"number", "whole number"}:
        old = 1 if now is None else now
        steps = (old + 1, old - 1) if kind.name == "whole number" else (0.4 * old, 1.6 * old, 0.35, 0.1)
        yield from (new for new in steps if new != now)
    else:
        raise AssertionError(f"{path}: {kind}")


def lived(scenario: Scenario, seed: int = 3) -> CommunityModel:
    """The model at the end of its run."""
    model = CommunityModel(scenario, rng=seed, trace=True)
    model.run_to_end()
    return model


def before(tables: Tables, day: int) -> Tables:
    """What the tables say of what happened before a day, as they say it at the end of the run."""
    hour, month = 24.0 * day, 0 if day < MONTH_ENDS else 1
    cut: Tables = {}
    for name, table in tables.items():
        if name in TIMES:
            begun, *rest = TIMES[name].split()
            rows = table[table[begun] < hour]
            cut[name] = rows[[begun]].join(rows[rest].where(rows[rest] < hour))
        elif "day" in table:
            cut[name] = table[table["day"] < day]
        elif "week" in table:
            cut[name] = table[table["week"] < day // 7]
        elif "hour" in table:
            cut[name] = table[table["hour"] < hour]
        elif "month" in table and name != "appraisals":  # those are made in the month that follows
            cut[name] = table[table["month"] < month]
    return cut


TIMES = {
    "cases": "arose_h found_h uploaded_h dispatched_h started_h resolved_h closed_h fed_back_h",
    "needs": "arose_h found_h met_h faded_h",
    "projects": "raised_h decided_h assigned_h funds_h materials_h technical_h volunteers_h started_h "
    "completed_h reported_h",
    "notices": "issued_h",
    "spread": "informed_h",
    "resources": "arose_h listed_h",
    "bundles": "hour done_h",
}
"""When a row of a table begins, and its other times."""
MONTH_ENDS = 22
"""Day on which the first month is over."""


POORER_PATHS = ("desks.clerk.", "platform.mediate", "platform.authority", "council.unassigned")
"""Values that matter only where there is no hub or no command centre."""
DAY = 24
"""The day on which things change midway."""


PATHS = [each.path for each in midway(base()) if each.can]


@cache
def unchanged(poorer: bool) -> tuple[Scenario, CommunityModel, Tables]:
    """A base, its model at the end and its tables."""
    scenario = base(POORER) if poorer else base()
    model = lived(scenario)
    return scenario, model, model.tables()


def assert_same(some: Tables, others: Tables) -> None:
    assert list(some) == list(others)
    for name, table in some.items():
        pd.testing.assert_frame_equal(
            table.reset_index(drop=True), others[name].reset_index(drop=True), obj=name
        )


def holds_from_its_day(scenario: Scenario, model: CommunityModel, values: Keys) -> Tables:
    """Hold both against runs without changes; gives the tables of the scenario that is begun so."""
    begun = lived(from_data(scenario.model_dump(mode="json"), "begun", values))
    first = lived(changed(scenario, 0, values))
    tables = begun.tables()
    assert_same(first.tables(), tables)
    assert first.summary() == begun.summary()
    late = lived(changed(scenario, DAY, values))
    assert_same(before(late.tables(), DAY), before(model.tables(), DAY))
    assert first.state.fate.digest == late.state.fate.digest == model.state.fate.digest
    return tables


GROUPS = {
    "notices": ("notices.",),
    "cases": ("cases.", "handlers."),
    "desks": ("desks.", "hub.", "platform.", "digital."),
    "people": ("minutes.", "patrol.", "ledger.", "satisfaction."),
    "lists": ("resources.",),
    "meetings": ("council.", "incentives.", "appraisal."),
}
"""Sections whose values are changed together: none of them may be kept from the first rules."""


@pytest.mark.parametrize(
    "poorer", [pytest.param(False, id="all"), pytest.param(True, id="poorer", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "group", [pytest.param(group, marks=[pytest.mark.slow] * (group != "people")) for group in GROUPS]
)
def test_whole_sections_change_as_if_it_had_been_so_from_the_start(group: str, poorer: bool) -> None:
    scenario, model, tables = unchanged(poorer)
    values: Keys = {}
    for path in PATHS:
        if path.startswith(GROUPS[group]):
            try:
                changed(scenario, 0, values | {path: (value := other_value(scenario, path))})
            except ScenarioError:
                continue  # valid alone, not with what was changed before it
            values[path] = value
    assert len(values) > 20
    with pytest.raises(AssertionError):
        assert_same(holds_from_its_day(scenario, model, values), tables)


@pytest.mark.slow
@pytest.mark.parametrize("switch", Mechanisms.model_fields)
def test_each_mechanism_can_be_dropped_and_introduced(switch: str) -> None:
    path = f"mechanisms.{switch}"
    scenario, model, tables = unchanged(False)
    off = holds_from_its_day(scenario, model, {path: False})
    with pytest.raises(AssertionError):
        assert_same(off, tables)
    without = base({path: False})
    lacking = lived(without)
    assert_same(holds_from_its_day(without, lacking, {path: True}), tables)
    late = lived(changed(without, 8, {path: True}))  # before the month ends that is appraised and honoured
    with pytest.raises(AssertionError):
        assert_same(late.tables(), lacking.tables())


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.exhaustive] * bool(place % 6))
        for place, path in enumerate(PATHS)
    ],
)
def test_every_value_that_can_change_midway_holds_from_its_day_on(path: str) -> None:
    scenario, model, _ = unchanged(path.startswith(POORER_PATHS))
    holds_from_its_day(scenario, model, {path: other_value(scenario, path)})


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

"""Explanations: they tell what the run's tables say, and nothing that lies after the hour asked about."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from experiments.messages import LANGUAGES
from experiments.view.api import HANDLERS, routes
from experiments.view.errors import GoneError
from experiments.view.explaining import EXPLAINERS, explain
from experiments.view.explaining.moment import Moment
from experiments.view.explaining.standing import Standing
from experiments.view.film import Film, Films
from scenarios import Scenario, load
from simulation.case import FINDERS
from simulation.notices.spread import CHANNELS
from simulation.trails import CASE_STEPS

SEED = 2
SETTINGS = {"community.households": 200, "days": 30, "notices.per_year": 60, "notices.follow": "240 h"}
HARD = {
    "desks.command_centre.errs": 0.5,
    "cases.coordination.refuse_wrong": 0.9,
    "cases.coordination.overlap": 0.9,
    "cases.coordination.dropped": 0.5,
    "notices.group_chat.on": True,
    "patrol.knocks": True,
    "cases.categories.damage.rate": 3000.0,
    "cases.categories.damage.ambiguous": 0.7,
    "cases.categories.conflict.rate": 300.0,
}
"""Many detours, so that every step of a case comes up, and every way of hearing."""


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("coordinated", SETTINGS | HARD)


@pytest.fixture(scope="module")
def film(scenario: Scenario) -> Film:
    film = Film(scenario, SEED)
    film.day(scenario.days - 1)
    return film


@pytest.fixture(scope="module")
def tables(film: Film) -> dict[str, pd.DataFrame]:
    return film.model.tables()


@pytest.fixture(scope="module")
def early(scenario: Scenario) -> dict[int, Film]:
    """The same run, lived as far as some days only."""
    films = {days: Film(scenario, SEED) for days in (1, 9, 17)}
    for days, one in films.items():
        one.day(days - 1)
    return films


def everything(film: Film, hour: float) -> Iterator[tuple[str, int]]:
    """All that can be asked about at an hour."""
    model = film.model
    arisen = sum(case.arose < hour for case in model.cases.all)
    counts = {
        "building": model.state.population.buildings,
        "household": model.state.population.households,
        "case": arisen,
        "actor": len(model.state.roster.role),
    }
    for what, count in counts.items():
        yield from ((what, number) for number in range(count))


@settings(deadline=None, max_examples=12)
@given(days=st.sampled_from([1, 9, 17]), back=st.floats(0.0, 23.99), share=st.floats(0.0, 1.0))
def test_nothing_is_told_that_lies_ahead(
    film: Film, early: dict[int, Film], days: int, back: float, share: float
) -> None:
    hour = 24.0 * days - back
    asked = list(everything(early[days], hour))
    for what, number in asked[round(29 * share) :: 30]:
        told = explain(early[days], what, number, hour, "en")
        assert told == explain(film, what, number, hour, "en")
    assert len(early[days].days) == days


@pytest.mark.parametrize("days", [1, 9, 17])
def test_a_day_has_the_same_story_when_it_has_just_ended(
    film: Film, early: dict[int, Film], days: int
) -> None:
    for what, number in everything(early[days], 24.0 * days):
        told = explain(early[days], what, number, 24.0 * days, "zh")
        assert told == explain(film, what, number, 24.0 * days, "zh")


def test_rules_that_change_later_are_not_told_before() -> None:
    """What is said of an hour goes by the rules of that day, also once the run has others."""
    other = {
        "minutes.full_time": "1 h",
        "minutes.centre_household": "10 min",
        "mechanisms.tiers": False,
        "patrol.knocks": False,
        "notices.group_chat.member": 0.0,
        "handlers.maintenance.calendar": "always",
    }
    scenario = load("coordinated", SETTINGS | HARD | {"changes": [{"day": 11, "set": other}]})
    before, after = Film(scenario, SEED), Film(scenario, SEED)
    before.day(10)
    after.day(20)
    for hour in (24.0 * 10 + 12.0, 24.0 * 11):
        for what, number in everything(before, hour):
            assert explain(before, what, number, hour, "en") == explain(after, what, number, hour, "en")
    worker = after.model.state.roster.workers
    assert "had 240 min" in " ".join(explain(after, "actor", worker, 24.0 * 11, "en")["sentences"])
    then = [explain(after, "actor", worker, 24.0 * day, "en")["sentences"] for day in range(13, 20)]
    assert any("had 60 min" in " ".join(sentences) for sentences in then)


@pytest.mark.parametrize("hub", [True, False])
def test_a_case_stands_where_the_run_had_it_each_evening(hub: bool) -> None:
    scenario = load("coordinated", SETTINGS | HARD | {"mechanisms.hub": hub, "mechanisms.platform": hub})
    film, seen, steps = Film(scenario, SEED), set(), set()
    for day in range(scenario.days):
        film.day(day)
        moment = Moment(film, 24.0 * (day + 1), "en")
        for case in film.model.cases.all:
            standing = Standing(moment, case)
            assert standing.state == case.state
            assert standing.handler == case.handler or standing.resolved is not None or standing.orphan
            assert standing.refused == case.bounced
            if case.resolved is None:
                assert standing.orphan_hours == pytest.approx(case.orphaned_for(moment.hour))
            seen.add(case.state)
            steps |= {step.what for step in standing.steps}
    assert steps == set(CASE_STEPS) - ({"given"} if not hub else set())
    assert seen >= {"unfound", "uploaded", "dispatched", "orphan", "resolved", "fed_back"}


def test_hours_of_work_are_those_that_handlers_count(film: Film) -> None:
    moment = Moment(film, 24.0 * film.scenario.days, "en")
    seen = 0
    for case in film.model.cases.all:
        standing = Standing(moment, case)
        ended = [one for one in standing.attempts() if one.ended is not None]
        if ended and not standing.on_the_spot:
            noted = sum(step.worked for step in standing.steps)
            assert sum(one.worked for one in ended) == pytest.approx(noted)
            seen += 1
        if standing.on_the_spot:
            assert case.started == standing.attempts()[0].begun
    assert seen > 10


def test_the_bars_of_a_case_follow_each_other_without_a_gap(
    film: Film, tables: dict[str, pd.DataFrame]
) -> None:
    hour = 24.0 * film.scenario.days
    cases = tables["cases"].set_index("case_id")
    for number in cases.index:
        told = explain(film, "case", number, hour, "en")
        bars, row = told["bars"], cases.loc[number]
        assert bars[0]["from"] == round(row["arose_h"], 3)
        assert all(one["until"] == other["from"] for one, other in pairwise(bars))
        assert (bars[0]["what"] == "hidden") == (pd.isna(row["found_h"]) or row["found_h"] > row["arose_h"])
        assert told["since"] == row["arose_h"]
        assert set(told["times"]) == {bar["what"] for bar in bars}
        hours = [event["hour"] for event in told["timeline"]]
        assert hours == sorted(hours)
        assert told["state"] == row["state"]
        if not pd.isna(row["resolved_h"]) and not pd.isna(row["deadline_h"]):
            kept = told["rows"][-1][1].endswith("kept")
            assert kept == (row["resolved_h"] <= row["deadline_h"])


def test_who_told_whom_is_what_the_table_says(film: Film, tables: dict[str, pd.DataFrame]) -> None:
    people, hour = film.model.state.population, 24.0 * film.scenario.days
    spread = tables["spread"].set_index(["notice", "resident"])
    audience = tables["notices"].set_index("notice_id")["audience"]
    seen = set()
    for household in range(people.households):
        told = explain(film, "household", household, hour, "en")
        residents = range(*people.residents_from[household : household + 2].tolist())
        for telling in told["tellings"]:
            notice = int(telling["title"].split()[1]) - 1
            knowing = [one for one in residents if (notice, one) in spread.index]
            assert sum(line.startswith("The resident") for line in telling["lines"]) == len(knowing)
            if not knowing:
                assert telling["chain"] == []
                assert len(telling["lines"]) >= 1
                continue
            first = min(knowing, key=lambda one: spread.loc[(notice, one), "informed_h"])
            way = [first]
            while (teller := spread.loc[(notice, way[0]), "told_by"]) in people_of(spread, notice):
                way.insert(0, int(teller))
            chain = [int(people.household_building[people.household[one]]) for one in way]
            assert telling["chain"] == chain
            hours = [step["hour"] for step in telling["steps"]]
            assert hours == sorted(hours)
            assert hours[-1] == round(spread.loc[(notice, first), "informed_h"], 3)
            seen |= {(len(chain) > 2, audience[notice])}
    assert {deep for deep, _ in seen} == {True, False}


def people_of(spread: pd.DataFrame, notice: int) -> set[int]:
    return set(spread.loc[notice].index)


def test_knocks_in_vain_are_those_of_the_trails(film: Film) -> None:
    hour = 24.0 * film.scenario.days
    lines = [
        line
        for household in range(film.model.state.population.households)
        for telling in explain(film, "household", household, hour, "en")["tellings"]
        for line in telling["lines"]
        if "nobody opened" in line
    ]
    assert lines
    steps = np.concatenate([day.steps for day in film.days])
    assert len(lines) <= np.count_nonzero(np.isin(steps[:, 2], (3, 5)))


def test_the_account_of_a_day_adds_up_to_what_was_worked(film: Film) -> None:
    model, days = film.model, 5
    for actor in range(len(model.state.roster.role)):
        told = explain(film, "actor", actor, 24.0 * days, "en")
        budget = model.state.working.budgets[int(model.state.working.working[days - 1])][actor]
        if budget <= 0.0:
            continue
        spent = film.days[days - 1].spent
        minutes = float(spent[spent[:, 0] == actor, 2].sum())
        assert told["rows_title"] == f"Minutes of day {days}"
        said = f"had {round(budget)} min on day {days} and used {round(minutes)} min"
        assert said in " ".join(told["sentences"])
        assert sum(int(value.split()[0]) for _, value in told["rows"]) == pytest.approx(
            budget, abs=len(told["rows"])
        )
    walked = [
        explain(film, "actor", actor, 24.0 * day + 18.0, "en")["chain"]
        for actor in range(len(model.state.roster.role))
        for day in range(7)
    ]
    assert any(len(path) > 3 for path in walked)


def test_the_notice_in_focus_comes_first(film: Film) -> None:
    hour = 24.0 * 20 + 13.0
    titles = [telling["title"] for telling in explain(film, "household", 3, hour, "en")["tellings"]]
    assert len(titles) > 1
    last = int(titles[-1].split()[1]) - 1
    told = explain(film, "household", 3, hour, "en", notice=last)
    assert [one["title"] for one in told["tellings"]] == [titles[-1], *titles[:-1]]
    assert explain(film, "household", 3, hour, "en", 10**6) == explain(film, "household", 3, hour, "en")


def test_a_building_is_informed_as_its_homes_are(film: Film) -> None:
    hour, informed = 24.0 * 20 + 13.0, 0
    for building in range(film.model.state.population.buildings):
        told = explain(film, "building", building, hour, "en")
        homes = told["homes"]["homes"]
        assert len(homes) == int(np.diff(film.model.state.population.households_from)[building])
        assert 1 <= told["homes"]["across"] <= len(homes)
        shares = [home["informed"] for home in homes if home["informed"] is not None]
        if shares:
            informed += 1
            share = int(told["rows"][0][1].split()[0])
            assert (share == 100) == (min(shares) == 1.0)
            assert (share > 0) == (max(shares) > 0.0)
    assert informed > 1


@pytest.mark.parametrize(
    ("what", "number", "hour", "language", "why"),
    [
        ("building", 10**9, 5.0, "en", "no building"),
        ("household", -1, 5.0, "en", "no home"),
        ("actor", 10**6, 5.0, "en", "no person"),
        ("case", 10**6, 5.0, "en", "no case"),
        ("case", 0, 0.0, "en", "no case 0"),
        ("fate", 0, 5.0, "en", "explained are"),
        ("building", 0, 5.0, "fr", "explained are"),
        ("building", 0, -0.1, "en", "hours 0 to 720"),
        ("building", 0, 720.1, "en", "hours 0 to 720"),
        ("building", 0, float("nan"), "en", "hours 0 to 720"),
    ],
)
def test_what_is_not_there_is_said_not_to_be(
    film: Film, what: str, number: int, hour: float, language: str, why: str
) -> None:
    with pytest.raises(GoneError, match=why):
        explain(film, what, number, hour, language)


def test_explanations_can_be_fetched(scenario: Scenario, film: Film) -> None:
    films = Films(make=lambda *_: film)
    key = films.hold(scenario, SEED)
    client = TestClient(
        Starlette(routes=[Mount("/gongzhi", routes=routes(films))], exception_handlers=HANDLERS)
    )
    path = f"/gongzhi/films/{key}/explain"
    for language in LANGUAGES:
        for what in EXPLAINERS:
            answer = client.get(f"{path}/{what}/0", params={"hour": "400.5", "lang": language})
            assert answer.status_code == 200
            assert answer.json() == json.loads(json.dumps(explain(film, what, 0, 400.5, language)))
    assert client.get(f"{path}/building/0?hour=3&notice=x").status_code == 200
    for address in (
        "case/99999?hour=3",
        "building/0?hour=x",
        "building/0",
        "building/0?hour=1e999",
        "thing/0?hour=1",
    ):
        answer = client.get(f"{path}/{address}")
        assert answer.status_code == 404
        assert answer.json()["kind"] == "GoneError"


def test_every_text_that_a_step_may_need_is_there(film: Film) -> None:
    """Ways and finders that no run here has shown yet would else fail when they come up."""
    moment = Moment(film, 24.0, "zh")
    values: dict[str, Any] = {"who": "x", "home": "x"}
    for name in CHANNELS:
        assert moment.say(f"from_{name}", **values)
        assert moment.say(f"way_{name}")
    for name in FINDERS:
        assert moment.say(f"found_{name}", **values)
    for name in ("uploaded", "dispatched", "working", "orphan", "closed_unsolved"):
        assert moment.say(f"case_is_{name}", **values)

"""Films and reels: what they show is what the run's tables say, whoever asks and in whatever order."""

import json
from collections.abc import Iterator
from gzip import decompress
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.costs import cost_of
from experiments.view.errors import FullError, GoneError, RunDiedError, ViewError
from experiments.view.film import ON_SCREEN, Film, Films
from experiments.view.reel import STATES
from experiments.view.session import Session
from scenarios import Scenario, load
from simulation.model import CommunityModel

OVER = {STATES.index(name) for name in ("resolved", "fed_back", "given_up", "faded")}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("coordinated", {"community.households": 200, "days": 40, "notices.per_year": 60})


@pytest.fixture(scope="module")
def film(scenario: Scenario) -> Film:
    film = Film(scenario, 2)
    film.day(scenario.days - 1)
    return film


@pytest.fixture(scope="module")
def tables(scenario: Scenario) -> dict[str, pd.DataFrame]:
    model = CommunityModel(scenario, 2, trace=True)
    model.run_to_end()
    return model.tables()


def reels(film: Film) -> Iterator[dict[str, Any]]:
    for day in film.days:
        yield json.loads(decompress(day.reel))


def test_who_knows_is_who_knows_in_the_table(film: Film, tables: dict[str, pd.DataFrame]) -> None:
    people = film.model.state.population
    home = people.household_building[people.household]
    audience = tables["notices"].set_index("notice_id")["audience"]
    seen = 0
    for reel in reels(film):
        end = 24.0 * (reel["day"] + 1)
        for notice in reel["notices"]:
            told = tables["spread"].query(f"notice == {notice['id']} and informed_h < {end}")
            known = np.bincount(home[told["resident"]], minlength=people.buildings)
            counts = np.array(notice["knew"]) + np.bincount(notice["buildings"], minlength=people.buildings)
            assert (counts <= notice["audience"]).all()
            assert (counts <= known).all()
            if audience[notice["id"]] == "all":
                assert counts.tolist() == known.tolist()
                seen += 1
    assert seen > 5


def test_cases_stand_where_the_run_has_them(film: Film, tables: dict[str, pd.DataFrame]) -> None:
    last = list(reels(film))[-1]
    states = {row[0]: row[3] for row in last["cases"]["open"]}
    states |= {number: state for _, number, state in last["cases"]["moves"]}
    of_run = tables["cases"].set_index("case_id")["state"]
    assert all(STATES[state] == of_run[number] for number, state in states.items())
    still_open = of_run[~of_run.isin([STATES[state] for state in OVER])]
    assert set(still_open.index) <= set(states)
    assert len(still_open) > 0


def test_each_reel_begins_where_the_last_one_ended(film: Film) -> None:
    before: dict[int, int] = {}
    evening: list[float] | None = None
    for reel in reels(film):
        start = {row[0]: row[3] for row in reel["cases"]["open"]}
        for number, state in before.items():
            assert number not in start or start[number] == state
            assert number in start or state in OVER
        before = dict(start)
        for _, number, state in reel["cases"]["moves"]:
            before[number] = state
        assert evening is None or reel["satisfaction"][0] == evening
        evening = reel["satisfaction"][1]


def test_minutes_add_up_to_the_table_of_work(film: Film, tables: dict[str, pd.DataFrame]) -> None:
    spent = sum(np.array(day.totals["minutes"]) for day in film.days)
    assert spent.sum() == pytest.approx(60.0 * tables["work"]["hours"].sum(), abs=0.1 * len(film.days))
    of_people = sum(float(day.spent[:, 2].sum()) for day in film.days)
    bodies = tables["work"]["activity"].isin(("sort", "solve"))
    assert of_people == pytest.approx(60.0 * tables["work"]["hours"][~bodies].sum(), rel=1e-5)


def test_the_order_of_asking_changes_nothing(scenario: Scenario, film: Film) -> None:
    other = Film(scenario, 2)
    other.day(9)
    other.place()
    other.day(3)
    other.day(scenario.days - 1)
    assert [day.reel for day in other.days] == [day.reel for day in film.days]


def test_there_is_no_day_before_or_after(film: Film) -> None:
    for day in (-1, film.scenario.days):
        with pytest.raises(GoneError):
            film.day(day)


def test_a_run_that_died_says_so_each_time(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    film = Film(scenario, 2)
    film.day(1)

    def break_down() -> None:
        raise ValueError("the roof fell in")

    monkeypatch.setattr(film.model.state.working, "begin_day", lambda day: break_down())
    for _ in range(2):
        with pytest.raises(RunDiedError, match="the roof fell in"):
            film.day(2)
    assert len(film.day(1).reel) > 0


def test_a_run_that_cannot_begin_says_so(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("no ground to build on")

    monkeypatch.setattr("experiments.view.film.CommunityModel", refuse)
    film = Film(scenario, 2)
    for ask in (film.place, lambda: film.day(0), film.place):
        with pytest.raises(RunDiedError, match="no ground to build on"):
            ask()


def test_films_are_shared_and_put_away(scenario: Scenario) -> None:
    small = load("coordinated", {"community.households": 200, "days": 10})
    now = [0.0]
    films = Films(most=1.5 * cost_of(scenario).resident_days, clock=lambda: now[0])
    one, again, other = films.hold(scenario, 1), films.hold(scenario, 1), films.hold(small, 1)
    assert one == again != other
    first = films.get(one)
    assert films.get(again) is first
    second = films.get(other)
    assert len(films) == 2
    now[0] += ON_SCREEN / 2
    assert films.get(other) is second
    now[0] += ON_SCREEN / 2 + 1
    third = films.hold(scenario, 2)
    films.get(third)  # the one that nobody has got for a while gives way
    assert len(films) == 2
    assert films.get(other) is second
    now[0] += ON_SCREEN + 1
    assert films.get(one) is not first
    films.release(one)
    films.get(one)
    films.release(again)
    with pytest.raises(GoneError):
        films.get(one)


def test_what_is_on_a_screen_is_never_put_away(scenario: Scenario) -> None:
    now = [0.0]
    films = Films(most=2.5 * cost_of(scenario).resident_days, clock=lambda: now[0])
    shown = [films.hold(scenario, seed) for seed in (1, 2)]
    one, other = (films.get(key) for key in shown)
    third = films.hold(scenario, 3)
    for _ in range(5):
        now[0] += ON_SCREEN - 1
        assert films.get(shown[0]) is one
        assert films.get(shown[1]) is other
        with pytest.raises(FullError):
            films.get(third)
    now[0] += 2
    films.get(shown[0])
    now[0] += ON_SCREEN - 1
    films.get(third)
    assert films.get(shown[0]) is one
    assert films.get(third) is films.get(third)


def test_what_cannot_be_kept_side_by_side_is_refused_in_both_languages(scenario: Scenario) -> None:
    session = Session(Films(most=1.5 * cost_of(scenario).resident_days), ())
    session.show([("one", scenario), ("again", scenario)], 1)  # is one film
    larger = load("coordinated", {"community.households": 200, "days": 39})
    with pytest.raises(ViewError) as refused:
        session.replace(1, "other", larger)
    assert "too large to be shown" in refused.value.in_("en")
    assert "规模过大" in refused.value.in_("zh")
    assert [side.scenario for side in session.sides] == [scenario, scenario]

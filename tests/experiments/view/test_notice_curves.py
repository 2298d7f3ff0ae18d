"""The curve of a notice is the run's table of reach as far as the day goes, however far the run was lived."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from gzip import decompress
from typing import Any

import pandas as pd
import pytest
from starlette.applications import Starlette

from experiments.view.api import HANDLERS, routes
from experiments.view.errors import GoneError
from experiments.view.film import Film, Films
from scenarios import Scenario, load
from simulation.model import CommunityModel


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("coordinated", {"community.households": 200, "days": 40, "notices.per_year": 60})


@pytest.fixture(scope="module")
def reach(scenario: Scenario) -> dict[int, pd.Series]:
    model = CommunityModel(scenario, 2, trace=True)
    model.run_to_end()
    groups = model.tables()["reach"].groupby("notice_id")
    return {int(str(number)): rows.set_index("after_h")["share"] for number, rows in groups}


def curve_of(film: Film, notice: int, day: int) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(decompress(film.curve(notice, day)))
    return answer


def test_curves_are_the_table_of_reach(scenario: Scenario, reach: dict[int, pd.Series]) -> None:
    film = Film(scenario, 2)
    assert len(reach) > 3
    for number, shares in reach.items():
        curve = curve_of(film, number, scenario.days - 1)
        assert curve["share"] == pytest.approx(shares.tolist(), abs=1e-5)
        assert sorted(curve["share"]) == curve["share"]


def test_a_curve_ends_with_its_day_whether_or_not_the_run_went_on(scenario: Scenario) -> None:
    early, late = Film(scenario, 2), Film(scenario, 2)
    late.day(scenario.days - 1)
    issued = curve_of(late, 0, scenario.days - 1)["issued"]
    first = int(issued // 24)
    for day in (first, first + 2, first + 6, first + 12):
        assert early.curve(0, day) == late.curve(0, day)
    assert len(curve_of(late, 0, first)["share"]) == int(24 * (first + 1) - issued) + 1


def test_a_notice_of_the_future_is_not_known(scenario: Scenario) -> None:
    film = Film(scenario, 2)
    film.day(scenario.days - 1)
    issued = curve_of(film, 2, scenario.days - 1)["issued"]
    assert issued >= 24.0
    for notice, day in ((2, int(issued // 24) - 1), (10_000, scenario.days - 1)):
        with pytest.raises(GoneError):
            film.curve(notice, day)


def test_curves_are_fetched_by_film_notice_and_day(
    scenario: Scenario,
    serve: Callable[[Any], AbstractContextManager[str]],
    fetch: Callable[[str], tuple[int, Any]],
) -> None:
    films = Films()
    key = films.hold(scenario, 2)
    with serve(Starlette(routes=routes(films), exception_handlers=HANDLERS)) as address:
        status, curve = fetch(f"{address}/films/{key}/notices/0/curve/20")
        assert (status, curve["id"]) == (200, 0)
        assert curve == curve_of(Film(scenario, 2), 0, 20)
        for path in (f"{key}/notices/999/curve/20", f"{key}/notices/0/curve/999", "none/notices/0/curve/1"):
            status, refusal = fetch(f"{address}/films/{path}")
            assert (status, refusal["kind"]) == (404, "GoneError")

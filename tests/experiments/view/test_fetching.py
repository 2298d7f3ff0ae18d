"""What browsers fetch is what films hold, and says so in JSON where it cannot be had."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from gzip import decompress
from typing import Any
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from experiments.view.api import HANDLERS, MOST_REELS, routes
from experiments.view.classes import Classes
from experiments.view.film import Films
from experiments.view.following import class_routes
from experiments.view.saving import saving_routes
from scenarios import load


def test_what_a_new_version_has_otherwise_is_asked_for_anew(
    serve: Callable[[Any], AbstractContextManager[str]],
) -> None:
    with serve(Starlette(routes=routes(Films()), exception_handlers=HANDLERS)) as address:
        for path in ("words", "schema", "assets/main.js"):
            with urlopen(f"{address}/{path}", timeout=10) as answer:  # noqa: S310 - a server of our own
                assert answer.headers["Cache-Control"] == "no-cache"


def test_reels_come_together_and_not_more_than_may_be(
    serve: Callable[[Any], AbstractContextManager[str]], fetch: Callable[[str], tuple[int, Any]]
) -> None:
    films = Films()
    key = films.hold(load("coordinated", {"community.households": 100, "days": 40}), 3)
    with serve(Starlette(routes=routes(films), exception_handlers=HANDLERS)) as address:
        status, reels = fetch(f"{address}/films/{key}/reels/2/3")
        film = films.get(key)
        assert status == 200
        assert reels == [json.loads(decompress(film.days[day].reel)) for day in (2, 3, 4)]
        assert len(film.days) == 5
        assert len(fetch(f"{address}/films/{key}/reels/0/1000")[1]) == MOST_REELS
        status, totals = fetch(f"{address}/films/{key}/totals/0/4")
        assert (status, totals) == (200, [day.totals for day in film.days[:4]])
        assert fetch(f"{address}/films/{key}/reels/40/1")[0] == 404
        films.release(key)
        status, refusal = fetch(f"{address}/films/{key}/reels/0/1")
        assert (status, refusal["kind"]) == (404, "GoneError")


@pytest.fixture(scope="module")
def web() -> tuple[TestClient, str]:
    """Asks everything that browsers fetch, and the key of a film; what the server stumbles over is raised."""
    films = Films()
    key = films.hold(load("coordinated", {"community.households": 60, "days": 12}), 1)
    everything = [*routes(films), *saving_routes(films), *class_routes(Classes(films))]
    return TestClient(Starlette(routes=everything, exception_handlers=HANDLERS)), key


HUGE = ("9" * 9, "9" * 19, "9" * 400, "9" * 4400)
"""The last is more than Python reads."""


@pytest.mark.parametrize("number", HUGE)
@pytest.mark.parametrize(
    "path",
    [
        "films/{key}/reels/{number}/1",
        "films/{key}/reels/{number}/{number}",
        "films/{key}/totals/{number}/1",
        "films/{key}/totals/{number}/{number}",
        "films/{key}/notices/{number}/curve/3",
        "films/{key}/notices/0/curve/{number}",
        "films/{key}/explain/building/{number}?hour=5",
        "films/{key}/explain/case/{number}?hour=5",
        "classes/{number}",
        "reports/{number}/report.html",
    ],
)
def test_a_number_that_nothing_can_hold_is_just_not_there(
    web: tuple[TestClient, str], path: str, number: str
) -> None:
    here, key = web
    answer = here.get(f"/{path.format(key=key, number=number)}")
    assert answer.status_code == 404 or (answer.status_code == 200 and answer.json() == [])


@pytest.mark.parametrize("what", ["building", "household", "case", "actor", "stairs", "%ed%a0%80", "%00"])
@pytest.mark.parametrize("hour", ["nan", "inf", "-inf", "1e400", "-5", "1_0", "", "%ed%a0%80", "9" * 4400])
@pytest.mark.parametrize("notice", ["", "\u0663", "\u00b2", "9" * 9, "9" * 4400])
def test_a_strange_hour_is_no_hour(web: tuple[TestClient, str], what: str, hour: str, notice: str) -> None:
    here, key = web
    answer = here.get(f"/films/{key}/explain/{what}/0?hour={hour}&notice={notice}&lang=%ed%a0%80")
    assert answer.status_code in {200, 404}
    assert "NaN" not in answer.text
    assert "Infinity" not in answer.text

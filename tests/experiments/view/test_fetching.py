"""What browsers fetch is what films hold, and says so in JSON where it cannot be had."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from gzip import decompress
from typing import Any
from urllib.request import urlopen

from starlette.applications import Starlette

from experiments.view.api import HANDLERS, MOST_REELS, routes
from experiments.view.film import Films
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

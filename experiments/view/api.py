"""What browsers fetch beside the page: places, reels, totals. All is read-only and never changes."""

from collections.abc import Callable
from functools import cache
from gzip import compress, decompress
from importlib.resources import files
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from experiments.figures.style import FONT
from experiments.view.errors import FullError, GoneError, told_of
from experiments.view.explaining import explain
from experiments.view.film import Film, Films
from experiments.view.reel import pack
from experiments.view.steering import settings_of
from experiments.view.words import words
from scenarios import json_schema
from scenarios.errors import GongzhiError
from scenarios.phrases import Language, phrase

MOST_REELS = 31
"""Reels in one answer."""
FOREVER = {"Cache-Control": "private, max-age=86400, immutable"}
"""For what a film's key and a path say for good."""
UNTIL_CHANGED = {"Cache-Control": "no-cache"}
"""For what another version of this project has otherwise: a browser asks each time whether it still holds."""


class CountConvertor(IntegerConvertor):
    """Whole numbers of so few figures that nothing chokes on them: Python reads no more than 4,300."""

    regex = "[0-9]{1,9}"


register_url_convertor("count", CountConvertor())


class Files(StaticFiles):
    """Files of this version of the project."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As Starlette makes it, to be asked about each time."""
        response = super().file_response(*args, **kwargs)
        response.headers.update(UNTIL_CHANGED)
        return response


def routes(films: Films) -> list[Route | Mount]:
    """The routes under ``/gongzhi``."""

    async def place(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        return _packed(await _in_turn(film, film.place))

    async def reels(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        first, count = request.path_params["first"], request.path_params["count"]
        last = min(first + min(count, MOST_REELS), film.scenario.days)
        days = [await _in_turn(film, film.day, day) for day in range(first, max(last, first + 1))]
        return _packed(await run_in_threadpool(_together, [day.reel for day in days]))

    async def totals(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        first, last = request.path_params["first"], min(request.path_params["last"], film.scenario.days)
        if last > first:
            await _in_turn(film, film.day, last - 1)
        return _packed(pack([day.totals for day in film.days[first:last]]))

    async def settings(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        return _packed(pack(await run_in_threadpool(settings_of, film.scenario)))

    async def curve(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        asked = request.path_params["notice"], request.path_params["day"]
        return _packed(await _in_turn(film, film.curve, *asked))

    async def explained(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        hour, language = _number(request, "hour"), request.query_params.get("lang", "en")
        what, number = request.path_params["what"], request.path_params["number"]
        asked = request.query_params.get("notice", "")
        notice = int(asked) if asked.isdecimal() and len(asked) < 10 else None
        told = await _in_turn(film, explain, film, what, number, hour, language, notice)
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def texts(_request: Request) -> Response:
        return _packed(pack(words()), UNTIL_CHANGED)

    async def schema(request: Request) -> Response:
        language: Language = "zh" if request.query_params.get("lang") == "zh" else "en"
        return _packed(await run_in_threadpool(packed_schema, language), UNTIL_CHANGED)

    return [
        Route("/films/{key}/place", place),
        Route("/films/{key}/reels/{first:count}/{count:count}", reels),
        Route("/films/{key}/totals/{first:count}/{last:count}", totals),
        Route("/films/{key}/settings", settings),
        Route("/films/{key}/notices/{notice:count}/curve/{day:count}", curve),
        Route("/films/{key}/explain/{what}/{number:count}", explained),
        Route("/words", texts),
        Route("/schema", schema),
        Mount("/fonts", Files(directory=str(FONT.parent))),
        Mount("/assets", Files(directory=str(files("experiments.view") / "assets"))),
    ]


@cache
def packed_schema(language: Language) -> bytes:
    """The JSON schema of a scenario as gzipped JSON."""
    return pack(json_schema(language))


async def refuse(_request: Request, error: Exception) -> Response:
    """An error as a sentence, with the status that goes with it."""
    status = 404 if isinstance(error, GoneError) else 503 if isinstance(error, FullError) else 500
    return JSONResponse({"error": told_of(error), "kind": type(error).__name__}, status)


HANDLERS: dict[Any, Any] = {GongzhiError: refuse}


async def _in_turn[**P, R](film: Film, do: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do something with a film in a thread.

    A class that waits for a day to be lived waits in one thread: there are few, and all else needs them too.
    """
    async with film.turn:
        return await run_in_threadpool(do, *args, **kwargs)


def _number(request: Request, name: str) -> float:
    """A number of the query.

    Raises:
        GoneError: there is none.
    """
    try:
        return float(request.query_params.get(name, ""))
    except ValueError as error:
        raise GoneError(phrase("{name} must be a number", name=name)) from error


def _together(reels: list[bytes]) -> bytes:
    """Packed reels as one packed list."""
    return compress(b"[" + b",".join(decompress(reel) for reel in reels) + b"]", compresslevel=1, mtime=0)


def _packed(content: bytes, kept: dict[str, str] = FOREVER) -> Response:
    headers = {"Content-Encoding": "gzip", **kept}
    return Response(content, media_type="application/json", headers=headers)

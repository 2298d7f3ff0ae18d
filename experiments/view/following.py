"""What followers of a class get: a light page, and what is shown as it changes."""

import json
import socket
from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from experiments.view.classes import MOST_FOLLOWERS, Classes, Classroom, Follower
from experiments.view.guards import LOCAL
from experiments.view.visits import address_of

HEARTBEAT = 15.0
"""Seconds after which a follower hears that the server is still there."""
FRESH = {"Cache-Control": "no-store"}


def class_routes(classes: Classes, any_address: bool = False) -> list[Route]:
    """The routes of classes under ``/gongzhi``.

    Args:
        classes: the server's.
        any_address: whether other machines can reach it.
    """
    html = (files("experiments.view") / "assets" / "follow.html").read_text(encoding="utf-8")

    async def page(_request: Request) -> Response:
        return HTMLResponse(html, headers=FRESH)

    def find(request: Request) -> Classroom:
        return classes.find(request.path_params["code"], address_of(request.scope))

    async def status(request: Request) -> Response:
        classroom = find(request)
        room = classroom.has_room(address_of(request.scope))
        return JSONResponse(
            {"followers": len(classroom), "most": MOST_FOLLOWERS, "room": room}, headers=FRESH
        )

    async def address(request: Request) -> Response:
        classroom = find(request)
        found = _address(request, classroom.code, any_address)
        picture = None if found is None else segno.make(found, error="m").svg_data_uri(scale=8, border=2)
        return JSONResponse({"address": found, "picture": picture}, headers=FRESH)

    async def events(request: Request) -> Response:
        classroom = find(request)
        stream = _events(classroom, classroom.join(address_of(request.scope)))
        return StreamingResponse(stream, media_type="text/event-stream", headers=FRESH)

    return [
        Route("/follow", page),
        Route("/follow/{code}", page),
        Route("/classes/{code}", status),
        Route("/classes/{code}/address", address),
        Route("/classes/{code}/events", events),
    ]


async def _events(classroom: Classroom, follower: Follower) -> AsyncIterator[str]:
    """What is shown, each time it changes; whoever is slow gets the latest only."""
    seen = 0
    try:
        while not classroom.ended and not follower.left:
            number, shown = classroom.news()
            if number != seen:
                seen = number
                yield _event("shown", shown)
            if not await follower.wait(HEARTBEAT):
                yield ": still here\n\n"
        if classroom.ended:
            yield _event("ended", {})
    finally:
        classroom.leave(follower)


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _address(request: Request, code: str, any_address: bool) -> str | None:
    """Where other machines find a class; None where they cannot."""
    url = request.url
    name = url.hostname or ""
    if name in LOCAL:
        own = _own_address() if any_address else None
        if own is None:
            return None
        name = own
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{name}{port}/gongzhi/follow/{code}"


def _own_address() -> str | None:
    """This machine's address in its network. Choosing a way for datagrams sends none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        own: str = probe.getsockname()[0]
    return own

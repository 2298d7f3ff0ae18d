"""The server of the view: Solara's pages and the films beside them, behind a guard."""

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scenarios.errors import InputError
from scenarios.schema import Scenario

if TYPE_CHECKING:
    import uvicorn

    from experiments.view.reading_lessons import LessonFile

MOST_MESSAGE = 2 * 1024 * 1024
"""Bytes of one WebSocket message; a larger one is refused before it is read whole."""
MOST_TOLD = 40
"""Pages that can be told that the server is full."""
CULL = "30m"
"""How long the session of a page that was closed without a word is kept where nobody waits for its place: a
laptop may sleep for a while."""
SETTINGS = {
    "SOLARA_APP": "experiments.view.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_KERNEL_CULL_TIMEOUT": CULL,
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_THEME_TITLE": "共治 gongzhi",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_LOADER": "plain",
}


def make_app(
    scenarios: Sequence[tuple[str, Scenario]],
    names: Iterable[str] = (),
    any_address: bool = False,
    lessons: "Mapping[str, LessonFile] | None" = None,
    *,
    visitors: int,
) -> Any:
    """The server as an ASGI application.

    Args:
        scenarios: what a new visitor sees first, one or two.
        names: host names beside this machine's own under which it may be reached.
        any_address: let it be reached by any address in figures.
        lessons: by name, see :func:`experiments.view.reading_lessons.read_lessons`; the shipped ones if None.
        visitors: sessions at a time.
    """
    os.environ.update(SETTINGS)
    from solara.server import kernel_context
    from solara.server import starlette as solara_server
    from solara.server.settings import assets
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from experiments.view import page
    from experiments.view.api import HANDLERS, routes
    from experiments.view.classes import Classes
    from experiments.view.film import Films
    from experiments.view.following import class_routes
    from experiments.view.guards import FewKernels, Guard, OnlyStored
    from experiments.view.reading_lessons import read_lessons
    from experiments.view.rooms import rooms_of
    from experiments.view.saving import saving_routes
    from experiments.view.session import Sessions
    from experiments.view.visits import Visits

    films = Films()
    classes = Classes(films)
    rooms = rooms_of(classes, read_lessons() if lessons is None else lessons)
    sessions, visits = Sessions(films, rooms, scenarios, visitors), Visits(kernel_context.contexts)
    page.serve(sessions, visits)

    def end(kernel: str) -> None:
        context = kernel_context.contexts.get(kernel)
        if context is not None:
            context.close("evicted")

    solara_app = FewKernels(solara_server.app, visitors + MOST_TOLD, visits, sessions.seated, end)
    app = Starlette(
        routes=[
            Mount(
                "/gongzhi",
                routes=[*routes(films), *saving_routes(films), *class_routes(classes, any_address)],
            ),
            Mount("/", app=OnlyStored(solara_app, assets.proxy_cache_dir, "/_solara/cdn")),
        ],
        exception_handlers=HANDLERS,
        lifespan=solara_server.lifespan,
    )
    return Guard(app, names, any_address, classes.end_all)


def serve(app: Any, host: str, port: int, tell: Any) -> None:
    """Serve until interrupted.

    Args:
        app: see :func:`make_app`.
        host: address to listen at.
        port: port to listen at; 0 takes a free one.
        tell: called with the address once pages can be opened.

    Raises:
        InputError: the address cannot be listened at.
    """
    import uvicorn

    from experiments.view.jobs import JOBS

    try:
        listener = socket.create_server((host, port), family=_family(host), backlog=128)
    except OSError as error:
        raise InputError(f"cannot listen at {host}, port {port}: {error.strerror or error}") from error

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            tell(
                f"http://{'localhost' if host in {'127.0.0.1', '::1'} else host}:{listener.getsockname()[1]}/"
            )

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.at_end()
            await super().shutdown(sockets)

    try:
        Server(configured(app)).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn has ended in order, and then passes Ctrl-C on
    finally:
        JOBS.close()


def configured(app: Any) -> "uvicorn.Config":
    """How an application is served.

    An address is where a connection comes from, not what a header says: uvicorn would else believe
    ``X-Forwarded-For`` of whatever comes from this machine, and each request could come from a new address.
    """
    import uvicorn

    return uvicorn.Config(
        app, log_level="warning", access_log=False, ws_max_size=MOST_MESSAGE, timeout_graceful_shutdown=2,
        server_header=False, lifespan="on", proxy_headers=False,
    )  # fmt: skip


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET

"""What the server refuses before anything is read: foreign hosts and origins, bodies that nobody asked for.

A page of another site must not talk to a server on this machine (DNS rebinding, cross-site WebSocket
hijacking): names that were not allowed are refused. An address in figures cannot be rebound, so that a server
that listens beyond this machine is reached by its address without more ado.
"""

import logging
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from experiments.view.visits import Visits, address_of

logger = logging.getLogger(__name__)
LONGEST_LINE = 200
LOCAL = ("localhost", "127.0.0.1", "::1")
MOST_BODY = 65_536
"""Bytes of a request's body; only the notice that a tab was closed has any."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'self'; form-action 'self'"
)
"""Content Security Policy: nothing is fetched from, or sent to, another machine. Solara compiles templates in
the page, hence ``unsafe-eval``."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class Guard:
    """ASGI middleware in front of everything else.

    Args:
        app: what is guarded.
        names: host names that are allowed beside this machine's own.
        any_address: allow every address in figures too.
        at_end: to be called when the server stops, before it waits for answers that are on their way.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str] = (),
        any_address: bool = False,
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        self.app = app
        self.at_end = at_end
        self.names = frozenset({*LOCAL, *(name.lower() for name in names)})
        self.any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if reason := self._refusal(scope, headers):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": reason})
            else:
                await PlainTextResponse(reason, 403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _refusal(self, scope: Scope, headers: Headers) -> str | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._allowed(f"//{host}"):
            return f"host {host[:80]!r} is not allowed: start the server with --allow NAME"
        if scope["type"] == "websocket" or origin is not None:
            if not self._allowed(origin or ""):
                return f"origin {(origin or '')[:80]!r} is not allowed"
            if urlsplit(origin or "").netloc.lower() != host.lower():
                return "a page may only talk to the server that it comes from"
        if scope["type"] == "http" and _from_elsewhere(headers):
            return "a page of another site may lead here, but not load anything from here"
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"}:
            length = headers.get("content-length", "")
            if not length.isdigit() or int(length) > MOST_BODY:
                return f"a request's body may have {MOST_BODY} bytes"
        return None

    def _allowed(self, url: str) -> bool:
        try:
            name = urlsplit(url).hostname
        except ValueError:
            return False
        if name is None:
            return False
        if name.lower() in self.names:
            return True
        if not self.any_address:
            return False
        try:
            ip_address(name)
        except ValueError:
            return False
        return True


def _from_elsewhere(headers: Headers) -> bool:
    """Whether a page of another site loads something: pictures and scripts come without an origin."""
    site = headers.get("sec-fetch-site", "none")
    return site not in {"same-origin", "none"} and headers.get("sec-fetch-mode") != "navigate"


class OnlyStored:
    """ASGI middleware in front of Solara: of the bundles that it serves, only files that lie there.

    Solara would fetch what is missing from the network and serve it as the page's own, and would delete a
    folder that somebody asks for as if it were a file.

    Args:
        app: Solara's.
        folder: where its bundles lie.
        prefix: path under which they are served.
    """

    def __init__(self, app: ASGIApp, folder: Path, prefix: str) -> None:
        self.app = app
        self.folder = folder
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] == "http" and not self._stored(scope["path"]):
            await PlainTextResponse("there is no such file", 404)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _stored(self, path: str) -> bool:
        if not path.startswith(self.prefix):
            return True
        steps = path.removeprefix(self.prefix).split("/")[1:]
        plain = all(step not in {"", ".", ".."} and "\0" not in step and "\\" not in step for step in steps)
        return plain and self.folder.joinpath(*steps).is_file()


def _cause(error: Exception) -> str:
    """The first of what went wrong, in a line."""
    cause: BaseException = error
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    return f"{type(cause).__name__}: {cause}"[:LONGEST_LINE].replace("\n", " ")


class FewKernels:
    """ASGI middleware in front of Solara: only so many kernels are open at a time.

    Each socket of a page opens one, which is kept for a while after the socket is gone, whether a session
    could be had or not. Where there are as many as may be, one ends whose page has gone, or one of the
    address that has the most, see :mod:`experiments.view.visits`.

    Args:
        app: Solara's.
        most: beyond which no socket opens another unless one ends.
        visits: who has which.
        seated: whether a kernel has a session.
        end: ends a kernel.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int,
        visits: Visits,
        seated: Callable[[str], bool],
        end: Callable[[str], None],
    ) -> None:
        self.app = app
        self.most = most
        self.visits = visits
        self.seated = seated
        self.end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        kernel = scope["path"].split("/")[-2]
        place = self.visits.come(kernel, address_of(scope), self.most, self.seated)
        if not place.given:
            await send({"type": "websocket.close", "code": 1013, "reason": "too many pages are open"})
            return
        try:
            if place.leaver is not None:
                await run_in_threadpool(self._end, place.leaver)
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - a message that no page sends is no news of many lines
            logger.warning("a socket was closed: %s", _cause(error))
        finally:
            self.visits.go(kernel)

    def _end(self, kernel: str) -> None:
        try:
            self.end(kernel)
        finally:
            self.visits.forget(kernel)

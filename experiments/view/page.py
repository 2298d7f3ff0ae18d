"""The page, as Solara sees it: one session for each visitor, whose state the stage shows."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import solara
from solara.server.kernel_context import get_current_context

from experiments.view.errors import FullError
from experiments.view.session import Session, Sessions, Visitor
from experiments.view.visits import Visits
from scenarios.errors import GongzhiError

_served: list[tuple[Sessions, Visits]] = []


def serve(sessions: Sessions, visits: Visits) -> None:
    """Say whose sessions the pages of this process open, and who visits."""
    _served[:] = [(sessions, visits)]


@solara.component_vue("assets/stage.vue")
def Stage(state: str, event_act: Callable[[dict[str, Any]], None]) -> None:  # noqa: N802 - Solara's way
    """What the visitor sees; ``state`` is :meth:`Session.state` as JSON."""


@solara.component
def Page() -> None:  # noqa: N802
    """One visitor's page."""
    sessions, visits = _served[0]
    search = solara.use_router().search
    context = get_current_context()
    address = visits.address(context.id)
    visitor = Visitor(address, context.session_id, context.id, lambda: visits.gone(context.id))
    found: Session | GongzhiError = solara.use_memo(lambda: opened(sessions, search, visitor), [])
    session = found if isinstance(found, Session) else None
    version, set_version = solara.use_state(0)
    changes, set_changes = solara.use_state(0)
    solara.use_effect(lambda: lambda: sessions.close(session) if session else None, [])

    def act(action: dict[str, Any]) -> None:
        if session is not None:
            session.act(action)
            set_version(session.version)

    def tell() -> None:
        if session is None or context.closed_event.is_set():
            return
        if session.closed and visits.gone(context.id):
            context.close("cull")  # nobody is there to be told, and the kernel is of no use any more
            return
        with context:
            set_changes(lambda count: count + 1)

    if session is not None:
        session.tell = tell
    full: dict[str, Any] = {"full": sessions.most}
    if isinstance(found, Session):
        state = full if found.closed else found.state()
    else:
        state = full if isinstance(found, FullError) else {"refused": found.in_both()}
    # in ASCII, since half a character that a page has sent cannot be written otherwise
    Stage(state=json.dumps(state | {"shown": [version, changes]}), event_act=act)


@solara.component
def Layout(children: list[Any]) -> None:  # noqa: N802
    """Nothing around the page."""
    solara.Div(children=children, style={"min-height": "100vh"})


def opened(sessions: Sessions, search: str | None, visitor: Visitor | None = None) -> Session | GongzhiError:
    """A session; where the address names a class, with what that class sees. Else why there is none."""
    try:
        session = sessions.open(visitor)
    except GongzhiError as error:
        return error
    code = parse_qs(search or "").get("class")
    if code:
        session.act({"do": "join", "code": code[0]})
    return session

"""The page, as Solara sees it: one session for each visitor, whose state the stage shows."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import solara

from experiments.view.errors import FullError
from experiments.view.session import Session, Sessions

_sessions: list[Sessions] = []


def serve(sessions: Sessions) -> None:
    """Say whose sessions the pages of this process open."""
    _sessions[:] = [sessions]


@solara.component_vue("assets/stage.vue")
def Stage(state: str, event_act: Callable[[dict[str, Any]], None]) -> None:  # noqa: N802 - Solara's way
    """What the visitor sees; ``state`` is :meth:`Session.state` as JSON."""


@solara.component
def Page() -> None:  # noqa: N802
    """One visitor's page."""
    sessions = _sessions[0]
    search = solara.use_router().search
    session: Session | None = solara.use_memo(lambda: opened(sessions, search), [])
    version, set_version = solara.use_state(0)
    solara.use_effect(lambda: lambda: sessions.close(session) if session else None, [])

    def act(action: dict[str, Any]) -> None:
        if session is not None:
            session.act(action)
            set_version(session.version)

    state = {"full": sessions.most} if session is None else session.state()
    Stage(state=json.dumps(state | {"shown": version}, ensure_ascii=False), event_act=act)


@solara.component
def Layout(children: list[Any]) -> None:  # noqa: N802
    """Nothing around the page."""
    solara.Div(children=children, style={"min-height": "100vh"})


def opened(sessions: Sessions, search: str | None) -> Session | None:
    """A session; where the address names a class, with what that class sees."""
    try:
        session = sessions.open()
    except FullError:
        return None
    code = parse_qs(search or "").get("class")
    if code:
        session.act({"do": "join", "code": code[0]})
    return session

"""The room of a class: a trainer shows what the own page shows; a follower can go on alone from there."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from experiments.view.classes import Classes, Classroom
from experiments.view.errors import ViewError
from experiments.view.session import Room, Session

NAME = "class"
MOST_SPEED = 1000.0
"""Hours of a run in a second."""
MOST_CHAIN = 500
"""Steps of a chain of tellers that is shown."""
LONGEST_NAME = 40


def leading(classes: Classes) -> Room:
    """The room, for the classes of a server."""

    def begin(session: Session, _action: Mapping[str, Any]) -> None:
        if _mine(session) is None:
            _memory(session)["classroom"] = classes.open(session.visitor.address)

    def lead(session: Session, action: Mapping[str, Any]) -> None:
        classroom = _mine(session)
        if classroom is not None and session.sides:
            classroom.publish(session.sides, session.seed, _shown(session, action))

    def end(session: Session, _action: Mapping[str, Any] | None = None) -> None:
        classroom = _mine(session)
        if classroom is not None:
            classes.end(classroom)
        _memory(session).pop("classroom", None)

    def join(session: Session, action: Mapping[str, Any]) -> None:
        _memory(session)["forked"] = {"gone": True}
        try:
            classroom = classes.find(str(action.get("code")), _who(session))
        except ViewError:
            return
        if not classroom.sides:
            return
        session.show([(side.name, side.scenario) for side in classroom.sides], classroom.seed)
        _, shown = classroom.news()
        _memory(session)["forked"] = {"hour": shown["hour"], "scene": shown["scene"]}

    actions = {"begin_class": begin, "lead": lead, "end_class": end, "join": join}
    return Room(NAME, actions, _state, quiet=frozenset({"lead"}), leave=end, watched_by=_followers)


def _memory(session: Session) -> dict[str, Any]:
    memory: dict[str, Any] = session.memory.setdefault(NAME, {})
    return memory


def _mine(session: Session) -> Classroom | None:
    classroom: Classroom | None = _memory(session).get("classroom")
    return classroom


def _who(session: Session) -> str:
    """Whose codes are counted together: those of an address, or of a session that comes from nowhere."""
    return session.visitor.address or f"session {id(session)}"


def _followers(session: Session) -> int:
    classroom = _mine(session)
    return 0 if classroom is None else len(classroom)


def _state(session: Session) -> Any:
    classroom = _mine(session)
    code = None if classroom is None else classroom.code
    return {"code": code, "forked": _memory(session).get("forked")}


def _shown(session: Session, action: Mapping[str, Any]) -> dict[str, Any]:
    """What a page says it shows, with nothing in it that followers do not know."""
    scene = action.get("scene")
    last = 24.0 * min(side.scenario.days for side in session.sides)
    return {
        "sides": session.shown(),
        "seed": session.seed,
        "hour": _number(action.get("hour"), 0.0, last),
        "speed": _number(action.get("speed"), 0.0, MOST_SPEED),
        "playing": action.get("playing") is True,
        "scene": _scene(scene if isinstance(scene, dict) else {}),
    }


def _scene(scene: Mapping[str, Any]) -> dict[str, Any]:
    chain, notice, side = scene.get("chain"), scene.get("notice"), scene.get("chainSide")
    plain_chain = (
        isinstance(chain, list) and len(chain) <= MOST_CHAIN and all(type(one) is int for one in chain)
    )
    return {
        "layer": _name(scene.get("layer")),
        "chart": _name(scene.get("chart")),
        "notice": notice if type(notice) is int and 0 <= notice < 2**31 else None,
        "chain": chain if plain_chain else None,
        "chainSide": side if type(side) is int and side in {0, 1} else None,
    }


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isidentifier() and len(value) <= LONGEST_NAME else None


def _number(value: Any, least: float, most: float) -> float:
    if type(value) not in {int, float} or not isfinite(value):
        return least
    return float(min(max(value, least), most))

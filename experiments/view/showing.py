"""Choosing what is shown: shipped scenarios, and the seed."""

from collections.abc import Mapping
from typing import Any

from experiments.messages import titles_of
from experiments.view.session import MOST_SIDES, Room, Session
from scenarios import load, shipped

MOST_SEED = 2**31 - 1


def _open(session: Session, action: Mapping[str, Any]) -> None:
    """Show the shipped scenarios that are ``names``."""
    names = action.get("names")
    if isinstance(names, list):
        known = [str(name) for name in names if str(name) in shipped()][:MOST_SIDES]
        if known:
            session.show([(name, load(name)) for name in known], session.seed)


def _reset(session: Session, action: Mapping[str, Any]) -> None:
    """Begin again, with another ``seed`` where one is given."""
    seed = action.get("seed", session.seed)
    if type(seed) is int and 0 <= seed <= MOST_SEED:
        session.show([(side.name, side.scenario) for side in session.sides], seed)


def _state(_session: Session) -> Any:
    return [{"name": name, "title": titles_of(one.title)} for name, one in shipped().items()]


SHOWING = Room("shipped", {"open": _open, "reset": _reset}, _state)

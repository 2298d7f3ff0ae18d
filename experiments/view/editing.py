"""Editing what is shown: the scenario of a side as YAML, checked while somebody writes, then shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.costs import check_costs, cost_of
from experiments.view.errors import ViewError
from experiments.view.session import EDITED, Room, Session, Side
from experiments.view.share import excess
from scenarios import SHIPPED, Problem, ScenarioError, dump, from_text, load
from scenarios.errors import GongzhiError
from scenarios.loading import FOLDER
from scenarios.phrases import LANGUAGES, Language, in_both, in_language, phrase
from scenarios.reading import MOST_BYTES
from scenarios.schema import Scenario

NAME = re.compile(r"[\w-]{1,40}")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A scenario that was applied, with what it was made of."""

    scenario: Scenario
    text: str
    base: tuple[str, Scenario]
    """Name and scenario that was shown before any editing."""


@dataclass(slots=True)
class _Desk:
    """What the room remembers of a session."""

    reply: dict[str, Any] | None = None
    """To what the page asked last; it is sent once more with each state until the next question."""
    kept: dict[str, _Kept] = field(default_factory=dict)
    """By the name of the side."""
    answers: int = 0


def _text(session: Session, action: Mapping[str, Any]) -> None:
    """Give the text of ``side``."""
    number, side = _side(session, action)
    _answer(session, {"about": "text", "side": number, "text": text_of(session, side)})


def _check(session: Session, action: Mapping[str, Any]) -> None:
    """Say what is wrong with ``text``; ``turn`` comes back with the answer."""
    number, side = _side(session, action)
    turn = action.get("turn")
    problems, scenario = _read(session, side, action)
    cost = (
        None if scenario is None else {"residents": round(cost_of(scenario).residents), "days": scenario.days}
    )
    turn = turn if type(turn) is int else 0
    _answer(session, {"about": "check", "side": number, "turn": turn, "problems": problems, "cost": cost})


def _apply(session: Session, action: Mapping[str, Any]) -> None:
    """Show what ``text`` asks for on ``side``; where it is wrong, only say so."""
    number, side = _side(session, action)
    problems, scenario = _read(session, side, action)
    desk = _desk(session)
    _answer(session, {"about": "apply", "side": number, "problems": problems, "cost": None})
    if scenario is None:
        return
    earlier = desk.kept.get(side.name)
    base = earlier.base if earlier and earlier.scenario == side.scenario else (side.name, side.scenario)
    name = base[0] if scenario == base[1] else session.free_name(number, _called(action, base[0]))
    session.replace(number, name, scenario)
    desk.kept[name] = _Kept(scenario, str(action["text"]), base)
    used = {one.name for one in session.sides}
    desk.kept = {name: kept for name, kept in desk.kept.items() if name in used}


def _revert(session: Session, action: Mapping[str, Any]) -> None:
    """Show on ``side`` what was there before any editing, and give its text."""
    number, side = _side(session, action)
    kept = _desk(session).kept.pop(side.name, None)
    if kept is not None and kept.scenario == side.scenario:
        session.replace(number, *kept.base)
    _text(session, action)


def text_of(session: Session, side: Side) -> str:
    """A side's scenario as somebody wrote it, or else in full."""
    kept = _desk(session).kept.get(side.name)
    if kept is not None and kept.scenario == side.scenario:
        return kept.text
    if side.name in SHIPPED and load(side.name) == side.scenario:
        return (FOLDER / f"{side.name}.yaml").read_text(encoding="utf-8")
    return dump(side.scenario)


def _read(
    session: Session, side: Side, action: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], Scenario | None]:
    """What is wrong with a text, as plain data, or the scenario that it asks for."""
    text = action.get("text")
    if not isinstance(text, str):
        raise ViewError(phrase("there is no text"))
    file = f"{_called(action, side.name)}.yaml"
    trusted = {one.scenario.community.layout for one in session.sides}
    try:
        scenario = from_text(text, file, Path.cwd(), {path for path in trusted if path is not None})
        check_costs([scenario])
        kept = _desk(session).kept.get(side.name)
        known = scenario == side.scenario or (kept is not None and scenario == kept.base[1])
        too_much = None if known else excess(scenario)
    except ScenarioError as error:
        return [_plain(problem, file) for problem in error.problems], None
    except GongzhiError as error:
        return [_whole(error.in_both())], None
    return ([], scenario) if too_much is None else ([_whole(in_both(too_much))], None)


def _whole(message: dict[Language, str]) -> dict[str, Any]:
    """A problem of the text as a whole."""
    return {"line": None, "column": None, "path": "", "message": message}


def _plain(problem: Problem, file: str) -> dict[str, Any]:
    """A problem for the page; lines of other files are named in its text, not jumped to."""
    here = problem.file == file
    return {
        "line": problem.line if here else None,
        "column": problem.column if here else None,
        "path": problem.path,
        "message": {one: in_language(problem.said, one) if here else problem.in_(one) for one in LANGUAGES},
    }


def _called(action: Mapping[str, Any], base: str) -> str:
    """The name of what was written: its file's where one was opened, else that of what it was made of."""
    file = action.get("file")
    if isinstance(file, str) and NAME.fullmatch(file):
        return file if file not in SHIPPED else f"{file}{EDITED}"
    return base if EDITED in base else f"{base}{EDITED}"


def _side(session: Session, action: Mapping[str, Any]) -> tuple[int, Side]:
    number = action.get("side")
    if type(number) is not int or not 0 <= number < len(session.sides):
        raise ViewError(phrase("there is no such side"))
    return number, session.sides[number]


def _answer(session: Session, reply: dict[str, Any]) -> None:
    """Reply to the page, with a number by which it tells an answer that is new from one that it has seen."""
    desk = _desk(session)
    desk.answers += 1
    desk.reply = reply | {"number": desk.answers}


def _desk(session: Session) -> _Desk:
    desk: _Desk = session.memory.setdefault(EDITING.name, _Desk())
    return desk


def _state(session: Session) -> dict[str, Any]:
    return {"reply": _desk(session).reply, "most": MOST_BYTES, "names": list(SHIPPED)}


EDITING = Room(
    "yaml",
    {"yaml_text": _text, "yaml_check": _check, "yaml_apply": _apply, "yaml_revert": _revert},
    _state,
)

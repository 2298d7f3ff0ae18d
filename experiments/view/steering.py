"""Steering: other rules from a day on, for one side or as a fork beside what would have been."""

from collections.abc import Mapping
from typing import Any

from experiments.messages import LANGUAGES, Language, messages, say
from experiments.parameters import name_of
from experiments.view.errors import ViewError
from experiments.view.session import EDITED, Room, Session
from experiments.view.share import excess
from scenarios import from_data, midway
from scenarios.fields import NO_UNIT, Key, key_at, written
from scenarios.phrases import in_both, phrase
from scenarios.schema import Scenario
from scenarios.varying import changed

MOST_VALUES = 50
LONGEST = 200
"""Letters of a path or a text."""
FORKED = "_from_day_"
"""In the name of a fork, before the day from which its rules are others."""
PLAIN = NO_UNIT | {"share", "weight", "probability when asked"}
"""Units that a page leaves out: a value with its range says as much."""
KINDS = ("switch", "choice", "number", "whole number", "duration", "time of day")
"""Kinds of values that a page can offer."""


def settings_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Every single value of a scenario that a page can offer, as plain data.

    Each has its path and name, its kind with range and unit, what it is at first, from which days on it is
    something else, and whether it can change midway; if not, why, in both languages.
    """
    data = scenario.model_dump(mode="json")
    found = []
    for one in midway(scenario):
        key, kind = key_at(tuple(one.path.split(".")), data)
        if key is None or kind is None or kind.name not in KINDS or one.path.startswith("limits."):
            continue
        value: Any = data
        for step in one.path.split("."):
            value = value[step]
        found.append(
            {
                "path": one.path,
                "name": {language: name_of(one.path, language) for language in LANGUAGES},
                "kind": kind.name,
                "low": kind.low,
                "high": kind.high,
                "choices": [{"value": word, "label": _label(word)} for word in kind.choices],
                "unit": _unit(key),
                "doc": in_both(phrase(key.doc)),
                "value": written(value, kind),
                "changes": _changes(scenario, one.path, key),
                "can": one.can,
                "why_not": in_both(phrase(one.why_not)) if one.why_not else None,
            }
        )
    return found


def _label(word: str) -> dict[Language, str]:
    """What a page calls a word that a setting may be set to."""
    key = f"choice_{word}"
    return {language: say(key, language) if key in messages() else word for language in LANGUAGES}


def _unit(key: Key) -> dict[Language, str] | None:
    """The unit in both languages; None where the value or its range says as much."""
    told = key.kind.name in {"duration", "time of day"} or key.unit in PLAIN
    return None if told else in_both(phrase(key.unit))


def _changes(scenario: Scenario, path: str, key: Key) -> list[list[Any]]:
    """[day, value] for each change of a value midway."""
    return [
        [change.day, written(value, key.kind)]
        for change in scenario.changes
        if (value := _set_to(change.set, path)) is not None
    ]


def _set_to(values: Mapping[str, Any], path: str) -> Any:
    """What a change sets a path to, alone or within a section; None where it leaves it."""
    for length in range(path.count(".") + 1, 0, -1):
        steps = path.split(".")
        here: Any = values.get(".".join(steps[:length]))
        for step in steps[length:]:
            here = here.get(step) if isinstance(here, dict) else None
        if here is not None:
            return here
    return None


def _change(session: Session, action: Mapping[str, Any]) -> None:
    """Other ``values`` for a ``side`` from the start of a ``day`` on."""
    side, scenario = _steered(session, action)
    session.replace(side, session.sides[side].name, scenario)


def _fork(session: Session, action: Mapping[str, Any]) -> None:
    """A ``side`` as it is, and beside it the same with other ``values`` from the start of a ``day`` on."""
    side, scenario = _steered(session, action)
    kept = session.sides[side]
    other = f"{kept.name.split(FORKED)[0]}{FORKED}{action['day'] + 1}"
    if other == kept.name:
        other += "-2"
    session.show([(kept.name, kept.scenario), (other, scenario)], session.seed)


def _restart(session: Session, action: Mapping[str, Any]) -> None:
    """Other ``values`` for a ``side`` from the beginning."""
    side = _side(session, action)
    values = _values(session, side, action)
    before = session.sides[side]
    scenario = from_data(before.scenario.model_dump(mode="json"), before.name, values)
    too_much = excess(scenario, before.scenario)
    if too_much is not None:
        raise ViewError(too_much)
    name = before.name if EDITED in before.name else f"{before.name}{EDITED}"
    session.replace(side, session.free_name(side, name), scenario)


def _steered(session: Session, action: Mapping[str, Any]) -> tuple[int, Scenario]:
    side, day = _side(session, action), action.get("day")
    scenario = session.sides[side].scenario
    if type(day) is not int or not 0 <= day < scenario.days:
        raise ViewError(phrase("the run has days 0 to {last}", last=scenario.days - 1))
    return side, changed(scenario, day, _values(session, side, action))


def _side(session: Session, action: Mapping[str, Any]) -> int:
    side = action.get("side", 0)
    if type(side) is not int or not 0 <= side < len(session.sides):
        raise ViewError(phrase("there is no such side"))
    return side


def _values(session: Session, side: int, action: Mapping[str, Any]) -> dict[str, object]:
    values = action.get("values")
    if not isinstance(values, dict) or not 0 < len(values) <= MOST_VALUES:
        raise ViewError(phrase("give 1 to {most} values", most=MOST_VALUES))
    offered = {one["path"] for one in settings_of(session.sides[side].scenario)}
    for path, value in values.items():
        if path not in offered:  # files, for one, are none of a page's business
            raise ViewError(phrase("there is no setting called '{name}'", name=path[:LONGEST]))
        if type(value) not in {bool, int, float, str} or len(str(value)) > LONGEST:
            raise ViewError(phrase("a value is a number, a switch or a short text"))
    return dict(values)


STEERING = Room("steering", {"change": _change, "fork": _fork, "restart": _restart})

"""What Pydantic found wrong, in words: the value, the rule, the unit, the nearest valid name, the place."""

import difflib
import re
from functools import cache
from typing import Any

from pydantic import ValidationError

from scenarios.errors import Problem
from scenarios.fields import Key, Kind, distribution, key_at, keys_of, part_for, walk
from scenarios.merging import Layers, find, nearest, plain
from scenarios.names import did_you_mean
from scenarios.reading import colon_hint
from scenarios.schema import Scenario, missing_handlers
from scenarios.units import Misplaced

type Path = tuple[str | int, ...]

MOST_PROBLEMS = 50
"""How many problems are told at once; a file with more is no scenario gone wrong but something else."""


def explain(error: ValidationError, layers: Layers, *, extends: bool) -> list[Problem]:
    """The problems of a scenario that does not fit the schema.

    Args:
        error: what Pydantic found.
        layers: the scenario as merged, with its places.
        extends: whether it extends another; if not, that may be the advice.
    """
    data = plain(layers.tree)
    explainer = _Explainer(layers, data, extends=extends)
    for detail in error.errors(include_url=False, include_input=False)[:MOST_PROBLEMS]:
        explainer.add(detail)
    explainer.cross_check()
    return list(dict.fromkeys(explainer.problems))


class _Explainer:
    def __init__(self, layers: Layers, data: Any, *, extends: bool) -> None:
        self.layers = layers
        self.data = data
        self.extends = extends
        self.problems: list[Problem] = []
        self.bad_names: list[Path] = []

    def add(self, detail: Any) -> None:
        """Explain one of Pydantic's findings."""
        kind, context = detail["type"], detail.get("ctx", {})
        path = self._path(detail)
        found = context.get("error")
        if any(path[: len(bad)] == bad for bad in self.bad_names):
            return  # who misnames a thing should not hear about the rest of it as well
        if isinstance(found, Misplaced):
            self._misplaced(path, found)
        elif detail["loc"] and detail["loc"][-1] == "[key]":
            self.bad_names.append(path)
            self._note(path, "a name is at most 40 small letters, digits and '_', and begins with a letter")
        elif kind == "missing" and isinstance(path[-1], str):
            self._missing(path)
        elif kind == "missing":
            self._wrong(path[:-1], "too_short")
        elif kind == "extra_forbidden":
            self._unknown(path)
        else:
            self._wrong(path, kind)

    def cross_check(self) -> None:
        """Check the handlers' names, which Pydantic leaves out as long as anything else is wrong."""
        categories = find(self.layers.tree, ("cases", "categories"))
        handlers = find(self.layers.tree, ("handlers",))
        if categories is None or handlers is None:
            return
        if isinstance(categories.value, dict) and isinstance(handlers.value, dict):
            chosen = {name: find(node, ("handler",)) for name, node in categories.value.items()}
            named = {
                name: node.value for name, node in chosen.items() if node and isinstance(node.value, str)
            }
            for wrong in missing_handlers(named, handlers.value):
                self._misplaced((), wrong)

    def _path(self, detail: Any) -> Path:
        """Pydantic's location without the names of the alternatives it tried."""
        path: list[str | int] = []
        data = self.data
        steps = [step for step in detail["loc"] if step != "[key]"]
        for number, step in enumerate(steps):
            last = number == len(steps) - 1
            inside = (isinstance(data, dict) and step in data) or (
                isinstance(data, list) and isinstance(step, int)
            )
            if inside or (last and detail["type"] == "missing"):
                path.append(step)
                data = (
                    data.get(step)
                    if isinstance(data, dict)
                    else data[step]
                    if step in range(len(data))
                    else None
                )
        return tuple(path)

    def _note(self, path: Path, message: str, *, at_key: bool = True) -> None:
        node, at = nearest(self.layers.tree, path)
        place = node.key if at_key or at != path else node.place
        self.problems.append(place.problem(dotted(path), message))

    def _misplaced(self, path: Path, found: Misplaced) -> None:
        """Point at that value of a broken rule which was set last."""
        at = (*path, *found.at)
        others = [(*path, *other) for other in found.also]
        for other in others:
            if other in self.layers.removed:
                message = f"'{other[-1]}' is taken away here, but {dotted(at)} still names it"
                self.problems.append(self.layers.removed[other].problem(dotted(other), message))
                return
        latest = max([at, *others], key=self._layer)
        if self._layer(latest) >= 0:
            self._note(latest, str(found), at_key=False)
        else:  # a default relies on a name that the file's own set leaves out
            self._note(others[0][:-1], f"{found}; the default {dotted(at)} names it")

    def _layer(self, path: Path) -> int:
        node = find(self.layers.tree, path)
        return self.layers.rank(node.place) if node else -1

    def _missing(self, path: Path) -> None:
        key, _ = key_at(path, self.data)
        message = missing(path, key)
        if not self.extends and len(path) > 2 and path[0] in {"cases", "handlers"}:
            message += "; or begin the file with 'extends: coordinated' to change what is there"
        self._note(path, message)

    def _unknown(self, path: Path) -> None:
        name = str(path[-1])
        _, above = key_at(path[:-1], self.data)
        data = self.data
        for step in path[:-1]:
            data = data[step]
        part = part_for(above, data) if above else None
        here = list(keys_of(part)) if part else []
        self._note(path, f"there is no key '{name}' here{_nearest_key(name, here, path[:-1])}")

    def _wrong(self, path: Path, kind: str) -> None:
        key, expected = key_at(path, self.data)
        value = self.data
        for step in path:
            value = value[step]
        if expected is None:
            self._note(path, f"{_shown(value)} is not allowed here")
            return
        tags = [distribution(part) for part in expected.parts if distribution(part)]
        if tags and isinstance(value, dict):
            self._distribution(path, value.get("distribution"), tags)
            return
        takes = _takes(key, expected)
        self._note(
            path,
            f"{_shown(value)} {_why(kind, value, expected)}: give {takes}{_hint(value, expected)}",
            at_key=False,
        )

    def _distribution(self, path: Path, chosen: object, tags: list[str]) -> None:
        names = ", ".join(tags)
        if chosen is None:
            self._note((*path, "distribution"), f"'distribution' is missing: give one of {names}")
        else:
            near = did_you_mean(str(chosen), tags)
            message = f"{_shown(chosen)} is not a distribution: give one of {names}{near}"
            self._note((*path, "distribution"), message, at_key=False)


def missing(path: Path, key: Key | None) -> str:
    """What to say of a key that has to be given, and what it takes, where that is known."""
    return f"'{path[-1]}' is missing" + (f": give {key.takes()}" if key else "")


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(map(str, path))


def _takes(key: Key | None, expected: Kind) -> str:
    if key is None:
        return expected.words()
    return Key(key.path, expected, key.doc, key.unit, key.source, key.default).takes()


_REASONS = {
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "too_short": "is too short",
    "too_long": "is too long",
    "string_too_long": "is too long",
    "date_from_datetime_inexact": "is no date",
    "date_parsing": "is no date",
    "date_from_datetime_parsing": "is no date",
}


def _why(kind: str, value: object, expected: Kind) -> str:
    if expected.name == "duration" and isinstance(value, int | float) and not isinstance(value, bool):
        return "has no unit of time"
    return _REASONS.get(kind, "is not allowed")


def _shown(value: object) -> str:
    """A value as a person would write it, long ones by their kind."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = str(value) if isinstance(value, int | float) else f'"{value}"'
    text = text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:56]}…{text[-1] if text[-1] == chr(34) else ''}"


def _hint(value: object, expected: Kind) -> str:
    """What was probably meant."""
    hint = ""
    if not isinstance(value, str):
        return hint
    text = value.strip()
    if expected.name == "switch" and text.casefold() in {"yes", "no", "on", "off", "y", "n"}:
        hint = f"; '{text}' is a text in YAML 1.2"
    elif expected.name in {"number", "whole number"}:
        hint = _number_hint(text)
    elif expected.choices:
        hint = did_you_mean(text, list(expected.choices))
    return hint or colon_hint(value)


def _number_hint(text: str) -> str:
    if re.fullmatch(r"[-+]?[0-9.]{1,20}", text):
        return "; leave out the quotes"
    if percent := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?[%％]", text):
        return f"; {text} is written {float(percent[1]) / 100:g}"
    if re.fullmatch(r"[0-9]{1,3}([,_][0-9]{3})+", text):
        return f"; write {re.sub('[,_]', '', text)}, without separators"
    if re.fullmatch(r"[0-9]+,[0-9]+", text):
        return f"; write {text.replace(',', '.')}, with a point"
    return ""


@cache
def _places() -> dict[str, list[str]]:
    """Where each key of the schema stands; those of a distribution only where nothing else has the name."""
    places: dict[str, list[str]] = {}
    for key in walk(Scenario):
        if "<" not in key.path:
            places.setdefault(key.path.rpartition(".")[2], []).append(key.path)
    return places


def _nearest_key(name: str, here: list[str], above: Path) -> str:
    """The nearest valid name in this place, and where else the name itself stands."""
    elsewhere = [path for path in _places().get(name, []) if path.rpartition(".")[0] != dotted(above)]
    near = did_you_mean(name, here)
    if elsewhere and (not near or len(elsewhere) <= 3):
        shown = " or ".join(elsewhere[:3]) + (" or elsewhere" if len(elsewhere) > 3 else "")
        return f"{near}{' or' if near else '; did you mean'} {shown}?".replace("? or", " or")
    if near:
        return near
    far = difflib.get_close_matches(name[:40].lower(), list(_places()), 1, 0.8)
    if far:
        return f"; did you mean {' or '.join(_places()[far[0]][:3])}?"
    return f"; there are: {', '.join(here)}" if here else ""

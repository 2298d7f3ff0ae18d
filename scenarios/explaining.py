"""What Pydantic found wrong, in words: the value, the rule, the unit, the nearest valid name, the place."""

import difflib
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from scenarios.errors import Problem
from scenarios.fields import Key, Kind, distribution, key_at, keys_of, part_for, walk
from scenarios.merging import Layers, find, nearest, plain
from scenarios.names import did_you_mean, there_are
from scenarios.phrases import Phrase, hinted, listed, phrase
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
            self._note(
                path, phrase("a name is at most 40 small letters, digits and '_', and begins with a letter")
            )
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

    def _note(self, path: Path, message: Phrase | str, *, at_key: bool = True) -> None:
        node, at = nearest(self.layers.tree, path)
        place = node.key if at_key or at != path else node.place
        self.problems.append(place.problem(dotted(path), message))

    def _misplaced(self, path: Path, found: Misplaced) -> None:
        """Point at that value of a broken rule which was set last."""
        at = (*path, *found.at)
        others = [(*path, *other) for other in found.also]
        for other in others:
            if other in self.layers.removed:
                message = phrase(
                    "'{name}' is taken away here, but {path} still names it", name=other[-1], path=dotted(at)
                )
                self.problems.append(self.layers.removed[other].problem(dotted(other), message))
                return
        latest = max([at, *others], key=self._layer)
        if self._layer(latest) >= 0:
            self._note(latest, found.said, at_key=False)
        else:  # a default relies on a name that the file's own set leaves out
            names = phrase("the default {path} names it", path=dotted(at))
            self._note(others[0][:-1], phrase("{said}; {hint}", said=found.said, hint=names))

    def _layer(self, path: Path) -> int:
        node = find(self.layers.tree, path)
        return self.layers.rank(node.place) if node else -1

    def _missing(self, path: Path) -> None:
        key, _ = key_at(path, self.data)
        message = missing(path, key)
        if not self.extends and len(path) > 2 and path[0] in {"cases", "handlers"}:
            advice = phrase("or begin the file with 'extends: coordinated' to change what is there")
            message = hinted(message, advice)
        self._note(path, message)

    def _unknown(self, path: Path) -> None:
        name = str(path[-1])
        _, above = key_at(path[:-1], self.data)
        data = self.data
        for step in path[:-1]:
            data = data[step]
        part = part_for(above, data) if above else None
        here = list(keys_of(part)) if part else []
        self._note(path, hinted(no_key(name), _nearest_key(name, here, path[:-1])))

    def _wrong(self, path: Path, kind: str) -> None:
        key, expected = key_at(path, self.data)
        value = self.data
        for step in path:
            value = value[step]
        if expected is None:
            self._note(path, phrase("{value} is not allowed here", value=_shown(value)))
            return
        tags = [distribution(part) for part in expected.parts if distribution(part)]
        if tags and isinstance(value, dict):
            self._distribution(path, value.get("distribution"), tags)
            return
        message = wrong_value(_shown(value), _why(kind, value, expected), _takes(key, expected))
        self._note(path, hinted(message, _hint(value, expected)), at_key=False)

    def _distribution(self, path: Path, chosen: object, tags: list[str]) -> None:
        path, takes = (*path, "distribution"), phrase("one of {choices}", choices=listed(tags))
        if chosen is None:
            self._note(path, phrase("'{name}' is missing: give {takes}", name="distribution", takes=takes))
        else:
            message = phrase("{value} is not a distribution: give {takes}", value=_shown(chosen), takes=takes)
            self._note(path, hinted(message, did_you_mean(str(chosen), tags)), at_key=False)


def missing(path: Path, key: Key | None) -> Phrase:
    """What to say of a key that has to be given, and what it takes, where that is known."""
    if key is None:
        return phrase("'{name}' is missing", name=path[-1])
    return phrase("'{name}' is missing: give {takes}", name=path[-1], takes=key.takes())


def wrong_value(value: object, why: Phrase, takes: Phrase) -> Phrase:
    """What to say of a value that cannot be, and what can."""
    return phrase("{value} {why}: give {takes}", value=value, why=why, takes=takes)


def no_key(name: str) -> Phrase:
    """What to say of a key that the schema lacks."""
    return phrase("there is no key '{name}' here", name=name)


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(map(str, path))


def _takes(key: Key | None, expected: Kind) -> Phrase:
    if key is None:
        return expected.words()
    return Key(key.path, expected, key.doc, key.unit, key.source, key.default).takes()


_REASONS = dict.fromkeys(("greater_than", "greater_than_equal"), phrase("is too small"))
_REASONS |= dict.fromkeys(("less_than", "less_than_equal"), phrase("is too large"))
_REASONS |= dict.fromkeys(("too_long", "string_too_long"), phrase("is too long"))
_REASONS |= {"too_short": phrase("is too short")}
_REASONS |= dict.fromkeys(
    ("date_from_datetime_inexact", "date_parsing", "date_from_datetime_parsing"), phrase("is no date")
)


def _why(kind: str, value: object, expected: Kind) -> Phrase:
    if expected.name == "duration" and isinstance(value, int | float) and not isinstance(value, bool):
        return phrase("has no unit of time")
    return _REASONS.get(kind, phrase("is not allowed"))


def _shown(value: object) -> Phrase | str:
    """A value as a person would write it, long ones by their kind."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return phrase("a mapping")
    if isinstance(value, list):
        return phrase("a list of {count}", count=len(value))
    text = str(value) if isinstance(value, int | float) else f'"{value}"'
    text = text.replace("\n", " ")
    return text if len(text) <= 60 else f"{text[:56]}…{text[-1] if text[-1] == chr(34) else ''}"


def _hint(value: object, expected: Kind) -> Phrase | None:
    """What was probably meant."""
    hint: Phrase | None = None
    if not isinstance(value, str):
        return hint
    text = value.strip()
    if expected.name == "switch" and text.casefold() in {"yes", "no", "on", "off", "y", "n"}:
        hint = phrase("'{value}' is a text in YAML 1.2", value=text)
    elif expected.name in {"number", "whole number"}:
        hint = _number_hint(text)
    elif expected.choices:
        hint = did_you_mean(text, list(expected.choices))
    return hint or colon_hint(value)


def _number_hint(text: str) -> Phrase | None:
    if re.fullmatch(r"[-+]?[0-9.]{1,20}", text):
        return phrase("leave out the quotes")
    if percent := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?[%％]", text):
        return phrase("{value} is written {share:g}", value=text, share=float(percent[1]) / 100)
    if re.fullmatch(r"[0-9]{1,3}([,_][0-9]{3})+", text):
        return phrase("write {number}, without separators", number=re.sub("[,_]", "", text))
    if re.fullmatch(r"[0-9]+,[0-9]+", text):
        return phrase("write {number}, with a point", number=text.replace(",", "."))
    return None


@cache
def _places() -> dict[str, list[str]]:
    """Where each key of the schema stands; those of a distribution only where nothing else has the name."""
    places: dict[str, list[str]] = {}
    for key in walk(Scenario):
        if "<" not in key.path:
            places.setdefault(key.path.rpartition(".")[2], []).append(key.path)
    return places


def _nearest_key(name: str, here: list[str], above: Path) -> Phrase | None:
    """The nearest valid name in this place, and where else the name itself stands."""
    near = difflib.get_close_matches(name[:40].lower().replace("-", "_"), here, 1)
    places = [path for path in _places().get(name, []) if path.rpartition(".")[0] != dotted(above)]
    elsewhere = _definite(places, near)
    if elsewhere and (not near or len(elsewhere) <= 3):
        return _meant([*near, *elsewhere[:3]], more=len(elsewhere) > 3)
    if near:
        return _meant(near)
    far = difflib.get_close_matches(name[:40].lower(), list(_places()), 1, 0.8)
    if far:
        return _meant(_definite(_places()[far[0]], [])[:3])
    return there_are(here) if here else None


def _definite(places: Sequence[str], near: Sequence[str]) -> list[str]:
    """Places without those below a name that one chooses, unless there is nothing nearer."""
    definite = [path for path in places if ".*" not in path]
    return definite if definite or near else list(places)


def _meant(names: Sequence[str], *, more: bool = False) -> Phrase:
    """One of several names was probably meant."""
    either, *others = (phrase("'{name}'", name=name) for name in names)
    for other in others:
        either = phrase("{one} or {other}", one=either, other=other)
    if more:
        either = phrase("{one} or {other}", one=either, other=phrase("elsewhere"))
    return phrase("did you mean {names}?", names=either)

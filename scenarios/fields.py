"""What a scenario may say, read off the schema: every key with its kind of value, range, unit and source.

One description serves error messages, the JSON Schema's texts and the commented file of ``gongzhi new``.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scenarios.phrases import Phrase, phrase
from scenarios.schema import Scenario
from scenarios.units import LONGEST, Part, Written, write_clock, write_duration

NO_UNIT = {
    "0-1",
    "1",
    "calendar",
    "choice",
    "date",
    "duration",
    "file",
    "mapping",
    "switch",
    "text",
    "time of day",
    "yes or no",
}
"""Units that a description leaves out, since the kind of value says as much."""


ONE = {
    "number": phrase("a number"),
    "whole number": phrase("a whole number"),
    "duration": phrase("a duration"),
    "time of day": phrase("a time of day"),
    "date": phrase("a date"),
}
"""What to call one value of a kind that has a range."""
_SEVERAL = {
    "number": phrase("numbers"),
    "whole number": phrase("whole numbers"),
    "duration": phrase("durations"),
    "time of day": phrase("times of day"),
    "date": phrase("dates"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Attributes:
        name: "number", "whole number", "duration", "time of day", "switch", "choice", "text", "date",
            "value", "list", "mapping", "names" (a mapping with names chosen by the user) or "one of several".
        nullable: whether null is a value.
        low: lower bound, in hours for times; with ``low_open`` itself excluded.
        high: upper bound.
        choices: allowed words.
        parts: the kinds of mapping that may stand here.
        item: kind of a list's items, or of the values under names.
        lengths: fewest and most items of a list or mapping, or letters of a text.
        example: how it is written.
    """

    name: str
    nullable: bool = False
    low: Any = None
    high: Any = None
    low_open: bool = False
    choices: tuple[str, ...] = ()
    parts: tuple[type[Part], ...] = ()
    item: "Kind | None" = None
    lengths: tuple[int | None, int | None] = (None, None)
    example: str = ""

    def words(self) -> Phrase:
        """What to give, in words: ``a number from 0 to 1``."""
        if self.low is not None:
            words = self._between(ONE[self.name])
            if self.example:
                words = phrase("{words}, such as {example}", words=words, example=self.example)
        elif self.name == "switch":
            words = phrase("true or false")
        elif self.name == "choice":
            one = len(self.choices) == 1
            words = Phrase(self.choices[0]) if one else phrase("one of {choices}", choices=self.choices)
        elif self.name == "text":
            words = phrase("a text of at most {most} letters", most=self.lengths[1])
        elif self.name == "value":
            words = phrase("a value")
        elif self.name == "list":
            words = self._list()
        else:
            words = self._mapping()
        return phrase("{words} or null", words=words) if self.nullable else words

    def _between(self, noun: Phrase) -> Phrase:
        """A noun with the range behind it."""
        low, high = self.shown(self.low), self.shown(self.high)
        if self.low_open:
            return phrase("{noun} above {low}, up to {high}", noun=noun, low=low, high=high)
        return phrase("{noun} from {low} to {high}", noun=noun, low=low, high=high)

    def _list(self) -> Phrase:
        low, high = self.lengths
        items = self.item.several() if self.item else phrase("values")
        if low is not None and low == high:
            return phrase("a list of {count} {items}", count=low, items=items)
        if low and high:
            return phrase(
                "a list of at least {low} and at most {high} {items}", low=low, high=high, items=items
            )
        if low:
            return phrase("a list of at least {low} {items}", low=low, items=items)
        return phrase("a list of at most {high} {items}", high=high, items=items)

    def several(self) -> Phrase:
        """What to give several of, in words."""
        if self.name == "mapping":
            return phrase("mappings with the keys {keys}", keys=tuple(self.parts[0].model_fields))
        if self.name == "text":
            return phrase("texts of at most {most} letters", most=self.lengths[1])
        if self.low is None:
            return phrase("values")
        words = self._between(_SEVERAL[self.name])
        return (
            phrase("{words}, each such as {example}", words=words, example=self.example)
            if self.example
            else words
        )

    def _mapping(self) -> Phrase:
        if self.name == "names":
            plain = self.item is not None and self.item.name == "value"
            return (
                phrase("a mapping from dotted paths to values")
                if plain
                else phrase("a mapping from names to settings")
            )
        tags = tuple(distribution(part) for part in self.parts if distribution(part))
        if tags:
            example = "{distribution: exponential, mean: 3 h}"
            return phrase("a distribution ({names}), such as {example}", names=tags, example=example)
        mapping = phrase("a mapping with the keys {keys}", keys=tuple(self.parts[0].model_fields))
        return (
            phrase("{words}, or {mapping}", words=self.item.words(), mapping=mapping)
            if self.item
            else mapping
        )

    def shown(self, value: Any) -> str:
        """A value of this kind as it is written."""
        if self.name == "duration":
            return write_duration(value)
        if self.name == "time of day":
            return write_clock(value)
        if isinstance(value, dt.date):
            return value.isoformat()
        return f"{value:.0f}" if float(value).is_integer() and value < 1e10 else f"{value:g}"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a scenario.

    Attributes:
        path: dotted path; ``*`` stands for a name that the user chooses, ``<lognormal>`` before the keys of
            one of several kinds of mapping.
        kind: what it takes.
        doc: what it means.
        unit: unit of the value; empty for a mapping of further keys.
        source: where its default comes from.
        default: the default, as Python holds it; ``...`` where there is none.
        fixed: why it cannot change midway; empty where it can, or where what it holds says so.
    """

    path: str
    kind: Kind
    doc: str
    unit: str
    source: str
    default: Any
    fixed: str = ""

    def takes(self) -> Phrase:
        """What to give, with the unit: ``a number from 0 to 1 (share)``."""
        plain = (
            not self.unit or self.unit in NO_UNIT or self.kind.name in {"mapping", "names", "one of several"}
        )
        words = self.kind.words()
        return words if plain else phrase("{words} (unit: {unit})", words=words, unit=phrase(self.unit))


def written(value: Any, kind: Kind) -> Any:
    """A value that Python holds as plain data, written as in a scenario file."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {name: written(child, kind) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [written(child, kind.item or kind) for child in value]
    if isinstance(value, dt.date) or (isinstance(value, float) and kind.example):
        return kind.shown(value)
    return value


def distribution(part: type[Part]) -> str:
    """The name of a distribution; empty for any other part."""
    field = part.model_fields.get("distribution")
    return str(field.default) if field else ""


@cache
def keys_of(part: type[Part]) -> Mapping[str, Key]:
    """The keys that a part may have, by name."""
    return {name: _key(name, field, part.fixed) for name, field in part.model_fields.items()}


def _key(name: str, field: FieldInfo, fixed: str) -> Key:
    kind = kind_of(field.annotation, tuple(field.metadata))
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    doc = field.description or ""
    if not doc and len(kind.parts) == 1:
        doc = " ".join((kind.parts[0].__doc__ or "").split())
    default = ... if field.default is PydanticUndefined else field.default
    unit, source, fixed = (str(extra.get(*of)) for of in (("unit", ""), ("source", ""), ("fixed", fixed)))
    return Key(name, kind, doc, unit, source, default, fixed)


def kind_of(annotation: Any, metadata: tuple[Any, ...] = ()) -> Kind:
    """The kind of value that an annotation with its metadata stands for."""
    while get_origin(annotation) is Annotated:
        annotation, *inner = get_args(annotation)
        metadata = (*metadata, *inner)
    metadata = _flat(metadata)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, UnionType}:
        return _union(arguments, metadata)
    if origin is Literal:
        return Kind("choice", choices=tuple(str(argument) for argument in arguments))
    if origin is dict:
        return Kind("names", item=kind_of(arguments[1]), lengths=_lengths(metadata))
    if origin is tuple:
        fixed = None if arguments[-1] is ... else len(arguments)
        lengths = (fixed, fixed) if fixed else _lengths(metadata)
        return Kind("list", item=kind_of(arguments[0]), lengths=lengths)
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return Kind("mapping", parts=(annotation,))
    return _plain(annotation, metadata)


def _union(arguments: tuple[Any, ...], metadata: tuple[Any, ...]) -> Kind:
    kinds = [kind_of(argument, metadata) for argument in arguments if argument is not NoneType]
    nullable = NoneType in arguments
    if len(kinds) == 1:
        only = kinds[0]
        return Kind(**{name: getattr(only, name) for name in only.__slots__} | {"nullable": nullable})
    parts = tuple(part for kind in kinds for part in kind.parts)
    words = next((kind for kind in kinds if not kind.parts), None)
    return Kind("one of several", nullable=nullable, parts=parts, item=words)


def _plain(annotation: Any, metadata: tuple[Any, ...]) -> Kind:
    written = next((mark for mark in metadata if isinstance(mark, Written)), None)
    name = written.kind if written else _PLAIN[annotation]
    example = written.example if written else "2025-01-31" if name == "date" else ""
    longest = {"duration": LONGEST, "time of day": 24.0}.get(name)
    lows: list[Any] = [*([0.0] if longest else []), *(mark.ge for mark in metadata if isinstance(mark, Ge))]
    open_lows: list[Any] = [mark.gt for mark in metadata if isinstance(mark, Gt)]
    highs: list[Any] = [
        *([longest] if longest else []),
        *(mark.le for mark in metadata if isinstance(mark, Le)),
    ]
    if any(isinstance(mark, Lt) for mark in metadata):
        raise TypeError("declare an upper bound with le: descriptions know no other")
    low = max([*lows, *open_lows], default=None)
    return Kind(
        name,
        low=low,
        low_open=low in open_lows,
        high=min(highs, default=None),
        lengths=_lengths(metadata),
        example=example,
    )


_PLAIN = {Any: "value", float: "number", int: "whole number", bool: "switch", str: "text", dt.date: "date"}


def _flat(metadata: tuple[Any, ...]) -> tuple[Any, ...]:
    flat: list[Any] = []
    for mark in metadata:
        flat.extend(mark.metadata if isinstance(mark, FieldInfo) else [mark])
    return tuple(flat)


def _lengths(metadata: tuple[Any, ...]) -> tuple[int | None, int | None]:
    low = next((mark.min_length for mark in metadata if isinstance(mark, MinLen)), None)
    high = next((mark.max_length for mark in metadata if isinstance(mark, MaxLen)), None)
    for mark in metadata:
        if isinstance(mark, StringConstraints):
            low, high = mark.min_length or low, mark.max_length or high
    return low, high


def walk(part: type[Part] = Scenario, prefix: str = "", fixed: str = "") -> Iterator[Key]:
    """Every key below a part, mappings before what they hold, in the order of the schema.

    What cannot change midway as a whole cannot in its parts: they say the same reason.
    """
    for name, key in keys_of(part).items():
        path, why = f"{prefix}{name}", fixed or key.fixed
        yield Key(path, key.kind, key.doc, key.unit, key.source, key.default, why)
        kind = key.kind
        if kind.name in {"names", "list"} and kind.item:
            kind, path = kind.item, f"{path}.*"
        for inner in kind.parts:
            label = f".<{distribution(inner)}>" if distribution(inner) else ""
            yield from walk(inner, f"{path}{label}.", why)


def parts_of(part: type[Part]) -> Iterator[type[Part]]:
    """A part and every part that may stand below it, each once."""
    found, waiting = {part}, [part]
    while waiting:
        yield (here := waiting.pop(0))
        for key in keys_of(here).values():
            inner = (key.kind.item or key.kind) if key.kind.name in {"names", "list"} else key.kind
            waiting += [below for below in inner.parts if below not in found]
            found.update(inner.parts)


def key_at(
    path: tuple[str | int, ...], data: Any, top: type[Part] = Scenario
) -> tuple[Key | None, Kind | None]:
    """The key and the kind of value at a path, as far as the schema has it.

    Args:
        path: from the top, names and list positions.
        data: the scenario as plain data, which decides between several kinds of mapping.
        top: the schema.
    """
    kind: Kind | None = Kind("mapping", parts=(top,))
    key: Key | None = None
    for step in path:
        if kind is None:
            return None, None
        if kind.name == "list":
            kind = kind.item
        elif kind.name == "names":
            kind, key = kind.item, None
        else:
            part = part_for(kind, data)
            key = keys_of(part).get(str(step)) if part else None
            kind = key.kind if key else None
        data = _inside(data, step)
    return key, kind


def part_for(kind: Kind, data: Any) -> type[Part] | None:
    """Which of the mappings of a kind the data is meant to be; None where that cannot be said."""
    if len(kind.parts) <= 1:
        return kind.parts[0] if kind.parts else None
    chosen = data.get("distribution") if isinstance(data, dict) else None
    return next((part for part in kind.parts if distribution(part) == chosen), None)


def _inside(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(str(step))
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None

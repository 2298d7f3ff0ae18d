"""The kinds of value a scenario holds: parameters with provenance, durations, clock times, shares.

Durations are written as people write them (``3 days``, ``1 h``, ``90 min``) and held as float hours,
rounded to the millisecond so that writing one out and reading it again gives the same bits.
"""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
)
from pytimeparse.timeparse import timeparse as parse_seconds

from scenarios.phrases import Phrase, phrase

ASSUMED = "assumption: no measured value found"
SOURCE_TEXT = "the source text's own rule"
GIVEN = "no default: whoever writes the scenario says it"
CHOICE = "a choice of presentation or computing, not a finding"
NAMED = "says which of several kinds of value follows"

BUILT = "the community is built before the first day"
FATE = "what arises is drawn before the first day, the same under all rules"
WHOLE_RUN = "it holds for the run as a whole"

LONGEST = 87_600.0
"""Longest duration a scenario may name, in hours: ten years, as long as the longest run."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Part(BaseModel):
    """A part of a scenario: immutable, strictly typed, refusing keys it does not know.

    Attributes:
        fixed: why nothing in it can change midway; empty where each parameter says so for itself.
    """

    fixed: ClassVar[str] = ""
    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=False,
    )


class Founded(Part):
    """A part of a scenario that says what the community is."""

    fixed = BUILT


class Fated(Part):
    """A part of a scenario that says what arises, whoever governs."""

    fixed = FATE


def param(
    default: Any, doc: str, *, unit: str, source: str | None = None, fixed: str = "", **limits: Any
) -> Any:
    """Declare one parameter of a scenario.

    Args:
        default: the value where a scenario says nothing; ``...`` where it must say something.
        doc: what the parameter means, one sentence.
        unit: unit of the value ("share", "duration", "per household and year", "1" for a plain count).
        source: where the default comes from; where nothing is said, :data:`ASSUMED` for a default without
            evidence and :data:`GIVEN` where there is no default.
        fixed: why it cannot change midway, in a clause that follows a colon; empty where it can.
        limits: bounds as Pydantic names them (``ge``, ``le``, ``gt``, ``lt``, ``min_length`` ...).
    """
    if source is None:
        source = GIVEN if default is ... else ASSUMED
    extra: dict[str, JsonValue] = {"unit": unit, "source": source}
    if fixed:
        extra["fixed"] = fixed
    return Field(default, description=doc, json_schema_extra=extra, **limits)


class Misplaced(ValueError):  # noqa: N818 - Pydantic wants a ValueError; it is a finding, not an error class
    """A rule that two values of a part break together, with the key to point at.

    Attributes:
        at: the key's path from the part that found it.
        said: what is wrong.
        also: paths of the other values in the rule; whichever was set last is the one to point at.
    """

    def __init__(self, at: tuple[str | int, ...], said: Phrase | str, *also: tuple[str | int, ...]) -> None:
        super().__init__(said)
        self.at = at
        self.said = said
        self.also = also


def not_above(name: str, value: float, other: str, limit: float) -> Phrase:
    """The rule that one value may be at most another."""
    return phrase(
        "{name} ({value}) may not be above {other} ({limit})",
        name=name,
        value=value,
        other=other,
        limit=limit,
    )


def must_follow(name: str, value: object, other: str, start: object) -> Phrase:
    """The rule that one time must come after another."""
    return phrase(
        "{name} ({value}) must come after {other} ({start})",
        name=name,
        value=value,
        other=other,
        start=start,
    )


@dataclass(frozen=True, slots=True)
class Written:
    """How a value is written in YAML, where its Python type does not tell."""

    kind: str
    example: str


_COLON = re.compile(r"\d\s*:")


def _read_duration(value: object, info: ValidationInfo) -> float:
    if isinstance(value, float) and info.mode == "python":
        seconds = value * 3600.0  # from code, in hours
    else:
        text = value if isinstance(value, str) and len(value) <= 60 and not _COLON.search(value) else ""
        parsed = parse_seconds(text)
        if parsed is None:
            raise ValueError("a duration needs a number and a unit, such as '3 days', '1 h' or '90 min'")
        seconds = float(parsed)
    if not 0.0 <= seconds <= LONGEST * 3600.0:
        raise ValueError("a duration lies between 0 and 3650 days")
    return round(seconds, 3) / 3600.0


def parse_hours(value: object, kind: str) -> float | None:
    """Hours of a duration or time of day as a file has it; None where it is none."""
    try:
        return TypeAdapter(Duration if kind == "duration" else ClockTime).validate_json(json.dumps(value))
    except ValueError:
        return None


def write_duration(hours: float) -> str:
    """A duration as people write it, in the largest unit that needs no fraction."""
    seconds = round(hours * 3600.0, 3)
    for size, one, many in ((86400, "day", "days"), (3600, "h", "h"), (60, "min", "min")):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {one if count == 1 else many}"
    return f"{int(seconds)} s" if seconds == int(seconds) else f"{seconds!r} s"


Duration = Annotated[
    float,
    BeforeValidator(_read_duration),
    PlainSerializer(write_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\s*[0-9.].*[a-z]\s*$", "examples": ["3 days", "90 min"]}),
    Written("duration", "'90 min'"),
]
"""A length of time: text such as ``90 min`` in YAML, float hours in Python."""


def _read_clock(value: object, info: ValidationInfo) -> float:
    if isinstance(value, float) and info.mode == "python" and 0.0 <= value <= 24.0:
        return round(value * 60.0) / 60.0
    if isinstance(value, str) and (parts := re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])", value)):
        minutes = int(parts[1]) * 60 + int(parts[2])
        if minutes <= 24 * 60:
            return minutes / 60.0
    raise ValueError("a time of day is written '18:30', between '0:00' and '24:00'")


def write_clock(hours: float) -> str:
    """A time of day as people write it."""
    minutes = round(hours * 60.0)
    return f"{minutes // 60}:{minutes % 60:02d}"


ClockTime = Annotated[
    float,
    BeforeValidator(_read_clock),
    PlainSerializer(write_clock, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:[0-5]\d$", "examples": ["18:30"]}),
    Written("time of day", "'18:30'"),
]
"""A time of day: text such as ``18:30`` in YAML, float hours since midnight in Python."""

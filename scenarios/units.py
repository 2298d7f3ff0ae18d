"""The kinds of value a scenario holds: parameters with provenance, durations, clock times, shares.

Durations are written as people write them (``3 days``, ``1 h``, ``90 min``) and held as float hours,
rounded to the millisecond so that writing one out and reading it again gives the same bits.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, PlainSerializer, WithJsonSchema
from pytimeparse.timeparse import timeparse as parse_seconds

ASSUMED = "assumption: no measured value found"
SOURCE_TEXT = "the source text's own rule"

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Part(BaseModel):
    """A part of a scenario: immutable, strictly typed, refusing keys it does not know."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=False,
    )


def param(default: Any, doc: str, *, unit: str, source: str = ASSUMED, **limits: Any) -> Any:
    """Declare one parameter of a scenario.

    Args:
        default: the value where a scenario says nothing; ``...`` where it must say something.
        doc: what the parameter means, one sentence.
        unit: unit of the value ("share", "duration", "per household and year", "1" for a plain count).
        source: where the default comes from; :data:`ASSUMED` where no evidence was found.
        limits: bounds as Pydantic names them (``ge``, ``le``, ``gt``, ``lt``, ``min_length`` ...).
    """
    extra: dict[str, JsonValue] = {"unit": unit, "source": source}
    return Field(default, description=doc, json_schema_extra=extra, **limits)


def _read_duration(value: object) -> float:
    if isinstance(value, float) and not isinstance(value, bool):
        return value  # a default in code, already in hours
    seconds = parse_seconds(value) if isinstance(value, str) else None
    if seconds is None:
        raise ValueError("a duration needs a number and a unit, such as '3 days', '1 h' or '90 min'")
    if seconds < 0:
        raise ValueError("a duration cannot be negative")
    return round(float(seconds), 3) / 3600.0


def _write_duration(hours: float) -> str:
    return f"{round(hours * 3600.0, 3)!r} s"


Duration = Annotated[
    float,
    BeforeValidator(_read_duration),
    PlainSerializer(_write_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d.*[a-z]\s*$", "examples": ["3 days", "90 min"]}),
]
"""A length of time: text such as ``90 min`` in YAML, float hours in Python."""


def _read_clock(value: object) -> float:
    if isinstance(value, float) and 0.0 <= value <= 24.0:
        return value
    if isinstance(value, str):
        hour, colon, minute = value.partition(":")
        if colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2:
            clock = int(hour) + int(minute) / 60.0
            if int(minute) < 60 and clock <= 24.0:
                return clock
    raise ValueError("a time of day is written '18:30', between '0:00' and '24:00'")


def _write_clock(hours: float) -> str:
    minutes = round(hours * 60.0)
    return f"{minutes // 60}:{minutes % 60:02d}"


ClockTime = Annotated[
    float,
    BeforeValidator(_read_clock),
    PlainSerializer(_write_clock, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:[0-5]\d$", "examples": ["18:30"]}),
]
"""A time of day: text such as ``18:30`` in YAML, float hours since midnight in Python."""

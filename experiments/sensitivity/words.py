"""What was discovered, in words."""

import math
from collections.abc import Iterator

from experiments.amounts import NOTHING
from experiments.messages import Language, say
from experiments.parameters import name_of, switch_in
from experiments.sensitivity.discovery import Box, Discovery, Limit, Number
from scenarios.fields import key_at
from scenarios.units import write_clock, write_duration


def sentences(found: Discovery, what: str, language: Language) -> Iterator[str]:
    """What happens where, and how far to trust it.

    Args:
        found: what was discovered.
        what: happens, in words of the language.
        language: of the sentences.
    """
    yield say(
        "discovery_overall", language,
        what=what, cases=found.cases, points=found.points,
        share=percent(found.cases / found.points, language),
    )  # fmt: skip
    for number, box in enumerate(found.boxes, 1):
        yield say(
            "discovery_box", language,
            number=number, rule=rule(box, language), cases=box.cases, points=box.points,
            density=percent(box.cases / box.points, language),
            coverage=percent(box.cases / found.cases, language),
        )  # fmt: skip
    if found.boxes:
        yield say(
            "discovery_union", language,
            coverage=percent(found.coverage, language), density=percent(found.density, language),
            cv_coverage=percent(found.cv_coverage, language), cv_density=percent(found.cv_density, language),
        )  # fmt: skip
    yield say(f"discovery_{found.verdict}", language)


def rule(box: Box, language: Language) -> str:
    """The limits of a box in words."""
    if not box.limits:
        return say("discovery_anywhere", language)
    return say("discovery_and", language).join(
        _limit(factor, limit, language) for factor, limit in box.limits.items()
    )


def _limit(factor: str, limit: Limit, language: Language) -> str:
    name = name_of(factor, language)
    if limit.words:
        values = say("discovery_or", language).join(word_in(word, language) for word in limit.words)
        return say("discovery_is", language, factor=name, values=values)
    low, high = (None if end is None else written(factor, end) for end in (limit.low, limit.high))
    kind = "between" if low and high else "above" if low else "most"
    return say(f"discovery_{kind}", language, factor=name, low=low, high=high)


def word_in(word: str, language: Language) -> str:
    """A factor's value that is no number: a switch's in words, any other as it was written."""
    return switch_in(word == "true", language) if word in {"true", "false"} else word


def written(factor: str, value: Number) -> str:
    """A factor's number as a scenario would write it."""
    _, kind = key_at(tuple(factor.split(".")), {})
    if kind is not None and kind.name == "duration":
        steps = 60.0 if value >= 1.0 / 6.0 else 3600.0  # minutes, or seconds where minutes would be coarse
        return write_duration(round(value * steps) / steps)
    if kind is not None and kind.name == "time of day":
        return write_clock(value)
    return f"{value:g}"


def percent(share: float, language: Language) -> str:
    """A share in whole per cent; a dash for NaN."""
    if math.isnan(share):
        return NOTHING
    return say("amount", language, number=f"{100.0 * share:.0f}", unit="%")


def left_out(count: int, language: Language) -> str:
    """That settings are left out."""
    return say("discovery_left_out", language, count=count)

"""Numbers as people read them: shares in per cent, differences in points, nothing as a dash."""

import math

from experiments.messages import Language, label_of, say
from simulation.results.metrics import METRICS

NOTHING = "–"
MINUS = "−"
SAID_BY_LABELS = ("h", "cases", "refusals", "honours", "none")
"""Units that the labels of their metrics name."""


def factor(metric: str) -> float:
    """By what a metric's values are multiplied before they are shown: shares are shown in per cent."""
    return 100.0 if _unit(metric) == "share" else 1.0


def unit_of(metric: str, language: Language) -> str:
    """The unit of a metric as it is shown."""
    return say(f"unit_{_unit(metric)}", language)


def unit_of_difference(metric: str, language: Language) -> str:
    """The unit of a difference of two values as it is shown: two shares differ by percentage points."""
    return say("unit_share_points", language) if _unit(metric) == "share" else unit_of(metric, language)


def number(metric: str, value: float | None, *, decimals: int | None = None, signed: bool = False) -> str:
    """A metric's value, without its unit.

    Args:
        metric: name of the metric.
        value: its value; a dash stands for None and NaN.
        decimals: how many; as many as suit the value if None.
        signed: with a plus where positive.
    """
    if value is None or math.isnan(value):
        return NOTHING
    places = decimals_for(metric, value) if decimals is None else decimals
    text = f"{value * factor(metric):{'+' if signed else ''},.{places}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def decimals_for(metric: str, value: float, half: float = 0.0) -> int:
    """How many decimals of a value matter, of which ``half`` is half the width of its interval."""
    if half == 0.0 and (value * factor(metric)).is_integer():
        return 0
    size = max(abs(half), abs(value) / 10.0) * factor(metric)
    return 0 if size >= 50.0 else 1 if size >= 1.0 else 2


def with_unit(metric: str, value: float | None, language: Language) -> str:
    """A metric's value and its unit."""
    if value is None or math.isnan(value):
        return NOTHING
    return say("amount", language, number=number(metric, value), unit=unit_of(metric, language)).strip()


def difference(metric: str, value: float, language: Language, decimals: int | None = None) -> str:
    """A difference with its sign and unit."""
    shown = number(metric, value, decimals=decimals, signed=True)
    return say("amount", language, number=shown, unit=unit_of_difference(metric, language)).strip()


def label_with_unit(metric: str, language: Language) -> str:
    """A metric's label, and its unit where the label does not say it already."""
    label = label_of(metric, language)
    if _unit(metric) in SAID_BY_LABELS or not unit_of(metric, language):
        return label
    return say("label_with_unit", language, label=label, unit=unit_of(metric, language))


def _unit(metric: str) -> str:
    known = METRICS.get(metric)
    return known.unit.replace(" ", "_") if known else "none"

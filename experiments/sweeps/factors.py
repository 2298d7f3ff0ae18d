"""Factors: what a sweep varies, each over listed values or over a range."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.reading import Node
from scenarios.units import write_clock, write_duration

type Label = str | int | float | bool
"""A factor's value as tables show it."""
type Changes = Mapping[str, Node | object]
"""Values to set in a scenario, by dotted path."""

SCENARIO = "scenario"
"""The factor whose values are whole scenarios."""
_WRITTEN = {"duration": write_duration, "time of day": write_clock}


@dataclass(frozen=True, slots=True)
class Values:
    """A factor with listed values: of one parameter, named policies, or whole scenarios."""

    name: str
    labels: tuple[Label, ...]
    """What tables show for each value."""
    sets: tuple[Changes, ...]
    """What each value sets in the scenario."""

    def at(self, share: float) -> Label:
        """The value at a share of the way through the list, 0 to 1."""
        return self.labels[min(int(share * len(self.labels)), len(self.labels) - 1)]

    def grid(self) -> tuple[Label, ...]:
        """All values."""
        return self.labels

    def changes(self, label: Label) -> Changes:
        """What a value sets."""
        return self.sets[self.labels.index(label)]

    def read(self, text: str) -> Label | None:
        """The value that a cell of a CSV file names; None where there is none."""
        return next((label for label in self.labels if _same(label, text)), None)


@dataclass(frozen=True, slots=True)
class Range:
    """A factor whose values lie anywhere between two bounds."""

    name: str
    low: float
    """In hours, where the parameter is a duration or a time of day."""
    high: float
    log: bool
    """Whether equal steps are equal ratios."""
    kind: str
    """Kind of the parameter, see :class:`scenarios.fields.Kind`."""
    levels: int
    """Values in a grid."""
    place: Node
    """Where the sweep file names it."""

    def at(self, share: float) -> Label:
        """The value at a share of the way from low to high, 0 to 1; a whole number where one is taken."""
        if self.kind == "whole number":  # every whole number has an equal share
            if self.log:
                value = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
                return min(max(round(value), int(self.low)), int(self.high))
            return min(int(self.low + share * (self.high - self.low + 1.0)), int(self.high))
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return float(self.low + share * (self.high - self.low))

    def grid(self) -> tuple[Label, ...]:
        """Values from low to high, evenly spaced; whole numbers that coincide stand once."""
        steps = [number / (self.levels - 1) for number in range(self.levels)]
        if self.kind != "whole number" or self.log:
            return tuple(dict.fromkeys(self.at(step) for step in steps))
        return tuple(dict.fromkeys(round(self.low + step * (self.high - self.low)) for step in steps))

    def changes(self, label: Label) -> Changes:
        """What a value sets."""
        written = _WRITTEN.get(self.kind)
        value: Any = written(float(label)) if written else label
        return {self.name: Node(value, self.place.place, self.place.key)}

    def read(self, text: str) -> Label | None:
        """The number in a cell of a CSV file; None where it is none between low and high."""
        try:
            value = float(text)
        except ValueError:
            return None
        if not self.low <= value <= self.high or (self.kind == "whole number" and not value.is_integer()):
            return None
        return int(value) if self.kind == "whole number" else value


type Factor = Values | Range


def label_of(value: Any) -> Label:
    """What tables show for a value: itself, or where it is no single one, how it is written."""
    if isinstance(value, str | int | float | bool):
        return value
    return json.dumps(value, ensure_ascii=False)


def _same(label: Label, text: str) -> bool:
    if isinstance(label, bool):
        return text.strip().lower() == str(label).lower()
    if isinstance(label, int | float):
        try:
            return float(text) == label
        except ValueError:
            return False
    return text.strip() == label

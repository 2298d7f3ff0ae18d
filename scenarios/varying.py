"""Scenarios that differ from one in a few values: many of them, made quickly, or from a day on."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from scenarios.loading import as_data, from_data
from scenarios.merging import plain
from scenarios.reading import Node
from scenarios.schema import Scenario

_SCALARS = (str, int, float, bool)


def changed(scenario: Scenario, day: int, values: Mapping[str, object]) -> Scenario:
    """The scenario with other rules from the start of a day on; what happens before is the same.

    Args:
        scenario: what is asked so far; its own changes stay, and what it changes on that day too.
        day: the day, from 0.
        values: the new values by dotted path, as :func:`scenarios.load` takes them.

    Raises:
        ScenarioError: with all problems that were found, such as a value that cannot change midway.
    """
    entries: dict[int, dict[str, object]] = {change.day: dict(change.set) for change in scenario.changes}
    entry = entries.setdefault(day, {})
    for path, value in values.items():
        entry.pop(path, None)  # the later one counts, also over a section that holds it
        entry[path] = as_data(value)
    changes = [{"day": when, "set": entries[when]} for when in sorted(entries)]
    return from_data(scenario.model_dump(mode="json"), "scenario", {"changes": changes})


class Variations:
    """A scenario from which many others differ.

    Args:
        base: the scenario.
        file: what to call it in messages.

    Attributes:
        data: the scenario as plain data.
    """

    def __init__(self, base: Scenario, file: str) -> None:
        self.base = base
        self.file = file
        self.data: dict[str, Any] = base.model_dump(mode="json")

    def value(self, path: str) -> Any:
        """The plain value at a dotted path; None where there is none."""
        here: Any = self.data
        for step in path.split("."):
            here = here.get(step) if isinstance(here, dict) else None
        return here

    def made(self, changes: Mapping[str, Node | object]) -> Scenario:
        """The scenario with other values, by dotted path: what :func:`scenarios.from_data` gives.

        Raises:
            ScenarioError: with all problems that were found.
        """
        data: Any = self.data
        for path, value in changes.items():
            new = plain(value) if isinstance(value, Node) else value
            if (
                self.base.changes
                or not isinstance(new, _SCALARS)
                or not isinstance(self.value(path), _SCALARS)
            ):
                return self._slowly(changes)
            data = _with(data, path.split("."), new)
        try:
            return Scenario.model_validate_json(json.dumps(data))
        except ValidationError:
            return self._slowly(changes)

    def _slowly(self, changes: Mapping[str, Node | object]) -> Scenario:
        """By laying value over value, which knows about sections, names and places."""
        return from_data(self.data, self.file, changes)


def _with(data: dict[str, Any], steps: list[str], value: object) -> dict[str, Any]:
    """Plain data with another value at a path; what lies off the path is shared."""
    first, *rest = steps
    return data | {first: _with(data[first], rest, value) if rest else value}

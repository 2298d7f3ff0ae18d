"""Tasks on their way to workers: a scenario is put into bytes once, and read once, for all its runs.

It is nearly all that a task carries, some 18 kB, and to pickle and to read it takes a millisecond each time.
"""

import pickle
from collections import deque
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import Any, NamedTuple

from experiments.engines.task import Outcome, Task
from scenarios.schema import Scenario

KEPT = 16
"""Scenarios kept as bytes, and in each worker as they were read: more than a comparison has by default."""


class Parcel(NamedTuple):
    """A task as it is sent."""

    scenario: bytes
    """Pickled."""
    rest: dict[str, Any]
    """The task's other values by name."""


class Parcels:
    """Packs tasks; runs of one scenario that come close to each other share its bytes."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Scenario, bytes]] = deque(maxlen=KEPT)

    def packed(self, task: Task) -> Parcel:
        """A task as it is sent."""
        rest = {field.name: getattr(task, field.name) for field in fields(task) if field.name != "scenario"}
        return Parcel(self._bytes_of(task.scenario), rest)

    def _bytes_of(self, scenario: Scenario) -> bytes:
        for known, content in self._kept:
            if known is scenario:
                return content
        content = pickle.dumps(scenario)
        self._kept.append((scenario, content))
        return content


def do_packed(do: Callable[[Task], Outcome], parcel: Parcel) -> Outcome:
    """Do a task that was packed."""
    return do(Task(scenario=_scenario(parcel.scenario), **parcel.rest))


@lru_cache(maxsize=KEPT)
def _scenario(content: bytes) -> Scenario:
    scenario: Scenario = pickle.loads(content)  # noqa: S301 - of our own process
    return scenario

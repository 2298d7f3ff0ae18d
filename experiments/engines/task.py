"""One run as a task that can be sent to another process, and what comes back from it."""

import time
import traceback
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scenarios.schema import Scenario

if TYPE_CHECKING:
    from experiments.curves import Curves

Status = Literal["done", "failed"]
DIED = "the worker process died: the system killed it, perhaps for want of memory"


@dataclass(frozen=True, slots=True)
class Task:
    """One run to do."""

    name: str
    """The scenario's name in tables."""
    scenario: Scenario
    seed: int
    draws: bool = True
    """Whether the curves for figures are wanted."""
    keep: tuple[str, ...] = ()
    """Tables that are wanted whole."""
    key: str = ""
    """What the run is known by where it is stored, see :func:`experiments.provenance.run_key`."""
    weigh: bool = False
    """Whether the weights are wanted with which metrics of several runs are put together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    name: str
    seed: int
    status: Status
    error: str | None = None
    """What was raised, in one line; None where nothing was."""
    metrics: dict[str, float | int | None] = field(default_factory=dict)
    fate: str | None = None
    curves: "Curves | None" = None
    tables: dict[str, bytes] = field(default_factory=dict)
    """The tables asked for, each as a Parquet file."""
    cpu_s: float = 0.0
    """CPU seconds of the run."""
    key: str = ""
    """The task's."""
    weights: dict[str, float] = field(default_factory=dict)
    """Where asked for, over how many things each metric is a mean, see :mod:`simulation.results.pooling`."""


Outcomes = Generator[Outcome, None, None]
Engine = Callable[[Iterable[Task]], Outcomes]
"""Does runs, and yields each as it ends; the order depends on luck, the outcomes do not."""


def do(task: Task) -> Outcome:
    """Do one run; what it raises becomes a failed outcome."""
    began = time.process_time()
    try:
        found = _found(task)
    except Exception as error:  # noqa: BLE001 - one failed run is a row, and the others go on
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
        return failed(task, text, time.process_time() - began)
    return replace(found, cpu_s=time.process_time() - began)


def _found(task: Task) -> Outcome:
    """What is wanted of a run; the rest is freed when this returns, in the run's own time."""
    from experiments.curves import curves_of
    from experiments.files import parquet
    from simulation.run import run

    result = run(task.scenario, task.seed, weigh=task.weigh)
    return Outcome(
        task.name,
        task.seed,
        "done",
        metrics=result.metrics,
        fate=result.fate,
        curves=curves_of(result.tables) if task.draws else None,
        tables={name: parquet(result.tables[name].assign(key=task.key)) for name in task.keep},
        key=task.key,
        weights=result.weights,
    )


def failed(task: Task, error: str, cpu_s: float = 0.0) -> Outcome:
    """The outcome of a run that gave nothing."""
    return Outcome(task.name, task.seed, "failed", error, cpu_s=cpu_s, key=task.key)

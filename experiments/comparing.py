"""Comparing scenarios: the same seeds, and so the same people and the same troubles, under each of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.curves import Averaged, Shown, average
from experiments.engines.pool import do_all
from experiments.engines.task import Outcome, Task
from experiments.messages import title_in
from experiments.provenance import run_key
from experiments.statistics import compare_table
from scenarios.errors import RunFailedError
from scenarios.schema import Scenario
from simulation.metrics import METRICS


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison gives."""

    scenarios: dict[str, Scenario]
    """By name, the first being the one that the others are compared with."""
    runs: pd.DataFrame
    """A row per run: scenario, title, parameters, seed, status, error, key, fate, and every metric."""
    table: pd.DataFrame
    """Every metric of every scenario with intervals, see :func:`experiments.statistics.compare_table`."""
    shown: list[Shown]
    """Each scenario's curves averaged over its runs; only those of which a run succeeded."""
    parameters: dict[str, object]
    """What was changed in every scenario."""


def compare(
    scenarios: Mapping[str, Scenario],
    seeds: Sequence[int],
    workers: int,
    tell: Callable[[Outcome], None],
    changes: Mapping[str, object],
) -> Comparison:
    """Run every scenario with every seed.

    An interrupt ends the runs under way; what was finished is compared as far as it goes.

    Args:
        scenarios: by name.
        seeds: seeds of the replications; each gives one fate, shared by scenarios of the same community.
        workers: processes to use.
        tell: called with every run that ends.
        changes: what was set in every scenario; noted in the table.

    Raises:
        RunFailedError: no run succeeded.
        Interrupted: with what was finished, where the user interrupted.
    """
    tasks = [Task(name, scenario, seed) for seed in seeds for name, scenario in scenarios.items()]
    outcomes: list[Outcome] = []
    interrupted = False
    try:
        for outcome in do_all(tasks, workers):
            outcomes.append(outcome)
            tell(outcome)
    except KeyboardInterrupt:
        interrupted = True
        if not any(outcome.status == "done" for outcome in outcomes):
            raise
    comparison = _put_together(scenarios, outcomes, changes)
    if interrupted:
        raise Interrupted(comparison)
    return comparison


class Interrupted(KeyboardInterrupt):
    """A comparison was interrupted; holds what was finished."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.comparison = comparison


def _put_together(
    scenarios: Mapping[str, Scenario], outcomes: Sequence[Outcome], changes: Mapping[str, object]
) -> Comparison:
    done = [outcome for outcome in outcomes if outcome.status == "done"]
    if not done:
        raise RunFailedError(f"no run succeeded; the first failed with: {outcomes[0].error}")
    place = {name: number for number, name in enumerate(scenarios)}
    ordered = sorted(outcomes, key=lambda outcome: (place[outcome.name], outcome.seed))
    runs = runs_table([_row(scenarios[outcome.name], outcome, changes) for outcome in ordered])
    succeeded = {outcome.name for outcome in done}
    curves: dict[str, list[Any]] = {name: [] for name in scenarios if name in succeeded}
    for outcome in ordered:
        if outcome.curves is not None:
            curves[outcome.name].append(outcome.curves)
    averaged: dict[str, Averaged] = {name: average(runs) for name, runs in curves.items()}
    shown = [Shown(name, scenarios[name].title, averaged[name], scenarios[name].asks) for name in averaged]
    return Comparison(dict(scenarios), runs, compare_table(runs), shown, dict(changes))


def runs_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A row per run, with the types that its columns have whatever is missing."""
    texts = dict.fromkeys(("scenario", "title", "parameters", "status", "error", "key", "fate"), "string")
    return pd.DataFrame(rows).astype(texts | dict.fromkeys(METRICS, "Float64") | {"seed": "int64"})


def _row(scenario: Scenario, outcome: Outcome, changes: Mapping[str, object]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "scenario": outcome.name,
        "title": title_in(scenario.title, "en"),
        "parameters": json.dumps(changes, ensure_ascii=False, default=str),
        "seed": outcome.seed,
        "status": outcome.status,
        "error": outcome.error,
        "key": run_key(scenario, outcome.seed),
        "fate": outcome.fate,
    }
    return row | {name: outcome.metrics.get(name) for name in METRICS}

"""Comparing scenarios: the same seeds, and so the same people and the same troubles, under each of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.curves import Shown, average
from experiments.engines.task import Engine, Task
from experiments.messages import title_in
from experiments.provenance import run_key, scenario_hash
from experiments.statistics import compare_table
from experiments.store import Planned, Store, Stored, Tell
from scenarios.errors import RunFailedError
from scenarios.schema import Scenario
from simulation.results.metrics import METRICS


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
    store: Store,
    engine: Engine,
    tell: Tell,
    changes: Mapping[str, object],
    *,
    anew: bool = False,
) -> Comparison:
    """Run every scenario with every seed, but for the runs that are in the store.

    An interrupt ends the runs under way; what was finished is compared as far as it goes.

    Args:
        scenarios: by name.
        seeds: seeds of the replications; each gives one fate, shared by scenarios of the same community.
        store: where runs are kept.
        engine: does them.
        tell: called with each run that ends, and once before, with what was there already.
        changes: what was set in every scenario; noted in the table.
        anew: whether to do runs again that are all there, to see whether the same comes out.

    Raises:
        RunFailedError: no run succeeded.
        Interrupted: with what was finished, where the user interrupted.
        OutputError: a run cannot be written; those before it stay.
    """
    hashes = [scenario_hash(scenario) for scenario in scenarios.values()]
    store.plan((place, seed, run_key(known, seed)) for place, known in enumerate(hashes) for seed in seeds)
    if anew:
        store.forget_planned()
    tasks = (
        Task(name, scenario, seed, key=run_key(known, seed))
        for seed in seeds
        for (name, scenario), known in zip(scenarios.items(), hashes, strict=True)
    )
    try:
        store.carry_out(tasks, engine, tell)
    except KeyboardInterrupt:
        if not store.count_done():
            raise
        raise Interrupted(_put_together(scenarios, store, changes)) from None
    return _put_together(scenarios, store, changes)


class Interrupted(KeyboardInterrupt):
    """A comparison was interrupted; holds what was finished."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.comparison = comparison


def _put_together(
    scenarios: Mapping[str, Scenario], store: Store, changes: Mapping[str, object]
) -> Comparison:
    """What came of the planned runs, failed ones too; those that are not there are left out."""
    names = list(scenarios)
    rows: list[dict[str, Any]] = []
    done: dict[str, list[str]] = {}
    for run in store.planned():
        if run.stored is not None:
            name = names[run.point]
            rows.append(_row(name, scenarios[name], run, run.stored, changes))
            if run.stored.status == "done":
                done.setdefault(name, []).append(run.key)
    if not done:
        raise RunFailedError(f"no run succeeded; the first failed with: {rows[0]['error']}")
    shown = []
    for name, keys in done.items():
        averaged = average([curves for key in keys if (curves := store.curves(key)) is not None])
        shown.append(Shown(name, scenarios[name].title, averaged, scenarios[name].asks))
    runs = runs_table(rows)
    return Comparison(dict(scenarios), runs, compare_table(runs), shown, dict(changes))


def runs_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A row per run, with the types that its columns have whatever is missing."""
    texts = dict.fromkeys(("scenario", "title", "parameters", "status", "error", "key", "fate"), "string")
    return pd.DataFrame(rows).astype(texts | dict.fromkeys(METRICS, "Float64") | {"seed": "int64"})


def _row(
    name: str, scenario: Scenario, run: Planned, stored: Stored, changes: Mapping[str, object]
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "scenario": name,
        "title": title_in(scenario.title, "en"),
        "parameters": json.dumps(changes, ensure_ascii=False, default=str),
        "seed": run.seed,
        "status": stored.status,
        "error": stored.error,
        "key": run.key,
        "fate": stored.fate,
    }
    return row | {metric: stored.metrics.get(metric) for metric in METRICS}

"""The tables of a search: its trials as they were when they were chosen from, and its front judged anew."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.search.pareto import on_front
from experiments.search.plan import BASE, VALUES, SearchPlan
from experiments.search.searching import Found, mean_of
from experiments.statistics import t_interval
from experiments.sweeps.tables import factor_types, write_rows


def write_trials(folder: Path, plan: SearchPlan, found: Found) -> None:
    """Write ``trials.parquet``: the scenario itself, then a row per trial in the order of the search."""
    schema = pa.schema(
        [
            ("trial", pa.int64()),
            ("generation", pa.int64()),
            *_setting(plan),
            ("runs", pa.int64()),
            ("n", pa.int64()),
            *_outcomes(plan, VALUES[:6]),
            ("on_front", pa.bool_()),
            ("refused", pa.string()),
        ]
    )
    write_rows(folder / "trials.parquet", schema, _trials(plan, found))


def write_front(folder: Path, plan: SearchPlan, found: Found) -> None:
    """Write ``front.parquet``: the scenario itself, then the front, from the first outcome's best on."""
    schema = pa.schema(
        [
            ("trial", pa.int64()),
            ("generation", pa.int64()),
            ("what", pa.string()),
            *_setting(plan),
            ("runs", pa.int64()),
            ("n", pa.int64()),
            *_outcomes(plan, VALUES),
            ("holds", pa.bool_()),
            ("alike", pa.int64()),
        ]
    )
    write_rows(folder / "front.parquet", schema, _front(plan, found))


def _setting(plan: SearchPlan) -> list[tuple[str, pa.DataType]]:
    return [("scenario", pa.string()), *factor_types(plan).items()]


def _outcomes(plan: SearchPlan, values: tuple[str, ...]) -> list[tuple[str, pa.DataType]]:
    return [(f"{outcome}.{value}", pa.float64()) for outcome in plan.outcomes for value in values]


def _trials(plan: SearchPlan, found: Found) -> Iterator[dict[str, Any]]:
    for number, sample in enumerate(found.samples):
        yield {
            **_row(plan, number, sample, found.samples[BASE]),
            "on_front": found.on_front[number],
            "refused": plan.refused.get(number),
        }


def _front(plan: SearchPlan, found: Found) -> Iterator[dict[str, Any]]:
    directions = list(plan.outcomes.values())
    holds: dict[int, bool] = {}
    if found.front:
        means = np.array([mean_of(found.fresh[number]) for number in found.front])
        holds = dict(zip(found.front, on_front(means, directions).tolist(), strict=True))
    sign = -1.0 if directions[0] == "max" else 1.0
    in_order = sorted(found.front, key=lambda number: (sign * mean_of(found.samples[number])[0], number))
    for number in (BASE, *in_order):
        chosen = _row(plan, number, found.samples[number], found.samples[BASE])
        yield {
            **_row(plan, number, found.fresh[number], found.fresh[BASE]),
            "what": "base" if number == BASE else "front",
            **{f"{outcome}.chosen": chosen[f"{outcome}.mean"] for outcome in plan.outcomes},
            **{f"{outcome}.chosen_diff": chosen[f"{outcome}.diff"] for outcome in plan.outcomes},
            "holds": holds.get(number),
            "alike": found.front.get(number),
        }


def _row(plan: SearchPlan, number: int, sample: pd.DataFrame, base: pd.DataFrame) -> dict[str, Any]:
    """A point, with mean and interval of each outcome and of its paired difference from the scenario itself.

    They are null where a replication has no value, since those that have one may be unlike it.
    """
    point = plan.points[number]
    row: dict[str, Any] = {
        "trial": number,
        "generation": plan.generations[number],
        "scenario": plan.name(point),
        **point,
        "runs": len(sample),
        "n": int(sample.notna().all(axis=1).sum()),
    }
    for values, names in ((sample, VALUES[:3]), (sample - base, VALUES[3:6])):
        for outcome, interval in t_interval(values).iterrows():
            complete = int(interval["n"]) == len(sample)
            for name, value in zip(names, VALUES[:3], strict=True):
                row[f"{outcome}.{name}"] = _known(interval[value]) if complete else None
    return row


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)

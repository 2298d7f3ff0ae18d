"""The tables of an attribution: worth of mechanisms, interactions of pairs, what all give together, runs."""

import json
from typing import Any

import numpy as np
import pandas as pd

from experiments import comparing
from experiments.attribution.attributing import Asked, Samples
from experiments.attribution.per_hour import per_hour, staff_time
from experiments.attribution.shapley import Numbers
from experiments.messages import title_in
from experiments.statistics import benjamini_hochberg, holm, p_values, t_interval
from experiments.store import Store
from simulation.results.metrics import METRICS

HOURS = "effort.hours"
WORTH = ("metric", "mechanism", "orders", "n", "worth", "low", "high",
         "p", "p_holm", "staff_time", "per_hour", "per_hour_low", "per_hour_high")  # fmt: skip
INTERACTIONS = ("metric", "first", "second", "met", "n", "interaction", "low", "high", "p", "p_bh")
TOTALS = ("metric", "orders", "n", "nothing", "full", "difference", "low", "high")
_OF_TIME = (HOURS, "effort.hours_per_household")
"""Metrics that are staff time themselves, and so have no worth for each hour of it."""


def worth_table(asked: Asked, samples: Samples) -> pd.DataFrame:
    """What each mechanism is worth to each metric.

    Returns:
        A row per metric and mechanism: ``orders`` that were run, ``n`` of them in which the metric has a
        value under every coalition, the mean ``worth`` over these with its interval ``low`` to ``high``,
        ``p`` of no worth and ``p_holm``, corrected for all worths of which every order has a sample. Then
        what the mechanism does to ``staff_time``, and its worth for each hour of it, null where hours are not
        clearly spent. Worths of a metric add up to its difference in :func:`totals_table`. Where ``n`` is 0
        the metric has none.
    """
    hours = samples.worth[:, :, list(METRICS).index(HOURS)]
    times = [staff_time(low, high) for _, _, low, high in _intervals(hours)]
    rows = []
    for place, metric in enumerate(METRICS):
        worth = samples.worth[:, :, place]
        p = _p_values(worth, samples.nothing[:, [place]])
        for player, (n, mean, low, high) in enumerate(_intervals(worth)):
            known = ~np.isnan(worth[:, player])
            ratio = None if metric in _OF_TIME else per_hour(worth[known, player], hours[known, player])
            rows.append(
                {
                    "metric": metric,
                    "mechanism": asked.switches[player],
                    "orders": len(worth),
                    "n": n,
                    "worth": mean,
                    "low": low,
                    "high": high,
                    "p": p[player],
                    "staff_time": times[player],
                    "per_hour": ratio and ratio.value,
                    "per_hour_low": ratio and ratio.low,
                    "per_hour_high": ratio and ratio.high,
                }
            )
    table = pd.DataFrame(rows, columns=list(WORTH))
    table["p_holm"] = holm(table["p"].where(table["n"] == table["orders"]))
    return _typed(table)


def totals_table(samples: Samples) -> pd.DataFrame:
    """What all mechanisms give together, over the orders in which a metric has a value throughout.

    Returns:
        A row per metric: its mean with ``nothing`` on and in ``full``, and their paired ``difference``.
    """
    unknown = np.isnan(samples.worth).any(axis=1)
    nothing = np.where(unknown, np.nan, samples.nothing)
    full = np.where(unknown, np.nan, samples.full)
    means = t_interval(pd.DataFrame(full - nothing, columns=list(METRICS)))
    table = pd.DataFrame(
        {
            "metric": list(METRICS),
            "orders": len(full),
            "n": means["n"].to_numpy(),
            "nothing": t_interval(pd.DataFrame(nothing))["mean"].to_numpy(),
            "full": t_interval(pd.DataFrame(full))["mean"].to_numpy(),
            "difference": means["mean"].to_numpy(),
            "low": means["low"].to_numpy(),
            "high": means["high"].to_numpy(),
        }
    )
    return _typed(table)


def interactions_table(asked: Asked, samples: Samples) -> pd.DataFrame:
    """What pairs of mechanisms add together beyond what each adds alone.

    Returns:
        A row per metric and pair that was met: ``met`` is in how many orders they were neighbours, ``n`` of
        them with a value, ``interaction`` the mean with its interval, ``p`` of none and ``p_bh``: of those
        with 0.05 or less, at most 5 % are expected to be luck. Above 0 each makes the other worth more, below
        0 each does in part what the other does.
    """
    rows = []
    for (first, second), met in samples.pairs.items():
        p = _p_values(np.stack(met), np.zeros((1, 1)))
        found = _intervals(np.stack(met))
        for column, (metric, (n, mean, low, high)) in enumerate(zip(METRICS, found, strict=True)):
            rows.append(
                {
                    "metric": metric,
                    "first": asked.switches[first],
                    "second": asked.switches[second],
                    "met": len(met),
                    "n": n,
                    "interaction": mean,
                    "low": low,
                    "high": high,
                    "p": p[column],
                }
            )
    table = pd.DataFrame(rows, columns=list(INTERACTIONS))
    table["p_bh"] = benjamini_hochberg(table["p"].where(table["n"] == table["met"]))
    place = table["metric"].map({name: number for number, name in enumerate(METRICS)})
    return _typed(table.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True))


def runs_table(asked: Asked, store: Store, orders: int) -> pd.DataFrame:
    """A row per run: its switches, seed, status and every metric; by seed, from the fewest switches on."""
    rows = [
        _run(asked, store, coalition, seed)
        for seed in asked.seeds(orders)
        for coalition in sorted(asked.coalitions(seed), key=lambda one: (one.bit_count(), one))
    ]
    return comparing.runs_table(rows)


def _run(asked: Asked, store: Store, coalition: int, seed: int) -> dict[str, Any]:
    switches = {f"mechanisms.{name}": on for name, on in asked.on(coalition).items()}
    key = asked.key(coalition, seed)
    run = store.get(key)
    row = {
        "scenario": asked.name,
        **switches,
        "title": title_in(asked.base.base.title, "en"),
        "parameters": json.dumps(switches),
        "seed": seed,
        "status": "missing" if run is None else run.status,
        "error": run and run.error,
        "key": key,
        "fate": run and run.fate,
    }
    return row | {name: run and run.metrics.get(name) for name in METRICS}


def _intervals(samples: Numbers) -> list[tuple[int, float, float, float]]:
    """Of each column: how many values, their mean, and its interval."""
    means = t_interval(pd.DataFrame(samples))
    return [
        (int(n), float(mean), float(low), float(high))
        for n, mean, low, high in means[["n", "mean", "low", "high"]].to_numpy().tolist()
    ]


def _p_values(samples: Numbers, level: Numbers) -> list[float]:
    """Of no difference from 0, column by column; ``level`` is what rounding is judged by."""
    first = pd.DataFrame(np.broadcast_to(level, samples.shape))
    return p_values(first, first + samples).tolist()


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Texts, whole numbers and numbers that may be null."""
    kinds = {
        name: "string" if name in _TEXTS else "int64" if name in _COUNTS else "Float64" for name in table
    }
    return table.astype(kinds)


_TEXTS = ("metric", "mechanism", "staff_time", "first", "second")
_COUNTS = ("orders", "n", "met")

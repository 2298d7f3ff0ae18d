"""Intervals of means and of paired differences. The mean of nothing is null, never 0."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from simulation.metrics import METRICS

LEVEL = 0.95
"""Level of every interval in tables and figures."""
TABLE = ("metric", "scenario", "runs", "n", "mean", "low", "high",
         "paired", "pairs", "diff", "diff_low", "diff_high", "pairing_gain")  # fmt: skip
"""Columns of a comparison's table."""


def t_interval(samples: pd.DataFrame) -> pd.DataFrame:
    """Mean of each column and its interval by Student's t.

    Args:
        samples: a column per quantity, a row per replication; nulls are left out column by column.

    Returns:
        A row per column with ``n``, ``mean``, ``low`` and ``high``; ``mean`` is NaN where a column has no
        value, and ``low`` and ``high`` are NaN where it has fewer than two.
    """
    numbers = samples.astype("float64")
    n = numbers.count()
    mean = numbers.mean()
    half = stats.t.ppf(0.5 + LEVEL / 2.0, n - 1) * numbers.sem()
    return pd.DataFrame({"n": n, "mean": mean, "low": mean - half, "high": mean + half})


def half_width(values: Sequence[float]) -> float:
    """Half the width of the interval of a mean by Student's t; NaN where fewer than two values are known."""
    if len(values) < 2:
        return float("nan")
    return float(stats.t.ppf(0.5 + LEVEL / 2.0, len(values) - 1) * stats.sem(values))


def pairing_gain(first: pd.DataFrame, second: pd.DataFrame) -> "pd.Series[float]":
    """Share of a difference's variance that pairing by seed removes, column by column.

    Args:
        first: a row per seed.
        second: the same seeds under another scenario.

    Returns:
        1 - var(second - first) / (var first + var second) over complete pairs: 0 where the two are
        unrelated, negative where pairing harms, NaN where fewer than two pairs exist or nothing varies.
    """
    a, b = first.astype("float64"), second.astype("float64")
    both = a.notna() & b.notna()
    a, b = a.where(both), b.where(both)
    unpaired = a.var() + b.var()
    return 1.0 - (b - a).var() / unpaired.where(unpaired > 0.0)


def compare_table(runs: pd.DataFrame, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Every metric of every scenario with intervals, and paired differences from the first scenario.

    Args:
        runs: a row per run with ``scenario``, ``seed`` and a column per metric; a run that failed has nulls.
            The first row's scenario is the one that the others are compared with.
        metrics: which columns are metrics; all of :data:`simulation.metrics.METRICS` that are there if None.

    Returns:
        A row per metric and scenario: ``metric``, ``scenario``, ``runs`` (runs that finished), ``n`` (of them
        with a value), ``mean``, ``low``, ``high``, and for every scenario but the first ``paired`` (seeds
        that finished in both), ``pairs`` (of them with a value in both), ``diff``, ``diff_low``,
        ``diff_high`` and ``pairing_gain``. Where ``pairs`` is below ``paired``, the difference is that of
        the seeds in which both have a value, which may be unlike the others.

    Raises:
        ValueError: where a scenario has two runs of one seed.
    """
    names = [name for name in METRICS if name in runs.columns] if metrics is None else list(metrics)
    if runs.duplicated(["scenario", "seed"]).any():
        raise ValueError("a scenario has two runs of one seed")
    by_scenario = {
        name: runs[runs["scenario"] == name].set_index("seed")[names].astype("float64")
        for name in runs["scenario"].unique()
    }
    reference, *others = by_scenario
    parts = [_rows(by_scenario[reference], None).assign(scenario=reference)]
    parts += [_rows(by_scenario[name], by_scenario[reference]).assign(scenario=name) for name in others]
    table = pd.concat(parts, ignore_index=True)
    place = table["metric"].map({name: number for number, name in enumerate(names)})
    table = table.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)
    return table[list(TABLE)].astype({"metric": "string", "scenario": "string"})


def _rows(values: pd.DataFrame, reference: pd.DataFrame | None) -> pd.DataFrame:
    finished = values.notna().any(axis=1)
    rows = t_interval(values).assign(runs=int(finished.sum()))
    compared = ["pairs", "diff", "diff_low", "diff_high"]
    if reference is None:
        rows = rows.assign(
            paired=0, pairs=0, diff=np.nan, diff_low=np.nan, diff_high=np.nan, pairing_gain=np.nan
        )
    else:
        first, second = reference.align(values, join="inner", axis=0)
        rows["paired"] = int((first.notna().any(axis=1) & second.notna().any(axis=1)).sum())
        rows[compared] = t_interval(second - first)
        rows["pairing_gain"] = pairing_gain(first, second)
    return rows.rename_axis("metric").reset_index()

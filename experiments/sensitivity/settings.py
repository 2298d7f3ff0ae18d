"""The settings of a sweep, marked by whether something happened there: a threshold passed, a policy lost."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from experiments.asking import read_asked
from experiments.statistics import t_interval
from experiments.sweeps.asked import Sweep
from scenarios.errors import InputError, ResultError
from scenarios.names import nearest_name
from simulation.results.metrics import METRICS


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the factors, and in which of them it happened."""

    factors: pd.DataFrame
    """A row per setting, a column per factor."""
    happened: "pd.Series[bool]"
    """Of each setting."""
    left_out: int
    """Settings that are not here, because no run of theirs, or no pair, has a value."""


def read_runs(folder: Path, metric: str) -> tuple[pd.DataFrame, list[str]]:
    """The runs of a finished sweep with one metric, and the names of its factors.

    Raises:
        InputError: there is no such metric.
        ResultError: the folder holds no finished sweep.
    """
    if metric not in METRICS:
        raise InputError(f"no metric is called '{metric[:60]}'; {nearest_name(metric, METRICS)}")
    if not (folder / "sweep.yaml").is_file() or not (folder / "runs.parquet").is_file():
        raise ResultError(f"{folder}: holds no finished sweep, which is what 'gongzhi sweep' leaves there")
    asked, _ = read_asked(folder / "sweep.yaml", Sweep)
    names = list(asked.factors)
    try:
        columns = dict.fromkeys(["point", "seed", *names, metric])
        return pq.read_table(folder / "runs.parquet", columns=list(columns)).to_pandas(), names
    except (OSError, ValueError, KeyError) as error:
        raise ResultError(f"{folder}/runs.parquet: cannot be read: {error}") from error


def beyond(
    runs: pd.DataFrame, factors: Sequence[str], metric: str, threshold: float, *, below: bool
) -> Settings:
    """Settings in which the mean of a metric over the runs is below, or above, a threshold.

    Args:
        runs: a row per run with ``point``, the factors and the metric.
        factors: names of the factors.
        metric: its name.
        threshold: in the metric's own unit; a share is 0 to 1.
        below: whether settings below it are sought, not those above it.
    """
    points = runs.groupby("point", sort=True)
    means = points[metric].mean()
    known = means.notna()
    places = points[list(factors)].first()[known]
    found = means[known] < threshold if below else means[known] > threshold
    return Settings(places.reset_index(drop=True), found.reset_index(drop=True), int((~known).sum()))


def lost(
    runs: pd.DataFrame,
    factors: Sequence[str],
    metric: str,
    factor: str,
    loser: str,
    winner: str,
    *,
    clear: bool,
) -> Settings:
    """Settings of the other factors in which one value of a factor does worse than another.

    Args:
        runs: a row per run with ``seed``, the factors and the metric.
        factors: names of all factors.
        metric: its name.
        factor: whose values are compared.
        loser: the value that may lose.
        winner: the value that it may lose to.
        clear: count a setting only where the interval of the mean difference, paired by seed, excludes 0.

    Raises:
        InputError: there is no such factor or value, no direction of the metric is better, or no setting was
            run under both values.
    """
    if factor not in factors:
        raise InputError(f"the sweep has no factor '{factor[:60]}'; {nearest_name(factor, factors)}")
    better = METRICS[metric].better
    if better is None:
        raise InputError(f"neither more nor less of {metric} is better: ask with --below or --above")
    labels = runs[factor].map(_label)
    for value in (loser, winner):
        if value not in set(labels):
            there = ", ".join(dict.fromkeys(labels))
            raise InputError(f"the factor {factor} has no value '{value[:60]}'; there are: {there}")
    others = [name for name in factors if name != factor]
    if not others:
        raise InputError(f"the sweep varies nothing but {factor}: 'gongzhi compare' says which is better")
    sides = [
        runs[labels == value].set_index([*others, "seed"])[metric].groupby(level=[*others, "seed"]).first()
        for value in (loser, winner)
    ]
    both = pd.concat(sides, axis=1, join="inner", keys=["loser", "winner"])
    if both.empty:
        raise InputError(
            f"no setting of {', '.join(others)} was run under both {loser} and {winner}: a design of the "
            "kind grid runs each setting under both, and one of the kind points may"
        )
    worse = both["winner"] - both["loser"] if better == "higher" else both["loser"] - both["winner"]
    wide = worse.unstack("seed")  # noqa: PD010 - a pivot table would leave out settings without values
    interval = t_interval(wide.T)
    known = (interval["n"] > 0).to_numpy()
    found = (interval["low"] if clear else interval["mean"]) > 0.0
    places = wide.index.to_frame(index=False)[known].reset_index(drop=True)
    return Settings(places, found[known].reset_index(drop=True), int((~known).sum()))


def _label(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)

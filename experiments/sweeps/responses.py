"""How metrics answer to factors, read off the points of a sweep: means at levels of factors with intervals.

Where every level meets the same settings of the other factors, as in a grid, a mean is over just these
settings, and since all points have the same seeds, its interval is at most as wide as theirs are on average.
Elsewhere the settings are a sample, and the interval is that of a mean over points.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.findings import MAIN
from experiments.messages import Language
from experiments.parameters import switch_in
from experiments.statistics import half_width
from scenarios.errors import InputError, ResultError
from scenarios.fields import key_at
from scenarios.names import nearest_name
from scenarios.units import write_clock, write_duration

FILE = "points.parquet"
MOST_LEVELS = 12
"""Different numbers up to which each is a level; more are put together in bins."""
MOST_LINES = 6
LOG_FROM = 100.0
"""Ratio of the largest to the smallest of evenly multiplied numbers from which an axis is logarithmic."""
NUMBERS = ("runs", "n", "mean", "low", "high", "sd")
_LONG = 1.0 / 6.0
"""Hours from which a duration is written to the minute."""

Points = pd.DataFrame


@dataclass(frozen=True, slots=True)
class Axis:
    """A factor as a figure shows it."""

    factor: str
    places: NDArray[np.float64]
    """Of the levels; of words their number."""
    texts: tuple[str, ...]
    """What is written at each level."""
    of_point: NDArray[np.int64]
    """The level of each point."""
    numeric: bool
    binned: bool
    """Whether a level stands for all values in a span."""
    log: bool


@dataclass(frozen=True, slots=True)
class Response:
    """Means of a metric at the levels of one or two factors."""

    metric: str
    mean: NDArray[np.float64]
    """By level of the first factor and of the second; NaN where there is none."""
    half: NDArray[np.float64]
    """Half the width of the interval of each; NaN where there is none."""
    crossed: bool
    """Whether every level meets the same settings of the other factors."""


def read_points(source: Points | Path | str, only: Sequence[str] | None = None) -> Points:
    """The points of a sweep.

    Args:
        source: a sweep's folder, or its points themselves.
        only: the metrics that are read from a folder; all if None.

    Raises:
        ResultError: there are none.
    """
    if isinstance(source, pd.DataFrame):
        points = source
    else:
        path = Path(source) / FILE
        if not path.is_file():
            raise ResultError(f"{path}: there is no such file: give the folder of a sweep that is done")
        try:
            filters = None if only is None else [("metric", "in", list(only))]
            points = pd.read_parquet(path, filters=filters)
        except (OSError, ValueError) as error:
            raise ResultError(f"{path}: cannot be read: {error}") from error
    missing = [name for name in ("point", "metric", *NUMBERS) if name not in points]
    if missing:
        raise ResultError(f"the points of a sweep have a column '{missing[0]}', these have none")
    return points


def factors_of(points: Points) -> list[str]:
    """The factors that have more than one value, in the order of the sweep file."""
    own = {"point", "metric", *NUMBERS}
    return [str(name) for name in points.columns if name not in own and len(points[name].unique()) > 1]


def factor_called(points: Points, name: str, apart_from: str | None = None) -> str:
    """A factor that somebody names.

    Args:
        points: of a sweep.
        name: what was written.
        apart_from: a factor that is taken already.

    Raises:
        InputError: there is none of this name, it has one value only, or it is taken.
    """
    factors = factors_of(points)
    if name == apart_from:
        raise InputError(f"factor '{name}' is named twice: give another one")
    if name in factors:
        return name
    if name in points and name not in {"point", "metric", *NUMBERS}:
        raise InputError(f"factor '{name}' has the same value at every point")
    raise InputError(f"the sweep has no factor '{name[:60]}'; {nearest_name(name, factors)}")


def first_factors(points: Points, count: int) -> list[str]:
    """The first factors, those with numbers before the others.

    Raises:
        InputError: there are not so many.
    """
    factors = sorted(factors_of(points), key=lambda name: not is_ordered(points, name))
    if len(factors) < count:
        have = f"the sweep has {len(factors)}"
        raise InputError(f"this figure needs {count} factors with more than one value; {have}")
    return factors[:count]


def metrics_called(
    points: Points, names: str | Sequence[str] | None, default: Sequence[str] = MAIN
) -> list[str]:
    """The metrics that somebody names; those of ``default`` that have a value where nobody does.

    Raises:
        InputError: there is none of such a name.
    """
    known = list(dict.fromkeys(points["metric"]))
    if names is None:
        valued = set(points.loc[points["mean"].notna(), "metric"])
        return [name for name in default if name in valued] or [name for name in default if name in known]
    asked = [names] if isinstance(names, str) else list(names)
    for name in asked:
        if name not in known:
            raise InputError(f"the sweep has no metric '{name[:60]}'; {nearest_name(name, known)}")
    return asked


def axis_of(points: Points, factor: str, bins: int, language: Language = "en") -> Axis:
    """A factor's levels, numbers in their order and words in that of the file; many numbers in bins.

    Args:
        points: a row per point.
        factor: the name of its column.
        bins: how many, where there are more than :data:`MOST_LEVELS` numbers.
        language: of the texts.
    """
    values = points[factor]
    if not is_ordered(points, factor):
        labels = list(dict.fromkeys(values))
        of_point = np.array([labels.index(value) for value in values], dtype=np.int64)
        texts = tuple(written(factor, label, language) for label in labels)
        return Axis(factor, np.arange(len(labels), dtype=float), texts, of_point, False, False, False)
    numbers = values.to_numpy(dtype=float)
    known, of_point = np.unique(numbers, return_inverse=True)
    log = _multiplied(known)
    if len(known) <= MOST_LEVELS:
        texts = tuple(written(factor, value) for value in known.tolist())
        return Axis(factor, known, texts, of_point.astype(np.int64), True, False, log)
    log = bool(known[0] > 0.0 and np.median(known) < 0.2 * known.mean())
    space = np.geomspace if log else np.linspace
    edges = space(known[0], known[-1], bins + 1)
    places = np.sqrt(edges[:-1] * edges[1:]) if log else (edges[:-1] + edges[1:]) / 2.0
    of_point = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, bins - 1).astype(np.int64)
    ends = [written(factor, float(f"{edge:.3g}")) for edge in edges]
    texts = tuple(f"{low} – {high}" for low, high in pairwise(ends))
    return Axis(factor, places, texts, of_point, True, True, log)


def is_ordered(points: Points, factor: str) -> bool:
    """Whether a factor's values are numbers, which have an order of their own."""
    kind = points[factor].dtype
    return bool(pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind))


def _multiplied(known: NDArray[np.float64]) -> bool:
    """Whether numbers are equal steps of a logarithmic scale."""
    if len(known) < 3 or known[0] <= 0.0 or known[-1] < LOG_FROM * known[0]:
        return False
    return bool(np.ptp(np.diff(np.log(known))) < 0.1 * np.log(known[-1] / known[0]) / (len(known) - 1))


def written(factor: str, value: Any, language: Language = "en") -> str:
    """A value of a factor as people write it: durations with their unit, a switch as a word."""
    if isinstance(value, bool | np.bool_):
        return switch_in(bool(value), language)
    if isinstance(value, int | float | np.integer | np.floating) and not math.isnan(value):
        _, kind = key_at(tuple(factor.split(".")), {})
        shown = float(value)
        if kind is not None and kind.name == "duration" and shown > 0.0:
            parts = 60.0 if shown >= _LONG else 3600.0
            return write_duration(round(shown * parts) / parts)
        if kind is not None and kind.name == "time of day" and shown >= 0.0:
            return write_clock(shown)
        whole = shown.is_integer() and abs(shown) < 1e15
        return (f"{shown:,.0f}" if whole else f"{shown:.4g}").replace("-", "−")
    return str(value)


def respond(points: Points, metric: str, axes: Sequence[Axis]) -> Response:
    """Means of a metric at the levels of one or two factors, over all settings of the others.

    Args:
        points: a row per point, those of the metric.
        metric: its name.
        axes: the levels of the first factor, and perhaps of a second, of these points.
    """
    shape = (len(axes[0].places), len(axes[1].places) if len(axes) > 1 else 1)
    second = axes[1].of_point if len(axes) > 1 else np.zeros(len(points), dtype=np.int64)
    cell = axes[0].of_point * shape[1] + second
    means = points["mean"].to_numpy(dtype=float)
    halves = points["high"].to_numpy(dtype=float) - means
    others = [name for name in factors_of(points) if name not in {axis.factor for axis in axes}]
    settings = points[others].apply(tuple, axis=1).to_numpy() if others else np.zeros(len(points))
    found = {place: np.flatnonzero(cell == place) for place in range(shape[0] * shape[1])}
    crossed = not any(axis.binned for axis in axes) and _crossed(list(found.values()), settings)
    mean, half = np.full(len(found), math.nan), np.full(len(found), math.nan)
    for place, here in found.items():
        if crossed:
            mean[place], half[place] = means[here].mean(), halves[here].mean()
        else:
            known = means[here][~np.isnan(means[here])]
            mean[place] = known.mean() if len(known) else math.nan
            half[place] = half_width(known.tolist())
    return Response(metric, mean.reshape(shape), half.reshape(shape), crossed)


def _crossed(cells: Sequence[NDArray[np.int64]], settings: NDArray[Any]) -> bool:
    kept = [sorted(map(repr, settings[here])) for here in cells]
    return bool(kept[0]) and all(each == kept[0] for each in kept) and len(set(kept[0])) == len(kept[0])


def of_metric(points: Points, metric: str) -> Points:
    """The row of each point for a metric."""
    return points[points["metric"] == metric].reset_index(drop=True)


def lines_for(points: Points, by: str) -> str | None:
    """The factor that parts the lines of a curve over ``by``: one with few values, words before numbers.

    None where each has many. Numbers must meet the same settings at every level; words need not.
    """
    rows = of_metric(points, str(points["metric"].iloc[0]))
    own = axis_of(rows, by, MOST_LEVELS)
    others = [name for name in factors_of(points) if name != by and rows[name].nunique() <= MOST_LINES]
    for name in sorted(others, key=lambda name: is_ordered(points, name)):
        alike = not own.binned and respond(rows, "", (own, axis_of(rows, name, MOST_LEVELS))).crossed
        if alike or not is_ordered(points, name):
            return name
    return None


def curves_shown(points: Points, most: int = 8) -> list[str]:
    """The factors over which a report of the sweep draws curves: the first ones of the file."""
    return factors_of(points)[:most]


def maps_shown(points: Points, most: int = 3) -> list[tuple[str, str]]:
    """The pairs of factors over which a report draws maps: the first pairs of factors with numbers."""
    numbers = [name for name in factors_of(points) if is_ordered(points, name)]
    pairs = [(one, other) for place, one in enumerate(numbers) for other in numbers[place + 1 :]]
    return pairs[:most]

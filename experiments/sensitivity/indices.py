"""Sensitivity indices of a sweep: how much of a metric's variation each factor is behind, by SALib.

An index is one of the mean over a point's replications. All points are run with the same seeds, so what a
seed does to all points alike moves no index. What it does to one point and not to another stays in the means:
``noise`` is the share of their variance that other seeds would give otherwise. Where it is rough, it makes
first-order indices a little too small, and it gives a factor that does nothing but shuffle chance a total
index as high as itself; where the seeds' communities answer to a factor in their own ways, it is part of that
factor's indices. The intervals are over the points of the design and do not hold it; more replications make
it smaller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from experiments.statistics import LEVEL
from experiments.sweeps.asked import Design
from experiments.sweeps.designs import draw_shares, problem

type Numbers = NDArray[np.float64]

ANALYSED = ("sobol", "morris")
"""Designs that have indices."""
TABLE = ("metric", "factor", "other", "index", "value", "low", "high", "n", "noise", "incomplete")
"""Columns of the table of indices."""
FEWEST = 2
"""Base points or trajectories below which nothing can be resampled."""
_ALIKE = 1e-9
"""Spread of a metric, relative to its size, below which it is rounding."""


@dataclass(frozen=True, slots=True)
class Indices:
    """The indices of all metrics."""

    table: pd.DataFrame
    """A row per metric, factor (for pairs with ``other``) and index, see :data:`TABLE`."""
    left_out: dict[str, str]
    """Why a metric has none."""


@dataclass(frozen=True, slots=True)
class _Means:
    """A metric's mean at each point, in the order of the design."""

    values: Numbers
    noise: float
    """Share of the variance between points that is the seeds' own at each point; NaN if not known."""
    incomplete: int
    """Points with a value in some of their runs only."""


def sensitivity(design: Design, factors: Sequence[str], seed: int, runs: pd.DataFrame) -> Indices:
    """Indices of each metric of a sweep.

    Args:
        design: of the kind ``sobol`` or ``morris``.
        factors: names, in the order of the design.
        seed: of the sweep, from which the design was drawn; resampling takes it too.
        runs: a row per run with ``point``, ``seed`` and a column per metric.

    Returns:
        A table and, by metric, why one is left out: SALib needs a value at every point, and a metric that is
        the same everywhere has nothing to explain.
    """
    rows: list[dict[str, Any]] = []
    left_out: dict[str, str] = {}
    asked = runs.groupby("point").size().to_numpy(dtype=np.int64)
    cells = runs.set_index(["point", "seed"])
    for metric in cells.columns:
        means = _means(_by_seed(cells[metric]).to_numpy(dtype=float), asked)
        why = _unfit(design, len(factors), means.values)
        if why:
            left_out[metric] = why
            continue
        ways = _sobol if design.kind == "sobol" else _morris
        same = {"metric": metric, "noise": means.noise, "incomplete": means.incomplete}
        rows += [same | row for row in ways(design, factors, seed, means.values)]
    texts = dict.fromkeys(("metric", "factor", "other", "index"), "string")
    numbers = dict.fromkeys(("value", "low", "high", "noise"), "Float64")
    table = pd.DataFrame(rows, columns=list(TABLE)).astype(
        texts | numbers | {"n": "int64", "incomplete": "int64"}
    )
    return Indices(table, left_out)


def _by_seed(values: "pd.Series[float]") -> pd.DataFrame:
    """A row per point, a column per seed."""
    return values.unstack("seed")  # noqa: PD010 - a pivot table would leave out points without values


def _means(values: Numbers, asked: NDArray[Any]) -> _Means:
    """Means of points (rows) over seeds (columns), and how much of their variance is noise.

    Args:
        values: NaN where a run has none.
        asked: runs of each point; points replicated until they are precise have more than others.
    """
    known = ~np.isnan(values)
    counts = known.sum(axis=1)
    sums = np.where(known, values, 0.0).sum(axis=1)
    means = np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)
    incomplete = int(((counts > 0) & (counts < asked)).sum())
    return _Means(means, _noise(values[:, known.all(axis=0)], counts), incomplete)


def _noise(values: Numbers, counts: NDArray[Any]) -> float:
    """What seeds do at single points: the residual of points and seeds, as a share of the means' variance."""
    points, seeds = values.shape
    if points < 2 or seeds < 2:
        return float("nan")
    point, seed = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    between = float(point.var(ddof=1))
    if between <= 0.0:
        return float("nan")
    residual = values - point - seed + values.mean()
    own = float((residual**2).sum()) / ((points - 1) * (seeds - 1))
    return float(min(1.0, own * (1.0 / counts).mean() / between))


def _unfit(design: Design, factors: int, means: Numbers) -> str:
    """Why there can be no indices; empty where there can."""
    missing = int(np.isnan(means).sum())
    if missing == len(means):
        return "no value at any point"
    if missing:
        return f"no value at {missing} of {len(means)} points"
    step = _step(design, factors)
    compared = means
    if design.kind == "sobol":  # the variance that is shared out is that of the two base samples
        compared = np.concatenate([means[::step], means[step - 1 :: step]])
    if np.ptp(compared) <= _ALIKE * np.abs(means).max():
        return "the same at all points"
    if len(means) < FEWEST * step:
        return f"a size of {design.size}, of which there can be no interval"
    return ""


def _step(design: Design, factors: int) -> int:
    """Points that belong together: one of each base sample and those between them, or a trajectory."""
    if design.kind == "morris":
        return factors + 1
    return (2 if design.second_order else 1) * factors + 2


def _sobol(design: Design, factors: Sequence[str], seed: int, means: Numbers) -> Iterator[dict[str, Any]]:
    """First, total and, where asked, second-order indices with intervals by resampling base points."""
    from SALib.analyze import sobol

    n = len(means) // _step(design, len(factors))
    found = sobol.analyze(
        problem(list(factors)),
        means,
        calc_second_order=design.second_order,
        num_resamples=_resamples(n),
        conf_level=LEVEL,
        seed=seed + 1,  # SALib takes 0 for no seed at all
    )
    for index, key in (("first", "S1"), ("total", "ST")):
        for place, factor in enumerate(factors):
            value, half = float(found[key][place]), float(found[f"{key}_conf"][place])
            yield _row(factor, None, index, n, value, half)
    if design.second_order:
        for one, factor in enumerate(factors):
            for two in range(one + 1, len(factors)):
                value, half = float(found["S2"][one, two]), float(found["S2_conf"][one, two])
                yield _row(factor, factors[two], "second", n, value, half)


def _morris(design: Design, factors: Sequence[str], seed: int, means: Numbers) -> Iterator[dict[str, Any]]:
    """Elementary effects, in the metric's unit for the whole way along a factor."""
    from SALib.analyze import morris

    n = len(means) // _step(design, len(factors))
    found = morris.analyze(
        problem(list(factors)),
        draw_shares(design, len(factors), seed),
        means,
        num_resamples=_resamples(n),
        conf_level=LEVEL,
        num_levels=design.levels,
        seed=seed + 1,
    )
    t = float(special.stdtrit(n - 1, 0.5 + LEVEL / 2.0))
    for index in ("mu", "mu_star", "sigma"):
        for place, factor in enumerate(factors):
            half = float("nan")
            if index == "mu":
                half = t * float(found["sigma"][place]) / n**0.5
            elif index == "mu_star":
                half = float(found["mu_star_conf"][place])
            yield _row(factor, None, index, n, float(found[index][place]), half)


def _resamples(n: int) -> int:
    """As many as are worth their time and memory."""
    return max(100, min(1000, 250_000 // n))


def _row(factor: str, other: str | None, index: str, n: int, value: float, half: float) -> dict[str, Any]:
    return {
        "factor": factor,
        "other": other,
        "index": index,
        "value": value,
        "low": value - half,
        "high": value + half,
        "n": n,
    }

"""Intervals of means and of paired differences, and what can be said of many differences at once.

The mean of nothing is null, never 0. Quantiles of Student's t come from ``scipy.special``, where
``scipy.stats`` has them from too: that one takes half a second to load, and is loaded only for what no other
has.
"""

from collections.abc import Sequence
from math import ceil, isnan, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from simulation.results.metrics import METRICS

LEVEL = 0.95
"""Level of every interval in tables and figures."""
CLEAR = 0.05
"""A difference whose ``p_holm`` is at most this is called clear."""
TABLE = ("metric", "scenario", "runs", "n", "mean", "low", "high",
         "paired", "pairs", "diff", "diff_low", "diff_high", "pairing_gain",
         "boot_low", "boot_high", "p", "p_holm", "p_bh", "g_z", "g_av")  # fmt: skip
"""Columns of a comparison's table."""
RESAMPLES = 1999
"""Of a bootstrap."""
FEWEST_RESAMPLED = 8
"""Values below which there is no bootstrap interval: with fewer, its width is mostly luck."""
ROUNDING = 1e-12
"""Differences vary if they do by more than this share of what they are differences of."""

type Values = Sequence[float] | NDArray[np.float64] | pd.Series[float]


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
    half = special.stdtrit(np.asarray(n - 1), 0.5 + LEVEL / 2.0) * numbers.sem()
    return pd.DataFrame({"n": n, "mean": mean, "low": mean - half, "high": mean + half})


def half_width(values: Values) -> float:
    """Half the width of the interval of a mean by Student's t.

    Args:
        values: a value per replication; nulls are left out.

    Returns:
        NaN where fewer than two values are known, so that no width asked for is reached.
    """
    known = _known(values)
    if len(known) < 2:
        return nan
    return _half_width(float(known.std(ddof=1)), len(known))


def replications_needed(values: Values, half_width: float) -> int:
    """How many replications make the interval of a mean as narrow as asked for.

    The standard deviation is taken to be that of the values at hand. It is an estimate, so about half of all
    such plans end a little wide: look at :func:`half_width` again when the replications are there.

    Args:
        values: a value per replication so far; for a comparison, paired differences. Nulls are left out.
        half_width: half the width asked for, in the unit of the values.

    Returns:
        The smallest number, at least 2, with an interval by Student's t no wider than that; all are counted,
        also those at hand.

    Raises:
        ValueError: where fewer than two values are known, or ``half_width`` is not above 0.
    """
    known = _known(values)
    if len(known) < 2:
        raise ValueError("at least two values are needed to tell how much they vary")
    if isnan(half_width) or half_width <= 0.0:
        raise ValueError(f"half a width is above 0, not {half_width}")
    spread = float(known.std(ddof=1))
    # Normal quantiles are below Student's, so this is never too many, and few steps from enough.
    n = max(2, ceil((float(special.ndtri(0.5 + LEVEL / 2.0)) * spread / half_width) ** 2))
    while _half_width(spread, n) > half_width:
        n += 1
    return n


def _known(values: Values) -> NDArray[np.floating[Any]]:
    return pd.Series(values).astype("float64").dropna().to_numpy()


def _half_width(spread: float, n: int) -> float:
    return float(special.stdtrit(n - 1, 0.5 + LEVEL / 2.0)) * spread / sqrt(n)


def bootstrap_interval(samples: pd.DataFrame) -> pd.DataFrame:
    """Interval of each column's mean by a symmetric bootstrap of Student's t (Hall 1988).

    Values are drawn anew with replacement, and t of the new mean about the old one is taken each time; the
    0.95 quantile of its size takes the place of Student's quantile. It is this one because the usual ones
    cover too little at 20 values: of 4,000 intervals that should cover the mean in 95 %, did so

    ===========================  ====  ==========  ====  ====
    20 values from               t     percentile  BCa   this
    ===========================  ====  ==========  ====  ====
    normal                       95 %  93 %        93 %  96 %
    exponential                  92 %  90 %        91 %  94 %
    lognormal, sigma 0.5         93 %  92 %        92 %  95 %
    lognormal, sigma 1           87 %  86 %        87 %  90 %
    paired lognormal, sigma 0.7  95 %  91 %        88 %  96 %
    ===========================  ====  ==========  ====  ====

    So for values as skewed as the fourth none does, nor with 40 of them (92 %): such intervals are too
    narrow. The same draws serve all columns and every call: an interval depends on its column alone.

    Args:
        samples: a column per quantity, a row per replication; nulls are left out column by column.

    Returns:
        A row per column with ``low`` and ``high``; NaN where a column has fewer than
        :data:`FEWEST_RESAMPLED` values, all are equal, or so many are that draws without any spread reach the
        quantile.
    """
    numbers = samples.to_numpy(dtype=np.float64)
    known = ~np.isnan(numbers)
    bound = np.full(numbers.shape[1], np.nan)
    patterns: dict[bytes, list[int]] = {}
    for place in range(numbers.shape[1]):
        patterns.setdefault(known[:, place].tobytes(), []).append(place)
    for places in patterns.values():
        chosen = numbers[known[:, places[0]]][:, places].T
        if chosen.shape[1] >= FEWEST_RESAMPLED:
            bound[places] = _quantile_of_t(chosen)
    mean = samples.mean()
    varies = samples.std() > ROUNDING * mean.abs()
    error = (bound * samples.sem()).where(varies)
    return pd.DataFrame({"low": mean - error, "high": mean + error})


def _quantile_of_t(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 0.95 quantile of the size of Student's t in draws from each row; NaN where it is infinite."""
    from scipy.stats import bootstrap

    with np.errstate(invalid="ignore"):  # SciPy takes the standard deviation of what may be infinite
        resampled = bootstrap(
            (rows - rows.mean(axis=1, keepdims=True),),
            _size_of_t,
            n_resamples=RESAMPLES,
            batch=100,
            vectorized=True,
            axis=1,
            confidence_level=LEVEL,
            alternative="less",
            method="percentile",
            rng=np.random.default_rng(0),
        )
    quantile = resampled.confidence_interval.high
    return np.where(np.isfinite(quantile), quantile, np.nan)


def _size_of_t(sample: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    mean = np.abs(sample.mean(axis=axis))
    error = sample.std(axis=axis, ddof=1) / sqrt(sample.shape[axis])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > ROUNDING * mean, mean / error, np.inf)


def pairing_gain(first: pd.DataFrame, second: pd.DataFrame) -> "pd.Series[float]":
    """Share of a difference's variance that pairing by seed removes, column by column.

    A gain of g means that scenarios run with seeds of their own would take 1 / (1 - g) times as many runs for
    a difference known as precisely.

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


def p_values(first: pd.DataFrame, second: pd.DataFrame) -> "pd.Series[float]":
    """Two-sided p of no difference in the mean, column by column, over complete pairs.

    It is that of Student's paired t, so it is below 0.05 exactly where the interval of the difference leaves
    out 0; but where all differences are equal, up to rounding, t has no spread to go by. There it is that of
    the sign test: the chance that n fair coins fall alike, 2 / 2 ** n, or 1 where the difference is 0.

    Args:
        first: a row per seed.
        second: the same seeds under another scenario.

    Returns:
        NaN where fewer than two pairs exist.
    """
    difference, floor = second - first, _rounding(first, second)
    n, mean = difference.count(), difference.mean()
    varies = difference.std() > floor
    with np.errstate(divide="ignore", invalid="ignore"):
        by_t = 2.0 * special.stdtr(np.asarray(n - 1), -np.asarray(mean.abs() / difference.sem()))
    by_sign = np.where(mean.abs() > floor, 2.0 ** (1.0 - n), 1.0)
    return pd.Series(np.where(varies, by_t, by_sign), index=n.index).where(n >= 2)


def holm(p: "pd.Series[float]") -> "pd.Series[float]":
    """Adjust p-values so that all tests together err with at most the level asked for (Holm 1979).

    Holds however the tests depend on each other, as metrics of one run do.

    Args:
        p: a p-value per test; nulls are no tests and stay null.

    Returns:
        Adjusted values: with all tests true nulls, the chance that any is at most 0.05 is at most 0.05.
    """
    known = p.dropna().sort_values(kind="stable")
    left = np.arange(len(known), 0, -1)
    adjusted = np.minimum(np.maximum.accumulate(left * known.to_numpy()), 1.0)
    return pd.Series(adjusted, index=known.index, dtype="float64").reindex(p.index)


def benjamini_hochberg(p: "pd.Series[float]") -> "pd.Series[float]":
    """Adjust p-values so that of those at most 0.05, at most 5 % are expected to be false.

    A weaker promise than Holm's, and one for tests that are independent or depend positively.

    Args:
        p: a p-value per test; nulls are no tests and stay null.
    """
    from scipy.stats import false_discovery_control

    known = p.dropna()
    return pd.Series(false_discovery_control(known), index=known.index, dtype="float64").reindex(p.index)


def effect_sizes(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Standardised mean differences of pairs, column by column, corrected for small samples.

    Args:
        first: a row per seed.
        second: the same seeds under another scenario.

    Returns:
        A row per column, over complete pairs. ``g_z``: the mean difference in standard deviations of the
        differences (Cohen's d_z) times Hedges' correction for n - 1 degrees of freedom. It says how reliably
        a difference shows from seed to seed, and grows with what pairing saves. ``g_av``: the mean difference
        in standard deviations between seeds (d_av: the root of the mean of the two variances), corrected with
        Satterthwaite's degrees of freedom for two correlated variances. Pairing does not move it, so it is
        what other studies can be compared with; but seeds differ less than real communities do. NaN with
        fewer than three pairs, or where there is no spread to measure by.
    """
    both = first.notna() & second.notna()
    a, b = first.where(both), second.where(both)
    difference, floor, n = b - a, _rounding(a, b), both.sum()
    mean, spread = difference.mean(), difference.std()
    var_a, var_b = a.var(), b.var()
    covariance = (var_a + var_b - spread**2) / 2.0
    between = np.sqrt((var_a + var_b) / 2.0)
    shared = var_a**2 + var_b**2 + 2.0 * covariance**2
    freedom = (n - 1) * (var_a + var_b) ** 2 / shared.where(shared > 0.0)
    g_z = hedges_correction(n - 1) * mean / spread.where(spread > floor)
    g_av = hedges_correction(freedom) * mean / between.where(between > floor)
    return pd.DataFrame({"g_z": g_z.where(n >= 3), "g_av": g_av.where(n >= 3)})


def hedges_correction(freedom: "pd.Series[Any]") -> "pd.Series[float]":
    """Factor that takes the bias from a standardised mean difference (Hedges 1981), exact for normal values.

    Args:
        freedom: degrees of freedom of the standard deviation; the factor is null for those not above 1.
    """
    m = freedom.astype("float64").where(freedom > 1)
    logarithm = special.gammaln(m / 2.0) - special.gammaln((m - 1.0) / 2.0) - 0.5 * np.log(m / 2.0)
    return pd.Series(np.exp(logarithm), index=freedom.index)


def _rounding(first: pd.DataFrame, second: pd.DataFrame) -> "pd.Series[float]":
    """What rounding may leave in differences of equal things, column by column."""
    largest = np.maximum(first.abs().max(), second.abs().max())
    return pd.Series(ROUNDING * largest, index=first.columns)


def compare_table(runs: pd.DataFrame, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Every metric of every scenario with intervals, and paired differences from the first scenario.

    Args:
        runs: a row per run with ``scenario``, ``seed`` and a column per metric; a run that failed has nulls.
            The first row's scenario is the one that the others are compared with.
        metrics: which columns are metrics; all of :mod:`simulation.results.metrics` that are there if None.

    Returns:
        A row per metric and scenario: ``metric``, ``scenario``, ``runs`` (runs that finished), ``n`` (of them
        with a value), ``mean``, ``low``, ``high``, and for every scenario but the first ``paired`` (seeds
        that finished in both), ``pairs`` (of them with a value in both), ``diff``, ``diff_low``,
        ``diff_high``, ``pairing_gain``, ``boot_low`` and ``boot_high`` (see :func:`bootstrap_interval`),
        ``p``, ``p_holm``, ``p_bh``, ``g_z`` and ``g_av``. Where ``pairs`` is below ``paired``, the difference
        is that of the seeds in which both have a value, which may be unlike the others: it is no finding, and
        not among the tests that ``p_holm`` and ``p_bh`` adjust for. Those are all others of the table.

    Raises:
        ValueError: where a scenario has two runs of one seed.
    """
    names = [name for name in METRICS if name in runs.columns] if metrics is None else list(metrics)
    if runs.duplicated(["scenario", "seed"]).any():
        raise ValueError("a scenario has two runs of one seed")
    by_scenario = {  # copies lie in one block, which pandas works on at once
        name: runs[runs["scenario"] == name].set_index("seed")[names].astype("float64").copy()
        for name in runs["scenario"].unique()
    }
    reference, *others = by_scenario
    parts = [_rows(by_scenario[reference], None).assign(scenario=reference)]
    parts += [_rows(by_scenario[name], by_scenario[reference]).assign(scenario=name) for name in others]
    table = pd.concat(parts, ignore_index=True)
    tests = table["p"].where(table["pairs"] == table["paired"])
    table["p_holm"], table["p_bh"] = holm(tests), benjamini_hochberg(tests)
    place = table["metric"].map({name: number for number, name in enumerate(names)})
    table = table.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)
    return table[list(TABLE)].astype({"metric": "string", "scenario": "string"})


def _rows(values: pd.DataFrame, reference: pd.DataFrame | None) -> pd.DataFrame:
    finished = values.notna().any(axis=1)
    rows = t_interval(values).assign(runs=int(finished.sum()))
    if reference is None:
        rows = rows.assign(paired=0, pairs=0, **dict.fromkeys(_OF_DIFFERENCES, np.nan))
    else:
        first, second = reference.align(values, join="inner", axis=0)
        rows["paired"] = int((first.notna().any(axis=1) & second.notna().any(axis=1)).sum())
        rows[["pairs", "diff", "diff_low", "diff_high"]] = t_interval(second - first)
        rows[["boot_low", "boot_high"]] = bootstrap_interval(second - first)
        rows["pairing_gain"], rows["p"] = pairing_gain(first, second), p_values(first, second)
        rows[["g_z", "g_av"]] = effect_sizes(first, second)
    return rows.rename_axis("metric").reset_index()


_OF_DIFFERENCES = (
    *("diff", "diff_low", "diff_high", "pairing_gain"),
    *("boot_low", "boot_high", "p", "g_z", "g_av"),
)

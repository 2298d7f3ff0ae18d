"""What a comparison shows, read off its table: what is better, what is worse, what is best."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from experiments.amounts import decimals_for, number
from experiments.statistics import CLEAR
from simulation.results.metrics import METRICS

MAIN = (
    "notice.reach_72h",
    "notice.reach_72h_vulnerable",
    "case.found_share",
    "case.close_h_median",
    "case.on_time",
    "case.reopen_rate",
    "satisfaction.mean",
    "satisfaction.p10",
    "effort.hours_per_household",
)
"""The metrics that figures and sentences speak of, in reading order."""

Verdict = Literal["better", "worse", "other", "unclear", "partial", "none"]
"""Of a difference from the reference; ``other`` where its metric has no better direction.

``partial`` where it rests on some seeds only, because the others have no value in one of the two scenarios:
those left may be unlike the others.
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One metric of one scenario."""

    metric: str
    scenario: str
    runs: int
    """Runs that finished."""
    n: int
    """Of them, those with a value."""
    mean: float
    half: float
    """Half the width of the interval of the mean; NaN where there is none."""
    diff: float
    """Mean paired difference from the reference; NaN where there is none."""
    diff_half: float
    p_holm: float
    """Of no difference, corrected for all differences in the table; NaN where it is not among them."""
    paired: int
    """Seeds that finished in this scenario and in the reference."""
    pairs: int
    """Of them, those with a value in both."""
    best: bool
    """No scenario has a better mean, some scenario has a worse one, and none lacks a value in any run."""

    @property
    def verdict(self) -> Verdict:
        """What the difference says once it is judged together with all others."""
        if self.pairs < self.paired:
            return "partial"
        return verdict(self.metric, self.diff, self.p_holm)

    @property
    def value_text(self) -> str:
        """The mean and half the width of its interval."""
        return with_half(self.metric, self.mean, self.half, signed=False)

    @property
    def diff_text(self) -> str:
        """The difference and half the width of its interval."""
        return with_half(self.metric, self.diff, self.diff_half, signed=True)


def verdict(metric: str, diff: float, p_holm: float) -> Verdict:
    """Judge a difference by its p-value, corrected for all differences that are judged with it."""
    if math.isnan(diff):
        return "none"
    if math.isnan(p_holm) or p_holm > CLEAR:
        return "unclear"
    better = METRICS[metric].better
    if better is None:
        return "other"
    return "better" if (diff > 0.0) == (better == "higher") else "worse"


def cells(table: pd.DataFrame) -> dict[str, list[Cell]]:
    """The table of :func:`experiments.statistics.compare_table` by metric, in the order of scenarios."""
    return {
        str(metric): list(_row(str(metric), rows)) for metric, rows in table.groupby("metric", sort=False)
    }


def judged(row: Sequence[Cell]) -> int:
    """How many differences of a metric are judged."""
    return sum(not math.isnan(cell.p_holm) for cell in row)


def excluding_0(row: Sequence[Cell]) -> int:
    """Of the differences of a metric that are judged, how many have an interval that excludes 0."""
    return sum(not math.isnan(cell.p_holm) and abs(cell.diff) > cell.diff_half for cell in row)


def clear(row: Sequence[Cell]) -> int:
    """How many of them are clear, judged together with all others."""
    return sum(cell.verdict in ("better", "worse", "other") for cell in row)


def doubted(table: pd.DataFrame) -> int:
    """How many clear differences of a comparison's table have a bootstrap interval that includes 0."""
    includes = (table["boot_low"] <= 0.0) & (table["boot_high"] >= 0.0)
    return int(((table["p_holm"] <= CLEAR) & includes).sum())


def typical_gain(table: pd.DataFrame, scenarios: Sequence[str]) -> float | None:
    """Share of variance that pairing removes, the median over metrics and the given scenarios."""
    gains = table.loc[table["scenario"].isin(scenarios), "pairing_gain"].dropna()
    return float(gains.median()) if len(gains) else None


_NUMBERS = ["runs", "n", "mean", "high", "diff", "diff_high", "p_holm", "paired", "pairs"]


def _row(metric: str, rows: pd.DataFrame) -> Iterator[Cell]:
    whole = bool((rows["n"] == rows["runs"]).all())
    best = _best(metric, rows["mean"]) if whole else None
    numbers = rows[_NUMBERS].to_numpy(dtype=np.float64)
    for scenario, (runs, n, mean, high, diff, diff_high, p_holm, paired, pairs) in zip(
        rows["scenario"], numbers.tolist(), strict=True
    ):
        yield Cell(
            metric=metric,
            scenario=str(scenario),
            runs=int(runs),
            n=int(n),
            mean=mean,
            half=high - mean,
            diff=diff,
            diff_half=diff_high - diff,
            p_holm=p_holm,
            paired=int(paired),
            pairs=int(pairs),
            best=best is not None and math.isclose(mean, best, rel_tol=1e-12),
        )


def _best(metric: str, means: "pd.Series[float]") -> float | None:
    better = METRICS[metric].better
    known = means.dropna()
    if better is None or len(known) < 2 or known.min() == known.max():
        return None
    return float(known.max() if better == "higher" else known.min())


def with_half(metric: str, value: float, half: float, *, signed: bool = False) -> str:
    """A value, and half the width of its interval where there is one."""
    if math.isnan(value) or math.isnan(half):
        return number(metric, value, signed=signed)
    places = decimals_for(metric, value, half)
    shown = number(metric, value, decimals=places, signed=signed)
    return f"{shown} ± {number(metric, half, decimals=places)}"

"""What an attribution's table says, as figures, report and terminal show it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import pandas as pd

from experiments.amounts import number
from experiments.attribution.tables import HOURS
from experiments.findings import MAIN, Verdict, verdict, with_half
from simulation.results.metrics import METRICS

SHOWN = (*(metric for metric in MAIN if metric != "effort.hours_per_household"), HOURS)
"""Metrics of the report and the terminal, in reading order."""


_NUMBERS = ["worth", "low", "high", "p_holm", "per_hour", "per_hour_low", "per_hour_high"]


@dataclass(frozen=True, slots=True)
class Share:
    """What one mechanism is worth to one metric."""

    metric: str
    mechanism: str
    worth: float
    low: float
    high: float
    p_holm: float
    staff_time: str
    per_hour: float
    per_hour_low: float
    per_hour_high: float

    @property
    def verdict(self) -> Verdict:
        """What it says, judged together with all other worths of the table."""
        return verdict(self.metric, self.worth, self.p_holm)

    @property
    def clear(self) -> bool:
        """Whether it is more than luck, judged so."""
        return self.verdict != "unclear"

    @property
    def text(self) -> str:
        """The worth and half the width of its interval."""
        return with_half(self.metric, self.worth, self.high - self.worth, signed=True)

    def per_text(self, hours: int) -> str:
        """The worth for so many hours of staff time; empty where there is none."""
        return "" if math.isnan(self.per_hour) else number(self.metric, hours * self.per_hour, signed=True)


def shares(table: pd.DataFrame) -> dict[str, list[Share]]:
    """The table by metric, in its order; only metrics that have a value in all runs of all orders."""
    whole = table[(table["n"] == table["orders"]) & (table["n"] > 0)]
    found: dict[str, list[Share]] = {}
    for metric, mechanism, time, numbers in zip(
        whole["metric"],
        whole["mechanism"],
        whole["staff_time"],
        whole[_NUMBERS].to_numpy(float, na_value=math.nan),
        strict=True,
    ):
        worth, low, high, p_holm, per_hour, per_low, per_high = numbers.tolist()
        share = Share(metric, mechanism, worth, low, high, p_holm, time, per_hour, per_low, per_high)
        found.setdefault(metric, []).append(share)
    return found


def without_worth(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Metrics without a worth: those of which no order has all values, and those of which only some have."""
    counts = table.drop_duplicates("metric")
    none = counts["n"] == 0
    some = (counts["n"] > 0) & (counts["n"] < counts["orders"])
    return counts.loc[none, "metric"].tolist(), counts.loc[some, "metric"].tolist()


def hours_shown(found: Mapping[str, list[Share]]) -> int:
    """For how many staff hours worth is shown: a power of ten that about half of the mechanisms take."""
    spent = [share.worth for share in found.get(HOURS, ()) if share.staff_time == "spent"]
    return int(10.0 ** max(0, math.floor(math.log10(median(spent))))) if spent else 1


def by_worth(found: Mapping[str, list[Share]], metrics: Sequence[str]) -> list[str]:
    """Mechanisms, those worth most to the first of the metrics that there is coming first."""
    metric = next((name for name in metrics if name in found), None)
    row = found[metric] if metric else next(iter(found.values()), [])
    sign = -1.0 if metric and METRICS[metric].better == "lower" else 1.0
    return [share.mechanism for share in sorted(row, key=lambda share: -sign * share.worth)]

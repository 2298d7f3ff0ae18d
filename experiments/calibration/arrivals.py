"""When cases arise: the hours of the week, and the rate that makes as many as the log has."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HOURS = 168
PRIOR_CASES = 168.0
"""A profile is mixed with what is known otherwise as if that had been seen in so many cases."""


def hours_of_week(times: "pd.Series[Any]") -> NDArray[np.int64]:
    """Hour of the week of each time, Monday 0:00 being 0."""
    return np.asarray(24 * times.dt.day_of_week + times.dt.hour, dtype=np.int64)


def count_hours(opened: "pd.Series[Any]", *, dates_only: bool) -> Floats:
    """Cases by hour of the week; spread evenly over the day where only days are known."""
    counts = np.bincount(hours_of_week(opened), minlength=HOURS).astype(np.float64)
    return np.repeat(counts.reshape(7, 24).sum(axis=1) / 24.0, 24) if dates_only else counts


def exposure(weekday: int, days: int) -> Floats:
    """How often each hour of the week occurs in so many days from a weekday (Monday 0) on."""
    hours = (np.arange(24 * days) + 24 * weekday) % HOURS
    return np.bincount(hours, minlength=HOURS).astype(np.float64)


def fit_profile(counts: Floats, occurs: Floats, otherwise: Floats) -> Floats:
    """Relative frequency of the hours of the week, mean 1.

    Args:
        counts: cases by hour of the week.
        occurs: how often each hour occurred.
        otherwise: the profile that few cases are drawn towards: that of all cases for one category, an even
            one for all cases.
    """
    expected = otherwise * occurs
    drawn = counts + PRIOR_CASES * expected / expected.sum()
    rate = np.divide(drawn, occurs, out=np.zeros(HOURS), where=occurs > 0)
    seen = occurs > 0
    rate[~seen] = otherwise[~seen] * rate[seen].sum() / otherwise[seen].sum()
    return np.asarray(rate / rate.mean())


def yearly_rate(cases: int, profile: Floats, occurs: Floats, households: int) -> float:
    """Cases per 1,000 households and year from which the model makes so many in the log's days."""
    days = float((profile * occurs).sum() / profile.mean() / 24.0)
    return 1000.0 * 365.0 * cases / (households * days)


def misplaced(first: Floats, second: Floats) -> float:
    """Share of cases that would have to move to another hour to make two profiles equal."""
    return float(0.5 * np.abs(first / first.sum() - second / second.sum()).sum())

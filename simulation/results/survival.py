"""How long something lasts where part of it still lasts: the Kaplan-Meier estimate."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import CensoredData, ecdf

Floats = NDArray[np.float64]
ROUNDING = 1e-12
"""Shares are products: 0.9 may come out a little below."""


def kaplan_meier(hours: ArrayLike, closed: ArrayLike) -> tuple[Floats, Floats]:
    """Share that is over by each time, with what is still open counted as lasting longer than it was seen.

    Args:
        hours: how long each lasted, or was seen to last.
        closed: whether it was over then; what was not is censored at that time.

    Returns:
        The times at which anything was over or censored, in order and each once, and the share over by each;
        both empty where nothing was seen.
    """
    lasted, over = np.asarray(hours, dtype=np.float64), np.asarray(closed, dtype=np.bool_)
    if not len(lasted):
        return np.empty(0), np.empty(0)
    curve = ecdf(CensoredData(uncensored=lasted[over], right=lasted[~over])).cdf
    return np.asarray(curve.quantiles, np.float64), np.asarray(curve.probabilities, np.float64)


def quantile(hours: ArrayLike, closed: ArrayLike, level: float) -> float | None:
    """The first time by which a share ``level`` is over; None where the curve does not get that far."""
    times, share = kaplan_meier(hours, closed)
    reached = np.flatnonzero(share >= level - ROUNDING)
    return float(times[reached[0]]) if len(reached) else None


def share_at(hours: ArrayLike, closed: ArrayLike, when: Sequence[float] | Floats) -> Floats:
    """Share that is over by each of ``when``; NaN after the last time at which anything was observed.

    A curve that has come to 1 stays there.
    """
    times, share = kaplan_meier(hours, closed)
    asked = np.asarray(when, dtype=np.float64)
    if not len(times):
        return np.full(len(asked), np.nan)
    found = np.concatenate([[0.0], share])[np.searchsorted(times, asked, side="right")]
    found[(asked > times[-1]) & (found < 1.0)] = np.nan
    return found

"""Closing times: what was observed, censoring included, what is fitted to it, and how far apart the two are.

Kaplan-Meier curves and censored likelihoods are SciPy's. Curves are compared from one minute on, because a
log knows no less: what closes within a minute of being opened is kept as closed at once, on every side.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats
from scipy.ndimage import gaussian_filter1d
from scipy.stats import CensoredData, ecdf

from scenarios.distributions import Deterministic, Empirical, Exponential, Gamma, Lognormal, Time
from scenarios.units import LONGEST

Floats = NDArray[np.float64]

AT_ONCE = 1.0 / 60.0
"""Hours within which a case counts as closed at once."""
KNOTS = 80
"""Quantiles that an empirical curve is written with."""
TAIL = np.linspace(0.1, 0.9, 9)
"""Of what is still open when observation ends, the shares at which the tail is written."""
WEEK = 168.0
COPIES = 50
"""Resolution of the weights of cases by age; SciPy's estimator takes whole cases only."""
SUPPORTED = 10
"""Cases under observation without which an observed curve is not compared."""
ENOUGH = 1000
"""Cases to which a distribution is fitted."""
SMOOTHING = 0.25
"""Standard deviation, in logarithms of time, by which the recent curve is smoothed."""
GRID = np.geomspace(AT_ONCE, LONGEST, 600)
"""Hours at which the recent curve is smoothed, evenly spaced in logarithms; it begins at AT_ONCE exactly."""


@dataclass(frozen=True)
class Spells:
    """Times from opening to closing, or to the end of observation."""

    hours: Floats
    """Time to closing, or to the end of observation; 0 for what was closed at once."""
    closed: NDArray[np.bool_]
    """Whether it was closed; else it is censored."""
    age: Floats
    """Hours from opening to the end of observation."""

    @cached_property
    def steps(self) -> "Steps":
        """The Kaplan-Meier curve."""
        return kaplan_meier(self.hours, self.closed)

    @property
    def last(self) -> float:
        """The last time at which SUPPORTED cases are still under observation, the longest if there are fewer.

        Beyond it the observed curve hangs on a handful of cases.
        """
        longest = np.sort(self.hours)
        return float(longest[-SUPPORTED] if len(longest) >= SUPPORTED else longest[-1])


def spells_of(opened: "pd.Series[Any]", closed: "pd.Series[Any]", until: pd.Timestamp) -> Spells:
    """Spells of cases as known at ``until``."""
    known = (closed.notna() & (closed <= until)).to_numpy(dtype=bool)
    age = hours_between(opened, until)
    return make_spells(np.where(known, hours_between(opened, closed), age), known, age)


def hours_between(begin: "pd.Series[Any]", end: "pd.Series[Any] | pd.Timestamp") -> Floats:
    """Hours from one column of times to another; NaN where one is missing."""
    return np.asarray((end - begin).dt.total_seconds(), dtype=np.float64) / 3600.0


def make_spells(hours: Floats, closed: NDArray[np.bool_], age: Floats) -> Spells:
    """Spells from times, those closed at once put to 0."""
    return Spells(np.where(closed & (hours < AT_ONCE), 0.0, hours), closed, age)


class Curve(Protocol):
    """The share closed by a time."""

    @property
    def jumps(self) -> Floats:
        """Times at which it may jump."""
        ...

    def share(self, hours: Floats, *, before: bool = False) -> Floats:
        """Share closed by ``hours``, or just before."""
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """A curve of steps: observed, or simulated."""

    times: Floats
    shares: Floats

    @property
    def jumps(self) -> Floats:
        """Times at which it jumps."""
        return self.times

    def share(self, hours: Floats, *, before: bool = False) -> Floats:
        """Share closed by ``hours``, or just before."""
        place = np.searchsorted(self.times, hours, side="left" if before else "right")
        return np.concatenate(([0.0], self.shares))[place]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The curve of a time as a scenario has it."""

    time: Time

    @property
    def jumps(self) -> Floats:
        """Times at which it may jump."""
        time = self.time
        if isinstance(time, Empirical):
            return np.unique(np.asarray(time.times))
        return np.array([time.mean]) if isinstance(time, Deterministic) else np.zeros(0)

    def share(self, hours: Floats, *, before: bool = False) -> Floats:
        """Share closed by ``hours``, or just before."""
        time = self.time
        if isinstance(time, Exponential):
            return -np.expm1(-hours / max(time.mean, 1e-9))
        if isinstance(time, Gamma):
            shape = 1.0 / time.cv**2
            return np.asarray(special.gammainc(shape, hours * shape / max(time.mean, 1e-9)))
        if isinstance(time, Lognormal):
            z = np.log(np.maximum(hours, 1e-12) / max(time.median, 1e-9)) / max(time.sigma, 1e-9)
            return np.asarray(special.ndtr(z))
        if isinstance(time, Deterministic):
            return np.where((hours > time.mean) | ((hours == time.mean) & (not before)), 1.0, 0.0)
        times = np.asarray(time.times)
        levels = np.linspace(0.0, 1.0, len(times)) if time.at is None else np.asarray(time.at)
        return _empirical_share(times, levels, hours, before=before)


def _empirical_share(times: Floats, levels: Floats, hours: Floats, *, before: bool) -> Floats:
    place = np.searchsorted(times, hours, side="left" if before else "right")
    low, high = np.maximum(place - 1, 0), np.minimum(place, len(times) - 1)
    width = np.where(times[high] > times[low], times[high] - times[low], 1.0)
    between = levels[low] + (levels[high] - levels[low]) * (hours - times[low]) / width
    return np.where(place == 0, 0.0, np.where(place == len(times), 1.0, between))


def kaplan_meier(hours: Floats, closed: NDArray[np.bool_]) -> Steps:
    """The share closed by each time at which a case was closed."""
    if not closed.any():
        return Steps(np.zeros(0), np.zeros(0))
    curve = ecdf(CensoredData(uncensored=hours[closed], right=hours[~closed])).cdf
    jumps = np.diff(curve.probabilities, prepend=0.0) > 0.0
    return Steps(np.asarray(curve.quantiles[jumps]), np.asarray(curve.probabilities[jumps]))


def distance(first: Curve, second: Curve, last: float) -> float:
    """The Kolmogorov-Smirnov distance: the largest gap between two curves from one minute to ``last`` hours.

    One of the two has to be of steps; between its steps the gap is largest at their ends.
    """
    inside = [jumps[(jumps > AT_ONCE) & (jumps <= last)] for jumps in (first.jumps, second.jumps)]
    hours = np.unique(np.concatenate([[AT_ONCE, max(last, AT_ONCE)], *inside]))
    after = np.abs(first.share(hours) - second.share(hours))
    before = np.abs(first.share(hours[1:], before=True) - second.share(hours[1:], before=True))
    return float(max(after.max(), before.max(initial=0.0)))


Fit = Callable[[Spells], Time]


def fit_exponential(spells: Spells) -> Time:
    """Exponential closing times by censored maximum likelihood."""
    _, mean = _maximise(stats.expon, spells, _typical(spells))
    return _if_valid(spells, lambda: Exponential(mean=mean), mean)


def fit_gamma(spells: Spells) -> Time:
    """Gamma closing times by censored maximum likelihood."""
    shape, _, scale = _maximise(stats.gamma, spells, 0.5, 2.0 * _typical(spells))
    mean, cv = shape * scale, 1.0 / sqrt(max(shape, 1e-9))
    return _if_valid(spells, lambda: Gamma(mean=mean, cv=cv), mean, cv / 10.0)


def fit_lognormal(spells: Spells) -> Time:
    """Lognormal closing times by censored maximum likelihood."""
    fitted = _lognormal(spells)
    if fitted is None:
        return fit_empirical(spells)
    median, sigma = fitted
    return _if_valid(spells, lambda: Lognormal(median=median, sigma=sigma), median, sigma / 5.0)


def fit_empirical(spells: Spells) -> Time:
    """The Kaplan-Meier curve itself, every case counting the same."""
    return _empirical(spells.steps, spells)


def fit_recent(spells: Spells) -> Time:
    """The Kaplan-Meier curve with new cases counting more, smoothed: for the time after the log.

    A case opened a week before the end counts half of one opened at the end, one opened n weeks before
    1 / (1 + n).
    """
    copies = np.rint(COPIES / (1.0 + spells.age / WEEK)).astype(np.int64)
    steps = kaplan_meier(np.repeat(spells.hours, copies), np.repeat(spells.closed, copies))
    if not len(steps.times):
        return fit_empirical(spells)
    longest = max(float(spells.hours.max()), AT_ONCE)
    known = GRID[: np.searchsorted(GRID, longest, side="right")]
    shares = gaussian_filter1d(steps.share(known), SMOOTHING / np.log(GRID[1] / GRID[0]), mode="nearest")
    rises = np.diff(shares, prepend=0.0) > 1e-12
    return _empirical(Steps(np.where(known <= AT_ONCE, 0.0, known)[rises], shares[rises]), spells)


CURVES: dict[str, Fit] = {
    "exponential": fit_exponential,
    "gamma": fit_gamma,
    "lognormal": fit_lognormal,
    "empirical": fit_empirical,
    "recent": fit_recent,
}
"""The kinds of curve by name, simple ones first."""
FORECAST = "recent"
"""The kind that is for the time after the log; the others describe the log as a whole."""


def _sample(spells: Spells) -> CensoredData:
    """What SciPy fits to: a case closed at once is known only to have taken less than a minute.

    Of many cases, every n-th in order of time, closed and open ones apart: it fits the same in less time.
    """
    order = np.lexsort((spells.hours, spells.closed))
    kept = order[:: max(1, len(order) // ENOUGH)]
    hours, closed = spells.hours[kept], spells.closed[kept]
    at_once = closed & (hours == 0.0)
    return CensoredData(
        uncensored=hours[closed & ~at_once],
        left=np.full(int(at_once.sum()), AT_ONCE),
        right=np.maximum(hours[~closed], AT_ONCE),
    )


def _maximise(law: Any, spells: Spells, *start: float) -> tuple[float, ...]:
    """Maximum likelihood with the origin at 0; SciPy warns of moments that do not matter."""
    *shapes, scale = start
    with np.errstate(all="ignore"):
        found = law.fit(_sample(spells), *shapes, floc=0.0, scale=scale)
    return tuple(float(value) for value in found)


def _typical(spells: Spells) -> float:
    return float(np.median(np.maximum(spells.hours, AT_ONCE)))


def _if_valid(spells: Spells, make: Callable[[], Time], hours: float, share: float = 0.5) -> Time:
    """The fitted time, or the observed curve where a scenario could not hold it."""
    valid = 0.0 < hours <= LONGEST and 0.0 < share <= 1.0
    return make() if valid else fit_empirical(spells)


def _lognormal(spells: Spells) -> tuple[float, float] | None:
    """Median and sigma; None where too few times are known to tell."""
    known = spells.hours[spells.closed & (spells.hours > 0.0)]
    if len(np.unique(known)) < 10:
        return None
    start = max(float(np.std(np.log(known))), 0.1)
    sigma, _, median = _maximise(stats.lognorm, spells, start, _typical(spells))
    return median, sigma


def _empirical(steps: Steps, spells: Spells) -> Empirical:
    """A curve of steps as quantiles, with a lognormal tail beyond what was observed."""
    if not len(steps.times):
        return Empirical(times=(float(spells.hours.max()), LONGEST), at=(0.0, 1.0))
    first, reached = float(steps.shares[0]), float(steps.shares[-1])
    levels = np.linspace(first, reached, KNOTS + 1)
    places = np.minimum(np.searchsorted(steps.shares, levels - 1e-12), len(steps.times) - 1)
    times = steps.times[places]
    if first > 1e-9:
        levels, times = np.insert(levels, 0, 0.0), np.insert(times, 0, times[0])
    if reached < 1.0 - 1e-9:
        levels = np.concatenate((levels, reached + (1.0 - reached) * np.append(TAIL, 1.0)))
        times = np.concatenate((times, _tail(spells, float(times[-1]))))
    else:
        levels[-1] = 1.0
    rising = np.diff(np.round(levels, 6), prepend=-1.0) > 0.0
    return Empirical(
        times=tuple(np.minimum(times, LONGEST)[rising].tolist()),
        at=tuple(np.round(levels, 6)[rising].tolist()),
    )


def _tail(spells: Spells, last: float) -> Floats:
    """Times of closing of what stands open after ``last`` hours; the very last closes after ten years."""
    begin = max(last, float(spells.hours.max()))
    fitted = _lognormal(spells)
    if fitted is None:
        return np.concatenate((np.linspace(begin, LONGEST, len(TAIL)), [LONGEST]))
    median, sigma = fitted
    law = stats.lognorm(sigma, scale=median)
    times = law.isf(law.sf(begin) * (1.0 - TAIL))
    times = np.clip(np.where(np.isfinite(times), times, LONGEST), begin, LONGEST)
    return np.append(times, LONGEST)

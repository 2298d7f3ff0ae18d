"""Curves of closing times: the law that made the times is recovered, censoring included."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from experiments.calibration.closing_times import (
    AT_ONCE,
    CURVES,
    Fitted,
    Spells,
    Steps,
    distance,
    kaplan_meier,
    make_spells,
)
from scenarios.distributions import Deterministic, Empirical, Exponential, Gamma, Lognormal
from scenarios.units import LONGEST

Floats = NDArray[np.float64]
END = 24.0 * 120


def censored(times: Floats, seed: int) -> Spells:
    """Times cut off at independent ends of observation, which have nothing to do with them."""
    age = np.random.default_rng(seed).uniform(1.0, END, len(times))
    closed = times <= age
    return make_spells(np.where(closed, times, age), closed, age)


def test_exponential_rate_is_recovered_under_censoring() -> None:
    mean = 900.0
    spells = censored(np.random.default_rng(1).exponential(mean, 1900), 2)
    fitted = CURVES["exponential"](spells)
    assert isinstance(fitted, Exponential)
    error = fitted.mean / np.sqrt(spells.closed.sum())
    assert abs(fitted.mean - mean) < 3.0 * error
    assert fitted.mean == pytest.approx(
        spells.hours.sum() / spells.closed.sum(), rel=1e-3
    )  # the exact maximum
    assert abs(spells.hours[spells.closed].mean() - mean) > 10.0 * error  # what ignoring it would give


def test_lognormal_and_gamma_are_recovered_under_censoring() -> None:
    chance = np.random.default_rng(3)
    lognormal = CURVES["lognormal"](censored(chance.lognormal(np.log(200.0), 1.5, 1900), 4))
    assert isinstance(lognormal, Lognormal)
    assert lognormal.median == pytest.approx(200.0, rel=3 * 1.5 / np.sqrt(1200))
    assert lognormal.sigma == pytest.approx(1.5, abs=0.12)
    gamma = CURVES["gamma"](censored(chance.gamma(2.0, 300.0, 1900), 5))
    assert isinstance(gamma, Gamma)
    assert gamma.mean == pytest.approx(600.0, rel=0.08)
    assert gamma.cv == pytest.approx(np.sqrt(0.5), rel=0.08)


def test_times_below_a_minute_are_not_taken_at_their_word() -> None:
    """A third closed at once must not drag a lognormal to the bottom: all that is known is below a minute."""
    times = np.random.default_rng(6).lognormal(np.log(AT_ONCE), 2.0, 1500)
    whole = make_spells(times, np.ones(1500, dtype=bool), np.full(1500, END))
    assert (whole.hours == 0.0).sum() == (times < AT_ONCE).sum() > 500
    fitted = CURVES["lognormal"](whole)
    assert isinstance(fitted, Lognormal)
    assert fitted.median == pytest.approx(AT_ONCE, rel=0.25)
    assert fitted.sigma == pytest.approx(2.0, rel=0.1)


def test_empirical_curve_follows_the_law_under_censoring_and_beyond_it() -> None:
    times = np.random.default_rng(7).exponential(1000.0, 4000)
    spells = censored(times, 8)
    fitted = CURVES["empirical"](spells)
    assert isinstance(fitted, Empirical)
    hours = np.linspace(1.0, 2500.0, 200)
    assert np.abs(Fitted(fitted).share(hours) + np.expm1(-hours / 1000.0)).max() < 0.04
    ignoring = kaplan_meier(spells.hours[spells.closed], np.ones(spells.closed.sum(), dtype=bool))
    assert np.abs(ignoring.share(hours) + np.expm1(-hours / 1000.0)).max() > 0.15
    assert fitted.times[-1] == LONGEST
    assert fitted.at is not None
    assert fitted.at[-1] == 1.0
    assert distance(Fitted(fitted), spells.steps, spells.last) < 0.015


def test_recent_curve_follows_a_change_that_the_others_average() -> None:
    chance = np.random.default_rng(9)
    age = np.linspace(1.0, END, 4000)
    times = np.where(age < 24.0 * 30, chance.exponential(20.0, 4000), chance.exponential(400.0, 4000))
    closed = times <= age
    spells = make_spells(np.where(closed, times, age), closed, age)
    hours = np.geomspace(1.0, 500.0, 100)
    gaps = {
        name: np.abs(Fitted(CURVES[name](spells)).share(hours) + np.expm1(-hours / 20.0)).max()
        for name in ("empirical", "recent")
    }
    assert gaps["recent"] < 0.75 * gaps["empirical"]


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_copes_with_poor_data(name: str) -> None:
    poor = {
        "none closed": Spells(np.full(40, 5.0), np.zeros(40, dtype=bool), np.full(40, 5.0)),
        "all at once": Spells(np.zeros(40), np.ones(40, dtype=bool), np.full(40, 99.0)),
        "all at one time": Spells(np.full(40, 7.0), np.ones(40, dtype=bool), np.full(40, 99.0)),
        "one case": Spells(np.array([3.0]), np.array([True]), np.array([9.0])),
    }
    for spells in poor.values():
        time = CURVES[name](spells)
        share = Fitted(time).share(np.geomspace(AT_ONCE, LONGEST, 50))
        assert np.all(np.diff(share) >= -1e-12)
        assert share[0] >= 0.0
        assert share[-1] <= 1.0
        assert 0.0 <= distance(Fitted(time), spells.steps, spells.last) <= 1.0


@pytest.mark.parametrize("name", ["empirical", "recent"])
def test_cases_that_all_close_at_once_stay_so(name: str) -> None:
    at_once = Spells(np.zeros(40), np.ones(40, dtype=bool), np.full(40, 99.0))
    assert distance(Fitted(CURVES[name](at_once)), at_once.steps, 99.0) == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_distance_of_two_samples_is_scipys(seed: int) -> None:
    chance = np.random.default_rng(seed)
    a, b = chance.exponential(3.0, 200) + AT_ONCE, np.round(chance.exponential(4.0, 150), 1) + AT_ONCE
    everything = [Steps(*_steps(sample)) for sample in (a, b)]
    expected = stats.ks_2samp(a, b).statistic
    assert distance(*everything, last=1e9) == pytest.approx(expected, abs=1e-12)
    fitted = Exponential(mean=3.5)
    one_sample = stats.kstest(a, stats.expon(scale=3.5).cdf).statistic
    assert distance(Fitted(fitted), everything[0], last=1e9) == pytest.approx(one_sample, abs=1e-12)


def _steps(sample: Floats) -> tuple[Floats, Floats]:
    values, counts = np.unique(sample, return_counts=True)
    return values, np.cumsum(counts) / len(sample)


@pytest.mark.parametrize(
    "time",
    [
        Exponential(mean=5.0),
        Gamma(mean=5.0, cv=2.0),
        Lognormal(median=5.0, sigma=1.0),
        Deterministic(mean=5.0),
        Empirical(times=(0.0, 0.0, 2.0, 2.0, 9.0), at=(0.0, 0.3, 0.5, 0.8, 1.0)),
        Empirical(times=(1.0, 2.0, 30.0)),
    ],
)
def test_a_share_is_what_the_quantiles_say(
    time: Exponential | Gamma | Lognormal | Deterministic | Empirical,
) -> None:
    sample = time.quantile((np.arange(20000) + 0.5) / 20000)
    for hours in (0.5, 1.999, 2.0, 5.0, 8.0, 9.0, 31.0):
        at = np.array([hours])
        assert Fitted(time).share(at)[0] == pytest.approx((sample <= hours + 1e-9).mean(), abs=2e-4)
        before = Fitted(time).share(at, before=True)[0]
        assert before == pytest.approx((sample < hours - 1e-9).mean(), abs=2e-4)

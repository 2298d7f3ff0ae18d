"""A handler with plain settings is an M/M/c queue: waits against Erlang's formula."""

from math import factorial

import numpy as np
import pytest
from scipy.stats import kstest, poisson

HOUSEHOLDS, LOAD = 60, 0.65
SERVICE = 0.8


def erlang(teams: int, offered: float) -> tuple[float, float]:
    """Probability that a job waits, and its mean wait in service times (Erlang C)."""
    busy = offered**teams / factorial(teams) * teams / (teams - offered)
    waits = busy / (sum(offered**k / factorial(k) for k in range(teams)) + busy)
    return waits, waits / (teams - offered)


def plain(arrivals: float, teams: int | None, days: int) -> dict[str, object]:
    """Keys of ``arrivals`` troubles an hour for ``teams`` teams that work for 0.8 hours on average."""
    return {
        "days": days,
        "community.households": HOUSEHOLDS,
        "cases.categories.leak.rate": arrivals * 8760.0 * 1000.0 / HOUSEHOLDS,
        "cases.categories.leak.service": {"distribution": "exponential", "mean": SERVICE},
        "handlers.right.teams": teams,
    }


def batch_means(values: np.ndarray, batches: int = 40) -> tuple[float, float]:
    """Mean and its standard error from batches so long that they are as good as independent."""
    means = np.array([part.mean() for part in np.array_split(values, batches)])
    return float(means.mean()), float(means.std(ddof=1) / np.sqrt(batches))


@pytest.mark.slow
@pytest.mark.parametrize(("teams", "days"), [(1, 1500), (2, 1500), (3, 1500)])
def test_waits_follow_erlangs_formula(scenario, lived, at_once, teams, days):
    offered = LOAD * teams
    cases = lived(scenario(at_once, plain(offered / SERVICE, teams, days)), seed=teams).tables()["cases"]
    arrivals = offered / SERVICE * 24 * days
    assert abs(len(cases) - arrivals) < 4 * arrivals**0.5
    assert cases["resolved_h"].notna()[:-40].all(), "a job was lost"
    wait = (cases["started_h"] - cases["uploaded_h"]).to_numpy(np.float64, na_value=np.nan)[500:-40]
    for measured, figure in ((wait > 1e-9, 0), (wait / SERVICE, 1)):
        value, error = batch_means(measured.astype(np.float64))
        expected = erlang(teams, offered)[figure]
        assert error < 0.06 * expected, "too short a run to tell anything"
        assert abs(value - expected) < 3.5 * error
        others = [erlang(other, offered)[figure] for other in (teams - 1, teams + 1) if other > offered]
        assert all(abs(other - value) > 8 * error for other in others), "the check would not tell teams apart"


def test_without_a_limit_of_teams_nobody_waits_and_service_is_exponential(scenario, lived, at_once):
    cases = lived(scenario(at_once, plain(3.0, None, days=60))).tables()["cases"]
    assert (cases["started_h"] == cases["uploaded_h"]).all()
    hours = (cases["resolved_h"] - cases["started_h"]).dropna().to_numpy(np.float64)
    assert len(hours) > 4000
    assert kstest(hours / SERVICE, "expon").pvalue > 0.01
    assert abs(hours.mean() - SERVICE) < 4 * SERVICE / len(hours) ** 0.5


def test_number_at_work_is_poisson_when_teams_have_no_limit(scenario, lived, at_once):
    """M/M/infinity: seen now and then, the number at work is Poisson, its mean the offered load."""
    cases = lived(scenario(at_once, plain(4.0, None, days=120))).tables()["cases"]
    begin, end = cases["started_h"].to_numpy(np.float64), cases["resolved_h"].fillna(1e9).to_numpy(np.float64)
    moments = np.arange(24.0, 120 * 24.0, 6.0)
    at_work = np.searchsorted(np.sort(begin), moments, "right") - np.searchsorted(
        np.sort(end), moments, "right"
    )
    load = 4.0 * SERVICE
    assert abs(at_work.mean() - load) < 4 * (load / len(moments)) ** 0.5
    assert (
        abs((at_work == 0).mean() - poisson.pmf(0, load)) < 4 * (poisson.pmf(0, load) / len(moments)) ** 0.5
    )
    assert 0.8 < at_work.var() / load < 1.25

"""Curves for the time after a log, where every case or none was closed at once."""

import numpy as np

from experiments.closing_times import AT_ONCE, Fitted, distance, fit_recent, make_spells


def test_what_always_closes_at_once_is_expected_to_close_at_once():
    spells = make_spells(np.zeros(300), np.ones(300, dtype=bool), np.linspace(1.0, 2000.0, 300))
    curve = Fitted(fit_recent(spells))
    assert curve.share(np.array([AT_ONCE])) == 1.0
    assert distance(curve, spells.steps, 100.0) == 0.0


def test_new_cases_count_more_than_old_ones():
    """Old cases took ten days, those of the last week one hour: the curve is nearer to the new ones."""
    age = np.concatenate((np.full(500, 2000.0), np.full(500, 100.0)))
    hours = np.where(age > 1000.0, 240.0, 1.0)
    spells = make_spells(hours, np.ones(1000, dtype=bool), age)
    share = float(Fitted(fit_recent(spells)).share(np.array([24.0]))[0])
    weight = {old: np.rint(50.0 / (1.0 + old / 168.0)) for old in (2000.0, 100.0)}
    assert abs(share - weight[100.0] / (weight[100.0] + weight[2000.0])) < 0.02
    assert spells.steps.share(np.array([24.0]))[0] == 0.5

"""The Kaplan-Meier estimate against hand calculation and the product formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.results.survival import kaplan_meier, quantile, share_at


def test_hand_calculation():
    # five things: over at 1 and 3, seen until 2, over at 4, seen until 5
    times, share = kaplan_meier([1.0, 2.0, 3.0, 4.0, 5.0], [True, False, True, True, False])
    assert times.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    left = [4 / 5, 4 / 5, 4 / 5 * 2 / 3, 4 / 5 * 2 / 3 * 1 / 2, 4 / 5 * 2 / 3 * 1 / 2]
    np.testing.assert_allclose(share, 1.0 - np.array(left))


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40),
)
def test_product_formula(seen):
    hours, closed = np.array([h for h, _ in seen], float), np.array([c for _, c in seen])
    times, share = kaplan_meier(hours, closed)
    left = 1.0
    for time, over in zip(times, share, strict=True):
        at_risk = int((hours >= time).sum())
        left *= 1.0 - int(((hours == time) & closed).sum()) / at_risk
        assert over == pytest.approx(1.0 - left, abs=1e-9)


def test_without_censoring_quantiles_are_those_of_the_sample():
    hours = np.arange(1.0, 11.0)
    closed = np.ones(10, bool)
    assert quantile(hours, closed, 0.5) == 5.0
    assert quantile(hours, closed, 0.9) == 9.0


def test_nothing_reached_is_none():
    assert quantile([], [], 0.5) is None
    assert quantile([3.0, 4.0], [False, False], 0.5) is None
    assert quantile([1.0, 4.0], [True, False], 0.9) is None


def test_share_is_unknown_after_the_last_observation_unless_all_is_over():
    np.testing.assert_allclose(
        share_at([1.0, 4.0], [True, False], [0.5, 1.0, 4.0, 4.5]), [0, 0.5, 0.5, np.nan]
    )
    np.testing.assert_allclose(share_at([1.0, 4.0], [True, True], [0.5, 9.0]), [0, 1])
    assert np.isnan(share_at([], [], [1.0])).all()

"""Closing times of open and solved cases: Kaplan and Meier's estimate, by hand and by their product."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.results.survival import quantile


def quantiles(solved: list[float], still_open: list[float]) -> list[float | None]:
    """Median and 90 % quantile of cases solved after some hours, and cases open for some hours."""
    over = [True] * len(solved) + [False] * len(still_open)
    return [quantile(solved + still_open, over, level) for level in (0.5, 0.9)]


def product_limit(solved: list[float], still_open: list[float], level: float) -> float | None:
    """The first hour at which the product of survivals has fallen to one minus ``level``."""
    survival = 1.0
    for hour in sorted(set(solved)):
        at_risk = sum(other >= hour for other in solved + still_open)
        survival *= 1.0 - solved.count(hour) / at_risk
        if 1.0 - survival >= level - 1e-9:
            return hour
    return None


def test_small_example_by_hand():
    """Solved at 1, 2, 4, 6; open at 3, 5: survival 5/6, 4/6, then 4/6 x 2/3 = 4/9 at 4, and 0 at 6."""
    assert quantiles([1.0, 2.0, 4.0, 6.0], [3.0, 5.0]) == [4.0, 6.0]


def test_open_cases_count_as_censored_not_as_missing():
    """Without the open ones the median would be 2; leaving half of them open it is never reached."""
    assert quantiles([1.0, 2.0, 3.0], [])[0] == 2.0
    assert quantiles([1.0, 2.0, 3.0], [10.0] * 4) == [None, None]


def test_nothing_listed_is_none():
    assert quantiles([], []) == [None, None]


hours = st.lists(st.integers(1, 30).map(float), max_size=25)


@given(solved=hours, still_open=hours)
def test_quantiles_are_those_of_the_product_limit(solved, still_open):
    expected = [product_limit(solved, still_open, level) for level in (0.5, 0.9)]
    assert quantiles(solved, still_open) == pytest.approx(expected)

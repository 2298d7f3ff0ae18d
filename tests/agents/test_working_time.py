"""Working time: what is asked is done at once, or owed to the following days in the order of asking."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.working_time import CALL, FEEDBACK, LISTEN, WorkingTime

OPENS, CLOSES = 9.0, 17.0


def one_actor(workday: float, restday: float = 0.0, working: str = "WWWWW--WWWWW--") -> WorkingTime:
    """One actor from nine to five; ``working`` marks the days."""
    columns = [np.array([value]) for value in (workday, restday, OPENS, CLOSES)]
    days = np.array([letter == "W" for letter in working])
    time = WorkingTime(np.zeros(1, dtype=np.int32), *columns, days)
    time.begin_day(0)
    return time


def test_work_is_done_at_once_and_one_after_another():
    time = one_actor(60.0)
    assert time.book(0, 10.0, CALL, 10.0) == pytest.approx(10.0 + 10 / 60)
    assert time.book(0, 20.0, LISTEN, 10.0) == pytest.approx(10.5)
    assert time.book(0, 6.0, CALL, 14.0) == pytest.approx(14.1)
    assert time.left[0] == pytest.approx(24.0)
    assert time.spent[0, CALL] == 16.0
    assert time.spent[0, LISTEN] == 20.0


def test_nobody_begins_before_the_doors_open():
    assert one_actor(60.0).book(0, 30.0, CALL, 3.0) == OPENS + 0.5


def test_what_does_not_fit_is_owed_and_paid_first_next_morning():
    time = one_actor(30.0)
    assert time.book(0, 40.0, CALL, 10.0) == pytest.approx(24 + OPENS + 10 / 60)
    assert time.book(0, 5.0, LISTEN, 11.0) == pytest.approx(24 + OPENS + 15 / 60)
    assert time.left[0] == 0.0
    time.begin_day(1)
    assert time.left[0] == pytest.approx(15.0)
    assert time.spent[0, CALL] == pytest.approx(40.0)
    assert time.spent[0, LISTEN] == pytest.approx(5.0)
    assert time.book(0, 5.0, CALL, 24 + 9.0) == pytest.approx(24 + OPENS + 20 / 60), "after what was owed"


def test_work_asked_for_after_closing_waits_for_the_next_working_day():
    time = one_actor(30.0, working="W--WW")
    assert time.book(0, 6.0, CALL, 18.0) == pytest.approx(3 * 24 + OPENS + 0.1)
    assert time.left[0] == 30.0, "today's minutes are not used after closing"


def test_nothing_begins_after_closing_but_what_is_begun_is_finished():
    time = one_actor(480.0)
    assert time.book(0, 30.0, CALL, 16.9) == pytest.approx(17.4)
    assert time.book(0, 30.0, CALL, 16.95) == pytest.approx(24 + OPENS + 0.5)


def test_who_never_has_time_never_finishes():
    time = one_actor(0.0)
    assert time.book(0, 1.0, CALL, 10.0) == inf
    assert time.spent.sum() == 0.0


def test_days_that_ran_out_of_time_are_counted():
    time = one_actor(30.0)
    nobody, everybody = np.array([False]), np.array([True])
    time.book(0, 30.0, CALL, 10.0)
    time.end_day(0, nobody)
    assert time.overdrawn_days[0] == 0, "used up, but nothing owed"
    time.begin_day(1)
    time.book(0, 31.0, CALL, 34.0)
    time.end_day(1, nobody)
    assert time.overdrawn_days[0] == 1
    time.begin_day(2)
    time.book(0, 5.0, CALL, 48 + 20.0)
    time.end_day(2, nobody)
    assert time.overdrawn_days[0] == 1, "asked for after closing is not want of time"
    time.begin_day(3)
    time.end_day(3, everybody)
    assert time.overdrawn_days[0] == 2, "a round that stopped for want of minutes"
    time.begin_day(5)
    time.end_day(5, everybody)
    assert (time.overdrawn_days[0], time.days_on[0]) == (2, 4), "a day off is no day on"


requests = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.floats(0.0, 23.9),
        st.floats(0.0, 90.0),
        st.sampled_from([CALL, LISTEN, FEEDBACK]),
    ),
    max_size=25,
)


@given(asked=requests, workday=st.floats(1.0, 120.0), restday=st.sampled_from([0.0, 30.0]))
def test_budgets_hold_promises_are_kept_and_nothing_is_forgotten(asked, workday, restday):
    time = one_actor(workday, restday)
    promises: list[tuple[float, float]] = []
    total, before = 0.0, 0.0
    for day in range(14):
        time.begin_day(day) if day else None
        for when, hour, minutes, activity in sorted(asked):
            if when == day:
                now = 24.0 * day + hour
                total += minutes
                done = time.book(0, minutes, activity, now)
                assert done >= now
                assert not promises or done >= promises[-1][0] - 1e-9, "first asked, first done"
                promises.append((done, total))
        budget = workday if time.working[day] else restday
        assert time.spent.sum() - before <= budget + 1e-9
        assert time.left[0] >= 0.0
        assert time.spent.sum() + time.owed.sum() == pytest.approx(total)
        for done, asked_until_then in promises:
            if done < 24.0 * (day + 1):
                assert time.spent.sum() >= asked_until_then - 1e-6, "a promised hour has passed"
        before = time.spent.sum()

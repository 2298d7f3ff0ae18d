"""The agenda: things happen in order of time, then of entry."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.rounds.agenda import Agenda


@given(hours=st.lists(st.sampled_from([0.0, 1.0, 1.5, 2.0, 7.25, 30.0]), max_size=30))
def test_equal_hours_keep_the_order_of_entry(hours):
    agenda, diary = Agenda(), []
    for number, hour in enumerate(hours):
        agenda.at(hour, lambda now, entry: diary.append((now, entry)), number)
    agenda.run_until(24.0)
    assert diary == sorted((hour, number) for number, hour in enumerate(hours) if hour < 24.0)
    agenda.run_until(48.0)
    assert len(diary) == len(hours)


def test_what_is_put_in_on_the_way_happens_on_the_way():
    agenda, diary = Agenda(), []

    def again(now: float, times: int) -> None:
        diary.append(now)
        if times:
            agenda.at(now + 1.0, again, times - 1)

    agenda.at(1.0, again, 5)
    agenda.run_until(4.0)
    assert diary == [1.0, 2.0, 3.0]
    assert agenda.now == 4.0
    agenda.run_until(24.0)
    assert diary == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_never_is_dropped_and_the_past_is_refused():
    agenda = Agenda()
    agenda.at(inf, lambda now: pytest.fail("never happens"))
    agenda.run_until(1e12)
    with pytest.raises(ValueError, match="lies before the present hour"):
        agenda.at(5.0, lambda now: None)

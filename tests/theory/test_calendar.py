"""Opening hours against a minute-by-minute clock, working days against the State Council's notice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.cases import Calendar as OpeningHours
from simulation.calendar import Calendar, Opening

DAYS = 8


def day_number(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(2025, 1, 1)).days


@pytest.fixture(scope="module")
def two_years() -> Calendar:
    return Calendar(date(2025, 1, 1), 365)


# General Office of the State Council, Guobanfa Mingdian [2024] No. 12 (12 November 2024), holidays of 2025.
HOLIDAYS_2025 = {
    "new_year": [(1, 1)],
    "spring_festival": [(1, day) for day in (28, 29, 30, 31)] + [(2, day) for day in (1, 2, 3, 4)],
    "qingming": [(4, 4), (4, 5), (4, 6)],
    "labour_day": [(5, 1), (5, 2), (5, 3), (5, 4), (5, 5)],
    "dragon_boat": [(5, 31), (6, 1), (6, 2)],
    "national_day": [(10, day) for day in range(1, 9)],
}
MAKE_UP_2025 = [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]


@pytest.mark.parametrize("name", HOLIDAYS_2025)
def test_public_holidays_are_days_off(two_years, name):
    assert not any(two_years.working[day_number(2025, *day)] for day in HOLIDAYS_2025[name])


def test_make_up_weekend_days_are_worked(two_years):
    for month, day in MAKE_UP_2025:
        assert date(2025, month, day).weekday() >= 5
        assert two_years.working[day_number(2025, month, day)]


def test_all_other_days_of_2025_follow_the_week(two_years):
    special = {day for days in HOLIDAYS_2025.values() for day in days} | set(MAKE_UP_2025)
    for number in range(365):
        day = date(2025, 1, 1) + timedelta(days=number)
        if (day.month, day.day) not in special:
            assert two_years.working[number] == (day.weekday() < 5), day
    assert two_years.working[:365].sum() == 248, "working days of 2025 by the same notice"


def test_months_are_counted_over_the_turn_of_the_year(two_years):
    assert two_years.month[day_number(2025, 1, 31)] == 0
    assert two_years.month[day_number(2025, 12, 1)] == 11
    assert two_years.month[day_number(2026, 1, 1)] == 12
    assert two_years.weekday == 2


@pytest.mark.parametrize(
    ("since", "dates"),
    [(1, (2, 5, 3, 1, 6, 3, 1, 1, 1, 9, 3, 1)), (10, (10, 10, 10, 10, 12, 10, 10, 11, 10, 10, 10, 10))],
)
def test_first_working_days_of_months(two_years, since, dates):
    """From the first of a month on, and from the tenth: one each month, by the notice above and the week."""
    first = [number for number in range(365) if two_years.is_first_working_day(number, since)]
    assert first == [day_number(2025, month, day) for month, day in enumerate(dates, start=1)]


@pytest.mark.parametrize(("start", "first"), [(date(2025, 1, 25), (1, 26)), (date(2025, 1, 28), (2, 5))])
def test_the_first_working_day_is_one_of_the_run(start, first):
    """From 25 January Sunday the 26th, which is worked; from the 28th on January has days off only."""
    calendar = Calendar(start, 30)
    days = [number for number in range(30) if calendar.is_first_working_day(number)]
    assert (start + timedelta(days=days[0])).timetuple()[1:3] == first


@st.composite
def openings(draw: st.DrawFn) -> tuple[Opening, list[bool]]:
    """Opening hours on some days of a week, and whether each minute is open."""
    opens = draw(st.integers(0, 23 * 60))
    closes = draw(st.integers(opens + 1, 24 * 60))
    open_days = draw(st.lists(st.booleans(), min_size=DAYS, max_size=DAYS))
    minutes = [open_days[m // 1440] and opens <= m % 1440 < closes for m in range(1440 * DAYS)]
    days = [day for day in range(DAYS) if open_days[day]]
    spans = [[24.0 * day + edge / 60.0 for day in days] for edge in (opens, closes)]
    return Opening(*spans), minutes


def step_next_open(minutes: list[bool], now: int) -> int | None:
    return next((minute for minute in range(now, len(minutes)) if minutes[minute]), None)


def step_after(minutes: list[bool], now: int, work: int) -> int | None:
    """Minute at which ``work`` open minutes have passed."""
    if work == 0:
        return step_next_open(minutes, now)
    for minute in range(now, len(minutes)):
        work -= minutes[minute]
        if work == 0:
            return minute + 1
    return None


@given(case=openings(), now=st.integers(0, 1440 * DAYS - 1), work=st.integers(0, 4000))
def test_opening_hours_equal_a_clock_that_ticks_every_minute(case, now, work):
    opening, minutes = case
    for exact, stepped in (
        (opening.next_open(now / 60.0), step_next_open(minutes, now)),
        (opening.after(now / 60.0, work / 60.0), step_after(minutes, now, work)),
    ):
        assert exact == pytest.approx(float("inf") if stepped is None else stepped / 60.0, abs=1e-6)


@given(case=openings(), now=st.integers(0, 1440 * DAYS - 1), length=st.integers(0, 4000))
def test_open_spans_hold_the_open_minutes_and_no_others(case, now, length):
    opening, minutes = case
    spans = opening.spans(now / 60.0, (now + length) / 60.0)
    assert sum(end - begin for begin, end in spans) == pytest.approx(sum(minutes[now : now + length]) / 60.0)
    assert all(now / 60.0 <= begin < end <= (now + length) / 60.0 for begin, end in spans)
    assert all(minutes[round(60.0 * begin)] for begin, _ in spans)


@given(now=st.floats(0.0, 400.0), work=st.floats(0.0, 400.0))
def test_hours_that_never_close_are_plain_time(two_years, now, work):
    always = two_years.hours("always")
    assert always.next_open(now) == now
    assert always.after(now, work) == now + work


def test_working_hours_skip_the_spring_festival(two_years):
    """From Monday 27 January 2025, 17:00, half an hour is left before eight days off."""
    office = two_years.hours(OpeningHours(days="working", opens=9.0, closes=17.5))
    begin = 24.0 * day_number(2025, 1, 27) + 17.0
    assert office.after(begin, 0.5) == begin + 0.5
    assert office.after(begin, 1.0) == 24.0 * day_number(2025, 2, 5) + 9.5
    assert office.next_open(24.0 * day_number(2025, 1, 28)) == 24.0 * day_number(2025, 2, 5) + 9.0


def test_work_that_fills_whole_days_ends_when_they_close(two_years):
    office = two_years.hours(OpeningHours(days="working", opens=9.0, closes=17.5))
    monday = 24.0 * day_number(2025, 1, 13)
    for days in (1, 2, 5):
        assert office.after(monday + 9.0, 8.5 * days) == monday + 24.0 * (days - 1) + 17.5
    assert office.next_open(monday + 17.5) == monday + 24.0 + 9.0, "at the closing hour it is closed"

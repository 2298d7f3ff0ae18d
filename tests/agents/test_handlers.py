"""Teams work through a queue, first come first served, in opening hours."""

import pytest

from agents.handlers import Teams
from simulation.calendar import Opening
from simulation.rounds.agenda import Agenda

ALWAYS = Opening([0.0], [1000.0])
OFFICE = Opening([9.0, 33.0, 57.0], [17.0, 41.0, 65.0])


class Office:
    """Teams whose jobs are (name, hours of work), with a diary of what happened."""

    def __init__(self, size: int | None, hours: Opening = ALWAYS) -> None:
        self.agenda = Agenda()
        self.begun: list[tuple[float, str]] = []
        self.ended: list[tuple[float, str]] = []
        self.teams = Teams[tuple[str, float]](size, hours, self.agenda.at, self._begin, self._finish)

    def _begin(self, hour: float, job: tuple[str, float]) -> float:
        self.begun.append((hour, job[0]))
        return job[1]

    def _finish(self, hour: float, job: tuple[str, float]) -> None:
        self.ended.append((hour, job[0]))

    def bring(self, hour: float, name: str, work: float) -> tuple[str, float]:
        job = (name, work)
        self.agenda.at(hour, self.teams.take, job)
        return job


def test_one_team_takes_jobs_in_order_of_coming():
    office = Office(1)
    for hour, name, work in ((1.0, "a", 5.0), (2.0, "b", 1.0), (2.5, "c", 1.0)):
        office.bring(hour, name, work)
    office.agenda.run_until(100.0)
    assert office.begun == [(1.0, "a"), (6.0, "b"), (7.0, "c")]
    assert office.ended == [(6.0, "a"), (7.0, "b"), (8.0, "c")]
    assert office.teams.hours_worked == 7.0


@pytest.mark.parametrize(("size", "most"), [(1, 1), (2, 2), (3, 3), (None, 6)])
def test_no_more_jobs_at_once_than_teams(size, most):
    office = Office(size)
    for number in range(6):
        office.bring(0.0, str(number), 2.0)
    office.agenda.run_until(0.5)
    assert office.teams.busy == most
    assert len(office.teams.queue) == 6 - most
    office.agenda.run_until(100.0)
    assert len(office.ended) == 6
    assert office.teams.busy == 0


def test_work_begins_and_goes_on_in_opening_hours_only():
    office = Office(1, OFFICE)
    office.bring(3.0, "early", 1.0)
    office.bring(16.0, "long", 3.0)
    office.bring(20.0, "late", 1.0)
    office.agenda.run_until(100.0)
    assert office.begun == [(9.0, "early"), (16.0, "long"), (35.0, "late")]
    assert office.ended == [(10.0, "early"), (35.0, "long"), (36.0, "late")]


def test_a_queue_at_night_wakes_every_team_once():
    office = Office(2, OFFICE)
    for number in range(5):
        office.bring(1.0 + number, str(number), 1.0)
    office.agenda.run_until(100.0)
    assert [hour for hour, _ in office.begun] == [9.0, 9.0, 10.0, 10.0, 11.0]


def test_a_job_can_be_dropped_until_it_is_begun():
    office = Office(1)
    begun = office.bring(0.0, "begun", 5.0)
    waiting = office.bring(0.0, "waiting", 5.0)
    office.agenda.run_until(1.0)
    assert not office.teams.drop(begun)
    assert office.teams.drop(waiting)
    assert not office.teams.drop(waiting)
    office.agenda.run_until(100.0)
    assert [name for _, name in office.ended] == ["begun"]


def test_a_job_can_be_put_to_the_front():
    office = Office(1)
    office.bring(1.0, "a", 5.0)
    office.bring(2.0, "b", 1.0)
    late = office.bring(3.0, "c", 1.0)
    office.agenda.at(4.0, lambda hour: office.teams.hurry(late))
    office.agenda.run_until(100.0)
    assert [name for _, name in office.begun] == ["a", "c", "b"]


@pytest.mark.parametrize(("gaming", "order"), [(0.0, "abcd"), (1.0, "adcb")])
def test_only_who_games_chooses_from_the_queue(gaming: float, order: str):
    office = Office(1)
    office.teams.gaming = gaming
    office.teams.choose = lambda hour, teams: len(teams.queue) - 1
    for hour, name in enumerate("abcd", start=1):
        office.bring(float(hour), name, 9.0)
    office.agenda.run_until(100.0)
    assert "".join(name for _, name in office.begun) == order

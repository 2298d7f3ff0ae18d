"""Many runs: any number of workers gives the same, and no failure takes another run with it."""

import os
import signal

import numpy as np
import pytest

from experiments.engines import pool
from experiments.engines.pool import do_all
from experiments.engines.task import Outcome, Task, do
from scenarios.schema import Scenario

SMALL = {"title": "small", "days": 8, "community": {"households": 50}, "notices": {"at": ("30 h",)}}


def small(**parts: object) -> Scenario:
    return Scenario.model_validate(SMALL | parts)


def tasks(seeds: range, **scenarios: Scenario) -> list[Task]:
    return [Task(name, scenario, seed) for seed in seeds for name, scenario in scenarios.items()]


def by_run(outcomes: list[Outcome]) -> dict[tuple[str, int], Outcome]:
    return {(outcome.name, outcome.seed): outcome for outcome in outcomes}


def test_number_of_workers_changes_nothing():
    asked = tasks(range(1, 5), on=small(), off=small(mechanisms={"tiers": False}))
    alone, pooled = (by_run(list(do_all(asked, workers))) for workers in (1, 2))
    assert alone.keys() == pooled.keys()
    for run, outcome in alone.items():
        assert outcome.status == "done"
        assert outcome.metrics == pooled[run].metrics, run
        assert outcome.fate == pooled[run].fate
        assert np.array_equal(outcome.curves.informed, pooled[run].curves.informed, equal_nan=True)
        assert np.array_equal(
            outcome.curves.buildings.satisfaction, pooled[run].curves.buildings.satisfaction
        )
    for seed in range(1, 5):
        assert alone["on", seed].fate == alone["off", seed].fate
    assert len({alone["on", seed].fate for seed in range(1, 5)}) == 4


def test_a_run_that_raises_is_an_outcome_and_the_others_go_on():
    broken = small().model_copy(update={"notices": None})
    outcomes = by_run(list(do_all(tasks(range(1, 3), good=small(), bad=broken), 2)))
    assert [outcomes["good", seed].status for seed in (1, 2)] == ["done", "done"]
    assert outcomes["bad", 1].status == "failed"
    assert "NoneType" in outcomes["bad", 1].error
    assert outcomes["bad", 1].metrics == {}


def die_with_seed_two(task: Task) -> Outcome:
    if task.seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return do(task)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills at once")
def test_a_killed_worker_fails_its_run_alone(monkeypatch):
    monkeypatch.setattr(pool, "do", die_with_seed_two)
    outcomes = by_run(list(do_all(tasks(range(1, 7), small=small()), 2)))
    assert len(outcomes) == 6
    assert {seed for _, seed in outcomes if outcomes["small", seed].status == "failed"} == {2}
    assert "died" in outcomes["small", 2].error

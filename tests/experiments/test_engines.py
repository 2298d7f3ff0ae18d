"""Many runs: any number of workers gives the same, and no failure takes another run with it."""

import os
import signal

import numpy as np
import pytest

from experiments.comparing import Interrupted, compare
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


def test_compare_gives_a_row_per_run_and_pairs_by_seed():
    scenarios = {"on": small(), "off": small(mechanisms={"tiers": False})}
    heard: list[Outcome] = []
    comparison = compare(scenarios, [3, 4, 5], 1, heard.append, {"days": 8})
    runs = comparison.runs
    assert list(runs["scenario"]) == ["on"] * 3 + ["off"] * 3
    assert list(runs["seed"]) == [3, 4, 5] * 2
    assert len(heard) == 6
    assert runs["key"].nunique() == 6
    assert (runs["parameters"] == '{"days": 8}').all()
    row = comparison.table.set_index(["metric", "scenario"]).loc[("notice.reach_72h", "off")]
    gaps = runs[runs["scenario"] == "off"]["notice.reach_72h"].to_numpy(dtype=float) - runs[
        runs["scenario"] == "on"
    ]["notice.reach_72h"].to_numpy(dtype=float)
    assert row["pairs"] == 3
    assert row["diff"] == pytest.approx(gaps.mean())
    half = 4.302652729911275 * gaps.std(ddof=1) / np.sqrt(3)  # Student's t, 2 degrees of freedom, 97.5 %
    assert row["diff_high"] - row["diff"] == pytest.approx(half)
    assert [shown.name for shown in comparison.shown] == ["on", "off"]


def test_an_interrupt_keeps_what_was_finished():
    def stop_after_three(_: Outcome) -> None:
        finished.append(1)
        if len(finished) == 3:
            raise KeyboardInterrupt

    finished: list[int] = []
    with pytest.raises(Interrupted) as interrupt:
        compare({"a": small(), "b": small()}, [1, 2, 3], 1, stop_after_three, {})
    assert len(interrupt.value.comparison.runs) == 3


def test_an_interrupt_before_the_first_run_has_nothing_to_keep(monkeypatch):
    def interrupted(_: Task) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(pool, "do", interrupted)
    with pytest.raises(KeyboardInterrupt) as interrupt:
        compare({"a": small()}, [1, 2], 1, lambda _: None, {})
    assert not isinstance(interrupt.value, Interrupted)

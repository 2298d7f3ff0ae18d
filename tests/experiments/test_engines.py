"""Many runs: any number of workers gives the same, and no failure takes another run with it."""

import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.engines import pool
from experiments.engines.parcels import KEPT, Parcels, do_packed
from experiments.engines.pool import do_all
from experiments.engines.task import Outcome, Task, do, failed
from scenarios.schema import Scenario

ROOT = Path(__file__).parents[2]
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


def test_runs_of_a_scenario_share_its_bytes_on_the_way_and_itself_on_arrival():
    asked = tasks(range(1, 3), on=small(), off=small(mechanisms={"tiers": False}))
    parcels = Parcels()
    sent = [parcels.packed(task) for task in asked]
    assert sent[0].scenario is sent[2].scenario
    assert sent[0].scenario != sent[1].scenario
    arrived: list[Task] = []

    def note(task: Task) -> Outcome:
        arrived.append(task)
        return failed(task, "")

    for parcel in sent:
        do_packed(note, pickle.loads(pickle.dumps(parcel)))  # noqa: S301 - our own
    assert arrived == asked
    assert arrived[0].scenario is arrived[2].scenario
    assert arrived[0].scenario is not asked[0].scenario


def test_so_many_scenarios_are_kept_on_the_way_and_no_more():
    parcels = Parcels()
    asked = [Task(str(number), small(), 1) for number in range(KEPT + 1)]
    first = [parcels.packed(task).scenario for task in asked]
    assert parcels.packed(asked[1]).scenario is first[1]
    again = parcels.packed(asked[0]).scenario
    assert again == first[0]
    assert again is not first[0]


def alone(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What some code says in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip


@pytest.mark.skipif(not pool.FORKS, reason="needs a server that forks workers")
def test_what_workers_fork_from_has_kernels_and_leaves_nothing_that_a_fork_would_lose():
    code = """
import gc, os, signal
import simulation.run, experiments.curves, experiments.files
def threads():
    return sorted(open(f"/proc/self/task/{task}/comm").read() for task in os.listdir("/proc/self/task"))
before = threads() if os.path.exists("/proc/self/task") else None
import experiments.engines.loaded
from simulation.notices.spread import spread_day
assert spread_day.signatures
assert before is None or threads() == before
assert gc.isenabled() and gc.get_freeze_count() > 100_000
assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL
assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
"""
    assert alone(code).stderr == ""


@pytest.mark.skipif(not pool.FORKS, reason="needs a server that forks workers")
def test_a_worker_that_nobody_wants_any_more_before_it_began_says_nothing():
    said = """
import sys
import experiments.engines.loaded
for error in (EOFError(), FileNotFoundError(2, "no lock"), FileNotFoundError(2, "none", "m.py"), OSError()):
    sys.excepthook(type(error), error, None)
"""
    lines = alone(said).stderr.splitlines()
    assert lines == ["FileNotFoundError: [Errno 2] none: 'm.py'", "OSError"]


@pytest.mark.skipif(not pool.FORKS, reason="needs a server that forks workers")
def test_loading_ends_with_the_process_that_wanted_it(tmp_path):
    code = "from experiments.engines.pool import prepare; prepare(2)"
    assert alone(code, NUMBA_CACHE_DIR=str(tmp_path)).stderr == ""
    assert not list(tmp_path.rglob("*.nbc")), "whoever reads its output waited until kernels were compiled"


def test_one_worker_prepares_nothing(monkeypatch):
    monkeypatch.setattr(pool, "_start_server", lambda: pytest.fail("started"))
    pool.prepare(1)


def test_no_kernel_is_loaded_where_there_is_nothing_to_do(monkeypatch):
    monkeypatch.setattr(pool, "load_kernels", lambda: pytest.fail("loaded"))
    assert list(do_all([], 1)) == []
    assert list(do_all([], 2)) == []


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_compiling_is_said_once_whoever_compiles(tmp_path, workers):
    code = f"""
from experiments.engines.pool import do_all
from experiments.engines.task import Task
from scenarios import load
if __name__ == "__main__":
    small = load("coordinated", {{"community.households": 50, "days": 3}})
    asked = [Task("small", small, seed) for seed in (1, 2)]
    for _ in range(2):
        assert all(outcome.status == "done" for outcome in do_all(asked, {workers}))
"""
    said = alone(code, NUMBA_CACHE_DIR=str(tmp_path)).stderr
    assert said == "Compiling, once on this machine (up to 20 s) ...\n"
    assert alone(code, NUMBA_CACHE_DIR=str(tmp_path)).stderr == ""


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

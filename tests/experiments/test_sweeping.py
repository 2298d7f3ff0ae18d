"""Doing a sweep: whatever happens on the way, the same runs and the same bytes in the end."""

import contextlib
import hashlib
import os
import signal
import time
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calling import started

from experiments.command_line import main
from experiments.engines.task import Outcome, Task
from experiments.statistics import half_width
from experiments.store import Store
from experiments.sweeps.plan import read_plan
from experiments.sweeps.sweeping import do_sweep

SWEEP = """
set: {days: 8, community.households: 50}
factors:
  digital.automation: {low: 0, high: 1, levels: 2}
  scenario: [coordinated, fragmented]
replications: 3
seed: 5
keep: [cases]
"""


def asked(folder: Path, text: str = SWEEP) -> Path:
    (folder / "asked.yaml").write_text(text, encoding="utf-8")
    return folder / "asked.yaml"


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "runs.parquet").read_bytes()).hexdigest()


@pytest.fixture(scope="module", autouse=True)
def no_drawings() -> Iterator[None]:
    """Drawing takes longer than all that is tested here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.figures.draw_sweep", lambda _: ({}, {}))
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A sweep done in one go by one process."""
    folder = tmp_path_factory.mktemp("whole")
    main(["sweep", str(asked(folder)), "--out", str(folder / "out"), "--workers", "1"])
    return folder / "out"


def test_a_row_per_run_with_the_same_seeds_at_every_point(whole):
    runs = pd.read_parquet(whole / "runs.parquet")
    assert len(runs) == 12
    assert runs.groupby("point")["seed"].apply(list).tolist() == [[5, 6, 7]] * 4
    assert (runs["status"] == "done").all()
    assert runs["key"].nunique() == 12
    assert runs.groupby("seed")["fate"].nunique().tolist() == [1, 1, 1]
    assert runs["digital.automation"].tolist() == [0.0] * 6 + [1.0] * 6
    assert runs["scenario"].tolist() == (["coordinated"] * 3 + ["fragmented"] * 3) * 2
    assert "digital.automation" in runs["parameters"].iloc[0]


def test_points_sum_up_their_runs(whole):
    runs = pd.read_parquet(whole / "runs.parquet")
    points = pd.read_parquet(whole / "points.parquet")
    found = points[(points["point"] == 2) & (points["metric"] == "satisfaction.mean")].iloc[0]
    values = runs[runs["point"] == 2]["satisfaction.mean"]
    assert (found["runs"], found["n"]) == (3, 3)
    assert found["mean"] == pytest.approx(values.mean())
    assert found["sd"] == pytest.approx(values.std())
    assert found["high"] - found["mean"] == pytest.approx(4.302652729911275 * values.sem())  # t, 2 degrees
    assert (found["scenario"], found["digital.automation"]) == ("coordinated", 1.0)
    nothing = points[(points["metric"] == "notice.t90_h") & (points["n"] == 0)]
    assert nothing[["mean", "low", "high", "sd"]].isna().all(axis=None)


def test_tables_that_are_kept_name_their_run(whole):
    runs = pd.read_parquet(whole / "runs.parquet")
    cases = pd.read_parquet(whole / "tables" / "cases")
    counted = cases.groupby("key").size().reindex(runs["key"], fill_value=0)
    assert counted.tolist() == runs["case.count"].tolist()


def test_the_folder_gives_the_same_again_with_any_number_of_workers(whole, tmp_path):
    main(["sweep", str(whole / "sweep.yaml"), "--out", str(tmp_path / "again"), "--workers", "2"])
    assert digest(tmp_path / "again") == digest(whole)
    assert (tmp_path / "again" / "points.parquet").read_bytes() == (whole / "points.parquet").read_bytes()


def test_more_replications_add_to_what_is_there(tmp_path, capsys):
    main(["sweep", str(asked(tmp_path)), "--out", str(tmp_path / "out"), "--workers", "1"])
    first = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    capsys.readouterr()
    more = asked(tmp_path, SWEEP.replace("replications: 3", "replications: 4"))
    main(["sweep", str(more), "--out", str(tmp_path / "out"), "--workers", "1"])
    assert "12 of 16 runs are there already" in capsys.readouterr().err
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert len(runs) == 16
    pd.testing.assert_frame_equal(runs[runs["seed"] < 8].reset_index(drop=True), first)


def made_up(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
    """Runs that are not lived: two of the four points vary little, two much."""
    for task in tasks:
        size = 0.1 if task.scenario.digital.automation == 0.0 else 1.0
        value = size * float(np.random.default_rng(task.seed).normal())
        yield Outcome(task.name, task.seed, "done", key=task.key, metrics={"satisfaction.mean": value})


def until(rule: str) -> str:
    return SWEEP.replace("keep: [cases]\n", f"stop: {{metric: satisfaction.mean, {rule}}}\n")


def test_points_are_replicated_until_the_metric_is_known(tmp_path):
    text = SWEEP.replace(
        "keep: [cases]\n", "stop: {metric: satisfaction.mean, half_width: 0.4, step: 2, at_most: 40}"
    )
    plan = read_plan(asked(tmp_path, text))
    with Store(tmp_path / "out") as store:
        do_sweep(plan, store, made_up, lambda *_: None)
        runs = pd.DataFrame(
            [(run.point, run.seed, run.stored.metrics["satisfaction.mean"]) for run in store.planned()],
            columns=["point", "seed", "value"],
        )
    counts = runs.groupby("point").size().tolist()
    for _, found in runs.groupby("point"):
        values = found["value"].tolist()
        assert found["seed"].tolist() == list(range(5, 5 + len(values)))
        assert half_width(values) <= 0.4
        assert len(values) == 3 or half_width(values[:-2]) > 0.4
    assert counts[:2] == [3, 3]
    assert min(counts[2:]) > 10


def test_a_point_that_stays_uncertain_is_given_up(tmp_path):
    text = SWEEP.replace(
        "keep: [cases]\n", "stop: {metric: satisfaction.mean, half_width: 1.0e-9, step: 4, at_most: 9}"
    )
    plan = read_plan(asked(tmp_path, text))
    with Store(tmp_path / "out") as store:
        do_sweep(plan, store, made_up, lambda *_: None)
        assert store.count_done() == 4 * 9


def test_a_run_that_raises_is_a_row_and_the_others_go_on(tmp_path, monkeypatch, capsys):
    import simulation.run

    real = simulation.run.run

    def fails(scenario, seed, **options):
        if seed == 6:
            raise ValueError("a bad day")
        return real(scenario, seed, **options)

    monkeypatch.setattr(simulation.run, "run", fails)
    with pytest.raises(SystemExit) as ended:
        main(["sweep", str(asked(tmp_path)), "--out", str(tmp_path / "out"), "--workers", "1"])
    assert ended.value.code == 1
    assert "4 of 12 runs failed" in capsys.readouterr().err
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert runs.groupby("status").size().to_dict() == {"done": 8, "failed": 4}
    assert runs[runs["seed"] == 6]["error"].str.startswith("ValueError: a bad day").all()
    assert runs[runs["seed"] == 6]["case.count"].isna().all()
    monkeypatch.undo()
    main(["sweep", str(asked(tmp_path)), "--out", str(tmp_path / "out"), "--workers", "1"])
    assert (pd.read_parquet(tmp_path / "out" / "runs.parquet")["status"] == "done").all()


def test_another_command_s_folder_is_refused(whole, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["compare", "coordinated", "fragmented", "--out", str(whole), "--replications", "1"])
    assert ended.value.code == 2
    assert "holds the result of 'gongzhi sweep'" in capsys.readouterr().err


def wait_for_runs(out: Path, count: int) -> None:
    """Until so many runs have left a table."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):
            if len([name for name in os.listdir(out / "tables" / "cases") if name[0] != "."]) >= count:
                return
        time.sleep(0.01)
    raise AssertionError("no runs")


def workers_of(parent: int) -> list[int]:
    """Processes that do runs: they stand below the server that forks them, which stands below the parent."""
    found: dict[int, int] = {}
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError):
            found[int(name)] = int((Path("/proc") / name / "stat").read_text().rpartition(")")[2].split()[1])
    below = {parent}
    for _ in range(4):
        below |= {process for process, above in found.items() if above in below}
    return [process for process in below if found.get(process) in below - {parent}]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="finds worker processes in /proc")
@pytest.mark.parametrize("victim", ["parent", "worker", "ctrl-c"])
def test_a_sweep_that_is_killed_goes_on_to_the_same_bytes(whole, tmp_path, victim):
    out = tmp_path / "out"
    again = ("sweep", asked(tmp_path), "--out", out, "--workers", 2)
    with started(*again) as process:
        wait_for_runs(out, 2)
        if victim == "parent":
            os.killpg(process.pid, signal.SIGKILL)
        elif victim == "worker":
            os.kill(workers_of(process.pid)[0], signal.SIGKILL)
        else:
            os.killpg(process.pid, signal.SIGINT)
        _, message = process.communicate(timeout=120)
    assert "Traceback" not in message
    expected = {"parent": -signal.SIGKILL, "worker": 0, "ctrl-c": 130}[victim]
    assert process.returncode == expected, message
    if victim == "ctrl-c":
        assert "the same command goes on from there" in message
    with started(*again) as process:
        _, message = process.communicate(timeout=120)
    assert process.returncode == 0, message
    assert "of 12 runs are there already" in message
    assert digest(out) == digest(whole)

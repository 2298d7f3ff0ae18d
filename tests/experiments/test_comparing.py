"""Comparing: pairs by seed, and whatever happens on the way, the same runs and the same bytes in the end."""

import contextlib
import hashlib
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from calling import compared, gongzhi, started

from experiments import store as store_module
from experiments.comparing import Interrupted, compare
from experiments.engines import pool
from experiments.engines.pool import do_all
from experiments.engines.task import Outcome, Task, do, failed
from experiments.store import FILE, Progress, Store
from scenarios.schema import Scenario

SMALL = {"title": "small", "days": 8, "community": {"households": 50}, "notices": {"at": ("30 h",)}}
ASKED = ("compare", "coordinated", "fragmented", "--days", 8, "--set", "community.households=50",
         "--replications", 6)  # fmt: skip
RUNS = 12


def small(**parts: object) -> Scenario:
    return Scenario.model_validate(SMALL | parts)


def digests(folder: Path) -> dict[str, str]:
    names = ("runs.parquet", "comparison.parquet", "comparison.csv")
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


@pytest.fixture(scope="module", autouse=True)
def no_drawings() -> Iterator[None]:
    """Drawing takes longer than all that is tested here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.figures.draw_all", lambda *_: {})
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A comparison done in one go by one process."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    assert gongzhi(*ASKED, "--out", folder, "--workers", 1) == 0
    return folder


def some(count: int, then: type[BaseException]) -> Any:
    """An engine that ends after so many runs."""

    def do_some(tasks: Iterator[Task], workers: int) -> Iterator[Outcome]:
        yield from islice(do_all(tasks, workers), count)
        raise then

    return do_some


def test_compare_gives_a_row_per_run_and_pairs_by_seed(tmp_path):
    scenarios = {"on": small(), "off": small(mechanisms={"tiers": False})}
    heard: list[tuple[Outcome | None, Progress]] = []
    with Store(tmp_path) as store:
        comparison = compare(
            scenarios,
            [3, 4, 5],
            store,
            partial(do_all, workers=1),
            lambda *now: heard.append(now),
            {"days": 8},
        )
    runs = comparison.runs
    assert list(runs["scenario"]) == ["on"] * 3 + ["off"] * 3
    assert list(runs["seed"]) == [3, 4, 5] * 2
    assert [progress.done for _, progress in heard] == list(range(7))
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


def test_an_interrupt_keeps_what_was_finished(tmp_path):
    engine = partial(some(3, KeyboardInterrupt), workers=1)
    with Store(tmp_path) as store, pytest.raises(Interrupted) as interrupt:
        compare({"a": small(), "b": small()}, [1, 2, 3], store, engine, lambda *_: None, {})
    assert interrupt.value.comparison.runs["seed"].tolist() == [1, 2, 3] * 2, "a and b are one scenario"


def test_an_interrupt_before_the_first_run_has_nothing_to_keep(tmp_path):
    engine = partial(some(0, KeyboardInterrupt), workers=1)
    with Store(tmp_path) as store, pytest.raises(KeyboardInterrupt) as interrupt:
        compare({"a": small()}, [1, 2], store, engine, lambda *_: None, {})
    assert not isinstance(interrupt.value, Interrupted)


def test_figures_show_the_same_from_the_store_as_from_the_runs(tmp_path):
    """What was read back is averaged, not what workers handed over."""
    shown = compared(tmp_path, {"a": small()}, [1, 2]).shown[0].averaged
    first, second = (do(Task("a", small(), seed)).curves for seed in (1, 2))
    assert np.array_equal(shown.informed.mean, (first.informed + second.informed) / 2.0, equal_nan=True)
    assert np.array_equal(shown.buildings.reach_72h, first.buildings.reach_72h, equal_nan=True)


def test_an_interrupted_comparison_goes_on_where_it_was(whole, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(pool, "do_all", some(5, KeyboardInterrupt))
        assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 130
    message = capsys.readouterr().err
    assert "keeps 5 runs; the same command goes on from there" in message
    assert "holds a comparison of the 5 runs that were finished" in message
    assert len(pd.read_parquet(out / "runs.parquet")) == 5
    done: list[Task] = []
    with monkeypatch.context() as patched:
        patched.setattr(pool, "do", lambda task: done.append(task) or do(task))
        assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    assert len(done) == RUNS - 5
    assert "5 of 12 runs are there already" in capsys.readouterr().err
    assert digests(out) == digests(whole)
    assert (out / "provenance.json").read_bytes() == (whole / "provenance.json").read_bytes()


def test_an_interrupted_comparison_goes_on_from_its_provenance_too(whole, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(pool, "do_all", some(5, KeyboardInterrupt))
        assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 130
    capsys.readouterr()
    assert gongzhi("compare", out / "provenance.json", "--out", out, "--workers", 1) == 0
    message = capsys.readouterr().err
    assert "5 of 12 runs are there already" in message
    assert "recorded" not in message, "half a comparison is nothing to hold the whole one against"
    assert digests(out) == digests(whole)


def test_more_replications_and_scenarios_add_to_what_is_there(whole, tmp_path, capsys):
    out = tmp_path / "out"
    fewer = [*ASKED[:2], *ASKED[3:-1], 4]
    assert gongzhi(*fewer, "--out", out, "--workers", 1) == 0
    capsys.readouterr()
    assert gongzhi(*ASKED, "--out", out, "--workers", 2) == 0
    assert "4 of 12 runs are there already" in capsys.readouterr().err
    assert digests(out) == digests(whole)
    assert gongzhi(*fewer, "--out", out, "--workers", 1) == 0
    assert len(pd.read_parquet(out / "runs.parquet")) == 4


def test_made_again_in_its_own_folder_it_is_done_anew_and_that_can_be_interrupted(
    whole, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "out"
    assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    again = ("compare", out / "provenance.json", "--out", out, "--workers", 1)
    done: list[Task] = []
    monkeypatch.setattr(pool, "do", lambda task: done.append(task) or do(task))
    with monkeypatch.context() as patched:
        patched.setattr(pool, "do_all", some(5, MemoryError))
        assert gongzhi(*again) == 1
    assert len(done) == 5
    assert digests(out) == digests(whole)
    capsys.readouterr()
    assert gongzhi(*again) == 0
    assert len(done) == RUNS, "what was done anew is not done a third time"
    assert "the same as recorded, bit for bit" in capsys.readouterr().err
    assert digests(out) == digests(whole)


def test_curves_that_other_code_made_are_made_anew(whole, tmp_path, monkeypatch):
    out = tmp_path / "out"
    monkeypatch.setattr(store_module, "code_of_experiments", lambda: "f" * 64)
    assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    monkeypatch.undo()
    done: list[Task] = []
    monkeypatch.setattr(pool, "do", lambda task: done.append(task) or do(task))
    monkeypatch.setattr("experiments.figures.draw_all", lambda *_: {})
    assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    assert len(done) == RUNS
    assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    assert len(done) == RUNS


def test_a_run_that_failed_is_a_row_and_is_tried_again(whole, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(
            pool, "do", lambda task: failed(task, "ValueError: a bad day") if task.seed == 2 else do(task)
        )
        assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 1
    assert "2 of 12 runs failed" in capsys.readouterr().err
    runs = pd.read_parquet(out / "runs.parquet")
    assert (runs["status"] == "failed").tolist() == [seed == 2 for seed in runs["seed"]]
    assert runs[runs["seed"] == 2]["case.count"].isna().all()
    assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    assert digests(out) == digests(whole)


def test_a_second_process_is_refused(whole, tmp_path, capsys):
    with Store(tmp_path / "out"):
        assert gongzhi(*ASKED, "--out", tmp_path / "out") == 2
    assert "another gongzhi is working in this folder" in capsys.readouterr().err


def test_a_full_disk_stops_cleanly_and_the_same_command_goes_on(whole, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    with monkeypatch.context() as patched:  # SQLite's own way to have no more room
        patched.setattr(store_module, "_SETTINGS", store_module._SETTINGS + "pragma max_page_count = 12;")
        assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 1
    message = capsys.readouterr().err
    assert "runs.sqlite: cannot be written: database or disk is full" in message
    assert "Traceback" not in message
    assert not (out / "runs.parquet").exists()
    assert gongzhi(*ASKED, "--out", out, "--workers", 1) == 0
    assert "of 12 runs are there already" in capsys.readouterr().err
    assert digests(out) == digests(whole)


def wait_for_runs(out: Path, count: int) -> None:
    """Until so many runs are in the store; others may read its file only once it is given back."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError):
            size = (out / f"{FILE}-wal").stat().st_size
            if size > count * 8192:
                return
        time.sleep(0.01)
    raise AssertionError("no runs")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills at once")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_comparison_that_is_killed_goes_on_to_the_same_bytes(whole, tmp_path, workers):
    out = tmp_path / "out"
    again = (*ASKED, "--out", out, "--workers", workers)
    with started(*again) as process:
        wait_for_runs(out, 3)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert not (out / "runs.parquet").exists()
    with started(*again) as process:
        _, message = process.communicate(timeout=300)
    assert process.returncode == 0, message
    assert "of 12 runs are there already" in message
    assert digests(out) == digests(whole)
    with contextlib.closing(sqlite3.connect(out / FILE)) as file:
        assert file.execute("select count(*), count(distinct key) from curves").fetchone() == (RUNS, RUNS)

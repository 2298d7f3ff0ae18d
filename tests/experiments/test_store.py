"""The store of runs: what was finished is there, whatever happened since, and is done once."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import IO

import pytest

from experiments.engines.task import Outcome, Task
from experiments.store import FILE, Store
from scenarios.errors import OutputError, ResultError
from scenarios.schema import Scenario

SCENARIO = Scenario.model_validate({"title": "none"})


def task(key: str, seed: int = 1, keep: tuple[str, ...] = ()) -> Task:
    return Task("none", SCENARIO, seed, draws=False, keep=keep, key=key)


def done(key: str, **parts: object) -> Outcome:
    return Outcome("none", 1, "done", key=key, metrics={"case.count": 3, "case.on_time": None}, **parts)


def put_thousand(store: Store) -> None:
    for number in range(1000):
        store.put(done(f"{number:064d}"))


def engine(calls: list[str], fails: Iterable[str] = ()) -> object:
    def do(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        for one in tasks:
            calls.append(one.key)
            if one.key in fails:
                yield Outcome("none", 1, "failed", "ValueError: no", key=one.key)
            else:
                yield done(one.key, tables=dict.fromkeys(one.keep, b"table"))

    return do


def test_a_run_is_there_when_the_store_is_opened_again(tmp_path):
    with Store(tmp_path) as store:
        store.put(done("a", fate="f"))
        assert store.get("b") is None
    with Store(tmp_path) as store:
        found = store.get("a")
        assert found is not None
        assert (found.status, found.fate) == ("done", "f")
        assert found.metrics == {"case.count": 3, "case.on_time": None}


def test_a_run_is_done_once_and_a_failed_one_is_tried_again(tmp_path):
    calls: list[str] = []
    with Store(tmp_path) as store:
        assert len(list(store.do([task("a"), task("b"), task("a")], engine(calls, {"b"})))) == 2
        assert calls == ["a", "b"]
        assert store.get("b").status == "failed"
        list(store.do([task("a"), task("b")], engine(calls)))
        assert calls == ["a", "b", "b"]
        assert store.get("b").status == "done"


def test_tables_that_were_not_kept_are_made_when_they_are_wanted(tmp_path):
    calls: list[str] = []
    with Store(tmp_path) as store:
        list(store.do([task("a")], engine(calls)))
        list(store.do([task("a", keep=("cases",))], engine(calls)))
        assert calls == ["a", "a"]
        assert (tmp_path / "tables" / "cases" / "a.parquet").read_bytes() == b"table"
        assert store.has("a", ["cases"])
        assert not store.has("a", ["cases", "work"])


def test_the_plan_is_told_in_order_with_what_is_there(tmp_path):
    with Store(tmp_path) as store:
        store.plan([(1, 7, "d"), (0, 8, "b"), (0, 7, "a")])
        store.put(done("b"))
        found = [(run.point, run.seed, run.key, run.stored is not None) for run in store.planned()]
        assert found == [(0, 7, "a", False), (0, 8, "b", True), (1, 7, "d", False)]
        assert (store.count_planned(), store.count_done()) == (3, 1)
    with Store(tmp_path) as store:
        assert store.count_planned() == 0


def test_a_second_process_is_refused_and_the_first_goes_on(tmp_path):
    code = f"""
        from pathlib import Path
        from experiments.store import Store
        from scenarios.errors import ResultError
        try:
            Store(Path({str(tmp_path)!r}))
        except ResultError as error:
            print(error)
    """
    with Store(tmp_path) as store:
        told = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
        )
        store.put(done("a"))
    assert "another gongzhi is working in this folder" in told.stdout


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills at once")
def test_what_was_counted_survives_a_kill(tmp_path):
    code = f"""
        import os, signal
        from pathlib import Path
        from experiments.engines.task import Outcome
        from experiments.store import Store
        store = Store(Path({str(tmp_path)!r}))
        for number in range(5):
            store.put(Outcome("none", 1, "done", key=str(number), tables={{"cases": b"table"}}))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert ended.returncode == -signal.SIGKILL
    with Store(tmp_path) as store:
        assert all(store.has(str(number), ["cases"]) for number in range(5))
        assert not store.has("5")


def test_a_disk_that_is_full_stops_cleanly_and_nothing_is_lost(tmp_path):
    with Store(tmp_path) as store:
        store.put(done("a"))
        pages = store._file.execute("pragma page_count").fetchone()[0]
        store._file.execute(f"pragma max_page_count = {pages}")  # SQLite's own way to have no more room
        with pytest.raises(OutputError, match=r"runs\.sqlite: cannot be written: .*full"):
            put_thousand(store)
    with Store(tmp_path) as store:
        assert store.has("a")
        assert store.has(f"{0:064d}")
        store.put(done("more"))


def full(handle: int, mode: str) -> IO[bytes]:
    """A file on a disk without room."""
    os.close(handle)
    return Path("/dev/full").open(mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_table_that_finds_no_room_is_not_counted(tmp_path, monkeypatch):
    with Store(tmp_path) as store:
        real = os.fdopen
        monkeypatch.setattr("os.fdopen", full)
        with pytest.raises(OutputError, match="No space left"):
            store.put(done("a", tables={"cases": b"x" * 100_000}))
        monkeypatch.setattr("os.fdopen", real)
        assert not store.has("a")
        assert list((tmp_path / "tables" / "cases").iterdir()) == []


def test_a_file_that_is_no_store_is_refused(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(ResultError, match=r"runs\.sqlite: file is not a database: move it away"):
        Store(tmp_path)
    (tmp_path / FILE).unlink()
    Store(tmp_path).close()


def test_the_file_is_a_database_that_others_can_read(tmp_path):
    with Store(tmp_path) as store:
        store.put(done("a"))
    rows = sqlite3.connect(tmp_path / FILE).execute("select key, status from runs").fetchall()
    assert rows == [("a", "done")]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    place = tmp_path / "file"
    place.write_text("x")
    with pytest.raises((OutputError, ResultError)):
        Store(place)

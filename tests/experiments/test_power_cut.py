"""Power that fails: what was counted is on the disk, and whatever is left, the same comes out in the end.

A disk keeps what was synced. Of what was written since it keeps any part, sector by sector and in any order:
this is made up here from copies of a store before and after each run, and a store is opened on what is left.
"""

import hashlib
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from calling import gongzhi, started

from experiments import store as store_module
from experiments.comparing import compare
from experiments.engines.pool import do_all
from experiments.engines.task import Engine, Outcome, Outcomes, Task
from experiments.files import parquet
from experiments.store import FILE, TABLES, Progress, Store, Tell
from experiments.sweeps.plan import read_plan
from experiments.sweeps.sweeping import do_sweep
from experiments.sweeps.tables import write_runs
from scenarios import load

WAL = f"{FILE}-wal"
SECTOR = 512
UNSYNCED = store_module._SETTINGS.replace("synchronous = full", "synchronous = off")
"""The store's settings, but for waiting for the disk, which changes what is written nowhere."""
HEADER = 32
"""Bytes of a log's header, which SQLite syncs before it writes over a log that it has copied."""
SWEEP = """
set: {days: 8, community.households: 50}
factors:
  digital.automation: {low: 0, high: 1, levels: 3}
replications: 2
keep: [cases]
"""
RUNS = 6


# What is done, and its outcome ---------------------------------------------------------------------------


def swept(folder: Path, engine: Engine, tell: Tell) -> str:
    (folder / "asked.yaml").write_text(SWEEP, encoding="utf-8")
    plan = read_plan(folder / "asked.yaml")
    with Store(folder) as store:
        do_sweep(plan, store, engine, tell)
        write_runs(folder, plan, store)
    kept = sorted((folder / TABLES).glob("*/[!.]*"))
    assert len(kept) == RUNS
    return digest([(folder / "runs.parquet").read_bytes(), *(file.read_bytes() for file in kept)])


def compared(folder: Path, engine: Engine, tell: Tell) -> str:
    small = {"days": 8, "community.households": 50}
    scenarios = {name: load(name, small) for name in ("coordinated", "fragmented")}
    with Store(folder) as store:
        found = compare(scenarios, range(1, 4), store, engine, tell, {})
    shown = [repr(shown.averaged.informed.mean.tolist()).encode() for shown in found.shown]
    return digest([parquet(found.runs), *shown])


def digest(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def silent(_: Outcome | None, __: Progress) -> None:
    pass


@dataclass(frozen=True)
class Asked:
    """Something that is asked, with the outcomes of its runs, so that doing it again takes no time."""

    do: Callable[[Path, Engine, Tell], str]
    outcomes: dict[str, Outcome]
    result: str

    def engine(self, tasks: Iterable[Task]) -> Outcomes:
        for task in tasks:
            yield self.outcomes[task.key]

    def goes_on(self, folder: Path) -> int:
        """Do it in a folder to the same end; gives how many runs were there already."""
        there: list[int] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store_module, "_SETTINGS", UNSYNCED)
            assert self.do(folder, self.engine, lambda _, now: there.append(now.done)) == self.result
        return there[0]


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Intervals, and waiting for a disk that is made up, take longer than all that is tested here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.comparing.compare_table", lambda runs: runs)
        patch.setattr("os.fsync", lambda _: None)
        yield


@pytest.fixture(scope="module", params=[swept, compared])
def asked(request, tmp_path_factory) -> Asked:
    outcomes: dict[str, Outcome] = {}

    def noting(tasks: Iterable[Task]) -> Outcomes:
        for outcome in do_all(tasks, 1):
            outcomes[outcome.key] = outcome
            yield outcome

    result = request.param(tmp_path_factory.mktemp("asked"), noting, silent)
    assert len(outcomes) == RUNS
    return Asked(request.param, outcomes, result)


# Disks ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disk:
    """What a folder holds of a store."""

    base: bytes
    log: bytes
    tables: dict[str, bytes]

    @classmethod
    def of(cls, folder: Path) -> "Disk":
        kept = (folder / TABLES).rglob("*.parquet")
        return cls(
            (folder / FILE).read_bytes(),
            (folder / WAL).read_bytes(),
            {file.relative_to(folder).as_posix(): file.read_bytes() for file in kept},
        )

    def write(self, folder: Path) -> None:
        folder.mkdir()
        for name, content in {FILE: self.base, WAL: self.log, **self.tables}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def mixed(old: bytes, new: bytes, chance: random.Random) -> bytes:
    """Any of the sectors in which a file changed, and of what was added any length."""
    length = chance.randint(min(len(old), len(new)), max(len(old), len(new)))
    padded = {False: old.ljust(length, b"\0"), True: new.ljust(length, b"\0")}
    sectors = [padded[chance.random() < 0.5][at : at + SECTOR] for at in range(0, length, SECTOR)]
    return b"".join(sectors)[:length]


def cuts(before: Disk, after: Disk, chance: random.Random) -> Iterator[tuple[Disk, bool]]:
    """What may be left where the power fails during one run's writing, and whether that run must be there."""
    log = mixed(before.log, after.log, chance)
    if before.log[:HEADER] == after.log[:HEADER]:
        yield replace(after, base=before.base, log=after.log[: len(log)]), False
    else:  # written over from the start, but for the header nothing before that is synced
        log = after.log[:HEADER] + log[HEADER:]
        yield replace(after, base=before.base, log=after.log[:HEADER] + before.log[HEADER:]), False
    yield replace(after, base=before.base, log=log), False
    torn = {
        f"{Path(name).parent}/.{Path(name).name}.torn": content[:100]
        for name, content in after.tables.items()
        if name not in before.tables
    }
    yield replace(before, tables=before.tables | torn), False  # the log is written to after the tables
    if before.base != after.base:  # the log was copied into the base, after it was synced
        yield replace(after, base=mixed(before.base, after.base, chance)), True
    yield after, True


def disks_of(asked: Asked, folder: Path, monkeypatch: pytest.MonkeyPatch, pages: int) -> list[Disk]:
    """Copies of a store when it is planned, and after each run was put into it."""
    found: list[Disk] = []
    put = Store.put

    def putting(store: Store, outcome: Outcome) -> None:
        if not found:
            found.append(Disk.of(folder))
        put(store, outcome)
        found.append(Disk.of(folder))

    with monkeypatch.context() as patched:
        patched.setattr(Store, "put", putting)
        patched.setattr(store_module, "_SETTINGS", UNSYNCED + f"pragma wal_autocheckpoint = {pages};")
        asked.do(folder, asked.engine, silent)
    return found


@pytest.mark.parametrize("pages", [1000, 3], ids=["log alone", "log copied every few runs"])
def test_after_a_power_cut_what_was_counted_is_there_and_the_end_is_the_same(
    asked, pages, tmp_path, monkeypatch
):
    (tmp_path / "out").mkdir()
    disks = disks_of(asked, tmp_path / "out", monkeypatch, pages)
    assert len(disks) == RUNS + 1
    copied = sum(one.base != other.base for one, other in pairwise(disks))
    assert copied >= 2 if pages < 10 else not copied
    chance = random.Random(7)  # noqa: S311 - no secret
    for number, (before, after) in enumerate(pairwise(disks)):
        for left, is_there in cuts(before, after, chance):
            folder = tmp_path / "cut"
            left.write(folder)
            assert asked.goes_on(folder) >= number + is_there
            shutil.rmtree(folder)


def test_such_a_test_sees_a_log_that_is_not_synced(asked, tmp_path, monkeypatch):
    """Were a run counted before it is on the disk, the log could end before it."""
    (tmp_path / "out").mkdir()
    disks = disks_of(asked, tmp_path / "out", monkeypatch, 1000)
    replace(disks[3], log=disks[2].log).write(tmp_path / "cut")
    assert asked.goes_on(tmp_path / "cut") == 2


# What the system is asked for ----------------------------------------------------------------------------


def test_sqlite_syncs_its_log_at_every_commit(tmp_path):
    with Store(tmp_path) as store:
        assert store._file.execute("pragma journal_mode").fetchone() == ("wal",)
        assert store._file.execute("pragma synchronous").fetchone() in [(2,), (3,)], "FULL or EXTRA"


@pytest.mark.skipif(os.name != "posix", reason="folders are synced where they can be opened")
def test_tables_and_their_names_are_synced_before_their_run_is_committed(tmp_path, monkeypatch):
    events: list[tuple[str, object]] = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda one: (events.append(("sync", os.fstat(one).st_ino)), sync(one)))
    monkeypatch.setattr(
        os, "replace", lambda one, to: (events.append(("replace", Path(to).name)), rename(one, to))
    )
    out = tmp_path / "above" / "out"
    with Store(out) as store:
        assert events == [("sync", one.stat().st_ino) for one in (tmp_path / "above", tmp_path)]
        store._file.set_trace_callback(lambda text: events.append(("sql", text.split()[0].lower())))
        for key in ("a", "b"):
            events.clear()
            tables = {"cases": b"cases", "work": b"work"}
            store.put(Outcome("none", 1, "done", key=key, tables=tables))
            expected: list[tuple[str, object]] = []
            for name in tables:
                folder = out / TABLES / name
                made = {"cases": [out / TABLES, out], "work": [out / TABLES]}[name] if key == "a" else []
                expected += [("sync", one.stat().st_ino) for one in made]
                expected.append(("sync", (folder / f"{key}.parquet").stat().st_ino))
                expected += [("replace", f"{key}.parquet"), ("sync", folder.stat().st_ino)]
            assert events == [*expected, ("sql", "begin"), ("sql", "insert"), ("sql", "commit")]


# A real process ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a signal that halts a process")
def test_every_copy_of_a_running_sweep_cut_at_any_byte_goes_on_to_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.figures.draw_sweep", lambda _: ({}, {}))
    file = tmp_path / "asked.yaml"
    file.write_text(SWEEP.replace("replications: 2", "replications: 10"), encoding="utf-8")
    chance = random.Random(3)  # noqa: S311 - no secret
    copies: list[tuple[Path, int]] = []
    with started("sweep", file, "--out", tmp_path / "out", "--workers", 2) as process:
        while process.poll() is None and len(copies) < 4:
            log = tmp_path / "out" / WAL
            if log.exists() and (not copies or log.stat().st_size > copies[-1][1]):
                os.kill(process.pid, signal.SIGSTOP)
                copies.append((tmp_path / f"copy-{len(copies)}", log.stat().st_size))
                shutil.copytree(tmp_path / "out", copies[-1][0])
                os.kill(process.pid, signal.SIGCONT)
            time.sleep(chance.uniform(0.05, 0.4))
        _, message = process.communicate(timeout=300)
    assert process.returncode == 0, message
    assert len(copies) >= 3
    whole = (tmp_path / "out" / "runs.parquet").read_bytes()
    monkeypatch.setattr(store_module, "_SETTINGS", UNSYNCED)
    for folder, size in copies:
        os.truncate(folder / WAL, chance.randint(0, size))
        assert gongzhi("sweep", file, "--out", folder, "--workers", 1) == 0
        assert (folder / "runs.parquet").read_bytes() == whole
        for kept in (tmp_path / "out" / TABLES).glob("*/*.parquet"):
            assert (folder / kept.relative_to(tmp_path / "out")).read_bytes() == kept.read_bytes()

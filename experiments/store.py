"""The store of runs: each finished run is on disk before it is counted, and is never done twice.

A SQLite file in the result folder. What a run is known by holds its resolved scenario, its seed and the code,
so that whoever asks for a run that is there has its result, whatever else changed in between. The power may
fail at any moment: what was being written then is undone by SQLite when the file is next opened.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from experiments.engines.task import Engine, Outcome, Status, Task
from experiments.files import make_folder, write_all
from experiments.provenance import code_of_experiments
from scenarios.errors import OutputError, ResultError

if TYPE_CHECKING:
    from experiments.curves import Curves

FILE = "runs.sqlite"
LOCK = ".lock"
TABLES = "tables"
_BUSY_S = 0.1
_SETTINGS = "pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full;"
_SCHEMA = """
create table if not exists runs (
    key text primary key, status text not null, error text, metrics text not null, fate text,
    tables text not null, cpu_s real not null, weights text not null
) without rowid;
create table if not exists curves (key text primary key, code text not null, packed blob not null);
create temp table plan (
    point integer, seed integer, key text not null, primary key (point, seed)
) without rowid;
"""
_OUTDATED = "select key from curves where code <> ?"
"""Runs whose curves other code made: what a run is known by holds the code of the run alone."""
_PLANNED = "select key from plan"


@dataclass(frozen=True, slots=True)
class Stored:
    """A run as it stands in the store."""

    status: Status
    error: str | None
    metrics: dict[str, float | int | None]
    fate: str | None
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class Planned:
    """A run that is part of what is asked."""

    point: int
    seed: int
    key: str
    stored: Stored | None
    """None where it was not done yet."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far many runs are."""

    asked: int
    """Runs asked for so far; may grow on the way, where they go on until something is precise."""
    done: int
    """Of these, runs that are in the store."""


type Tell = Callable[[Outcome | None, Progress], None]
"""Called with each run that ends, and with None before the first, with what was there already."""


class Store:
    """The runs in a result folder. Only one process at a time has it open.

    Raises:
        ResultError: another process has it open, or the file is none of ours.
        OutputError: the folder cannot be written to; what was finished before stays.
    """

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self.folder = folder
        self._lock = FileLock(folder / LOCK)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise ResultError(
                f"{folder}: another gongzhi is working in this folder: wait for it, or choose another --out"
            ) from None
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise

    def _open(self) -> None:
        with self._refusing():
            self._file = sqlite3.connect(self.folder / FILE, timeout=_BUSY_S, isolation_level=None)
            try:
                self._file.executescript(_SETTINGS + _SCHEMA)
                self._remove(_OUTDATED, code_of_experiments())
            except BaseException:
                self._file.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the folder back."""
        self._file.close()
        self._lock.release()

    def get(self, key: str) -> Stored | None:
        """The run of a key; None where it is not there."""
        query = "select status, error, metrics, fate, weights from runs where key = ?"
        found = self._file.execute(query, (key,)).fetchone()
        return None if found is None else _stored(found)

    def curves(self, key: str) -> "Curves | None":
        """The curves of a run; None where it has none."""
        from experiments.packing import unpacked

        found = self._file.execute("select packed from curves where key = ?", (key,)).fetchone()
        return None if found is None else unpacked(found[0])

    def has(self, key: str, tables: Sequence[str] = (), *, draws: bool = False) -> bool:
        """Whether a run was done, and all the tables that are wanted of it, and the curves, are there."""
        query = (
            "select tables, exists (select 1 from curves where curves.key = runs.key) from runs "
            "where key = ? and status = 'done'"
        )
        found = self._file.execute(query, (key,)).fetchone()
        return found is not None and set(tables) <= set(json.loads(found[0])) and found[1] >= draws

    def put(self, outcome: Outcome) -> None:
        """Write a run, its tables first; when this returns, it is on the disk."""
        curves = None
        if outcome.curves is not None:
            from experiments.packing import packed

            curves = (outcome.key, code_of_experiments(), packed(outcome.curves))
        for name, content in outcome.tables.items():
            write_all(self.folder / TABLES / name, {f"{outcome.key}.parquet": content})
        row = (
            outcome.key,
            outcome.status,
            outcome.error,
            json.dumps(outcome.metrics, allow_nan=False),
            outcome.fate,
            json.dumps(sorted(outcome.tables)),
            outcome.cpu_s,
            json.dumps(outcome.weights, allow_nan=False),
        )
        with self._refusing(), self._file:
            self._file.execute("begin")
            self._file.execute("insert or replace into runs values (?, ?, ?, ?, ?, ?, ?, ?)", row)
            if curves is not None:
                self._file.execute("insert or replace into curves values (?, ?, ?)", curves)

    def plan(self, runs: Iterable[tuple[int, int, str]]) -> None:
        """Note, for as long as the store is open, that runs are part of what is asked: point, seed, key."""
        with self._refusing(), self._file:
            self._file.execute("begin")
            self._file.executemany("insert or replace into plan values (?, ?, ?)", runs)

    def planned(self) -> Iterator[Planned]:
        """What was planned, in order of point and seed."""
        query = (
            "select point, seed, plan.key, status, error, metrics, fate, weights from plan "
            "left join runs on plan.key = runs.key order by point, seed"
        )
        for point, seed, key, *row in self._file.execute(query):
            stored = None if row[0] is None else _stored((row[0], row[1], row[2], row[3], row[4]))
            yield Planned(point, seed, key, stored)

    def count_planned(self) -> int:
        """Runs that were planned."""
        return int(self._file.execute("select count(*) from plan").fetchone()[0])

    def count_done(self) -> int:
        """Runs that were planned and are done."""
        query = "select count(*) from plan join runs on plan.key = runs.key where status = 'done'"
        return int(self._file.execute(query).fetchone()[0])

    def forget_planned(self) -> None:
        """Remove the runs that were planned where all of them are there, so that they are done anew.

        Where some are not there, doing them anew was begun before, and goes on.
        """
        missing = "select count(*) from plan left join runs on plan.key = runs.key where runs.key is null"
        if not self._file.execute(missing).fetchone()[0]:
            with self._refusing():
                self._remove(_PLANNED)

    def _remove(self, keys: str, *values: str) -> None:
        """Remove the runs whose keys a query gives, and their curves."""
        with self._file:
            self._file.execute("begin")
            self._file.execute(f"delete from runs where key in ({keys})", values)  # noqa: S608 - our own text
            self._file.execute(f"delete from curves where key in ({keys})", values)  # noqa: S608 - our own text

    def carry_out(self, tasks: Iterable[Task], engine: Engine, tell: Tell) -> None:
        """Do those of the planned runs that are not there, and tell how far it is."""
        asked, done = self.count_planned(), self.count_done()
        tell(None, Progress(asked, done))
        for outcome in self.do(tasks, engine):
            done += outcome.status == "done"
            tell(outcome, Progress(asked, done))

    def do(self, tasks: Iterable[Task], engine: Engine) -> Iterator[Outcome]:
        """Do those runs that are not there, and put each into the store before it is counted.

        Runs that failed are tried again. Keys that come twice are done once.

        Args:
            tasks: what is asked; taken one by one.
            engine: does them.

        Yields:
            What came of each run that was done now.
        """
        asked: set[str] = set()

        def missing() -> Iterator[Task]:
            for task in tasks:
                if task.key not in asked and not self.has(task.key, task.keep, draws=task.draws):
                    asked.add(task.key)
                    yield task

        with closing(engine(missing())) as outcomes:
            for outcome in outcomes:
                self.put(outcome)
                asked.discard(outcome.key)
                yield outcome

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise OutputError(f"{self.folder / FILE}: cannot be written: {error}") from error
        except sqlite3.DatabaseError as error:
            raise ResultError(
                f"{self.folder / FILE}: {error}: move it away, or choose another --out"
            ) from error


def _stored(row: tuple[Status, str | None, str, str | None, str]) -> Stored:
    status, error, metrics, fate, weights = row
    return Stored(status, error, json.loads(metrics), fate, json.loads(weights))

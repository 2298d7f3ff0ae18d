"""Many runs at once: worker processes, the same results from any number of them, nothing finished lost."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.schema import Scenario

if TYPE_CHECKING:
    from experiments.curves import Curves

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Pinned to one in workers: a run is one thread, and there is a worker for every core."""
AHEAD = 2
"""Runs handed to each worker beyond the one it works at."""


@dataclass(frozen=True, slots=True)
class Task:
    """One run to do."""

    name: str
    """The scenario's name in tables."""
    scenario: Scenario
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    name: str
    seed: int
    status: str
    """``done`` or ``failed``."""
    error: str | None
    """What was raised, in one line; None where nothing was."""
    metrics: dict[str, float | int | None]
    fate: str | None
    curves: "Curves | None"
    cpu_s: float
    """CPU seconds of the run."""


def do(task: Task) -> Outcome:
    """Do one run; what it raises becomes a failed outcome."""
    from experiments.curves import curves_of
    from simulation.run import run

    began = time.process_time()
    try:
        result = run(task.scenario, task.seed)
        curves = curves_of(result.tables)
    except Exception as error:  # noqa: BLE001 - one failed run is a row, and the others go on
        place = traceback.extract_tb(error.__traceback__)[-1]
        text = f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
        return Outcome(task.name, task.seed, "failed", text, {}, None, None, time.process_time() - began)
    spent = time.process_time() - began
    return Outcome(task.name, task.seed, "done", None, result.metrics, result.fate, curves, spent)


def do_all(tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    """Do all runs, and yield each as it ends; the order depends on luck, the outcomes do not.

    Where the system kills a worker, the runs under way are tried once more, each alone, and only one that
    dies again fails. On an interrupt the runs under way are given up and the interrupt goes to the caller.
    """
    if workers == 1 or len(tasks) == 1:
        yield from map(do, tasks)
        return
    left = list(tasks)
    while left:
        done: set[int] = set()
        try:
            for number, outcome in _pooled(left, workers):
                done.add(number)
                yield outcome
            left = []
        except BrokenProcessPool:
            left = [task for number, task in enumerate(left) if number not in done]
            suspects = workers * (1 + AHEAD)
            yield from _one_by_one(left[:suspects])
            left = left[suspects:]


def _one_by_one(suspects: Sequence[Task]) -> Iterator[Outcome]:
    """Runs that a dying worker took with it, each in a pool of its own, so that only the guilty one fails."""
    for task in suspects:
        try:
            yield from (outcome for _, outcome in _pooled([task], 1))
        except BrokenProcessPool:
            text = "the worker process died: the system killed it, perhaps for want of memory"
            yield Outcome(task.name, task.seed, "failed", text, {}, None, None, 0.0)


def _pooled(tasks: Sequence[Task], workers: int) -> Iterator[tuple[int, Outcome]]:
    pool = ProcessPoolExecutor(min(workers, len(tasks)), _context(), initializer=_begin)
    waiting: dict[Future[Outcome], int] = {}
    try:
        queue = enumerate(tasks)
        room = workers * (1 + AHEAD)
        while True:
            for number, task in islice(queue, room - len(waiting)):
                waiting[pool.submit(do, task)] = number
            if not waiting:
                return
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                yield waiting.pop(future), future.result()
    except BaseException:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - no public way to end a run
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> multiprocessing.context.BaseContext:
    """A server that has imported everything once and forks workers from itself, where there is one."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["experiments.curves", "simulation.run"])
        _start_server()
    return context


def _start_server() -> None:
    """Start the server that forks workers, deaf to Ctrl-C even while it still imports."""
    from multiprocessing.forkserver import ensure_running

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """A worker leaves Ctrl-C to its parent, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def pin_threads() -> None:
    """Let numeric libraries of this process and its workers use one thread each; call before they load."""
    for name in THREADS:
        os.environ.setdefault(name, "1")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Many runs at once: worker processes, the same results from any number of them, nothing finished lost."""

import multiprocessing
import os
import signal
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from experiments.engines.kernels import load_kernels
from experiments.engines.parcels import Parcel, Parcels, do_packed
from experiments.engines.task import DIED, Outcome, Outcomes, Task, do, failed

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Pinned to one in workers: a run is one thread, and there is a worker for every core."""
FORKS = "forkserver" in multiprocessing.get_all_start_methods()
"""Whether workers are forked from a server, not spawned."""
AHEAD = 2
"""Runs handed to each worker beyond the one it works at."""


def do_all(tasks: Iterable[Task], workers: int) -> Outcomes:
    """Do all runs, and yield each as it ends; the order depends on luck, the outcomes do not.

    Where the system kills a worker, the runs under way are tried once more, each alone, and only one that
    dies again fails. On an interrupt the runs under way are given up and the interrupt goes to the caller.

    Args:
        tasks: taken one by one as there is room for them, so that they may be made on the way.
        workers: processes to use.
    """
    queue = iter(tasks)
    for first in queue:
        if workers == 1 or not FORKS:
            load_kernels()
        if workers == 1:
            yield from map(do, chain([first], queue))
            return
        suspects = yield from _pooled(chain([first], queue), workers)
        for task in suspects:
            yield from _alone(task)


def prepare(workers: int) -> None:
    """Begin to load in the background what so many workers need, while their runs are still planned."""
    if workers > 1 and FORKS:
        _context()


def _alone(task: Task) -> Iterator[Outcome]:
    """A run that a dying worker took with it, in a pool of its own, so that only the guilty one fails."""
    if (yield from _pooled(iter([task]), 1)):
        yield failed(task, DIED)


def _pooled(queue: Iterator[Task], workers: int) -> Generator[Outcome, None, list[Task]]:
    """Do runs until there are no more, or until a worker dies; returns those that were under way then."""
    pool = ProcessPoolExecutor(workers, _context(), initializer=_begin)
    waiting: dict[Future[Outcome], Task] = {}
    parcels = Parcels()
    try:
        while True:
            for task in islice(queue, workers * (1 + AHEAD) - len(waiting)):
                waiting[_submit(pool, parcels.packed(task))] = task
            if not waiting:
                return []
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                if isinstance(future.exception(), BrokenProcessPool):
                    continue
                del waiting[future]
                yield future.result()
            if any(future in waiting for future in ended):
                return list(waiting.values())
    except BaseException:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - no public way to end a run
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, parcel: Parcel) -> Future[Outcome]:
    """Hand a run over; one that a pool broken in the meantime refuses counts as under way."""
    try:
        return pool.submit(do_packed, do, parcel)
    except BrokenProcessPool as error:
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused


def _context() -> multiprocessing.context.BaseContext:
    """A server that has loaded everything once and forks workers from itself, where there is one."""
    context = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    if FORKS:
        context.set_forkserver_preload(["experiments.engines.loaded"])
        _start_server()
    return context


def _start_server() -> None:
    """Start the server that forks workers, deaf to Ctrl-C even while it still imports."""
    from multiprocessing import resource_tracker
    from multiprocessing.forkserver import ensure_running

    resource_tracker.ensure_running()  # by itself, because starting it lets Ctrl-C through again
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

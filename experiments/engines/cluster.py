"""Many runs on a Dask cluster: the same results as from this machine's cores, whichever worker does a run."""

import asyncio
import hashlib
import importlib
import logging
import platform
import socket
import time
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from experiments.engines.pool import pin_threads
from experiments.engines.task import Outcome, Outcomes, Task, do, failed
from experiments.files import write
from experiments.provenance import surroundings
from scenarios.errors import InputError, RunFailedError

CONNECT_S = 8
"""Seconds to wait for a scheduler's answer, and then for its first worker."""
PATIENCE_S = 60
"""Seconds without any worker after which a cluster is given up."""
LOOK_S = 2.0
"""Seconds between two looks at which workers there are."""
AHEAD = 2
"""Runs handed to the cluster for each worker, beyond the one it works at."""
LOGS = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")
"""The logs of Dask that have a level of their own."""
SIMD = "simd"
"""NumPy's vector instructions, by which the last bits of functions such as exp differ."""
INSTALL = "--cluster needs Dask: pip install 'gongzhi[cluster]'"


class UnlikeError(InputError):
    """A worker whose results might not be bit for bit those of this machine."""


def do_on_cluster(tasks: Iterable[Task], address: str) -> Outcomes:
    """Do all runs on a Dask cluster, and yield each as it ends.

    Where a worker dies, the scheduler gives its runs to others, until ``allowed-failures`` of them (3 by
    default) died under a run. Such a run is tried once more when the others are done, and alone; one
    that dies again fails.

    Args:
        tasks: taken one by one as there is room for them.
        address: of the scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises:
        InputError: there is no such scheduler, or no worker, or one with other versions or settings.
        RunFailedError: the scheduler, or every worker, went away; what was yielded stays.
    """
    queue = iter(tasks)
    for first in queue:
        with _connected(address) as cluster:
            suspects = yield from cluster.do(chain([first], queue))
            for task in suspects:
                if (yield from cluster.do(iter([task]))):
                    yield failed(task, f"every worker that tried it died: {cluster.died}")


class _Cluster:
    """A cluster in use."""

    def __init__(self, address: str, client: Any) -> None:
        self.address = address
        self.client = client
        self.ours = description()
        self.died = ""
        """What the scheduler said of the last run whose workers died."""
        self.layouts: dict[str, Any] = {}
        self.last_look = 0.0
        self.last_seen = time.monotonic()
        self.workers = self.count()

    def do(self, queue: Iterator[Task]) -> Generator[Outcome, None, list[Task]]:
        """Do runs until there are no more; returns those that took their workers with them."""
        waiting: dict[str, tuple[Any, Task]] = {}
        ended: SimpleQueue[Any] = SimpleQueue()
        suspects: list[Task] = []
        try:
            while True:
                room = self.workers * (1 + AHEAD) - len(waiting)
                for task in islice(queue, max(0, room)):  # below 0 where workers went away
                    future = self.submit(task)
                    waiting[future.key] = future, task
                    future.add_done_callback(ended.put)
                if not waiting:
                    return suspects
                for future in self.wait(ended):
                    _, task = waiting.pop(future.key)
                    outcome = self.outcome(future, task)
                    if outcome is None:
                        suspects.append(task)
                    else:
                        yield outcome
        finally:
            if waiting and self.client.status == "running":
                self.client.cancel([future for future, _ in waiting.values()], force=True)

    def submit(self, task: Task) -> Any:
        """Hand a run over, and with it the content of its layout, which a worker may not have."""
        layout, content = task.scenario.community.layout, None
        if layout is not None:
            content = self.layouts.get(layout)
            if content is None:
                packed = zlib.compress(Path(layout).read_bytes())
                content = self.layouts[layout] = self.client.submit(bytes, packed, pure=False)
        return self.client.submit(_do, task, content, self.ours, pure=False)

    def wait(self, ended: SimpleQueue[Any]) -> list[Any]:
        """The runs that ended, at least one; looks now and then whether there are workers at all."""
        while True:
            if time.monotonic() > self.last_look + LOOK_S:
                self.workers = self.count()
            try:
                found = [ended.get(timeout=LOOK_S)]
            except Empty:
                continue
            while not ended.empty():
                found.append(ended.get())
            return found

    def count(self) -> int:
        """How many workers there are; the last known number for a while where there are none."""
        try:
            found = len(self.client.nthreads())
        except OSError:
            raise self.lost() from None
        self.last_look = time.monotonic()
        if found:
            self.last_seen = self.last_look
            return found
        if self.last_look > self.last_seen + PATIENCE_S:
            raise RunFailedError(
                f"{self.address}: all workers of the cluster are gone for {PATIENCE_S} s: start some, and "
                "give the same command again"
            )
        return self.workers

    def outcome(self, future: Any, task: Task) -> Outcome | None:
        """What came of a run; None where its workers died."""
        from distributed.scheduler import KilledWorker

        if future.status in {"cancelled", "lost"}:
            raise self.lost()
        if future.status == "finished":
            try:
                found: Outcome | str = future.result()
            except OSError:
                raise self.lost() from None
            if isinstance(found, str):
                raise UnlikeError(found)
            return found
        error = future.exception()
        if isinstance(error, KilledWorker):
            self.died = f"KilledWorker, last on {getattr(error.last_worker, 'address', error.last_worker)}"
            return None
        return failed(task, f"{type(error).__name__}: {error}")

    def lost(self) -> RunFailedError:
        """The error where the scheduler went away."""
        return RunFailedError(
            f"{self.address}: the scheduler of the cluster went away: start it, and give the same command "
            "again"
        )


@contextmanager
def _connected(address: str) -> Iterator[_Cluster]:
    """A cluster whose workers are all like this process."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise InputError(INSTALL) from None
    _answers(address)
    with _silent():
        try:
            asyncio.run(_greet(address))
            client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
        except Exception as error:  # noqa: BLE001 - whatever a stranger's answer makes of Dask's reader
            raise _no_scheduler(address, error) from None
        try:
            _check(client, address)
            yield _Cluster(address, client)
        finally:
            client.close(timeout=CONNECT_S)


def _answers(address: str) -> None:
    """Find out quickly whether anybody listens at an address."""
    try:
        parts = urlsplit(address)
        port = parts.port if parts.scheme in {"tcp", "tls"} else None
    except ValueError:
        port = None
    if port is None or not parts.hostname:
        raise InputError(f"--cluster {address}: give the address of a Dask scheduler, tcp://HOST:PORT")
    try:
        socket.create_connection((parts.hostname, port), timeout=CONNECT_S).close()
    except OSError as error:
        raise _no_scheduler(address, error) from None


async def _greet(address: str) -> None:
    """Exchange Dask's first words with a scheduler; a client that fails at this cannot be closed."""
    distributed = importlib.import_module("distributed")
    security = distributed.Security().get_connection_args("client")
    connecting = distributed.comm.connect(address, timeout=CONNECT_S, **security)
    comm = await asyncio.wait_for(connecting, CONNECT_S)
    await comm.close()


def _no_scheduler(address: str, error: Exception) -> InputError:
    said = (error.strerror or str(error)) if isinstance(error, OSError) else "what listens there is none"
    reason = said.partition("\n")[0] or type(error).__name__
    return InputError(
        f"--cluster {address}: no scheduler answers there ({reason}); 'dask scheduler' starts one and prints "
        "its address"
    )


@contextmanager
def _silent() -> Iterator[None]:
    """Leave it to our own messages to say what happens to the cluster."""
    logs = [logging.getLogger(name) for name in LOGS]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


@cache
def description() -> dict[str, str]:
    """What must be alike wherever runs are done, for their results to be the same bit for bit."""
    known = surroundings()
    machine = known["platform"]
    return {
        "code": known["code"][:12],
        "code_experiments": known["code_experiments"][:12],
        **known["versions"],
        "python": ".".join(platform.python_version_tuple()[:2]),
        "system": f"{machine['system']} {machine['machine']} {machine['libc']}",
        SIMD: " ".join(machine["simd"]),
        "threads": "1",
    }


def _described(dask_worker: Any) -> dict[str, str]:
    """What a worker is like."""
    pin_threads()
    return description() | {"threads": str(dask_worker.state.nthreads)}


def _check(client: Any, address: str) -> None:
    """Refuse a cluster without workers, or with one that is unlike this process."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError:
        raise InputError(
            f"--cluster {address}: the scheduler has no workers: start some with "
            f"'dask worker {address} --nthreads 1 --nworkers N'"
        ) from None
    ours = description()
    for worker, theirs in client.run(_described, on_error="return").items():
        _compare(worker, theirs, ours)


def _compare(worker: str, theirs: Mapping[str, str] | BaseException, ours: Mapping[str, str]) -> None:
    if isinstance(theirs, ImportError):
        raise UnlikeError(
            f"worker {worker} has no gongzhi of this version ({theirs}): install the same there as here"
        )
    if isinstance(theirs, BaseException):
        raise UnlikeError(f"worker {worker} cannot be asked for its versions: {theirs}")
    if theirs["threads"] != ours["threads"]:
        raise UnlikeError(
            f"worker {worker} has {theirs['threads']} threads, but a run wants a process to itself: start "
            "workers with --nthreads 1 --nworkers N"
        )
    different = [name for name, own in ours.items() if theirs.get(name) != own]
    if different == [SIMD]:
        more = sorted({*ours[SIMD].split()} ^ {*theirs[SIMD].split()})
        raise UnlikeError(
            f"worker {worker} has another processor than this machine, and NumPy might round otherwise: set "
            f"NPY_DISABLE_CPU_FEATURES='{' '.join(more)}' here and for all workers"
        )
    if different:
        unlike = "; ".join(f"{name} {theirs.get(name)}, here {ours[name]}" for name in different)
        raise UnlikeError(
            f"worker {worker} is unlike this machine, and its results might be ({unlike}): install the same "
            "there as here"
        )


def _do(task: Task, layout: bytes | None, ours: dict[str, str]) -> Outcome | str:
    """Do one run, on a worker, which may have come after the others were checked.

    Nothing is raised: Dask cannot carry every exception, and then never tells the client of the run's end.

    Returns:
        What came of it, or why this worker may not do it.
    """
    from distributed import get_worker

    try:
        worker = get_worker()
        _compare(worker.address, _described(worker), ours)
        if layout is not None:
            task = _with_layout(task, layout, Path(worker.local_directory))
        return do(task)
    except UnlikeError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - see above
        return failed(task, f"{type(error).__name__}: {error}")


def _with_layout(task: Task, layout: bytes, folder: Path) -> Task:
    """The task with its layout in a file of this machine; what a run is known by holds the content alone."""
    place = task.scenario.community
    name = hashlib.sha256(layout).hexdigest() + Path(str(place.layout)).suffix
    if not (folder / name).exists():
        write(folder / name, zlib.decompress(layout))
    community = place.model_copy(update={"layout": str(folder / name)})
    return replace(task, scenario=task.scenario.model_copy(update={"community": community}))

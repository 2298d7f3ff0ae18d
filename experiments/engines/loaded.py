"""What the server that forks workers imports once: then every worker starts with all of it, kernels too.

All imports take about two seconds of CPU in a process, and all kernels nearly half a one, also from the
cache of Numba; whoever is forked afterwards has both. The short run by which kernels are loaded starts no
thread, which a fork would lose, and leaves nothing behind that a run could see: that one is a function of
scenario and seed.

Nothing here is for any other process to import.
"""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

LOOKS_EVERY_S = 0.05


@contextmanager
def _ending_with_parent() -> Iterator[None]:
    """End this process with its parent while it loads; later, the server itself sees to that.

    Else whoever waits for all output of a command that was interrupted, or given wrong input, would wait
    until everything was loaded, or compiled.
    """
    parent = os.getppid()

    def look(_signal: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os._exit(0)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOKS_EVERY_S, LOOKS_EVERY_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _load() -> None:
    """Import what a run needs and load the kernels.

    What is loaded stays, so the collector of garbage need not look for any in it, now or in the workers.
    """
    gc.disable()
    import experiments.curves
    import experiments.files  # noqa: F401 - both are for the workers
    from experiments.engines.kernels import load_kernels

    load_kernels()
    gc.collect()
    gc.freeze()
    gc.enable()


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print what ended a worker before it began, unless that is that whoever wanted it has gone.

    After Ctrl-C nothing comes through its pipe, or the locks that it is told of are there no more.
    """
    gone = isinstance(error, FileNotFoundError) and error.filename is None
    if not gone and not isinstance(error, EOFError):
        sys.__excepthook__(kind, error, trace)


with _ending_with_parent():
    _load()
sys.excepthook = _tell

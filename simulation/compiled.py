"""The one way to compile a kernel: Numba, cached on disk, without the interpreter's lock."""

from collections.abc import Callable
from typing import cast

from numba import njit


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` at its first call and keep the machine code in Numba's cache.

    The plain function stays reachable as ``kernel.py_func`` for tests that compare the two.
    Constants of other modules must come in as arguments: the cache does not notice when they change.
    """
    return cast(Callable[P, R], njit(cache=True, nogil=True, error_model="numpy")(function))

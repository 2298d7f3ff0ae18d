"""The compiled kernels: loaded before runs begin, and told where that takes long."""

import sys
from functools import cache
from typing import Any

import click

CLEARED = "\r\x1b[2K"
"""Takes a progress bar out of the way on a terminal."""


@cache
def load_kernels() -> None:
    """Load the compiled kernels, once in a process; say so where Numba has to compile them first."""
    from numba.core import event

    from simulation.run import warm_up

    with event.install_listener("numba:compile", _notice(event.Listener)):
        warm_up()


def _notice(listener: type) -> Any:
    """A listener to Numba's compiler, which is silent where a kernel is loaded from the cache."""

    class Notice(listener):  # type: ignore[misc]
        told = False

        def on_start(self, event: object) -> None:  # noqa: ARG002 - Numba's signature
            if not self.told:
                self.told = True
                cleared = CLEARED if sys.stderr.isatty() else ""
                click.echo(f"{cleared}Compiling, once on this machine (up to 20 s) ...", err=True)

        def on_end(self, event: object) -> None:
            pass

    return Notice()

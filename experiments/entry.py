"""Where ``gongzhi`` starts: an interrupt while its modules are loaded ends it as quietly as one later."""

import os
import signal
from types import FrameType

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def main() -> None:
    """Load the command line and run it.

    Until it is loaded nothing has been begun, so that an interrupt can end the process at once: an exception
    might be lost in, or reported by, whatever library is being loaded just then.
    """
    before = signal.signal(signal.SIGINT, _end)
    from experiments.command_line import main as run

    signal.signal(signal.SIGINT, before)
    run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)

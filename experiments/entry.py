"""Where ``gongzhi`` starts: an interrupt while its modules are loaded ends it as quietly as one later."""

import sys

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""
SAYING = "gongzhi: interrupted"

try:
    import os
    import signal
    from types import FrameType
except KeyboardInterrupt:  # so early that it cannot be handled yet
    sys.stderr.write(f"{SAYING}\n")
    raise SystemExit(INTERRUPTED) from None


def main() -> None:
    """Load the command line and run it.

    Until it is loaded nothing has been begun, so that an interrupt can end the process at once: an exception
    might be lost in, or reported by, whatever library is being loaded just then.
    """
    before = signal.signal(signal.SIGINT, _end)
    from experiments.command_line import main as run

    try:
        signal.signal(signal.SIGINT, before)
        run()
    except KeyboardInterrupt:  # where the command line does not look out for it yet, or any more
        sys.stderr.write(f"{SAYING}\n")
        raise SystemExit(INTERRUPTED) from None


def _end(_signal: int, _frame: FrameType | None) -> None:
    os.write(2, f"{SAYING}\n".encode())
    os._exit(INTERRUPTED)

"""Commands as tests give them: in this process, or in one of its own that can be killed."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from experiments.command_line import main
from experiments.comparing import Comparison, compare
from experiments.engines.pool import do_all
from experiments.store import Store
from scenarios.schema import Scenario


def gongzhi(*arguments: object) -> int:
    """Exit code of one command."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def started(*arguments: object) -> "subprocess.Popen[str]":
    """A command in a process group of its own."""
    command = [sys.executable, "-m", "experiments", *map(str, arguments)]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True, start_new_session=True
    )


def compared(
    folder: Path, scenarios: Mapping[str, Scenario], seeds: Sequence[int], workers: int = 1
) -> Comparison:
    """A comparison whose runs are kept in a folder."""
    with Store(folder) as store:
        return compare(scenarios, seeds, store, partial(do_all, workers=workers), lambda *_: None, {})

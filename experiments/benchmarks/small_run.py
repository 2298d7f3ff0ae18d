"""The run of which the benchmark of engines does many: 200 households for 30 days."""

import time
from functools import cache
from typing import Any

SMALL = {"community.households": 200, "days": 30}


@cache
def _scenario() -> Any:
    from scenarios import load

    return load("coordinated", SMALL)


def live(seed: int) -> float:
    """One run; gives its own CPU seconds."""
    from simulation.run import run

    scenario = _scenario()
    began = time.process_time()
    run(scenario, seed)
    return time.process_time() - began

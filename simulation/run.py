"""One run as a pure function: (scenario, seed) to metrics and tables. Nothing else goes in or comes out."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from scenarios.schema import Scenario
from simulation.model import CommunityModel
from simulation.results.pooling import weights_of
from simulation.results.summary import summarise

TELLS_EVERY = 5
"""Days between two words about how far a run is."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gives."""

    metrics: dict[str, float | int | None]
    """By name, see :data:`simulation.results.metrics.METRICS`."""
    tables: dict[str, pd.DataFrame]
    """By name, see the README."""
    fate: str
    """SHA-256 of the run's fate: equal for all scenarios that met the same."""
    weights: dict[str, float] = field(default_factory=dict)
    """Where asked for: over how many things each metric is a mean, see :mod:`simulation.results.pooling`."""


def run(
    scenario: Scenario,
    seed: int,
    *,
    trace: bool = False,
    weigh: bool = False,
    tell: Callable[[int], None] | None = None,
) -> Result:
    """Live all days of a scenario.

    Args:
        scenario: what is asked.
        seed: decides fate and every response.
        trace: add the table ``spread``: from whom and when each resident heard each notice.
        weigh: give the weights with which the metrics of several runs can be put together.
        tell: called now and then with the days lived so far.
    """
    model = CommunityModel(scenario, rng=seed, trace=trace)
    while tell is not None and model.day < scenario.days:
        model.run_for(24.0 * min(TELLS_EVERY, scenario.days - model.day))
        tell(model.day)
    model.run_to_end()
    tables = model.tables()
    weights = weights_of(tables, model.state) if weigh else {}
    return Result(summarise(tables, model.state), tables, model.state.fate.digest, weights)


def warm_up() -> None:
    """Compile every kernel, or load it from the cache, by a short run that uses all of them."""
    small = {"communities": 1, "households": 60}
    scenario = Scenario.model_validate(
        {
            "title": "warm-up",
            "days": 8,
            "community": small,
            "notices": {"at": (1.0, 30.0), "group_chat": {"on": True}},
            "patrol": {"knocks": True},
        }
    )
    run(scenario, 1)

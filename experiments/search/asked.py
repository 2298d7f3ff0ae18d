"""What a search file may say."""

from typing import Literal, Self

from pydantic import model_validator

from experiments.asking import no_metric
from experiments.sweeps.asked import Varied
from scenarios.phrases import phrase
from scenarios.units import CHOICE, GIVEN, Misplaced, param
from simulation.results.metrics import METRICS

type Direction = Literal["max", "min"]
FEWEST, MOST = 2, 3
"""Outcomes of a search."""
_BETTER: dict[str, Direction] = {"higher": "max", "lower": "min"}


class Search(Varied):
    """A search over parameters of a scenario for the best trade-offs between outcomes."""

    outcomes: dict[str, Literal["max", "min"] | None] = param(
        ...,
        "The metrics to trade off, two or three, each with ``max`` or ``min``; nothing where the metric "
        "itself says which is better.",
        unit="mapping",
        source=GIVEN,
        min_length=FEWEST,
        max_length=MOST,
    )
    trials: int = param(
        200, "Settings to try, the scenario itself not counted.", unit="1", source=CHOICE, ge=2, le=100_000
    )
    population: int = param(
        20,
        "Settings of a generation: tried together, before the next are chosen.",
        unit="1",
        source=CHOICE,
        ge=2,
        le=10_000,
    )

    @model_validator(mode="after")
    def _outcomes_have_a_direction(self) -> Self:
        for name, direction in self.outcomes.items():
            if name not in METRICS:
                raise Misplaced(("outcomes", name), no_metric(name))
            if direction is None and METRICS[name].better is None:
                message = phrase(
                    "more of {name} is neither better nor worse of itself: give max or min", name=name
                )
                raise Misplaced(("outcomes", name), message)
        return self

    @model_validator(mode="after")
    def _a_generation_is_part_of_the_trials(self) -> Self:
        if self.population > self.trials:
            said = phrase(
                "{population} in a generation is more than the {trials} trials",
                population=self.population,
                trials=self.trials,
            )
            raise Misplaced(("population",), said)
        return self

    def directions(self) -> dict[str, Direction]:
        """Each outcome with its direction."""
        return {
            name: direction or _BETTER[METRICS[name].better or "higher"]
            for name, direction in self.outcomes.items()
        }

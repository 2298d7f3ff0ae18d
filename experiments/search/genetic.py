"""NSGA-II by Optuna: asked and told generation by generation, so that the same seed takes the same way."""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.search.asked import Direction
from experiments.sweeps.designs import Point
from experiments.sweeps.factors import Factor, Label, Range
from scenarios.errors import InputError

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

NEEDED = "optimise needs Optuna: pip install 'gongzhi[optimise]'"
CROSSOVER_ETA, MUTATION_ETA = 2.0, 5.0
"""How near children stay to their parents. Farther than the usual 20 and 20: a search here has some ten
generations, not hundreds, and on a problem with a known front 200 trials then cover more of it."""
MISSING = "missing"
"""Name of the constraint that nothing is missing."""


class Genetic:
    """NSGA-II with its usual operators: simulated binary crossover, polynomial mutation (Deb et al. 2002).

    Args:
        factors: what is varied.
        directions: of each outcome.
        population: size of a generation.
        seed: of all that is drawn.

    Raises:
        InputError: Optuna is not installed.
    """

    def __init__(
        self, factors: Sequence[Factor], directions: Mapping[str, Direction], population: int, seed: int
    ) -> None:
        optuna = _optuna()
        self._directions = tuple(directions.values())
        self._factors = {factor.name: factor for factor in factors}
        self._distributions = {factor.name: _distribution(factor) for factor in factors}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            operators = optuna.samplers.nsgaii
            sampler = optuna.samplers.NSGAIISampler(
                population_size=population,
                crossover=operators.SBXCrossover(eta=CROSSOVER_ETA),
                mutation=operators.PolynomialMutation(eta=MUTATION_ETA),
                seed=seed,
            )
        self._study = optuna.create_study(
            directions=[f"{direction}imize" for direction in self._directions], sampler=sampler
        )
        self._asked: list[Any] = []

    def ask(self, count: int) -> list[Point]:
        """The next points to try; :meth:`tell` has to follow before more are asked for."""
        self._asked = [self._study.ask(self._distributions) for _ in range(count)]
        return [
            {name: _value(factor, trial.params[name]) for name, factor in self._factors.items()}
            for trial in self._asked
        ]

    def tell(self, found: Sequence[Sequence[float] | int]) -> None:
        """Say what came of the points last asked for, in their order.

        Args:
            found: the outcomes of each, or how many values are missing: such a point is worse than all that
                lack fewer, and never stands in for one that has everything.
        """
        for trial, values in zip(self._asked, found, strict=True):
            lacks = values if isinstance(values, int) else 0
            trial.set_constraint(MISSING, float(lacks))
            worst = [-math.inf if direction == "max" else math.inf for direction in self._directions]
            self._study.tell(trial, worst if isinstance(values, int) else list(values))
        self._asked = []


def require() -> None:
    """Find out before anything is run whether Optuna is there.

    Raises:
        InputError: it is not.
    """
    _optuna()


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InputError(NEEDED) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _value(factor: Factor, drawn: float) -> Label:
    """A factor's value, of which a list's is drawn by its number."""
    return drawn if isinstance(factor, Range) else factor.labels[int(drawn)]


def _distribution(factor: Factor) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if not isinstance(factor, Range):
        return CategoricalDistribution(range(len(factor.labels)))
    if factor.kind == "whole number":
        return IntDistribution(int(factor.low), int(factor.high), log=factor.log)
    return FloatDistribution(factor.low, factor.high, log=factor.log)

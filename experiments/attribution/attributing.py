"""Doing the runs of an attribution: coalitions of mechanisms, each once, however often it is interrupted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from experiments.attribution.shapley import Numbers, coalitions, draw_order, everybody, interactions, worths
from experiments.engines.task import Engine, Task
from experiments.provenance import run_key, scenario_hash
from experiments.statistics import half_width
from experiments.store import Store, Tell
from scenarios.errors import InputError
from scenarios.schema import Mechanisms, Scenario
from scenarios.varying import Variations
from simulation.results.metrics import METRICS

STEP = 10
"""Orders added at a time until the worth of each mechanism is known precisely enough."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Go on until a metric's share of each mechanism is known precisely enough."""

    metric: str
    half_width: float
    """Half the width of each interval, in the metric's own unit."""
    at_most: int
    """Orders at which to give up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be attributed."""

    name: str
    base: Variations
    seed: int
    orders: int
    """Orders in which the mechanisms join, each with a seed of its own, forwards and backwards."""
    pairs: bool = False
    """Whether interactions are wanted."""
    precision: Precision | None = None
    hashes: dict[int, str] = field(default_factory=dict)
    """Of the scenario of each coalition, as far as they were needed."""

    @property
    def switches(self) -> tuple[str, ...]:
        """The mechanisms that are on, which are those that are worth something."""
        return tuple(name for name in Mechanisms.model_fields if getattr(self.base.base.mechanisms, name))

    def on(self, coalition: int) -> dict[str, bool]:
        """Every switch as a coalition has it."""
        place = {name: number for number, name in enumerate(self.switches)}
        return {
            name: name in place and bool(coalition >> place[name] & 1) for name in Mechanisms.model_fields
        }

    def scenario(self, coalition: int) -> Scenario:
        """The scenario with only a coalition of its mechanisms on."""
        return self.base.made({f"mechanisms.{name}": on for name, on in self.on(coalition).items()})

    def key(self, coalition: int, seed: int) -> str:
        """What the run of a coalition is known by."""
        if coalition not in self.hashes:
            self.hashes[coalition] = scenario_hash(self.scenario(coalition))
        return run_key(self.hashes[coalition], seed)

    def order(self, seed: int) -> tuple[int, ...]:
        """The order of a seed."""
        return draw_order(len(self.switches), seed)

    def coalitions(self, seed: int) -> list[int]:
        """Those that are run with a seed."""
        return coalitions(self.order(seed), pairs=self.pairs)

    def seeds(self, orders: int) -> range:
        """Seeds of so many orders."""
        return range(self.seed, self.seed + orders)


@dataclass(frozen=True, slots=True)
class Samples:
    """What came of every order."""

    worth: Numbers
    """By order, mechanism and metric; NaN where some run of the order has no value."""
    nothing: Numbers
    """With all mechanisms off, by order and metric."""
    full: Numbers
    """With all mechanisms on that are on in the scenario, by order and metric."""
    pairs: dict[tuple[int, int], list[Numbers]]
    """By pair of mechanisms, a number per metric for each order in which they are neighbours."""


def check(asked: Asked) -> None:
    """Refuse what cannot be attributed, before anything is run.

    Raises:
        InputError: no mechanism is on, or only one where interactions are wanted.
        ScenarioError: the scenario cannot be run with a mechanism off.
    """
    if not asked.switches:
        raise InputError(
            f"{asked.name}: no mechanism is on, so there is nothing that could be worth anything"
        )
    if asked.pairs and len(asked.switches) < 2:
        raise InputError(
            f"{asked.name}: only {asked.switches[0]} is on, but interactions are of two mechanisms"
        )
    for number in range(len(asked.switches)):
        asked.scenario(1 << number)


def attribute(asked: Asked, store: Store, engine: Engine, tell: Tell) -> int:
    """Do all runs that are not in the store yet.

    Args:
        asked: what is to be attributed.
        store: where runs are kept.
        engine: does them.
        tell: called with each run that ends, and once before, with what was there already.

    Returns:
        How many orders were done.
    """
    orders, more = 0, asked.orders
    while more:
        seeds = asked.seeds(orders + more)[orders:]
        orders += more
        for seed in seeds:
            store.plan((coalition, seed, asked.key(coalition, seed)) for coalition in asked.coalitions(seed))
        store.carry_out(_tasks(asked, store, seeds), engine, tell)
        more = _further(asked, store, orders)
    return orders


def _tasks(asked: Asked, store: Store, seeds: Sequence[int]) -> Iterator[Task]:
    for seed in seeds:
        for coalition in asked.coalitions(seed):
            key = asked.key(coalition, seed)
            if not store.has(key):
                yield Task(asked.name, asked.scenario(coalition), seed, draws=False, key=key)


def _further(asked: Asked, store: Store, orders: int) -> int:
    """How many more orders are needed until the worth of each mechanism is known precisely enough."""
    wanted = asked.precision
    if wanted is None or orders >= wanted.at_most:
        return 0
    worth = gather(asked, store, orders).worth[:, :, list(METRICS).index(wanted.metric)]
    known = worth[~np.isnan(worth).any(axis=1)]
    if not len(known):
        return 0
    precise = all(half_width(column.tolist()) <= wanted.half_width for column in known.T)
    return 0 if precise else min(STEP, wanted.at_most - orders)


def gather(asked: Asked, store: Store, orders: int) -> Samples:
    """Put together what came of so many orders."""
    worth, nothing, full = [], [], []
    pairs: dict[tuple[int, int], list[Numbers]] = {}
    for seed in asked.seeds(orders):
        order = asked.order(seed)
        value = {coalition: _value(asked, store, coalition, seed) for coalition in asked.coalitions(seed)}
        worth.append(worths(order, value))
        nothing.append(value[0])
        full.append(value[everybody(len(order))])
        if asked.pairs:
            for pair, beyond in interactions(order, value).items():
                pairs.setdefault(pair, []).append(beyond)
    return Samples(np.stack(worth), np.stack(nothing), np.stack(full), dict(sorted(pairs.items())))


def _value(asked: Asked, store: Store, coalition: int, seed: int) -> Numbers:
    """The metrics of a run; NaN where one has no value, and everywhere where the run failed."""
    run = store.get(asked.key(coalition, seed))
    found = {} if run is None else run.metrics
    numbers = [found.get(name) for name in METRICS]
    return np.array([np.nan if number is None else float(number) for number in numbers])

"""Doing a search: generation by generation, the same way however often it is interrupted and started again.

Where the search goes depends on the file, its seed and the runs alone. Started again, it takes the same way
from its beginning, and all that was run before is in the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.engines.task import Engine
from experiments.provenance import run_key
from experiments.search.genetic import Genetic
from experiments.search.pareto import on_front
from experiments.search.plan import BASE, SearchPlan
from experiments.store import Progress, Store, Tell
from experiments.sweeps.sweeping import missing, note


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    samples: list[pd.DataFrame]
    """Of each point of the plan: the outcomes by the search's seeds, NaN where there is none."""
    fresh: dict[int, pd.DataFrame]
    """Of the scenario itself and the front: the outcomes by seeds that had no part in choosing it."""
    front: dict[int, int]
    """Numbers of the points that no other one beats by the search's seeds, the first of those that came out
    the same in every outcome, with how many did."""
    on_front: list[bool]
    """Of each point, repeated ones included; the scenario itself is not compared."""


def do_search(plan: SearchPlan, store: Store, engine: Engine, tell: Tell) -> Found:
    """Search, and judge what is found by seeds of its own.

    Args:
        plan: what is asked; the trials become its points.
        store: where runs are kept.
        engine: does them.
        tell: called with each run that ends, and with None before the first that has to be done.
    """
    search = plan.search
    genetic = Genetic(plan.factors, plan.outcomes, search.population, search.seed)
    doing = _Doing(plan, store, engine, tell, search.replications * (search.trials + 1))
    samples = doing.runs([BASE], plan.seeds)
    generation = 0
    while len(samples) <= search.trials:
        generation += 1
        points = genetic.ask(min(search.population, search.trials + 1 - len(samples)))
        found = doing.runs([plan.take(point, generation) for point in points], plan.seeds)
        genetic.tell([_told(each) for each in found])
        samples += found
    means = np.array([mean_of(each) for each in samples])
    means[BASE] = np.nan
    best = on_front(means, list(plan.outcomes.values()))
    front = _first_of_equals(means, np.flatnonzero(best).tolist())
    judged = [BASE, *front]
    doing.total += search.replications * len(judged)
    fresh = dict(zip(judged, doing.runs(judged, plan.fresh), strict=True))
    doing.end()
    return Found(samples, fresh, front, best.tolist())


def mean_of(sample: pd.DataFrame) -> list[float]:
    """Mean of each outcome; NaN where a replication has none, since those that have one may be unlike it."""
    return [float(mean) for mean in sample.mean(skipna=False)]


def _told(sample: pd.DataFrame) -> list[float] | int:
    """The outcomes, or how many values are missing."""
    lacks = int(sample.isna().sum().sum())
    return lacks or mean_of(sample)


class _Doing:
    """The runs of points, done where they are not in the store."""

    def __init__(self, plan: SearchPlan, store: Store, engine: Engine, tell: Tell, total: int) -> None:
        self.plan, self.store, self.engine, self.tell, self.total = plan, store, engine, tell, total
        self.told = False

    def runs(self, numbers: Sequence[int], seeds: range) -> list[pd.DataFrame]:
        """The outcomes of points by seed."""
        wanted: Mapping[int, range] = {number: seeds for number in numbers if number not in self.plan.refused}
        note(self.plan, self.store, wanted)
        done = self.store.count_done()
        if done < self.store.count_planned() and not self.told:
            self.told = True
            self.tell(None, Progress(self.total, done))
        for outcome in self.store.do(missing(self.plan, self.store, wanted), self.engine):
            done += outcome.status == "done"
            self.tell(outcome, Progress(self.total, done))
        return [self._sample(number, seeds) for number in numbers]

    def end(self) -> None:
        """Say what was there, where nothing had to be done."""
        if not self.told:
            self.tell(None, Progress(self.store.count_planned(), self.store.count_done()))

    def _sample(self, number: int, seeds: range) -> pd.DataFrame:
        outcomes = list(self.plan.outcomes)
        stored = [self.store.get(run_key(self.plan.hashes[number], seed)) for seed in seeds]
        rows = [{} if run is None else run.metrics for run in stored]
        return pd.DataFrame(rows, index=list(seeds), columns=outcomes, dtype="float64")


def holes(plan: SearchPlan, found: Found) -> list[str]:
    """What there is to say of settings that were not compared: what was missing in them, or why."""
    run = [number for number in range(BASE + 1, len(found.samples)) if number not in plan.refused]
    lines = []
    for outcome in plan.outcomes:
        count = sum(bool(found.samples[number][outcome].isna().any()) for number in run)
        if count:
            lines.append(
                f"{outcome} is missing in a run of {count} of {len(run)} settings, which were not compared"
            )
    if plan.refused:
        lines.append(f"{len(plan.refused)} settings are no scenario; trials.parquet says why")
    return lines


def _first_of_equals(means: NDArray[np.float64], best: Sequence[int]) -> dict[int, int]:
    """The first of those that came out the same in every outcome, with how many did."""
    first: dict[tuple[float, ...], int] = {}
    counts: dict[int, int] = {}
    for number in best:
        one = first.setdefault(tuple(means[number].tolist()), number)
        counts[one] = counts.get(one, 0) + 1
    return counts

"""Doing a sweep: every run of its plan once, however often it is interrupted and started again."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from experiments.engines.task import Engine, Task
from experiments.provenance import run_key
from experiments.statistics import half_width
from experiments.store import Store, Tell
from experiments.sweeps.plan import Plan, Space


def do_sweep(plan: Plan, store: Store, engine: Engine, tell: Tell) -> None:
    """Do all runs of a plan that are not in the store yet.

    Args:
        plan: what is asked.
        store: where runs are kept.
        engine: does them.
        tell: called with each run that ends, and once before, with what was there already.
    """
    first, count = plan.sweep.seed, plan.sweep.replications
    more = {point: range(count) for point in range(len(plan.points))}
    while more:
        seeds = {point: range(first + some.start, first + some.stop) for point, some in more.items()}
        note(plan, store, seeds)
        store.carry_out(missing(plan, store, seeds, plan.sweep.keep), engine, tell)
        more = _imprecise(plan, store, count)
        count += len(next(iter(more.values()), ()))


def note(space: Space, store: Store, seeds: Mapping[int, Sequence[int]]) -> None:
    """Note in the store that runs are part of what is asked: the seeds of each point."""
    for point, of_it in seeds.items():
        store.plan((point, seed, run_key(space.hashes[point], seed)) for seed in of_it)


def missing(
    space: Space, store: Store, seeds: Mapping[int, Sequence[int]], keep: tuple[str, ...] = ()
) -> Iterator[Task]:
    """Those runs of the points' seeds that are not in the store."""
    for point, of_it in seeds.items():
        scenario = None
        for seed in of_it:
            key = run_key(space.hashes[point], seed)
            if not store.has(key, keep):
                scenario = scenario or space.scenario(point)
                yield Task(space.name(space.points[point]), scenario, seed, False, keep, key)


def _imprecise(plan: Plan, store: Store, count: int) -> dict[int, range]:
    """The further replications of those points whose metric is not known precisely enough.

    Args:
        plan: what is asked.
        store: holds the runs so far.
        count: replications so far of the points that were imprecise before.
    """
    stop = plan.sweep.stop
    if stop is None or count >= stop.at_most:
        return {}
    further = range(count, min(count + stop.step, stop.at_most))
    imprecise: dict[int, range] = {}
    for point, runs in groupby(store.planned(), key=attrgetter("point")):
        found = list(runs)
        values = [run.stored.metrics.get(stop.metric) for run in found if run.stored is not None]
        known = [float(value) for value in values if value is not None]
        if len(found) == count and not half_width(known) <= stop.half_width:
            imprecise[point] = further
    return imprecise

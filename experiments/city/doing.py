"""Doing a city: every street as often as asked, each run once, however often it is interrupted."""

from collections.abc import Iterator

from experiments.city.plan import CityPlan
from experiments.engines.task import Engine, Task
from experiments.store import Store, Tell


def do_city(plan: CityPlan, store: Store, engine: Engine, tell: Tell) -> None:
    """Do all runs of a city that are not in the store yet.

    Args:
        plan: what is asked.
        store: where runs are kept.
        engine: does them.
        tell: called with each run that ends, and once before, with what was there already.
    """
    store.plan((number, replication, key) for number, replication, key in _runs(plan))
    store.carry_out(_tasks(plan), engine, tell)


def _runs(plan: CityPlan) -> Iterator[tuple[int, int, str]]:
    for replication in range(1, plan.city.replications + 1):
        for number, street in enumerate(plan.streets):
            yield number, replication, plan.key(street, replication)


def _tasks(plan: CityPlan) -> Iterator[Task]:
    for number, replication, key in _runs(plan):
        street = plan.streets[number]
        seed = plan.seed(street, replication)
        scenario = plan.scenarios[street.group]
        yield Task(street.name, scenario, seed, False, plan.city.keep, key, weigh=True)

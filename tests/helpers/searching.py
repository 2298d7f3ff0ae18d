"""Searches of a problem whose front is known, whose runs are made up and take no time."""

from collections.abc import Generator, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.engines.task import Outcome, Task
from experiments.messages import LANGUAGES
from experiments.search.plan import SearchPlan, read_search
from experiments.search.results import TABLES, write_asked, write_results
from experiments.search.searching import do_search
from experiments.store import Store

MADE_UP = """
set: {days: 8, community.households: 50}
factors:
  digital.automation: {low: 0, high: 1}
  patrol.meets: {low: 0, high: 1}
  ledger.omitted: {low: 0, high: 1}
  ledger.noticed: {low: 0, high: 1}
outcomes: {satisfaction.mean: max, effort.hours: min}
replications: 3
seed: 7
trials: 60
population: 12
"""
SHARES = ("digital.automation", "patrol.meets", "ledger.omitted", "ledger.noticed")


def plan_of(folder: Path, text: str = MADE_UP) -> SearchPlan:
    (folder / "asked.yaml").write_text(text, encoding="utf-8")
    return read_search(folder / "asked.yaml")


def shares(scenario) -> list[float]:
    return [
        scenario.digital.automation,
        scenario.patrol.meets,
        scenario.ledger.omitted,
        scenario.ledger.noticed,
    ]


def zdt1(point: Iterable[float]) -> tuple[float, float]:
    """Zitzler, Deb and Thiele's first problem, both to be small: the front is 1 - √f1, all else 0."""
    first, *rest = point
    far = 1.0 + 9.0 * float(np.mean(rest))
    return first, far * (1.0 - (first / far) ** 0.5)


def made_up(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
    """Runs that are not lived: the problem's outcomes, with some chance in them that seeds have in common."""
    for task in tasks:
        cost, loss = zdt1(shares(task.scenario))
        luck = 0.01 * float(np.random.default_rng(task.seed).normal())
        metrics = {"satisfaction.mean": -loss + luck, "effort.hours": cost + luck}
        yield Outcome(task.name, task.seed, "done", key=task.key, metrics=metrics)


def silent(*_: object) -> None:
    pass


def searched(
    folder: Path, engine=made_up, text: str = MADE_UP
) -> tuple[SearchPlan, pd.DataFrame, pd.DataFrame]:
    plan = plan_of(folder, text)
    with Store(folder / "out") as store:
        write_asked(folder / "out", plan)
        write_results(folder / "out", plan, store, do_search(plan, store, engine, silent))
    read = [pd.read_parquet(folder / "out" / name) for name in ("trials.parquet", "front.parquet")]
    return plan, read[0], read[1]


ASKED = (*TABLES, "search.yaml")
"""What figures and report are made from."""
FILES = (*ASKED, *(f"front.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")))


def bytes_of(folder: Path, names: tuple[str, ...] = FILES) -> dict[str, bytes]:
    return {name: (folder / "out" / name).read_bytes() for name in names}

"""What a search's folder holds beside its runs: what was asked, its tables, its figure, its best settings."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from experiments import provenance
from experiments.crate import write_crate
from experiments.figures.front import front_figure
from experiments.figures.style import render
from experiments.files import digest, write, write_all
from experiments.folders import clear
from experiments.messages import LANGUAGES
from experiments.search.plan import SearchPlan
from experiments.search.searching import Found
from experiments.search.tables import write_front, write_trials
from experiments.store import Store
from experiments.sweeps.results import (
    asked_text,
    scenario_files,
    standing_alone,
    write_provenance,
    write_scenarios,
)
from experiments.sweeps.tables import write_runs
from scenarios import dump

ASKED = "search.yaml"
TABLES = ("runs.parquet", "trials.parquet", "front.parquet")
BEST = "front"
"""Folder of the settings on the front, a scenario each."""


def write_asked(folder: Path, plan: SearchPlan) -> None:
    """Write, before anything is run, ``search.yaml`` with all that it names, and where it came from.

    Raises:
        OutputError: one cannot be written.
    """
    write_scenarios(folder, {name: base.base for name, base in plan.bases.items()})
    write(folder / ASKED, asked_text(standing_alone(plan, plan.search), "optimise"))
    _write_provenance(folder, plan, {})


def write_results(folder: Path, plan: SearchPlan, store: Store, found: Found) -> pd.DataFrame:
    """Write the tables of a search that was done to its end, its figure, and the front as scenarios.

    Returns:
        The front, as in its table.
    """
    write_runs(folder, plan, store)
    write_trials(folder, plan, found)
    write_front(folder, plan, found)
    _write_provenance(folder, plan, {name: digest(folder / name) for name in TABLES})
    trials = pd.read_parquet(folder / "trials.parquet")
    front = pd.read_parquet(folder / "front.parquet")
    best = {f"trial-{number}.yaml": dump(plan.scenario(number)) for number in found.front}
    earlier = {file.name for file in (folder / BEST).glob("trial-*.yaml")}
    write_all(folder / BEST, best)
    clear(folder / BEST, earlier - best.keys())
    figures = _figures(trials, front, plan)
    write_all(folder, figures)
    description = provenance.described(folder / provenance.FILE)
    inputs = [ASKED, *scenario_files({name: base.base for name, base in plan.bases.items()})]
    names = [*TABLES, provenance.FILE, *inputs, *figures, *(f"{BEST}/{name}" for name in best)]
    write_crate(folder, names, description, inputs)
    return front


def _figures(trials: pd.DataFrame, front: pd.DataFrame, plan: SearchPlan) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        files |= render(front_figure(trials, front, plan.outcomes, language), f"front.{language}")
    return files


def _write_provenance(folder: Path, plan: SearchPlan, results: dict[str, str]) -> None:
    scenarios = {name: base.base for name, base in plan.bases.items()}
    asked: dict[str, Any] = {
        "search": standing_alone(plan, plan.search),
        "optuna": version("optuna"),
    }
    seeds = range(plan.seeds.start, plan.fresh.stop)
    write_provenance(folder, "optimise", scenarios, seeds, asked, results)

"""What a search's folder holds beside its runs: what was asked, its tables, its figure, its best settings."""

import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from experiments import provenance
from experiments.crate import write_crate
from experiments.figures.front import front_figure
from experiments.figures.style import render, render_svg
from experiments.files import digest, write, write_all
from experiments.folders import REPORT, clear
from experiments.messages import LANGUAGES, Language
from experiments.search.plan import SearchPlan
from experiments.search.report import render as page
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
from experiments.texts import drawn, said
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
    write_scenarios(folder, plan.scenarios)
    write(folder / ASKED, asked_text(standing_alone(plan, plan.search), "optimise"))
    _write_provenance(folder, plan, {})


def write_results(
    folder: Path, plan: SearchPlan, store: Store, found: Found, language: Language = "en"
) -> pd.DataFrame:
    """Write the tables of a search that was done to its end, its figure, report, and the front as scenarios.

    Args:
        folder: of the search.
        plan: what was asked.
        store: of its runs.
        found: what came out.
        language: the one in which the report opens.

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
    figures, narrow = _figures(trials, front, plan)
    write_all(folder, figures)
    description = provenance.described(folder / provenance.FILE)
    inputs = [ASKED, *scenario_files(plan.scenarios)]
    tables = {"trials": trials, "front": front}
    runs = pq.read_metadata(folder / "runs.parquet").num_rows
    figure = drawn("front", said("search_alt"), figures, narrow)
    command = f"gongzhi optimise {shlex.quote(str(folder / ASKED))}"
    write(folder / REPORT, page(plan, tables, runs, figure, description["versions"], command, language))
    names = [*TABLES, provenance.FILE, *inputs, *figures, REPORT, *(f"{BEST}/{name}" for name in best)]
    write_crate(folder, names, description, inputs)
    return front


def _figures(
    trials: pd.DataFrame, front: pd.DataFrame, plan: SearchPlan
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The figure as PNG and SVG, and as SVG for a small screen."""
    files: dict[str, bytes] = {}
    narrow: dict[str, bytes] = {}
    for language in LANGUAGES:
        name, asked = f"front.{language}", (trials, front, plan.outcomes, language)
        files |= render(front_figure(*asked), name)
        narrow |= render_svg(front_figure(*asked, narrow=True), name)
    return files, narrow


def _write_provenance(folder: Path, plan: SearchPlan, results: dict[str, str]) -> None:
    asked: dict[str, Any] = {
        "search": standing_alone(plan, plan.search),
        "optuna": version("optuna"),
    }
    seeds = range(plan.seeds.start, plan.fresh.stop)
    write_provenance(folder, "optimise", plan.scenarios, seeds, asked, results)

"""Writing what a finished sweep with a design for sensitivity says, beside its tables."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from experiments.files import parquet, refusing, write_all
from experiments.messages import LANGUAGES
from experiments.sensitivity.indices import ANALYSED, sensitivity
from experiments.sweeps.plan import Plan
from simulation.results.metrics import METRICS

TABLE = "sensitivity.parquet"
FIGURE = "sensitivity"


def write_sensitivity(folder: Path, plan: Plan) -> tuple[list[str], list[str]]:
    """Write ``sensitivity.parquet`` and its figure, if the sweep's design is one that has indices.

    Args:
        folder: of the sweep; holds ``runs.parquet``.
        plan: what was asked.

    Returns:
        Names of the tables written, and what there is to say of them.

    Raises:
        OutputError: one cannot be written.
    """
    drawn = [f"{FIGURE}.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")]
    for name in (TABLE, *drawn):  # of an earlier design in the same folder
        with refusing(folder / name):
            (folder / name).unlink(missing_ok=True)
    if plan.sweep.design.kind not in ANALYSED:
        return [], []

    from experiments.figures.sensitivity import sensitivity_figure
    from experiments.figures.style import render

    names = [factor.name for factor in plan.factors]
    with refusing(folder / "runs.parquet"):
        runs = pq.read_table(folder / "runs.parquet", columns=["point", "seed", *METRICS]).to_pandas()
    found = sensitivity(plan.sweep.design, names, plan.sweep.seed, runs)
    write_all(folder, {TABLE: parquet(found.table)})
    if len(found.table):
        for language in LANGUAGES:
            write_all(folder, render(sensitivity_figure(found.table, language), f"{FIGURE}.{language}"))
    return [TABLE], _notes(found.table, found.left_out)


def _notes(table: pd.DataFrame, left_out: dict[str, str]) -> list[str]:
    notes = []
    if left_out:
        why = "; ".join(f"{metric} ({reason})" for metric, reason in left_out.items())
        notes.append(f"{TABLE} leaves out {why}")
    partial = table.loc[table["incomplete"] > 0].drop_duplicates("metric")
    if len(partial):
        names = ", ".join(
            f"{metric} ({count} points)"
            for metric, count in zip(partial["metric"], partial["incomplete"], strict=True)
        )
        notes.append(f"{TABLE}: means over some of the runs only, since the others have no value: {names}")
    return notes

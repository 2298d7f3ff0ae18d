"""The report of a search: the trade-off it found, and what each setting on the front brings and costs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from experiments.amounts import NOTHING, label_with_unit, number
from experiments.findings import with_half
from experiments.messages import label_of
from experiments.parameters import name_of
from experiments.search.plan import SearchPlan
from experiments.sweeps.responses import written
from experiments.sweeps.words import asked_of, factor_rows, set_line, title_of
from experiments.texts import Both, Drawn, both, said, template

TABLES = ("front", "trials", "runs")


def render(
    plan: SearchPlan,
    tables: Mapping[str, pd.DataFrame],
    runs: int,
    figure: Drawn,
    versions: Mapping[str, str],
    command: str,
    language: str,
) -> str:
    """The report as a page.

    Args:
        plan: what was asked, and all that was tried.
        tables: ``trials`` and ``front``, by name.
        runs: rows of ``runs.parquet``.
        figure: the front.
        versions: of whatever could change a number, by name.
        command: gives the same search again.
        language: the one that it opens in.
    """
    title = title_of(plan.file, plan.search.title)
    front = tables["front"]
    rows = {"front": len(front), "trials": len(tables["trials"]), "runs": runs}
    return template("search/report.html.j2").render(
        language=language,
        wide=True,
        heading=said("report_search", title=title),
        facts=[
            ("search_trials", f"{plan.search.trials:,}"),
            ("sweep_runs", f"{runs:,}"),
            ("report_seed", f"{plan.seeds.start}–{plan.fresh.stop - 1}"),
        ],
        scenarios=asked_of(plan.file, title, plan.search.asks, plan.scenarios),
        factors=factor_rows(plan.factors, plan.points),
        lines=_lines(plan, front, tables["trials"]),
        figure=figure,
        varied=[both(name_of, factor.name) for factor in plan.factors],
        outcomes=[
            {"label": both(label_with_unit, name), "way": f"front_{way}"}
            for name, way in plan.outcomes.items()
        ],
        rows=[_row(plan, row) for row in front.to_dict("records")],
        fresh=len(plan.fresh),
        tables=[{"name": name, "rows": rows[name], "message": f"search_table_{name}"} for name in TABLES],
        command=command,
        versions=versions,
    )


def _lines(plan: SearchPlan, front: pd.DataFrame, trials: pd.DataFrame) -> list[Both]:
    """What was sought and how, what is set in every run, and how much of the front holds."""
    search = plan.search
    best = front[front["what"] == "front"]
    seeds, fresh = (f"{span.start}–{span.stop - 1}" for span in (plan.seeds, plan.fresh))
    lines = [
        *(said(f"search_{way}", outcome=both(label_of, name)) for name, way in plan.outcomes.items()),
        said("search_how", trials=search.trials, population=search.population, seeds=seeds, fresh=fresh),
        *set_line(search.set),
    ]
    refused = int(trials["refused"].notna().sum())
    lacking = int((trials["n"] < trials["runs"]).sum()) if len(trials) else 0
    if refused:
        lines.append(said("search_refused", n=refused))
    if lacking:
        lines.append(said("search_lacking", n=lacking))
    if len(best):
        lines.append(said("search_held", n=len(best), held=int(best["holds"].astype(bool).sum())))
    else:
        lines.append(said("front_none"))
    return lines


def _row(plan: SearchPlan, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A setting: what it is, its factors, and each outcome with its difference from the scenario itself."""
    base = row["what"] == "base"
    kind = "base" if base else "holds" if row["holds"] else "falls"
    return {
        "kind": f"front_{kind}_short",
        "number": None if base else int(row["trial"]),
        "factors": [_value(factor.name, row.get(factor.name)) for factor in plan.factors],
        "cells": [_cell(name, row, base=base) for name in plan.outcomes],
    }


def _value(factor: str, value: Any) -> Both:
    return (NOTHING, NOTHING) if pd.isna(value) else both(written, factor, value)


def _cell(outcome: str, row: Mapping[Any, Any], *, base: bool) -> dict[str, str]:
    """Mean by fresh seeds, paired difference from the scenario, and what had the setting chosen."""
    mean, high, diff, diff_high, chosen = (
        float("nan") if pd.isna(row[f"{outcome}.{value}"]) else float(row[f"{outcome}.{value}"])
        for value in ("mean", "high", "diff", "diff_high", "chosen")
    )
    return {
        "text": with_half(outcome, mean, high - mean),
        "diff": "" if base else with_half(outcome, diff, diff_high - diff, signed=True),
        "chosen": number(outcome, chosen),
    }

"""The report of a city: its totals, its streets side by side, and what they were asked to be."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.amounts import NOTHING, label_with_unit
from experiments.city.plan import CityPlan
from experiments.findings import MAIN, with_half
from experiments.messages import title_in
from experiments.statistics import t_interval
from experiments.sweeps.words import asked_of, set_in, set_line, title_of
from experiments.texts import Both, Drawn, both, said, template
from simulation.results.metrics import METRICS

MOST_STREETS, MOST_FAILURES = 200, 20
TABLES = ("runs", "city", "city_summary", "weights")


def render(
    plan: CityPlan,
    tables: Mapping[str, pd.DataFrame],
    figure: Drawn,
    versions: Mapping[str, str],
    command: str,
    language: str,
) -> str:
    """The report as a page.

    Args:
        plan: what was asked.
        tables: of :data:`TABLES`, by name.
        figure: the streets side by side.
        versions: of whatever could change a number, by name.
        command: gives the same city again.
        language: the one that it opens in.
    """
    runs, city = tables["runs"], tables["city"]
    failed = runs[runs["status"] != "done"]
    title = title_of(plan.file, plan.city.title)
    streets = _streets(runs)
    return template("city/report.html.j2").render(
        language=language,
        wide=True,
        heading=said("report_city", title=title),
        facts=[
            ("city_streets", f"{len(plan.streets):,}"),
            ("city_residents", _about(float(city["residents"].mean()))),
            ("city_replications", plan.city.replications),
            ("report_days", next(iter(plan.scenarios.values())).days),
            ("report_seed", plan.city.seed),
        ],
        scenarios=asked_of(plan.file, title, plan.city.asks, {}),
        groups=_groups(plan, runs),
        lines=set_line(plan.city.set),
        incomplete=int((city["done"] < city["streets"]).sum()),
        totals=totals(tables["city_summary"]),
        figure=figure,
        metrics=[{"label": both(label_with_unit, name), "better": METRICS[name].better} for name in MAIN],
        streets=streets[:MOST_STREETS],
        more_streets=max(0, len(streets) - MOST_STREETS),
        failed=len(failed),
        failures=_failures(failed),
        tables=[
            {"name": name, "rows": len(tables[name]), "message": f"city_table_{name}"} for name in TABLES
        ],
        command=command,
        versions=versions,
    )


def _about(count: float) -> str:
    return NOTHING if math.isnan(count) else f"{count:,.0f}"


def _groups(plan: CityPlan, runs: pd.DataFrame) -> list[dict[str, Any]]:
    """Each kind of street: how many there are, of which scenario, what they change, how large they are."""
    residents = runs.groupby("group")["residents"].mean()
    return [
        {
            "name": name,
            "count": asked.count,
            "title": both(title_in, plan.scenarios[name].title),
            "set": both(set_in, asked.set),
            "residents": _about(residents.get(name, float("nan"))),
        }
        for name, asked in plan.city.streets.items()
    ]


def totals(summary: pd.DataFrame) -> list[dict[str, Any]]:
    """Each metric of the whole city with its interval, and how it was put together.

    Args:
        summary: as in ``city_summary.parquet``.
    """
    return [
        {
            "label": both(label_with_unit, row["metric"]),
            "better": METRICS[row["metric"]].better,
            "text": with_half(row["metric"], row["mean"], row["high"] - row["mean"]),
            "n": int(row["n"]),
            "runs": int(row["runs"]),
            "how": how_in_words(str(row["how"])),
        }
        for row in summary.astype(dict.fromkeys(("mean", "high"), float)).to_dict("records")
    ]


def how_in_words(how: str) -> Both:
    """How a metric was put together, as ``city_summary`` has it, in both languages."""
    kind, _, table = how.partition(" all rows of ")
    if table:
        return said("city_how_rows", table=table)
    kind, _, table = how.partition("; keep ")
    if table:
        return said("city_how_keep", table=table)
    return said(f"city_how_{HOW[kind]}")


HOW = {
    "sum": "sum",
    "weighted mean": "mean",
    "difference of weighted means": "difference",
    "null: a quantile": "none",
}
"""The ends of the messages' keys."""


def _streets(runs: pd.DataFrame) -> list[dict[str, Any]]:
    """A row per street, with the mean of each main metric over its replications."""
    rows = []
    for (group, street), own in runs.groupby(["group", "street"], sort=False):
        intervals = t_interval(own[list(MAIN)].astype(float))
        rows.append(
            {
                "group": group,
                "street": street,
                "residents": _about(float(own["residents"].mean())),
                "runs": len(own),
                "cells": [_cell(str(name), intervals.loc[name]) for name in MAIN],
            }
        )
    return rows


def _cell(metric: str, interval: Any) -> dict[str, Any]:
    text = with_half(metric, float(interval["mean"]), float(interval["high"] - interval["mean"]))
    return {"text": text, "n": int(interval["n"])}


def _failures(failed: pd.DataFrame) -> Sequence[dict[str, Any]]:
    return [
        {"what": row["street"], "seed": int(row["seed"]), "error": row["error"] or ""}
        for row in failed.fillna({"error": ""}).head(MOST_FAILURES).to_dict("records")
    ]

"""What a sweep's report says of which parameters matter: the figure of the indices and the numbers in it."""

from pathlib import Path
from typing import Any

import pandas as pd

from experiments.amounts import label_with_unit
from experiments.files import refusing
from experiments.findings import MAIN, with_half
from experiments.messages import LANGUAGES, label_of
from experiments.parameters import name_of
from experiments.sensitivity.writing import FIGURE, TABLE
from experiments.texts import both, drawn, said

SOBOL, MORRIS = ("first", "total"), ("mu_star", "sigma")
"""The two indices that a report gives of every factor, by the design."""


def section(folder: Path) -> tuple[dict[str, Any] | None, list[str]]:
    """What a sweep's page needs to show its indices.

    Args:
        folder: of the sweep; holds ``sensitivity.parquet`` and its figure where the design has indices.

    Returns:
        None where there are no indices, and the names of the figure's files in the folder.

    Raises:
        OutputError: one cannot be read.
    """
    if not (folder / TABLE).is_file():
        return None, []
    with refusing(folder / TABLE):
        table = pd.read_parquet(folder / TABLE)
    if table.empty:
        return None, []

    from experiments.figures.sensitivity import sensitivity_figure
    from experiments.figures.style import render_svg

    names = [f"{FIGURE}.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")]
    narrow: dict[str, bytes] = {}
    for language in LANGUAGES:
        narrow |= render_svg(sensitivity_figure(table, language, narrow=True), f"{FIGURE}.{language}")
    with refusing(folder / names[0]):
        files = {name: (folder / name).read_bytes() for name in names if name.endswith(".svg")}
    kind = "sobol" if table["index"].eq("first").any() else "morris"
    n = int(table["n"].max())
    found: dict[str, Any] = {
        "kind": kind,
        "note": said(f"{kind}_table_note", n=n),
        "figure": drawn(FIGURE, said(f"{kind}_alt"), files, narrow),
        **rows_of(table, SOBOL if kind == "sobol" else MORRIS),
    }
    return found, names


def rows_of(table: pd.DataFrame, indices: tuple[str, str]) -> dict[str, Any]:
    """The numbers of the main metrics, a row per factor.

    Args:
        table: of :func:`experiments.sensitivity.indices.sensitivity`.
        indices: the one that stands above in a cell, and the one below it.
    """
    there = list(dict.fromkeys(table["metric"]))
    metrics = [name for name in MAIN if name in there] or there[: len(MAIN)]
    own = table[table["other"].isna()].set_index(["metric", "factor", "index"])
    known = own[["value", "high", "noise"]].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    values = dict(zip(own.index, known.tolist(), strict=True))
    sobol = indices == SOBOL

    def cell(metric: str, name: str) -> dict[str, Any]:
        above, below = (values[metric, name, index] for index in indices)
        return {
            "above": _text(metric, above, share=sobol),
            "below": _text(metric, below, share=sobol),
            "noise": sobol and above[2] >= below[0],
        }

    factors = list(dict.fromkeys(table["factor"]))
    label = label_of if sobol else label_with_unit
    return {
        "metrics": [both(label, name) for name in metrics],
        "rows": [
            {"name": both(name_of, name), "path": name, "cells": [cell(metric, name) for metric in metrics]}
            for name in factors
        ],
    }


def _text(metric: str, found: list[float], *, share: bool) -> str:
    """An index with half its interval: a share of the variance as it is, an effect in the metric's unit."""
    value, high, _ = found
    if share:
        return f"{value:.2f} ± {high - value:.2f}".replace("-", "−")
    return with_half(metric, value, high - value)

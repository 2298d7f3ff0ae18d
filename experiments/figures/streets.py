"""Streets of a city side by side: a panel per metric, a row per kind of street, a dot for each street."""

from collections.abc import Sequence
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.amounts import factor as scale_of
from experiments.amounts import label_with_unit
from experiments.figures.style import (
    GREY,
    INK,
    LINE_SPACING,
    NARROW,
    empty,
    heading,
    line_of,
    name_beside,
    new_figure,
    style,
    wrap,
)
from experiments.messages import Language, say
from experiments.statistics import t_interval
from simulation.results.metrics import METRICS

COLUMNS = 3
ROW_COLUMNS = 18


def streets_figure(
    runs: pd.DataFrame,
    summary: pd.DataFrame,
    metrics: Sequence[str],
    language: Language,
    *,
    narrow: bool = False,
) -> Figure:
    """A panel per metric, with the mean of every street, of every kind of street and of the city.

    Args:
        runs: a row per street and replication, as in ``runs.parquet`` of a city.
        summary: as in ``city_summary.parquet``.
        metrics: what is drawn.
        language: of all texts.
        narrow: whether panels stand one below the other, for a small screen.
    """
    groups = list(dict.fromkeys(runs["group"]))
    whole = summary.set_index("metric")["mean"].astype(float)
    columns = 1 if narrow else min(COLUMNS, len(metrics))
    rows = ceil(len(metrics) / columns)
    side = 1.3 + 0.42 * len(groups)
    with style():
        width = NARROW if narrow else 2.2 + 3.6 * columns
        figure = new_figure(width, max(4.5, side * rows + (3.0 if narrow else 1.6)))
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
        for panel, metric in zip(panels.flat, metrics, strict=False):
            _draw(panel, runs, metric, groups, float(whole[metric]), language)
        for panel in panels.flat[len(metrics) :]:
            panel.set_visible(False)
        counts = runs.groupby("group")["street"].nunique()
        for row in panels:
            row[0].set_yticks(
                range(len(groups)),
                [wrap(f"{name} ({counts[name]})", ROW_COLUMNS) for name in groups],
                linespacing=LINE_SPACING,
            )
            row[0].set_ylim(len(groups) - 0.4, -0.6)
        dot, mean, line = (
            Line2D([], [], marker="o", linestyle="none", color=GREY, alpha=0.6, markersize=6),
            Line2D([], [], marker="D", linestyle="none", color=INK, markersize=8),
            Line2D([], [], linestyle="--", color=INK, linewidth=1.3),
        )
        names = [say(f"streets_{kind}", language) for kind in ("dot", "mean", "city")]
        name_beside(figure, [dot, mean, line], names)
        n = int(runs["replication"].nunique())
        heading(figure, say("streets_title", language), say("streets_note", language, n=n))
    return figure


def _draw(
    panel: Axes, runs: pd.DataFrame, metric: str, groups: Sequence[str], city: float, language: Language
) -> None:
    known = METRICS[metric]
    arrow = {"higher": " ↑", "lower": " ↓"}.get(str(known.better), "")
    title = wrap(label_with_unit(metric, language) + arrow, 34)
    panel.set_title(title, fontsize=13.0, linespacing=LINE_SPACING)
    panel.grid(visible=False, axis="y")
    panel.tick_params(axis="y", length=0)
    scale = scale_of(metric)
    if runs[metric].isna().all():
        empty(panel, say("sweep_no_value", language))
        return
    if not pd.isna(city):
        panel.axvline(scale * city, color=INK, linestyle="--", linewidth=1.3, zorder=1)
    for place, group in enumerate(groups):
        own, colour = runs[runs["group"] == group], line_of(place)["color"]
        streets = scale * own.groupby("street")[metric].mean()
        panel.plot(streets, [place] * len(streets), "o", color=colour, alpha=0.45, markersize=6, mew=0.0)
        over = t_interval(own.groupby("replication")[[metric]].mean()).iloc[0] * scale
        panel.plot([over["low"], over["high"]], [place, place], color=colour, linewidth=2.4)
        panel.plot([over["mean"]], [place], "D", color=colour, markersize=8)
    panel.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}".replace("-", "−")))

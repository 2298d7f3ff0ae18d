"""Paired differences of the main metrics from the first scenario, with their intervals."""

from collections.abc import Sequence
from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.amounts import factor, unit_of_difference
from experiments.curves import Shown
from experiments.figures.style import (
    COLOURS,
    GREY,
    INK,
    LINE_SPACING,
    empty,
    heading,
    new_figure,
    style,
    wrap,
)
from experiments.findings import MAIN
from experiments.messages import Language, label_of, say, title_in
from experiments.statistics import CLEAR
from simulation.results.metrics import METRICS

COLUMNS = 3
BETTER = "#E3F3EC"


def forest_figure(table: pd.DataFrame, scenarios: Sequence[Shown], language: Language) -> Figure:
    """A panel per main metric, in its own unit, with a line per scenario.

    Args:
        table: of :func:`experiments.statistics.compare_table`.
        scenarios: the reference first.
        language: of all texts.
    """
    names = [metric for metric in MAIN if (table["metric"] == metric).any()]
    others = list(scenarios[1:])
    rows = ceil(len(names) / COLUMNS)
    titles = [wrap(title_in(shown.title, language), 22) for shown in others]
    lines = sum(0.26 * (1 + title.count("\n")) + 0.1 for title in titles)
    with style():
        figure = new_figure(width=11.0, height=max(5.6, rows * (lines + 1.15) + 1.1))
        panels = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True)
        for panel, metric in zip(panels.flat, names, strict=False):
            chosen = table[table["metric"] == metric].set_index("scenario")
            _draw(panel, chosen.loc[[shown.name for shown in others]], metric, language)
        for panel in panels.flat[len(names) :]:
            panel.set_visible(False)
        for row in panels:
            row[0].set_yticks(np.arange(len(others)), titles, linespacing=LINE_SPACING)
            row[0].set_ylim(len(others) - 0.4, -0.6)
        reference = title_in(scenarios[0].title, language)
        shown = table[table["metric"].isin(names) & table["scenario"].isin([one.name for one in others])]
        note = say("forest_note", language)
        if (shown["pairs"] < shown["paired"]).any():
            note += ("" if language == "zh" else " ") + say("forest_partial", language)
        heading(figure, say("forest_title", language, reference=reference), note)
    return figure


def _draw(panel: Axes, rows: pd.DataFrame, metric: str, language: Language) -> None:
    scale = factor(metric)
    middle, low, high = (
        scale * rows[name].to_numpy(dtype=float) for name in ("diff", "diff_low", "diff_high")
    )
    label = wrap(label_of(metric, language), 27)
    panel.set_title(label, fontsize=13.0)
    panel.set_xlabel(unit_of_difference(metric, language), fontsize=12.0, color=GREY)
    panel.grid(axis="y", visible=False)
    panel.tick_params(axis="y", length=0)
    panel.spines["left"].set_visible(False)
    if np.isnan(middle).all():
        empty(panel, say("forest_none", language))
        panel.set_xticks([])
        return
    ends = np.concatenate([middle, low, high])
    left, right = min(float(np.nanmin(ends)), -0.02), max(float(np.nanmax(ends)), 0.02)
    margin = 0.08 * (right - left)
    left, right = min(left - margin, -3.0 * margin), max(right + margin, 3.0 * margin)
    panel.set_xlim(left, right)
    better = METRICS[metric].better
    if better:
        panel.axvspan(0.0, right if better == "higher" else left, color=BETTER, linewidth=0.0, zorder=0)
    panel.axvline(0.0, color=INK, linewidth=1.2)
    counts = rows[["pairs", "paired"]].to_numpy(dtype=int).tolist()
    marked = (rows["p_holm"] <= CLEAR).tolist()
    judged = zip(middle, low, high, counts, marked, strict=True)
    for place, (value, start, end, (pairs, paired), clear) in enumerate(judged):
        partial = pairs < paired
        colour = COLOURS[0] if clear else GREY
        line = ":" if partial else "-"
        panel.plot([start, end], [place, place], color=colour, linewidth=3.0, linestyle=line)
        if partial:
            text = say("table_pairs", language, n=pairs, of=paired)
            at = 0.0 if np.isnan(value) else value
            panel.annotate(
                text, (at, place), (0, 7), textcoords="offset points", ha="center", color=GREY, fontsize=10
            )
        panel.plot(
            value,
            place,
            "o",
            markersize=9,
            color=colour,
            markerfacecolor=colour if clear else "white",
            mew=2.0,
        )
    panel.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    panel.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    )

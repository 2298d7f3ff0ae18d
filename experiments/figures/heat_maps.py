"""Heat maps: metrics over the values of two factors of a sweep, with the numbers in the cells."""

from collections.abc import Sequence
from math import ceil, isnan

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.amounts import decimals_for, label_with_unit, number
from experiments.amounts import factor as factor_of
from experiments.figures.responses import note
from experiments.figures.style import (
    INK,
    LINE_SPACING,
    NARROW,
    empty,
    heading,
    new_figure,
    style,
    width_of,
    wrap,
)
from experiments.messages import Language, say
from experiments.parameters import name_of
from experiments.sweeps.responses import Axis, Points, Response, axis_of, of_metric, respond
from simulation.results.metrics import METRICS

COLUMNS = 2
BINS = 5
COLOUR_MAP = "cividis"
"""Made to look alike to people who see all colours and to those who do not."""
DARK = 0.55
"""Share of the colour map's way up to which cells are dark, and their numbers white."""


def heat_figure(
    points: Points, metrics: Sequence[str], x: str, y: str, language: Language, *, narrow: bool = False
) -> Figure:
    """A map per metric.

    Args:
        points: of a sweep, a row per point and metric.
        metrics: what is drawn.
        x: the factor along the x axis.
        y: the factor along the y axis.
        language: of all texts.
        narrow: whether maps stand one below the other, for a small screen.
    """
    columns = 1 if narrow else min(COLUMNS, len(metrics))
    rows = ceil(len(metrics) / columns)
    responses = []
    with style():
        first = of_metric(points, metrics[0])
        axes = [axis_of(first, x, BINS, language), axis_of(first, y, BINS, language)]
        wide, high = (len(axis.places) for axis in axes)
        width = max(NARROW, 2.0 + 0.62 * wide) if narrow else columns * max(6.0, 2.4 + 0.95 * wide) + 0.4
        figure = new_figure(width, rows * max(3.0, 1.5 + 0.62 * high) + (2.6 if narrow else 1.6))
        panels = figure.subplots(rows, columns, squeeze=False)
        for panel, metric in zip(panels.flat, metrics, strict=False):
            table = of_metric(points, metric)
            axes = [axis_of(table, x, BINS, language), axis_of(table, y, BINS, language)]
            found = respond(table, metric, axes)
            responses.append(found)
            _draw(figure, panel, axes, found, language)
        for panel in panels.flat[len(metrics) :]:
            panel.set_visible(False)
        title = say("heat_title", language, x=name_of(x, language), y=name_of(y, language))
        heading(figure, title, note(points, axes, responses, "cells", language))
    return figure


def _draw(figure: Figure, panel: Axes, axes: Sequence[Axis], found: Response, language: Language) -> None:
    known = METRICS.get(found.metric)
    label = label_with_unit(found.metric, language)
    arrow = {"higher": " ↑", "lower": " ↓"}.get(str(known.better) if known else "", "")
    panel.set_title(wrap(label + arrow, 46), fontsize=13.0, linespacing=LINE_SPACING)
    panel.grid(visible=False)
    panel.tick_params(length=0)
    for spine in panel.spines.values():
        spine.set_visible(False)
    if np.isnan(found.mean).all():
        empty(panel, say("sweep_no_value", language))
        panel.set_xticks([])
        panel.set_yticks([])
        return
    values = factor_of(found.metric) * found.mean.T
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low == high:
        low, high = low - 0.5, high + 0.5
    image = panel.imshow(values, origin="lower", aspect="auto", cmap=COLOUR_MAP, vmin=low, vmax=high)
    for (row, column), value in np.ndenumerate(found.mean.T):
        text = in_cell(found.metric, float(value), float(found.half[column, row]))
        dark = (values[row, column] - low) / (high - low) < DARK
        panel.text(
            column, row, text, ha="center", va="center", fontsize=10.0 if "\n" in text else 11.0,
            linespacing=1.15, color="white" if dark and not isnan(value) else INK,
        )  # fmt: skip
    columns = 8 if len(axes[0].places) > 5 else 12
    panel.set_xticks(
        range(len(axes[0].places)),
        [wrap(text, columns) for text in axes[0].texts],
        fontsize=11.0,
        linespacing=1.1,
    )
    panel.set_yticks(range(len(axes[1].places)), [_short(text) for text in axes[1].texts], fontsize=11.0)
    panel.set_xlabel(name_of(axes[0].factor, language), fontsize=12.0)
    panel.set_ylabel(wrap(name_of(axes[1].factor, language), 30), fontsize=12.0)
    bar = figure.colorbar(image, ax=panel, pad=0.02, aspect=24)
    bar.outline.set_visible(False)
    better = known.better if known else None
    if better:
        bar.set_label(say(f"heat_{better}", language), fontsize=11.0)
    bar.ax.tick_params(labelsize=10.5)


def in_cell(metric: str, mean: float, half: float) -> str:
    """A mean, and below it half the width of its interval; a dash where there is no mean."""
    if isnan(mean) or isnan(half):
        return number(metric, mean)
    places = decimals_for(metric, mean, half)
    return f"{number(metric, mean, decimals=places)}\n± {number(metric, half, decimals=places)}"


def _short(text: str) -> str:
    return wrap(text, 18) if width_of(text) > 18 else text

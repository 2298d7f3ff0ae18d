"""Response curves: metrics over the values of a factor of a sweep, a line for each value of another."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from experiments.amounts import factor as factor_of
from experiments.amounts import unit_of
from experiments.figures.style import (
    GREY,
    LINE_SPACING,
    NARROW,
    empty,
    heading,
    line_of,
    name_beside,
    new_figure,
    style,
    width_of,
    wrap,
)
from experiments.messages import Language, label_of, say
from experiments.parameters import name_of, names_in
from experiments.sweeps.responses import (
    MOST_LEVELS,
    Axis,
    Points,
    Response,
    axis_of,
    factors_of,
    of_metric,
    respond,
    written,
)
from simulation.results.metrics import METRICS

Numbers = NDArray[np.float64]

COLUMNS = 3
BINS = 8
MOST_TICKS = 7
MOST_SHADED = 2
"""Lines up to which intervals are shades; those of more are bars."""
MOST_DOTS = 2000
"""Dots from which they are drawn as pixels inside an SVG."""


def response_figure(
    points: Points,
    metrics: Sequence[str],
    by: str,
    lines: str | None,
    language: Language,
    *,
    narrow: bool = False,
) -> Figure:
    """A panel per metric over the values of a factor.

    Args:
        points: of a sweep, a row per point and metric.
        metrics: what is drawn.
        by: the factor along the x axis.
        lines: a factor that has a line for each of its values; None for one line.
        language: of all texts.
        narrow: whether panels stand one below the other, for a small screen.
    """
    columns = 1 if narrow else min(COLUMNS, len(metrics))
    rows = ceil(len(metrics) / columns)
    responses = []
    with style():
        wide = {1: 9.0, 2: 12.0}.get(columns, 14.0)
        high = 3.2 + 2.5 * rows if narrow else 2.0 + 2.9 * rows + (rows == 1)
        figure = new_figure(NARROW if narrow else wide, high)
        panels = figure.subplots(rows, columns, squeeze=False)
        for panel, metric in zip(panels.flat, metrics, strict=False):
            table = of_metric(points, metric)
            axes = [axis_of(table, by, BINS, language)]
            if lines is not None:
                axes.append(axis_of(table, lines, MOST_LEVELS // 2, language))
            found = respond(table, metric, axes)
            responses.append(found)
            _draw(panel, table, axes, found, language)
        for panel in panels.flat[len(metrics) :]:
            panel.set_visible(False)
        for place, panel in enumerate(panels.flat[: len(metrics)]):
            if place + columns >= len(metrics):
                panel.set_xlabel(name_of(by, language), fontsize=12.5)
        if lines is not None:
            _name_lines(figure, axes[1], language)
        heading(
            figure,
            say("response_title", language, factor=name_of(by, language)),
            _note(points, axes, responses, language),
        )
    return figure


def _draw(panel: Axes, table: Points, axes: Sequence[Axis], found: Response, language: Language) -> None:
    axis, scale = axes[0], factor_of(found.metric)
    _head(panel, found.metric, language)
    if np.isnan(found.mean).all():
        empty(panel, say("sweep_no_value", language))
        panel.set_xticks([])
        panel.set_yticks([])
        return
    count = found.mean.shape[1]
    if axis.binned:
        values = scale * table["mean"].to_numpy(dtype=float)
        second = axes[1].of_point if len(axes) > 1 else np.zeros(len(table), dtype=int)
        for line in range(count):
            own = second == line
            panel.plot(
                table[axis.factor][own], values[own], ".", color=line_of(line)["color"], alpha=0.35,
                markersize=5, mew=0.0, rasterized=len(table) > MOST_DOTS,
            )  # fmt: skip
    for line in range(count):
        mean, half = scale * found.mean[:, line], scale * found.half[:, line]
        _line(panel, axis, line, count, mean, half)
    if axis.log:
        panel.set_xscale("log")
    _name_places(panel, axis)
    panel.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}".replace("-", "−")))


def _line(panel: Axes, axis: Axis, line: int, count: int, mean: Numbers, half: Numbers) -> None:
    """Numbers as a curve with its interval around it; words, bins and many lines with bars."""
    look, places = line_of(line), axis.places
    if axis.numeric:
        if count > MOST_SHADED and not axis.log:
            places = places + 0.014 * (line - (count - 1) / 2.0) * np.ptp(places)
        panel.plot(places, mean, **look)
    else:
        places = places + 0.5 * (line - (count - 1) / 2.0) / max(count, 3)
    if axis.numeric and not axis.binned and count <= MOST_SHADED:
        panel.fill_between(places, mean - half, mean + half, color=look["color"], alpha=0.16, linewidth=0.0)
        panel.plot(places, mean, "o", color=look["color"], markersize=5)
    else:
        width = 1.2 if axis.numeric else 2.0
        panel.errorbar(
            places, mean, yerr=half, color=look["color"], fmt="o", markersize=5, elinewidth=width, capsize=2.5
        )


def _head(panel: Axes, metric: str, language: Language) -> None:
    known = METRICS.get(metric)
    arrow = {"higher": " ↑", "lower": " ↓"}.get(str(known.better) if known else "", "")
    panel.set_title(wrap(label_of(metric, language) + arrow, 34), fontsize=13.0, linespacing=LINE_SPACING)
    panel.set_ylabel(unit_of(metric, language), fontsize=12.0, color=GREY)


def _name_places(panel: Axes, axis: Axis) -> None:
    """Write the values of a factor along the x axis."""
    if not axis.numeric:
        wide = max(8, 40 // len(axis.places))
        panel.set_xticks(axis.places, [wrap(text, wide) for text in axis.texts], linespacing=LINE_SPACING)
        panel.set_xlim(-0.6, len(axis.places) - 0.4)
        panel.grid(visible=False, axis="x")
        return
    if not axis.binned and len(axis.places) <= MOST_TICKS and sum(map(width_of, axis.texts)) <= 36:
        panel.set_xticks(axis.places, axis.texts)
        panel.minorticks_off()
        return
    if not axis.log:
        panel.xaxis.set_major_locator(MaxNLocator(5))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: written(axis.factor, float(f"{value:g}"))))


def _name_lines(figure: Figure, axis: Axis, language: Language) -> None:
    looks = [line_of(place) for place in range(len(axis.texts))]
    handles = [Line2D([], [], **look, marker="o", markersize=5) for look in looks]
    name_beside(figure, handles, axis.texts, name_of(axis.factor, language))


def _note(points: Points, axes: Sequence[Axis], responses: Sequence[Response], language: Language) -> str:
    """How to read the figure: what the means are over, and what the intervals are of."""
    return note(points, axes, responses, "bin" if axes[0].binned else "curve", language)


def note(
    points: Points, axes: Sequence[Axis], responses: Sequence[Response], kind: str, language: Language
) -> str:
    """What the means are over, what their intervals are of, and which way is better."""
    others = [name for name in factors_of(points) if name not in {axis.factor for axis in axes}]
    crossed = all(found.crossed for found in responses)
    parts = []
    if kind == "bin":
        parts.append(say("response_bins", language))
    most = int(points["runs"].max())
    if others and crossed:
        key = "sweep_over_settings" if most > 1 else "sweep_over_settings_once"
        parts.append(say(key, language, factors=names_in(others, language)))
    elif not crossed:
        parts.append(say("sweep_over_points", language, factors=names_in(others, language) or "–"))
    elif most > 1:
        least = int(points["runs"].min())
        span = str(most) if least == most else f"{least}–{most}"
        parts.append(say("sweep_over_runs", language, n=span))
    else:
        parts.append(say("sweep_once", language))
    if most > 1 and crossed:
        parts.append(say("sweep_same_seeds", language))
    names = [found.metric for found in responses]
    shown = points[points["metric"].isin(names)]
    partial = int(shown[shown["n"] < shown["runs"]]["point"].nunique())
    if partial:
        parts.append(say("sweep_partial", language, n=partial))
    if kind == "cells":
        parts.append(say("heat_colours", language))
    parts.append(say("sweep_arrows", language))
    return ("" if language == "zh" else " ").join(parts)

"""Which parameters matter: bars of Sobol indices, or Morris's plane of effects, a panel per metric."""

from collections.abc import Sequence
from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator

from experiments.amounts import factor as scale_of
from experiments.amounts import unit_of_difference
from experiments.figures.style import (
    COLOURS,
    GREY,
    INK,
    LINE_SPACING,
    NARROW,
    PALE,
    empty,
    heading,
    is_narrow,
    name_beside,
    new_figure,
    style,
    width_of,
    wrap,
)
from experiments.findings import MAIN
from experiments.messages import Language, label_of, say
from experiments.parameters import name_of

COLUMNS = 3
PARTS = (("first", "sobol_first", COLOURS[0], -0.2), ("total", "sobol_total", COLOURS[1], 0.2))
NAMED = 5
"""Factors named in a panel of Morris's plane, but those that lie too near to another."""
LONGEST_NAME = 30


def sensitivity_figure(
    table: pd.DataFrame, language: Language, metrics: Sequence[str] | None = None, *, narrow: bool = False
) -> Figure:
    """A panel per metric, of Sobol indices or of Morris's effects.

    Args:
        table: of :func:`experiments.sensitivity.indices.sensitivity`, or read from ``sensitivity.parquet``.
        language: of all texts.
        metrics: which to show; those of :data:`experiments.findings.MAIN` that are there if None, or else the
            first ones that are.
        narrow: whether panels stand one below the other, for a small screen.
    """
    there = list(table["metric"].unique())
    shown = [metric for metric in (MAIN if metrics is None else metrics) if metric in there]
    shown = shown or there[: len(MAIN)]
    factors = list(table["factor"].unique())
    sobol = bool(table["index"].isin(["first"]).any())
    columns = 1 if narrow else min(COLUMNS, max(1, len(shown)))
    rows = max(1, ceil(len(shown) / columns))
    side = max(2.2, 0.42 * len(factors) + 0.9) if sobol else 3.0
    with style():
        width = NARROW if narrow else 3.0 * columns + (3.6 if sobol else 4.2)
        above = (2.6 if sobol else 3.0 + 0.25 * len(factors)) if narrow else 1.8
        figure = new_figure(width, max(5.0, side * rows + above))
        panels = figure.subplots(rows, columns, squeeze=False, sharey=sobol)
        for panel in panels.flat[len(shown) :]:
            panel.set_visible(False)
        if not shown:
            empty(panels[0][0], say("sensitivity_none", language))
            panels[0][0].set_axis_off()
        for panel, metric in zip(panels.flat, shown, strict=False):
            panel.set_title(wrap(label_of(metric, language), 26), fontsize=13.0, linespacing=LINE_SPACING)
            chosen = table[table["metric"] == metric]
            if sobol:
                _bars(panel, chosen, factors)
            else:
                _plane(panel, chosen, metric, factors, language)
        if sobol:
            _finish_bars(figure, panels, factors, language)
            bars = table[table["metric"].isin(shown) & table["index"].isin([part[0] for part in PARTS])]
            left, right = float(bars["low"].min()) - 0.03, float(bars["high"].max()) + 0.03
            for panel in panels.flat:
                panel.set_xlim(min(max(left, -0.5), -0.05), max(min(right, 1.6), 1.05))
        elif shown:
            _finish_plane(figure, factors, language)
        kind = "sobol" if sobol else "morris"
        n = int(table["n"].max()) if len(table) else 0
        heading(figure, say(f"{kind}_title", language), say(f"{kind}_note", language, n=n) if shown else "")
    return figure


def _bars(panel: Axes, rows: pd.DataFrame, factors: Sequence[str]) -> None:
    places = np.arange(len(factors))
    noise = rows["noise"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)[0]
    if noise > 0.0:
        panel.axvspan(0.0, noise, color=PALE, alpha=0.7, linewidth=0.0, zorder=0)
    for index, _, colour, shift in PARTS:
        found = rows[rows["index"] == index].set_index("factor").loc[list(factors)]
        value, low, high = (found[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
        panel.barh(places + shift, value, height=0.36, color=colour)
        panel.hlines(places + shift, low, high, color=INK, linewidth=1.6)
    panel.axvline(0.0, color=INK, linewidth=1.0)
    panel.xaxis.set_major_locator(MultipleLocator(0.5))
    panel.grid(axis="y", visible=False)
    panel.tick_params(axis="y", length=0)


def _finish_bars(figure: Figure, panels: np.ndarray, factors: Sequence[str], language: Language) -> None:
    names = [_broken(name, language) for name in factors]
    for row in panels:
        row[0].set_yticks(np.arange(len(factors)), names, linespacing=LINE_SPACING)
        row[0].set_ylim(len(factors) - 0.4, -0.6)
    for column in range(panels.shape[1]):
        lowest = [panel for panel in panels[:, column] if panel.get_visible()][-1]
        lowest.set_xlabel(say("sobol_x", language), fontsize=12.0, color=GREY)
    handles = [Patch(color=colour) for _, _, colour, _ in PARTS]
    labels = [say(key, language) for _, key, _, _ in PARTS]
    if is_narrow(figure):
        name_beside(figure, handles, labels)
    else:
        figure.legend(handles, labels, loc="outside upper right", ncols=2)


def _plane(panel: Axes, rows: pd.DataFrame, metric: str, factors: Sequence[str], language: Language) -> None:
    scale = scale_of(metric)
    wide = {
        name: rows[rows["index"] == name].set_index("factor").loc[list(factors)]
        for name in ("mu_star", "sigma")
    }
    size, low, high = (
        scale * wide["mu_star"][name].to_numpy(dtype=float) for name in ("value", "low", "high")
    )
    spread = scale * wide["sigma"]["value"].to_numpy(dtype=float)
    panel.hlines(spread, np.maximum(low, 0.0), high, color=GREY, linewidth=1.4)
    panel.plot(size, spread, "o", color=COLOURS[0], markersize=6)
    right, top = 1.12 * max(float(high.max()), 1e-9), 1.18 * max(float(spread.max()), 1e-9)
    panel.axline((0.0, 0.0), slope=1.0, color=GREY, linestyle=":", linewidth=1.4)
    panel.set_xlim(-0.03 * right, right)
    panel.set_ylim(-0.05 * top, top)
    named: list[tuple[float, float]] = []
    for place in np.argsort(-size, kind="stable")[:NAMED]:
        at = (size[place], spread[place])
        if all(abs(at[0] - x) > 0.09 * right or abs(at[1] - y) > 0.11 * top for x, y in named):
            named.append(at)
            panel.annotate(str(place + 1), at, (4, 4), textcoords="offset points", fontsize=12.0)
    unit = unit_of_difference(metric, language)
    label = say("label_with_unit", language, label="mu*", unit=unit) if unit else "mu*"
    panel.set_xlabel(label, fontsize=11.5, color=GREY)


def _finish_plane(figure: Figure, factors: Sequence[str], language: Language) -> None:
    figure.supylabel(say("morris_y", language), fontsize=13.0)
    names = [f"{number}  {_broken(name, language)}" for number, name in enumerate(factors, 1)]
    handles = [Line2D([], [], linestyle="none") for _ in factors]
    if is_narrow(figure):
        name_beside(figure, handles, names)
        return
    hanging = [name.replace("\n", "\n     ") for name in names]  # below the name, not below its number
    legend = figure.legend(handles, hanging, loc="outside right upper", handlelength=0.0)
    for text in legend.get_texts():
        text.set_linespacing(LINE_SPACING)


def _broken(factor: str, language: Language) -> str:
    """What a factor is called, in lines of about the same length."""
    name = name_of(factor, language)
    if name == factor and "." in name:  # a dotted name of somebody's own, which has no spaces
        cuts = [place + 1 for place, letter in enumerate(name) if letter == "."]
        best = min(cuts, key=lambda place: abs(place - len(name) / 2))
        return f"{name[:best]}\n{name[best:]}" if len(name) > LONGEST_NAME else name
    lines = ceil(width_of(name) / LONGEST_NAME)
    return wrap(name, max(LONGEST_NAME // 2, ceil(width_of(name) / lines) + 4))

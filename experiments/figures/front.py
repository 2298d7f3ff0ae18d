"""The trade-off that a search found: every trial, the front judged by fresh seeds, and where it started."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.amounts import factor, label_with_unit, number, unit_of_difference
from experiments.figures.style import (
    COLOURS,
    GREY,
    INK,
    LINE_SPACING,
    NARROW,
    empty,
    heading,
    name_beside,
    new_figure,
    style,
    wrap,
)
from experiments.messages import Language, label_of, say
from experiments.search.asked import Direction

POINT: dict[str, Any] = {"marker": "o", "linestyle": "none"}
TRIAL = POINT | {"markersize": 4.5, "color": "#A8A8A8", "alpha": 0.55}
HOLDS = POINT | {"markersize": 8.0, "color": COLOURS[0]}
FALLS = HOLDS | {"markerfacecolor": "white", "markeredgewidth": 1.8}
BASE = POINT | {"marker": "D", "markersize": 9.0, "color": COLOURS[1]}
MOST_NUMBERED = 12
"""Settings on the front up to which each has its number beside it."""


LEVELS = ("mean", "low", "high", "chosen", "mean")
DIFFERENCES = ("diff", "diff_low", "diff_high", "chosen_diff", "diff")
"""Columns of the front's middles, intervals and places when chosen, and of all trials."""


def front_figure(
    trials: pd.DataFrame,
    front: pd.DataFrame,
    outcomes: Mapping[str, Direction],
    language: Language,
    *,
    narrow: bool = False,
) -> Figure:
    """A panel for each pair of outcomes, as paired differences from the scenario where it has them all.

    Args:
        trials: of a search, as in ``trials.parquet``.
        front: as in ``front.parquet``.
        outcomes: with their directions; of each pair the first is on the y axis.
        language: of all texts.
        narrow: whether panels stand one below the other, for a small screen.
    """
    pairs = list(combinations(outcomes, 2))
    best = front[front["what"] == "front"]
    paired = (
        not front.loc[front["what"] == "base", [f"{name}.mean" for name in outcomes]].isna().any(axis=None)
    )
    columns = DIFFERENCES if paired else LEVELS
    with style():
        rows, across = (len(pairs), 1) if narrow else (1, len(pairs))
        width, height = (NARROW, 2.8 + 4.2 * rows) if narrow else (10.0 if across == 1 else 15.0, 6.2)
        figure = new_figure(width, height)
        for panel, (up, right) in zip(figure.subplots(rows, across, squeeze=False).flat, pairs, strict=True):
            _draw(panel, trials[trials["trial"] > 0], front, (up, right), columns)
            _name_axis(panel.xaxis, right, outcomes[right], language, paired=paired)
            _name_axis(panel.yaxis, up, outcomes[up], language, paired=paired)
            if best.empty:
                empty(panel, say("front_none", language))
        kinds = [(TRIAL, "front_trial"), (HOLDS, "front_holds"), (FALLS, "front_falls"), (BASE, "front_base")]
        kinds = [kind for kind in kinds if kind[0] is not FALLS or not best["holds"].all()]
        handles = [Line2D([], [], **look) for look, _ in kinds]
        name_beside(figure, handles, [say(key, language) for _, key in kinds])
        notes = [say("front_note_paired" if paired else "front_note", language, n=int(front["runs"].iloc[0]))]
        notes += [say("front_note_numbers", language)] * (len(best) <= MOST_NUMBERED)
        note = ("" if language == "zh" else " ").join(notes)
        heading(figure, say("front_title", language), note)
    return figure


def _draw(
    panel: Axes, trials: pd.DataFrame, front: pd.DataFrame, pair: tuple[str, str], columns: Sequence[str]
) -> None:
    up, right = pair
    middle, low, high, chosen, tried = columns
    panel.plot(trials[f"{right}.{tried}"], trials[f"{up}.{tried}"], **TRIAL)
    numbered = len(front) - 1 <= MOST_NUMBERED
    for row in front.sort_values("what", ascending=False).to_dict("records"):  # the scenario itself above all
        base = row["what"] == "base"
        look = BASE if base else HOLDS if row["holds"] else FALLS
        x, y = row[f"{right}.{middle}"], row[f"{up}.{middle}"]
        if not base:
            path = ([row[f"{right}.{chosen}"], x], [row[f"{up}.{chosen}"], y])
            panel.plot(*path, color=GREY, linewidth=1.0, linestyle=(0, (2, 1.5)))
        interval = {"color": look["color"], "linewidth": 1.3, "alpha": 0.6}
        panel.plot([row[f"{right}.{low}"], row[f"{right}.{high}"]], [y, y], **interval)
        panel.plot([x, x], [row[f"{up}.{low}"], row[f"{up}.{high}"]], **interval)
        panel.plot([x], [y], **look, zorder=4 if base else 3)
        if numbered and not base and not pd.isna(x) and not pd.isna(y):
            panel.annotate(
                str(row["trial"]), (x, y), (6, 5), textcoords="offset points", fontsize=10.5, color=INK
            )


def _name_axis(
    axis: XAxis | YAxis, outcome: str, direction: Direction, language: Language, *, paired: bool
) -> None:
    label = label_with_unit(outcome, language)
    if paired:
        label = say("front_difference", language, label=label_of(outcome, language))
        unit = unit_of_difference(outcome, language)
        label = say("label_with_unit", language, label=label, unit=unit) if unit else label
    text = f"{wrap(label, 44)}\n{say(f'front_{direction}', language)}"
    axis.set_label_text(text, linespacing=LINE_SPACING)
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    low, high = axis.get_data_interval()
    step = (high - low) * factor(outcome) / 5.0
    places = 0 if step >= 1.0 else 1 if step >= 0.1 else 2
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: number(outcome, value, decimals=places, signed=paired))
    )

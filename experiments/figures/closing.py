"""Share of uploaded cases solved over time, a panel per kind of trouble."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.curves import CLOSING_HOURS, Category, Shown
from experiments.figures.style import (
    GREY,
    draw_curves,
    empty,
    finish,
    new_figure,
    percent_axis,
    style,
    wrap,
)
from experiments.messages import Language, say

TICKS = (1.0, 6.0, 24.0, 72.0, 168.0, 720.0, 2160.0)
FIRST = 0.5
"""Hours at which the logarithmic axis begins."""
MOST = 9
"""Panels; the most frequent kinds are shown."""


def closing_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """How quickly cases are solved, by kind, with each kind's deadline."""
    kinds = _kinds(scenarios)
    columns = 1 if len(kinds) == 1 else 2 if len(kinds) <= 4 else 3
    rows = ceil(len(kinds) / columns)
    with style():
        figure = new_figure(height=5.6 if rows == 1 else 3.0 * rows + 1.2)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for panel, (name, kind) in zip(panels.flat, kinds.items(), strict=False):
            draw_curves(panel, CLOSING_HOURS, [shown.averaged.closing.get(name) for shown in scenarios])
            _finish_panel(panel, kind, language, 24 if columns > 1 else 60)
        for panel in panels.flat[len(kinds) :]:
            panel.set_visible(False)
        _time_axis(panels.flat[0], _last_hour(scenarios), language)
        percent_axis(panels.flat[0], language)
        for panel in panels[:, 0]:
            panel.set_ylabel(say("closing_y", language))
        for panel in panels[-1]:
            panel.set_xlabel(say("closing_x", language))
        deadline = panels.flat[0].plot([], [], color=GREY, linewidth=1.6, linestyle=(0, (2, 2)))[0]
        notes = [say("note_closing", language)]
        if len(kinds) < len(_all_kinds(scenarios)):
            notes.append(say("note_most_frequent", language, n=len(kinds)))
        finish(
            figure,
            scenarios,
            "closing_title",
            language,
            notes=notes,
            further=[(deadline, say("closing_deadline", language))],
        )
    return figure


def _all_kinds(scenarios: Sequence[Shown]) -> dict[str, Category]:
    kinds: dict[str, Category] = {}
    for shown in scenarios:
        kinds = shown.averaged.categories | kinds
    return kinds


def _kinds(scenarios: Sequence[Shown]) -> dict[str, Category]:
    """The most frequent kinds, in the scenario's order."""
    kinds = _all_kinds(scenarios)
    often = sorted(kinds, key=lambda name: -kinds[name].uploaded)[:MOST]
    return {name: kind for name, kind in kinds.items() if name in often}


def _finish_panel(panel: Axes, kind: Category, language: Language, columns: int) -> None:
    panel.set_title(wrap(kind.zh if language == "zh" else kind.en, columns))
    if not panel.lines or all(
        np.isnan(np.asarray(line.get_ydata(), dtype=float)).all() for line in panel.lines
    ):
        empty(panel, say("closing_none", language))
    if not np.isnan(kind.deadline_h):
        panel.axvline(kind.deadline_h, color=GREY, linewidth=1.6, linestyle=(0, (2, 2)))


def _last_hour(scenarios: Sequence[Shown]) -> float:
    """The first tick by which every curve has flattened out; a week at least."""
    needed = 168.0
    for shown in scenarios:
        for name, curve in shown.averaged.closing.items():
            rising = CLOSING_HOURS[(curve.mean < 0.985 * np.nanmax(curve.mean, initial=0.0))]
            needed = max([needed, shown.averaged.categories[name].deadline_h, *rising[-1:]])
    return next((tick for tick in TICKS if tick >= needed), TICKS[-1])


def _time_axis(axes: Axes, last: float, language: Language) -> None:
    ticks = [tick for tick in TICKS if tick <= last]
    texts = [
        say("hours_short", language, n=round(tick))
        if tick < 24.0
        else say("days_short", language, n=round(tick / 24))
        for tick in ticks
    ]
    axes.set_xscale("log")
    axes.set_xlim(FIRST, last)
    axes.set_xticks(ticks, texts)
    axes.minorticks_off()

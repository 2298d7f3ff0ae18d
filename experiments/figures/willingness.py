"""How willing providers are to give, month by month: recognition raises it, giving tires, all of it fades."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.curves import Band, Shown
from experiments.figures.style import (
    GREY,
    draw_curves,
    finish,
    in_percent,
    line_of,
    new_figure,
    over,
    percent,
    span_alike,
    style,
    wrap,
)
from experiments.messages import Language, say
from simulation.community.providers import KINDS

LEAST_SPAN = 0.12
"""Probability that a panel spans at least, so that noise does not look like a fall."""
MOST_LABELS = 8
"""Numbers that find room beside the curves of a panel."""
APART = 0.095
"""Of a panel's height, between two of them."""


def willingness_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """Mean willingness of each kind of provider at the end of each month, a panel per kind."""
    with style():
        figure = new_figure(height=6.6)
        panels = list(figure.subplots(2, 2, sharex=True).flat)
        longest = max(len(shown.averaged.willingness[KINDS[0]].mean) for shown in scenarios)
        months = np.arange(1.0, longest + 1.0)
        curves = {
            kind: [over(shown.averaged.willingness[kind], longest) for shown in scenarios] for kind in KINDS
        }
        for panel, kind in zip(panels, KINDS, strict=True):
            draw_curves(panel, months, curves[kind])
            if longest == 1:
                for line in panel.lines:
                    line.set_marker("o")
            panel.set_title(wrap(say(f"willingness_{kind}", language), 30), fontsize=14.0)
            panel.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 3, 5, 10], integer=True))
            in_percent(panel.yaxis, language)
        span_alike(panels, LEAST_SPAN, (0.0, 1.0), say("willingness_none", language))
        for panel, kind in zip(panels, KINDS, strict=True):
            _label_ends(panel, curves[kind], language)
        for panel in panels[2:]:
            panel.set_xlabel(say("on_time_x", language))
        finish(figure, scenarios, "willingness_title", language, notes=[say("note_willingness", language)])
    return figure


def _label_ends(panel: Axes, curves: Sequence[Band], language: Language) -> None:
    """Write where each curve ends at the right, once for those that end on the same number."""
    ends: dict[str, list[tuple[int, float]]] = {}
    for index, curve in enumerate(curves):
        known = curve.mean[~np.isnan(curve.mean)]
        if len(known):
            ends.setdefault(percent(float(known[-1]), language), []).append((index, float(known[-1])))
    if not 0 < len(ends) <= MOST_LABELS:
        return
    low, high = panel.get_ylim()
    places = [(np.mean([value for _, value in same]) - low) / (high - low) for same in ends.values()]
    for place, (text, same) in zip(_apart(places), ends.items(), strict=True):
        colour = line_of(same[0][0])["color"] if len(same) == 1 else GREY
        panel.text(1.02, place, text, transform=panel.transAxes, va="center", color=colour, fontsize=11.5)


def _apart(places: Sequence[float]) -> list[float]:
    """Places on a panel's height moved so far that none is nearer than APART to another."""
    order = np.argsort(places)
    moved = np.clip(np.asarray(places)[order], 0.0, 1.0)
    for rank in range(1, len(moved)):
        moved[rank] = max(moved[rank], moved[rank - 1] + APART)
    moved[-1] = min(moved[-1], 1.0)
    for rank in range(len(moved) - 2, -1, -1):
        moved[rank] = min(moved[rank], moved[rank + 1] - APART)
    found = np.empty(len(moved))
    found[order] = moved
    return [float(place) for place in found]

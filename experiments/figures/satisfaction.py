"""Satisfaction of residents day by day."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.curves import Band, Shown
from experiments.figures.style import draw_curves, empty, finish, new_figure, style, wrap
from experiments.messages import Language, say

GROUPS = ("mean", "vulnerable", "worst")
MOST_POINTS = 120
"""Points of a line beyond which days are skipped, to keep files light."""
LEAST_SPAN = 8.0
"""Points that a panel spans at least, so that noise does not look like a fall."""


def satisfaction_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """How satisfied all residents, vulnerable residents and the worst-off tenth are."""
    with style():
        figure = new_figure()
        panels = figure.subplots(1, len(GROUPS), sharex=True)
        longest = max(len(shown.averaged.satisfaction["mean"].mean) for shown in scenarios)
        days = np.arange(1.0, longest + 1.0)
        for panel, group in zip(panels, GROUPS, strict=True):
            curves = [shown.averaged.satisfaction[group] for shown in scenarios]
            draw_curves(
                panel, days, [_over(curve, len(days)) for curve in curves], 1 + len(days) // MOST_POINTS
            )
            panel.set_title(wrap(say(f"satisfaction_{group}", language), 18), fontsize=14.0)
            panel.set_xlabel(say("satisfaction_x", language))
            panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
        _same_span(panels, say("satisfaction_none", language))
        panels[0].set_ylabel(say("satisfaction_y", language))
        finish(figure, scenarios, "satisfaction_title", language, notes=[say("note_worst", language)])
    return figure


def _over(curve: Band, days: int) -> Band:
    """The curve over ``days``, with nothing where the run was shorter."""
    after = (0, days - len(curve.mean))
    return Band(
        *(np.pad(part, after, constant_values=np.nan) for part in (curve.mean, curve.low, curve.high))
    )


def _same_span(panels: Sequence[Axes], nobody: str) -> None:
    """Let all panels span the same number of points, each around its own curves."""
    ranges = []
    for panel in panels:
        values = np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in panel.lines])
        known = values[~np.isnan(values)]
        ranges.append((float(known.min()), float(known.max())) if len(known) else None)
    span = max([LEAST_SPAN, *(1.15 * (high - low) for low, high in filter(None, ranges))])
    for panel, known_range in zip(panels, ranges, strict=True):
        if known_range is None:
            empty(panel, nobody)
            panel.set_yticks([])
            continue
        low = min(max(sum(known_range) / 2.0 - span / 2.0, -1.0), 101.0 - span)
        panel.set_ylim(low, low + span)
        panel.yaxis.set_major_locator(MaxNLocator(6, integer=True))

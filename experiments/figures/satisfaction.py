"""Satisfaction of residents day by day."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.curves import Shown
from experiments.figures.style import draw_curves, finish, new_figure, over, span_alike, style, wrap
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
                panel, days, [over(curve, len(days)) for curve in curves], 1 + len(days) // MOST_POINTS
            )
            panel.set_title(wrap(say(f"satisfaction_{group}", language), 18), fontsize=14.0)
            panel.set_xlabel(say("satisfaction_x", language))
            panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
        span_alike(panels, LEAST_SPAN, (-1.0, 101.0), say("satisfaction_none", language), whole=True)
        panels[0].set_ylabel(say("satisfaction_y", language))
        finish(figure, scenarios, "satisfaction_title", language, notes=[say("note_worst", language)])
    return figure

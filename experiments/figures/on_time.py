"""The true on-time rate against the one on the list, month by month."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.curves import Shown
from experiments.figures.style import draw_curves, empty, finish, in_percent, new_figure, over, style, wrap
from experiments.messages import Language, say

RATES = ("true", "reported", "gap")
LEAST_SPAN = 0.1
"""Share that a panel spans at least, so that noise does not look like a fall."""


def on_time_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """Share of the cases due in each month that were truly solved in time, and that were reported so."""
    with style():
        figure = new_figure()
        panels = figure.subplots(1, len(RATES), sharex=True)
        longest = max(len(shown.averaged.on_time["true"].mean) for shown in scenarios)
        months = np.arange(1.0, longest + 1.0)
        for panel, rate in zip(panels, RATES, strict=True):
            curves = [over(shown.averaged.on_time[rate], longest) for shown in scenarios]
            draw_curves(panel, months, curves)
            if longest == 1:
                for line in panel.lines:
                    line.set_marker("o")
            panel.set_title(wrap(say(f"on_time_{rate}", language), 18), fontsize=14.0)
            panel.set_xlabel(say("on_time_x", language))
            panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 3, 5, 10], integer=True))
        _same_span(panels, say("on_time_none", language), language)
        finish(figure, scenarios, "on_time_title", language, notes=[say("note_on_time", language)])
    return figure


def _same_span(panels: Sequence[Axes], nothing: str, language: Language) -> None:
    """True and reported share one scale; the gap stands on the same number of points, from zero."""
    values = [
        np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in panel.lines])
        for panel in panels
    ]
    known = np.concatenate(values[:2])
    known = known[~np.isnan(known)]
    if not len(known):
        for panel in panels:
            empty(panel, nothing)
            panel.set_yticks([])
        return
    gap = float(np.nanmax(values[2], initial=0.0))
    low = max(0.0, min(float(known.min()) - 0.02, 1.0 - LEAST_SPAN, 1.0 - 1.1 * gap))
    for panel, base in zip(panels, (low, low, 0.0), strict=True):
        panel.set_ylim(base, base + 1.02 * (1.0 - low))
        panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        in_percent(panel.yaxis, language)

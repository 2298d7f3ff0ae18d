"""Share of residents informed over the hours after a notice's issue, by scenario."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from experiments.curves import INFORMED_HOURS, Shown
from experiments.figures.style import (
    GREY,
    draw_curves,
    empty,
    finish,
    new_figure,
    percent_axis,
    style,
)
from experiments.messages import Language, say
from simulation.notices.reached import IN_TIME


def informed_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """How fast notices spread, with the 72 hours within which everybody should know."""
    with style():
        figure = new_figure()
        axes = figure.add_subplot()
        draw_curves(axes, INFORMED_HOURS, [shown.averaged.informed for shown in scenarios])
        if all(np.isnan(shown.averaged.informed.mean).all() for shown in scenarios):
            empty(axes, say("informed_none", language))
        axes.axvline(IN_TIME, color=GREY, linewidth=1.6, linestyle=(0, (2, 2)))
        axes.text(
            IN_TIME + 3.0,
            0.02,
            say("informed_rule", language),
            color=GREY,
            fontsize=12.5,
            va="bottom",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.85},
        )
        axes.set_xlim(0.0, INFORMED_HOURS[-1])
        axes.xaxis.set_major_locator(MultipleLocator(24.0))
        axes.set_xlabel(say("informed_x", language))
        axes.set_ylabel(say("informed_y", language))
        percent_axis(axes, language)
        finish(figure, scenarios, "informed_title", language)
    return figure

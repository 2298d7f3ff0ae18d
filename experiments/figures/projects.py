"""The council's topics: projects completed over the run, and where all topics stand at the end."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from experiments.curves import Shown
from experiments.figures.style import draw_curves, empty, finish, line_of, new_figure, over, style, wrap
from experiments.messages import Language, say
from simulation.council.projects import STATES

FILLS = ("#D9D9D9", "#9ECAE1", "#4A90C2", "#0B4F8A")
"""Waiting, preparing, working, completed: the further, the darker."""
LEAST_ROWS = 4
"""Room for so many bars, so that a single one is no wall."""


def projects_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """Projects completed by day of the run, and topics by where they stand at its end."""
    with style():
        figure = new_figure(height=6.2)
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
        longest = max(len(shown.averaged.projects.mean) for shown in scenarios)
        days = np.arange(1.0, longest + 1.0)
        draw_curves(left, days, [over(shown.averaged.projects, longest) for shown in scenarios], every=5)
        left.set_title(say("projects_over_time", language))
        left.set_xlabel(say("projects_x", language))
        left.set_xlim(0.0, longest)
        left.set_ylim(bottom=0.0)
        for axis in (left.xaxis, left.yaxis):
            axis.set_major_locator(MaxNLocator(6, integer=True))
        _stand(right, scenarios, language)
        if not any(sum(shown.averaged.project_states.values()) for shown in scenarios):
            for panel in (left, right):
                empty(panel, say("projects_none", language))
        finish(figure, scenarios, "projects_title", language, notes=[say("note_projects", language)])
    return figure


def _stand(panel: Axes, scenarios: Sequence[Shown], language: Language) -> None:
    """A stacked bar for each scenario, with its line beside it."""
    base = np.zeros(len(scenarios))
    places = np.arange(len(scenarios))
    for state, fill in zip(STATES, FILLS, strict=True):
        counts = np.array([shown.averaged.project_states[state] for shown in scenarios])
        panel.barh(places, counts, left=base, color=fill, edgecolor="white", height=0.7)
        base += counts
    beside = panel.get_yaxis_transform()
    for index in range(len(scenarios)):
        panel.plot([-0.13, -0.03], [index, index], transform=beside, clip_on=False, **line_of(index))
    panel.set_title(wrap(say("projects_stand", language), 30))
    panel.set_xlabel(say("projects_count", language))
    panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.set_xlim(0.0, max(1.0, 1.04 * float(base.max())))
    panel.set_yticks([])
    panel.set_ylim(max(len(scenarios), LEAST_ROWS) - 0.5, -0.5)
    panel.grid(visible=False, axis="y")
    handles = [Patch(color=fill) for fill in FILLS]
    names = [say(f"projects_{state}", language) for state in STATES]
    panel.legend(handles, names, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2, fontsize=11.5)

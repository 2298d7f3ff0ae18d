"""After-school care: which of its parts groups failed on, and how many began."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from experiments.curves import Shown
from experiments.figures.style import (
    COLOURS,
    GREY,
    INK,
    heading,
    height_of_rows,
    name_beside,
    name_rows,
    new_figure,
    style,
    wrap,
)
from experiments.giving import FAILS
from experiments.messages import Language, say
from simulation.resources.resource_tables import PARTS

LOOKS: dict[str, dict[str, Any]] = {
    "lacking": {"facecolor": COLOURS[1], "hatch": ""},
    "refused": {"facecolor": "#F0B04A", "hatch": "//"},
    "begun": {"facecolor": COLOURS[0], "hatch": ""},
}
ROOM = 1.65
"""Width of a panel by that of the longest bar, so that its number stands beside it."""


def bundles_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """For each part of after-school care a panel of the groups that failed on it; last, those that began."""
    with style():
        figure = new_figure(height=height_of_rows(scenarios, language) + 0.8)
        panels = figure.subplots(1, len(PARTS) + 1, sharex=True, sharey=True)
        ends = []
        for panel, part in zip(panels, PARTS, strict=False):
            lacking = _means(scenarios, f"lacks_{part}")
            refused = _means(scenarios, f"fails_{part}") - lacking
            _bars(panel, lacking, np.zeros(len(scenarios)), "lacking")
            _bars(panel, refused, lacking, "refused")
            ends.append(_number(panel, scenarios, f"fails_{part}", ""))
            panel.set_title(wrap(say(f"bundles_{part}", language), 12), fontsize=13.0)
        _bars(panels[-1], _means(scenarios, "begun"), np.zeros(len(scenarios)), "begun")
        ends.append(_number(panels[-1], scenarios, "begun", "groups"))
        panels[-1].set_title(wrap(say("bundles_begun", language), 12), fontsize=13.0)
        name_rows(panels[0], scenarios, language)
        for place in np.flatnonzero(_means(scenarios, "groups") == 0.0):
            panels[0].text(
                0.0, place, f" {say('bundles_nothing', language)}", va="center", color=GREY, fontsize=12.0
            )
        for panel in panels:
            panel.set_xlim(0.0, ROOM * (max(ends) or 1.0))
            panel.xaxis.set_major_locator(MaxNLocator(3, integer=True))
            panel.grid(visible=False, axis="y")
            panel.tick_params(axis="y", length=0)
        patches = [Patch(**look, edgecolor="white", linewidth=0.0) for look in LOOKS.values()]
        name_beside(figure, patches, [say(f"bundles_is_{name}", language) for name in LOOKS])
        most = max(shown.averaged.replications for shown in scenarios)
        note = say("note_bundles" if most > 1 else "note_bundles_single", language, n=most)
        heading(figure, say("bundles_title", language), note)
    return figure


def _means(scenarios: Sequence[Shown], name: str) -> Any:
    return np.array([shown.averaged.groups.mean[FAILS.index(name)] for shown in scenarios])


def _bars(panel: Axes, widths: Any, start: Any, look: str) -> None:
    panel.barh(
        range(len(widths)), widths, left=start, height=0.66, edgecolor="white", linewidth=0.0, **LOOKS[look]
    )


def _number(panel: Axes, scenarios: Sequence[Shown], name: str, of: str) -> float:
    """Draw each bar's interval, write its number and the number ``of`` all; gives the end of the longest."""
    ends = [0.0]
    for place, shown in enumerate(scenarios):
        groups, number = shown.averaged.groups, FAILS.index(name)
        mean, low, high = (float(part[number]) for part in (groups.mean, groups.low, groups.high))
        tried = float(groups.mean[FAILS.index("groups")])
        if not tried:
            continue
        if high > low:
            panel.plot([max(0.0, low), high], [place, place], color=INK, linewidth=1.6)
        end = max(mean, high) if high > low else mean
        decimals = 0 if shown.averaged.replications == 1 else 1
        text = " / ".join(f"{value:,.{decimals}f}" for value in ((mean, tried) if of else (mean,)))
        look: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 12.0}
        panel.annotate(text, (end, place), (5, 0), **look)
        ends.append(end)
    return max(ends)

"""Lists and matching: what became of the wants."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator

from experiments.curves import Shown
from experiments.figures.style import (
    INK,
    empty,
    heading,
    height_of_rows,
    in_percent,
    name_beside,
    name_rows,
    new_figure,
    style,
)
from experiments.giving import OUTCOMES
from experiments.messages import Language, say

FILLS = {
    "met": ("#0072B2", "", "white"),
    "neighbours": ("#7CC0EA", "", INK),
    "refused": ("#B84A00", "", "white"),
    "unmatched": ("#F0B04A", "", INK),
    "unlisted": ("#707070", "//", "white"),
    "open": ("#E4E4E4", "", INK),
}
"""Colour, hatch, and colour of the number: met are blue, lost are orange and grey, undecided is pale."""
LEAST_WRITTEN, LEAST_WITH_HALF = 0.015, 0.1
"""Share from which a part of a bar has room for its number, and for half its interval too."""


def lists_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """A bar for each scenario: its wants by what became of them, the share of each written in it."""
    with style():
        figure = new_figure(height=height_of_rows(scenarios, language) + 0.4)
        panel = figure.add_subplot()
        places = np.arange(len(scenarios))
        base = np.zeros(len(scenarios))
        for number, outcome in enumerate(OUTCOMES):
            fill, hatch, _ = FILLS[outcome]
            widths = np.array([np.nan_to_num(shown.averaged.wants.mean[number]) for shown in scenarios])
            panel.barh(
                places,
                widths,
                left=base,
                height=0.74,
                color=fill,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.0,
            )
            for place, shown in enumerate(scenarios):
                _write(panel, shown, outcome, base[place] + widths[place] / 2.0, place)
            base += widths
        name_rows(panel, scenarios, language)
        panel.set_xlim(0.0, 1.0)
        panel.xaxis.set_major_locator(MultipleLocator(0.25))
        in_percent(panel.xaxis, language)
        if not any(shown.averaged.wants_count for shown in scenarios):
            empty(panel, say("lists_none", language))
        patches = [
            Patch(facecolor=fill, hatch=hatch, edgecolor="white", linewidth=0.0)
            for fill, hatch, _ in FILLS.values()
        ]
        names = [say(f"lists_{outcome}", language) for outcome in FILLS]
        name_beside(figure, patches, names, say("lists_legend", language))
        most = max(shown.averaged.replications for shown in scenarios)
        texts = [f"{shown.averaged.wants_count:,.0f}" for shown in scenarios]
        wants = texts[0] if len(set(texts)) == 1 else say("comma", language).join(texts)
        note = say("note_lists" if most > 1 else "note_lists_single", language, n=most, wants=wants)
        heading(figure, say("lists_title", language), note)
    return figure


def _write(panel: Axes, shown: Shown, outcome: str, middle: float, place: int) -> None:
    """Write a share into the middle of its part of a bar, in per cent, with half its interval."""
    number = OUTCOMES.index(outcome)
    share, high = (float(part[number]) for part in (shown.averaged.wants.mean, shown.averaged.wants.high))
    if not share >= LEAST_WRITTEN:
        return
    fill, hatch, colour = FILLS[outcome]
    text = f"{100.0 * share:.0f}"
    if not np.isnan(high) and share >= LEAST_WITH_HALF:
        text += f" ± {100.0 * (high - share):.0f}"
    behind = {"facecolor": fill, "edgecolor": "none", "pad": 1.0} if hatch else None
    panel.text(middle, place, text, ha="center", va="center", color=colour, fontsize=12.5, bbox=behind)

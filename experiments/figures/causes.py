"""What moved residents' satisfaction over the run, cause by cause, a panel per scenario."""

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.amounts import number
from experiments.curves import Shown
from experiments.figures.style import COLOURS, INK, heading, new_figure, style, wrap
from experiments.messages import Language, say, title_in

GAIN, LOSS = COLOURS[0], COLOURS[1]
COLUMNS = 3
ROOM = 0.3
"""Share of the widest bar that is kept free beside it for its number."""


def causes_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """Points per resident that each cause gave or took, and their sum."""
    causes = list(scenarios[0].averaged.causes)
    columns = min(COLUMNS, len(scenarios))
    rows = ceil(len(scenarios) / columns)
    widest = max(abs(points) for shown in scenarios for points in shown.averaged.causes.values()) or 1.0
    with style():
        figure = new_figure(height=max(3.4, 0.34 * (len(causes) + 1)) * rows + 1.6)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for panel, shown in zip(panels.flat, scenarios, strict=False):
            _draw(panel, [shown.averaged.causes[cause] for cause in causes], widest)
            panel.set_title(wrap(title_in(shown.title, language), 66 // columns))
        for panel in panels.flat[len(scenarios) :]:
            panel.set_visible(False)
        for panel in panels.flat[: len(scenarios)][-columns:]:
            panel.tick_params(labelbottom=True)
        names = [say(f"cause_{cause}", language) for cause in causes] + [say("causes_net", language)]
        panels[0, 0].set_yticks(range(len(names)), [wrap(name, 26) for name in names])
        panels[0, 0].invert_yaxis()
        panels[0, 0].set_xlim(-widest * (1.0 + 2.0 * ROOM), widest * (1.0 + 2.0 * ROOM))
        note = " ".join((say("causes_x", language), say("note_causes", language)))
        heading(figure, say("causes_title", language), note)
    return figure


def _draw(panel: Axes, points: Sequence[float], widest: float) -> None:
    """Bars of one scenario, each with its number, and the sum below them."""
    values = [*points, sum(points)]
    colours = [GAIN if value >= 0.0 else LOSS for value in values]
    colours[-1] = INK
    panel.barh(range(len(values)), values, color=colours, height=0.72)
    panel.axvline(0.0, color=INK, linewidth=1.0)
    panel.axhline(len(points) - 0.5, color=INK, linewidth=0.8)
    panel.grid(visible=False, axis="y")
    panel.tick_params(axis="y", length=0)
    for place, value in enumerate(values):
        aside = widest * 0.04 if value >= 0.0 else -widest * 0.04
        panel.text(
            value + aside,
            place,
            number("satisfaction.mean", value, decimals=1, signed=True),
            va="center",
            ha="left" if value >= 0.0 else "right",
            fontsize=11.0,
        )

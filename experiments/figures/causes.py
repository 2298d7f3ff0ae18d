"""What moved residents' satisfaction over the run, cause by cause, a panel per scenario."""

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.amounts import number
from experiments.curves import Shown
from experiments.figures.style import COLOURS, INK, WIDTH, heading, new_figure, style, wrap
from experiments.messages import Language, say, title_in

GAIN, LOSS = COLOURS[0], COLOURS[1]
MOST_COLUMNS, FEW_COLUMNS = 7, 3
"""Panels beside each other, which keeps a figure low; in few, numbers stand beside their bars."""
ROOM = 0.3
"""Share of the widest bar that is kept free beside it for its number."""
NAMES, PANEL, LABEL = 2.9, 1.45, 0.55
"""Inches of the causes' names, of one of many panels, and in it of the numbers at its right."""


def causes_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """Points per resident that each cause gave or took, and their sum."""
    causes = list(scenarios[0].averaged.causes)
    rows = ceil(len(scenarios) / MOST_COLUMNS)
    columns = ceil(len(scenarios) / rows)
    many = columns > FEW_COLUMNS
    low, high = _range([shown.averaged.causes for shown in scenarios], many=many)
    with style():
        height = max(3.4, 0.34 * (len(causes) + 1)) * rows + 1.8
        figure = new_figure(width=max(WIDTH, NAMES + PANEL * columns), height=height)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for panel, shown in zip(panels.flat, scenarios, strict=False):
            _draw(panel, [shown.averaged.causes[cause] for cause in causes], high, many=many)
            panel.set_title(
                wrap(title_in(shown.title, language), 12 if many else 66 // columns), fontsize=13.0
            )
        for panel in panels.flat[len(scenarios) :]:
            panel.set_visible(False)
        for panel in panels.flat[: len(scenarios)][-columns:]:
            panel.tick_params(labelbottom=True)
        names = [say(f"cause_{cause}", language) for cause in causes] + [say("causes_net", language)]
        panels[0, 0].set_yticks(range(len(names)), [wrap(name, 26) for name in names])
        panels[0, 0].set_ylim(len(names) - 0.4, -0.6)
        panels[0, 0].set_xlim(low, high)
        panels[0, 0].xaxis.set_major_locator(MaxNLocator(4 if many else 6))
        note = " ".join((say("causes_x", language), say("note_causes", language)))
        heading(figure, say("causes_title", language), note)
    return figure


def _range(causes: Sequence[dict[str, float]], *, many: bool) -> tuple[float, float]:
    """Ends of the axis, with room for numbers: at both sides, or in many narrow panels at the right only."""
    values = [0.0, *(points for one in causes for points in (*one.values(), sum(one.values())))]
    low, high = min(values), max(values)
    if not many:
        widest = max(-low, high) or 1.0
        return -widest * (1.0 + 2.0 * ROOM), widest * (1.0 + 2.0 * ROOM)
    span = (high - low) or 1.0
    return low - 0.04 * span, high + span * (0.04 + LABEL / (PANEL - LABEL))


def _draw(panel: Axes, points: Sequence[float], right: float, *, many: bool) -> None:
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
        text = number("satisfaction.mean", value, decimals=1, signed=True)
        aside = right * 0.025 if value >= 0.0 else -right * 0.025
        at, side = (right, "right") if many else (value + aside, "left" if value >= 0.0 else "right")
        panel.text(at, place, text, va="center", ha=side, fontsize=11.0)

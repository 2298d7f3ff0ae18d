"""What goes to waste between owners: hours worked twice or spent on refusals, and hours without an owner."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.curves import Shown
from experiments.figures.style import (
    COLOURS,
    heading,
    height_of_rows,
    name_beside,
    name_rows,
    new_figure,
    style,
    width_of,
    wrap,
)
from experiments.messages import Language, say

WORKED = {"duplicate": (COLOURS[0], ""), "handling": (COLOURS[1], "//")}
"""Working hours: colour and hatch of each part of the bar."""


def waste_figure(scenarios: Sequence[Shown], language: Language) -> Figure:
    """Bars of working hours wasted, part by part, and of hours that cases lay without an owner."""
    with style():
        figure = new_figure(height=height_of_rows(scenarios, language))
        worked, waited = figure.subplots(1, 2, sharey=True)
        start = [0.0] * len(scenarios)
        for part, (colour, hatch) in WORKED.items():
            hours = [shown.averaged.waste[part] for shown in scenarios]
            worked.barh(
                range(len(scenarios)),
                hours,
                left=start,
                height=0.66,
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0.0,
            )
            start = [before + more for before, more in zip(start, hours, strict=True)]
        orphan = [shown.averaged.waste["orphan"] for shown in scenarios]
        waited.barh(range(len(scenarios)), orphan, height=0.66, color=COLOURS[2])
        for panel, totals, title in ((worked, start, "waste_worked"), (waited, orphan, "waste_orphan")):
            _label(panel, totals)
            panel.set_title(wrap(say(title, language), 30), fontsize=14.0)
        name_rows(worked, scenarios, language)
        parts = [bars.patches[0] for bars in worked.containers if isinstance(bars, BarContainer)]
        name_beside(figure, parts, [say(f"waste_{part}", language) for part in WORKED])
        most = max(shown.averaged.replications for shown in scenarios)
        note = say("note_waste", language, n=most)
        heading(figure, say("waste_title", language), note)
    return figure


def _label(panel: Axes, totals: Sequence[float]) -> None:
    """Write each bar's total beside it, with room for the longest."""
    texts = [f"{total:,.0f}" if total >= 10.0 else f"{total:.1f}" for total in totals]
    widest = max(totals) or 1.0
    for place, (total, text) in enumerate(zip(totals, texts, strict=True)):
        panel.text(total + 0.02 * widest, place, text, va="center", fontsize=11.5)
    panel.set_xlim(0.0, widest * (1.06 + 0.045 * max(width_of(text) for text in texts)))
    panel.xaxis.set_major_locator(MaxNLocator(4))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda hours, _: f"{hours:,g}"))
    panel.grid(visible=False, axis="y")
    panel.tick_params(axis="y", length=0)

"""What each mechanism is worth: a bar per mechanism and outcome, and the same for hours of staff time."""

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.amounts import factor, unit_of_difference
from experiments.attribution.reading import Share, by_worth, hours_shown, shares
from experiments.attribution.tables import HOURS
from experiments.figures.style import COLOURS, GREY, INK, LINE_SPACING, heading, new_figure, style, wrap
from experiments.messages import Language, label_of, say, title_in
from scenarios.cases import Title
from simulation.results.metrics import METRICS

OUTCOMES = ("satisfaction.mean", "notice.reach_72h", "case.found_share", "case.on_time")
CLEAR, UNCLEAR, BETTER = COLOURS[0], "#B8C4CC", "#E3F3EC"
WIDE = 13.0
"""Inches: four outcomes and the hours beside each other."""


def attribution_figure(
    table: pd.DataFrame,
    title: Title | str,
    language: Language,
    outcomes: Sequence[str] = OUTCOMES,
) -> Figure:
    """Worth of each mechanism to each outcome with intervals, and below it for hours of staff time.

    Args:
        table: of :func:`experiments.attribution.tables.worth_table`.
        title: of the scenario.
        language: of all texts.
        outcomes: metrics; those without a worth are left out. Mechanisms stand in order of the first.
    """
    found = shares(table)
    metrics = [metric for metric in outcomes if metric in found]
    order = by_worth(found, metrics)
    hours = hours_shown(found)
    columns = [*metrics, *([HOURS] if HOURS in found else [])]
    with style():
        figure = new_figure(WIDE, max(5.6, 2.9 + 0.56 * len(order)))
        panels = figure.subplots(2, max(len(columns), 1), sharey=True, squeeze=False)
        for place, metric in enumerate(columns):
            rows = {share.mechanism: share for share in found[metric]}
            _draw(panels[0, place], [rows[name] for name in order], language)
            panels[0, place].set_title(wrap(label_of(metric, language), 21), fontsize=13.0)
            if metric != HOURS:
                _draw_per_hour(panels[1, place], [rows[name] for name in order], hours, language)
        panels[1, -1].axis("off")
        _legend(panels[1, -1], language)
        names = [say(f"mechanism_{name}", language) for name in order]
        for row in panels:
            row[0].set_yticks(range(len(order)), names)
            row[0].set_ylim(len(order) - 0.4, -0.6)
        note = say("attribution_note", language, n=int(table["orders"].max()))
        heading(figure, say("attribution_title", language, title=title_in(title, language)), note)
    return figure


def _draw(panel: Axes, rows: Sequence[Share], language: Language) -> None:
    metric = rows[0].metric
    _bars(panel, rows, [(share.worth, share.low, share.high) for share in rows])
    panel.set_xlabel(unit_of_difference(metric, language), fontsize=12.0, color=GREY)


def _draw_per_hour(panel: Axes, rows: Sequence[Share], hours: int, language: Language) -> None:
    metric = rows[0].metric
    values = [
        (hours * share.per_hour, hours * share.per_hour_low, hours * share.per_hour_high) for share in rows
    ]
    _bars(panel, rows, values)
    left, right = panel.get_xlim()
    aside, side = (4, "left") if right >= -left else (-4, "right")
    for place, share in enumerate(rows):
        if share.staff_time != "spent":
            text = panel.annotate(
                say(f"staff_time_{share.staff_time}", language),
                (0.0, place),
                (aside, 0),
                textcoords="offset points",
                va="center",
                ha=side,
                color=GREY,
                fontsize=10,
            )
            text.set_in_layout(False)
    unit = unit_of_difference(metric, language)
    label = say("attribution_per", language, unit=unit, n=f"{hours:,}")
    panel.set_xlabel(label, fontsize=12.0, color=GREY, linespacing=LINE_SPACING)


def _bars(panel: Axes, rows: Sequence[Share], values: Sequence[tuple[float, float, float]]) -> None:
    """Bars with intervals, dark where the worth is clear."""
    metric = rows[0].metric
    scale = factor(metric)
    bars = [0.0, *(scale * value for value, _, _ in values if not math.isnan(value))]
    span = (max(bars) - min(bars)) or 1.0
    lowest, highest = min(bars) - span, max(bars) + span
    ends = list(bars)
    for place, (share, (value, low, high)) in enumerate(zip(rows, values, strict=True)):
        if math.isnan(value):
            continue
        panel.barh(place, scale * value, height=0.66, color=CLEAR if share.clear else UNCLEAR)
        if math.isnan(low):
            continue
        line = [max(scale * low, lowest), min(scale * high, highest)]
        panel.plot(line, [place, place], color=INK, linewidth=1.6)
        for end, cut, mark in ((line[0], scale * low < lowest, "<"), (line[1], scale * high > highest, ">")):
            if cut:
                panel.plot(end, place, mark, color=INK, markersize=5)
        ends += line
    left, right = min(ends), max(ends)
    margin = 0.06 * ((right - left) or 1.0)
    left, right = left - margin, right + margin
    panel.set_xlim(left, right)
    better = METRICS[metric].better
    if better:
        panel.axvspan(0.0, right if better == "higher" else left, color=BETTER, linewidth=0.0, zorder=0)
    panel.axvline(0.0, color=INK, linewidth=1.2)
    panel.grid(visible=False, axis="y")
    panel.tick_params(axis="y", length=0)
    panel.spines["left"].set_visible(False)
    panel.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    panel.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:+,g}".replace("-", "−") if value else "0")
    )


def _legend(panel: Axes, language: Language) -> None:
    entries: Mapping[str, str] = {"clear": CLEAR, "unclear": UNCLEAR, "better": BETTER}
    panel.legend(
        [Patch(color=colour) for colour in entries.values()],
        [wrap(say(f"attribution_{name}", language), 17) for name in entries],
        loc="upper left",
        borderaxespad=0.0,
        handlelength=1.4,
        labelspacing=0.9,
    )

"""Observed against fitted: closing curves of the most frequent kinds of case, and arrivals by hour."""

from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from experiments.calibration.arrivals import HOURS, count_hours, exposure
from experiments.calibration.calibrating import Calibration, spells_by_kind
from experiments.calibration.closing_times import AT_ONCE, Curve, Fitted, Spells
from experiments.figures.style import COLOURS, GREY, INK, heading, new_figure, percent_axis, style, wrap
from experiments.messages import Language, say, title_in

if TYPE_CHECKING:
    from experiments.calibration.fit_check import FitCheck

MOST = 9
"""Panels of closing curves."""
TICKS = (
    (AT_ONCE, "minutes_short"),
    (1.0, "hours_short"),
    (24.0, "days_short"),
    (168.0, "week_short"),
    (730.5, "months_short"),
    (8766.0, "years_short"),
)
OBSERVED: dict[str, Any] = {"color": COLOURS[6], "linewidth": 6.0, "alpha": 0.55, "solid_capstyle": "butt"}
FITTED: dict[str, Any] = {"color": COLOURS[1], "linewidth": 2.2, "linestyle": (0, (4, 1.5))}
SIMULATED: dict[str, Any] = {"color": INK, "linewidth": 1.8, "linestyle": (0, (1.2, 1.4))}


def calibration_figure(
    calibration: Calibration, language: Language, checked: "FitCheck | None" = None
) -> Figure:
    """How the fitted curves lie on the observed ones.

    Args:
        calibration: what was fitted.
        language: of the texts.
        checked: a simulated run to show as well.
    """
    observed = spells_by_kind(calibration.log, calibration.kinds)
    shown = sorted(observed, key=lambda name: -len(observed[name].hours))[:MOST]
    columns = min(3, len(shown))
    rows = ceil(len(shown) / columns)
    with style():
        figure = new_figure(width=12.0, height=2.6 * rows + 4.4)
        longest = max(float(spells.hours.max()) for spells in observed.values())
        grid = figure.add_gridspec(rows + 1, columns, height_ratios=[*[1.0] * rows, 1.15])
        first: Axes | None = None
        for number, name in enumerate(shown):
            place = grid[number // columns, number % columns]
            panel = figure.add_subplot(place, sharex=first, sharey=first)
            first = first or panel
            simulated = checked.spells.get(name) if checked else None
            _closing(panel, calibration, name, observed[name], simulated, longest)
            _name_panel(panel, calibration, name, len(observed[name].hours), language, 96 // columns)
            panel.tick_params(axis="x", labelsize=10.5)
            panel.tick_params(labelbottom=number + columns >= len(shown), labelleft=number % columns == 0)
            if number % columns == 0:
                panel.set_ylabel(say("calibration_y", language))
            if number + columns >= len(shown):
                panel.set_xlabel(say("calibration_x", language))
        if first is not None:
            _time_axis(first, longest, language)
            percent_axis(first, language)
        arrivals = figure.add_subplot(grid[rows, :])
        _arrivals(arrivals, calibration, language, checked)
        _name_lines(arrivals, calibration, language, checked)
        heading(figure, say("calibration_title", language), say("calibration_note", language, n=len(shown)))
    return figure


def _name_panel(
    panel: Axes, calibration: Calibration, name: str, n: int, language: Language, columns: int
) -> None:
    title = title_in(calibration.kinds.titles[name], language)
    lines = wrap(title, columns).split("\n")
    shown = "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")
    panel.set_title(shown, fontsize=13.5)
    text = say("calibration_n", language, n=n)
    panel.text(0.03, 0.93, text, transform=panel.transAxes, ha="left", va="top", color=GREY, fontsize=11.5)


def _closing(
    panel: Axes,
    calibration: Calibration,
    name: str,
    observed: Spells,
    simulated: Spells | None,
    longest: float,
) -> None:
    _draw(panel, observed.steps, float(observed.hours.max()), longest, OBSERVED)
    fitted = Fitted(calibration.scenario.cases.categories[name].service)
    _draw(panel, fitted, float(observed.hours.max()), longest, FITTED)
    if simulated is not None:
        _draw(panel, simulated.steps, float(simulated.hours.max()), longest, SIMULATED)


def _draw(panel: Axes, curve: Curve, last: float, longest: float, look: dict[str, Any]) -> None:
    """Draw a curve as far as it is known: to the end where all cases were closed."""
    known = longest if curve.share(np.array([last]))[0] > 1.0 - 1e-9 else last
    hours = np.geomspace(AT_ONCE, max(known, 2.0 * AT_ONCE), 800)
    panel.plot(hours, curve.share(hours), **look)


def _time_axis(axes: Axes, last: float, language: Language) -> None:
    axes.set_xscale("log")
    axes.set_xlim(AT_ONCE, last * 1.05)
    apart = 0.11 * np.log(last / AT_ONCE)
    ticks: list[tuple[float, str]] = []
    for hours, key in TICKS:
        if hours <= last and (not ticks or np.log(hours / ticks[-1][0]) > apart):
            ticks.append((hours, say(key, language, n=1)))
    axes.set_xticks([hours for hours, _ in ticks], [text for _, text in ticks])
    axes.xaxis.set_minor_locator(NullLocator())


def _arrivals(panel: Axes, calibration: Calibration, language: Language, checked: "FitCheck | None") -> None:
    log, scenario = calibration.log, calibration.scenario
    occurs = np.maximum(exposure(log.begins.weekday(), log.days), 1.0)
    homes = scenario.community.households * scenario.community.communities
    fitted = np.zeros(HOURS)
    for category in scenario.cases.categories.values():
        profile = np.asarray(category.hour_of_week)
        fitted += category.rate * homes / 1000.0 / 365.0 / 24.0 * profile / profile.mean()
    lines = [
        (count_hours(log.cases["opened"], dates_only=log.dates_only) / occurs, OBSERVED),
        (fitted, FITTED),
    ]
    if checked is not None:
        lines.append((checked.hours / occurs, SIMULATED))
    for values, look in lines:
        panel.stairs(values, np.arange(HOURS + 1), baseline=None, **_without_caps(look))
    panel.set_xlim(0, HOURS)
    panel.set_ylim(0.0, 1.25 * max(float(values.max()) for values, _ in lines))  # room for the legend
    panel.set_xticks(np.arange(0, HOURS + 1, 24), [""] * 8)
    panel.set_xticks(np.arange(12, HOURS, 24), say("weekdays", language).split(), minor=True)
    panel.tick_params(axis="x", which="minor", length=0, labelsize=12.5)
    panel.set_title(say("calibration_arrivals", language))
    panel.set_ylabel(say("calibration_per_hour", language))


def _without_caps(look: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in look.items() if name != "solid_capstyle"}


def _name_lines(
    panel: Axes, calibration: Calibration, language: Language, checked: "FitCheck | None"
) -> None:
    curve = say(f"fit_curve_{calibration.curve}", language)
    named = [
        (OBSERVED, say("calibration_observed", language)),
        (FITTED, say("calibration_fitted", language, curve=curve)),
    ]
    if checked is not None:
        named.append((SIMULATED, say("calibration_simulated", language, seed=checked.seed)))
    handles = [panel.plot([], [], **look)[0] for look, _ in named]
    panel.legend(handles, [text for _, text in named], loc="upper right", ncols=len(named))

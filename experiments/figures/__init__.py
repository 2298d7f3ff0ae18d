"""Figures of runs and comparisons: each function takes scenarios and a language and returns a figure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.messages import LANGUAGES, Language

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from experiments.curves import Shown

FIGURES = (
    "forest",
    "informed",
    "closing",
    "on_time",
    "waste",
    "satisfaction",
    "causes",
    "projects",
    "lists",
    "bundles",
    "willingness",
    "map_satisfaction",
    "map_reach",
    "map_open",
)
"""Stems of the file names, in the order in which a report shows them."""


def draw_all(
    scenarios: "Sequence[Shown]",
    table: "pd.DataFrame | None" = None,
    languages: Sequence[Language] = LANGUAGES,
) -> dict[str, bytes]:
    """Every figure as PNG and SVG.

    Args:
        scenarios: what to show, the reference first.
        table: of :func:`experiments.statistics.compare_table`, for the figure of differences; None for a run.
        languages: of the figures.

    Returns:
        Content by file name: ``informed.en.png``, ``informed.en.svg``, ``informed.zh.png`` ...
    """
    from experiments.figures.bundles import bundles_figure
    from experiments.figures.causes import causes_figure
    from experiments.figures.closing import closing_figure
    from experiments.figures.forest import forest_figure
    from experiments.figures.informed import informed_figure
    from experiments.figures.lists import lists_figure
    from experiments.figures.maps import LAYERS, map_figure
    from experiments.figures.on_time import on_time_figure
    from experiments.figures.projects import projects_figure
    from experiments.figures.satisfaction import satisfaction_figure
    from experiments.figures.style import render
    from experiments.figures.waste import waste_figure
    from experiments.figures.willingness import willingness_figure

    files: dict[str, bytes] = {}
    for language in languages:
        figures = {
            "informed": informed_figure(scenarios, language),
            "closing": closing_figure(scenarios, language),
            "on_time": on_time_figure(scenarios, language),
            "waste": waste_figure(scenarios, language),
            "satisfaction": satisfaction_figure(scenarios, language),
            "causes": causes_figure(scenarios, language),
            "projects": projects_figure(scenarios, language),
            "lists": lists_figure(scenarios, language),
            "bundles": bundles_figure(scenarios, language),
            "willingness": willingness_figure(scenarios, language),
        }
        if table is not None and len(scenarios) > 1:
            figures["forest"] = forest_figure(table, scenarios, language)
        figures |= {f"map_{layer}": map_figure(scenarios, language, layer) for layer in LAYERS}
        for name in FIGURES:
            if name in figures:
                files |= render(figures[name], f"{name}.{language}")
    return files


MAPPED = ("satisfaction.mean", "notice.reach_72h", "case.found_share", "case.on_time")
"""Metrics of which a heat map is drawn where none is named."""


def response(
    source: "pd.DataFrame | Path | str",
    metrics: str | Sequence[str] | None = None,
    *,
    by: str | None = None,
    lines: str | bool = True,
    language: Language = "en",
    narrow: bool = False,
) -> "Figure":
    """Response curves of a sweep: metrics over one factor, means with 95 % intervals.

    Args:
        source: a sweep's folder, or its ``points.parquet`` as a table.
        metrics: one or several; the main metrics if None.
        by: the factor along the x axis; the first one if None.
        lines: a factor that gets a line for each of its values; True for one that is chosen, False for one
            line over all other factors.
        language: of all texts.
        narrow: whether panels stand one below the other, for a small screen.

    Raises:
        InputError: the sweep has no such metric or factor.
        ResultError: there is no sweep.
    """
    from experiments.figures.responses import response_figure
    from experiments.sweeps.responses import (
        factor_called,
        first_factors,
        lines_for,
        metrics_called,
        read_points,
    )

    points = read_points(source)
    chosen = metrics_called(points, metrics)
    factor = factor_called(points, by) if by is not None else first_factors(points, 1)[0]
    beside = lines_for(points, factor) if lines is True else None
    if isinstance(lines, str):
        beside = factor_called(points, lines, apart_from=factor)
    return response_figure(points, chosen, factor, beside, language, narrow=narrow)


def heat(
    source: "pd.DataFrame | Path | str",
    metrics: str | Sequence[str] | None = None,
    *,
    x: str | None = None,
    y: str | None = None,
    language: Language = "en",
    narrow: bool = False,
) -> "Figure":
    """Heat maps of a sweep: metrics over two factors, each mean written in its cell with its interval.

    Args:
        source: a sweep's folder, or its ``points.parquet`` as a table.
        metrics: one or several; those of :data:`MAPPED` if None.
        x: the factor along the x axis; the first one with numbers if None, else the first one.
        y: the factor along the y axis; the next one if None.
        language: of all texts.
        narrow: whether maps stand one below the other, for a small screen.

    Raises:
        InputError: the sweep has no such metric or factor, or one factor only.
        ResultError: there is no sweep.
    """
    from experiments.figures.heat_maps import heat_figure
    from experiments.sweeps.responses import factor_called, first_factors, metrics_called, read_points

    points = read_points(source)
    chosen = metrics_called(points, metrics, MAPPED)
    named = [factor_called(points, name) for name in (x, y) if name is not None]
    free = [name for name in first_factors(points, 2) if name not in named]
    across = factor_called(points, x) if x is not None else free.pop(0)
    up = factor_called(points, y, apart_from=across) if y is not None else free[0]
    return heat_figure(points, chosen, across, up, language, narrow=narrow)


def draw_sweep(
    points: "pd.DataFrame", languages: Sequence[Language] = LANGUAGES
) -> tuple[dict[str, bytes], dict[str, tuple[str, ...]]]:
    """The figures that a sweep's folder holds, as PNG and SVG.

    Args:
        points: of the sweep, a row per point and metric.
        languages: of the figures.

    Returns:
        Content by file name, and by stem the factors that a figure is about: one for ``response_1`` ...,
        two for ``heat_1`` ....
    """
    from experiments.figures.style import render
    from experiments.sweeps.responses import curves_shown, maps_shown

    about: dict[str, tuple[str, ...]] = {
        f"response_{place}": (factor,) for place, factor in enumerate(curves_shown(points), 1)
    }
    about |= {f"heat_{place}": pair for place, pair in enumerate(maps_shown(points), 1)}
    files: dict[str, bytes] = {}
    for language in languages:
        for name, factors in about.items():
            files |= render(_of_sweep(points, factors, language), f"{name}.{language}")
    return files, about


def draw_narrow(
    points: "pd.DataFrame",
    about: Mapping[str, tuple[str, ...]],
    languages: Sequence[Language] = LANGUAGES,
) -> dict[str, bytes]:
    """The same figures for a small screen, as SVG by file name; a report shows them there.

    Args:
        points: of the sweep, a row per point and metric.
        about: the factors that each figure is about, of :func:`draw_sweep`.
        languages: of the figures.
    """
    from experiments.figures.style import render_svg

    files: dict[str, bytes] = {}
    for language in languages:
        for name, factors in about.items():
            files |= render_svg(_of_sweep(points, factors, language, narrow=True), f"{name}.{language}")
    return files


def _of_sweep(
    points: "pd.DataFrame", factors: tuple[str, ...], language: Language, *, narrow: bool = False
) -> "Figure":
    if len(factors) == 1:
        return response(points, by=factors[0], language=language, narrow=narrow)
    return heat(points, x=factors[0], y=factors[1], language=language, narrow=narrow)

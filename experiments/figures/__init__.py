"""Figures of runs and comparisons: each function takes scenarios and a language and returns a figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.messages import LANGUAGES, Language

if TYPE_CHECKING:
    import pandas as pd

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

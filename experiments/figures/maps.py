"""The community from above: a square of true footprint area per building, coloured by a result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from experiments.curves import Buildings, Shown
from experiments.figures.style import GREY, INK, PALE, heading, new_figure, percent, style, wrap
from experiments.messages import Language, say, title_in

Floats = NDArray[np.float64]
RASTER_FROM = 600
"""Buildings in all panels together from which they are drawn as pixels, to keep files light."""
FEW_TO_MANY = LinearSegmentedColormap.from_list("few_to_many", ["#E3E6E8", "#F2A65A", "#B5401C", "#3B0F0A"])
"""Nothing is quiet, more is darker and warmer."""
MOST_GRIDS = 120
"""Grids of one map up to which their bounds are drawn."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """What colours the buildings."""

    key: str
    """Stem of its messages."""
    values: Callable[[Buildings], Floats]
    colours: Colormap
    least_span: float
    bounds: tuple[float, float]
    label: Callable[[float, Language], str]


LAYERS = {
    "satisfaction": _Layer(
        "map_satisfaction",
        lambda b: b.satisfaction,
        colormaps["viridis"],
        4.0,
        (0.0, 100.0),
        lambda v, _: f"{v:.0f}",
    ),
    "reach": _Layer(
        "map_reach",
        lambda b: b.reach_72h,
        colormaps["cividis"],
        0.1,
        (0.0, 1.0),
        percent,
    ),
    "open": _Layer(
        "map_open", lambda b: b.cases_open, FEW_TO_MANY, 4.0, (0.0, np.inf), lambda v, _: f"{v:.0f}"
    ),
}


def map_figure(scenarios: Sequence[Shown], language: Language, layer: str = "satisfaction") -> Figure:
    """A map per scenario, all on one colour scale.

    Args:
        scenarios: what to show.
        language: of all texts.
        layer: ``satisfaction`` at the end, ``reach`` within 72 h, or ``open`` cases at the end.
    """
    chosen = LAYERS[layer]
    places = [shown.averaged.buildings for shown in scenarios]
    rows, columns = _arrangement(places)
    raster = sum(len(place.x_m) for place in places) > RASTER_FROM
    scale = _scale(np.concatenate([chosen.values(place) for place in places]), chosen, raster)
    with style():
        figure = new_figure(height=_height(rows), layout="compressed")
        panels = figure.subplots(rows, columns, squeeze=False)
        for panel, shown, place in zip(panels.flat, scenarios, places, strict=False):
            _draw(panel, place, chosen.values(place), scale, chosen.colours, raster)
            _scale_bar(panel, language)
            panel.set_title(wrap(title_in(shown.title, language), round(66 / columns)), fontsize=13.0)
        for panel in panels.flat[len(places) :]:
            panel.set_visible(False)
        if any((~np.isnan(chosen.values(place))).any() for place in places):
            _colour_bar(figure, panels, scale, chosen, language, raster)
        if any(np.isnan(chosen.values(place)).any() for place in places):
            figure.legend(
                [Patch(facecolor=PALE, edgecolor=GREY, hatch="///")],
                [say("map_none", language)],
                loc="outside right upper",
            )
        heading(figure, say(f"{chosen.key}_title", language), _note(places, language))
    return figure


def _note(places: Sequence[Buildings], language: Language) -> str:
    notes = [say("note_map", language)]
    if any(_bounded(place) for place in places):
        notes.append(say("note_map_grids", language))
    if len(places) > 1:
        notes.append(say("note_map_runs", language))
    return ("" if language == "zh" else " ").join(notes)


def _bounded(place: Buildings) -> bool:
    """Whether grids' bounds are drawn."""
    return 1 < len(np.unique(place.grid)) <= MOST_GRIDS


def _scale(values: Floats, layer: _Layer, many: bool) -> Normalize:
    """From the lowest to the highest value, over a span that small differences do not fill.

    Of many buildings the lowest and highest hundredth lie beyond it: single homes would stretch the scale.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return Normalize(layer.bounds[0], layer.bounds[0] + layer.least_span)
    low, high = np.quantile(known, (0.01, 0.99) if many else (0.0, 1.0)).tolist()
    if layer.key == "map_open":
        return Normalize(0.0, max(float(known.max()), layer.least_span))
    missing = max(0.0, layer.least_span - (high - low)) / 2.0
    return Normalize(max(layer.bounds[0], low - missing), min(layer.bounds[1], high + missing))


def _arrangement(places: Sequence[Buildings]) -> tuple[int, int]:
    """Rows and columns of panels that leave the maps largest."""
    extents = [(np.ptp(place.x_m) + 40.0, np.ptp(place.y_m) + 40.0) for place in places]
    shape = float(np.median([height / width for width, height in extents]))

    def size(columns: int) -> float:
        rows = ceil(len(places) / columns)
        room = (_height(rows) - 1.6) / rows - 0.5
        return min(8.3 / columns, room / shape) - 0.25 * rows

    columns = max(range(1, min(len(places), 4) + 1), key=size)
    return ceil(len(places) / columns), columns


def _height(rows: int) -> float:
    """Inches of a figure with so many rows of maps."""
    return max(5.6, 3.1 * rows + 1.2)


def _squares(place: Buildings) -> Any:
    """(B, 4, 2) corners."""
    half = np.sqrt(place.footprint_m2)[:, None, None] / 2.0
    corners = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    return np.stack([place.x_m, place.y_m], axis=1)[:, None, :] + half * corners


def _draw(axes: Axes, place: Buildings, values: Floats, scale: Normalize, colours: Any, raster: bool) -> None:
    squares = _squares(place)
    known = ~np.isnan(values)
    edge: dict[str, Any] = {
        "edgecolors": GREY,
        "linewidths": 0.0 if raster else 0.6,
        "antialiased": not raster,
    }
    axes.add_collection(
        PolyCollection(squares[~known], facecolors=PALE, hatch="///", rasterized=raster, **edge)
    )
    shown = PolyCollection(squares[known], cmap=colours, norm=scale, rasterized=raster, **edge)
    shown.set_array(values[known])
    axes.add_collection(shown)
    corners = squares.reshape(-1, 2)
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = 0.04 * float((high - low).max())
    if _bounded(place):
        bounds = LineCollection(
            grid_bounds(place.x_m, place.y_m, place.grid),
            colors=INK,
            linewidths=0.6 if raster else 0.9,
            linestyles=(0, (4, 2)),
        )
        bounds.set_rasterized(raster)
        axes.add_collection(bounds)
        sides = high - low + 2.0 * margin
        bounds.set_clip_path(Rectangle(tuple(low - margin), *sides, transform=axes.transData))
    axes.set_xlim(low[0] - margin, high[0] + margin)
    axes.set_ylim(low[1] - 4.0 * margin, high[1] + margin)
    axes.set_aspect("equal")
    axes.set_axis_off()


def grid_bounds(x_m: Floats, y_m: Floats, grid_of: NDArray[Any]) -> list[Floats]:
    """Lines half way between neighbouring buildings of different grids (edges of Voronoi cells).

    Args:
        x_m: (B,) metres east.
        y_m: (B,) metres north.
        grid_of: (B,) grid of each building.

    Returns:
        (2, 2) ends of each line; they may lie far outside.
    """
    centres = np.stack([x_m, y_m], axis=1)
    low, high = centres.min(axis=0), centres.max(axis=0)
    far = 20.0 * (high - low).max() + 1000.0
    corners = (low + high) / 2.0 + far * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
    cells = Voronoi(np.vstack([centres, corners]))
    grid = np.append(grid_of, [-1, -1, -1, -1])
    pair = grid[cells.ridge_points]
    inside = (pair >= 0).all(axis=1) & (pair[:, 0] != pair[:, 1])
    return [cells.vertices[cells.ridge_vertices[ridge]] for ridge in np.flatnonzero(inside)]


def _scale_bar(axes: Axes, language: Language) -> None:
    """A bar of a round length, at most a third of the width, below the buildings."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    wanted = (right - left) / 3.0
    power = 10.0 ** floor(log10(wanted))
    length = next(step * power for step in (5.0, 2.0, 1.0) if step * power <= wanted)
    y = bottom + 0.03 * (top - bottom)
    axes.plot([left, left + length], [y, y], color=INK, linewidth=2.5, solid_capstyle="butt")
    text = (
        say("kilometres", language, n=f"{length / 1000.0:g}")
        if length >= 1000.0
        else say("metres", language, n=f"{length:g}")
    )
    axes.text(left + length, y, f" {text}", fontsize=11.5, va="center")


def _colour_bar(
    figure: Figure, panels: Any, scale: Normalize, layer: _Layer, language: Language, many: bool
) -> None:
    bar = figure.colorbar(
        ScalarMappable(scale, layer.colours),
        ax=panels,
        shrink=0.85,
        aspect=28,
        pad=0.02,
        extend="both" if many and layer.key != "map_open" else "neither",
    )
    bar.set_label(wrap(say(f"{layer.key}_scale", language), 52))
    bar.ax.yaxis.set_major_locator(MaxNLocator(6, integer=layer.key != "map_reach"))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: layer.label(value, language)))
    bar.outline.set_visible(False)

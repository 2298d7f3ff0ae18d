"""Where a policy fails: settings over the two factors that tell most, with the boxes that were found."""

import json
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from experiments.figures.style import COLOURS, GREY, INK, LINE_SPACING, heading, new_figure, style, wrap
from experiments.messages import Language, say
from experiments.parameters import name_of
from experiments.sensitivity.discovery import Box, Discovery, Limit
from experiments.sensitivity.settings import Settings
from experiments.sensitivity.words import percent, rule, word_in, written

LEGEND_COLUMNS = 36
JITTER = 0.012
"""Of an axis, by which dots on one spot are moved apart."""


def discovery_figure(settings: Settings, found: Discovery, what: str, language: Language) -> Figure:
    """A scatter over two factors, filled where it happens, and the boxes.

    Args:
        settings: what the boxes were sought in.
        found: of :func:`experiments.sensitivity.discovery.discover`.
        what: happens, in words of the language.
        language: of all texts.
    """
    names = list(found.importance)[:2]
    with style():
        figure = new_figure(width=11.0, height=max(6.2, 1.0 * len(found.boxes) + 2.6))
        panel = figure.subplots()
        sides = [_Side(settings.factors[name]) for name in names]
        if len(sides) == 1:
            sides.append(_Side(pd.Series(np.zeros(len(settings.factors)))))
        happened = settings.happened.to_numpy(dtype=bool)
        chance = np.random.Generator(np.random.PCG64(0))
        x, y = (side.places + side.shake(chance) for side in sides)
        panel.plot(
            x[~happened], y[~happened], "o", color=GREY, markerfacecolor="white", markersize=5, mew=0.9
        )
        panel.plot(x[happened], y[happened], "o", color=COLOURS[1], markersize=5.5, mew=0.0)
        for number, box in enumerate(found.boxes, 1):
            _draw_box(panel, number, box, names, sides)
        for side, name, axis in zip(sides, names, (panel.xaxis, panel.yaxis), strict=False):
            axis.set_label_text(name_of(name, language))
            if side.words:
                axis.set_ticks(range(len(side.words)), [word_in(word, language) for word in side.words])
            else:
                axis.set_major_formatter(FuncFormatter(partial(_tick, name)))
        panel.set_xlim(*sides[0].ends)
        panel.set_ylim(*sides[1].ends)
        if len(names) == 1:
            panel.set_yticks([])
        _legend(figure, found, language)
        heading(figure, what, _note(found, language))
    return figure


class _Side:
    """One factor as an axis: numbers where they are, words side by side."""

    def __init__(self, labels: "pd.Series[Any]") -> None:
        self.words: list[str] = []
        self.places: NDArray[np.float64]
        if pd.api.types.is_numeric_dtype(labels) and not pd.api.types.is_bool_dtype(labels):
            self.places = labels.to_numpy(dtype=float)
        else:
            texts = [label if isinstance(label, str) else json.dumps(bool(label)) for label in labels]
            self.words = sorted(set(texts))
            self.places = np.array([self.words.index(text) for text in texts], dtype=float)
        low, high = float(self.places.min()), float(self.places.max())
        margin = 0.5 if self.words else 0.06 * (high - low) or 0.5
        self.ends = (low - margin, high + margin)

    def shake(self, chance: np.random.Generator) -> NDArray[np.float64]:
        """Little moves where settings share places; none where each has its own."""
        shared = len(np.unique(self.places)) < len(self.places)
        width = (0.12 if self.words else JITTER) * (self.ends[1] - self.ends[0])
        moves = chance.uniform(-width, width, len(self.places))
        return moves if shared else np.zeros(len(self.places))

    def spans(self, limit: Limit | None) -> list[tuple[float, float]]:
        """From where to where a limit lets it be."""
        if limit is None:
            return [self.ends]
        if limit.words:
            return [(self.words.index(value) - 0.45, self.words.index(value) + 0.45) for value in limit.words]
        low = self.ends[0] if limit.low is None else float(limit.low)
        return [(low, self.ends[1] if limit.high is None else float(limit.high))]


def _draw_box(panel: Axes, number: int, box: Box, names: list[str], sides: list[_Side]) -> None:
    line = "--" if set(box.limits) - set(names) else "-"
    limits = [box.limits.get(name) for name in names] + [None] * (2 - len(names))
    for left, right in sides[0].spans(limits[0]):
        for bottom, top in sides[1].spans(limits[1]):
            place, size = (left, bottom), (right - left, top - bottom)
            panel.add_patch(Rectangle(place, *size, color=COLOURS[1], alpha=0.10, linewidth=0.0, zorder=0))
            edge = Rectangle(place, *size, fill=False, edgecolor=INK, linestyle=line, linewidth=1.8)
            edge.set_clip_on(False)
            panel.add_patch(edge)
            panel.annotate(
                str(number), (left, top), (5 + 14 * (line == "--") * (number - 1), -5),
                textcoords="offset points", va="top", fontsize=15.0,
            )  # fmt: skip


def _tick(factor: str, value: float, _: int) -> str:
    return written(factor, value) if value >= 0.0 else f"{value:g}"


def _legend(figure: Figure, found: Discovery, language: Language) -> None:
    handles = [
        Line2D([], [], marker="o", linestyle="none", color=COLOURS[1], markersize=6),
        Line2D([], [], marker="o", linestyle="none", color=GREY, markerfacecolor="white", markersize=6),
        *(Line2D([], [], linestyle="none") for _ in found.boxes),
    ]
    boxes = [
        f"{number}  {rule(box, language)} ({percent(box.cases / box.points, language)})"
        for number, box in enumerate(found.boxes, 1)
    ]
    names = [say("discovery_yes", language), say("discovery_no", language), *boxes]
    legend = figure.legend(
        handles, [wrap(name, LEGEND_COLUMNS) for name in names], loc="outside right center", handlelength=1.0,
        labelspacing=0.8,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_linespacing(LINE_SPACING)


def _note(found: Discovery, language: Language) -> str:
    parts = [say("discovery_note", language)]
    if found.boxes:
        shares = {
            "coverage": found.coverage,
            "density": found.density,
            "cv_coverage": found.cv_coverage,
            "cv_density": found.cv_density,
        }
        texts = {name: percent(share, language) for name, share in shares.items()}
        parts.append(say("discovery_union", language, **texts))
    parts.append(say(f"discovery_{found.verdict}", language))
    return ("" if language == "zh" else " ").join(parts)

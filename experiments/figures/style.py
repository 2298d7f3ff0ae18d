"""How all figures look: font, colours, line styles, sizes; and how they are saved.

Colours are Okabe and Ito's, the light ones last and slightly darkened so that lines stand out on white; line
styles change too, so that no figure is read by colour alone. The same input gives the same bytes.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, cast
from unicodedata import east_asian_width

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator
from numpy.typing import NDArray
from PIL import Image

from experiments.curves import Band, Shown
from experiments.files import write
from experiments.messages import Language, say, title_in

FONT = Path(__file__).parents[1] / "fonts" / "GongzhiSansSC-Regular.otf"
FAMILY = "Gongzhi Sans SC"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#C28800", "#3E9BD6", "#7A4E2D")
DASHES: tuple[Any, ...] = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
INK, GREY, PALE = "#1A1A1A", "#595959", "#D9D9D9"
WIDTH, HEIGHT = 10.0, 5.6
"""Inches: the shape of a slide."""
NARROW = 5.2
"""Inches of a figure for a screen that is held in the hand: panels one below the other, names above them."""
DPI = 200
RASTER_DPI = 120
"""Of what is drawn as pixels inside an SVG."""
MOST_SHADED = 2.0
"""How much wider than the curves a panel may be for the sake of their intervals."""
MOST_BANDS = 6
"""Scenarios up to which intervals are drawn around curves."""
LINE_SPACING = 1.3
"""Chinese lines need more room than Latin ones."""
LEGEND_COLUMNS = 22
"""Widest line of a scenario's name beside the panels; a Chinese character takes two columns."""
ROW_COLUMNS = 24
"""The same beside bars."""

STYLE: dict[str, Any] = {
    "font.family": [FAMILY, "DejaVu Sans"],
    "font.size": 14.0,
    "axes.titlesize": 15.0,
    "axes.labelsize": 14.0,
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 12.5,
    "ytick.labelsize": 12.5,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 12.5,
    "legend.handlelength": 2.6,
    "lines.linewidth": 2.4,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "figure.titlesize": 18.0,
    "savefig.facecolor": "white",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "gongzhi",
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
}


@contextmanager
def style() -> Iterator[None]:
    """Within this the figures' style holds, and only within this."""
    _register()
    with mpl.rc_context(cast("Any", STYLE)):
        yield


@cache
def _register() -> None:
    font_manager.fontManager.addfont(str(FONT))


def new_figure(
    width: float = WIDTH, height: float = HEIGHT, layout: Literal["constrained", "compressed"] = "constrained"
) -> Figure:
    """An empty figure whose layout keeps everything inside; made without pyplot's global state."""
    figure = Figure(figsize=(width, height), layout=layout)
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=0.1, h_pad=0.1, wspace=0.03, hspace=0.03)
    return figure


def line_of(index: int) -> dict[str, Any]:
    """Colour and line style of the scenario at ``index``: no two of the first 32 are equal."""
    colour = index % len(COLOURS)
    return {"color": COLOURS[colour], "linestyle": DASHES[(index + index // len(COLOURS)) % len(DASHES)]}


def draw_curves(axes: Axes, x: NDArray[np.float64], curves: Sequence[Band | None], every: int = 1) -> None:
    """Draw the averaged curve of each scenario, with its interval where they are few enough to tell apart.

    Args:
        axes: where to.
        x: places of the curves' points.
        curves: mean and interval of each scenario; None where a scenario has none.
        every: draw each point but the last only if its number is a multiple of this.
    """
    points = np.unique(np.append(np.arange(0, len(x), every), len(x) - 1))
    for index, curve in enumerate(curves):
        if curve is None:
            continue
        line, low, high = line_of(index), curve.low[points], curve.high[points]
        if len(curves) <= MOST_BANDS and not np.isnan(low).all():
            axes.fill_between(x[points], low, high, color=line["color"], alpha=0.16, linewidth=0.0)
        axes.plot(x[points], curve.mean[points], **line)


def over(curve: Band, length: int) -> Band:
    """The curve over ``length`` points, with nothing where the run was shorter."""
    after = (0, length - len(curve.mean))
    return Band(
        *(np.pad(part, after, constant_values=np.nan) for part in (curve.mean, curve.low, curve.high))
    )


def span_alike(
    panels: Sequence[Axes], least: float, most: tuple[float, float], nothing: str, *, whole: bool = False
) -> None:
    """Let all panels span the same range of values, each around its own curves.

    Intervals count too, as long as they do not make the curves flat.

    Args:
        panels: with their curves.
        least: range that is spanned at least.
        most: lowest and highest value that any panel shows.
        nothing: said in a panel without curves.
        whole: tick at whole numbers only.
    """
    ranges = []
    shaded = 0.0
    for panel in panels:
        values = np.concatenate([np.asarray(line.get_ydata(), dtype=np.float64) for line in panel.lines])
        known = values[~np.isnan(values)]
        ranges.append((float(known.min()), float(known.max())) if len(known) else None)
        if len(known):
            middle = (known.min() + known.max()) / 2.0
            shaded = max(shaded, panel.dataLim.y1 - middle, middle - panel.dataLim.y0)
    span = max([least, *(1.15 * (high - low) for low, high in filter(None, ranges))])
    span = max(span, min(2.04 * shaded, MOST_SHADED * span))
    for panel, known_range in zip(panels, ranges, strict=True):
        if known_range is None:
            empty(panel, nothing)
            panel.set_yticks([])
            continue
        low = min(max(sum(known_range) / 2.0 - span / 2.0, most[0]), most[1] - span)
        panel.set_ylim(low, low + span)
        panel.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=whole))


def name_rows(panel: Axes, scenarios: Sequence[Shown], language: Language) -> None:
    """Write the scenarios' names beside their rows of bars, the first above."""
    panel.set_yticks(range(len(scenarios)), _row_names(scenarios, language))
    beyond = 0.6 if len(scenarios) > 1 else 1.0  # a single bar is no wall
    panel.set_ylim(len(scenarios) - 1.0 + beyond, -beyond)
    panel.grid(visible=False, axis="y")
    panel.tick_params(axis="y", length=0)


def height_of_rows(scenarios: Sequence[Shown], language: Language) -> float:
    """Inches of a figure with a row of bars for each scenario."""
    lines = sum(1 + name.count("\n") for name in _row_names(scenarios, language))
    return 2.6 + 0.36 * lines


def _row_names(scenarios: Sequence[Shown], language: Language) -> list[str]:
    return [wrap(title_in(shown.title, language), ROW_COLUMNS) for shown in scenarios]


def finish(
    figure: Figure,
    scenarios: Sequence[Shown],
    title: str,
    language: Language,
    notes: Sequence[str] = (),
    further: Sequence[tuple[Line2D, str]] = (),
) -> None:
    """Put the title above, the scenarios' names at the right and notes on how to read the figure below.

    Args:
        figure: drawn, but for these.
        scenarios: in the order in which they were drawn.
        title: key of the message.
        language: of all texts.
        notes: further notes.
        further: lines beside the scenarios' and their names.
    """
    entries = [
        *(
            (Line2D([], [], **line_of(index)), title_in(shown.title, language))
            for index, shown in enumerate(scenarios)
        ),
        *further,
    ]
    name_beside(figure, [handle for handle, _ in entries], [name for _, name in entries])
    most = max(shown.averaged.replications for shown in scenarios)
    kind = "single" if most == 1 else "band" if len(scenarios) <= MOST_BANDS else "mean"
    space = "" if language == "zh" else " "
    heading(figure, say(title, language), space.join((say(f"note_{kind}", language, n=most), *notes)))


def name_beside(figure: Figure, handles: Sequence[Artist], names: Sequence[str], title: str = "") -> None:
    """Put a legend at the right of the panels, or above them where the figure is narrow."""
    if is_narrow(figure):
        _name_above(figure, handles, names, title)
        return
    legend = figure.legend(
        handles,
        [wrap(name, LEGEND_COLUMNS) for name in names],
        loc="outside right upper",
        labelspacing=0.9 if len(names) < 10 else 0.5,
        title=wrap(title, LEGEND_COLUMNS) or None,
        title_fontsize=12.5,
        alignment="left",
    )
    for text in legend.get_texts():
        text.set_linespacing(LINE_SPACING)


def is_narrow(figure: Figure) -> bool:
    """Whether a figure is for a small screen."""
    return bool(figure.get_figwidth() <= NARROW)


def _name_above(figure: Figure, handles: Sequence[Artist], names: Sequence[str], title: str) -> None:
    """Put a legend above the panels; what it is of stands before its entries, its title is the figure's."""
    shown = list(zip(handles, names, strict=True))
    if title:
        shown.insert(0, (Line2D([], [], linestyle="none"), title))
    legend = figure.legend(
        [handle for handle, _ in shown],
        [wrap(name, 2 * LEGEND_COLUMNS) for _, name in shown],
        loc="outside upper left",
        alignment="left",
        borderpad=0.0,
    )
    for text in legend.get_texts():
        text.set_linespacing(LINE_SPACING)


def heading(figure: Figure, title: str, note: str) -> None:
    """Put the title above and a note on how to read the figure below, both at the left.

    In a narrow figure with a legend above its panels the title is the legend's, or they would overlap.
    """
    width = figure.get_figwidth()
    if is_narrow(figure) and figure.legends:
        legend = figure.legends[0]
        legend.set_title(wrap(title, round(width * 8.2)))
        legend.get_title().set_fontsize(16.0)
        legend.get_title().set_linespacing(LINE_SPACING)
    else:
        figure.suptitle(wrap(title, round(width * 7.5)), x=0.1 / width, ha="left")
    note = wrap(note, round(width * 11.5))
    below = figure.supxlabel(note, x=0.1 / width, ha="left", fontsize=11.5, color=GREY)
    below.set_linespacing(LINE_SPACING)


def percent_axis(axes: Axes, language: Language) -> None:
    """A y axis of shares from 0 to 100 %."""
    axes.set_ylim(0.0, 1.02)
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    in_percent(axes.yaxis, language)


def in_percent(axis: Axis, language: Language) -> None:
    """Write the shares on an axis in per cent."""
    axis.set_major_formatter(FuncFormatter(lambda share, _: percent(share, language)))


def percent(share: float, language: Language) -> str:
    """A share in whole per cent, as figures write it."""
    return f"{100.0 * share:.0f}{'%' if language == 'zh' else ' %'}"


def empty(axes: Axes, text: str) -> None:
    """Say in a panel why there is nothing to see."""
    axes.text(0.5, 0.5, wrap(text, 30), transform=axes.transAxes, ha="center", va="center", color=GREY)


def width_of(text: str) -> int:
    """How many columns a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


NOT_FIRST = set("，。、；：？！）》」』”’％%…·")


def wrap(text: str, columns: int) -> str:
    """Break a text into lines of at most ``columns``: English between words, Chinese between characters.

    What may not begin a line, such as a comma in Chinese or the sign of "100 %", stays on the line before.
    """
    lines: list[str] = [""]
    for piece in _pieces(text):
        if width_of(lines[-1] + piece.rstrip()) > columns and lines[-1] and piece[0] not in NOT_FIRST:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines).rstrip()


def _pieces(text: str) -> Iterator[str]:
    word = ""
    for character in text.replace("\n", " "):
        if width_of(character) == 2:
            if word:
                yield word
            word = ""
            yield character
        else:
            word += character
            if character == " ":
                yield word
                word = ""
    if word:
        yield word


_D = re.compile(rb' d="[^"]*"')
_FINE = re.compile(rb"(\.\d\d)\d+")


def svg(figure: Figure) -> bytes:
    """The figure as SVG, its text as shapes, so that any machine shows the Chinese."""
    with style():
        out = BytesIO()
        figure.savefig(out, format="svg", dpi=RASTER_DPI, metadata={"Date": None, "Creator": None})
    return _D.sub(lambda path: _FINE.sub(rb"\1", path.group()), out.getvalue())


def png(figure: Figure) -> bytes:
    """The figure as PNG with a palette of 256 colours, a third of the size of full colour."""
    with style():
        raw = BytesIO()
        figure.savefig(raw, format="rgba", dpi=DPI)
    width, height = (int(inches * DPI + 1e-9) for inches in figure.get_size_inches())
    image = Image.frombuffer("RGBA", (width, height), raw.getvalue()).convert("RGB")
    few = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette([255 if value == 254 else value for value in few.getpalette() or []])  # white stays white
    out = BytesIO()
    few.save(out, format="png")
    return out.getvalue()


def render(figure: Figure, name: str) -> dict[str, bytes]:
    """``name.png`` and ``name.svg``; the same figure gives the same bytes."""
    drawing = render_svg(figure, name)
    return {f"{name}.png": png(figure), **drawing}


def render_svg(figure: Figure, name: str) -> dict[str, bytes]:
    """``name.svg`` alone, as pages hold it."""
    with style():
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return {f"{name}.svg": svg(figure)}


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write ``name.png`` and ``name.svg`` into ``folder``, each as a whole."""
    files = render(figure, name)
    for file, content in files.items():
        write(folder / file, content)
    return [folder / file for file in files]

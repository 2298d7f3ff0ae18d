"""Figures: nothing clipped, light files, the same bytes again, and the numbers that were given."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from experiments.curves import CLOSING_HOURS, INFORMED_HOURS, Shown
from experiments.figures import FIGURES, draw_all
from experiments.figures.attribution import OUTCOMES, attribution_figure
from experiments.figures.bundles import bundles_figure
from experiments.figures.causes import causes_figure
from experiments.figures.closing import closing_figure
from experiments.figures.forest import forest_figure
from experiments.figures.informed import informed_figure
from experiments.figures.lists import LEAST_WRITTEN, lists_figure
from experiments.figures.maps import map_figure
from experiments.figures.on_time import on_time_figure
from experiments.figures.projects import projects_figure
from experiments.figures.satisfaction import satisfaction_figure
from experiments.figures.style import COLOURS, line_of, render, save, style, wrap
from experiments.figures.waste import waste_figure
from experiments.figures.willingness import willingness_figure
from experiments.findings import MAIN
from experiments.giving import FAILS
from experiments.messages import LANGUAGES, Language, say, title_in
from experiments.statistics import compare_table
from scenarios.cases import Title
from scenarios.schema import Mechanisms
from simulation.community.providers import KINDS
from simulation.results.metrics import METRICS

Make = Callable[..., list[Shown]]
Draw = Callable[[list[Shown], Language], Figure]
DRAWN: dict[str, Draw] = {
    "informed": informed_figure,
    "closing": closing_figure,
    "causes": causes_figure,
    "on_time": on_time_figure,
    "projects": projects_figure,
    "lists": lists_figure,
    "bundles": bundles_figure,
    "willingness": willingness_figure,
    "satisfaction": satisfaction_figure,
    "waste": waste_figure,
    "map_satisfaction": map_figure,
    "map_reach": lambda scenarios, language: map_figure(scenarios, language, "reach"),
    "map_open": lambda scenarios, language: map_figure(scenarios, language, "open"),
}
LONG = Title(
    en="Stretched: grids of 600 households, half the staff and a name that goes on for ever",
    zh="力量不足：网格扩大到六百户，网格员和中心户减半，名称还特别长，长到标题需要换行才放得下",
)
EMPTY = {"notices": 0, "cases": 0, "vulnerable": False}


def boxes(figure: Figure) -> dict[str, Bbox]:
    """Where everything is that stands by itself: texts, legends, and panels with their labels."""
    with style():
        figure.draw_without_rendering()
        found = {text.get_text(): text.get_window_extent() for text in figure.texts}
        found |= {f"legend {number}": box.get_window_extent() for number, box in enumerate(figure.legends)}
        panels = [axes for axes in figure.axes if axes.get_visible()]
        return found | {f"panel {number}": axes.get_tightbbox() for number, axes in enumerate(panels)}


class Misplaced(NamedTuple):
    """What does not lie within a figure, and what lies over something else."""

    clipped: list[str]
    overlapping: list[tuple[str, str]]


NOTHING = Misplaced([], [])


def misplaced(figure: Figure) -> Misplaced:
    """What is in the wrong place; laying a figure out takes long and is done once for both questions."""
    edge, found = figure.bbox.padded(1.0), boxes(figure)
    outside = [
        name
        for name, box in found.items()
        if not (edge.contains(box.x0, box.y0) and edge.contains(box.x1, box.y1))
    ]
    over = [
        (one, other)
        for (one, first), (other, second) in combinations(found.items(), 2)
        if first.padded(-2.0).overlaps(second.padded(-2.0))
    ]
    return Misplaced(outside, over)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(
    ("scenarios", "kind"),
    [(1, {"replications": 1}), (2, {}), (2, EMPTY), (5, {}), pytest.param(12, {}, marks=pytest.mark.slow)],
    ids=["one run", "two", "nothing happened", "five", "twelve"],
)
def test_nothing_is_clipped_or_overlaps(
    shown: Make, name: str, language: Language, scenarios: int, kind: dict[str, Any]
) -> None:
    figure = DRAWN[name](shown(scenarios, **kind), language)
    assert misplaced(figure) == NOTHING


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenarios", [2, 5, 9])
def test_forest_is_not_clipped(
    shown: Make, some_runs: Callable[..., pd.DataFrame], scenarios: int, language: Language
) -> None:
    figure = forest_figure(compare_table(some_runs(scenarios)), shown(scenarios, 1), language)
    assert misplaced(figure) == NOTHING


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("mechanisms", "orders"),
    [(list(Mechanisms.model_fields), 8), (["tiers", "patrol"], 8), (["hub"], 1)],
    ids=["all", "two", "one, without intervals"],
)
def test_attribution_has_a_bar_for_each_worth_and_is_not_clipped(
    made_up_worth: Callable[..., pd.DataFrame], mechanisms: list[str], orders: int, language: Language
) -> None:
    table = made_up_worth(mechanisms, orders)
    figure = attribution_figure(table, LONG, language)
    assert misplaced(figure) == NOTHING
    metrics = (*OUTCOMES, "effort.hours")
    for panel, metric in zip(figure.axes[: len(metrics)], metrics, strict=True):
        rows = table[table["metric"] == metric].set_index("mechanism")["worth"].astype(float)
        scale = 100.0 if METRICS[metric].unit == "share" else 1.0
        names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        widths = {
            names[round(bar.get_y() + 0.33)]: bar.get_width()
            for bar in panel.patches
            if isinstance(bar, Rectangle) and bar.get_height() == pytest.approx(0.66)
        }
        assert widths == pytest.approx(
            {say(f"mechanism_{name}", language): scale * worth for name, worth in rows.items()}
        )


def test_clipping_and_overlap_would_be_seen(shown: Make) -> None:
    figure = informed_figure(shown(1, 1), "en")
    figure.text(0.95, 0.5, "far too long to fit in here")
    assert misplaced(figure).clipped == ["far too long to fit in here"]
    figure.add_axes((0.2, 0.2, 0.3, 0.3))
    assert misplaced(figure).overlapping != []


@pytest.mark.parametrize("language", LANGUAGES)
def test_scenarios_are_named_in_order(shown: Make, language: Language) -> None:
    scenarios = shown(5)
    expected = [title_in(scenario.title, language) for scenario in scenarios]
    for draw in (informed_figure, satisfaction_figure, closing_figure):
        names = [text.get_text() for text in draw(scenarios, language).legends[0].get_texts()]
        flat = [re.sub(r"\s+", "" if language == "zh" else " ", name) for name in names[:5]]
        assert flat == [re.sub(r"\s+", "" if language == "zh" else " ", title) for title in expected]


def test_curves_are_drawn_as_given(shown: Make) -> None:
    scenarios = shown(2)
    axes = informed_figure(scenarios, "en").axes[0]
    assert axes.lines[1].get_xdata() == pytest.approx(INFORMED_HOURS)
    assert axes.lines[1].get_ydata() == pytest.approx(scenarios[1].averaged.informed.mean)
    assert axes.lines[2].get_xdata() == [72.0, 72.0]
    panel = closing_figure(scenarios, "en").axes[1]
    assert panel.get_title(loc="left") == "Damage"
    assert panel.lines[0].get_xdata() == pytest.approx(CLOSING_HOURS)
    assert panel.lines[0].get_ydata() == pytest.approx(
        scenarios[0].averaged.closing["damage"].mean, nan_ok=True
    )
    assert panel.lines[2].get_xdata() == pytest.approx([72.0, 72.0])
    last = satisfaction_figure(scenarios, "en").axes[2].lines[1].get_ydata()
    assert np.asarray(last)[-1] == scenarios[1].averaged.satisfaction["worst"].mean[-1]


def test_bars_of_waste_are_the_hours_given_and_stand_on_one_another(shown: Make) -> None:
    scenarios = shown(2)
    worked, waited = waste_figure(scenarios, "en").axes
    lengths = [[bar.get_width() for bar in bars] for bars in (*worked.containers, *waited.containers)]
    for part, name in enumerate(("duplicate", "handling", "orphan")):
        assert lengths[part] == pytest.approx([shown.averaged.waste[name] for shown in scenarios])
    assert [bar.get_x() for bar in worked.containers[1]] == pytest.approx(lengths[0])


@pytest.mark.parametrize("scenarios", [2, 5])
def test_causes_bear_their_points_and_their_sum(shown: Make, scenarios: int) -> None:
    made = shown(scenarios)
    panels = causes_figure(made, "en").axes
    for panel, scenario in zip(panels[:scenarios], made, strict=True):
        points = [*scenario.averaged.causes.values(), sum(scenario.averaged.causes.values())]
        assert [bar.get_width() for bar in panel.containers[0]] == pytest.approx(points)
        written = [float(text.replace("−", "-")) for text in numbers_of(panel)]
        assert written == pytest.approx(points, abs=0.051)
        left, right = panel.get_xlim()
        assert left < min(points)
        assert max(points) < right


def numbers_of(panel: Axes) -> list[str]:
    return [text.get_text() for text in panel.texts]


def test_bars_of_wants_fill_the_row_and_bear_their_shares(shown: Make) -> None:
    scenarios = shown(2)
    panel = lists_figure(scenarios, "en").axes[0]
    for place, scenario in enumerate(scenarios):
        widths = [bars.patches[place].get_width() for bars in panel.containers]
        assert widths == pytest.approx(scenario.averaged.wants.mean)
        ends = np.cumsum([0.0, *widths])
        assert [bars.patches[place].get_x() for bars in panel.containers] == pytest.approx(ends[:-1])
        assert ends[-1] == pytest.approx(1.0)
        written = [text for text in panel.texts if text.get_position()[1] == place]
        shares = [share for share in widths if share >= LEAST_WRITTEN]
        assert [int(text.get_text().split(" ± ")[0]) for text in written] == [
            round(100.0 * share) for share in shares
        ]
    assert any("±" in text for text in numbers_of(panel))
    assert not any("±" in text for text in numbers_of(lists_figure(shown(2, 1), "en").axes[0]))


def test_without_wants_or_groups_it_is_said(shown: Make) -> None:
    nothing = shown(1, 1, **EMPTY)
    assert numbers_of(lists_figure(nothing, "zh").axes[0]) == [say("lists_none", "zh")]
    panels = bundles_figure([*shown(1, 1), *nothing], "zh").axes
    assert numbers_of(panels[0])[1:] == [f" {say('bundles_nothing', 'zh')}"]
    assert numbers_of(panels[-1]) == ["1 / 4"]


def test_bars_of_groups_stand_on_one_another_and_bear_their_number(shown: Make) -> None:
    (scenario,) = shown(1, 1)
    panels = bundles_figure([scenario], "en").axes
    teacher, room = panels[:2]
    lacking, refused = (bars.patches[0] for bars in teacher.containers)
    assert (lacking.get_width(), refused.get_x(), refused.get_width()) == (1.0, 1.0, 1.0)
    assert [numbers_of(panel)[0] for panel in panels] == ["2", "2", "0", "0", "1 / 4"]
    assert (
        room.containers[0].patches[0].get_width() == scenario.averaged.groups.mean[FAILS.index("lacks_room")]
    )


@pytest.mark.parametrize("scenarios", [1, 2, 8])
def test_ends_of_willingness_are_written_apart_and_in_order(shown: Make, scenarios: int) -> None:
    made = shown(scenarios, 2)
    figure = willingness_figure(made, "en")
    for panel, kind in zip(figure.axes, KINDS, strict=True):
        ends = [scenario.averaged.willingness[kind].mean[1] for scenario in made]  # of the last month known
        below = sorted(panel.texts, key=lambda text: text.get_position()[1])
        assert [text.get_text() for text in below] == [
            f"{n} %" for n in sorted({round(100 * e) for e in ends})
        ]
        places = [text.get_position()[1] for text in below]
        assert all(np.diff(places) > 0.09)
        assert max(places) <= 1.0


def test_panels_span_alike_and_hold_their_intervals(shown: Make) -> None:
    axes = willingness_figure(shown(2, 4), "en").axes
    assert len({round(float(np.ptp(panel.get_ylim())), 9) for panel in axes}) == 1
    for panel in axes:
        low, high = panel.get_ylim()
        assert low <= panel.dataLim.y0
        assert panel.dataLim.y1 <= high


def test_bands_are_left_out_where_there_is_one_run_or_there_are_many_scenarios(shown: Make) -> None:
    assert len(informed_figure(shown(2), "en").axes[0].collections) == 2
    assert not informed_figure(shown(2, 1), "en").axes[0].collections
    assert not informed_figure(shown(7, 2), "en").axes[0].collections


def test_a_kind_that_one_scenario_lacks_is_drawn_in_the_others_colours(shown: Make) -> None:
    first, second = shown(2)
    others = {kind: curve for kind, curve in first.averaged.closing.items() if kind != "damage"}
    first = replace(first, averaged=replace(first.averaged, closing=others))
    panel = closing_figure([first, second], "en").axes[1]
    assert panel.lines[0].get_color() == COLOURS[1]


def test_buildings_have_their_true_area(shown: Make) -> None:
    (scenario,) = shown(1, 1)
    squares = map_figure([scenario], "en").axes[0].collections[1]
    assert isinstance(squares, PolyCollection)
    corners = np.array([path.vertices[:4] for path in squares.get_paths()])
    width, height = np.ptp(corners[:, :, 0], axis=1), np.ptp(corners[:, :, 1], axis=1)
    assert width * height == pytest.approx(scenario.averaged.buildings.footprint_m2)
    assert corners[:, :, 0].mean(axis=1) == pytest.approx(scenario.averaged.buildings.x_m)
    assert np.asarray(squares.get_array()) == pytest.approx(scenario.averaged.buildings.satisfaction)


def test_maps_share_one_scale_and_the_bar_of_distance_is_true(shown: Make) -> None:
    figure = map_figure(shown(3, 1), "en")
    scales = {id(axes.collections[1].norm) for axes in figure.axes[:3]}
    assert len(scales) == 1
    bar = figure.axes[0].lines[-1].get_xdata()
    assert figure.axes[0].texts[-1].get_text() == f" {np.ptp(np.asarray(bar)):g} m"


def test_buildings_without_data_are_hatched_and_named(shown: Make) -> None:
    figure = map_figure(shown(1, 1, **EMPTY), "zh", "reach")
    assert len(figure.axes) == 1
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [say("map_none", "zh")]
    assert not map_figure(shown(1, 1), "zh", "reach").legends


def test_forest_fills_what_is_clear_among_all(shown: Make, some_runs: Callable[..., pd.DataFrame]) -> None:
    table = compare_table(some_runs(3))
    luck = (table["metric"] == MAIN[1]) & (table["scenario"] == "s2")
    table.loc[luck, "p_holm"] = 0.06  # its interval excludes 0
    figure = forest_figure(table, shown(3, 1), "en")
    for panel, metric in zip(figure.axes[: len(MAIN)], MAIN, strict=True):
        rows = table[(table["metric"] == metric) & (table["scenario"] != "s0")]
        marks = [line for line in panel.lines if line.get_marker() == "o"]
        filled = [line.get_markerfacecolor() != "white" for line in marks]
        assert filled == (rows["p_holm"] <= 0.05).tolist()
        assert filled == [True, metric != MAIN[1]]


@pytest.mark.slow
def test_files_are_light_complete_and_the_same_again(
    shown: Make, some_runs: Callable[..., pd.DataFrame]
) -> None:
    scenarios, table = shown(5, 2), compare_table(some_runs(5))
    files = draw_all(scenarios, table)
    assert set(files) == {f"{n}.{to}.{kind}" for n in FIGURES for to in LANGUAGES for kind in ("png", "svg")}
    assert draw_all(scenarios, table) == files
    for name, content in files.items():
        assert len(content) < (200_000 if name.endswith("png") else 350_000), name
        if name.endswith("svg"):
            assert not re.search(rb"<text|<dc:date|font-family", content), name
    assert set(draw_all(scenarios[:1], None, ["zh"])) == {
        name for name in files if ".zh." in name and not name.startswith("forest")
    }


@pytest.mark.slow
def test_maps_of_thousands_of_buildings_are_light(shown: Make) -> None:
    files = render(map_figure(shown(2, 1, buildings=3000), "zh"), "map")
    assert len(files["map.png"]) < 200_000
    assert len(files["map.svg"]) < 350_000


def test_save_writes_both_files(shown: Make, tmp_path: Any) -> None:
    written = save(informed_figure(shown(1, 1), "en"), tmp_path, "informed.en")
    assert [path.name for path in written] == ["informed.en.png", "informed.en.svg"]
    assert written[0].read_bytes().startswith(b"\x89PNG")


def test_hostile_titles_are_drawn_as_they_are(shown: Make) -> None:
    (scenario,) = shown(1, 1)
    odd = Shown("odd", "$x^2 & <b>_a_ \\frac", scenario.averaged)
    figure = map_figure([odd], "en")
    assert figure.axes[0].get_title(loc="left") == odd.title
    assert misplaced(figure).clipped == []


def test_lines_differ_by_more_than_colour() -> None:
    looks = [(line_of(index)["color"], str(line_of(index)["linestyle"])) for index in range(32)]
    assert len(set(looks)) == 32
    assert len({style for _, style in looks[:4]}) == 4


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("网格扩大一倍", 8, ["网格扩大", "一倍"]),
        ("网格扩大，一倍", 8, ["网格扩大，", "一倍"]),
        ("unbreakable", 4, ["unbreakable"]),
        ("72小时 all", 6, ["72小时", "all"]),
        ("in all (100 %) of them", 11, ["in all (100 %)", "of them"]),
        ("", 5, [""]),
    ],
)
def test_wrap(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns).split("\n") == lines

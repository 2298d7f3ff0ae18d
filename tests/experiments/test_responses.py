"""Responses of metrics to factors: the numbers given come out, in figures, in both languages, in reports."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from experiments.figures import draw_sweep, heat, response
from experiments.figures.style import COLOURS, style
from experiments.messages import LANGUAGES, label_of
from experiments.statistics import half_width
from experiments.sweeps.responses import (
    axis_of,
    curves_shown,
    factors_of,
    lines_for,
    maps_shown,
    of_metric,
    read_points,
    respond,
    written,
)
from scenarios.errors import InputError, ResultError

EXAMPLES = sorted((Path(__file__).parents[2] / "experiments" / "examples").glob("*.yaml"))
METRIC, OTHER = "satisfaction.mean", "case.on_time"
AUTOMATION, LEADER = "digital.automation", "minutes.leader"


def points(settings: list[dict[str, Any]], runs: int = 4) -> pd.DataFrame:
    """Points at settings, whose means and half-widths are all different."""
    rows = []
    for number, setting in enumerate(settings):
        numbers = {
            METRIC: (60.0 + number, 2.0 + number / 8),
            OTHER: (0.5 + 0.01 * number, 0.02 + 0.001 * number),
        }
        for metric, (mean, half) in numbers.items():
            rows.append(
                {"scenario": "base", "point": number, **setting, "metric": metric, "runs": runs, "n": runs}
                | {"mean": mean, "low": mean - half, "high": mean + half, "sd": 1.0}
            )
    return pd.DataFrame(rows)


def grid(**factors: list[Any]) -> list[dict[str, Any]]:
    """All combinations."""
    settings: list[dict[str, Any]] = [{}]
    for name, values in factors.items():
        path = name.replace("__", ".")
        settings = [setting | {path: value} for setting in settings for value in values]
    return settings


@pytest.fixture
def crossed() -> pd.DataFrame:
    """Automation by minutes of leaders by a policy."""
    return points(
        grid(digital__automation=[0.0, 0.5, 1.0], minutes__leader=[0.5, 1.0], policy=["as is", "bold"])
    )


@pytest.fixture
def sampled() -> pd.DataFrame:
    """Forty points that lie anywhere."""
    chance = np.random.default_rng(1)
    settings = [
        {AUTOMATION: automation, LEADER: leader, "policy": "ab"[number % 2]}
        for number, (automation, leader) in enumerate(chance.uniform(0.2, 2.0, (40, 2)).tolist())
    ]
    return points(settings)


def texts(figure: Figure) -> str:
    with style():
        figure.draw_without_rendering()
    panels = [text.get_text() for axes in figure.axes for text in [axes.xaxis.label, *axes.texts]]
    panels += [axes.get_title(loc="left") for axes in figure.axes]
    legends = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    return " ".join(" ".join([*(text.get_text() for text in figure.texts), *panels, *legends]).split())


def clipped(figure: Figure) -> list[str]:
    with style():
        figure.draw_without_rendering()
        edge = figure.bbox.padded(1.0)
        found = {text.get_text(): text.get_window_extent() for text in figure.texts}
        found |= {f"legend {number}": each.get_window_extent() for number, each in enumerate(figure.legends)}
        found |= {
            f"panel {number}": axes.get_tightbbox()
            for number, axes in enumerate(figure.axes)
            if axes.get_visible()
        }
    return [
        name
        for name, box in found.items()
        if not (edge.contains(box.x0, box.y0) and edge.contains(box.x1, box.y1))
    ]


def test_a_mean_over_a_grids_other_settings_has_the_mean_of_their_half_widths(crossed):
    rows = of_metric(crossed, METRIC)
    found = respond(rows, METRIC, [axis_of(rows, AUTOMATION, 8)])
    assert found.crossed
    for level, value in enumerate((0.0, 0.5, 1.0)):
        own = rows[rows[AUTOMATION] == value]
        assert found.mean[level, 0] == pytest.approx(own["mean"].mean())
        assert found.half[level, 0] == pytest.approx((own["high"] - own["mean"]).mean())


def test_the_mean_of_half_widths_is_at_least_the_half_width_of_the_mean_of_runs():
    """With shared seeds and equal numbers of runs, whatever the correlation: Minkowski's inequality."""
    chance = np.random.default_rng(3)
    for shared in (0.0, 0.5, 1.0, -1.0):
        first = chance.normal(size=10)
        second = shared * first + (1.0 - abs(shared)) * chance.normal(size=10)
        apart = (half_width(first) + half_width(second)) / 2.0
        assert half_width((first + second) / 2.0) <= apart + 1e-12


def test_two_factors_that_are_all_give_each_point_as_it_is():
    both = points(grid(digital__automation=[0.0, 1.0], minutes__leader=[0.5, 1.0, 2.0]))
    rows = of_metric(both, METRIC)
    found = respond(rows, METRIC, [axis_of(rows, AUTOMATION, 8), axis_of(rows, LEADER, 8)])
    assert found.mean.tolist() == [[60.0, 61.0, 62.0], [63.0, 64.0, 65.0]]
    assert found.half.ravel() == pytest.approx([2.0 + number / 8 for number in range(6)])


def test_points_that_are_no_grid_are_a_sample(sampled):
    rows = of_metric(sampled, METRIC)
    axis = axis_of(rows, AUTOMATION, 5)
    found = respond(rows, METRIC, [axis])
    assert axis.binned
    assert not found.crossed
    edges = np.linspace(rows[AUTOMATION].min(), rows[AUTOMATION].max(), 6)
    own = rows[(rows[AUTOMATION] >= edges[1]) & (rows[AUTOMATION] < edges[2])]["mean"]
    assert len(own) > 2
    assert found.mean[1, 0] == pytest.approx(own.mean())
    assert found.half[1, 0] == pytest.approx(half_width(own))
    assert np.bincount(axis.of_point).sum() == len(rows)


def test_a_setting_without_a_value_leaves_no_mean_over_the_rest(crossed):
    crossed.loc[(crossed["point"] == 0) & (crossed["metric"] == METRIC), ["mean", "low", "high"]] = np.nan
    rows = of_metric(crossed, METRIC)
    found = respond(rows, METRIC, [axis_of(rows, AUTOMATION, 8)])
    assert np.isnan(found.mean[:, 0]).tolist() == [True, False, False]


def test_lines_are_words_before_numbers_and_numbers_only_in_a_grid(crossed, sampled):
    assert lines_for(crossed, AUTOMATION) == "policy"
    assert lines_for(crossed, "policy") == AUTOMATION
    assert lines_for(sampled, AUTOMATION) == "policy"
    assert lines_for(sampled.drop(columns="policy"), AUTOMATION) is None


def test_which_figures_a_sweep_has_follows_from_its_factors(crossed):
    assert factors_of(crossed) == [AUTOMATION, LEADER, "policy"]
    assert curves_shown(crossed) == [AUTOMATION, LEADER, "policy"]
    assert maps_shown(crossed) == [(AUTOMATION, LEADER)]
    assert maps_shown(crossed.drop(columns=LEADER)) == []
    assert curves_shown(points([{AUTOMATION: 0.5}])) == []


def test_curves_and_shades_are_the_numbers_given():
    given = points(grid(digital__automation=[0.0, 0.5, 1.0], policy=["as is", "bold"]))
    figure = response(given, OTHER, by=AUTOMATION)
    panel = figure.axes[0]
    own = given[given["metric"] == OTHER]
    for line, policy in enumerate(("as is", "bold")):
        mean = own.loc[own["policy"] == policy, "mean"]
        coloured = [each for each in panel.lines if each.get_color() == COLOURS[line]]
        drawn = [each for each in coloured if each.get_linestyle() != "None"]
        assert drawn[0].get_xdata() == pytest.approx([0.0, 0.5, 1.0])
        assert drawn[0].get_ydata() == pytest.approx(100.0 * mean.to_numpy())
        shade = panel.collections[line].get_paths()[0].vertices[:, 1]
        low, high = own.loc[own["policy"] == policy, ["low", "high"]].to_numpy().T
        assert shade.min() == pytest.approx(100.0 * low.min())
        assert shade.max() == pytest.approx(100.0 * high.max())
    assert "as is" in texts(figure)
    assert "bold" in texts(figure)


def test_words_have_points_with_bars():
    given = points(grid(policy=["as is", "bold"]))
    panel = response(given, METRIC).axes[0]
    bars = panel.collections[0].get_segments()
    own = given[given["metric"] == METRIC]
    assert [bar[:, 1].tolist() for bar in bars] == [
        pytest.approx(ends) for ends in own[["low", "high"]].to_numpy()
    ]
    assert [label.get_text() for label in panel.get_xticklabels()] == ["as is", "bold"]


def test_dots_are_the_points_of_a_sample(sampled):
    figure = response(sampled, METRIC, by=AUTOMATION, lines=False)
    dots = figure.axes[0].lines[0]
    own = of_metric(sampled, METRIC)
    assert dots.get_xdata() == pytest.approx(own[AUTOMATION].to_numpy())
    assert dots.get_ydata() == pytest.approx(own["mean"].to_numpy())
    assert "Dots: points of the sweep" in texts(figure)
    assert "other values of Group leader's time a day, policy" in texts(figure)


def test_cells_are_the_numbers_given_with_their_half_widths():
    given = points(grid(digital__automation=[0.0, 1.0], minutes__leader=[0.5, 1.0]))
    figure = heat(given, METRIC)
    panel = figure.axes[0]
    assert [text.get_text() for text in panel.texts] == [
        "60.0\n± 2.0",
        "62.0\n± 2.2",
        "61.0\n± 2.1",
        "63.0\n± 2.4",
    ]
    assert panel.images[0].get_array().tolist() == [[60.0, 62.0], [61.0, 63.0]]
    assert [label.get_text() for label in panel.get_yticklabels()] == ["30 min", "1 h"]
    assert to_rgba(panel.texts[0].get_color()) == to_rgba("white")
    assert to_rgba(panel.texts[3].get_color()) != to_rgba("white")
    assert any("higher is better" in axes.get_ylabel() for axes in figure.axes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_speak_both_languages_and_nothing_is_clipped(crossed, sampled, language):
    drawn = [
        response(crossed, by="policy", language=language),
        response(sampled, by=LEADER, language=language),
        heat(sampled, language=language),
        response(crossed, by="policy", language=language, narrow=True),
        heat(sampled, language=language, narrow=True),
    ]
    for figure in drawn:
        said = texts(figure)
        assert label_of(OTHER, language) in said
        assert bool(re.search("[\u4e00-\u9fff]", said)) == (language == "zh")
        assert clipped(figure) == []


def test_one_run_at_a_point_has_no_intervals():
    given = points(grid(digital__automation=[0.0, 1.0]), runs=1)
    given[["low", "high", "sd"]] = np.nan
    figure = response(given, METRIC)
    assert "no intervals" in texts(figure)


def test_metrics_without_any_value_are_left_out_or_said_to_have_none(crossed):
    crossed.loc[crossed["metric"] == OTHER, ["mean", "low", "high"]] = np.nan
    assert label_of(OTHER, "en") not in texts(response(crossed))
    assert "No value at any point" in texts(response(crossed, OTHER))
    assert "No value at any point" in texts(heat(crossed, OTHER))


def test_a_folder_gives_what_its_table_gives(crossed, tmp_path):
    crossed.to_parquet(tmp_path / "points.parquet")
    assert texts(heat(tmp_path, METRIC)) == texts(heat(crossed, METRIC))
    assert set(read_points(str(tmp_path), [OTHER])["metric"]) == {OTHER}


def test_drawn_files_are_the_same_bytes_again(crossed):
    given = crossed[crossed["metric"] == METRIC]
    files, about = draw_sweep(given, ["en"])
    assert about == {
        "response_1": (AUTOMATION,),
        "response_2": (LEADER,),
        "response_3": ("policy",),
        "heat_1": (AUTOMATION, LEADER),
    }
    assert set(files) == {f"{name}.en.{kind}" for name in about for kind in ("png", "svg")}
    again, _ = draw_sweep(given, ["en"])
    assert again == files


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"metrics": "satisfaction.meen"}, "no metric 'satisfaction.meen'; did you mean 'satisfaction.mean'"),
        ({"metrics": "luck"}, "no metric 'luck'; there are: satisfaction.mean, case.on_time"),
        ({"by": "digital.automaton"}, "no factor 'digital.automaton'; did you mean 'digital.automation'"),
        ({"by": "scenario"}, "factor 'scenario' has the same value at every point"),
        ({"by": AUTOMATION, "lines": AUTOMATION}, "is named twice"),
    ],
)
def test_what_cannot_be_drawn_is_refused(crossed, asked, message):
    with pytest.raises(InputError, match=re.escape(message)):
        response(crossed, **asked)


def test_a_map_needs_two_factors_and_figures_need_a_sweep(crossed, tmp_path):
    with pytest.raises(InputError, match="needs 2 factors with more than one value; the sweep has 1"):
        heat(points(grid(policy=["a", "b"])))
    with pytest.raises(InputError, match="is named twice"):
        heat(crossed, x=LEADER, y=LEADER)
    with pytest.raises(ResultError, match="there is no such file"):
        response(tmp_path)
    with pytest.raises(ResultError, match="a column 'metric'"):
        heat(crossed.drop(columns="metric"))


@pytest.mark.parametrize(
    ("factor", "value", "text"),
    [
        (LEADER, 0.5, "30 min"),
        (LEADER, 0.166663333, "10 min"),
        (LEADER, 0.01, "36 s"),
        ("digital.automation", 0.123456, "0.1235"),
        ("community.households", 12345, "12,345"),
        ("mechanisms.tiers", np.True_, "on"),
        ("policy", "as is", "as is"),
    ],
)
def test_values_are_written_as_people_write_them(factor, value, text):
    assert written(factor, value) == text


def test_switches_are_written_in_words_of_each_language():
    assert [written("mechanisms.tiers", value, "zh") for value in (True, False)] == ["开", "关"]
    given = points(grid(**{"mechanisms.tiers": [True, False]}))
    assert axis_of(of_metric(given, METRIC), "mechanisms.tiers", 8, "zh").texts == ("开", "关")
    figure = response(given, METRIC, language="zh")
    assert "四级组织" in texts(figure)
    assert "mechanisms" not in texts(figure)


def test_wide_ranges_are_logarithmic():
    given = of_metric(points(grid(x=[0.01, 0.1, 1.0, 10.0])), METRIC)
    assert axis_of(given, "x", 8).log
    assert not axis_of(given.assign(x=[1.0, 2.0, 3.0, 4.0]), "x", 8).log

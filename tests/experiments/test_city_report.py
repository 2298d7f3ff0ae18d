"""What a city leaves to be read: totals, streets side by side, what they were asked to be."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from experiments.city.report import how_in_words, totals
from experiments.city.showing import SHOWN
from experiments.command_line import main
from experiments.crate import FILE
from experiments.figures.streets import streets_figure
from experiments.figures.style import style
from experiments.findings import with_half
from experiments.messages import LANGUAGES, Language
from simulation.results.metrics import METRICS

ASKED = """
title: {en: Two kinds, zh: 两类街道}
asks: {en: Who is told?, zh: 谁能知晓？}
base: coordinated
set: {days: 8}
streets:
  old: {count: 2, set: {community.households: 50}}
  new: {scenario: fragmented, set: {mechanisms.tiers: true, community.households: 60}}
replications: 2
keep: [cases]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("city")
    (place / "kinds.yaml").write_text(ASKED, encoding="utf-8")
    main(["sweep", str(place / "kinds.yaml"), "--out", str(place / "out"), "--workers", "1"])
    return place / "out"


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def section(page: str, name: str) -> str:
    return page.split(f'<h2 id="{name}">')[1].split("</section>", maxsplit=1)[0]


def test_the_report_says_what_the_city_is_made_of_in_both_languages(page: str) -> None:
    for text in ("Two kinds: report of a city", "两类街道：城市报告", "Who is told?", "谁能知晓？"):
        assert text in page
    made = section(page, "made")
    assert made.count('<th scope="row">') == 2
    for text in ("Four tiers = on", "四级组织 = 开", "每个社区的户数 = 60", "Coordinated", "Fragmented"):
        assert text in made
    assert "模拟天数 = 8" in made


def test_totals_and_streets_are_those_of_the_tables(folder: Path, page: str) -> None:
    summary = pd.read_parquet(folder / "city_summary.parquet").set_index("metric").loc["satisfaction.mean"]
    text = with_half("satisfaction.mean", summary["mean"], summary["high"] - summary["mean"])
    shown = section(page, "totals")
    assert f'<td class="number">{text}</td>' in shown
    assert shown.count('<th scope="row">') == len(METRICS)
    for words in ("weighted mean", "加权平均", "由 cases 表的全部行计算", "keep: [projects]"):
        assert words in shown
    streets = section(page, "numbers")
    assert re.findall(r'<th scope="row">([^<]+)', streets) == ["old-1", "old-2", "new"]


def test_the_page_opens_alone_and_has_its_figure_for_large_screens_and_small(page: str) -> None:
    assert not re.search(r'(?:src|srcset|href)="(?!data:)', page)
    assert page.count("data:image/svg+xml;base64,") == 2 * len(LANGUAGES)


def test_the_folder_describes_figure_and_report(folder: Path) -> None:
    graph = json.loads((folder / FILE).read_text(encoding="utf-8"))["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert {"report.html", "streets.en.png", "streets.zh.svg", "city.parquet"} <= found.keys()
    assert found["streets.en.svg"]["description"].startswith("Main metrics of every street")


@pytest.mark.parametrize("how", ["sum", "null: a quantile; keep cases", "computed from all rows of cases"])
def test_how_a_total_came_about_is_told_in_both_languages(how: str) -> None:
    english, chinese = how_in_words(how)
    assert ("cases" in english) == ("cases" in chinese) == ("cases" in how)
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_a_metric_without_a_total_is_a_dash(folder: Path) -> None:
    rows = totals(pd.read_parquet(folder / "city_summary.parquet"))
    empty = [row for row in rows if row["label"][0].startswith("Satisfaction, worst-off")]
    assert [(row["text"], row["n"]) for row in empty] == [("–", 0)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("narrow", [False, True])
def test_the_figure_has_a_dot_for_each_street_and_clips_nothing(
    folder: Path, language: Language, narrow: bool
) -> None:
    runs, summary = (pd.read_parquet(folder / f"{name}.parquet") for name in ("runs", "city_summary"))
    figure = streets_figure(runs, summary, SHOWN, language, narrow=narrow)
    with style():
        figure.draw_without_rendering()
    panel = next(axes for axes in figure.axes if "atisfaction" in title(axes) or "满意度" in title(axes))
    dots = [line.get_xdata() for line in panel.lines if line.get_marker() == "o"]
    own = runs.groupby(["group", "street"], sort=False)["satisfaction.mean"].mean()
    assert sorted(value for each in dots for value in each) == pytest.approx(sorted(own))
    edge = figure.bbox.padded(1.0)
    boxes = [text.get_window_extent() for text in figure.texts]
    boxes += [each.get_window_extent() for each in figure.legends]
    boxes += [axes.get_tightbbox() for axes in figure.axes if axes.get_visible()]
    assert all(edge.contains(x, y) for box in boxes for x, y in ((box.x0, box.y0), (box.x1, box.y1)))


def title(axes: object) -> str:
    return str(axes.get_title(loc="left"))  # type: ignore[attr-defined]

"""What 'gongzhi sweep' leaves to be read: report, metadata, a table in the terminal."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

import simulation.run
from experiments.command_line import main
from experiments.crate import FILE
from experiments.findings import with_half
from experiments.messages import LANGUAGES, label_of, say
from experiments.sweeps.report import MOST_PRINTED, print_sweep
from scenarios.schema import Scenario
from simulation.results.metrics import METRICS

SWEEP = """
title: {en: Leaders' time, zh: 党小组长的时间}
asks: {en: Does it matter?, zh: 有影响吗？}
set: {days: 8, community.households: 50}
factors:
  minutes.leader: {low: 10 min, high: 50 min, levels: 3}
  policy: {as it is: {}, bold: {mechanisms.tiers: false}}
replications: 2
stop: {metric: satisfaction.mean, half_width: 1000, step: 2, at_most: 4}
"""
DRAWN = ("response_1", "heat_1")


@pytest.fixture(scope="module", autouse=True)
def quick_drawings() -> Iterator[None]:
    """Files that take no time stand for the figures."""
    names = [
        f"{name}.{language}.{kind}" for name in DRAWN for language in LANGUAGES for kind in ("png", "svg")
    ]
    files = {name: name.encode() for name in names}
    narrow = {name: f"narrow {name}".encode() for name in names}
    about = {"response_1": ("minutes.leader",), "heat_1": ("minutes.leader", "policy")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.figures.draw_sweep", lambda _: (files, about))
        patch.setattr("experiments.figures.draw_narrow", lambda *_: narrow)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A sweep that was done twice, with a figure of an earlier one left in its folder."""
    place = tmp_path_factory.mktemp("sweep")
    (place / "leaders.yaml").write_text(SWEEP, encoding="utf-8")
    command = ["sweep", str(place / "leaders.yaml"), "--out", str(place / "out"), "--workers", "1"]
    main(command)
    (place / "out" / "response_7.en.png").write_bytes(b"stale")
    main([*command, "--language", "zh"])
    return place / "out"


@pytest.fixture(scope="module")
def page(folder) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_report_says_what_was_asked_in_both_languages(page):
    for text in (
        "Leaders&#39; time: report of a sweep",
        "党小组长的时间：参数扫描报告",
        "Does it matter?",
        "有影响吗？",
    ):
        assert text in page
    factors = page.split('id="factors"')[1].split("</section>")[0]
    for text in (
        "Group leader&#39;s time a day",
        "党小组长每日时间",
        '<code class="small">minutes.leader</code>',
    ):
        assert text in factors
    assert "10 min, 30 min, 50 min</span>" in factors
    assert "10 min、30 min、50 min</span>" in factors
    assert "as it is, bold" in page
    assert "grid, every combination, 6 points; replications of each: 2" in page
    assert "at most 1000 (in its own unit), 4 times at most; 0 points did not get there" in page
    assert "Households of a community = 50" in page
    assert "每个社区的户数 = 50" in page


def test_the_report_opens_in_the_language_asked_for_and_alone(page):
    assert '<html lang="zh-Hans">' in page
    assert not re.search(r'(?:src|srcset|href)="(?!data:)', page)
    assert page.count("data:image/svg+xml;base64,") == 2 * len(DRAWN) * len(LANGUAGES)


def test_small_screens_are_shown_figures_of_their_own(page):
    for name in DRAWN:
        for language in LANGUAGES:
            wide, small = (
                b64encode(text.encode()).decode()
                for text in (f"{name}.{language}.svg", f"narrow {name}.{language}.svg")
            )
            source = f'<source media="(max-width: 40rem)" srcset="data:image/svg+xml;base64,{small}">'
            assert re.search(
                f'{re.escape(source)}<img alt="[^"]+" src="data:image/svg.xml;base64,{wide}">', page
            )


def test_the_report_has_every_point_with_its_means(page, folder):
    points = pd.read_parquet(folder / "points.parquet")
    own = points[points["metric"] == "satisfaction.mean"]
    rows = page.split('id="numbers"')[1].split("</section>")[0]
    for row in own.itertuples():
        text = with_half("satisfaction.mean", row.mean, row.high - row.mean)
        assert f'<td class="number">{text}</td>' in rows
    assert len(re.findall(r'<th scope="row">', rows)) == len(own)
    assert f"gongzhi sweep {folder}/sweep.yaml" in page
    assert f'response("{folder}", "case.on_time", by="minutes.leader")' in unescape(page)


def test_runs_that_failed_are_told_with_what_was_raised(tmp_path, monkeypatch):
    real = simulation.run.run

    def fails(scenario: Scenario, seed: int, **options: Any) -> Any:
        if seed == 2:
            raise ValueError("<no water>")
        return real(scenario, seed, **options)

    (tmp_path / "asked.yaml").write_text(SWEEP.replace("low: 10 min", "low: 20 min"), encoding="utf-8")
    monkeypatch.setattr(simulation.run, "run", fails)
    with pytest.raises(SystemExit):
        main(["sweep", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "out"), "--workers", "1"])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "6 runs failed" in page
    assert page.count("&lt;no water&gt;") == 6


def test_figures_of_an_earlier_sweep_are_removed(folder):
    assert {file.name for file in folder.glob("*.png")} == {
        f"{name}.{language}.png" for name in DRAWN for language in LANGUAGES
    }


def test_the_folder_describes_its_files_and_the_columns_of_its_factors(folder):
    graph = json.loads((folder / FILE).read_text(encoding="utf-8"))["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph)
    assert found["#made"]["description"] == "gongzhi sweep sweep.yaml"
    assert {"sweep.yaml", "scenarios/coordinated.yaml", "report.html", "runs.parquet"} <= found.keys()
    assert found["heat_1.zh.svg"]["description"].startswith("Metrics over two factors")
    for table, file in (("sweep_runs", "runs.parquet"), ("points", "points.parquet")):
        measured = [each["@id"] for each in found[file]["variableMeasured"]]
        columns = pd.read_parquet(folder / file).columns
        assert sorted(measured) == sorted(f"#{table}.{column}" for column in columns)
        assert found[f"#{table}.minutes.leader"]["datatype"] == "double"
        assert found[f"#{table}.policy"]["datatype"] == "string"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_shows_the_first_points_and_says_how_many_more(folder, language, capsys):
    points = pd.read_parquet(folder / "points.parquet")
    many = pd.concat([points.assign(point=points["point"] + 6 * number) for number in range(5)])
    print_sweep(many, language, Console(width=100))
    printed = capsys.readouterr().out
    assert say("sweep_more_points", language, n=30 - MOST_PRINTED) in printed
    assert label_of("satisfaction.mean", language)[:4] in printed
    assert len(re.findall(r"(?:bold|as it is) ", printed)) == MOST_PRINTED
    assert all(name in METRICS for name in points["metric"])

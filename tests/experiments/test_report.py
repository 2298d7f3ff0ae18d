"""Reports: open alone, say what the table says in both languages, and fit where they are read."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from experiments.amounts import label_with_unit
from experiments.curves import Shown
from experiments.figures import FIGURES
from experiments.findings import MAIN, cells, typical_gain, verdict
from experiments.messages import LANGUAGES, messages, say
from experiments.report import print_comparison, print_run, render_comparison, render_run
from experiments.statistics import compare_table
from scenarios.schema import Scenario
from simulation.results.metrics import METRICS

Runs = Callable[..., pd.DataFrame]
Make = Callable[..., list[Shown]]
VERSIONS = {"gongzhi": "0.1.0", "python": "3.12.1"}
FILES = {f"{name}.{to}.svg": f"<svg>{name} {to}</svg>".encode() for name in FIGURES for to in LANGUAGES}
VOID = {"meta", "input", "img", "br", "link"}


class Page(HTMLParser):
    """Elements with their attributes, and texts by the language of the nearest element that names one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, str | None]] = []
        self.texts: dict[str | None, str] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            inherited = self.open[-1][1] if self.open else None
            self.open.append((tag, dict(attrs).get("lang") or inherited))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        language = self.open[-1][1] if self.open else None
        if self.open and self.open[-1][0] != "style":
            self.texts[language] = self.texts.get(language, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def comparison(shown: Make, some_runs: Runs) -> str:
    runs = some_runs(3)
    return render_comparison(shown(3), runs, compare_table(runs), FILES, VERSIONS, "gongzhi compare s0 s1 s2")


@pytest.fixture(scope="module")
def a_run(shown: Make, made_up: Callable[..., dict[str, pd.DataFrame]]) -> str:
    metrics = dict.fromkeys(METRICS, 0.5) | {"notice.t90_h": None}
    return render_run(
        shown(1, 1)[0], 7, metrics, made_up(1), FILES, VERSIONS, "gongzhi run s0 --seed 7", "zh"
    )


@pytest.mark.parametrize("which", ["comparison", "a_run"])
def test_a_report_opens_alone(which: str, request: pytest.FixtureRequest) -> None:
    html = request.getfixturevalue(which)
    page = Page(html)
    assert not {"script", "link", "iframe", "object", "base"} & {tag for tag, _ in page.elements}
    assert all((image["src"] or "").startswith("data:image/svg+xml;base64,") for image in page.all("img"))
    assert "http" not in re.sub(r"http-equiv", "", html)
    assert "@import" not in html
    assert "url(" not in html
    policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@pytest.mark.parametrize("which", ["comparison", "a_run"])
def test_a_report_is_well_formed_and_speaks_both_languages(
    which: str, request: pytest.FixtureRequest
) -> None:
    page = Page(request.getfixturevalue(which))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes.get("aria-labelledby") or attributes.get("for") for _, attributes in page.elements]
    assert {name for name in named if name} <= set(ids)
    for image in page.all("img"):
        assert image["alt"]
    pictures = page.all("picture")
    assert len(pictures) == len(page.all("img"))
    for picture in pictures:
        language = (picture["class"] or "").split()[0]
        assert picture["lang"] == {"en": "en", "zh": "zh-Hans"}[language]
    checked = [box["id"] for box in page.all("input") if "checked" in box]
    assert page.all("html")[0]["lang"] == {"en": "en", "zh": "zh-Hans"}[checked[0] or ""]
    assert len(checked) == 1
    hanzi = re.compile("[\u4e00-\u9fff]")
    assert hanzi.search(page.texts["zh-Hans"])
    outside_labels = page.texts["en"].replace("简体中文", "")
    assert not hanzi.search(outside_labels)


def test_switching_the_language_hides_the_other(comparison: str) -> None:
    assert "#en:checked ~ * .zh, #zh:checked ~ * .en { display: none; }" in comparison
    page = Page(comparison)
    for _, attributes in page.elements:
        if attributes.get("class") in LANGUAGES:
            assert attributes["lang"] == ("en" if attributes["class"] == "en" else "zh-Hans")


def test_all_figures_are_there_in_both_languages(comparison: str, a_run: str) -> None:
    for html in (comparison, a_run):
        assert len(Page(html).all("img")) == len(FIGURES) * 2


def test_marks_are_those_of_the_table(comparison: str, some_runs: Runs) -> None:
    table = compare_table(some_runs(3))
    clear = table[table["p_holm"] <= 0.05]
    better = clear["metric"].map(lambda name: METRICS[name].better)
    rises = (clear["diff"] > 0.0) == (better == "higher")
    expected = {
        "better": int((rises & better.notna()).sum()),
        "worse": int((~rises & better.notna()).sum()),
        "other": int(better.isna().sum()),
    }
    assert expected["worse"] > 0
    assert {kind: comparison.count(f'class="diff {kind}"') for kind in expected} == expected
    judged = sum(METRICS[name].better is not None for name in table["metric"].unique())
    assert comparison.count('<span class="best">') == judged


def test_only_what_stays_clear_among_all_is_marked(shown: Make, some_runs: Runs) -> None:
    runs, metric, sure = some_runs(2, 8), "satisfaction.mean", "case.on_time"
    own = np.random.default_rng(3).normal(size=(2, 8, len(METRICS)))
    for place, name in enumerate(("s0", "s1")):
        runs.loc[runs["scenario"] == name, list(METRICS)] = own[place]
    luck = np.array([0.5, -0.3, 0.2, -0.1, 0.4, -0.6, 0.1, -0.2])
    for name, middle in (("s0", 0.0), ("s1", 0.45)):
        runs.loc[runs["scenario"] == name, metric] = middle + (luck if name == "s1" else 0.0)
        runs.loc[runs["scenario"] == name, sure] = 10.0 * middle + (luck if name == "s1" else 0.0)
    table = compare_table(runs)
    row = table.set_index(["metric", "scenario"]).loc[(metric, "s1")]
    assert row["diff_low"] > 0.0
    assert 0.05 / len(METRICS) < row["p"] < 0.05
    found = cells(table)
    assert found[metric][1].verdict == "unclear"
    assert found[sure][1].verdict == "better"
    html = render_comparison(shown(2), runs, table, FILES, VERSIONS, "again")
    apart = int(((table["diff_low"] > 0.0) | (table["diff_high"] < 0.0)).sum())
    assert apart > 1
    for language in LANGUAGES:
        note = say("report_how_to_read", language, count=len(METRICS), alone=apart, marked=1)
        assert note.replace("'", "&#39;") in html
        assert say("report_method", language).split(".")[0].replace("'", "&#39;") in html
    assert html.count('class="diff better"') == 1
    assert say("report_doubted", "en", n=1) not in html
    table.loc[(table["metric"] == sure) & (table["scenario"] == "s1"), "boot_low"] = -1.0
    doubtful = render_comparison(shown(2), runs, table, FILES, VERSIONS, "again")
    assert say("report_doubted", "zh", n=1) in doubtful
    out = StringIO()
    print_comparison(table, scenarios_named(2), "en", Console(file=out, width=100))
    assert f"correction for {len(METRICS)} differences" in " ".join(out.getvalue().split())
    assert out.getvalue().count(" ▲") == 2, "the one marked, and the legend"


def test_the_report_says_how_many_runs_pairing_saves(shown: Make, some_runs: Runs) -> None:
    table = compare_table(some_runs(2))

    def said(gain: float) -> str:
        known = table.assign(pairing_gain=table["pairing_gain"].where(table["scenario"] == "s0", gain))
        return render_comparison(shown(2), some_runs(2), known, FILES, VERSIONS, "again")

    assert say("report_pairing_runs", "en", times="4.0") in said(0.75)
    assert "seeds of its own" not in said(1.0)
    assert "seeds of its own" not in said(-0.2)


def test_findings_name_the_metrics_that_are_clear(comparison: str, some_runs: Runs) -> None:
    rows = cells(compare_table(some_runs(3)))
    sentences = re.findall(r"<dd><b>.*?Worse \((\d+)\):.*?</b>(.*?)</dd>", comparison)
    for place, (count, items) in enumerate(sentences, start=1):
        worse = [name for name in MAIN if rows[name][place].verdict == "worse"]
        assert int(count) == len(worse)
        assert all(METRICS[name].en in items and METRICS[name].zh in items for name in worse)
    assert len(sentences) == 2


def test_a_difference_of_some_seeds_only_is_no_finding(shown: Make, some_runs: Runs) -> None:
    runs, metric = some_runs(2, 10), "case.close_h_median"
    lacking = (runs["scenario"] == "s1") & (runs["seed"] > 7)
    runs.loc[lacking, metric] = pd.NA
    table = compare_table(runs)
    row = cells(table)[metric]
    assert [cell.verdict for cell in row] == ["none", "partial"]
    assert not any(cell.best for cell in row), "a mean over some runs is no best"
    html = render_comparison(shown(2), runs, table, FILES, VERSIONS, "again")
    line = next(line for line in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if METRICS[metric].en in line)
    assert "7/10 pairs" in line
    assert "7/10 runs" in line
    assert not set("▲▼◆★") & set(line)
    assert "Cannot be told" in html
    assert say("report_partial", "zh") in html
    out = StringIO()
    print_comparison(table, scenarios_named(2), "en", Console(file=out, width=100))
    assert "7/10 pairs" in out.getvalue()
    everywhere = compare_table(some_runs(2, 10))
    assert cells(everywhere)[metric][1].verdict == "worse"
    assert say("report_partial", "en") not in render_comparison(
        shown(2), some_runs(2, 10), everywhere, FILES, VERSIONS, "again"
    )


def test_many_scenarios_stand_below_each_other(shown: Make, some_runs: Runs) -> None:
    runs = some_runs(7)
    table = compare_table(runs)
    html = render_comparison(shown(7), runs, table, FILES, VERSIONS, "again")
    tables = re.findall(r'<table class="compare">.*?</table>', html, re.DOTALL)
    assert len(tables) == -(-len(METRICS) // 6)
    for part in tables:
        assert part.count('scope="row"') == 7
        assert part.count('scope="col"') <= 7
    for row in cells(table).values():
        assert all(cell.value_text in html for cell in row)
    Page(html)


def test_titles_cannot_break_out_of_the_page(shown: Make, some_runs: Runs) -> None:
    evil = '<script>alert("x")</script>'
    (one,) = shown(1)
    runs = some_runs(1)
    html = render_comparison(
        [Shown("s0", evil, one.averaged, evil)], runs, compare_table(runs), FILES, {"a": evil}, evil
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 4


def test_colours_of_text_have_the_contrast_that_aa_asks_for(comparison: str) -> None:
    def luminance(colour: str) -> float:
        parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    colours = dict(re.findall(r"--(\w+): (#\w{6});", comparison))
    for name in ("ink", "grey", "blue", "better", "worse"):
        for ground in ("#ffffff", colours["soft"]):
            assert (luminance(ground) + 0.05) / (luminance(colours[name]) + 0.05) >= 4.5


def test_what_went_wrong_is_said(shown: Make, some_runs: Runs) -> None:
    def notes(runs: pd.DataFrame, scenarios: list[Shown]) -> str:
        return Page(render_comparison(scenarios, runs, compare_table(runs), FILES, {}, "again")).texts["en"]

    runs, scenarios = some_runs(2), shown(2)
    assert f"Of the {len(METRICS)} differences" in notes(runs, scenarios)
    assert "another community" not in notes(runs, scenarios)
    failed = runs.copy()
    failed.loc[0, "status"] = "failed"
    failed.loc[0, [*METRICS, "fate"]] = pd.NA
    assert say("report_failed", "en", n=1) in notes(failed, scenarios)
    assert "3/4 pairs" in notes(failed, scenarios)
    elsewhere = runs.assign(fate=runs["fate"].where(runs["scenario"] == "s0", "another"))
    assert "another community" in notes(elsewhere, scenarios)
    assert say("report_one_replication", "en") in notes(some_runs(2, 1), shown(2, 1))


def test_a_runs_report_lists_metrics_tables_and_warnings(
    a_run: str, made_up: Callable[..., dict[str, pd.DataFrame]]
) -> None:
    page = Page(a_run)
    for metric in METRICS.values():
        assert metric.zh in page.texts["zh-Hans"]
        assert metric.name in a_run
    for name in made_up(1):
        assert f"{name}.parquet" in a_run
    assert "1栋楼党员不足。" in page.texts["zh-Hans"]
    assert "gongzhi run s0 --seed 7" in a_run


def test_each_table_of_a_run_is_described(scenario: Callable[..., Any], lived: Callable[..., Any]) -> None:
    model = lived(scenario({"days": 2}), trace=True)
    assert {f"table_{name}" for name in model.tables()} <= set(messages())


def test_verdicts() -> None:
    assert verdict("satisfaction.mean", 2.0, 0.01) == "better"
    assert verdict("satisfaction.mean", -2.0, 0.05) == "worse"
    assert verdict("case.backlog_end", -2.0, 0.0) == "better"
    assert verdict("effort.hours", -2.0, 0.01) == "other"
    assert verdict("satisfaction.mean", 2.0, 0.051) == "unclear"
    assert verdict("satisfaction.mean", 2.0, float("nan")) == "unclear"
    assert verdict("satisfaction.mean", 0.0, 1.0) == "unclear"
    assert verdict("satisfaction.mean", float("nan"), float("nan")) == "none"


def test_typical_gain_is_the_median_over_the_scenarios_named(some_runs: Runs) -> None:
    table = compare_table(some_runs(3))
    chosen = table.loc[table["scenario"] == "s2", "pairing_gain"]
    assert typical_gain(table, ["s2"]) == pytest.approx(chosen.median())
    assert typical_gain(table, []) is None


def scenarios_named(count: int) -> dict[str, Scenario]:
    titles = [{"en": f"Scenario number {place}", "zh": f"第{place}个对比情景"} for place in range(count)]
    return {f"s{place}": Scenario.model_validate({"title": title}) for place, title in enumerate(titles)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenarios", [1, 5, 12])
def test_the_printed_table_fits_100_columns(some_runs: Runs, scenarios: int, language: Any) -> None:
    out = StringIO()
    table = compare_table(some_runs(scenarios))
    print_comparison(table, scenarios_named(scenarios), language, Console(file=out, width=100))
    lines = out.getvalue().splitlines()
    assert max(cell_len(line) for line in lines) <= 100
    assert "…" not in out.getvalue()
    headings = sum(say("metric", language) in line for line in lines)
    assert headings == {1: 1, 5: 1, 12: 3}[scenarios]
    for row in cells(table).values():
        for cell in row:
            assert cell.value_text in out.getvalue()
            assert cell.scenario == "s0" or cell.diff_text in out.getvalue()


@pytest.mark.parametrize("scenarios", [1, 2, 3, 4])
def test_the_printed_table_gives_names_the_room_there_is_and_breaks_them_before_brackets(
    some_runs: Runs, scenarios: int
) -> None:
    out = StringIO()
    print_comparison(
        compare_table(some_runs(scenarios)), scenarios_named(scenarios), "zh", Console(file=out, width=80)
    )
    printed = out.getvalue()
    lines = printed.splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    for line in lines[:-3]:  # but the caption
        assert line.count("（") == line.count("）"), line
    long = label_with_unit("platform.lost_h_mean", "zh")
    assert cell_len(long) > 24
    assert (long in printed) == (scenarios < 3)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenarios", [1, 2])
def test_one_replication_has_no_intervals_and_its_table_speaks_of_none(
    some_runs: Runs, scenarios: int, language: Any
) -> None:
    def printed(replications: int) -> str:
        out, table = StringIO(), compare_table(some_runs(scenarios, replications))
        print_comparison(table, scenarios_named(scenarios), language, Console(file=out, width=300))
        return out.getvalue()

    assert "±" not in printed(1)
    assert {"en": "there are no intervals", "zh": "就没有置信区间"}[language] in printed(1)
    assert "±" in printed(2).splitlines()[-1]


def test_the_printed_table_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    print_run({"case.on_time": 0.931, "notice.t90_h": None}, "en", Console(width=80))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1][-2:] == ["93.1", "%"]
    assert lines[2][-1] == "–"

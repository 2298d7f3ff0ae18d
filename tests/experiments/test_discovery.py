"""Scenario discovery: boxes that are known, rules that are chance, pairs by seed, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from experiments.command_line import main
from experiments.figures.discovery import discovery_figure
from experiments.figures.style import style
from experiments.files import parquet
from experiments.messages import LANGUAGES, Language
from experiments.sensitivity.discovery import TABLE, Discovery, discover, table
from experiments.sensitivity.settings import Settings, beyond, lost
from experiments.sensitivity.words import rule, sentences
from scenarios.errors import InputError


def spread(points: int, *names: str) -> pd.DataFrame:
    return pd.DataFrame(qmc.LatinHypercube(len(names), rng=3).random(points), columns=list(names))


def settings_of(factors: pd.DataFrame, happened: Any) -> Settings:
    return Settings(factors, pd.Series(happened), 0)


@pytest.fixture(scope="module")
def corner() -> tuple[Settings, Discovery]:
    """It happens where a is above 0.6 and b at most 0.4, and c has no part in it."""
    factors = spread(400, "a", "b", "c")
    settings = settings_of(factors, (factors["a"] > 0.6) & (factors["b"] <= 0.4))
    return settings, discover(settings, 3, 1)


def test_a_known_box_is_found(corner: tuple[Settings, Discovery]) -> None:
    settings, found = corner
    (box,) = found.boxes
    assert set(box.limits) == {"a", "b"}
    assert (box.limits["a"].low, box.limits["b"].high) == (
        pytest.approx(0.6, abs=0.01),
        pytest.approx(0.4, abs=0.01),
    )
    assert box.limits["a"].high is box.limits["b"].low is None
    assert box.cases == box.points == found.cases == settings.happened.sum()
    assert (found.coverage, found.density) == (1.0, 1.0)
    assert found.cv_coverage > 0.9
    assert found.cv_density > 0.9
    assert found.cv_p < 1e-20
    assert found.verdict == "holds"
    assert list(found.importance)[2] == "c"


def test_the_table_has_a_row_per_limit(corner: tuple[Settings, Discovery]) -> None:
    rows = table(corner[1])
    assert tuple(rows.columns) == TABLE
    assert rows["factor"].tolist() == list(corner[1].boxes[0].limits)
    a = rows[rows["factor"] == "a"].squeeze(axis=0)
    assert pd.isna(a["high"])
    assert pd.isna(a["values"])
    assert a["share"] == a["points"] / 400 == a["base"]


def test_the_table_counts_what_lies_in_its_boxes() -> None:
    factors = spread(300, "a", "b")
    happened = (factors["a"] + factors["b"] + 0.2 * spread(300, "x")["x"]) > 1.2
    found = discover(settings_of(factors, happened), 3, 1)
    rows = table(found)
    assert found.density < 1.0
    for number, box in enumerate(found.boxes, 1):
        inside = np.ones(300, dtype=bool)
        for _, row in rows[rows["box"] == number].iterrows():
            column = factors[row["factor"]]
            inside &= ((column > row["low"]) if pd.notna(row["low"]) else True) & (
                (column <= row["high"]) if pd.notna(row["high"]) else True
            )
        assert (int(inside.sum()), int((inside & happened).sum())) == (box.points, box.cases)
    assert found.coverage == pytest.approx(rows.drop_duplicates("box")["coverage"].sum())


def test_what_is_chance_is_said_to_be() -> None:
    verdicts = []
    for seed in range(20):
        chance = np.random.Generator(np.random.PCG64(seed))
        factors = pd.DataFrame(chance.random((80, 4)), columns=list("abcd"))
        found = discover(settings_of(factors, chance.random(80) < 0.4), 4, 1)
        assert found.density > found.cases / 80, "on the settings that it grew from, a tree always gains"
        verdicts.append(found.verdict)
    assert verdicts.count("chance") >= 17
    assert "holds" not in verdicts or verdicts.count("holds") <= 2


def test_values_without_an_order_are_named() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    factors = pd.DataFrame(
        {"who": rng.choice(["one", "two", "three", "four"], 200), "on": rng.random(200) < 0.5}
    )
    factors["size"] = rng.integers(1, 9, 200)
    happened = factors["who"].isin(["two", "four"]) & factors["on"] & (factors["size"] > 3)
    found = discover(settings_of(factors, happened), 4, 1)
    assert (found.coverage, found.density) == (1.0, 1.0)
    values = {value for box in found.boxes for value in box.limits["who"].words}
    assert values == {"two", "four"}
    assert {box.limits["on"].words for box in found.boxes} == {("true",)}
    assert {box.limits["size"].low for box in found.boxes} == {3}
    rows = table(found)
    assert {value for text in rows["values"].dropna() for value in json.loads(text)} == {
        "two",
        "four",
        "true",
    }
    assert "size above 3" in rule(found.boxes[0], "en")
    assert "on is on" in rule(found.boxes[0], "en")


def test_no_limit_where_settings_are_all_alike() -> None:
    factors = pd.DataFrame({"a": np.ones(40)})
    found = discover(settings_of(factors, np.arange(40) < 12), 3, 1)
    assert (found.boxes, found.verdict) == ([], "none")
    assert len(table(found)) == 0
    assert len(list(sentences(found, "It fails", "en"))) == 2


@pytest.mark.parametrize(
    ("count", "cases", "says"),
    [
        (40, 0, "none of 40"),
        (40, 40, "all of 40"),
        (40, 4, "4 of 40"),
        (40, 37, "37 of 40"),
        (0, 0, "no setting"),
    ],
)
def test_too_little_to_tell_apart_is_refused(count: int, cases: int, says: str) -> None:
    with pytest.raises(InputError, match=says):
        discover(
            settings_of(spread(count, "a") if count else pd.DataFrame({"a": []}), np.arange(count) < cases),
            3,
            1,
        )


def test_the_same_settings_give_the_same_bytes() -> None:
    factors = spread(120, "a", "b", "c")
    settings = settings_of(factors, factors["a"] * factors["b"] > 0.3)
    assert parquet(table(discover(settings, 3, 1))) == parquet(table(discover(settings, 3, 1)))


def test_rules_are_told_as_scenarios_are_written() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    factors = pd.DataFrame(
        {"minutes.leader": rng.uniform(0.2, 1.0, 200), "notices.doors.until": rng.uniform(19, 22, 200)}
    )
    happened = (factors["minutes.leader"] < 0.5) & (factors["notices.doors.until"] > 20.5)
    found = discover(settings_of(factors, happened), 2, 1)
    text = rule(found.boxes[0], "en")
    assert "Group leader's time a day at most 29 min" in text
    assert "Doors · until above 20:3" in text
    assert "党小组长每日时间不超过29 min" in rule(found.boxes[0], "zh")


# Which settings ------------------------------------------------------------------------------------------


def paired() -> pd.DataFrame:
    """Two policies at three settings and three seeds; seeds differ much more than policies."""
    rows = [
        {"point": 3 * (policy == "chat") + place, "seed": seed, "scenario": policy, "x": x,
         "case.on_time": 10.0 * seed + (gain + 0.01 * seed if policy == "chat" else 0.0)}
        for policy in ("tiers", "chat")
        for place, (x, gain) in enumerate(((1.0, -0.5), (2.0, 0.5), (3.0, -0.015)))
        for seed in (1, 2, 3)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_policy_loses_by_the_mean_of_differences_paired_by_seed() -> None:
    ask = ("case.on_time", "scenario", "tiers", "chat")
    found = lost(paired(), ["scenario", "x"], *ask, clear=False)
    assert found.factors.to_dict("list") == {"x": [1.0, 2.0, 3.0]}
    assert found.happened.tolist() == [False, True, True]
    assert lost(paired(), ["scenario", "x"], *ask, clear=True).happened.tolist() == [False, True, False]
    back = lost(paired(), ["scenario", "x"], "case.on_time", "scenario", "chat", "tiers", clear=False)
    assert back.happened.tolist() == [True, False, False]


def test_where_less_is_better_more_loses() -> None:
    runs = paired().rename(columns={"case.on_time": "case.backlog_end"})
    found = lost(runs, ["scenario", "x"], "case.backlog_end", "scenario", "tiers", "chat", clear=False)
    assert found.happened.tolist() == [True, False, False]


def test_settings_without_a_pair_are_left_out_and_counted() -> None:
    runs = paired()
    runs.loc[(runs["scenario"] == "chat") & (runs["x"] == 2.0), "case.on_time"] = np.nan
    found = lost(runs, ["scenario", "x"], "case.on_time", "scenario", "tiers", "chat", clear=False)
    assert (found.factors["x"].tolist(), found.left_out) == ([1.0, 3.0], 1)
    assert beyond(runs, ["x"], "case.on_time", 0.0, below=True).left_out == 1


def test_thresholds_are_of_the_mean_over_runs() -> None:
    runs = pd.DataFrame(
        {"point": [0, 0, 1, 1], "seed": [1, 2, 1, 2], "x": [5, 5, 6, 6], "case.on_time": [0.1, 0.5, 0.4, 0.4]}
    )
    assert beyond(runs, ["x"], "case.on_time", 0.35, below=True).happened.tolist() == [True, False]
    assert beyond(runs, ["x"], "case.on_time", 0.35, below=False).happened.tolist() == [False, True]
    assert beyond(runs, ["x"], "case.on_time", 0.4, below=False).happened.tolist() == [False, False]


@pytest.mark.parametrize(
    ("metric", "factor", "loser", "says"),
    [
        ("case.on_time", "scenari", "tiers", "did you mean 'scenario'"),
        ("case.on_time", "scenario", "tier", "has no value 'tier'; there are: tiers, chat"),
        ("case.count", "scenario", "tiers", "--below or --above"),
    ],
)
def test_pairs_that_cannot_be_are_refused(metric: str, factor: str, loser: str, says: str) -> None:
    runs = paired().rename(columns={"case.on_time": metric})
    with pytest.raises(InputError, match=says):
        lost(runs, ["scenario", "x"], metric, factor, loser, "chat", clear=False)


def test_policies_that_never_met_the_same_setting_are_refused() -> None:
    runs = paired()
    runs.loc[runs["scenario"] == "chat", "x"] += 0.1
    with pytest.raises(InputError, match="grid"):
        lost(runs, ["scenario", "x"], "case.on_time", "scenario", "tiers", "chat", clear=False)
    with pytest.raises(InputError, match="gongzhi compare"):
        lost(runs, ["scenario"], "case.on_time", "scenario", "tiers", "chat", clear=False)


# The figure ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["corner", "words", "one", "none"])
def test_nothing_of_the_figure_is_clipped(
    corner: tuple[Settings, Discovery], kind: str, language: Language
) -> None:
    settings, found = corner
    if kind != "corner":
        factors = spread(200, "a") if kind == "one" else spread(200, "a", "community.people.elderly_share")
        happened = factors["a"] > 0.7
        if kind == "words":
            factors["policy"] = np.where(np.arange(200) % 3 == 0, "four tiers", "group chat")
            happened = (factors["policy"] == "group chat") & (factors["a"] > 0.3)
        if kind == "none":
            factors, happened = factors * 0.0, np.arange(200) < 50
        settings = settings_of(factors, happened)
        found = discover(settings, 3, 1)
    figure = discovery_figure(
        settings, found, "Informed within 72 h, vulnerable residents, is below 60 %", language
    )
    with style():
        figure.draw_without_rendering()
    edge = figure.bbox.padded(1.0)
    boxes = [text.get_window_extent() for text in figure.texts]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    boxes += [axes.get_tightbbox() for axes in figure.axes]
    for number, box in enumerate(boxes):
        assert edge.contains(box.x0, box.y0)
        assert edge.contains(box.x1, box.y1)
        assert not any(box.padded(-2.0).overlaps(other.padded(-2.0)) for other in boxes[:number])


def test_dots_are_the_settings(corner: tuple[Settings, Discovery]) -> None:
    settings, found = corner
    panel = discovery_figure(settings, found, "It", "en").axes[0]
    no, yes = panel.lines[:2]
    assert (len(no.get_xdata()), len(yes.get_xdata())) == (400 - found.cases, found.cases)
    x, y = list(found.importance)[:2]
    assert yes.get_xdata().tolist() == settings.factors.loc[settings.happened, x].tolist()
    assert (panel.get_xlabel(), panel.get_ylabel()) == (x, y)


# From end to end -----------------------------------------------------------------------------------------

TINY = """
set: {days: 8, community.households: 50, notices.at: [10 h], notices.per_year: 0}
factors:
  scenario: [coordinated, fragmented]
  notices.board.reads: {low: 0.0, high: 0.9, levels: 10}
design: {kind: grid}
replications: 2
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.figures.draw_sweep", lambda _: ({}, {}))
        main(["sweep", str(folder / "tiny.yaml"), "--out", str(folder / "out"), "--workers", "1"])
    return folder / "out"


@pytest.mark.usefixtures("unrendered")
def test_discover_prints_rules_and_leaves_table_and_figure(
    swept: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ask = ["discover", str(swept), "--metric", "notice.reach_72h", "--below", "0.85"]
    main([*ask, "--language", "en", "--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert "Informed within 72 h is below 85" in said
    assert "Reading the board in a day at most" in said
    rows = pd.read_parquet(tmp_path / "discovery.parquet")
    assert "notices.board.reads" in set(rows["factor"])
    drawn = {f"discovery.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")}
    assert {path.name for path in tmp_path.iterdir()} == drawn | {"discovery.parquet"}
    main([*ask, "--language", "zh"])
    assert "72小时知晓率低于85%" in capsys.readouterr().out
    assert (swept / "discovery.parquet").read_bytes() == (tmp_path / "discovery.parquet").read_bytes()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--metric", "case.on_tim", "--below", "1"], "did you mean 'case.on_time'"),
        (["--metric", "case.on_time"], "give one of"),
        (["--metric", "case.on_time", "--below", "1", "--above", "2"], "give one of"),
        (["--metric", "case.on_time", "--loses", "coordinated"], "give one of"),
        (["--metric", "case.on_time", "--below", "1", "--clearly"], "--clearly goes with"),
        (["--metric", "notice.reach_72h", "--above", "2"], "none of 20 settings"),
        (["--metric", "notice.reach_72h", "--loses", "x", "--to", "fragmented"], "no value 'x'"),
    ],
)
def test_wrong_questions_are_refused(
    swept: Path, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["discover", str(swept), *options])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_a_folder_without_a_sweep_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["discover", str(tmp_path), "--metric", "case.on_time", "--below", "0.9"])
    assert ended.value.code == 2
    assert "holds no finished sweep" in capsys.readouterr().err

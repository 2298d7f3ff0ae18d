"""Intervals: against published numbers, against SciPy's own test, and by their coverage."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.statistics import compare_table, pairing_gain, t_interval

# Extra hours of sleep under two drugs (Cushny and Peebles 1905), as "Student" (1908) used them.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
METRIC = "satisfaction.mean"


def runs_of(**values: list[float | None]) -> pd.DataFrame:
    rows = [
        {"scenario": name, "seed": seed, METRIC: value}
        for name, column in values.items()
        for seed, value in enumerate(column)
    ]
    return pd.DataFrame(rows).astype({METRIC: "Float64"})


def test_paired_differences_are_those_in_the_textbook() -> None:
    row = compare_table(runs_of(first=FIRST, second=SECOND)).set_index("scenario").loc["second"]
    assert row["pairs"] == 10
    assert row["diff"] == pytest.approx(1.58)
    assert row["diff_low"] == pytest.approx(0.7001142, abs=1e-6)
    assert row["diff_high"] == pytest.approx(2.4598858, abs=1e-6)


def test_intervals_are_scipys() -> None:
    expected = stats.ttest_1samp(FIRST, 0.0).confidence_interval(0.95)
    row = t_interval(pd.DataFrame({"sleep": FIRST})).loc["sleep"]
    assert (row["n"], row["mean"]) == (10, pytest.approx(0.75))
    assert (row["low"], row["high"]) == (pytest.approx(expected.low), pytest.approx(expected.high))


@pytest.mark.parametrize("n", [2, 5, 20])
def test_intervals_cover_the_truth_19_times_in_20(n: int) -> None:
    samples = pd.DataFrame(np.random.default_rng(n).normal(3.0, 2.0, size=(n, 20_000)))
    rows = t_interval(samples)
    assert 0.945 < ((rows["low"] <= 3.0) & (rows["high"] >= 3.0)).mean() < 0.955


def test_paired_intervals_cover_the_truth_and_are_narrow() -> None:
    chance = np.random.default_rng(1)
    luck = chance.normal(0.0, 5.0, size=(10, 20_000))
    first = pd.DataFrame(luck + chance.normal(size=luck.shape))
    second = pd.DataFrame(luck + 0.7 + chance.normal(size=luck.shape))
    rows = t_interval(second - first)
    assert 0.945 < ((rows["low"] <= 0.7) & (rows["high"] >= 0.7)).mean() < 0.955
    unpaired = t_interval(second)["high"] - t_interval(second)["mean"]
    assert ((rows["high"] - rows["mean"]) < unpaired).mean() > 0.95


def test_the_mean_of_nothing_is_null() -> None:
    frame = pd.DataFrame({"none": [None, None], "one": [2.0, None], "same": [4.0, 4.0]}, dtype="Float64")
    rows = t_interval(frame)
    assert rows["n"].tolist() == [0, 1, 2]
    assert np.isnan(rows.loc["none", ["mean", "low", "high"]].astype(float)).all()
    assert rows.loc["one", "mean"] == 2.0
    assert np.isnan(rows.loc["one", ["low", "high"]].astype(float)).all()
    assert rows.loc["same", ["mean", "low", "high"]].tolist() == [4.0, 4.0, 4.0]


def test_only_seeds_that_both_scenarios_have_are_paired() -> None:
    table = compare_table(runs_of(a=[1.0, 2.0, None, 4.0], b=[2.0, None, 9.0, 6.0, 50.0])).set_index(
        "scenario"
    )
    assert (table.loc["b", "n"], table.loc["b", "pairs"]) == (4, 2)
    assert table.loc["b", "diff"] == pytest.approx(1.5)
    assert table.loc["b", "mean"] == pytest.approx(16.75)


def test_seeds_without_a_value_are_told_from_seeds_that_failed() -> None:
    runs = runs_of(a=[1.0, 2.0, 3.0, 4.0], b=[2.0, None, 9.0, None])
    runs["case.count"] = [5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0, None]  # the last run of b failed
    row = compare_table(runs).set_index(["metric", "scenario"]).loc[(METRIC, "b")]
    assert row[["runs", "n", "paired", "pairs"]].tolist() == [3, 2, 3, 2]


def test_all_text_columns_have_one_type() -> None:
    table = compare_table(runs_of(a=[1.0, 2.0], b=[2.0, 4.0]))
    texts = table.select_dtypes(exclude="number").dtypes
    assert list(texts.index) == ["metric", "scenario"]
    assert set(map(str, texts)) == {"string"}


def test_nothing_is_compared_with_nothing() -> None:
    table = compare_table(runs_of(a=[1.0, None], b=[None, 2.0])).set_index("scenario")
    assert table.loc["b", "pairs"] == 0
    assert np.isnan(table.loc["b", ["diff", "diff_low", "diff_high", "pairing_gain"]].astype(float)).all()
    alone = compare_table(runs_of(a=[1.0, 2.0]))
    assert len(alone) == 1
    assert np.isnan(alone["diff"]).all()


def test_pairing_gain_is_the_share_of_variance_removed() -> None:
    chance = np.random.default_rng(3)
    luck, own, other = chance.normal(size=(3, 4000))
    frame = pd.DataFrame({"same": luck, "half": luck + own, "apart": own})
    against = pd.DataFrame({"same": luck + 1.0, "half": luck + other, "apart": other})
    gain = pairing_gain(frame, against)
    assert gain["same"] == pytest.approx(1.0)
    assert gain["half"] == pytest.approx(0.5, abs=0.03)
    assert gain["apart"] == pytest.approx(0.0, abs=0.05)
    by_hand = 1 - np.var(other - own, ddof=1) / (np.var(other, ddof=1) + np.var(own, ddof=1))
    assert gain["apart"] == pytest.approx(by_hand)
    assert np.isnan(pairing_gain(pd.DataFrame({"c": [1.0, 1.0]}), pd.DataFrame({"c": [2.0, 2.0]}))["c"])


def test_rows_follow_metrics_and_then_scenarios() -> None:
    runs = runs_of(z=[1.0, 2.0], a=[3.0, 4.0])
    runs["notice.reach_72h"] = 0.5
    runs["not a metric"] = 1.0
    table = compare_table(runs)
    assert list(zip(table["metric"], table["scenario"], strict=True)) == [
        ("notice.reach_72h", "z"),
        ("notice.reach_72h", "a"),
        (METRIC, "z"),
        (METRIC, "a"),
    ]


def test_two_runs_of_one_seed_are_refused() -> None:
    runs = runs_of(a=[1.0, 2.0])
    with pytest.raises(ValueError, match="two runs of one seed"):
        compare_table(pd.concat([runs, runs]))

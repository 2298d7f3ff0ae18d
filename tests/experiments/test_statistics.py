"""Intervals and tests: against published numbers, SciPy's own tests, definitions and simulation."""

from itertools import combinations
from math import gamma, isnan, sqrt

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from experiments.statistics import (
    benjamini_hochberg,
    compare_table,
    effect_sizes,
    half_width,
    hedges_correction,
    holm,
    p_values,
    pairing_gain,
    replications_needed,
    t_interval,
)

Floats = NDArray[np.float64]

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


# How many replications ------------------------------------------------------------------------------------


def test_half_a_width_is_that_of_the_interval() -> None:
    expected = t_interval(pd.DataFrame({"sleep": FIRST})).loc["sleep"]
    assert half_width(FIRST) == pytest.approx(expected["high"] - expected["mean"])
    assert half_width(np.array([*FIRST, np.nan])) == pytest.approx(half_width(FIRST))
    assert half_width(pd.Series([1.0, None, 1.0], dtype="Float64")) == 0.0
    assert isnan(half_width([2.0]))
    assert isnan(half_width([]))
    assert not half_width([2.0]) <= 1e9, "one value has no precision"


@pytest.mark.parametrize("wanted", [20.0, 5.0, 2.0, 1.0, 0.3, 0.1])
def test_replications_needed_are_the_fewest_that_are_enough(wanted: float) -> None:
    spread = float(np.std(FIRST, ddof=1))

    def width(n: int) -> float:
        low, high = stats.t.interval(0.95, n - 1, scale=spread / sqrt(n))
        return float(high - low) / 2.0

    expected = next(n for n in range(2, 10_000) if width(n) <= wanted)
    assert replications_needed(FIRST, wanted) == expected


def test_replications_needed_deliver() -> None:
    chance = np.random.default_rng(6)
    needed = replications_needed(chance.normal(5.0, 3.0, 4_000), 0.8)
    widths = [half_width(chance.normal(5.0, 3.0, needed)) for _ in range(1_000)]
    assert np.mean(widths) == pytest.approx(0.8, rel=0.02)
    assert replications_needed([4.0, 4.0, None], 0.1) == 2  # type: ignore[list-item]  # nulls of a table


@pytest.mark.parametrize(
    ("values", "wanted", "message"),
    [([1.0], 1.0, "two values"), (FIRST, 0.0, "above 0"), (FIRST, float("nan"), "above 0")],
)
def test_replications_that_cannot_be_told_are_refused(
    values: list[float], wanted: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replications_needed(values, wanted)


def test_pairing_gain_says_how_many_runs_pairing_saves() -> None:
    chance = np.random.default_rng(8)
    luck, own = 2.0 * chance.normal(size=(2, 20, 10_000))
    one, other = chance.normal(size=(2, 20, 10_000))
    gain = pairing_gain(
        pd.DataFrame({"c": (luck + one).ravel()}), pd.DataFrame({"c": (luck + other).ravel()})
    )
    paired = (luck + other - luck - one).mean(axis=0).var()
    unpaired = (own + other - luck - one).mean(axis=0).var()
    assert gain["c"] == pytest.approx(0.8, abs=0.01)
    assert unpaired / paired == pytest.approx(1.0 / (1.0 - gain["c"]), rel=0.05)


# Many tests -----------------------------------------------------------------------------------------------


def test_p_is_that_of_the_paired_t_test() -> None:
    first, second = pd.DataFrame({"sleep": FIRST}), pd.DataFrame({"sleep": SECOND})
    assert p_values(first, second)["sleep"] == pytest.approx(0.00283289, abs=1e-8)  # R's t.test(sleep)
    chance = np.random.default_rng(4)
    many = pd.DataFrame(chance.normal(size=(9, 50))), pd.DataFrame(chance.normal(0.5, 1.0, (9, 50)))
    np.testing.assert_allclose(p_values(*many), stats.ttest_rel(*many).pvalue)
    many[0].iloc[2, 7] = np.nan
    kept = [frame[7].drop(2) for frame in many]
    assert p_values(*many)[7] == pytest.approx(stats.ttest_rel(*kept).pvalue)


@pytest.mark.parametrize("n", [2, 3, 20])
def test_differences_that_do_not_vary_are_judged_by_their_sign(n: int) -> None:
    first = pd.DataFrame({name: np.linspace(0.3, 7.7, n) for name in ("up", "down", "same", "rounded")})
    second = first + {"up": 0.1, "down": -0.7, "same": 0.0, "rounded": 1e-15}
    expected = stats.binomtest(n, n).pvalue
    p = p_values(first, second)
    assert p[["up", "down"]].tolist() == pytest.approx([expected, expected])
    assert p[["same", "rounded"]].tolist() == [1.0, 1.0]
    effects = effect_sizes(first, second)
    assert effects["g_z"].isna().all()
    assert effects["g_av"].notna().all() == (n > 2)


def test_one_pair_says_nothing() -> None:
    first, second = pd.DataFrame({"c": [1.0, None]}), pd.DataFrame({"c": [2.0, 3.0]})
    assert np.isnan(p_values(first, second)["c"])
    assert effect_sizes(first, second).isna().all(axis=None)


def closed(p: list[float]) -> list[float]:
    """Holm's adjusted values by what they are: Bonferroni's tests of all intersections, closed."""
    places = range(len(p))
    subsets = [chosen for size in places for chosen in combinations(places, size + 1)]
    bonferroni = {chosen: min(1.0, len(chosen) * min(p[place] for place in chosen)) for chosen in subsets}
    return [max(value for chosen, value in bonferroni.items() if place in chosen) for place in places]


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_bonferroni_closed(seed: int) -> None:
    p = np.random.default_rng(seed).uniform(0.0, 0.2, 6).tolist()
    p[3] = p[1]
    assert holm(pd.Series(p)).tolist() == pytest.approx(closed(p))


def test_benjamini_and_hochberg_are_by_their_definition() -> None:
    p = pd.Series([0.01, 0.02, None, 0.03, 0.5, 0.03], index=list("abcdef"), dtype="float64")
    known = p.dropna()
    expected = [
        min(len(known) * other / (known <= other).sum() for other in known if other >= own) for own in known
    ]
    adjusted = benjamini_hochberg(p)
    assert adjusted.dropna().tolist() == pytest.approx(expected)
    assert adjusted.isna().tolist() == holm(p).isna().tolist() == p.isna().tolist()
    nothing = pd.Series([np.nan, np.nan])
    assert holm(nothing).isna().all()
    assert benjamini_hochberg(nothing).isna().all()


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_holm_rarely_errs_where_nothing_differs(shared: float) -> None:
    """Six scenarios against one reference, 20 metrics that may go together, 20 seeds."""
    families, scenarios, metrics, chance = 1_500, 6, 20, np.random.default_rng(9)
    size = (20, families, scenarios + 1, metrics)
    values = sqrt(1.0 - shared) * chance.normal(size=size) + sqrt(shared) * chance.normal(size=(*size[:3], 1))
    reference = np.broadcast_to(values[:, :, :1], (20, families, scenarios, metrics)).reshape(20, -1)
    p = p_values(pd.DataFrame(reference), pd.DataFrame(values[:, :, 1:].reshape(20, -1)))
    by_family = p.to_numpy().reshape(families, -1)
    assert (by_family <= 0.05).any(axis=1).mean() > 0.5, "without correction most families err"
    wrong = np.mean([(holm(pd.Series(family)) <= 0.05).any() for family in by_family])
    error = sqrt(0.05 * 0.95 / families)
    assert 0.0 < wrong <= 0.05 + 3.0 * error


def test_all_whole_differences_of_a_table_are_judged_together() -> None:
    chance = np.random.default_rng(7)
    runs = pd.concat(
        pd.DataFrame({"scenario": name, "seed": range(9), METRIC: chance.normal(place, 1.0, 9)}).assign(
            **{"case.on_time": chance.normal(0.0, 1.0, 9), "notice.t90_h": chance.normal(place, 0.1, 9)}
        )
        for place, name in enumerate("abc")
    ).reset_index(drop=True)
    runs.loc[12, "notice.t90_h"] = np.nan  # of b
    table = compare_table(runs).set_index(["metric", "scenario"])
    whole = table["p"].drop(index=("notice.t90_h", "b")).dropna()
    assert len(whole) == 5
    assert table["p_holm"].dropna().to_dict() == pytest.approx(
        dict(zip(whole.index, closed(whole.tolist()), strict=True))
    )
    assert table["p_bh"].notna().sum() == 5
    assert (table["p_bh"] <= table["p_holm"] + 1e-12)[whole.index].all()
    partial = table.loc[("notice.t90_h", "b")]
    assert partial["p"] < 0.001
    assert partial[["p_holm", "p_bh"]].isna().all()
    assert table.xs("a", level="scenario")[["p", "g_z", "g_av", "boot_low"]].isna().all(axis=None)


# Effect sizes ---------------------------------------------------------------------------------------------


def test_hedges_correction_is_exact() -> None:
    freedom = [2.0, 3.0, 9.5, 10.0, 19.0, 60.0]
    exact = [gamma(m / 2.0) / (sqrt(m / 2.0) * gamma((m - 1.0) / 2.0)) for m in freedom]
    factors = hedges_correction(pd.Series(freedom))
    assert factors.tolist() == pytest.approx(exact)
    assert factors[0] == pytest.approx(0.5642, abs=1e-4)  # Hedges (1981), table 1
    assert factors[3] == pytest.approx(0.9228, abs=1e-4)
    assert factors.to_numpy()[2:] == pytest.approx([1 - 3 / (4 * m - 1) for m in freedom[2:]], abs=1e-3)
    assert hedges_correction(pd.Series([0, 1])).isna().all()
    assert hedges_correction(pd.Series([100_000])).tolist() == pytest.approx([1.0], abs=1e-5)


def test_effect_sizes_are_the_standardised_differences() -> None:
    frames = pd.DataFrame({"sleep": FIRST}), pd.DataFrame({"sleep": SECOND})
    row = effect_sizes(*frames).loc["sleep"]
    differences = np.subtract(SECOND, FIRST)
    d_z = differences.mean() / differences.std(ddof=1)
    d_av = differences.mean() / sqrt((np.var(FIRST, ddof=1) + np.var(SECOND, ddof=1)) / 2.0)
    assert d_z == pytest.approx(1.2845, abs=1e-3)  # t = 4.0621 over the root of 10
    assert row["g_z"] == pytest.approx(d_z * (1.0 - 3.0 / 35.0), rel=2e-3)
    assert d_av * 0.91 < row["g_av"] < d_av


@pytest.mark.parametrize(("n", "ratio", "bias"), [(5, 1.0, 0.03), (20, 1.0, 0.01), (20, 1.5, 0.01)])
def test_effect_sizes_have_next_to_no_bias(n: int, ratio: float, bias: float) -> None:
    chance = np.random.default_rng(n)
    luck, one, other = chance.normal(size=(3, n, 40_000))
    first, second = 2.0 * luck + one, ratio * (2.0 * luck + other) + 1.0
    true_z = 1.0 / sqrt((2.0 * (1.0 - ratio)) ** 2 + 1.0 + ratio**2)
    true_av = 1.0 / sqrt(5.0 * (1.0 + ratio**2) / 2.0)
    effects = effect_sizes(pd.DataFrame(first), pd.DataFrame(second)).mean()
    assert effects["g_z"] == pytest.approx(true_z, rel=0.01)
    assert effects["g_av"] == pytest.approx(true_av, rel=bias)

"""Sensitivity indices: functions whose indices are known, noise, and what is left out and said."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.command_line import main
from experiments.figures.sensitivity import sensitivity_figure
from experiments.figures.style import style
from experiments.files import parquet
from experiments.messages import LANGUAGES
from experiments.sensitivity.indices import TABLE, Indices, sensitivity
from experiments.sensitivity.report import MORRIS, rows_of
from experiments.sweeps.asked import Design
from experiments.sweeps.designs import draw_shares

Shares = Any


def runs_of(design: Design, factors: int, seeds: int = 1, **metrics: Callable[[Shares, int], Shares]) -> Any:
    """A row per run, as a sweep of made-up metrics would leave it: functions of the point and the seed."""
    shares = draw_shares(design, factors, 1)
    parts = []
    for seed in range(1, seeds + 1):
        columns = {name: metric(shares, seed) for name, metric in metrics.items()}
        parts.append(pd.DataFrame({"point": np.arange(len(shares)), "seed": seed} | columns))
    return pd.concat(parts).sort_values(["point", "seed"], ignore_index=True)


def look(found: Indices, metric: str, factor: str, index: str) -> Any:
    table = found.table
    return table[
        (table["metric"] == metric) & (table["factor"] == factor) & (table["index"] == index)
    ].squeeze(axis=0)


def ishigami(shares: Shares, _: int) -> Shares:
    x = np.pi * (2.0 * shares - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
BOTH = B**2 * np.pi**8 * (1 / 18 - 1 / 50) / VARIANCE
TOTAL = FIRST + np.array([BOTH, 0.0, BOTH])
NAMES = ["x", "y", "z"]


@pytest.fixture(scope="module")
def known() -> Indices:
    design = Design(kind="sobol", size=1024, second_order=True)
    return sensitivity(design, NAMES, 1, runs_of(design, 3, ishigami=ishigami))


@pytest.mark.parametrize("place", range(3))
def test_sobol_indices_of_ishigamis_function(known: Indices, place: int) -> None:
    for index, right in (("first", FIRST), ("total", TOTAL)):
        row = look(known, "ishigami", NAMES[place], index)
        assert row["low"] <= right[place] <= row["high"]
        assert row["high"] - row["low"] < 0.25
        assert row["n"] == 1024


def test_second_order_indices_name_both_factors(known: Indices) -> None:
    pairs = known.table[known.table["index"] == "second"]
    assert list(zip(pairs["factor"], pairs["other"], strict=True)) == [("x", "y"), ("x", "z"), ("y", "z")]
    for (_, row), right in zip(pairs.iterrows(), (0.0, BOTH, 0.0), strict=True):
        assert row["low"] <= right <= row["high"]
    assert known.table.loc[known.table["index"] != "second", "other"].isna().all()
    assert tuple(known.table.columns) == TABLE


def test_a_factor_that_does_nothing_has_intervals_around_0() -> None:
    design = Design(kind="sobol", size=256)
    found = sensitivity(design, NAMES, 1, runs_of(design, 3, own=lambda at, _: at[:, 0] + at[:, 1] ** 2))
    for index in ("first", "total"):
        row = look(found, "own", "z", index)
        assert row["low"] <= 0.0 <= row["high"]
        assert look(found, "own", "x", index)["low"] > 0.2


def test_morris_finds_the_coefficients_of_a_linear_function() -> None:
    design = Design(kind="morris", size=8, levels=6)
    runs = runs_of(design, 3, own=lambda at, _: at @ np.array([3.0, -2.0, 0.0]))
    found = sensitivity(design, NAMES, 1, runs)
    for name, slope in zip(NAMES, (3.0, -2.0, 0.0), strict=True):
        for index, right in (("mu", slope), ("mu_star", abs(slope)), ("sigma", 0.0)):
            row = look(found, "own", name, index)
            assert row["value"] == pytest.approx(right, abs=1e-9)
            assert row["n"] == 8
        assert look(found, "own", name, "mu_star")["high"] == pytest.approx(abs(slope), abs=1e-9)
        assert pd.isna(look(found, "own", name, "sigma")["low"])


def test_intervals_of_morris_hold_the_mean_effect() -> None:
    """The mean effect of x squared over the levels is 1, of x times y the mean of the other, 1/2."""
    design = Design(kind="morris", size=64)
    runs = runs_of(design, 2, own=lambda at, _: at[:, 0] ** 2 + at[:, 0] * at[:, 1])
    found = sensitivity(design, NAMES[:2], 1, runs)
    for name, right in (("x", 1.5), ("y", 0.5)):
        for index in ("mu", "mu_star"):
            row = look(found, "own", name, index)
            assert row["low"] <= right <= row["high"]
            assert row["high"] - row["low"] < 0.3
        assert look(found, "own", name, "sigma")["value"] > 0.1


def chance(shares: Shares, seed: int) -> Shares:
    return np.random.Generator(np.random.PCG64([9, seed])).normal(size=len(shares))


def test_noise_is_what_seeds_do_at_single_points_and_not_what_they_do_everywhere() -> None:
    design = Design(kind="sobol", size=256)
    runs = runs_of(
        design,
        3,
        4,
        calm=lambda at, seed: at[:, 0] + 10.0 * seed,
        rough=lambda at, seed: at[:, 0] + chance(at, seed),
        many=lambda at, seed: at[:, 0] + 0.25 * chance(at, seed),
    )
    found = sensitivity(design, NAMES, 1, runs)
    calm, rough, many = (look(found, metric, "x", "first")["noise"] for metric in ("calm", "rough", "many"))
    assert calm == pytest.approx(0.0, abs=1e-12)
    assert rough == pytest.approx((1 / 4) / (1 / 4 + 1 / 12), abs=0.1)  # of means over four seeds
    assert many == pytest.approx((1 / 64) / (1 / 64 + 1 / 12), abs=0.03)
    idle = look(found, "rough", "z", "total")
    assert idle["low"] <= rough <= idle["high"], "a factor that only shuffles chance seems to matter so much"
    assert look(found, "calm", "z", "total")["value"] == pytest.approx(0.0, abs=1e-12)


def test_one_replication_says_nothing_about_noise() -> None:
    design = Design(kind="morris", size=4)
    found = sensitivity(design, NAMES, 1, runs_of(design, 3, own=ishigami))
    assert found.table["noise"].isna().all()
    assert found.table["value"].notna().all()


def test_metrics_without_indices_are_left_out_and_the_reason_is_said() -> None:
    design = Design(kind="sobol", size=8)
    own = dict.fromkeys(("own", "holes", "some"), ishigami)
    flat: dict[str, Any] = {
        "flat": lambda at, _: 0.1 + 0.0 * at[:, 0],
        "never": lambda at, _: np.nan * at[:, 0],
    }
    runs = runs_of(design, 3, 2, **own, **flat)
    runs.loc[runs["point"] == 3, "holes"] = np.nan
    runs.loc[(runs["point"] < 5) & (runs["seed"] == 2), "some"] = np.nan
    found = sensitivity(design, NAMES, 1, runs)
    assert found.left_out == {
        "holes": "no value at 1 of 40 points",
        "flat": "the same at all points",
        "never": "no value at any point",
    }
    assert set(found.table["metric"]) == {"own", "some"}
    assert not found.table[["value", "low", "high"]].isna().any(axis=None)
    incomplete = found.table.drop_duplicates("metric").set_index("metric")["incomplete"]
    assert incomplete.to_dict() == {"own": 0, "some": 5}


def test_one_trajectory_is_too_few_for_an_interval() -> None:
    design = Design(kind="morris", size=1)
    found = sensitivity(design, NAMES, 1, runs_of(design, 3, own=ishigami))
    assert list(found.left_out) == ["own"]
    assert len(found.table) == 0


def test_points_replicated_until_precise_are_not_incomplete() -> None:
    design = Design(kind="morris", size=4)
    runs = runs_of(design, 3, 3, own=ishigami)
    runs = runs[(runs["seed"] < 3) | (runs["point"] == 2)]
    assert (sensitivity(design, NAMES, 1, runs).table["incomplete"] == 0).all()


@pytest.mark.parametrize("kind", ["sobol", "morris"])
@pytest.mark.parametrize("seed", [0, 5])
def test_the_same_runs_give_the_same_bytes(kind: Any, seed: int) -> None:
    design = Design(kind=kind, size=8)
    runs = runs_of(design, 3, 2, own=ishigami)
    again = [parquet(sensitivity(design, NAMES, seed, runs).table) for _ in range(2)]
    assert again[0] == again[1]


# The figure ----------------------------------------------------------------------------------------------


def drawn(kind: Any, language: Any, names: list[str], *, narrow: bool = False) -> Any:
    design = Design(kind=kind, size=8)
    slopes = np.linspace(1.0, 0.0, len(names))
    own = {
        metric: lambda at, seed, size=size: size * (at @ slopes) + 0.1 * chance(at, seed)
        for size, metric in enumerate(("notice.reach_72h", "case.close_h_median", "satisfaction.mean"), 1)
    }
    found = sensitivity(design, names, 1, runs_of(design, len(names), 3, **own))
    figure = sensitivity_figure(found.table, language, narrow=narrow)
    with style():
        figure.draw_without_rendering()
    return figure, found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["sobol", "morris"])
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("many", [2, 9])
def test_nothing_of_the_figure_is_clipped(kind: str, language: str, many: int, narrow: bool) -> None:
    names = [f"some.rather.long.name.of.a.parameter_{number}" for number in range(many)]
    figure, _ = drawn(kind, language, names, narrow=narrow)
    edge = figure.bbox.padded(1.0)
    boxes = [text.get_window_extent() for text in figure.texts]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    boxes += [axes.get_tightbbox() for axes in figure.axes if axes.get_visible()]
    for box in boxes:
        assert edge.contains(box.x0, box.y0)
        assert edge.contains(box.x1, box.y1)
    for one, other in pairwise(axes.get_tightbbox() for axes in figure.axes if axes.get_visible()):
        assert not one.padded(-2.0).overlaps(other.padded(-2.0))


def test_bars_and_dots_are_the_indices() -> None:
    figure, found = drawn("sobol", "en", ["a", "b"])
    widths = [patch.get_width() for container in figure.axes[0].containers for patch in container]
    rows = found.table[found.table["metric"] == "notice.reach_72h"]
    assert widths == pytest.approx(rows["value"].tolist())
    figure, found = drawn("morris", "en", ["a", "b"])
    rows = found.table[found.table["metric"] == "notice.reach_72h"].set_index("index")["value"]
    dots = figure.axes[0].lines[0]
    assert dots.get_xdata().tolist() == pytest.approx((100.0 * rows.loc["mu_star"]).tolist())  # per cent
    assert dots.get_ydata().tolist() == pytest.approx((100.0 * rows.loc["sigma"]).tolist())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_of_nothing_says_so(language: Any) -> None:
    design = Design(kind="morris", size=4)
    table = sensitivity(design, NAMES, 1, runs_of(design, 3, flat=lambda at, _: 0 * at[:, 0])).table
    assert len(sensitivity_figure(table, language).axes[0].texts) == 1


# From end to end -----------------------------------------------------------------------------------------

TINY = """
base: coordinated
set: {days: 8, community.households: 50, notices.at: [10 h], notices.per_year: 0}
factors:
  notices.board.reads: {low: 0.0, high: 0.5}
  cases.coordination.shirk: {low: 0.0, high: 0.4}
design: {kind: sobol, size: 4}
replications: 2
"""


def _the_report_shows(folder: Path, table: pd.DataFrame) -> None:
    """The section of the indices: their figure, a row per factor with its names, and the numbers."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    shown = page.split('<h2 id="sensitivity">')[1].split("</section>")[0]
    for text in (
        "Which parameters matter",
        "哪些参数影响最大",
        "Reading the board in a day",
        "责任方推诿概率",
    ):
        assert text in shown
    assert shown.count("<source media=") == shown.count("<img ") == len(LANGUAGES)
    rows = table[(table["metric"] == "notice.reach_72h") & (table["factor"] == "notices.board.reads")]
    first = rows.set_index("index").loc["first"]
    text = f"{first['value']:.2f} ± {first['high'] - first['value']:.2f}".replace("-", "−")
    assert f'<td class="number">{text}<span class="diff">' in shown
    assert '"sensitivity.en.svg"' in (folder / "ro-crate-metadata.json").read_text(encoding="utf-8")


def test_effects_are_told_in_the_unit_of_their_metric() -> None:
    design = Design(kind="morris", size=8)
    found = sensitivity(
        design, ["a", "b"], 1, runs_of(design, 2, 1, **{"case.on_time": lambda at, _: 0.1 * at[:, 0]})
    )
    shown = rows_of(found.table, MORRIS)
    assert shown["metrics"] == [("Solved within the deadline (%)", "真实按期解决率（%）")]
    assert [row["cells"][0]["above"].split(" ")[0] for row in shown["rows"]] == ["10.00", "0"]


@pytest.mark.slow
def test_a_sweep_leaves_its_indices_and_another_design_takes_them_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, folder = tmp_path / "tiny.yaml", tmp_path / "out"
    asked.write_text(TINY, encoding="utf-8")
    main(["sweep", str(asked), "--out", str(folder), "--workers", "1"])
    said = capsys.readouterr().err
    table = pd.read_parquet(folder / "sensitivity.parquet")
    assert tuple(table.columns) == TABLE
    reach = table[table["metric"] == "notice.reach_72h"].set_index(["factor", "index"])["value"]
    assert reach["notices.board.reads", "total"] > 0.5
    assert reach["cases.coordination.shirk", "total"] == pytest.approx(0.0, abs=1e-6)
    assert "sensitivity.parquet leaves out" in said
    assert "council.lead_d_median (no value at any point)" in said
    assert '"sensitivity.parquet"' in (folder / "provenance.json").read_text(encoding="utf-8")
    drawn = {f"sensitivity.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")}
    assert drawn <= {path.name for path in folder.iterdir()}
    _the_report_shows(folder, table)
    before = (folder / "sensitivity.parquet").read_bytes()
    main(["sweep", str(folder / "sweep.yaml"), "--out", str(tmp_path / "again"), "--workers", "2"])
    assert (tmp_path / "again" / "sensitivity.parquet").read_bytes() == before

    asked.write_text(TINY.replace("{kind: sobol, size: 4}", "{kind: random, size: 2}"), encoding="utf-8")
    main(["sweep", str(asked), "--out", str(folder), "--workers", "1"])
    assert not [path for path in folder.iterdir() if path.name.startswith("sensitivity")]

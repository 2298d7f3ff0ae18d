"""What is fitted to a log is what made it, censoring included; what is written loads and runs as fitted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from experiments.calibration.arrivals import HOURS, exposure, fit_profile, misplaced, yearly_rate
from experiments.calibration.calibrating import AUTO, Calibration, calibrate, hold_out, report
from experiments.calibration.calibration_files import save_calibration
from experiments.calibration.case_kinds import OTHER, sort_kinds
from experiments.calibration.case_log import Columns, read_case_log
from experiments.calibration.closing_times import (
    CURVES,
)
from experiments.calibration.fit_check import check
from experiments.calibration.fitted_scenario import duration
from experiments.messages import LANGUAGES
from scenarios import Scenario, load, validate_file
from scenarios.cases import Title
from scenarios.distributions import Deterministic
from scenarios.errors import InputError, OutputError
from scenarios.units import LONGEST
from simulation import CommunityModel

Floats = NDArray[np.float64]
END = 24.0 * 120


def write_log(path: Path, frame: pd.DataFrame) -> Path:
    frame.to_csv(path, index=False, date_format="%Y-%m-%d %H:%M:%S")
    return path


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    """A log of 60 days with known laws: lamps exponential, noise lognormal, pests at once, rest rare."""
    chance = np.random.default_rng(5)
    n = 6000
    day = chance.integers(0, 60, n)
    hour = np.where(chance.random(n) < 0.8, chance.uniform(9, 17, n), chance.uniform(0, 24, n))
    opened = pd.Timestamp("2024-01-01") + pd.to_timedelta(24 * day + hour, unit="h")
    kind = chance.choice(
        ["Lamp out!", "噪声", "damage", "Pest 1", "Pest 2"], n, p=[0.5, 0.3, 0.18, 0.01, 0.01]
    )
    laws = {
        "Lamp out!": chance.exponential(100.0, n),
        "噪声": chance.lognormal(np.log(30.0), 1.2, n),
        "damage": np.zeros(n),
    }
    hours = np.select([kind == name for name in laws], list(laws.values()), chance.exponential(10.0, n))
    closed = pd.Series(opened + pd.to_timedelta(hours, unit="h")).dt.floor("s")
    end = pd.Timestamp("2024-03-01")
    return pd.DataFrame(
        {
            "opened": opened.floor("s"),
            "closed": closed.where(closed < end),
            "due": opened.floor("s") + pd.to_timedelta(np.where(kind == "damage", 24, 72), unit="h"),
            "kind": kind,
        }
    )


COLUMNS = Columns(target="due")


@pytest.fixture(scope="module")
def calibration(made: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    folder = tmp_path_factory.mktemp("fit")
    return calibrate(write_log(folder / "log.csv", made), COLUMNS, folder / "fit.yaml")


def test_hours_of_the_week_and_rate_are_recovered() -> None:
    truth = np.tile(np.r_[np.full(8, 0.2), np.full(10, 2.0), np.full(6, 0.5)], 7)
    truth[120:] *= 0.3
    truth /= truth.mean()
    occurs = exposure(weekday=3, days=100)
    assert occurs.sum() == 2400
    assert {round(count) for count in occurs.tolist()} == {14, 15}
    counts = np.random.default_rng(1).poisson(20.0 * truth * occurs).astype(float)
    profile = fit_profile(counts, occurs, np.ones(HOURS))
    assert misplaced(profile, truth) < 0.02
    assert np.abs(profile - truth).max() < 0.3
    rate = yearly_rate(int(counts.sum()), profile, occurs, households=500)
    assert rate == pytest.approx(20.0 * 24 * 365 * 1000 / 500, rel=0.01)


def test_few_cases_keep_the_profile_of_all_and_a_week_that_is_cut_keeps_its_shape() -> None:
    overall = np.linspace(0.5, 1.5, HOURS)
    overall /= overall.mean()
    occurs = exposure(0, 28)
    one = np.zeros(HOURS)
    one[5] = 1.0
    assert misplaced(fit_profile(one, occurs, overall), overall) < 0.01
    three_days = exposure(0, 3)
    profile = fit_profile(1000.0 * overall * three_days, three_days, overall)
    assert profile == pytest.approx(overall)
    assert yearly_rate(3000, np.ones(HOURS), three_days, 1000) == pytest.approx(365_000)


def test_kinds_have_valid_names_and_rare_ones_are_pooled() -> None:
    counts = {
        "Other": 30,
        "Street  light": 20,
        "street light": 20,
        "噪声": 15,
        "": 12,
        "9 lives": 11,
        "x": 2,
        "y": 1,
    }
    kinds = sort_kinds(pd.Series([name for name, n in counts.items() for _ in range(n)]), fewest=10, most=30)
    assert kinds.names == {
        "Other": "other_2",
        "Street  light": "street_light",
        "street light": "street_light_2",
        "噪声": "kind_4",
        "": "kind_5",
        "9 lives": "kind_9_lives",
    }
    assert kinds.titles["street_light"] == "Street light"
    assert kinds.titles["kind_5"] == Title(en="No category", zh="未分类")
    assert list(kinds.titles)[-1] == OTHER
    assert kinds.of(pd.Series(["x", "噪声", "never seen"])).tolist() == [OTHER, "kind_4", OTHER]
    alone = sort_kinds(pd.Series(["a"] * 20 + ["b"]), fewest=10, most=30)
    assert set(alone.titles) == {"a", "b"}  # a pool of one is itself
    long = sort_kinds(pd.Series(["z" * 90 + "1"] * 5 + ["z" * 90 + "2"] * 4), fewest=1, most=9)
    assert set(long.titles) == {"z" * 40, "z" * 38 + "_2"}


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0.0, "0 s"),
        (1 / 120, "30 s"),
        (1.5, "90 min"),
        (2.0, "2 h"),
        (36.125, "36.125 h"),
        (LONGEST, "3650 days"),
    ],
)
def test_durations_are_written_short(hours: float, text: str) -> None:
    assert duration(hours) == text


def test_durations_never_fall_and_stay_close() -> None:
    hours = np.geomspace(1e-4, LONGEST, 2000)
    read = [
        Deterministic.model_validate_json(f'{{"mean": "{duration(hour)}"}}').mean for hour in hours.tolist()
    ]
    assert np.all(np.diff(read) >= 0.0)
    assert np.allclose(read, hours, rtol=1e-4, atol=1.001 / 3600)  # fractions of a second are lost


def test_the_scenario_loads_and_has_what_was_fitted(calibration: Calibration, made: pd.DataFrame) -> None:
    assert validate_file(calibration.file) == []
    scenario, base = calibration.scenario, load("coordinated")
    assert set(scenario.cases.categories) == {"lamp_out", "kind_2", "damage", "other"}
    assert list(scenario.handlers) == ["as_logged"]
    assert not scenario.handlers["as_logged"].counted, "times of a log are not hours that somebody works"
    assert (scenario.days, str(scenario.start)) == (60, "2024-01-01")
    assert scenario.patrol == base.patrol
    assert scenario.mechanisms == base.mechanisms
    assert scenario.cases.categories["kind_2"].title == "噪声"
    assert scenario.cases.categories["damage"].deadline == 24.0
    assert scenario.cases.categories["lamp_out"].deadline == 72.0
    for name, category in scenario.cases.categories.items():
        assert (category.follows_condition, category.ambiguous, category.solved) == (0.0, 0.0, 1.0), name
    total = sum(category.rate for category in scenario.cases.categories.values())
    assert total == pytest.approx(len(made) / 60 * 365, rel=0.02)
    assert calibration.distance < 0.015
    assert calibration.table["cases"].sum() == len(made)
    profile = np.asarray(scenario.cases.categories["lamp_out"].hour_of_week).reshape(7, 24)
    share = profile[:, 9:17].sum() / profile.sum()
    assert share == pytest.approx(0.8 + 0.2 / 3, abs=0.02)


@pytest.mark.parametrize("curve", [name for name in CURVES if name != "empirical"])
def test_every_kind_of_curve_can_be_written(curve: str, made: pd.DataFrame, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.csv", made.iloc[:1500])
    written = calibrate(log, COLUMNS, tmp_path / "fit.yaml", curve=curve, households=300, fewest=100)
    assert written.scenario.community.households == 300
    for kind in written.fitted:
        loaded = written.scenario.cases.categories[kind.name].service
        assert loaded.distribution == kind.closing.distribution
        levels = np.linspace(0.01, 0.99, 30)
        assert loaded.quantile(levels) == pytest.approx(kind.closing.quantile(levels), rel=4e-3, abs=1e-3)


def test_the_held_out_test_prefers_the_law_that_made_the_log(tmp_path: Path) -> None:
    chance = np.random.default_rng(11)
    opened = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(chance.uniform(0, 24 * 90, 3000)), unit="h")
    closed = pd.Series(opened + pd.to_timedelta(chance.exponential(50.0, 3000), unit="h")).dt.floor("s")
    frame = pd.DataFrame(
        {"opened": opened.floor("s"), "closed": closed.where(closed < pd.Timestamp("2024-03-31"))}
    )
    fitted = calibrate(write_log(tmp_path / "log.csv", frame), out=tmp_path / "fit.yaml")
    assert fitted.held_out is not None
    weighted = fitted.held_out.weighted()
    assert weighted["exponential"] < 0.06 < weighted["lognormal"]
    assert fitted.curve in ("exponential", "gamma", "empirical")


def test_the_held_out_fit_does_not_look_ahead(made: pd.DataFrame, tmp_path: Path) -> None:
    log = read_case_log(write_log(tmp_path / "log.csv", made), COLUMNS)
    whole = hold_out(log)
    assert whole is not None
    assert whole.cut == pd.Timestamp("2024-02-10")
    early = made["opened"] < whole.cut
    forgotten = made.assign(closed=made["closed"].where(~early | (made["closed"] < whole.cut)))
    again = hold_out(read_case_log(write_log(tmp_path / "again.csv", forgotten), COLUMNS))
    assert again is not None
    pd.testing.assert_frame_equal(whole.distances, again.distances)
    assert whole.train == early.sum()
    assert whole.distances["cases"].sum() == whole.test == (~early).sum()


def test_a_short_log_is_fitted_without_a_held_out_test(made: pd.DataFrame, tmp_path: Path) -> None:
    fitted = calibrate(write_log(tmp_path / "log.csv", made.iloc[:40]), COLUMNS, tmp_path / "fit.yaml")
    assert fitted.held_out is None
    assert fitted.curve == "empirical"
    assert "no held-out test" in report(fitted, "en")


def test_a_fitted_scenario_can_be_extended_and_fitted_again(calibration: Calibration, tmp_path: Path) -> None:
    again = calibrate(Path(calibration.log.name), COLUMNS, tmp_path / "again.yaml", base=calibration.file)
    assert again.scenario.cases.categories == calibration.scenario.cases.categories
    assert again.scenario.handlers == calibration.scenario.handlers


def test_options_that_cannot_be_used(calibration: Calibration, tmp_path: Path) -> None:
    log, out = Path(calibration.log.name), tmp_path / "fit.yaml"
    with pytest.raises(InputError, match=r"no curve 'weibull'; there are: auto, exponential"):
        calibrate(log, COLUMNS, out, curve="weibull")
    with pytest.raises(InputError, match="between 1 and 50 kinds"):
        calibrate(log, COLUMNS, out, most=51)
    with pytest.raises(InputError, match=r"1,000,000 households .* between 4 and 50,000"):
        calibrate(log, COLUMNS, out, households=1_000_000)
    with pytest.raises(InputError, match=r"more than the 1,000,000 .* --households"):
        calibrate(log, COLUMNS, out, households=4)
    with pytest.raises(OutputError, match=r"has to end in \.yaml"):
        calibrate(log, COLUMNS, log)
    assert not out.exists()
    assert AUTO not in CURVES


def test_the_report_speaks_both_languages(calibration: Calibration) -> None:
    english, chinese = (report(calibration, language) for language in LANGUAGES)
    assert "lognormal" in english
    assert "对数正态" in chinese
    assert english.count("\n") == chinese.count("\n")
    assert f"{calibration.distance:.3f}" in english


def test_a_handler_that_is_not_counted_works_the_same_and_adds_no_hours(
    scenario: Callable[..., Scenario], lived: Callable[..., CommunityModel], at_once: dict[str, object]
) -> None:
    service = {"cases.categories.leak.service": {"distribution": "deterministic", "mean": 5.0}}
    tables = [
        lived(scenario(at_once, service, {"handlers.right.counted": counted})).tables()
        for counted in (True, False)
    ]
    hours = [table["work"].groupby("role")["hours"].sum() for table in tables]
    assert hours[0]["right"] > 0.0
    pd.testing.assert_series_equal(hours[0].drop("right"), hours[1])
    pd.testing.assert_frame_equal(tables[0]["cases"], tables[1]["cases"])


@pytest.mark.slow
def test_the_run_gives_back_the_log(calibration: Calibration, made: pd.DataFrame) -> None:
    checked = check(calibration.scenario, calibration.log, calibration.kinds, seed=3)
    assert checked.distance < 2.0 * checked.noise < 0.1
    assert checked.table["simulated"].sum() == pytest.approx(len(made), abs=4.0 * np.sqrt(len(made)))
    assert checked.misplaced < 1.5 * checked.misplaced_noise
    assert checked.table.loc["damage", "distance"] == 0.0  # all closed at once, on both sides
    files = save_calibration(calibration, checked)
    assert {file.name for file in files} == {
        "fit.fit.csv",
        *(f"fit.calibration.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")),
    }
    table = pd.read_csv(files[0])
    assert table["kind"].tolist() == list(calibration.kinds.titles)
    assert table["check_distance"].notna().all()
    for language in LANGUAGES:
        assert f"{checked.distance:.3f}" in checked.text(language)

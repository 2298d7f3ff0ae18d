"""What is fitted to a log is what made it, censoring included; what is written loads and runs as fitted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from experiments.arrivals import HOURS, exposure, fit_profile, misplaced, yearly_rate
from experiments.calibrating import AUTO, Calibration, calibrate, hold_out, report
from experiments.calibration_files import save_calibration
from experiments.case_kinds import OTHER, sort_kinds
from experiments.case_log import Columns, read_case_log
from experiments.closing_times import (
    AT_ONCE,
    CURVES,
    Fitted,
    Spells,
    Steps,
    distance,
    kaplan_meier,
    make_spells,
)
from experiments.fit_check import check
from experiments.fitted_scenario import duration
from experiments.messages import LANGUAGES
from scenarios import Scenario, load, validate_file
from scenarios.cases import Title
from scenarios.distributions import Deterministic, Empirical, Exponential, Gamma, Lognormal
from scenarios.errors import InputError, OutputError
from scenarios.units import LONGEST
from simulation import CommunityModel

Floats = NDArray[np.float64]
END = 24.0 * 120


def censored(times: Floats, seed: int) -> Spells:
    """Times cut off at independent ends of observation, which have nothing to do with them."""
    age = np.random.default_rng(seed).uniform(1.0, END, len(times))
    closed = times <= age
    return make_spells(np.where(closed, times, age), closed, age)


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


def test_exponential_rate_is_recovered_under_censoring() -> None:
    mean = 900.0
    spells = censored(np.random.default_rng(1).exponential(mean, 1900), 2)
    fitted = CURVES["exponential"](spells)
    assert isinstance(fitted, Exponential)
    error = fitted.mean / np.sqrt(spells.closed.sum())
    assert abs(fitted.mean - mean) < 3.0 * error
    assert fitted.mean == pytest.approx(
        spells.hours.sum() / spells.closed.sum(), rel=1e-3
    )  # the exact maximum
    assert abs(spells.hours[spells.closed].mean() - mean) > 10.0 * error  # what ignoring it would give


def test_lognormal_and_gamma_are_recovered_under_censoring() -> None:
    chance = np.random.default_rng(3)
    lognormal = CURVES["lognormal"](censored(chance.lognormal(np.log(200.0), 1.5, 1900), 4))
    assert isinstance(lognormal, Lognormal)
    assert lognormal.median == pytest.approx(200.0, rel=3 * 1.5 / np.sqrt(1200))
    assert lognormal.sigma == pytest.approx(1.5, abs=0.12)
    gamma = CURVES["gamma"](censored(chance.gamma(2.0, 300.0, 1900), 5))
    assert isinstance(gamma, Gamma)
    assert gamma.mean == pytest.approx(600.0, rel=0.08)
    assert gamma.cv == pytest.approx(np.sqrt(0.5), rel=0.08)


def test_times_below_a_minute_are_not_taken_at_their_word() -> None:
    """A third closed at once must not drag a lognormal to the bottom: all that is known is below a minute."""
    times = np.random.default_rng(6).lognormal(np.log(AT_ONCE), 2.0, 1500)
    whole = make_spells(times, np.ones(1500, dtype=bool), np.full(1500, END))
    assert (whole.hours == 0.0).sum() == (times < AT_ONCE).sum() > 500
    fitted = CURVES["lognormal"](whole)
    assert isinstance(fitted, Lognormal)
    assert fitted.median == pytest.approx(AT_ONCE, rel=0.25)
    assert fitted.sigma == pytest.approx(2.0, rel=0.1)


def test_empirical_curve_follows_the_law_under_censoring_and_beyond_it() -> None:
    times = np.random.default_rng(7).exponential(1000.0, 4000)
    spells = censored(times, 8)
    fitted = CURVES["empirical"](spells)
    assert isinstance(fitted, Empirical)
    hours = np.linspace(1.0, 2500.0, 200)
    assert np.abs(Fitted(fitted).share(hours) + np.expm1(-hours / 1000.0)).max() < 0.04
    ignoring = kaplan_meier(spells.hours[spells.closed], np.ones(spells.closed.sum(), dtype=bool))
    assert np.abs(ignoring.share(hours) + np.expm1(-hours / 1000.0)).max() > 0.15
    assert fitted.times[-1] == LONGEST
    assert fitted.at is not None
    assert fitted.at[-1] == 1.0  # noqa: PD008 - a tuple of probabilities, not a DataFrame
    assert distance(Fitted(fitted), spells.steps, spells.last) < 0.015


def test_recent_curve_follows_a_change_that_the_others_average() -> None:
    chance = np.random.default_rng(9)
    age = np.linspace(1.0, END, 4000)
    times = np.where(age < 24.0 * 30, chance.exponential(20.0, 4000), chance.exponential(400.0, 4000))
    closed = times <= age
    spells = make_spells(np.where(closed, times, age), closed, age)
    hours = np.geomspace(1.0, 500.0, 100)
    gaps = {
        name: np.abs(Fitted(CURVES[name](spells)).share(hours) + np.expm1(-hours / 20.0)).max()
        for name in ("empirical", "recent")
    }
    assert gaps["recent"] < 0.75 * gaps["empirical"]


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_copes_with_poor_data(name: str) -> None:
    poor = {
        "none closed": Spells(np.full(40, 5.0), np.zeros(40, dtype=bool), np.full(40, 5.0)),
        "all at once": Spells(np.zeros(40), np.ones(40, dtype=bool), np.full(40, 99.0)),
        "all at one time": Spells(np.full(40, 7.0), np.ones(40, dtype=bool), np.full(40, 99.0)),
        "one case": Spells(np.array([3.0]), np.array([True]), np.array([9.0])),
    }
    for spells in poor.values():
        time = CURVES[name](spells)
        share = Fitted(time).share(np.geomspace(AT_ONCE, LONGEST, 50))
        assert np.all(np.diff(share) >= -1e-12)
        assert share[0] >= 0.0
        assert share[-1] <= 1.0
        assert 0.0 <= distance(Fitted(time), spells.steps, spells.last) <= 1.0


@pytest.mark.parametrize("name", ["empirical", "recent"])
def test_cases_that_all_close_at_once_stay_so(name: str) -> None:
    at_once = Spells(np.zeros(40), np.ones(40, dtype=bool), np.full(40, 99.0))
    assert distance(Fitted(CURVES[name](at_once)), at_once.steps, 99.0) == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_distance_of_two_samples_is_scipys(seed: int) -> None:
    chance = np.random.default_rng(seed)
    a, b = chance.exponential(3.0, 200) + AT_ONCE, np.round(chance.exponential(4.0, 150), 1) + AT_ONCE
    everything = [Steps(*_steps(sample)) for sample in (a, b)]
    expected = stats.ks_2samp(a, b).statistic
    assert distance(*everything, last=1e9) == pytest.approx(expected, abs=1e-12)
    fitted = Exponential(mean=3.5)
    one_sample = stats.kstest(a, stats.expon(scale=3.5).cdf).statistic
    assert distance(Fitted(fitted), everything[0], last=1e9) == pytest.approx(one_sample, abs=1e-12)


def _steps(sample: Floats) -> tuple[Floats, Floats]:
    values, counts = np.unique(sample, return_counts=True)
    return values, np.cumsum(counts) / len(sample)


@pytest.mark.parametrize(
    "time",
    [
        Exponential(mean=5.0),
        Gamma(mean=5.0, cv=2.0),
        Lognormal(median=5.0, sigma=1.0),
        Deterministic(mean=5.0),
        Empirical(times=(0.0, 0.0, 2.0, 2.0, 9.0), at=(0.0, 0.3, 0.5, 0.8, 1.0)),
        Empirical(times=(1.0, 2.0, 30.0)),
    ],
)
def test_a_share_is_what_the_quantiles_say(
    time: Exponential | Gamma | Lognormal | Deterministic | Empirical,
) -> None:
    sample = time.quantile((np.arange(20000) + 0.5) / 20000)
    for hours in (0.5, 1.999, 2.0, 5.0, 8.0, 9.0, 31.0):
        at = np.array([hours])
        assert Fitted(time).share(at)[0] == pytest.approx((sample <= hours + 1e-9).mean(), abs=2e-4)
        before = Fitted(time).share(at, before=True)[0]
        assert before == pytest.approx((sample < hours - 1e-9).mean(), abs=2e-4)


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

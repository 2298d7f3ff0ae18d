"""The estimate of a run's size, and the refusal of absurd ones."""

from pathlib import Path

import pytest

from scenarios import check_cost, estimate, load, validate_file
from scenarios.errors import TooLargeError


def test_the_estimate_counts_people_days_and_troubles() -> None:
    changes = {"community.people.household_sizes": [0.5, 0.5], "days": 73}
    cost = estimate(load("street", set=changes))
    assert cost.residents == 10 * 1000 * 1.5
    assert cost.resident_days == 10 * 1000 * 1.5 * 73
    assert cost.cases == pytest.approx(10 * 623 * 73 / 365)  # 623 per 1,000 households and year


def test_a_layout_decides_the_residents() -> None:
    cost = estimate(load("coordinated", set={"community.people.household_sizes": [0.0, 1.0]}), residents=500)
    assert (cost.residents, cost.resident_days) == (500, 500 * 365)
    assert cost.cases == pytest.approx(623 * 0.25)


def test_a_default_household_has_the_mean_of_the_census() -> None:
    assert estimate(load("coordinated")).residents == pytest.approx(2620, abs=5)


def test_absurd_sizes_are_refused_with_the_way_to_insist() -> None:
    huge = {"community.communities": 10_000, "community.people.household_sizes": [0.0, 1.0]}
    scenario = load("coordinated", set=huge)
    with pytest.raises(TooLargeError) as raised:
        check_cost(scenario)
    assert str(raised.value) == (
        "this run is too large: 20,000,000 residents for 365 days make about 7.3e+09 resident-days, "
        "14.6 times limits.resident_days (5e+08); make it smaller, or run it on purpose with "
        "--set limits.resident_days=7.8e+9"
    )
    check_cost(load("coordinated", set=huge | {"limits.resident_days": 7.8e9, "limits.cases": 1e9}))


def test_absurd_rates_are_refused() -> None:
    scenario = load("coordinated", set={"cases.categories.damage.rate": 1e6, "community.communities": 50})
    with pytest.raises(TooLargeError, match=r"5e\+07 troubles, 10 times limits.cases"):
        check_cost(scenario)


def test_the_residents_of_a_layout_may_be_too_many() -> None:
    check_cost(load("coordinated"), residents=1e6)
    with pytest.raises(TooLargeError, match="2,000,000 residents"):
        check_cost(load("coordinated"), residents=2e6)


@pytest.mark.parametrize(("amount", "above"), [(5.01e8, "5.4e+8"), (9.9e8, "1.1e+9"), (9.5e9, "1.1e+10")])
def test_the_limit_advised_is_enough(amount: float, above: str) -> None:
    with pytest.raises(TooLargeError) as raised:
        check_cost(load("coordinated", set={"days": 100}), residents=amount / 100)
    assert str(raised.value).endswith(f"limits.resident_days={above}")
    assert float(above) > amount


def test_validating_tells_the_cost(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    file.write_text("extends: district\ndays: 3660\n")
    (problem,) = validate_file(file)
    assert problem.message.startswith("this run is too large: 1,0")
    assert problem.file == str(file)

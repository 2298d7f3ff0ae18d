"""Satisfaction: each cause alone moves those it should, by the points that the scenario names."""

import numpy as np
import pytest

from simulation import CommunityModel

AT_FIFTY = {
    "community.people.satisfaction_mean": 50.0,
    "community.people.satisfaction_sd": 0.0,
    "satisfaction.struck": 0.0,
    "satisfaction.struck_building": 0.0,
    "satisfaction.waiting": 0.0,
    "satisfaction.waiting_building": 0.0,
    "satisfaction.solved": 0.0,
    "satisfaction.late": 0.0,
    "satisfaction.failed": 0.0,
    "satisfaction.fed_back": 0.0,
    "satisfaction.need": 0.0,
    "satisfaction.adapts": 87_000.0,
}
"""Everybody stands at 50, where points are points; no cause acts, and getting used to it takes ten years."""
LEAK = "cases.categories.leak"
ASKED_AT_ONCE = {
    "mechanisms.feedback": True,
    "minutes.branch": "8 h",
    "cases.feedback.delay": {"distribution": "deterministic", "mean": 0.1},
}
A_FEW = {"days": 12, f"{LEAK}.rate": 5_000.0}


def moved(model: CommunityModel) -> np.ndarray:
    return model.state.satisfaction.level - 50.0


def homes_with_one_case(model: CommunityModel) -> list:
    cases = model.cases.all
    return [case for case in cases if sum(other.household == case.household for other in cases) == 1]


def residents(model: CommunityModel, case) -> slice:
    return slice(*model.state.population.residents_from[case.household : case.household + 2].tolist())


def test_where_no_cause_acts_nobody_moves(scenario, lived, at_once):
    assert np.abs(moved(lived(scenario(at_once, AT_FIFTY)))).max() < 1e-9


@pytest.mark.parametrize(
    ("cause", "points", "keys"),
    [
        ("struck", -6.0, {}),
        ("late", -4.0, {f"{LEAK}.service": {"distribution": "deterministic", "mean": 400.0},
                        f"{LEAK}.deadline": 0.5}),
        ("failed", -5.0, {"mechanisms.feedback": True, "minutes.branch": "8 h", f"{LEAK}.solved": 0.0,
                          "cases.feedback.most_attempts": 1,
                          "cases.feedback.delay": {"distribution": "deterministic", "mean": 0.1}}),
    ],
)  # fmt: skip
def test_each_event_moves_the_home_by_its_points(scenario, lived, at_once, cause, points, keys):
    weighed = {f"satisfaction.{cause}": abs(points), f"{LEAK}.weight": 1.5}
    model = lived(scenario(at_once, AT_FIFTY, A_FEW, weighed, keys))
    points *= 1.5  # the weight of the kind
    change = moved(model)
    alone = [case for case in homes_with_one_case(model) if case.arose < 24.0 * 8]
    assert len(alone) >= 3
    for case in alone:
        np.testing.assert_allclose(change[residents(model, case)], points, rtol=0.01)
    untouched = np.ones(len(change), dtype=bool)
    for case in model.cases.all:
        untouched[residents(model, case)] = False
    assert np.abs(change[untouched]).max() < 1e-9
    ledger = model.tables()["satisfaction"]
    causes = set(ledger["cause"][ledger["change"] != 0.0])
    assert causes == {cause, "adaptation"}


@pytest.mark.parametrize("start", [15.0, 50.0, 85.0])
@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ({"satisfaction.solved": 0.6}, 0.4),
        ({"satisfaction.solved": 0.6, "satisfaction.fed_back": 0.3} | ASKED_AT_ONCE, 0.1),
        ({"satisfaction.solved": 1.0}, 0.0),
    ],
)
def test_solving_and_reporting_back_return_shares_of_what_was_taken(
    scenario, lived, at_once, start, keys, left
):
    taken = {"satisfaction.struck": 6.0, "community.people.satisfaction_mean": start}
    model = lived(scenario(at_once, AT_FIFTY, A_FEW, taken, keys))
    alone = [case for case in homes_with_one_case(model) if case.arose < 24.0 * 8]
    assert len(alone) >= 3
    for case in alone:
        change = model.state.satisfaction.level[residents(model, case)] - start
        np.testing.assert_allclose(change, -left * start * 6.0 / 50.0, atol=0.02)


@pytest.mark.parametrize("adapts", ["2 days", "90 days"])
def test_nobody_is_better_off_for_troubles_however_low_they_stand(scenario, at_once, adapts):
    """With all that solving can return, repeated troubles leave nobody above the start."""
    keys = {"satisfaction.struck": 6.0, "satisfaction.solved": 0.6, "satisfaction.fed_back": 0.4,
            "satisfaction.late": 4.0, "satisfaction.failed": 5.0, "satisfaction.waiting": 0.25,
            "community.people.satisfaction_mean": 20.0, "satisfaction.adapts": adapts,
            f"{LEAK}.rate": 60_000.0,
            f"{LEAK}.solved": 0.7, f"{LEAK}.deadline": 1.0}  # fmt: skip
    model = CommunityModel(scenario(at_once, AT_FIFTY, ASKED_AT_ONCE, {"days": 20}, keys), rng=2)
    model.run_to_end()
    assert model.state.satisfaction.level.max() <= 20.0 + 1e-6
    ledger = model.tables()["satisfaction"].groupby("cause")["change"].sum()
    assert min(ledger["solved"], ledger["fed_back"]) > 0.0 > ledger["failed"]
    assert ledger["solved"] + ledger["fed_back"] <= -(ledger["struck"] + ledger["late"] + ledger["failed"])


def test_reporting_back_on_a_building_s_trouble_is_for_the_home_that_reported(scenario, lived, at_once):
    keys = {"satisfaction.struck_building": 3.0, f"{LEAK}.in_common_parts": 1.0, "satisfaction.solved": 0.5,
            "satisfaction.fed_back": 0.5, f"{LEAK}.rate": 300.0}  # fmt: skip
    model = lived(scenario(at_once, AT_FIFTY, ASKED_AT_ONCE, {"days": 12}, keys))
    buildings = [case.building for case in model.cases.all]
    alone = [case for case in model.cases.all if buildings.count(case.building) == 1 and case.fed_back]
    assert alone
    for case in alone:
        people, change = model.state.population, moved(model)
        mine = residents(model, case)
        others = np.flatnonzero(people.household_building[people.household] == case.building)
        others = np.setdiff1d(others, np.arange(mine.start, mine.stop))
        np.testing.assert_allclose(change[mine], 0.0, atol=0.01)
        np.testing.assert_allclose(change[others], -1.5, rtol=0.01)


def test_waiting_takes_its_points_for_each_evening_a_trouble_is_open(scenario, lived, at_once):
    keys = {"satisfaction.waiting": 1.0, f"{LEAK}.willing": 0.0, f"{LEAK}.weight": 2.0}
    model = lived(scenario(at_once, AT_FIFTY, A_FEW, keys))
    change = moved(model)
    alone = homes_with_one_case(model)
    assert len(alone) >= 3
    for case in alone:
        evenings = 12 - int(case.arose // 24)
        np.testing.assert_allclose(change[residents(model, case)], 50.0 * (0.96**evenings - 1.0), rtol=0.01)


def test_a_trouble_of_the_building_weighs_on_all_who_live_there(scenario, lived, at_once):
    keys = {"satisfaction.struck_building": 3.0, f"{LEAK}.in_common_parts": 1.0, "community.households": 200}
    model = lived(scenario(at_once, AT_FIFTY, keys, {"days": 2, f"{LEAK}.rate": 2_000.0}))
    people, change = model.state.population, moved(model)
    building = people.household_building[people.household]
    times = np.bincount([case.building for case in model.cases.all], minlength=people.buildings)
    assert len(set(times.tolist())) > 1
    np.testing.assert_allclose(change, 50.0 * (0.94 ** times[building] - 1.0), rtol=0.01, atol=1e-9)


def test_people_get_used_to_what_happened(scenario, at_once):
    """Half of what moved a resident is gone after the time constant times log 2."""
    keys = AT_FIFTY | {"satisfaction.adapts": "10 days", f"{LEAK}.rate": 0.0}
    model = CommunityModel(scenario(at_once, keys), rng=1)
    model.state.satisfaction.level[3] = 70.0
    model.run_for(24.0 * 10)
    assert model.state.satisfaction.level[3] == pytest.approx(50.0 + 20.0 * np.exp(-1.0))


def test_a_visit_counts_once_a_day(scenario, at_once):
    keys = AT_FIFTY | {"satisfaction.visited": 2.0, f"{LEAK}.rate": 0.0}
    model = CommunityModel(scenario(at_once, keys), rng=1)
    model.state.satisfaction.visits[[4, 5]] = (1, 7)
    model.run_for(48.0)
    np.testing.assert_allclose(model.state.satisfaction.level[[3, 4, 5]], [50.0, 52.0, 52.0], rtol=1e-3)


def test_trust_stays_between_none_and_full(scenario, at_once):
    model = CommunityModel(scenario(at_once, {"satisfaction.trust_follows": 1.0}), rng=1)
    model.state.satisfaction.level[:2] = (0.0, 100.0)
    model.state.population.trust[:2] = (0.1, 0.9)
    assert model.state.satisfaction.trust(0) == 0.0
    assert model.state.satisfaction.trust(1) == 1.0


def test_worst_tenth_and_gap_of_vulnerable_residents(scenario):
    model = CommunityModel(scenario(), rng=1)
    level, vulnerable = model.state.satisfaction.level, model.state.population.vulnerable
    level[:] = 80.0
    level[vulnerable] = 50.0
    summary = model.summary()
    share = vulnerable.mean()
    assert summary["satisfaction.mean"] == pytest.approx(80.0 - 30.0 * share)
    assert summary["satisfaction.vulnerable_gap"] == pytest.approx(30.0 * (1.0 - share))
    level[:] = np.arange(len(level)) / len(level) * 100.0
    assert model.summary()["satisfaction.p10"] == pytest.approx(10.0, abs=100.0 / len(level))

# ruff: noqa: E501 - a wrong file and what is said of it stand on one line
"""Sweep files: what they mean, and what is said where they are wrong."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

from experiments.sweeps.designs import draw_points
from experiments.sweeps.factors import Range, Values
from experiments.sweeps.plan import Plan, read_plan
from scenarios import load
from scenarios.errors import ScenarioError, TooLargeError

SMALL = "set: {days: 8, community.households: 50}\n"


@pytest.fixture
def plan(tmp_path):
    """Reads a sweep of the given text."""

    def read(text: str) -> Plan:
        (tmp_path / "sweep.yaml").write_text(text, encoding="utf-8")
        return read_plan(tmp_path / "sweep.yaml")

    return read


def test_a_grid_is_every_combination(plan):
    asked = plan(
        SMALL
        + """
factors:
  digital.automation: {low: 0, high: 1, levels: 3}
  patrol.full_time_workers: [1, 2]
  staffing: {full: {}, less: {minutes.branch: 60 min, mechanisms.hub: false}}
  scenario: [coordinated, tiers_only]
"""
    )
    assert len(asked.points) == 3 * 2 * 2 * 2
    assert asked.points[0] == {
        "digital.automation": 0.0,
        "patrol.full_time_workers": 1,
        "staffing": "full",
        "scenario": "coordinated",
    }
    assert len({tuple(point.values()) for point in asked.points}) == 24
    last = asked.scenario(23)
    assert (last.digital.automation, last.patrol.full_time_workers) == (1.0, 2)
    assert (last.minutes.branch, last.mechanisms.hub) == (1.0, False)
    assert (last.days, last.community.households) == (8, 50)
    changes = {"days": 8, "community.households": 50,
        "digital.automation": 1.0, "patrol.full_time_workers": 2, "minutes.branch": "60 min", "mechanisms.hub": False
    }  # fmt: skip
    assert last == load("tiers_only", changes)


@pytest.mark.parametrize("kind", ["latin_hypercube", "random", "sobol", "morris"])
def test_a_design_is_the_same_for_the_same_seed_and_fills_the_ranges(plan, kind):
    text = f"""
factors:
  digital.automation: {{low: 0.2, high: 0.8}}
  community.households: {{low: 50, high: 52}}
  patrol.duration: {{low: 30 min, high: 120 min}}
design: {{kind: {kind}, size: 16}}
seed: """
    first, again, other = (plan(text + str(seed)).points for seed in (3, 3, 4))
    assert first == again
    assert first != other
    automation = [point["digital.automation"] for point in first]
    assert min(automation) >= 0.2
    assert max(automation) <= 0.8
    assert {point["community.households"] for point in first} == {50, 51, 52}
    duration = [point["patrol.duration"] for point in first]
    assert min(duration) >= 0.5
    assert max(duration) <= 2.0
    assert plan(text + "3").scenario(5).patrol.duration == pytest.approx(duration[5], abs=1e-6)
    count = {"sobol": 16 * (3 + 2), "morris": 16 * (3 + 1)}.get(kind, 16)
    assert len(first) == count


def test_a_latin_hypercube_has_one_point_in_every_slice(plan):
    points = plan(
        "factors: {digital.automation: {low: 0, high: 1}}\ndesign: {kind: latin_hypercube, size: 20}"
    ).points
    values = np.array([point["digital.automation"] for point in points])
    assert sorted((values * 20).astype(int)) == list(range(20))
    assert qmc.discrepancy(values[:, None]) < 0.01


def test_a_log_range_has_equal_ratios():
    wide = Range("x", 1.0, 1000.0, True, "number", 4, None)
    assert wide.grid() == pytest.approx((1.0, 10.0, 100.0, 1000.0))
    whole = Range("x", 1, 1000, True, "whole number", 4, None)
    assert whole.grid() == (1, 10, 100, 1000)


def test_whole_numbers_have_equal_shares():
    dice = Range("x", 1, 6, False, "whole number", 6, None)
    assert dice.grid() == (1, 2, 3, 4, 5, 6)
    shares = np.linspace(0.0, 1.0, 6001)[:-1]
    assert np.bincount([dice.at(share) for share in shares])[1:].tolist() == [1000] * 6
    assert dice.at(1.0) == 6


def test_values_are_found_again_in_a_cell():
    values = Values("x", (True, 2, 0.5, "text"), ({},) * 4)
    assert [values.read(cell) for cell in ("true", "2", "0.50", " text", "three")] == [
        True,
        2,
        0.5,
        "text",
        None,
    ]
    dice = Range("x", 1, 6, False, "whole number", 6, None)
    assert [dice.read(cell) for cell in ("3", "3.0", "3.5", "7", "")] == [3, 3, None, None, None]


def test_points_come_from_a_file(plan, tmp_path):
    (tmp_path / "points.csv").write_text("﻿hub,digital.automation\nwith,0.25\n\nwithout,1\n", encoding="utf-8")
    asked = plan(
        """
factors:
  digital.automation: {low: 0, high: 1}
  hub: {with: {}, without: {mechanisms.hub: false}}
design: {kind: points, file: points.csv}
"""
    )
    assert asked.points == [
        {"digital.automation": 0.25, "hub": "with"},
        {"digital.automation": 1.0, "hub": "without"},
    ]
    assert not asked.scenario(1).mechanisms.hub


POINTS = "factors: {digital.automation: {low: 0, high: 1}}\ndesign: {kind: points, file: points.csv}"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            "automation\n1\n",
            "points.csv:1: the columns are automation, but the factors are digital.automation",
        ),
        ("digital.automation\n", "there are no points below the names"),
        (
            "digital.automation\n0.5\n2\n",
            "points.csv:3: digital.automation: '2' is not allowed: give a number from 0 to 1",
        ),
        ("digital.automation\n0.5,1\n", "points.csv:2: 2 cells in place of 1"),
        ("", "the columns are none"),
    ],
)
def test_a_wrong_file_of_points_is_said_with_its_line(plan, tmp_path, cells, said):
    (tmp_path / "points.csv").write_text(cells, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        plan(POINTS)
    assert said in str(error.value)


def test_a_file_of_points_that_is_not_there_is_named(plan):
    with pytest.raises(ScenarioError, match=r"points\.csv: the file cannot be read: No such file"):
        plan(POINTS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base: coordinate\nfactors: {seed_: [1]}", ":1:7: base: no shipped scenario is called 'coordinate'; did you mean"),
        ("factors: {community.household: [10]}", ":1:33: community.household: there is no key 'household' here"),
        ("factors:\n  community.households: [50, -5]", ":2:30: community.households: -5 is too small"),
        ("factors:\n  digital.automation: {low: 0, high: 1.5}", ":2:23: digital.automation: 1.5 is too large"),
        ("factors: {digital.automation: {low: 1, high: 0}}", "factors.digital.automation: 1 and 0 are no range"),
        ("factors: {digital.automation: {low: 0, high: 1, scale: log}}", "low is above 0"),
        ("factors: {digital.automation: {low: 0, hihg: 1}}", "no key 'hihg'; did you mean 'high'?"),
        ("factors: {digital.automation: {low: 0}}", "'high' is missing"),
        ("factors: {digital.automation: {low: no, high: 1}}", "'no' is not allowed: give a number"),
        ("factors: {digital.automation: {low: 0, high: 1, levels: 1}}", "levels: 1 is not allowed"),
        ("factors: {mechanisms.hub: {low: 0, high: 1}}", "a range needs a parameter that is a number"),
        ("factors: {community.households: {low: 50, high: 60.5}}", "60.5 is not allowed: give a whole number"),
        ("factors: {patrol.duration: {low: 1, high: 2 h}}", "1 is not allowed: give a duration, such as 90 min"),
        ("factors: {digital.automation: []}", "give a list of different values"),
        ("factors: {digital.automation: [0.5, 0.5]}", "give a list of different values"),
        ("factors: {staffing: {full: {}, less: 3}}", "factors.staffing: give a list of values, a range"),
        ("factors: {staffing: {less: {patrol.full_time: 3}}}", "patrol.full_time: there is no key 'full_time'"),
        ("factors: {case.on_time: [1]}", "is a column of the results"),
        ("factors: {scenario: [coordinated, coordinated]}", "two scenarios are called 'coordinated'"),
        ("factors: {scenario: coordinated}", "give a list of scenarios"),
        ("factors: {scenario: [other.yaml]}", "factors.scenario.0: there is no file"),
        ("factors: {}", "factors: {} is not allowed"),
        ("base: coordinated", "'factors' is missing"),
        ("factors: {mechanisms.hub: [true]}\nreplication: 3", "no key 'replication' here; did you mean 'replications'"),
        ("factors: {mechanisms.hub: [true]}\ndesign: {kind: sobol, size: 12}", "12 is no power of 2"),
        ("factors: {mechanisms.hub: [true]}\ndesign: {kind: morris}", "needs a size"),
        ("factors: {mechanisms.hub: [true]}\ndesign: {kind: grid, size: 3}", "takes no size"),
        ("factors: {mechanisms.hub: [true]}\ndesign: {kind: gird}", 'design.kind: "gird" is not allowed: give one of grid'),
        ("factors: {mechanisms.hub: [true]}\nkeep: [case]", "keep.0: no table is called 'case'; did you mean 'cases'?"),
        ("factors: {mechanisms.hub: [true]}\nstop: {metric: case.ontime, half_width: 1}", "did you mean 'case.on_time'?"),
        ("factors: {mechanisms.hub: [true]}\nstop: {metric: case.on_time, half_width: 0}", "0 is not allowed"),
        ("set: {days: 0}\nfactors: {mechanisms.hub: [true]}", ":1:13: days: 0 is too small"),
        ("factors: [1]", "factors: [1] is not allowed"),
        ("- 1", "is a mapping of 'key: value' lines"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_place_value_and_rule(plan, text, said):
    with pytest.raises(ScenarioError) as error:
        plan(text)
    assert said in str(error.value)
    assert "sweep.yaml" in str(error.value)


def test_values_that_do_not_go_together_are_found_before_anything_is_run(plan):
    with pytest.raises(ScenarioError) as error:
        plan(
            """
factors:
  community.people.child_share: [0.1, 0.6]
  community.people.elderly_share: [0.1, 0.6]
"""
        )
    assert ":4:41: community.people.elderly_share: child_share and elderly_share together" in str(error.value)


def test_what_would_cost_too_much_is_refused(plan):
    with pytest.raises(TooLargeError):
        plan("set: {days: 3660}\nfactors: {community.communities: [1, 1000]}")


def test_the_order_of_a_grid_does_not_depend_on_the_file(tmp_path):
    values = Values("a", (1, 2), ({}, {}))
    other = Values("b", ("x", "y"), ({}, {}))
    from experiments.sweeps.asked import Design

    points = draw_points(Design(), [values, other], 1, Path("sweep.yaml"))
    assert points == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]

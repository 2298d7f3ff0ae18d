"""The axis of automation: what a sweep shows, and where it gains nothing."""

import numpy as np
import pytest

from scenarios import load
from scenarios.digital import Digital
from simulation import CommunityModel

BASE = {"community.households": 400, "days": 120}
AXIS = (0.0, 0.5, 1.0)
SAME_WAYS = {"digital.by_app_at_0": 1.0, "digital.by_app_at_1": 1.0}
"""Residents report as they do, whatever the axis says."""


def desk_hours(model) -> float:
    work = model.tables()["work"]
    return float(work[work["role"] == "command_centre"]["hours"].sum())


def swept(scenario, lived, *changes, seeds: int = 4) -> dict[str, np.ndarray]:
    """Means over seeds of the share dispatched within the hour and of desk hours, along the axis."""
    rows = []
    for automation in AXIS:
        models = [
            lived(scenario(BASE, *changes, {"digital.automation": automation}), seed) for seed in range(seeds)
        ]
        quick = [model.summary()["case.dispatched_within_1h"] for model in models]
        rows.append((np.mean(quick), np.mean([desk_hours(model) for model in models])))
    return dict(zip(("quick", "desk"), np.array(rows).T, strict=True))


def test_effects_are_lines_that_pass_through_the_default():
    for name in ("by_app", "sorting", "errs", "lag", "look", "keeping"):
        values = [getattr(Digital(automation=automation), name) for automation in (0.0, 0.25, 0.5, 0.75, 1.0)]
        assert np.diff(values, 2) == pytest.approx(0.0), name
        assert values[2] == 1.0, name
        assert values[0] != values[4], name
    shares = [Digital(automation=automation).automatic for automation in (0.0, 0.5, 0.75, 1.0)]
    assert shares == [0.0, 0.0, 0.5, 1.0]
    assert Digital(automation=1.0, automatic_from=1.0).automatic == 0.0


def test_along_the_axis_desks_work_less_and_send_sooner(scenario, lived):
    """With the same ways of reporting: what an app takes at night waits for people's morning."""
    along = swept(scenario, lived, SAME_WAYS)
    assert (np.diff(along["desk"]) < 0.0).all()
    assert (np.diff(along["quick"]) > 0.0).all()
    assert along["desk"][2] > 0.02 * along["desk"][1], "exceptions still need a person"
    whole = swept(scenario, lived)
    assert (np.diff(whole["desk"]) < 0.0).all()
    assert whole["quick"][2] > whole["quick"][1]


def test_at_one_plain_cases_are_sent_at_once_and_exceptions_wait_for_a_person(scenario, lived):
    model = lived(scenario(BASE, {"digital.automation": 1.0}))
    sent = [case for case in model.cases.all if case.dispatched is not None and case.uploaded is not None]
    machine = [not case.ambiguous and case.found_by != "telephone" for case in sent]
    plain = [case.dispatched - case.uploaded for case, alone in zip(sent, machine, strict=True) if alone]
    hard = [case.dispatched - case.uploaded for case, alone in zip(sent, machine, strict=True) if not alone]
    assert set(plain) == {0.0}
    assert min(hard) > 0.0
    wrong = sum(case.bounced > 0 for case in sent if not case.ambiguous)
    assert wrong > 0, "a machine errs"


def test_at_zero_nobody_reports_by_app_and_without_smartphones_the_axis_moves_no_report(scenario, lived):
    paper = lived(scenario(BASE, {"digital.automation": 0.0}))
    assert "app" not in set(paper.tables()["cases"]["found_by"].dropna())
    none = {"community.people.digital_adult": 0.0, "community.people.digital_elderly": 0.0}
    found = []
    for automation in AXIS:
        keys = {"digital.automation": automation, "mechanisms.platform": False, "mechanisms.patrol": False}
        model = lived(scenario(BASE, none, keys, {"satisfaction.trust_follows": 0.0}))
        found.append(model.tables()["cases"][["found_h", "found_by"]])
    assert found[0].equals(found[1])
    assert found[1].equals(found[2])


def test_a_clerks_desk_is_paper_whatever_the_axis_says(scenario, lived):
    keys = {"mechanisms.command_centre": False, "mechanisms.platform": False}
    ends = [lived(scenario(BASE, keys, {"digital.automation": at})).tables()["cases"] for at in (0.0, 1.0)]
    assert ends[0].equals(ends[1])


def test_fate_does_not_follow_the_axis():
    digests = set()
    for automation in AXIS:
        asked = load("coordinated", {"digital.automation": automation, "days": 5})
        digests.add(CommunityModel(asked, rng=3).state.fate.digest)
    assert len(digests) == 1

"""The platform: what the tracker sees and when, who mediates, what it costs, and what it spares."""

import numpy as np
import pandas as pd
import pytest

from simulation import CommunityModel
from simulation.case import Case
from simulation.cases.board import CONTESTED, GONE, ORPHAN, OWNED, Board

LEAK = "cases.categories.leak"
ON = {"mechanisms.platform": True, "platform.minutes": "8 h", "platform.lag": 0.0, "platform.update": 0.0}
HUB = {"mechanisms.hub": True, "hub.minutes": "8 h", "hub.review": "6 min"}
NEVER = {"distribution": "deterministic", "mean": 5000.0}
ORPHANED = {
    f"{LEAK}.ambiguous": 1.0,
    "cases.coordination.shirk": 1.0,
    "cases.coordination.dropped": 1.0,
    "cases.coordination.complain_after": NEVER,
    "days": 30,
}
"""Every case is refused and has no owner until somebody steps in."""


def hours(model: CommunityModel, role: str) -> float:
    work = model.tables()["work"]
    return float(work[work["role"] == role]["hours"].sum())


def board(model: CommunityModel, by: str) -> "pd.Series[int]":
    table = model.tables()["board"]
    return table[table["by"] == by][["looks", "flagged", "mediated", "refused", "in_vain"]].sum()


def settled(model: CommunityModel) -> pd.DataFrame:
    """Cases that came up early enough for everybody to have looked at them."""
    cases = model.tables()["cases"]
    return cases[cases["uploaded_h"] < 24.0 * 20]


def test_a_change_shows_after_the_lag_and_what_is_closed_goes(scenario, lived, at_once):
    case: Case = lived(scenario(at_once)).cases.all[0]
    one = Board(1, lag=4.0)

    def settle(hour: float, spent: float) -> bool:
        return hour + spent < 0.0

    one.post(10.0, 0, case, OWNED, settle)
    one.post(12.0, 0, case, ORPHAN, settle)
    one.post(12.5, 0, case, ORPHAN, settle)
    assert one.shown(0, 13.9) == []
    (entry,) = one.shown(0, 14.0)
    assert (entry.owners, entry.amiss, entry.now) == (OWNED, False, ORPHAN)
    (entry,) = one.shown(0, 16.0)
    assert (entry.owners, entry.since, entry.amiss) == (ORPHAN, 12.0, True)
    entry.brought = entry.since
    assert not entry.amiss
    one.post(20.0, 0, case, CONTESTED, settle)
    assert one.shown(0, 24.0)[0].amiss
    one.post(25.0, 0, case, GONE, settle)
    assert one.shown(0, 28.9) == [entry]
    assert one.shown(0, 29.0) == []
    assert one.entries == [{}]


def test_what_the_tracker_brings_the_coordinator_decides_at_once(scenario, lived, at_once):
    model = lived(scenario(at_once, ORPHANED, ON, HUB))
    cases = settled(model)
    assert set(cases["flagged_by"]) == {"tracker"}
    assert set(cases["mediated_by"]) == {"coordinator"}
    assert (cases["flagged_h"] >= cases["uploaded_h"]).all()
    waited = (cases["mediated_h"] - cases["flagged_h"]).to_numpy(float)
    assert (waited >= 0.1 - 1e-9).all()
    assert np.median(waited) < 1.0, "the queue before him, not the next morning"
    assert (cases["resolved_h"] == cases["mediated_h"] + 2.0).all()
    decided = board(model, "coordinator")
    assert decided["looks"] == 0, "nothing is left to go round"
    assert hours(model, "coordinator") == pytest.approx(0.1 * (decided["mediated"] + decided["in_vain"]))


def test_a_lag_delays_what_is_seen(scenario, lived, at_once):
    seen = []
    for lag in (0.0, 30.0):
        model = lived(scenario(at_once, ORPHANED, ON, HUB, {"platform.lag": lag, "hub.lag": 1000.0}))
        cases = settled(model)
        after = (cases["flagged_h"] - cases["dispatched_h"]).to_numpy(float)
        assert (after >= lag).all()
        seen.append((after.mean(), model.summary()["platform.staleness_h"]))
    assert seen[1][0] > seen[0][0] + 15.0
    assert seen[1][1] > seen[0][1] + 10.0


def test_the_span_of_attention_is_the_trackers_minutes(scenario, lived, at_once):
    keys = {"platform.minutes": "12 min", "platform.look": "5 min", "platform.scans": 1}
    model = lived(scenario(at_once, ORPHANED, ON, keys))
    working = int(model.state.calendar.working[:30].sum())
    looks = board(model, "tracker")["looks"]
    assert 0.7 * 2 * working <= looks <= 2 * working
    assert hours(model, "tracker") == pytest.approx(looks * 5.0 / 60.0)
    assert model.state.working.owed[model.state.roster.trackers].sum() == 0.0


def test_without_a_hub_the_tracker_mediates_and_is_not_always_heeded(scenario, lived, at_once):
    keys = ON | {"platform.mediate": "6 min", "platform.scans": 4, "minutes.branch": 0.0}
    model = lived(scenario(at_once, ORPHANED, keys, {"platform.authority": 0.5}))
    cases = settled(model)
    assert set(cases["mediated_by"].dropna()) == {"tracker"}
    counts = board(model, "tracker")
    tries = counts["mediated"] + counts["refused"] + counts["in_vain"]
    assert counts["refused"] / tries == pytest.approx(0.5, abs=0.1)
    spent = counts["looks"] / 60.0 + 0.1 * tries
    assert hours(model, "tracker") == pytest.approx(spent, rel=0.01)
    powerless = lived(scenario(at_once, ORPHANED, keys, {"platform.authority": 0.0}))
    assert powerless.tables()["cases"]["mediated_h"].isna().all()
    assert powerless.tables()["cases"]["resolved_h"].isna().all()
    obeyed = lived(scenario(at_once, ORPHANED, keys, {"platform.authority": 1.0}))
    assert settled(obeyed)["orphan_h"].mean() < settled(model)["orphan_h"].mean()


def test_without_hub_and_platform_nobody_sees_anything(scenario, lived, at_once):
    model = lived(scenario(at_once, ORPHANED))
    cases, summary = model.tables()["cases"], model.summary()
    assert cases[["flagged_h", "mediated_h"]].isna().all(axis=None)
    assert len(model.tables()["board"]) == 0
    assert summary["platform.staleness_h"] is None
    assert summary["platform.lost_h_mean"] == pytest.approx(cases[cases["orphan_h"] > 0]["orphan_h"].mean())
    assert hours(model, "tracker") == 0.0


def test_the_blind_round_is_staler_than_the_board(scenario, lived, at_once):
    keys = HUB | {"hub.lag": 24.0}
    blind = lived(scenario(at_once, ORPHANED, keys))
    seeing = lived(scenario(at_once, ORPHANED, keys, ON))
    assert set(settled(blind)["flagged_by"]) == {"coordinator"}
    assert (settled(blind)["flagged_h"] == settled(blind)["mediated_h"]).all()
    assert blind.summary()["platform.staleness_h"] > seeing.summary()["platform.staleness_h"] + 10.0
    assert seeing.summary()["platform.lost_h_mean"] < blind.summary()["platform.lost_h_mean"] - 5.0


def test_where_the_tracker_has_no_minutes_the_coordinator_goes_round(scenario, lived, at_once):
    model = lived(scenario(at_once, ORPHANED, ON, HUB, {"platform.minutes": 0.0, "hub.lag": 0.0}))
    assert set(settled(model)["flagged_by"]) == {"coordinator"}
    assert "tracker" not in set(model.tables()["board"]["by"])


def test_keeping_statuses_costs_handlers_and_workers(scenario, lived, at_once):
    keys = ON | {"platform.update": "12 min", "mechanisms.patrol": False}
    model = lived(scenario(at_once, keys))
    cases = model.tables()["cases"].dropna(subset=["resolved_h"])
    assert (cases["resolved_h"] - cases["started_h"]).to_numpy(float) == pytest.approx(2.2)
    uploads = []
    for platform in (True, False):
        keys = {"mechanisms.platform": platform, "platform.enter": "30 min", "community.households": 300}
        work = lived(scenario(keys, {"days": 60})).tables()["work"]
        uploads.append(work[work["activity"] == "upload"]["hours"].sum())
    assert uploads[0] > 3.0 * uploads[1] > 0.0


def test_a_free_platform_that_nobody_watches_changes_nothing(scenario, lived):
    free = {"platform.update": 0.0, "platform.enter": 0.0, "platform.minutes": 0.0, "mechanisms.hub": False}
    base = {"community.households": 200, "days": 60}
    on, off = (
        lived(scenario(base, free, {"mechanisms.platform": platform})).tables() for platform in (True, False)
    )
    assert on["cases"]["uploaded_h"].notna().any()
    for name in off:
        pd.testing.assert_frame_equal(on[name], off[name], check_exact=True)


def test_two_owners_are_seen_and_the_second_is_called_off(scenario, lived, at_once):
    keys = {
        f"{LEAK}.ambiguous": 1.0,
        "cases.coordination.overlap": 1.0,
        "cases.coordination.refuse_wrong": 0.0,
        "handlers.wrong.teams": 1,
        "platform.scans": 8,
        f"{LEAK}.rate": 60_000.0,
    }
    off, on = (
        lived(scenario(at_once, keys, HUB | {"hub.lag": 1000.0}, ON if platform else {}))
        for platform in (False, True)
    )
    duplicate = [model.tables()["cases"]["duplicate_h"].sum() for model in (off, on)]
    assert duplicate[1] < 0.9 * duplicate[0]
    seen = on.tables()["cases"]
    assert (seen["flagged_by"].dropna() == "tracker").all()
    assert (seen["mediated_h"].notna() & ~seen["overlap"]).sum() == 0
    assert seen["mediated_h"].notna().any()
    assert (seen["double_h"][~seen["overlap"]] == 0.0).all()


def test_the_platform_shortens_the_time_without_an_owner_at_a_price(scenario, lived):
    base = {"community.households": 300, "days": 120}
    rows = []
    for seed in range(8):
        pair = [lived(scenario(base, {"mechanisms.platform": on}), seed).summary() for on in (False, True)]
        rows.append([pair[1][name] - pair[0][name] for name in ("case.orphan_h_mean", "effort.hours")])
    orphan, effort = np.mean(rows, axis=0)
    assert orphan < 0.0
    assert effort > 0.0

"""How troubles are found: trust decides reporting, ways of reporting, tiers upward, patrol, fading."""

import numpy as np
import pytest

from simulation import CommunityModel


def share_within(count: int, of: int, expected: float) -> bool:
    """Whether a count is binomial with ``expected``, within four standard errors."""
    return abs(count - of * expected) <= 4.0 * max(1.0, of * expected * (1.0 - expected)) ** 0.5


@pytest.mark.parametrize(("trust", "willing"), [(0.0, 1.0), (0.25, 1.0), (0.5, 0.6), (1.0, 1.0)])
def test_trust_and_willingness_decide_who_reports(scenario, lived, at_once, trust, willing):
    keys = {
        "community.people.trust_mean": trust,
        "cases.categories.leak.willing": willing,
        "cases.categories.leak.rate": 100_000.0,
    }
    model = lived(scenario(at_once, keys))
    cases = model.tables()["cases"]
    assert len(cases) > 250
    assert share_within(int(cases["found_h"].notna().sum()), len(cases), trust * willing)
    assert model.summary()["case.found_share"] == pytest.approx(cases["found_h"].notna().mean())


def test_trust_that_falls_silences_residents(scenario, lived, at_once):
    """Unsolved troubles wear down satisfaction, and with it trust, where trust follows."""
    keys = {
        "days": 60,
        "cases.categories.leak.rate": 50_000.0,
        "cases.categories.leak.willing": 0.8,
        "cases.categories.leak.solved": 0.0,
        "satisfaction.waiting": 10.0,
    }
    found = {
        follows: lived(scenario(at_once, keys, {"satisfaction.trust_follows": follows})).summary()[
            "case.found_share"
        ]
        for follows in (0.0, 1.0)
    }
    assert found[1.0] < found[0.0] - 0.1


@pytest.mark.parametrize("by_app", [0.0, 0.3, 1.0])
def test_app_or_telephone(scenario, lived, at_once, by_app):
    keys = {"cases.reporting.by_app": by_app, "cases.categories.leak.rate": 60_000.0, "days": 40}
    model = lived(scenario(at_once, keys))
    cases = model.tables()["cases"].dropna(subset=["found_h"])
    app, telephone = (cases[cases["found_by"] == name] for name in ("app", "telephone"))
    assert len(app) + len(telephone) == len(cases) > 200
    whole_days = cases[cases["arose_h"] < 24 * 20]
    assert share_within(int((whole_days["found_by"] == "app").sum()), len(whole_days), by_app)
    assert (app["found_h"] == app["arose_h"]).all(), "the app never sleeps"
    hour, day = telephone["found_h"] % 24, (telephone["found_h"] // 24).astype(int)
    assert hour.between(8.5, 17.5).all()
    assert model.state.calendar.working[day.to_numpy()].all()


@pytest.mark.parametrize(
    "off",
    [
        {"cases.reporting.app": False},
        {"mechanisms.command_centre": False},
        {"community.people.digital_adult": 0.0},
    ],
)
def test_without_app_or_smartphone_everybody_telephones(scenario, lived, at_once, off):
    found_by = lived(scenario(at_once, off)).tables()["cases"]["found_by"].dropna()
    assert len(found_by) > 5
    assert set(found_by) == {"telephone"}


def told_at_home(tiers: bool = True) -> dict[str, object]:
    """Keys under which everybody turns to the centre household, and each tier has all the time it needs."""
    hours = {"branch": 8.0, "leader": 8.0, "centre_household": 8.0}
    return {
        "mechanisms.tiers": tiers,
        "days": 45,
        "community.people.party_share": 0.5,
        "cases.reporting.to_centre": 1.0,
        "cases.reporting.listen": "5 min",
        "cases.reporting.pass_up": "4 min",
        "cases.reporting.upload": "3 min",
        "cases.reporting.tier_delay": {"distribution": "deterministic", "mean": 1.0},
    } | {f"minutes.{role}": time for role, time in hours.items()}


def test_demands_travel_up_the_tiers_and_cost_everybodys_minutes(scenario, lived, at_once):
    model = lived(scenario(at_once, told_at_home()))
    cases = model.tables()["cases"]
    assert set(cases["found_by"].dropna()) == {"centre_household"}
    organisation = model.state.organisation
    assert (np.diff(organisation.centres_from) > 0).all()
    assert (organisation.group_leader >= 0).all()
    arrived = cases[cases["uploaded_h"].notna()]
    assert len(arrived) > 40
    finder = np.array([case.finder for case in model.cases.all if case.uploaded is not None])
    leads = np.isin(model.state.roster.person[finder], organisation.group_leader)
    waits = (arrived["uploaded_h"] - arrived["found_h"]).to_numpy(dtype=float)
    for own, calls in ((False, 2), (True, 1)):  # who leads the group too has nobody to call in between
        least = calls * 1.0 + (5 + calls * 4 + 3) / 60  # waits, a talk, calls, the upload
        assert waits[leads == own].min() == pytest.approx(least)
    work = (
        model.tables()["work"].pivot_table(index="role", columns="activity", values="hours", aggfunc="sum")
        * 60
    )
    found, sent = int(cases["found_h"].notna().sum()), len(arrived)
    through = int((~leads).sum())
    assert work.loc["centre_household", "listen"] == pytest.approx(5 * found)
    assert work.loc["leader", "pass_up"] == pytest.approx(8 * through, abs=8 * (found - sent) + 1e-6)
    assert work.loc["branch", "upload"] == pytest.approx(3 * sent, abs=3 * (found - sent) + 1e-6)


def test_centre_households_are_asked_in_waking_hours_and_only_where_tiers_are_on(scenario, lived, at_once):
    found = lived(scenario(at_once, told_at_home())).tables()["cases"]["found_h"].dropna() % 24
    assert found.between(8.0, 20.5).all()
    off = lived(scenario(at_once, told_at_home(tiers=False))).tables()["cases"]["found_by"].dropna()
    assert set(off) == {"app"}


def test_a_centre_household_without_time_loses_days(scenario, lived, at_once):
    quick, slow = (
        lived(scenario(at_once, told_at_home(), {"minutes.centre_household": time})).tables()["cases"]
        for time in ("8 h", "1 min")
    )
    waits = [(cases["uploaded_h"] - cases["found_h"]).dropna().median() for cases in (quick, slow)]
    assert waits[1] > waits[0] + 24.0


SEEN = {
    "mechanisms.patrol": True,
    "patrol.talks": 0,
    "patrol.part_time_workers": 0,
    "cases.categories.leak.willing": 0.0,
    "cases.categories.leak.in_common_parts": 1.0,
    "cases.categories.leak.visible": 1.0,
}
"""Nobody reports; a full-time worker looks at buildings."""


def test_patrol_finds_what_can_be_seen_when_it_passes(scenario, lived, at_once):
    model = lived(scenario(at_once, SEEN))
    cases = model.tables()["cases"]
    assert set(cases["found_by"].dropna()) == {"patrol"}
    found = cases["found_h"].dropna()
    assert (found % 24).between(9.5, 11.5).all()
    assert model.state.calendar.working[(found // 24).astype(int).to_numpy()].all()
    walked_daily = model.state.calendar.working[:20]
    last_walk = 24 * np.flatnonzero(walked_daily).max() + 9
    assert cases[cases["arose_h"] < last_walk]["found_h"].notna().all(), (
        "a small grid is seen whole every day"
    )


@pytest.mark.parametrize(
    "hidden", [{"cases.categories.leak.visible": 0.0}, {"cases.categories.leak.in_common_parts": 1e-12}]
)
def test_patrol_does_not_see_what_is_hidden_or_behind_a_homes_door(scenario, lived, at_once, hidden):
    assert lived(scenario(at_once, SEEN, hidden)).tables()["cases"]["found_h"].isna().all()


def test_half_visible_troubles_take_several_passes(scenario, lived, at_once):
    waits = [
        (cases["found_h"] - cases["arose_h"]).dropna().mean()
        for visible in (1.0, 0.01)
        for cases in [
            lived(scenario(at_once, SEEN, {"days": 60, "cases.categories.leak.visible": visible})).tables()[
                "cases"
            ]
        ]
    ]
    assert waits[1] > waits[0] + 12.0


def test_talk_on_patrol_finds_what_residents_are_open_about(scenario, lived, at_once):
    keys = SEEN | {
        "cases.categories.leak.willing": 0.5,
        "cases.categories.leak.report_after": {"distribution": "deterministic", "mean": 5000.0},
        "cases.categories.leak.visible": 0.0,
        "patrol.talks": 5,
        "patrol.meets": 1.0,
        "patrol.duration": "6 h",
        "minutes.full_time": "8 h",
    }
    found = {
        open_: lived(scenario(at_once, keys, {"cases.reporting.to_face": open_})).tables()["cases"][
            "found_by"
        ]
        for open_ in (0.0, 2.0)
    }
    assert found[0.0].isna().all()
    assert set(found[2.0].dropna()) == {"patrol_talk"}
    assert found[2.0].notna().sum() > 5


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_some_are_fixed_on_the_spot_and_never_see_a_desk(scenario, lived, at_once, share):
    keys = SEEN | {
        "cases.categories.leak.on_the_spot": share,
        "cases.reporting.fix": "30 min",
        "minutes.full_time": "24 h",
        "days": 60,
        "cases.categories.leak.rate": 30_000.0,
    }
    model = lived(scenario(at_once, keys))
    cases = model.tables()["cases"].dropna(subset=["uploaded_h"])
    cases = cases[cases["resolved_h"].notna()]
    fixed = cases["dispatched_h"].isna() & cases["resolved_h"].notna()
    assert share_within(int(fixed.sum()), len(cases), share)
    spot = cases[fixed]
    assert (spot["started_h"] >= spot["uploaded_h"]).all()
    assert (spot["resolved_h"] - spot["started_h"]).to_numpy() == pytest.approx(0.5)
    assert spot["on_time"].all()
    work = model.tables()["work"]
    hours = work[work["activity"] == "fix"]["hours"].sum()
    assert hours == pytest.approx(0.5 * len(spot), abs=0.5 * (len(cases) - len(spot)) * (share > 0.0))
    assert spot["fed_back_h"].isna().all(), "it was seen; without feedback nobody calls the reporter"


def test_troubles_nobody_finds_fade_and_stop_weighing(scenario, lived, at_once):
    keys = {"cases.categories.leak.willing": 0.0, "cases.categories.leak.fades": "48 h"}
    model = lived(scenario(at_once, keys))
    cases = model.tables()["cases"]
    old = cases["arose_h"] < 480 - 48
    assert set(cases["state"][old]) == {"faded"}
    assert set(cases["state"][~old]) == {"unfound"}
    assert model.state.satisfaction.home_weight.sum() == pytest.approx((~old).sum())
    assert model.state.troubled.sum() == (~old).sum()


def test_found_troubles_do_not_fade(scenario, lived, at_once):
    keys = {
        "cases.categories.leak.fades": "1 h",
        "cases.categories.leak.service": {"distribution": "deterministic", "mean": 50.0},
    }
    assert "faded" not in set(lived(scenario(at_once, keys)).tables()["cases"]["state"])


def test_a_worker_without_minutes_listens_and_uploads_the_next_morning(scenario, at_once):
    """Listening that is owed to tomorrow is followed by the upload tomorrow, not the day after."""
    keys = SEEN | {
        "cases.categories.leak.visible": 0.0,
        "cases.reporting.listen": "30 min",
        "cases.reporting.upload": "10 min",
    }
    model = CommunityModel(scenario(at_once, keys), rng=2)
    model.run_for(24.0 * 5)  # the next day is Monday 6 January 2025
    case, worker, noon = model.cases.all[0], model.state.roster.workers, 24.0 * 5 + 12.0

    def hear_of_it(hour: float) -> None:
        model.state.working.left[worker] = 0.0
        model.cases.finding._found_by_worker(hour, case, "patrol_talk", worker)

    model.state.agenda.at(noon, hear_of_it)
    model.run_for(24.0 * 3)
    assert case.found == noon
    assert case.uploaded == pytest.approx(24.0 * 6 + 9.0 + 40 / 60)

"""What goes wrong between owners: refusal, bouncing, orphans, overlap; and the coordinator who steps in."""

import pytest

from simulation import CommunityModel

LEAK = "cases.categories.leak"
BUSY = {f"{LEAK}.rate": 60_000.0, "days": 40}


def fixed(hours: float) -> dict[str, object]:
    return {"distribution": "deterministic", "mean": hours}


def settled(model: CommunityModel, before: float = 20.0):
    """Cases that arose long enough before the end to have gone all their way."""
    cases = model.tables()["cases"]
    return cases[cases["arose_h"] < 24.0 * before]


def test_what_is_rightly_sent_is_not_refused(scenario, lived, at_once):
    cases = settled(lived(scenario(at_once, BUSY)))
    assert (cases["bounced"] == 0).all()
    assert (cases["resolved_h"] == cases["arose_h"] + 2.0).all()
    assert (cases["orphan_h"] == 0.0).all()
    assert set(cases["handler"]) == {"right"}


def test_wrongly_sent_cases_bounce_until_the_desk_gets_it_right(scenario, lived, at_once):
    """Each sorting errs with one in two: the number of bounces is geometric with mean one."""
    keys = BUSY | {
        "desks.command_centre.errs_plain": 0.5,
        "cases.coordination.refuse_wrong": 1.0,
        "cases.coordination.dropped": 0.0,
        "cases.coordination.most_refusals": 1000,
        "cases.coordination.handling": "10 min",
    }
    model = lived(scenario(at_once, keys))
    cases = settled(model)
    assert cases["resolved_h"].notna().all()
    bounced = cases["bounced"]
    assert abs(bounced.mean() - 1.0) < 4 * (2.0 / len(cases)) ** 0.5
    assert abs((bounced == 0).mean() - 0.5) < 4 * (0.25 / len(cases)) ** 0.5
    assert (cases["handling_h"] - bounced / 6.0).abs().max() < 1e-9
    delay = cases["resolved_h"] - cases["arose_h"]
    assert (delay - 2.0 - bounced / 6.0).abs().max() < 1e-6, "each refusal costs the desk ten minutes"
    assert (cases["attempts"] == 1).all()
    assert model.summary()["waste.hours"] == pytest.approx(model.tables()["cases"]["handling_h"].sum())


def test_what_is_refused_too_often_the_street_decides(scenario, lived, at_once):
    """The desk always errs and no step takes any time: without a limit it bounces for ever."""
    keys = BUSY | {
        "desks.command_centre.errs_plain": 1.0,
        "cases.coordination.refuse_wrong": 1.0,
        "cases.coordination.dropped": 0.0,
        "cases.coordination.handling": 0.0,
        "cases.coordination.most_refusals": 3,
    }
    cases = settled(lived(scenario(at_once, keys)))
    assert (cases["bounced"] == 3).all()
    assert (cases["resolved_h"] == cases["arose_h"] + 2.0).all()


def test_a_case_opened_again_is_not_charged_for_an_old_refusal(scenario, lived, at_once):
    keys = BUSY | {
        "mechanisms.feedback": True,
        "desks.command_centre.errs_plain": 0.3,
        "cases.coordination.refuse_wrong": 1.0,
        "cases.coordination.dropped": 0.0,
        f"{LEAK}.solved": 0.5,
    }
    cases = settled(lived(scenario(at_once, keys)))
    assert (cases["reopened"] > 0).sum() > 20
    assert (cases["handling_h"] - cases["bounced"] / 6.0).abs().max() < 1e-9


def test_a_wrong_handler_who_takes_a_case_works_in_vain(scenario, lived, at_once):
    keys = BUSY | {"desks.command_centre.errs_plain": 1.0, "cases.coordination.refuse_wrong": 0.0}
    cases = settled(lived(scenario(at_once, keys)))
    assert (cases["attempts"] >= 1).all()
    assert cases["resolved_h"].isna().all()
    assert cases["closed_h"].notna().all()
    assert set(cases["handler"].dropna()) == {"wrong"}
    assert cases["reported_on_time"].all(), "it is reported as closed"
    assert not cases["on_time"].any(), "and is not"


@pytest.mark.parametrize("ambiguous", [0.0, 1.0])
def test_only_ambiguous_cases_are_shirked(scenario, lived, at_once, ambiguous):
    keys = BUSY | {
        f"{LEAK}.ambiguous": ambiguous,
        "cases.coordination.shirk": 0.4,
        "cases.coordination.dropped": 0.0,
    }
    cases = settled(lived(scenario(at_once, keys)))
    shirked = (cases["bounced"] > 0).mean()
    expected = 0.4 * ambiguous
    assert abs(shirked - expected) <= 4 * (expected * (1 - expected) / len(cases)) ** 0.5
    assert cases["resolved_h"].notna().all()


ORPHANED = BUSY | {
    f"{LEAK}.ambiguous": 1.0,
    "cases.coordination.shirk": 1.0,
    "cases.coordination.dropped": 1.0,
    "cases.coordination.complain_after": fixed(2000.0),
}
"""Every case is refused at once and falls between two stools; nobody complains in time."""


def test_a_dropped_case_has_no_owner_until_somebody_complains(scenario, lived, at_once):
    keys = ORPHANED | {"cases.coordination.complain_after": fixed(30.0), "cases.coordination.shirk": 0.5}
    model = lived(scenario(at_once, keys))
    cases = settled(model)
    assert (cases["bounced"] > 0).mean() == pytest.approx(0.5, abs=0.1)
    assert (cases["orphan_h"] - 30.0 * cases["bounced"]).abs().max() < 1e-6
    assert cases["resolved_h"].notna().all()
    late = lived(scenario(at_once, ORPHANED))
    orphans = late.tables()["cases"]
    assert set(orphans["state"]) == {"orphan"}
    assert (orphans["orphan_h"] - (24.0 * 40 - orphans["arose_h"])).abs().max() < 1e-6
    assert orphans["handler"].isna().all()


HUB = {"mechanisms.hub": True, "hub.minutes": "8 h", "hub.review": "6 min", "hub.lag": "24 h"}


def test_the_coordinator_gives_orphans_to_whom_they_belong(scenario, lived, at_once):
    """Seen once older than the lag, on a working day from nine, and taken without refusing."""
    model = lived(scenario(at_once, ORPHANED, HUB))
    cases = settled(model)
    assert cases["resolved_h"].notna().all()
    assert set(cases["handler"]) == {"right"}
    assert (cases["orphan_h"] >= 24.0).all()
    begun = cases["started_h"]
    assert (begun % 24).between(9.1 - 1e-9, 17.5).all()
    assert model.state.calendar.working[(begun // 24).astype(int).to_numpy()].all()
    assert (cases["bounced"] == 1).all()
    work = model.tables()["work"]
    review = work[(work["role"] == "coordinator") & (work["activity"] == "review")]["hours"].sum()
    assert review >= 0.1 * len(cases) - 1e-9
    assert (cases["handling_h"] >= 0.1 - 1e-9).all(), "looking into it is time that an orphan costs"
    assert model.summary()["waste.hours"] >= 0.1 * len(cases) - 1e-9


def test_the_coordinators_span_is_limited_by_minutes(scenario, lived, at_once):
    """Twelve minutes a day at six a case: two orphans end on each working day, and no more."""
    model = lived(scenario(at_once, ORPHANED, HUB, {"hub.minutes": "12 min"}))
    cases = model.tables()["cases"]
    ended = cases["started_h"].dropna()
    per_day = (ended // 24).astype(int).value_counts()
    assert set(per_day) == {2}
    assert model.state.working.owed[model.state.roster.coordinators].sum() == 0.0, (
        "no more is begun than fits"
    )
    assert len(per_day) == model.state.calendar.working[:40].sum() - int(not ended.lt(48).any())
    assert (cases["state"] == "orphan").sum() > 10


def test_without_minutes_or_hub_nothing_is_ended(scenario, lived, at_once):
    for off in ({"hub.minutes": 0.0}, {"mechanisms.hub": False}):
        model = lived(scenario(at_once, ORPHANED, HUB, off))
        assert set(model.tables()["cases"]["state"]) == {"orphan"}
        work = model.tables()["work"]
        assert work[work["role"] == "coordinator"]["hours"].sum() == 0.0


DOUBLED = BUSY | {
    f"{LEAK}.ambiguous": 1.0,
    "cases.coordination.overlap": 1.0,
    "cases.coordination.refuse_wrong": 0.0,
    f"{LEAK}.service": fixed(3.0),
}
"""Every case is given to a second owner too, who takes it though it is another's."""


def test_two_owners_do_the_work_twice(scenario, lived, at_once):
    model = lived(scenario(at_once, DOUBLED))
    cases = settled(model)
    assert cases["overlap"].all()
    assert (cases["duplicate_h"] == 3.0).all()
    assert (cases["attempts"] == 1).all(), "the second owner's work is no attempt of the case"
    hours = model.tables()["work"].set_index("role")["hours"]
    assert hours["wrong"] == pytest.approx(hours["right"])
    assert model.summary()["waste.hours"] == pytest.approx(model.tables()["cases"]["duplicate_h"].sum())


def test_the_work_that_solves_a_case_is_not_done_twice(scenario, lived, at_once):
    """The first owner is wrong and refuses; the second one is right, and alone at it."""
    keys = DOUBLED | {
        "desks.command_centre.errs": 1.0,
        "cases.coordination.refuse_wrong": 1.0,
        "cases.coordination.dropped": 1.0,
    }
    model = lived(scenario(at_once, keys))
    cases = settled(model)
    assert (cases["bounced"] > 0).all()
    assert cases["resolved_h"].notna().all()
    assert (cases["duplicate_h"] == 0.0).all()


def test_a_second_owner_who_refuses_costs_nothing(scenario, lived, at_once):
    cases = settled(lived(scenario(at_once, DOUBLED, {"cases.coordination.refuse_wrong": 1.0})))
    assert cases["overlap"].all()
    assert (cases["duplicate_h"] == 0.0).all()
    assert (cases["bounced"] == 0).all(), "the case itself is not refused"


def test_plain_cases_have_one_owner(scenario, lived, at_once):
    assert (
        not lived(scenario(at_once, DOUBLED, {f"{LEAK}.ambiguous": 0.0})).tables()["cases"]["overlap"].any()
    )


def test_the_coordinator_calls_off_a_second_owner_who_has_not_begun(scenario, lived, at_once):
    """Each handler has one team and a long queue, so that cases stay on the list and are looked into."""
    keys = DOUBLED | {
        "handlers.wrong.teams": 1,
        "handlers.right.teams": 1,
        f"{LEAK}.rate": 9_000.0,
        f"{LEAK}.service": fixed(15.0),
        "days": 120,
        "hub.lag": 0.0,
        "hub.minutes": "8 h",
        "hub.review": "1 min",
    }
    waste = {
        hub: lived(scenario(at_once, keys, {"mechanisms.hub": hub})).tables()["cases"]["duplicate_h"].sum()
        for hub in (False, True)
    }
    assert 0.0 < waste[True] < 0.8 * waste[False]


def test_a_second_owner_may_solve_what_the_first_cannot(scenario, lived, at_once):
    """The desk always errs, so the first owner is wrong and the second, another's another, is right."""
    keys = DOUBLED | {"desks.command_centre.errs_plain": 1.0, "desks.command_centre.errs": 1.0}
    cases = settled(lived(scenario(at_once, keys)))
    assert cases["resolved_h"].notna().all()
    assert (cases["resolved_h"] - cases["arose_h"]).max() == pytest.approx(3.0)


def test_cases_wait_for_opening_hours_of_desk_and_handler(scenario, lived, at_once):
    office = {"days": "working", "opens": "9:00", "closes": "17:00"}
    keys = BUSY | {"desks.command_centre.calendar": office, "handlers.right.calendar": office}
    model = lived(scenario(at_once, keys))
    cases = settled(model)
    for column in ("dispatched_h", "started_h", "resolved_h"):
        assert (cases[column] % 24).between(9.0, 17.0).all(), column
        assert model.state.calendar.working[(cases[column] // 24).astype(int).to_numpy()].all()
    assert (cases["found_h"] == cases["arose_h"]).all()


def test_a_desk_of_one_sorts_one_at_a_time(scenario, lived, at_once):
    keys = BUSY | {"desks.command_centre.service": fixed(5.0), "desks.command_centre.dispatchers": 1}
    cases = settled(lived(scenario(at_once, keys)))
    gaps = cases["dispatched_h"].sort_values().diff().dropna()
    assert gaps.min() >= 5.0 - 1e-9
    assert (cases["dispatched_h"] - cases["uploaded_h"]).min() == pytest.approx(5.0)
    model = lived(scenario(at_once, keys))
    assert model.summary()["case.dispatched_within_1h"] == 0.0


@pytest.mark.parametrize(("plain", "hard"), [(0.1, 0.6), (0.0, 1.0)])
def test_the_desk_errs_more_where_a_case_is_ambiguous(scenario, lived, at_once, plain, hard):
    keys = BUSY | {
        f"{LEAK}.ambiguous": 0.5,
        "desks.command_centre.errs_plain": plain,
        "desks.command_centre.errs": hard,
        "cases.coordination.refuse_wrong": 0.0,
        "cases.feedback.notices_failure": fixed(2000.0),
    }
    model = lived(scenario(at_once, keys))
    for ambiguous, errs in ((False, plain), (True, hard)):
        sent = [
            case for case in model.cases.all if case.ambiguous == ambiguous and case.dispatched is not None
        ]
        wrong = sum(case.handler == "wrong" for case in sent)
        assert len(sent) > 60
        assert abs(wrong / len(sent) - errs) <= 4 * (errs * (1 - errs) / len(sent)) ** 0.5


def test_a_street_handler_serves_all_its_communities_with_the_same_teams(scenario, lived, at_once):
    keys = {
        "community.communities": 3,
        "community.communities_per_street": 3,
        "days": 40,
        "handlers.right.teams": 1,
        f"{LEAK}.service": fixed(2.0),
    }
    for serves, most in (("community", 3), ("street", 1)):
        cases = lived(scenario(at_once, keys, {"handlers.right.serves": serves})).tables()["cases"]
        begun, ended = cases["started_h"].dropna(), cases["resolved_h"].dropna()
        at_work = [(begun <= hour).sum() - (ended <= hour).sum() for hour in begun]
        assert max(at_work) == most

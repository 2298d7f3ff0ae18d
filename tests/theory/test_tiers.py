"""The four tiers where nothing is random: everybody knows at the minute that can be worked out by hand."""

from datetime import date
from math import ceil

import numpy as np
import pytest

from simulation.model import CommunityModel

ISSUE = 34.0
"""Tuesday 4 March 2025, 10:00; that whole week is working days."""
DELAYS = {"street_to_branch": 0.5, "branch_to_leader": 0.75, "leader_to_centre": 0.25}
MINUTES = {"street_to_branch": 10, "branch_to_leader": 6, "leader_to_centre": 5}


def chain(mode: str, patrol: bool) -> dict[str, object]:
    """Keys of tiers with fixed delays, no loss and all the minutes that anybody could need."""
    keys: dict[str, object] = {
        "start": date(2025, 3, 3),
        "days": 6,
        "community.households": 400,
        "community.people.party_share": 0.4,
        "notices.at": ("34 h",),
        "mechanisms.tiers": True,
        "mechanisms.patrol": patrol,
    }
    for role in ("street_officer", "branch", "leader", "centre_household", "full_time", "part_time"):
        keys[f"minutes.{role}"] = 8.0
    for link, delay in DELAYS.items():
        keys[f"notices.tiers.{link}.mode"] = mode
        keys[f"notices.tiers.{link}.minutes"] = f"{MINUTES[link]} min"
        keys[f"notices.tiers.{link}.delay"] = {"distribution": "deterministic", "mean": delay}
        keys[f"notices.tiers.{link}.every"] = "1 day"
        keys[f"notices.tiers.{link}.loss"] = 0.0
    return keys


def heard_by(model: CommunityModel) -> dict[int, tuple[int, str]]:
    """Minute and channel by resident, from the table ``spread``."""
    spread = model.tables()["spread"]
    minutes = (spread["informed_h"] * 60.0).round().astype(int)
    return dict(zip(spread["resident"], zip(minutes, spread["channel"], strict=True), strict=True))


def by_hand(model: CommunityModel, patrol: bool) -> dict[int, tuple[int, str]]:
    """Each giver calls one after another, in the order of their numbers, after the link's delay."""
    people, organisation = model.state.population, model.state.organisation
    up, down = DELAYS["street_to_branch"] * 60, MINUTES["street_to_branch"]
    branch_knows = ISSUE * 60 + up + down
    first_call = branch_knows + DELAYS["branch_to_leader"] * 60
    expected: dict[int, tuple[int, str]] = {}

    def tell(person: int, minute: float, channel: str) -> None:
        expected[person] = min(expected.get(person, (10**9, "")), (ceil(minute - 1e-4), channel))

    groups = organisation.building_group
    for place, leader in enumerate(organisation.group_leader.tolist()):
        assert leader >= 0
        leader_knows = first_call + MINUTES["branch_to_leader"] * (place + 1)
        tell(leader, leader_knows, "branch")
        centres = np.flatnonzero(groups[people.household_building[organisation.centre_household]] == place)
        others = centres[organisation.centre_resident[centres] != leader]
        assert len(others) == len(centres) - 1, (
            "the leader acts for a centre household too, and needs no call"
        )
        for turn, centre in enumerate(others.tolist()):
            minute = leader_knows + 60 * DELAYS["leader_to_centre"] + MINUTES["leader_to_centre"] * (turn + 1)
            tell(int(organisation.centre_resident[centre]), minute, "leader")
    if patrol:
        calls = len(organisation.group_leader)
        for grid in range(len(organisation.grid_community)):
            team = np.flatnonzero(organisation.worker_grid == grid).tolist()
            first_knows = first_call + MINUTES["branch_to_leader"] * (calls + grid + 1)
            for turn, worker in enumerate(team[1:]):
                wait = 60 * DELAYS["leader_to_centre"] + MINUTES["leader_to_centre"] * (turn + 1)
                tell(int(organisation.worker_resident[worker]), first_knows + wait, "grid_worker")
    return expected


@pytest.mark.parametrize("patrol", [False, True])
def test_calls_one_after_another_take_exactly_their_delays_and_minutes(scenario, lived, quiet, patrol):
    keys = chain("call", patrol) | {"patrol.tells": True, "patrol.talks": 0}
    model = lived(scenario(quiet, keys), trace=True)
    expected = by_hand(model, patrol)
    assert heard_by(model) == expected
    assert len(model.state.organisation.group_leader) >= 2
    assert len(expected) > 15
    if patrol:
        assert sum(channel == "grid_worker" for _, channel in expected.values()) >= 2


def test_both_who_speak_pay_for_a_call(scenario, lived, quiet):
    model = lived(scenario(quiet, chain("call", False)))
    organisation = model.state.organisation
    groups = len(organisation.group_leader)
    calls = int((~np.isin(organisation.centre_resident, organisation.group_leader)).sum())
    work = model.tables()["work"].groupby("role")["hours"].sum() * 60.0
    up, down, last = MINUTES.values()
    assert work["street_officer"] == pytest.approx(up)
    assert work["branch"] == pytest.approx(up + groups * down)
    assert work["leader"] == pytest.approx(groups * down + calls * last)
    assert work["centre_household"] == pytest.approx(calls * last)


def test_meetings_are_held_at_ten_and_end_together(scenario, lived, quiet):
    """At ten the branch hears, the next day all leaders, the day after all centre households."""
    model = lived(scenario(quiet, chain("meeting", False)), trace=True)
    organisation = model.state.organisation
    heard = heard_by(model)
    expected = {int(leader): (58 * 60 + 6, "branch") for leader in organisation.group_leader}
    for centre in organisation.centre_resident.tolist():
        expected.setdefault(centre, (82 * 60 + 5, "leader"))
    assert heard == expected
    work = model.tables()["work"].groupby("role")["hours"].sum() * 60.0
    assert work["branch"] == pytest.approx(10 + 6), "a meeting costs its length once, whoever sits in it"
    assert work["leader"] == pytest.approx((6 + 5) * len(organisation.group_leader))


def test_a_meeting_for_two_notices_costs_its_length_once(scenario, lived, quiet):
    one, two = (
        lived(scenario(quiet, chain("meeting", False), {"notices.at": at})).tables()["work"]["hours"].sum()
        for at in (("34 h",), ("33 h", "34 h"))
    )
    assert one == pytest.approx(two)


def test_who_attends_one_meeting_and_holds_another_at_the_same_hour_pays_for_both(scenario, lived, quiet):
    """The first notice is passed on by the branch at ten, when the second reaches it from the street."""
    keys = chain("meeting", False) | {"notices.at": ("10 h", "34 h")}
    work = lived(scenario(quiet, keys)).tables()["work"].groupby("role")["hours"].sum() * 60.0
    assert work["branch"] == pytest.approx(2 * (10 + 6))


def test_a_giver_without_minutes_goes_on_the_next_morning(scenario, lived, quiet):
    """Of the branch's twenty minutes ten go to the street's call, six to one leader, four to half a call."""
    keys = chain("call", False) | {"minutes.branch": "20 min"}
    model = lived(scenario(quiet, keys), trace=True)
    minutes = sorted(minute for minute, channel in heard_by(model).values() if channel == "branch")
    assert 2 <= len(minutes) <= 4
    morning = 48 * 60 + 9 * 60
    assert minutes[0] == ISSUE * 60 + 30 + 10 + 45 + 6
    assert minutes[1:] == [morning + 2 + 6 * later for later in range(len(minutes) - 1)]


def test_a_leader_need_not_tell_the_own_centre_household(scenario, lived, quiet):
    """Where every message to a centre household is lost, the leader's own still knows, at no cost."""
    for mode in ("call", "meeting"):
        keys = chain(mode, False) | {"notices.tiers.leader_to_centre.loss": 1.0, "notices.follow": "30 days"}
        model = lived(scenario(quiet, keys))
        organisation, tiers = model.state.organisation, model.notices.tiers
        own = np.isin(organisation.centre_resident, organisation.group_leader)
        assert 2 <= own.sum() < len(own)
        assert ((tiers.centres_carry != 0) == own).all(), mode
        rows = model.state.roster.centres + np.flatnonzero(own)
        assert (model.state.working.spent[rows] == 0.0).all(), mode


def test_a_lost_message_misses_everybody_below(scenario, lived, quiet):
    lost = lived(
        scenario(quiet, chain("call", False), {"notices.tiers.branch_to_leader.loss": 1.0}), trace=True
    )
    assert heard_by(lost) == {}
    work = lost.tables()["work"].groupby("role")["hours"].sum()
    assert work["branch"] > 0.0
    assert work["centre_household"] == 0.0

"""Knocking on doors: people out and retries, minutes and evenings that end, notices that compete."""

import numpy as np
import pytest

from simulation import CommunityModel


def always(chance: float) -> dict[str, object]:
    """Everybody is at home with ``chance`` in each part of the day."""
    kinds = (f"{who}_{day}" for who in ("worker", "retired", "child") for day in ("workday", "restday"))
    return {f"community.presence.{kind}": (chance,) * 4 for kind in kinds}


DOORS = {
    "mechanisms.tiers": True,
    "notices.doors.on": True,
    "community.households": 150,
    "community.people.party_share": 0.4,
    "notices.at": ("34 h",),
    "notices.min_age": 0,
    "minutes.centre_household": "6 h",
    "minutes.kept_back": 0.0,
    "notices.tiers.branch_to_leader.loss": 0.0,
    "notices.tiers.leader_to_centre.loss": 0.0,
}


def rounds(model: CommunityModel):
    visits = model.tables()["visits"]
    return visits[visits["by"] == "centre_household"][["knocks", "opened", "told"]].sum()


def doors_to_knock_at(model: CommunityModel) -> int:
    return model.state.population.households - len(model.state.organisation.centre_household)


def test_where_somebody_is_always_in_each_door_is_knocked_at_once(scenario, lived, quiet):
    model = lived(scenario(quiet, DOORS, always(1.0)), trace=True)
    done = rounds(model)
    assert done["knocks"] == done["opened"] == done["told"] == doors_to_knock_at(model)
    spread = model.tables()["spread"]
    told = spread[spread["channel"] == "centre_household"]
    homes = model.state.population.household[told["resident"]]
    assert len(set(homes.tolist())) == len(told), "one of each home opens"
    assert set(told["told_by"]) <= set(model.state.organisation.centre_resident.tolist())
    hour, day = told["informed_h"] % 24, (told["informed_h"] // 24).astype(int).to_numpy()
    first_knock = np.where(model.state.calendar.working[day], 18.0, 9.5)
    assert ((first_knock <= hour) & (hour <= 20.75)).all()


def test_where_nobody_is_in_a_door_is_given_up_after_the_attempts(scenario, lived, quiet):
    model = lived(scenario(quiet, DOORS, always(0.0), {"notices.doors.attempts": 3}))
    done = rounds(model)
    assert done["opened"] == done["told"] == 0
    assert done["knocks"] == 3 * doors_to_knock_at(model)
    assert model.notices.todo.sum() == len(model.state.organisation.centre_household)


def test_a_new_notice_neither_prolongs_nor_shortens_the_tries_of_older_ones(scenario, quiet):
    """Nobody is ever in. The second comes out a day after the first; each is tried three times."""
    keys = DOORS | always(0.0) | {"notices.doors.attempts": 3, "notices.at": ("34 h", "58 h")}
    model = CommunityModel(scenario(quiet, keys), rng=1)
    seen = []
    for _ in range(14):
        model.run_for(24.0)
        seen.append([int(np.count_nonzero(model.notices.todo >> slot & 1)) for slot in (0, 1)])
    own = len(model.state.organisation.centre_household)
    gone = [next(day for day, due in enumerate(seen) if due[slot] == own) for slot in (0, 1)]
    assert gone[0] < gone[1]
    others = np.ones(model.state.population.households, dtype=bool)
    others[model.state.organisation.centre_household] = False
    assert (model.notices.tries[:2, others] == 3).all()
    knocks = rounds(model)["knocks"] / doors_to_knock_at(model)
    assert 3.0 < knocks < 6.0, "some knocks were for both"


def test_whoever_is_at_home_is_as_likely_as_any_other_to_open(scenario, lived, quiet):
    keys = DOORS | always(1.0) | {
        "community.households": 400,
        "community.people.household_sizes": (0.0, 0.0, 1.0),
    }  # fmt: skip
    model = lived(scenario(quiet, keys), trace=True)
    spread, people = model.tables()["spread"], model.state.population
    told = spread[spread["channel"] == "centre_household"]["resident"].to_numpy()
    place = told - people.residents_from[people.household[told]]
    counts = np.bincount(place, minlength=3)
    assert (np.abs(counts - len(told) / 3) < 4 * (len(told) * 2 / 9) ** 0.5).all()


def test_people_out_are_tried_again_on_other_days(scenario, lived, quiet):
    """Homes of one, in with chance 0.3: a door opens within k tries with 1 - 0.7^k."""
    keys = DOORS | always(0.3) | {"community.people.household_sizes": (1.0,), "days": 30}
    for attempts in (1, 2, 6):
        model = lived(scenario(quiet, keys, {"notices.doors.attempts": attempts}))
        doors, done = doors_to_knock_at(model), rounds(model)
        expected = 1.0 - 0.7**attempts
        assert abs(done["told"] / doors - expected) < 4 * (expected * (1 - expected) / doors) ** 0.5
        assert done["opened"] == done["told"]


def test_minutes_bound_the_doors_of_a_day(scenario, lived, quiet):
    """At six minutes a door, half an hour a day is five doors, in turn until all are done."""
    keys = DOORS | always(1.0) | {
        "minutes.centre_household": "30 min",
        "notices.tiers.leader_to_centre.minutes": 0.0,
        "cases.categories": {
            "none": {"title": "None", "handler": "mediation", "rate": 0.0,
                     "service": {"distribution": "deterministic", "mean": 1.0}, "deadline": 1.0},
        },
    }  # fmt: skip
    model = lived(scenario(quiet, keys))
    visits = model.tables()["visits"]
    centres = len(model.state.organisation.centre_household)
    assert (visits["knocks"] <= 5 * centres).all()
    assert visits["knocks"].max() > 3 * centres
    assert rounds(model)["told"] == doors_to_knock_at(model)
    work = model.tables()["work"]
    spent = work[work["activity"] == "doors"]["hours"].sum() * 60
    assert spent == pytest.approx(6.0 * doors_to_knock_at(model))


def test_the_round_ends_with_the_evening(scenario, lived, quiet):
    keys = DOORS | always(1.0) | {"notices.doors.until": "18:30", "notices.doors.restday_from": "18:00"}
    spread = lived(scenario(quiet, keys), trace=True).tables()["spread"]
    told = spread[spread["channel"] == "centre_household"]["informed_h"] % 24
    assert len(told) > 20
    assert told.between(18.0, 18.5 + 4 / 60).all()


def test_a_closed_door_that_costs_more_than_a_visit_never_overdraws_the_day(scenario, quiet):
    keys = DOORS | always(0.0) | {"notices.doors.knock": "25 min", "minutes.centre_household": "40 min"}
    model = CommunityModel(scenario(quiet, keys), rng=1)
    for _ in range(8):
        model.run_for(24.0)
        assert (model.state.working.left >= 0.0).all()
    assert rounds(model)["knocks"] > 0


def test_two_notices_at_once_compete_for_the_same_minutes(scenario, lived, quiet):
    """Where minutes bind, each of four notices at once takes longer than one alone."""
    keys = DOORS | {"minutes.centre_household": "25 min", "notices.talk.household": 0.1, "days": 40}
    slow = []
    for seed in range(6):
        one, four = (
            lived(scenario(quiet, keys, {"notices.at": ("34 h",) * count}), seed).tables()["notices"]
            for count in (1, 4)
        )
        slow.append(four["t90_h"].mean() - one["t90_h"].mean())
    assert np.mean(slow) > 24.0
    assert min(slow) > 0.0


def test_more_tries_and_more_minutes_reach_more(scenario, lived, quiet):
    keys = DOORS | {"minutes.centre_household": "20 min", "notices.doors.attempts": 2}

    def reach(change: dict[str, object]) -> float:
        asked = scenario(quiet, keys, change)
        return float(np.mean([lived(asked, seed).summary()["notice.reach_72h"] for seed in range(5)]))

    base = reach({})
    assert reach({"minutes.centre_household": "2 h"}) > base + 0.1
    assert reach({"notices.doors.attempts": 8}) >= base - 0.02


def test_vulnerable_residents_come_first_where_asked(scenario, lived, quiet):
    keys = DOORS | always(1.0) | {"minutes.centre_household": "30 min", "notices.talk.household": 0.2}
    gain = []
    for seed in range(5):
        usual, first = (
            lived(scenario(quiet, keys, {"notices.doors.vulnerable_first": on}), seed)
            .tables()["notices"]
            .iloc[0]
            for on in (False, True)
        )
        gain.append(first["reach_72h_vulnerable"] - usual["reach_72h_vulnerable"])
    assert np.mean(gain) > 0.05


def test_grid_workers_knock_where_asked(scenario, lived, quiet):
    keys = DOORS | always(1.0) | {
        "mechanisms.tiers": False,
        "mechanisms.patrol": True,
        "patrol.knocks": True,
        "patrol.talks": 0,
        "minutes.part_time": "4 h",
    }  # fmt: skip
    model = lived(scenario(quiet, keys))
    visits = model.tables()["visits"].groupby("by")["told"].sum()
    assert visits["grid_worker"] > 50
    assert "centre_household" not in visits
    assert model.tables()["notices"]["by_grid_worker"].sum() >= visits["grid_worker"]

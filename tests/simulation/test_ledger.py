"""The ledger: pairs nearest first, a visit a week, needs found and met, what it costs and does not touch."""

import numpy as np
import pytest

from simulation import CommunityModel
from simulation.kernels import COMPILED, PLAIN

KINDS = [f"{who}_{day}" for who in ("worker", "retired", "child") for day in ("workday", "restday")]


def always(chance: float) -> dict[str, object]:
    """Everybody is at home with ``chance`` in each part of the day."""
    return {f"community.presence.{kind}": (chance,) * 4 for kind in KINDS}


LEDGER = {
    "mechanisms.ledger": True,
    "community.households": 200,
    "days": 70,
    "community.people.party_share": 0.3,
    "ledger.omitted": 0.0,
    "ledger.pace": 20.0,
    "ledger.until": "22:00",
    "minutes.paired_member": "4 h",
}


def pairs_of(model: CommunityModel):
    return model.ledger.pairs


def buildings(model: CommunityModel, residents: np.ndarray) -> np.ndarray:
    people = model.state.population
    return people.household_building[people.household[residents]]


def test_every_file_has_one_member_within_capacity_who_is_fit_and_lives_elsewhere(scenario):
    model = CommunityModel(scenario(LEDGER), rng=1)
    pairs, people = pairs_of(model), model.state.population
    assert (pairs.member >= 0).all()
    assert sorted(pairs.files[pairs.files >= 0].tolist()) == list(range(len(pairs.resident)))
    for member, files in enumerate(pairs.files):
        assert (pairs.member[files[files >= 0]] == member).all()
    assert people.party[pairs.person].all()
    assert not people.vulnerable[pairs.person].any()
    assert (people.age[pairs.person] >= 18).all()
    assert (people.household[pairs.person[pairs.member]] != people.household[pairs.resident]).all()


def test_nearest_first(scenario):
    """Nobody is paired across buildings while a member of the building has room."""
    few = {"ledger.capacity": 1, "community.people.party_share": 0.1}
    model = CommunityModel(
        scenario(LEDGER, few, {f"mechanisms.{name}": False for name in ("tiers", "patrol")}), rng=1
    )
    pairs, people = pairs_of(model), model.state.population
    at_file, at_member = buildings(model, pairs.resident), buildings(model, pairs.person)
    free = (pairs.files < 0).all(axis=1)
    across = np.flatnonzero((pairs.member >= 0) & (at_file != at_member[pairs.member]))
    for file in across.tolist():
        homes = people.household[pairs.person[free & (at_member == at_file[file])]]
        assert (homes == people.household[pairs.resident[file]]).all()
    assert 0 < len(across) < len(pairs.resident) / 2


def test_leaders_and_centre_households_come_last_and_visit_out_of_their_own_minutes(scenario, lived, quiet):
    keys = LEDGER | {
        "mechanisms.tiers": True,
        "notices.doors.on": False,
        "community.people.party_share": 0.05,
    }
    asked = scenario(quiet, keys, always(1.0), {"ledger.capacity": 2, "minutes.centre_household": "4 h"})
    model = lived(asked)
    pairs, roster = pairs_of(model), model.state.roster
    load = (pairs.files >= 0).sum(axis=1)
    assert load[pairs.serving].sum() > 0
    assert (load[~pairs.serving] == 2).all(), "the others are full"
    work = model.tables()["work"]
    spent = work[work["activity"] == "paired_visit"].groupby("role")["hours"].sum()
    assert spent["centre_household"] + spent.get("leader", 0.0) > 0.0
    outside = model.ledger._actor[pairs.serving]
    assert ((outside >= roster.leaders) & (outside < roster.workers)).all()


def test_too_few_members_bind_and_a_warning_says_so(scenario, lived, quiet):
    keys = LEDGER | {"ledger.capacity": 1, "community.people.party_share": 0.02}
    model = lived(scenario(quiet, keys, always(1.0)))
    table, warnings = model.tables()["ledger"], model.tables()["warnings"]
    unpaired = int((pairs_of(model).member < 0).sum())
    assert unpaired > 0
    assert f"{unpaired} of {len(pairs_of(model).resident)} files" in warnings["en"].str.cat()
    assert f"{unpaired}份没有结对党员" in warnings["zh"].str.cat()
    assert (table["held"] <= table["paired"]).all()
    assert model.summary()["ledger.visits_kept"] == pytest.approx(1 - unpaired / table["files"].max())


def test_one_visit_a_week_where_all_are_in_and_minutes_suffice(scenario, lived, quiet):
    model = lived(scenario(quiet, LEDGER, always(1.0)))
    table = model.tables()["ledger"]
    files = len(pairs_of(model).resident)
    assert len(table) == 10
    assert (table["due"] == files).all()
    assert (table["held"] == files).all()
    assert table[["made_up", "missed", "closed_doors", "out_of_time"]].to_numpy().sum() == 0
    assert model.summary()["ledger.visits_kept"] == 1.0
    visits = model.tables()["visits"]
    mine = visits[visits["by"] == "paired_member"]
    assert mine["opened"].sum() == 10 * files
    assert mine.groupby(mine["day"] % 7)["opened"].sum().size == 7, "spread over the week"


def test_visits_and_minutes_are_the_product_of_the_parameters(scenario, lived, quiet):
    keys = {"ledger.needs.rate": 0.0, "ledger.walk": 0.1, "ledger.pace": 20.0, "ledger.stay": 0.25}
    model = lived(scenario(quiet, LEDGER, always(1.0), keys))
    pairs, people = pairs_of(model), model.state.population
    home, other = buildings(model, pairs.resident), buildings(model, pairs.person[pairs.member])
    metres = np.hypot(people.x_m[home] - people.x_m[other], people.y_m[home] - people.y_m[other])
    work = model.tables()["work"]
    expected = 10 * (len(home) * (0.1 + 0.25) + 2 * metres.sum() / 1000 / 20.0)
    assert work[work["activity"] == "paired_visit"]["hours"].sum() == pytest.approx(expected)


def test_where_nobody_opens_all_is_missed_and_the_doors_are_counted(scenario, lived, quiet):
    """Drawn evenly over the week and tried for two days more, and the week ends."""
    model = lived(scenario(quiet, LEDGER, always(0.0), {"days": 210}))
    table = model.tables()["ledger"]
    assert table["held"].sum() == 0
    assert (table["missed"] == table["due"]).all()
    tries = table["closed_doors"].sum() / table["due"].sum()
    assert tries == pytest.approx((5 * 3 + 2 + 1) / 7, abs=0.05)
    assert model.summary()["ledger.visits_kept"] == 0.0


@pytest.mark.parametrize("make_up", [0, 6])
def test_chance_of_being_kept_follows_from_presence_and_tries(scenario, lived, quiet, make_up):
    model = lived(scenario(quiet, LEDGER, always(0.4), {"ledger.make_up": make_up, "days": 210}))
    tries = [min(make_up, 6 - day) + 1 for day in range(7)]
    expected = np.mean([1.0 - 0.6**count for count in tries])
    table = model.tables()["ledger"]
    due = table["due"].sum()
    assert abs(model.summary()["ledger.visits_kept"] - expected) < 4 * np.sqrt(
        expected * (1 - expected) / due
    )
    assert (table["made_up"].sum() > 0) == (make_up > 0)


def test_time_that_runs_out_costs_visits_and_is_counted(scenario, lived, quiet):
    kept = {}
    for minutes in ("10 min", "30 min", "4 h"):
        keys = {"minutes.paired_member": minutes, "ledger.make_up": 0, "community.people.party_share": 0.08}
        model = lived(scenario(quiet, LEDGER, always(1.0), keys))
        table = model.tables()["ledger"]
        kept[minutes] = model.summary()["ledger.visits_kept"]
        assert table["out_of_time"].sum() == table["missed"].sum()
    assert kept["10 min"] == 0.0 < kept["30 min"] < kept["4 h"] == 1.0


def test_needs_are_in_one_state_and_in_order(scenario, lived):
    few = {"ledger.needs.rate": 20.0, "ledger.needs.care": 1.0, "minutes.paired_member": "1 h"}
    model = lived(scenario(LEDGER, few, {"ledger.needs.fades": "10 days"}))
    needs = model.tables()["needs"]
    assert len(needs) == len(model.state.fate.needs.hour)
    assert set(needs["state"]) == {"unfound", "found", "met", "faded"}
    met, faded, found = (needs[f"{name}_h"].notna() for name in ("met", "faded", "found"))
    assert not (met & faded).any()
    assert (needs["state"] == "met").to_numpy(bool).tolist() == met.tolist()
    assert (needs["state"] == "faded").to_numpy(bool).tolist() == faded.tolist()
    assert found[met].all()
    assert (needs["arose_h"] <= needs["found_h"])[found].all()
    assert (needs["found_h"] <= needs["met_h"])[met].all()
    assert (needs["faded_h"] - needs["arose_h"])[faded].to_numpy() == pytest.approx(240.0)
    assert model.state.population.vulnerable[needs["resident"]].all()


def test_care_costs_what_met_needs_take(scenario, lived, quiet):
    keys = {"ledger.needs.rate": 6.0, "ledger.needs.found": 1.0, "ledger.needs.care": 2.0}
    model = lived(scenario(quiet, LEDGER, always(1.0), keys))
    needs, work = model.tables()["needs"], model.tables()["work"]
    cared = work[work["activity"] == "care"]["hours"].sum()
    met = (needs["state"] == "met").sum()
    begun = (needs["state"].isin(["found", "faded"]) & needs["found_h"].notna()).sum()
    assert met > 20
    assert 2.0 * met <= cared + 1e-9 <= 2.0 * (met + begun) + 1e-6
    lacks = model.ledger.needs.lacks
    assert cared * 60 == pytest.approx((120.0 - lacks).sum())


def test_wait_for_the_visit_is_half_a_week_where_nothing_fails(scenario, lived, quiet):
    """Visits drawn evenly each week: the mean wait lies between half a week and a week."""
    keys = {"ledger.needs.rate": 12.0, "ledger.needs.found": 1.0, "ledger.needs.care": 0.0, "days": 210}
    needs = lived(scenario(quiet, LEDGER, always(1.0), keys)).tables()["needs"]
    wait = (needs["met_h"] - needs["arose_h"]).dropna() / 24.0
    # gaps between even draws in weeks on end: mean 7, variance 2 x 4; one falls into a gap by its length
    expected = (49.0 + 8.0) / 14.0
    assert wait.mean() == pytest.approx(expected, abs=4 * wait.std() / len(wait) ** 0.5)


def test_needs_shorten_with_the_ledger_and_weigh_without(scenario, lived):
    keys = {"ledger.needs.rate": 10.0, "community.households": 200, "days": 120}
    for seed in range(3):
        on, off = (lived(scenario(keys, {"mechanisms.ledger": switch}), seed) for switch in (True, False))
        assert on.state.fate.digest == off.state.fate.digest
        assert on.tables()["needs"]["arose_h"].equals(off.tables()["needs"]["arose_h"])
        assert on.summary()["ledger.unmet_need_days"] < 0.5 * off.summary()["ledger.unmet_need_days"]
        vulnerable = on.state.population.vulnerable
        gain = (
            on.state.satisfaction.level[vulnerable].mean() - off.state.satisfaction.level[vulnerable].mean()
        )
        assert gain > 1.0
        assert off.summary()["ledger.visits_kept"] is None
        assert set(off.tables()["needs"]["state"]) == {"unfound", "faded"}


def test_unmet_need_days_of_nothing_is_nothing(scenario, lived):
    assert lived(scenario({"ledger.needs.rate": 0.0})).summary()["ledger.unmet_need_days"] is None


def test_the_visit_itself_moves_no_more_than_its_parameter(scenario, lived, quiet):
    keys = {"ledger.needs.rate": 0.0, "satisfaction.adapts": "3650 days"}
    keys |= {
        f"satisfaction.{name}": 0.0 for name in ("struck", "struck_building", "waiting", "waiting_building")
    }
    for points in (0.0, 0.5):
        model = lived(scenario(quiet, LEDGER, always(1.0), keys, {"satisfaction.paired_visit": points}))
        table = model.tables()["satisfaction"]
        moved = table[(table["cause"] == "visited") & (table["group"] == "vulnerable")]["change"].sum()
        level = 100.0 - model.state.population.satisfaction[model.state.population.vulnerable].mean()
        assert moved <= 10 * points / 50.0 * level + 1e-12
        assert moved >= 0.8 * 10 * points / 50.0 * level


def test_files_that_are_missing_are_opened_when_somebody_calls(scenario, lived, quiet):
    keys = LEDGER | {"ledger.omitted": 0.5, "ledger.noticed": 0.5, "days": 120}
    walked = {
        "mechanisms.patrol": True,
        "minutes.full_time": "6 h",
        "patrol.duration": "6 h",
        "patrol.talks": 9,
    }
    unseen = lived(scenario(quiet, keys)).tables()["ledger"]["files"]
    assert unseen.nunique() == 1
    assert 0 < unseen.iloc[0] < len(unseen) * 100
    model = lived(scenario(quiet, keys, walked))
    table = model.tables()["ledger"]
    assert (table["files"].diff().dropna() >= 0).all()
    opened = int(pairs_of(model).registered.sum()) - int(table["files"].iloc[0])
    assert opened > 5
    work = model.tables()["work"]
    filing = work[work["activity"] == "filing"]
    assert set(filing["role"]) == {"branch"}
    assert filing["hours"].sum() == pytest.approx(opened / 3, abs=0.34)
    assert (pairs_of(model).member[pairs_of(model).registered] >= 0).all()


def test_members_tell_what_they_know_and_hear_of_troubles(scenario, lived):
    keys = LEDGER | {"notices.per_year": 60.0, "ledger.omitted": 0.1, "mechanisms.patrol": False}
    model = lived(scenario(keys), trace=True)
    spread = model.tables()["spread"]
    told = spread[spread["channel"] == "visit"]
    assert len(told) > 10
    knew = spread.set_index(["notice", "resident"])["informed_h"]
    for row in told.itertuples():
        assert row.told_by in set(pairs_of(model).person.tolist())
        assert knew[row.notice, row.told_by] <= row.informed_h
    assert model.state.population.vulnerable[told["resident"]].all()
    cases = model.tables()["cases"]
    found = cases[cases["found_by"] == "ledger_visit"]
    assert len(found) > 2
    assert found["uploaded_h"].notna().mean() > 0.8


def test_without_tiers_a_member_turns_to_the_branch(scenario, lived):
    model = lived(scenario(LEDGER, {"mechanisms.tiers": False, "days": 120}))
    cases = model.tables()["cases"]
    found = cases[cases["found_by"] == "ledger_visit"]
    assert len(found) > 5
    assert found["uploaded_h"].notna().mean() > 0.9


def test_off_with_no_needs_nothing_of_it_is_left(scenario, lived):
    """Neither its parameters nor its minutes reach a run without it."""
    off = {"mechanisms.ledger": False, "ledger.needs.rate": 0.0}
    plain = lived(scenario(off), trace=True)
    changed = {
        "minutes.paired_member": "9 h",
        "ledger.omitted": 0.9,
        "ledger.capacity": 1,
        "ledger.stay": 1.0,
    }
    other = lived(scenario(off, changed), trace=True)
    for name, table in plain.tables().items():
        assert table.equals(other.tables()[name]), name
    assert len(plain.tables()["ledger"]) == len(plain.tables()["needs"]) == 0
    assert "paired_member" not in set(plain.tables()["work"]["role"])


def test_compiled_and_interpreted_visits_are_the_same_bit_for_bit(scenario):
    assert PLAIN.pair_day is not COMPILED.pair_day
    silent = {"notices.talk.household": 0.0, "notices.talk.neighbour": 0.0, "notices.at": ("30 h",)}
    tables = []
    for plain in (False, True):
        asked = scenario(silent, {"ledger.needs.rate": 30.0, "community.people.party_share": 0.2})
        model = CommunityModel(asked, rng=3, plain=plain)
        model.run_to_end()
        tables.append(model.tables())
    assert tables[0]["ledger"]["held"].sum() > 20
    assert (tables[0]["needs"]["state"] == "met").any()
    for name in ("ledger", "needs", "visits", "work", "notices"):
        assert tables[0][name].equals(tables[1][name]), name

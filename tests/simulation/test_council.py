"""The council: what makes a topic, who meets, what the agenda holds, what projects need and bring about."""

import numpy as np
import pandas as pd
import pytest

from agents.working_time import COUNCIL, WorkingTime
from scenarios import load, validate_file
from simulation import CommunityModel
from simulation.cases.arising import THIN
from simulation.community.providers import ENTERPRISE, NGO, OFFICE
from simulation.council.topics import CLEAN_UP, RENEWAL, topic_of

OFF = {"mechanisms.council": False}
AT_ONCE = {"distribution": "deterministic", "mean": 1.0}
WORN = {
    "days": 150,
    "community.households": 300,
    "community.buildings.condition_mean": 0.2,
    "community.buildings.condition_sd": 0.05,
    "council.raises.condition": 0.5,
}
"""Every building is a topic from the first meeting on."""
NOTHING = {
    "days": 140,
    "community.households": 300,
    "council.raises.condition": 0.0,
    "council.raises.damage": 1000,
    "council.raises.untidy": 1000,
    "council.raises.stuck": 1000,
    "council.raises.voices": 1000,
}
"""Nothing makes a topic."""
QUICK = WORN | {
    "council.topics": 20,
    "council.quorum": 1,
    "council.renewal.granted": 1.0,
    **{f"providers.willing.{kind}": 1.0 for kind in ("office", "enterprise", "ngo")},
    "providers.willing.spread": 0.0,
    **{f"council.renewal.{name}": AT_ONCE for name in ("approval", "materials", "technical", "works")},
    "council.renewal.guide": "5 min",
    "incentives.tires": 0.0,
    "resources.lists": False,
    "resources.word_of_mouth": 0.0,
}
"""Everybody gives, and everything is there within the day."""


def renewals(model: CommunityModel) -> pd.DataFrame:
    projects = model.tables()["projects"]
    return projects[projects["topic"] == "renewal"]


def spent(model: CommunityModel) -> float:
    return float(model.state.working.spent[:, COUNCIL].sum())


# Topics --------------------------------------------------------------------------------------------------


def test_what_follows_condition_calls_for_renewal_and_what_follows_the_surroundings_for_a_clean_up(scenario):
    kinds = scenario().cases.categories
    found = {name: topic_of(kind) for name, kind in kinds.items()}
    assert found == {"conflict": None, "damage": RENEWAL, "question": None, "other": CLEAN_UP}


def test_worn_buildings_are_topics_the_worst_first(scenario, lived):
    model = lived(scenario(WORN, OFF))
    table, condition = renewals(model), model.state.population.condition
    worn = table[table["source"] == "condition"]
    assert len(worn) == model.state.population.buildings, "each once, however long it waits"
    assert (np.diff(condition[worn["building"]]) >= 0.0).all()


def test_recurring_troubles_count_from_the_list_and_not_those_nobody_knows(scenario, lived):
    keys = NOTHING | {"days": 140, "council.raises.damage": 4, "council.raises.untidy": 1}
    model = lived(scenario(keys, OFF))
    table, cases = model.tables()["projects"], model.tables()["cases"]
    assert set(table["source"]) == {"recurring"}
    for row in table.itertuples():
        kind, most = ("damage", 4) if row.topic == "renewal" else ("other", 1)
        mine = cases[(cases["building"] == row.building) & (cases["category"] == kind)]
        listed = mine["uploaded_h"].between(row.raised_h - 2160.0, row.raised_h, inclusive="left")
        assert listed.sum() > most
    quiet = lived(scenario(NOTHING, OFF))
    assert len(quiet.tables()["projects"]) == 0


def test_stuck_cases_make_a_topic(scenario, lived):
    keys = NOTHING | {"days": 150, "council.raises.stuck": 3}
    slow = {"cases.categories.damage.solved": 0.0}
    assert len(lived(scenario(keys, OFF)).tables()["projects"]) < 3
    table = lived(scenario(keys, OFF, slow)).tables()["projects"]
    assert set(table["source"]) == {"stuck"}
    assert len(table) > 3
    assert (table["raised_h"] > 24.0 * 33).all(), "three days of deadline and thirty after it"


def test_residents_are_heard_only_as_far_as_backbones_have_minutes(scenario, lived):
    keys = NOTHING | {
        "days": 45,
        "council.raises.voices": 1,
        "council.topics": 0,
        "community.people.party_share": 0.2,
    }
    raised = {}
    for name, change in {
        "asked": {},
        "no time": {"minutes.leader": "0 min", "minutes.centre_household": "0 min"},
        "nobody asks": {"council.opinions.asks": 0},
        "nobody speaks": {"council.opinions.speaks": 0.0},
        "off": OFF,
    }.items():
        table = lived(scenario(keys, change)).tables()["projects"]
        raised[name] = int((table["source"] == "opinion").sum())
    assert raised.pop("asked") > 5
    assert set(raised.values()) == {0}


# Meetings ------------------------------------------------------------------------------------------------


def test_it_meets_once_a_month_on_the_first_working_day_from_the_tenth(scenario, lived):
    model = lived(scenario(WORN))
    table, decided = model.tables()["council"], model.tables()["projects"]["decided_h"].dropna()
    assert table["month"].tolist() == [0, 1, 2, 3, 4]
    calendar = model.state.calendar
    for hour, topics in decided.value_counts().items():
        day = int(hour // 24)
        assert calendar.working[day]
        assert hour - 24 * day == pytest.approx(14.0 + 20 / 60 * (1 + topics)), "opening and topics"
        month = [one for one in range(day) if calendar.month[one] == calendar.month[day]]
        assert not any(calendar.working[one] and calendar.dates[one].day >= 10 for one in month)


@pytest.mark.parametrize("most", [0, 1, 3])
def test_the_agenda_has_room_for_so_many_topics_and_the_first_come_first(scenario, lived, most):
    model = lived(scenario(WORN, {"council.topics": most}))
    table, meetings = model.tables()["projects"], model.tables()["council"]
    held = meetings[meetings["quorum"]]
    assert (meetings["topics"] == meetings["waiting"].clip(upper=most)).all()
    assert (held["decided"] == held["topics"]).all()
    assert table["decided_h"].notna().sum() == held["decided"].sum()
    decided = table[table["decided_h"].notna()]
    assert decided["decided_h"].is_monotonic_increasing
    waiting = table[table["decided_h"].isna()]
    assert (meetings["waiting"] > meetings["topics"]).any()
    assert (waiting["deferred"] > 0).all()
    assert model.summary()["council.topics_waiting"] == len(waiting)


@pytest.mark.parametrize(
    "missing",
    [
        {"minutes.branch": "30 min"},
        {"council.quorum": 5, "minutes.leader": "0 min", "minutes.centre_household": "0 min"},
        {"council.quorum": 5, "providers.ngos": 0},
        {"council.quorum": 5, "providers.enterprises": 0},
        {"council.quorum": 5, "minutes.street_officer": "30 min"},
    ],
)
def test_without_quorum_nothing_is_decided(scenario, lived, missing):
    everybody = {f"providers.willing.{kind}": 1.0 for kind in ("office", "enterprise", "ngo")}
    base = WORN | {"council.topics": 2} | everybody | {"days": 70, "notices.per_year": 0.0}
    there, short = (lived(scenario(base, change)) for change in ({"council.quorum": 5}, missing))
    assert there.tables()["council"]["quorum"].all()
    assert there.tables()["projects"]["decided_h"].notna().any()
    assert not short.tables()["council"]["quorum"].any()
    assert not short.tables()["projects"]["decided_h"].notna().any()
    assert (short.tables()["projects"]["deferred"] >= 1).any()


def test_a_meeting_costs_those_who_come_its_length_and_nobody_owes_any(scenario, lived):
    keys = WORN | {"days": 12, "council.opinions.asks": 0, "council.topics": 2, "notices.per_year": 0.0}
    model = lived(scenario(keys, {"mechanisms.hub": False, "council.unassigned": 0.0}))
    meeting = model.tables()["council"].iloc[0]
    people = 1 + int(meeting["office"]) + int(meeting["backbones"])
    assert bool(meeting["branch"])
    assert spent(model) == pytest.approx(60.0 * people)


def test_set_aside_is_now_or_not_at_all():
    kind, minutes = np.zeros(3, dtype=np.int32), np.array([60.0, 20.0, 0.0])
    time = WorkingTime(kind, minutes, minutes, np.full(3, 9.0), np.full(3, 17.0), np.ones(3, dtype=np.bool_))
    time.begin_day(0)
    assert time.set_aside(np.arange(3), 30.0, COUNCIL).tolist() == [True, False, False]
    assert time.left.tolist() == [30.0, 20.0, 0.0]
    assert time.spent[:, COUNCIL].tolist() == [30.0, 0.0, 0.0]
    assert not time.owed.any()
    assert time.set_aside(np.arange(3), 0.0, COUNCIL).tolist() == [True, True, False], "no minutes, no role"


# Projects ------------------------------------------------------------------------------------------------


def test_where_everybody_gives_all_is_done_by_the_next_meeting(scenario, lived):
    model = lived(scenario(QUICK, {"days": 35}))
    table = renewals(model)
    first = table[table["raised_h"] == table["raised_h"].min()]
    assert (first["state"] == "completed").all()
    assert (first["asked"] == 3).all()
    assert (first["refused"] == 0).all()
    assert ((first["completed_h"] - first["started_h"]) == 1.0).all()
    gave = model.state.providers.gave
    kind = model.state.providers.are.kind
    assert gave[kind == OFFICE].sum() == first["funds_h"].notna().sum()
    assert gave[kind == ENTERPRISE].sum() == 2 * len(first)
    assert gave[kind == NGO].sum() == (model.tables()["projects"]["volunteers_h"].notna()).sum()


@pytest.mark.parametrize(
    ("lacks", "parts"),
    [
        ({"providers.enterprises": 0}, ("materials_h", "technical_h")),
        ({"providers.office": False}, ("funds_h",)),
        ({"council.renewal.granted": 0.0}, ("funds_h",)),
        ({"minutes.street_officer": "0 min"}, ("funds_h",)),
    ],
)
def test_no_works_without_every_part(scenario, lived, lacks, parts):
    table = renewals(lived(scenario(QUICK, {"days": 70}, lacks)))
    decided = table[table["decided_h"].notna()]
    assert len(decided) > 3
    assert decided["started_h"].isna().all()
    for part in ("funds_h", "materials_h", "technical_h"):
        assert decided[part].isna().all() == (part in parts), part


def test_another_is_asked_at_a_later_meeting_and_nobody_twice_in_a_round(scenario, lived):
    keys = QUICK | {"providers.willing.enterprise": 0.0, "days": 150, "providers.enterprises": 3}
    model = lived(scenario(keys))
    parts = [part for project in model.council.projects.all for part in project.parts if part.tries]
    asked = [part for part in parts if part.name == "materials"]
    assert max(part.tries for part in asked) == 5, "one at each of five meetings"
    assert all(len(part.asked) == (part.tries - 1) % 3 + 1 for part in asked)
    assert all(part.done is None for part in asked)


def test_backbones_keep_projects_from_being_forgotten(scenario, lived):
    keys = QUICK | {"providers.willing.enterprise": 0.3, "council.noticed": 0.0, "days": 180}
    told, silent = (
        renewals(lived(scenario(keys, change))) for change in ({}, {"council.progress": "3 h"})
    )  # nobody has three hours
    assert told["asked"].sum() > 1.3 * silent["asked"].sum()
    assert told["completed_h"].notna().sum() > silent["completed_h"].notna().sum()


def test_without_the_hub_parts_wait_until_somebody_comes_forward(scenario, lived):
    hub, none = (
        lived(scenario(WORN, {"days": 300, "mechanisms.hub": on, "council.unassigned": 0.2}))
        for on in (True, False)
    )
    assert renewals(hub)["assigned_h"].notna().any()
    assert renewals(none)["assigned_h"].isna().all()
    pd.testing.assert_series_equal(hub.tables()["council"]["month"], none.tables()["council"]["month"])
    completed = [model.summary()["council.projects_completed"] for model in (hub, none)]
    assert completed[0] > completed[1] >= 0


# What they bring about -----------------------------------------------------------------------------------


def test_renewal_restores_condition_and_time_wears_it(scenario, lived):
    keys = QUICK | {"days": 60, "community.buildings.wear": 0.2}
    on, off = lived(scenario(keys)), lived(scenario(keys, OFF))
    start, worn = off.state.population.condition, off.state.condition
    np.testing.assert_allclose(worn, np.maximum(start - 0.2 * 60 / 365, 0.0))
    done = renewals(on)[renewals(on)["completed_h"].notna()]
    for row in done.drop_duplicates("building", keep=False).itertuples():
        before = start[row.building] - 0.2 / 365 * np.floor(row.completed_h / 24.0 + 1.0)
        after = before + 0.6 * (1.0 - before)
        left = 60 - np.floor(row.completed_h / 24.0 + 1.0)
        assert on.state.condition[row.building] == pytest.approx(after - 0.2 / 365 * left)
    np.testing.assert_array_equal(on.state.population.condition, start)
    buildings = on.tables()["buildings"]
    np.testing.assert_array_equal(buildings["condition"], start)
    np.testing.assert_array_equal(buildings["condition_end"], on.state.condition)


def test_renewal_lowers_later_damage_in_that_building_and_nowhere_else(scenario, lived):
    keys = QUICK | {
        "days": 250,
        "cases.categories.damage.rate": 3000.0,
        "cases.categories.damage.follows_surroundings": 0.0,
        "council.topics": 1,
        "council.raises.voices": 1000,
    }
    drops, counts = [], []
    for seed in range(4):
        on, off = lived(scenario(keys), seed), lived(scenario(keys, OFF), seed)
        done = renewals(on).dropna(subset=["completed_h"]).groupby("building")["completed_h"].first()
        sizes = []
        for model in (on, off):
            cases = model.tables()["cases"]
            damage = cases[cases["category"] == "damage"]
            since = damage["building"].map(done).fillna(np.inf)
            sizes.append(
                (int((damage["arose_h"] > since + 24.0).sum()), int((damage["arose_h"] <= since).sum()))
            )
        counts.append(sizes[1][0])
        drops.append(1.0 - sizes[0][0] / sizes[1][0])
        assert sizes[0][1] == sizes[1][1], "before a renewal, and without one, the same damage"
    assert sum(counts) > 500
    # From condition about 0.2 to 0.68: (1 + 0.8 x (1 - 1.36)) / (1 + 0.8 x (1 - 0.4)) is 0.48.
    assert np.mean(drops) == pytest.approx(0.52, abs=0.06)


def test_a_clean_up_keeps_a_share_of_troubles_away_and_less_and_less(scenario):
    model = CommunityModel(
        scenario({"council.clean_up.lasts": "10 days", "community.households": 150}), rng=1
    )
    arising, state = model.cases.arising, model.state
    kind = [name for name, _ in arising.kinds].index("other")
    building = int(state.population.household_building[0])
    state.cleaned[building] = 100.0

    def kept(hour: float, household: int = 0) -> float:
        thin = np.linspace(0.0, 1.0, 2000, endpoint=False)
        return float(np.mean([arising._happens(hour, kind, household, one) for one in thin]))

    assert kept(100.0) == pytest.approx(0.5, abs=0.001)
    assert kept(340.0) == pytest.approx(1.0 - 0.5 * np.exp(-1.0), abs=0.001)
    elsewhere = int(np.flatnonzero(state.population.household_building != building)[0])
    assert kept(100.0, elsewhere) == 1.0
    assert THIN == 0


def test_satisfaction_of_the_building_rises_under_its_own_cause(scenario, lived):
    model = lived(scenario(QUICK, {"days": 35}))
    ledger = model.tables()["satisfaction"]
    gained = ledger[ledger["group"] == "all"].groupby("cause")["change"].sum()
    assert gained["renewed"] > 1.0
    off = lived(scenario(QUICK, {"days": 35}, OFF)).tables()["satisfaction"]
    assert (off[off["cause"].isin(["renewed", "cleaned"])]["change"] == 0.0).all()


# Off, and what stays as it was ---------------------------------------------------------------------------


def test_off_topics_pile_up_nobody_spends_a_minute_and_nothing_else_changes(scenario, lived):
    off = lived(scenario(WORN, OFF))
    summary = off.summary()
    assert spent(off) == 0.0
    assert len(off.tables()["council"]) == 0
    assert summary["council.projects_completed"] == 0
    assert summary["council.lead_d_median"] is None
    assert summary["council.topics_waiting"] == len(off.tables()["projects"]) > 5
    assert set(off.tables()["projects"]["state"]) == {"waiting"}
    # Whatever it would decide on: without the switch every other rule of the council is without effect.
    rules = {"council.topics": 9, "council.raises.condition": 0.0, "council.opinions.asks": 9}
    other = lived(scenario(WORN, OFF, rules))
    for name, table in off.tables().items():
        if name != "projects":
            pd.testing.assert_frame_equal(table, other.tables()[name], check_exact=True)


def test_a_council_that_does_nothing_leaves_the_run_as_without_one(scenario, lived):
    idle = WORN | {"council.opening": "0 min", "council.topics": 0, "council.opinions.asks": 0}
    on, off = lived(scenario(idle)).tables(), lived(scenario(idle, OFF)).tables()
    for name in set(on) - {"council", "projects"}:
        pd.testing.assert_frame_equal(on[name], off[name], check_exact=True)


def test_fate_is_the_same_with_and_without_it(scenario):
    digests = {
        CommunityModel(scenario(WORN, change), rng=3).state.fate.digest
        for change in ({}, OFF, {"council.topics": 5}, {"community.buildings.wear": 0.3})
    }
    assert len(digests) == 1


def test_lead_time_counts_open_topics_as_censored(scenario, lived):
    model = lived(scenario(QUICK, {"council.topics": 1, "days": 150}))
    table = model.tables()["projects"]
    done = table["completed_h"].notna()
    naive = ((table["completed_h"] - table["raised_h"])[done] / 24.0).median()
    lead = model.summary()["council.lead_d_median"]
    assert done.any()
    assert not done.all()
    assert lead is None or lead > naive


def test_opinions_are_asked_for_before_the_meeting(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("extends: coordinated\ncouncil: {opinions: {day: 12}}\n", encoding="utf-8")
    problems = validate_file(file)
    assert "opinions.day (12) may not come after day (10)" in str(problems[0])
    assert load("coordinated", {"council.opinions.day": 12, "council.day": 15}).council.day == 15

"""Wants found at paired visits: who finds which, what it costs, and that none is written or met twice."""

import numpy as np
import pytest

from simulation.care.pair_visits import _write_down
from simulation.resources.listing import NONE, PAIRED_VISIT, QUESTIONNAIRE
from simulation.satisfaction.evening import CARED, SERVED
from simulation.satisfaction.satisfaction import Satisfaction

KINDS = [f"{who}_{day}" for who in ("worker", "retired", "child") for day in ("workday", "restday")]
AT_HOME = {f"community.presence.{kind}": (1.0,) * 4 for kind in KINDS}
VISITS = AT_HOME | {
    "mechanisms.ledger": True,
    "community.households": 200,
    "days": 120,
    "community.people.party_share": 0.3,
    "ledger.omitted": 0.0,
    "ledger.pace": 20.0,
    "minutes.paired_member": "4 h",
    "ledger.wants.found": 1.0,
    "resources.wants.elder_care.rate": 4.0,
}
LISTS = {"resources.lists": True, "resources.every": "monthly"}
NO_OTHER_WAY = {"resources.surveys.answers": 0.0, "resources.surveys.a_day": 0.0}
NOT = {"ledger.wants.found": 0.0}


def wants_of(model):
    """The wants of a run's tables with the resident of each."""
    table = model.tables()["resources"].query("kind == 'want'")
    return table.assign(resident=model.state.fate.wanted.resident[table["id"]])


@pytest.fixture(scope="module")
def found(scenario, lived, quiet):
    """A run in which only paired members gather the list."""
    return lived(scenario(quiet, VISITS, LISTS, NO_OTHER_WAY))


def test_each_want_of_a_visited_resident_is_listed_within_the_time_between_two_visits(found):
    wants, pairs = wants_of(found), found.ledger.pairs
    listed = wants[wants["listed_h"].notna()]
    assert len(listed) > 50
    assert set(listed["channel"]) == {"paired_visit"}
    assert found.state.population.vulnerable[listed["resident"]].all()
    waited = listed["listed_h"] - listed["arose_h"].clip(lower=0.0)
    assert waited.between(0.0, 14 * 24.0).all()
    assert (listed["listed_h"] < listed["expires_h"]).all()
    assert (pairs.member >= 0).all()
    there = wants["arose_h"].between(-np.inf, 24.0 * 106) & (wants["expires_h"] - wants["arose_h"] > 336.0)
    there &= found.state.population.vulnerable[wants["resident"]] & (wants["expires_h"] > 336.0)
    assert wants[there]["listed_h"].notna().all(), "nothing that lasts two weeks is overlooked"


def test_writing_costs_minutes_for_each_and_the_weeks_count_them(found):
    listed = int(wants_of(found)["listed_h"].notna().sum())
    tables = found.tables()
    assert tables["ledger"]["wants_listed"].sum() == listed
    survey = tables["work"].query("activity == 'survey'")
    assert survey["hours"].sum() == pytest.approx(listed * found.state.scenario.ledger.wants.writing)


def test_minutes_that_a_visit_leaves_bound_what_is_written(scenario, lived, quiet):
    """An hour for a visit of 50 minutes and the way leaves time for many wants, for two, or for none."""
    tight = {"ledger.stay": "50 min", "minutes.paired_member": "1 h", "ledger.capacity": 1}
    tight |= {"ledger.walk": 0.0, "ledger.needs.rate": 0.0, "mechanisms.tiers": False}
    tight |= {"resources.wants.elder_care.rate": 40.0}
    counts = {}
    for minutes in ("1 min", "4 min", "20 min"):
        model = lived(scenario(quiet, VISITS, LISTS, NO_OTHER_WAY, tight, {"ledger.wants.writing": minutes}))
        counts[minutes] = int(model.tables()["ledger"]["wants_listed"].sum())
        granted = sum(model.state.working.budgets[int(day)] for day in model.state.working.working)
        assert (model.state.working.spent.sum(axis=1) <= granted + 1e-6).all()
    assert counts["20 min"] == 0 < counts["4 min"] < counts["1 min"]


def test_nothing_is_written_or_met_twice_and_each_is_felt_once(scenario, lived, monkeypatch):
    """All ways onto the list at once; every want that is met gives once, and so does every need cared for."""
    felt = {SERVED: 0, CARED: 0}

    move = Satisfaction.move

    def note(satisfaction, who, cause, points):
        if cause in felt:
            felt[cause] += len(who)
        move(satisfaction, who, cause, points)

    monkeypatch.setattr(Satisfaction, "move", note)
    keys = {"resources.word_of_mouth": 0.3, "resources.offers.caring.ngo": 40.0, "providers.residents": 0.1}
    model = lived(scenario(VISITS, LISTS, keys, {"mechanisms.council": False, "ledger.wants.found": 0.5}))
    table, wants = model.tables()["resources"], wants_of(model)
    assert {"paired_visit", "visit", "questionnaire", "word_of_mouth"} <= set(wants["channel"].dropna())
    assert (table["given"] <= table["places"]).all()
    met = wants[wants["state"] == "met"]
    assert (met["channel"] == "paired_visit").sum() > 5
    on_list = met[met["channel"] != "word_of_mouth"]
    assert (on_list["listed_h"] < on_list["matched_h"]).all(), "what is met is not written down any more"
    people = model.state.population
    homes = np.diff(people.residents_from)[met["household"].to_numpy(dtype=np.int64)]
    assert felt[SERVED] == homes.sum() > 0
    needs = model.tables()["needs"]
    assert felt[CARED] == (needs["state"] == "met").sum() > 0


def test_fate_and_care_stay_and_the_list_only_gains(scenario, lived, quiet):
    one, other = (lived(scenario(quiet, VISITS, LISTS, keys)) for keys in ({}, NOT))
    assert one.state.fate.digest == other.state.fate.digest
    assert one.tables()["needs"].equals(other.tables()["needs"]), "minutes suffice for both"
    more, less = (wants_of(model)["listed_h"].notna() for model in (one, other))
    assert (more | ~less).all()
    assert more.sum() > less.sum()
    met = [model.summary()["resource.match_rate_vulnerable"] for model in (one, other)]
    assert met[0] >= met[1]


@pytest.mark.parametrize("off", [{"resources.lists": False}, NOT, {"mechanisms.ledger": False}])
def test_without_lists_visits_or_the_finding_nothing_of_it_is_left(scenario, lived, off):
    plain = lived(scenario(VISITS, off))
    other = lived(scenario(VISITS, off, {"ledger.wants.writing": "3 h"}))
    assert "paired_visit" not in set(wants_of(plain)["channel"].dropna())
    for name, table in plain.tables().items():
        assert table.equals(other.tables()[name]), name
    if off == {"resources.lists": False}:
        silent = lived(scenario(VISITS, off, NOT))
        for name, table in plain.tables().items():
            assert table.equals(silent.tables()[name]), name


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({}, 1),
        ({"arose": 30.0}, 0),
        ({"arose": 20.0}, 1),
        ({"expires": 20.1}, 0),
        ({"channel": QUESTIONNAIRE}, 0),
        ({"asked": 15.0}, 0),
        ({"asked": 9.0}, 1),
        ({"asked": 25.0}, 1),
        ({"minutes": 4.0}, 0),
        ({"minutes": 5.0}, 1),
        ({"finds": 0.0}, 0),
    ],
    ids=str,
)
@pytest.mark.parametrize("write", [_write_down, _write_down.py_func])
def test_a_want_is_written_where_it_is_there_and_nobody_has_said_it(write, change, written):
    """A visit from 20:00 to 20:20, of somebody whose want arose at 10:00."""
    case = {"arose": 10.0, "expires": 40.0, "channel": NONE, "asked": np.inf, "minutes": 60.0, "finds": 1.0}
    case |= change
    listed, channel = np.array([np.inf]), np.array([case["channel"]], dtype=np.int8)
    count = write(
        np.array([0]), 1200.0, 1220.0, case["minutes"], np.array([case["arose"]]),
        np.array([case["expires"]]), listed, channel, case["asked"], 5.0, case["finds"],
        np.uint64(7), PAIRED_VISIT,
    )  # fmt: skip
    assert count == written
    assert (listed[0] == pytest.approx(1225.0 / 60.0)) if written else (listed[0] == np.inf)
    assert channel[0] == (PAIRED_VISIT if written else case["channel"])

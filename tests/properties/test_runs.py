"""What holds in every run, whatever its switches and parameters."""

from io import BytesIO
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.schema import Mechanisms
from simulation import CommunityModel
from simulation.case import Case
from simulation.results.summary import summarise

Keys = dict[str, Any]
TIMES = ("arose_h", "found_h", "uploaded_h", "dispatched_h", "started_h", "resolved_h", "fed_back_h")
STATES = {
    "unfound", "faded", "found", "uploaded", "dispatched", "working", "orphan", "closed_unsolved", "resolved",
    "fed_back", "given_up",
}  # fmt: skip
OPEN_ON_THE_LIST = ("uploaded", "dispatched", "working", "orphan", "closed_unsolved", "given_up")

RENEWAL_PARTS = ("funds_h", "materials_h", "technical_h")

share = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])
hours = st.sampled_from([0.0, 0.05, 0.5, 1.0, 4.0, 8.0])


def exponential(mean: float) -> Keys:
    return {"distribution": "exponential", "mean": mean}


@st.composite
def fates(draw: st.DrawFn) -> Keys:
    """Keys on which fate depends."""
    return {
        "days": draw(st.integers(10, 30)),
        "community.households": draw(st.integers(60, 200)),
        "community.communities": draw(st.integers(1, 2)),
        "community.people.party_share": draw(st.sampled_from([0.0, 0.07, 0.3])),
        "community.people.trust_mean": draw(share),
        "community.people.satisfaction_mean": draw(st.sampled_from([0.0, 20.0, 65.0, 100.0])),
        "notices.per_year": draw(st.sampled_from([0.0, 24.0, 200.0])),
        "notices.at": draw(st.sampled_from([(), (30.0,), (30.0, 30.0, 79.5)])),
    }


@st.composite
def policies(draw: st.DrawFn) -> Keys:
    """Keys of governance, on which fate may not depend."""
    keys: Keys = {f"mechanisms.{name}": draw(st.booleans()) for name in Mechanisms.model_fields}
    for role in (
        "street_officer",
        "branch",
        "leader",
        "centre_household",
        "full_time",
        "part_time",
        "paired_member",
        "kept_back",
    ):
        keys[f"minutes.{role}"] = draw(hours)
    for name in ("to_centre", "by_app"):
        keys[f"cases.reporting.{name}"] = draw(share)
    for name in ("overlap", "dropped", "shirk", "refuse_wrong"):
        keys[f"cases.coordination.{name}"] = draw(share)
    for name in ("errs", "errs_plain"):
        keys[f"desks.command_centre.{name}"] = keys[f"desks.clerk.{name}"] = draw(share)
    for part in ("doors", "board", "group_chat"):
        keys[f"notices.{part}.on"] = draw(st.booleans())
    for kind in ("conflict", "damage", "question", "other"):
        keys[f"cases.categories.{kind}.solved"] = draw(share)
        keys[f"cases.categories.{kind}.on_the_spot"] = draw(share)
        keys[f"cases.categories.{kind}.willing"] = draw(st.sampled_from([0.2, 0.7, 1.0]))
    return keys | {
        "hub.minutes": draw(hours),
        "hub.lag": draw(st.sampled_from([0.0, 24.0])),
        "platform.minutes": draw(hours),
        "platform.lag": draw(st.sampled_from([0.0, 4.0, 100.0])),
        "platform.scans": draw(st.integers(1, 6)),
        "platform.authority": draw(share),
        "digital.automation": draw(share),
        "notices.talk.household": draw(st.sampled_from([0.0, 0.08, 0.5])),
        "notices.talk.neighbour": draw(st.sampled_from([0.0, 0.001, 0.05])),
        "notices.questions": draw(st.sampled_from([0.0, 0.05])),
        "notices.doors.attempts": draw(st.integers(1, 5)),
        "notices.doors.knock": draw(st.sampled_from([0.0, 0.025, 0.5])),
        "notices.doors.visit": draw(st.sampled_from([0.0, 0.1])),
        "notices.doors.vulnerable_first": draw(st.booleans()),
        "notices.tiers.branch_to_leader.mode": draw(st.sampled_from(["call", "meeting"])),
        "notices.tiers.leader_to_centre.mode": draw(st.sampled_from(["call", "meeting"])),
        "notices.tiers.leader_to_centre.loss": draw(st.sampled_from([0.0, 0.3])),
        "patrol.knocks": draw(st.booleans()),
        "patrol.tells": draw(st.booleans()),
        "patrol.part_time_workers": draw(st.integers(0, 2)),
        "handlers.maintenance.teams": draw(st.sampled_from([1, None])),
        "cases.coordination.complain_after": exponential(draw(st.sampled_from([5.0, 240.0]))),
        "cases.feedback.most_attempts": draw(st.integers(1, 4)),
        "cases.feedback.notices_failure": exponential(draw(st.sampled_from([5.0, 120.0]))),
        "ledger.omitted": draw(share),
        "ledger.noticed": draw(share),
        "ledger.capacity": draw(st.sampled_from([1, 4])),
        "ledger.make_up": draw(st.integers(0, 6)),
        "ledger.needs.care": draw(st.sampled_from([0.0, 0.5, 3.0])),
        "ledger.needs.found": draw(share),
        "ledger.needs.fades": draw(st.sampled_from([24.0, 1440.0])),
        "council.topics": draw(st.integers(0, 3)),
        "council.quorum": draw(st.integers(1, 5)),
        "council.raises.condition": draw(share),
        "council.raises.voices": draw(st.integers(1, 3)),
        "council.opinions.asks": draw(st.integers(0, 4)),
        "council.renewal.guide": draw(hours),
        "council.renewal.approval": exponential(draw(st.sampled_from([1.0, 100.0]))),
        "council.renewal.materials": exponential(5.0),
        "council.renewal.technical": exponential(5.0),
        "council.renewal.works": exponential(20.0),
        "council.unassigned": draw(share),
        "satisfaction.renewed": draw(st.sampled_from([0.0, 4.0, 50.0])),
        "satisfaction.need": draw(st.sampled_from([0.0, 20.0])),
        "satisfaction.cared": draw(st.sampled_from([0.0, 50.0])),
        "satisfaction.waiting": draw(st.sampled_from([0.0, 0.25, 20.0])),
        "satisfaction.late": draw(st.sampled_from([0.0, 4.0, 50.0])),
        "satisfaction.solved": draw(st.sampled_from([0.0, 0.4, 0.7])),
        "satisfaction.trust_follows": draw(share),
        "community.centre_households.fewest": 0,
        "community.centre_households.most": draw(st.integers(0, 3)),
    }


BUSY: Keys = {f"cases.categories.{kind}.rate": 3000.0 for kind in ("conflict", "damage", "question", "other")}
"""Ten times the troubles of the defaults, so that short runs of few homes see everything."""
seeds = st.integers(0, 2**31)


def waiting_at_desks(model: CommunityModel) -> int:
    return sum(len(desk.queue) + desk.busy for desk in model.cases.dispatching.desks)


def being_fixed(case: Case, model: CommunityModel) -> bool:
    """Whether the worker who found a case is at it: it has not been sent to a desk."""
    return any(
        entry[2] == model.cases.finding._fix and entry[3][0] is case for entry in model.state.agenda._heap
    )


def no_case_is_lost(model: CommunityModel, table: pd.DataFrame) -> None:
    """Every trouble is in exactly one state, and the state is what its times and owners say."""
    cases = model.cases.all
    assert set(table["state"]) <= STATES
    known = {name: table[name].notna() for name in TIMES}
    state = table["state"]
    for names, holds in (
        (("unfound", "faded"), ~known["found_h"]),
        (("fed_back",), known["fed_back_h"]),
        (("resolved", "fed_back"), known["resolved_h"]),
        (OPEN_ON_THE_LIST, known["uploaded_h"] & ~known["resolved_h"]),
    ):
        assert (state.isin(names).astype(bool) == holds).all(), names
    assert model.state.troubled.sum() == (state == "unfound").sum()
    at_desk = sum(case.state == "uploaded" and not being_fixed(case, model) for case in cases)
    gone = sum(case.resolved is not None for case in cases)
    assert at_desk <= waiting_at_desks(model) <= at_desk + gone
    at_work = sum(case.working for case in cases)
    assert at_work == sum(teams.busy for bodies in model.cases.handling.teams.values() for teams in bodies)
    weight = sum(case.category.weight for case in cases if case.resolved is None and case.faded is None)
    kept = model.state.satisfaction
    assert kept.home_weight.sum() + kept.building_weight.sum() == pytest.approx(weight)


def counts_agree(model: CommunityModel, tables: dict[str, pd.DataFrame]) -> None:
    """The timeline, the summary and the table of cases count the same."""
    summary = summarise(tables, model.state)
    cases, timeline = tables["cases"], tables["timeline"]
    for name in ("arose", "found", "resolved"):
        assert timeline[name].sum() == cases[f"{name}_h"].notna().sum(), name
    assert (timeline["open"] >= 0).all()
    gone = cases["resolved_h"].notna() | cases["given_up_h"].notna() | cases["faded_h"].notna()
    still_open = (cases["uploaded_h"].notna() & ~gone).sum()
    assert timeline["open"].iloc[-1] == still_open
    assert summary["case.backlog_end"] == still_open
    assert summary["case.count"] == len(cases)
    buildings = tables["buildings"]
    assert buildings["cases"].sum() == len(cases)
    assert buildings["cases_open"].sum() == still_open
    assert tables["grids"]["households"].sum() == model.state.population.households


def projects_go_in_order(projects: pd.DataFrame) -> None:
    """No works before every part of the topic is there, and one open project of a kind in a building."""
    for topic, parts in (("renewal", RENEWAL_PARTS), ("clean_up", ("volunteers_h",))):
        mine = projects[projects["topic"] == topic]
        begun = mine[mine["started_h"].notna()]
        for part in parts:
            assert (begun[part] <= begun["started_h"]).all(), (topic, part)
            there = mine[mine[part].notna()]
            assert (there["decided_h"] <= there[part]).all(), (topic, part)
        others = {*RENEWAL_PARTS, "volunteers_h"} - set(parts)
        assert mine[list(others)].isna().all(axis=None)
    for earlier, later in pairwise(("raised_h", "decided_h", "started_h", "completed_h", "reported_h")):
        known = projects[projects[later].notna()]
        assert (known[earlier] <= known[later]).all(), (earlier, later)
    still_open = projects[projects["completed_h"].isna()]
    assert not still_open.duplicated(["building", "topic"]).any()
    times = projects.assign(before=projects.groupby(["building", "topic"])["completed_h"].shift())
    again = times[times["before"].notna()]
    assert (again["before"] <= again["raised_h"]).all()


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=40)
def test_cases_go_in_order_and_none_is_lost(scenario, lived, fate, policy, seed):
    model = lived(scenario(BUSY, fate, policy), seed)
    tables = model.tables()
    table = tables["cases"]
    for earlier, later in combinations(TIMES, 2):
        both = table[[earlier, later]].dropna()
        assert (both[earlier] <= both[later]).all(), (earlier, later)
    later_ones = table[["uploaded_h", "closed_h"]].dropna()
    assert (later_ones["uploaded_h"] <= later_ones["closed_h"]).all()
    spot = table["started_h"].notna() & table["dispatched_h"].isna()
    assert (table["found_by"][spot].isin(["patrol", "patrol_talk", "visit"])).all(), (
        "only workers fix on the spot"
    )
    assert (table["orphan_h"] >= 0).all()
    no_case_is_lost(model, table)
    counts_agree(model, tables)
    projects_go_in_order(tables["projects"])


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=40)
def test_minutes_are_never_over_budget_and_satisfaction_stays_in_range(scenario, fate, policy, seed):
    model = CommunityModel(scenario(BUSY, fate, policy), rng=seed)
    working, people = model.state.working, model.state.population
    before = working.spent.sum(axis=1)
    for day in range(model.asked.days):
        model.run_for(24.0)
        spent = working.spent.sum(axis=1)
        budget = working.budgets[int(working.working[day])]
        assert (spent - before <= budget + 1e-6).all()
        assert (working.left >= -1e-9).all()
        assert (working.left + spent - before <= budget + 1e-6).all(), "left is what is not spent"
        before = spent
        level = model.state.satisfaction.level
        assert ((level >= 0.0) & (level <= 100.0)).all()
    ledger = model.state.satisfaction.ledger.sum(axis=(0, 1))
    size = 1.0 + np.abs(model.state.satisfaction.ledger).sum()
    change = model.state.satisfaction.level - people.satisfaction
    assert abs(ledger[0] - change.sum()) < 1e-9 * size
    assert abs(ledger[1] - change[people.vulnerable].sum()) < 1e-9 * size
    table = model.tables()["satisfaction"]
    mean_change = table[table["group"] == "all"]["change"].sum()
    assert mean_change == pytest.approx(change.mean(), abs=1e-9 * size)


def open_channels(keys: Keys) -> set[str]:
    """The channels by which somebody may hear under the keys of a policy."""
    tiers, patrol = keys["mechanisms.tiers"], keys["mechanisms.patrol"]
    workers_tell = patrol and keys["patrol.tells"]
    channels = {"branch", "leader"} if tiers else set()
    channels |= {"grid_worker"} | ({"branch"} if tiers else {"street"}) if workers_tell else set()
    channels |= {"centre_household"} if tiers and keys["notices.doors.on"] else set()
    channels |= {"visit"} if keys["mechanisms.ledger"] else set()
    for part, channel in (("board.on", "board"), ("group_chat.on", "group_chat")):
        channels |= {channel} if keys[f"notices.{part}"] else set()
    for pair in ("household", "neighbour"):
        channels |= {pair} if keys[f"notices.talk.{pair}"] > 0.0 else set()
    return channels


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=40)
def test_nobody_hears_by_a_closed_channel_and_tellers_knew_before(scenario, lived, fate, policy, seed):
    model = lived(scenario(fate, {"notices.at": (30.0, 79.5)}, policy), seed, trace=True)
    spread, notices = model.tables()["spread"], model.tables()["notices"]
    assert set(spread["channel"].astype(str)) <= open_channels(policy)
    assert not spread.duplicated(["notice", "resident"]).any()
    issued = notices.set_index("notice_id")["issued_h"]
    assert (spread["informed_h"] >= spread["notice"].map(issued) - 1e-9).all()
    told = spread.dropna(subset=["told_by"])
    inside = told[told["told_by"] < model.state.population.residents]
    knew = spread.set_index(["notice", "resident"])["informed_h"]
    pairs = pd.MultiIndex.from_frame(inside[["notice", "told_by"]].astype("int64"))
    teller_knew = knew.reindex(pairs).to_numpy()
    assert not np.isnan(teller_knew).any(), "a teller who never knew"
    assert (teller_knew <= inside["informed_h"].to_numpy()).all()
    by_mouth = inside["channel"].isin(["household", "neighbour"]).to_numpy()
    assert (teller_knew[by_mouth] < inside["informed_h"].to_numpy()[by_mouth]).all()
    outside = told[told["told_by"] >= model.state.population.residents]
    assert set(outside["channel"].astype(str)) <= {"street", "branch", "leader", "grid_worker"}
    assert spread["told_by"].isna().equals(spread["channel"].isin(["board", "group_chat"]))
    firsts = notices.filter(like="by_").sum(axis=1)
    assert (firsts <= notices["audience_size"]).all()


def as_bytes(model: CommunityModel) -> dict[str, bytes]:
    """Every table as the bytes of a Parquet file."""
    files = {}
    for name, table in model.tables().items():
        file = BytesIO()
        table.to_parquet(file)
        files[name] = file.getvalue()
    return files


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=12)
def test_same_seed_same_bytes(scenario, lived, fate, policy, seed):
    asked = scenario(BUSY, fate, policy)
    one, other = (lived(asked, seed, trace=True) for _ in range(2))
    assert as_bytes(one) == as_bytes(other)
    assert one.summary() == other.summary()


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=25)
def test_policy_leaves_fate_as_it_is(scenario, fate, policy, seed):
    plain = CommunityModel(scenario(fate), rng=seed).state.fate
    governed = CommunityModel(scenario(fate, policy), rng=seed).state.fate
    assert governed.digest == plain.digest
    assert CommunityModel(scenario(fate), rng=seed + 1).state.fate.digest != plain.digest


def before(table: pd.DataFrame, moment: float) -> pd.DataFrame:
    """What a table of cases says of everything up to ``moment``."""
    past = table[table["arose_h"] < moment]
    times = past[list(TIMES[:-1])]
    return times.where(times < moment).assign(**past[["category", "household", "found_by"]].where(
        past["found_h"] < moment
    ))  # fmt: skip


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=20)
def test_without_feedback_all_is_the_same_until_the_first_closing(scenario, lived, fate, policy, seed):
    tables = [
        lived(scenario(BUSY, fate, policy, {"mechanisms.feedback": on}), seed).tables()["cases"]
        for on in (False, True)
    ]
    moment = min(table["closed_h"].min() if table["closed_h"].notna().any() else 1e9 for table in tables)
    one, other = (before(table, moment) for table in tables)
    pd.testing.assert_frame_equal(one, other)


def test_the_check_before_compares_something(scenario, lived):
    tables = [
        lived(scenario(BUSY, {"mechanisms.feedback": on}), 1).tables()["cases"] for on in (False, True)
    ]  # fmt: skip
    moment = tables[0]["closed_h"].min()
    assert before(tables[0], moment)["found_h"].notna().sum() >= 1
    assert not tables[0].equals(tables[1])


@given(fate=fates(), policy=policies(), seed=seeds)
@settings(max_examples=12)
def test_chat_changes_what_people_know_and_no_case(scenario, lived, fate, policy, seed):
    """Where posting takes no time, trust does not follow and nobody asks, cases are equal bit for bit."""
    alone = {"satisfaction.trust_follows": 0.0, "notices.questions": 0.0, "notices.at": (30.0,)}
    alone |= {"notices.group_chat.minutes": 0.0, "minutes.street_officer": 8.0, "minutes.branch": 8.0}
    silent, chatty = (
        lived(scenario(BUSY, fate, policy, alone, {"notices.group_chat.on": on}), seed)
        for on in (False, True)
    )
    for name in ("cases", "visits", "work", "ledger", "needs"):
        one, other = (  # members tell what they know themselves
            model.tables()[name].drop(columns="told", errors="ignore") for model in (silent, chatty)
        )
        pd.testing.assert_frame_equal(one, other)
    heard = [model.tables()["notices"]["by_group_chat"].sum() for model in (silent, chatty)]
    assert heard[0] == 0 < heard[1]

"""Ways of hearing, one at a time: board, chat, patrol; audiences; questions; the end of news."""

import numpy as np
import pytest

from scenarios.errors import TooLargeError
from simulation.notices.spread import CHANNELS

ONE = {"notices.at": ("30 h",), "notices.min_age": 0, "days": 33}


def firsts(model) -> dict[str, int]:
    """First told by each channel, over all notices; channels that told nobody are left out."""
    notices = model.tables()["notices"]
    sums = {channel: int(notices[f"by_{channel}"].sum()) for channel in CHANNELS}
    return {channel: count for channel, count in sums.items() if count}


def test_where_nothing_carries_it_nobody_hears(scenario, lived, quiet):
    model = lived(scenario(quiet, ONE))
    notice = model.tables()["notices"].iloc[0]
    assert firsts(model) == {}
    assert notice["missed"] == notice["audience_size"] == model.state.population.residents
    assert notice["reach_72h"] == 0.0
    assert notice.isna()[["t50_h", "t90_h", "t99_h"]].all()
    metrics = model.summary()
    assert metrics["notice.reached_90"] == 0.0
    assert metrics["notice.t90_h"] is None


def test_a_notice_still_followed_at_the_end_has_not_failed_to_reach_90(scenario, lived, quiet):
    """Two days short of the thirty that it is news nothing is known; then it has failed."""
    early, late = (lived(scenario(quiet, ONE, {"days": days})).summary() for days in (30, 32))
    assert early["notice.reach_72h"] == 0.0
    assert early["notice.reached_90"] is None
    assert late["notice.reached_90"] == 0.0
    board = {
        "notices.board.on": True,
        "notices.board.reads": 0.5,
        "notices.at": ("30 h", "500 h"),
        "days": 32,
    }
    both = lived(scenario(quiet, ONE, board))
    assert both.tables()["notices"]["missed"].isna().tolist() == [False, True]
    assert both.summary()["notice.reached_90"] == 1.0


@pytest.mark.parametrize("reads", [0.05, 0.4])
def test_board_is_read_with_one_chance_a_day(scenario, lived, quiet, reads):
    """Hung out at 54 h: after k whole days from then, 1 - (1 - reads)^k of residents have read it."""
    keys = ONE | {"notices.board.on": True, "notices.board.reads": reads, "community.households": 400}
    model = lived(scenario(quiet, keys))
    assert set(firsts(model)) == {"board"}
    curve = model.tables()["reach"].set_index("after_h")["share"]
    residents = model.state.population.residents
    assert curve[24] == 0.0, "not hung out yet"
    for days in (1, 2, 4, 7):
        expected = 1.0 - (1.0 - reads) ** days
        assert abs(curve[24 + 24 * days] - expected) < 4 * (expected * (1 - expected) / residents) ** 0.5
    work = model.tables()["work"]
    hung = work[work["activity"] == "board"]["hours"].sum() * 60
    assert hung == pytest.approx(2.0 * model.state.population.buildings), (
        "two minutes of the branch a building"
    )


def test_chat_reaches_members_who_read_and_nobody_at_night(scenario, lived, quiet):
    keys = ONE | {
        "community.households": 400,
        "community.people.digital_adult": 0.8,
        "community.people.digital_elderly": 0.3,
        "notices.group_chat.on": True,
        "notices.group_chat.member": 0.5,
        "notices.group_chat.reads": 0.6,
    }
    model = lived(scenario(quiet, keys), trace=True)
    people, spread = model.state.population, model.tables()["spread"]
    assert set(firsts(model)) == {"group_chat"}
    assert people.digital[spread["resident"]].all()
    digital = int(people.digital.sum())
    assert abs(len(spread) / digital - 0.3) < 4 * (0.3 * 0.7 / digital) ** 0.5
    assert (spread["informed_h"] >= 32.0).all(), "posted two hours after issue"
    assert (spread["informed_h"] % 24).between(7.0, 22.0).all()
    assert spread["told_by"].isna().all()


def test_board_and_chat_wait_for_the_branch_to_know(scenario, lived, quiet):
    """Issued in the night of the second day; the street meets its branches at ten on the tenth day."""
    keys = ONE | {
        "mechanisms.tiers": True,
        "minutes.leader": 0.0,
        "notices.tiers.street_to_branch.mode": "meeting",
        "notices.tiers.street_to_branch.every": "9 days",
        "notices.board.on": True,
        "notices.board.reads": 1.0,
        "notices.board.delay": 0.0,
        "notices.group_chat.on": True,
        "notices.group_chat.delay": 0.0,
        "notices.group_chat.read_after": {"distribution": "deterministic", "mean": 0.0},
    }
    spread = lived(scenario(quiet, keys), trace=True).tables()["spread"]
    for channel in ("board", "group_chat"):
        heard = spread["informed_h"][spread["channel"] == channel]
        assert len(heard) > 10
        assert (heard >= 9 * 24 + 10 + 10 / 60).all(), channel
    assert spread["informed_h"].min() < 9 * 24 + 11, "and then they are quick"
    lost = lived(scenario(quiet, keys, {"notices.tiers.street_to_branch.loss": 1.0}))
    assert firsts(lost) == {}


def test_posting_takes_the_branch_time_and_waits_for_it(scenario, lived, quiet):
    keys = ONE | {
        "notices.group_chat.on": True,
        "notices.group_chat.minutes": "40 min",
        "notices.group_chat.read_after": {"distribution": "deterministic", "mean": 0.0},
        "minutes.branch": "30 min",
        "community.communities": 2,
    }
    model = lived(scenario(quiet, keys), trace=True)
    work = model.tables()["work"]
    assert work[work["activity"] == "chat"].groupby("actor")["hours"].sum().tolist() == [40 / 60, 40 / 60]
    first = model.tables()["spread"]["informed_h"].min()
    assert first == pytest.approx(48 + 9 + 10 / 60), "thirty minutes on the day, ten on the next"


def test_grid_workers_tell_whom_they_talk_to(scenario, lived, quiet):
    keys = ONE | {"mechanisms.patrol": True, "patrol.talks": 4}
    model = lived(scenario(quiet, keys), trace=True)
    assert set(firsts(model)) <= {"street", "grid_worker"}
    spread = model.tables()["spread"]
    told = spread[spread["channel"] == "grid_worker"]
    workers = model.state.roster.person[model.state.roster.workers :]
    assert set(told["told_by"]) <= set(workers.tolist())
    assert len(told) > 20
    silent = lived(scenario(quiet, keys, {"patrol.tells": False}))
    assert firsts(silent) == {}


def test_each_notice_counts_the_audience_it_is_meant_for(scenario, lived, quiet):
    keys = {"notices.per_year": 200.0, "days": 60, "notices.min_age": 15, "notices.follow": "73 h"}
    for name, shares in {
        "elderly": (0.0, 1.0, 0.0), "families": (0.0, 0.0, 1.0), "all": (1.0, 0.0, 0.0),
    }.items():  # fmt: skip
        audiences = dict(zip(("all", "elderly", "families"), shares, strict=True))
        model = lived(scenario(quiet, keys, {"notices.audiences": audiences}))
        people = model.state.population
        with_child = np.isin(people.household, people.household[people.age < 15])
        meant = {"elderly": people.age >= 60, "families": with_child, "all": people.age >= 0}[name]
        notices = model.tables()["notices"]
        assert len(notices) > 10
        assert set(notices["audience"]) == {name}
        assert set(notices["audience_size"]) == {int((meant & (people.age >= 15)).sum())}


def test_each_knower_may_raise_a_question_a_while_later(scenario, lived, quiet):
    keys = ONE | {
        "notices.questions": 1.0,
        "notices.question_after": "30 h",
        "notices.group_chat.on": True,
        "notices.group_chat.member": 1.0,
        "notices.group_chat.reads": 1.0,
        "cases.categories": {
            "question": {"title": "Question", "handler": "service_centre", "rate": 0.0,
                         "service": {"distribution": "deterministic", "mean": 0.1}, "deadline": 48.0},
        },
    }  # fmt: skip
    model = lived(scenario(quiet, keys), trace=True)
    spread = model.tables()["spread"]
    cases = model.tables()["cases"]
    assert len(spread) > 50
    np.testing.assert_allclose(np.sort(cases["arose_h"]), np.sort(spread["informed_h"] + 30.0))
    assert {case.reporter for case in model.cases.all} == set(spread["resident"])
    none = lived(scenario(quiet, keys, {"notices.question_category": "no_such_kind"}))
    assert len(none.cases.all) == 0


def test_old_news_reaches_nobody(scenario, lived, quiet):
    """A notice is followed until the end of the day on which its time is up."""
    keys = ONE | {
        "notices.follow": "73 h",
        "notices.board.on": True,
        "notices.board.reads": 0.1,
        "notices.talk.household": 0.05,
        "notices.talk.neighbour": 0.01,
    }
    model = lived(scenario(quiet, keys), trace=True)
    spread = model.tables()["spread"]
    assert 110.0 < spread["informed_h"].max() < 120.0
    notice = model.tables()["notices"].iloc[0]
    assert notice["missed"] == model.state.population.residents - len(spread) > 0


def test_a_notice_makes_those_told_in_time_content_and_those_missed_discontent(scenario, lived, quiet):
    keys = ONE | {
        "notices.board.on": True,
        "notices.board.reads": 0.3,
        "community.people.satisfaction_mean": 50.0,
        "community.people.satisfaction_sd": 0.0,
        "satisfaction.informed": 2.0,
        "satisfaction.missed": 3.0,
        "satisfaction.adapts": 87_000.0,
        "notices.follow": "100 h",
        "days": 7,
    }
    keys |= {f"cases.categories.{name}.rate": 0.0 for name in ("conflict", "damage", "question", "other")}
    model = lived(scenario(quiet, keys), trace=True)
    spread = model.tables()["spread"]
    level = model.state.satisfaction.level
    in_time = np.zeros(len(level), dtype=bool)
    in_time[spread["resident"][spread["informed_h"] <= 102.0]] = True
    knows = np.zeros(len(level), dtype=bool)
    knows[spread["resident"]] = True
    assert in_time.sum() > 20 < (~knows).sum()
    np.testing.assert_allclose(level[in_time], 52.0, atol=0.02)
    np.testing.assert_allclose(level[~knows], 47.0, atol=0.02)
    np.testing.assert_allclose(level[knows & ~in_time], 50.0, atol=0.02)


def test_each_further_notice_pleases_less_until_the_earlier_ones_are_old(scenario, lived, quiet):
    """Everybody hears all: three notices at once, and one when these are no longer news."""
    keys = ONE | {
        "notices.at": ("30 h", "30 h", "30 h", "400 h"),
        "notices.follow": "100 h",
        "notices.board.on": True,
        "notices.board.delay": 0.0,
        "notices.board.reads": 1.0,
        "community.people.satisfaction_mean": 50.0,
        "community.people.satisfaction_sd": 0.0,
        "satisfaction.adapts": 87_000.0,
        "days": 25,
        "cases.categories": {
            "none": {"title": "None", "handler": "mediation", "rate": 0.0,
                     "service": {"distribution": "deterministic", "mean": 1.0}, "deadline": 1.0},
        },
    }  # fmt: skip
    gains = {}
    for half in (2.0, 1000.0):
        asked = {"satisfaction.informed": 0.01, "satisfaction.informed_half": half}
        table = lived(scenario(quiet, keys, asked)).tables()["satisfaction"]
        chosen = (table["cause"] == "informed") & (table["group"] == "all")
        gains[half] = table[chosen]["change"].sum()
    assert gains[2.0] == pytest.approx(0.01 * (1 + 2 / 3 + 2 / 4 + 1), rel=0.01)
    assert gains[1000.0] == pytest.approx(0.04, rel=0.01)


def test_time_aimed_at_beyond_the_news_counts_at_its_end(scenario, lived, quiet):
    keys = ONE | {"notices.board.on": True, "notices.board.reads": 0.3, "notices.follow": "73 h"}
    model = lived(scenario(quiet, keys, {"satisfaction.in_time": "40 days"}))
    ledger = model.tables()["satisfaction"].groupby("cause")["change"].sum()
    assert ledger["informed"] > 0.0


def test_too_many_notices_at_once_are_refused_with_advice(scenario):
    from simulation import CommunityModel

    with pytest.raises(TooLargeError, match=r"lower notices\.per_year"):
        CommunityModel(scenario({"notices.at": ("30 h",) * 63}), rng=1)
    CommunityModel(scenario({"notices.at": ("30 h",) * 62, "notices.per_year": 0.0}), rng=1)

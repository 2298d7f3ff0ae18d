"""Steering: what is changed midway leaves the past as it was, and a fork shows both futures."""

from typing import Any

import pytest

from experiments.view.film import Films
from experiments.view.rooms import ROOMS
from experiments.view.session import Session
from experiments.view.steering import settings_of
from scenarios import load, shipped


@pytest.fixture
def session() -> Session:
    session = Session(Films(), ROOMS)
    session.show([("coordinated", load("coordinated", {"community.households": 200, "days": 30}))], 3)
    return session


def reels(session: Session, side: int) -> list[bytes]:
    film = session.films.get(session.sides[side].key)
    film.day(film.scenario.days - 1)
    return [day.reel for day in film.days]


def test_a_fork_has_one_past_and_two_futures(session: Session) -> None:
    session.act({"do": "fork", "side": 0, "day": 12, "values": {"mechanisms.patrol": False}})
    assert session.problem is None
    assert [side.name for side in session.sides] == ["coordinated", "coordinated_from_day_13"]
    assert session.state()["sides"][1]["label"]["en"] == "Coordinated, changed from day 13"
    kept, other = reels(session, 0), reels(session, 1)
    assert kept[:12] == other[:12]
    assert kept[12:] != other[12:]


def test_forks_of_forks_keep_short_names_of_their_own(session: Session) -> None:
    for day, patrol in ((12, False), (12, True), (20, False)):
        side = len(session.sides) - 1
        session.act({"do": "fork", "side": side, "day": day, "values": {"mechanisms.patrol": patrol}})
        assert session.problem is None
        assert len({one.name for one in session.sides}) == 2
    assert session.sides[1].name == "coordinated_from_day_21"


def test_what_was_shown_at_first_may_be_large_and_stay_so() -> None:
    session = Session(Films(), ROOMS)
    session.show(
        [
            (
                "large",
                load("coordinated", {"community.households": 50_000, "community.communities": 3, "days": 5}),
            )
        ],
        1,
    )
    session.act({"do": "restart", "side": 0, "values": {"minutes.leader": "2 h"}})
    assert session.problem is None
    session.act({"do": "restart", "side": 0, "values": {"community.communities": 4}})
    assert session.problem is not None
    assert "规模过大" in session.problem["zh"]


def test_a_change_is_in_force_and_can_be_taken_back(session: Session) -> None:
    first = session.sides[0].key
    session.act({"do": "change", "side": 0, "day": 5, "values": {"minutes.leader": "10 min"}})
    session.act({"do": "change", "side": 0, "day": 9, "values": {"minutes.leader": "2 h"}})
    assert session.problem is None
    assert session.sides[0].key != first
    leader = next(one for one in settings_of(session.sides[0].scenario) if one["path"] == "minutes.leader")
    assert (leader["value"], leader["changes"]) == ("1 h", [[5, "10 min"], [9, "2 h"]])


def test_a_fork_before_an_earlier_change_is_called_by_its_own_day(session: Session) -> None:
    session.act({"do": "change", "side": 0, "day": 20, "values": {"minutes.leader": "10 min"}})
    session.act({"do": "fork", "side": 0, "day": 4, "values": {"mechanisms.patrol": False}})
    assert session.problem is None
    assert session.sides[1].name == "coordinated_from_day_5"


def test_what_cannot_change_midway_says_why_and_can_from_the_beginning(session: Session) -> None:
    values = {"community.people.elderly_share": 0.4}
    session.act({"do": "fork", "side": 0, "day": 12, "values": values})
    assert session.problem is not None
    assert "cannot change midway: the community is built before the first day" in session.problem["en"]
    assert "这一项不能中途改变：社区在第一天之前就已建成" in session.problem["zh"]
    assert len(session.sides) == 1
    session.act({"do": "restart", "side": 0, "values": values})
    assert session.problem is None
    assert session.sides[0].scenario.community.people.elderly_share == 0.4
    assert session.sides[0].name == "coordinated-edited"
    assert "edited" in session.shown()[0]["label"]["en"]
    session.act({"do": "restart", "side": 0, "values": {"community.people.elderly_share": 0.3}})
    assert session.sides[0].name == "coordinated-edited"


@pytest.mark.parametrize("name", shipped())
def test_every_setting_has_names_and_reasons_in_both_languages(name: str) -> None:
    settings = settings_of(load(name))
    assert len(settings) > 200
    for one in settings:
        assert set(one["name"]) == {"en", "zh"}
        assert one["doc"]["en"] != one["doc"]["zh"]
        assert one["unit"] is None or set(one["unit"]) == {"en", "zh"}
        assert one["can"] == (one["why_not"] is None)
        for choice in one["choices"]:
            assert len({choice["value"], *choice["label"].values()}) == 3, choice  # a word of its own in each
        assert one["value"] is not None or one["kind"] in {"duration", "number", "whole number", "choice"}


NONSENSE: list[Any] = [
    {"do": "fork"},
    {"do": "fork", "side": 0, "day": 3, "values": {}},
    {"do": "fork", "side": 0, "day": 3, "values": []},
    {"do": "fork", "side": 0, "day": -1, "values": {"mechanisms.patrol": False}},
    {"do": "fork", "side": 0, "day": 30, "values": {"mechanisms.patrol": False}},
    {"do": "fork", "side": 0, "day": "3", "values": {"mechanisms.patrol": False}},
    {"do": "fork", "side": 1, "day": 3, "values": {"mechanisms.patrol": False}},
    {"do": "fork", "side": 0, "day": 3, "values": {"mechanisms.patrol": [1]}},
    {"do": "fork", "side": 0, "day": 3, "values": {"no.such.thing": 1}},
    {"do": "fork", "side": 0, "day": 3, "values": {"x" * 300: 1}},
    {"do": "change", "side": 0, "day": 3, "values": {"minutes.leader": "1e99 h"}},
    {"do": "restart", "side": 0, "values": {"community.layout": "/etc/passwd"}},
    {"do": "restart", "side": 0, "values": {"community.communities": 100000}},
    {"do": "restart", "side": 0, "values": {"community.households": 50000, "community.communities": 9}},
]


@pytest.mark.parametrize("action", NONSENSE)
def test_nonsense_is_refused_in_words(session: Session, action: Any) -> None:
    before = session.state()["sides"]
    session.act(action)
    assert session.problem
    assert session.state()["sides"] == before

"""Sessions: isolated, counted, and unmoved by whatever a page sends."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.view import saving
from experiments.view.asked import DEEPEST
from experiments.view.classes import Classes
from experiments.view.errors import FullError, GoneError
from experiments.view.film import Films
from experiments.view.reading_lessons import read_lessons
from experiments.view.rooms import ROOMS, rooms_of
from experiments.view.session import Room, Session, Sessions
from scenarios import load


@pytest.fixture
def films() -> Films:
    return Films()


@pytest.fixture
def sessions(films: Films) -> Sessions:
    return Sessions(films, ROOMS, [("coordinated", load("coordinated"))], most=2)


def test_sessions_do_not_see_each_other(sessions: Sessions) -> None:
    one, other = sessions.open(), sessions.open()
    before = other.state()
    one.act({"do": "open", "names": ["fragmented", "tiers_only"]})
    one.act({"do": "reset", "seed": 7})
    assert [side["name"] for side in one.state()["sides"]] == ["fragmented", "tiers_only"]
    assert one.state()["seed"] == 7
    assert other.state() == before


def test_there_are_at_most_so_many_and_who_leaves_makes_room(sessions: Sessions) -> None:
    one, _ = sessions.open(), sessions.open()
    with pytest.raises(FullError):
        sessions.open()
    sessions.close(one)
    sessions.close(one)
    assert len(sessions) == 1
    sessions.open()


def test_films_go_with_the_last_who_watches(sessions: Sessions, films: Films) -> None:
    one, other = sessions.open(), sessions.open()
    key = one.sides[0].key
    assert other.sides[0].key == key
    films.get(key)
    sessions.close(one)
    films.get(key)
    sessions.close(other)
    with pytest.raises(GoneError):
        films.get(key)
    one.act({"do": "open", "names": ["fragmented"]})
    assert one.sides == []


def test_both_sides_have_one_seed(sessions: Sessions) -> None:
    session = sessions.open()
    session.act({"do": "open", "names": ["coordinated", "fragmented", "tiers_only"]})
    assert [side.name for side in session.sides] == ["coordinated", "fragmented"]
    assert session.sides[0].key != session.sides[1].key


def test_a_mistake_in_the_program_is_told_and_the_session_goes_on(films: Films) -> None:
    def stumble(_session: Session, _action: Any) -> None:
        raise KeyError("stairs")

    session = Session(films, (*ROOMS, Room("shaky", {"walk": stumble})))
    session.act({"do": "walk"})
    assert session.problem is not None
    assert "KeyError: 'stairs'" in session.problem["en"]
    assert "程序出错" in session.problem["zh"]
    session.act({"do": "open", "names": ["coordinated"]})
    assert session.problem is None
    assert len(session.sides) == 1


NONSENSE: list[Any] = [
    {},
    None,
    "reset",
    ["reset"],
    {"do": None},
    {"do": "no such thing"},
    {"do": ["open"]},
    {"do": "open"},
    {"do": "open", "names": "coordinated"},
    {"do": "open", "names": ["../../etc/passwd", "/etc/passwd", 3, None]},
    {"do": "open", "names": []},
    {"do": "reset", "seed": -1},
    {"do": "reset", "seed": 2**31},
    {"do": "reset", "seed": "1"},
    {"do": "reset", "seed": True},
    {"do": "reset", "seed": 1.5},
]


def nested(levels: int) -> list[Any]:
    outer: list[Any] = []
    inner = outer
    for _ in range(levels):
        inner.append([])
        inner = inner[0]
    return outer


NONSENSE += [
    {"do": "open", "names": nested(100_000)},
    {"do": nested(100_000)},
    {"do": "open", "names": ["fragmented", nested(DEEPEST)]},
]


@pytest.mark.parametrize("action", NONSENSE)
def test_nonsense_changes_nothing(sessions: Sessions, action: Any) -> None:
    session: Session = sessions.open()
    before = session.state()["sides"]
    session.act(action)
    assert session.state()["sides"] == before
    assert session.state()["seed"] == 1


def test_two_rooms_cannot_answer_to_one_name(films: Films) -> None:
    with pytest.raises(ValueError, match="action of one name"):
        Session(films, (*ROOMS, Room("other", {"fork": lambda _session, _action: None})))


KEYS = [
    "names", "seed", "side", "day", "values", "name", "option", "hands", "hour", "scene", "speed", "playing",
    "code", "replications", "language", "text", "file", "turn",
]  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5),
    st.sampled_from(["\ud800", "coordinated", "one_hour", "days", "days: .nan", "a: &a [*a]", 10**400, 0, 1]),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inside: st.one_of(
        st.lists(inside, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(["days", "layer", "notice", "chain", "\ud800"]), st.text(max_size=3)),
            inside,
            max_size=3,
        ),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def everything() -> tuple[Room, ...]:
    return rooms_of(Classes(Films()), read_lessons())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_page_asks_is_done_or_refused_in_words(
    everything: tuple[Room, ...], data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "JOBS", NoJobs())
    name = data.draw(st.sampled_from(sorted(name for room in everything for name in room.actions)))
    action = data.draw(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
    session = Session(Films(), everything)
    session.show([("coordinated", SMALL)] * 2, 1)
    session.act(action | {"do": name})
    assert "程序出错" not in (session.problem or {}).get("zh", "")
    json.dumps(session.state(), allow_nan=False)
    session.close()


class NoJobs:
    """A server that begins none."""

    def start(self, *_: Any) -> None:
        raise FullError("not now")


SMALL = load("coordinated", {"community.households": 60, "days": 12})

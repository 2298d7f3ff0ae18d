"""A class shows its followers what its trainer shows, to as many as may follow, until it ends."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest
from starlette.applications import Starlette

from experiments.view.api import HANDLERS, routes
from experiments.view.classes import MOST_FOLLOWERS, MOST_TRIED, MOST_WRONG, MOST_WRONG_OF_ALL, SPAN, Classes
from experiments.view.errors import FullError, GoneError, GuessedError
from experiments.view.film import Films
from experiments.view.following import class_routes
from experiments.view.leading import leading
from experiments.view.page import opened
from experiments.view.rooms import rooms_of
from experiments.view.session import Session, Sessions, Visitor
from scenarios import Scenario, load

Serve = Callable[[Any], AbstractContextManager[str]]
Fetch = Callable[[str], tuple[int, Any]]
LEAD = {"do": "lead", "hour": 30.5, "speed": 4, "playing": True, "scene": {"layer": "open", "notice": 3}}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("coordinated", {"community.households": 100, "days": 10})


@pytest.fixture
def classes() -> Classes:
    return Classes(Films())


@pytest.fixture
def trainer(classes: Classes, scenario: Scenario) -> Session:
    session = Session(classes.films, (leading(classes),))
    session.show([("one", scenario), ("two", scenario)], 5)
    session.act({"do": "begin_class"})
    return session


def app(classes: Classes) -> Starlette:
    return Starlette(routes=[*routes(classes.films), *class_routes(classes)], exception_handlers=HANDLERS)


def code_of(session: Session) -> str:
    return str(session.state()["class"]["code"])


@contextmanager
def following(address: str, code: str) -> Iterator[Iterator[tuple[str, Any]]]:
    """Names and data of the events that a follower gets."""

    def events(lines: Any) -> Iterator[tuple[str, Any]]:
        name = ""
        for line in lines:
            text = line.decode().strip()
            if text.startswith("event: "):
                name = text.removeprefix("event: ")
            elif text.startswith("data: "):
                yield name, json.loads(text.removeprefix("data: "))

    with urlopen(f"{address}/classes/{code}/events", timeout=30.0) as answer:  # noqa: S310 - our own server
        yield events(answer)


def test_one_page_that_tries_codes_keeps_no_other_from_going_on_alone(
    classes: Classes, trainer: Session
) -> None:
    trainer.act(LEAD)
    trying, alone = (Session(classes.films, (leading(classes),)) for _ in range(2))
    for _ in range(MOST_WRONG):
        trying.act({"do": "join", "code": "wrong"})
    trying.act({"do": "join", "code": code_of(trainer)})
    assert trying.sides == []
    alone.act({"do": "join", "code": code_of(trainer)})
    assert len(alone.sides) == 2


def test_a_code_is_six_figures_and_only_opens_its_own_class(classes: Classes, trainer: Session) -> None:
    code = code_of(trainer)
    assert len(code) == 6
    assert code.isdigit()
    classes.find(code, "here")
    trainer.act({"do": "begin_class"})
    assert (code_of(trainer), len(classes)) == (code, 1)
    others = {classes.open().code for _ in range(50)}
    assert len(others | {code}) == 51


def test_what_a_trainer_shows_is_what_a_follower_gets(
    classes: Classes, trainer: Session, serve: Serve
) -> None:
    with serve(app(classes)) as address:
        trainer.act(LEAD)
        with following(address, code_of(trainer)) as events:
            name, shown = next(events)
            assert name == "shown"
            assert [side["key"] for side in shown["sides"]] == [side.key for side in trainer.sides]
            assert (shown["seed"], shown["hour"], shown["speed"], shown["playing"]) == (5, 30.5, 4.0, True)
            assert shown["scene"]["layer"] == "open"
            assert shown["scene"]["notice"] == 3
            assert 0.0 <= shown["age"] < 30.0
            trainer.act(LEAD | {"hour": 31.0, "playing": False})
            name, shown = next(events)
            assert (name, shown["hour"], shown["playing"]) == ("shown", 31.0, False)
            trainer.act({"do": "end_class"})
            assert next(events) == ("ended", {})
            assert next(events, None) is None


def test_a_class_ends_with_its_trainers_session(classes: Classes, trainer: Session, serve: Serve) -> None:
    with serve(app(classes)) as address:
        trainer.act(LEAD)
        with following(address, code_of(trainer)) as events:
            next(events)
            trainer.close()
            assert next(events) == ("ended", {})
    assert len(classes) == 0


def test_followers_are_counted_and_not_more_than_may_be(
    classes: Classes, trainer: Session, serve: Serve, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.view.classes.MOST_FOLLOWERS", 2)
    with serve(app(classes)) as address:
        trainer.act(LEAD)
        code = code_of(trainer)
        with following(address, code) as one, following(address, code) as other:
            next(one)
            next(other)
            assert fetch(f"{address}/classes/{code}") == (
                200, {"followers": 2, "most": MOST_FOLLOWERS, "room": False},
            )  # fmt: skip
            status, refusal = fetch(f"{address}/classes/{code}/events")
            assert (status, refusal["kind"]) == (503, "FullError")
        gone = threading.Event()
        for _ in range(100):
            if fetch(f"{address}/classes/{code}")[1]["followers"] == 0:
                break
            gone.wait(0.1)
        assert fetch(f"{address}/classes/{code}")[1]["followers"] == 0


def test_films_can_be_fetched_while_the_class_holds_them(
    classes: Classes, trainer: Session, scenario: Scenario
) -> None:
    films, key = classes.films, trainer.sides[0].key
    trainer.act(LEAD)
    trainer.show([("three", scenario)], 6)
    films.get(key)  # until the trainer's page says that it shows something else
    trainer.act(LEAD)
    with pytest.raises(GoneError):
        films.get(key)
    key = trainer.sides[0].key
    films.get(key)
    trainer.close()
    with pytest.raises(GoneError):
        films.get(key)


def test_an_action_that_changes_nothing_on_the_page_is_quiet(trainer: Session) -> None:
    before = trainer.version
    trainer.act(LEAD)
    assert trainer.version == before
    trainer.act({"do": "end_class"})
    assert trainer.version == before + 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"hour": "1", "speed": None, "playing": "yes", "scene": []},
        {"hour": float("nan"), "speed": float("inf"), "scene": {"layer": ["x"], "notice": -1}},
        {"hour": 1e300, "speed": -5, "scene": {"layer": "x" * 1000, "chain": ["a"], "chainSide": True}},
        {"hour": True, "scene": {"chain": [0] * 100_000, "__proto__": {"layer": "open"}, "notice": 1.5}},
    ],
)
def test_whatever_a_page_sends_followers_get_something_plain(
    classes: Classes, trainer: Session, sent: dict[str, Any]
) -> None:
    trainer.act({"do": "lead"} | sent)
    number, shown = classes.find(code_of(trainer), "here").news()
    assert number == 1
    assert 0.0 <= shown["hour"] <= 240.0
    assert 0.0 <= shown["speed"] <= 1000.0
    assert shown["playing"] is False
    assert set(shown["scene"].values()) == {None}
    assert len(json.dumps(shown, allow_nan=False)) < 2000


def test_a_follower_goes_on_alone_from_what_is_shown(classes: Classes, trainer: Session) -> None:
    alone = Session(classes.films, trainer.rooms)
    alone.act({"do": "join", "code": code_of(trainer)})
    assert alone.state()["class"]["forked"] == {"gone": True}  # nothing has been shown yet
    trainer.act(LEAD)
    alone.act({"do": "join", "code": code_of(trainer)})
    assert [side.key for side in alone.sides] == [side.key for side in trainer.sides]
    assert alone.seed == 5
    assert alone.state()["class"]["forked"]["hour"] == 30.5
    trainer.close()
    classes.films.get(alone.sides[0].key)  # which outlives the class
    alone.act({"do": "join", "code": code_of(trainer)})
    assert alone.state()["class"]["forked"] == {"gone": True}
    assert alone.problem is None


def test_whoever_guesses_codes_has_to_wait(trainer: Session) -> None:
    seconds = [0.0]
    guarded = Classes(trainer.films, clock=lambda: seconds[0])
    code = guarded.open().code
    for _ in range(MOST_WRONG):
        with pytest.raises(GoneError):
            guarded.find("none", "guesser")
    with pytest.raises(GuessedError):
        guarded.find(code, "guesser")
    guarded.find(code, "somebody else")
    seconds[0] += SPAN + 1.0
    for number in range(MOST_WRONG_OF_ALL):
        with pytest.raises(GoneError):
            guarded.find("none", f"guesser {number}")
    with pytest.raises(GuessedError):
        guarded.find(code, "guesser")
    guarded.find(code, "somebody else")  # who knew it before


def test_wrong_codes_of_one_page_shut_nobody_out_where_the_class_is_known(
    classes: Classes, scenario: Scenario
) -> None:
    trainer = Session(classes.films, (leading(classes),), Visitor("school"))
    trainer.show([("one", scenario)], 5)
    trainer.act({"do": "begin_class"})
    trainer.act(LEAD)
    code = code_of(trainer)
    other = classes.open().code
    pupil, page = (Session(classes.films, trainer.rooms, Visitor("school")) for _ in range(2))
    for _ in range(MOST_WRONG):
        page.act({"do": "join", "code": "wrong"})
    with pytest.raises(GuessedError):
        classes.find(other, "school")
    classes.find(code, "school")
    pupil.act({"do": "join", "code": code})
    assert len(pupil.sides) == 1
    classes.end(classes.find(code, "school"))
    with pytest.raises(GuessedError):
        classes.find(code, "school")


def test_where_a_class_is_known_its_code_is_not_to_be_found_by_trying_either(trainer: Session) -> None:
    seconds = [0.0]
    guarded = Classes(trainer.films, clock=lambda: seconds[0])
    code = guarded.open("school").code
    for number in range(MOST_TRIED):
        assert guarded.find(code, "school").code == code  # which counts as nothing, whoever mistypes
        with pytest.raises(GoneError if number < MOST_WRONG else GuessedError):
            guarded.find("wrong", "school")
    for _ in range(2):
        with pytest.raises(GuessedError):
            guarded.find(code, "school")
    guarded.find(code, "home")
    seconds[0] += SPAN + 1.0
    guarded.find(code, "school")


def test_followers_of_one_address_leave_room_for_another(
    classes: Classes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.view.classes.MOST_FOLLOWERS", 3)

    async def come() -> None:
        classroom = classes.open()
        first, second, third = (classroom.join("school") for _ in range(3))
        assert not classroom.has_room("school")
        with pytest.raises(FullError):
            classroom.join("school")
        assert classroom.has_room("home")
        guest = classroom.join("home")
        assert await third.wait(1.0)
        assert [one.left for one in (first, second, third, guest)] == [False, False, True, False]
        for address in ("school", "home"):
            with pytest.raises(FullError):
                classroom.join(address)
        assert len(classroom) == 3

    asyncio.run(come())


def test_pages_and_refusals_of_a_class(
    classes: Classes, trainer: Session, serve: Serve, fetch: Fetch
) -> None:
    with serve(app(classes)) as address:
        with urlopen(f"{address}/follow/{code_of(trainer)}") as page:  # noqa: S310 - our own server
            assert b"/gongzhi/assets/follow.js" in page.read()
        there = f"{address}/classes/{code_of(trainer)}/address"
        assert fetch(there) == (200, {"address": None, "picture": None})  # on this machine only
        with urlopen(Request(there, headers={"Host": "10.1.2.3:99"})) as answer:  # noqa: S310 - our own
            found = json.loads(answer.read())
        assert found["address"] == f"http://10.1.2.3:99/gongzhi/follow/{code_of(trainer)}"
        assert found["picture"].startswith("data:image/svg+xml")
        for path in ("none", "none/events", "none/address"):
            status, refusal = fetch(f"{address}/classes/{path}")
            assert (status, refusal["kind"]) == (404, "GoneError")


def test_an_address_that_names_a_class_opens_a_session_with_what_it_sees(
    classes: Classes, trainer: Session, scenario: Scenario
) -> None:
    trainer.act(LEAD)
    sessions = Sessions(classes.films, trainer.rooms, [("own", scenario)], most=9)
    for search, name in ((f"class={code_of(trainer)}", "one"), ("class=none", "own"), (None, "own")):
        session = opened(sessions, search)
        assert session.sides[0].name == name
        sessions.close(session)


def test_among_all_rooms_a_class_is_joined_and_a_fork_is_no_code(
    classes: Classes, trainer: Session, scenario: Scenario
) -> None:
    trainer.act(LEAD)
    sessions = Sessions(classes.films, rooms_of(classes, {}), [("own", scenario)], most=9)
    joined = opened(sessions, f"class={code_of(trainer)}")
    assert joined is not None
    assert (joined.problem, joined.seed) == (None, 5)
    assert [side.name for side in joined.sides] == ["one", "two"]
    forking = opened(sessions, "")
    assert forking is not None
    forking.act({"do": "fork", "side": 0, "day": 3, "values": {"mechanisms.patrol": False}})
    assert forking.problem is None
    assert forking.state()["class"]["forked"] is None

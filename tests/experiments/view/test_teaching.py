"""A lesson in class: a guess before the answer, another seed, hands, and an answer that takes its time."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments.messages import LANGUAGES
from experiments.view.answering import Answer, find_answer
from experiments.view.film import Film, Films
from experiments.view.lesson import Lesson
from experiments.view.reading_lessons import read_lesson
from experiments.view.rooms import ROOMS
from experiments.view.session import Session
from experiments.view.teaching import teaching
from simulation import CommunityModel


@pytest.fixture
def session(write: Callable[..., Path]) -> Session:
    session = Session(Films(), (*ROOMS, teaching({"own": read_lesson(write())})))
    session.act({"do": "lesson", "name": "own"})
    return session


def lesson_of(session: Session) -> dict[str, Any]:
    opened: dict[str, Any] = session.state()["teaching"]["open"]
    return opened


def test_a_class_guesses_before_it_sees_the_answer(session: Session) -> None:
    assert [side["title"]["en"] for side in session.state()["sides"]] == ["Coordinated", "Board"]
    assert lesson_of(session)["step"] == "read"
    session.act({"do": "answer"})
    session.act({"do": "watched"})
    assert lesson_of(session)["step"] == "read"
    session.act({"do": "guess", "option": 0, "hands": [3, 4]})
    assert (lesson_of(session)["step"], lesson_of(session)["option"]) == ("guessed", 0)
    assert "because" not in str(session.state()), "nothing tells the answer yet"
    session.act({"do": "watched"})
    assert lesson_of(session)["step"] == "watched"
    ask_for_the_answer(session)
    here = lesson_of(session)
    assert session.problem is None
    assert here["step"] == "answered"
    assert here["answer"]["right"] == 1
    assert here["hands"] == [3, 4]
    session.act({"do": "guess", "option": 1})
    assert lesson_of(session)["option"] == 0, "who has seen the answer guesses no more"
    session.act({"do": "leave"})
    assert session.state()["teaching"]["open"] is None


def test_another_seed_asks_again(session: Session) -> None:
    session.act({"do": "guess", "option": 1})
    session.act({"do": "watched"})
    ask_for_the_answer(session)
    assert lesson_of(session)["step"] == "answered"
    session.act({"do": "reset", "seed": 5})
    assert lesson_of(session)["step"] == "guessed"
    assert lesson_of(session)["answer"] is None
    ask_for_the_answer(session)
    assert lesson_of(session)["step"] == "answered"


def test_other_runs_are_not_the_lessons(session: Session) -> None:
    session.act({"do": "guess", "option": 1})
    session.act({"do": "open", "names": ["coordinated"]})
    assert lesson_of(session)["step"] == "elsewhere"
    session.act({"do": "answer"})
    assert lesson_of(session)["step"] == "elsewhere"
    session.act({"do": "lesson", "name": "own"})
    assert lesson_of(session)["step"] == "read"


def test_most_hands_are_the_guess_unless_they_are_even(session: Session) -> None:
    session.act({"do": "guess", "option": None, "hands": [2, 9]})
    assert lesson_of(session)["option"] == 1
    session.act({"do": "guess", "hands": [5, 5]})
    assert lesson_of(session)["option"] is None
    assert lesson_of(session)["step"] == "guessed"


def test_a_run_that_dies_becomes_the_page_s_problem(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(model: CommunityModel) -> None:
        raise ValueError("the roof fell in")

    session.act({"do": "guess", "option": 1})
    monkeypatch.setattr(CommunityModel, "run_to_end", fall)
    ask_for_the_answer(session)
    assert session.problem == dict.fromkeys(LANGUAGES, "ValueError: the roof fell in")
    assert lesson_of(session)["step"] == "guessed"


@pytest.mark.parametrize(
    "sent",
    [
        {"option": True},
        {"option": 2},
        {"option": -1},
        {"option": "0"},
        {"hands": [1]},
        {"hands": [0, 0]},
        {"hands": [1, 1000]},
        {"hands": [1, -1]},
        {"hands": [True, 1]},
        {"hands": "12"},
        {"option": {}, "hands": {}},
    ],
)
def test_what_is_no_guess_is_none(session: Session, sent: dict[str, Any]) -> None:
    session.act({"do": "guess", **sent})
    assert lesson_of(session)["step"] == "read"
    assert session.problem is None


def test_an_unknown_lesson_opens_nothing(session: Session) -> None:
    before = session.state()["sides"]
    for name in ("other", None, ["own"], "../own"):
        session.act({"do": "lesson", "name": name})
    assert session.state()["sides"] == before


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, list[int]]:
    """An answer takes until the event is set; the list has an entry for each that was begun."""
    go, begun = threading.Event(), list[int]()

    def find(lesson: Lesson, films: list[Film]) -> Answer:
        begun.append(len(films))
        assert go.wait(30.0)
        return find_answer(lesson, films)

    monkeypatch.setattr("experiments.view.teaching.find_answer", find)
    return go, begun


def test_nobody_waits_while_an_answer_is_measured(
    session: Session, slow: tuple[threading.Event, list[int]]
) -> None:
    go, begun = slow
    told = threading.Event()
    session.tell = told.set
    session.act({"do": "guess", "option": 1})
    for _ in range(3):
        session.act({"do": "answer"})
    assert lesson_of(session)["answering"]
    session.act({"do": "guess", "option": 0})
    assert lesson_of(session)["option"] == 0
    version = session.version
    go.set()
    assert told.wait(30.0)
    assert lesson_of(session)["step"] == "answered"
    assert not lesson_of(session)["answering"]
    assert session.version > version
    assert begun == [2]


@pytest.mark.parametrize("meanwhile", ["reset", "leave", "close"])
def test_an_answer_to_what_is_not_shown_any_more_is_dropped(
    session: Session, slow: tuple[threading.Event, list[int]], meanwhile: str
) -> None:
    go, _ = slow
    session.act({"do": "guess", "option": 1})
    before = set(threading.enumerate())
    session.act({"do": "answer"})
    if meanwhile == "close":
        session.close()
    else:
        session.act({"do": meanwhile, "seed": 5})
    go.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(30.0)
    assert session.problem is None
    if meanwhile == "reset":
        assert lesson_of(session)["step"] == "guessed"
        ask_for_the_answer(session)
        assert lesson_of(session)["step"] == "answered"


def ask_for_the_answer(session: Session) -> None:
    """Ask, and wait for what comes out."""
    told = threading.Event()
    session.tell = told.set
    session.act({"do": "answer"})
    assert told.wait(60.0)

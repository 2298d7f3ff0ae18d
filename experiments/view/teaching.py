"""Lessons as a class goes through them: read, guess, watch, and see what the runs say."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from experiments.view.answering import describe, find_answer, in_both
from experiments.view.reading_lessons import LessonFile
from experiments.view.session import Room, Session
from scenarios.schema import Scenario

MOST_HANDS = 999
"""Raised hands for one option."""
NAME = "teaching"
_ONE_AT_A_TIME = threading.Lock()
"""Held by whoever measures: a class of which each has a session of its own asks all at once."""


@dataclass(slots=True)
class _Class:
    """How far a class is in a lesson."""

    file: LessonFile
    opened: int
    """The session's version when the lesson was opened: tells one opening from the next."""
    scenarios: list[Scenario]
    option: int | None = None
    """What was guessed; None where there was no majority, or no guess yet."""
    hands: list[int] = field(default_factory=list)
    guessed: bool = False
    watched: tuple[str, ...] = ()
    """Keys of the films that were watched to their end: with another seed there is something new to watch."""
    answer: dict[str, Any] | None = None
    answered: tuple[str, ...] = ()
    """Keys of the films that gave the answer."""
    measured: tuple[str, ...] = ()
    """Keys of the films that are measured at the moment."""

    def step(self, session: Session) -> str:
        """``read``, ``guessed``, ``watched`` or ``answered``; ``elsewhere`` while other runs are shown."""
        shown = [side.scenario for side in session.sides]
        if len(shown) != len(self.scenarios) or any(
            one is not other for one, other in zip(shown, self.scenarios, strict=True)
        ):
            return "elsewhere"
        keys = _keys(session)
        if self.answer is not None and self.answered == keys:
            return "answered"
        if not self.guessed:
            return "read"
        return "watched" if self.watched == keys else "guessed"


def teaching(lessons: Mapping[str, LessonFile]) -> Room:
    """The room in which lessons are given.

    Args:
        lessons: by name.
    """

    def open_lesson(session: Session, action: Mapping[str, Any]) -> None:
        """Show the runs of the lesson that is called ``name``, from its beginning."""
        file = lessons.get(str(action.get("name")))
        if file is not None:
            sides = file.scenarios()
            session.show(sides, file.lesson.seed)
            scenarios = [scenario for _, scenario in sides]
            session.memory[NAME] = _Class(file, session.version, scenarios)

    def state(session: Session) -> Any:
        listed = [{"name": name, "title": in_both(file.lesson.title)} for name, file in lessons.items()]
        return {"lessons": listed, "open": _describe(session)}

    actions = {
        "lesson": open_lesson,
        "guess": _guess,
        "watched": _watched,
        "answer": _answer,
        "leave": _leave,
    }
    return Room(NAME, actions, state)


def _keys(session: Session) -> tuple[str, ...]:
    return tuple(side.key for side in session.sides)


def _class(session: Session, *steps: str) -> _Class | None:
    """The class of a session while it is at one of the steps."""
    here: _Class | None = session.memory.get(NAME)
    return here if here is not None and here.step(session) in steps else None


def _guess(session: Session, action: Mapping[str, Any]) -> None:
    """Keep what the class guesses: the number of an ``option``, and ``hands`` for each where counted."""
    here = _class(session, "read", "guessed", "watched")
    if here is None:
        return
    options = len(here.file.lesson.options)
    option, hands = action.get("option"), action.get("hands")
    counted = (
        isinstance(hands, list)
        and len(hands) == options
        and all(type(count) is int and 0 <= count <= MOST_HANDS for count in hands)
    )
    chosen = type(option) is int and 0 <= option < options
    if not chosen and not (counted and any(hands or [])):
        return
    here.hands = list(hands) if counted and isinstance(hands, list) else []
    here.option = option if chosen else None
    if here.option is None and here.hands.count(max(here.hands)) == 1:
        here.option = here.hands.index(max(here.hands))
    here.guessed, here.watched = True, ()


def _watched(session: Session, _action: Mapping[str, Any]) -> None:
    """The runs were watched to their end."""
    here = _class(session, "guessed")
    if here is not None:
        here.watched = _keys(session)


def _answer(session: Session, _action: Mapping[str, Any]) -> None:
    """Measure the runs that are shown; only a class that has guessed sees the answer.

    A year of two communities takes more than a second, in which the class goes on seeing what is shown.
    """
    here = _class(session, "guessed", "watched")
    keys = _keys(session)
    if here is None or here.measured == keys:
        return
    here.measured = keys

    def compute() -> dict[str, Any]:
        with _ONE_AT_A_TIME:
            films = [session.films.get(key) for key in keys]
            return describe(here.file.lesson, find_answer(here.file.lesson, films))

    def then(outcome: Callable[[], dict[str, Any]]) -> None:
        if here.measured != keys:
            return  # another seed is shown by now, and asked about
        here.measured = ()
        if _class(session, "guessed", "watched") is here and _keys(session) == keys:
            here.answer, here.answered = outcome(), keys

    session.later(compute, then)


def _leave(session: Session, _action: Mapping[str, Any]) -> None:
    """Back to the list of lessons; what is shown stays."""
    session.memory.pop(NAME, None)


def _describe(session: Session) -> dict[str, Any] | None:
    """The open lesson as the page needs it."""
    here: _Class | None = session.memory.get(NAME)
    if here is None:
        return None
    lesson, step = here.file.lesson, here.step(session)
    answered = step == "answered"
    return {
        "name": here.file.name,
        "opened": here.opened,
        "step": step,
        "title": in_both(lesson.title),
        "intro": in_both(lesson.intro),
        "question": in_both(lesson.question),
        "options": [in_both(option.text) for option in lesson.options],
        "option": here.option,
        "hands": here.hands,
        "from_day": lesson.from_day,
        "until_day": lesson.until_day,
        "layer": lesson.layer,
        "speed": lesson.speed,
        "answering": here.measured == _keys(session),
        "answer": here.answer if answered else None,
        "next": in_both(lesson.next) if answered and lesson.next is not None else None,
    }

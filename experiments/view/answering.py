"""The answer to a lesson's question, read off its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from experiments.amounts import difference, number, unit_of, unit_of_difference, with_unit
from experiments.messages import LANGUAGES, Language
from experiments.view.errors import ViewError
from experiments.view.film import Film
from experiments.view.lesson import LARGEST, SMALLEST, Lesson, Measure, Words
from experiments.view.measures import Value, measure, unit_like
from scenarios.phrases import phrase


class UndecidedError(ViewError):
    """The runs give no number that decides."""

    def __init__(self) -> None:
        super().__init__(phrase("these runs give no number that decides the question: try another seed"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the runs say."""

    right: int
    """Number of the option that is right."""
    values: dict[str, Value]
    """Of each measure of the lesson; None where there was nothing to measure."""


def find_answer(lesson: Lesson, films: Sequence[Film]) -> Answer:
    """Measure the runs at their end and see which option is right.

    Args:
        lesson: asks.
        films: of its sides, in order; they are lived to their end where they have not been yet.

    Raises:
        UndecidedError: there is nothing to measure that decides, such as no case of a kind in this run.
        RunDiedError: a run raised.
    """
    taken: dict[str, dict[str, Value]] = {}
    for side, film in zip("ab", films, strict=False):
        names = [each.of for each in lesson.measures.values() if each.side == side]
        taken[side] = measure(film, names)
    values: dict[str, Value] = {}
    for name, each in lesson.measures.items():
        parts = [taken[each.side][each.of], *(values[other] for other in each.minus)]
        known = [part for part in parts if part is not None]
        values[name] = known[0] - sum(known[1:]) if len(known) == len(parts) else None
    return Answer(_right(lesson, values), values)


def _right(lesson: Lesson, values: dict[str, Value]) -> int:
    if lesson.answer in {LARGEST, SMALLEST}:
        sign = 1.0 if lesson.answer == LARGEST else -1.0
        known = [
            (sign * value, -place)
            for place, option in enumerate(lesson.options)
            if option.measure is not None and (value := values[option.measure]) is not None
        ]
        if not known:
            raise UndecidedError
        return -max(known)[1]
    value = values[lesson.answer]
    if value is None:
        raise UndecidedError
    return next(
        number for number, option in enumerate(lesson.options) if option.below is None or value < option.below
    )


def describe(lesson: Lesson, answer: Answer) -> dict[str, Any]:
    """An answer as the page shows it: numbers with units, texts with their numbers, in both languages."""
    option = lesson.options[answer.right]
    return {
        "right": answer.right,
        "numbers": [
            {"label": in_both(each.label)} | _apart(each, answer.values[name])
            for name, each in lesson.measures.items()
        ],
        "because": _filled(lesson, option.explain, answer),
        "explain": _filled(lesson, lesson.explain, answer),
    }


def in_both(words: Words) -> dict[str, str]:
    """A lesson's text by language."""
    return {language: getattr(words, language) for language in LANGUAGES}


def _filled(lesson: Lesson, words: Words | None, answer: Answer) -> dict[str, str] | None:
    if words is None:
        return None
    return {
        language: getattr(words, language).format(
            **{name: written(lesson, name, value, language) for name, value in answer.values.items()}
        )
        for language in LANGUAGES
    }


def _apart(measure: Measure, value: Value) -> dict[str, Any]:
    """A value's number, which is shown large, and its unit, which is not."""
    like, differs = unit_like(measure.of), bool(measure.minus)
    unit = unit_of_difference if differs else unit_of
    units = {language: "" if value is None else unit(like, language) for language in LANGUAGES}
    return {"number": number(like, value, signed=differs), "unit": units}


def written(lesson: Lesson, name: str, value: Value, language: Language) -> str:
    """The value of a measure of a lesson with its unit, and with its sign where it is a difference."""
    measure = lesson.measures[name]
    like = unit_like(measure.of)
    if not measure.minus or value is None:
        return with_unit(like, value, language)
    return difference(like, value, language)

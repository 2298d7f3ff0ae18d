"""What a lesson file may say: a scene, a question with options, and how the run's own numbers decide it."""

from typing import Any, Literal

from scenarios.cases import Name, Text
from scenarios.units import CHOICE, GIVEN, Part, param

LAYERS = Literal["informed", "satisfaction", "open", "unmet"]
SPEEDS = Literal[1, 4, 12, 24, 72, 168]
LARGEST, SMALLEST = "largest", "smallest"
"""What ``answer`` says where options name measures."""


class Words(Part):
    """A text in both languages."""

    en: str = param(..., "In English.", unit="text", min_length=1, max_length=1000)
    zh: str = param(..., "In Simplified Chinese.", unit="text", min_length=1, max_length=1000)


class Side(Part):
    """One of the runs that the lesson shows."""

    scenario: str = param(
        ...,
        "The scenario: a shipped one's name, or a file relative to this one.",
        unit="text",
        min_length=1,
        max_length=400,
    )
    title: Text | None = param(None, "Name above its map; the scenario's own where null.", unit="text")
    set: dict[str, Any] = param({}, "What is changed in it, by dotted path.", unit="mapping", source=CHOICE)


class Measure(Part):
    """One number that is taken of the runs when they have ended."""

    of: str = param(..., "A metric, or a measure of lessons.", unit="text", max_length=80)
    side: Literal["a", "b"] = param("a", "Of the left run or the right one.", unit="choice", source=CHOICE)
    minus: tuple[str, ...] = param(
        (), "Measures named above this one, to take away from it.", unit="text", source=CHOICE, max_length=4
    )
    label: Words = param(..., "What it is, beside the number.", unit="text")


class Option(Part):
    """Something that the class can guess."""

    text: Words = param(..., "What is guessed.", unit="text")
    below: float | None = param(
        None,
        "It is right where the measure that decides lies below this, and not below the option before; "
        "the last one has none.",
        unit="the measure's",
        source=GIVEN,
        ge=-1e12,
        le=1e12,
    )
    measure: str | None = param(
        None,
        "The measure that it stands for, where the largest or smallest decides.",
        unit="text",
        source=GIVEN,
        max_length=40,
    )
    explain: Words | None = param(
        None, "What to say where it turns out to be right.", unit="text", source=CHOICE
    )


class Lesson(Part):
    """A short lesson: guess first, then watch, then read the answer off the run."""

    title: Words = param(..., "Its name in the list.", unit="text")
    sides: tuple[Side, ...] = param(
        ..., "The run to show, or two beside each other.", unit="mapping", min_length=1, max_length=2
    )
    seed: int = param(1, "Seed of the runs.", unit="1", source=CHOICE, ge=0, le=2**31 - 1)
    from_day: int = param(
        1, "The day on which watching begins; the first is 1.", unit="days", source=CHOICE, ge=1, le=3660
    )
    until_day: int = param(
        ..., "The last day of the runs, when numbers are taken.", unit="days", ge=1, le=3660
    )
    layer: LAYERS = param("informed", "What colours the buildings.", unit="choice", source=CHOICE)
    speed: SPEEDS = param(24, "Hours of the run in a second of watching.", unit="choice", source=CHOICE)
    intro: Words = param(..., "What the class needs to know first.", unit="text")
    question: Words = param(..., "What the class guesses.", unit="text")
    measures: dict[Name, Measure] = param(
        ...,
        "The numbers of the answer, by a name that texts use.",
        unit="mapping",
        min_length=1,
        max_length=16,
    )
    options: tuple[Option, ...] = param(
        ..., "What can be guessed.", unit="mapping", min_length=2, max_length=5
    )
    answer: str = param(
        ...,
        "What decides: the name of a measure, by the options' ``below``; or ``largest`` or ``smallest``, by "
        "the options' ``measure``.",
        unit="text",
        max_length=40,
    )
    explain: Words = param(..., "What the numbers say, with measures in {braces}.", unit="text")
    next: Words | None = param(None, "What to try next.", unit="text", source=CHOICE)

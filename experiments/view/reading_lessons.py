"""Reading lessons: the shipped ones and a trainer's own, with the place of everything that is wrong."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from experiments.asking import read_asked, refuse
from experiments.costs import check_costs
from experiments.messages import LANGUAGES
from experiments.sweeps.plan import children, load_named, located, part_of
from experiments.view.lesson import LARGEST, SMALLEST, Lesson, Words
from experiments.view.measures import MEASURES, unit_like
from scenarios import Scenario
from scenarios.errors import InputError, Problem, ScenarioError, TooLargeError
from scenarios.names import did_you_mean, nearest_name, there_are
from scenarios.reading import Node
from simulation.results.metrics import METRICS

FOLDER = Path(__file__).with_name("lessons")
SHIPPED_LESSONS = ("three_days", "who_is_missed", "one_hour", "appraisal", "one_room", "minutes")
"""Names of the shipped lessons, in the order in which to give them."""
MOST_LESSONS = 100
"""A trainer's lessons."""

type At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A lesson and where it was read."""

    name: str
    file: Path
    lesson: Lesson
    tree: Node

    def scenarios(self) -> list[tuple[str, Scenario]]:
        """What it shows: each side's name and its scenario, as long as the lesson says.

        Raises:
            ScenarioError: a side is no scenario.
            TooLargeError: a run would cost more than its scenario allows.
        """
        sides = []
        for number, side in enumerate(self.lesson.sides):
            place = part_of(self.tree, "sides", number)
            changes = located(children(part_of(place, "set")) if side.set else {}, self.file.parent)
            changes["days"] = self.lesson.until_day
            if side.title is not None:
                changes["title"] = side.title
            node, path = part_of(place, "scenario"), f"sides.{number}.scenario"
            sides.append((side.scenario, load_named(self.file, side.scenario, node, path, changes)))
        check_costs(scenario for _, scenario in sides)
        return sides


def read_lesson(file: Path) -> LessonFile:
    """Read a lesson and check all in it but its scenarios, see :meth:`LessonFile.scenarios`.

    Raises:
        ScenarioError: with all problems that were found.
    """
    lesson, tree = read_asked(file, Lesson)
    problems = [
        part_of(tree, *at).place.problem(".".join(map(str, at)), message) for at, message in _wrong(lesson)
    ]
    if problems:
        raise ScenarioError(problems)
    return LessonFile(file.stem, file, lesson, tree)


@cache
def shipped_lessons() -> Mapping[str, LessonFile]:
    """The shipped lessons by name, in order."""
    return {name: read_lesson(FOLDER / f"{name}.yaml") for name in SHIPPED_LESSONS}


def read_lessons(folder: Path | None = None) -> Mapping[str, LessonFile]:
    """The shipped lessons, and after them a trainer's own.

    Args:
        folder: holds the trainer's, each a file ``NAME.yaml``.

    Raises:
        ScenarioError: with all problems of all files, those of their scenarios too.
        InputError: there are none, or too many.
    """
    lessons = dict(shipped_lessons())
    if folder is None:
        return lessons
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    except OSError as error:
        raise InputError(f"{folder}: no folder that can be read: {error.strerror or error}") from error
    if not files:
        raise InputError(f"{folder}: there is no lesson in it; a lesson is a file NAME.yaml")
    if len(files) > MOST_LESSONS:
        raise InputError(f"{folder}: {len(files)} lessons are too many: at most {MOST_LESSONS}")
    problems: list[Problem] = []
    for file in files:
        try:
            lessons[file.stem] = _read_own(file, lessons)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return lessons


def _read_own(file: Path, others: Mapping[str, LessonFile]) -> LessonFile:
    """A trainer's lesson with all that it names, so that nothing is found wrong before the class."""
    if file.stem in others:
        message = f"another lesson is called '{file.stem}' already: give the file another name"
        raise ScenarioError([Problem(str(file), None, None, "", message)])
    one = read_lesson(file)
    try:
        one.scenarios()
    except TooLargeError as error:
        raise refuse(part_of(one.tree, "sides"), "sides", str(error)) from error
    return one


def _wrong(lesson: Lesson) -> Iterator[tuple[At, str]]:
    """What is wrong between the values of a lesson: the path to point at, and the sentence."""
    if lesson.from_day > lesson.until_day:
        yield ("from_day",), f"day {lesson.from_day} is after until_day, {lesson.until_day}"
    for number, side in enumerate(lesson.sides):
        for path in side.set:
            if path in {"days", "title"}:
                said = "until_day of the lesson" if path == "days" else "title of the side"
                yield ("sides", number, "set", path), f"'{path}' is not set here: {said} says it"
    yield from _wrong_measures(lesson)
    yield from _wrong_options(lesson)
    yield from _wrong_places(("explain",), lesson.explain, lesson)
    for number, option in enumerate(lesson.options):
        if option.explain is not None:
            yield from _wrong_places(("options", number, "explain"), option.explain, lesson)


def _wrong_measures(lesson: Lesson) -> Iterator[tuple[At, str]]:
    above: list[str] = []
    for name, measure in lesson.measures.items():
        at: At = ("measures", name)
        known = [*METRICS, *MEASURES]
        if name in {LARGEST, SMALLEST}:
            yield at, f"'{name}' says how options are decided: choose another name"
        if measure.of not in known:
            near = did_you_mean(measure.of, known) or "docs/lessons.md lists them"
            yield (*at, "of"), f"there is no metric or measure '{measure.of}'; {near}"
        else:
            yield from _wrong_differences(lesson, name, above)
        if measure.side == "b" and len(lesson.sides) < 2:
            yield (*at, "side"), "the lesson has one side only, which is a"
        above.append(name)


def _wrong_differences(lesson: Lesson, name: str, above: list[str]) -> Iterator[tuple[At, str]]:
    measure = lesson.measures[name]
    unit = METRICS[unit_like(measure.of)].unit
    for number, other in enumerate(measure.minus):
        at: At = ("measures", name, "minus", number)
        if other not in above:
            near = nearest_name(other, above)
            yield at, f"'{other[:40]}' is no measure named above this one; {near}"
            continue
        of = unit_like(lesson.measures[other].of)
        if of in METRICS and METRICS[of].unit != unit:
            yield at, f"'{other}' is in {METRICS[of].unit}, which cannot be taken from {unit}"


def _wrong_options(lesson: Lesson) -> Iterator[tuple[At, str]]:
    names = list(lesson.measures)
    compared = lesson.answer in {LARGEST, SMALLEST}
    if not compared and lesson.answer not in names:
        near = nearest_name(lesson.answer, [*names, LARGEST, SMALLEST])
        yield ("answer",), f"no measure is called '{lesson.answer}'; {near}"
        return
    last, before = len(lesson.options) - 1, None
    for number, option in enumerate(lesson.options):
        at: At = ("options", number)
        if compared:
            if option.measure not in names:
                yield at, f"{lesson.answer} decides: give the option's measure; {there_are(names)}"
            if option.below is not None:
                yield (*at, "below"), f"{lesson.answer} decides, so that an option has no below"
            continue
        if option.measure is not None:
            yield (*at, "measure"), f"{lesson.answer} decides by below: an option has no measure of its own"
        if (option.below is None) != (number == last):
            rule = "the last option takes all that is left, and has no below"
            yield at, rule if number == last else "'below' is missing: only the last option has none"
        elif before is not None and option.below is not None and option.below <= before:
            yield (*at, "below"), f"{option.below:g} is not above {before:g} of the option before"
        before = option.below


def _wrong_places(at: At, text: Words, lesson: Lesson) -> Iterator[tuple[At, str]]:
    """Places in braces that are no measures, or not the same in both languages."""
    found: list[set[str]] = []
    for language in LANGUAGES:
        try:
            parts = list(string.Formatter().parse(getattr(text, language)))
        except ValueError:
            yield (*at, language), "a brace is not closed or not opened: a measure stands in {braces}"
            return
        here = {name for _, name, _, _ in parts if name is not None}
        for _, name, spec, conversion in parts:
            if name is not None and (name not in lesson.measures or spec or conversion):
                near = nearest_name(name, lesson.measures)
                yield (*at, language), f"'{{{name[:40]}}}' is no measure of this lesson; {near}"
        found.append(here)
    if len(found) == 2 and found[0] != found[1]:
        only = ", ".join(sorted(found[0] ^ found[1]))
        yield at, f"both languages give the same numbers: {only} stands in one only"

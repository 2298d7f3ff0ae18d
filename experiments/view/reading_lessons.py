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
from scenarios.phrases import Phrase, hinted, listed, phrase
from scenarios.reading import Node
from simulation.results.metrics import METRICS

FOLDER = Path(__file__).with_name("lessons")
SHIPPED_LESSONS = ("three_days", "who_is_missed", "one_hour", "appraisal", "one_room", "minutes")
"""Names of the shipped lessons, in the order in which to give them."""
MOST_LESSONS = 100
"""A trainer's lessons."""

type At = tuple[str | int, ...]
type Wrong = tuple[At, Phrase]


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
        raise InputError(phrase("{folder}: no folder that can be read", folder=folder)) from error
    if not files:
        raise InputError(
            phrase("{folder}: there is no lesson in it; a lesson is a file NAME.yaml", folder=folder)
        )
    if len(files) > MOST_LESSONS:
        raise InputError(
            phrase(
                "{folder}: {count} lessons are too many: at most {most}",
                folder=folder,
                count=len(files),
                most=MOST_LESSONS,
            )
        )
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
        message = phrase(
            "another lesson is called '{name}' already: give the file another name", name=file.stem
        )
        raise ScenarioError([Problem(str(file), None, None, "", message)])
    one = read_lesson(file)
    try:
        one.scenarios()
    except TooLargeError as error:
        raise refuse(part_of(one.tree, "sides"), "sides", error.args[0]) from error
    return one


def _wrong(lesson: Lesson) -> Iterator[Wrong]:
    """What is wrong between the values of a lesson: the path to point at, and the sentence."""
    if lesson.from_day > lesson.until_day:
        said = phrase("day {day} is after until_day, {last}", day=lesson.from_day, last=lesson.until_day)
        yield ("from_day",), said
    for number, side in enumerate(lesson.sides):
        for path in side.set:
            if path in {"days", "title"}:
                said = phrase("'title' is not set here: title of the side says it")
                if path == "days":
                    said = phrase("'days' is not set here: until_day of the lesson says it")
                yield ("sides", number, "set", path), said
    yield from _wrong_measures(lesson)
    yield from _wrong_options(lesson)
    yield from _wrong_places(("explain",), lesson.explain, lesson)
    for number, option in enumerate(lesson.options):
        if option.explain is not None:
            yield from _wrong_places(("options", number, "explain"), option.explain, lesson)


def _wrong_measures(lesson: Lesson) -> Iterator[Wrong]:
    above: list[str] = []
    for name, measure in lesson.measures.items():
        at: At = ("measures", name)
        known = [*METRICS, *MEASURES]
        if name in {LARGEST, SMALLEST}:
            yield at, phrase("'{name}' says how options are decided: choose another name", name=name)
        if measure.of not in known:
            near = did_you_mean(measure.of, known) or phrase("docs/lessons.md lists them")
            said = phrase("there is no metric or measure '{name}'", name=measure.of)
            yield (*at, "of"), hinted(said, near)
        else:
            yield from _wrong_differences(lesson, name, above)
        if measure.side == "b" and len(lesson.sides) < 2:
            yield (*at, "side"), phrase("the lesson has one side only, which is a")
        above.append(name)


def _wrong_differences(lesson: Lesson, name: str, above: list[str]) -> Iterator[Wrong]:
    measure = lesson.measures[name]
    unit = METRICS[unit_like(measure.of)].unit
    for number, other in enumerate(measure.minus):
        at: At = ("measures", name, "minus", number)
        if other not in above:
            said = phrase("'{name}' is no measure named above this one", name=other[:40])
            yield at, hinted(said, nearest_name(other, above))
            continue
        of = unit_like(lesson.measures[other].of)
        if of in METRICS and METRICS[of].unit != unit:
            said = phrase(
                "'{name}' is in {of}, which cannot be taken from {unit}",
                name=other,
                of=METRICS[of].unit,
                unit=unit,
            )
            yield at, said


def _wrong_options(lesson: Lesson) -> Iterator[Wrong]:
    names = list(lesson.measures)
    compared = lesson.answer in {LARGEST, SMALLEST}
    if not compared and lesson.answer not in names:
        said = phrase("no measure is called '{name}'", name=lesson.answer)
        yield ("answer",), hinted(said, nearest_name(lesson.answer, [*names, LARGEST, SMALLEST]))
        return
    last, before = len(lesson.options) - 1, None
    for number, option in enumerate(lesson.options):
        at: At = ("options", number)
        if compared:
            if option.measure not in names:
                said = phrase("{answer} decides: give the option's measure", answer=lesson.answer)
                yield at, hinted(said, there_are(names))
            if option.below is not None:
                said = phrase("{answer} decides, so that an option has no below", answer=lesson.answer)
                yield (*at, "below"), said
            continue
        if option.measure is not None:
            said = phrase(
                "{answer} decides by below: an option has no measure of its own", answer=lesson.answer
            )
            yield (*at, "measure"), said
        if (option.below is None) != (number == last):
            said = phrase("'below' is missing: only the last option has none")
            if number == last:
                said = phrase("the last option takes all that is left, and has no below")
            yield at, said
        elif before is not None and option.below is not None and option.below <= before:
            said = phrase(
                "{below:g} is not above {before:g} of the option before", below=option.below, before=before
            )
            yield (*at, "below"), said
        before = option.below


def _wrong_places(at: At, text: Words, lesson: Lesson) -> Iterator[Wrong]:
    """Places in braces that are no measures, or not the same in both languages."""
    found: list[set[str]] = []
    for language in LANGUAGES:
        try:
            parts = list(string.Formatter().parse(getattr(text, language)))
        except ValueError:
            said = phrase("a brace is not closed or not opened: a measure stands in {braces}", braces="{}")
            yield (*at, language), said
            return
        here = {name for _, name, _, _ in parts if name is not None}
        for _, name, spec, conversion in parts:
            if name is not None and (name not in lesson.measures or spec or conversion):
                said = phrase("'{name}' is no measure of this lesson", name=f"{{{name[:40]}}}")
                yield (*at, language), hinted(said, nearest_name(name, lesson.measures))
        found.append(here)
    if len(found) == 2 and found[0] != found[1]:
        only = listed(sorted(found[0] ^ found[1]))
        yield at, phrase("both languages give the same numbers: {names} stands in one only", names=only)

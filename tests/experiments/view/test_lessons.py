"""Lessons: what they say is what their runs say, mistakes are shown with places, nobody guesses too late."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_lesson import SMALL

from experiments.command_line import main
from experiments.messages import LANGUAGES
from experiments.view.answering import Answer, UndecidedError, describe, find_answer
from experiments.view.film import Film
from experiments.view.lesson import Lesson
from experiments.view.measures import MEASURES, measure
from experiments.view.reading_lessons import SHIPPED_LESSONS, read_lesson, read_lessons, shipped_lessons
from scenarios.errors import InputError, ScenarioError
from scenarios.phrases import in_language

EXPECTED = {"three_days": 1, "who_is_missed": 0, "one_hour": 0, "appraisal": 2, "one_room": 0, "minutes": 2}
"""Number of the option that each lesson is about: the one that it explains."""


def answer_of(name: str, seed: int | None = None) -> tuple[Answer, dict[str, Any]]:
    file = shipped_lessons()[name]
    films = [Film(scenario, file.lesson.seed if seed is None else seed) for _, scenario in file.scenarios()]
    answer = find_answer(file.lesson, films)
    return answer, describe(file.lesson, answer)


# The shipped lessons --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED_LESSONS)
def test_a_lesson_explains_what_its_runs_say(name: str) -> None:
    answer, told = answer_of(name)
    options = shipped_lessons()[name].lesson.options
    assert answer.right == EXPECTED[name]
    assert options[answer.right].explain is not None
    for language in LANGUAGES:
        texts = [told["explain"][language], told["because"][language]]
        texts += [number["number"] for number in told["numbers"]]
        assert all(texts)
        assert not any("{" in text or "–" in text for text in texts), "a number is missing"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13])
@pytest.mark.parametrize("name", SHIPPED_LESSONS)
def test_a_lesson_is_true_of_other_seeds_too(name: str, seed: int) -> None:
    answer, told = answer_of(name, seed)
    assert answer.right == EXPECTED[name]
    assert not any("–" in told["explain"][language] for language in LANGUAGES)


def test_who_is_missed_turns_within_a_month_as_it_says() -> None:
    values = answer_of("who_is_missed")[0].values
    assert values["chat_vulnerable"] < values["doors_vulnerable"]
    assert values["never_vulnerable"] < values["never_others"]


def test_what_takes_longest_adds_up_to_the_way_of_a_case() -> None:
    file = shipped_lessons()["one_hour"]
    film = Film(file.scenarios()[0][1], file.lesson.seed)
    parts = measure(film, [name for name in MEASURES if name.startswith("waits.")])
    film.day(film.scenario.days - 1)
    cases = film.model.tables()["cases"]
    solved = cases[cases["dispatched_h"].notna() & cases["resolved_h"].notna()]
    assert sum(parts.values()) == pytest.approx((solved["resolved_h"] - solved["arose_h"]).mean())


def test_every_shipped_lesson_is_listed() -> None:
    folder = next(iter(shipped_lessons().values())).file.parent
    assert {file.stem for file in folder.iterdir()} == set(SHIPPED_LESSONS) == set(EXPECTED)


# Numbers --------------------------------------------------------------------------------------------------


def test_a_watched_film_and_one_that_nobody_watched_give_the_same_numbers(write: Callable[..., Path]) -> None:
    scenario = read_lesson(write()).scenarios()[0][1]
    watched, unwatched = Film(scenario, 1), Film(scenario, 1)
    watched.day(scenario.days - 1)
    names = ["notice.reach_72h", *MEASURES]
    assert measure(watched, names) == measure(unwatched, names)
    assert len(unwatched.days) == 0


def test_shares_of_work_add_up_and_groups_are_counted(write: Callable[..., Path]) -> None:
    scenario = read_lesson(write(("until_day: 6", "until_day: 40"))).scenarios()[0][1]
    values = measure(Film(scenario, 1), MEASURES)
    assert sum(values[name] or 0.0 for name in MEASURES if name.startswith("work.")) == pytest.approx(1.0)
    film = Film(scenario, 1)
    film.model.run_to_end()
    tables = film.model.tables()
    assert values["groups.tried"] == len(tables["bundles"])
    people = film.model.state.population
    notices = tables["notices"]
    over = notices[notices["missed"].notna() & (notices["audience"] == "all")]
    meant = len(over) * film.model.notices.listens
    never = (values["missed.vulnerable"] or 0.0) * meant[people.vulnerable].sum()
    never += (values["missed.others"] or 0.0) * meant[~people.vulnerable].sum()
    assert len(over) > 0
    assert never == pytest.approx(over["missed"].sum())


def test_a_difference_has_its_sign_and_unit(write: Callable[..., Path]) -> None:
    lesson = read_lesson(write()).lesson
    told = describe(lesson, Answer(1, {"told": 0.5, "board": 0.2, "more": 0.3}))
    assert told["because"] == {"en": "+30 percentage points more", "zh": "多+30个百分点"}
    shown = [(each["number"], each["unit"]["en"]) for each in told["numbers"]]
    assert shown == [("50", "%"), ("20", "%"), ("+30", "percentage points")]
    nothing = describe(lesson, Answer(1, {"told": 0.5, "board": None, "more": None}))["numbers"]
    assert [(each["number"], each["unit"]["zh"]) for each in nothing] == [("50", "%"), ("–", ""), ("–", "")]


def test_largest_and_smallest_decide(write: Callable[..., Path]) -> None:
    compared = ("below: 0.3", "measure: board"), ("zh: 多}, explain", "zh: 多}, measure: told, explain")
    for word, right in (("largest", 1), ("smallest", 0)):
        file = read_lesson(write(*compared, ("answer: told", f"answer: {word}")))
        films = [Film(scenario, 2) for _, scenario in file.scenarios()]
        assert find_answer(file.lesson, films).right == right


def test_runs_without_a_number_do_not_decide(write: Callable[..., Path]) -> None:
    file = read_lesson(write(("notices.at: [33 h]", "notices.at: []"), ("households: 120", "households: 50")))
    with pytest.raises(UndecidedError, match="try another seed"):
        find_answer(file.lesson, [Film(scenario, 1) for _, scenario in file.scenarios()])


# Reading --------------------------------------------------------------------------------------------------

MISTAKES = [
    (
        ("of: notice.reach_72h,", "of: notice.reach_73h,"),
        "measures.told.of",
        "did you mean 'notice.reach_72h'",
    ),
    (("minus: [board]", "minus: [bord]"), "measures.more.minus.0", "did you mean 'board'"),
    (("minus: [board]", "minus: [more]"), "measures.more.minus.0", "named above"),
    (("answer: told", "answer: toldd"), "answer", "did you mean 'told'"),
    (("answer: told", "answer: largest"), "options.0", "give the option's measure"),
    ((", below: 0.3", ""), "options.0", "'below' is missing"),
    (("zh: 多}, explain", "zh: 多}, below: 0.5, explain"), "options.1", "takes all that is left"),
    (("{told} know", "{toldd} know"), "explain.en", "did you mean 'told'"),
    (("{told} know", "{told.x} know"), "explain.en", "no measure of this lesson"),
    (("{told} know", "{told know"), "explain.en", "brace"),
    (("{told} know", "all know"), "explain", "stands in one only"),
    (("from_day: 2", "from_day: 7"), "from_day", "after until_day"),
    (("notices.at: [33 h]}", "days: 9}"), "sides.0.set.days", "until_day"),
    (("zh: 看。", "zzh: 看。"), "intro.zzh", "there is no key"),
    (("until_day: 6", "until_day: six"), "until_day", "whole number"),
    (("label: {en: told, zh: 知晓}", "label: {en: told}"), "measures.told.label.zh", "missing"),
    (("  told:", "  largest:"), "measures.largest", "choose another name"),
]


@pytest.mark.parametrize(("change", "path", "words"), MISTAKES)
def test_a_mistake_is_shown_with_its_place(
    write: Callable[..., Path], change: tuple[str, str], path: str, words: str
) -> None:
    file = write(change)
    with pytest.raises(ScenarioError) as caught:
        read_lesson(file)
    problem = next(each for each in caught.value.problems if each.path == path)
    assert words in problem.message
    assert re.search("[\u4e00-\u9fff]", in_language(problem.said, "zh"))
    assert problem.file == str(file)
    assert problem.line is not None


def test_one_side_has_no_b(write: Callable[..., Path]) -> None:
    second = textwrap.dedent(SMALL[SMALL.index("  - scenario: fragmented") : SMALL.index("from_day")])
    file = write((textwrap.indent(second, "  "), ""))
    with pytest.raises(ScenarioError, match=r"measures\.board\.side: the lesson has one side only"):
        read_lesson(file)


def test_a_trainers_lessons_come_after_the_shipped_ones(write: Callable[..., Path]) -> None:
    folder = write().parent
    assert list(read_lessons(folder)) == [*SHIPPED_LESSONS, "own"]
    assert list(read_lessons()) == list(SHIPPED_LESSONS)


def test_what_a_trainers_lessons_name_is_checked_before_the_class(write: Callable[..., Path]) -> None:
    write(("scenario: coordinated", "scenario: coordinatd"), name="a.yaml")
    write(("community.households: 120", "community.housholds: 120"), name="b.yaml")
    large = ("community.households: 120", "community.communities: 500"), ("until_day: 6", "until_day: 3000")
    folder = write(*large, name="c.yaml").parent
    write(name="minutes.yaml")
    with pytest.raises(ScenarioError) as caught:
        read_lessons(folder)
    text = str(caught.value)
    assert "a.yaml:3:" in text
    assert "did you mean 'coordinated'" in text
    assert "b.yaml:4:" in text
    assert "did you mean 'households'" in text
    assert "c.yaml:3:3: sides: this run is too large" in text
    assert "another lesson is called 'minutes'" in text


def test_the_command_reads_lessons_before_it_opens_a_page(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(("answer: told", "answer: toldd"))
    with pytest.raises(SystemExit) as ended:
        main(["view", "--lessons", str(file.parent)])
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        f"gongzhi: {file}:19:9: answer: no measure is called 'toldd'; did you mean 'told'?\n"
    )


def test_a_folder_without_lessons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lesson in it"):
        read_lessons(tmp_path)
    with pytest.raises(InputError, match="no folder that can be read"):
        read_lessons(tmp_path / "nowhere")


DOCUMENT = (Path(__file__).parents[3] / "docs/lessons.md").read_text(encoding="utf-8")


def test_the_seventh_lesson_of_the_document_works(tmp_path: Path) -> None:
    block = re.search(r"^```yaml seventh.yaml\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert block is not None
    (tmp_path / "seventh.yaml").write_text(block[1], encoding="utf-8")
    file = read_lessons(tmp_path)["seventh"]
    answer = find_answer(file.lesson, [Film(one, file.lesson.seed) for _, one in file.scenarios()])
    assert file.lesson.options[answer.right].explain is not None
    assert (answer.values["half"] or 1.0) < 0.5 * (answer.values["full"] or 0.0)


def test_the_document_has_every_key_and_measure() -> None:
    named = set(re.findall(r"`([a-z_.*0-9]+)`", DOCUMENT))
    assert set(Lesson.model_fields) <= named
    assert {name for name in MEASURES if not name.startswith("work.")} | {"work.*"} <= named
    assert {name for name in named if name.startswith(("missed.", "waits.", "groups.", "work."))} <= {
        *MEASURES,
        "work.*",
    }

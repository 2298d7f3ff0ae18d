"""Names of parameters: every one that a sweep can vary has its own, in both languages."""

from collections import defaultdict

import pytest

from experiments.messages import LANGUAGES, Language, say, title_in
from experiments.parameters import BETWEEN, LEFT_OUT, name_of, names, names_in, switch_in
from scenarios import load
from scenarios.fields import keys_of, walk
from scenarios.schema import Scenario

VARIED = {"number", "whole number", "duration", "time of day", "switch", "choice", "one of several", "list"}
PATHS = {key.path: key.kind for key in walk()}
LONGEST = {"en": 100, "zh": 60}


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("key", names())
def test_each_name_stands_in_both_languages_with_no_places_to_fill(key: str) -> None:
    texts = names()[key]
    assert set(texts) == set(LANGUAGES)
    assert all(texts[language].strip() == texts[language] != "" for language in LANGUAGES)
    assert not any(sign in text for text in texts.values() for sign in "{}_")
    assert chinese(texts["zh"])
    assert not chinese(texts["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_parameter_has_a_name_of_its_own(language: Language) -> None:
    paths = defaultdict(set)
    for path, kind in PATHS.items():
        if kind.name in VARIED:
            name = name_of(path, language)
            paths[name].add(".".join(step for step in path.split(".") if not step.startswith("<")))
            words = name.replace(BETWEEN, " ").split()
            assert chinese(name) == (language == "zh"), path
            assert not any("." in word or "_" in word for word in words), path
            assert len(name) <= LONGEST[language], path
    assert len(paths) > 400
    assert {name: found for name, found in paths.items() if len(found) > 1} == {}


def test_every_step_of_every_path_is_named() -> None:
    known = {step for key in names() for step in key.split(".")}
    steps = {step for path in PATHS for step in path.split(".") if step != "*" and step[0] != "<"}
    mechanisms = {path.removeprefix("mechanisms.") for path in PATHS if path.startswith("mechanisms.")}
    assert steps - known <= mechanisms


def test_every_name_is_of_something() -> None:
    chosen = {f"{part}.{name}" for part in ("handlers", "categories") for name in shipped(part)}
    paths = {".".join(step for step in path.split(".") if step[0] != "<") for path in PATHS}
    bounded = [f".{path}." for path in paths]
    unknown = [key for key in names() if not any(f".{key}." in path for path in bounded)]
    assert set(unknown) <= chosen


def shipped(part: str) -> dict[str, str]:
    scenario = load("coordinated")
    found = scenario.handlers if part == "handlers" else scenario.cases.categories
    return {name: each for name, each in found.items() if each is not None}


@pytest.mark.parametrize("part", ["handlers", "categories"])
def test_kinds_of_case_and_handlers_are_called_as_the_shipped_scenarios_call_them(part: str) -> None:
    for name, each in shipped(part).items():
        for language in LANGUAGES:
            title = title_in(each.title, language)
            assert names()[f"{part}.{name}"][language].lower() == title.lower()


@pytest.mark.parametrize(
    ("factor", "english", "both"),
    [
        ("minutes.leader", "Group leader's time a day", "党小组长每日时间"),
        ("notices.talk.neighbour", "Talk between neighbours", "邻里间交谈"),
        ("council.renewal.granted", "Renewal · applications granted", "楼栋改造 · 申请获批概率"),
        ("cases.categories.damage.rate", "Damage · how many arise", "设施损坏 · 发生率"),
        ("cases.categories.leak.service.mean", "Cases · leak · working time of an attempt · mean", None),
        ("cases.categories.room.rate", "Cases · room · how many arise", None),
        ("mechanisms.tiers", say("mechanism_tiers", "en"), say("mechanism_tiers", "zh")),
        ("scenario", "Scenario", "情景"),
        ("policy", "policy", "policy"),
        ("my.own.factor", "my.own.factor", "my.own.factor"),
    ],
)
def test_names_as_people_read_them(factor: str, english: str, both: str | None) -> None:
    assert name_of(factor, "en") == english
    if both is not None:
        assert name_of(factor, "zh") == both


def test_several_names_and_switches() -> None:
    assert names_in(["digital.automation", "policy"], "en") == "Automation, policy"
    assert names_in(["digital.automation", "policy"], "zh") == "自动化程度、policy"
    assert [switch_in(True, language) for language in LANGUAGES] == ["on", "开"]


def test_sections_left_out_are_sections() -> None:
    assert set(LEFT_OUT) <= keys_of(Scenario).keys()

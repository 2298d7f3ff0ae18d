"""What is said in Chinese: nothing missing, nothing left over, the same values in both languages."""

import ast
import copy
import pickle
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scenarios import ScenarioError, load
from scenarios.phrases import FOLDER, Phrase, chinese, hinted, in_language, listed, phrase

ROOT = Path(__file__).parents[2]
PROBLEMS = tomllib.loads((FOLDER / "problems.toml").read_text(encoding="utf-8"))
LAST = re.compile(r"[.。]$")
ONLY_PUNCTUATION = ("{said}; {hint}", "'{name}'", "'{name}' {reason}")


def said_in_code() -> Iterator[tuple[str, str]]:
    """Each text that the code says as a phrase, with where it does."""
    for floor in ("scenarios", "simulation", "experiments"):
        for file in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if called and node.func.id == "phrase" and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node.args[0].value  # type: ignore[attr-defined]


def places(text: str) -> set[tuple[str, str | None]]:
    """The {places} of a text, with how their values are formatted."""
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


def test_everything_said_is_there_in_chinese_and_nothing_else() -> None:
    said = list(said_in_code())
    assert len(said) > 180
    assert [at for at, text in said if text not in chinese()] == []
    assert sorted(set(PROBLEMS) - {text for _, text in said}) == []


@pytest.mark.parametrize("english", PROBLEMS)
def test_both_languages_have_the_same_places_and_the_chinese_is_chinese(english: str) -> None:
    there = PROBLEMS[english]
    assert places(there) == places(english)
    assert re.search("[\u4e00-\u9fff]", there) or english in ONLY_PUNCTUATION
    assert bool(LAST.search(english)) == bool(LAST.search(there))


def test_no_text_stands_in_two_files() -> None:
    files = [tomllib.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.toml")]
    assert len(chinese()) == sum(map(len, files))


def test_values_are_put_into_the_language_too() -> None:
    said = phrase("'{name}' is missing: give {takes}", name="days", takes=phrase("a whole number"))
    assert str(said) == "'days' is missing: give a whole number"
    assert said.in_("zh") == "缺少“days”：请填整数"
    assert phrase("there are: {names}", names=listed(["a", "b"])).in_("zh") == "可选的有：a、b"
    assert hinted(said, None, phrase("leave out the quotes")).in_("zh") == "缺少“days”：请填整数；请去掉引号"


def test_a_value_with_braces_is_put_as_it_is() -> None:
    said = phrase("there is no file '{name}'", name="{0}{x}")
    assert said.in_("en") == "there is no file '{0}{x}'"
    assert said.in_("zh") == "没有文件“{0}{x}”"


def sent[T](error: T) -> T:
    """As another process gets it."""
    return pickle.loads(pickle.dumps(error))  # type: ignore[no-any-return]  # noqa: S301 - our own bytes


@pytest.mark.parametrize("again", [sent, copy.copy, copy.deepcopy])
def test_errors_say_the_same_in_another_process(again: Callable[[ScenarioError], ScenarioError]) -> None:
    with pytest.raises(ScenarioError) as raised:
        load("coordinatd")
    error = again(raised.value)
    assert str(error) == str(raised.value)
    assert "没有叫“coordinatd”的内置情景" in error.in_("zh")


def test_what_is_there_in_english_alone_stays_english() -> None:
    assert Phrase("lognormal").in_("zh") == "lognormal"
    assert in_language("only this", "zh") == "only this"

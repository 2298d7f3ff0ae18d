"""Every sentence that describes a scenario has its Chinese, which keeps its numbers and names."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from scenarios.editor import json_schema
from scenarios.fields import parts_of, walk
from scenarios.schema import Scenario

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "scenarios" / "chinese" / "meanings.toml").read_text(encoding="utf-8")
MEANINGS: dict[str, str] = tomllib.loads(TEXT)
KEYS = list(walk(Scenario))

OTHER_NUMBERS = {
    "99.185 m of 1,410 m, end of 2023 (derived)": "Chinese counts in 万 and 亿",
    "a choice of presentation or computing, not a finding: about 1.4 million residents for a year": (
        "Chinese counts in 万"
    ),
    "m2": "平方米 has no digit",
    "km2": "平方公里 has no digit",
}
"""Texts whose numbers are written with other digits, and why."""

NAMES_KEPT = re.compile(r"``[^`]+``|`[^`]+`|\b[a-z]+(?:[._][a-z]+)+\b")
"""What a scenario's file calls something: paths, names with an underscore, whatever stands in backticks."""


def has_letters(unit: str) -> bool:
    """A unit without a letter, such as ``0-1``, reads the same in both languages and has no entry."""
    return any(letter.isalpha() for letter in unit)


def of_the_schema() -> list[str]:
    """Every text of the schema in the order of the file, each once."""
    editor = json_schema()
    texts = [
        *(key.doc for key in KEYS),
        *(key.unit for key in KEYS if has_letters(key.unit)),
        *(key.source for key in KEYS),
        *(key.fixed for key in KEYS),
        *(" ".join((part.__doc__ or "").split()) for part in parts_of(Scenario)),
        editor["properties"]["extends"]["description"],
        editor["title"],
    ]
    return [text for text in dict.fromkeys(texts) if text]


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))


def test_every_text_has_its_chinese_in_the_order_of_the_schema_and_none_is_left_over():
    expected = of_the_schema()
    assert len(expected) > 500
    assert sorted(MEANINGS) == sorted(expected)
    assert list(MEANINGS) == expected


def test_each_stands_on_a_line_of_its_own():
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(MEANINGS)


@pytest.mark.parametrize(("english", "chinese"), MEANINGS.items())
def test_the_chinese_is_chinese_and_keeps_numbers_and_names(english: str, chinese: str):
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert chinese == chinese.strip()
    assert not set("{}") & set(english + chinese), "texts are put into others that have places"
    assert english.endswith(".") == chinese.endswith("。")
    assert not chinese.endswith(".")
    without_code = re.sub(r"``[^`]+``", "", chinese)
    assert not re.search(r"[\u4e00-\u9fff][,;:?!(]|[,;:?!)][\u4e00-\u9fff]", without_code), "Chinese signs"
    assert not re.search(r"[\u4e00-\u9fff] \d|\d [\u4e00-\u9fff]", without_code), "no space beside a number"
    assert (numbers(english) == numbers(chinese)) == (english not in OTHER_NUMBERS)
    assert set(NAMES_KEPT.findall(english)) == set(NAMES_KEPT.findall(chinese))


def test_the_numbers_that_differ_are_still_said():
    assert OTHER_NUMBERS.keys() <= MEANINGS.keys()


def test_units_of_durations_end_alike_so_that_the_kind_of_value_can_stand_for_it():
    """As an English text leaves out ``duration`` in "a duration (unit: per day)", 时长 can be left out."""
    units = {key.unit for key in KEYS if has_letters(key.unit)}
    for unit in units:
        assert unit.startswith("duration") == MEANINGS[unit].endswith("时长"), unit

"""What people read: both languages, the same places for values, and a glyph for every character."""

import string
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

import scenarios
from experiments.amounts import difference, label_with_unit, number, unit_of, with_unit
from experiments.figures.style import FONT
from experiments.messages import LANGUAGES, label_of, messages, say, title_in
from experiments.parameters import BETWEEN, names
from experiments.view.reading_lessons import FOLDER as LESSONS
from scenarios.cases import Title
from simulation.results.metrics import METRICS


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", messages())
def test_each_message_stands_in_both_languages_with_the_same_values(key: str) -> None:
    texts = messages()[key]
    assert set(texts) == set(LANGUAGES)
    assert places(texts["en"]) == places(texts["zh"])
    assert all(name.isidentifier() for name in places(texts["en"]))
    assert (texts["en"] == "") == (texts["zh"] == "")


def test_chinese_is_chinese_and_english_is_not() -> None:
    for key, texts in messages().items():
        assert not any("\u4e00" <= character <= "\u9fff" for character in texts["en"]), key
    for metric in METRICS.values():
        assert any("\u4e00" <= character <= "\u9fff" for character in metric.zh), metric.name


def test_a_missing_message_or_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no such message", "en")
    with pytest.raises(KeyError):
        say("note_band", "en")
    assert say("note_mean", "zh", n=3) == "3次配对重复运行的均值。"


def test_titles_and_labels() -> None:
    both = Title(en="Grid", zh="网格")
    assert (title_in(both, "en"), title_in(both, "zh"), title_in("One", "zh")) == ("Grid", "网格", "One")
    assert label_of("satisfaction.mean", "zh") == METRICS["satisfaction.mean"].zh
    assert label_of("own.metric", "en") == "own.metric"


def missing_glyphs(text: str) -> set[str]:
    with TTFont(FONT) as font:
        known = set(font.getBestCmap())
    return {character for character in text if ord(character) not in known and character != "\n"}


def test_every_character_has_a_glyph() -> None:
    texts = [text for both in messages().values() for text in both.values()]
    texts += [text for name in names().values() for text in name.values()]
    texts += [BETWEEN]
    texts += [text for metric in METRICS.values() for text in (metric.en, metric.zh)]
    for folder in (Path(scenarios.__file__).parent, LESSONS):
        texts += [path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")]
    assert missing_glyphs("".join(texts)) == set()


def test_the_font_covers_common_hanzi_and_is_small() -> None:
    level_1 = [bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]
    hanzi = "".join(pair.decode("gb2312", errors="ignore") for pair in level_1)
    assert len(hanzi) == 3755
    assert missing_glyphs(hanzi) == set()
    assert missing_glyphs("龘𠮷") == {"龘", "𠮷"}
    assert sum(path.stat().st_size for path in FONT.parent.iterdir()) < 2_000_000


def test_the_licence_is_the_fonts() -> None:
    licence = (FONT.parent / "OFL.txt").read_text(encoding="utf-8")
    with TTFont(FONT) as font:
        names = font["name"]
        assert names.getDebugName(0).removeprefix("© ").removesuffix(".") in licence
        assert "Open Font License, Version 1.1" in names.getDebugName(13)
    assert "SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007" in licence
    assert "Reserved Font Name" not in licence.split("PREAMBLE")[0]


def test_messages_and_statistics_do_not_wait_for_matplotlib() -> None:
    code = "import sys, experiments.messages, experiments.statistics; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("metric", METRICS)
def test_each_metric_has_a_unit(metric: str) -> None:
    for language in LANGUAGES:
        assert unit_of(metric, language) in label_with_unit(metric, language) or METRICS[metric].unit in {
            "h",
            "cases",
            "refusals",
            "honours",
        }


def test_numbers_as_people_read_them() -> None:
    assert with_unit("case.on_time", 0.98765, "en") == "98.8 %"
    assert with_unit("case.on_time", 0.98765, "zh") == "98.8%"
    assert with_unit("case.on_time", None, "en") == with_unit("case.on_time", float("nan"), "zh") == "–"
    assert with_unit("effort.hours", 7710.6, "en") == "7,711 h"
    assert difference("case.on_time", -0.0123, "en") == "−1.23 percentage points"
    assert difference("case.on_time", 0.123, "zh") == "+12.3个百分点"
    assert number("satisfaction.mean", -0.001, signed=True) == "0.00"
    assert number("case.backlog_end", 0.0) == "0"
    assert number("case.backlog_end", 2.0) == "2"
    assert number("case.backlog_end", 2.05) == "2.05"

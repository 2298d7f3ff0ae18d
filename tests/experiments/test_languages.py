"""The command line in the language of the terminal, or the one asked for: errors, comments, the schema."""

import json
import re
from itertools import pairwise

import pytest
from calling import gongzhi

from scenarios import load, validate_file


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def test_validate_tells_problems_in_either_language(tmp_path, capsys):
    (tmp_path / "mine.yaml").write_text("extends: coordinated\ndays: 0\n")
    assert gongzhi("validate", "mine.yaml", "--language", "zh") == 2
    assert capsys.readouterr().out == "mine.yaml:2:7: days: 0太小：请填1到3660之间的整数（单位：天）\n"
    assert gongzhi("validate", "mine.yaml") == 2
    assert "0 is too small: give a whole number" in capsys.readouterr().out


def test_errors_come_in_the_language_asked_for_or_that_of_the_terminal(monkeypatch, capsys):
    assert gongzhi("run", "coordinatd", "--language", "zh") == 2
    assert "没有叫“coordinatd”的内置情景；是否想写“coordinated”？" in capsys.readouterr().err
    assert gongzhi("run", "coordinatd") == 2
    assert "no shipped scenario is called 'coordinatd'" in capsys.readouterr().err
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert gongzhi("run", "coordinated", "--set", "limits.resident_days=1000") == 2
    assert "这次模拟太大：" in capsys.readouterr().err
    assert gongzhi("run", "coordinatd", "--language", "en") == 2
    assert "no shipped scenario is called 'coordinatd'" in capsys.readouterr().err


def test_a_layout_that_cannot_be_used_is_told_in_chinese(tmp_path, capsys):
    (tmp_path / "houses.csv").write_text("lon,lat,floors\n1,1,3\n")
    (tmp_path / "mine.yaml").write_text("extends: coordinated\ncommunity: {layout: houses.csv}\n")
    assert gongzhi("run", "mine.yaml", "--language", "zh") == 2
    assert "houses.csv:1: footprint_m2: 没有这一列；表头为'lon, lat, floors'" in capsys.readouterr().err


def test_a_new_file_with_chinese_comments_is_the_same_scenario(tmp_path, capsys):
    assert gongzhi("new", "mine.yaml", "--language", "zh") == 0
    text = (tmp_path / "mine.yaml").read_text(encoding="utf-8")
    assert "  ## 模型中的社区数。可填：1到10000之间的整数（单位：个社区）。默认值：1。\n" in text
    assert "scenario.schema.zh.json" in text
    comments = [line for line in text.splitlines() if "##" in line]
    assert max(sum(1 if letter < "\u1100" else 2 for letter in line) for line in comments) <= 112
    assert not [line for line in comments if line.lstrip("# ").startswith(("，", "。", "；", "：", "）"))]
    assert validate_file(tmp_path / "mine.yaml") == []
    new, base = load(tmp_path / "mine.yaml"), load("coordinated")
    assert new.model_copy(update={"title": base.title, "asks": base.asks}) == base
    capsys.readouterr()


def test_comments_of_a_new_file_break_within_no_word_value_or_quotation(tmp_path, capsys):
    for language in ("zh", "en"):
        assert gongzhi("new", f"{language}.yaml", "--language", language) == 0
        lines = (tmp_path / f"{language}.yaml").read_text(encoding="utf-8").splitlines()
        comments = [line.split("## ", 1)[1] if "## " in line else "" for line in lines]
        pairs = [(one, other) for one, other in pairwise(comments) if one and other]
        assert len(pairs) > 10
        continued = [(one, other) for one, other in pairs if len(one) > (40 if language == "zh" else 80)]
        for one, other in continued:
            assert len(re.findall(r"(?<!\w)'|'(?!\w)", one, re.ASCII)) % 2 == 0, one
            assert not re.search(r"(Default|默认|默认值)[:：]?$", one), one
            assert not (re.search(r"[0-9]$", one) and re.match(r"(s|min|h|days?)\b", other, re.ASCII)), one
        if language == "zh":
            assert [one for one, _ in continued if one[-1] not in "。；，、）"] == []
    capsys.readouterr()


def test_the_schema_comes_in_either_language_with_the_same_rules(capsys):
    def rules(found):
        if isinstance(found, dict):
            texts = {"description", "source", "unit", "fixed", "title"}
            return {
                key: rules(value)
                for key, value in found.items()
                if not (key in texts and isinstance(value, str))
            }
        return [rules(value) for value in found] if isinstance(found, list) else found

    assert gongzhi("schema") == 0
    english = json.loads(capsys.readouterr().out)
    assert gongzhi("schema", "--language", "zh") == 0
    chinese = json.loads(capsys.readouterr().out)
    assert rules(chinese) == rules(english)
    days = chinese["properties"]["days"]
    assert days["description"].startswith(
        "运行从第一天起持续多少天。可填：1到3660之间的整数（单位：天）。默认值：365。"
    )

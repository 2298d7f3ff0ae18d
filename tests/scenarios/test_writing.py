"""Written out and read again, a scenario has the same bits; the file to start from can be started from."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scenarios import SHIPPED, dump, from_data, load, new_text, validate_file
from scenarios.cases import Title
from scenarios.distributions import Deterministic, Empirical, Exponential, Gamma, Lognormal
from scenarios.fields import Kind, written
from scenarios.schema import Scenario
from scenarios.units import LONGEST, Part, write_duration
from scenarios.writing import _wrapped

hours = st.floats(0.0, LONGEST)
shares = st.floats(0.0, 1.0)
clocks = st.floats(0.0, 24.0)
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
texts = st.text(letters, max_size=40) | st.sampled_from(
    ["no", "null", "3", ".5e3", "2025-01-01", "a: b", "# x", "~", " x "]
)
times = st.one_of(
    st.builds(Exponential, mean=hours),
    st.builds(Lognormal, median=hours, sigma=st.floats(0.0, 5.0)),
    st.builds(Gamma, mean=hours, cv=st.floats(0.001, 10.0)),
    st.builds(Deterministic, mean=hours),
    st.builds(Empirical, times=st.lists(hours, min_size=2, max_size=5).map(sorted).map(tuple)),
)
titles = texts | st.builds(Title, en=texts, zh=texts)


@st.composite
def any_scenario(draw: st.DrawFn) -> Scenario:
    scenario = load("coordinated")
    damage = scenario.cases.categories["damage"]
    changed = damage.model_copy(
        update={
            "title": draw(titles),
            "rate": draw(st.floats(0.0, 1e6)),
            "service": draw(times),
            "deadline": draw(hours),
            "fades": draw(st.none() | hours),
        }
    )
    data = {
        "title": draw(titles),
        "asks": draw(titles),
        "days": draw(st.integers(1, 3660)),
        "notices": {"at": tuple(draw(st.lists(hours, max_size=4))), "per_year": draw(st.floats(0.0, 400.0))},
        "minutes": {"leader": draw(st.floats(0.0, 24.0))},
        "patrol": {"starts": draw(clocks), "meets": draw(shares)},
        "limits": {"resident_days": draw(st.floats(1e-300, 1e13))},
        "cases": scenario.cases.model_copy(update={"categories": {"damage": changed}}),
    }
    return Scenario.model_validate(revalidated(data))


def revalidated(value: object) -> object:
    """Parts taken apart, so that each is checked again."""
    if isinstance(value, Part):
        return {name: revalidated(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {name: revalidated(child) for name, child in value.items()}
    return value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_scenario())
def test_what_is_written_reads_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, scenario: Scenario
) -> None:
    file = tmp_path_factory.mktemp("dumped") / "all.yaml"
    file.write_text(dump(scenario), encoding="utf-8")
    again = load(file)
    assert again == scenario
    assert again.model_dump_json() == scenario.model_dump_json()
    assert from_data(scenario.model_dump(mode="json")) == scenario


@given(hours)
def test_durations_survive_writing(value: float) -> None:
    once = Deterministic(mean=value).mean
    assert Deterministic.model_validate_json(f'{{"mean": "{write_duration(once)}"}}').mean == once
    assert abs(once - value) <= 0.5 / 3.6e6 + 1e-9


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 s"),
        (1.5, "90 min"),
        (24.0, "1 day"),
        (36.0, "36 h"),
        (720.0, "30 days"),
        (1 / 40, "90 s"),
        (0.0001, "0.36 s"),
    ],
)
def test_durations_are_written_as_people_write_them(value: float, text: str) -> None:
    assert write_duration(value) == text
    assert written((value,), Kind("list", item=Kind("duration", example="x"))) == [text]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_survive_writing(tmp_path: Path, name: str) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(dump(load(name)), encoding="utf-8")
    assert load(file) == load(name)


def uncommented(text: str) -> str:
    return re.sub(r"^( *)# (?!yaml-language-server)", r"\1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_new_file_is_valid_as_it_is_and_without_its_comments(tmp_path: Path, name: str) -> None:
    base = load(name)
    for file, text in (("new.yaml", new_text(name)), ("plain.yaml", uncommented(new_text(name)))):
        path = tmp_path / file
        path.write_text(text, encoding="utf-8")
        assert validate_file(path) == []
        scenario = load(path)
        assert scenario.title == Title(en="My scenario", zh="我的情景")
        assert scenario.model_copy(update={"title": base.title, "asks": base.asks}) == base


def test_a_new_file_shows_its_keys_with_meaning_unit_range_and_default() -> None:
    text = new_text("street")
    assert "extends: street\n" in text
    assert (
        "  ## Communities in the model. Takes a whole number from 1 to 10000 (unit: communities). "
        "Default: 1.\n"
        "  # communities: 10\n"
    ) in text
    assert max(len(line) for line in text.splitlines() if "##" in line) <= 110
    keys = YAML(typ="safe", pure=True).load(uncommented(text))
    assert keys["cases"]["categories"]["damage"]["rate"] == 380.0
    assert len(re.findall(r"^ *# [a-z_]+:", text, flags=re.MULTILINE)) > 40


def test_a_new_file_names_the_file_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("extends: street\ndays: 9\n")
    (tmp_path / "sub").mkdir()
    target = tmp_path / "sub" / "mine.yaml"
    target.write_text(new_text(tmp_path / "base.yaml", target), encoding="utf-8")
    assert "extends: ../base.yaml\n" in target.read_text(encoding="utf-8")
    assert load(target).days == 9


def test_reading_needs_no_numbers_library(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: coordinated\n")
    code = (
        "import sys, scenarios\n"
        "assert scenarios.validate_file(sys.argv[1]) == []\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'numba', 'mesa'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("width", range(20, 70))
def test_lines_of_chinese_tear_no_quotation_and_no_number_from_its_unit(width: int) -> None:
    text = "一二三四五六七八九十一二三四五六七八九十一二例如'90 min'后面还有到3650 days之间（单位：天）的时长"
    lines = list(_wrapped(text, width))
    assert "".join(lines) == text
    assert sum("'90 min'" in line for line in lines) == sum("3650 days" in line for line in lines) == 1
    assert not [line for line in lines if line.endswith(("（", "“")) or line.startswith(("，", "）"))]
    assert max(sum(1 if letter < "\u1100" else 2 for letter in line) for line in lines) <= width

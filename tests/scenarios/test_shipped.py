"""The shipped files: they load, they say what their names promise, and editors agree with the loader."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import scenarios
from scenarios import (
    DEFAULT_COMPARISON,
    SHIPPED,
    Scenario,
    check_cost,
    json_schema,
    load,
    shipped,
    validate_file,
)
from scenarios.merging import plain
from scenarios.phrases import LANGUAGES, Language
from scenarios.reading import read_text
from scenarios.writing import SCHEMA_FILES

FOLDER = Path(scenarios.__file__).parent
SCHEMA = json_schema()


def complaints(text: str) -> list[str]:
    data = plain(read_text(text, "mine.yaml")[0])
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(data)]


def test_every_file_is_listed() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(SHIPPED)
    assert set(DEFAULT_COMPARISON) < set(SHIPPED)
    assert DEFAULT_COMPARISON[0] == "coordinated"


@pytest.mark.parametrize("name", SHIPPED)
def test_it_loads_and_names_its_schema(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=scenario.schema.json\n")
    assert complaints(text) == []
    assert validate_file(name) == []
    check_cost(load(name))


def test_titles_and_questions_in_both_languages() -> None:
    described = shipped()
    assert tuple(described) == SHIPPED
    for name, entry in described.items():
        assert (load(name).title, load(name).asks) == (entry.title, entry.asks)
        assert entry.title.en.isascii()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in entry.title.zh)
        assert entry.asks.zh.endswith("？")
        assert entry.asks.en.endswith("?")
    assert len({entry.title.en for entry in described.values()}) == len(SHIPPED)


def test_coordinated_says_what_the_defaults_say() -> None:
    scenario = load("coordinated")
    assert scenario == Scenario(title=scenario.title, asks=scenario.asks)


def test_names_keep_their_promises() -> None:
    whole, bare = load("coordinated"), load("fragmented")
    assert not any(bare.mechanisms.model_dump().values())
    assert all(whole.mechanisms.model_dump().values())
    assert bare.notices.board.on
    assert not bare.notices.group_chat.on
    assert not bare.cases.reporting.app
    on = {
        name: [key for key, value in load(name).mechanisms.model_dump().items() if value] for name in SHIPPED
    }
    assert on["tiers_only"] == ["tiers"]
    assert on["grid_only"] == ["patrol"]
    assert load("grid_only").patrol.knocks
    assert load("grid_only").patrol.tells
    assert not load("broadcast").notices.doors.on
    assert load("broadcast").notices.group_chat.on
    pressed = load("pressured").appraisal
    assert pressed.stakes == 1.0 > pressed.gaming_from > whole.appraisal.stakes
    off = [key for key, on in load("no_platform").mechanisms.model_dump().items() if not on]
    assert off == ["platform"]
    assert load("stretched").community.grid.max_households == 600
    assert load("ageing_estate").community.people.elderly_share > whole.community.people.elderly_share
    assert load("ageing_estate").community.buildings.condition_mean < whole.community.buildings.condition_mean
    assert load("street").community.communities == 10
    assert scenarios.estimate(load("district")).residents == pytest.approx(1e6, rel=0.02)


@pytest.mark.parametrize(
    "name", ["fragmented", "tiers_only", "grid_only", "broadcast", "pressured", "no_platform"]
)
def test_policy_alone_differs_where_fate_should_be_shared(name: str) -> None:
    whole, other = load("coordinated"), load(name)
    assert other.community == whole.community
    assert other.cases.categories == whole.cases.categories
    assert (other.days, other.start, other.notices.per_year) == (
        whole.days,
        whole.start,
        whole.notices.per_year,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_editor_shows_has_no_marks_of_docstrings(language: Language) -> None:
    text = json.dumps(json_schema(language), ensure_ascii=False)
    assert "scenarios.changing" in text
    assert "`" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_committed_schema_is_the_schema(language: Language) -> None:
    schema, file = json_schema(language), SCHEMA_FILES[language]
    committed = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    anew = f"write it anew: gongzhi schema --language {language} --out scenarios/{file}"
    assert committed == json.loads(json.dumps(schema)), anew
    Draft202012Validator.check_schema(schema)


def leaves(schema: Any) -> list[dict[str, Any]]:
    parts = [schema, *schema["$defs"].values()]
    return [entry for part in parts for name, entry in part["properties"].items() if name != "extends"]


def test_editors_show_meaning_unit_default_and_source() -> None:
    sections = [entry for entry in leaves(SCHEMA) if "unit" not in entry]
    assert all(entry["anyOf"][0]["$ref"].startswith("#/$defs/") for entry in sections)
    told = [entry for entry in leaves(SCHEMA) if "unit" in entry]
    assert len(told) > 120
    for entry in told:
        assert entry["description"]
        assert entry["source"]
    leader = SCHEMA["$defs"]["Minutes"]["properties"]["leader"]
    assert leader["default"] == "1 h"
    assert "from 0 s to 1 day" in leader["description"]
    assert "CASS Blue Book" in leader["description"]


@pytest.mark.parametrize(
    "text",
    [
        "extends: coordinated\nmechanisms:\ncases:\n  categories: {conflict: null}\n",
        "extends: coordinated\ncases: {categories: {damage: {service: {sigma: 0.2}}}}\n",
        "handlers: {maintenance: {teams: null, calendar: always}}\n",
        "title: Mine\nasks: {en: a, zh: b}\nstart: 2025-01-01\nnotices: {at: [3 h], doors: {until: 20:00}}\n",
    ],
)
def test_editors_accept_a_part(text: str) -> None:
    assert complaints(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "dayz: 3\n",
        "days: 0\n",
        "mechanisms: {hub: no}\n",
        "community: {houses: 3}\n",
        "notices: {doors: {visit: 3}}\n",
        "notices: {doors: {until: 7pm}}\n",
        "cases: {categories: {damage: {rat: 3}}}\n",
        "cases: {categories: {Big One: {rate: 3}}}\n",
        "cases: {categories: {damage: {service: {distribution: lognormall}}}}\n",
        "handlers: {maintenance: {calendar: never}}\n",
        "title: {en: a}\n",
    ],
)
def test_editors_mark_mistakes(text: str) -> None:
    assert complaints(text)

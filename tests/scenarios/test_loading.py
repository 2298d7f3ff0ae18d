"""Loading: names and files, extending, changes by dotted path, and where a value came from."""

from pathlib import Path

import numpy as np
import pytest

from scenarios import ScenarioError, from_data, load, parse_set, validate_file
from scenarios.cases import Title
from scenarios.distributions import Deterministic, Exponential, Gamma, Lognormal


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_extending_merges_mappings_and_replaces_lists(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", "extends: coordinated\nnotices: {at: [1 h, 2 h], doors: {attempts: 2}}\n")
    mine = write(tmp_path, "mine.yaml", "extends: ./base.yaml\nnotices: {at: [3 h], doors: {on: false}}\n")
    notices = load(mine).notices
    assert notices.at == (3.0,)
    assert (notices.doors.on, notices.doors.attempts) == (False, 2)
    assert notices.board == load("coordinated").notices.board


def test_extending_knows_json_and_folders(tmp_path: Path) -> None:
    write(tmp_path, "deep/base.json", '{"extends": "street", "days": 7}')
    mine = write(tmp_path, "mine.yaml", "extends: deep/base.json\n")
    scenario = load(str(mine))
    assert (scenario.days, scenario.community.communities) == (7, 10)


def test_a_title_is_not_inherited(tmp_path: Path) -> None:
    mine = write(tmp_path, "my try.yaml", "extends: coordinated\n")
    assert load(mine).title == "my try"
    assert load(mine).asks == ""
    both = write(tmp_path, "b.yaml", "extends: coordinated\ntitle: {en: Mine, zh: 我的}\n")
    assert load(both).title == Title(en="Mine", zh="我的")


def test_null_takes_a_name_away_and_leaves_a_section_alone(tmp_path: Path) -> None:
    text = """
extends: coordinated
cases:
  categories:
    conflict: null
handlers: {mediation: null}
notices:
"""
    scenario = load(write(tmp_path, "mine.yaml", text))
    assert list(scenario.cases.categories) == ["damage", "question", "other"]
    assert list(scenario.handlers) == ["maintenance", "service_centre"]
    assert scenario.notices == load("coordinated").notices


def test_null_is_a_value_where_the_schema_says_so(tmp_path: Path) -> None:
    text = """
extends: coordinated
cases: {categories: {conflict: {fades: null}}}
handlers: {mediation: {teams: null}}
"""
    scenario = load(write(tmp_path, "mine.yaml", text))
    assert scenario.cases.categories["conflict"].fades is None
    assert scenario.handlers["mediation"].teams is None


def test_another_distribution_replaces_the_whole_and_the_same_one_merges(tmp_path: Path) -> None:
    text = """
extends: coordinated
cases:
  categories:
    damage: {service: {distribution: gamma, mean: 2 h}}
    other: {service: {median: 2 h}}
    question: {service: {distribution: lognormal, sigma: 0.1}}
  feedback: {delay: {mean: 1 h}}
"""
    cases = load(write(tmp_path, "mine.yaml", text)).cases
    assert cases.categories["damage"].service == Gamma(mean=2.0)
    assert cases.categories["other"].service == Lognormal(median=2.0, sigma=0.9)
    assert cases.categories["question"].service == Lognormal(median=0.4, sigma=0.1)
    assert cases.feedback.delay == Exponential(mean=1.0)


def test_a_file_that_extends_nothing_has_its_own_names_only(tmp_path: Path) -> None:
    text = """
handlers: {crew: {title: Crew}}
cases:
  categories:
    leak:
      title: Leak
      handler: crew
      rate: 5
      deadline: 1 day
      service: {distribution: exponential, mean: 1 h}
"""
    scenario = load(write(tmp_path, "mine.yaml", text))
    assert list(scenario.handlers) == ["crew"]
    assert scenario.cases.categories["leak"].service == Exponential(mean=1.0)
    assert scenario.cases.reporting == load("coordinated").cases.reporting


def test_a_problem_points_at_the_file_that_set_the_value(tmp_path: Path) -> None:
    base = write(tmp_path, "base.yaml", "extends: coordinated\n\ndays: 0\nhub: {review: 0 s}\n")
    middle = write(tmp_path, "middle.yaml", "extends: base.yaml\nhub: {lag: 1 h}\n")
    mine = write(tmp_path, "mine.yaml", "extends: middle.yaml\nhub:\n  minutes: 30 h\n")
    found = [(problem.file, problem.line, problem.path) for problem in validate_file(mine)]
    assert found == [
        (str(mine), 3, "hub.minutes"),
        (str(base), 3, "days"),
        (str(base), 4, "hub.review"),
    ]
    assert [problem.file for problem in validate_file(middle)] == [str(base), str(base)]


def test_a_value_that_is_put_right_is_no_problem(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", "extends: coordinated\ndays: 0\n")
    mine = write(tmp_path, "mine.yaml", "extends: base.yaml\ndays: 5\n")
    assert load(mine).days == 5


def test_circles_and_towers_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path, "one.yaml", "extends: two.yaml\n")
    write(tmp_path, "two.yaml", "extends: one.yaml\n")
    (problem,) = validate_file(one)
    assert problem.message == "'one.yaml' extends this scenario in turn: a circle"
    assert problem.file == str(tmp_path / "two.yaml")
    write(tmp_path, "s0.yaml", "extends: coordinated\n")
    for floor in range(1, 12):
        write(tmp_path, f"s{floor}.yaml", f"extends: s{floor - 1}.yaml\n")
    assert validate_file(tmp_path / "s9.yaml") == []
    (problem,) = validate_file(tmp_path / "s11.yaml")
    assert problem.message == "more than 10 scenarios extend one another"


def test_a_layout_is_relative_to_the_file_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "data/houses.csv", "x\n")
    write(tmp_path, "data/base.yaml", "extends: coordinated\ncommunity: {layout: houses.csv}\n")
    mine = write(tmp_path, "mine.yaml", "extends: data/base.yaml\n")
    assert load(mine).community.layout == str(tmp_path / "data" / "houses.csv")
    monkeypatch.chdir(tmp_path)
    assert load("coordinated", set={"community.layout": "data/houses.csv"}).community.layout == str(
        tmp_path / "data" / "houses.csv"
    )
    lost = write(tmp_path, "lost.yaml", "extends: coordinated\ncommunity:\n  layout: houses.csv\n")
    (problem,) = validate_file(lost)
    assert (problem.line, problem.column, problem.path) == (3, 11, "community.layout")
    assert problem.message == f"there is no file '{tmp_path / 'houses.csv'}'"


def test_set_from_python() -> None:
    scenario = load(
        "coordinated",
        set={
            "days": np.int64(7),
            "notices.per_year": np.float64(3.5),
            "notices.at": (),
            "mechanisms.hub": False,
            "cases.categories.conflict": None,
            "cases.categories.damage.service": Deterministic(mean=1.5),
            "title.en": "Changed",
            "hub": {"lag": "1 h", "minutes": "2 h"},
        },
    )
    assert (scenario.days, scenario.notices.per_year, scenario.mechanisms.hub) == (7, 3.5, False)
    assert "conflict" not in scenario.cases.categories
    assert scenario.cases.categories["damage"].service == Deterministic(mean=1.5)
    assert scenario.title == Title(en="Changed", zh="协同共治")
    assert (scenario.hub.lag, scenario.hub.minutes) == (1.0, 2.0)


def test_set_from_the_command_line_is_read_as_yaml() -> None:
    changes = parse_set(
        [
            "days=7",
            "title=a=b",
            "mechanisms.hub=false",
            "notices.at=[1 h, 2 h]",
            "community.layout=null",
            "asks=",
        ]
    )
    assert changes == {
        "days": 7,
        "title": "a=b",
        "mechanisms.hub": False,
        "notices.at": ["1 h", "2 h"],
        "community.layout": None,
        "asks": None,
    }
    del changes["asks"]
    scenario = load("street", changes)
    assert (scenario.days, scenario.title, scenario.notices.at) == (7, "a=b", (1.0, 2.0))
    assert load("street", ["days=7"]).days == 7


def test_set_on_a_file_reaches_what_only_the_defaults_say(tmp_path: Path) -> None:
    mine = write(tmp_path, "mine.yaml", "days: 3\n")
    scenario = load(mine, set={"cases.categories.damage.rate": 5, "cases.feedback.delay.mean": "1 h"})
    assert scenario.cases.categories["damage"].rate == 5.0
    assert scenario.cases.feedback.delay == Exponential(mean=1.0)


def test_plain_data_comes_back_whole() -> None:
    scenario = load("grid_only")
    assert from_data(scenario.model_dump(mode="json")) == scenario
    with pytest.raises(ScenarioError, match="result: days: 0 is too small"):
        from_data({"days": 0}, file="result")

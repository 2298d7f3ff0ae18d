"""Every mistake gets one message that says where, what, what is allowed and what was probably meant."""

import re
from pathlib import Path

import pytest

from scenarios import ScenarioError, load, parse_set, validate_file
from scenarios.fields import walk
from scenarios.schema import Scenario

IN_BOTH = {"true", "false", "null", "YAML", "min", "days", "empirical", "exponential", "always"}
IN_BOTH |= {"maintenance", "conflict"}
"""What a scenario itself writes."""
MISTAKES = {
    "days: 0": "2:7: days: 0 is too small: give a whole number from 1 to 3660 (unit: days)",
    "days: 365.0": "2:7: days: 365.0 is not allowed: give a whole number from 1 to 3660 (unit: days)",
    "days: true": "2:7: days: true is not allowed: give a whole number from 1 to 3660 (unit: days)",
    "start: 2025/1/1": (
        '2:8: start: "2025/1/1" is no date: give a date from 2005-01-01 to 2090-01-01, such as 2025-01-31'
    ),
    "mechanisms: {hub: no}": (
        "2:19: mechanisms.hub: \"no\" is not allowed: give true or false; 'no' is a text in YAML 1.2"
    ),
    "mechanisms: {patrl: true}": (
        "2:14: mechanisms.patrl: there is no key 'patrl' here; did you mean 'patrol'?"
    ),
    "patrol: {doors: true}": (
        "2:10: patrol.doors: there is no key 'doors' here; did you mean 'notices.doors'?"
    ),
    "patrol: {solved: 1}": (
        "2:10: patrol.solved: there is no key 'solved' here; did you mean 'satisfaction.solved'?"
    ),
    "patrol: {deadline: 1 h}": (
        "2:10: patrol.deadline: there is no key 'deadline' here; did you mean 'cases.categories.*.deadline'?"
    ),
    "hosueholds: 20": (
        "2:1: hosueholds: there is no key 'hosueholds' here; "
        "did you mean 'community.households' or 'community.buildings.households'?"
    ),
    "community: {people: {elderly_share: 30%}}": (
        '2:37: community.people.elderly_share: "30%" is not allowed: '
        "give a number from 0 to 1 (unit: share); 30% is written 0.3"
    ),
    "community: {people: {household_sizes: [0.5, 0.4]}}": (
        "2:39: community.people.household_sizes: household_sizes must add up to 1, not 0.9"
    ),
    "community: {presence: {child_workday: [0.1]}}": (
        "2:39: community.presence.child_workday: a list of 1 is too short: "
        "give a list of 4 numbers from 0 to 1 (unit: share)"
    ),
    "notices: {per_year: -1.5}": (
        "2:21: notices.per_year: -1.5 is too small: give a number from 0 to 400 (unit: per year)"
    ),
    'notices: {per_year: "24"}': (
        '2:21: notices.per_year: "24" is not allowed: give a number from 0 to 400 (unit: per year); '
        "leave out the quotes"
    ),
    "notices: {per_year: .nan}": "2:21: notices.per_year: .nan is not a finite number",
    "notices: {doors: {visit: 3}}": (
        "2:26: notices.doors.visit: 3 has no unit of time: give a duration from 0 s to 8 h, such as '90 min'"
    ),
    "notices: {doors: {visit: 2.5}}": (
        "2:26: notices.doors.visit: 2.5 has no unit of time: "
        "give a duration from 0 s to 8 h, such as '90 min'"
    ),
    "notices: {doors: {visit: 9 h}}": (
        "2:26: notices.doors.visit: \"9 h\" is too large: give a duration from 0 s to 8 h, such as '90 min'"
    ),
    "notices: {doors: {until: 7pm}}": (
        '2:26: notices.doors.until: "7pm" is not allowed: '
        "give a time of day from 0:00 to 24:00, such as '18:30'"
    ),
    "notices: {doors: {until: 17:00}}": (
        "2:26: notices.doors.until: until (17:00) must come after workday_from (18:00)"
    ),
    "cases: {categories: {damage: {service: {distribution: lognormall}}}}": (
        '2:55: cases.categories.damage.service.distribution: "lognormall" is not a distribution: '
        "give one of exponential, lognormal, gamma, deterministic, empirical; did you mean 'lognormal'?"
    ),
    "cases: {categories: {damage: {service: {distribution: gamma}}}}": (
        "2:31: cases.categories.damage.service.mean: 'mean' is missing: "
        "give a duration from 0 s to 3650 days, such as '90 min'"
    ),
    "cases: {categories: {damage: {service: 3 h}}}": (
        '2:40: cases.categories.damage.service: "3 h" is not allowed: '
        "give a distribution (exponential, lognormal, gamma, deterministic, empirical), "
        "such as {distribution: exponential, mean: 3 h}"
    ),
    "cases: {categories: {damage: {title: {en: Damage, cn: 损坏}}}}": (
        "2:51: cases.categories.damage.title.cn: there is no key 'cn' here; there are: en, zh"
    ),
    "cases: {categories: {damage: {title: 3}}}": (
        "2:38: cases.categories.damage.title: 3 is not allowed: "
        "give a text of at most 400 letters, or a mapping with the keys en, zh"
    ),
    "cases: {categories: {damage: {handler: maintenence}}}": (
        "2:40: cases.categories.damage.handler: no handler is called 'maintenence'; "
        "did you mean 'maintenance'?"
    ),
    "cases: {categories: {damge: null}}": (
        "2:22: cases.categories.damge: null takes a name away, but there is no 'damge' here; "
        "did you mean 'damage'?"
    ),
    "handlers: {mediation: null}": (
        "2:12: handlers.mediation: 'mediation' is taken away here, "
        "but cases.categories.conflict.handler still names it"
    ),
    "handlers: {maintenance: {calendar: alwys}}": (
        '2:36: handlers.maintenance.calendar: "alwys" is not allowed: '
        "give always, or a mapping with the keys days, opens, closes"
    ),
    "handlers: {Big One: {title: x}}": (
        "2:12: handlers.Big One: a name is at most 40 small letters, digits and '_', and begins with a letter"
    ),
    "hub: 3": "2:6: hub: 3 is not allowed: give a mapping with the keys minutes, review, lag",
    "days: 3\ndays: 4": "3:1: days: this key was already given in line 2",
    "hub:\n\tlag: 1 h": "3:1: not valid YAML: a tab stands here; indent with spaces",
    "hub: ]": "2:6: not valid YAML: a value is missing here",
    "hub: - 3": "2:6: not valid YAML: a list's '- ' needs a line of its own",
    "hub: >x": "2:7: not valid YAML: '>' and '|' may not begin a value; put it in quotes",
    "hub: &": "2:7: not valid YAML: '&' and '*' may not begin a value; put it in quotes",
    "hub: !<x": "2:9: not valid YAML: '!' may not begin a value; put it in quotes",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_one_mistake_one_message(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: coordinated\n{text}\n", encoding="utf-8")
    found = [str(problem).removeprefix(f"{file}:") for problem in validate_file(file)]
    assert found[0] == MISTAKES[text]
    assert len(found) == 1


@pytest.mark.parametrize("text", MISTAKES)
def test_the_same_is_said_in_chinese_at_the_same_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: coordinated\n{text}\n", encoding="utf-8")
    (problem,) = validate_file(file)
    place = f"{file}:{problem.line}:{problem.column}: {problem.path}: ".replace(" : ", " ")
    said = problem.in_("zh")
    assert said.startswith(place)
    message = said.removeprefix(place)
    known = {word for key in walk(Scenario) for word in re.findall("[A-Za-z_]+", key.path)} | IN_BOTH
    foreign = set(re.findall("[A-Za-z_]{2,}", message)) - known - set(re.findall("[A-Za-z_]+", text))
    assert foreign == set()
    assert re.search("[\u4e00-\u9fff]", message)


def test_all_mistakes_of_a_file_come_at_once_in_its_order(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "days: 0\n"
        "mechanisms: {patrl: true, hub: no}\n"
        "notices: {per_year: .inf, doors: {visit: 3}}\n"
        "days: 4\n"
        "cases: {categories: {noise: {title: Noise, handler: nobody, rate: 3, deadline: 1 h, "
        "service: {distribution: deterministic, mean: 1 h}}}}\n"
        "hub: {lag: 1 h, review: 0 s}\n",
        encoding="utf-8",
    )
    found = [(problem.line, problem.column, problem.path) for problem in validate_file(file)]
    assert found == [
        (1, 7, "days"),
        (2, 14, "mechanisms.patrl"),
        (2, 32, "mechanisms.hub"),
        (3, 21, "notices.per_year"),
        (3, 42, "notices.doors.visit"),
        (4, 1, "days"),
        (5, 53, "cases.categories.noise.handler"),
        (6, 25, "hub.review"),
    ]


@pytest.mark.parametrize(
    ("base", "mine", "place", "path"),
    [
        ("", "notices: {doors: {workday_from: 21:00}}\n", ("mine.yaml", 2, 33), "notices.doors.workday_from"),
        (
            "notices: {doors: {until: 20:00}}\n",
            "notices: {doors: {workday_from: 21:00}}\n",
            ("mine.yaml", 2, 33),
            "",
        ),
        (
            "notices: {doors: {workday_from: 19:00}}\n",
            "notices: {doors: {until: 18:30}}\n",
            ("mine.yaml", 2, 26),
            "",
        ),
        (
            "notices: {doors: {until: 17:00}}\n",
            "notices: {doors: {knock: 1 min}}\n",
            ("base.yaml", 2, 26),
            "",
        ),
        (
            "",
            "community: {people: {child_share: 0.9}}\n",
            ("mine.yaml", 2, 35),
            "community.people.child_share",
        ),
        ("", "notices: {audiences: {elderly: 0.5}}\n", ("mine.yaml", 2, 22), "notices.audiences"),
    ],
)
def test_of_two_values_at_odds_the_later_is_named(
    tmp_path: Path, base: str, mine: str, place: tuple[str, int, int], path: str
) -> None:
    (tmp_path / "base.yaml").write_text(f"extends: coordinated\n{base}")
    (tmp_path / "mine.yaml").write_text(f"extends: base.yaml\n{mine}")
    (problem,) = validate_file(tmp_path / "mine.yaml")
    assert (Path(problem.file).name, problem.line, problem.column) == place
    assert not path or problem.path == path


def test_own_handlers_that_leave_out_what_a_default_names(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("days: 3\nhandlers: {maintenance: {title: A}, service_centre: {title: B}}\n")
    (problem,) = validate_file(file)
    assert str(problem).removeprefix(f"{file}:") == (
        "2:1: handlers: no handler is called 'mediation'; there are: maintenance, service_centre; "
        "the default cases.categories.conflict.handler names it"
    )


def test_a_kind_of_trouble_in_part_is_told_to_extend(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "cases: {categories: {damage: {rate: 3, service: {distribution: exponential, mean: 1 h}}}}\n"
    )
    messages = [problem.message for problem in validate_file(file)]
    assert messages[0].endswith("or begin the file with 'extends: coordinated' to change what is there")
    assert {message.split(" ")[0] for message in messages} == {"'title'", "'handler'", "'deadline'"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("coordinatd", "coordinatd: no shipped scenario is called 'coordinatd'; did you mean 'coordinated'?"),
        ("tiers-only", "tiers-only: no shipped scenario is called 'tiers-only'; did you mean 'tiers_only'?"),
        ("no/such.yaml", "no/such.yaml: there is no such file"),
    ],
)
def test_what_cannot_be_found(source: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(source)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("days", "--set: 'days' has no '=': write path=value"),
        ("days=0", "--set: days: 0 is too small: give a whole number from 1 to 3660 (unit: days)"),
        ("dys=3", "--set: dys: there is no key 'dys' here; did you mean 'days'?"),
        (
            "communty.households=3",
            "--set: communty: there is no key 'communty' here; did you mean 'community'?",
        ),
        ("days=[3", "--set: days: not valid YAML: a bracket or brace is opened here and never closed"),
        ("days=*a", "--set: days: aliases (*a) are not allowed; write the value out"),
        ("=3", "--set: '' is not a path such as community.households"),
        ("extends=street", "--set: extends: only a file can extend a scenario"),
    ],
)
def test_mistakes_on_the_command_line(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load("coordinated", parse_set([text]))
    assert str(raised.value) == message


def test_a_file_of_nothing_but_mistakes_is_not_told_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("".join(f"key{number}: 1\n" for number in range(500)))
    assert len(validate_file(file)) == 50

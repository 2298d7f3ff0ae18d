"""Changes midway: what a file may say, what is refused and why, and what other code can ask."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scenarios import (
    Scenario,
    ScenarioError,
    changed,
    dump,
    from_data,
    json_schema,
    load,
    midway,
    phases,
    validate_file,
)
from scenarios.fields import walk
from scenarios.units import BUILT, FATE, WHOLE_RUN
from scenarios.varying import Variations

HEAD = "extends: coordinated\ndays: 60\nchanges:\n  - day: 30\n    set:\n"

REFUSED = {
    "community.households: 100": (
        f"6:7: changes.0.set.community.households: this cannot change midway: {BUILT}"
    ),
    "community: {people: {party_share: 0.1}}": (
        f"6:28: changes.0.set.community.people.party_share: this cannot change midway: {BUILT}"
    ),
    "cases.categories.damage.rate: 1.0": (
        f"6:7: changes.0.set.cases.categories.damage.rate: this cannot change midway: {FATE}"
    ),
    "days: 90": f"6:7: changes.0.set.days: this cannot change midway: {WHOLE_RUN}",
    "changes: []": f"6:7: changes.0.set.changes: this cannot change midway: {WHOLE_RUN}",
    "patrol.full_time_workers: 2": (
        "6:7: changes.0.set.patrol.full_time_workers: this cannot change midway: who serves in a grid is "
        "settled before the first day"
    ),
    "patrol.part_time_dys: 5": (
        "6:7: changes.0.set.patrol.part_time_dys: there is no key 'part_time_dys' here; did you mean "
        "'part_time_days'?"
    ),
    "patrol.part_time_days: 9": (
        "6:30: changes.0.set.patrol.part_time_days: 9 is too large: give a whole number from 0 to 7 "
        "(unit: days per week)"
    ),
    "patrol.look: 3": (
        "6:20: changes.0.set.patrol.look: 3 has no unit of time: give a duration from 1 min to 8 h, such as "
        "'90 min'"
    ),
    "notices.doors.until: '17:00'": (
        "6:28: changes.0.set.notices.doors.until: until (17:00) must come after workday_from (18:00)"
    ),
    "handlers.mediatoin.teams: 3": (
        "6:7: changes.0.set.handlers.mediatoin.teams: there is no 'mediatoin', and none can be added midway; "
        "did you mean 'mediation'?"
    ),
    "handlers: {mediation: null}": (
        "6:18: changes.0.set.handlers.mediation: 'mediation' cannot be taken away midway"
    ),
    "cases.categories.damage.handler: plumber": (
        "6:40: changes.0.set.cases.categories.damage.handler: no handler is called 'plumber'; there are: "
        "maintenance, mediation, service_centre"
    ),
    "a..b: 1": "6:7: changes.0.set.a..b: 'a..b' is not a path such as patrol.part_time_days",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_change_that_cannot_be_made_is_told_with_its_place(line: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{HEAD}      {line}\n", encoding="utf-8")
    assert [str(problem) for problem in validate_file(file)] == [f"{file}:{REFUSED[line]}"]


MISSHAPEN = {
    "[{day: 60, set: {hub.lag: 1 h}}]": "changes.0.day: day (60) must come before the end: days is 60",
    "[{day: 9, set: {hub.lag: 1 h}}, {day: 9, set: {hub.lag: 2 h}}]": (
        "changes.1.day: day (9) must come after that of the entry before it (9)"
    ),
    "[{day: -1, set: {hub.lag: 1 h}}]": (
        "changes.0.day: -1 is too small: give a whole number from 0 to 3659 (unit: day of the run)"
    ),
    "[{set: {hub.lag: 1 h}}]": (
        "changes.0.day: 'day' is missing: give a whole number from 0 to 3659 (unit: day of the run)"
    ),
    "[{day: 3, set: {}}]": (
        "changes.0.set: a mapping is too short: give a mapping from dotted paths to values"
    ),
    "3": "changes: 3 is not allowed: give a list of at most 100 mappings with the keys day, set",
}


@pytest.mark.parametrize("changes", MISSHAPEN)
def test_entries_have_a_day_each_in_order_within_the_run(changes: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("coordinated", ["days=60", f"changes={changes}"])
    assert str(caught.value) == f"--set: {MISSHAPEN[changes]}"


def test_whoever_shortens_a_run_below_a_change_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{HEAD}      hub.lag: 1 h\n", encoding="utf-8")
    with pytest.raises(
        ScenarioError, match=r"^--set: days: day \(30\) must come before the end: days is 20$"
    ):
        load(file, {"days": 20})


def test_a_rule_is_held_against_what_held_before_it() -> None:
    one = {"day": 5, "set": {"notices.doors.until": "22:00"}}
    other = {"day": 9, "set": {"notices.doors.workday_from": "21:00"}}
    scenario = load("coordinated", {"changes": [one, other]})
    assert [(day, rules.notices.doors.until) for day, rules in phases(scenario).items()] == [
        (5, 22.0),
        (9, 22.0),
    ]
    assert phases(scenario)[9].notices.doors.workday_from == 21.0
    with pytest.raises(
        ScenarioError, match=r"changes\.0\.set\.notices\.doors\.workday_from: until \(20:30\)"
    ):
        load("coordinated", {"changes": [other]})


def test_sections_and_distributions_can_change_as_elsewhere() -> None:
    changes = {"patrol": {"look": "9 min", "tells": False}, "council.renewal.works": {"median": "9 days"}}
    scenario = load("coordinated", {"changes": [{"day": 0, "set": changes}]})
    rules = phases(scenario)[0]
    assert (rules.patrol.look, rules.patrol.tells, rules.patrol.duration) == (0.15, False, 2.0)
    assert rules.council.renewal.works.model_dump(exclude={"distribution"}) == {"median": 216.0, "sigma": 0.4}
    assert rules.changes == ()


def test_a_scenario_with_changes_reads_back_bit_for_bit(tmp_path: Path) -> None:
    scenario = changed(load("coordinated"), 30, {"patrol.look": "90 s", "mechanisms.council": False})
    file = tmp_path / "mine.yaml"
    file.write_text(dump(scenario), encoding="utf-8")
    assert load(file) == scenario == from_data(scenario.model_dump(mode="json"))
    assert phases(load("coordinated")) == {}


def test_a_fork_keeps_the_changes_there_are_and_the_later_value_counts() -> None:
    once = changed(load("coordinated"), 40, {"hub.lag": "1 h", "patrol.tells": False})
    twice = changed(changed(once, 40, {"hub.lag": "2 h"}), 10, {"hub.lag": "3 h", "hub": {"review": "9 min"}})
    assert [(change.day, change.set) for change in twice.changes] == [
        (10, {"hub.lag": "3 h", "hub": {"review": "9 min"}}),
        (40, {"patrol.tells": False, "hub.lag": "2 h"}),
    ]
    assert [rules.hub.lag for rules in phases(twice).values()] == [3.0, 2.0]
    assert once == changed(once, 40, {}), "nothing new is nothing else"
    with pytest.raises(ScenarioError, match="community is built before the first day"):
        changed(once, 3, {"community.grid.max_area": 0.2})


def test_what_varies_a_scenario_checks_its_changes_too() -> None:
    base = Variations(changed(load("coordinated"), 9, {"notices.doors.workday_from": "20:00"}), "base")
    assert base.made({"patrol.look": "9 min"}).changes == base.base.changes
    with pytest.raises(
        ScenarioError, match=r"changes\.0\.set\.notices\.doors\.workday_from: until \(19:00\)"
    ):
        base.made({"notices.doors.until": "19:00"})


def test_every_value_says_whether_it_can_change_and_why_not() -> None:
    scenario = load("coordinated")
    told = {each.path: each for each in midway(scenario)}
    assert len(told) == len(midway(scenario)) > 500
    assert told["handlers.mediation.teams"].can
    assert told["mechanisms.ledger"].can
    assert told["community.people.party_share"].why_not == BUILT
    for path, each in told.items():
        assert each.can == (not each.why_not)
        policy = path.split(".")[0] not in {
            "community",
            "providers",
            "limits",
            "title",
            "asks",
            "days",
            "start",
        }
        assert policy or not each.can, path


def test_no_switch_and_nobodys_minutes_are_fixed() -> None:
    sections = ("mechanisms", "minutes", "digital", "desks", "satisfaction")
    meant = [each for each in midway(load("coordinated")) if each.path.startswith(sections)]
    assert {each.path.partition(".")[0] for each in meant} == set(sections)
    assert all(each.can for each in meant), [each.path for each in meant if not each.can]


def test_the_schema_for_editors_says_it_and_knows_the_paths_of_changes() -> None:
    schema = json_schema()
    definitions = schema["$defs"]
    assert definitions["Patrol"]["properties"]["look"]["x-midway"] is True
    workers = definitions["Patrol"]["properties"]["full_time_workers"]
    assert workers["x-midway"] is False
    assert workers["description"].endswith(
        "Cannot change midway: who serves in a grid is settled before the first day."
    )
    paths = definitions["Change"]["properties"]["set"]["properties"]
    plain = {key.path for key in walk() if not key.fixed and not {"*", "<"} & set(key.path)}
    sections = {key.path for key in walk() if key.kind.name in {"mapping", "names"}}
    inner = {path for path in plain if path.rpartition(".")[0] in paths}
    assert set(paths) == plain - sections - inner
    asked: dict[str, Any] = {"changes": [{"day": 3, "set": {"patrol.look": "9 min"}}]}
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(asked)
    for wrong in ({"patrol.look": 9}, {"handlers.mediation.teams": 0}):
        asked["changes"][0]["set"] = wrong
        assert not validator.is_valid(asked)


def test_changes_do_not_touch_what_they_change() -> None:
    scenario = Scenario(title="same")
    before = scenario.model_dump_json()
    changed(scenario, 1, {"hub.lag": "3 h"})
    phases(scenario)
    assert scenario.model_dump_json() == before

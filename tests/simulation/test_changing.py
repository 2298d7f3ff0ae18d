"""What changes midway: on day 0 it is as if begun so, and later it touches nothing that was before."""

from collections.abc import Iterator
from typing import Any

import pytest
from eventful import DAY, Keys, Tables, assert_same, base, lived, unchanged

from scenarios import ScenarioError, changed, from_data, midway
from scenarios.fields import Kind, key_at
from scenarios.schema import Mechanisms, Scenario
from scenarios.units import parse_hours, write_clock, write_duration
from simulation import CommunityModel

POORER_PATHS = ("desks.clerk.", "platform.mediate", "platform.authority", "council.unassigned")
"""Values that matter only where there is no hub or no command centre."""


def other_value(scenario: Scenario, path: str) -> Any:
    """A valid value for a path other than the scenario's, as written in a file."""
    data: Any = scenario.model_dump(mode="json")
    _, kind = key_at(tuple(path.split(".")), data)
    for step in path.split("."):
        data = data[step]
    assert kind is not None, path
    for value in _others(data, kind, path):
        try:
            changed(scenario, 0, {path: value})
        except ScenarioError:
            continue
        return value
    raise AssertionError(f"no other value of {path} is valid")


def _others(now: Any, kind: Kind, path: str) -> Iterator[Any]:
    if path.endswith(".handler"):
        yield from ({"works", "office"} - {now})
    elif kind.name == "switch":
        yield not now
    elif kind.name == "choice":
        yield from (choice for choice in kind.choices if choice != now)
    elif kind.name == "text":
        yield "damage"
    elif isinstance(now, dict) and "distribution" in now:
        yield {"distribution": "deterministic", "mean": "3 h"}
    elif kind.name == "time of day":
        hour = parse_hours(now, "time of day") or 0.0
        yield from (write_clock(hour + step) for step in (0.5, -0.5))
    elif kind.name == "duration":
        hours = parse_hours(now, "duration") if now is not None else None
        yield from (write_duration(new) for new in (2.0 * (hours or 1.0), 0.6 * (hours or 1.0)))
    elif kind.name in {"number", "whole number"}:
        old = 1 if now is None else now
        steps = (old + 1, old - 1) if kind.name == "whole number" else (0.4 * old, 1.6 * old, 0.35, 0.1)
        yield from (new for new in steps if new != now)
    else:
        raise AssertionError(f"{path}: {kind}")


def before(tables: Tables, day: int) -> Tables:
    """What the tables say of what happened before a day, as they say it at the end of the run."""
    hour, month = 24.0 * day, 0 if day < MONTH_ENDS else 1
    cut: Tables = {}
    for name, table in tables.items():
        if name in TIMES:
            begun, *rest = TIMES[name].split()
            rows = table[table[begun] < hour]
            cut[name] = rows[[begun]].join(rows[rest].where(rows[rest] < hour))
        elif "day" in table:
            cut[name] = table[table["day"] < day]
        elif "week" in table:
            cut[name] = table[table["week"] < day // 7]
        elif "hour" in table:
            cut[name] = table[table["hour"] < hour]
        elif "month" in table and name != "appraisals":  # those are made in the month that follows
            cut[name] = table[table["month"] < month]
    return cut


TIMES = {
    "cases": "arose_h found_h uploaded_h dispatched_h started_h resolved_h closed_h fed_back_h",
    "needs": "arose_h found_h met_h faded_h",
    "projects": "raised_h decided_h assigned_h funds_h materials_h technical_h volunteers_h started_h "
    "completed_h reported_h",
    "notices": "issued_h",
    "spread": "informed_h",
    "resources": "arose_h listed_h",
    "bundles": "hour done_h",
}
"""When a row of a table begins, and its other times."""
MONTH_ENDS = 22
"""Day on which the first month is over."""

PATHS = [each.path for each in midway(base()) if each.can]


def holds_from_its_day(scenario: Scenario, model: CommunityModel, values: Keys) -> Tables:
    """Hold both against runs without changes; gives the tables of the scenario that is begun so."""
    begun = lived(from_data(scenario.model_dump(mode="json"), "begun", values))
    first = lived(changed(scenario, 0, values))
    tables = begun.tables()
    assert_same(first.tables(), tables)
    assert first.summary() == begun.summary()
    late = lived(changed(scenario, DAY, values))
    assert_same(before(late.tables(), DAY), before(model.tables(), DAY))
    assert first.state.fate.digest == late.state.fate.digest == model.state.fate.digest
    return tables


GROUPS = {
    "notices": ("notices.",),
    "cases": ("cases.", "handlers."),
    "desks": ("desks.", "hub.", "platform.", "digital."),
    "people": ("minutes.", "patrol.", "ledger.", "satisfaction."),
    "lists": ("resources.",),
    "meetings": ("council.", "incentives.", "appraisal."),
}
"""Sections whose values are changed together: none of them may be kept from the first rules."""


@pytest.mark.parametrize(
    "poorer", [pytest.param(False, id="all"), pytest.param(True, id="poorer", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "group", [pytest.param(group, marks=[pytest.mark.slow] * (group != "people")) for group in GROUPS]
)
def test_whole_sections_change_as_if_it_had_been_so_from_the_start(group: str, poorer: bool) -> None:
    scenario, model, tables = unchanged(poorer)
    values: Keys = {}
    for path in PATHS:
        if path.startswith(GROUPS[group]):
            try:
                changed(scenario, 0, values | {path: (value := other_value(scenario, path))})
            except ScenarioError:
                continue  # valid alone, not with what was changed before it
            values[path] = value
    assert len(values) > 20
    with pytest.raises(AssertionError):
        assert_same(holds_from_its_day(scenario, model, values), tables)


@pytest.mark.slow
@pytest.mark.parametrize("switch", Mechanisms.model_fields)
def test_each_mechanism_can_be_dropped_and_introduced(switch: str) -> None:
    path = f"mechanisms.{switch}"
    scenario, model, tables = unchanged(False)
    off = holds_from_its_day(scenario, model, {path: False})
    with pytest.raises(AssertionError):
        assert_same(off, tables)
    without = base({path: False})
    lacking = lived(without)
    assert_same(holds_from_its_day(without, lacking, {path: True}), tables)
    late = lived(changed(without, 8, {path: True}))  # before the month ends that is appraised and honoured
    with pytest.raises(AssertionError):
        assert_same(late.tables(), lacking.tables())


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.exhaustive] * bool(place % 6))
        for place, path in enumerate(PATHS)
    ],
)
def test_every_value_that_can_change_midway_holds_from_its_day_on(path: str) -> None:
    scenario, model, _ = unchanged(path.startswith(POORER_PATHS))
    holds_from_its_day(scenario, model, {path: other_value(scenario, path)})

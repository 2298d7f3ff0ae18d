"""The schema keeps its promises: unit, range, default and source for every key, and the ranges hold."""

import datetime as dt
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from scenarios.distributions import Time
from scenarios.fields import Key, keys_of, parts_of, walk
from scenarios.schema import Scenario
from scenarios.units import (
    ASSUMED,
    GIVEN,
    LONGEST,
    SOURCE_TEXT,
    Duration,
    Part,
    write_duration,
)

KEYS = {key.path: key for key in walk()}
LISTS = [
    path
    for path, key in KEYS.items()
    if key.kind.name == "list" and not (key.kind.item and key.kind.item.parts)
]
"""Lists of single values; those of mappings are bounded key by key."""
NUMERIC = {"number", "whole number", "duration", "time of day", "date"}
OWN = [(part, name, key) for part in parts_of(Scenario) for name, key in keys_of(part).items()]

# Where design evidence has a value: the source must be named, not assumed.
EVIDENCE = {
    "community.people.household_sizes": "2.62",
    "community.people.elderly_share": "census",
    "community.people.child_share": "census",
    "community.people.elderly_alone_share": "59.7 %",
    "community.people.disability_share": "6.34 %",
    "community.people.party_share": "99.185 m",
    "cases.categories": "0.21 dispatched cases",
    "notices.talk.passes_on": "Banerjee",
    "notices.group_chat.reads": "Nanjing",
    "minutes.leader": "21.87 h",
    "minutes.centre_household": "21.87 h",
    "minutes.part_time": "21.87 h",
    "satisfaction.fed_back": "Shanghai",
    "community.grid.max_households": SOURCE_TEXT,
    "community.grid.max_area": SOURCE_TEXT,
    "patrol.duration": SOURCE_TEXT,
    "satisfaction.in_time": SOURCE_TEXT,
}


def test_what_no_patrol_can_see_is_not_called_visible() -> None:
    shipped = Scenario(title="test").model_dump()
    shipped["cases"]["categories"]["conflict"]["visible"] = 0.1
    with pytest.raises(ValidationError, match="does nothing where in_common_parts is 0"):
        Scenario.model_validate(shipped)


def test_the_walk_reaches_every_corner() -> None:
    assert len(KEYS) > 300
    assert "cases.categories.*.service.<lognormal>.sigma" in KEYS
    assert "handlers.*.calendar.opens" in KEYS
    assert "desks.clerk.dispatchers" in KEYS


@pytest.mark.parametrize("path", KEYS)
def test_every_key_says_what_it_is(path: str) -> None:
    key = KEYS[path]
    assert key.doc.endswith(".")
    if key.kind.name == "mapping":
        return  # a section: its keys say the rest
    assert key.unit
    assert key.source
    assert (key.default is ...) == (key.source == GIVEN)


@pytest.mark.parametrize("path", [path for path, key in KEYS.items() if key.kind.name in NUMERIC])
def test_every_number_has_both_bounds_and_a_default_within(path: str) -> None:
    key = KEYS[path]
    kind = key.kind
    assert kind.low is not None
    assert kind.high is not None
    assert kind.low < kind.high
    if key.default is not ... and key.default is not None:
        assert kind.low <= key.default <= kind.high


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_bounded_and_so_are_its_items(path: str) -> None:
    kind = KEYS[path].kind
    assert kind.lengths[1] is not None
    assert kind.item is not None
    assert kind.item.low is not None
    assert kind.item.high is not None


def beyond(key: Key) -> list[Any]:
    """Values just outside the range that the description gives."""
    kind = key.kind
    if kind.name == "duration":
        low = [] if kind.low == 0 and not kind.low_open else [write_duration(max(kind.low - 0.01, 0.0))]
        return [*low, "-1 min", write_duration(kind.high + 0.01)]
    if kind.name == "time of day":
        return ["24:01"]
    if kind.name == "date":
        day = dt.timedelta(days=1)
        return [(kind.low - day).isoformat(), (kind.high + day).isoformat()]
    step = 1 if kind.name == "whole number" else max(abs(kind.high), 1.0) * 1e-9
    return [kind.low if kind.low_open else kind.low - step, kind.high + step]


def json_of(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


@pytest.mark.parametrize(
    ("part", "name", "key"),
    [pytest.param(*own, id=f"{own[0].__name__}.{own[1]}") for own in OWN if own[2].kind.name in NUMERIC],
)
def test_the_range_that_is_described_is_the_range_that_holds(part: type[Part], name: str, key: Key) -> None:
    def complains(value: Any) -> bool:
        try:
            part.model_validate_json(f'{{"{name}": {json_of(value)}}}')
        except ValidationError as error:
            return any(detail["loc"] == (name,) for detail in error.errors())
        return False

    for value in beyond(key):
        assert complains(value), value
    kind = key.kind
    within = [kind.high] if kind.low_open else [kind.low, kind.high]
    for value in within:
        shown: Any = write_duration(value) if kind.name == "duration" else value
        if kind.name == "time of day":
            shown = f"{int(value)}:00"
        assert not complains(shown.isoformat() if kind.name == "date" else shown), shown


@pytest.mark.parametrize("path", EVIDENCE)
def test_evidence_is_cited(path: str) -> None:
    assert EVIDENCE[path] in KEYS[path].source + KEYS[path].doc
    assert KEYS[path].source != ASSUMED


def test_a_scenario_is_frozen_and_strict() -> None:
    scenario = Scenario(title="x")
    with pytest.raises(ValidationError, match="frozen"):
        scenario.days = 3  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Scenario.model_validate({"title": "x", "dayz": 3})
    with pytest.raises(ValidationError, match="valid integer"):
        Scenario.model_validate({"title": "x", "days": "3"})


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("3 days", 72.0),
        ("1 day", 24.0),
        ("1 h", 1.0),
        ("90 min", 1.5),
        ("1.5 h", 1.5),
        ("1 h 30 min", 1.5),
        ("2 weeks", 336.0),
        ("45 s", 0.0125),
        ("0 s", 0.0),
    ],
)
def test_durations_as_people_write_them(text: str, hours: float) -> None:
    assert TypeAdapter(Duration).validate_json(f'"{text}"') == hours


@pytest.mark.parametrize(
    "text", ['"3"', "3", "2.5", '"1:30"', '"an hour"', '"-1 h"', '"4000 days"', "null", "true", '""']
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_json(text)


def test_durations_from_code_are_hours() -> None:
    assert TypeAdapter(Duration).validate_python(1.5) == 1.5
    for wrong in (-1.0, float("nan"), float("inf"), LONGEST + 1, 3, True):
        with pytest.raises(ValidationError):
            TypeAdapter(Duration).validate_python(wrong)


@pytest.mark.parametrize(
    ("data", "mean"),
    [
        ('{"distribution": "exponential", "mean": "2 h"}', 2.0),
        ('{"distribution": "deterministic", "mean": "2 h"}', 2.0),
        ('{"distribution": "gamma", "mean": "2 h", "cv": 0.5}', 2.0),
        ('{"distribution": "lognormal", "median": "1 h", "sigma": 0.5}', 1.1331484530668263),  # exp(1/8)
        ('{"distribution": "empirical", "times": ["0 s", "1 h", "5 h"]}', 1.75),  # (0.5 + 3) / 2
        (
            '{"distribution": "empirical", "times": ["1 h", "3 h"], "at": [0.5, 0.75]}',
            1.75,
        ),  # .5 + .25*2 + .25*3
    ],
)
def test_a_distribution_has_the_mean_of_its_quantiles(data: str, mean: float) -> None:
    np = pytest.importorskip("numpy")
    time = TypeAdapter[Any](Time).validate_json(data)
    levels = (np.arange(200_000) + 0.5) / 200_000
    assert time.average() == pytest.approx(mean, rel=1e-12)
    assert time.quantile(levels).mean() == pytest.approx(mean, rel=1e-4)
    assert time.hours(0.3) == pytest.approx(time.quantile(np.array([0.3]))[0], rel=1e-12)

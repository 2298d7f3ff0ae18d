"""What a lesson can measure of a run: every metric, and a few things more that only its tables tell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.view.errors import RunDiedError, told_of
from experiments.view.film import Film
from experiments.view.reel import WORK
from simulation.model import CommunityModel
from simulation.resources.resource_tables import PARTS
from simulation.results.summary import summarise

Value = float | int | None
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure beside the metrics."""

    like: str
    """A metric that has the same unit."""
    take: Callable[[CommunityModel, Tables], Value]
    traced: bool = False
    """Whether only a traced run can tell."""


def _missed(vulnerable: bool) -> Callable[[CommunityModel, Tables], Value]:
    """Share of a group who never heard, over notices to all that are news no more."""

    def take(model: CommunityModel, tables: Tables) -> Value:
        notices = tables["notices"]
        over = notices[notices["missed"].notna() & (notices["audience"] == "all")]
        told = tables["spread"]
        residents = told["resident"][told["notice"].isin(over["notice_id"])]
        people = model.state.population
        group = model.notices.listens & (people.vulnerable == vulnerable)
        community = people.building_community[people.household_building[people.household]]
        street = people.community_street[community]
        meant = sum(int(group[street == each].sum()) for each in over["street"])
        return 1.0 - int(group[residents].sum()) / meant if meant else None

    return take


def _waits(start: str, end: str) -> Callable[[CommunityModel, Tables], Value]:
    """Mean hours from one step to another, over cases that a handler was sent to and that are solved."""

    def take(_model: CommunityModel, tables: Tables) -> Value:
        cases = tables["cases"]
        solved = cases[cases["dispatched_h"].notna() & cases["resolved_h"].notna()]
        return float((solved[end] - solved[start]).mean()) if len(solved) else None

    return take


def _lacking(part: str) -> Callable[[CommunityModel, Tables], Value]:
    return lambda _model, tables: int(tables["bundles"][f"lacks_{part}"].sum())


def _begun(_model: CommunityModel, tables: Tables) -> Value:
    groups = tables["bundles"]
    return float(groups["done_h"].notna().mean()) if len(groups) else None


def _work(activity: str) -> Callable[[CommunityModel, Tables], Value]:
    """Share of all hours."""

    def take(_model: CommunityModel, tables: Tables) -> Value:
        work = tables["work"]
        hours = float(work["hours"].sum())
        return float(work["hours"][work["activity"] == activity].sum()) / hours if hours else None

    return take


_SHARE, _HOURS, _GROUPS = "case.on_time", "case.close_h_median", "resource.bundles_completed"
MEASURES: dict[str, Measured] = {
    "missed.vulnerable": Measured(_SHARE, _missed(vulnerable=True), traced=True),
    "missed.others": Measured(_SHARE, _missed(vulnerable=False), traced=True),
    "waits.found": Measured(_HOURS, _waits("arose_h", "found_h")),
    "waits.listed": Measured(_HOURS, _waits("found_h", "uploaded_h")),
    "waits.sent": Measured(_HOURS, _waits("uploaded_h", "dispatched_h")),
    "waits.solved": Measured(_HOURS, _waits("dispatched_h", "resolved_h")),
    "groups.tried": Measured(_GROUPS, lambda _model, tables: len(tables["bundles"])),
    "groups.begun": Measured(_SHARE, _begun),
    **{f"groups.no_{part}": Measured(_GROUPS, _lacking(part)) for part in PARTS},
    "groups.refused": Measured(
        _GROUPS, lambda _model, tables: int(tables["bundles"]["refused_by"].notna().sum())
    ),
    **{f"work.{activity}": Measured(_SHARE, _work(activity)) for activity in WORK},
}
"""By name; docs/lessons.md says what they are."""


def unit_like(name: str) -> str:
    """The metric whose unit a metric or measure has: itself for a metric."""
    return MEASURES[name].like if name in MEASURES else name


def measure(film: Film, names: Iterable[str]) -> dict[str, Value]:
    """Metrics and measures of a film's run at its end.

    Raises:
        RunDiedError: the model raised.
    """
    names = list(names)
    with film.lock:
        if len(film.days) == film.scenario.days:
            return _measured(film.model, names)
    traced = any(MEASURES[name].traced for name in names if name in MEASURES)
    # Nobody has watched all of it. The same run without reels ends much sooner, and no one else waits for it.
    try:
        model = CommunityModel(film.scenario, film.seed, trace=traced)
        model.run_to_end()
    except Exception as error:
        raise RunDiedError(told_of(error)) from error
    return _measured(model, names)


def _measured(model: CommunityModel, names: Iterable[str]) -> dict[str, Value]:
    tables: Any = model.tables()
    metrics = summarise(tables, model.state)
    return {
        name: MEASURES[name].take(model, tables) if name in MEASURES else metrics[name]
        for name in dict.fromkeys(names)
    }

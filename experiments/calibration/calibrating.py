"""Calibrating to a log of real cases: what is fitted, how well it predicts, and the scenario it becomes."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.calibration.arrivals import count_hours, exposure, fit_profile, yearly_rate
from experiments.calibration.case_dates import DayOrder
from experiments.calibration.case_kinds import OTHER, Kinds, sort_kinds
from experiments.calibration.case_log import (
    FEWEST_CASES,
    CaseLog,
    Columns,
    as_known_at,
    opened_from,
    read_case_log,
)
from experiments.calibration.closing_times import (
    AT_ONCE,
    CURVES,
    FORECAST,
    Fitted,
    Spells,
    distance,
    hours_between,
    spells_of,
)
from experiments.calibration.fitted_scenario import FittedKind, extends_from, scenario_text
from experiments.files import write
from experiments.messages import Language, say, title_in
from scenarios import Scenario, load
from scenarios.cost import mean_household
from scenarios.errors import InputError, OutputError
from scenarios.units import LONGEST

FEWEST, MOST = 200, 30
"""Kinds of case with fewer cases, or beyond the most frequent so many, are pooled."""
MOST_KINDS = 50
"""A scenario file holds no more values than that many kinds have."""
TRAINED_ON = 2.0 / 3.0
"""Of the log's days, the share before the cut of the held-out test."""
DEADLINE = 168.0
"""Hours allowed where the log knows no target at all: an assumption."""
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well curves fitted to the first part of the log predict the rest."""

    cut: pd.Timestamp
    train: int
    test: int
    distances: pd.DataFrame
    """A row per kind of case in the test: ``cases`` and a column per curve."""

    def weighted(self) -> dict[str, float]:
        """Mean distance of each curve, weighted by the cases in the test; the smaller, the better."""
        weights = self.distances["cases"]
        return {curve: float(np.average(self.distances[curve], weights=weights)) for curve in CURVES}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What came of a log."""

    log: CaseLog
    kinds: Kinds
    held_out: HeldOut | None
    curve: str
    """The kind of curve that was written, see :data:`experiments.calibration.closing_times.CURVES`."""
    fitted: tuple[FittedKind, ...]
    table: pd.DataFrame
    """A row per kind of case: its size, rate, median, and distances within the log and held out."""
    scenario: Scenario
    """The scenario as it loads."""
    file: Path
    base: str
    options: dict[str, int]

    @property
    def distance(self) -> float:
        """Distance of the written curves from the whole log, weighted by cases."""
        return float(np.average(self.table["distance"], weights=self.table["cases"]))


def calibrate(
    log_path: Path,
    columns: Columns | None = None,
    out: Path | None = None,
    base: str | Path = "coordinated",
    *,
    households: int | None = None,
    fewest: int = FEWEST,
    most: int = MOST,
    curve: str = AUTO,
    since: date | None = None,
    until: date | None = None,
    day_order: DayOrder | None = None,
) -> Calibration:
    """Fit a log of real cases and write a scenario that extends another.

    Args:
        log_path: the CSV file.
        columns: which column says what, where their names are not enough.
        out: the YAML file to write; the log's name in the present folder if None.
        base: the scenario to extend.
        households: of all communities together; as the base scenario has it if None.
        fewest: categories with fewer cases are pooled.
        most: categories kept besides the pool.
        curve: the kind of closing times to write; with ``auto`` that of the kinds which describe the log
            that does best in the held-out test. ``recent`` is for the time after the log.
        since: leave out cases opened before this day.
        until: look at the log as it stood at the beginning of this day.
        day_order: which comes first in dates such as 3/4/2015, where the file does not tell.

    Raises:
        CaseLogError: the log cannot be used.
        InputError: an option cannot be used.
        ScenarioError: the base scenario is wrong.
        OutputError: the file cannot be written.
    """
    if not (1 <= most <= MOST_KINDS and fewest >= 1):
        raise InputError(f"between 1 and {MOST_KINDS} kinds of case are kept, each of at least 1 case")
    if curve not in (AUTO, *CURVES):
        raise InputError(f"there is no curve '{curve}'; there are: {AUTO}, {', '.join(CURVES)}")
    out = out or Path(log_path.name.removesuffix(".gz").removesuffix(".csv") + ".yaml")
    if out.suffix not in (".yaml", ".yml") or out == log_path:
        raise OutputError(f"{out}: the scenario's file has to end in .yaml")
    below = load(base)
    log = read_case_log(log_path, columns, since=since, until=until, day_order=day_order)
    kinds = sort_kinds(log.cases["category"], fewest, most)
    held_out = hold_out(log, fewest, most)
    if curve == AUTO:
        curve = _best(held_out)
    size = _households(below, households)
    fitted = tuple(_fit_kinds(log, kinds, curve, size * below.community.communities))
    write(out, scenario_text(log, list(fitted), below, extends_from(base, out), size))
    scenario = load(out)
    options = {"fewest": fewest, "most": most}
    table = _table(log, kinds, scenario, held_out)
    return Calibration(log, kinds, held_out, curve, fitted, table, scenario, out, str(base), options)


def hold_out(log: CaseLog, fewest: int = FEWEST, most: int = MOST) -> HeldOut | None:
    """Fit every curve to the first part of the log as known at its end, and test it on what was opened later.

    Nothing that happened after the cut is used: a case closed later stands open there, and which categories
    are pooled is decided before it. None where a part is too small.
    """
    cut = log.begins + pd.Timedelta(days=int(TRAINED_ON * log.days))
    train, test = as_known_at(log, cut), opened_from(log, cut)
    usable = [
        len(part.cases) >= FEWEST_CASES and part.cases["closed"].notna().any() for part in (train, test)
    ]
    if not all(usable):
        return None
    kinds = sort_kinds(train.cases["category"], fewest, most)
    known, later = spells_by_kind(train, kinds), spells_by_kind(test, kinds)
    everything = spells_of(train.cases["opened"], train.cases["closed"], train.until)
    rows = {}
    for name, seen in later.items():
        trained = known.get(name, everything)
        rows[name] = {"cases": len(seen.hours)} | {
            curve: distance(Fitted(fit(trained)), seen.steps, seen.last) for curve, fit in CURVES.items()
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("kind")
    return HeldOut(cut, len(train.cases), len(test.cases), table)


def spells_by_kind(log: CaseLog, kinds: Kinds) -> dict[str, Spells]:
    """Times to closing by kind of case."""
    groups = log.cases.groupby(kinds.of(log.cases["category"]))
    return {str(name): spells_of(cases["opened"], cases["closed"], log.until) for name, cases in groups}


def report(calibration: Calibration, language: Language) -> str:
    """What is printed: how the log was read, how well curves predict, and what was written."""
    log, held_out, table = calibration.log, calibration.held_out, calibration.table
    lines = [note.text(language) for note in log.notes]
    pooled = int(table["cases"].get(OTHER, 0)) if OTHER in calibration.kinds.titles else 0
    if len(calibration.kinds.titles) > 1:
        lines.append(say("fit_kinds", language, kinds=len(table), pooled=pooled, **calibration.options))
    if held_out is None:
        lines.append(say("fit_no_held_out", language))
    else:
        values = {"train": held_out.train, "test": held_out.test, "cut": f"{held_out.cut:%Y-%m-%d}"}
        lines += ["", say("fit_held_out", language, **values)]
        lines += [
            f"  {amount:.3f}  {say(f'fit_curve_{curve}', language)}"
            for curve, amount in held_out.weighted().items()
        ]
        lines += [f"  {say('fit_measure', language)}", ""]
    households = calibration.scenario.community.households * calibration.scenario.community.communities
    per_day = len(log.cases) / log.days
    per_resident = per_day * 365.0 / households / mean_household(calibration.scenario)
    lines.append(say("fit_size", language, per_day=per_day, households=households, per_resident=per_resident))
    curve = say(f"fit_curve_{calibration.curve}", language)
    values = {"file": str(calibration.file), "base": calibration.base, "curve": curve}
    lines.append(say("fit_written", language, distance=calibration.distance, **values))
    return "\n".join(lines)


def _best(held_out: HeldOut | None) -> str:
    """The best of the curves that describe the log as a whole."""
    if held_out is None:
        return "empirical"
    distances = held_out.weighted()
    return min((curve for curve in CURVES if curve != FORECAST), key=lambda curve: distances[curve])


def _households(base: Scenario, asked: int | None) -> int:
    """Households of each community."""
    place = base.community
    if place.layout is not None:
        raise InputError(
            "the base scenario has a layout, and its buildings decide the households; extend one without"
        )
    size = place.households if asked is None else round(asked / place.communities)
    rules = type(place).model_fields["households"].metadata
    least, largest = (
        next(rule.ge for rule in rules if hasattr(rule, "ge")),
        next(rule.le for rule in rules if hasattr(rule, "le")),
    )
    if not least <= size <= largest:
        raise InputError(
            f"{asked:,} households in {place.communities:,} communities are {size:,} in each; it has "
            f"to be between {least:,} and {largest:,}; extend a scenario with another number of communities"
        )
    return size


def _fit_kinds(log: CaseLog, kinds: Kinds, curve: str, households: int) -> list[FittedKind]:
    occurs = exposure(log.begins.weekday(), log.days)
    cases = log.cases.assign(kind=kinds.of(log.cases["category"]))
    counts = count_hours(cases["opened"], dates_only=log.dates_only)
    overall = fit_profile(counts, occurs, np.ones(len(occurs)))
    allowed = pd.Series(hours_between(cases["opened"], cases["target"]), index=cases.index)
    allowed = allowed.where(allowed >= AT_ONCE)
    usual = float(allowed.median()) if allowed.notna().any() else DEADLINE
    fitted = []
    for name, title in kinds.titles.items():
        own = cases[cases["kind"] == name]
        counts = count_hours(own["opened"], dates_only=log.dates_only)
        profile = fit_profile(counts, occurs, overall)
        deadline = float(allowed[own.index].median())
        fitted.append(
            FittedKind(
                name=name,
                title=title,
                rate=yearly_rate(len(own), profile, occurs, households),
                hour_of_week=profile,
                closing=CURVES[curve](spells_of(own["opened"], own["closed"], log.until)),
                deadline=min(usual if np.isnan(deadline) else deadline, LONGEST),
            )
        )
    return fitted


def _median(spells: Spells) -> float | None:
    """Observed median time to closing; None where fewer than half are known to have closed."""
    reached = np.flatnonzero(spells.steps.shares >= 0.5)
    return float(spells.steps.times[reached[0]]) if len(reached) else None


def _table(log: CaseLog, kinds: Kinds, scenario: Scenario, held_out: HeldOut | None) -> pd.DataFrame:
    rows = {}
    for name, spells in spells_by_kind(log, kinds).items():
        category = scenario.cases.categories[name]
        rows[name] = {
            "title": title_in(category.title, "en"),
            "cases": len(spells.hours),
            "open_share": float(1.0 - spells.closed.mean()),
            "at_once_share": float((spells.closed & (spells.hours == 0.0)).mean()),
            "rate": category.rate,
            "median_h": _median(spells),
            "deadline_h": category.deadline,
            "curve": category.service.distribution,
            "distance": distance(Fitted(category.service), spells.steps, spells.last),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("kind")
    if held_out is not None:
        table = table.join(held_out.distances.add_prefix("held_out_"))
    return table.loc[list(kinds.titles)]

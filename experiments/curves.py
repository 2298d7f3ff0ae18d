"""The curves of a run: small arrays that a worker hands back in place of the run's tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.giving import OUTCOMES, groups_by_failure, shares, wants_by_outcome, willingness_curves
from experiments.statistics import t_interval
from scenarios.cases import Title
from simulation.community.providers import KINDS
from simulation.council.projects import STATES
from simulation.notices.reached import IN_TIME, REACH_HOURS
from simulation.results.survival import share_at

Floats = NDArray[np.float64]

INFORMED_HOURS = np.arange(REACH_HOURS + 1, dtype=np.float64)
"""Hours after issue at which the share informed is given."""
CLOSING_HOURS = np.concatenate([[0.0], np.geomspace(0.25, 2160.0, 120)])
"""Hours after upload at which the share solved is given: a quarter of an hour to 90 days."""
WASTE = ("duplicate", "handling", "orphan")
"""What is lost between owners; each a column of cases, in hours."""


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of trouble."""

    en: str
    zh: str
    deadline_h: float
    """Hours from upload within which it should be closed; NaN where no case had one."""
    uploaded: int
    """Cases of this kind that were uploaded."""


@dataclass(frozen=True, slots=True)
class Buildings:
    """The map of one run, an entry per building."""

    x_m: Floats
    y_m: Floats
    footprint_m2: Floats
    grid: NDArray[np.int64]
    satisfaction: Floats
    """Mean of its residents at the end."""
    reach_72h: Floats
    """Share of its residents who knew in time, all notices together; NaN where there was none."""
    cases_open: Floats


@dataclass(frozen=True, slots=True)
class Curves:
    """What figures need of one run."""

    informed: Floats
    """Share who know, by INFORMED_HOURS, mean over notices followed that long; NaN where there is none."""
    closing: dict[str, Floats]
    """By category, share solved by CLOSING_HOURS (Kaplan-Meier); NaN beyond what was observed."""
    satisfaction: dict[str, Floats]
    """``mean``, ``worst`` and ``vulnerable``, each by day."""
    causes: dict[str, float]
    """What moved satisfaction over the run, in points per resident by cause; they add up to the change."""
    on_time: dict[str, Floats]
    """Share on time of the cases due in each month: ``true``, ``reported``, ``gap``; NaN without cases."""
    projects: Floats
    """Projects of the council completed by the end of each day."""
    project_states: dict[str, float]
    """Topics of the council by state at the end, see :data:`simulation.council.projects.STATES`."""
    waste: dict[str, float]
    """Hours: ``duplicate`` and ``handling`` worked, ``orphan`` waited without an owner."""
    wants: Floats
    """Wants by :data:`experiments.giving.OUTCOMES`."""
    groups: Floats
    """Groups of after-school care by :data:`experiments.giving.FAILS`."""
    willingness: dict[str, Floats]
    """By kind of provider, mean willingness at the end of each month; NaN without providers."""
    categories: dict[str, Category]
    buildings: Buildings


@dataclass(frozen=True, slots=True)
class Band:
    """A curve averaged over replications."""

    mean: Floats
    low: Floats
    """Lower end of the 95 % interval of the mean; NaN where fewer than two replications have a value."""
    high: Floats


@dataclass(frozen=True, slots=True)
class Averaged:
    """The curves of a scenario, averaged over its replications."""

    replications: int
    informed: Band
    closing: dict[str, Band]
    satisfaction: dict[str, Band]
    causes: dict[str, float]
    """Means over the replications."""
    on_time: dict[str, Band]
    projects: Band
    project_states: dict[str, float]
    waste: dict[str, float]
    """Means over the replications."""
    wants: Band
    """Shares of wants by :data:`experiments.giving.OUTCOMES`."""
    wants_count: float
    groups: Band
    """Groups of after-school care by :data:`experiments.giving.FAILS`."""
    willingness: dict[str, Band]
    categories: dict[str, Category]
    buildings: Buildings
    """Of the first replication: each seed has a community of its own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A scenario as it appears in figures and reports."""

    name: str
    title: Title | str
    averaged: Averaged
    asks: Title | str = ""


def curves_of(tables: dict[str, pd.DataFrame]) -> Curves:
    """The curves of one run from its tables."""
    timeline = tables["timeline"]
    columns = {
        "mean": "satisfaction_mean",
        "worst": "satisfaction_p10",
        "vulnerable": "satisfaction_vulnerable",
    }
    cases = tables["cases"]
    kinds = {str(name): cases[cases["category"] == name] for name in tables["categories"]["category"]}
    return Curves(
        informed=_informed(tables["reach"]),
        closing={name: closing_curve(kind, 24.0 * len(timeline)) for name, kind in kinds.items()},
        satisfaction={name: _floats(timeline[column]) for name, column in columns.items()},
        causes=_causes(tables["satisfaction"]),
        on_time=on_time_curves(cases, timeline),
        projects=completed_curve(tables["projects"], len(timeline)),
        project_states={name: float((tables["projects"]["state"] == name).sum()) for name in STATES},
        waste={name: float(cases[f"{name}_h"].sum()) for name in WASTE},
        wants=wants_by_outcome(tables["resources"]),
        groups=groups_by_failure(tables["bundles"]),
        willingness=willingness_curves(tables["willingness"], int(_month(timeline)[-1]) + 1),
        categories={
            str(name): Category(
                str(en), str(zh), _deadline(kinds[name]), int(kinds[name]["uploaded_h"].count())
            )
            for name, en, zh in tables["categories"][["category", "en", "zh"]].itertuples(index=False)
        },
        buildings=_buildings(tables["buildings"]),
    )


def closing_curve(cases: pd.DataFrame, end: float) -> Floats:
    """Share of uploaded cases solved by CLOSING_HOURS; what is open at hour ``end`` is censored there."""
    listed = cases[cases["uploaded_h"].notna()]
    hours = listed["resolved_h"].fillna(end) - listed["uploaded_h"]
    return share_at(_floats(hours), listed["resolved_h"].notna(), CLOSING_HOURS)


def completed_curve(projects: pd.DataFrame, days: int) -> Floats:
    """Projects of the council completed by the end of each day."""
    day = _floats(projects["completed_h"].dropna()) // 24.0
    return np.cumsum(np.bincount(day.astype(np.int64), minlength=days)[:days]).astype(np.float64)


def average(runs: Sequence[Curves]) -> Averaged:
    """Average the curves of one scenario's replications; the first decides what is compared."""
    first = runs[0]
    return Averaged(
        replications=len(runs),
        informed=band([run.informed for run in runs]),
        closing={name: band([run.closing[name] for run in runs]) for name in first.closing},
        satisfaction={name: band([run.satisfaction[name] for run in runs]) for name in first.satisfaction},
        causes={name: float(np.mean([run.causes[name] for run in runs])) for name in first.causes},
        on_time={name: band([run.on_time[name] for run in runs]) for name in first.on_time},
        projects=band([run.projects for run in runs]),
        project_states={name: float(np.mean([run.project_states[name] for run in runs])) for name in STATES},
        waste={name: float(np.mean([run.waste[name] for run in runs])) for name in WASTE},
        wants=band([shares(run.wants) for run in runs]),
        wants_count=float(np.mean([run.wants.sum() for run in runs])),
        groups=band([run.groups for run in runs]),
        willingness={kind: band([run.willingness[kind] for run in runs]) for kind in KINDS},
        categories=first.categories,
        buildings=first.buildings,
    )


def band(curves: Sequence[Floats]) -> Band:
    """Mean of curves of one length and its 95 % interval, point by point."""
    rows = t_interval(pd.DataFrame(np.vstack(curves)))
    return Band(*(rows[name].to_numpy(dtype=np.float64) for name in ("mean", "low", "high")))


def informed_in_time(averaged: Averaged) -> float:
    """Share informed at the time within which everybody should be."""
    return float(averaged.informed.mean[int(IN_TIME)])


def wants_met(averaged: Averaged) -> float:
    """Share of all wants that were met, by a match or through neighbours."""
    return float(averaged.wants.mean[[OUTCOMES.index("met"), OUTCOMES.index("neighbours")]].sum())


def _informed(reach: pd.DataFrame) -> Floats:
    mean = reach.groupby("after_h")["share"].mean()
    return _floats(mean.reindex(INFORMED_HOURS.astype(np.int64)))


def _causes(satisfaction: pd.DataFrame) -> dict[str, float]:
    everybody = satisfaction[satisfaction["group"] == "all"]
    change = everybody.groupby("cause", sort=False)["change"].sum()
    return {str(name): float(points) for name, points in change.items()}


def on_time_curves(cases: pd.DataFrame, timeline: pd.DataFrame) -> dict[str, Floats]:
    """Cases count in the calendar month of their deadline."""
    month = _month(timeline)
    due = cases[cases["deadline_h"] < 24.0 * len(month)]
    place = month[(_floats(due["deadline_h"]) // 24.0).astype(np.int64)]
    kept = {
        name: due[column].astype("Float64").groupby(place).mean().reindex(range(month[-1] + 1))
        for name, column in (("true", "on_time"), ("reported", "reported_on_time"))
    }
    shares = {name: _floats(column) for name, column in kept.items()}
    return shares | {"gap": shares["reported"] - shares["true"]}


def _month(timeline: pd.DataFrame) -> NDArray[np.int64]:
    """The calendar month of each day of the run, counted from that of the first day."""
    days = timeline["date"].dt
    month: NDArray[np.int64] = (12 * days.year + days.month).to_numpy(dtype=np.int64)
    return np.asarray(month - month[0])


def _deadline(cases: pd.DataFrame) -> float:
    allowed = _floats(cases["deadline_h"] - cases["uploaded_h"])
    known = allowed[~np.isnan(allowed)]
    return float(np.median(known)) if len(known) else float("nan")


def _buildings(table: pd.DataFrame) -> Buildings:
    return Buildings(
        x_m=_floats(table["x_m"]),
        y_m=_floats(table["y_m"]),
        footprint_m2=_floats(table["footprint_m2"]),
        grid=table["grid"].to_numpy(dtype=np.int64),
        satisfaction=_floats(table["satisfaction_end"]),
        reach_72h=_floats(table["reach_72h"]),
        cases_open=_floats(table["cases_open"]),
    )


def _floats(column: "pd.Series[Any]") -> Floats:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)

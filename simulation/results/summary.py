"""The metrics of a run, computed from its tables. The mean of nothing is None, never 0 or NaN."""

from typing import Any

import numpy as np
import pandas as pd

from simulation.cases.case_table import due_for_dispatch, open_cases
from simulation.results.metrics import METRICS
from simulation.state import State
from simulation.results.survival import quantile
from simulation.results.timeline import worst_tenth

Value = float | int | None


def summarise(tables: dict[str, pd.DataFrame], state: State) -> dict[str, Value]:
    """All metrics of :data:`simulation.results.metrics.METRICS` by name."""
    values = {
        **_notices(tables["notices"]),
        **_cases(tables["cases"], state.agenda.now),
        **case_quantiles(tables["cases"], state.agenda.now),
        **_satisfaction(state),
        **_resources(tables, state),
        **_ledger(tables["ledger"], tables["needs"], state.agenda.now),
        **_platform(tables["board"], tables["cases"]),
        **_appraisal(tables["appraisals"], tables["cases"], state.ever("appraisal")),
        **_council(tables["projects"]),
        **project_quantiles(tables["projects"], state.agenda.now),
        **_honours(tables["honours"], state),
        **_effort(tables["work"], tables["cases"], state),
    }
    return {name: values[name] for name in METRICS}


def _notices(notices: pd.DataFrame) -> dict[str, Value]:
    columns = {
        "notice.reach_72h": "reach_72h",
        "notice.reach_72h_vulnerable": "reach_72h_vulnerable",
        "notice.t50_h": "t50_h",
        "notice.t90_h": "t90_h",
    }
    followed = notices[notices["missed"].notna() & (notices["audience_size"] > 0)]  # to the end of their news
    reached = followed["t90_h"].notna()
    return {name: _mean(notices[column]) for name, column in columns.items()} | {
        "notice.reached_90": _mean(reached)
    }


def _cases(cases: pd.DataFrame, now: float) -> dict[str, Value]:
    found, listed = cases["found_h"].notna(), cases["uploaded_h"].notna()
    closed = cases["closed_h"].notna()
    waited = (cases["dispatched_h"] - cases["uploaded_h"])[listed & cases["dispatched_h"].notna()]
    sent = cases["dispatched_h"].notna()
    due = due_for_dispatch(cases, now)
    return {
        "case.count": len(cases),
        "case.found_share": _mean(found),
        "case.dispatched_within_1h": float((waited <= 1.0).sum() / due.sum()) if due.any() else None,
        "case.on_time": _mean(cases["on_time"]),
        "case.on_time_reported": _mean(cases["reported_on_time"]),
        "case.reopen_rate": _mean(cases["reopened"][closed] > 0),
        "case.feedback_rate": _mean(cases["fed_back_h"][closed].notna()),
        "case.bounces_mean": _mean(cases["bounced"][sent]),
        "case.orphan_h_mean": _mean(cases["orphan_h"][sent]),
        "case.backlog_end": int(open_cases(cases).sum()),
    }


def case_quantiles(cases: pd.DataFrame, now: float) -> dict[str, Value]:
    """Those metrics of cases that no other numbers give than the times of all cases."""
    looked_for = cases["found_h"].fillna(now) - cases["arose_h"]
    listed, solved = cases["uploaded_h"].notna(), cases["resolved_h"].notna()
    took = (cases["resolved_h"].fillna(now) - cases["uploaded_h"])[listed]
    return {
        "case.found_h_median": quantile(looked_for, cases["found_h"].notna(), 0.5),
        "case.close_h_median": quantile(took, solved[listed], 0.5),
        "case.close_h_p90": quantile(took, solved[listed], 0.9),
    }


def _satisfaction(state: State) -> dict[str, Value]:
    level, vulnerable = state.satisfaction.level, state.population.vulnerable
    mean = float(level.mean())
    return {
        "satisfaction.mean": mean,
        "satisfaction.p10": worst_tenth(level),
        "satisfaction.vulnerable_gap": mean - float(level[vulnerable].mean()) if vulnerable.any() else None,
    }


def _resources(tables: dict[str, pd.DataFrame], state: State) -> dict[str, Value]:
    """Wants that are over, met or not; those still open count for nothing yet."""
    table, lists = tables["resources"], tables["lists"]
    wants = table[table["kind"] == "want"]
    met = wants[wants["state"] == "met"]
    over = wants[wants["state"] != "open"]
    vulnerable = state.population.vulnerable[state.fate.wanted.resident[over["id"]]]
    live, listed = int(lists["wants"].sum()), int(lists["wants_listed"].sum())
    last_day = min(state.scenario.days, max(1, round(state.agenda.now / 24.0))) - 1
    quarters = int(state.calendar.month[last_day]) // 3 + 1
    return {
        "resource.match_rate": _mean(over["state"] == "met"),
        "resource.match_rate_vulnerable": _mean((over["state"] == "met")[vulnerable]),
        "resource.wait_d_mean": _mean((met["matched_h"] - met["arose_h"]) / 24.0),
        "resource.active_providers": _givers(tables, state) / quarters / state.population.communities,
        "resource.bundles_completed": int(tables["bundles"]["done_h"].notna().sum()),
        "resource.coverage": listed / live if live else None,
        "resource.misfit": _mean(met["loss"]),
    }


def _givers(tables: dict[str, pd.DataFrame], state: State) -> int:
    """Pairs of a quarter and a provider who gave in it."""
    table = tables["resources"]
    met, done = table[table["state"] == "met"], tables["bundles"].dropna(subset="done_h")
    gifts = [(met["matched_with"], met["matched_h"])]
    gifts += [(done[part], done["done_h"]) for part in ("teacher", "stationery")]
    offers = np.concatenate([offer.to_numpy(dtype=np.int64) for offer, _ in gifts])
    hours = np.concatenate([hour.to_numpy(dtype=np.float64) for _, hour in gifts])
    quarter = state.calendar.month[(hours // 24.0).astype(np.int64)] // 3
    provider = state.fate.offered.provider[offers]
    return len(np.unique(np.column_stack((quarter, provider)), axis=0))


def _ledger(weeks: pd.DataFrame, needs: pd.DataFrame, now: float) -> dict[str, Value]:
    """Visits of whole weeks; needs still open are counted until now, faded ones until they faded."""
    whole = weeks[weeks["days"] == 7]
    due = int(whole["due"].sum())
    over = needs["met_h"].fillna(needs["faded_h"]).fillna(now)
    return {
        "ledger.visits_kept": int(whole["held"].sum()) / due if due else None,
        "ledger.unmet_need_days": _mean((over - needs["arose_h"]) / 24.0),
    }


def _platform(board: pd.DataFrame, cases: pd.DataFrame) -> dict[str, Value]:
    looks = int(board["looks"].sum())
    age = float((board["staleness_h"] * board["looks"]).sum())
    amiss = cases["orphan_h"] + cases["double_h"]
    return {
        "platform.staleness_h": age / looks if looks else None,
        "platform.lost_h_mean": _mean(amiss[amiss > 0.0]),
    }


def _appraisal(appraisals: pd.DataFrame, cases: pd.DataFrame, on: bool) -> dict[str, Value]:
    closed = cases["closed_h"].notna()
    return {
        "appraisal.score_mean": _mean(appraisals["score"]),
        "appraisal.gamed_share": _mean(cases["closed_early"][closed]) if on else None,
    }


def _council(projects: pd.DataFrame) -> dict[str, Value]:
    return {
        "council.projects_completed": int(projects["completed_h"].notna().sum()),
        "council.topics_waiting": int((projects["state"] == "waiting").sum()),
    }


def project_quantiles(projects: pd.DataFrame, now: float) -> dict[str, Value]:
    """That metric of the council that no other numbers give than the times of all projects."""
    completed = projects["completed_h"].notna()
    took = (projects["completed_h"].fillna(now) - projects["raised_h"]) / 24.0
    return {"council.lead_d_median": quantile(took, completed, 0.5)}


def _honours(honours: pd.DataFrame, state: State) -> dict[str, Value]:
    willing = state.providers.all_willing()
    return {
        "incentives.honours": len(honours),
        "incentives.willing": float(willing.mean()) if len(willing) else None,
    }


def _effort(work: pd.DataFrame, cases: pd.DataFrame, state: State) -> dict[str, Value]:
    hours = float(work["hours"].sum())
    days_on, overdrawn = int(state.working.days_on.sum()), int(state.working.overdrawn_days.sum())
    return {
        "effort.hours": hours,
        "effort.hours_per_household": hours / state.population.households,
        "effort.overload_share": overdrawn / days_on if days_on else None,
        "waste.hours": float(cases["duplicate_h"].sum() + cases["handling_h"].sum()),
    }


def _mean(values: "pd.Series[Any]") -> Value:
    known = values.dropna()
    return float(known.mean()) if len(known) else None

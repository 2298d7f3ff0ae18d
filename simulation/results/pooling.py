"""Putting the metrics of several runs together, as if their tables were one: exactly, or not at all.

A sum is added up. A mean is weighted by the number of things it is a mean over, which a run gives on request.
A median or another quantile does not follow from those of the parts; it is null, unless the tables it is
computed from are there.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from simulation.cases.case_table import due_for_dispatch
from simulation.results.metrics import METRICS
from simulation.state import State
from simulation.results.summary import Value, case_quantiles, project_quantiles

SUMS = (
    "case.count",
    "case.backlog_end",
    "resource.bundles_completed",
    "council.projects_completed",
    "council.topics_waiting",
    "incentives.honours",
    "effort.hours",
    "waste.hours",
)
"""Metrics that are added up."""
QUANTILES = {
    "case.found_h_median": "cases",
    "case.close_h_median": "cases",
    "case.close_h_p90": "cases",
    "council.lead_d_median": "projects",
    "satisfaction.p10": None,
}
"""Quantiles, and the table each can be computed from; None where no table has what it takes."""
RESIDENTS, VULNERABLE = "satisfaction.mean", "satisfaction.vulnerable_gap"
HOUSEHOLDS = "effort.hours_per_household"


class Part(NamedTuple):
    """One run of several that are put together."""

    metrics: Mapping[str, Value]
    weights: Mapping[str, float]


def weights_of(tables: Mapping[str, pd.DataFrame], state: State) -> dict[str, float]:
    """Over how many things each metric is a mean, by name; those that are no mean are left out."""
    notices, needs, weeks = tables["notices"], tables["needs"], tables["ledger"]
    wants = tables["resources"][tables["resources"]["kind"] == "want"]
    met, over = wants[wants["state"] == "met"], wants[wants["state"] != "open"]
    last_day = min(state.scenario.days, max(1, round(state.agenda.now / 24.0))) - 1
    quarters = int(state.calendar.month[last_day]) // 3 + 1
    counts: dict[str, Any] = {
        **{
            f"notice.{name}": notices[name].count()
            for name in ("reach_72h", "reach_72h_vulnerable", "t50_h", "t90_h")
        },
        "notice.reached_90": (notices["missed"].notna() & (notices["audience_size"] > 0)).sum(),
        **_of_cases(tables["cases"], state),
        RESIDENTS: len(state.satisfaction.level),
        VULNERABLE: state.population.vulnerable.sum(),
        "ledger.visits_kept": weeks["due"][weeks["days"] == 7].sum(),
        "ledger.unmet_need_days": len(needs),
        "platform.staleness_h": tables["board"]["looks"].sum(),
        "resource.match_rate": len(over),
        "resource.match_rate_vulnerable": state.population.vulnerable[
            state.fate.wanted.resident[over["id"]]
        ].sum(),
        "resource.wait_d_mean": len(met),
        "resource.active_providers": quarters * state.population.communities,
        "resource.coverage": tables["lists"]["wants"].sum(),
        "resource.misfit": met["loss"].count(),
        "appraisal.score_mean": tables["appraisals"]["score"].count(),
        "incentives.willing": len(state.providers.all_willing()),
        HOUSEHOLDS: state.population.households,
        "effort.overload_share": state.working.days_on.sum(),
    }
    return {name: float(count) for name, count in counts.items()}


def _of_cases(cases: pd.DataFrame, state: State) -> dict[str, int]:
    closed, sent = int(cases["closed_h"].notna().sum()), int(cases["dispatched_h"].notna().sum())
    return {
        "case.found_share": len(cases),
        "case.dispatched_within_1h": int(due_for_dispatch(cases, state.agenda.now).sum()),
        "case.on_time": int(cases["on_time"].count()),
        "case.on_time_reported": int(cases["reported_on_time"].count()),
        "case.reopen_rate": closed,
        "case.feedback_rate": closed,
        "case.bounces_mean": sent,
        "case.orphan_h_mean": sent,
        "platform.lost_h_mean": int((cases["orphan_h"] + cases["double_h"] > 0.0).sum()),
        "appraisal.gamed_share": closed if state.ever("appraisal") else 0,
    }


def pooled(
    parts: Sequence[Part], tables: Mapping[str, pd.DataFrame] | None = None, now: float = 0.0
) -> dict[str, Value]:
    """The metrics of several runs as if their tables were one.

    Args:
        parts: the runs, none of them failed.
        tables: ``cases`` and ``projects`` of all runs together, where they are there.
        now: hours at the end of the runs, which are equally long.

    Returns:
        All of :data:`simulation.results.metrics.METRICS` by name; a mean over nothing is None, and a quantile whose
        table is not there too.
    """
    exact: dict[str, Value] = {}
    if tables is not None and "cases" in tables:
        exact |= case_quantiles(tables["cases"], now)
    if tables is not None and "projects" in tables:
        exact |= project_quantiles(tables["projects"], now)
    return {name: _pooled(name, parts, exact) for name in METRICS}


def _pooled(name: str, parts: Sequence[Part], exact: Mapping[str, Value]) -> Value:
    if name in QUANTILES:
        return exact.get(name)
    if name in SUMS:
        return sum(value for part in parts if (value := part.metrics[name]) is not None)
    if name == VULNERABLE:
        everybody = _mean([(part.metrics[RESIDENTS], part.weights[RESIDENTS]) for part in parts])
        vulnerable = _mean([(_of_vulnerable(part.metrics), part.weights[VULNERABLE]) for part in parts])
        return None if everybody is None or vulnerable is None else everybody - vulnerable
    return _mean([(part.metrics[name], part.weights[name]) for part in parts])


def _of_vulnerable(metrics: Mapping[str, Value]) -> Value:
    """Mean satisfaction of vulnerable residents, from how far it lies below that of all."""
    mean, gap = metrics[RESIDENTS], metrics[VULNERABLE]
    return None if mean is None or gap is None else mean - gap


def _mean(weighted: Sequence[tuple[Value, float]]) -> Value:
    known = [(value, weight) for value, weight in weighted if value is not None and weight > 0.0]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if known else None

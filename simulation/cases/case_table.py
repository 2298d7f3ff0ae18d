"""The table of cases: one row for every trouble that has arisen."""

from typing import Any

import pandas as pd

from simulation.case import Case

HOURS = {
    "arose_h": "arose",
    "found_h": "found",
    "uploaded_h": "uploaded",
    "dispatched_h": "dispatched",
    "started_h": "started",
    "resolved_h": "resolved",
    "closed_h": "closed",
    "fed_back_h": "fed_back",
    "given_up_h": "given_up",
    "faded_h": "faded",
    "deadline_h": "deadline",
    "flagged_h": "flagged",
    "mediated_h": "mediated",
}
"""Columns of hours since the start and the attributes they show; null where it has not happened."""
NUMBERS = {
    "bounced": "bounced",
    "attempts": "attempts",
    "reopened": "reopened",
}
PLACES = ("community", "building", "household")
COLUMNS = (
    "case_id",
    "category",
    *PLACES,
    "common",
    "found_by",
    *HOURS,
    "handler",
    "on_time",
    "reported_on_time",
    *NUMBERS,
    "closed_early",
    "pressed",
    "overlap",
    "flagged_by",
    "mediated_by",
    "duplicate_h",
    "double_h",
    "orphan_h",
    "handling_h",
    "state",
)


def off_list_h(cases: pd.DataFrame) -> "pd.Series[Any]":
    """Hour from which each case is no longer open: solved, given up or gone away; null while it is.

    A case is open from its upload until then, whether or not it stands as closed on the list.
    """
    return cases[["resolved_h", "given_up_h", "faded_h"]].min(axis=1)


def due_for_dispatch(cases: pd.DataFrame, now: float) -> "pd.Series[bool]":
    """Cases that came to a desk, and were sent from it or could have been for an hour."""
    sent, solved = cases["dispatched_h"].notna(), cases["resolved_h"].notna()
    desk = cases["uploaded_h"].notna() & ~(solved & ~sent)  # those fixed on the spot never see a desk
    return desk & (sent | (now - cases["uploaded_h"] >= 1.0))


def open_cases(cases: pd.DataFrame) -> "pd.Series[bool]":
    """Which cases are open now."""
    return cases["uploaded_h"].notna() & off_list_h(cases).isna()


def tabulate_cases(cases: list[Case], now: float, ends: float) -> pd.DataFrame:
    """The cases as known at hour ``now`` of a run that ends at ``ends``."""
    known = min(now, ends)
    columns = {
        "case_id": pd.array([case.number for case in cases], dtype="int64"),
        "category": pd.array([case.name for case in cases], dtype="string"),
        "common": pd.array([case.common for case in cases], dtype="bool"),
        "found_by": pd.array([case.found_by for case in cases], dtype="string"),
        "handler": pd.array([case.handler for case in cases], dtype="string"),
        "on_time": pd.array([case.in_time(case.resolved, known) for case in cases], dtype="boolean"),
        "reported_on_time": pd.array([case.in_time(case.closed, known) for case in cases], dtype="boolean"),
        "closed_early": pd.array([case.closed_early for case in cases], dtype="bool"),
        "pressed": pd.array([case.pressed for case in cases], dtype="bool"),
        "overlap": pd.array([case.overlap for case in cases], dtype="bool"),
        "duplicate_h": pd.array([case.duplicate_hours for case in cases], dtype="float64"),
        "flagged_by": pd.array([case.flagged_by for case in cases], dtype="string"),
        "mediated_by": pd.array([case.mediated_by for case in cases], dtype="string"),
        "double_h": pd.array([case.doubled_for(now) for case in cases], dtype="float64"),
        "orphan_h": pd.array([case.orphaned_for(now) for case in cases], dtype="float64"),
        "handling_h": pd.array([case.handling_hours for case in cases], dtype="float64"),
        "state": pd.array([case.state for case in cases], dtype="string"),
    }
    for name in PLACES:
        columns[name] = pd.array([getattr(case, name) for case in cases], dtype="int32")
    for name, attribute in HOURS.items():
        columns[name] = pd.array([getattr(case, attribute) for case in cases], dtype="Float64")
    for name, attribute in NUMBERS.items():
        columns[name] = pd.array([getattr(case, attribute) for case in cases], dtype="int32")
    return pd.DataFrame({name: columns[name] for name in COLUMNS})

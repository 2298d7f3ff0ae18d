"""Whom a notice reached: its row in the tables, its curve over time, and each resident's source."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.community.population import Population
from simulation.fate import AUDIENCES
from simulation.notices.live import Live
from simulation.notices.spread import CHANNELS, unpack

REACH_HOURS = 240
"""Hours after issue over which the table ``reach`` follows a notice."""
IN_TIME = 72.0
"""Hours within which a notice should have reached everybody."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of one notice, as known at some hour."""

    number: int
    row: dict[str, Any]
    """Its row in the table ``notices``."""
    share: NDArray[np.float64]
    """(hours,) share of the audience who know, 0, 1, 2 ... hours after issue."""
    by_building: NDArray[np.int64]
    """(B, 2) audience reached in time, and audience; zeros while that is open."""
    residents: NDArray[np.int64]
    """Residents who know, audience or not; empty where nothing is traced."""
    keys: NDArray[np.int64]
    """Their keys, see :mod:`simulation.notices.spread`."""


def look_up(
    people: Population, notice: Live, row_of_keys: NDArray[np.int64], until: float, trace: bool
) -> Reached:
    """What came of ``notice`` as known at hour ``until``; what lies beyond is null."""
    everybody = row_of_keys[notice.first : notice.last]
    keys = everybody[notice.audience]
    minute = keys >> 36
    known = np.flatnonzero(everybody >> 36 <= until * 60.0) if trace else np.zeros(0, dtype=np.int64)
    return Reached(
        number=notice.number,
        row=_row(people, notice, keys, until),
        share=_share(notice, minute, until),
        by_building=_by_building(people, notice, minute, until),
        residents=notice.first + known,
        keys=everybody[known],
    )


def _row(people: Population, notice: Live, keys: NDArray[np.int64], until: float) -> dict[str, Any]:
    minute, channel, _ = unpack(keys)
    known = minute <= until * 60.0
    hours = np.sort(minute[known] / 60.0 - notice.hour)
    size = len(keys)
    row: dict[str, Any] = {
        "notice_id": notice.number,
        "street": notice.street,
        "issued_h": notice.hour,
        "audience": AUDIENCES[notice.kind],
        "audience_size": size,
    }
    for after in (24, 72):
        seen = size > 0 and notice.hour + after <= until
        row[f"reach_{after}h"] = np.searchsorted(hours, after, side="right") / size if seen else None
    vulnerable = people.vulnerable[notice.first : notice.last][notice.audience]
    seen = bool(vulnerable.any()) and notice.hour + IN_TIME <= until
    in_time = minute <= (notice.hour + IN_TIME) * 60.0
    row["reach_72h_vulnerable"] = float(in_time[vulnerable].mean()) if seen else None
    for share in (50, 90, 99):
        needed = int(np.ceil(share / 100.0 * size))
        row[f"t{share}_h"] = float(hours[needed - 1]) if 0 < needed <= len(hours) else None
    first_told = np.bincount(channel[known], minlength=len(CHANNELS))
    row |= {f"by_{name}": int(first_told[number]) for number, name in enumerate(CHANNELS)}
    row["missed"] = int(size - known.sum()) if until >= notice.ends else None
    return row


def _share(notice: Live, minute: NDArray[np.int64], until: float) -> NDArray[np.float64]:
    if not len(minute):
        return np.zeros(0)
    last = int(min(REACH_HOURS, max(0.0, until - notice.hour)))
    marks = (notice.hour + np.arange(last + 1)) * 60.0
    return np.searchsorted(np.sort(minute), marks, side="right") / len(minute)


def _by_building(
    people: Population, notice: Live, minute: NDArray[np.int64], until: float
) -> NDArray[np.int64]:
    counts = np.zeros((people.buildings, 2), dtype=np.int64)
    if until >= notice.hour + IN_TIME:
        building = people.household_building[people.household[notice.first : notice.last][notice.audience]]
        in_time = minute <= (notice.hour + IN_TIME) * 60.0
        counts[:, 0] = np.bincount(building[in_time], minlength=people.buildings)
        counts[:, 1] = np.bincount(building, minlength=people.buildings)
    return counts

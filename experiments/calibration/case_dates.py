"""Reading dates as logs write them: ISO 8601 in any form, year first with other signs, day or month first.

Offsets from UTC are cut off: hours are those of the clock that the log was written by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

DayOrder = Literal["day-first", "month-first"]

_MISSING = {"", "-", "--", "na", "n/a", "nan", "nat", "none", "null", "无", "空"}
_PLACEHOLDER = r"^(?:0001|1900|9999)[-/.年]"
_OFFSET = r"(?i)\s*(?:Z|UTC|[+-]\d{2}:?\d{2})$"
_ISO = r"^\d{4}(?:-\d{2}-\d{2}|\d{4})(?:[T ]\d{2}.*)?$"
_CLOCK = (
    r"(?:[T\s]+(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})(?:\.\d+)?)?[分秒]?)?"
    r"\s*(?P<half>[AaPp][Mm])?$"
)
_YEAR_FIRST = r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?" + _CLOCK
_YEAR_LAST = r"^(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<year>\d{4})" + _CLOCK


class UndecidedError(ValueError):
    """Nothing in the file says whether days or months come first.

    Attributes:
        name: the column.
        row: a row whose date can be read both ways.
    """

    def __init__(self, name: str, row: int, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.row = row


@dataclass(frozen=True, slots=True)
class Dates:
    """What was read from some columns."""

    times: dict[str, "pd.Series[Any]"]
    """Times by column, null where there is none."""
    wrong: dict[str, "pd.Series[bool]"]
    """Where a column holds something that is not a date."""
    placeholders: int
    """Cells with a date that stands for none, such as 9999-12-31."""


def read_dates(columns: Mapping[str, "pd.Series[Any]"], order: DayOrder | None) -> Dates:
    """Read columns of text as times.

    Args:
        columns: text by name of column.
        order: which comes first in dates that end in the year; found from the dates themselves if None.

    Raises:
        UndecidedError: the order is needed and cannot be found.
    """
    placeholders = 0
    texts: dict[str, pd.Series[Any]] = {}
    for name, column in columns.items():
        text = column.str.strip()
        held = text.str.match(_PLACEHOLDER)
        placeholders += int(held.sum())
        text = text.mask(held | text.str.lower().isin(_MISSING))
        texts[name] = text.str.replace(_OFFSET, "", regex=True)
    times = {name: _year_first(text) for name, text in texts.items()}
    late = {name: text[text.notna() & times[name].isna()] for name, text in texts.items()}
    parts = {name: text.str.extract(_YEAR_LAST) for name, text in late.items() if len(text)}
    if parts:
        decided = order or _find_order(parts, late)
        day, month = ("one", "two") if decided == "day-first" else ("two", "one")
        for name, found in parts.items():
            times[name] = times[name].fillna(_assemble(found.rename(columns={day: "day", month: "month"})))
    wrong = {name: text.notna() & times[name].isna() for name, text in texts.items()}
    return Dates(times, wrong, placeholders)


def _year_first(text: "pd.Series[Any]") -> "pd.Series[Any]":
    iso = text.where(text.str.match(_ISO, na=False))
    times = pd.to_datetime(iso, format="ISO8601", errors="coerce").astype("datetime64[us]")
    rest = text[text.notna() & times.isna()]
    if len(rest):
        times = times.fillna(_assemble(rest.str.extract(_YEAR_FIRST)))
    return times


def _find_order(parts: dict[str, pd.DataFrame], texts: dict[str, "pd.Series[Any]"]) -> DayOrder:
    firsts = pd.concat([found["one"] for found in parts.values()]).dropna().astype(int)
    seconds = pd.concat([found["two"] for found in parts.values()]).dropna().astype(int)
    if not len(firsts) or (firsts.max() > 12) != (seconds.max() > 12):
        return "day-first" if len(firsts) and firsts.max() > 12 else "month-first"
    name = next(name for name, found in parts.items() if found["one"].notna().any())
    found = parts[name]["one"].notna().to_numpy(dtype=bool)
    row = int(np.asarray(parts[name].index)[found.argmax()])
    why = "the file has dates of both kinds" if firsts.max() > 12 else "no date of the file tells which"
    raise UndecidedError(
        name,
        row,
        f"'{texts[name].loc[row]}' may have the day or the month first, and {why}; "
        "say --day-order day-first or month-first",
    )


def _assemble(parts: pd.DataFrame) -> "pd.Series[Any]":
    """Times from columns of digits; null where they are no date."""
    numbers = parts.drop(columns="half").apply(pd.to_numeric)
    clock = numbers[["hour", "minute", "second"]].fillna(0)
    half = parts["half"].str.lower()
    twelve = half.notna() & (clock["hour"] == 12)
    clock["hour"] = clock["hour"].mask(twelve, 0) + 12 * (half == "pm")
    possible = (clock["hour"] < 24) & (clock["minute"] < 60) & (clock["second"] < 60)
    date = numbers[["year", "month", "day"]].where(possible)
    times: pd.Series[Any] = pd.to_datetime(pd.concat([date, clock], axis=1), errors="coerce")
    return times.astype("datetime64[us]")

"""Reading a log of real cases: when each was opened and closed, when it was due, and of which kind it was.

What is cleaned, and what is only counted, is said in the log's notes. A file that cannot be used gets one
message with line, column, value and rule.
"""

import csv
import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from experiments.calibration.case_dates import DayOrder, UndecidedError, read_dates
from experiments.messages import Language, say
from scenarios.errors import CaseLogError

MOST_BYTES = 1_000_000_000
FEWEST_CASES = 30
MINUTE = pd.Timedelta(minutes=1)
LONGEST_LOG = 3660
"""Days that a scenario can last, and so a log."""
YEARS = (1977, 2090)
NONE = "-"
"""Said in place of a column's name: the log has no such column, or it is not to be used."""
UNNAMED = ""
"""Category of a case without one."""

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "opened": (
        *("opened", "opened_at", "open_dt", "open_date", "opened_date", "date_opened", "created"),
        *("created_at", "created_date", "date_created", "requested_datetime", "reported", "reported_at"),
        *("received", "received_at", "立案时间", "受理时间", "上报时间", "登记时间", "创建时间", "开始时间"),
    ),
    "closed": (
        *("closed", "closed_at", "closed_dt", "close_date", "closed_date", "date_closed", "completed"),
        *("completed_at", "completion_date", "resolved", "resolved_at", "resolution_date", "ended"),
        *("结案时间", "办结时间", "关闭时间", "完成时间", "结束时间"),
    ),
    "target": (
        *("target", "target_dt", "target_date", "due", "due_at", "due_date", "deadline", "sla_date"),
        *("expected_datetime", "sla_target_dt", "截止时间", "应办结时间", "应结案时间", "办理期限", "时限"),
    ),
    "category": (
        *("category", "type", "kind", "case_type", "complaint_type", "request_type", "service_name"),
        *("case_title", "reason", "subject", "类别", "类型", "案件类别", "案件类型", "问题类型", "事项类别"),
    ),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column says what; None to find it by its name, ``-`` for none (target and category only)."""

    opened: str | None = None
    closed: str | None = None
    target: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a log, by its key in ``messages.toml``."""

    key: str
    values: dict[str, object]

    def text(self, language: Language) -> str:
        """The sentence in one language."""
        return say(self.key, language, **self.values)


@dataclass(frozen=True, slots=True)
class CaseLog:
    """A cleaned log of cases."""

    name: str
    """The file as the user named it."""
    cases: pd.DataFrame
    """A row per case in order of opening: ``opened``, ``closed`` (null where open), ``target`` (null where
    none), ``category``."""
    columns: Columns
    """The columns that were taken."""
    until: pd.Timestamp
    """Last moment observed: what is open then is censored there."""
    notes: tuple[Note, ...]
    """What was found and what was done about it, a sentence each."""
    dates_only: bool = False
    """Only the days of opening and closing are known, not the hours."""

    @property
    def begins(self) -> pd.Timestamp:
        """Midnight before the first case."""
        return pd.Timestamp(self.cases["opened"].iloc[0]).normalize()

    @property
    def days(self) -> int:
        """Days from the first case to the last, both included."""
        return int((self.cases["opened"].iloc[-1].normalize() - self.begins).days) + 1


def read_case_log(
    path: Path,
    columns: Columns | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    day_order: DayOrder | None = None,
) -> CaseLog:
    """Read a CSV file of cases, plain or compressed with gzip.

    Args:
        path: the file.
        columns: which column says what, where their names are not enough.
        since: leave out cases opened before this day.
        until: look at the log as it stood at the beginning of this day; as its latest time has it if None.
        day_order: whether 3/4/2015 is the third of April or the fourth of March; found from other dates of
            the file if None.

    Raises:
        CaseLogError: the file cannot be used.
    """
    text, encoding = _read_text(path)
    table, separator = _read_table(path, text)
    taken = _choose_columns(path, list(table.columns), columns or Columns())
    complain = _complainer(path, text, separator)
    dates, blanks = _read_times(table, taken, day_order, complain)
    columns_taken = {field.name: getattr(taken, field.name) or NONE for field in fields(taken)}
    notes = [Note("log_read", {"rows": len(table), "encoding": encoding, **columns_taken})]
    if blanks:
        notes.append(Note("log_placeholders", {"count": blanks}))
    cases = pd.DataFrame(dates)
    for name in ("closed", "target"):
        if name not in cases:
            cases[name] = pd.Series(pd.NaT, index=cases.index, dtype=cases["opened"].dtype)
    cases["category"] = table[taken.category].str.strip() if taken.category else UNNAMED
    return _clean(path, cases, taken, notes, since, until, complain)


def as_known_at(log: CaseLog, moment: pd.Timestamp) -> CaseLog:
    """The log as it stood at ``moment``: what was opened before, and closed if that had happened by then."""
    cases = log.cases[log.cases["opened"] < moment]
    cases = cases.assign(closed=cases["closed"].where(cases["closed"] < moment))
    return replace(log, cases=cases, until=min(moment, log.until))


def opened_from(log: CaseLog, moment: pd.Timestamp) -> CaseLog:
    """The cases opened at ``moment`` or later."""
    return replace(log, cases=log.cases[log.cases["opened"] >= moment])


def _clean(
    path: Path,
    cases: pd.DataFrame,
    taken: Columns,
    notes: list[Note],
    since: date | None,
    until: date | None,
    complain: "Complain",
) -> CaseLog:
    def drop(bad: "pd.Series[bool]", why: str, **values: object) -> None:
        nonlocal cases
        if bad.any():
            notes.append(Note(why, {"count": int(bad.sum()), **values}))
            cases = cases[~bad]

    drop(cases["opened"].isna(), "log_no_opening")
    dates_only = bool(_is_midnight(cases["opened"]).all() or _is_midnight(cases["closed"].dropna()).all())
    if dates_only:
        notes.append(Note("log_days_only", {}))
        cases = cases.assign(**{name: cases[name].dt.normalize() for name in ("opened", "closed")})
    drop(cases["closed"] < cases["opened"], "log_closed_before")
    if since is not None:
        drop(cases["opened"] < pd.Timestamp(since), "log_before", day=since)
    if until is not None:
        drop(cases["opened"] >= pd.Timestamp(until), "log_after", day=until)
        cases = cases.assign(closed=cases["closed"].where(cases["closed"] < pd.Timestamp(until)))
    if len(cases) < FEWEST_CASES:
        raise CaseLogError(
            f"{path}: {len(cases)} usable cases are too few; at least {FEWEST_CASES} are needed"
        )
    if not cases["closed"].notna().any():
        raise CaseLogError(f"{path}: none of the {len(cases):,} cases has a time in '{taken.closed}'")
    span = (cases["opened"].max() - cases["opened"].min()).days + 1
    if span > LONGEST_LOG:
        first = np.asarray(cases.index)[int(cases["opened"].argmin())]
        complain(
            int(first),
            str(taken.opened),
            f"{cases['opened'].min():%Y-%m-%d} lies {span:,} days before the last opening, and a scenario "
            f"lasts at most {LONGEST_LOG:,}; mend the date, or leave early cases out with --since",
        )
    latest = max(cases["opened"].max(), cases["closed"].max())
    end = pd.Timestamp(until) if until is not None else latest
    open_at_end, at_once = int(cases["closed"].isna().sum()), cases["closed"].sub(cases["opened"]) < MINUTE
    notes.append(
        Note("log_open", {"count": open_at_end, "cases": len(cases), "end": f"{end:%Y-%m-%d %H:%M}"})
    )
    if at_once.any():
        notes.append(Note("log_at_once", {"count": int(at_once.sum())}))
    return CaseLog(
        name=str(path),
        cases=cases.sort_values("opened", kind="stable").reset_index(drop=True),
        columns=taken,
        until=end,
        notes=tuple(notes),
        dates_only=dates_only,
    )


def _is_midnight(times: "pd.Series[Any]") -> "pd.Series[bool]":
    midnight: pd.Series[bool] = times.dt.normalize() == times
    return midnight


def _read_text(path: Path) -> tuple[str, str]:
    """The file's text and the name of its encoding."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise CaseLogError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise CaseLogError(f"{path}: this is a folder, not a file") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CaseLogError(f"{path}: the compressed file is damaged: {error}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CaseLogError(f"{path}: the file cannot be read: {reason}") from None
    if len(raw) > MOST_BYTES:
        raise CaseLogError(f"{path}: the file holds more than the {MOST_BYTES:,} bytes that a log may have")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CaseLogError(f"{path}:1: the file is encoded in UTF-16; save it as UTF-8")
    if (nul := raw.find(b"\0")) >= 0:
        line = raw.count(b"\n", 0, nul) + 1
        raise CaseLogError(f"{path}:{line}: there is a NUL byte; this is not a text file")
    for encoding, called in (("utf-8-sig", "UTF-8"), ("gb18030", "GB 18030")):
        try:
            return raw.decode(encoding), called
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
    raise CaseLogError(f"{path}:{line}: the text is neither UTF-8 nor GB 18030; save the file as UTF-8")


def _read_table(path: Path, text: str) -> tuple[pd.DataFrame, str]:
    """All cells as text, and the character between them."""
    header = text.partition("\n")[0]
    if not header.strip():
        raise CaseLogError(f"{path}:1: the first line is empty; it has to name the columns")
    separator = max(",;\t", key=header.count)
    try:
        table = pd.read_csv(
            StringIO(text),
            sep=separator,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise CaseLogError(f"{path}: the file is not a table: {reason}") from None
    names = [name.strip() for name in next(csv.reader(StringIO(text), delimiter=separator))]
    if repeated := [name for name in names if name and names.count(name) > 1]:
        raise CaseLogError(f"{path}:1: two columns are called '{repeated[0]}'")
    table.columns = table.columns.str.strip()
    return table.fillna(""), separator


def _choose_columns(path: Path, names: list[str], asked: Columns) -> Columns:
    """The columns asked for, or those with a usual name."""
    plain = {name.lower().replace(" ", "_").replace("-", "_"): name for name in reversed(names)}
    taken: dict[str, str | None] = {}
    for field in fields(Columns):
        wish = getattr(asked, field.name)
        needed = field.name in {"opened", "closed"}
        if wish == NONE and not needed:
            taken[field.name] = None
        elif wish is None:
            found = next((plain[name] for name in USUAL_NAMES[field.name] if name in plain), None)
            if found is None and needed:
                raise CaseLogError(
                    f"{path}:1: no column has a usual name for when a case was {field.name}; say which it is "
                    f"with --{field.name} NAME; the columns are: {_listed(names)}"
                )
            taken[field.name] = found
        elif wish in names:
            taken[field.name] = wish
        else:
            near = get_close_matches(wish, names, 3, 0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else f"the columns are: {_listed(names)}"
            raise CaseLogError(f"{path}:1: there is no column '{wish}' for --{field.name}; {hint}")
    used = [name for name in taken.values() if name is not None]
    if len(set(used)) < len(used):
        twice = next(name for name in used if used.count(name) > 1)
        raise CaseLogError(f"{path}:1: the column '{twice}' is taken for two things at once")
    return Columns(**taken)


def _listed(names: list[str]) -> str:
    shown = [name if len(name) <= 40 else name[:39] + "…" for name in names[:30]]
    return ", ".join(shown) + (f" and {len(names) - 30} more" if len(names) > 30 else "")


Complain = Callable[[int, str, str], NoReturn]


def _complainer(path: Path, text: str, separator: str) -> Complain:
    """What raises an error about one cell, given its row, its column and what is wrong with it."""

    def complain(row: int, column: str, message: str) -> NoReturn:
        # A quoted cell may hold line breaks, so the line is counted again: this happens once, at the end.
        rows = csv.reader(StringIO(text), delimiter=separator)
        line = 1
        for number, _ in enumerate(rows):
            if number == row + 1:
                break
            line = rows.line_num + 1
        raise CaseLogError(f"{path}:{line}: column '{column}': {message}")

    return complain


def _read_times(
    table: pd.DataFrame, taken: Columns, day_order: DayOrder | None, complain: Complain
) -> tuple[dict[str, "pd.Series[Any]"], int]:
    """The columns of times, and how many placeholders they held."""
    named = {name: getattr(taken, name) for name in ("opened", "closed", "target") if getattr(taken, name)}
    try:
        read = read_dates({name: table[column] for name, column in named.items()}, day_order)
    except UndecidedError as undecided:
        complain(undecided.row, named[undecided.name], str(undecided))
    for name, column in named.items():
        wrong = read.wrong[name]
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            value = table[column].iloc[row][:60]
            others = f" (and {int(wrong.sum()) - 1:,} more)" if wrong.sum() > 1 else ""
            complain(row, column, f"'{value}' is not a date{others}; write {datetime(2015, 2, 28, 14, 30)}")  # noqa: DTZ001 - an example, in the log's own local time
        year = read.times[name].dt.year
        odd = (year < YEARS[0]) | (year > YEARS[1])
        if odd.any():
            row = int(odd.to_numpy().argmax())
            value = table[column].iloc[row][:60]
            complain(row, column, f"'{value}' lies outside the years {YEARS[0]} to {YEARS[1]}")
    return read.times, read.placeholders

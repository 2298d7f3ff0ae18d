"""Writing what was fitted to a log as a scenario that extends another."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.calibration.case_log import CaseLog
from scenarios.cases import Title
from scenarios.distributions import Deterministic, Empirical, Exponential, Gamma, Lognormal, Time
from scenarios.errors import CaseLogError
from scenarios.loading import is_file
from scenarios.schema import Scenario

HANDLER = "as_logged"
FIRST_YEAR = 2005
CALENDAR_REPEATS = 28
"""Years after which dates fall on the same weekdays."""
MOST_RATE = 1e6
ASKS = Title(en="What are the logged cases like in the model?", zh="真实案件放进模型会怎样？")
AS_LOGGED = Title(en="As in the log", zh="按记录办结")


@dataclass(frozen=True, slots=True)
class FittedKind:
    """What was fitted to one kind of case."""

    name: str
    title: Title | str
    rate: float
    hour_of_week: NDArray[np.float64]
    closing: Time
    deadline: float
    """Hours from opening to the time it was due."""


def scenario_text(
    log: CaseLog, kinds: list[FittedKind], base: Scenario, extends: str, households: int
) -> str:
    """The scenario as YAML.

    Args:
        log: what was fitted.
        kinds: its kinds of case.
        base: the scenario that it extends.
        extends: how the file names that one.
        households: of each community.
    """
    called = Path(log.name).name.removesuffix(".gz").removesuffix(".csv")
    start = log.begins.date()
    if start.year < FIRST_YEAR:
        start = start.replace(year=start.year + CALENDAR_REPEATS)
    lines = [
        "# Fitted to a log of real cases by `gongzhi calibrate`.",
        *(f"# - {_plain(note.text('en'))}" for note in log.notes),
        "# A case closed in the minute in which it was opened is kept, as closed at once (a time of 0).",
        "# Closing times run from opening to closing: queues, working hours and failures are in them,",
        "# so desks, handlers, keeping statuses and harder work change nothing.",
        "# What cases do to residents' satisfaction is not in the log.",
        f"extends: {_text(extends)}",
        f"title: {_title(Title(en=f'Fitted to {called}', zh=f'拟合自{called}'))}",
        f"asks: {_title(ASKS)}",
        f"days: {log.days}",
        f"start: {start}" + (f"  # in truth {log.begins.date()}" if start != log.begins.date() else ""),
        f"community: {{households: {households}}}",
        "notices: {questions: 0.0}",
        "desks:",
        *(
            f"  {desk}: {{service: {{distribution: deterministic, mean: 0 s}}, errs: 0.0, errs_plain: 0.0, "
            "calendar: always}"
            for desk in ("command_centre", "clerk")
        ),
        "handlers:",
        *(f"  {name}: null" for name in base.handlers if name != HANDLER),
        f"  {HANDLER}: {{title: {_title(AS_LOGGED)}, teams: null, calendar: always, counted: false}}",
        "platform: {update: 0 s}",
        "appraisal: {effort_most: 0.0}",
        "cases:",
        "  reporting: {everything_reported: true}",
        "  categories:",
    ]
    names = {kind.name for kind in kinds}
    lines += [f"    {name}: null" for name in base.cases.categories if name not in names]
    for kind in kinds:
        lines += _kind(kind)
    return "\n".join(lines) + "\n"


def extends_from(base: str | Path, out: Path) -> str:
    """How a file at ``out`` names the scenario that it extends."""
    if isinstance(base, str) and not is_file(base):
        return base
    relative = os.path.relpath(base, out.parent)
    return relative if is_file(relative) else os.path.join(os.curdir, relative)


def duration(hours: float) -> str:
    """A time as people write it, with five digits."""
    for size, unit, until in ((1 / 3600, "s", 1 / 12), (1 / 60, "min", 2.0), (1.0, "h", 72.0)):
        if hours < until:
            return f"{_digits(hours / size)} {unit}"
    return f"{_digits(hours / 24.0)} days"


def _kind(kind: FittedKind) -> list[str]:
    if kind.rate > MOST_RATE:
        raise CaseLogError(
            f"'{kind.name}' comes {kind.rate:,.0f} times per 1,000 households and year, more than the "
            f"{MOST_RATE:,.0f} that a scenario can have; give the log's community its size with --households"
        )
    week = [f"{share:.3f}".rstrip("0").rstrip(".") for share in kind.hour_of_week.tolist()]
    days = [", ".join(week[24 * day : 24 * day + 24]) for day in range(7)]
    return [
        f"    {kind.name}:",
        f"      title: {_title(kind.title)}",
        f"      handler: {HANDLER}",
        f"      rate: {kind.rate:.6g}",
        "      follows_condition: 0.0",
        "      in_common_parts: 0.0",
        "      visible: 0.0",
        "      ambiguous: 0.0",
        "      solved: 1.0",
        f"      deadline: {duration(kind.deadline)}",
        *_service(kind.closing),
        "      hour_of_week:",
        *(
            f"        {'[' if day == 0 else ' '}{row}{']' if day == 6 else ','}"
            for day, row in enumerate(days)
        ),
    ]


def _service(time: Time) -> list[str]:
    head = f"      service: {{distribution: {time.distribution}, "
    if isinstance(time, Lognormal):
        return [f"{head}median: {duration(time.median)}, sigma: {time.sigma:.5g}}}"]
    if isinstance(time, Gamma):
        return [f"{head}mean: {duration(time.mean)}, cv: {time.cv:.5g}}}"]
    if isinstance(time, Exponential | Deterministic):
        return [f"{head}mean: {duration(time.mean)}}}"]
    levels = np.linspace(0.0, 1.0, len(time.times)).tolist() if time.at is None else time.at
    return [
        "      service:",
        f"        distribution: {Empirical.model_fields['distribution'].default}",
        "        times:",
        *_rows([duration(hours) for hours in time.times], 10),
        "        at:",
        *_rows([_digits(level) for level in levels], 14),
    ]


def _rows(items: list[str], width: int) -> list[str]:
    rows = [", ".join(items[first : first + width]) for first in range(0, len(items), width)]
    last = len(rows) - 1
    return [
        f"          {'[' if row == 0 else ' '}{text}{']' if row == last else ','}"
        for row, text in enumerate(rows)
    ]


def _digits(value: float, digits: int = 5) -> str:
    text = f"{float(f'{value:.{digits}g}'):.6f}"
    return text.rstrip("0").rstrip(".")


def _title(title: Title | str) -> str:
    return _text(title) if isinstance(title, str) else f"{{en: {_text(title.en)}, zh: {_text(title.zh)}}}"


def _text(text: str) -> str:
    return json.dumps(_plain(text), ensure_ascii=False)


def _plain(text: str) -> str:
    """A text without line breaks and other signs that a scenario file may not hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)

"""The front as a table in the terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from rich.cells import cell_len

from experiments.amounts import NOTHING, decimals_for, label_with_unit, number
from experiments.messages import Language, say
from experiments.parameters import name_of, switch_in
from experiments.search.asked import Direction
from experiments.sweeps.factors import Factor, Range
from scenarios.units import write_clock

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NUMBER_WIDTH, FACTOR_WIDTH, OUTCOME_WIDTH, GAP = 5, 10, 16, 2
"""Columns of the terminal that a trial's number, a factor, an outcome and what parts them take."""


def print_front(
    front: pd.DataFrame,
    outcomes: Mapping[str, Direction],
    factors: Sequence[Factor],
    language: Language,
    console: "Console | None" = None,
) -> None:
    """Print each setting on the front with its outcomes, below the scenario itself.

    Args:
        front: as in ``front.parquet``.
        outcomes: with their directions.
        factors: what was varied.
        language: of all texts.
        console: where to; the standard output if None.
    """
    from rich.console import Console

    console = console or Console()
    rows = front.to_dict("records")
    numbers = [str(row["trial"]) for row in rows]
    kinds = [say(f"{_kind(row)}_short", language) for row in rows]
    lead = [
        _Column(say("front_number", language), numbers, NUMBER_WIDTH),
        _Column("", kinds, max(map(cell_len, kinds))),
    ]
    columns = [
        _Column(
            name_of(factor.name, language), [_shown(factor, row.get(factor.name), language) for row in rows]
        )
        for factor in factors
    ]
    for name, direction in outcomes.items():
        label = f"{label_with_unit(name, language)}\n{say(f'front_{direction}', language)}"
        columns.append(_Column(label, [_value(str(name), row) for row in rows], OUTCOME_WIDTH))
    for beside in _fitting(columns, console.width - _width(lead)):
        console.print(_table([*lead, *beside]))
    console.print(say("front_caption", language, n=int(front["runs"].iloc[0])))


class _Column(NamedTuple):
    """A column of the table."""

    label: str
    cells: list[str]
    width: int = FACTOR_WIDTH


def _width(columns: Sequence[_Column]) -> int:
    return sum(column.width + GAP for column in columns)


def _fitting(columns: Sequence[_Column], room: int) -> list[list[_Column]]:
    """Columns in as many tables as it takes for none to be cut off, each with one at least."""
    tables: list[list[_Column]] = [[]]
    for column in columns:
        if tables[-1] and _width([*tables[-1], column]) > room:
            tables.append([])
        tables[-1].append(column)
    return tables


def _table(columns: Sequence[_Column]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, GAP, 0, 0))
    for column in columns:
        table.add_column(Text(column.label), justify="right", overflow="fold", width=column.width)
    for cells in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*cells)
    return table


def _kind(row: Mapping[Any, Any]) -> str:
    if row["what"] == "base":
        return "front_base"
    return "front_holds" if row["holds"] else "front_falls"


def _shown(factor: Factor, label: Any, language: Language) -> str:
    if label is None or (isinstance(label, float) and pd.isna(label)):
        return NOTHING
    if isinstance(label, bool):
        return switch_in(label, language)
    if isinstance(factor, Range) and factor.kind == "duration":
        return f"{label * 60.0:.0f} min" if factor.high < 10.0 else f"{label:.1f} h"
    if isinstance(factor, Range) and factor.kind == "time of day":
        return write_clock(label)
    if isinstance(label, float) and not label.is_integer():
        return f"{label:.3g}"
    return f"{label:.0f}" if isinstance(label, float) else str(label)


def _value(outcome: str, row: Mapping[Any, Any]) -> str:
    """Mean by fresh seeds and half its interval; below, in brackets, what had it chosen."""
    mean, high, chosen = (row[f"{outcome}.{value}"] for value in ("mean", "high", "chosen"))
    if pd.isna(mean):
        return f"{NOTHING}\n({number(outcome, chosen)})"
    half = 0.0 if pd.isna(high) else high - mean
    places = decimals_for(outcome, mean, half)
    shown, around, before = (number(outcome, value, decimals=places) for value in (mean, half, chosen))
    return f"{shown} ± {around}\n({before})" if not pd.isna(high) else f"{shown}\n({before})"
